"""The page of a `brackets` run: answers, depth, heads, effects, steering."""

from neuroglot.report.pages import (
    bracket_answers,
    bracket_depth,
    bracket_effects,
    bracket_heads,
    bracket_steering,
    claims,
    making,
)
from neuroglot.report.pages.frame import framed
from neuroglot.report.pages.source import Source
from neuroglot.report.parts import Page

QUESTION = "How does this model know how many brackets to close?"


def page(source: Source) -> Page:
    """All sections that the run has tables for."""
    return framed(
        source,
        QUESTION,
        [*bracket_answers.sentences(source), *claims.sentences(source)],
        bracket_answers.picture(source),
        [
            claims.section(source),
            bracket_answers.section(source),
            bracket_depth.section(source),
            bracket_heads.section(source),
            bracket_effects.section(source),
            bracket_steering.section(source),
            making.section(source),
        ],
    )
