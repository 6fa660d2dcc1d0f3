"""Clones looked for in code: which functions of a folder or a table are most alike?

Takes a model and documents, gives exact copies, and pairs of the most alike functions, each of its
kind: other names in one language, the same name in one language, and two languages. A function's
vector is the mean of its tokens, comments left out, over a band of layers, less the mean of its
language; directions are scaled to vary alike.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.neighbours import KindOf, Neighbours, less_means, nearest_pairs, whitened
from neuroglot.base.errors import ConfigError, CorpusError
from neuroglot.lm.model import LM
from neuroglot.measure.embeddings import band_embeddings
from neuroglot.runs.storage import replacing
from neuroglot.studies.watching import Watcher, unwatched
from neuroglot.text.document import Document
from neuroglot.text.functions import Function, functions_of

COPY, NEAR, SAME_NAME, ACROSS = "copy", "near", "same name", "two languages"
KINDS = (NEAR, SAME_NAME, ACROSS)
ENDINGS = (".jsonl", ".parquet")
Band = tuple[int, int]


@dataclass(frozen=True)
class Alike:
    """Two functions. kind: `copy` (they differ in blanks alone), or one of KINDS."""

    kind: str
    similarity: float
    first: Function
    second: Function

    def row(self) -> dict[str, Any]:
        """Plain values, as they are printed as JSON and written to a table."""
        sides = {"first": self.first, "second": self.second}
        return {"kind": self.kind, "similarity": self.similarity} | {
            f"{side}_{name}": getattr(function, name)
            for side, function in sides.items()
            for name in ("place", "name", "language", "lines")
        }


@dataclass(frozen=True)
class FoundClones:
    """pairs: of each kind the most alike, copies first, each beside the first of its like.

    functions: how many were looked at; cut: how many of these were longer than the model's
    positions, and read up to there. layers: the band that was read.
    """

    pairs: tuple[Alike, ...]
    functions: int
    copies: int
    cut: int
    layers: Band

    def of(self, kind: str) -> list[Alike]:
        """The pairs of a kind."""
        return [pair for pair in self.pairs if pair.kind == kind]


def clone_search(
    lm: LM,
    documents: Sequence[Document],
    *,
    layers: Band | None = None,
    least_lines: int = 5,
    top: int = 100,
    threshold: float = 0.0,
    batch_tokens: int = 4096,
    checkpoint: Path | None = None,
    watch: Watcher = unwatched,
) -> FoundClones:
    """The most alike functions of documents.

    layers: first and last layer of the band, -1 the embedding; None: the middle half. least_lines:
    shorter functions are left out. top: pairs of each kind, at most. threshold: the lowest cosine.
    checkpoint: a folder from which a search that was stopped goes on. Raises ConfigError for
    values that cannot be used, CorpusError for fewer than two functions.
    """
    if top < 1 or least_lines < 1 or not -1 <= threshold <= 1:
        raise ConfigError(
            f"top {top}, lines {least_lines}, threshold {threshold}: give at least 1 and 1, and a "
            "cosine from -1 to 1"
        )
    functions = list(_watched(documents, least_lines, watch))
    if len(functions) < 2:
        raise CorpusError(
            f"{len(functions)} functions of {least_lines} lines or more in {len(documents):,} "
            "texts: give more code, or fewer lines with --lines"
        )
    band = layers or middle(lm.n_layers)
    groups: dict[tuple[str, str], list[Function]] = {}
    for function in functions:
        groups.setdefault((function.language, function.text), []).append(function)
    alone = [own[0] for own in groups.values()]
    read = band_embeddings(
        lm,
        [function.bare for function in alone],
        band,
        batch_tokens=batch_tokens,
        checkpoint=checkpoint,
        on_progress=_told(watch, "functions read"),
    )
    languages, names = (
        _numbered([getattr(function, field) for function in alone])
        for field in ("language", "name")
    )
    kinds = _kinds(languages, names)
    found = nearest_pairs(
        whitened(less_means(read.vectors[:, 0], languages)),
        list(kinds.values()),
        top=top,
        threshold=threshold,
        on_progress=_told(watch, "functions compared"),
    )
    copies = [Alike(COPY, 1.0, own[0], again) for own in groups.values() for again in own[1:]]
    pairs = [
        alike
        for kind, each in zip(kinds, found, strict=True)
        for alike in _alike(kind, each, alone)
    ]
    cut = int(read.cut.sum())
    return FoundClones((*copies, *pairs), len(functions), len(copies), cut, band)


def middle(n_layers: int) -> Band:
    """First and last layer of the middle half of the depth, where concepts are looked for."""
    inside = [at for at in range(n_layers) if 1 / 4 <= (at + 0.5) / n_layers <= 3 / 4]
    return inside[0], inside[-1]


def parsed_layers(text: str) -> Band:
    """`4-7`, or `4`, as a band. Raises ConfigError."""
    first, dash, last = text.partition("-")
    if not (first.isdecimal() and (last.isdecimal() or not dash)):
        raise ConfigError(f"no layers {text!r}: give the first and the last, as 4-7")
    return int(first), int(last) if dash else int(first)


def write_found(path: Path, found: FoundClones) -> None:
    """All pairs as a table, whole or not at all. Raises ConfigError for a name that is none's."""
    ending = refuse_ending(path)
    rows = [pair.row() for pair in found.pairs]
    with replacing(path) as file:
        if ending == ".jsonl":
            for row in rows:
                file.write(json.dumps(row, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
            return
        import pyarrow
        from pyarrow import parquet

        kinds = {str: pyarrow.string(), float: pyarrow.float64(), int: pyarrow.int64()}
        columns = {name: kinds[type(value)] for name, value in (rows or [_EMPTY])[0].items()}
        schema = pyarrow.schema(list(columns.items()))
        parquet.write_table(pyarrow.Table.from_pylist(rows, schema=schema), file)


def refuse_ending(path: Path) -> str:
    """The ending that says a table's format. Raises ConfigError for another one."""
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise ConfigError(f"{str(path)!r} is no table: give a name in {' or '.join(ENDINGS)}")
    return ending


_NOBODY = Function(Document("", ""), "", 0, 0, "", "")
_EMPTY = Alike("", 0.0, _NOBODY, _NOBODY).row()


def _kinds(languages: NDArray[np.int64], names: NDArray[np.int64]) -> dict[str, KindOf]:
    """Which pairs are of which kind; kinds that cannot occur are left out."""

    def same(of: NDArray[np.int64], rows: slice, columns: slice) -> NDArray[np.bool_]:
        return np.equal(of[rows, None], of[None, columns])

    def near(rows: slice, columns: slice) -> NDArray[np.bool_]:
        return same(languages, rows, columns) & ~same(names, rows, columns)

    def same_name(rows: slice, columns: slice) -> NDArray[np.bool_]:
        return same(languages, rows, columns) & same(names, rows, columns)

    def across(rows: slice, columns: slice) -> NDArray[np.bool_]:
        return ~same(languages, rows, columns)

    kinds: dict[str, KindOf] = {NEAR: near, SAME_NAME: same_name}
    return kinds | ({ACROSS: across} if len(np.unique(languages)) > 1 else {})


def _alike(kind: str, found: Neighbours, functions: Sequence[Function]) -> list[Alike]:
    each = zip(found.first.tolist(), found.second.tolist(), found.cosine.tolist(), strict=True)
    return [Alike(kind, cosine, functions[one], functions[other]) for one, other, cosine in each]


def _numbered(words: Sequence[str]) -> NDArray[np.int64]:
    place = {word: number for number, word in enumerate(dict.fromkeys(words))}
    return np.array([place[word] for word in words], dtype=np.int64)


def _watched(documents: Sequence[Document], least_lines: int, watch: Watcher) -> list[Function]:
    found: list[Function] = []
    for done, document in enumerate(documents, start=1):
        found += functions_of([document], least_lines=least_lines)
        watch("texts parsed", done, len(documents), "texts", document.language)
    return found


def _told(watch: Watcher, what: str) -> Callable[[int, int], None]:
    return lambda done, total: watch(what, done, total, "functions", "")
