"""Which tasks are passed with a set of units edited, beside the clean model and random sets.

Takes scored samples, gives rows of the table `pass_at_k`, McNemar's test of each language's own set
against its matched draws, and what pass@1 says of claim B-2. The two halves of a suite, each
evaluated with units chosen on the other, are one. What could not be judged (a toolchain that is
missing, a box that failed) is no wrong answer: it is left out, and the gates say so. Runs nothing.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import nan
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from neuroglot.analyses.claims import Row
from neuroglot.analyses.damage import CLEAN
from neuroglot.analyses.pass_rates import pass_at
from neuroglot.analyses.uncertainty import holm, percentile_interval
from neuroglot.analyses.verdicts import Part, missing, variant
from neuroglot.base.errors import CorpusError
from neuroglot.base.seeds import generator

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Tries = Mapping[str, Sequence[bool]]
"""Task -> whether each of its samples passed, in the order of the samples."""

UNJUDGED = frozenset(("unscored", "no_toolchain", "toolchain_too_old", "sandbox_error"))
"""What became of samples that say nothing of the model."""
PASSED = "passed"
PUBLISHED_K = 3
PASSES = "pass@1 agrees in sign"
LEAST_BASE, LEAST_TASKS = 0.20, 150
OWN, MATCHED = "neurons", "matched"


class Whole(NamedTuple):
    """What is resampled as one: a task, or a family of algorithms, and its name."""

    unit: str
    name: str


@dataclass(frozen=True)
class Cell:
    """What was done to the model, and the language that it wrote."""

    suite: str
    selection: str
    ablated: str
    evaluated: str
    operation: str
    arm: str
    draw: int
    dose: float


@dataclass(frozen=True)
class PassAgreement:
    """What pass@1 of a suite says beside the surprise (claim B-2).

    value: mean over labels of the own set's change less its matched sets' mean change, in points,
    negative where the own set costs more; low, high: its 95% interval. labels: those that meet the
    gates; left_out: why the others do not. n: how many units were resampled.
    """

    suite: str
    value: float
    low: float
    high: float
    replicates: Floats = field(repr=False)
    labels: tuple[str, ...]
    left_out: Mapping[str, str]
    n: int

    def part(self) -> Part:
        """The variant of B-2: points that the own set costs beyond its matched sets.

        It passes where they are more than none: B-2 holds only for a selectivity above 0. Not
        recorded where no language meets the gates.
        """
        name = f"{PASSES}, {self.suite}"
        if not self.labels:
            return missing("variant", name, f"gate: {'; '.join(self.left_out.values())}")
        return variant(name, value=-self.value, replicates=-self.replicates, keeps_sign=True)


@dataclass(frozen=True, eq=False)
class Passing:
    """Samples by cell, ready to be asked; `passing` makes one.

    tries: in the order of the file; a cell of which nothing could be judged has no task. whole:
    task -> what it is resampled with.
    """

    tries: Mapping[Cell, Tries]
    whole: Mapping[str, Whole]
    resamples: int
    seed: int

    def rows(self) -> list[Row]:
        """Rows of `pass_at_k`: low and high are of `value` for the clean model, of `change_points`
        for every other; p of an own set is McNemar's, corrected over languages.
        """
        p_values = self._p_values()
        return [
            {**row, **p_values.get(cell, {})} if row["k"] == 1 else row
            for cell in self.tries
            for row in self._rows_of(cell)
        ]

    def own_cells(
        self, suite: str, selection: str, operation: str, dose: float = 1.0
    ) -> list[Cell]:
        """The cells of the own sets on their own languages."""
        wanted = (suite, selection, operation, OWN, dose)
        return [
            cell
            for cell in self.tries
            if cell.ablated == cell.evaluated
            and (cell.suite, cell.selection, cell.operation, cell.arm, cell.dose) == wanted
        ]

    def agreement(self, suite: str, selection: str, operation: str) -> PassAgreement:
        """What pass@1 says under one operation. A language below a gate is left out and named."""
        own_cell = {cell.evaluated: cell for cell in self.own_cells(suite, selection, operation)}
        labels: list[str] = []
        left_out: dict[str, str] = {}
        values, drawn, n = [], [], 0
        for label in dict.fromkeys(cell.evaluated for cell in self.tries if cell.suite == suite):
            shut = self._gate(own_cell[label]) if label in own_cell else f"{label} has no own set"
            if shut:
                left_out[label] = shut
                continue
            tasks, own, others = self._beside(own_cell[label])
            change, replicates = self._mean(own_cell[label], tasks, own - others.mean(axis=1))
            labels.append(label)
            values.append(100 * change)
            drawn.append(100 * replicates)
            n += len({self.whole[task] for task in tasks})
        again = np.mean(drawn, axis=0) if drawn else np.full(self.resamples, nan)
        low, high = percentile_interval(again) if drawn else (nan, nan)
        return PassAgreement(
            suite=suite,
            value=float(np.mean(values)) if values else nan,
            low=low,
            high=high,
            replicates=again,
            labels=tuple(labels),
            left_out=left_out,
            n=n,
        )

    def _gate(self, cell: Cell) -> str:
        """Why a language's pass@1 cannot be judged; empty where it can."""
        clean = self._clean(cell)
        tasks = sorted(clean.keys() & self.tries[cell].keys())
        base = float(np.mean([pass_of(clean[task], 1) for task in tasks])) if tasks else nan
        reasons = []
        if base < LEAST_BASE:
            reasons.append(
                f"passes {base:.0%} of its tasks clean, at least {LEAST_BASE:.0%} wanted"
            )
        if len(tasks) < LEAST_TASKS:
            reasons.append(
                f"has {len(tasks)} tasks that were judged, at least {LEAST_TASKS} wanted"
            )
        if not self._draws(cell):
            reasons.append("has no matched set")
        return f"{cell.evaluated} {' and '.join(reasons)}" if reasons else ""

    def _rows_of(self, cell: Cell) -> list[Row]:
        """A row for each k that every task has samples for."""
        mine, clean = self.tries[cell], self._clean(cell)
        is_clean = cell.ablated == CLEAN
        tasks = [task for task in mine if task in clean]
        if not tasks:
            return []
        least = min(min(len(mine[task]), len(clean[task])) for task in tasks)
        rows = []
        for k in sorted({1, PUBLISHED_K, least}):
            if k > least:
                continue
            own, base = (np.array([pass_of(each[t], k) for t in tasks]) for each in (mine, clean))
            value, drawn = self._mean(cell, tasks, own)
            change, changed = self._mean(cell, tasks, own - base)
            low, high = percentile_interval(drawn if is_clean else 100 * changed)
            rows.append(
                {
                    **vars(cell),
                    "k": k,
                    "tasks": len(tasks),
                    "value": value,
                    "change_points": None if is_clean else 100 * change,
                    "change_relative": None if is_clean or not base.any() else change / base.mean(),
                    "n": len({self.whole[task] for task in tasks}),
                    "unit": self.whole[tasks[0]].unit,
                    "low": low,
                    "high": high,
                }
            )
        return rows

    def _p_values(self) -> dict[Cell, Row]:
        """McNemar's p of each own set that has matched draws; Holm over the languages of a family:
        one suite, selection, operation and dose.
        """
        families: dict[tuple[str, str, str, float], dict[Cell, float]] = {}
        for cell in self.tries:
            if cell.arm == OWN and cell.ablated == cell.evaluated and self._draws(cell):
                tasks, own, others = self._beside(cell, first=True)
                family = (cell.suite, cell.selection, cell.operation, cell.dose)
                if tasks:
                    families.setdefault(family, {})[cell] = mcnemar_p(own > 0, others > 0)
        return {
            cell: {"p": p, "p_holm": float(corrected)}
            for members in families.values()
            for (cell, p), corrected in zip(
                members.items(), holm(list(members.values())), strict=True
            )
        }

    def _clean(self, cell: Cell) -> Tries:
        return self.tries[clean_cell(cell)]

    def _draws(self, cell: Cell) -> list[Cell]:
        """The cells of an own set's matched draws on the same language."""
        return [
            other
            for other in self.tries
            if other.arm == MATCHED and replace(other, arm=OWN, draw=cell.draw) == cell
        ]

    def _beside(self, cell: Cell, *, first: bool = False) -> tuple[list[str], Floats, Floats]:
        """pass@1 of tasks that were judged under an own set, all of its draws and clean.

        first: of the first sample alone. Gives tasks, own [task] and others [task, draw].
        """
        draws = [self.tries[other] for other in self._draws(cell)]
        mine, everyone = self.tries[cell], [self._clean(cell), *draws]
        tasks = [task for task in mine if all(task in each for each in everyone)]

        def passed(tries: Tries) -> list[float]:
            return [pass_of(tries[t][:1] if first else tries[t], 1) for t in tasks]

        return tasks, np.array(passed(mine)), np.array([passed(each) for each in draws]).T

    def _mean(self, cell: Cell, tasks: Sequence[str], values: Floats) -> tuple[float, Floats]:
        """The mean over tasks, and in each resample of the language's wholes."""
        names = sorted({self.whole[task] for task in self._clean(cell)})
        place = {name: number for number, name in enumerate(names)}
        at = np.array([place[self.whole[task]] for task in tasks])
        sums, counts = np.zeros(len(names)), np.zeros(len(names))
        np.add.at(sums, at, values)
        np.add.at(counts, at, 1.0)
        # The same draws for every cell of a language: that is what pairs them.
        rng = generator(self.seed, "passes", cell.suite, cell.evaluated)
        n = len(names)
        weights = rng.multinomial(n, np.full(n, 1 / n), size=self.resamples).astype(np.float64)
        tasks_drawn = weights @ counts
        drawn = np.full(self.resamples, nan)
        np.divide(weights @ sums, tasks_drawn, out=drawn, where=tasks_drawn > 0)
        return float(values.mean()), drawn


def passing(
    rows: Iterable[Mapping[str, Any]],
    *,
    whole_of: Callable[[str], Whole],
    resamples: int = 2_000,
    seed: int = 0,
) -> Passing:
    """Scored samples by cell.

    rows: lines of a scored file; those that were not judged say nothing. whole_of: task id -> what
    it is resampled with. Raises CorpusError for a row that does not say what was done to the model,
    for a sample that stands twice, and where the clean model's samples are missing.
    """
    found: dict[Cell, dict[str, dict[int, bool]]] = {}
    seen: set[tuple[Cell, str, int]] = set()
    for row in rows:
        cell, task, sample, status = _read(row)
        if (cell, task, sample) in seen:
            raise CorpusError(
                f"sample {sample} of {task} stands twice for draw {cell.draw} of {cell.arm} of "
                f"{cell.ablated}: give the samples of one run"
            )
        seen.add((cell, task, sample))
        judged = found.setdefault(cell, {})
        if status not in UNJUDGED:
            judged.setdefault(task, {})[sample] = status == PASSED
    bare = [cell for cell in found if clean_cell(cell) not in found]
    if bare:
        raise CorpusError(
            f"no sample of the clean model in {bare[0].evaluated}: score all samples that "
            "`neuroglot sample` wrote"
        )
    tries = {
        cell: {task: [by_sample[n] for n in sorted(by_sample)] for task, by_sample in own.items()}
        for cell, own in found.items()
    }
    whole = {task: whole_of(task) for own in tries.values() for task in own}
    return Passing(tries, whole, resamples, seed)


def heavier(known: Part, new: Part) -> Part:
    """Which of two suites' parts B-2 rests on: one that contradicts outweighs one that agrees, and
    one that was not recorded says nothing.
    """
    weight: Mapping[bool | None, int] = {None: 0, True: 1, False: 2}
    return known if weight[known.passed] > weight[new.passed] else new


def clean_cell(cell: Cell) -> Cell:
    """The clean model in the same suite and language."""
    return Cell(cell.suite, CLEAN, CLEAN, cell.evaluated, CLEAN, CLEAN, 0, 0.0)


def pass_of(tries: Sequence[bool], k: int) -> float:
    """pass@k of one task, without bias."""
    return pass_at(k, tries=len(tries), passed=sum(tries))


def mcnemar_p(own: ArrayLike, others: ArrayLike) -> float:
    """Exact one-sided p that a set passes as few tasks as it does, were it one of its draws.

    own: bool [task]; others: bool [task, draw]. In each task the passes of all sets are dealt to
    them at random, so the own set has one with the share of sets that passed as its chance; p is
    that of as few passes in all, or fewer. With one draw this is McNemar's exact test: tasks that
    both or neither pass say nothing, and the others fall to either side like a fair coin. Counting
    each draw's pairs one by one instead would take a task for as many tasks as there are draws.
    nan without draws. Source: McNemar, Psychometrika 12, 1947; several controls to one case:
    Miettinen, Biometrics 25, 1969.
    """
    mine, rest = np.asarray(own, dtype=np.bool_), np.asarray(others, dtype=np.bool_)
    if rest.ndim != 2 or not rest.shape[1]:
        return nan
    passes = mine.astype(np.int64) + rest.sum(axis=1)
    distribution = np.ones(1)
    for share in (passes / (rest.shape[1] + 1)).tolist():
        distribution = np.convolve(distribution, [1 - share, share])
    return float(min(1.0, distribution[: int(mine.sum()) + 1].sum()))


def _read(row: Mapping[str, Any]) -> tuple[Cell, str, int, str]:
    """What was done, the task, the number of the sample, and what became of it."""
    try:
        cell = Cell(
            suite=str(row["suite"]),
            selection=str(row["selection"]),
            ablated=str(row["ablated"]),
            evaluated=str(row["language"]),
            operation=str(row["operation"]),
            arm=str(row["arm"]),
            draw=int(row["draw"]),
            dose=float(row["dose"]),
        )
        return cell, str(row["task_id"]), int(row["sample"]), str(row["status"])
    except (KeyError, TypeError, ValueError) as error:
        raise CorpusError(
            f"a row does not say what was done to the model ({error}): give samples that "
            "`neuroglot sample` wrote and `neuroglot score` scored"
        ) from None
