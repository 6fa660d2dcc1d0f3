"""How many neurons of each language are real: n* beside what was asked for."""

from neuroglot.report.charts.bars import Bar, Bars, bars
from neuroglot.report.charts.dots import Dots, Row, dots
from neuroglot.report.numbers import count
from neuroglot.report.pages.source import Source, look, named
from neuroglot.report.parts import Column, Figure, Panel, Section, Table

_READINGS = (
    ("none", "as they are"),
    ("code", "code tokens only"),
    ("standardised", "equal token mix"),
    ("headers", "licence headers kept"),
    ("late", "positions from 256 on"),
)


def section(source: Source) -> Section | None:
    """The section, or None where nothing says how many are real."""
    stable = source.stable()
    if not stable:
        return None
    figures = [figure for figure in (_variants(source), _evidence(source)) if figure]
    return Section("counts", "How many are real", _lead(source), figures)


def real_counts(source: Source) -> dict[str, tuple[int, int]]:
    """Each language's (n*, asked for), where n* is known."""
    return {
        label: (int(row["n_star"]), source.set_sizes.get(label) or int(row["nu"]))
        for label, row in source.stable().items()
        if row["n_star"] is not None
    }


def picture(source: Source) -> Panel | None:
    """Bars of n* per language, hatched up to what was asked for."""
    known = real_counts(source)
    if not known:
        return None
    drawn = []
    for label in source.languages:
        if label in known:
            real, asked = known[label]
            drawn.append(Bar(named(label), *look(label), real, asked))
    chart = bars(
        Bars(
            drawn,
            "neurons",
            "Real language neurons per language",
            "One bar per language: the number of neurons that are real at 5% false discovery, and "
            "hatched the rest of those that were asked for.",
            "{row}: {0} real at 5% false discovery, {1} asked for",
            ("real", "asked for, not real", "real beyond it"),
            width=416,
        )
    )
    return Panel("picture-counts", "(a) Real language neurons, n*", chart)


def _lead(source: Source) -> str:
    known = real_counts(source)
    if not known:
        return "The number of real neurons was not computed in this run."
    full = [label for label, (real, asked) in known.items() if real >= asked]
    fewest = min(real for real, _ in known.values())
    where = [named(label) for label in source.languages if known.get(label, (None,))[0] == fewest]
    return (
        f"{len(full)} of {len(known)} languages have at least as many real neurons as were asked "
        f"for; the fewest are {count(fewest)} ({', '.join(where)}). Choosing equally many per "
        "language always returns that many, also for identical languages: what lies beyond n* is "
        "no evidence."
    )


def _variants(source: Source) -> Figure | None:
    """n* with each nuisance taken away, one row per language."""
    stable = {variant: source.stable(variant=variant) for variant, _ in _READINGS}
    shown = [
        (variant, words)
        for variant, words in _READINGS
        if any(row["n_star"] is not None for row in stable[variant].values())
    ]
    if not shown:
        return None
    intervals = _intervals(source)
    rows = [
        Row(
            named(label),
            look(label)[0],
            [stable[variant].get(label, {}).get("n_star") for variant, _ in shown],
            *intervals.get(label, (None, None)),
        )
        for label in source.languages
    ]
    asked = max(source.set_sizes.values(), default=0)
    chart = dots(
        Dots(
            rows,
            [words for _, words in shown],
            "n*, neurons real at 5% false discovery",
            "Real neurons per language under each reading of the counts",
            "One row per language, one mark per reading: all tokens, code tokens only, an equal "
            "mix of token classes, headers kept, late positions. A line marks what was asked.",
            0,
            line=(asked, f"asked for: {count(asked)}"),
        )
    )
    return Figure(
        "counts-variants",
        [Panel("counts-variants-a", "", chart)],
        "n* under each reading of the same text. Unit: neurons. Control: labels permuted over "
        "whole groups of repositories; n* is the largest number of lowest-entropy candidates of "
        f"which the permuted selections explain at most 5%. {_method(intervals)} A language has "
        "its own neurons only if the marks stay right of the line for all tokens, code tokens "
        "only and an equal mix.",
    )


def _intervals(source: Source) -> dict[str, tuple[float, float]]:
    """The interval of n*, from the claim's, which is in multiples of the set's size."""
    return {
        row["scope"]: (
            row["low"] * source.set_sizes[row["scope"]],
            row["high"] * source.set_sizes[row["scope"]],
        )
        for row in source.rows("claims")
        if row["id"] == "A-1"
        and row["scope"] in source.set_sizes
        and row["low"] is not None
        and row["high"] is not None
    }


def _method(intervals: dict[str, tuple[float, float]]) -> str:
    if not intervals:
        return "No interval in this run."
    return "Bar: 95% percentile bootstrap over repositories, all tokens."


def _evidence(source: Source) -> Figure | None:
    """The last neuron's entropy against permuted labels: how specific the least specific one is."""
    stable = source.stable()
    labels = [label for label in source.languages if label in stable]
    if all(stable[label]["last_entropy"] is None for label in labels):
        return None
    rows = [
        Row(
            named(label),
            look(label)[0],
            [stable[label]["last_entropy"], stable[label]["permuted_last_entropy"]],
        )
        for label in labels
    ]
    chart = dots(
        Dots(
            rows,
            ["observed", "permuted labels, lowest 5%"],
            "entropy of the last neuron taken, nats",
            "Entropy of the last selected neuron per language",
            "One row per language: the entropy of the least specific selected neuron, and the 5% "
            "quantile of the same with permuted labels. Lower is more specific.",
            3,
            zero=False,
        )
    )
    columns = ("n_star", "nu", "jaccard_halves", "last_entropy", "permuted_last_entropy")
    table = Table(
        "counts-table",
        "",
        [
            Column("language"),
            Column("n*", "count"),
            Column("asked for", "count"),
            Column("overlap of halves", "fixed"),
            Column("last entropy", "fixed"),
            Column("permuted last entropy", "fixed"),
        ],
        [[named(label), *(stable[label][name] for name in columns)] for label in labels],
    )
    return Figure(
        "counts-entropy",
        [Panel("counts-entropy-a", "", chart)],
        "How specific the least specific selected neuron of each language is. Unit: nats; 0 would "
        "be a neuron of one language alone. Control: the 5% quantile with permuted labels. "
        "The further left of its control, the more specific the whole set.",
        table,
    )
