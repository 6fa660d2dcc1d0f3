"""Parallel items: the same thing written in several languages.

Takes JSONL, the published layouts of CoST and HumanEval-X, or rows; gives items with one text per
language, and counts what would flatter a comparison: items that say the same twice in one language,
and items that read the same in two. Knows no model and no prompt.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations
from pathlib import Path
from typing import Any, Self

from neuroglot.base.digests import json_digest
from neuroglot.base.errors import CorpusError
from neuroglot.base.languages import LANGUAGE_IDS, display_name, language_id
from neuroglot.base.seeds import generator
from neuroglot.text.preparation import asked_labels
from neuroglot.text.published import read_cost, read_humaneval_x, read_rows

ENGLISH = "english"
_ROW = frozenset({"id", "problem"})


@dataclass(frozen=True)
class ParallelItem:
    """One item: its texts by language id. problem: the cluster it belongs to, its own id if none.

    english: what it says in English, None where the source holds nothing.
    """

    id: str
    problem: str
    texts: Mapping[str, str]
    english: str | None = None

    def __getitem__(self, language: str) -> str:
        return self.english or "" if language == ENGLISH else self.texts[language]


@dataclass(frozen=True, eq=False)
class ParallelCorpus:
    """Items that all have a text in each language, in the order of their source.

    skipped: reason -> how many rows were left out. notes: sentences for the user.
    All constructors raise CorpusError for what cannot be read, for rows without an id, and for
    sources that hold no item in all languages asked for; `languages` keeps these only.
    """

    items: tuple[ParallelItem, ...] = field(repr=False)
    languages: tuple[str, ...]
    source: str = ""
    skipped: Mapping[str, int] = field(default_factory=dict, repr=False)
    notes: tuple[str, ...] = field(default=(), repr=False)

    @classmethod
    def from_jsonl(cls, file: str | Path, *, languages: Sequence[str] | str | None = None) -> Self:
        """From a .jsonl, .jsonl.zst or .json file with one item per row.

        Columns: `id, problem`, one per language under any of its spellings, optional `english`.
        """
        return cls._read(file, read_rows, languages)

    @classmethod
    def from_cost(cls, folder: str | Path, *, languages: Sequence[str] | str | None = None) -> Self:
        """From the published snippets: a folder per language with one JSON file per item.

        A folder that holds `snippets.jsonl` is read as that file. English is the comment of the C
        snippet, as published.
        """
        return cls._read(folder, read_cost, languages)

    @classmethod
    def from_humaneval_x(
        cls, folder: str | Path, *, languages: Sequence[str] | str | None = None
    ) -> Self:
        """From HumanEval-X: the files `humaneval_<language>.jsonl` of a folder, as published.

        A text is the declaration and its canonical solution; English is the Python docstring.
        """
        return cls._read(folder, read_humaneval_x, languages)

    @classmethod
    def from_rows(
        cls,
        rows: Iterable[Mapping[str, Any]],
        *,
        languages: Sequence[str] | str | None = None,
        source: str = "the rows",
    ) -> Self:
        """From rows as `from_jsonl` reads them."""
        listed = list(rows)
        asked = asked_labels(languages)
        held = _columns(listed, source)
        _refuse_absent(asked, held, source)
        wanted = tuple(asked) if asked else held
        items = [_item(row, wanted, source) for row in listed]
        _refuse_repeated([item.id for item in items], source)
        complete = tuple(item for item in items if len(item.texts) == len(wanted))
        if not complete:
            raise CorpusError(
                f"no item of {source} has a text in each of {', '.join(wanted)}: "
                f"{len(items)} rows; ask for fewer languages"
            )
        missing = len(items) - len(complete)
        notes = (f"{missing} of {len(items)} items lack a language",) if missing else ()
        skipped = {"a language is missing": missing} if missing else {}
        return cls(complete, wanted, source, skipped, notes)

    @classmethod
    def _read(
        cls,
        place: str | Path,
        read: Callable[[Path], Iterable[Mapping[str, Any]]],
        languages: Sequence[str] | str | None,
    ) -> Self:
        path = Path(place)
        if not path.exists():
            raise CorpusError(f"nothing at {str(path)!r}: give a file or folder of parallel items")
        try:
            rows = list(read(path))
        except (OSError, ValueError) as error:
            raise CorpusError(f"cannot read {str(path)!r}: {error}") from error
        return cls.from_rows(rows, languages=languages, source=str(path))

    def __len__(self) -> int:
        return len(self.items)

    @property
    def problems(self) -> tuple[str, ...]:
        """The clusters, in the order they first occur: the unit to resample."""
        return tuple(dict.fromkeys(item.problem for item in self.items))

    @property
    def has_english(self) -> bool:
        """Whether every item says in English what it is."""
        return all(item.english for item in self.items)

    @cached_property
    def duplicates(self) -> Mapping[str, int]:
        """Language -> how many items have the text of an earlier item, but for blanks around."""
        return {
            language: len(self.items) - len({item[language].strip() for item in self.items})
            for language in self.languages
        }

    @cached_property
    def identical(self) -> Mapping[tuple[str, str], int]:
        """Pair of languages -> how many items read the same in both, but for blanks around."""
        return {
            pair: sum(map(_same(*pair), self.items)) for pair in combinations(self.languages, 2)
        }

    @cached_property
    def digest(self) -> str:
        """sha256 of every item in order: the same items, the same name."""
        rows = [
            [item.id, item.problem, item.english, *(item[id] for id in self.languages)]
            for item in self.items
        ]
        return json_digest([list(self.languages), rows])

    def only(self, languages: Sequence[str]) -> "ParallelCorpus":
        """The same items in some languages, in this order. Raises CorpusError for an absent one."""
        _refuse_absent(languages, self.languages, self.source)
        items = tuple(
            replace(item, texts={id: item.texts[id] for id in languages}) for item in self.items
        )
        return replace(self, items=items, languages=tuple(languages))

    def shuffled(self, *, seed: int) -> list[ParallelItem]:
        """All items at random, problem by problem in turn: the first few are of many problems."""
        drawn = generator(seed, "items").permutation(len(self.items))
        turns: Counter[str] = Counter()
        found: list[tuple[int, ParallelItem]] = []
        for item in (self.items[place] for place in drawn):
            found.append((turns[item.problem], item))
            turns[item.problem] += 1
        return [item for _, item in sorted(found, key=lambda each: each[0])]

    def sample(self, items: int | None, *, seed: int) -> "ParallelCorpus":
        """The first so many of `shuffled`, in their order; all where None or no more are there."""
        if items is None or items >= len(self.items):
            return self
        chosen = {item.id for item in self.shuffled(seed=seed)[:items]}
        return replace(self, items=tuple(item for item in self.items if item.id in chosen))

    def without_duplicates(self) -> "ParallelCorpus":
        """Items whose text no earlier kept item has, in any of the languages."""
        seen: dict[str, set[str]] = {language: set() for language in self.languages}
        kept = []
        for item in self.items:
            texts = {language: item[language].strip() for language in self.languages}
            if not any(text in seen[language] for language, text in texts.items()):
                kept.append(item)
                for language, text in texts.items():
                    seen[language].add(text)
        return self._keeping(kept, "duplicate")

    def without_identical(self) -> "ParallelCorpus":
        """Items that differ in every pair of the languages; for one pair, ask for it by `only`."""
        pairs = [_same(*pair) for pair in combinations(self.languages, 2)]
        kept = [item for item in self.items if not any(same(item) for same in pairs)]
        return self._keeping(kept, "identical in two languages")

    def _keeping(self, items: Sequence[ParallelItem], reason: str) -> "ParallelCorpus":
        dropped = len(self.items) - len(items)
        if not items:
            raise CorpusError(f"every item of {self.source} is {reason}: nothing is left")
        return replace(self, items=tuple(items), skipped={**self.skipped, reason: dropped})

    def __repr__(self) -> str:
        names = ", ".join(map(display_name, self.languages))
        return f"ParallelCorpus({len(self)} items of {len(self.problems)} problems in {names})"


def _same(first: str, second: str) -> Callable[[ParallelItem], bool]:
    return lambda item: item[first].strip() == item[second].strip()


def _columns(rows: Sequence[Mapping[str, Any]], source: str) -> tuple[str, ...]:
    """The language ids among the rows' columns, in the order of the language table."""
    names = dict.fromkeys(name for row in rows for name in row)
    found = {language_id(name) for name in names if name not in _ROW} - {None, ENGLISH}
    if not found:
        raise CorpusError(
            f"no column of {source} is a language: its columns are {', '.join(names) or 'none'}; "
            f"wanted are id, problem and one per language, as python and java"
        )
    return tuple(id for id in LANGUAGE_IDS if id in found)


def _item(row: Mapping[str, Any], languages: Sequence[str], source: str) -> ParallelItem:
    if row.get("id") in {None, ""}:
        raise CorpusError(f"an item of {source} has no id: give every row a column id of its own")
    id = str(row["id"])
    by_id = {language_id(name): text for name, text in row.items() if name not in _ROW}
    for label, text in by_id.items():
        if label is not None and text is not None and not isinstance(text, str):
            raise CorpusError(f"item {id!r} of {source} has no text for {label}: {text!r}")
    texts = {label: by_id[label] for label in languages if (by_id.get(label) or "").strip()}
    return ParallelItem(id, str(row.get("problem") or id), texts, by_id.get(ENGLISH) or None)


def _refuse_absent(asked: Sequence[str] | None, held: Sequence[str], source: str) -> None:
    absent = [label for label in asked or () if label not in held]
    if absent:
        raise CorpusError(f"no {', '.join(absent)} in {source}: it holds {', '.join(held)}")


def _refuse_repeated(ids: Sequence[str], source: str) -> None:
    seen: set[str] = set()
    for id in ids:
        if id in seen:
            raise CorpusError(f"id {id!r} stands twice in {source}: give each item its own")
        seen.add(id)
