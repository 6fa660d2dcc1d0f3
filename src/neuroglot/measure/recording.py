"""The one pass: every loop over data in neuroglot is `record`.

Takes a model, a reading and requests; gives statistics. The backbone runs once over each batch,
without the LM head; each requested tensor is reduced on its device the moment it exists. Partial
sums go to a checkpoint between batches, so a pass that is killed goes on where it stopped and ends
with the same bits.
"""

import math
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import torch

from neuroglot.base.errors import ConfigError
from neuroglot.lm.model import LM
from neuroglot.measure.accumulation import Accumulator
from neuroglot.measure.batches import WHOLE, Batch, Plan, Shard, plan_batches, plan_groups
from neuroglot.measure.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from neuroglot.measure.memory import OUT_OF_MEMORY, fits_at_once, is_out_of_memory
from neuroglot.measure.observers import CATALOGUE
from neuroglot.measure.requests import GradientRequest, Observation, Request, constants_of
from neuroglot.measure.rows import Rows, make_rows
from neuroglot.stats.statistic import AnyStatistic, Rule, Statistic, layouts
from neuroglot.text.corpus import Corpus
from neuroglot.text.reading import LEAST_TOKENS, Reading, read
from neuroglot.text.standardisation import standard_weights

FORMAT = "1"
"""Format of the statistics; a run directory of another format is not resumed."""
CHECKPOINT_SECONDS = float(os.environ.get("NEUROGLOT_CHECKPOINT_SECONDS", "30"))
"""Time between checkpoints; longer where writing one takes more than a twentieth of it."""
LARGE = 100_000
"""Models with more neurons than this keep at most 12 buckets per label instead of 32."""


@dataclass(frozen=True)
class Progress:
    """How far a pass is: counted tokens done and in all, and what is being read."""

    done: int
    total: int
    label: str


@dataclass(frozen=True)
class Recorded:
    """What a pass gave: `recorded[NeuronActivity]` is that statistic."""

    statistics: Mapping[type[Statistic], Statistic]
    reading: Reading
    notes: tuple[str, ...] = field(default=())

    def __getitem__(self, kind: type[AnyStatistic]) -> AnyStatistic:
        if kind not in self.statistics:
            held = ", ".join(each.__name__ for each in self.statistics)
            raise ConfigError(f"{kind.__name__} was not recorded here: recorded are {held}")
        return cast(AnyStatistic, self.statistics[kind])


Asked = type[Statistic] | Request
Observed = tuple[Request, int, Observation]
"""What one request saw at one layer."""


def read_for(
    lm: LM,
    corpus: Corpus,
    *,
    tokens_per_language: int = 200_000,
    max_document_tokens: int = 2048,
    packing: str = "documents",
    least_tokens: int = LEAST_TOKENS,
) -> Reading:
    """What `lm` will read of the training side of a corpus.

    Rows are never longer than the model's context; large models keep fewer buckets. A language of
    fewer than `least_tokens` is refused.
    """
    neurons = lm.n_layers * (lm.n_neurons or 0)
    return read(
        corpus.training().documents,
        lm.tokenizer,
        labels=corpus.languages,
        tokens_per_language=tokens_per_language,
        max_document_tokens=min(max_document_tokens, lm.max_positions or max_document_tokens),
        packing=packing,
        max_buckets=12 if neurons > LARGE else 32,
        least_tokens=least_tokens,
    )


def record(
    lm: LM,
    text: Corpus | Reading,
    requests: Asked | Sequence[Asked],
    *,
    tokens_per_language: int = 200_000,
    max_document_tokens: int = 2048,
    packing: str = "documents",
    batch_tokens: int = 4096,
    shard: Shard = WHOLE,
    checkpoint: Path | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> Recorded:
    """Run the model once over the text and collect what was asked for.

    requests: statistics of the catalogue (`NeuronActivity`, `NeuronMoments`, `PLS`), Requests of
    your own, or a list of both; all share the one pass.
    checkpoint: file that partial sums go to; when it exists already, the pass goes on from there.
    Raises ConfigError for a shard without batches, CorpusError for too little text, SiteError for
    a site the model lacks.
    """
    asked = _expanded(lm, [requests] if isinstance(requests, type | Request) else list(requests))
    reading = (
        text
        if isinstance(text, Reading)
        else read_for(
            lm,
            text,
            tokens_per_language=tokens_per_language,
            max_document_tokens=max_document_tokens,
            packing=packing,
        )
    )
    lengths = [len(row.ids) for row in reading.rows]
    if any(_has_groups(request.into) for request in asked):
        groups = [row.group for row in reading.rows]
        plan = plan_groups(lengths, groups, batch_tokens=batch_tokens)
    else:
        labels = [row.label for row in reading.rows]
        plan = plan_batches(lengths, labels, batch_tokens=batch_tokens)
    work = [batch for batch in plan.batches if shard.holds(batch)]
    if not work:
        raise ConfigError(
            f"shard {shard.index + 1}/{shard.count} has nothing to read: the text makes only "
            f"{len(plan.batches)} batches; use fewer shards or a smaller --batch-tokens"
        )
    recording = _Recording(lm, reading, asked, plan, shard, checkpoint)
    recording.resume()
    recording.run(work, on_progress)
    return recording.result()


@dataclass
class _Recording:
    """One pass under way."""

    lm: LM
    reading: Reading
    requests: tuple[Request, ...]
    plan: Plan
    shard: Shard
    checkpoint: Path | None
    position: int = 0
    budget: float = math.inf
    notes: list[str] = field(default_factory=list)
    sums: dict[type[Statistic], Accumulator] = field(default_factory=dict)

    def __post_init__(self) -> None:
        sizes = {
            "group": len(self.reading.groups),
            "label": len(self.reading.labels),
            "layer": self.lm.n_layers,
        }
        self.sums = {into: Accumulator(into, sizes) for into in self._kinds()}
        self.standard = standard_weights(self.reading)

    def _kinds(self) -> list[type[Statistic]]:
        return list(dict.fromkeys(request.into for request in self.requests))

    def same(self, into: type[Statistic]) -> dict[str, Any]:
        """The fields that all parts of this recording share."""
        return {
            "labels": self.reading.labels,
            "groups": self.reading.groups,
            "provenance": {
                "format": FORMAT,
                "model": self.lm.fingerprint,
                "data": self.reading.digest,
                "packing": self.reading.packing,
            },
            **constants_of(tuple(r for r in self.requests if r.into is into)),
        }

    def identity(self) -> str:
        """What a checkpoint must agree with to be taken up again."""
        return "/".join(
            [
                FORMAT,
                self.lm.fingerprint,
                self.reading.digest,
                self.plan.digest,
                f"{self.shard.index}of{self.shard.count}",
            ]
        )

    def resume(self) -> None:
        """Take up the sums of a checkpoint of this very pass, if there is one."""
        if self.checkpoint is None:
            return
        found = load_checkpoint(self.checkpoint, self._kinds(), identity=self.identity())
        if found is None:
            return
        self.position = found.position
        self.notes = list(found.notes)
        for into, statistic in found.statistics.items():
            self.sums[into].restore(statistic)

    def run(self, work: Sequence[Batch], on_progress: Callable[[Progress], None] | None) -> None:
        """Batches from the current position on, with checkpoints between them."""
        counted = [int(row.counted.sum()) for row in self.reading.rows]
        total = sum(counted[row] for batch in work for row in batch.rows)
        done = sum(counted[row] for batch in work[: self.position] for row in batch.rows)
        saved, cost = time.monotonic(), 0.0
        while self.position < len(work):
            batch = work[self.position]
            label = self.reading.labels[self.reading.rows[batch.rows[0]].label]
            if on_progress:
                on_progress(Progress(done, total, label))
            try:
                parts = list(self._observed(batch.rows))
            except KeyboardInterrupt:
                # Only here do the sums hold whole batches for certain.
                self.save()
                raise
            for observed, rows in parts:
                self._add(observed, rows, block=batch.block)
            self.position += 1
            done += sum(counted[row] for row in batch.rows)
            now = time.monotonic()
            if self.checkpoint and now - saved >= max(CHECKPOINT_SECONDS, 20 * cost):
                self.save()
                saved = time.monotonic()
                cost = saved - now
        if on_progress:
            on_progress(Progress(done, total, ""))

    def _observed(self, numbers: tuple[int, ...]) -> Iterator[tuple[list[Observed], Rows]]:
        """Observations of some rows, in halves where memory does not suffice for all at once."""
        if self._padded(numbers) <= self.budget or len(numbers) == 1:
            try:
                yield self._forward(numbers)
                return
            except OUT_OF_MEMORY as error:
                self._lower_budget(numbers, error)
        middle = len(numbers) // 2
        yield from self._observed(numbers[:middle])
        yield from self._observed(numbers[middle:])

    def _lower_budget(self, numbers: tuple[int, ...], error: Exception) -> None:
        """From now on run at most half as much at once; other errors are raised again."""
        if not is_out_of_memory(error):
            raise error
        tokens = self._padded(numbers)
        if len(numbers) == 1:
            raise ConfigError(
                f"not enough memory for one row of {tokens} tokens: "
                "lower --max-document-tokens or use a smaller --dtype"
            ) from error
        self.budget = tokens // 2
        self.notes.append(
            f"out of memory on {tokens:,} tokens: run by at most {self.budget:,} from there on, so "
            "sums equal those of a run without this within rounding only"
        )

    def _padded(self, numbers: tuple[int, ...]) -> int:
        return len(numbers) * max(len(self.reading.rows[number]) for number in numbers)

    def _forward(self, numbers: tuple[int, ...]) -> tuple[list[Observed], Rows]:
        rows = make_rows(self.reading, numbers, standard=self.standard, device=self.lm.device)
        observed: list[Observed] = []

        def reader(request: Request, layer: int) -> Callable[..., None]:
            def see(*tensors: torch.Tensor) -> None:
                with torch.no_grad():
                    observed.append((request, layer, request.observe(*tensors, rows)))

            return see

        gradients: list[tuple[str, int, Callable[..., None]]] = []
        values: list[tuple[str, int, Callable[..., None]]] = []
        for request in self.requests:
            into = gradients if isinstance(request, GradientRequest) else values
            into += [
                (request.site, layer, reader(request, layer)) for layer in self._layers(request)
            ]
        if gradients:
            self.lm.backward(
                rows.ids,
                rows.scored,
                gradients,
                beside=values,
                one_block_at_a_time=not fits_at_once(self.lm, rows.ids.numel()),
            )
        else:
            with torch.no_grad(), self.lm.watch(values):
                self.lm.backbone(rows.ids)
        return observed, rows

    def _layers(self, request: Request) -> Sequence[int]:
        return range(self.lm.n_layers) if request.layers is None else request.layers

    def _add(self, observed: list[Observed], rows: Rows, *, block: int) -> None:
        for request, layer, values in observed:
            self.sums[request.into].add(layer, values, rows, request, block=block)

    def statistics(self) -> dict[type[Statistic], Statistic]:
        """All statistics so far."""
        return {into: sums.statistic(**self.same(into)) for into, sums in self.sums.items()}

    def save(self) -> None:
        """Write the checkpoint."""
        if self.checkpoint is not None:
            save_checkpoint(
                self.checkpoint,
                Checkpoint(self.position, tuple(self.notes), self.statistics()),
                identity=self.identity(),
            )

    def result(self) -> Recorded:
        """What was recorded, the pass being over."""
        return Recorded(self.statistics(), self.reading, tuple(self.notes))


def _has_groups(into: type[Statistic]) -> bool:
    """Whether a statistic's parts hold whole groups."""
    return any(layout.rule is Rule.BY_GROUP for layout in layouts(into).values())


def _expanded(lm: LM, asked: Sequence[Asked]) -> tuple[Request, ...]:
    """Requests, those of the catalogue filled in."""
    requests: list[Request] = []
    for each in asked:
        if isinstance(each, Request):
            requests.append(each)
        elif each in CATALOGUE:
            requests.extend(CATALOGUE[each](lm))
        else:
            known = ", ".join(kind.__name__ for kind in CATALOGUE)
            raise ConfigError(
                f"neuroglot has no observer for {each.__name__}: known are {known}; give a Request"
            )
    if not requests:
        raise ConfigError("nothing to record: name at least one statistic or Request")
    return tuple(requests)
