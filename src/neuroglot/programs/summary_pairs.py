"""Generated functions with their summaries: what the word `programs` stands for in a transfer.

Gives SummaryPairs whose dev and test part have families of algorithms of their own. A program is in
one language and one part alone, told by its digest; only programs of one function are taken.
"""

from collections.abc import Collection, Sequence
from itertools import islice

from neuroglot.base.errors import ConfigError
from neuroglot.base.seeds import generator
from neuroglot.programs.catalogue import ALGORITHMS, FAMILIES
from neuroglot.programs.corpus import NAME, NOTE, SEED
from neuroglot.programs.facts import PROCEDURAL
from neuroglot.programs.generation import Text, draw_texts
from neuroglot.programs.normalisation import digest
from neuroglot.programs.writing import STYLES, writer
from neuroglot.text.summary_pairs import SummaryPair, SummaryPairs

DRAWN_FROM = SEED + 300
"""Far from the seeds of trainings, evaluations and clones."""
SHARES = {"test": 0.4, "dev": 0.15}
"""Of the families; the others are trained on."""


def program_summaries(
    *,
    target: str,
    sources: Sequence[str],
    most: int,
    first: int,
    dev: int,
    test: int,
    seed: int = 0,
) -> SummaryPairs:
    """At most so many pairs of each part. most: of the target's training; first: of the first
    stage, the source languages in turn.

    seed: which families are in which part. Raises ConfigError for a language in which no programs
    are written, and for a target among the sources.
    """
    unknown = [each for each in (target, *sources) if each not in STYLES]
    if unknown or not sources:
        raise ConfigError(
            f"no programs are generated in {', '.join(unknown) or 'no language'}: known are "
            f"{', '.join(STYLES)}"
        )
    if target in sources:
        raise ConfigError(f"{target} is target and source: nothing could be transferred")
    families = families_of(seed)
    trained = _functions(families["train"], most + first)
    # The target takes what it needs first: a smaller first stage is the smaller loss.
    own, others = trained[:most], trained[most:]
    notes = [NOTE]
    if len(trained) < most + first:
        notes.append(
            f"{len(own):,} programs for the target and {len(others):,} for the first stage"
        )
    return SummaryPairs(
        sources=tuple(
            _pair(each, sources[number % len(sources)]) for number, each in enumerate(others)
        ),
        target=tuple(_pair(each, target) for each in own),
        dev=tuple(_pair(each, target) for each in _functions(families["dev"], dev)),
        test=tuple(_pair(each, target) for each in _functions(families["test"], test)),
        source=NAME,
        notes=tuple(notes),
    )


def families_of(seed: int) -> dict[str, tuple[str, ...]]:
    """Which families of algorithms are in which part."""
    order = generator(seed, "families of summaries").permutation(len(FAMILIES))
    names = [FAMILIES[place] for place in order]
    n_test, n_dev = (round(share * len(names)) for share in SHARES.values())
    return {
        "test": tuple(names[:n_test]),
        "dev": tuple(names[n_test : n_test + n_dev]),
        "train": tuple(names[n_test + n_dev :]),
    }


def _functions(families: Collection[str], count: int) -> list[Text]:
    """So many programs of one function, no two the same but for names, as far as there are."""
    names = [each.name for each in ALGORITHMS if each.family in families]
    drawn = draw_texts(algorithms=names, seed=DRAWN_FROM)
    return list(islice((each for each in drawn if len(each.program.functions) == 1), count))


def _pair(drawn: Text, language: str) -> SummaryPair:
    code = writer(language, PROCEDURAL).code(drawn.program, style=PROCEDURAL, documented=False)
    family = drawn.algorithm.family
    return SummaryPair(language, code, drawn.description, family, digest(drawn.program))
