"""`neuroglot export`: a model's weights with units removed, or with a delta put in."""

from pathlib import Path
from typing import Annotated

import typer

from neuroglot.cli import options
from neuroglot.cli.console import print_json, say
from neuroglot.cli.loading import open_model_of


def export(
    run: options.Run,
    out: Annotated[
        Path,
        typer.Option(
            metavar="PATH",
            help="A file that ends in .safetensors for what changed, a folder for a whole model.",
            show_default=False,
        ),
    ],
    without: Annotated[
        str | None,
        typer.Option(
            metavar="pls:LANGUAGE",
            help="Units to be removed: those of a language, as pls:python.",
            show_default=False,
        ),
    ] = None,
    delta: options.Delta = None,
    device: options.Device = None,
    allow_pickle: options.AllowPickle = False,
    trust_remote_code: options.TrustRemoteCode = False,
    as_json: options.Json = False,
) -> None:
    """Write a run's model with units removed or weights changed.

    Takes the run's model; sets the rows of a language's units to zero, or puts a delta into it.
    What changed is a small file that --delta takes; a folder holds the whole model with its
    tokenizer, as transformers reads it.

    Example: neuroglot export runs/mine --without pls:python --out no-python.safetensors
    """
    from neuroglot.runs.directory import open_run
    from neuroglot.studies.export import exported
    from neuroglot.studies.tuning_parameters import selected_languages

    parent = open_run(run)
    lm = open_model_of(
        parent, device=device, allow_pickle=allow_pickle, trust_remote_code=trust_remote_code
    )
    removed = () if without is None else selected_languages(without)
    found = exported(parent, lm, out=out, without=removed, delta=delta)
    if as_json:
        print_json({"out": str(out), "bytes": found})
    else:
        say(f"{out}: {found:,} bytes")
