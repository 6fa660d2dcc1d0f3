"""The pages of runs over parallel texts: `mexa`, which languages align, and `lens`."""

from collections.abc import Sequence

from neuroglot.report.pages import alignment, claims, clones, lens, making, parallel, words
from neuroglot.report.pages.frame import framed
from neuroglot.report.pages.source import Source
from neuroglot.report.parts import Figure, Page, Section

ALIGNED = "Which languages share their representation, beyond the text that they share?"
SAID = "In which language does this model work inside, when it translates code?"


def mexa_run(source: Source) -> Page:
    """The page of a `mexa` run."""
    return _page(
        source,
        ALIGNED,
        alignment.sentences(source),
        alignment.picture(source),
        alignment.section(source),
    )


def lens_run(source: Source) -> Page:
    """The page of a `lens` run."""
    return _page(source, SAID, lens.sentences(source), lens.picture(source), lens.section(source))


def _page(
    source: Source,
    question: str,
    answer: Sequence[str],
    picture: Figure | None,
    finding: Section | None,
) -> Page:
    return framed(
        source,
        question,
        [*answer, *claims.sentences(source)],
        picture,
        [
            claims.section(source),
            finding,
            clones.section(source),
            parallel.section(source),
            making.section(source),
            words.section(source),
        ],
    )
