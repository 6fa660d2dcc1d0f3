"""Units chosen by PLS are removed, and solutions of tasks are read that they were not chosen on.

A step of the study `neuron-guided`: gives the tables `ablation` and `ablation_documents` and the
claims B-2 to B-4. Each half of the tasks is read without what the other half chose.
"""

from collections.abc import Mapping, Sequence

from neuroglot.analyses.damage import CLEAN, Columns, Damage, damage
from neuroglot.analyses.pls import PLSRule
from neuroglot.analyses.pls_specificity import real_units
from neuroglot.analyses.unit_claims import better_than_lape, hurt_most, universal_units
from neuroglot.analyses.verdicts import Part
from neuroglot.base.errors import RunError
from neuroglot.lm.model import LM
from neuroglot.measure.ablation import AblationScores, score_variants
from neuroglot.measure.recording import Progress
from neuroglot.runs.directory import Run
from neuroglot.runs.writing import RunWriter
from neuroglot.stats.activity import NeuronActivity
from neuroglot.stats.moments import NeuronMoments
from neuroglot.stats.pls import PLS
from neuroglot.stats.statistic import AnyStatistic
from neuroglot.studies.ablation_tables import ablation_rows, document_rows
from neuroglot.studies.claim_tables import replace_claims
from neuroglot.studies.parameters import GuidedParameters
from neuroglot.studies.pls_sets import (
    EQUAL,
    HALVES,
    LAPE,
    MLP,
    OPERATIONS,
    OWN,
    HalfSets,
    half_of,
    half_variants,
)
from neuroglot.studies.watching import Watcher
from neuroglot.text.reading import Reading, read

STEP = "ablation"
HURT = "B-2"
CLAIMS = (HURT, "B-3", "B-4")
UNIT = "task"
TENSORS: Mapping[type, str] = {PLS: "pls", NeuronActivity: "activity", NeuronMoments: "moments"}
TASKS, DOCUMENTS = "pls_tasks", "ablation_documents"
"""Tables: the bucket of each task that units were scored on; the surprise of each solution."""


def kept(run: Run, kind: type[AnyStatistic]) -> AnyStatistic:
    """A statistic that the run recorded. Raises RunError where it did not."""
    name = TENSORS[kind]
    if not run.has_tensors(name):
        raise RunError(
            f"{run.path} holds no tensors/{name}.safetensors: give a run of the study neuron-guided"
        )
    return kind.from_arrays(run.tensors(name), run.tensor_metadata(name))


def half_sets(run: Run, *, fold: int, draws: int, seed: int) -> HalfSets:
    """What is removed on one half of the tasks of a run."""
    made_with = GuidedParameters.from_json(run.manifest.parameters)
    return HalfSets(
        pls=kept(run, PLS),
        activity=kept(run, NeuronActivity),
        moments=kept(run, NeuronMoments),
        rule=PLSRule(ratio=made_with.ratio, top=made_with.top),
        real=real_units(run.table("claim_parts").to_pylist()),
        fold=fold,
        draws=draws,
        seed=seed,
    )


def write_unit_ablation(
    writer: RunWriter, lm: LM, reading: Reading, parameters: GuidedParameters, watch: Watcher
) -> None:
    """All of the step. reading: the texts that the run recorded, one in a row."""
    scores, sizes = [], []
    for fold in range(HALVES):
        sets = half_sets(writer.run, fold=fold, draws=parameters.n_draws, seed=parameters.seed)

        def tell(progress: Progress, fold: int = fold) -> None:
            done, total = fold * progress.total + progress.done, HALVES * progress.total
            watch(STEP, done, total, "tokens", progress.label)

        scores.append(
            score_variants(
                lm,
                _half(lm, reading, sets, tokens=parameters.eval_tokens_each),
                half_variants(sets, operations=OPERATIONS),
                source=reading,
                seed=parameters.seed,
                batch_tokens=parameters.batch_tokens,
                checkpoint=writer.checkpoint_path / f"half{fold}.safetensors",
                on_progress=tell,
            )
        )
        sizes.append(sets)
    for note in dict.fromkeys(note for one in scores for note in one.notes):
        writer.note(note)
    _write_tables(writer, scores, sizes, parameters)


def _half(lm: LM, reading: Reading, sets: HalfSets, *, tokens: int) -> Reading:
    """The texts of one half of the tasks, up to so many tokens of each language."""
    inside = [
        row.document
        for row in reading.rows
        if half_of(reading.groups[row.group].bucket) == sets.fold
    ]
    return read(
        [reading.documents[number] for number in inside],
        lm.tokenizer,
        labels=reading.labels,
        tokens_per_language=max(tokens // HALVES, 1),
        max_document_tokens=reading.max_document_tokens,
        least_tokens=0,
        least_documents=0,
    )


def _write_tables(
    writer: RunWriter,
    scores: Sequence[AblationScores],
    sets: Sequence[HalfSets],
    parameters: GuidedParameters,
) -> None:
    documents: dict[str, list[object]] = {}
    cells: list[dict[str, object]] = []
    found: dict[str, Damage] = {}
    labels = scores[0].reading.labels
    for selection in (OWN, MLP, EQUAL, LAPE):
        own = [one.only(selection) for one in scores]
        columns = document_rows(own)
        for name, values in columns.items():
            documents.setdefault(name, []).extend(values)
        found[selection] = damage(
            columns, labels=labels, resamples=parameters.resamples, seed=parameters.seed
        )
        cells += ablation_rows(own, found[selection], unit=UNIT)
    writer.write_table(DOCUMENTS, documents)
    writer.write_table("ablation", cells)
    sizes = {label: min(each.size(label) for each in sets) for label in labels}
    universal = min(len(each.choice.universal) for each in sets)
    claims, parts = hurt_most(found[OWN], passes=None)
    for more, more_parts in (
        better_than_lape(found[MLP], found[LAPE], found[EQUAL], sizes=sizes),
        universal_units(found[OWN], bytes_per_token=_bytes_per_token(documents), size=universal),
    ):
        claims, parts = [*claims, *more], [*parts, *more_parts]
    replace_claims(writer, CLAIMS, claims, parts)


def decide_with_passes(writer: RunWriter, passes: Part) -> None:
    """Claim B-2 anew from what the run stored, with what programs that pass say of it."""
    manifest = writer.run.manifest
    made_with = GuidedParameters.from_json(manifest.parameters)
    columns = writer.run.table(DOCUMENTS).to_pydict()
    own = [place for place, name in enumerate(columns["selection"]) if name == OWN]
    found = damage(
        {name: [values[place] for place in own] for name, values in columns.items()},
        labels=manifest.data["languages"],
        resamples=made_with.resamples,
        seed=made_with.seed,
    )
    claims, parts = hurt_most(found, passes=passes)
    replace_claims(writer, (HURT,), claims, parts)


def _bytes_per_token(columns: Columns) -> dict[str, float]:
    """Bytes of a token of each language, in the text that was scored."""
    bytes_of: dict[str, int] = {}
    tokens_of: dict[str, int] = {}
    names = ("language", "bytes", "tokens", "ablated")
    for language, n_bytes, tokens, ablated in zip(*(columns[n] for n in names), strict=True):
        if ablated == CLEAN:
            bytes_of[language] = bytes_of.get(language, 0) + n_bytes
            tokens_of[language] = tokens_of.get(language, 0) + tokens
    return {language: bytes_of[language] / tokens_of[language] for language in bytes_of}
