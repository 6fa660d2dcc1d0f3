"""`neuroglot clones`: pairs of functions told by a run's concept layers, and clones looked for."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from neuroglot.base.errors import ConfigError
from neuroglot.cli import options
from neuroglot.cli.console import print_json, print_table, say, tell
from neuroglot.cli.loading import open_model, open_model_of
from neuroglot.cli.progress import shown_progress
from neuroglot.cli.running import carried_out
from neuroglot.cli.verdicts import present_anew

if TYPE_CHECKING:
    from neuroglot.studies.clone_search import FoundClones
    from neuroglot.text.functions import Function


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
    out: options.ChildOut = None,
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
    from neuroglot.programs.corpus import NAME
    from neuroglot.runs.directory import open_run
    from neuroglot.studies.clone_detection import clones as study
    from neuroglot.studies.clone_detection import generated_pairs
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
        tell(f"generating clones of {parameters.n_programs} programs")
        found = generated_pairs(parent, parameters, wanted)
    else:
        tell(f"reading the pairs {pairs}")
        found = read_clone_pairs(pairs, functions=functions)
        found = found if wanted is None else found.only(wanted)
    lm = open_model_of(
        parent, device=device, allow_pickle=allow_pickle, trust_remote_code=trust_remote_code
    )
    tell(repr(found))
    made = carried_out(study, parent, lm=lm, pairs=found, parameters=parameters, out=out)
    present_anew(made, as_json=as_json)


@clones.command("search")
def search(
    data: Annotated[
        str,
        typer.Argument(
            metavar="DATA",
            help="A folder of source files, or a file or folder of .parquet or .jsonl tables.",
            show_default=False,
        ),
    ],
    model: Annotated[
        str, typer.Option(metavar="MODEL", help="A Hugging Face id, a folder, or reference.")
    ] = "reference",
    layers: Annotated[
        str | None,
        typer.Option(
            metavar="FIRST-LAST",
            help="The band of layers that vectors are the mean over. Default: the middle half.",
            show_default=False,
        ),
    ] = None,
    languages: options.Languages = None,
    lines: Annotated[
        int, typer.Option(metavar="N", help="Functions of fewer lines are left out.")
    ] = 5,
    top: Annotated[int, typer.Option(metavar="N", help="Pairs of each kind, at most.")] = 20,
    threshold: Annotated[
        float, typer.Option(metavar="COSINE", help="Pairs below are left out.")
    ] = 0.5,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Also write all pairs to a table, .jsonl or .parquet; the same line goes on where "
            "it was stopped.",
            show_default=False,
        ),
    ] = None,
    batch_tokens: options.BatchTokens = 4096,
    device: options.Device = None,
    dtype: options.Dtype = None,
    revision: options.Revision = None,
    delta: options.Delta = None,
    allow_pickle: options.AllowPickle = False,
    trust_remote_code: options.TrustRemoteCode = False,
    as_json: options.Json = False,
) -> None:
    """List the functions of your code that are most alike.

    Exact copies (but for blanks and comments), functions of one language under other names, under
    the same name, and of two languages, each with its places. A function's vector is the mean of
    its tokens over the middle layers of the model, comments left out; all pairs are compared.

    Example: neuroglot clones search code/ --languages python,java
    """
    import shutil

    from neuroglot.base.languages import parse_languages
    from neuroglot.studies.clone_search import (
        clone_search,
        parsed_layers,
        refuse_ending,
        write_found,
    )
    from neuroglot.text.corpus import open_corpus

    wanted = None if languages is None else parse_languages(languages)
    band = None if layers is None else parsed_layers(layers)
    if out is not None:
        refuse_ending(out)
    tell(f"reading the code {data}")
    corpus = open_corpus(data, languages=wanted, headers="kept", deduplicate=False)
    lm = open_model(
        model,
        device=device,
        dtype=dtype,
        revision=revision,
        delta=delta,
        allow_pickle=allow_pickle,
        trust_remote_code=trust_remote_code,
    )
    parts = None if out is None else out.with_name(f".{out.name}.parts")
    with shown_progress() as watch:
        found = clone_search(
            lm,
            corpus.documents,
            layers=band,
            least_lines=lines,
            top=top,
            threshold=threshold,
            batch_tokens=batch_tokens,
            checkpoint=parts,
            watch=watch,
        )
    if out is not None and parts is not None:
        write_found(out, found)
        shutil.rmtree(parts, ignore_errors=True)
    if as_json:
        counts = {"functions": found.functions, "copies": found.copies, "cut": found.cut}
        print_json(
            counts | {"layers": list(found.layers), "pairs": [pair.row() for pair in found.pairs]}
        )
        return
    _print_found(found, top=top)
    if out is not None:
        say(f"all of them: {out}")


HEADINGS = {
    "copy": "the same but for blanks and comments",
    "near": "other names, one language",
    "same name": "the same name, one language",
    "two languages": "two languages",
}


def _print_found(found: "FoundClones", *, top: int) -> None:
    first, last = found.layers
    cut = f"; {found.cut:,} were read up to the model's last position" if found.cut else ""
    counts = f"{found.functions:,} functions, {found.copies:,} of them copies"
    say(f"{counts}; layers {first}-{last}{cut}")
    for kind, heading in HEADINGS.items():
        pairs = found.of(kind)[:top]
        if pairs:
            say("")
            print_table(
                [heading, "", "cosine"],
                [
                    [_side(pair.first), _side(pair.second), f"{pair.similarity:.3f}"]
                    for pair in pairs
                ],
                right=["cosine"],
            )


def _side(function: "Function") -> str:
    return f"{function.place} {function.name}"
