"""The page of a `neurons` run, its sections in the order of the argument."""

from neuroglot.report.pages import (
    ablation,
    answer,
    cards,
    claims,
    corpus,
    counts,
    lape,
    layers,
    making,
    overlap,
    planted,
    published,
    stability,
    words,
)
from neuroglot.report.pages.source import Source, named
from neuroglot.report.parts import Page


def page(source: Source) -> Page:
    """All sections that the run has tables for."""
    deck = cards.deck(source)
    sections = [
        claims.section(source),
        planted.section(source),
        counts.section(source),
        layers.section(source),
        overlap.section(source),
        stability.section(source),
        ablation.section(source),
        published.section(source),
        lape.section(source, deck),
        corpus.section(source),
        making.section(source),
        words.section(),
    ]
    return Page(
        title=answer.QUESTION,
        subtitle=_subtitle(source),
        answer=answer.sentences(source),
        picture=answer.picture(source),
        sections=[section for section in sections if section],
        foot="One file, no network: every chart saves as SVG, every table as CSV. "
        f"Written by neuroglot {source.manifest.code.get('version', '')} from the run "
        "directory alone.",
        anchors=deck.ids,
    )


def _subtitle(source: Source) -> str:
    manifest = source.manifest
    parts = [
        str(manifest.model.get("name", "a model")),
        f"{len(source.languages)} languages: "
        + ", ".join(named(label) for label in source.languages),
        f"seed {manifest.seed}",
    ]
    if manifest.parameters.get("profile"):
        parts.append(f"profile {manifest.parameters['profile']}")
    return " · ".join(parts)
