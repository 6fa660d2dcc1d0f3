"""Write docs/commands.md from the command itself: every verb, argument and flag.

`python tools/commands.py` writes the page, `python tools/commands.py --check` says whether it is
the one that would be written.
"""

import enum
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from typer.main import get_command

from neuroglot.cli.app import app

PAGE = Path(__file__).parent.parent / "docs" / "commands.md"
EXAMPLE = re.compile(r"^Example: (.+)$", re.MULTILINE)
OPENING = """\
# Commands

Written by `tools/commands.py` from the program; edit the program instead.

Results go to stdout, the plan and progress to stderr, and `--json` prints the result as one JSON
document. A run is a directory: the same line again goes on where it was stopped, or shows what is
there.

| status | meaning |
|---|---|
| 0 | done, whatever was found |
| 1 | `check` or `doctor` found a failure |
| 2 | bad input, said in one line: what was given, what is wanted, what to do |
| 130 | stopped by Ctrl-C; what was measured is safe |
| 143 | stopped by SIGTERM, as by a cluster; what was measured is safe |
"""


def verbs(command: Any = None, words: str = "neuroglot") -> Iterator[tuple[str, Any]]:
    """Every verb as (words, command), in the order of the help."""
    command = get_command(app) if command is None else command
    for name, inner in command.commands.items():
        if hasattr(inner, "commands"):
            yield from verbs(inner, f"{words} {name}")
        else:
            yield f"{words} {name}", inner


def page() -> str:
    """The whole page."""
    return "\n".join([OPENING, *(_section(words, command) for words, command in verbs())])


def _section(words: str, command: Any) -> str:
    text = _paragraphs(EXAMPLE.sub("", command.help))
    arguments = [each for each in command.params if each.param_type_name == "argument"]
    options = [each for each in command.params if each.param_type_name == "option"]
    usage = " ".join([words, *(_shown(each) for each in arguments)])
    parts = [f"## {words}\n", f"{text}\n", "```sh", *EXAMPLE.findall(command.help), "```\n"]
    rows = [f"| `{_shown(each)}` | {each.help} |" for each in arguments]
    rows += [f"| `{_flag(each)}` | {_explained(each)} |" for each in options]
    return "\n".join([*parts, f"| `{usage}` | |", "|---|---|", *rows, ""])


def _paragraphs(text: str) -> str:
    return "\n\n".join(" ".join(part.split()) for part in text.strip().split("\n\n"))


def _shown(argument: Any) -> str:
    return f"{argument.metavar} ..." if argument.nargs == -1 else str(argument.metavar)


def _flag(option: Any) -> str:
    name = option.opts[0]
    if option.is_flag:
        return str(name)
    return f"{name} {option.metavar}".replace("|", r"\|")


def _explained(option: Any) -> str:
    default = option.default
    if option.required:
        return f"{option.help} Required."
    if default is None or option.is_flag:
        return str(option.help)
    return f"{option.help} Default: {default.value if isinstance(default, enum.Enum) else default}."


def main(arguments: list[str]) -> int:
    """Write the page, or with --check compare it: 1 when it is another."""
    wanted = page()
    if "--check" not in arguments:
        PAGE.write_text(wanted, encoding="utf-8")
        return 0
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == wanted:
        return 0
    print(f"{PAGE} is not what the program says: run python tools/commands.py")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
