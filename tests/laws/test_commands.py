"""Laws of the command: every verb stands in the documentation, has help, and an example that is
right. The page of commands is what the program writes."""

import importlib.util
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from neuroglot.base.planted import PLANTED
from neuroglot.cli import options
from neuroglot.cli.app import app

ROOT = Path(__file__).parents[2]


def tool(name: str) -> Any:
    """A program of the folder `tools` as a module."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


commands = tool("commands")
VERBS = dict(commands.verbs())


def parsed(line: str) -> dict[str, Any]:
    """What a line would hand to its verb; raises what the parser raises. Nothing is run."""
    words = shlex.split(line, comments=True)
    assert words[0] == "neuroglot"
    command: Any = get_command(app)
    context = command.make_context("neuroglot", words[1:])
    rest = [*context._protected_args, *context.args]
    while hasattr(command, "commands"):
        name, command, rest = command.resolve_command(context, rest)
        context = command.make_context(name, rest, parent=context)
        rest = [*getattr(context, "_protected_args", ()), *context.args]
    return dict(context.params)


def test_the_page_is_what_the_program_writes(tmp_path: Path, monkeypatch, capsys):
    assert commands.PAGE.read_text(encoding="utf-8") == commands.page()
    assert commands.main(["--check"]) == 0
    monkeypatch.setattr(commands, "PAGE", tmp_path / "commands.md")
    assert commands.main(["--check"]) == 1
    assert "run python tools/commands.py" in capsys.readouterr().out
    assert commands.main([]) == 0
    assert commands.main(["--check"]) == 0


@pytest.mark.parametrize("words", VERBS)
def test_every_verb_has_help_and_an_example_that_parses(words: str):
    command = VERBS[words]
    examples = commands.EXAMPLE.findall(command.help)
    assert len(examples) == 1
    assert examples[0].startswith(words)
    assert parsed(examples[0])
    first = command.help.strip().splitlines()[0]
    assert first.endswith(".")
    assert len(first) <= 66, "longer ones are cut in the list of verbs"
    for parameter in command.params:
        assert parameter.help.rstrip().endswith((".", ")")), parameter.name
        assert parameter.metavar or parameter.is_flag, parameter.name


@pytest.mark.parametrize("words", VERBS)
def test_every_verb_stands_in_the_readme(words: str):
    assert f"`{words}`" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_neuron_of_the_example_is_there():
    example = commands.EXAMPLE.findall(VERBS["neuroglot show"].help)[0]
    layer, neuron = map(int, re.findall(r"\d+", example.split()[-1]))
    assert any((layer, neuron) in units for units in PLANTED.values())


@pytest.mark.parametrize("kind", [options.Profile, options.Selection, options.Headers])
def test_words_that_may_be_given_are_shown(kind):
    assert "|".join(kind).replace("|", r"\|") in commands.page()


@pytest.mark.parametrize(
    "line",
    ["neuroglot neurons --moodel x --data y", "neuroglot frobnicate", "neuroglot show runs/a"],
)
def test_the_parser_does_refuse(line: str):
    with pytest.raises(Exception) as refused:
        parsed(line)
    assert refused.value.exit_code == 2


def shell_lines() -> list[str]:
    """Every line of a shell block of the documentation that calls the command."""
    found = []
    for file in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))):
        text = file.read_text(encoding="utf-8").replace("\\\n", " ")
        for block in re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
            lines = (line.removeprefix("$ ") for line in block.splitlines())
            found += [line for line in lines if line.startswith("neuroglot ")]
    return found


@pytest.mark.parametrize("line", shell_lines())
def test_every_line_of_the_documentation_parses(line: str):
    assert parsed(line)


@pytest.mark.parametrize("words", VERBS)
def test_where_a_model_is_opened_changed_weights_are_taken(words: str):
    flags = {name for parameter in VERBS[words].params for name in parameter.opts}
    if {"--revision", "--device"} <= flags:
        assert "--delta" in flags
