"""Pairs of functions, each a clone or not, in a validation part and a test part.

Takes functions and pairs of their ids, gives `ClonePairs`: thresholds are chosen on validation,
everything is judged on test, and no problem has clones in both. A problem is what functions solve:
as stated, else what clones connect. Knows no file and no model.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from neuroglot.base.digests import json_digest, text_digest
from neuroglot.base.errors import CorpusError
from neuroglot.base.languages import display_name
from neuroglot.base.seeds import generator

VALIDATION, TEST = "validation", "test"
SPLITS = (VALIDATION, TEST)
VALIDATION_SHARE = 1 / 3
"""Share of the clones whose problems go to validation."""


@dataclass(frozen=True, slots=True)
class CloneFunction:
    """A function's text. problem: what it solves; its own id where nothing is stated."""

    id: str
    language: str
    code: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ClonePair:
    """Two functions by id. kind: a type of clone in a word, as 1 to 4. split: None where not yet.

    A pair of label 0 has the kind of the clones that it stands beside.
    """

    first: str
    second: str
    clone: bool
    kind: str = ""
    split: str | None = None


@dataclass(frozen=True, eq=False)
class ClonePairs:
    """functions: those that stand in a pair. skipped: reason -> pairs that were left out."""

    functions: tuple[CloneFunction, ...] = field(repr=False)
    pairs: tuple[ClonePair, ...] = field(repr=False)
    source: str = ""
    skipped: Mapping[str, int] = field(default_factory=dict, repr=False)
    notes: tuple[str, ...] = field(default=(), repr=False)

    @cached_property
    def by_id(self) -> Mapping[str, CloneFunction]:
        """Functions by their id."""
        return {function.id: function for function in self.functions}

    @property
    def languages(self) -> tuple[str, ...]:
        """In the order in which they first occur."""
        return tuple(dict.fromkeys(function.language for function in self.functions))

    @cached_property
    def digest(self) -> str:
        """sha256 of functions and pairs: the same pairs, the same name."""
        functions = [[f.id, f.language, f.code, f.problem] for f in self.functions]
        pairs = [[p.first, p.second, p.clone, p.kind, p.split] for p in self.pairs]
        return json_digest([functions, pairs])

    def problem(self, pair: ClonePair) -> str:
        """What a pair is resampled with: the problem of its first function."""
        function = self.by_id[pair.first]
        return function.problem or function.id

    def only(self, languages: Sequence[str]) -> "ClonePairs":
        """The pairs whose functions are in these languages. Raises CorpusError where none is."""
        kept = [
            pair
            for pair in self.pairs
            if {self.by_id[pair.first].language, self.by_id[pair.second].language} <= set(languages)
        ]
        if not kept:
            raise CorpusError(
                f"no pair of {self.source} is in {', '.join(map(display_name, languages))} alone: "
                f"it holds {', '.join(map(display_name, self.languages))}"
            )
        return self._with(kept)

    def split(self, *, seed: int = 0) -> "ClonePairs":
        """Every pair in one of SPLITS, and as many clones as others in each.

        Pairs that state theirs keep it. Else whole problems, in a drawn order, go to validation as
        long as they fit into its share of the clones. Pairs across the splits are left out, and of
        the label that has more as many as it has too many, by lot. Raises CorpusError where a
        problem is stated to have clones in both splits, or a split has no clone or nothing else.
        """
        stated = {pair.split for pair in self.pairs}
        if None in stated and len(stated) > 1:
            raise CorpusError(
                f"{self.source} states the split of some pairs alone: give it for all, or for none"
            )
        clusters = self._clusters()
        if None in stated:
            place = self._drawn(clusters, seed=seed)
            placed = [
                replace(pair, split=place[clusters[pair.first]])
                for pair in self.pairs
                if place[clusters[pair.first]] == place[clusters[pair.second]]
            ]
        else:
            placed = list(self.pairs)
            self._refuse_shared(clusters)
        kept = _balanced(placed, seed=seed)
        for split in SPLITS:
            if not any(pair.split == split for pair in kept):
                raise CorpusError(
                    f"{self.source} has no pairs for {split}: give clones and others of several "
                    "problems, for validation and for test"
                )
        lost = Counter(self.skipped)
        lost["across the splits"] += len(self.pairs) - len(placed)
        lost["more of one label"] += len(placed) - len(kept)
        return replace(self._with(kept), skipped=+lost)

    def _with(self, pairs: Sequence[ClonePair]) -> "ClonePairs":
        used = {id for pair in pairs for id in (pair.first, pair.second)}
        functions = tuple(function for function in self.functions if function.id in used)
        return replace(self, functions=functions, pairs=tuple(pairs))

    def _clusters(self) -> dict[str, str]:
        """Functions that may not be parted: of one problem, clones of each other, or the same text.

        Function id -> the cluster's name.
        """
        joined = _Joined()
        for function in self.functions:
            joined.join(f"function {function.id}", f"text {text_digest(function.code.strip())}")
            if function.problem:
                joined.join(f"function {function.id}", f"problem {function.problem}")
        for pair in self.pairs:
            if pair.clone:
                joined.join(f"function {pair.first}", f"function {pair.second}")
        return {each.id: joined.root(f"function {each.id}") for each in self.functions}

    def _drawn(self, clusters: Mapping[str, str], *, seed: int) -> dict[str, str]:
        """The split of each cluster; one without a clone goes where a pair of it already is."""
        clones = Counter(clusters[pair.first] for pair in self.pairs if pair.clone)
        names = list(clones)
        room = VALIDATION_SHARE * clones.total()
        place: dict[str, str] = {}
        rng = generator(seed, "splits of clones")
        for number in rng.permutation(len(names)):
            fits = clones[names[number]] <= room
            room -= clones[names[number]] if fits else 0
            place[names[number]] = VALIDATION if fits else TEST
        for pair in self.pairs:
            one, other = clusters[pair.first], clusters[pair.second]
            known = place.get(one) or place.get(other)
            drawn = known or (VALIDATION if rng.random() < VALIDATION_SHARE else TEST)
            place.setdefault(one, drawn)
            place.setdefault(other, drawn)
        return place

    def _refuse_shared(self, clusters: Mapping[str, str]) -> None:
        seen: dict[str, str] = {}
        for pair in self.pairs:
            if pair.clone and pair.split:
                name = self.problem(pair)
                if seen.setdefault(clusters[pair.first], pair.split) != pair.split:
                    raise CorpusError(
                        f"problem {name!r} of {self.source} has clones in {VALIDATION} and in "
                        f"{TEST}: what is learnt on one would be known in the other; split by "
                        "problem, or leave the split out"
                    )

    def __repr__(self) -> str:
        clones = sum(pair.clone for pair in self.pairs)
        names = ", ".join(map(display_name, self.languages))
        return (
            f"ClonePairs({clones} clones and {len(self.pairs) - clones} others of "
            f"{len(self.functions)} functions in {names})"
        )


def paired(
    functions: Iterable[CloneFunction],
    pairs: Iterable[tuple[str, ClonePair]],
    *,
    source: str = "the pairs",
) -> ClonePairs:
    """Functions and pairs, checked. pairs: each with its place, as "line 3 of pairs.csv".

    Pairs whose texts are the same but for blanks at the ends are left out and counted: they tell
    nothing. Raises CorpusError for an id that is not there or there twice, a function paired with
    itself, and a pair that stands twice.
    """
    known: dict[str, CloneFunction] = {}
    for function in functions:
        if known.setdefault(function.id, function) != function:
            raise CorpusError(
                f"id {function.id!r} of {source} stands for two functions: give each its own"
            )
    seen: dict[frozenset[str], str] = {}
    kept = []
    same = 0
    for place, pair in pairs:
        for id in (pair.first, pair.second):
            if id not in known:
                raise CorpusError(f"{place}: no function has the id {id!r}: give its code")
        both = frozenset((pair.first, pair.second))
        if len(both) == 1:
            raise CorpusError(f"{place}: {pair.first!r} is paired with itself: leave it out")
        if both in seen:
            raise CorpusError(f"{place}: the same two functions as {seen[both]}: leave one out")
        seen[both] = place
        if known[pair.first].code.strip() == known[pair.second].code.strip():
            same += 1
        else:
            kept.append(pair)
    if not kept:
        raise CorpusError(f"{source} has no pair of two different texts: give some")
    whole = ClonePairs(tuple(known.values()), (), source, {"the same text": same} if same else {})
    return whole._with(kept)


def _balanced(pairs: Sequence[ClonePair], *, seed: int) -> list[ClonePair]:
    """As many of each label in each split; the order stays."""
    chosen: set[int] = set()
    for split in SPLITS:
        places = [
            [n for n, pair in enumerate(pairs) if (pair.split, pair.clone) == (split, label)]
            for label in (False, True)
        ]
        least = min(map(len, places))
        for label, own in enumerate(places):
            drawn = generator(seed, "balanced pairs", split, label).permutation(len(own))[:least]
            chosen |= {own[number] for number in drawn}
    return [pair for n, pair in enumerate(pairs) if n in chosen]


class _Joined:
    """Things in sets that only grow together."""

    def __init__(self) -> None:
        self.parent: dict[str, str] = {}

    def root(self, name: str) -> str:
        path = []
        while (above := self.parent.setdefault(name, name)) != name:
            path.append(name)
            name = above
        for passed in path:
            self.parent[passed] = name
        return name

    def join(self, one: str, other: str) -> None:
        self.parent[self.root(other)] = self.root(one)
