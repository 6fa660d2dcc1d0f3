"""Partial sums of a pass on disk, so that a killed pass goes on where it stopped."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from neuroglot.runs.tensors import read_metadata, read_tensors, write_tensors
from neuroglot.stats.statistic import Statistic


@dataclass(frozen=True)
class Checkpoint:
    """Batches that are done, what was noted, and the statistics of those batches."""

    position: int
    notes: tuple[str, ...]
    statistics: Mapping[type[Statistic], Statistic]


def save_checkpoint(path: Path, checkpoint: Checkpoint, *, identity: str) -> None:
    """Write it as one file, whole or not at all. Raises StorageError."""
    arrays = {
        f"{kind.__name__}.{name}": array
        for kind, statistic in checkpoint.statistics.items()
        for name, array in statistic.arrays().items()
    }
    described = {
        kind.__name__: json.dumps(statistic.metadata())
        for kind, statistic in checkpoint.statistics.items()
    }
    write_tensors(
        path,
        arrays,
        metadata={
            "identity": identity,
            "position": str(checkpoint.position),
            "notes": json.dumps(checkpoint.notes),
            **described,
        },
    )


def load_checkpoint(
    path: Path, kinds: Sequence[type[Statistic]], *, identity: str
) -> Checkpoint | None:
    """The checkpoint of this very pass, or None where there is none (or another's)."""
    if not path.exists():
        return None
    metadata = read_metadata(path)
    if metadata["identity"] != identity or any(kind.__name__ not in metadata for kind in kinds):
        return None
    arrays = read_tensors(path)
    statistics = {
        kind: kind.from_arrays(
            {
                name.removeprefix(f"{kind.__name__}."): array
                for name, array in arrays.items()
                if name.startswith(f"{kind.__name__}.")
            },
            json.loads(metadata[kind.__name__]),
        )
        for kind in kinds
    }
    return Checkpoint(int(metadata["position"]), tuple(json.loads(metadata["notes"])), statistics)
