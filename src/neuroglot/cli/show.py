"""`neuroglot show`: one neuron of a run, on the terminal."""

import re
from pathlib import Path
from typing import Annotated, Any

import typer

from neuroglot.base.errors import ConfigError
from neuroglot.base.languages import display_name
from neuroglot.cli.console import print_json, print_table, say
from neuroglot.cli.options import Json

_NAME = re.compile(r"L(\d+)-N(\d+)", re.IGNORECASE)


def show(
    run: Annotated[Path, typer.Argument(help="A finished run directory.", show_default=False)],
    neuron: Annotated[
        str, typer.Argument(help="Its name in the report, as L07-N0123.", show_default=False)
    ],
    as_json: Json = False,
) -> None:
    """Show one neuron: how often it fires on each language, where, and what it writes.

    Example: neuroglot show runs/planted L07-N0012
    """
    from neuroglot.runs.directory import open_run
    from neuroglot.studies.cards import neuron_card

    match = _NAME.fullmatch(neuron)
    if match is None:
        raise ConfigError(f"no neuron {neuron!r}: give layer and index as L07-N0123")
    card = neuron_card(open_run(run), layer=int(match[1]), neuron=int(match[2]))
    if as_json:
        print_json(card)
    else:
        _print(card)


def _print(card: dict[str, Any]) -> None:
    say(f"layer {card['layer']}, neuron {card['neuron']}")
    for place in card["sets"]:
        real = "" if place["real"] else ", beyond what is real at 5% false discovery"
        say(f"number {place['rank']} of {display_name(place['language'])}{real}")
    print_table(
        ["language", "fires on", ""],
        [
            [display_name(row["language"]), f"{row['probability']:.3f}", _bar(row["probability"])]
            for row in card["rates"]
        ],
        right=["fires on"],
    )
    if card["writes"]:
        say("writes: " + " ".join(repr(row["token"]) for row in card["writes"]))
    for example in card["examples"]:
        where = example["path"] or example["document"]
        say(f"{display_name(example['language'])}, {where}, character {example['start']}:")
        say(_marked(example["tokens"], example["activations"]))


def _bar(share: float) -> str:
    return "█" * round(20 * share)


def _marked(tokens: list[str], activations: list[float]) -> str:
    """The tokens as they stand in the text, the one that fires most between « and »."""
    peak = max(range(len(tokens)), key=activations.__getitem__)
    return "  " + "".join(
        f"«{token}»" if place == peak else token for place, token in enumerate(tokens)
    ).replace("\n", "\n  ")
