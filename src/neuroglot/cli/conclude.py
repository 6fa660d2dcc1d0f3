"""`neuroglot conclude`: other parameters, the same measurements."""

from typing import Annotated

import typer

from neuroglot.cli import options
from neuroglot.cli.running import carried_out
from neuroglot.cli.verdicts import present


def conclude(
    run: options.Run,
    tau: Annotated[float | None, typer.Option(metavar="SHARE", help="Another quantile.")] = None,
    nu: Annotated[
        int | None,
        typer.Option(metavar="N", help="Another number of neurons per language."),
    ] = None,
    selection: Annotated[
        options.Selection | None,
        typer.Option(metavar="|".join(options.Selection), help="Another way to choose."),
    ] = None,
    top: Annotated[
        float | None, typer.Option(metavar="SHARE", help="Another share (original selection).")
    ] = None,
    profile: Annotated[
        options.Profile | None,
        typer.Option(metavar="|".join(options.Profile), help="Other numbers of draws."),
    ] = None,
    seed: Annotated[int | None, typer.Option(metavar="N", help="Another seed.")] = None,
    out: options.Out = None,
    as_json: options.Json = False,
) -> None:
    """Conclude again with other parameters, without the model.

    Makes a new run from a finished run's stored counts, in seconds. What is not given stays as it
    was there.

    Example: neuroglot conclude runs/planted --tau 0.9
    """
    from neuroglot.studies.conclude import conclude as study

    made = carried_out(
        study,
        run,
        tau=tau,
        nu=nu,
        selection=None if selection is None else selection.value,
        top=top,
        profile=None if profile is None else profile.value,
        seed=seed,
        out=out,
    )
    present(made, as_json=as_json)
