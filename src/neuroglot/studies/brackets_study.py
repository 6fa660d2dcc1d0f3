"""The study `brackets`: how a model closes parentheses, what arXiv 2502.18499 and 2507.00322 ask.

Takes a model; writes its prompts itself. What the model answers, at which depth and by which parts,
which heads count and which mislead, what happens without them and when they are amplified. Each
part is a step of a run, so the same call again goes on where it was stopped.
"""

from collections.abc import Callable
from pathlib import Path

from neuroglot.lm.model import LM
from neuroglot.runs.directory import Run
from neuroglot.runs.naming import default_path
from neuroglot.runs.writing import RunWriter, open_for_writing
from neuroglot.studies.bracket_data import BracketData, bracket_data
from neuroglot.studies.bracket_effects import write_effects
from neuroglot.studies.bracket_heads import HEADS, write_heads
from neuroglot.studies.bracket_neurons import ROLE_STEP
from neuroglot.studies.bracket_parameters import BracketsParameters
from neuroglot.studies.bracket_readings import ANSWERS, DEPTH, write_answers, write_depth
from neuroglot.studies.bracket_roles import write_roles
from neuroglot.studies.bracket_samples import EFFECTS
from neuroglot.studies.bracket_steering import CODE, STEERING, write_steering
from neuroglot.studies.checking import check_rows, model_checks
from neuroglot.studies.language_neurons import described_model
from neuroglot.studies.sampled_sets import refuse_unaskable
from neuroglot.studies.watching import Watcher, unwatched

STUDY = "brackets"
CHECKS = "checks"
STEPS: dict[str, Callable[[RunWriter, LM, BracketData, Watcher], None]] = {
    CHECKS: lambda writer, lm, _, __: _write_checks(writer, lm),
    ANSWERS: write_answers,
    DEPTH: write_depth,
    HEADS: write_heads,
    EFFECTS: write_effects,
    ROLE_STEP: write_roles,
    STEERING: write_steering,
}


def brackets(
    lm: LM,
    *,
    out: str | Path | None = None,
    parameters: BracketsParameters | None = None,
    command: str = "",
    watch: Watcher = unwatched,
) -> Run:
    """Whether and how a model closes brackets: claims C-1 to C-8.

    out: defaults to runs/brackets-<model>-<parameters>; the same call again goes on with the same
    run. Raises ConfigError where the tokenizer or the context leave nothing to ask, SandboxError
    and CorpusError where the parameters' tasks cannot be run, and the errors of the run directory.
    """
    chosen = parameters or BracketsParameters()
    data = bracket_data(lm, chosen)
    if chosen.tasks is not None:
        refuse_unaskable(lm, chosen.tasks, CODE)
    path = Path(out) if out else default_path(STUDY, model=lm.name, parameters=chosen.as_json())
    with open_for_writing(
        path,
        study=STUDY,
        command=command,
        parameters=chosen.as_json(),
        seed=chosen.seed,
        model=described_model(lm),
        data={"source": f"{chosen.templates} templates", "digest": data.digest},
        steps=list(STEPS),
    ) as writer:
        if writer.complete:
            return writer.run
        for name, write in STEPS.items():
            with writer.step(name) as todo:
                if todo:
                    write(writer, lm, data, watch)
        return writer.finish()


def _write_checks(writer: RunWriter, lm: LM) -> None:
    writer.write_table("checks", check_rows(model_checks(lm)))
