"""`neuroglot merge`: shards of one run become that run."""

from pathlib import Path
from typing import Annotated

import typer

from neuroglot.cli import options
from neuroglot.cli.loading import open_again
from neuroglot.cli.running import carried_out
from neuroglot.cli.verdicts import present


def merge(
    runs: Annotated[
        list[Path], typer.Argument(metavar="RUN", help="The run directories of all shards.")
    ],
    out: options.Out = None,
    device: options.Device = None,
    allow_pickle: options.AllowPickle = False,
    trust_remote_code: options.TrustRemoteCode = False,
    as_json: options.Json = False,
) -> None:
    """Join the shards of one run into that run.

    What comes out equals the run made in one piece, to the byte. Model and texts are those that
    the shards were made from.

    Example: neuroglot merge runs/part-1 runs/part-2 --out runs/whole
    """
    from neuroglot.studies.merge import merge as study
    from neuroglot.studies.merge import opened_shards

    shards = opened_shards(runs)
    lm, corpus = open_again(
        shards[0], device=device, allow_pickle=allow_pickle, trust_remote_code=trust_remote_code
    )
    run = carried_out(study, shards, lm=lm, corpus=corpus, out=out)
    present(run, as_json=as_json)
