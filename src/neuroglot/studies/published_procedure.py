"""The published procedure, run as it was, beside the sound one: a step added to a `neurons` run.

Documents joined into full rows with their headers, every position counted; as many neurons for each
language as were asked for, real or not; set to zero, with no control and no interval. Method:
arXiv 2506.01074; preset `release` also scores as the released script of LAPE does (Tang et al.,
ACL 2024), on joined rows, each with the same weight.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import exp
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.claims import Row
from neuroglot.analyses.damage import CLEAN
from neuroglot.analyses.grouped import grouped_counts
from neuroglot.analyses.lape import LanguageNeurons, language_neurons, with_nu
from neuroglot.analyses.published import beyond_matched, published_readings
from neuroglot.analyses.selection import SelectionRule
from neuroglot.base.units import NeuronSet
from neuroglot.lm.model import LM
from neuroglot.measure.ablation import AblationScores, score_variants
from neuroglot.measure.recording import Progress, read_for, record
from neuroglot.measure.variants import Variant
from neuroglot.runs.directory import Run, opened
from neuroglot.runs.writing import RunWriter, with_step
from neuroglot.stats.activity import NeuronActivity
from neuroglot.studies.ablation import refuse_unfit
from neuroglot.studies.parameters import NeuronsParameters, PublishedParameters
from neuroglot.studies.watching import Watcher, unwatched
from neuroglot.text.corpus import Corpus
from neuroglot.text.reading import Reading, read

STEP = "published"


def published(
    run: Run | str | Path,
    *,
    lm: LM,
    corpus: Corpus,
    parameters: PublishedParameters | None = None,
    command: str = "",
    watch: Watcher = unwatched,
) -> Run:
    """Add the step `published` to a run: what the published procedure finds on the same model.

    Tables published_lape, published_ablation and published_readings, tensor activity.published.
    lm, corpus: those of the run. Raises RunError, OtherRunError as `ablate` does.
    """
    parent = opened(run)
    refuse_unfit(parent, lm, corpus)
    made_with = NeuronsParameters.from_json(parent.manifest.parameters)
    chosen = (parameters or PublishedParameters()).profiled(made_with.profile)
    corpus = corpus.only(tuple(parent.manifest.data["languages"])).with_headers()
    return with_step(
        parent.path,
        STEP,
        lambda writer: _Procedure(lm, corpus, chosen, made_with, writer, watch).run(),
        parameters=chosen.as_json(),
        command=command,
    )


@dataclass(frozen=True)
class _Procedure:
    """The step being made: what its parts share."""

    lm: LM
    corpus: Corpus
    parameters: PublishedParameters
    made_with: NeuronsParameters
    writer: RunWriter
    watch: Watcher

    def run(self) -> None:
        """Count, select, zero, score."""
        source = read_for(
            self.lm,
            self.corpus,
            tokens_per_language=self.made_with.tokens,
            # Joined rows are full or absent: with little text they have to be shorter.
            max_document_tokens=min(self.made_with.max_document_tokens, self.made_with.tokens),
            packing="published",
        )
        counts = grouped_counts(self.activity(source))
        rule = SelectionRule(self.made_with.tau, "equal", self.made_with.nu or 1)
        neurons = language_neurons(counts, with_nu(rule, counts, nu=self.made_with.nu))
        scores = score_variants(
            self.lm,
            self.scored(source),
            [zeroed(neurons, label) for label in neurons.labels],
            seed=self.parameters.seed,
            batch_tokens=self.parameters.batch_tokens,
            checkpoint=self.writer.checkpoint_path / "scores.safetensors",
            on_progress=self.watched("published ablation"),
        )
        if not self.corpus.has_both_splits:
            self.writer.note(
                "the published procedure was scored on the text that its sets were chosen on: "
                "the data have no held-out part"
            )
        write_tables(self.writer, neurons, matrix_rows(scores, preset=self.parameters.preset))

    def activity(self, source: Reading) -> NeuronActivity:
        """Counts over joined rows; they are kept, so that a killed step does not count again."""
        name, run = f"activity.{STEP}", self.writer.run
        if run.has_tensors(name):
            return NeuronActivity.from_arrays(run.tensors(name), run.tensor_metadata(name))
        recorded = record(
            self.lm,
            source,
            (NeuronActivity,),
            batch_tokens=self.parameters.batch_tokens,
            checkpoint=self.writer.checkpoint_path / "sums.safetensors",
            on_progress=self.watched("published counts"),
        )
        activity = recorded[NeuronActivity].settled()
        self.writer.write_tensors(name, activity.arrays(), activity.metadata())
        return activity

    def scored(self, source: Reading) -> Reading:
        """Text to score: held out where there is such a part, in the preset's rows."""
        return read(
            self.corpus.held_out().documents or source.documents,
            self.lm.tokenizer,
            labels=source.labels,
            tokens_per_language=self.parameters.tokens,
            max_document_tokens=min(source.max_document_tokens, self.parameters.tokens),
            packing="published" if self.parameters.preset == "release" else "documents",
        )

    def watched(self, name: str) -> Callable[[Progress], None]:
        """Progress of one of the two passes, for whoever watches."""

        def tell(progress: Progress) -> None:
            self.watch(name, progress.done, progress.total, "tokens", progress.label)

        return tell


def zeroed(neurons: LanguageNeurons, label: str) -> Variant:
    """A label's whole set at zero, in every label's text."""
    units = neurons[label]
    return Variant(label, "zero", "neurons", 0, 1.0, units, neurons.labels, np.zeros(len(units)))


def matrix_rows(scores: AblationScores, *, preset: str) -> list[Row]:
    """Rows of `published_ablation`: nats per token, clean and under each set.

    `published` divides all nats of a language by all its tokens; `release` takes the mean over rows
    of each row's mean, as the script that prints it under the name of a perplexity does.
    """
    names = (CLEAN, *(variant.ablated for variant in scores.variants))
    rows = []
    for k, label in enumerate(scores.reading.labels):
        here = scores.label == k
        tokens = scores.tokens[here]
        weights = (
            tokens / tokens.sum()
            if preset == "published"
            else np.full(len(tokens), 1 / len(tokens))
        )
        per_token: NDArray[np.float64] = (scores.nll[:, here] / tokens) @ weights
        for place, name in enumerate(names):
            changed = place > 0
            rows.append(
                {
                    "preset": preset,
                    "ablated": name,
                    "evaluated": label,
                    "rows": int(here.sum()),
                    "tokens": int(tokens.sum()),
                    "nll": float(per_token[place]),
                    "ppl": exp(per_token[place]),
                    "nll_change": float(per_token[place] - per_token[0]) if changed else None,
                    "ppl_change": exp(per_token[place]) - exp(per_token[0]) if changed else None,
                }
            )
    return rows


def write_tables(writer: RunWriter, neurons: LanguageNeurons, matrix: Sequence[Row]) -> None:
    """The step's tables, with what the sound study says of the same figures."""
    run = writer.run
    sound = [row for row in run.table("lape").to_pylist() if row["fold"] == -1 and row["real"]]
    sets = set_rows(neurons, {(row["language"], row["layer"], row["neuron"]) for row in sound})
    writer.write_table("published_lape", sets)
    ablated = run.table("ablation").to_pylist() if run.has("ablation") else []
    beyond = beyond_matched(ablated, neurons.labels)
    writer.write_table(
        "published_ablation",
        [
            {**row, "beyond_matched": beyond.get((row["ablated"], row["evaluated"]))}
            for row in matrix
        ],
    )
    writer.write_table(
        "published_readings",
        published_readings(
            sets=sets,
            matrix=matrix,
            sound_sets=sound,
            sound_matrix=beyond,
            claims=run.table("claims").to_pylist(),
            labels=neurons.labels,
            n_layers=neurons.entropy.shape[0],
        ),
    )


def set_rows(neurons: LanguageNeurons, sound: set[tuple[str, int, int]]) -> list[Row]:
    """Rows of `published_lape`; `sound`: (language, layer, neuron) real in the sound study."""
    exclusive: Mapping[str, NeuronSet] = neurons.exclusive
    return [
        {
            "language": label,
            "layer": layer,
            "neuron": neuron,
            "rank": rank,
            "entropy": float(neurons.entropy[layer, neuron]),
            "probability": float(neurons.probability[place, layer, neuron]),
            "exclusive": (layer, neuron) in exclusive[label],
            "sound": (label, layer, neuron) in sound,
        }
        for place, (label, chosen) in enumerate(neurons.items())
        for rank, (layer, neuron) in enumerate(chosen, start=1)
    ]
