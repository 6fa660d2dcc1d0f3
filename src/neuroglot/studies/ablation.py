"""Ablation: are a language's neurons needed by that language? A step added to a `neurons` run.

Takes the run's counts, the model and the text; scores held-out text under every variant of the
plan, and decides claim A-5. Where the text has no part of its own to score on, repositories are
scored in five folds, each with the sets selected on the other four.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.damage import damage
from neuroglot.analyses.grouped import grouped_counts
from neuroglot.analyses.lape import language_neurons, with_nu
from neuroglot.analyses.necessity import needed_neurons
from neuroglot.analyses.selection import SelectionRule
from neuroglot.base.errors import RunError
from neuroglot.lm.model import LM
from neuroglot.measure.ablation import AblationScores, MassIds, score_variants
from neuroglot.measure.recording import Progress, read_for
from neuroglot.measure.variants import Variant
from neuroglot.runs.directory import Run, opened
from neuroglot.runs.writing import RunWriter, with_step
from neuroglot.stats.activity import NeuronActivity
from neuroglot.stats.moments import NeuronMoments
from neuroglot.studies.ablated_sets import (
    FOLDS,
    WHOLE,
    Sets,
    ablation_variants,
    raised_variants,
    sets_of_fold,
)
from neuroglot.studies.ablation_tables import (
    ablation_rows,
    document_rows,
    next_line_rows,
    sufficiency_rows,
)
from neuroglot.studies.claim_tables import replace_claims
from neuroglot.studies.copying import copied
from neuroglot.studies.language_neurons import load_statistic, refuse_other
from neuroglot.studies.parameters import AblationParameters, NeuronsParameters
from neuroglot.studies.watching import Watcher, unwatched
from neuroglot.text.corpus import Corpus
from neuroglot.text.document import Document
from neuroglot.text.reading import LEAST_DOCUMENTS, LEAST_TOKENS, Reading, read
from neuroglot.text.token_classes import TOKEN_CLASSES

STEP = "ablation"
TABLES = ("ablation", "ablation_documents", "next_line", "sufficiency")
KEYWORD = TOKEN_CLASSES.index("keyword")
OFTEN = 20
"""An id is a keyword of a label when it stands for one this often in its text."""


def ablate(
    run: Run | str | Path,
    *,
    lm: LM,
    corpus: Corpus,
    parameters: AblationParameters | None = None,
    out: str | Path | None = None,
    command: str = "",
    watch: Watcher = unwatched,
) -> Run:
    """Add the step `ablation` to a run: tables ablation, ablation_documents, next_line, sufficiency
    and the claim A-5.

    lm, corpus: those of the run. out: folder of a child run that gets the step instead.
    Raises RunError where they are others or the run holds no activity, OtherRunError where the step
    was made with other parameters.
    """
    parent = opened(run)
    refuse_unfit(parent, lm, corpus)
    asked = parameters or AblationParameters()
    chosen = asked.profiled(NeuronsParameters.from_json(parent.manifest.parameters).profile)
    if out is not None:
        parent = copied(parent, out, command=command, without=TABLES)
    return with_step(
        parent.path,
        STEP,
        lambda writer: _ablation(writer, lm, corpus.only(_labels(parent)), chosen, watch),
        parameters=chosen.as_json(),
        command=command,
    )


def refuse_unfit(run: Run, lm: LM, corpus: Corpus) -> None:
    """Refuse a run without activity, and another run's model or text. Raises RunError."""
    if run.manifest.study != "neurons" or not run.has_tensors("activity"):
        raise RunError(
            f"{run.path} holds no activity to choose neurons by: give a finished neurons run"
        )
    if not run.has_tensors("moments"):
        raise RunError(
            f"{run.path} lacks tensors/moments.safetensors, which controls are matched on: run the "
            "study neurons again into another folder"
        )
    refuse_other(run, lm)
    if corpus.only(_labels(run)).digest != run.manifest.data["digest"]:
        raise RunError(f"the data are not those of {run.path}: give the same texts")


def _labels(run: Run) -> tuple[str, ...]:
    return tuple(run.manifest.data["languages"])


@dataclass(frozen=True, eq=False)
class Fold:
    """Sets, the text they are scored on, and what is done to the model."""

    sets: Sets
    reading: Reading
    variants: tuple[Variant, ...]


def _ablation(
    writer: RunWriter, lm: LM, corpus: Corpus, parameters: AblationParameters, watch: Watcher
) -> None:
    source, folds = planned(writer.run, lm, corpus, parameters)
    scores = []
    for number, fold in enumerate(folds):

        def tell(progress: Progress, number: int = number) -> None:
            done = number * progress.total + progress.done
            watch(STEP, done, len(folds) * progress.total, "tokens", progress.label)

        scores.append(
            score_variants(
                lm,
                fold.reading,
                fold.variants,
                source=source,
                mass_ids=keyword_ids(source, lm.body.sizes.vocabulary),
                seed=parameters.seed,
                batch_tokens=parameters.batch_tokens,
                checkpoint=writer.checkpoint_path / f"fold{fold.sets.fold}.safetensors",
                on_progress=tell,
            )
        )
    for note in dict.fromkeys(note for one in scores for note in one.notes):
        writer.note(note)
    write_tables(writer, scores, parameters)


def planned(
    run: Run, lm: LM, corpus: Corpus, parameters: AblationParameters
) -> tuple[Reading, list[Fold]]:
    """The text that sets were chosen on, and what is to be scored in each fold."""
    made_with = NeuronsParameters.from_json(run.manifest.parameters)
    activity = load_statistic(run, NeuronActivity)
    moments = load_statistic(run, NeuronMoments)
    assert activity is not None and moments is not None
    counts = grouped_counts(activity)
    rule = SelectionRule(made_with.tau, made_with.selection, made_with.nu or 1, made_with.top)
    rule = with_nu(rule, counts, nu=made_with.nu)
    whole = language_neurons(counts, rule)
    rows = run.table("lape").to_pylist()
    real = {k: sum(row["real"] and row["language"] == k for row in rows) for k in whole.labels}
    source = read_for(
        lm,
        corpus,
        tokens_per_language=made_with.tokens,
        max_document_tokens=made_with.max_document_tokens,
    )
    folds = []
    for fold in (WHOLE,) if corpus.has_both_splits else range(FOLDS):
        sets = sets_of_fold(
            counts, activity, moments, whole, real=real, fold=fold, seed=parameters.seed
        )
        full = parameters.profile == "full"
        variants = [
            *ablation_variants(sets, draws=parameters.n_draws, full=full),
            *(raised_variants(sets) if full else ()),
        ]
        folds.append(Fold(sets, _scored(lm, corpus, source, fold, parameters), tuple(variants)))
    return source, folds


def _scored(
    lm: LM, corpus: Corpus, source: Reading, fold: int, parameters: AblationParameters
) -> Reading:
    """The text of a fold: the held-out part, or the documents of the fold's buckets."""
    documents: Sequence[Document] = corpus.held_out().documents
    tokens = parameters.tokens
    if fold != WHOLE:
        inside = {
            row.document for row in source.rows if source.groups[row.group].bucket % FOLDS == fold
        }
        documents = [source.documents[number] for number in sorted(inside)]
        tokens = max(tokens // FOLDS, 1)
    return read(
        documents,
        lm.tokenizer,
        labels=source.labels,
        tokens_per_language=tokens,
        max_document_tokens=source.max_document_tokens,
        # A language of few repositories has nothing in some folds: the others have it.
        least_tokens=LEAST_TOKENS if fold == WHOLE else 0,
        least_documents=LEAST_DOCUMENTS if fold == WHOLE else 0,
    )


def keyword_ids(source: Reading, vocabulary: int) -> MassIds:
    """(raised, read) -> ids that are keywords of the one, 20 times or more, and never of the other.

    By the token classes of the training text.
    """
    counts = np.zeros((len(source.labels), vocabulary), dtype=np.int64)
    for row in source.rows:
        keywords = row.ids[row.counted & (row.classes == KEYWORD)]
        counts[row.label] += np.bincount(keywords, minlength=vocabulary)
    found: dict[tuple[str, str], NDArray[np.bool_]] = {}
    for i, raised in enumerate(source.labels):
        for j, text in enumerate(source.labels):
            ids = (counts[i] >= OFTEN) & (counts[j] == 0)
            if i != j and ids.any():
                found[raised, text] = ids
    return found


def write_tables(
    writer: RunWriter, scores: Sequence[AblationScores], parameters: AblationParameters
) -> None:
    """The step's tables, and the claim A-5 beside the claims that the run has."""
    labels = scores[0].reading.labels
    table = writer.write_table("ablation_documents", document_rows(scores))
    found = damage(
        table.to_pydict(), labels=labels, resamples=parameters.resamples, seed=parameters.seed
    )
    writer.write_table("ablation", ablation_rows(scores, found))
    lines, line_parts = next_line_rows(scores, resamples=parameters.resamples, seed=parameters.seed)
    writer.write_table("next_line", lines)
    raised, raised_parts = sufficiency_rows(
        scores, resamples=parameters.resamples, seed=parameters.seed
    )
    if raised:
        writer.write_table("sufficiency", raised)
    claims, parts = needed_neurons(found, shown=[*line_parts, *raised_parts])
    replace_claims(writer, ("A-5",), claims, parts)
