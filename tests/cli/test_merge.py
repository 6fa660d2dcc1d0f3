"""`neuroglot merge`: all shards of one run, and nothing else."""

import shutil
from pathlib import Path

import pytest

SMALL = ("--profile", "quick", "--tokens-per-language", "2000", "--batch-tokens", "512")


@pytest.fixture
def line(code_folder):
    return ("neurons", "--model", "planted", "--data", code_folder, *SMALL)


@pytest.fixture
def parts(neuroglot, line, tmp_path):
    """Both shards of one run, and the second one of another."""
    for index in (1, 2):
        out = tmp_path / f"part{index}"
        assert neuroglot(*line, "--shard", f"{index}/2", "--out", out).status == 0
    other = tmp_path / "other"
    assert neuroglot(*line, "--shard", "2/2", "--tau", "0.9", "--out", other).status == 0
    return tmp_path / "part1", tmp_path / "part2", other


def test_shards_become_the_run_made_in_one_piece(neuroglot, parts, line, is_narrow):
    first, second, other = parts
    answer = neuroglot("merge", second, first, "--out", "whole")
    assert answer.status == 0
    assert is_narrow(answer.out)
    assert "report: whole/report.html" in answer.out
    assert neuroglot(*line, "--out", "one").status == 0
    for file in ("tensors/activity.safetensors", "tables/lape.parquet"):
        assert Path("whole", file).read_bytes() == Path("one", file).read_bytes()
    assert neuroglot("merge", first, second, "--out", "whole", "--json").json["shard"] is None

    neuroglot("merge", first).refusal("shards 2/2 are missing", "give all 2")
    neuroglot("merge", first, first, second).refusal("given twice", "each once")
    neuroglot("merge", first, other).refusal(str(other), "shards of different runs", "tau")
    neuroglot("merge", "whole").refusal("whole is no shard", "--shard I/N")
    neuroglot("merge", first, "nothing").refusal("nothing is not a run")
    neuroglot("merge").refusal("missing argument 'RUN", "neuroglot merge --help")


def test_texts_that_changed_since(neuroglot, code_folder, contents):
    shutil.copytree(code_folder, "code")
    line = ("neurons", "--model", "planted", "--data", "code", *SMALL)
    assert neuroglot(*line, "--shard", "1/1", "--out", "part").status == 0
    next(Path("code").rglob("*.go")).unlink()
    before = contents(Path("part"))
    neuroglot("merge", "part", "--out", "whole").refusal("the data are not those of part")
    assert contents(Path("part")) == before
    assert not Path("whole").exists()
