"""`neuroglot compare`: runs side by side."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from neuroglot.base.languages import display_name
from neuroglot.cli import options
from neuroglot.cli.console import print_json, print_table, say

if TYPE_CHECKING:
    from neuroglot.studies.compare import Sharing


def compare(
    runs: Annotated[list[Path], typer.Argument(metavar="RUN", help="Two or more finished runs.")],
    against: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="RUN",
            help="Instead: do the models of RUN... share more neurons between languages than "
            "these? One for each RUN, of the same seed, in the same order.",
        ),
    ] = None,
    patterns: Annotated[
        bool,
        typer.Option(
            "--patterns",
            help="Instead: whether alignment and the lens show the same patterns in two runs of "
            "one model over different parallel texts.",
        ),
    ] = False,
    as_json: options.Json = False,
) -> None:
    """Put finished runs side by side, with differences to the first.

    Layers are aligned by relative depth: bottom, middle and top of each model.

    Example: neuroglot compare runs/base runs/tuned
    """
    from neuroglot.studies.compare import compare as study
    from neuroglot.studies.compare import compare_sharing

    if against is not None:
        _present_sharing(compare_sharing(runs, against), as_json=as_json)
        return
    if patterns:
        _present_patterns(runs, as_json=as_json)
        return
    found = study(runs)
    if as_json:
        print_json(asdict(found))
        return
    print_table(
        ["language", "run", "n*", "bottom", "middle", "top"],
        [
            [
                display_name(row["language"]),
                row["run"],
                "" if row["n_star"] is None else f"{row['n_star']:,}",
                *(f"{row[name]:.2f}" for name in ("bottom", "middle", "top")),
            ]
            for row in found.neurons
        ],
        right=["n*", "bottom", "middle", "top"],
    )
    print_table(
        ["claim", "run", "verdict", "value", "difference"],
        [
            [
                row["id"],
                row["run"],
                row["verdict"] or "",
                _figure(row, "value", "low", "high"),
                _figure(row, "difference", "difference_low", "difference_high"),
            ]
            for row in found.claims
            if row["scope"] == "overall"
        ],
        right=["value", "difference"],
    )
    for note in found.notes:
        say(f"note: {note}", indent=6)


def _present_patterns(runs: list[Path], *, as_json: bool) -> None:
    from neuroglot.base.errors import RunError
    from neuroglot.studies.compare_patterns import compare_patterns

    if len(runs) != 2:
        raise RunError(f"{len(runs)} runs: patterns are compared between two")
    found = compare_patterns(*runs)
    if as_json:
        print_json(asdict(found))
        return
    print_table(
        ["pattern", "verdict", "correlation", "p"],
        [
            [
                row["scope"],
                row["verdict"],
                "" if row["value"] is None else f"{row['value']:.2f}",
                "" if row["p"] is None else f"{row['p']:.3g}",
            ]
            for row in found.claims
        ],
        right=["correlation", "p"],
    )


def _present_sharing(found: "Sharing", *, as_json: bool) -> None:
    if as_json:
        print_json(asdict(found))
        return
    print_table(
        ["more code", "sharing", "less code", "sharing"],
        [
            [
                Path(row["code_heavy"]).name,
                f"{row['sharing']:.3f}",
                Path(row["general"]).name,
                f"{row['sharing_general']:.3f}",
            ]
            for row in found.pairs
        ],
    )
    say(f"{found.claim['id']}: {found.claim['verdict']}. {found.claim['reason']}", indent=5)


def _figure(row: dict[str, Any], value: str, low: str, high: str) -> str:
    if row[value] is None:
        return ""
    if row[low] is None or row[high] is None:
        return f"{row[value]:.3g}"
    return f"{row[value]:.3g} [{row[low]:.3g}, {row[high]:.3g}]"
