"""What a model reads: rows of token ids, with the label, group and token class of every position.

Takes documents and a tokenizer record, gives a `Reading`: for each label its documents in reading
order until `tokens_per_language` tokens, cut into rows. It depends on contents alone, never on
chance or on the order of files. Knows no model and no batches.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from neuroglot.base.digests import json_digest
from neuroglot.base.errors import ConfigError, CorpusError
from neuroglot.base.groups import Group
from neuroglot.base.languages import display_name
from neuroglot.base.tokenizer import Tokenizer
from neuroglot.text.document import Document
from neuroglot.text.packing import PACKINGS, Stretch, apart, joined
from neuroglot.text.pieces import Piece, piece
from neuroglot.text.sampling import buckets, reading_order

TOKENS_PER_LANGUAGE = 200_000
MAX_DOCUMENT_TOKENS = 2_048
MAX_BUCKETS = 32
LEAST_TOKENS = 1_000
LEAST_DOCUMENTS = 2


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One row without padding; T positions.

    label: index into the reading's labels. group: index into its groups.
    ids int64 [T]. counted bool [T]: False for special tokens. classes int8 [T]: numbers into
    TOKEN_CLASSES. offsets int32 [T, 2]: characters in the position's document, (0, 0) for BOS.
    documents int32 [T]: index into the reading's documents; one value throughout unless documents
    are joined in rows. All arrays are read-only.
    """

    label: int
    group: int
    ids: NDArray[np.int64]
    counted: NDArray[np.bool_]
    classes: NDArray[np.int8]
    offsets: NDArray[np.int32]
    documents: NDArray[np.int32]

    def __post_init__(self) -> None:
        for array in (self.ids, self.counted, self.classes, self.offsets, self.documents):
            array.setflags(write=False)

    @property
    def document(self) -> int:
        """The document at the row's beginning: index into the reading's documents."""
        return int(self.documents[0])

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class Total:
    """What was read of one label: documents, repositories, UTF-8 bytes and counted tokens."""

    label: str
    documents: int
    repositories: int
    bytes: int
    tokens: int


@dataclass(frozen=True, eq=False)
class Reading:
    """Everything one pass reads, in order.

    labels: in the order asked. groups: ordered by (label, bucket), empty ones left out.
    rows: label by label. documents: those read. totals: one per label.
    notes: sentences for the user and the report (a label with less text than asked).
    """

    labels: tuple[str, ...]
    groups: tuple[Group, ...]
    rows: tuple[Row, ...] = field(repr=False)
    documents: tuple[Document, ...] = field(repr=False)
    totals: tuple[Total, ...]
    packing: str
    max_document_tokens: int
    notes: tuple[str, ...]

    @cached_property
    def digest(self) -> str:
        """sha256 over ids, counted positions, classes, groups and labels of all rows, in hex."""
        digest = hashlib.sha256()
        for row in self.rows:
            digest.update(f"{row.label} {row.group} {len(row)}\n".encode())
            digest.update(row.ids.astype("<i8").tobytes())
            digest.update(np.packbits(row.counted).tobytes())
            digest.update(row.classes.tobytes())
        groups = [[group.label, group.bucket] for group in self.groups]
        return json_digest([digest.hexdigest(), list(self.labels), groups])

    @property
    def n_tokens(self) -> int:
        """Counted tokens of all labels."""
        return sum(total.tokens for total in self.totals)


def read(
    documents: Sequence[Document],
    tokenizer: Tokenizer,
    *,
    labels: Sequence[str],
    tokens_per_language: int = TOKENS_PER_LANGUAGE,
    max_document_tokens: int = MAX_DOCUMENT_TOKENS,
    packing: str = "documents",
    max_buckets: int = MAX_BUCKETS,
    least_tokens: int = LEAST_TOKENS,
    least_documents: int = LEAST_DOCUMENTS,
) -> Reading:
    """Documents of each label in reading order until exactly `tokens_per_language` counted tokens.

    max_document_tokens: length of a row, BOS included; what a longer document holds beyond is not
    read. packing "documents": one document per row, special tokens never count, the last document
    is cut. "published": joined rows of that length, every position counts (BOS too), at most
    `tokens_per_language // max_document_tokens` of them.

    Raises CorpusError for a label with fewer documents or counted tokens than `least_documents` and
    `least_tokens`, ConfigError for a parameter that cannot be used.
    """
    plan = _Plan(tokens_per_language, max_document_tokens, packing, max_buckets)
    _refuse_unusable(plan, least_tokens)
    groups: list[Group] = []
    rows: list[Row] = []
    taken: list[Document] = []
    totals: list[Total] = []
    for number, label in enumerate(labels):
        own = reading_order(document for document in documents if document.language == label)
        stretches, own_taken = _label_stretches(own, tokenizer, plan)
        own_groups = _groups(label, stretches, own_taken)
        rows.extend(_rows(number, stretches, own_groups, n_groups=len(groups), n_taken=len(taken)))
        totals.append(_total(label, stretches, own_taken))
        groups.extend(own_groups)
        taken.extend(own_taken)
    _refuse_too_little(totals, least_tokens, least_documents)
    return Reading(
        labels=tuple(labels),
        groups=tuple(groups),
        rows=tuple(rows),
        documents=tuple(taken),
        totals=tuple(totals),
        packing=packing,
        max_document_tokens=max_document_tokens,
        notes=_notes(totals, plan),
    )


@dataclass(frozen=True, slots=True)
class _Plan:
    """The parameters of a reading."""

    tokens: int
    row_length: int
    packing: str
    max_buckets: int

    @property
    def wanted(self) -> int:
        """Counted positions per label: joined rows are full or absent."""
        if self.packing == "documents":
            return self.tokens
        return self.tokens // self.row_length * self.row_length


def _refuse_unusable(plan: _Plan, least_tokens: int) -> None:
    if plan.packing not in PACKINGS:
        raise ConfigError(f"no packing {plan.packing!r}: it is one of {', '.join(PACKINGS)}")
    if plan.row_length < 2:
        raise ConfigError(f"max_document_tokens is {plan.row_length}: give at least 2")
    if plan.max_buckets < 1:
        raise ConfigError(f"max_buckets is {plan.max_buckets}: give at least 1")
    if plan.wanted < max(least_tokens, 1):
        raise ConfigError(
            f"tokens_per_language is {plan.tokens:,}, which makes {plan.wanted:,} tokens in rows "
            f"of up to {plan.row_length:,}: wanted are at least {max(least_tokens, 1):,}"
        )


def _label_stretches(
    documents: list[Document], tokenizer: Tokenizer, plan: _Plan
) -> tuple[list[Stretch], list[Document]]:
    """The stretches of one label, and the documents that they show, in their order."""
    pieces = _pieces(documents, tokenizer, plan)
    if plan.packing == "documents":
        bucket_of = buckets(documents, max_buckets=plan.max_buckets)
        stretches = apart(pieces, [bucket_of[each.document.repository] for each in pieces])
    else:
        stretches = joined(pieces, row_length=plan.row_length, max_buckets=plan.max_buckets)
    # Only an end is ever dropped, so the documents shown are the first ones.
    n_shown = int(stretches[-1].documents[-1]) + 1 if stretches else 0
    return stretches, [each.document for each in pieces[:n_shown]]


def _pieces(documents: list[Document], tokenizer: Tokenizer, plan: _Plan) -> list[Piece]:
    """The first documents, encoded and cut, until exactly the wanted positions count."""
    pieces: list[Piece] = []
    missing = plan.wanted
    for document in documents:
        if missing <= 0:
            break
        one = piece(
            document,
            tokenizer,
            most_tokens=plan.row_length,
            most_counted=missing,
            count_all=plan.packing == "published",
        )
        if one.counted.any():
            pieces.append(one)
            missing -= int(one.counted.sum())
    return pieces


def _rows(
    label: int, stretches: list[Stretch], groups: list[Group], *, n_groups: int, n_taken: int
) -> list[Row]:
    """A label's rows; its groups and documents are numbered after those of the labels before."""
    place = {group.bucket: n_groups + at for at, group in enumerate(groups)}
    return [
        Row(
            label=label,
            group=place[stretch.bucket],
            ids=stretch.ids,
            counted=stretch.counted,
            classes=stretch.classes,
            offsets=stretch.offsets,
            documents=stretch.documents + np.int32(n_taken),
        )
        for stretch in stretches
    ]


def _groups(label: str, stretches: list[Stretch], documents: list[Document]) -> list[Group]:
    members: dict[int, set[int]] = {}
    for stretch in stretches:
        members.setdefault(stretch.bucket, set()).update(np.unique(stretch.documents).tolist())
    return [
        Group(
            label=label,
            bucket=bucket,
            repositories=len({documents[place].repository for place in places}),
            documents=len(places),
        )
        for bucket, places in sorted(members.items())
    ]


def _total(label: str, stretches: list[Stretch], documents: list[Document]) -> Total:
    ends = np.zeros(len(documents), dtype=np.int64)
    for stretch in stretches:
        np.maximum.at(ends, stretch.documents, stretch.offsets[:, 1])
    return Total(
        label=label,
        documents=len(documents),
        repositories=len({document.repository for document in documents}),
        bytes=sum(
            len(document.text[:end].encode("utf-8", "surrogatepass"))
            for document, end in zip(documents, ends.tolist(), strict=True)
        ),
        tokens=sum(int(stretch.counted.sum()) for stretch in stretches),
    )


def _refuse_too_little(totals: list[Total], least_tokens: int, least_documents: int) -> None:
    short = [
        f"{display_name(total.label)} has {total.documents} documents with {total.tokens:,} tokens"
        for total in totals
        if total.documents < least_documents or total.tokens < least_tokens
    ]
    if short:
        raise CorpusError(
            f"too little text: {'; '.join(short)}; wanted are at least {least_documents} documents "
            f"and {least_tokens:,} tokens of each: add text or leave the language out"
        )


def _notes(totals: list[Total], plan: _Plan) -> tuple[str, ...]:
    return tuple(
        f"{display_name(total.label)}: {total.tokens:,} tokens in {total.documents} documents "
        f"are all there is; {plan.wanted:,} were asked for"
        for total in totals
        if total.tokens < plan.wanted
    )
