"""All of the study on one axis of depth: neurons, alignment, what the lens reads, the true token.

Each curve is divided by its largest value, so that the picture says where things lie, not how large
they are; the values themselves stand in the sections that follow and in the read-out.
"""

from collections.abc import Mapping

from neuroglot.report.charts.lines import Lines, Series, lines
from neuroglot.report.pages import alignment, layers, lens
from neuroglot.report.pages.source import Source
from neuroglot.report.parts import Figure, Panel, Section

_LOOKS = {
    "selected": ("Specific neurons", "tone-a", "●"),
    "exclusive": ("Exclusive neurons", "tone-b", "◆"),
    "alignment": ("Alignment", "tone-c", "▲"),
    "masses": ("English and keywords", "tone-e", "▼"),
    "truth": ("True token, 1 / rank", "l-english", "×"),
}


def section(source: Source) -> Section | None:
    """The section, or None where less than two of its parts were measured."""
    curves = _curves(source)
    parts = [{"selected", "exclusive"}, {"alignment"}, {"masses", "truth"}]
    if sum(bool(part & set(curves)) for part in parts) < 2:
        return None
    return Section("joint", "Everything over the depth", _lead(curves), [_figure(source, curves)])


def _curves(source: Source) -> dict[str, dict[int, float]]:
    found = layers.over_depth(source) | lens.over_depth(source)
    found["alignment"] = alignment.over_depth(source)
    return {name: found[name] for name in _LOOKS if any(found.get(name, {}).values())}


def _lead(curves: Mapping[str, Mapping[int, float]]) -> str:
    """Where each curve has its most."""
    tops = [
        f"{_LOOKS[name][0].lower()} in layer {max(curve, key=lambda layer: curve[layer])}"
        for name, curve in ((name, _of_layers(curve)) for name, curve in curves.items())
        if curve
    ]
    return f"Each has its most at a depth of its own: {'; '.join(tops)}.".replace(
        "english and", "English and"
    )


def _of_layers(curve: Mapping[int, float]) -> dict[int, float]:
    """Without the embedding, which is no layer."""
    return {level: value for level, value in curve.items() if level >= 0}


def _figure(source: Source, curves: Mapping[str, Mapping[int, float]]) -> Figure:
    n = source.manifest.model["layers"]
    series = []
    for name, curve in curves.items():
        inside = _of_layers(curve)
        most = max(inside.values(), default=0.0)
        values = [inside[layer] / most if most and layer in inside else None for layer in range(n)]
        series.append(Series(*_LOOKS[name], values))
    chart = lines(
        Lines(
            series,
            [f"{(layer + 0.5) / n:.2f}" for layer in range(n)],
            "relative depth",
            "share of the curve’s largest value",
            "Neurons, alignment and the lens over the depth",
            "Lines for where specific and exclusive neurons lie, where languages align, where the "
            "lens gives most to English and keywords, and how early the true token stands first; "
            "each is divided by its largest value.",
            digits=2,
            top=1.0,
        )
    )
    return Figure(
        "joint-depth",
        [Panel("joint-depth-a", "", chart)],
        "Everything over one axis, each curve over its largest value. Neurons: share of the "
        "selected ones, and of those in no other set, in each layer. Alignment: mean over pairs of "
        "languages, over what is possible. English and keywords: mass over that of random sets, "
        "tokens of prompt and answer left out, only where the lens is read. True token: mean of "
        "one over its rank.",
    )
