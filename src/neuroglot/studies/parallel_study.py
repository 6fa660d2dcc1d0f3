"""Studies over parallel texts, `mexa` and `lens`: each a run of its own, or a step of another.

Both take a model and parallel items and write into a run; what they measure stands in
`alignment_run` and `translation_lens`.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from neuroglot.lm.model import LM
from neuroglot.runs.directory import Run, opened
from neuroglot.runs.naming import default_path
from neuroglot.runs.writing import RunWriter, open_for_writing, with_step
from neuroglot.studies import alignment_run, paradigm, translation_lens
from neuroglot.studies.alignment_run import write_alignment
from neuroglot.studies.checking import check_rows, model_checks
from neuroglot.studies.language_neurons import described_model, refuse_other
from neuroglot.studies.paradigm import write_paradigm
from neuroglot.studies.parameters import AlignmentParameters, LensParameters
from neuroglot.studies.translation_lens import write_translation_lens
from neuroglot.studies.watching import Watcher, unwatched
from neuroglot.text.parallel import ParallelCorpus

Write = Callable[[RunWriter, LM, ParallelCorpus, Any, Watcher], None]

Asked = TypeVar("Asked", bound=AlignmentParameters)

STEPS: Mapping[str, Write] = {
    alignment_run.STEP: write_alignment,
    translation_lens.STEP: write_translation_lens,
    paradigm.STEP: write_paradigm,
}
CHECKS = "checks"


def mexa(
    lm: LM,
    corpus: ParallelCorpus,
    *,
    out: str | Path | None = None,
    parameters: AlignmentParameters | None = None,
    command: str = "",
    watch: Watcher = unwatched,
) -> Run:
    """Which languages share their representation: the run directory of `neuroglot mexa`.

    out: defaults to runs/mexa-<model>-<parameters>; the same call again goes on with the same run.
    Raises what `mexa` raises, and the errors of the run directory.
    """
    asked = parameters or AlignmentParameters()
    return _run(alignment_run.STEP, lm, corpus, asked, out=out, command=command, watch=watch)


def lens(
    lm: LM,
    corpus: ParallelCorpus,
    *,
    out: str | Path | None = None,
    parameters: LensParameters | None = None,
    command: str = "",
    watch: Watcher = unwatched,
) -> Run:
    """In which language a model works while it translates: the run directory of `neuroglot lens`.

    out: defaults to runs/lens-<model>-<parameters>; the same call again goes on with the same run.
    Raises ConfigError for words, languages and prompts that cannot be used, and the errors of the
    run directory.
    """
    asked = parameters or LensParameters()
    return _run(translation_lens.STEP, lm, corpus, asked, out=out, command=command, watch=watch)


def _run(
    step: str,
    lm: LM,
    corpus: ParallelCorpus,
    parameters: AlignmentParameters,
    *,
    out: str | Path | None,
    command: str,
    watch: Watcher,
) -> Run:
    chosen = settled(parameters, corpus)
    path = Path(out) if out else default_path(step, model=lm.name, parameters=chosen.as_json())
    with open_for_writing(
        path,
        study=step,
        command=command,
        parameters=chosen.as_json(),
        seed=chosen.seed,
        model=described_model(lm),
        data=described_items(corpus),
        steps=[CHECKS, step],
    ) as writer:
        if writer.complete:
            return writer.run
        with writer.step(CHECKS) as todo:
            if todo:
                writer.write_table("checks", check_rows(model_checks(lm)))
        with writer.step(step) as todo:
            if todo:
                STEPS[step](writer, lm, corpus, chosen, watch)
        return writer.finish()


def add_step(
    run: Run | str | Path,
    step: str,
    *,
    lm: LM,
    corpus: ParallelCorpus,
    parameters: AlignmentParameters,
    command: str = "",
    watch: Watcher = unwatched,
) -> Run:
    """Add the step `mexa`, `lens` or `paradigm` to a finished run of the same model.

    Raises RunError for another model, OtherRunError where the step was made with other parameters.
    """
    parent = opened(run)
    refuse_other(parent, lm)
    chosen = settled(parameters, corpus)
    return with_step(
        parent.path,
        step,
        lambda writer: STEPS[step](writer, lm, corpus, chosen, watch),
        parameters=chosen.as_json(),
        command=command,
    )


def described_items(corpus: ParallelCorpus) -> dict[str, Any]:
    """What the manifest says of parallel items."""
    return {
        "source": corpus.source,
        "digest": corpus.digest,
        "languages": list(corpus.languages),
    }


def settled(parameters: Asked, corpus: ParallelCorpus) -> Asked:
    """The parameters with the items that they are asked of."""
    return replace(parameters, source=corpus.source, digest=corpus.digest)
