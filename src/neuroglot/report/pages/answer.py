"""The top of the page: the question, the answer in two sentences, and the picture that shows it.

Every number is taken from a table of the run; none is typed here.
"""

from statistics import median

from neuroglot.report.numbers import count, fixed
from neuroglot.report.pages import counts, layers
from neuroglot.report.pages.claims import estimate, overall
from neuroglot.report.pages.source import Row, Source, named
from neuroglot.report.parts import Figure

QUESTION = "Does this model have neurons of its own for each programming language, and where?"


def sentences(source: Source) -> list[str]:
    """How many are real, and where they lie."""
    return [sentence for sentence in (_how_many(source), _where(source)) if sentence]


def picture(source: Source) -> Figure | None:
    """Real neurons per language, and beside them where they lie; rows stand level."""
    panels = [panel for panel in (counts.picture(source), layers.excess(source)) if panel]
    if not panels:
        return None
    return Figure(
        "picture",
        panels,
        "(a) Neurons real at 5% false discovery, against labels permuted over whole groups of "
        "repositories. (b) Selected neurons per layer minus the mean of the permuted selections: "
        "orange more, blue fewer. Unit: neurons; intervals below.",
    )


def _how_many(source: Source) -> str:
    known = counts.real_counts(source)
    if not known:
        return ""
    sizes = {asked for _, asked in known.values()}
    asked = f"{'up to ' if len(sizes) > 1 else ''}{count(max(sizes))}"
    within = {label: min(real, asked) for label, (real, asked) in known.items()}
    full = sum(real >= asked for real, asked in known.values())
    least = min(within, key=lambda label: (within[label], source.languages.index(label)))
    middle = median(within.values())
    if full == len(known):
        return (
            f"All {asked} neurons chosen for each of {full} languages are real at 5% false "
            f"discovery ({_spread({label: real for label, (real, _) in known.items()})})."
        )
    text = (
        f"Of {asked} neurons chosen per language, {_half(middle)} are real in the median "
        f"language (at 5% false discovery), and all of them in {full} of {len(known)} languages"
    )
    if within[least] < max(sizes):
        text += f"; fewest in {named(least)}, {count(within[least])}"
    return text + "."


def _spread(real: dict[str, int]) -> str:
    least, most = (choose(real, key=lambda label: real[label]) for choose in (min, max))
    if real[least] == real[most]:
        return f"n* is {count(real[least])} in each"
    return f"n* from {count(real[least])} in {named(least)} to {count(real[most])} in {named(most)}"


def _where(source: Source) -> str:
    bottom, top = overall(source, "A-2"), overall(source, "A-3")
    told = []
    if bottom:
        told.append(_bottom(bottom))
    if top:
        told.append(_top(top, joined=bool(bottom)))
    return ("; ".join(told) + ".") if told else ""


def _bottom(row: Row) -> str:
    value = estimate(row)
    if row["verdict"].startswith("holds"):
        return (
            "They gather in the bottom quarter of the layers: their share there exceeds the share "
            f"with permuted labels by {value}"
        )
    if row["verdict"].startswith("does not hold"):
        return (
            "They do not gather in the bottom quarter of the layers: their share there differs "
            f"from the share with permuted labels by {value}"
        )
    return (
        "Whether they gather in the bottom quarter of the layers cannot be told here "
        f"(excess over permuted labels {value})"
    )


def _top(row: Row, *, joined: bool) -> str:
    value = estimate(row)
    start = "those exclusive to one language" if joined else "Neurons exclusive to one language"
    if row["verdict"].startswith("holds"):
        return f"{start} sit in the top quarter, by {value} more than the others"
    if row["verdict"].startswith("does not hold"):
        return f"{start} do not sit in the top quarter more than the others ({value})"
    return (
        f"whether {start.lower() if not joined else start} sit in the top quarter is open ({value})"
    )


def _half(value: float) -> str:
    """A median of counts: whole, or with its half."""
    return count(value) if value == int(value) else fixed(value, 1)
