"""What a model is trained on, chosen by, and read on: texts of task families that are kept apart.

Takes the languages of a run, the half that its units of a task family were scored on, and a seed;
gives prompts. Of the half of the families that chose the units, programs of three in four are
trained on and those of the fourth choose the rate; the other half is read in every language.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from neuroglot.base.errors import ConfigError
from neuroglot.programs.catalogue import ALGORITHMS, FAMILIES
from neuroglot.programs.entries import entry_prompt
from neuroglot.programs.facts import PROCEDURAL
from neuroglot.programs.generation import Drawn, draw_programs, rows
from neuroglot.programs.writing import STYLES
from neuroglot.studies.pls_sets import HALVES
from neuroglot.studies.sampled_sets import asked
from neuroglot.studies.sampling import Asked
from neuroglot.studies.task_suites import Suite
from neuroglot.text.instructions import read_instructions
from neuroglot.text.prompts import Prompt
from neuroglot.text.sampling import dealt

READ = 1
"""The half of the task families that is read; units are chosen and trained on the other."""
MOST_TRAINED = 400
DEV = 16
DEALT = 4
"""One in so many families that are not read chooses the rate."""
READ_SEED, TRAINED_SEED = 3_000, 4_000
"""Far from those of the reference model's training and of evaluations."""


@dataclass(frozen=True)
class Item:
    """A text that is read on the way: its answer is scored."""

    id: str
    language: str
    family: str
    prompt: Prompt


def halves_of_families(scored: Mapping[str, int]) -> dict[str, int]:
    """The half of every task family: the one it was scored in, others are dealt by their names."""
    unknown = [name for name in FAMILIES if name not in scored]
    known = {name: half for name, half in scored.items() if name in FAMILIES}
    return {**dealt(unknown, into=HALVES), **known}


def read_items(
    languages: Sequence[str], scored: Mapping[str, int], *, each: int, seed: int
) -> tuple[Item, ...]:
    """Programs of the half that is read, so many of each family, in every language.

    Raises ConfigError for languages in which no programs are written.
    """
    written = [label for label in languages if label in STYLES]
    if len(written) < 2:
        raise ConfigError(
            f"programs are written in {len(written)} of the run's languages: what others forget is "
            f"read in at least one other; known are {', '.join(STYLES)}"
        )
    halves = halves_of_families(scored)
    families = [name for name in FAMILIES if halves[name] == READ]
    taken: dict[str, list[Drawn]] = {name: [] for name in families}
    for drawn in _drawn(families, count=3 * each * len(families), seed=READ_SEED + seed):
        own = taken[drawn.algorithm.family]
        if len(own) < each:
            own.append(drawn)
    pairs = [(label, PROCEDURAL) for label in written]
    return tuple(
        Item(row.id, row.language, row.family, entry_prompt(row))
        for own in taken.values()
        for drawn in own
        for row in rows(drawn, pairs)
    )


def read_tasks(
    known: Suite, word: str, languages: Sequence[str], scored: Mapping[str, int]
) -> list[Asked]:
    """The tasks of a suite in the half that is read: none chose units or was trained on.

    word: the suite's. scored: the half of each task or family that units were scored on. Raises
    ConfigError where no task is in these languages.
    """
    halves = {**halves_of_families(scored), **scored}
    found = asked(known, suite=word, languages=languages, scored=halves)
    return [task for task in found if task.half == READ]


def trained_texts(
    target: str, scored: Mapping[str, int], *, count: int, data: str | None, seed: int
) -> tuple[tuple[Prompt, ...], tuple[Prompt, ...]]:
    """What is trained on in a language, and what chooses the rate.

    data: a file of instructions, of which the last tenth chooses (at most DEV, at least one).
    Raises what `read_instructions` raises, and ConfigError for a language without programs.
    """
    if data is not None:
        pairs = read_instructions(data, language=target)
        kept = max(1, min(DEV, len(pairs) // 10))
        return tuple(pairs[:-kept] or pairs), tuple(pairs[-kept:])
    if target not in STYLES:
        raise ConfigError(
            f"no programs are written in {target}: give pairs of your own with --data"
        )

    def prompts(families: Sequence[str], wanted: int) -> tuple[Prompt, ...]:
        drawn = _drawn(families, count=2 * wanted, seed=TRAINED_SEED + seed)[:wanted]
        return tuple(
            entry_prompt(row) for one in drawn for row in rows(one, [(target, PROCEDURAL)])
        )

    trained, choosing = trained_families(scored)
    return prompts(trained, min(count, MOST_TRAINED)), prompts(choosing, DEV)


def trained_families(scored: Mapping[str, int]) -> tuple[list[str], list[str]]:
    """Families that are trained on, and those that choose the rate: no family is both, or read."""
    halves = halves_of_families(scored)
    known = [name for name in FAMILIES if halves[name] != READ]
    parts = dealt(known, into=DEALT)
    trained = [name for name in known if parts[name]]
    return trained or known, [name for name in known if name not in trained] or known


def _drawn(families: Sequence[str], *, count: int, seed: int) -> list[Drawn]:
    """Programs of one function, of these families in turn."""
    names = [each.name for each in ALGORITHMS if each.family in set(families)]
    drawn = draw_programs(count, algorithms=names, seed=seed)
    return [each for each in drawn if len(each.program.functions) == 1]
