import pytest

from neuroglot.base.errors import CorpusError
from neuroglot.text.columns import document_of, match_columns
from neuroglot.text.document import Document

NAMES = {
    "text": ["text", "content", "code"],
    "language": ["language", "lang", "label"],
    "repo": ["repo", "repo_name", "max_stars_repo_name"],
    "path": ["path", "max_stars_repo_path"],
    "licence": ["licence", "license", "licenses", "max_stars_repo_licenses"],
}


@pytest.mark.parametrize(
    ("field", "column"), [(field, column) for field, names in NAMES.items() for column in names]
)
def test_every_alias_is_read(field: str, column: str) -> None:
    row = {"text": "a", "language": "c"}
    row.pop(field, None)
    row[column] = "go"
    found = document_of(row, match_columns(row, place="x"), place="x")
    assert isinstance(found, Document)
    assert getattr(found, field) == "go"


def test_the_proper_name_wins_over_an_alias() -> None:
    row = {"code": "no", "content": "no", "text": "yes", "lang": "c"}
    columns = match_columns(row, place="x")
    assert columns.of["text"] == "text"
    assert columns.ignored == ()


def test_other_columns_are_named() -> None:
    assert match_columns(["text", "lang", "size", "avg"], place="x").ignored == ("size", "avg")


@pytest.mark.parametrize(
    ("given", "label"),
    [("C++", "cpp"), ("Python 3", "python"), ("golang", "go"), ("COBOL", "COBOL"), (" c ", "c")],
)
def test_labels_are_ids_where_they_are_known(given: str, label: str) -> None:
    row = {"text": "a", "language": given}
    found = document_of(row, match_columns(row, place="x"), place="x")
    assert isinstance(found, Document)
    assert found.language == label


def test_any_column_can_be_the_label() -> None:
    row = {"text": "a", "language": "c", "author": "Ann"}
    found = document_of(row, match_columns(row, place="x", label_column="author"), place="x")
    assert isinstance(found, Document)
    assert found.language == "Ann"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"text": None, "language": "c"}, "no text"),
        ({"text": 3, "language": "c"}, "no text"),
        ({"text": "a", "language": None}, "no label"),
        ({"text": "a", "language": " "}, "no label"),
    ],
)
def test_rows_without_text_or_label_have_a_reason(row: dict[str, object], reason: str) -> None:
    assert document_of(row, match_columns(row, place="x"), place="x") == reason


def test_lists_are_joined_and_blanks_are_none() -> None:
    row = {"text": "a", "lang": "c", "licenses": ["MIT", "BSD"], "path": "", "id": 7}
    found = document_of(row, match_columns(row, place="x"), place="x")
    assert isinstance(found, Document)
    assert (found.licence, found.path, found.id) == ("MIT, BSD", None, "7")


def test_missing_columns_and_odd_splits_are_refused() -> None:
    with pytest.raises(
        CorpusError, match=r"t\.parquet has no column text or content or code.*a, b"
    ):
        match_columns(["a", "b"], place="t.parquet")
    with pytest.raises(CorpusError, match="no column language or lang or label"):
        match_columns(["text"], place="x")
    with pytest.raises(CorpusError, match="no column author"):
        match_columns(["text", "language"], place="x", label_column="author")
    row = {"text": "a", "language": "c", "split": "test"}
    with pytest.raises(CorpusError, match=r"split 'test'.*train or held_out"):
        document_of(row, match_columns(row, place="x"), place="x")
