"""`neuroglot sample`: code written with each language's units removed, beside random ones."""

import shlex
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from neuroglot.cli import options
from neuroglot.cli.console import print_json, say, tell
from neuroglot.cli.loading import open_model_of
from neuroglot.cli.progress import shown_progress


class Operation(StrEnum):
    """What becomes of the units."""

    mean = "mean"
    zero = "zero"


def sample(
    run: options.Run,
    tasks: options.Tasks,
    languages: Annotated[
        str | None,
        typer.Option(metavar="LIST", help="Ids separated by commas. Default: all of the run's."),
    ] = None,
    samples: Annotated[
        int, typer.Option(metavar="N", help="Samples of each task; several need a temperature.")
    ] = 1,
    temperature: Annotated[
        float, typer.Option(metavar="T", help="0 takes the likeliest token each time.")
    ] = 0.0,
    top_p: Annotated[
        float, typer.Option(metavar="SHARE", help="Only the likeliest tokens are drawn from.")
    ] = 0.95,
    max_new_tokens: Annotated[
        int, typer.Option(metavar="N", help="Longest answer; most end with their function.")
    ] = 512,
    operation: Annotated[
        Operation,
        typer.Option(metavar="|".join(Operation), help="mean: each unit at its mean. zero: at 0."),
    ] = Operation.mean,
    draws: Annotated[
        int, typer.Option(metavar="N", help="Matched random sets for each language.")
    ] = 5,
    batch_tokens: options.BatchTokens = 8192,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Where the samples go. Default: RUN/samples/SUITE-OPERATION-PARAMETERS.jsonl, so "
            "that the same line goes on.",
            show_default=False,
        ),
    ] = None,
    seed: options.Seed = 0,
    device: options.Device = None,
    allow_pickle: options.AllowPickle = False,
    trust_remote_code: options.TrustRemoteCode = False,
    as_json: options.Json = False,
) -> None:
    """Write code with each language's units removed.

    Takes a run that scored units by activation times gradient. Each half of the tasks is asked of
    the clean model and of the model without the units that were chosen on the other half. What is
    written is run by `neuroglot score`.

    Example: neuroglot sample runs/mine --tasks humaneval-x
    """
    from neuroglot.base.languages import parse_languages
    from neuroglot.runs.directory import open_run
    from neuroglot.runs.naming import samples_path
    from neuroglot.studies.language_neurons import refuse_other
    from neuroglot.studies.sampled_sets import (
        run_tasks,
        run_variants,
        scored_halves,
        strangers_note,
    )
    from neuroglot.studies.sampling import Settings, refuse_present, write_samples

    settings = Settings(samples, temperature, top_p, max_new_tokens, seed, batch_tokens)
    parent = open_run(run)
    variants = run_variants(parent, operation=operation.value, draws=draws)
    chosen = None if languages is None else parse_languages(languages)
    asked = run_tasks(parent, tasks, languages=chosen)
    what = {"tasks": tasks, "languages": chosen, "draws": draws, **asdict(settings)}
    target = out or samples_path(
        parent.path, suite=asked[0].suite, operation=operation.value, parameters=what
    )
    refuse_present(target)
    lm = open_model_of(
        parent, device=device, allow_pickle=allow_pickle, trust_remote_code=trust_remote_code
    )
    refuse_other(parent, lm)
    for note in strangers_note(asked, scored_halves(parent)):
        tell(note)
    tell(f"{len(asked):,} tasks; the clean model and {len(variants)} sets of units")
    with shown_progress() as watch:
        rows = write_samples(
            lm,
            asked,
            variants,
            out=target,
            settings=settings,
            on_progress=lambda done, total: watch("sample", done, total, "samples", ""),
        )
    line = ["neuroglot", "score", str(target), "--tasks", tasks, "--run", str(parent.path)]
    if as_json:
        print_json({"samples": len(rows), "out": str(target), "score": shlex.join(line)})
        return
    say(f"{len(rows):,} samples: {target}")
    say(f"to run them: {shlex.join(line)}")
