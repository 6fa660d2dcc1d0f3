"""Code written by a model whose units are edited: every variant on every task that it is asked of.

Takes a model, tasks and variants, gives a file of samples, the clean model's first. A variant of
fold 0 or 1 is asked the tasks of that half of the suite, which its units were not chosen on. What
is written goes to a file of its own after each batch, so that the same call goes on and ends with
the same bytes. Runs no program: `sample_scoring` does.
"""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np

from neuroglot.analyses.damage import CLEAN
from neuroglot.base.digests import json_digest
from neuroglot.base.errors import ConfigError
from neuroglot.base.units import NeuronSet
from neuroglot.lm import edits
from neuroglot.lm.edits import Edit
from neuroglot.lm.generation import prompt_ids
from neuroglot.lm.model import LM
from neuroglot.measure.batches import longest_first
from neuroglot.measure.completions import completions
from neuroglot.measure.variants import Variant
from neuroglot.runs.storage import append_jsonl, read_jsonl, write_jsonl
from neuroglot.text.function_end import function_end

WHOLE = -1
"""The fold of a variant that is asked all tasks."""
Line = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """A task as a model is asked it. half: 0 or 1, the half of the suite that it belongs to."""

    id: str
    suite: str
    language: str
    opening: str
    half: int


@dataclass(frozen=True)
class Settings:
    """How samples are drawn. Raises ConfigError for settings that cannot be."""

    samples: int = 1
    temperature: float = 0.0
    top_p: float = 0.95
    max_new_tokens: int = 512
    seed: int = 0
    batch_tokens: int = 8192

    def __post_init__(self) -> None:
        for name in ("samples", "max_new_tokens", "batch_tokens"):
            if getattr(self, name) < 1:
                raise ConfigError(f"{name} is {getattr(self, name)}: give at least 1")
        if self.temperature < 0 or not 0 < self.top_p <= 1:
            raise ConfigError(
                f"temperature {self.temperature}, top_p {self.top_p}: give a temperature of at "
                "least 0 and a top_p in (0, 1]"
            )
        if self.samples > 1 and self.greedy:
            raise ConfigError(
                f"{self.samples} samples at temperature 0 are all the same: give a temperature, "
                "as 0.8, or one sample"
            )

    @property
    def greedy(self) -> bool:
        """Whether the likeliest token is taken each time."""
        return self.temperature == 0


def fitting(lm: LM, tasks: Sequence[Asked], settings: Settings) -> Settings:
    """The settings, with no more new tokens than the model has positions for after every task.

    Raises ConfigError for a task that leaves no position.
    """
    if lm.max_positions is None:
        return settings
    lengths = {task.id: len(prompt_ids(lm.tokenizer, task.opening)) for task in tasks}
    longest = max(lengths, key=lengths.__getitem__)
    lm.refuse_longer(lengths[longest] + 1, f"{longest} with 1 new one")
    room = lm.max_positions - lengths[longest]
    return replace(settings, max_new_tokens=min(settings.max_new_tokens, room))


def write_samples(
    lm: LM,
    tasks: Sequence[Asked],
    variants: Sequence[Variant],
    *,
    out: Path,
    settings: Settings | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> list[Line]:
    """Write to `out` what the clean model and each variant write, and give the same rows.

    A variant is asked the tasks in its `evaluated` languages whose half is its fold, all of them
    where that is -1. Draws depend on seed, prompt and number of the sample alone, so that variants
    differ by their edits only. on_progress(done, total) counts completions.
    Raises ConfigError for prompts that are too long, for a variant without fixed values, where
    `out` is there already, and where other samples are under way there.
    """
    refuse_present(out)
    plan = _Plan(lm, tuple(tasks), tuple(variants), settings or Settings())
    out.parent.mkdir(parents=True, exist_ok=True)
    part = out.with_name(f"{out.name}.part")
    done = _resumed(part, plan.identity)
    sizes = [len(batch.tasks) * plan.settings.samples for batch in plan.batches]
    for number in range(len(done), len(plan.batches)):
        tell = None if on_progress is None else _shifted(on_progress, sum(sizes[:number]), sizes)
        done.append(plan.written(plan.batches[number], tell))
        append_jsonl(part, {"batch": number, "completions": done[-1]})
    rows = plan.rows(done)
    write_jsonl(out, rows)
    part.unlink(missing_ok=True)
    return rows


def identity(
    lm: LM, tasks: Sequence[Asked], variants: Sequence[Variant], settings: Settings
) -> str:
    """A digest in hex that changes with anything that could change a completion."""
    return _Plan(lm, tuple(tasks), tuple(variants), settings).identity


def refuse_present(out: Path) -> None:
    """Raise ConfigError where there is such a file."""
    if out.exists():
        raise ConfigError(f"{out} is there already: it is never written over, give another --out")


def edits_of(variant: Variant) -> list[Edit]:
    """What a variant does to the model, an edit for each site that it has units at.

    Raises ConfigError for one whose values come from a bank, which writing a text has not.
    """
    if variant.values is None:
        raise ConfigError(
            f"{variant.operation} has no fixed values to write with: give zero, mean or raise"
        )
    units = variant.units
    sites = np.array([site for site, _, _ in units.places()])
    sets = (units,) if isinstance(units, NeuronSet) else units.sets()
    return [edits.set(each, variant.values[sites == each.site]) for each in sets]


@dataclass(frozen=True)
class _Batch:
    """Numbers of tasks that are asked at once, and the number of the variant; None is clean."""

    variant: int | None
    tasks: tuple[int, ...]


@dataclass(frozen=True)
class _Plan:
    """Everything that is to be written, cut into batches before any of it is."""

    lm: LM
    tasks: tuple[Asked, ...]
    variants: tuple[Variant, ...]
    settings: Settings

    def __post_init__(self) -> None:
        if not self.tasks:
            raise ConfigError("no task is asked: give some")
        for variant in self.variants:
            edits_of(variant)
        for task, length in zip(self.tasks, self.lengths, strict=True):
            self.lm.refuse_longer(length, f"{task.id} with {self.settings.max_new_tokens} new ones")

    @cached_property
    def lengths(self) -> list[int]:
        """Tokens of each task's opening and of what is written after it, at most."""
        tokenizer, more = self.lm.tokenizer, self.settings.max_new_tokens
        return [len(prompt_ids(tokenizer, task.opening)) + more for task in self.tasks]

    @cached_property
    def batches(self) -> list[_Batch]:
        """The clean model's, then each variant's: tasks of like length with all their samples."""
        found = []
        for number in (None, *range(len(self.variants))):
            own = [at for at, task in enumerate(self.tasks) if self._asks(number, task)]
            room = [self.lengths[at] * self.settings.samples for at in own]
            for batch in longest_first(room, self.settings.batch_tokens):
                found.append(_Batch(number, tuple(own[place] for place in batch)))
        return found

    def _asks(self, number: int | None, task: Asked) -> bool:
        if number is None:
            return True
        variant = self.variants[number]
        return task.language in variant.evaluated and variant.fold in (WHOLE, task.half)

    @cached_property
    def identity(self) -> str:
        """Changes with anything that could change a completion."""
        return json_digest(
            [
                self.lm.fingerprint,
                asdict(self.settings),
                [asdict(task) for task in self.tasks],
                [
                    [_names(variant), variant.effect, *variant.evaluated]
                    for variant in self.variants
                ],
            ]
        )

    def written(self, batch: _Batch, on_progress: Callable[[int, int], None] | None) -> list[str]:
        """Completions of a batch: task by task, each with all its samples."""
        own = [self.tasks[at] for at in batch.tasks for _ in range(self.settings.samples)]
        edited = [] if batch.variant is None else edits_of(self.variants[batch.variant])
        with self.lm.edit(*edited) if edited else nullcontext():
            found = completions(
                self.lm,
                [task.opening for task in own],
                max_new_tokens=self.settings.max_new_tokens,
                stop=[partial(function_end, task.language) for task in own],
                temperature=self.settings.temperature,
                top_p=self.settings.top_p,
                seed=self.settings.seed,
                batch_tokens=self.settings.batch_tokens,
                on_progress=on_progress,
            )
        return [each.text for each in found]

    def rows(self, written: Sequence[Sequence[str]]) -> list[Line]:
        """Rows of the file: variant by variant, tasks in their order, then samples."""
        n = self.settings.samples
        placed = [
            (-1 if batch.variant is None else batch.variant, at, place % n, text)
            for batch, texts in zip(self.batches, written, strict=True)
            for place, (at, text) in enumerate(
                zip([at for at in batch.tasks for _ in range(n)], texts, strict=True)
            )
        ]
        return [
            {
                "task_id": self.tasks[at].id,
                "suite": self.tasks[at].suite,
                "language": self.tasks[at].language,
                **_names(None if number < 0 else self.variants[number]),
                "sample": sample,
                "greedy": self.settings.greedy,
                "seed": self.settings.seed,
                "completion": text,
            }
            for number, at, sample, text in sorted(placed)
        ]


def _names(variant: Variant | None) -> Line:
    """What was done to the model; None is nothing."""
    return {
        "selection": CLEAN if variant is None else variant.selection,
        "ablated": CLEAN if variant is None else variant.ablated,
        "operation": CLEAN if variant is None else variant.operation,
        "arm": CLEAN if variant is None else variant.arm,
        "draw": 0 if variant is None else variant.draw,
        "dose": 0.0 if variant is None else variant.dose,
        "fold": WHOLE if variant is None else variant.fold,
    }


def _resumed(part: Path, identity: str) -> list[list[str]]:
    """Completions of the batches that an interrupted call of the same plan has written."""
    found = read_jsonl(part) if part.exists() else []
    if not found:
        part.unlink(missing_ok=True)
        append_jsonl(part, {"samples": identity})
        return []
    done = found[1:]
    if found[0].get("samples") != identity:
        raise ConfigError(
            f"{part} holds samples under way that were asked for otherwise: give another --out, or "
            "remove it"
        )
    if [row["batch"] for row in done] != list(range(len(done))):
        raise ConfigError(f"{part} was written to by two at once: remove it and start again")
    return [row["completions"] for row in done]


def _shifted(
    tell: Callable[[int, int], None], start: int, sizes: Sequence[int]
) -> Callable[[int, int], None]:
    return lambda done, _: tell(start + done, sum(sizes))
