"""The study `concept-space`: everything of arXiv 2506.01074 that is built, in one run.

Finds each language's neurons, removes them beside their controls, and on request runs the published
procedure beside. Each part is a step, so the same call again goes on where it was stopped.
"""

from collections.abc import Callable
from pathlib import Path

from neuroglot.lm.model import LM
from neuroglot.runs.directory import Run
from neuroglot.studies.ablation import ablate
from neuroglot.studies.ablation_plan import plan_sentences as ablation_plan
from neuroglot.studies.language_neurons import neurons
from neuroglot.studies.parameters import (
    AblationParameters,
    NeuronsParameters,
    PublishedParameters,
)
from neuroglot.studies.planning import plan_sentences
from neuroglot.studies.published_procedure import published
from neuroglot.studies.watching import Watcher, unwatched
from neuroglot.text.corpus import Corpus


def unsaid(sentence: str) -> None:
    """Say nothing of the plan."""


def concept_space(
    lm: LM,
    corpus: Corpus,
    *,
    out: str | Path | None = None,
    parameters: NeuronsParameters | None = None,
    ablation: AblationParameters | None = None,
    beside: PublishedParameters | None = None,
    command: str = "",
    watch: Watcher = unwatched,
    say: Callable[[str], None] = unsaid,
) -> Run:
    """Neurons, ablation and the claims A-1 to A-3 and A-5, in one run directory.

    parameters, ablation: None for the defaults. beside: run the published procedure too. say: takes
    the sentences of the plan, before the part that they speak of.
    Raises what `neurons`, `ablate` and `published` raise.
    """
    chosen = parameters or NeuronsParameters()
    ablated = ablation or AblationParameters(seed=chosen.seed)
    for sentence in plan_sentences(lm, corpus, chosen):
        say(sentence)
    run = neurons(lm, corpus, out=out, parameters=chosen, command=command, watch=watch)
    for sentence in ablation_plan(run, lm, corpus, ablated):
        say(sentence)
    run = ablate(run, lm=lm, corpus=corpus, parameters=ablated, command=command, watch=watch)
    if beside is None:
        return run
    return published(run, lm=lm, corpus=corpus, parameters=beside, command=command, watch=watch)
