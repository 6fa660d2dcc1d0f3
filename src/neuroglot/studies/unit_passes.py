"""What removing each language's units costs in tasks that pass, in one call.

Takes a model, what PLS chose on each half (`pls_sets.HalfSets`) and the name of a suite; writes
samples, runs them, and gives rows of the table `pass_at_k` and what they say of claim B-2. Samples
and scores are files that the same call finds again, so a killed one goes on. As a step of the study
`neuron-guided`: what `neuroglot sample` and `neuroglot score --run` do one after the other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from neuroglot.analyses.claims import Row
from neuroglot.analyses.passing import PassAgreement, Passing
from neuroglot.lm.model import LM
from neuroglot.measure.variants import Operation
from neuroglot.runs.writing import RunWriter
from neuroglot.sandbox.probing import require_box
from neuroglot.studies.parameters import GuidedParameters
from neuroglot.studies.passing import passes_of, write_passes
from neuroglot.studies.pls_sets import HALVES, OWN, PRIMARY, HalfSets
from neuroglot.studies.sample_scoring import score_samples, scored_path
from neuroglot.studies.sampled_sets import asked, own_variants, scored_halves
from neuroglot.studies.sampling import Settings, fitting, identity, write_samples
from neuroglot.studies.task_suites import suite, suite_word
from neuroglot.studies.unit_ablation import half_sets
from neuroglot.studies.watching import Watcher, unwatched

DRAWS = 5
"""Matched sets of each language: what pass@1 costs is compared with."""
STEP, SAMPLE, SCORE = "passes", "sample", "score"


@dataclass(frozen=True)
class UnitPasses:
    """found: what passed, by what was done to the model. suite: its word. Both others are files."""

    found: Passing
    suite: str
    samples: Path
    scored: Path

    @property
    def rows(self) -> list[Row]:
        """Of the table `pass_at_k`."""
        return self.found.rows()

    @property
    def agreement(self) -> PassAgreement:
        """Under mean ablation; its `part()` is what `unit_claims.hurt_most` takes as `passes`."""
        return self.found.agreement(self.suite, OWN, PRIMARY)


def unit_passes(
    lm: LM,
    sets: Sequence[HalfSets],
    tasks: str,
    *,
    scored: Mapping[str, int],
    folder: Path,
    settings: Settings | None = None,
    operations: Sequence[Operation] = (PRIMARY,),
    draws: int = DRAWS,
    resamples: int = 2_000,
    workers: int | None = None,
    watch: Watcher = unwatched,
) -> UnitPasses:
    """Ask the clean model, and the model without each language's units, the tasks of a suite.

    sets: what is removed on each half of the tasks. tasks: as for `suite`. scored: half of each
    task that units were scored on, as `scored_halves` gives. folder: where the files go, as
    `run.path / "samples"`. settings: made to fit the model's positions. draws: matched sets, of
    those that `sets` have. workers: boxes at a time. Raises SandboxError, before anything is
    written, where no box can be made; ConfigError for a suite in none of the languages and for
    prompts that are too long; what `suite` raises.
    """
    require_box()
    known, word = suite(tasks), suite_word(tasks)
    given = asked(known, suite=word, languages=sets[0].pls.labels, scored=scored)
    chosen = fitting(lm, given, settings or Settings())
    variants = own_variants(sets, operations=operations, draws=draws)
    name = identity(lm, given, variants, chosen)[:8]
    samples = folder / f"{word}-{name}.jsonl"
    if not samples.exists():
        write_samples(
            lm,
            given,
            variants,
            out=samples,
            settings=chosen,
            on_progress=lambda done, total: watch(SAMPLE, done, total, "samples", word),
        )
    judged = scored_path(samples)
    if not judged.exists():
        score_samples(
            samples,
            known,
            out=judged,
            workers=workers,
            on_progress=lambda done, total: watch(SCORE, done, total, "samples", word),
        )
    found = passes_of(judged, resamples=resamples, seed=chosen.seed)
    return UnitPasses(found, word, samples, judged)


def write_unit_passes(
    writer: RunWriter, lm: LM, parameters: GuidedParameters, watch: Watcher
) -> None:
    """All of the step: the table `pass_at_k`, and claim B-2 anew. Raises what `unit_passes` does.

    The files stand in the run's folder `samples`.
    """
    run = writer.run
    draws = parameters.pass_draws
    sets = [half_sets(run, fold=n, draws=draws, seed=parameters.seed) for n in range(HALVES)]
    made = unit_passes(
        lm,
        sets,
        parameters.tasks or "",
        scored=scored_halves(run),
        folder=run.path / "samples",
        settings=Settings(seed=parameters.seed),
        draws=draws,
        resamples=parameters.resamples,
        watch=watch,
    )
    write_passes(writer, made.found)
