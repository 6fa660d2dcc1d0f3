"""The command itself: help that fits, statuses, streams that somebody closed."""

import os

import pytest

VERBS = (
    *("neurons", "check", "doctor", "conclude", "merge", "report", "show"),
    *("corpus", "corpus inspect", ""),
)


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_help_fits_80_columns_and_shows_an_example(neuroglot, verb, flag, is_narrow):
    answer = neuroglot(*verb.split(), flag)
    assert (answer.status, answer.err) == (0, "")
    assert is_narrow(answer.out)
    assert f"Example: neuroglot {verb}" in answer.out
    assert "…" not in answer.out
    assert "..." not in answer.out.replace("]...", "").replace("RUN}...", "").replace("RUN...", "")
    assert "[bold]" not in answer.out


def test_alone_it_says_what_there_is(neuroglot):
    assert neuroglot().out == neuroglot("--help").out


@pytest.mark.parametrize("words", [("frobnicate",), ("--frobnicate",), ("Neurons",)])
def test_what_there_is_not(neuroglot, words):
    neuroglot(*words).refusal(*words, "neuroglot --help")


def test_an_abbreviation_is_no_flag(neuroglot):
    neuroglot("neurons", "--mod", "planted").refusal("--mod")


def test_statuses_of_a_process_of_its_own(process):
    version = process("--version")
    assert (version.status, version.err) == (0, "")
    assert version.out.startswith("neuroglot ")
    process("show", "nothing", "L1-N1").refusal("nothing is not a run")


@pytest.mark.parametrize("words", [("--help",), ("corpus", "inspect", "planted", "--json")])
def test_a_reader_that_has_seen_enough(start, words):
    reading, writing = os.pipe()
    os.close(reading)
    process = start(*words, stdout=writing)
    os.close(writing)
    _, err = process.communicate()
    assert process.returncode == 0
    assert "Error" not in err


def test_a_reader_that_leaves_in_the_middle_of_a_table(start, code_folder):
    reading, writing = os.pipe()
    os.close(reading)
    process = start("corpus", "inspect", code_folder, stdout=writing)
    os.close(writing)
    _, err = process.communicate()
    assert (process.returncode, err) == (0, f"reading the texts {code_folder}\n")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")  # noqa: PTH110
def test_a_place_for_results_that_is_full(start, code_folder):
    with open("/dev/full", "w") as full:  # noqa: PTH123
        process = start("corpus", "inspect", code_folder, stdout=full)
        _, err = process.communicate()
    assert process.returncode == 2
    assert err.splitlines()[-1] == (
        "neuroglot: cannot print the result: no space is left where stdout goes"
    )


def test_streams_that_a_shell_has_closed(process, code_folder):
    def close():
        os.close(1)

    answer = process("corpus", "inspect", code_folder, stdout=None, preexec_fn=close)
    assert answer.status == 0
    assert "Traceback" not in answer.err
