"""Which tokens of parallel items a probe is asked about, and what the right answers are.

Takes parallel items and a tokenizer; gives samples of tokens with their classes. They are drawn
evenly over languages and tasks, so that no language is guessed by being common and no task decides
alone. A task is an item's `problem`. Knows no model.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neuroglot.base.errors import CorpusError
from neuroglot.base.languages import display_name
from neuroglot.base.seeds import generator
from neuroglot.base.tokenizer import Tokenizer
from neuroglot.text.parallel import ParallelCorpus
from neuroglot.text.parsing import PARSED
from neuroglot.text.syntax_labels import syntax_labels

Ints = NDArray[np.int64]

AST, PARENT, LANGUAGE = "ast", "parent", "language"
TARGETS = (AST, PARENT, LANGUAGE)
"""The kind of a token's node, the kind of the node around it, and the language of an identifier."""

LEAST_ROWS = 30
"""Tokens of a class that is asked about: in a part of the tasks, fewer teach and show nothing."""
SHARED_BY = 5
"""Languages in which a token must be an identifier for its language to be asked."""


@dataclass(frozen=True, eq=False)
class Sample:
    """tokens: int64 [row], numbers of PlacedTokens; classes: int64 [row], into names."""

    tokens: Ints
    classes: Ints
    names: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class PlacedTokens:
    """The tokens of all texts that stand in a syntax tree; int64 [token] where nothing is said.

    languages: those with a grammar. tasks, kinds: names. texts: all of them, language by language.
    text: into `texts`; place: in its text, from 0; id: the tokenizer's; language, task, kind (of
    the token's node), parent (of the node around): into the names. identifier: bool. notes: for the
    user.
    """

    languages: tuple[str, ...]
    tasks: tuple[str, ...]
    kinds: tuple[str, ...]
    texts: tuple[str, ...]
    text: Ints
    place: Ints
    id: Ints
    language: Ints
    task: Ints
    kind: Ints
    parent: Ints
    identifier: NDArray[np.bool_]
    notes: tuple[str, ...]


def placed_tokens(corpus: ParallelCorpus, tokenizer: Tokenizer) -> PlacedTokens:
    """Every token of the corpus that counts and has a kind; languages without grammar are left out.

    Raises CorpusError for fewer than two languages with one.
    """
    languages = tuple(each for each in corpus.languages if each in PARSED)
    if len(languages) < 2:
        raise CorpusError(
            f"{corpus.source} has {len(languages)} languages with a grammar: give two or more of "
            f"{', '.join(PARSED)}"
        )
    tasks = corpus.problems
    number = {task: at for at, task in enumerate(tasks)}
    special = sorted(tokenizer.special_ids)
    kinds: dict[str, int] = {}
    texts: list[str] = []
    found: list[Ints] = []
    for at, language in enumerate(languages):
        for item in corpus.items:
            ids, offsets = tokenizer.encode(item[language])
            labels = syntax_labels(item[language], language, offsets)
            kind, parent = (
                np.array([kinds.setdefault(each, len(kinds)) for each in words], dtype=np.int64)
                for words in (labels.kinds, labels.parents)
            )
            placed = np.array([each != "" for each in labels.kinds], dtype=np.bool_)
            place = np.flatnonzero(placed & ~np.isin(ids, special))
            own = np.tile([len(texts), at, number[item.problem]], (len(place), 1))
            each = np.stack([ids, labels.identifiers, kind, parent], axis=1)[place]
            found.append(np.column_stack([own, place, each]).astype(np.int64))
            texts.append(item[language])
    text, of_language, task, place, id, identifier, kind, parent = np.concatenate(found).T
    gone = [display_name(each) for each in corpus.languages if each not in languages]
    return PlacedTokens(
        languages=languages,
        tasks=tasks,
        kinds=tuple(kinds),
        texts=tuple(texts),
        text=text,
        place=place,
        id=id,
        language=of_language,
        task=task,
        kind=kind,
        parent=parent,
        identifier=identifier.astype(np.bool_),
        notes=(f"no grammar for {', '.join(gone)}: left out of the probes",) if gone else (),
    )


def samples(
    tokens: PlacedTokens, most: int, *, seed: int
) -> tuple[Mapping[str, Sample], tuple[str, ...]]:
    """A sample for each of TARGETS, and notes. most: tokens of syntax, and of identifiers.

    Kinds, of nodes and of those around, are of the same tokens. Raises CorpusError where fewer than
    two classes have LEAST_ROWS tokens.
    """
    shared, sharing = _shared(tokens)
    everything = np.arange(len(tokens.id))
    syntax = _drawn(tokens, everything, most, seed=seed, purpose="syntax")
    names = _drawn(tokens, np.flatnonzero(shared), most, seed=seed, purpose="identifiers")
    kinds, languages = np.array(tokens.kinds), np.array(tokens.languages)
    found: dict[str, Sample] = {}
    notes = [sharing]
    for target, rows, words in (
        (AST, syntax, kinds[tokens.kind[syntax]]),
        (PARENT, syntax, kinds[tokens.parent[syntax]]),
        (LANGUAGE, names, languages[tokens.language[names]]),
    ):
        found[target], rare = _sample(target, rows, words)
        if rare:
            notes.append(f"{target}: {rare} classes with fewer than {LEAST_ROWS} tokens left out")
    return found, tuple(notes)


def _sample(target: str, rows: Ints, words: NDArray[np.str_]) -> tuple[Sample, int]:
    """The rows whose word is common enough, and how many words are not."""
    names, own, counts = np.unique(words, return_inverse=True, return_counts=True)
    common = (counts >= LEAST_ROWS) & (names != "")
    if common.sum() < 2:
        raise CorpusError(
            f"{len(rows)} tokens hold {int(common.sum())} classes of {target!r} with {LEAST_ROWS} "
            "tokens or more, a probe needs two: give more items, or draw more tokens"
        )
    kept = common[own]
    classes = (np.cumsum(common) - 1)[own[kept]]
    rare = int((~common & (names != "")).sum())
    return Sample(rows[kept], classes.astype(np.int64), tuple(names[common].tolist())), rare


def _shared(tokens: PlacedTokens) -> tuple[NDArray[np.bool_], str]:
    """Which tokens are identifiers in enough languages, bool [token], and how many that is."""
    least = min(SHARED_BY, len(tokens.languages))
    pairs = np.stack([tokens.id, tokens.language], axis=1)[tokens.identifier]
    ids, counts = np.unique(np.unique(pairs, axis=0)[:, 0], return_counts=True)
    shared = tokens.identifier & np.isin(tokens.id, ids[counts >= least])
    return shared, f"language: of tokens that are identifiers in at least {least} languages"


def _drawn(tokens: PlacedTokens, among: Ints, most: int, *, seed: int, purpose: str) -> Ints:
    """At most so many, each language and task in turn, in the order of the tokens: int64 [row]."""
    mixed = among[generator(seed, "probed tokens", purpose).permutation(len(among))]
    cell = tokens.language[mixed] * len(tokens.tasks) + tokens.task[mixed]
    return np.sort(mixed[np.argsort(_turns(cell), kind="stable")[:most]])


def _turns(cells: Ints) -> Ints:
    """How often each entry's cell came before it: int64 [entry]."""
    order = np.argsort(cells, kind="stable")
    ordered = cells[order]
    turns = np.empty(len(cells), dtype=np.int64)
    turns[order] = np.arange(len(cells)) - np.searchsorted(ordered, ordered)
    return turns
