"""A byte tokenizer, and small corpora whose answers are known."""

from collections.abc import Callable, Sequence
from pathlib import Path

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


@pytest.fixture(scope="session")
def merging(byte_tokenizer: Tokenizer) -> Callable[..., Tokenizer]:
    """(longest, brackets) -> bytes, but runs of up to `longest` of a bracket are one token each.

    The ids of `)` are 301, 302, ...; of `]` 321, of `}` 341, of `(` 361 and so on.
    """

    def make(longest: int, brackets: str = ")") -> Tokenizer:
        first = {bracket: 301 + 20 * ")]}(".index(bracket) for bracket in brackets}
        texts = {start + n: b * (n + 1) for b, start in first.items() for n in range(longest)}

        def encode(text: str) -> Encoding:
            ids: list[int] = []
            offsets: list[tuple[int, int]] = []
            found = byte_tokenizer.encode(text)
            for id, (start, end) in zip(found.ids.tolist(), found.offsets.tolist(), strict=True):
                own = first.get(chr(id) if id < 128 else "")
                if own and ids and own <= ids[-1] < own + longest - 1:
                    ids[-1] += 1
                    offsets[-1] = (offsets[-1][0], end)
                else:
                    ids.append(own or id)
                    offsets.append((start, end))
            return Encoding(np.array(ids), np.array(offsets).reshape(-1, 2))

        def decode(ids: Sequence[int]) -> str:
            return "".join(texts.get(id) or byte_tokenizer.decode([id]) for id in ids)

        plain = byte_tokenizer
        return Tokenizer(
            encode, decode, lambda id: decode([id]), plain.bos, plain.special_ids, 400, "merging"
        )

    return make


@pytest.fixture(scope="session")
def reference_tokenizer() -> Tokenizer:
    """The tokenizer that comes with neuroglot: byte-level BPE with single digits."""
    from transformers import PreTrainedTokenizerFast

    import neuroglot.lm
    from neuroglot.lm.tokenizers import make_tokenizer

    folder = Path(next(iter(neuroglot.lm.__path__))) / "reference"
    return make_tokenizer(PreTrainedTokenizerFast.from_pretrained(folder))
