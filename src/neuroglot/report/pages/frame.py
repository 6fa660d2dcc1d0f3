"""What stands around every page: model, languages and seed above, what the file is below."""

from collections.abc import Sequence

from neuroglot.report.pages.source import Source, named
from neuroglot.report.parts import Figure, Page, Section

NOTHING = "This run holds no finding yet: its tables were not written."


def framed(
    source: Source,
    question: str,
    answer: Sequence[str],
    picture: Figure | None,
    sections: Sequence[Section | None],
    *,
    anchors: frozenset[str] = frozenset(),
) -> Page:
    """A page of the sections that there are."""
    return Page(
        title=question,
        subtitle=_subtitle(source),
        answer=answer or [NOTHING],
        picture=picture,
        sections=[section for section in sections if section],
        foot="One file, no network: every chart saves as SVG, every table as CSV. "
        f"Written by neuroglot {source.manifest.code.get('version', '')} from the run "
        "directory alone.",
        anchors=anchors,
    )


def _subtitle(source: Source) -> str:
    manifest = source.manifest
    parts = [
        str(manifest.model.get("name", "a model")),
        *_languages(source),
        f"seed {manifest.seed}",
    ]
    if manifest.parameters.get("profile"):
        parts.append(f"profile {manifest.parameters['profile']}")
    return " · ".join(parts)


def _languages(source: Source) -> list[str]:
    """The languages that the run tells apart; some tell none apart."""
    labels = source.languages
    told = ", ".join(named(label) for label in labels)
    return [f"{len(labels)} languages: {told}"] if labels else []
