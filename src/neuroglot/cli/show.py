"""`neuroglot show`: one neuron, or unit of a projection, of a run, on the terminal."""

import re
from typing import Annotated, Any

import typer

from neuroglot.base.errors import ConfigError
from neuroglot.base.languages import display_name
from neuroglot.cli import options
from neuroglot.cli.console import print_json, print_table, say, show_as_it_is
from neuroglot.report.escaping import label

_NAME = re.compile(r"L(\d{1,9})-(?:(q|k|v|o|gate|up|down)-)?N(\d{1,9})", re.IGNORECASE | re.ASCII)


def show(
    run: options.Run,
    neuron: Annotated[
        str,
        typer.Argument(
            metavar="NEURON", help="Its name in the report, as L07-N0123 or L07-gate-N0123."
        ),
    ],
    as_json: options.Json = False,
) -> None:
    """Show one neuron: where it fires and what it writes.

    Example: neuroglot show runs/planted L06-N0061
    """
    match = _NAME.fullmatch(neuron)
    if match is None:
        raise ConfigError(
            f"no neuron {neuron!r}: give layer and index as L07-N0123, or with its projection as "
            "L07-gate-N0123"
        )

    from neuroglot.runs.directory import open_run
    from neuroglot.studies.cards import neuron_card, unit_card

    layer, projection, number = int(match[1]), match[2], int(match[3])
    if projection is None:
        card = neuron_card(open_run(run), layer=layer, neuron=number)
    else:
        card = unit_card(open_run(run), layer=layer, projection=projection.lower(), neuron=number)
    if as_json:
        print_json(card)
    elif projection is None:
        _print_neuron(card)
    else:
        _print_unit(card)


def _print_neuron(card: dict[str, Any]) -> None:
    say(f"layer {card['layer']}, neuron {card['neuron']}")
    for place in card["sets"]:
        real = "" if place["real"] else ", beyond what is real at 5% false discovery"
        say(f"number {place['rank']} of {display_name(place['language'])}{real}")
    print_table(
        ["language", "fires on", ""],
        [
            [display_name(row["language"]), f"{row['probability']:.1%}", _bar(row["probability"])]
            for row in card["rates"]
        ],
        right=["fires on"],
    )
    _print_writes(card)
    _print_examples(card, "activations")


def _print_unit(card: dict[str, Any]) -> None:
    say(f"layer {card['layer']}, {card['projection']}, unit {card['neuron']}")
    for place in card["sets"]:
        say(f"number {place['rank']} of {display_name(place['language'])}")
    most = max(row["score"] for row in card["scores"]) or 1.0
    print_table(
        ["language", "score", ""],
        [
            [display_name(row["language"]), f"{row['score']:.2f}", _bar(row["score"] / most)]
            for row in card["scores"]
        ],
        right=["score"],
    )
    _print_writes(card)
    _print_examples(card, "scores")


def _print_writes(card: dict[str, Any]) -> None:
    if card["writes"]:
        say("writes: " + "  ".join(label(row["token"]) for row in card["writes"]), indent=8)


def _print_examples(card: dict[str, Any], values: str) -> None:
    for example in card["examples"]:
        where = example["path"] or example["document"]
        say(f"{display_name(example['language'])}, {where}, character {example['start']}:")
        show_as_it_is(_marked(example["tokens"], example[values]))


def _bar(share: float) -> str:
    return "█" * round(20 * share)


def _marked(tokens: list[str], values: list[float]) -> str:
    """The tokens as they stand in the text, the one that counts most between « and »."""
    peak = max(range(len(tokens)), key=values.__getitem__)
    text = "".join(f"«{token}»" if place == peak else token for place, token in enumerate(tokens))
    return "\n".join(f"  | {line}" for line in text.strip("\n").split("\n"))
