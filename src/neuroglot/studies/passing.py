"""Scored samples become a table of the run that they were written with: the step `pass_at_k`.

Takes a run and a file that `sample_scoring` wrote; gives the run with the rows of `pass_at_k`, and
claim B-2 anew. Several files, of other suites or operations, add to the same table. Needs no model.
"""

from math import nan
from pathlib import Path

from neuroglot.analyses.passing import PASSES, Passing, heavier, passing
from neuroglot.analyses.verdicts import Part, missing
from neuroglot.base.digests import file_digest
from neuroglot.base.errors import CorpusError
from neuroglot.runs.directory import Run
from neuroglot.runs.schemas import TABLES
from neuroglot.runs.storage import read_jsonl
from neuroglot.runs.writing import RunWriter, with_step
from neuroglot.studies.pls_sets import OWN, PRIMARY
from neuroglot.studies.task_suites import whole_of
from neuroglot.studies.unit_ablation import DOCUMENTS, HURT, TASKS, decide_with_passes

STEP = "pass_at_k"
_FIGURES = ("value", "low", "high")


def add_passes(
    run: Run, scored: Path, *, resamples: int = 2_000, seed: int = 0, command: str = ""
) -> Run:
    """Add the rows of a scored file to the run's table `pass_at_k`, as a step named by the file.

    Rows of the same key take the place of those that are there. Where the run has read solutions
    without its units, claim B-2 is decided anew: of several suites, one that contradicts counts.
    Raises CorpusError for samples that are not of ablated models or not of the run's languages,
    OtherRunError where a file of that name was added with other contents.
    """
    found = passes_of(scored, resamples=resamples, seed=seed)
    unknown = {cell.evaluated for cell in found.tries} - set(run.manifest.data["languages"])
    if unknown:
        raise CorpusError(
            f"{scored} has samples in {', '.join(sorted(unknown))}, which {run.path} has not: give "
            "the run that they were written with"
        )
    step = f"{STEP} {scored.stem}"
    parameters = {"digest": file_digest(scored), "resamples": resamples, "seed": seed}
    return with_step(
        run.path,
        step,
        lambda writer: write_passes(writer, found),
        parameters=parameters,
        command=command,
    )


def passes_of(scored: Path, *, resamples: int = 2_000, seed: int = 0) -> Passing:
    """The samples of a scored file by what was done to the model. Raises CorpusError."""
    if not scored.is_file():
        raise CorpusError(f"no file {scored}: score samples with `neuroglot score`")
    rows = read_jsonl(scored)
    if not rows:
        raise CorpusError(f"{scored} has no row: score samples with `neuroglot score`")
    return passing(rows, whole_of=whole_of, resamples=resamples, seed=seed)


def write_passes(writer: RunWriter, found: Passing) -> None:
    """Rows of the table, and claim B-2 anew where the run has read solutions without its units."""
    key = TABLES[STEP].key
    rows = found.rows()
    new = {tuple(row[name] for name in key) for row in rows}
    there = writer.run.table(STEP).to_pylist() if writer.run.has(STEP) else []
    kept = [row for row in there if tuple(row[name] for name in key) not in new]
    writer.write_table(STEP, [*kept, *rows])
    if writer.run.has(TASKS) and writer.run.has(DOCUMENTS):
        for suite in dict.fromkeys(cell.suite for cell in found.tries):
            if found.own_cells(suite, OWN, PRIMARY):
                part = found.agreement(suite, OWN, PRIMARY).part()
                decide_with_passes(writer, heavier(_known(writer.run, without=part.name), part))


def _known(run: Run, *, without: str) -> Part:
    """What B-2 rests on so far, unless that is of the same name."""
    for row in run.table("claim_parts").to_pylist():
        if row["id"] == HURT and row["name"].startswith(PASSES) and row["name"] != without:
            value, low, high = (nan if row[key] is None else row[key] for key in _FIGURES)
            return Part("variant", row["name"], value, 0.0, row["passed"], low=low, high=high)
    return missing("variant", PASSES, "not run")
