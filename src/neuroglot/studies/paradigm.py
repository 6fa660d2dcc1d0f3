"""Does a shared paradigm make languages align? The same programs in two styles, for question O-2.

Takes a model and programs in Java (both styles) and C# (object-oriented); adds the claim to a run.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.alignment import bags, directions
from neuroglot.analyses.paradigm import Styles, shared_paradigm
from neuroglot.lm.model import LM
from neuroglot.measure.pooling import WEIGHTED, pooled_states
from neuroglot.programs.corpus import STYLED
from neuroglot.runs.writing import RunWriter
from neuroglot.studies.claim_tables import replace_claims
from neuroglot.studies.parameters import AlignmentParameters
from neuroglot.studies.watching import Watcher
from neuroglot.text.parallel import ParallelCorpus

STEP = "paradigm"
CLAIMS = ("O-2",)
BRACKETS = "(){}[]"


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
    depth = (np.array(states.levels) + 0.5) / lm.n_layers
    middle = np.flatnonzero((depth >= 0.25) & (depth <= 0.75))
    vectors = states.vectors[WEIGHTED].reshape(len(STYLED), len(corpus.items), len(depth), -1)
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


def _cosines(level: NDArray[np.floating], java: int) -> NDArray[np.float64]:
    """Of one of the Java columns with C#: [program, program]."""
    unit = directions(level)
    found: NDArray[np.float64] = unit[java] @ unit[2].T
    return found


def _means(sizes: Sequence[Sequence[int]]) -> tuple[float, float]:
    """Mean of the object-oriented Java texts, and of the procedural ones."""
    return float(np.mean(sizes[1])), float(np.mean(sizes[0]))
