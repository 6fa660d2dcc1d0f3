"""`neuroglot report`: the page again, from the directory alone."""

import shutil

import pytest


@pytest.fixture
def copied(planted_run, tmp_path):
    return shutil.copytree(planted_run.path, tmp_path / "run")


def test_the_same_page_again(neuroglot, copied, contents):
    before = contents(copied)
    (copied / "report.html").unlink()
    answer = neuroglot("report", copied)
    assert (answer.status, answer.err) == (0, "")
    # A path is never broken in the middle, however long: one can paste it.
    assert f"{copied}/report.html" in answer.out
    assert contents(copied) == before


def test_bad_input(neuroglot, copied):
    neuroglot("report").refusal("missing argument 'RUN'", "neuroglot report --help")
    neuroglot("report", "nothing").refusal("nothing is not a run", "neuroglot neurons --model")
    table = copied / "tables" / "lape.parquet"
    table.write_bytes(table.read_bytes()[:-30])
    page = (copied / "report.html").read_bytes()
    neuroglot("report", copied).refusal(str(table), "damaged", "run the study again")
    assert (copied / "report.html").read_bytes() == page


def test_a_read_only_disk(neuroglot, copied, mount):
    disk = mount("size=20m")
    shutil.copytree(copied, disk / "run")
    mount("ro")
    neuroglot("report", disk / "run").refusal("cannot write", "report.html", "read-only")
