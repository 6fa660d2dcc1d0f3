"""`neuroglot reference`: the small model that comes with neuroglot, and how it is made."""

from pathlib import Path
from typing import Annotated

import typer

from neuroglot.cli import options
from neuroglot.cli.console import print_json, print_table, say, tell
from neuroglot.cli.loading import open_data, open_model
from neuroglot.cli.progress import shown_progress

reference = typer.Typer(
    help="Make and judge the small model that comes with neuroglot.",
    epilog="Example: neuroglot reference train --data corpus --tokens 15000000 --out made",
    rich_markup_mode=None,
)


@reference.callback(invoke_without_command=True)
def _room(context: typer.Context) -> None:
    """Make and judge the small model that comes with neuroglot."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@reference.command("train")
def train(
    data: options.Data,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where it is made; goes on there.")],
    tokens: Annotated[int, typer.Option(metavar="N", help="Tokens to read.")] = 15_000_000,
    minutes: Annotated[
        float | None,
        typer.Option(metavar="M", help="Instead: as many tokens as so many minutes are worth."),
    ] = None,
    shape: Annotated[str, typer.Option(metavar="SHAPE", help="tiny, small or large.")] = "small",
    twin: Annotated[
        str | None,
        typer.Option(
            metavar="TWIN", help="no-parallel, english-50 or english-3: one ingredient is another."
        ),
    ] = None,
    after: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Go on from the model that was trained there."),
    ] = None,
    seed: options.Seed = 0,
    device: options.Device = None,
    as_json: options.Json = False,
) -> None:
    """Train the reference model; the same line goes on.

    With --after a finished training's model reads more, mostly of what it had learned least of.

    Example: neuroglot reference train --data corpus --tokens 15000000 --out made
    """
    from dataclasses import replace

    from neuroglot.base.errors import ConfigError
    from neuroglot.lm.loading import device_named
    from neuroglot.train.reference import recipe_after, recipe_of, tokens_in, train_reference

    where = device_named(device)
    if after is None:
        recipe = recipe_of(twin, tokens=tokens, seed=seed, shape=shape)
    else:
        if twin is not None:
            raise ConfigError("--after and --twin: a twin is trained from its beginning, give one")
        recipe = recipe_after(after, tokens=tokens, seed=seed)
    if minutes is not None:
        recipe = replace(recipe, tokens=tokens_in(minutes, recipe, where))
    corpus = open_data(data).training()
    per_step = recipe.plan.rows_per_step * recipe.length
    with shown_progress() as watch:
        made = train_reference(
            recipe,
            corpus,
            folder=out,
            device=where,
            before=after,
            on_step=lambda done, total, loss: watch(
                "train", done * per_step, total * per_step, "tokens", f"loss {loss:.3f}"
            ),
            say=tell,
        )
    if as_json:
        print_json({"model": str(made), "tokens": recipe.tokens})
    else:
        say(f"{recipe.tokens:,} tokens read; the model is in {made}")


@reference.command("evaluate")
def evaluate(
    model: Annotated[Path, typer.Argument(metavar="DIR", help="What `reference train` made.")],
    data: Annotated[
        str | None, typer.Option(metavar="DATA", help="Corpus with held-out repositories.")
    ] = None,
    programs: Annotated[int, typer.Option(metavar="N", help="Functions per language.")] = 150,
    dtype: Annotated[
        str, typer.Option(metavar="DTYPE", help="Number format to run it in.")
    ] = "float32",
    as_json: options.Json = False,
) -> None:
    """Measure what a reference model can do on unseen items.

    The results also go to DIR/evaluation.json, where `reference card` finds them.

    Example: neuroglot reference evaluate made --data corpus
    """
    import json
    from dataclasses import asdict

    from neuroglot.runs.storage import write_text
    from neuroglot.studies.reference import EVALUATION
    from neuroglot.studies.reference import evaluate as measured
    from neuroglot.studies.reference_items import training_of

    corpus = None if data is None else open_data(data)
    training = training_of(model)
    lm = open_model(str(model / "model"), dtype=dtype)
    with shown_progress() as watch:
        found = measured(
            lm,
            corpus,
            training,
            programs=programs,
            notice=lambda what, done, total: watch(what, done, total, "items", ""),
        )
    rows = [asdict(each) for each in found]
    held_out = [] if corpus is None else corpus.held_out().documents
    repositories = sorted({str(each.repo) for each in held_out if each.repo})
    evaluated = {"results": rows, "held_out_repositories": repositories}
    write_text(model / EVALUATION, json.dumps(evaluated, indent=1))
    if as_json:
        print_json(rows)
    else:
        print_table(
            ["task", "part", "items", "value", "from", "to"],
            [
                [r.task, r.part, f"{r.items:,}", f"{r.value:.3f}", f"{r.low:.3f}", f"{r.high:.3f}"]
                for r in found
            ],
            right=["items", "value", "from", "to"],
        )


@reference.command("card")
def card(
    model: Annotated[
        Path | None,
        typer.Argument(
            metavar="DIR", help="What `reference train` made. Default: the bundled one."
        ),
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Print a reference model's card: data, recipe, abilities, limits.

    Example: neuroglot reference card
    """
    from neuroglot.lm.bundled import reference_card
    from neuroglot.studies.reference_card import card_text, made_card

    found = reference_card() if model is None else made_card(model)
    if as_json:
        print_json(found)
    else:
        typer.echo(card_text(found))
