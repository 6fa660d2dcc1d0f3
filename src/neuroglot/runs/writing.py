"""A run, written: create its directory, resume it, refuse another's.

Takes what was asked (study, parameters, model, data, steps) and a path; gives a writer that holds
the directory's lock. A run is a row of steps: each writes its tables and tensors whole and is
then marked done, so a killed run goes on at the first step that is not. Knows no model and no text.
"""

import errno
import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from neuroglot.base.errors import OtherRunError, RunError, StorageError
from neuroglot.runs.directory import (
    CHECKPOINT_FOLDER,
    LOG_NAME,
    TABLE_FOLDER,
    TENSOR_FOLDER,
    Run,
    table_path,
    tensor_path,
)
from neuroglot.runs.identity import added_differences, changes, differences
from neuroglot.runs.lock import LOCK_NAME, locked
from neuroglot.runs.manifest import (
    Added,
    Manifest,
    Step,
    now,
    plain,
    read_manifest,
    seconds_since,
    this_code,
    this_machine,
    write_manifest,
)
from neuroglot.runs.schemas import TABLES
from neuroglot.runs.storage import append_jsonl, is_unfinished, refusals, remove_unfinished
from neuroglot.runs.tables import Rows, as_table, check_table, write_table
from neuroglot.runs.tensors import Arrays, write_tensors

if TYPE_CHECKING:
    import pyarrow as pa

_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*")


@contextmanager
def open_for_writing(
    path: str | Path,
    *,
    study: str,
    command: str,
    parameters: Mapping[str, Any],
    seed: int,
    model: Mapping[str, Any],
    data: Mapping[str, Any],
    steps: Sequence[str],
    formats: Mapping[str, int] | None = None,
    parents: Sequence[str] = (),
    code: Mapping[str, str] | None = None,
) -> "Iterator[RunWriter]":
    """Create a run's directory, or take up the same run again, and hold its lock for the block.

    model: at least `name` and `fingerprint`; data: at least `source` and `digest`; formats: the
    format version of each statistic; code: taken from this installation where not given. The same
    run has the same study, parameters, seed, steps, formats, fingerprint and digest. A finished
    run gives a writer that is `complete` and touches nothing.
    Raises OtherRunError with the differences, RunError (the folder holds something else),
    LockedRunError, StorageError.
    """
    folder = Path(path)
    asked = Manifest(
        study=study,
        command=command,
        parameters=plain(parameters),
        seed=seed,
        model=plain(model),
        data=plain(data),
        formats=plain(formats or {}),
        code=dict(code or this_code()),
        machine=this_machine(),
        steps=tuple(Step(name) for name in steps),
        parents=tuple(parents),
        started=now(),
    )
    there = _same_run(folder, asked)
    if there is not None and there.complete:
        yield RunWriter(folder, there)
        return
    with refusals(folder, "write"):
        folder.mkdir(parents=True, exist_ok=True)
    with locked(folder):
        # Read again: another process may have begun or finished the run before we had the lock.
        writer = RunWriter(folder, _begun(folder, _same_run(folder, asked), asked))
        try:
            yield writer
        except BaseException as error:
            with suppress(StorageError):
                writer.log("stopped", {"reason": type(error).__name__})
            raise


@contextmanager
def open_for_adding(
    path: str | Path, *, step: str, command: str, parameters: Mapping[str, Any]
) -> "Iterator[RunWriter]":
    """Add a step to a complete run, or take it up again; holds the run's lock for the block.

    The run's own steps, tables and parameters stay as they are. A step that is done already gives a
    writer whose `step` gives False. Raises RunError (no complete run there), OtherRunError (the
    step was made with other parameters), LockedRunError, StorageError.
    """
    folder = Path(path)
    asked = Added(Step(step), command, plain(parameters))
    with locked(folder):
        manifest = read_manifest(folder)
        if manifest is None or not manifest.complete:
            raise RunError(f"{folder} holds no finished run: finish it before adding to it")
        there = manifest.addition(step)
        unlike = [] if there is None else added_differences(there, asked)
        if unlike and there is not None and there.step.state == "done":
            raise OtherRunError(
                f"{folder} has the step {step} with other parameters ({'; '.join(unlike)}): "
                "write to another folder with --out"
            )
        writer = RunWriter(folder, manifest, adding=step)
        if there is None or unlike:
            writer.begin(asked)
        try:
            yield writer
        except BaseException as error:
            with suppress(StorageError):
                writer.log("stopped", {"reason": type(error).__name__})
            raise


def with_step(
    path: str | Path,
    step: str,
    write: "Callable[[RunWriter], None]",
    *,
    parameters: Mapping[str, Any],
    command: str,
) -> Run:
    """A complete run with one more step, which `write` makes unless it is done already.

    Raises as `open_for_adding`.
    """
    with open_for_adding(path, step=step, command=command, parameters=parameters) as writer:
        with writer.step(step) as todo:
            if todo:
                write(writer)
        return writer.run


def refuse_unusable(path: str | Path) -> None:
    """Refuse a place that no run can be written to, before a model is loaded for it.

    Raises RunError (a file, or a folder that holds something else), StorageError (not writable).
    """
    folder = Path(path)
    with refusals(folder, "write"):
        if folder.exists() and not folder.is_dir():
            raise RunError(f"{folder} is a file: choose a folder for the run")
        there = read_manifest(folder)
        if there is not None and there.complete:
            return
        if there is None and folder.exists():
            _refuse_foreign(folder)
        nearest = next(parent for parent in (folder, *folder.absolute().parents) if parent.exists())
        if not nearest.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, "not a folder", str(nearest))
        if not os.access(nearest, os.W_OK | os.X_OK):
            is_read_only = os.statvfs(nearest).f_flag & os.ST_RDONLY
            raise OSError(errno.EROFS if is_read_only else errno.EACCES, "not writable")


class RunWriter:
    """The writing side of a run; made by `open_for_writing` only.

    Results are written inside a step that is still to be done. What a step wrote before it was
    killed is written over when it is done again.
    """

    def __init__(self, path: Path, manifest: Manifest, *, adding: str | None = None) -> None:
        self.path = path
        self._manifest = manifest
        self._adding = adding
        self._step: str | None = None

    @property
    def manifest(self) -> Manifest:
        """The manifest as it stands on disk."""
        return self._manifest

    @property
    def complete(self) -> bool:
        """Whether the run has come to its end; there is nothing left to write then."""
        return self._manifest.complete

    @property
    def run(self) -> Run:
        """The same directory for reading, finished or not."""
        return Run(self.path, self._manifest)

    @property
    def checkpoint_path(self) -> Path:
        """The open step's own folder for what it needs to resume; gone when the step is done."""
        folder = self.path / CHECKPOINT_FOLDER / self._open_step()
        with refusals(folder, "write"):
            folder.mkdir(parents=True, exist_ok=True)
        return folder

    def begin(self, addition: Added) -> None:
        """Begin an added step anew: what an abandoned one left is removed."""
        self._remove_checkpoints(addition.step.name)
        self._save(self._manifest.with_addition(addition))

    @contextmanager
    def step(self, name: str) -> Iterator[bool]:
        """Open a step; gives False when an earlier start has done it, and nothing is to be written.

        It is marked done when the block ends without an exception. Steps come in the order that
        the run was opened with: ValueError otherwise.
        """
        if self._manifest.step(name).state == "done":
            yield False
            return
        following = self._adding or self._manifest.remaining[0]
        if self._step is not None or following != name:
            raise ValueError(f"step {name!r} is not the next: {self._step or following!r} is")
        started = now()
        self._save(self._manifest.with_step(Step(name, "started", started)))
        self.log("step started", {"step": name})
        self._step = name
        try:
            yield True
        finally:
            self._step = None
        done = Step(name, "done", started, now(), seconds_since(started))
        self._save(self._manifest.with_step(done))
        self._remove_checkpoints(name)
        self.log("step done", {"step": name, "seconds": done.seconds})

    def write_table(self, name: str, rows: "pa.Table | Rows") -> "pa.Table":
        """Write a table of `schemas`, in the order given, and give it back as it was written.

        rows: an Arrow table, values by column, or rows by column name; see `tables.as_table`.
        Raises ValueError for what breaks the schema, StorageError.
        """
        self._open_step()
        table = as_table(name, rows)
        write_table(table_path(self.path, name), table)
        return table

    def write_tensors(
        self, name: str, arrays: Arrays, metadata: Mapping[str, str] | None = None
    ) -> None:
        """Write arrays by name into one tensor file, with text metadata. Raises StorageError."""
        self._open_step()
        if not _NAME.fullmatch(name):
            raise ValueError(f"tensor file {name!r}: names are small letters, digits, '_' and '.'")
        write_tensors(tensor_path(self.path, name), arrays, metadata=metadata or {})

    def log(self, event: str, fields: Mapping[str, Any] | None = None) -> None:
        """Add one line to the log: what happened, with the time. Raises StorageError."""
        append_jsonl(self.path / LOG_NAME, dict(time=now(), event=event, **plain(fields or {})))

    def note(self, text: str) -> None:
        """Note, once, what a reader of the results should know. Raises StorageError."""
        noted = self._manifest.with_note(text)
        if noted is not self._manifest:
            self._save(noted)

    def finish(self) -> Run:
        """Check the tables as they lie on disk, remove checkpoints, mark the run complete.

        The mark comes last. Raises ValueError while a step is not done, RunError for a table that
        cannot be read back as its schema says.
        """
        if self.complete:
            return self.run
        if self._manifest.remaining:
            raise ValueError(f"steps not done: {', '.join(self._manifest.remaining)}")
        run = self.run
        for name in run.tables:
            _check_written(run, name)
        self._remove_checkpoints()
        remove_unfinished(self.path)
        self.log("finished")
        self._save(replace(self._manifest, complete=True, finished=now()))
        return self.run

    def _save(self, manifest: Manifest) -> None:
        if self.complete and self._adding is None:
            raise ValueError(f"{self.path} is complete: nothing can be added to it")
        write_manifest(self.path, manifest)
        self._manifest = manifest

    def _open_step(self) -> str:
        if self._step is None:
            raise ValueError("results are written inside a step that is still to be done")
        return self._step

    def _remove_checkpoints(self, step: str = "") -> None:
        folder = self.path / CHECKPOINT_FOLDER / step
        if folder.exists():
            with refusals(folder, "remove"):
                shutil.rmtree(folder)


def _same_run(folder: Path, asked: Manifest) -> Manifest | None:
    """The manifest of the same run in a folder, None where a new one may begin; else refuse."""
    with refusals(folder, "read"):
        if not folder.exists():
            return None
        if not folder.is_dir():
            raise RunError(f"{folder} is a file: choose a folder for the run")
        there = read_manifest(folder)
        if there is None:
            _refuse_foreign(folder)
            return None
    unlike = differences(there, asked)
    if unlike and not _has_results(folder, there):
        # It failed before it had measured anything: what it was asked for must not block the place.
        return None
    if unlike:
        raise OtherRunError(
            f"{folder} holds another run ({'; '.join(unlike)}): choose another folder with --out, "
            "or remove that one"
        )
    return there


def _has_results(folder: Path, manifest: Manifest) -> bool:
    """Whether anything would be lost with a run."""
    folders = (TABLE_FOLDER, TENSOR_FOLDER, CHECKPOINT_FOLDER)
    return any(step.state == "done" for step in manifest.steps) or any(
        file.is_file() for name in folders for file in (folder / name).rglob("*")
    )


def _refuse_foreign(folder: Path) -> None:
    """Raise RunError when a folder without a manifest holds more than a killed start leaves."""
    foreign = sorted(
        file.name for file in folder.iterdir() if file.name != LOCK_NAME and not is_unfinished(file)
    )
    if foreign:
        raise RunError(
            f"{folder} is not empty and holds no run (it has {', '.join(foreign[:3])}"
            f"{' ...' if len(foreign) > 3 else ''}): choose an empty or new folder with --out"
        )


def _begun(folder: Path, there: Manifest | None, asked: Manifest) -> Manifest:
    """Write the manifest of a new run, or note what changed since an old one was begun."""
    remove_unfinished(folder)
    manifest = asked if there is None else there
    if there is not None and not there.complete:
        for change in changes(there, asked):
            manifest = manifest.with_note(f"changed while the run was made: {change}")
    if manifest is not there:
        write_manifest(folder, manifest)
    return manifest


def _check_written(run: Run, name: str) -> None:
    if name not in TABLES:
        raise RunError(f"{run.path} has a table {name!r} that is no table of a run: remove it")
    try:
        check_table(TABLES[name], run.table(name))
    except ValueError as error:
        raise RunError(f"{run.path} was changed while it was written: {error}") from error
