"""One word or path, the reader that fits; and what a corpus of parallel items is told to hold."""

import json

import pytest

from neuroglot.base.errors import CorpusError
from neuroglot.text.parallel import ParallelCorpus
from neuroglot.text.parallel_inspection import parallel_rows, suspicious
from neuroglot.text.parallel_sources import open_parallel

ROWS = [
    {"id": "1-1", "problem": "1", "python": "total = 7", "java": "int total = 7;"},
    {"id": "1-2", "problem": "1", "python": "print(total)", "java": "print(total);"},
    {"id": "2-1", "problem": "2", "python": "x = 5", "java": "x = 5"},
    {"id": "2-2", "problem": "2", "python": "x = 5", "java": "return name;"},
    {"id": "3-1", "problem": "3", "python": "name = other", "java": "String total = 7 + x;"},
]


def written(path):
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    return path


def test_a_file_and_a_folder_of_snippets(tmp_path):
    assert len(open_parallel(written(tmp_path / "items.jsonl"))) == 5
    written(tmp_path / "snippets.jsonl")
    assert open_parallel(tmp_path, languages=["python"]).languages == ("python",)


def test_a_name_stands_for_a_folder_below_the_named_one(tmp_path, monkeypatch):
    (tmp_path / "cost-parallel").mkdir()
    written(tmp_path / "cost-parallel" / "snippets.jsonl")
    monkeypatch.setenv("NEUROGLOT_DATA", str(tmp_path))
    assert len(open_parallel("cost")) == 5
    monkeypatch.delenv("NEUROGLOT_DATA")
    with pytest.raises(CorpusError, match="set it, or give the folder"):
        open_parallel("cost")


def test_nothing_there_is_said(tmp_path):
    with pytest.raises(CorpusError, match="nothing at"):
        open_parallel(tmp_path / "absent")


def test_counts_of_a_pair():
    corpus = ParallelCorpus.from_rows(ROWS)
    (row,) = parallel_rows(corpus)
    assert row["items"] == 5
    assert row["problems"] == 3
    assert row["identical"] == 1
    assert (row["a"], row["b"]) == ("java", "python")
    assert (row["duplicates_a"], row["duplicates_b"]) == (0, 1)


def test_an_item_that_is_no_translation_is_suspicious():
    corpus = ParallelCorpus.from_rows(ROWS)
    first, second = corpus.languages
    found = suspicious(corpus, first, second)
    assert found[3]
    assert found[4]
    assert not found[:3].any()
