"""`neuroglot score`: samples run in the tests of their tasks, without the model."""

from pathlib import Path
from typing import Annotated

import typer

from neuroglot.base.languages import display_name
from neuroglot.cli import options
from neuroglot.cli.console import print_json, print_table, say, tell
from neuroglot.cli.progress import shown_progress
from neuroglot.cli.running import command_line


def score(
    samples: Annotated[Path, typer.Argument(metavar="SAMPLES", help="Lines of JSON to score.")],
    tasks: options.Tasks,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Where they go. Default: SAMPLES with .scored in it."),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(metavar="N", help="Boxes at a time. Default: one per core.", min=1),
    ] = None,
    run: Annotated[
        Path | None,
        typer.Option(
            metavar="RUN",
            help="The run that the samples were written with: gets the table pass_at_k, and "
            "claim B-2 anew.",
            show_default=False,
        ),
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Run samples in the tests of their tasks, in boxes.

    Each line has a task_id and a completion, or a generation as CodeGeeX writes it. A line that
    cannot be scored says why, and the others are scored. The same line again goes on.

    Example: neuroglot score samples.jsonl --tasks humaneval-x
    """
    from neuroglot.report.page import write_report
    from neuroglot.runs.directory import open_run
    from neuroglot.studies.passing import add_passes
    from neuroglot.studies.sample_scoring import score_samples, scored_path
    from neuroglot.studies.task_suites import suite

    parent = None if run is None else open_run(run)
    found = suite(tasks)
    tell(f"{len(found):,} tasks")
    target = out or scored_path(samples)
    with shown_progress() as watch:
        scored = score_samples(
            samples,
            found,
            out=target,
            workers=workers,
            on_progress=lambda done, total: watch("score", done, total, "samples", ""),
        )
    if parent is not None:
        made = add_passes(parent, target, command=command_line())
        if made.has("claims"):
            # The page that the run had knows nothing of this step.
            write_report(made)
    if as_json:
        print_json(scored.rates)
        return
    print_table(
        ["language", "samples", "tasks", "passed", "pass@1", "pass@k", "k", "statuses"],
        [
            [
                display_name(row["language"]) if row["language"] else "(none)",
                f"{row['samples']:,}",
                f"{row['tasks']:,}",
                f"{row['passed']:,}",
                *("" if row[name] is None else f"{row[name]:.1%}" for name in ("pass_1", "pass_k")),
                str(row["k"] or ""),
                ", ".join(f"{name} {n:,}" for name, n in row["statuses"].items()),
            ]
            for row in scored.rates
        ],
        right=["samples", "tasks", "passed", "pass@1", "pass@k", "k"],
    )
    say(f"every line with its status: {target}")
    if parent is not None:
        say(f"what each set costs: the table pass_at_k of {parent.path}")
