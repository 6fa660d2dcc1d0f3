"""The parts of the study `neuron-guided` that choose units and look at layers, as steps of a run.

Each takes the run's writer, the model and the texts, and writes tensors, tables and claims. What
one step needs of an earlier one it reads from the run, so a killed run goes on.
"""

from collections.abc import Callable, Sequence

from neuroglot.analyses.claims import Row
from neuroglot.analyses.concept_band import Found, band_rows, concept_layers_claim
from neuroglot.analyses.pls import (
    UNIVERSAL,
    PLSRule,
    massive_units,
    pls_neurons,
    pls_rows,
    score_rows,
)
from neuroglot.analyses.pls_evidence import PLSEvidence, pls_evidence
from neuroglot.analyses.pls_specificity import specialised_units
from neuroglot.base.errors import CorpusError
from neuroglot.base.units import Place, Units
from neuroglot.lm.model import LM
from neuroglot.measure.examples import telling_examples
from neuroglot.measure.recording import LARGE, Progress, Recorded, record
from neuroglot.runs.directory import Run
from neuroglot.runs.writing import RunWriter
from neuroglot.stats.activity import NeuronActivity
from neuroglot.stats.moments import NeuronMoments
from neuroglot.stats.pls import PLS, REDUCTIONS
from neuroglot.stats.statistic import Statistic
from neuroglot.studies.claim_tables import replace_claims
from neuroglot.studies.concept_layers import SITES, STREAM, concept_layers
from neuroglot.studies.guided_probes import syntax_probed
from neuroglot.studies.matched_texts import matched_reading
from neuroglot.studies.neuron_tables import unit_example_rows, unit_write_rows
from neuroglot.studies.parameters import GuidedParameters
from neuroglot.studies.pls_effects import unit_effects
from neuroglot.studies.unit_ablation import TASKS, TENSORS, kept
from neuroglot.studies.watching import Watcher
from neuroglot.text.document import Document
from neuroglot.text.parallel import ParallelCorpus
from neuroglot.text.reading import Reading, read
from neuroglot.text.renamed_items import renamed_items

RECORD, UNITS, CARDS, LAYERS = "record", "units", "cards", "concept_layers"
MATCHED = "pls.matched"
"""The tensors over texts matched in length and surprise."""
KINDS: tuple[type[Statistic], ...] = (PLS, NeuronActivity, NeuronMoments)
CARDS_EACH = 30
"""Units of each language whose examples are looked up, in the order of their rank."""
ALL = 2**31
"""More tokens of a language than any parallel texts have."""


def reading_of(lm: LM, corpus: ParallelCorpus) -> Reading:
    """Every item in every language as a text of its own; a problem is kept together."""
    documents = [
        Document(item[language], language, id=f"{item.id}.{language}", repo=item.problem)
        for language in corpus.languages
        for item in corpus.items
    ]
    most = lm.max_positions or 2048
    return read(
        documents,
        lm.tokenizer,
        labels=corpus.languages,
        tokens_per_language=ALL,
        max_document_tokens=min(most, 2048),
        max_buckets=12 if lm.n_layers * (lm.n_neurons or 0) > LARGE else 32,
    )


def task_rows(reading: Reading) -> list[Row]:
    """Rows of `pls_tasks`: each problem, and the bucket that it stands in in every language."""
    found = {
        reading.documents[row.document].repository: reading.groups[row.group].bucket
        for row in reading.rows
    }
    return [{"task": name, "bucket": bucket} for name, bucket in sorted(found.items())]


def write_record(
    writer: RunWriter, lm: LM, reading: Reading, parameters: GuidedParameters, watch: Watcher
) -> None:
    """One forward and one backward pass over all texts; the full profile also reads matched ones.

    Tensors pls, activity, moments, and pls.matched; table pls_tasks.
    """

    def recorded_of(text: Reading, kinds: Sequence[type[Statistic]], name: str) -> Recorded:
        return record(
            lm,
            text,
            kinds,
            batch_tokens=parameters.batch_tokens,
            checkpoint=writer.checkpoint_path / f"{name}.safetensors",
            on_progress=_watched(watch, RECORD),
        )

    writer.write_table(TASKS, task_rows(reading))
    recorded = recorded_of(reading, KINDS, "sums")
    for kind in KINDS:
        settled = recorded[kind].settled()
        writer.write_tensors(TENSORS[kind], settled.arrays(), settled.metadata())
    for note in recorded.notes:
        writer.note(note)
    if parameters.with_nulls:
        alike = matched_reading(lm, reading, batch_tokens=parameters.batch_tokens)
        again = recorded_of(alike, [PLS], "matched")[PLS].settled()
        writer.write_tensors(MATCHED, again.arrays(), again.metadata())


def write_units(
    writer: RunWriter, lm: LM, reading: Reading, parameters: GuidedParameters, watch: Watcher
) -> None:
    """The units of each language, what single ones do, and claim B-1: tables pls, pls_effects."""
    pls, rule = kept(writer.run, PLS), PLSRule(ratio=parameters.ratio, top=parameters.top)
    writer.write_table("pls", pls_rows(pls_neurons(pls, ratio=rule.ratio, top=rule.top)))
    if massive := massive_units(pls):
        named = ", ".join(f"{site} {layer}.{index}" for site, layer, index in massive.places()[:5])
        writer.note(
            f"{len(massive)} units have massive activations, as {named} (projection, layer, unit): "
            "a set that holds one does harm by its size alone"
        )
    effects = unit_effects(
        lm,
        _first_tokens(lm, reading, parameters.effect_tokens),
        pls,
        units=parameters.effect_units,
        seed=parameters.seed,
        batch_tokens=parameters.batch_tokens,
        checkpoint=writer.checkpoint_path / "effects.safetensors",
        on_progress=_watched(watch, UNITS),
    )
    writer.write_table("pls_effects", effects.rows)

    def evidence(own: PLS, what: str) -> PLSEvidence:
        return pls_evidence(
            own,
            rule,
            permutations=parameters.permutations,
            resamples=parameters.resamples,
            seed=parameters.seed,
            tick=lambda done, total: watch(UNITS, done, total, "draws", what),
        )

    matched = None
    if writer.run.has_tensors(MATCHED):
        run = writer.run
        alike = PLS.from_arrays(run.tensors(MATCHED), run.tensor_metadata(MATCHED))
        matched = evidence(alike, "matched texts")
    claims, parts = specialised_units(
        evidence(pls, "languages dealt anew"),
        effects=effects.correlation[REDUCTIONS[0]],
        matched=matched,
    )
    replace_claims(writer, ("B-1",), claims, parts)


def write_cards(
    writer: RunWriter, lm: LM, reading: Reading, parameters: GuidedParameters, watch: Watcher
) -> None:
    """What the first units of each language do: tables pls_scores, pls_examples, pls_writes."""
    shown = _shown_units(writer.run)
    writer.write_table("pls_scores", score_rows(kept(writer.run, PLS), shown))
    found = telling_examples(
        lm,
        reading,
        shown,
        tokens=parameters.effect_tokens,
        on_progress=_watched(watch, CARDS),
    )
    writer.write_table("pls_examples", unit_example_rows(found, reading, lm.tokenizer))
    writer.write_table("pls_writes", unit_write_rows(lm, shown))


def _shown_units(run: Run) -> dict[str, Units]:
    """The first CARDS_EACH units of each language, in the order of their rank."""
    places: dict[str, list[Place]] = {}
    for row in run.table("pls").to_pylist():
        if row["language"] != UNIVERSAL and row["rank"] <= CARDS_EACH:
            own = places.setdefault(row["language"], [])
            own.append((row["projection"], row["layer"], row["neuron"]))
    return {label: Units.of(own) for label, own in places.items()}


def write_layers(
    writer: RunWriter,
    lm: LM,
    corpus: ParallelCorpus,
    parameters: GuidedParameters,
    watch: Watcher,
) -> None:
    """Similarity of texts level by level, and claim B-5b: tables concept_layers, concept_band."""
    found = concept_layers(
        lm,
        corpus,
        renamed=_renamed(writer, corpus, seed=parameters.seed),
        twin=parameters.with_twin(lm.name),
        seed=parameters.seed,
        batch_tokens=parameters.batch_tokens,
        notice=lambda what, done, total: watch(LAYERS, done, total, "texts", what),
    )
    writer.write_table("concept_layers", found.rows(corpus.source))
    syntax = syntax_probed(writer, found.tasks)
    asked = Found(found.quality[STREAM], found.levels, found.others, syntax)
    drawn = {"resamples": parameters.resamples, "seed": parameters.seed}
    claims, parts = concept_layers_claim(asked, **drawn)
    bands = [
        row
        for site in SITES
        for row in band_rows(
            found.quality[site],
            found.levels_of(site),
            corpus=corpus.source,
            site=site,
            **drawn,
        )
    ]
    writer.write_table("concept_band", bands)
    replace_claims(writer, ("B-5b",), claims, parts)


def _renamed(writer: RunWriter, corpus: ParallelCorpus, *, seed: int) -> ParallelCorpus | None:
    """The items under other names, where all of their languages can be renamed."""
    try:
        found = renamed_items(corpus, seed=seed)
    except CorpusError as error:
        writer.note(str(error))
        return None
    if found.languages != corpus.languages:
        writer.note("not every language can be renamed: no similarity under other names")
        return None
    return found


def _first_tokens(lm: LM, reading: Reading, tokens: int) -> Reading:
    return read(
        reading.documents,
        lm.tokenizer,
        labels=reading.labels,
        tokens_per_language=tokens,
        max_document_tokens=reading.max_document_tokens,
        least_tokens=0,
        least_documents=0,
    )


def _watched(watch: Watcher, step: str) -> Callable[[Progress], None]:
    return lambda progress: watch(step, progress.done, progress.total, "tokens", progress.label)
