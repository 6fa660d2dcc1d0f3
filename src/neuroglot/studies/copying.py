"""A run as a child of another: everything it holds, in a folder of its own."""

from pathlib import Path

from neuroglot.runs.directory import Run
from neuroglot.runs.writing import open_for_writing


def copied(parent: Run, out: str | Path, *, command: str, without: tuple[str, ...] = ()) -> Run:
    """A new run with the parent's tables and tensors, linked to it; the same again is returned.

    without: tables that are left out. Raises OtherRunError, RunError, StorageError.
    """
    manifest = parent.manifest
    with open_for_writing(
        out,
        study=manifest.study,
        command=command,
        parameters=manifest.parameters,
        seed=manifest.seed,
        model=manifest.model,
        data=manifest.data,
        steps=["copied"],
        formats=manifest.formats,
        parents=[str(parent.path)],
    ) as writer:
        if writer.complete:
            return writer.run
        with writer.step("copied") as todo:
            if todo:
                for name in parent.tensor_files:
                    writer.write_tensors(name, parent.tensors(name), parent.tensor_metadata(name))
                for name in parent.tables:
                    if name not in without:
                        writer.write_table(name, parent.table(name))
                for note in manifest.notes:
                    writer.note(note)
        return writer.finish()
