"""Generated clones and as many hard negatives, in a validation part and a test part.

What the word `programs` stands for where clone pairs are asked for. The parts have other families
of algorithms, and so other problems, and other seeds. A problem is a family. Beside each clone
stands a pair of the same first function that gives other results and shares as many tokens.
"""

from collections.abc import Sequence

from neuroglot.base.errors import ConfigError
from neuroglot.base.seeds import generator
from neuroglot.programs.catalogue import ALGORITHMS, FAMILIES
from neuroglot.programs.clones import clones
from neuroglot.programs.corpus import NAME, NOTE, SEED
from neuroglot.programs.generation import draw_programs
from neuroglot.programs.writing import STYLES
from neuroglot.text.clone_pairs import (
    TEST,
    VALIDATION,
    VALIDATION_SHARE,
    CloneFunction,
    ClonePair,
    ClonePairs,
    paired,
)

PROGRAMS = 240
"""How many programs there are pairs of, a third for validation; some seven pairs of each."""
SEEDS = {VALIDATION: SEED + 100, TEST: SEED + 200}
"""Far from those of trainings, evaluations and parallel items, and from each other."""


def program_clones(
    languages: Sequence[str] | None = None, *, count: int = PROGRAMS, seed: int = 0
) -> ClonePairs:
    """Pairs of types 1 to 4 of so many programs in these languages; None takes all.

    seed: which families are in which part, and which pairs are drawn. Raises ConfigError for a
    language in which no programs are written, and for fewer than 6 programs.
    """
    if count < 6:
        raise ConfigError(f"count is {count}: give 6 programs or more, for validation and for test")
    written = [each for each in STYLES if languages is None or each in languages]
    unknown = [each for each in languages or () if each not in STYLES]
    if unknown:
        raise ConfigError(
            f"no programs are generated in {', '.join(unknown)}: known are {', '.join(STYLES)}"
        )
    functions: list[CloneFunction] = []
    pairs: list[tuple[str, ClonePair]] = []
    shares = {VALIDATION: round(count * VALIDATION_SHARE)}
    shares[TEST] = count - shares[VALIDATION]
    for split, families in families_of(seed).items():
        drawn = list(
            draw_programs(
                shares[split],
                algorithms=[each.name for each in ALGORITHMS if each.family in families],
                seed=SEEDS[split] + seed,
            )
        )
        family = {each.name: each.algorithm.family for each in drawn}
        made = clones(drawn, languages=written, seed=seed)
        functions += [
            CloneFunction(row["id"], row["language"], row["code"], family[row["id"].split(".")[0]])
            for row in made.functions
        ]
        pairs += [
            (
                f"pair {number} of {split}",
                ClonePair(
                    str(row["id1"]), str(row["id2"]), bool(row["label"]), str(row["type"]), split
                ),
            )
            for number, row in enumerate(made.pairs)
        ]
    found = paired(functions, pairs, source=NAME)
    return ClonePairs(found.functions, found.pairs, NAME, found.skipped, (NOTE,))


def families_of(seed: int) -> dict[str, tuple[str, ...]]:
    """Which families of algorithms are in which part."""
    order = generator(seed, "families of clones").permutation(len(FAMILIES))
    first = round(len(FAMILIES) * VALIDATION_SHARE)
    names = [FAMILIES[place] for place in order]
    return {VALIDATION: tuple(names[:first]), TEST: tuple(names[first:])}
