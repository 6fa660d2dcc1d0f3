"""Transfer: adapters learn to summarise in some languages, then in one that has few examples.

A step that is added to a run of the study `neuron-guided`, whose concept band it trains: gives the
tables `summaries`, `summary_items` and `summary_trainings`, and the claim B-8. Every arm has the
same examples in the same order, and takes its rate by summaries that are not tested on. Each
training that ends is kept, so a killed run goes on.
"""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cached_property
from math import ceil
from pathlib import Path

from neuroglot.analyses.bleu import bleu_scores
from neuroglot.analyses.summary_scores import chrf_scores, rouge_l_scores
from neuroglot.analyses.transfer_claim import BASE, Transfer, transfer_claims
from neuroglot.analyses.transfer_rows import score_rows
from neuroglot.base.errors import ConfigError, CorpusError, RunError
from neuroglot.base.seeds import generator
from neuroglot.lm.deltas import Delta
from neuroglot.lm.model import LM
from neuroglot.measure.completions import before_first, completions
from neuroglot.programs.summary_pairs import program_summaries
from neuroglot.runs.directory import Run, opened
from neuroglot.runs.writing import RunWriter, with_step
from neuroglot.studies.claim_tables import replace_claims
from neuroglot.studies.concept_layers import found_band
from neuroglot.studies.copying import copied
from neuroglot.studies.ended_trainings import EndedTrainings, Line
from neuroglot.studies.language_neurons import refuse_other
from neuroglot.studies.parameters import GuidedParameters
from neuroglot.studies.summary_arms import Arm, arms_of
from neuroglot.studies.summary_parameters import MOST_TRIED, SummaryParameters
from neuroglot.studies.training_steps import TrainingSteps
from neuroglot.studies.watching import Watcher, unwatched
from neuroglot.text.prompts import Prompt, summary
from neuroglot.text.summary_pairs import SummaryPair, SummaryPairs, read_summary_pairs
from neuroglot.train.adapters import refuse_without_peft
from neuroglot.train.finetuning import Tuned, TuningPlan, finetune

STEP = "summaries"
ITEMS, TRAININGS = "summary_items", "summary_trainings"
CLAIM = "B-8"
SHOTS = 2
"""Examples that the base model is shown."""
DEV_ITEMS = 40
NEW_TOKENS = 64


def summarise(
    run: Run | str | Path,
    *,
    lm: LM,
    parameters: SummaryParameters | None = None,
    out: str | Path | None = None,
    command: str = "",
    watch: Watcher = unwatched,
) -> Run:
    """Add the step `summaries` to a run of the study `neuron-guided`.

    lm: the model of the run. out: folder of a child run that gets the step instead. Raises RunError
    where it is another or the run has no band, ConfigError and CorpusError for pairs that cannot be
    had, OtherRunError where the step was made otherwise.
    """
    parent = opened(run)
    refuse_other(parent, lm)
    # Before anything is trained, not hours later.
    refuse_without_peft()
    refuse_unscorable()
    asked = parameters or SummaryParameters()
    chosen = asked.settled(asked.band or band_of(parent))
    if out is not None:
        parent = copied(parent, out, command=command, without=(STEP, ITEMS, TRAININGS))
    return with_step(
        parent.path,
        STEP,
        lambda writer: write_summaries(writer, lm, chosen, watch),
        parameters=chosen.as_json(),
        command=command,
    )


def write_default_summaries(
    writer: RunWriter, lm: LM, parameters: GuidedParameters, watch: Watcher
) -> None:
    """The step as a part of the study, by its profile; where there is no band that leaves other
    layers, or nothing fits into the model, a note says so.
    """
    asked = SummaryParameters(
        profile=parameters.profile, batch_tokens=parameters.batch_tokens, seed=parameters.seed
    )
    try:
        chosen = asked.settled(band_of(writer.run))
        write_summaries(writer, lm, chosen, watch)
    except (ConfigError, CorpusError, RunError) as error:
        writer.note(f"no summaries were trained: {error}")


def refuse_unscorable() -> None:
    """Raise MissingExtraError where a package is missing that summaries are scored by."""
    for scores in (bleu_scores, rouge_l_scores, chrf_scores):
        scores(["a"], ["a"])


def band_of(run: Run) -> tuple[int, int]:
    """First and last layer of the run's concept band; the embedding is no layer.

    Raises RunError for a run that has none.
    """
    levels = found_band(run)
    if levels is None:
        raise RunError(
            f"{run.path} has no concept band: give a run of the study neuron-guided, or --band"
        )
    return max(levels[0], 0), max(levels[1], 0)


def write_summaries(
    writer: RunWriter, lm: LM, parameters: SummaryParameters, watch: Watcher
) -> None:
    """All of the step. parameters: settled."""
    pairs = _fitting(lm, pairs_of(parameters))
    for note in pairs.notes:
        writer.note(note)
    sizes = [size for size in parameters.sizes or () if size <= len(pairs.target)]
    if len(sizes) < len(parameters.sizes or ()):
        writer.note(f"there are {len(pairs.target):,} examples of {parameters.target}, no more")
    sizes = sizes or [len(pairs.target)]
    job = _Job(writer, lm, parameters, pairs, sizes, watch)
    lines = [line for size in sizes for line in job.lines(size)]
    items = [row for line in lines for row in _items(line, pairs)]
    writer.write_table(ITEMS, items)
    writer.write_table(TRAININGS, [row for size in sizes for row in job.trainings(size)])
    drawn = {"resamples": parameters.resamples, "seed": parameters.seed}
    writer.write_table(STEP, score_rows(items, **drawn))
    by_size = {
        size: Transfer.of([row for row in items if row["size"] in (0, size)]) for size in sizes
    }
    claims, parts = transfer_claims(by_size, **drawn)
    replace_claims(writer, (CLAIM,), claims, parts)


def pairs_of(parameters: SummaryParameters) -> SummaryPairs:
    """The pairs that settled parameters ask for."""
    sources, most = parameters.sources or (), max(parameters.sizes or (1,))
    if parameters.data is not None:
        return read_summary_pairs(parameters.data, target=parameters.target, sources=sources)
    return program_summaries(
        target=parameters.target,
        sources=sources,
        most=most,
        first=parameters.first or 1,
        dev=DEV_ITEMS,
        test=parameters.items or 1,
        seed=parameters.seed,
    )


def _fitting(lm: LM, pairs: SummaryPairs) -> SummaryPairs:
    """Without what is tested and too long for the model's positions with examples before it.

    Raises CorpusError where nothing is left.
    """
    most, shown = lm.max_positions, _shown(pairs)
    if most is None:
        return pairs
    test = tuple(
        pair
        for pair in pairs.test
        if len(lm.tokenizer.encode(_prompt(pair, shown).question).ids) + NEW_TOKENS <= most
    )
    if not test:
        raise CorpusError(
            f"no function to be tested fits into the {most:,} positions of {lm.name} with {SHOTS} "
            "examples before it: give shorter ones with --data"
        )
    left = len(pairs.test) - len(test)
    note = f"functions not tested, too long for the model's positions: {left}"
    return replace(pairs, test=test, notes=(*pairs.notes, note)) if left else pairs


def _shown(pairs: SummaryPairs) -> list[SummaryPair]:
    """The shortest examples of the target, which the model as it is is shown."""
    return sorted(pairs.target, key=lambda pair: len(pair.code))[:SHOTS]


def _prompt(pair: SummaryPair, shown: Sequence[SummaryPair] = ()) -> Prompt:
    examples = [(each.code, each.summary) for each in shown]
    return summary(pair.code, pair.summary, language=pair.language, demonstrations=examples)


def _items(line: Line, pairs: SummaryPairs) -> list[Line]:
    """Rows of `summary_items` of one training."""
    tested, texts = pairs.test, line["texts"]
    said = [pair.summary for pair in tested]
    scores = zip(
        bleu_scores(texts, said), rouge_l_scores(texts, said), chrf_scores(texts, said), strict=True
    )
    same = {name: line[name] for name in ("arm", "stage", "target", "size", "seed")}
    return [
        {
            **same,
            "item": pair.program[:12],
            "family": pair.family,
            "reference": pair.summary,
            "text": text,
            **dict(zip(("bleu4", "rouge_l", "chrf"), each, strict=True)),
        }
        for pair, text, each in zip(tested, texts, scores, strict=True)
    ]


@dataclass(frozen=True)
class _Training:
    """One training: its arm, examples of the target, seed and rate."""

    name: str
    arm: Arm
    size: int
    seed: int
    rate: float

    @property
    def key(self) -> str:
        """Its name in files."""
        return _key(self.name, self.size, self.seed, self.rate)


@dataclass(frozen=True, eq=False)
class _Job:
    """All trainings and what they write, one after the other."""

    writer: RunWriter
    lm: LM
    parameters: SummaryParameters
    pairs: SummaryPairs
    sizes: Sequence[int]
    watch: Watcher

    @property
    def ended(self) -> EndedTrainings:
        """Trainings that need not be done again."""
        return EndedTrainings(self.writer.checkpoint_path)

    @cached_property
    def arms(self) -> dict[str, Arm]:
        """What is trained, by name."""
        band = self.parameters.band or (0, 0)
        quick = self.parameters.profile == "quick"
        layers = self.lm.body.sizes.layers
        return dict(arms_of(self.parameters.preset, layers=layers, band=band, quick=quick))

    @cached_property
    def steps(self) -> TrainingSteps:
        """Of all trainings; where two share a first stage, it counts in both."""
        rates, tried = len(self.parameters.rates or ()), set(map(self._tried, self.sizes))
        total = sum(
            ((self.parameters.seeds or 1) + (rates if rates > 1 and size in tried else 0))
            * sum(self._steps(arm, size))
            for arm in self.arms.values()
            for size in self.sizes
        )
        return TrainingSteps(self.watch, STEP, total)

    def _tried(self, size: int) -> int:
        """The size that rates are tried with for a size: itself, or the largest that is cheap."""
        cheap = [each for each in self.sizes if each <= MOST_TRIED] or [min(self.sizes)]
        return min(size, max(cheap))

    def _steps(self, arm: Arm, size: int) -> tuple[int, int]:
        """Of the first and the second stage."""
        first, second = self.parameters.epochs or (1, 1)
        each = self.parameters.examples_per_step
        sources = len(self.pairs.sources) if arm.two_stages else 0
        return ceil(sources * first / each), ceil(size * second / each)

    @cached_property
    def test(self) -> list[Prompt]:
        """What is summarised."""
        return [_prompt(pair) for pair in self.pairs.test]

    @cached_property
    def dev(self) -> list[Prompt]:
        """What chooses the rate."""
        return [_prompt(pair) for pair in self.pairs.dev]

    def lines(self, size: int) -> Iterator[Line]:
        """The base model with examples, then each arm and seed: what it wrote of the test items."""
        same = {"target": self.parameters.target}
        if size == min(self.sizes):
            texts = self.ended.kept("base", lambda: {"texts": self._base()})["texts"]
            yield {"arm": BASE, "stage": 0, "size": 0, "seed": 0, "texts": texts, **same}
        for name, arm in self.arms.items():
            rate = self._rate(name, self._tried(size))
            for seed in range(self.parameters.seeds or 1):
                done = self._trained(name, size, seed, rate)
                stage = 2 if arm.two_stages else 1
                yield {
                    "arm": name,
                    "stage": stage,
                    "size": size,
                    "seed": seed,
                    "texts": done["texts"],
                    **same,
                }

    def trainings(self, size: int) -> list[Line]:
        """Rows of `summary_trainings`: every training with its rate."""
        rates = self.parameters.rates or ()
        return [
            {
                "arm": name,
                "target": self.parameters.target,
                "size": size,
                "seed": seed,
                "rate": rate,
                "trainable": done["trainable"],
                "dev": done["dev"],
            }
            for name in self.arms
            for rate in rates
            for seed in range(self.parameters.seeds or 1)
            if (done := self.ended.known(_key(name, size, seed, rate))) is not None
        ]

    def _rate(self, name: str, size: int) -> float:
        """The rate with the least surprise on dev summaries, by the first seed."""
        rates = self.parameters.rates or (0.0,)
        if len(rates) == 1:
            return rates[0]
        ends = {rate: self._trained(name, size, 0, rate)["dev"] for rate in rates}
        return min(ends, key=ends.__getitem__)

    def _trained(self, name: str, size: int, seed: int, rate: float) -> Line:
        """One training in one stage or two, and what the model writes then."""
        one = _Training(name, self.arms[name], size, seed, rate)
        first, second = self._steps(one.arm, size)

        def do() -> Line:
            with ExitStack() as stages:
                lm = self.lm
                if one.arm.two_stages:
                    lm = stages.enter_context(self._first(one, first).inside(lm))
                    self.steps.over(first)
                chosen = [_prompt(pair) for pair in self.pairs.target[:size]]
                tuned = self._tuned(lm, one.key, chosen, one, second, dev=self.dev)
                with tuned.delta.inside(lm) as trained:
                    texts = self._written(trained, self.test)
                _, seen = tuned.looks[-1]
                return {"dev": seen["dev"], "trainable": tuned.n_trainable, "texts": texts}

        with self.steps.training(first + second):
            return self.ended.kept(one.key, do)

    def _first(self, one: _Training, steps: int) -> Delta:
        """The delta of the first stage, which all sizes share."""
        key = f"first-{one.name}-{one.seed}-{one.rate:g}"
        file = self.writer.checkpoint_path / f"{key}.safetensors"
        if not file.exists():
            pairs = list(self.pairs.sources)
            if one.arm.shuffled:
                order = generator(self.parameters.seed, "foreign summaries").permutation(len(pairs))
                said = [pairs[place].summary for place in order]
                pairs = [
                    replace(pair, summary=other) for pair, other in zip(pairs, said, strict=True)
                ]
            chosen = [_prompt(pair) for pair in pairs]
            # Not stopped by dev summaries: those are in the target, which this stage must not know.
            self._tuned(self.lm, key, chosen, one, steps).delta.save(file)
        return Delta.load(file)

    def _tuned(
        self,
        lm: LM,
        key: str,
        chosen: Sequence[Prompt],
        one: _Training,
        steps: int,
        *,
        dev: Sequence[Prompt] = (),
    ) -> Tuned:
        """A training to its last step, as long for every arm; dev summaries are read at its end."""
        folder = self.writer.checkpoint_path / "training"
        plan = TuningPlan(
            steps=steps,
            rate=one.rate,
            examples_per_step=self.parameters.examples_per_step,
            batch_tokens=self.parameters.batch_tokens,
            look_every=steps,
            seed=1_000 * self.parameters.seed + one.seed + 1,
        )
        tuned = finetune(
            lm,
            chosen,
            one.arm.selection,
            plan=plan,
            dev=dev,
            folder=folder / key,
            on_step=self.steps.of(key),
        )
        shutil.rmtree(folder, ignore_errors=True)
        return tuned

    def _base(self) -> list[str]:
        """What the model writes as it is, with examples of the target before it."""
        shown = _shown(self.pairs)
        return self._written(self.lm, [_prompt(pair, shown) for pair in self.pairs.test])

    def _written(self, lm: LM, prompts: Sequence[Prompt]) -> list[str]:
        made = completions(
            lm,
            [prompt.question.rstrip(" ") for prompt in prompts],
            max_new_tokens=NEW_TOKENS,
            stop=before_first("\n"),
        )
        return [each.text.strip() for each in made]


def _key(name: str, size: int, seed: int, rate: float) -> str:
    return f"{name}-{size}-{seed}-{rate:g}"
