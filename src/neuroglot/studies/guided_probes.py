"""The probes of the study `neuron-guided`: what can be read off a token, layer by layer.

A step of the study: gives the tensors `probes`, the table `probe` and claim B-5a, and to claim B-5b
how well syntax is read in each task.
"""

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.probe_counts import ProbeCounts, syntax_of_tasks
from neuroglot.analyses.syntax_claim import lower_layers_claim, without_probes
from neuroglot.base.errors import CorpusError
from neuroglot.lm.model import LM
from neuroglot.runs.writing import RunWriter
from neuroglot.studies.claim_tables import replace_claims
from neuroglot.studies.parameters import GuidedParameters
from neuroglot.studies.probing import probes
from neuroglot.studies.watching import Watcher
from neuroglot.text.parallel import ParallelCorpus

STEP = TENSORS = "probes"
CLAIMS = ("B-5a",)


def write_probes(
    writer: RunWriter,
    lm: LM,
    corpus: ParallelCorpus,
    parameters: GuidedParameters,
    watch: Watcher,
) -> None:
    """All of the step. Texts that cannot be probed leave a note and an undecided claim."""
    drawn = {"resamples": parameters.resamples, "seed": parameters.seed}
    try:
        found = probes(
            lm,
            corpus,
            most_tokens=parameters.probe_tokens,
            twin=parameters.with_twin(lm.name),
            seed=parameters.seed,
            batch_tokens=parameters.batch_tokens,
            notice=lambda what, done, total: watch(STEP, done, total, "steps", what),
        )
    except CorpusError as error:
        writer.note(f"no probes: {error}")
        replace_claims(writer, CLAIMS, *without_probes(str(error)))
        return
    for note in found.notes:
        writer.note(note)
    writer.write_tensors(TENSORS, found.arrays(), found.metadata())
    writer.write_table("probe", found.rows(corpus.source, **drawn))
    replace_claims(writer, CLAIMS, *lower_layers_claim(found, **drawn))


def syntax_probed(writer: RunWriter, tasks: tuple[str, ...]) -> NDArray[np.float64] | None:
    """What claim B-5b asks of probes of these tasks: [level, task]; None where one is missing."""
    run = writer.run
    if not run.has_tensors(TENSORS):
        return None
    found = ProbeCounts.from_arrays(run.tensors(TENSORS), run.tensor_metadata(TENSORS))
    try:
        return syntax_of_tasks(found, tasks)
    except CorpusError as error:
        writer.note(f"B-5b knows no syntax: {error}")
        return None
