"""What training a language's units gains, and what it costs other languages, beside other ways."""

from collections.abc import Mapping, Sequence
from statistics import fmean

from neuroglot.report.charts.drawing import Chart, Reading
from neuroglot.report.charts.panels import Line, Multiples, multiples
from neuroglot.report.charts.panels import Panel as Curves
from neuroglot.report.charts.scale import decimals, ticks
from neuroglot.report.numbers import fixed
from neuroglot.report.pages.source import Row, Source, look, mean_of, named
from neuroglot.report.parts import Column, Figure, Panel, Section, Table

LEVELS = 10
"""About so many gains above none have their cost drawn, up to the best that an arm always has."""
LEAST = 1e-6
"""Gains up to this, in nats per byte, are none: no axis could tell them apart."""
WORDS = {
    "units": "its units",
    "random": "random units",
    "other": "others' units",
    "modules": "whole modules",
    "lora": "LoRA of equal size",
    "lora16": "LoRA of rank 16",
    "full": "everything",
}
UNITS = "units"

Path = list[tuple[float, float]]
"""Gain in the target and the worst rise elsewhere, look by look."""
Values = list[float | None]


def section(source: Source) -> Section | None:
    """The section, or None where nothing was trained."""
    rows = source.rows("finetune", metric="nll")
    if not rows:
        return None
    targets = list(dict.fromkeys(row["target"] for row in rows))
    figures = [_figure(source, target) for target in targets]
    tables = [each for target in targets for each in _passes(source, target)]
    seeds = len({row["seed"] for row in rows})
    families = rows[0]["n"]
    lead = (
        f"Weights are trained on programs in {' or '.join(map(named, targets))}; programs of "
        f"{families} other task families are read in every language on the way. Each line is the "
        f"mean of {seeds} trainings with the same texts in the same order."
    )
    return Section(
        "tuning", "What training the units costs other languages", lead, [*figures, *tables]
    )


def _figure(source: Source, target: str) -> Figure:
    rows = source.rows("finetune", target=target, metric="nll")
    ways = {arm: _ways(rows, arm) for arm in dict.fromkeys(row["arm"] for row in rows)}
    best = max(min(max(gain for gain, _ in way) for way in each) for each in ways.values())
    levels = ticks(0, best, LEVELS)
    curves = {arm: [_cost(each, level) for level in levels] for arm, each in ways.items()}
    name = named(target)
    steps = _over_steps(name, sorted({row["step"] for row in rows}), ways)
    panels = [Panel(f"tuning-{target}-steps", "Step by step", steps)]
    caption = (
        "Step by step: the change of surprise, in nats per byte, mean over seeds; below zero "
        f"{name}, or every other language, is read better than before."
    )
    if best > LEAST:
        gain = _over_gain(name, levels, curves)
        panels = [Panel(f"tuning-{target}-gain", f"Over what {name} gains", gain), *panels]
        caption = (
            f"Over what {name} gains: the worst rise of another language's surprise where {name} "
            f"has gained so much. A line ends where one of its trainings gains no more. {caption}"
        )
    else:
        caption = (
            f"No way to train gains anything in {name} every time, so nothing can be compared at "
            f"one gain. {caption}"
        )
    return Figure(f"tuning-{target}", panels, caption, _table(source, rows, target))


def _over_gain(name: str, levels: Sequence[float], curves: Mapping[str, Values]) -> Chart:
    """What another language loses over what the target has gained."""
    own = curves.get(UNITS)
    lines = {
        arm: [*([Line("second", own)] if own and arm != UNITS else []), Line("main", values)]
        for arm, values in curves.items()
    }
    return _panels(
        lines,
        columns=[fixed(level, decimals(levels)) for level in levels],
        axis=f"gain in {name}, nats per byte",
        title=f"What {name} gains and what another language loses",
        description="A panel for each way to train: the worst rise of another language's surprise "
        "over what the target has gained; the units' own line beside it.",
        told=("{row}, gain {column}: worst rise {0}", [list(curves.values())]),
        key=[("main", "this training"), ("second", "the language's units")],
    )


def _over_steps(name: str, steps: Sequence[int], ways: Mapping[str, Sequence[Path]]) -> Chart:
    """Changes of the target and of the language that is hurt most, look by look."""
    means = {
        arm: [tuple(fmean(way[at][k] for way in each) for k in (0, 1)) for at in range(len(steps))]
        for arm, each in ways.items()
    }
    own: dict[str, Values] = {arm: [-gain for gain, _ in each] for arm, each in means.items()}
    worst: dict[str, Values] = {arm: [rise for _, rise in each] for arm, each in means.items()}
    return _panels(
        {arm: [Line("second", worst[arm]), Line("main", own[arm])] for arm in ways},
        columns=[str(step) for step in steps],
        axis="steps",
        title=f"How surprise changes while {name} is trained",
        description="A panel for each way to train: the change in the target, and the worst one "
        "elsewhere.",
        told=(
            "{row}, {column} steps: " + name + " {0}; worst of the others {1}",
            [list(own.values()), list(worst.values())],
        ),
        key=[("main", name), ("second", "the other language that is hurt most")],
    )


def _panels(
    lines: Mapping[str, Sequence[Line]],
    *,
    columns: Sequence[str],
    axis: str,
    title: str,
    description: str,
    told: tuple[str, Sequence[Sequence[Values]]],
    key: Sequence[tuple[str, str]],
) -> Chart:
    """A panel for each arm. told: what a read-out says, and the values that it says."""
    names = [WORDS.get(arm, arm) for arm in lines]
    say, slots = told
    return multiples(
        Multiples(
            [
                Curves(panel, *look(""), own)
                for panel, own in zip(names, lines.values(), strict=True)
            ],
            columns,
            axis,
            title,
            description,
            Reading(names, columns, say, slots, [5] * len(slots)),
            key,
        )
    )


def _ways(rows: Sequence[Row], arm: str) -> list[Path]:
    """The way of each seed."""
    looks: dict[int, dict[int, dict[str, float]]] = {}
    for row in rows:
        if row["arm"] == arm:
            at = looks.setdefault(row["seed"], {}).setdefault(row["step"], {})
            at[row["evaluated"]] = row["change"]
    target = rows[0]["target"]
    return [[_point(each[step], target) for step in sorted(each)] for each in looks.values()]


def _point(changes: Mapping[str, float], target: str) -> tuple[float, float]:
    others = [change for label, change in changes.items() if label != target]
    return -changes[target], max(others, default=0.0)


def _cost(ways: Sequence[Path], level: float) -> float | None:
    """The mean over seeds of the rise where the gain first reaches a level; None beyond one's."""
    found = [_reached(way, level) for way in ways]
    known = [value for value in found if value is not None]
    return sum(known) / len(known) if len(known) == len(found) else None


def _reached(way: Path, level: float) -> float | None:
    before: tuple[float, float] | None = None
    for gain, rise in way:
        if gain >= level:
            if before is None or gain == before[0]:
                return rise
            share = (level - before[0]) / (gain - before[0])
            return before[1] + share * (rise - before[1])
        before = gain, rise
    return None


def _table(source: Source, rows: Sequence[Row], target: str) -> Table:
    last = max(row["step"] for row in rows)
    languages = source.ordered(row["evaluated"] for row in rows)
    sizes = {row["arm"]: row["trainable"] for row in rows}
    return Table(
        f"tuning-{target}-table",
        "",
        [
            Column("trained"),
            Column("numbers", "count"),
            *(Column(named(label), "fixed", 4) for label in languages),
        ],
        [
            [
                WORDS.get(arm, arm),
                size,
                *(
                    mean_of(rows, "change", arm=arm, evaluated=label, step=last)
                    for label in languages
                ),
            ]
            for arm, size in sizes.items()
        ],
        note=f"Change after {last} steps in nats per byte, mean over seeds; below zero is better.",
    )


def _passes(source: Source, target: str) -> list[Table]:
    """Programs that pass before and after training; none where nothing was written."""
    rows = source.rows("finetune", target=target, metric="pass1")
    if not rows:
        return []
    languages = source.ordered(row["evaluated"] for row in rows)
    last = max(row["step"] for row in rows)
    before = [mean_of(rows, "value", evaluated=label, step=0) for label in languages]
    return [
        Table(
            f"tuning-{target}-passes",
            f"Programs that pass, {named(target)} trained",
            [Column("trained"), *(Column(named(label), "fixed", 3) for label in languages)],
            [
                ["nothing", *before],
                *(
                    [
                        WORDS.get(arm, arm),
                        *(
                            mean_of(rows, "value", arm=arm, evaluated=label, step=last)
                            for label in languages
                        ),
                    ]
                    for arm in dict.fromkeys(row["arm"] for row in rows)
                ),
            ],
            note="Share of tasks: one greedy answer to each, of task families that nobody trained "
            f"on; of each arm the first training after {last} steps.",
        )
    ]
