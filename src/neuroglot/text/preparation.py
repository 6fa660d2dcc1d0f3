"""From what a source hands over to what a corpus holds.

In this order: labels wanted, damaged texts out, licence headers off, duplicates out, reading order.
The result does not depend on the order of the source's documents. Knows no tokens.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from neuroglot.base.errors import ConfigError, CorpusError
from neuroglot.base.languages import LANGUAGE_IDS, display_name
from neuroglot.text.columns import label_id
from neuroglot.text.deduplication import Deduplicated, deduplicate
from neuroglot.text.document import SPLITS, Document
from neuroglot.text.headers import has_header, without_header
from neuroglot.text.sampling import reading_order
from neuroglot.text.screening import damage
from neuroglot.text.source import Source

HEADERS = ("stripped", "kept")


@dataclass(frozen=True, slots=True)
class Account:
    """What became of one label's documents in one split (None: the source names no splits).

    dropped_exact, dropped_near: duplicates of a document of the same label; dropped_other: equal or
    nearly equal to one of another label.
    """

    language: str
    split: str | None
    dropped_exact: int
    dropped_near: int
    dropped_other: int


@dataclass(frozen=True)
class Prepared:
    """Documents by label in reading order, and the account of the others."""

    documents: tuple[Document, ...]
    languages: tuple[str, ...]
    accounts: tuple[Account, ...]
    skipped: dict[str, int]
    notes: tuple[str, ...]


def prepare(
    source: Source,
    *,
    languages: Sequence[str] | None,
    headers: str,
    deduplicated: bool,
) -> Prepared:
    """See the module. languages: labels wanted, in their order; None for all, in the table's order.

    Raises CorpusError for a label without a document and for splits that are given to some
    documents only; ConfigError for an option that does not exist.
    """
    if headers not in HEADERS:
        raise ConfigError(f"headers is {headers!r}: it is {' or '.join(HEADERS)}")
    skipped = Counter(source.skipped)
    labels = _labels(source, languages)
    readable = _readable([d for d in source.documents if d.language in labels], skipped)
    _refuse_absent(source, readable, labels, skipped)
    skipped["other language"] += sum(d.language not in labels for d in source.documents)
    _refuse_odd_splits(source.name, readable)
    # Duplicates are told by what stands below the header: a licence makes strangers look alike.
    ordered = _by_precedence([_headless(document) for document in readable], labels)
    result = deduplicate(ordered) if deduplicated else Deduplicated(tuple(ordered), ())
    kept = result.kept if headers == "stripped" else tuple(map(headed, result.kept))
    return Prepared(
        documents=tuple(
            document
            for label in labels
            for document in reading_order(d for d in kept if d.language == label)
        ),
        languages=labels,
        accounts=_accounts(result, labels),
        skipped=dict(+skipped),
        notes=tuple(source.notes),
    )


def headed(document: Document) -> Document:
    """The document with its licence header on again, where it had one."""
    return document if document.whole is None else replace(document, text=document.whole)


def _headless(document: Document) -> Document:
    if not has_header(document.text, document.language):
        return document
    body = without_header(document.text, document.language)
    return replace(document, text=body, whole=document.text)


def asked_labels(languages: Sequence[str] | str | None) -> tuple[str, ...] | None:
    """Labels from a list or a comma-separated string, each once, known spellings as their id."""
    if languages is None:
        return None
    spelled = languages.split(",") if isinstance(languages, str) else languages
    labels = tuple(label_id(part.strip()) for part in spelled if part.strip())
    if not labels:
        raise ConfigError(f"no language in {languages!r}: name at least one, as python,java")
    for label, count in Counter(labels).items():
        if count > 1:
            raise ConfigError(f"language {label!r} stands {count} times in the list: name it once")
    return labels


def _labels(source: Source, languages: Sequence[str] | None) -> tuple[str, ...]:
    """The labels wanted; those found, in the language table's order and then by name, if None."""
    if languages is not None:
        return tuple(languages)
    found = {document.language for document in source.documents}
    known = [language for language in LANGUAGE_IDS if language in found]
    return (*known, *sorted(found - set(known)))


def _readable(documents: list[Document], skipped: Counter[str]) -> list[Document]:
    """Without damaged texts and those that hold nothing but a licence header."""
    readable: list[Document] = []
    for document in documents:
        if reason := damage(document.text):
            skipped[reason] += 1
        elif not without_header(document.text, document.language).strip():
            skipped["licence only"] += 1
        else:
            readable.append(document)
    return readable


def _refuse_absent(
    source: Source, readable: list[Document], labels: Sequence[str], skipped: Counter[str]
) -> None:
    found = Counter(document.language for document in readable)
    absent = [label for label in labels if not found[label]]
    if absent:
        names = ", ".join(display_name(label) for label in absent)
        others = Counter(d.language for d in source.documents if d.language not in labels)
        held = _counted(found + others) or "nothing readable"
        left_out = f"; left out: {_counted(skipped)}" if skipped.total() else ""
        raise CorpusError(
            f"no document in {names} in {source.name!r} (it holds: {held}{left_out}): add some or "
            "leave the language out"
        )


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in sorted(counts.items()) if count)


def _refuse_odd_splits(place: str, documents: list[Document]) -> None:
    found = Counter(document.split for document in documents)
    if odd := sorted(split for split in found if split is not None and split not in SPLITS):
        raise CorpusError(
            f"{place!r} has documents with split {odd[0]!r}: it is {' or '.join(SPLITS)}"
        )
    if found[None] and len(found) > 1:
        raise CorpusError(
            f"{found[None]} of {len(documents)} documents in {place!r} have no split: "
            f"give every document {' or '.join(SPLITS)}, or none any"
        )


def _by_precedence(documents: list[Document], labels: Sequence[str]) -> list[Document]:
    """Which of two duplicates stays: train first, then labels as asked, then reading order."""
    return [
        document
        for split in (None, *SPLITS)
        for label in labels
        for document in reading_order(
            d for d in documents if d.split == split and d.language == label
        )
    ]


def _accounts(result: Deduplicated, labels: Sequence[str]) -> tuple[Account, ...]:
    gone = Counter((e.document.language, e.document.split, e.kind) for e in result.dropped)
    found = {(d.language, d.split) for d in result.kept} | {key[:2] for key in gone}
    return tuple(
        Account(
            label,
            split,
            gone[label, split, "exact"],
            gone[label, split, "near"],
            gone[label, split, "other"],
        )
        for label in labels
        for split in (None, *SPLITS)
        if (label, split) in found
    )
