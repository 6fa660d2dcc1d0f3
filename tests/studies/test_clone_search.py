"""Clones looked for: copies, kinds of pairs and places; a search that goes on when stopped."""

import json

import numpy as np
import pyarrow.parquet as pq
import pytest

from neuroglot.base.errors import ConfigError, CorpusError
from neuroglot.measure import embeddings
from neuroglot.measure.embeddings import band_embeddings
from neuroglot.studies.clone_search import (
    ACROSS,
    COPY,
    NEAR,
    SAME_NAME,
    clone_search,
    middle,
    parsed_layers,
    write_found,
)
from neuroglot.text.document import Document

BODY = "def {0}(a):\n    b = a + {1}\n    c = b * {2}\n    d = c - a\n    return d\n"


def code():
    """Files of one function each; of two the function stands again with blanks between."""
    documents = []
    for n in range(8):
        text = BODY.format(f"f{n}", 3 * n, "x" * (n + 1))
        documents.append(Document(text, "python", repo="r", path=f"p{n}.py"))
    again = documents[2].text.replace(" + ", "  +  ")
    documents += [
        Document(f"x = 1\n\n\n{again}", "python", repo="r", path="copy.py"),
        # Known by its name: another version of the same function.
        Document(documents[5].text.replace("d = c", "d = 1"), "python", repo="r", path="new.py"),
        Document(BODY.format("f_", 9, "xxxx"), "python", repo="r", path="renamed.py"),
        Document("def tiny(a):\n    return a\n", "python", repo="r", path="tiny.py"),
    ]
    go = "func f{0}(a int) int {{\n\tb := a + {1}\n\tc := b\n\td := c\n\treturn d\n}}\n"
    documents += [Document(go.format(n, 7 * n), "go", repo="r", path=f"g{n}.go") for n in range(3)]
    return documents


@pytest.fixture(scope="module")
def lm(make_lm):
    return make_lm("llama", num_hidden_layers=4)


def test_copies_and_each_kind_of_pair_with_their_places(lm):
    found = clone_search(lm, code(), top=500, threshold=-1)
    assert (found.functions, found.copies, found.cut, found.layers) == (14, 1, 0, (1, 2))
    (copy,) = found.of(COPY)
    assert (copy.first.place, copy.second.place) == ("r/p2.py:1", "r/copy.py:4")
    (same,) = found.of(SAME_NAME)
    assert {same.first.place, same.second.place} == {"r/p5.py:1", "r/new.py:1"}
    # Ten Python functions that are no copies, less the pair of one name; ten by three across.
    assert len(found.of(NEAR)) == 10 * 9 // 2 + 3 - 1
    assert len(found.of(ACROSS)) == 10 * 3
    assert all({p.first.language, p.second.language} == {"go", "python"} for p in found.of(ACROSS))
    for kind in (NEAR, ACROSS):
        cosines = [pair.similarity for pair in found.of(kind)]
        assert cosines == sorted(cosines, reverse=True)


def test_similarities_are_cosines_of_the_band_less_the_mean_and_whitened(lm):
    found = clone_search(lm, code(), layers=(0, 2), top=3, threshold=-1)
    functions = {}
    for pair in clone_search(lm, code(), layers=(0, 2), top=500, threshold=-1).pairs:
        if pair.kind != COPY:
            functions |= {f.place: f for f in (pair.first, pair.second)}
    places = list(functions)
    read = band_embeddings(lm, [functions[place].bare for place in places], (0, 2))
    wide = read.vectors[:, 0].astype(np.float64)
    # Fewer than twenty functions of either language: less the mean of all.
    wide -= wide.mean(axis=0)
    n, width = wide.shape
    covariance, share = wide.T @ wide / n, width / (width + n)
    mean = share * np.trace(covariance) / width * np.eye(width)
    metric = np.linalg.inv((1 - share) * covariance + mean)
    for pair in found.of(NEAR):
        a, b = (wide[places.index(each.place)] for each in (pair.first, pair.second))
        cosine = a @ metric @ b / np.sqrt((a @ metric @ a) * (b @ metric @ b))
        assert pair.similarity == pytest.approx(cosine, abs=1e-5)
    assert len(found.of(NEAR)) == 3


def test_one_language_has_no_pairs_of_two(lm):
    python = [document for document in code() if document.language == "python"]
    assert clone_search(lm, python, threshold=-1).of(ACROSS) == []
    assert clone_search(lm, code(), threshold=1.0).of(NEAR) == []


def test_a_stopped_search_goes_on_to_the_same_pairs(lm, tmp_path, monkeypatch):
    monkeypatch.setattr(embeddings, "CHECKPOINT_SECONDS", 0)

    def stop(step, done, total, unit, detail):
        if (step, done) == ("functions read", 6):
            raise KeyboardInterrupt

    asked = {"batch_tokens": 100, "checkpoint": tmp_path / "parts", "threshold": -1}
    with pytest.raises(KeyboardInterrupt):
        clone_search(lm, code(), **asked, watch=stop)
    seen = []
    found = clone_search(lm, code(), **asked, watch=lambda *at: seen.append(at[:2]))
    assert next(done for step, done in seen if step == "functions read") > 6
    whole = clone_search(lm, code(), batch_tokens=100, threshold=-1)
    assert [pair.row() for pair in found.pairs] == [pair.row() for pair in whole.pairs]


def test_tables(lm, tmp_path):
    found = clone_search(lm, code(), threshold=-1)
    rows = [pair.row() for pair in found.pairs]
    write_found(tmp_path / "a.jsonl", found)
    lines = (tmp_path / "a.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == rows
    write_found(tmp_path / "a.parquet", found)
    assert pq.read_table(tmp_path / "a.parquet").to_pylist() == rows
    with pytest.raises(ConfigError, match=r"give a name in \.jsonl or \.parquet"):
        write_found(tmp_path / "a.txt", found)


@pytest.mark.parametrize("asked", [{"top": 0}, {"least_lines": 0}, {"threshold": 1.5}])
def test_values_out_of_range_are_refused(lm, asked):
    with pytest.raises(ConfigError, match="give at least 1 and 1, and a cosine"):
        clone_search(lm, code(), **asked)


def test_too_little_code_is_named(lm):
    with pytest.raises(CorpusError, match="0 functions of 5 lines or more in 1 texts"):
        clone_search(lm, [Document("x = 1\n", "python")])


def test_layers_in_words_and_the_middle():
    assert (parsed_layers("4-7"), parsed_layers("3")) == ((4, 7), (3, 3))
    for wrong in ("", "a", "1-", "-1", "1-2-3"):
        with pytest.raises(ConfigError, match="give the first and the last"):
            parsed_layers(wrong)
    assert (middle(12), middle(4), middle(2), middle(1)) == ((3, 8), (1, 2), (0, 1), (0, 0))
