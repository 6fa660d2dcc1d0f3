from collections.abc import Callable

import pytest

from neuroglot.base.tokenizer import Tokenizer
from neuroglot.text.corpus import Corpus
from neuroglot.text.document import Document
from neuroglot.text.inspection import corpus_rows, holdings
from neuroglot.text.reading import read

Prose = Callable[[int, int], str]
COLUMNS = [
    *("language", "split", "documents", "repos", "bytes", "tokens", "bytes_per_token"),
    *("dropped_exact", "dropped_near", "dropped_other"),
]


def make(prose: Prose, split: Callable[[int], str | None]) -> Corpus:
    made = [
        Document(
            ("# Copyright X\n" if n % 4 == 0 else "") + prose(n, 200),
            "python",
            repo=f"r{n % 3}",
            split=split(n),
        )
        for n in range(8)
    ]
    copies = [Document(made[1].text, "python", repo="r1", path="copy", split=split(1))]
    other = [Document(made[2].text + "x", "go", repo="go", split=split(2))]
    own = [Document(prose(100 + n, 200), "go", repo=f"g{n}", split=split(n)) for n in range(4)]
    return Corpus.from_documents([*made, *copies, *other, *own], languages="python,go")


def test_holdings_count_documents_headers_and_duplicates(prose: Prose) -> None:
    python, go = holdings(make(prose, lambda n: None))
    assert (python.language, python.split, python.documents, python.repos) == (
        "python",
        "all",
        8,
        3,
    )
    assert python.bytes == sum(len(prose(n, 200)) for n in range(8))
    assert python.header_share == 2 / 8
    assert (python.dropped_exact, python.dropped_near, python.dropped_other) == (1, 0, 0)
    assert (go.documents, go.dropped_other, go.header_share) == (4, 1, 0.0)


def test_holdings_stand_per_split(prose: Prose) -> None:
    found = holdings(make(prose, lambda n: "train" if n < 5 else "held_out"))
    assert [(h.language, h.split, h.documents) for h in found] == [
        ("python", "train", 5),
        ("python", "held_out", 3),
        ("go", "train", 4),
    ]
    assert [h.header_share for h in found] == [2 / 5, 0.0, 0.0]


@pytest.mark.parametrize("split", ["train", "all"])
def test_the_table_holds_what_was_read(prose: Prose, byte_tokenizer: Tokenizer, split: str) -> None:
    whole = make(prose, lambda n: None)
    corpus = whole if split == "all" else whole.split(held_out=0.3)[0]
    reading = read(
        corpus.documents, byte_tokenizer, labels=corpus.languages, tokens_per_language=2_000
    )
    rows = corpus_rows(corpus, reading)
    assert [list(row) for row in rows] == [COLUMNS, COLUMNS]
    assert [row["split"] for row in rows] == [split, split]
    for row, total in zip(rows, reading.totals, strict=True):
        assert (row["documents"], row["repos"]) == (total.documents, total.repositories)
        assert (row["bytes"], row["tokens"], row["bytes_per_token"]) == (2_000, 2_000, 1.0)
    assert [row["dropped_exact"] for row in rows] == [1, 0]
    assert [row["dropped_other"] for row in rows] == [0, 1]


def test_what_was_dropped_is_not_counted_twice(prose: Prose, byte_tokenizer: Tokenizer) -> None:
    held_out = make(prose, lambda n: None).split(held_out=0.5)[1]
    reading = read(
        held_out.documents,
        byte_tokenizer,
        labels=held_out.languages,
        tokens_per_language=2_000,
    )
    rows = corpus_rows(held_out, reading)
    assert [row["split"] for row in rows] == ["held_out", "held_out"]
    assert not any(row["dropped_exact"] or row["dropped_other"] for row in rows)
