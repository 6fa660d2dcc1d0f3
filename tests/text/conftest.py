"""A byte tokenizer, and small corpora whose answers are known."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from neuroglot.base.tokenizer import Encoding, Tokenizer
from neuroglot.text.document import Document

BOS = 256
MARK = 257
"""A special id that the character U+0001 is encoded as."""


def _encode(text: str) -> Encoding:
    ids: list[int] = []
    offsets: list[tuple[int, int]] = []
    for at, character in enumerate(text):
        values = [MARK] if character == "\x01" else list(character.encode())
        ids.extend(values)
        offsets.extend([(at, at + 1)] * len(values))
    return Encoding(np.array(ids, dtype=np.int64), np.array(offsets, dtype=np.int64).reshape(-1, 2))


def _decode(ids: Sequence[int]) -> str:
    return bytes(i for i in ids if i < BOS).decode(errors="replace")


@pytest.fixture(scope="session")
def byte_tokenizer() -> Tokenizer:
    """One token per UTF-8 byte, BOS 256, and one more special id."""
    return Tokenizer(
        encode=_encode,
        decode=_decode,
        token_text=lambda i: _decode([i]),
        bos=BOS,
        special_ids=frozenset({BOS, MARK}),
        size=258,
        digest="bytes",
    )


@pytest.fixture(scope="session")
def prose() -> Callable[[int, int], str]:
    """A text of n words that shares no five-word run with another seed's."""

    def write(seed: int, n_words: int = 40) -> str:
        draw = np.random.default_rng(seed)
        words = ["".join(chr(97 + c) for c in draw.integers(0, 26, 6)) for _ in range(n_words)]
        return " ".join(words) + "\n"

    return write


@pytest.fixture(scope="session")
def documents(prose: Callable[[int, int], str]) -> list[Document]:
    """Three labels, each with repositories of 1 to 6 documents, no duplicates."""
    made: list[Document] = []
    for number, label in enumerate(("python", "go", "english")):
        for repo in range(6):
            for file in range(repo + 1):
                made.append(
                    Document(
                        prose(1000 * number + 10 * repo + file, 30 + 5 * file),
                        label,
                        repo=f"{label}-{repo}",
                        path=f"src/{file}",
                        licence="MIT",
                    )
                )
    return made
