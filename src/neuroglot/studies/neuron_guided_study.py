"""The study `neuron-guided`: what arXiv 2512.19980 measures, in one run.

Chooses each language's units by activation times gradient, removes them beside their controls,
reads syntax and language off single tokens, looks for the layers where the same task looks the same
in every language, and at what each layer adds to the next token. Takes a model and parallel items;
each part is a step, so the same call again goes on where it was stopped.
"""

from pathlib import Path

from neuroglot.base.errors import ConfigError
from neuroglot.lm.model import LM
from neuroglot.runs.directory import Run
from neuroglot.runs.naming import default_path
from neuroglot.runs.writing import open_for_writing
from neuroglot.studies.checking import check_rows, model_checks
from neuroglot.studies.claim_tables import add_parallel
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
from neuroglot.studies.unit_ablation import STEP as ABLATION
from neuroglot.studies.unit_ablation import write_unit_ablation
from neuroglot.studies.watching import Watcher, unwatched
from neuroglot.text.parallel import ParallelCorpus

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
    """Units of each language, what they do, probes and concept layers: claims B-1 to B-5.

    corpus: the same programs in two languages or more. out: defaults to
    runs/neuron-guided-<model>-<parameters>; the same call again goes on with the same run.
    Raises ConfigError for texts that cannot be compared, and the errors of the run directory.
    """
    chosen = settled(parameters or GuidedParameters(), corpus)
    items = corpus.sample(chosen.n_items, seed=chosen.seed)
    _refuse_unfit(items)
    path = Path(out) if out else default_path(STUDY, model=lm.name, parameters=chosen.as_json())
    with open_for_writing(
        path,
        study=STUDY,
        command=command,
        parameters=chosen.as_json(),
        seed=chosen.seed,
        model=described_model(lm),
        data=described_items(corpus),
        steps=[CHECKS, RECORD, UNITS, CARDS, ABLATION, PROBES, LAYERS, CONTRIBUTIONS],
    ) as writer:
        if writer.complete:
            return writer.run
        reading = reading_of(lm, items)
        with writer.step(CHECKS) as todo:
            if todo:
                writer.write_table("checks", check_rows(model_checks(lm)))
                add_parallel(writer, items)
                for note in items.notes:
                    writer.note(note)
        with writer.step(RECORD) as todo:
            if todo:
                write_record(writer, lm, reading, chosen, watch)
        with writer.step(UNITS) as todo:
            if todo:
                write_units(writer, lm, reading, chosen, watch)
        with writer.step(CARDS) as todo:
            if todo:
                write_cards(writer, lm, reading, chosen, watch)
        with writer.step(ABLATION) as todo:
            if todo:
                write_unit_ablation(writer, lm, reading, chosen, watch)
        with writer.step(PROBES) as todo:
            if todo:
                write_probes(writer, lm, items, chosen, watch)
        with writer.step(LAYERS) as todo:
            if todo:
                write_layers(writer, lm, items, chosen, watch)
        with writer.step(CONTRIBUTIONS) as todo:
            if todo:
                write_contributions(writer, lm, items, chosen, watch)
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
