"""A finished run that holds PLS scores of tasks, as sampling wants it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from neuroglot.analyses.claims import claim_rule, part_rows
from neuroglot.analyses.pls_specificity import REAL
from neuroglot.analyses.verdicts import arm
from neuroglot.base.groups import Group
from neuroglot.runs.directory import Run
from neuroglot.runs.writing import open_for_writing
from neuroglot.stats.activity import NeuronActivity
from neuroglot.stats.moments import NeuronMoments
from neuroglot.stats.pls import PLS

MODEL: dict[str, Any] = {"name": "tiny", "fingerprint": "f"}


def write_pls_run(
    path: Path,
    pls: PLS | None,
    *,
    languages: list[str],
    model: dict[str, Any] = MODEL,
    real: Mapping[str, int] | None = None,
) -> Run:
    """Write the run; None leaves the scores out. A bucket holds one task, named by its number.

    real: how many units of each language are; None: all that are chosen.
    """
    with open_for_writing(
        path,
        study="neuron-guided",
        command="neuroglot study neuron-guided",
        parameters={},
        seed=0,
        model=model,
        data={"source": "tasks", "digest": "d", "languages": languages},
        steps=["pls"],
    ) as writer:
        with writer.step("pls"):
            if pls is not None:
                for name, each in (("pls", pls), *others(pls).items()):
                    writer.write_tensors(name, each.arrays(), each.metadata())
                buckets = sorted({group.bucket for group in pls.groups})
                writer.write_table("pls_tasks", [{"task": str(b), "bucket": b} for b in buckets])
                counts = real or dict.fromkeys(languages, 10**6)
                rows = [
                    part_rows(claim_rule("B-1"), scope=k, parts=[arm(REAL, n)], n=1, unit="task")
                    for k, n in counts.items()
                ]
                writer.write_table("claim_parts", [row for own in rows for row in own])
        return writer.finish()


def others(pls: PLS) -> dict[str, Any]:
    """What else a run of the study holds: counts and moments of a single neuron."""
    ones = np.ones(len(pls.groups), dtype=int)
    zeros = np.zeros((len(pls.labels), 1, 1))
    return {
        "activity": NeuronActivity.from_counts(
            languages=pls.labels, active=ones[:, None, None], tokens=ones, groups=pls.groups
        ),
        "moments": NeuronMoments(
            labels=pls.labels,
            groups=pls.groups,
            provenance={},
            sum=zeros,
            magnitude=zeros,
            tokens=ones,
            output_norm=np.ones((1, 1), dtype=np.float32),
            entries=pls.entries,
        ),
    }


def pls_of(sums: Any, *, labels: tuple[str, ...], widths: Any, magnitude: Any = None) -> PLS:
    """A PLS of one text in each bucket: sums [label, bucket, layer, unit]."""
    n_labels, n_buckets = sums.shape[:2]
    whole = sums.sum(axis=1)
    return PLS(
        labels=labels,
        groups=tuple(Group(label, b, 1, 1) for label in labels for b in range(n_buckets)),
        provenance={},
        sum=sums.reshape(-1, *sums.shape[2:]),
        sum_abs_mean_prod=whole,
        sum_prod_mean_abs=whole,
        sum_prod_means=whole,
        activation=-whole,
        magnitude=whole if magnitude is None else magnitude,
        count=np.ones(n_labels * n_buckets, dtype=int),
        widths=widths,
        entries=np.array([(0, k) for k in range(n_labels)]),
    )
