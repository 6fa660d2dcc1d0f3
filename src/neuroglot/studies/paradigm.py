"""What a shared paradigm does: the same programs in two styles, for question O-2.

Takes a model and programs in both styles; asks whether object-oriented Java aligns better with C#
than procedural Java does, and whether examples in a style make the model write a class. Adds the
claim to a run.
"""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.alignment import bags, directions
from neuroglot.analyses.claims import claim_rule, over_scopes
from neuroglot.analyses.paradigm import Styles, shared_paradigm, written_classes
from neuroglot.analyses.placement import in_the_middle
from neuroglot.base.seeds import generator
from neuroglot.lm.model import LM
from neuroglot.measure.completions import completions
from neuroglot.measure.pooling import WEIGHTED, pooled_states
from neuroglot.programs.corpus import FREE, STYLED
from neuroglot.programs.facts import OBJECT_ORIENTED, PROCEDURAL
from neuroglot.runs.writing import RunWriter
from neuroglot.studies.claim_tables import replace_claims
from neuroglot.studies.parameters import AlignmentParameters
from neuroglot.studies.watching import Watcher
from neuroglot.text.parallel import ParallelCorpus, ParallelItem
from neuroglot.text.prompts import label

STEP = "paradigm"
CLAIMS = ("O-2",)
BRACKETS = "(){}[]"
TASKS = {"quick": 24, "full": 100}
"""Programs whose beginnings are asked for, in each of the free languages."""

FIRST_TOKENS = 32
"""Tokens written: a class stands at the beginning of a program, or not at all."""

CLASS = re.compile(r"^\s*(?:export\s+|final\s+)?class\s", re.MULTILINE)


def write_paradigm(
    writer: RunWriter,
    lm: LM,
    corpus: ParallelCorpus,
    parameters: AlignmentParameters,
    watch: Watcher,
) -> None:
    """All of the step: rows of `claims` and `claim_parts`."""
    some = corpus.sample(parameters.n_items, seed=parameters.seed)
    found = styles(lm, some, parameters, watch)
    claims, parts = shared_paradigm(
        found,
        permutations=parameters.permutations,
        resamples=parameters.resamples,
        seed=parameters.seed,
    )
    watch(STEP, 0, 1, "tasks", "writing")
    more, more_parts = written_classes(
        *classes(lm, corpus, parameters),
        permutations=parameters.permutations,
        resamples=parameters.resamples,
        seed=parameters.seed,
    )
    both = [*claims, *more]
    whole = over_scopes(
        claim_rule("O-2"), both, n=max(row["n"] for row in both), all_hold="both of them"
    )
    claims, parts = [whole, *both], [*parts, *more_parts]
    watch(STEP, 1, 1, "tasks", "writing")
    for note in corpus.notes:
        writer.note(note)
    replace_claims(writer, CLAIMS, claims, parts)


def styles(
    lm: LM, corpus: ParallelCorpus, parameters: AlignmentParameters, watch: Watcher
) -> Styles:
    """Cosines at the middle levels, and of counted tokens."""
    texts = [[item[column] for item in corpus.items] for column in STYLED]
    flat = [text for own in texts for text in own]
    states = pooled_states(
        lm,
        flat,
        batch_tokens=parameters.batch_tokens,
        on_progress=lambda done, total: watch(STEP, done, total, "texts", ""),
    )
    middle = np.flatnonzero(in_the_middle(states.levels, lm.n_layers))
    shape = len(STYLED), len(corpus.items), len(states.levels), -1
    vectors = states.vectors[WEIGHTED].reshape(shape)
    levels = [vectors[:, :, level] for level in middle]
    ids = [[lm.tokenizer.encode(text).ids for text in own] for own in texts]
    counted = directions(bags(ids))
    algorithms = {name: number for number, name in enumerate(corpus.problems)}
    procedural, oriented = (
        np.stack([_cosines(level, java) for level in levels]) for java in (0, 1)
    )
    return Styles(
        layers=lm.n_layers,
        algorithm=np.array([algorithms[item.problem] for item in corpus.items]),
        oriented=oriented,
        procedural=procedural,
        bag_oriented=counted[1] @ counted[2].T,
        bag_procedural=counted[0] @ counted[2].T,
        sizes={
            "tokens": _means([[len(text) for text in own] for own in ids]),
            "brackets": _means([[sum(map(text.count, BRACKETS)) for text in t] for t in texts]),
        },
    )


def classes(
    lm: LM, corpus: ParallelCorpus, parameters: AlignmentParameters
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.int64]]:
    """Whether the model writes a class, bool [task], after examples in either style.

    A task is a program in a language that leaves the choice; the same two programs of other
    algorithms are shown in both styles. int64 [task]: the algorithm.
    """
    rng = generator(parameters.seed, "tasks of paradigm")
    items = [corpus.items[place] for place in rng.permutation(len(corpus.items))]
    tasks = [(item, language) for item in items[: TASKS[parameters.profile]] for language in FREE]
    shown = {item.id: _shown(item, items) for item, _ in tasks}
    written = {}
    for style in (OBJECT_ORIENTED, PROCEDURAL):
        prompts = [_asked(item, shown[item.id], f"{own} {style}") for item, own in tasks]
        made = completions(
            lm, prompts, max_new_tokens=FIRST_TOKENS, batch_tokens=parameters.batch_tokens
        )
        written[style] = np.array([CLASS.search(each.text) is not None for each in made])
    algorithms = {name: number for number, name in enumerate(corpus.problems)}
    return (
        written[OBJECT_ORIENTED],
        written[PROCEDURAL],
        np.array([algorithms[item.problem] for item, _ in tasks]),
    )


def _shown(item: ParallelItem, items: Sequence[ParallelItem]) -> list[ParallelItem]:
    """The shortest programs of two other algorithms, so that prompts are short."""
    others = sorted(
        (other for other in items if other.problem != item.problem),
        key=lambda other: (sum(map(len, other.texts.values())), other.id),
    )
    first = others[0]
    second = next(other for other in others if other.problem != first.problem)
    return [first, second]


def _asked(item: ParallelItem, shown: Sequence[ParallelItem], column: str) -> str:
    """Two tasks with their programs, and a third that is to be written."""
    name = label(column.split(maxsplit=1)[0])
    examples = [f"Task: {one.english}\n{name}:\n{one[column].strip()}\n\n" for one in shown]
    return f"{''.join(examples)}Task: {item.english}\n{name}:"


def _cosines(level: NDArray[np.floating], java: int) -> NDArray[np.float64]:
    """Of one of the Java columns with C#: [program, program]."""
    unit = directions(level)
    found: NDArray[np.float64] = unit[java] @ unit[2].T
    return found


def _means(sizes: Sequence[Sequence[int]]) -> tuple[float, float]:
    """Mean of the object-oriented Java texts, and of the procedural ones."""
    return float(np.mean(sizes[1])), float(np.mean(sizes[0]))
