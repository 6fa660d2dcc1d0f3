"""Laws of messages: each class of error is raised somewhere, with one line that says what was
given, what is wanted and what to do."""

import ast
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import transformers

import neuroglot
from neuroglot.base import errors
from neuroglot.base.errors import NeuroglotError
from neuroglot.base.languages import parse_languages
from neuroglot.lm.loading import load
from neuroglot.programs.reading import read
from neuroglot.runs.directory import open_run
from neuroglot.runs.storage import write_text
from neuroglot.runs.writing import open_for_writing
from neuroglot.sandbox import probing
from neuroglot.text.corpus import open_corpus

SOURCE = Path(str(neuroglot.__file__)).parent


def run(folder: Path, **changed: Any) -> Any:
    """A small run, open for writing."""
    asked: dict[str, Any] = {
        "study": "neurons",
        "command": "neuroglot neurons --model m --data d --out run",
        "parameters": {"tau": 0.95},
        "seed": 0,
        "model": {"name": "m", "fingerprint": "f"},
        "data": {"source": "d", "digest": "d"},
        "steps": ["record"],
    }
    return open_for_writing(folder, **{**asked, **changed})


def begun(folder: Path) -> Path:
    """A run that has a step done and has not come to its end."""
    with run(folder, steps=["record", "conclude"]) as writer, writer.step("record"):
        pass
    return folder


class Raised:
    """One way to raise each class of the tree, and what its line has to say."""

    def ConfigError(self):
        parse_languages("klingon")

    def CorpusError(self):
        open_corpus("nothere")

    def ProgramError(self):
        read("def add_up(a: int) -> int:\n    'a'\n    a += 1\n    return a", title="an_adder")

    def ModelError(self):
        load("./nothere")

    def AnatomyError(self, tmp_path):
        transformers.BertConfig().save_pretrained(tmp_path)
        (tmp_path / "model.safetensors").write_bytes(b"\2\0\0\0\0\0\0\0{}")
        load(tmp_path)

    def WeightsError(self, tmp_path):
        (tmp_path / "config.json").write_text("{}")
        load(tmp_path)

    def SiteError(self, make_lm):
        with make_lm("llama").taps("mood"):
            pass

    def RunError(self, tmp_path):
        open_run(tmp_path)

    def OtherRunError(self, tmp_path):
        with run(begun(tmp_path), parameters={"tau": 0.9}):
            pass

    def UnfinishedRunError(self, tmp_path):
        open_run(begun(tmp_path))

    def LockedRunError(self, tmp_path):
        with run(tmp_path), run(tmp_path):
            pass

    def StorageError(self, tmp_path):
        (tmp_path / "file").write_text("")
        write_text(tmp_path / "file" / "below", "")

    def SandboxError(self, monkeypatch):
        monkeypatch.setattr(probing, "BWRAP", "/nothere/bwrap")
        probing._fault.cache_clear()
        try:
            probing.require_box()
        finally:
            probing._fault.cache_clear()

    def MissingExtraError(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "datasets", None)
        open_corpus("someone/code", languages="python")


SAID = {
    "ConfigError": ("klingon", "known are", "python"),
    "CorpusError": ("nothere", "a folder of source files", "give"),
    "ProgramError": ("add_up", "parameters change: a", "copy to a local"),
    "ModelError": ("./nothere", "a model's folder", "give"),
    "AnatomyError": ("Bert", "decoder-only transformers", "give one"),
    "WeightsError": ("holds no weights", "*.safetensors", "give a folder"),
    "SiteError": ("mood", "known are", "resid_post"),
    "RunError": ("no manifest.json", "a run", "make one"),
    "OtherRunError": ("0.9 asked", "tau 0.95 there", "choose another folder with --out"),
    "UnfinishedRunError": ("1 of 2 steps", "not finished", "start the same line again: neuroglot"),
    "LockedRunError": ("being written by", str(os.getpid()), "wait for it"),
    "StorageError": ("below", "not a folder", "choose another folder"),
    "SandboxError": ("bubblewrap is not installed", "in a box", "apt-get install bubblewrap"),
    "MissingExtraError": ("someone/code", "'datasets'", "pip install 'neuroglot[hub]'"),
}
"""Class -> what was given, what is wanted, what to do."""


def classes(root: type[NeuroglotError]) -> Iterator[type[NeuroglotError]]:
    for child in root.__subclasses__():
        yield child
        yield from classes(child)


def test_every_class_of_the_tree_is_here():
    ours = {kind.__name__ for kind in classes(NeuroglotError) if kind.__module__ == errors.__name__}
    assert set(SAID) == ours
    tree = errors.__doc__ or ""
    assert all(name in tree for name in ours)


@pytest.mark.parametrize("name", SAID)
def test_each_says_what_was_given_what_is_wanted_and_what_to_do(
    name: str, request: pytest.FixtureRequest
):
    raiser: Callable[..., None] = getattr(Raised(), name)
    arguments = raiser.__code__.co_varnames[1 : raiser.__code__.co_argcount]
    given = {argument: request.getfixturevalue(argument) for argument in arguments}
    with pytest.raises(NeuroglotError) as raised:
        raiser(**given)
    assert type(raised.value).__name__ == name
    said = str(raised.value)
    for words in SAID[name]:
        assert words in said
    assert "\n" not in said
    assert len(said) < 400


def raised_texts() -> Iterator[tuple[str, str]]:
    """(place, text) of every constant inside a `raise` of the package."""
    for file in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Raise) and node.exc is not None:
                for part in ast.walk(node.exc):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str):
                        yield f"{file.relative_to(SOURCE)}:{node.lineno}", part.value


def test_no_message_is_written_over_several_lines():
    texts = list(raised_texts())
    assert len(texts) > 200
    assert [place for place, text in texts if "\n" in text] == []


def test_messages_end_without_a_full_stop_and_begin_small_or_with_a_name():
    """They follow `neuroglot: ` on the terminal."""
    lines = [
        (f"{file.relative_to(SOURCE)}:{node.lineno}", node.exc.args[0])
        for file in sorted(SOURCE.rglob("*.py"))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.args
    ]
    constants = [(place, line.value) for place, line in lines if isinstance(line, ast.Constant)]
    assert [place for place, text in constants if str(text).endswith(".")] == []


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"profile": "slow"}, "unknown profile 'slow': known are quick, full"),
        ({"tau": 2}, "tau is 2: give a quantile between 0 and 1"),
        ({"top": 0}, "top is 0: give a share above 0"),
        ({"nu": 0}, "nu is 0: give a number of neurons"),
        ({"tokens_per_language": 3}, "tokens_per_language is 3: give at least 1,000"),
        ({"shard": "3"}, "no shard '3': give I/N, as 2/4"),
    ],
)
def test_parameters_say_the_same_in_python_as_on_the_command_line(parameters, words):
    with pytest.raises(errors.ConfigError, match=words):
        neuroglot.studies.NeuronsParameters(**parameters)
