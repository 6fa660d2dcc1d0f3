"""Trainings of a language's units beside others, and what every language gains or loses on the way.

A step that is added to a run of the study `neuron-guided`, or is one of its own: gives the tables
`finetune` and `finetune_items`, a delta of each kind of training, and the claim B-6. Every arm has
the same texts in the same order, as many steps, the same format and as many rates to choose from.
Each training that ends is kept beside, so that a killed run goes on.
"""

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from neuroglot.analyses.forgetting import finetune_rows, paths_of
from neuroglot.analyses.trained_passes import BASE, trained_pass_rows
from neuroglot.analyses.tuning_claims import FULL, LORA, LORA_16, MODULES, forgets_less
from neuroglot.base.errors import ConfigError
from neuroglot.lm.deltas import Delta
from neuroglot.lm.model import LM
from neuroglot.runs.directory import Run, opened
from neuroglot.runs.writing import RunWriter, with_step
from neuroglot.studies.claim_tables import replace_claims
from neuroglot.studies.copying import copied
from neuroglot.studies.ended_trainings import EndedTrainings, Line
from neuroglot.studies.language_neurons import refuse_other
from neuroglot.studies.parameters import GuidedParameters
from neuroglot.studies.pls_sets import HalfSets
from neuroglot.studies.sampled_sets import refuse_unaskable, scored_halves
from neuroglot.studies.task_suites import suite, suite_word
from neuroglot.studies.training_steps import TrainingSteps
from neuroglot.studies.tuning_arms import Arms
from neuroglot.studies.tuning_parameters import FinetuneParameters
from neuroglot.studies.tuning_texts import READ, read_items, read_tasks, trained_texts
from neuroglot.studies.unit_ablation import half_sets
from neuroglot.studies.watching import Watcher, unwatched
from neuroglot.studies.written_programs import EACH, FOLDER, WrittenPrograms
from neuroglot.text.instructions import read_instructions
from neuroglot.text.prompts import Prompt
from neuroglot.train import finetuning
from neuroglot.train.adapters import refuse_without_peft
from neuroglot.train.examples import Example, examples_of, surprise
from neuroglot.train.finetuning import TuningPlan

STEP = "finetune"
ITEMS = "finetune_items"
CLAIM = "B-6"
DELTAS = "deltas"
LARGE_ARMS = (MODULES, FULL)
"""Arms whose deltas are as large as the model: not kept."""


def finetune(
    run: Run | str | Path,
    *,
    lm: LM,
    parameters: FinetuneParameters | None = None,
    out: str | Path | None = None,
    command: str = "",
    watch: Watcher = unwatched,
) -> Run:
    """Add the step `finetune` to a run of the study `neuron-guided`.

    lm: the model of the run. out: folder of a child run that gets the step instead. Raises RunError
    where it is another or the run holds no units, ConfigError for targets that it has not,
    CorpusError for data that cannot be trained on, SandboxError where tasks are asked and no
    program can be run, OtherRunError where the step was made otherwise.
    """
    parent = opened(run)
    refuse_other(parent, lm)
    asked = parameters or FinetuneParameters()
    chosen = settled(parent, lm, asked)
    if {LORA, LORA_16} & set(chosen.arms or ()):
        refuse_without_peft()
    if chosen.tasks is not None:
        refuse_unaskable(lm, chosen.tasks, parent.manifest.data["languages"])
    if chosen.data is not None:
        # A file that cannot be trained on is refused before anything is begun.
        for target in chosen.targets or ():
            read_instructions(chosen.data, language=target)
    if out is not None:
        parent = copied(parent, out, command=command, without=(STEP, ITEMS))
    return with_step(
        parent.path,
        STEP,
        lambda writer: write_tuning(writer, lm, chosen, watch),
        parameters=chosen.as_json(),
        command=command,
    )


def settled(run: Run, lm: LM, asked: FinetuneParameters) -> FinetuneParameters:
    """The parameters with everything filled in; without targets, the language that is read worst.

    Raises ConfigError for a target that the run has not, and where no language has units.
    """
    known = tuple(run.manifest.data["languages"])
    strange = [label for label in asked.targets or () if label not in known]
    if strange:
        raise ConfigError(
            f"{run.path} has no units of {', '.join(strange)}: its languages are {', '.join(known)}"
        )
    if asked.targets is not None:
        return asked.settled(asked.targets)
    sets = _sets(run, asked)
    with_units = [label for label in known if len(Arms(lm, sets, label, 1).units)]
    if not with_units:
        raise ConfigError(f"no language of {run.path} has units: there is nothing to train")
    filled = asked.settled(())
    items = _Items.of(lm, run, filled)
    nats = surprise(lm, items.examples, batch_tokens=asked.batch_tokens).tolist()
    worst = {label: items.per_byte(nats, label) for label in with_units if label in items.languages}
    if not worst:
        raise ConfigError(f"no programs are written in a language of {run.path} that has units")
    return filled.settled([max(worst, key=worst.__getitem__)])


def write_tuning(writer: RunWriter, lm: LM, parameters: FinetuneParameters, watch: Watcher) -> None:
    """All of the step. parameters: settled."""
    run, sets = writer.run, _sets(writer.run, parameters)
    items = _Items.of(lm, run, parameters)
    plan = _plan(parameters)
    steps = _steps(parameters, watch)
    lines: list[Line] = []
    passed: list[Line] = []
    for target in parameters.targets or ():
        arms = Arms(lm, sets, target, parameters.seeds or 1, parameters.columns)
        if not arms.n_real:
            writer.note(
                f"no unit of {target} is real: those that were chosen are trained, which decides "
                "nothing"
            )
        trained, dev = trained_texts(
            target,
            scored_halves(run),
            count=plan.steps * plan.examples_per_step,
            data=parameters.data,
            seed=parameters.seed,
        )
        job = _Job(writer, lm, parameters, items, watch, steps, target, arms, trained, dev)
        made = job.lines()
        passed += job.pass_rows({line["arm"][0]: line["trainable"][0] for line in made})
        lines += made
    columns = {name: [row for line in lines for row in line[name]] for name in lines[0]}
    writer.write_table(ITEMS, columns)
    found = [
        paths_of(columns, target=target, resamples=parameters.resamples, seed=parameters.seed)
        for target in parameters.targets or ()
    ]
    rows = [row for paths in found for row in finetune_rows(paths)]
    writer.write_table(STEP, [*rows, *passed])
    real = min(Arms(lm, sets, target, 1).n_real for target in parameters.targets or ())
    claims, parts = forgets_less(found, real=real)
    replace_claims(writer, (CLAIM,), claims, parts)


def write_default_tuning(
    writer: RunWriter, lm: LM, parameters: GuidedParameters, watch: Watcher
) -> None:
    """The step as a part of the study: the language that is read worst, by the study's profile.

    Where nothing can be trained, a note says why.
    """
    asked = FinetuneParameters(
        profile=parameters.profile,
        tasks=parameters.tasks,
        batch_tokens=parameters.batch_tokens,
        seed=parameters.seed,
    )
    try:
        chosen = settled(writer.run, lm, asked)
    except ConfigError as error:
        writer.note(f"no units were trained: {error}")
        return
    write_tuning(writer, lm, chosen, watch)


def _sets(run: Run, parameters: FinetuneParameters) -> HalfSets:
    """What one half of the tasks chose, to be trained on it and read on the other."""
    return half_sets(run, fold=READ, draws=parameters.seeds or 1, seed=parameters.seed)


@dataclass(frozen=True, eq=False)
class _Items:
    """What is read on the way: columns of `finetune_items`, and the same in tokens."""

    columns: dict[str, list[Any]]
    examples: list[Example]

    @classmethod
    def of(cls, lm: LM, run: Run, parameters: FinetuneParameters) -> "_Items":
        """The programs of the half that is read, those that the model has positions for."""
        languages = tuple(run.manifest.data["languages"])
        each = parameters.programs or 1
        found = read_items(languages, scored_halves(run), each=each, seed=parameters.seed)
        kept, examples = [], []
        for item in found:
            ids = lm.tokenizer.encode(item.prompt.text).ids
            if lm.max_positions is None or len(ids) < lm.max_positions:
                kept.append(item)
                examples += examples_of(lm, [item.prompt], ended=False)
        columns: dict[str, list[Any]] = {
            "evaluated": [item.language for item in kept],
            "item": [item.id for item in kept],
            "family": [item.family for item in kept],
            "tokens": [each.scored for each in examples],
            "bytes": [each.bytes for each in examples],
        }
        return cls(columns, examples)

    @property
    def languages(self) -> set[str]:
        """Those that are read."""
        return set(self.columns["evaluated"])

    def per_byte(self, nats: Sequence[float], label: str) -> float:
        """Surprise of a language, in nats per byte."""
        own = [n for n, each in enumerate(self.columns["evaluated"]) if each == label]
        return float(sum(nats[n] for n in own) / sum(self.columns["bytes"][n] for n in own))

    def line(self, nats: Sequence[float], **same: Any) -> Line:
        """Columns of one look."""
        repeated = {name: [value] * len(nats) for name, value in same.items()}
        return {**repeated, **self.columns, "nll_sum": list(nats)}


def _plan(parameters: FinetuneParameters) -> TuningPlan:
    """What all trainings have in common."""
    return TuningPlan(
        steps=parameters.steps or 1,
        examples_per_step=parameters.examples_per_step or 1,
        batch_tokens=parameters.batch_tokens,
        look_every=parameters.look_every,
    )


def _steps(parameters: FinetuneParameters, watch: Watcher) -> TrainingSteps:
    """Of all trainings: those that choose a rate, and those that are compared."""
    rates = len(parameters.rates or ())
    trainings = (parameters.seeds or 1) + (rates if rates > 1 else 0)
    arms, targets = len(parameters.arms or ()), len(parameters.targets or ())
    return TrainingSteps(watch, STEP, targets * arms * trainings * _plan(parameters).steps)


@dataclass(frozen=True, eq=False)
class _Job:
    """All trainings of a target, one after the other; those that ended are not done again."""

    writer: RunWriter
    lm: LM
    parameters: FinetuneParameters
    items: _Items
    watch: Watcher
    steps: TrainingSteps
    target: str
    arms: Arms
    texts: Sequence[Prompt]
    dev: Sequence[Prompt]

    @cached_property
    def written(self) -> WrittenPrograms | None:
        """Tasks in the target and in the other language that the model reads best; None unasked."""
        if self.parameters.tasks is None:
            return None
        batch_tokens = self.parameters.batch_tokens
        nats = surprise(self.lm, self.items.examples, batch_tokens=batch_tokens).tolist()
        others = sorted(self.items.languages - {self.target})
        best = min(others, key=lambda label: self.items.per_byte(nats, label))
        known, scored = suite(self.parameters.tasks), scored_halves(self.writer.run)
        return WrittenPrograms.of(
            self.lm,
            known,
            read_tasks(known, suite_word(self.parameters.tasks), (self.target, best), scored),
            each=EACH[self.parameters.profile],
            seed=self.parameters.seed,
            start=self.writer.path / FOLDER / f"finetune-{self.target}",
            watch=self.watch,
        )

    def lines(self) -> list[Line]:
        """Columns of every look of every training."""
        found: list[Line] = []
        for arm in self.parameters.arms or ():
            rate = self._rate(arm)
            for seed in range(self.parameters.seeds or 1):
                done = self._once(arm, seed, rate)
                same = {
                    "arm": arm,
                    "target": self.target,
                    "seed": seed,
                    "rate": rate,
                    "trainable": done["trainable"],
                }
                found += [
                    self.items.line(seen["nats"], step=step, **same) for step, seen in done["looks"]
                ]
        return found

    def pass_rows(self, trainable: Mapping[str, int]) -> list[Line]:
        """Rows of what the models' programs pass. trainable: numbers trained, by arm."""
        if self.written is None:
            return []
        self.written.write(self.lm, BASE)
        return trained_pass_rows(
            self.written.judged(list(trainable)),
            target=self.target,
            step=self.parameters.steps or 1,
            trainable=trainable,
            resamples=self.parameters.resamples,
            seed=self.parameters.seed,
        )

    def _rate(self, arm: str) -> float:
        """The rate with the least surprise at the end on texts that are not trained on."""
        rates = self.parameters.rates or ()
        if len(rates) == 1:
            return rates[0]
        ends = {}
        for rate in rates:
            # A training of its own, so that no seed that is reported has been looked at.
            plan = self._planned(rate, -1)
            plan = replace(plan, look_every=plan.steps)
            done = self._kept(f"{arm}/rate {rate:g}", arm, 0, plan, dev=self.dev)
            ends[rate] = done["looks"][-1][1]["dev"]
        return min(ends, key=ends.__getitem__)

    def _once(self, arm: str, seed: int, rate: float) -> Line:
        def look() -> Line:
            batch_tokens = self.parameters.batch_tokens
            nats = surprise(self.lm, self.items.examples, batch_tokens=batch_tokens)
            return {"nats": nats.tolist()}

        return self._kept(f"{arm}/{seed}", arm, seed, self._planned(rate, seed), look=look)

    def _planned(self, rate: float, seed: int) -> TuningPlan:
        return replace(
            _plan(self.parameters), rate=rate, seed=1_000 * self.parameters.seed + seed + 1
        )

    def _kept(
        self,
        name: str,
        arm: str,
        seed: int,
        plan: TuningPlan,
        *,
        dev: Sequence[Prompt] = (),
        look: Callable[[], Line] | None = None,
    ) -> Line:
        """What is known of a training: from the file where it has ended, else it is done."""
        key, folder = f"{self.target}/{name}", self.writer.checkpoint_path

        def do() -> Line:
            tuned = finetuning.finetune(
                self.lm,
                self.texts,
                self.arms.selection(arm, seed),
                plan=plan,
                dev=dev,
                look=look,
                folder=folder / "training",
                on_step=self.steps.of(key),
            )
            if look is not None and seed == 0:
                self._keep(tuned.delta, arm)
            looks = [[step, seen] for step, seen in tuned.looks]
            return {"trainable": tuned.n_trainable, "looks": looks}

        with self.steps.training(plan.steps):
            row = EndedTrainings(folder).kept(key, do)
        shutil.rmtree(folder / "training", ignore_errors=True)
        return row

    def _keep(self, delta: Delta, arm: str) -> None:
        """The weights of an arm's first training, and the programs that it writes."""
        if arm not in LARGE_ARMS:
            delta.save(delta_path(self.writer.path, self.target, arm))
        if self.written is not None:
            with delta.inside(self.lm) as trained:
                self.written.write(trained, arm)


def delta_path(folder: Path, target: str, arm: str) -> Path:
    """Where a run keeps the delta of a training."""
    return folder / DELTAS / f"{target}-{arm}.safetensors"
