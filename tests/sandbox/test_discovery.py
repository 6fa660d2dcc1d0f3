"""Toolchains: found with a version, or said to be missing or too old with what to do."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from neuroglot.sandbox import discovery
from neuroglot.sandbox.discovery import find_toolchain, tools_folder
from neuroglot.sandbox.outcomes import Program
from neuroglot.sandbox.running import run_programs
from neuroglot.sandbox.toolchains import TOOLCHAINS


@pytest.fixture(autouse=True)
def afresh() -> Iterator[None]:
    find_toolchain.cache_clear()
    yield
    find_toolchain.cache_clear()


def changed(monkeypatch: pytest.MonkeyPatch, language: str, **columns: object) -> None:
    row = dataclasses.replace(TOOLCHAINS[language], **columns)
    monkeypatch.setitem(TOOLCHAINS, language, row)


@pytest.mark.parametrize("language", TOOLCHAINS)
@pytest.mark.parametrize("unsafe", [False, True])
def test_each_toolchain_is_found_or_its_remedy_is_named(boxes: None, language: str, unsafe: bool):
    found = find_toolchain(language, unsafe=unsafe)
    if found.lack is None:
        assert found.version[0].isdigit()
        assert found.remedy == ""
    else:
        assert "install" in found.remedy
        assert "{tools}" not in found.remedy


def test_a_missing_toolchain_is_said_with_its_package(boxes: None, monkeypatch: pytest.MonkeyPatch):
    changed(monkeypatch, "php", programs=("no-such-php",))
    outcomes = run_programs([Program("php", "<?php"), Program("python", "")])
    assert [each.status for each in outcomes] == ["no_toolchain", "wrong"]
    assert outcomes[0].detail == "no-such-php is not installed: apt-get install php-cli"


def test_an_old_toolchain_is_said_with_its_version(boxes: None, monkeypatch: pytest.MonkeyPatch):
    changed(monkeypatch, "python", least="99.1")
    (outcome,) = run_programs([Program("python", "")])
    assert outcome.status == "toolchain_too_old"
    assert "is older than 99.1: apt-get install python3" in outcome.detail


def test_a_toolchain_outside_the_systems_folders_is_named(
    boxes: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    own = tmp_path / "own-rustc"
    own.write_text("#!/bin/sh\n")
    own.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    changed(monkeypatch, "rust", programs=("own-rustc",))
    said = find_toolchain("rust").remedy
    assert said.startswith(f"{own} is not seen in a box, which holds what is below /usr: apt-get")


def test_the_folder_of_packages_is_the_named_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("NEUROGLOT_TOOLCHAINS", str(tmp_path))
    assert tools_folder() == tmp_path
    monkeypatch.delenv("NEUROGLOT_TOOLCHAINS")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert tools_folder() == discovery.SHARED_FOLDER
    own = tmp_path / ".local/share/neuroglot/toolchains"
    own.mkdir(parents=True)
    assert tools_folder() == own


@pytest.mark.parametrize("language", ["typescript", "kotlin"])
def test_a_missing_folder_is_said_with_the_line_that_fills_it(
    boxes: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, language: str
):
    monkeypatch.setenv("NEUROGLOT_TOOLCHAINS", str(tmp_path / "nothere"))
    found = find_toolchain(language)
    assert found.lack == "no_toolchain"
    assert f"no folder {tmp_path}/nothere: npm install --prefix {tmp_path}/nothere" in found.remedy
    monkeypatch.setenv("NEUROGLOT_TOOLCHAINS", str(tmp_path))
    find_toolchain.cache_clear()
    assert find_toolchain(language).lack == "no_toolchain"
