"""`neuroglot show`: one neuron on the terminal, whatever its texts hold."""

import shutil
from pathlib import Path

import pytest

from neuroglot.cli.console import show_as_it_is


@pytest.fixture
def first(planted_run):
    """(layer, neuron) of the first neuron of the first language."""
    row = planted_run.table("lape").slice(0, 1).to_pylist()[0]
    return row["layer"], row["neuron"]


@pytest.fixture
def name(first):
    return f"L{first[0]:02d}-N{first[1]:04d}"


def test_a_card(neuroglot, planted_run, name, first, is_narrow):
    answer = neuroglot("show", planted_run.path, name)
    assert (answer.status, answer.err) == (0, "")
    assert answer.out.splitlines()[:2] == [f"layer {first[0]}, neuron {first[1]}", "number 1 of Go"]
    assert "writes: " in answer.out
    marked = [line for line in answer.out.splitlines() if line.startswith("  | ")]
    assert sum(line.count("«") for line in marked) >= 1
    assert is_narrow("\n".join(set(answer.out.splitlines()) - set(marked)))


def test_the_name_is_read_as_people_write_it(neuroglot, planted_run, name, first):
    expected = neuroglot("show", planted_run.path, name).out
    assert neuroglot("show", planted_run.path, name.lower()).out == expected
    assert neuroglot("show", planted_run.path, f"L{first[0]}-N{first[1]}").out == expected


def test_json(neuroglot, planted_run, name, first):
    card = neuroglot("show", planted_run.path, name, "--json").json
    assert (card["layer"], card["neuron"]) == first
    assert {row["language"] for row in card["rates"]} == {"go", "python"}


@pytest.mark.parametrize("odd", ["5/6", "L07", "L07-N", "N5-L7", "L-1-N4", "L٣-N٤", "L1-N1\n"])
def test_a_name_that_is_none(neuroglot, planted_run, odd):
    neuroglot("show", planted_run.path, odd).refusal("no neuron", "as L07-N0123")


def test_a_neuron_that_the_run_does_not_hold(neuroglot, planted_run):
    neuroglot("show", planted_run.path, "L99-N0001").refusal(
        str(planted_run.path), "no neuron L99-N0001", "tables/lape.parquet"
    )


def test_what_is_no_run(neuroglot, planted_run, tmp_path, name):
    neuroglot("show", "nothing", name).refusal("nothing is not a run")
    copied = shutil.copytree(planted_run.path, tmp_path / "run")
    Path(copied, "tables", "neuron_rates.parquet").write_bytes(b"PAR1")
    neuroglot("show", copied, name).refusal("neuron_rates.parquet is damaged")


def test_text_from_data_cannot_command_the_terminal(capsys):
    show_as_it_is("a\x1b[31mb [red]c[/] :smile: \u202ed")
    assert capsys.readouterr().out == "a\\x1b[31mb [red]c[/] :smile: \\u202ed\n"


def test_a_terminal_that_lacks_letters(process, planted_run, name):
    environment = {**__import__("os").environ, "PYTHONIOENCODING": "ascii"}
    answer = process("show", planted_run.path, name, env=environment)
    assert answer.status == 0
    assert "\\xab" in answer.out
    answer = process("show", planted_run.path, name, "--json", env=environment)
    assert answer.json["sets"][0]["rank"] == 1
