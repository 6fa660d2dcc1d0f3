"""What verbs print with: results on stdout, everything else on stderr."""

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

_out = Console(highlight=False, soft_wrap=False)
_err = Console(stderr=True, highlight=False)


def say(text: str) -> None:
    """One line of result."""
    _out.print(escape(text))


def tell(text: str) -> None:
    """One line about the work, on stderr."""
    _err.print(escape(text), style="dim")


def complain(text: str) -> None:
    """One line of what went wrong, on stderr, never wrapped or cut."""
    line = " ".join(text.split())
    print(f"neuroglot: {line}", file=sys.stderr)  # noqa: T201 - the one plain print


def print_json(value: Any) -> None:
    """The result for machines: one JSON document on stdout."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def print_table(
    columns: Sequence[str], rows: Iterable[Sequence[str]], *, right: Sequence[str] = ()
) -> None:
    """A small table on stdout; columns named in `right` are set to the right."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for column in columns:
        table.add_column(column, justify="right" if column in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*(escape(cell) for cell in row))
    _out.print(table)


def progress_console() -> Console:
    """Where progress bars go."""
    return _err
