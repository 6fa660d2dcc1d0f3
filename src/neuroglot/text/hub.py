"""Hugging Face data sets as documents, streamed: nothing is downloaded but what is read.

Takes a data set's name and the languages wanted, gives a source. Knows the layouts of the sets that
code is usually taken from; any other set is read by its columns. Rows come through a seeded shuffle
buffer, and the corpus' digest is of what was taken. Needs the extra `hub`.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol

from neuroglot.base.errors import ConfigError, CorpusError, MissingExtraError
from neuroglot.text.columns import Columns, document_of, match_columns
from neuroglot.text.document import Document
from neuroglot.text.source import Source

DOCUMENTS_PER_LANGUAGE = 2_000
SHUFFLE_BUFFER = 10_000
MOST_ROWS = 1_000_000
"""Rows looked at in a stream of mixed languages before giving up on the rare ones."""

WIKIPEDIA = "wikimedia/wikipedia"
WIKIPEDIA_DUMP = "20231101.en"
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+")

_STACK_FOLDERS = {"cpp": "c++", "csharp": "c-sharp"}
_STACKS = ("bigcode/the-stack", "bigcode/the-stack-dedup", "bigcode/the-stack-smol")
_MIXED = ("codeparrot/github-code", "codeparrot/github-code-clean")


class Stream(Protocol):
    """What is used of a streamed data set."""

    def shuffle(self, *, seed: int, buffer_size: int) -> Iterable[Mapping[str, Any]]:
        """The same rows through a shuffle buffer."""


LoadDataset = Callable[..., Stream]
"""`datasets.load_dataset`, or a stand-in that takes the same arguments."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """One stream to open: its arguments, and the label of its rows (None: a column says it)."""

    name: str
    config: str | None = None
    data_dir: str | None = None
    label: str | None = None


def is_hub_name(text: str) -> bool:
    """Whether a word has the form of a data set's name: owner/name."""
    return _NAME.fullmatch(text) is not None


def shelves(name: str, languages: Sequence[str] | None) -> list[Shelf]:
    """The streams that hold these languages of a data set.

    Sets of code have no English: it is taken from the English Wikipedia, as the published work on
    these sets does. Raises ConfigError where the languages have to be named and are not.
    """
    if name == WIKIPEDIA:
        return [Shelf(name, config=WIKIPEDIA_DUMP, label="english")]
    if name not in _STACKS + _MIXED:
        return [Shelf(name)]
    if languages is None:
        raise ConfigError(f"{name} holds hundreds of languages: name those wanted")
    code = [language for language in languages if language != "english"]
    found: list[Shelf] = []
    if name in _MIXED and code:
        found.append(Shelf(name))
    elif name in _STACKS:
        found.extend(
            Shelf(name, data_dir=f"data/{_STACK_FOLDERS.get(language, language)}", label=language)
            for language in code
        )
    if "english" in languages:
        found.extend(shelves(WIKIPEDIA, None))
    return found


def read_hub(
    name: str,
    *,
    languages: Sequence[str] | None = None,
    documents_per_language: int = DOCUMENTS_PER_LANGUAGE,
    seed: int = 0,
    buffer_size: int = SHUFFLE_BUFFER,
    label_column: str | None = None,
    load_dataset: LoadDataset | None = None,
) -> Source:
    """Up to `documents_per_language` documents of each language, from the `train` split.

    Raises MissingExtraError without the package `datasets`, CorpusError where the set cannot be
    read (no such set, no access, no network) or holds no document of these languages.
    """
    load = load_dataset if load_dataset is not None else _datasets_loader(name)
    source = Source(name)
    quota = _Quota(documents_per_language)
    for shelf in shelves(name, languages):
        wanted = [shelf.label] if shelf.label is not None else languages
        try:
            rows = load(
                shelf.name, shelf.config, data_dir=shelf.data_dir, split="train", streaming=True
            ).shuffle(seed=seed, buffer_size=buffer_size)
            _take(rows, source, shelf=shelf, quota=quota, wanted=wanted, label_column=label_column)
        except (OSError, ValueError) as error:
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise CorpusError(f"cannot read the data set {shelf.name!r}: {reason}") from error
    if not source.documents:
        raise CorpusError(f"no document to read in the data set {name!r}")
    return source


@dataclass(frozen=True)
class _Quota:
    """How many documents of each language are wanted, and how many were taken."""

    most: int
    taken: Counter[str] = field(default_factory=Counter)

    def is_full(self, labels: Iterable[str]) -> bool:
        return all(self.taken[label] >= self.most for label in labels)


def _take(
    rows: Iterable[Mapping[str, Any]],
    source: Source,
    *,
    shelf: Shelf,
    quota: _Quota,
    wanted: Sequence[str] | None,
    label_column: str | None,
) -> None:
    """Add documents of a stream to the source until every language wanted has enough."""
    columns: Columns | None = None
    for number, row in enumerate(rows):
        if number == MOST_ROWS:
            source.notes.append(f"{shelf.name}: only the first {MOST_ROWS:,} rows were looked at")
            return
        if columns is None:
            columns = match_columns(
                row, place=shelf.name, label_column=label_column, label=shelf.label
            )
            note = f"columns not used in {shelf.name}: {', '.join(columns.ignored)}"
            if columns.ignored and note not in source.notes:
                source.notes.append(note)
        _add(document_of(row, columns, place=shelf.name), source, quota, wanted)
        if wanted is not None and quota.is_full(wanted):
            return


def _add(
    found: Document | str, source: Source, quota: _Quota, wanted: Sequence[str] | None
) -> None:
    if isinstance(found, str):
        source.skipped[found] += 1
    elif wanted is not None and found.language not in wanted:
        source.skipped["other language"] += 1
    elif not quota.is_full([found.language]):
        quota.taken[found.language] += 1
        source.documents.append(found)


def _datasets_loader(name: str) -> LoadDataset:
    with suppress(ImportError):
        from datasets import load_dataset

        loader: LoadDataset = load_dataset
        return loader
    raise MissingExtraError(
        f"no file or folder {name!r} is here, and reading a data set of that name",
        "datasets",
        "hub",
    )
