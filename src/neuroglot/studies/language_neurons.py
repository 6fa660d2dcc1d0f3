"""The study `neurons`: which neurons of a model carry which language, and how many are real.

Takes a model and a corpus; gives a run directory. One pass over the text for the counts, with the
full profile a second one over the same documents with their licence headers and a third by a twin
with fresh weights; then the conclusions, which need no model; then the places where the neurons
found fire most. Method: LAPE (Tang et al., ACL 2024) as used for code by arXiv 2506.01074.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from neuroglot.analyses.checks import activity_checks
from neuroglot.analyses.language_neurons import conclude_neurons
from neuroglot.base.errors import ConfigError, RunError
from neuroglot.base.planted import PLANTED
from neuroglot.base.units import NeuronSet
from neuroglot.lm.model import LM
from neuroglot.lm.sites import place
from neuroglot.lm.twin import untrained_twin
from neuroglot.measure.examples import strongest_examples
from neuroglot.measure.recording import Progress, Recorded, read_for, record
from neuroglot.runs.directory import Run
from neuroglot.runs.naming import default_path
from neuroglot.runs.writing import RunWriter, open_for_writing
from neuroglot.stats.activity import NeuronActivity
from neuroglot.stats.moments import NeuronMoments
from neuroglot.stats.statistic import AnyStatistic, Statistic
from neuroglot.studies.checking import check_rows, model_checks, text_checks
from neuroglot.studies.neuron_tables import example_rows, planted_rows, write_rows
from neuroglot.studies.parameters import BUNDLED, QUICK_LANGUAGES, NeuronsParameters
from neuroglot.studies.watching import Watcher, unwatched
from neuroglot.text.corpus import Corpus
from neuroglot.text.inspection import corpus_rows
from neuroglot.text.reading import Reading

FORMATS: Mapping[str, int] = {"NeuronActivity": 1, "NeuronMoments": 1}
PLANTED_MODEL = "planted"
"""The model whose answer is known, and stands in its runs."""
CARDS = 100
"""Neurons of each language whose examples are looked up, in the order of their rank."""


@dataclass(frozen=True)
class Pass:
    """One pass over text: the step's name, the tensors it writes, and what it records."""

    step: str
    suffix: str
    kinds: tuple[type[Statistic], ...]


PASSES: Mapping[str, Pass] = {
    "record": Pass("record", "", (NeuronActivity, NeuronMoments)),
    "record_headers": Pass("record_headers", ".headers", (NeuronActivity,)),
    "record_untrained": Pass("record_untrained", ".untrained", (NeuronActivity,)),
}
TENSORS: Mapping[type[Statistic], str] = {NeuronActivity: "activity", NeuronMoments: "moments"}


def neurons(
    lm: LM,
    corpus: Corpus,
    *,
    out: str | Path | None = None,
    parameters: NeuronsParameters | None = None,
    command: str = "",
    watch: Watcher = unwatched,
) -> Run:
    """Find each language's neurons and write the run directory.

    out: defaults to runs/neurons-<model>-<parameters>. parameters: None for the defaults. The same
    call again resumes or returns the
    finished run. command: the line that reproduces it, kept in the manifest.
    Raises CorpusError, ConfigError, SiteError (a model without fixed neurons) and the errors of the
    run directory.
    """
    chosen = profiled(parameters or NeuronsParameters(), corpus)
    refuse_impossible(lm, chosen)
    if chosen.languages is not None:
        corpus = corpus.only(chosen.languages)
    path = Path(out) if out else default_path("neurons", model=lm.name, parameters=chosen.as_json())
    passes = planned_passes(lm, corpus, chosen)
    sharded = chosen.shard is not None
    steps = ["checks", *passes, *([] if sharded else ["conclude", "examples"])]
    with open_for_writing(
        path,
        study="neurons",
        command=command,
        parameters=chosen.as_json(),
        seed=chosen.seed,
        model=described_model(lm),
        data=described_corpus(corpus),
        steps=steps,
        formats=FORMATS,
    ) as writer:
        if writer.complete:
            return writer.run
        study = Study(lm, corpus, chosen, writer, watch)
        with writer.step("checks") as todo:
            if todo:
                writer.write_table("checks", study.checked())
        for name in passes:
            with writer.step(name) as todo:
                if todo:
                    study.record(PASSES[name])
        if not sharded:
            study.conclude()
        return writer.finish()


def refuse_impossible(lm: LM, parameters: NeuronsParameters) -> None:
    """Refuse what this model cannot give, before anything is measured.

    Raises SiteError for a model without fixed neurons, ConfigError for more than it has.
    """
    place(lm.body, "neuron", 0)
    refuse_too_many(parameters.nu, layers=lm.n_layers, neurons=lm.n_neurons or 0)


def refuse_too_many(nu: int | None, *, layers: int, neurons: int) -> None:
    """Raise ConfigError where more neurons per language are asked for than the model has."""
    if nu is not None and nu > layers * neurons:
        raise ConfigError(
            f"nu is {nu:,}, and the model has {layers * neurons:,} neurons ({layers} layers of "
            f"{neurons:,}): give fewer, or leave nu out"
        )


def profiled(parameters: NeuronsParameters, corpus: Corpus) -> NeuronsParameters:
    """The parameters with what the profile and the corpus decide filled in."""
    languages = parameters.languages or corpus.languages
    if parameters.languages is None and parameters.profile == "quick":
        languages = languages[:QUICK_LANGUAGES]
    return replace(parameters, languages=languages, tokens_per_language=parameters.tokens)


def planned_passes(lm: LM, corpus: Corpus, parameters: NeuronsParameters) -> list[str]:
    """Names of the passes over text that this run makes."""
    full = parameters.profile == "full"
    passes = ["record"]
    if full and parameters.headers == "stripped" and corpus.headed:
        passes.append("record_headers")
    if full or lm.name in BUNDLED:
        passes.append("record_untrained")
    return passes


def described_corpus(corpus: Corpus) -> dict[str, Any]:
    """What the manifest says of a corpus."""
    return {
        "source": corpus.source,
        "digest": corpus.digest,
        "languages": list(corpus.languages),
        "licence_headers": bool(corpus.headed),
    }


def described_model(lm: LM) -> dict[str, Any]:
    """What the manifest says of a model."""
    return {
        "name": lm.name,
        "source": lm.source,
        "revision": lm.revision,
        **({"delta": lm.delta} if lm.delta else {}),
        "fingerprint": lm.fingerprint,
        "family": lm.anatomy.family,
        "layers": lm.n_layers,
        "neurons": lm.n_neurons,
        "width": lm.width,
        "dtype": str(lm.dtype).removeprefix("torch."),
    }


def refuse_other(run: Run, lm: LM) -> None:
    """Raise RunError for a model that is not the run's."""
    if lm.fingerprint != run.manifest.model["fingerprint"]:
        raise RunError(f"the model is not the one of {run.path}: give the same weights")


@dataclass(frozen=True)
class Study:
    """A run being made: what its steps share."""

    lm: LM
    corpus: Corpus
    parameters: NeuronsParameters
    writer: RunWriter
    watch: Watcher

    @cached_property
    def reading(self) -> Reading:
        """What the model reads, the same in every step and every resumption."""
        return self._read(self.corpus)

    def checked(self) -> list[dict[str, Any]]:
        """The quick checks of the model and of the text it will read."""
        self.watch("checks", 0, 1, "checks", "")
        checks = model_checks(self.lm)
        checks += text_checks(self.corpus, self.reading, headers=self.parameters.headers)
        self.watch("checks", 1, 1, "checks", "")
        return check_rows(checks)

    def _read(self, corpus: Corpus) -> Reading:
        return read_for(
            self.lm,
            corpus,
            tokens_per_language=self.parameters.tokens,
            max_document_tokens=self.parameters.max_document_tokens,
            packing=self.parameters.packing,
        )

    def record(self, this: Pass) -> None:
        """Make one pass over text and keep its statistics, settled unless this is a shard."""
        lm = self.lm
        if this.step == "record_untrained":
            lm = untrained_twin(self.lm, seed=self.parameters.seed)
        corpus = self.corpus
        if this.step == "record_headers":
            corpus = self.corpus.with_headers()
        reading = self.reading if corpus is self.corpus else self._read(corpus)
        recorded = record(
            lm,
            reading,
            this.kinds,
            batch_tokens=self.parameters.batch_tokens,
            shard=self.parameters.part(),
            checkpoint=self.writer.checkpoint_path / "sums.safetensors",
            on_progress=self._watched(this.step, "tokens"),
        )
        self._keep(this, recorded)
        if this.step == "record":
            self.writer.write_table("corpus", corpus_rows(corpus.training(), reading))
            for note in (*corpus.notes, *reading.notes):
                self.writer.note(note)
        for note in recorded.notes:
            self.writer.note(note)

    def _keep(self, this: Pass, recorded: Recorded) -> None:
        for kind in this.kinds:
            statistic = recorded[kind]
            kept = statistic if self.parameters.shard else statistic.settled()
            self.writer.write_tensors(TENSORS[kind] + this.suffix, kept.arrays(), kept.metadata())

    def _watched(self, step: str, unit: str) -> Callable[[Progress], None]:
        def tell(progress: Progress) -> None:
            self.watch(step, progress.done, progress.total, unit, progress.label)

        return tell

    def conclude(self) -> None:
        """The steps after the passes: conclusions, then examples of the neurons found."""
        with self.writer.step("conclude") as todo:
            if todo:
                write_conclusions(self.writer, self.parameters, self.watch)
                if self.lm.name == PLANTED_MODEL:
                    self.writer.write_table("planted", planted_rows(PLANTED))
        with self.writer.step("examples") as todo:
            if todo:
                self._look_up_examples()

    def _look_up_examples(self) -> None:
        chosen = shown_sets(self.writer.run)
        reading = self.reading
        found = strongest_examples(
            self.lm, reading, chosen, on_progress=self._watched("examples", "tokens")
        )
        self.writer.write_table("neuron_examples", example_rows(found, reading, self.lm.tokenizer))
        self.writer.write_table("neuron_writes", write_rows(self.lm, chosen))


def load_statistic(run: Run, kind: type[AnyStatistic], suffix: str = "") -> AnyStatistic | None:
    """A statistic from a run's tensors, None where that pass was not made."""
    name = TENSORS[kind] + suffix
    if not run.has_tensors(name):
        return None
    return kind.from_arrays(run.tensors(name), run.tensor_metadata(name))


def write_conclusions(writer: RunWriter, parameters: NeuronsParameters, watch: Watcher) -> None:
    """Everything that follows from the stored counts alone, as tables.

    Texts that come without licence headers read the same with their headers kept.
    """
    activity = load_statistic(writer.run, NeuronActivity)
    if activity is None:
        raise RunError(f"{writer.path} holds no tensors/activity.safetensors: record it first")
    headers = load_statistic(writer.run, NeuronActivity, ".headers")
    if headers is None and not writer.manifest.data["licence_headers"]:
        headers = activity
    found = conclude_neurons(
        activity,
        headers=headers,
        untrained=load_statistic(writer.run, NeuronActivity, ".untrained"),
        tau=parameters.tau,
        nu=parameters.nu,
        selection=parameters.selection,
        top=parameters.top,
        profile=parameters.profile,
        seed=parameters.seed,
        on_progress=lambda done, total: watch("conclude", done, total, "draws", ""),
    )
    made = activity_checks(activity)
    names = {row["name"] for row in made}
    earlier = [row for row in writer.run.table("checks").to_pylist() if row["name"] not in names]
    writer.write_table("checks", [*earlier, *made])
    for name, rows in found.tables.items():
        writer.write_table(name, rows)


def shown_sets(run: Run) -> dict[str, NeuronSet]:
    """The first CARDS neurons of each language's set, in the order of their rank."""
    rows = [row for row in run.table("lape").to_pylist() if row["rank"] <= CARDS]
    labels = list(dict.fromkeys(row["language"] for row in rows))
    return {
        label: NeuronSet.of(
            (row["layer"], row["neuron"]) for row in rows if row["language"] == label
        )
        for label in labels
    }
