"""Tables of programs: what is written is read, and what is no table is refused."""

import json

import pytest

from neuroglot.base.errors import ConfigError, CorpusError
from neuroglot.programs.generation import generate
from neuroglot.programs.tables import COLUMNS, ENDINGS, ending_of, read_rows, write_rows
from neuroglot.text.corpus import Corpus


@pytest.fixture(scope="module")
def some():
    return list(generate(3, languages=["python", "c"]))


def written(rows, path):
    with path.open("wb") as file:
        write_rows(rows, file, ending=ending_of(path))
    return path


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_is_written_is_read(some, ending, tmp_path):
    path = written(iter(some), tmp_path / f"programs{ending}")
    assert read_rows(path) == some
    again = written(some, tmp_path / f"again{ending}")
    assert path.read_bytes() == again.read_bytes()


def test_columns():
    assert list(COLUMNS) == [
        "id", "program", "family", "algorithm", "level", "seed", "split", "language", "style",
        "entry", "code", "tests", "description", "signature",
    ]  # fmt: skip


def test_a_table_is_a_corpus(some, tmp_path):
    path = written(some, tmp_path / "programs.jsonl")
    corpus = Corpus.from_jsonl(path, deduplicate=False)
    assert sorted(document.text for document in corpus.documents) == sorted(r.code for r in some)
    assert {document.language for document in corpus.documents} == {"python", "c"}


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.jsonl", b"", "has no rows: write it with"),
        ("a.jsonl", b"not json\n", "cannot read"),
        ("a.jsonl", b"[1]\n", "line 1 holds no object"),
        ("a.jsonl", b'{"id": "x"}\n', "no table of programs .column program, family"),
        ("a.parquet", b"not parquet", "cannot read"),
    ],
)
def test_refused(name, content, words, tmp_path):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(CorpusError, match=words):
        read_rows(tmp_path / name)


def test_a_cell_of_another_type_is_refused(some, tmp_path):
    path = written(some, tmp_path / "a.jsonl")
    row = json.loads(path.read_text().splitlines()[0]) | {"level": "1"}
    path.write_text(json.dumps(row))
    with pytest.raises(CorpusError, match="column level"):
        read_rows(path)


def test_paths_are_refused(tmp_path):
    with pytest.raises(ConfigError, match=r"ends in .jsonl or .parquet"):
        ending_of(tmp_path / "a.csv")
    with pytest.raises(CorpusError, match=r"no table .*none.jsonl"):
        read_rows(tmp_path / "none.jsonl")
