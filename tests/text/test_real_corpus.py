"""What the room says about real code; skipped where NEUROGLOT_DATA names no folder."""

import os
from collections import Counter
from pathlib import Path

import pytest

from neuroglot.text.c_headers import header_language
from neuroglot.text.columns import document_of, match_columns
from neuroglot.text.corpus import Corpus, open_corpus
from neuroglot.text.document import Document
from neuroglot.text.headers import LICENCE, has_header, without_header
from neuroglot.text.screening import unwritten
from neuroglot.text.tables import read_tables

pytestmark = pytest.mark.data


@pytest.fixture(scope="module")
def folder() -> Path:
    if "NEUROGLOT_DATA" not in os.environ:
        pytest.skip("NEUROGLOT_DATA names no folder of data")
    return Path(os.environ["NEUROGLOT_DATA"]) / "corpus"


@pytest.fixture(scope="module")
def real(folder: Path) -> list[Document]:
    return read_tables(folder).documents


def test_headers_are_found_where_licence_words_stand_and_go(real: list[Document]) -> None:
    words = [d for d in real if LICENCE.search(d.text[:600]) and d.language != "english"]
    found = [d for d in words if has_header(d.text, d.language)]
    assert len(found) > 0.97 * len(words)
    left = [d for d in found if LICENCE.search(without_header(d.text, d.language)[:600])]
    assert len(left) < 0.02 * len(found)
    shares = {
        label: sum(has_header(d.text, d.language) for d in real if d.language == label)
        / sum(d.language == label for d in real)
        for label in ("java", "c", "cpp", "php", "csharp", "ruby", "typescript", "javascript")
    }
    assert shares["java"] > 0.7
    assert min(shares["c"], shares["cpp"], shares["php"], shares["csharp"]) > 0.5
    assert max(shares["ruby"], shares["typescript"], shares["javascript"]) < 0.08


def test_headers_of_c_and_cpp_are_told_apart(real: list[Document]) -> None:
    found = Counter(
        (d.language, header_language(d.text))
        for d in real
        if d.path and d.path.endswith(".h") and d.language in ("c", "cpp")
    )
    right = found["c", "c"] + found["cpp", "cpp"]
    assert right >= 0.98 * found.total()


def test_real_code_is_not_taken_for_minified_or_generated(real: list[Document]) -> None:
    code = [d for d in real if d.language != "english"]
    assert sum(unwritten(d.text, name=d.path or "") is not None for d in code) <= 3


@pytest.mark.slow
def test_opening_the_corpus_twice_gives_the_same_without_duplicates(folder: Path) -> None:
    labels = ["html", "go", "english"]
    first = open_corpus(folder, languages=labels)
    assert first.has_both_splits
    assert {a.language for a in first.accounts if a.dropped_near} >= {"html"}
    again = Corpus.from_documents(first.documents[::-1], languages=labels)
    assert again.documents == first.documents
    assert not any(a.dropped_exact + a.dropped_near + a.dropped_other for a in again.accounts)


def test_columns_of_the_corpus_are_those_of_a_document(folder: Path) -> None:
    row = {"language": "c", "repo": "r", "split": "train", "path": "p", "licence": "MIT",
           "commit": "x", "text": "int x;"}  # fmt: skip
    columns = match_columns(row, place="x")
    assert columns.ignored == ("commit",)
    assert isinstance(document_of(row, columns, place="x"), Document)
