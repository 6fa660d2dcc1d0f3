"""What removing each language's units costs in tasks that pass, in one call: for a study.

Takes a model, what PLS chose on each half (`pls_sets.HalfSets`) and the name of a suite; writes
samples, runs them, and gives rows of the table `pass_at_k` and what they say of claim B-2. Samples
and scores are files that the same call finds again, so a killed one goes on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from neuroglot.analyses.claims import Row
from neuroglot.analyses.passing import PassAgreement
from neuroglot.lm.model import LM
from neuroglot.measure.variants import Operation
from neuroglot.sandbox.probing import require_box
from neuroglot.studies.passing import passes_of
from neuroglot.studies.pls_sets import OWN, PRIMARY, HalfSets
from neuroglot.studies.sample_scoring import score_samples, scored_path
from neuroglot.studies.sampled_sets import asked, own_variants
from neuroglot.studies.sampling import Settings, identity, write_samples
from neuroglot.studies.task_suites import suite, suite_word
from neuroglot.studies.watching import Watcher, unwatched

DRAWS = 5
"""Matched sets of each language: what pass@1 costs is compared with."""
SAMPLE, SCORE = "sample", "score"


@dataclass(frozen=True)
class UnitPasses:
    """rows: of the table `pass_at_k`. agreement: under mean ablation; its `part()` is what
    `unit_claims.hurt_most` takes as `passes`. samples, scored: the files.
    """

    rows: list[Row]
    agreement: PassAgreement
    samples: Path
    scored: Path


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
    `run.path / "samples"`. draws: matched sets, of those that `sets` have. workers: boxes at a
    time. Raises SandboxError, before anything is written, where no box can be made; ConfigError for
    a suite in none of the languages and for prompts that are too long; what `suite` raises.
    """
    require_box()
    chosen, found, word = settings or Settings(), suite(tasks), suite_word(tasks)
    given = asked(found, suite=word, languages=sets[0].pls.labels, scored=scored)
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
            found,
            out=judged,
            workers=workers,
            on_progress=lambda done, total: watch(SCORE, done, total, "samples", word),
        )
    passes = passes_of(judged, resamples=resamples, seed=chosen.seed)
    return UnitPasses(passes.rows(), passes.agreement(word, OWN, PRIMARY), samples, judged)
