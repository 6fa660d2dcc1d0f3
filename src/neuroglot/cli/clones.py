"""`neuroglot clones`: pairs of functions told by a run's concept layers, and clones looked for."""

import shlex
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from neuroglot.base.errors import ConfigError
from neuroglot.cli import options
from neuroglot.cli.console import tell
from neuroglot.cli.loading import open_model
from neuroglot.cli.progress import shown_progress
from neuroglot.cli.verdicts import present


class _Clones(TyperGroup):
    """`clones RUN` is short for `clones run RUN`."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        named = args[:1] and (args[0] in self.commands or args[0].startswith("-"))
        return super().resolve_command(ctx, args if named else ["run", *args])


clones = typer.Typer(
    cls=_Clones,
    help="Tell clones by a model's layers, or look for them in code.",
    epilog="Example: neuroglot clones search code/",
    rich_markup_mode=None,
)


@clones.callback(invoke_without_command=True)
def _room(context: typer.Context) -> None:
    """Tell clones by a model's layers, or look for them in code."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@clones.command("run")
def run(
    run: options.Run,
    pairs: Annotated[
        str,
        typer.Option(
            metavar="DATA",
            help="programs (generated clones beside hard negatives), or a .jsonl or .csv file of "
            "pairs: id1, id2, label.",
        ),
    ] = "programs",
    functions: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="The functions of the pairs: id, language, code, problem. Default: the file "
            "beside, as x_functions.jsonl for x_pairs.jsonl.",
            show_default=False,
        ),
    ] = None,
    languages: Annotated[
        str | None,
        typer.Option(
            metavar="LIST",
            help="Ids separated by commas. Default: the run's, or those of the file.",
            show_default=False,
        ),
    ] = None,
    profile: options.ProfileOption = options.Profile.full,
    items: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            help="Programs that pairs are generated of. Default: 240; 60 in the quick profile.",
            show_default=False,
        ),
    ] = None,
    asked: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            help="Pairs that the model is asked about, yes or no. Default: 400; none in the quick "
            "profile.",
            show_default=False,
        ),
    ] = None,
    batch_tokens: options.BatchTokens = 4096,
    seed: options.Seed = 0,
    device: options.Device = None,
    allow_pickle: options.AllowPickle = False,
    trust_remote_code: options.TrustRemoteCode = False,
    as_json: options.Json = False,
) -> None:
    """Tell clones by the concept layers of a finished run.

    Adds a step to the run: its model is used again, and its band of layers where it has found one.
    Each function is the mean of its tokens at a layer; beside the band stand the embedding, the
    last layer, shared tokens, other bands and an untrained twin. `neuroglot clones RUN` is short
    for this.

    Example: neuroglot clones run runs/mine --profile quick
    """
    from neuroglot.base.languages import parse_languages
    from neuroglot.programs.clone_pairs import program_clones
    from neuroglot.programs.corpus import NAME, WRITTEN
    from neuroglot.report.page import write_report
    from neuroglot.runs.directory import open_run
    from neuroglot.studies.clones import clones as study
    from neuroglot.studies.parameters import ClonesParameters
    from neuroglot.text.clone_files import read_clone_pairs

    parameters = ClonesParameters(
        profile=profile.value, items=items, asked=asked, batch_tokens=batch_tokens, seed=seed
    )
    parent = open_run(run)
    wanted = None if languages is None else parse_languages(languages)
    if pairs == NAME:
        if functions is not None:
            raise ConfigError("--functions goes with a file of pairs: name it with --pairs")
        held = [each for each in parent.manifest.data.get("languages") or () if each in WRITTEN]
        chosen = wanted or [each for each in held if each != "english"] or None
        tell(f"generating clones of {parameters.n_programs} programs")
        found = program_clones(chosen, count=parameters.n_programs, seed=seed)
    else:
        tell(f"reading the pairs {pairs}")
        found = read_clone_pairs(pairs, functions=functions)
        found = found if wanted is None else found.only(wanted)
    lm = open_model(
        parent.manifest.model["source"],
        device=device,
        dtype=parent.manifest.model["dtype"],
        revision=parent.manifest.model["revision"],
        allow_pickle=allow_pickle,
        trust_remote_code=trust_remote_code,
    )
    tell(repr(found))
    with shown_progress() as watch:
        made = study(
            parent,
            lm=lm,
            pairs=found,
            parameters=parameters,
            command=shlex.join(["neuroglot", *sys.argv[1:]]),
            watch=watch,
        )
    # The page that the run had knows nothing of this step.
    write_report(made)
    present(made, as_json=as_json)
