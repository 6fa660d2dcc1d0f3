"""The study `concept-space`: everything of arXiv 2506.01074 that is built, in one run.

Finds each language's neurons, says which languages align and what the middle of the model says
while it translates, removes the neurons beside their controls, and on request runs the published
procedure beside. Each part is a step, so the same call again goes on where it was stopped.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from neuroglot.lm.model import LM
from neuroglot.runs.directory import Run
from neuroglot.studies import alignment_run, paradigm, translation_lens
from neuroglot.studies.ablation import ablate
from neuroglot.studies.ablation_plan import plan_sentences as ablation_plan
from neuroglot.studies.language_neurons import neurons
from neuroglot.studies.parallel_study import add_step
from neuroglot.studies.parameters import (
    AblationParameters,
    AlignmentParameters,
    LensParameters,
    NeuronsParameters,
    PublishedParameters,
)
from neuroglot.studies.planning import alignment_sentence, lens_sentence, plan_sentences
from neuroglot.studies.published_procedure import published
from neuroglot.studies.watching import Watcher, unwatched
from neuroglot.text.corpus import Corpus
from neuroglot.text.parallel import ParallelCorpus


def unsaid(sentence: str) -> None:
    """Say nothing of the plan."""


@dataclass(frozen=True)
class ParallelTexts:
    """What alignment and the lens are asked of: whole items, and statements to be translated.

    styled: the same programs in two styles, for the question of paradigm; None leaves it out.
    """

    items: ParallelCorpus
    statements: ParallelCorpus
    styled: ParallelCorpus | None = None
    lens: LensParameters = field(default_factory=LensParameters)


def concept_space(
    lm: LM,
    corpus: Corpus,
    *,
    out: str | Path | None = None,
    parameters: NeuronsParameters | None = None,
    ablation: AblationParameters | None = None,
    parallel: ParallelTexts | None = None,
    beside: PublishedParameters | None = None,
    command: str = "",
    watch: Watcher = unwatched,
    say: Callable[[str], None] = unsaid,
) -> Run:
    """Neurons, alignment, the lens, ablation and the claims A-1 to A-8, in one run directory.

    parameters, ablation: None for the defaults. parallel: None leaves alignment and the lens out.
    beside: run the published procedure too. say: takes the sentences of the plan, before the part
    that they speak of.
    Raises what `neurons`, `mexa`, `lens`, `ablate` and `published` raise.
    """
    chosen = parameters or NeuronsParameters()
    ablated = ablation or AblationParameters(seed=chosen.seed)
    for sentence in plan_sentences(lm, corpus, chosen):
        say(sentence)
    run = neurons(lm, corpus, out=out, parameters=chosen, command=command, watch=watch)
    if parallel is not None:
        run = _over_parallel(run, lm, parallel, command=command, watch=watch, say=say)
    for sentence in ablation_plan(run, lm, corpus, ablated):
        say(sentence)
    run = ablate(run, lm=lm, corpus=corpus, parameters=ablated, command=command, watch=watch)
    if beside is None:
        return run
    return published(run, lm=lm, corpus=corpus, parameters=beside, command=command, watch=watch)


def _over_parallel(
    run: Run,
    lm: LM,
    parallel: ParallelTexts,
    *,
    command: str,
    watch: Watcher,
    say: Callable[[str], None],
) -> Run:
    """The steps `mexa` and `lens`."""
    lens = parallel.lens
    aligned = AlignmentParameters(
        profile=lens.profile, batch_tokens=lens.batch_tokens, seed=lens.seed
    )
    items, statements = parallel.items, parallel.statements
    say(alignment_sentence(lm, items, aligned))
    run = add_step(
        run,
        alignment_run.STEP,
        lm=lm,
        corpus=items,
        parameters=aligned,
        command=command,
        watch=watch,
    )
    say(lens_sentence(lm, statements, lens))
    run = add_step(
        run,
        translation_lens.STEP,
        lm=lm,
        corpus=statements,
        parameters=lens,
        command=command,
        watch=watch,
    )
    if parallel.styled is None:
        return run
    say(f"paradigm: {len(parallel.styled)} programs in two styles")
    return add_step(
        run,
        paradigm.STEP,
        lm=lm,
        corpus=parallel.styled,
        parameters=aligned,
        command=command,
        watch=watch,
    )
