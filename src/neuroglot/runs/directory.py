"""A run, read: its manifest, tables and tensors.

Takes the path of a run's directory; gives a frozen record that reads on demand. Refuses a folder
that is no run, and a run that has not come to its end. Needs neither the model nor the text.
"""

from dataclasses import dataclass
from html import escape
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from neuroglot.base.errors import MissingExtraError, RunError, UnfinishedRunError
from neuroglot.runs.manifest import MANIFEST_NAME, Manifest, read_manifest
from neuroglot.runs.tables import read_table
from neuroglot.runs.tensors import read_metadata, read_tensors

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

TABLE_FOLDER = "tables"
TENSOR_FOLDER = "tensors"
CHECKPOINT_FOLDER = "checkpoints"
LOG_NAME = "log.jsonl"
REPORT_NAME = "report.html"


@dataclass(frozen=True)
class Run:
    """A run's directory, for reading. Nothing is kept in memory but the manifest."""

    path: Path
    manifest: Manifest

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the tables that are there, sorted."""
        return tuple(sorted(file.stem for file in (self.path / TABLE_FOLDER).glob("[!.]*.parquet")))

    @property
    def tensor_files(self) -> tuple[str, ...]:
        """Names of the tensor files that are there, sorted (`activity`, `activity.untrained`)."""
        folder = self.path / TENSOR_FOLDER
        return tuple(sorted(file.stem for file in folder.glob("[!.]*.safetensors")))

    @property
    def report_path(self) -> Path:
        """Where the run's report lies, or would."""
        return self.path / REPORT_NAME

    def has(self, name: str) -> bool:
        """Whether there is a table of that name."""
        return name in self.tables

    def has_tensors(self, name: str) -> bool:
        """Whether there is a tensor file of that name."""
        return name in self.tensor_files

    def table(self, name: str) -> "pa.Table":
        """A table, columns as `schemas` declares them; missing values are null, never NaN.

        Raises RunError when the run has no such table or its file is damaged.
        """
        if not self.has(name):
            raise self._absent("table", name, self.tables)
        return read_table(table_path(self.path, name))

    def frame(self, name: str) -> Any:
        """A table as a pandas.DataFrame. Raises RunError, or MissingExtraError without pandas."""
        if find_spec("pandas") is None:
            raise MissingExtraError("a table as a data frame", "pandas", "frames")
        return self.table(name).to_pandas()

    def tensors(self, name: str) -> "dict[str, np.ndarray[Any, np.dtype[Any]]]":
        """All arrays of a tensor file by name, sorted. Raises RunError: none such, or damaged."""
        return read_tensors(self._tensor_path(name))

    def tensor_metadata(self, name: str) -> dict[str, str]:
        """The text metadata of a tensor file. Raises RunError: none such, or damaged."""
        return read_metadata(self._tensor_path(name))

    def _tensor_path(self, name: str) -> Path:
        if not self.has_tensors(name):
            raise self._absent("tensor file", name, self.tensor_files)
        return tensor_path(self.path, name)

    def _absent(self, kind: str, name: str, there: tuple[str, ...]) -> RunError:
        return RunError(
            f"{self.path} has no {kind} {name!r}: it has {', '.join(there) or 'none'} "
            f"(made by the study {self.manifest.study!r})"
        )

    def _repr_html_(self) -> str:
        manifest = self.manifest
        lines = {
            "study": manifest.study,
            "model": manifest.model["name"],
            "data": manifest.data["source"],
            "state": "complete" if manifest.complete else f"to do: {', '.join(manifest.remaining)}",
            "tables": ", ".join(self.tables),
            "tensors": ", ".join(self.tensor_files),
            "made by": manifest.command,
        }
        rows = "".join(
            f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>"
            for name, value in lines.items()
        )
        return f"<table><caption>{escape(str(self.path))}</caption>{rows}</table>"


def table_path(folder: Path, name: str) -> Path:
    """Where a run keeps a table."""
    return folder / TABLE_FOLDER / f"{name}.parquet"


def tensor_path(folder: Path, name: str) -> Path:
    """Where a run keeps a tensor file."""
    return folder / TENSOR_FOLDER / f"{name}.safetensors"


def open_run(path: str | Path) -> Run:
    """Open a finished run for reading.

    Raises RunError when there is no run, or its manifest is damaged or of a newer format;
    UnfinishedRunError, with the line that goes on, when it has not come to its end.
    """
    folder = Path(path)
    manifest = read_manifest(folder) if folder.is_dir() else None
    if manifest is None:
        if folder.is_file():
            raise RunError(f"{folder} is a file: give the run's directory")
        reason = f"it has no {MANIFEST_NAME}" if folder.is_dir() else "there is no such folder"
        raise RunError(
            f"{folder} is not a run ({reason}): make one, or resume one that was stopped before it "
            f"began, with `neuroglot neurons --model MODEL --data DATA --out {folder}`"
        )
    if not manifest.complete:
        done = len(manifest.steps) - len(manifest.remaining)
        raise UnfinishedRunError(
            f"{folder} is not finished ({done} of {len(manifest.steps)} steps done): "
            f"to go on where it stopped, start the same line again: {manifest.command}"
        )
    return Run(folder, manifest)


def opened(run: "Run | str | Path") -> Run:
    """A run that is open already, or the one in a folder. Raises as `open_run`."""
    return run if isinstance(run, Run) else open_run(run)
