"""Which PLS units are removed when code is written, and which tasks are asked without them.

Takes a run of the study `neuron-guided` and a suite; gives variants for both halves of the tasks,
and the tasks with their halves: a set is asked no task that chose it. A language whose set is empty
in a half is not asked there. Runs no model.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

from neuroglot.analyses.verdicts import plural
from neuroglot.base.errors import ConfigError, RunError
from neuroglot.lm.model import LM
from neuroglot.measure.variants import Operation, Variant
from neuroglot.runs.directory import Run
from neuroglot.sandbox.probing import require_box
from neuroglot.studies.pls_sets import HALVES, HalfSets, half_of, own_units
from neuroglot.studies.sampling import Asked, Settings, fitting
from neuroglot.studies.task_suites import Suite, opening, suite, suite_word, whole_of
from neuroglot.studies.unit_ablation import TASKS, half_sets
from neuroglot.text.sampling import dealt

FIXED: tuple[Operation, ...] = ("mean", "zero")
"""Operations whose values are known before a text is read."""


def run_variants(run: Run, *, operation: str, draws: int) -> list[Variant]:
    """`own_variants` of a run, under one operation, with so many matched sets of each language.

    Raises ConfigError for another operation and for no draws, RunError for a run of another study
    and for one without a unit to remove.
    """
    chosen = next((each for each in FIXED if each == operation), None)
    if chosen is None:
        raise ConfigError(f"unknown operation {operation!r}: known are {', '.join(FIXED)}")
    if draws < 1:
        raise ConfigError(f"draws is {draws}: give at least 1")
    sets = [
        half_sets(run, fold=fold, draws=draws, seed=run.manifest.seed) for fold in range(HALVES)
    ]
    found = own_variants(sets, operations=[chosen], draws=draws)
    if not found:
        raise RunError(f"no language of {run.path} has a unit that is real: none can be removed")
    return found


def own_variants(
    sets: Iterable[HalfSets], *, operations: Sequence[Operation], draws: int
) -> list[Variant]:
    """Each language's real units, on each half those that the other half chose, beside so many
    matched sets. What is empty is left out.
    """
    return [
        variant
        for half in sets
        for label in half.pls.labels
        if len(half.own[label])
        for operation in operations
        for variant in own_units(half, label, operation)
        if variant.draw < draws
    ]


def scored_halves(run: Run) -> dict[str, int]:
    """The half of each task or family that a run's units were scored on, by its name.

    Raises RunError for a run that does not say.
    """
    if not run.has(TASKS):
        raise RunError(
            f"{run.path} does not say which tasks its units were scored on (table {TASKS}): give a "
            "run of the study neuron-guided"
        )
    return {row["task"]: half_of(row["bucket"]) for row in run.table(TASKS).to_pylist()}


def asked(
    tasks: Suite, *, suite: str, languages: Collection[str], scored: Mapping[str, int]
) -> list[Asked]:
    """The tasks of a suite that are in these languages, each in its half.

    scored: half of each task or family that units were scored on, by the name that `whole_of`
    gives; others are dealt to halves by their names. Raises ConfigError where the suite has no task
    in any of the languages.
    """
    names = {whole_of(id).name for id in tasks}
    halves = {**dealt(names - scored.keys(), into=HALVES), **scored}
    found = [
        Asked(id, suite, task.language, opening(task), halves[whole_of(id).name])
        for id, task in tasks.items()
        if task.language in languages
    ]
    if not found:
        there = ", ".join(sorted({task.language for task in tasks.values()}))
        raise ConfigError(
            f"no task of {suite} is in {', '.join(languages)}: it has tasks in {there}"
        )
    return found


def tasks_of(tasks: str, languages: Collection[str], *, scored: Mapping[str, int]) -> list[Asked]:
    """`asked` of the suite of that name. Raises what `suite` and `asked` raise."""
    return asked(suite(tasks), suite=suite_word(tasks), languages=languages, scored=scored)


def refuse_unaskable(lm: LM, tasks: str, languages: Collection[str]) -> None:
    """Refuse tasks that cannot be asked of a model, or whose programs cannot be run.

    Raises SandboxError, and what `tasks_of` and `fitting` raise.
    """
    require_box()
    fitting(lm, tasks_of(tasks, languages, scored={}), Settings())


def run_tasks(run: Run, tasks: str, *, languages: Sequence[str] | None = None) -> list[Asked]:
    """The tasks of a suite in a run's languages, or in some of them.

    Raises ConfigError for a language that the run has not, and what `suite`, `scored_halves` and
    `asked` raise.
    """
    known = run.manifest.data["languages"]
    strange = [label for label in languages or () if label not in known]
    if strange:
        raise ConfigError(
            f"{run.path} has no units of {', '.join(strange)}: its languages are {', '.join(known)}"
        )
    return tasks_of(tasks, languages or known, scored=scored_halves(run))


def strangers_note(tasks: Iterable[Asked], scored: Mapping[str, int]) -> list[str]:
    """A sentence for the user where units were not scored on these very tasks; none where they
    were.
    """
    wholes = {whole_of(task.id) for task in tasks}
    strange = [each for each in wholes if each.name not in scored]
    if not strange:
        return []
    return [
        f"{plural(strange[0].unit, len(strange))} of {len(wholes)}: units were not scored on these "
        "by name; they are dealt to the halves, and may be like others that chose the units"
    ]
