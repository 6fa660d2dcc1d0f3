"""The study `neuron-guided`: what arXiv 2512.19980 measures, in one run.

Chooses each language's units by activation times gradient, removes them beside their controls,
reads syntax and language off single tokens, looks for the layers where the same task looks the same
in every language, and at what each layer adds to the next token; on request trains the units, tells
clones and transfers summaries. Takes a model and parallel items; each part is a step, so the same
call again goes on where it was stopped.
"""

from collections.abc import Callable
from pathlib import Path

from neuroglot.base.errors import ConfigError
from neuroglot.lm.model import LM
from neuroglot.runs.directory import Run
from neuroglot.runs.naming import default_path
from neuroglot.runs.writing import RunWriter, open_for_writing
from neuroglot.studies.checking import check_rows, model_checks
from neuroglot.studies.claim_tables import add_parallel
from neuroglot.studies.clone_detection import STEP as CLONES
from neuroglot.studies.clone_detection import write_default_clones
from neuroglot.studies.contributions import STEP as CONTRIBUTIONS
from neuroglot.studies.contributions import write_contributions
from neuroglot.studies.guided_probes import STEP as PROBES
from neuroglot.studies.guided_probes import write_probes
from neuroglot.studies.guided_steps import (
    CARDS,
    LAYERS,
    RECORD,
    UNITS,
    reading_of,
    write_cards,
    write_layers,
    write_record,
    write_units,
)
from neuroglot.studies.language_neurons import described_model
from neuroglot.studies.parallel_study import CHECKS, described_items, settled
from neuroglot.studies.parameters import GuidedParameters
from neuroglot.studies.pls_sets import HALVES
from neuroglot.studies.sampled_sets import refuse_unaskable
from neuroglot.studies.summaries import STEP as SUMMARIES
from neuroglot.studies.summaries import refuse_unscorable, write_default_summaries
from neuroglot.studies.tuning import STEP as TUNING
from neuroglot.studies.tuning import write_default_tuning
from neuroglot.studies.unit_ablation import STEP as ABLATION
from neuroglot.studies.unit_ablation import write_unit_ablation
from neuroglot.studies.unit_passes import STEP as PASSES
from neuroglot.studies.unit_passes import write_unit_passes
from neuroglot.studies.watching import Watcher, unwatched
from neuroglot.text.parallel import ParallelCorpus
from neuroglot.train.adapters import refuse_without_peft

STUDY = "neuron-guided"


def neuron_guided(
    lm: LM,
    corpus: ParallelCorpus,
    *,
    out: str | Path | None = None,
    parameters: GuidedParameters | None = None,
    command: str = "",
    watch: Watcher = unwatched,
) -> Run:
    """Units of each language, what they do, probes and concept layers: claims B-1 to B-5; where
    the parameters ask for them also the three uses: training units (B-6), telling clones (B-7) and
    transfer of summaries (B-8).

    corpus: the same programs in two languages or more. out: defaults to
    runs/neuron-guided-<model>-<parameters>; the same call again goes on with the same run.
    Raises ConfigError for texts that cannot be compared, SandboxError and CorpusError where the
    parameters' tasks cannot be run, and the errors of the run directory.
    """
    chosen = settled(parameters or GuidedParameters(), corpus)
    items = corpus.sample(chosen.n_items, seed=chosen.seed)
    _refuse_unfit(items)
    steps = [CHECKS, RECORD, UNITS, CARDS, ABLATION, PROBES, LAYERS, CONTRIBUTIONS]
    if chosen.tasks is not None:
        refuse_unaskable(lm, chosen.tasks, items.languages)
        steps.insert(steps.index(PROBES), PASSES)
    if chosen.finetune or chosen.summarise:
        refuse_without_peft()
    if chosen.finetune:
        steps.insert(steps.index(PROBES), TUNING)
    if chosen.clones:
        steps.append(CLONES)
    if chosen.summarise:
        refuse_unscorable()
        steps.append(SUMMARIES)
    path = Path(out) if out else default_path(STUDY, model=lm.name, parameters=chosen.as_json())
    with open_for_writing(
        path,
        study=STUDY,
        command=command,
        parameters=chosen.as_json(),
        seed=chosen.seed,
        model=described_model(lm),
        data=described_items(corpus),
        steps=steps,
    ) as writer:
        if writer.complete:
            return writer.run
        reading = reading_of(lm, items)
        parts: dict[str, Callable[[], None]] = {
            CHECKS: lambda: _write_checks(writer, lm, items),
            RECORD: lambda: write_record(writer, lm, reading, chosen, watch),
            UNITS: lambda: write_units(writer, lm, reading, chosen, watch),
            CARDS: lambda: write_cards(writer, lm, reading, chosen, watch),
            ABLATION: lambda: write_unit_ablation(writer, lm, reading, chosen, watch),
            PASSES: lambda: write_unit_passes(writer, lm, chosen, watch),
            TUNING: lambda: write_default_tuning(writer, lm, chosen, watch),
            PROBES: lambda: write_probes(writer, lm, items, chosen, watch),
            LAYERS: lambda: write_layers(writer, lm, items, chosen, watch),
            CONTRIBUTIONS: lambda: write_contributions(writer, lm, items, chosen, watch),
            CLONES: lambda: write_default_clones(writer, lm, chosen, watch),
            SUMMARIES: lambda: write_default_summaries(writer, lm, chosen, watch),
        }
        for step in steps:
            with writer.step(step) as todo:
                if todo:
                    parts[step]()
        return writer.finish()


def _refuse_unfit(items: ParallelCorpus) -> None:
    """Refuse texts in which nothing can be compared. Raises ConfigError."""
    if len(items.languages) < 2:
        raise ConfigError(f"{items.source} is in one language: units of a language need two")
    if len(items.problems) < HALVES:
        raise ConfigError(
            f"the items are of {len(items.problems)} problem: units are chosen on half of the "
            "problems and removed on the other half, give items of two or more"
        )


def _write_checks(writer: RunWriter, lm: LM, items: ParallelCorpus) -> None:
    writer.write_table("checks", check_rows(model_checks(lm)))
    add_parallel(writer, items)
    for note in items.notes:
        writer.note(note)
