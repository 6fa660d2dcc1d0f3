"""Ablated x evaluated in one call, without a run directory."""

from collections.abc import Callable

from neuroglot.analyses.damage import damage
from neuroglot.analyses.grouped import grouped_counts
from neuroglot.analyses.language_neurons import conclude_neurons
from neuroglot.analyses.lape import LanguageNeurons
from neuroglot.analyses.selectivity import Selectivity, selectivity
from neuroglot.lm.model import LM
from neuroglot.measure.ablation import score_variants
from neuroglot.measure.recording import Progress
from neuroglot.measure.variants import Operation
from neuroglot.stats.activity import NeuronActivity
from neuroglot.stats.moments import NeuronMoments
from neuroglot.studies.ablated_sets import WHOLE, compared, sets_of_fold
from neuroglot.studies.ablation_tables import document_rows
from neuroglot.text.corpus import Corpus
from neuroglot.text.reading import Reading, read


def ablation_matrix(
    lm: LM,
    held_out: Corpus,
    neurons: LanguageNeurons,
    *,
    activity: NeuronActivity,
    moments: NeuronMoments,
    operation: Operation = "mean",
    source: Reading | None = None,
    draws: int = 5,
    eval_tokens: int = 20_000,
    resamples: int = 2_000,
    seed: int = 0,
    batch_tokens: int = 4096,
    on_progress: Callable[[Progress], None] | None = None,
) -> Selectivity:
    """What removing each language's neurons does to each language, beyond matched neurons.

    held_out: text that the neurons were not chosen on. activity, moments: what they were chosen
    on; sets are cut at n*, the number that is real. operation: mean, zero, or resample, which
    needs `source`, the reading that activations are taken from. draws: matched sets per language.
    Gives matrices [ablated, evaluated] in nats per byte with selectivity and its replicates.
    """
    real = conclude_neurons(
        activity, tau=neurons.tau, nu=neurons.nu, selection=neurons.selection, seed=seed
    ).n_star
    sets = sets_of_fold(
        grouped_counts(activity),
        activity,
        moments,
        neurons,
        real={k: min(len(neurons[k]), real[k]) for k in neurons.labels},
        fold=WHOLE,
        seed=seed,
    )
    reading = read(
        held_out.documents,
        lm.tokenizer,
        labels=neurons.labels,
        tokens_per_language=eval_tokens,
        max_document_tokens=min(2048, lm.max_positions or 2048),
    )
    variants = [
        variant for label in neurons.labels for variant in compared(sets, label, operation, draws)
    ]
    scores = score_variants(
        lm,
        reading,
        variants,
        source=source,
        seed=seed,
        batch_tokens=batch_tokens,
        on_progress=on_progress,
    )
    found = damage(document_rows([scores]), labels=neurons.labels, resamples=resamples, seed=seed)
    return selectivity(found, operation)
