"""Alignment of languages by a model: shapes, controls and rows on a random one."""

import numpy as np
import pytest

from neuroglot.base.errors import ConfigError
from neuroglot.studies.alignment import READINGS, mexa, mexa_rows
from neuroglot.text.parallel import ParallelCorpus

ROWS = [
    {
        "id": str(n),
        "problem": str(n // 2),
        "python": f"a{n} = {n}" if n else "x = 1",
        "java": f"int a{n} = {n};" if n else "x = 1",
        "go": f"a{n} := {n}" if n != 3 else "a2 := 2",
        "english": f"number {n}",
    }
    for n in range(8)
]


@pytest.fixture(scope="module")
def corpus():
    return ParallelCorpus.from_rows(ROWS)


def test_every_level_pair_and_reading(make_lm, corpus):
    lm = make_lm("llama")
    found = mexa(lm, corpus)
    assert found.languages[-1] == "english"
    assert set(found.languages) == {"python", "java", "go", "english"}
    n = len(found.languages)
    for reading in (*READINGS, "shuffled", "bag", "untrained"):
        assert found.hits[reading].shape == (lm.n_layers + 1, n, n, len(ROWS))
        assert (found.hits[reading] == found.hits[reading].swapaxes(1, 2)).all()
    assert found.problems.tolist() == [0, 0, 1, 1, 2, 2, 3, 3]


def test_duplicates_never_count(make_lm, corpus):
    found = mexa(make_lm("gpt2"), corpus, twin=False)
    go = found.languages.index("go")
    assert not found.hits["raw"][:, go, :, 2:4].any()
    assert "untrained" not in found.hits


def test_rows(make_lm, corpus):
    found = mexa(make_lm("llama"), corpus, twin=False)
    rows = mexa_rows(found, data="test", resamples=50, seed=0)
    n = len(found.languages)
    assert len(rows) == 2 * len(READINGS) * len(found.levels) * n * n
    one = next(
        row
        for row in rows
        if (row["pivot"], row["language"], row["layer"]) == ("python", "java", 1)
        and (row["pooling"], row["centred"], row["identical"]) == ("weighted", False, "dropped")
    )
    assert (one["n"], one["unit"]) == (4, "problem")
    assert one["low"] <= one["score"] <= one["high"]
    p, q = found.languages.index("python"), found.languages.index("java")
    assert one["score"] == pytest.approx(found.hits["raw"][2, p, q, 1:].mean())
    assert one["untrained"] is None
    go = [row for row in rows if row["pivot"] == row["language"] == "go"]
    assert {row["ceiling"] for row in go if row["identical"] == "kept"} == {0.75}
    assert all(row["score"] is None for row in go if row["identical"] == "dropped")


def test_one_language_is_refused(make_lm):
    rows = [{"id": "1", "python": "a"}, {"id": "2", "python": "b"}]
    with pytest.raises(ConfigError, match="alignment needs two of both"):
        mexa(make_lm("llama"), ParallelCorpus.from_rows(rows))


def test_the_same_seed_gives_the_same(make_lm, corpus):
    first, second = (mexa(make_lm("llama"), corpus) for _ in range(2))
    for name, hits in first.hits.items():
        assert np.array_equal(hits, second.hits[name]), name
