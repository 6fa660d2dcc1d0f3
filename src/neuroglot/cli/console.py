"""What verbs print with: results on stdout, everything else on stderr.

Text from data is made visible first: a token may hold anything, an escape sequence included.
"""

import io
import json
import os
import sys
import textwrap
from collections.abc import Iterable, Sequence
from typing import Any, TextIO

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from neuroglot.report.escaping import visible


class ReaderGoneError(Exception):
    """Nobody reads stdout any more, as when `head` has seen enough."""


class _Results(Console):
    def on_broken_pipe(self) -> None:
        raise ReaderGoneError


_out = _Results(highlight=False, emoji=False)
_err = Console(stderr=True, highlight=False, emoji=False)


def forgiving_streams() -> None:
    r"""Make stdout and stderr fail on nothing that they are given.

    A character that their encoding lacks is written as `\u2713`; where a shell has closed them
    (None then), what is written is dropped.
    """
    sys.stdout, sys.stderr = map(_forgiving, (sys.stdout, sys.stderr))


def _forgiving(stream: TextIO | None) -> TextIO:
    if stream is None:
        return io.TextIOWrapper(io.FileIO(os.devnull, "w"), encoding="utf-8")
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")
    return stream


def close_results() -> None:
    """Drop what stdout still holds: nobody takes it, and the end of the program must not fail."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def say(text: str, *, indent: int = 0) -> None:
    """A sentence of the result, wrapped between words; its further lines stand `indent` deeper."""
    lines = textwrap.wrap(
        visible(text),
        width=_out.width,
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    show_as_it_is("\n".join(lines))


def show_as_it_is(text: str) -> None:
    """Text of the result whose line breaks are its own."""
    _out.print(escape(visible(text)), soft_wrap=True)


def show_code(code: str, *, lexer: str) -> None:
    """Code of the result: as it is, but coloured and wrapped between words on a terminal."""
    from rich.syntax import Syntax

    text = Syntax("", lexer, theme="ansi_dark", background_color="default").highlight(visible(code))
    text.rstrip()
    _out.print(text, soft_wrap=not _out.is_terminal)


def tell(text: str) -> None:
    """A sentence about the work, on stderr: one line in a log, wrapped on a terminal."""
    _err.print(escape(visible(text)), style="dim", soft_wrap=not _err.is_terminal)


def complain(text: str) -> None:
    """One line of what went wrong, on stderr, never wrapped or cut."""
    line = " ".join(visible(text).split())
    print(f"neuroglot: {line}", file=sys.stderr)  # noqa: T201 - the one plain print


def print_json(value: Any) -> None:
    """The result for machines: one JSON document on stdout."""
    is_unicode = (sys.stdout.encoding or "").lower().startswith("utf")
    text = json.dumps(value, indent=2, ensure_ascii=not is_unicode, allow_nan=False)
    try:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        raise ReaderGoneError from None


def print_table(
    columns: Sequence[str], rows: Iterable[Sequence[str]], *, right: Sequence[str] = ()
) -> None:
    """A small table on stdout; columns named in `right` are set to the right and never wrapped."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0))
    for column in columns:
        is_right = column in right
        table.add_column(
            column,
            justify="right" if is_right else "left",
            no_wrap=is_right,
            overflow="fold",
        )
    for row in rows:
        table.add_row(*(escape(visible(cell)) for cell in row))
    _out.print(table)


def progress_console() -> Console:
    """Where progress bars go."""
    return _err
