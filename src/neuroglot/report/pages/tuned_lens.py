"""The tuned lens beside the plain one: how near each level comes to the model's own prediction.

A check of the lens: what it draws is no evidence, and no claim rests on it.
"""

from neuroglot.report.charts.lines import Lines, Series, lines
from neuroglot.report.pages.lens_names import EVERY
from neuroglot.report.pages.source import EMBEDDING, Row, Source, level_mark
from neuroglot.report.parts import Column, Figure, Panel, Table

_LENSES = {"plain": ("plain", "tone-b", "■"), "tuned": ("tuned", "tone-a", "●")}


def figure(source: Source) -> Figure | None:
    """KL by level through either lens; None where no tuned lens was trained."""
    rows = {lens: _divergences(source, lens) for lens in _LENSES}
    if not rows["tuned"]:
        return None
    levels = sorted(rows["tuned"])

    def line(lens: str, column: str = "value") -> list[float | None]:
        return [rows[lens][level][column] if level in rows[lens] else None for level in levels]

    chart = lines(
        Lines(
            [
                Series("", "l-other", "●", line("plain", "control_value"), thin=True),
                *(
                    Series(*look, line(lens), line(lens, "low"), line(lens, "high"))
                    for lens, look in _LENSES.items()
                ),
            ],
            [level_mark(level) for level in levels],
            "layer (E: the embedding)",
            "nats from the model’s own prediction",
            "Plain and tuned lens over the layers",
            "Two lines: the KL divergence of what the lens says after each layer from the model's "
            "own prediction, plain and tuned; a thin line for frequencies of tokens.",
            digits=2,
        )
    )
    return Figure(
        "lens-tuned",
        [Panel("lens-tuned-a", "How near the lens is to the model’s own prediction", chart)],
        "KL divergence of what each layer says from what the model says at its end, at the places "
        "of the answers; thin line: frequencies of tokens. The tuned lens has learned a linear map "
        f"for each layer on other answers. {_agreement(source)}It is a check: trained to look like "
        "the output, it is no evidence, and no claim rests on it. Bands: 95% interval.",
        Table(
            "lens-tuned-table",
            "",
            [
                Column("layer", "count", note=EMBEDDING),
                Column("plain", "measure"),
                Column("tuned", "measure"),
                Column("frequencies", "measure"),
            ],
            [
                list(row)
                for row in zip(
                    levels,
                    line("plain"),
                    line("tuned"),
                    line("plain", "control_value"),
                    strict=True,
                )
            ],
        ),
    )


def _divergences(source: Source, lens: str) -> dict[int, Row]:
    """The rows of a lens by level, over all directions."""
    where = {"source": EVERY, "target": EVERY, "measure": "divergence", "identical": "kept"}
    return {row["layer"]: row for row in source.rows("lens_curves", lens=lens, **where)}


def _agreement(source: Source) -> str:
    """How many depths agree, in words; nothing where none is located in both."""
    rows = source.rows("tuned_depths", source=EVERY, target=EVERY, identical="kept")
    known = [row["agrees"] for row in rows if row["agrees"] is not None]
    if not known:
        return ""
    return f"Of {len(known)} depths that both lenses locate, {sum(known)} agree. "
