"""Scores of held-out text under many variants of a model, in as little work as they need.

Each batch is run clean once. A variant starts at its first edited place, from what the clean pass
left there; variants that do the same thing are run once; several share a forward where memory
allows. Sums are kept per document, so whatever is concluded later needs no model.
"""

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from neuroglot.base.digests import json_digest
from neuroglot.base.errors import ConfigError
from neuroglot.base.units import NeuronSet, Place, Units
from neuroglot.lm.hooks import editing
from neuroglot.lm.model import LM
from neuroglot.lm.resuming import Past, keeping, resuming
from neuroglot.measure.bank import POSITIONS, Bank, bank_picks, make_bank
from neuroglot.measure.batches import Batch, plan_batches
from neuroglot.measure.memory import OUT_OF_MEMORY, is_out_of_memory
from neuroglot.measure.recording import CHECKPOINT_SECONDS, Progress
from neuroglot.measure.scoring import score, target_of
from neuroglot.measure.variants import Variant, combined
from neuroglot.runs.tensors import read_metadata, read_tensors, write_tensors
from neuroglot.text.reading import Reading

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
MassIds = Mapping[tuple[str, str], NDArray[np.bool_]]
"""(raised, read) -> ids whose probability is summed: bool [vocabulary]."""
BANK_BYTES = 2**31
"""Room for one bank; sets that need more are scored in several rounds."""


@dataclass(frozen=True, eq=False)
class AblationScores:
    """Sums per document, clean and under each variant.

    label, tokens, bytes, lines: int64 [document], what was scored. nll float64 (nats) and
    lines_right int64 [1 + variant, document]: row 0 is the clean model; nan, or -1 for lines, where
    a variant was not scored on that document. mass float64, same shape: probability summed over
    positions of the ids asked for, nan where none were. notes: sentences for the user.
    """

    reading: Reading = field(repr=False)
    variants: tuple[Variant, ...] = field(repr=False)
    label: Ints
    tokens: Ints
    bytes: Ints
    lines: Ints
    nll: Floats
    lines_right: Ints
    mass: Floats
    notes: tuple[str, ...] = ()

    def only(self, selection: str) -> "AblationScores":
        """The clean model and the variants of one selection."""
        kept = [place for place, v in enumerate(self.variants) if v.selection == selection]
        rows = [0, *(place + 1 for place in kept)]
        return replace(
            self,
            variants=tuple(self.variants[place] for place in kept),
            nll=self.nll[rows],
            lines_right=self.lines_right[rows],
            mass=self.mass[rows],
        )


def score_variants(
    lm: LM,
    reading: Reading,
    variants: Sequence[Variant],
    *,
    source: Reading | None = None,
    mass_ids: MassIds | None = None,
    seed: int = 0,
    batch_tokens: int = 4096,
    checkpoint: Path | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> AblationScores:
    """Score every document of a reading, clean and under each variant that is evaluated on it.

    reading: one document per row. source: the text that resampled activations come from.
    mass_ids: for variants that raise units. checkpoint: file for partial sums; where it exists the
    work goes on from there. A variant without units is the clean model.
    Raises ConfigError for a resampling variant without a source.
    """
    if source is None and any(v.operation == "resample" for v in variants):
        raise ConfigError("resampling needs a source of activations: give the training text")
    work = _Work(lm, reading, tuple(variants), source, mass_ids or {}, seed, batch_tokens)
    if checkpoint is not None:
        work.resume(checkpoint)
    work.run(checkpoint, on_progress)
    return work.result()


@dataclass(frozen=True)
class _Unit:
    """One batch under some variants: the piece of work between two checkpoints.

    effects: for each thing done to the model the numbers of the variants that do it, those that
    start in the highest layer first.
    """

    batch: Batch
    effects: tuple[tuple[int, ...], ...]
    round: int


@dataclass(frozen=True)
class _Rows:
    """Rows that are run at once: their ids, and what the clean pass left of them."""

    round: int
    rows: tuple[int, ...]
    ids: Tensor
    past: Past


@dataclass
class _Work:
    """The scoring under way."""

    lm: LM
    reading: Reading
    variants: tuple[Variant, ...]
    source: Reading | None
    mass_ids: MassIds
    seed: int
    batch_tokens: int
    position: int = 0
    bank: tuple[int, Bank] | None = None
    budget: int = 0
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.budget = max(self.batch_tokens, 1)
        rows = self.reading.rows
        self.targets = [target_of(self.reading, row) for row in rows]
        self.rounds = _rounds(self.variants, bytes_per_unit=self._bytes_per_unit())
        plan = plan_batches(
            [len(row) for row in rows], [row.label for row in rows], batch_tokens=self.batch_tokens
        )
        self.units = [
            _Unit(batch, self._effects(batch, numbers), number)
            for number, numbers in enumerate(self.rounds)
            for batch in plan.batches
        ]
        shape = (len(self.variants) + 1, len(rows))
        self.sums = {
            "nll": np.full(shape, np.nan),
            "lines_right": np.full(shape, -1, dtype=np.int64),
            "mass": np.full(shape, np.nan),
        }
        self.identity = json_digest(
            [
                [self.lm.fingerprint, self.reading.digest, plan.digest, self.seed],
                [[v.effect, v.operation, *v.evaluated] for v in self.variants],
                None if self.source is None else self.source.digest,
            ]
        )

    def _bytes_per_unit(self) -> int:
        labels = 0 if self.source is None else len(self.source.labels)
        return labels * POSITIONS * self.lm.dtype.itemsize

    def _effects(self, batch: Batch, numbers: Sequence[int]) -> tuple[tuple[int, ...], ...]:
        """Numbers of the variants that this batch is scored under, same effects together."""
        label = self._label(batch)
        alike: dict[tuple[str, ...], list[int]] = {}
        for number in numbers:
            variant = self.variants[number]
            if label in variant.evaluated:
                # What is looked at under the variant belongs to what has to be run.
                looked_at = variant.ablated if self._mass_of(variant, label) is not None else ""
                alike.setdefault((variant.effect, variant.operation, looked_at), []).append(number)
        groups = sorted(alike.values(), key=lambda found: -self.variants[found[0]].first_layer)
        return tuple(tuple(found) for found in groups)

    def _label(self, batch: Batch) -> str:
        return self.reading.labels[self.reading.rows[batch.rows[0]].label]

    def _mass_of(self, variant: Variant, label: str) -> NDArray[np.bool_] | None:
        return self.mass_ids.get((variant.ablated, label)) if variant.operation == "raise" else None

    def run(self, checkpoint: Path | None, on_progress: Callable[[Progress], None] | None) -> None:
        """All units from the current position on."""
        sizes = [sum(self.targets[row].tokens for row in unit.batch.rows) for unit in self.units]
        costs = [
            size * (1 + len(unit.effects)) for size, unit in zip(sizes, self.units, strict=True)
        ]
        saved = time.monotonic()
        for at in range(self.position, len(self.units)):
            unit = self.units[at]
            done = sum(costs[:at])
            with torch.no_grad():
                for tokens in self._run_unit(unit):
                    if on_progress:
                        on_progress(Progress(done, sum(costs), self._label(unit.batch)))
                    done = min(done + tokens, sum(costs[: at + 1]))
            self.position = at + 1
            is_last = self.position == len(self.units)
            if checkpoint and (is_last or time.monotonic() - saved >= CHECKPOINT_SECONDS):
                self._save(checkpoint)
                saved = time.monotonic()
        if on_progress:
            on_progress(Progress(sum(costs), sum(costs), ""))

    def _run_unit(self, unit: _Unit) -> Iterator[int]:
        """Gives, before each forward, how many scored tokens it stands for.

        Where memory does not suffice, fewer variants and then fewer rows are run at once.
        """
        parts = [unit.batch.rows]
        while parts:
            rows = parts.pop(0)
            if self._padded(rows) > self.budget and len(rows) > 1:
                parts = [rows[: len(rows) // 2], rows[len(rows) // 2 :], *parts]
                continue
            try:
                yield from self._run_rows(unit, rows)
            except OUT_OF_MEMORY as error:
                self._lower_budget(rows, error)
                parts.insert(0, rows)

    def _padded(self, rows: tuple[int, ...]) -> int:
        return len(rows) * max(len(self.reading.rows[row]) for row in rows)

    def _lower_budget(self, rows: tuple[int, ...], error: Exception) -> None:
        """From now on run at most half as much at once; other errors are raised again."""
        if not is_out_of_memory(error):
            raise error
        padded = self._padded(rows)
        at_once = max(self.budget // padded, 1) * padded
        if at_once == padded and len(rows) == 1:
            raise ConfigError(
                f"not enough memory for one row of {padded} tokens: use a smaller --dtype, or a "
                "run with a lower --max-document-tokens"
            ) from error
        self.budget = at_once // 2
        self.notes.append(
            f"out of memory on {at_once:,} tokens: scored by at most {self.budget:,} from there "
            "on, so scores equal those of a run without this within rounding only"
        )

    def _run_rows(self, unit: _Unit, rows: tuple[int, ...]) -> Iterator[int]:
        tokens = sum(self.targets[row].tokens for row in rows)
        yield tokens
        ids = self._ids(rows)
        edited = [numbers for numbers in unit.effects if len(self._units(numbers))]
        starts = {self.variants[numbers[0]].start for numbers in edited}
        with keeping(self.lm.body, starts) as past:
            clean = self.lm.backbone(ids)
        self._keep((-1,), rows, ids, clean)
        together = max(self.budget // ids.numel(), 1)
        for numbers in unit.effects:
            if not len(self._units(numbers)):
                self._keep(numbers, rows, ids, clean)
        for start in range(0, len(edited), together):
            some = edited[start : start + together]
            yield tokens * len(some)
            self._run_together(some, _Rows(unit.round, rows, ids, past))

    def _units(self, numbers: tuple[int, ...]) -> NeuronSet | Units:
        return self.variants[numbers[0]].units

    def _run_together(self, effects: Sequence[tuple[int, ...]], batch: _Rows) -> None:
        """One forward over the rows, repeated once for each effect."""
        ids = batch.ids
        variants = [self.variants[numbers[0]] for numbers in effects]
        values = [self._values(variant, batch) for variant in variants]
        changes = combined(variants, values, n_rows=len(ids))
        start = min(variant.start for variant in variants)
        repeated = torch.arange(len(ids), device=ids.device).repeat(len(variants))
        with (
            editing(self.lm.body, changes),
            resuming(self.lm.body, batch.past, start, rows=repeated),
        ):
            states = self.lm.backbone(ids[repeated])
        for place, numbers in enumerate(effects):
            part = states[place * len(ids) : (place + 1) * len(ids)]
            self._keep(numbers, batch.rows, ids, part)

    def _values(self, variant: Variant, batch: _Rows) -> Tensor:
        """What the units become: [unit], or [row, token, unit] from the bank."""
        if variant.values is not None:
            return torch.from_numpy(variant.values).to(batch.ids.device)
        bank = self._bank_of(batch.round)
        rows = [self.reading.rows[number] for number in batch.rows]
        picks = bank_picks(
            [self.reading.documents[row.document].id for row in rows],
            bank.labels.index(self.reading.labels[rows[0].label]),
            labels=len(bank.labels),
            n_tokens=batch.ids.shape[1],
            seed=self.seed,
        )
        return bank.drawn(picks.to(batch.ids.device), variant.units)

    def _bank_of(self, number: int) -> Bank:
        if self.bank is None or self.bank[0] != number:
            assert self.source is not None
            units = Units.of(sorted(_resampled(self.variants, self.rounds[number])))
            made = make_bank(
                self.lm, self.source, units, seed=self.seed, batch_tokens=self.batch_tokens
            )
            self.bank = (number, made)
        return self.bank[1]

    def _keep(
        self, numbers: tuple[int, ...], rows: tuple[int, ...], ids: Tensor, states: Tensor
    ) -> None:
        """Score the rows and keep the sums for each of the variants; -1 is the clean model."""
        targets = [self.targets[row] for row in rows]
        mass_ids = None
        if numbers[0] >= 0:
            label = self.reading.labels[self.reading.rows[rows[0]].label]
            mass_ids = self._mass_of(self.variants[numbers[0]], label)
        found = score(
            self.lm.body,
            states,
            ids,
            targets,
            mass_of=None if mass_ids is None else torch.from_numpy(mass_ids).to(ids.device),
        )
        for number in numbers:
            self.sums["nll"][number + 1, list(rows)] = found.nll
            self.sums["lines_right"][number + 1, list(rows)] = found.lines_right
            if mass_ids is not None:
                self.sums["mass"][number + 1, list(rows)] = found.mass

    def _ids(self, rows: tuple[int, ...]) -> Tensor:
        chosen = [self.reading.rows[row].ids for row in rows]
        ids = np.zeros((len(chosen), max(map(len, chosen))), dtype=np.int64)
        for place, each in enumerate(chosen):
            ids[place, : len(each)] = each
        return torch.from_numpy(ids).to(self.lm.device)

    def resume(self, checkpoint: Path) -> None:
        """Take up the sums of this very work, if they are there."""
        if not checkpoint.exists():
            return
        metadata = read_metadata(checkpoint)
        if metadata["identity"] == self.identity:
            self.position = int(metadata["position"])
            self.notes = json.loads(metadata.get("notes", "[]"))
            self.sums = dict(read_tensors(checkpoint))

    def _save(self, checkpoint: Path) -> None:
        metadata = {
            "identity": self.identity,
            "position": str(self.position),
            "notes": json.dumps(self.notes),
        }
        write_tensors(checkpoint, self.sums, metadata=metadata)

    def result(self) -> AblationScores:
        """The sums, the work being over."""

        def numbers(values: Iterable[int]) -> Ints:
            return np.array(list(values), dtype=np.int64)

        return AblationScores(
            reading=self.reading,
            variants=self.variants,
            label=numbers(row.label for row in self.reading.rows),
            tokens=numbers(target.tokens for target in self.targets),
            bytes=numbers(target.bytes for target in self.targets),
            lines=numbers(target.n_lines for target in self.targets),
            nll=self.sums["nll"],
            lines_right=self.sums["lines_right"],
            mass=self.sums["mass"],
            notes=tuple(self.notes),
        )


def _resampled(variants: Sequence[Variant], numbers: Sequence[int]) -> set[Place]:
    return {
        place
        for n in numbers
        if variants[n].operation == "resample"
        for place in variants[n].units.places()
    }


def _rounds(variants: Sequence[Variant], *, bytes_per_unit: int) -> list[list[int]]:
    """Numbers of variants, cut where the bank of those together would outgrow its room."""
    rounds: list[list[int]] = [[]]
    held: set[Place] = set()
    for number, _variant in enumerate(variants):
        more = _resampled(variants, [number]) - held
        if rounds[-1] and more and (len(held) + len(more)) * bytes_per_unit > BANK_BYTES:
            rounds.append([])
            held, more = set(), _resampled(variants, [number])
        rounds[-1].append(number)
        held |= more
    return rounds
