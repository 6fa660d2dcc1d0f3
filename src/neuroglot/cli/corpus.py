"""`neuroglot corpus inspect`: what a run would read, before any model is loaded."""

from dataclasses import asdict
from typing import Annotated

import typer

from neuroglot.base.languages import display_name
from neuroglot.cli import options
from neuroglot.cli.console import print_json, print_table, say
from neuroglot.cli.loading import open_data

corpus = typer.Typer(
    help="Look at texts before a model reads them.",
    epilog="Example: neuroglot corpus inspect code/ --languages python,java",
    no_args_is_help=True,
)


@corpus.callback()
def _room() -> None:
    """Look at texts before a model reads them."""


@corpus.command("inspect")
def inspect(
    data: Annotated[
        str,
        typer.Argument(
            help="A folder of source files, tables, a data set id, or planted.", show_default=False
        ),
    ],
    languages: options.Languages = None,
    headers: options.HeadersOption = options.Headers.stripped,
    as_json: options.Json = False,
) -> None:
    """Count documents, repositories and bytes per language, what is left out, and why.

    Example: neuroglot corpus inspect code/ --languages python,java
    """
    from neuroglot.base.languages import parse_languages
    from neuroglot.text.inspection import holdings

    wanted = None if languages is None else parse_languages(languages)
    found = open_data(data, languages=wanted, headers=headers.value)
    rows = [asdict(holding) for holding in holdings(found)]
    if as_json:
        print_json(
            {"digest": found.digest, "holdings": rows, "skipped": dict(found.skipped)}
            | {"notes": list(found.notes)}
        )
        return
    print_table(
        ["language", "split", "files", "repos", "MB", "headers", "same", "near", "other"],
        [
            [
                display_name(row["language"]),
                row["split"],
                f"{row['documents']:,}",
                f"{row['repos']:,}",
                f"{row['bytes'] / 1e6:.2f}",
                f"{row['header_share']:.0%}",
                str(row["dropped_exact"]),
                str(row["dropped_near"]),
                str(row["dropped_other"]),
            ]
            for row in rows
        ],
        right=["files", "repos", "MB", "headers", "same", "near", "other"],
    )
    say("headers: share with a licence header. Dropped: same text, near copies, in other language.")
    for reason, count in sorted(found.skipped.items()):
        say(f"left out: {count:,} {reason}")
    for note in found.notes:
        say(f"note: {note}")
