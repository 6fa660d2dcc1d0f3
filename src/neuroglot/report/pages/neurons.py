"""The page of a `neurons` run, its sections in the order of the argument."""

from neuroglot.report.pages import (
    ablation,
    alignment,
    answer,
    cards,
    claims,
    clones,
    corpus,
    counts,
    joint,
    lape,
    layers,
    lens,
    making,
    overlap,
    parallel,
    planted,
    published,
    stability,
    words,
)
from neuroglot.report.pages.frame import framed
from neuroglot.report.pages.source import Source
from neuroglot.report.parts import Page


def page(source: Source) -> Page:
    """All sections that the run has tables for."""
    deck = cards.deck(source)
    return framed(
        source,
        answer.QUESTION,
        answer.sentences(source),
        answer.picture(source),
        [
            claims.section(source),
            planted.section(source),
            joint.section(source),
            counts.section(source),
            layers.section(source),
            overlap.section(source),
            stability.section(source),
            ablation.section(source),
            published.section(source),
            alignment.section(source),
            lens.section(source),
            clones.section(source),
            lape.section(source, deck),
            corpus.section(source),
            parallel.section(source),
            making.section(source),
            words.section(source),
        ],
        anchors=deck.ids,
    )
