"""`neuroglot programs`: the same programs in many languages, made, looked at and proven."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from neuroglot.base.errors import ConfigError
from neuroglot.base.languages import display_name, language, parse_languages
from neuroglot.cli import options
from neuroglot.cli.console import print_json, print_table, say, show_code, tell
from neuroglot.cli.progress import shown_progress

if TYPE_CHECKING:
    from neuroglot.programs.generation import Row

programs = typer.Typer(
    help="Make the same programs in many languages.",
    epilog="Example: neuroglot programs generate --count 100 --out programs.jsonl",
    rich_markup_mode=None,
)

Languages = Annotated[
    str,
    typer.Option("--languages", metavar="LIST", help="Ids separated by commas, or all."),
]
Style = Annotated[
    str, typer.Option("--style", metavar="LIST", help="procedural, object-oriented, or all.")
]
Level = Annotated[
    str, typer.Option(metavar="LIST", help="Levels of difficulty 1 to 3, as 1,2, or all.")
]
AlgorithmNames = Annotated[
    str, typer.Option(metavar="LIST", help="Names that `programs show` lists, or all.")
]
SHOWN = 10
"""Failures that are printed; --json has them all."""
Documented = Annotated[bool, typer.Option("--documented", help="With doc comments.")]


@programs.callback(invoke_without_command=True)
def _room(context: typer.Context) -> None:
    """Make the same programs in many languages."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@programs.command("generate")
def generate(
    count: Annotated[
        int, typer.Option(metavar="N", help="Programs, each in every language and style.")
    ] = 100,
    languages: Languages = "all",
    style: Style = "all",
    level: Level = "all",
    algorithm: AlgorithmNames = "all",
    seed: options.Seed = 0,
    documented: Documented = False,
    out: Annotated[
        Path, typer.Option(metavar="FILE", help="A table that ends in .jsonl or .parquet.")
    ] = Path("programs.jsonl"),
    as_json: options.Json = False,
) -> None:
    """Write different programs, each in many languages, with tests.

    One row per program, language and style. The same seed gives the same programs, whatever
    languages are asked for.

    Example: neuroglot programs generate --count 100 --languages python,java,c --out programs.jsonl
    """
    from neuroglot.programs import generation, tables
    from neuroglot.runs.storage import replacing

    ending = tables.ending_of(out)
    made = generation.generate(
        count,
        languages=_languages(languages),
        styles=_list(style),
        levels=_levels(level),
        algorithms=_list(algorithm),
        seed=seed,
        documented=documented,
    )
    tell(f"writing programs to {out}")
    seen: dict[str, Row] = {}
    rows: Counter[str] = Counter()
    with replacing(out) as file:
        tables.write_rows(_noted(made, seen, rows), file, ending=ending)
    families = Counter((row.family, row.split) for row in seen.values())
    found = {"out": str(out), "programs": len(seen), "rows": dict(rows)}
    held = [{"family": f, "split": s, "programs": n} for (f, s), n in sorted(families.items())]
    if as_json:
        print_json(found | {"families": held})
        return
    names = ["family", "split", "programs"]
    print_table(names, [[str(row[name]) for name in names] for row in held], right=["programs"])
    many = "program" if len(seen) == 1 else "programs"
    say(f"{len(seen):,} {many}, {rows.total():,} rows in {out}:")
    say(", ".join(f"{display_name(each)} {n:,}" for each, n in rows.items()))


@programs.command("show")
def show(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[PROGRAM]",
            help="Its name in a table, as count_runs-0-2, or an algorithm's name; without it the "
            "algorithms are listed.",
            show_default=False,
        ),
    ] = None,
    languages: Languages = "all",
    style: Style = "procedural",
    seed: options.Seed = 0,
    documented: Documented = False,
    as_json: options.Json = False,
) -> None:
    """Show one program in several languages, or list the algorithms.

    Example: neuroglot programs show count_runs --languages python,java
    """
    from neuroglot.programs import generation

    if name is None:
        _list_algorithms(as_json=as_json)
        return
    drawn = generation.named(name, seed=seed)
    written = generation.written_in(_languages(languages), _list(style))
    rows = list(generation.rows(drawn, written, documented=documented))
    if as_json:
        print_json([asdict(row) for row in rows])
        return
    first = rows[0]
    say(f"{first.program}: family {first.family}, level {first.level}, {first.split}")
    say(first.description)
    say("")
    for line in first.signature.splitlines():
        say(line, indent=2)
    for row in rows:
        say("")
        say(f"{display_name(row.language)}, {row.style}")
        known = language(row.language)
        show_code(row.code, lexer=known.lexer if known else "text")


@programs.command("verify")
def verify(
    count: Annotated[
        int, typer.Option(metavar="N", help="Programs, each in every language and style.")
    ] = 8,
    languages: Languages = "all",
    style: Style = "all",
    level: Level = "all",
    algorithm: AlgorithmNames = "all",
    seed: options.Seed = 0,
    workers: Annotated[
        int | None,
        typer.Option(metavar="N", help="Boxes at a time. Default: one per core.", min=1),
    ] = None,
    no_sandbox: Annotated[
        bool, typer.Option("--no-sandbox", help="Run programs without a box. They are ours.")
    ] = False,
    as_json: options.Json = False,
) -> None:
    """Compile and run programs with their tests, in boxes.

    Exit status 1 where a program did not pass. A toolchain that is missing is told as such.

    Example: neuroglot programs verify --count 8
    """
    from neuroglot.programs.generation import generate as made
    from neuroglot.programs.verification import verify as proven

    rows = made(
        count,
        languages=_languages(languages),
        styles=_list(style),
        levels=_levels(level),
        algorithms=_list(algorithm),
        seed=seed,
    )
    with shown_progress() as watch:
        found = proven(
            rows,
            workers=workers,
            unsafe=no_sandbox,
            on_progress=lambda done, total: watch("verify", done, total, "programs", ""),
        )
    failures = [
        {"id": row.id, "status": outcome.status, "stage": outcome.stage, "detail": outcome.detail}
        for row, outcome in found.failures
    ]
    if as_json:
        print_json({"passed": found.passed, "counts": found.counts, "failures": failures})
    else:
        print_table(
            ["language", "style", "status", "count"],
            [[str(value) for value in row.values()] for row in found.counts],
            right=["count"],
        )
        for failure in failures[:SHOWN]:
            say(f"{failure['id']}: {failure['status']} ({failure['detail']})", indent=4)
        if len(failures) > SHOWN:
            say(f"and {len(failures) - SHOWN:,} more: --json lists them all")
    if not found.passed:
        raise typer.Exit(1)


def _list_algorithms(*, as_json: bool) -> None:
    from neuroglot.programs.catalogue import ALGORITHMS, split_of

    rows = [
        {"algorithm": a.name, "family": a.family, "level": a.level, "split": split_of(a)}
        for a in ALGORITHMS
    ]
    if as_json:
        print_json(rows)
    else:
        print_table(list(rows[0]), [[str(value) for value in row.values()] for row in rows])


def _noted(made: Iterable["Row"], seen: dict[str, "Row"], rows: Counter[str]) -> Iterator["Row"]:
    """The rows as they pass: one kept of each program, and how many of each language."""
    for row in made:
        seen.setdefault(row.program, row)
        rows[row.language] += 1
        yield row


def _languages(text: str) -> tuple[str, ...] | None:
    from neuroglot.programs.writing import STYLES

    return None if text == "all" else parse_languages(text, known=tuple(STYLES))


def _list(text: str) -> list[str] | None:
    """The parts of a list; None for all."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts:
        raise ConfigError(f"nothing is named by {text!r}: give names separated by commas, or all")
    return None if parts == ["all"] else parts


def _levels(text: str) -> list[int] | None:
    levels = _list(text)
    for level in levels or ():
        if not level.isdecimal():
            raise ConfigError(f"no level {level!r}: give 1, 2, 3, several as 1,2, or all")
    return None if levels is None else [int(level) for level in levels]
