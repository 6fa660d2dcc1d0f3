"""`neuroglot conclude`: other parameters, the same measurements."""

import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

from neuroglot.cli import options
from neuroglot.cli.console import print_json
from neuroglot.cli.progress import shown_progress
from neuroglot.cli.verdicts import draw_report, print_verdicts


def conclude(
    run: Annotated[Path, typer.Argument(help="A finished run directory.", show_default=False)],
    tau: Annotated[float | None, typer.Option(help="Another quantile.")] = None,
    nu: Annotated[int | None, typer.Option(min=1, help="Other neurons per language.")] = None,
    selection: Annotated[
        options.Selection | None, typer.Option(help="Another way to choose.")
    ] = None,
    top: Annotated[float | None, typer.Option(help="Another share (original selection).")] = None,
    profile: Annotated[options.Profile | None, typer.Option(help="Other numbers of draws.")] = None,
    seed: Annotated[int | None, typer.Option(help="Another seed.")] = None,
    out: options.Out = None,
    as_json: options.Json = False,
) -> None:
    """Conclude again from a run's stored counts, with other parameters, without the model.

    Example: neuroglot conclude runs/planted --tau 0.9
    """
    from neuroglot.studies.conclude import conclude as study
    from neuroglot.studies.summary import summary

    with shown_progress() as watch:
        made = study(
            run,
            tau=tau,
            nu=nu,
            selection=None if selection is None else selection.value,
            top=top,
            profile=None if profile is None else profile.value,
            seed=seed,
            out=out,
            command=shlex.join(["neuroglot", *sys.argv[1:]]),
            watch=watch,
        )
    draw_report(made)
    found = summary(made)
    if as_json:
        print_json(found)
    else:
        print_verdicts(found)
