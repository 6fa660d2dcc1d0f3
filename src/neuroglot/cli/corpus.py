"""`neuroglot corpus inspect`: what a run would read, before any model is loaded."""

from dataclasses import asdict
from typing import Annotated

import typer

from neuroglot.base.languages import display_name, parse_languages
from neuroglot.cli import options
from neuroglot.cli.console import print_json, print_table, say
from neuroglot.cli.loading import open_data

corpus = typer.Typer(
    help="Look at texts before a model reads them.",
    epilog="Example: neuroglot corpus inspect code/ --languages python,java",
    rich_markup_mode=None,
)


@corpus.callback(invoke_without_command=True)
def _room(context: typer.Context) -> None:
    """Look at texts before a model reads them."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@corpus.command("inspect")
def inspect(
    data: Annotated[
        str,
        typer.Argument(
            metavar="DATA",
            help="A folder of source files, tables, a data set id, planted, or programs.",
        ),
    ],
    languages: options.Languages = None,
    headers: options.HeadersOption = options.Headers.stripped,
    as_json: options.Json = False,
) -> None:
    """Count texts per language, what is left out, and why.

    Example: neuroglot corpus inspect code/ --languages python,java
    """
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
        ["language", "split", "texts", "repos", "MB", "headers", "same", "near", "other"],
        [
            [
                display_name(row["language"]),
                row["split"],
                f"{row['documents']:,}",
                f"{row['repos']:,}",
                f"{row['bytes'] / 1e6:.2f}",
                f"{row['header_share']:.0%}",
                f"{row['dropped_exact']:,}",
                f"{row['dropped_near']:,}",
                f"{row['dropped_other']:,}",
            ]
            for row in rows
        ],
        right=["texts", "repos", "MB", "headers", "same", "near", "other"],
    )
    say(
        "headers: share of texts that came with a licence header. same, near, other: texts dropped "
        "as the same, as near copies, as copies in another language."
    )
    for reason, count in sorted(found.skipped.items()):
        say(f"left out: {reason} {count:,}")
    for note in found.notes:
        say(f"note: {note}")
