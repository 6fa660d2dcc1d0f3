"""What the tests of the command share: the command in this process and in one of its own, what a
refusal looks like, good and bad models in folders, disks that refuse."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from safetensors.torch import load_file, save_file

from neuroglot.cli.app import main
from neuroglot.sandbox import probing
from neuroglot.sandbox.discovery import find_toolchain


@dataclass(frozen=True)
class Answer:
    """How a command left, and what it said where."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON document on stdout."""
        return json.loads(self.out)

    def refusal(self, *words: str) -> str:
        """The one clear line of a status 2: nothing on stdout, no traceback, all of these words."""
        assert (self.status, self.out) == (2, ""), self
        assert "Traceback" not in self.err
        lines = [line for line in self.err.splitlines() if line.startswith("neuroglot: ")]
        assert lines == self.err.splitlines()[-1:], self.err
        for word in words:
            assert word in lines[0]
        return lines[0]


Command = Callable[..., Answer]


@pytest.fixture
def neuroglot(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> Command:
    """(words of a line) -> Answer, run in this process, in an empty folder."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("COLUMNS", "80")

    def run(*words: str | Path) -> Answer:
        monkeypatch.setattr(sys, "argv", ["neuroglot", *map(str, words)])
        capfd.readouterr()
        with pytest.raises(SystemExit) as left:
            main()
        out, err = capfd.readouterr()
        assert isinstance(left.value.code, int)
        return Answer(left.value.code, out, err)

    return run


def environment(**changed: str) -> dict[str, str]:
    return {**os.environ, "COLUMNS": "80", "OMP_NUM_THREADS": "1", **changed}


@pytest.fixture
def start(tmp_path: Path) -> Callable[..., subprocess.Popen[str]]:
    """(words of a line) -> a process of its own, its output in pipes."""

    def run(*words: str | Path, **options: Any) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "neuroglot", *map(str, words)],
            **{
                "stdout": subprocess.PIPE,
                "stderr": subprocess.PIPE,
                "text": True,
                "cwd": tmp_path,
                "env": environment(),
                **options,
            },
        )

    return run


@pytest.fixture
def process(start: Callable[..., subprocess.Popen[str]]) -> Command:
    """(words of a line) -> Answer, from a process of its own."""

    def run(*words: str | Path, **options: Any) -> Answer:
        process = start(*words, **options)
        out, err = process.communicate()
        return Answer(process.returncode, out or "", err or "")

    return run


@pytest.fixture
def is_narrow() -> Callable[[str], bool]:
    """Whether every line fits into 80 columns."""
    return lambda text: max(map(len, text.splitlines()), default=0) <= 80


@pytest.fixture
def contents() -> Callable[[Path], dict[str, bytes]]:
    """Every file of a folder by its path, byte for byte."""
    return lambda folder: {
        str(file.relative_to(folder)): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


@pytest.fixture
def good_model(tmp_path: Path, make_model: Any, tiny_tokenizer: Any) -> Path:
    """A folder with a tiny Llama and its tokenizer."""
    return saved(tmp_path / "model", make_model("llama"), tiny_tokenizer)


@pytest.fixture
def save_model(tmp_path: Path, tiny_tokenizer: Any) -> Callable[[Any], Path]:
    """A Hugging Face model -> the folder that it was saved to, with a tokenizer."""
    return lambda model: saved(tmp_path / "other-model", model, tiny_tokenizer)


def saved(folder: Path, model: Any, tokenizer: Any) -> Path:
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture
def change_weights() -> Callable[[Path, Callable[[dict[str, Any]], Any]], None]:
    """(folder, change) -> the folder's tensors rewritten through `change(tensors)`."""

    def rewrite(folder: Path, change: Callable[[dict[str, Any]], Any]) -> None:
        tensors = load_file(folder / "model.safetensors")
        change(tensors)
        save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})

    return rewrite


@pytest.fixture
def mount(tmp_path: Path) -> Iterator[Callable[..., Path]]:
    """(options of tmpfs) -> a folder that is a file system of its own; the same one when called
    again, mounted anew with these options. Skips where mounting is not allowed."""
    place = tmp_path / "disk"

    def run(options: str) -> Path:
        words = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)]
        if place.is_mount():
            words[4] = f"remount,{options}"
        place.mkdir(exist_ok=True)
        try:
            answer = subprocess.run(words, capture_output=True, check=False)
        except FileNotFoundError:
            pytest.skip("there is no mount command")
        if answer.returncode:
            pytest.skip("this user may not mount a file system")
        return place

    yield run
    if place.is_mount():
        subprocess.run(["umount", str(place)], check=True)


@pytest.fixture
def toolchains_afresh():
    """Toolchains and bubblewrap are looked for again, and once more after the test."""
    find_toolchain.cache_clear()
    probing._fault.cache_clear()
    yield
    find_toolchain.cache_clear()
    probing._fault.cache_clear()
