"""`neuroglot doctor`: what is there, what is missing, and the status that says which."""

import signal
import sys

import pytest

from neuroglot.base.languages import display_name
from neuroglot.sandbox import probing
from neuroglot.sandbox.toolchains import TOOLCHAINS
from neuroglot.studies import doctor as study
from neuroglot.studies.doctor import Finding

MISSING = [
    Finding("python", "3.11", True, True),
    Finding("thing", "not installed", False, True, "pip install thing"),
    Finding("extra", "not installed", False, False, "pip install extra"),
]


def test_this_machine(neuroglot, is_narrow):
    answer = neuroglot("doctor")
    assert answer.status == 0
    assert answer.err == ""
    assert is_narrow(answer.out)
    names = [finding["name"] for finding in neuroglot("doctor", "--json").json]
    assert names[:2] == ["python", "torch"]
    assert {"cpu", "memory", "disk"} <= set(names)


def test_something_needed_is_missing(neuroglot, monkeypatch):
    monkeypatch.setattr(study, "examine_machine", lambda: MISSING)
    answer = neuroglot("doctor")
    assert answer.status == 1
    rows = answer.out.splitlines()
    assert [row[0] for row in rows[2:]] == ["✓", "✗", "–"]
    assert rows[3].split("  ")[-1].strip() == "pip install thing"
    assert neuroglot("doctor", "--json").json[1]["remedy"] == "pip install thing"


def test_it_answers_where_torch_cannot_be_loaded(neuroglot, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    answer = neuroglot("doctor")
    assert answer.status == 0
    assert "cores" in answer.out


@pytest.mark.usefixtures("toolchains_afresh")
def test_toolchains_are_named_and_what_is_missing_has_a_remedy(neuroglot, tmp_path, monkeypatch):
    monkeypatch.setenv("NEUROGLOT_TOOLCHAINS", str(tmp_path / "absent"))
    answer = neuroglot("doctor", "--json")
    assert answer.status == 0
    found = {finding["name"]: finding for finding in answer.json}
    assert {f"{display_name(each)} programs" for each in TOOLCHAINS} <= set(found)
    for name in ("TypeScript programs", "Kotlin programs"):
        assert not found[name]["passed"]
        assert f"npm install --prefix {tmp_path / 'absent'}" in found[name]["remedy"]


@pytest.mark.usefixtures("toolchains_afresh")
def test_without_bubblewrap_the_rest_is_still_told(neuroglot, monkeypatch):
    monkeypatch.setattr(probing, "BWRAP", "/usr/bin/no-such-bwrap")
    answer = neuroglot("doctor", "--json")
    assert answer.status == 0
    found = {finding["name"]: finding for finding in answer.json}
    assert not found["sandbox"]["passed"]
    assert "apt-get install bubblewrap" in found["sandbox"]["remedy"]
    assert "C++ programs" in found


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_stopped(neuroglot, monkeypatch, number, status):
    monkeypatch.setattr(study, "examine_machine", lambda: signal.raise_signal(number))
    answer = neuroglot("doctor")
    assert (answer.status, answer.out, answer.err) == (status, "", "neuroglot: stopped\n")


def test_an_error_of_a_library_that_was_interrupted_is_no_traceback(neuroglot, monkeypatch):
    def interrupted():
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            raise ImportError("initialisation failed") from None

    monkeypatch.setattr(study, "examine_machine", interrupted)
    assert neuroglot("doctor").status == 130


def test_a_mistake_of_ours_is_raised(neuroglot, monkeypatch):
    def broken():
        raise KeyError("lost")

    monkeypatch.setattr(study, "examine_machine", broken)
    with pytest.raises(KeyError, match="lost"):
        neuroglot("doctor")
