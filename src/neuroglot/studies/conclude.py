"""Conclude again from stored counts, with other parameters: a new run, linked to its parent.

Takes a finished `neurons` run; needs neither the model nor the text. Examples and promoted tokens
of neurons that the parent already shows are copied; the others are noted as not looked up.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from neuroglot.base.errors import RunError
from neuroglot.runs.directory import Run, opened
from neuroglot.runs.naming import default_path
from neuroglot.runs.writing import RunWriter, open_for_writing
from neuroglot.stats.activity import NeuronActivity
from neuroglot.studies.language_neurons import (
    FORMATS,
    TENSORS,
    refuse_too_many,
    shown_sets,
    write_conclusions,
)
from neuroglot.studies.parameters import NeuronsParameters
from neuroglot.studies.watching import Watcher, unwatched

COPIED = ("corpus", "checks", "planted")
"""Tables that other parameters do not change."""


def conclude(
    run: Run | str | Path,
    *,
    tau: float | None = None,
    nu: int | None = None,
    selection: Literal["equal", "original"] | None = None,
    top: float | None = None,
    profile: Literal["quick", "full"] | None = None,
    seed: int | None = None,
    out: str | Path | None = None,
    command: str = "",
    watch: Watcher = unwatched,
) -> Run:
    """A new run with the tables that these parameters give; what is None stays the parent's.

    Raises RunError when `run` is not a finished `neurons` run of the whole text.
    """
    parent = opened(run)
    if parent.manifest.study != "neurons" or parent.manifest.parameters.get("shard"):
        raise RunError(
            f"{parent.path} holds no whole neurons run: give one, or merge its shards first"
        )
    if not parent.has_tensors(TENSORS[NeuronActivity]):
        raise RunError(
            f"{parent.path} lacks tensors/{TENSORS[NeuronActivity]}.safetensors, which every "
            "conclusion is made from: restore it, or run the study again into another folder"
        )
    asked = {
        "tau": tau,
        "nu": nu,
        "selection": selection,
        "top": top,
        "profile": profile,
        "seed": seed,
    }
    changed = {name: value for name, value in asked.items() if value is not None}
    parameters = NeuronsParameters.from_json({**parent.manifest.parameters, **changed})
    manifest = parent.manifest
    refuse_too_many(nu, layers=manifest.model["layers"], neurons=manifest.model["neurons"])
    path = out or default_path(
        "conclude", model=manifest.model["name"], parameters=parameters.as_json()
    )
    with open_for_writing(
        path,
        study="neurons",
        command=command,
        parameters=parameters.as_json(),
        seed=parameters.seed,
        model=manifest.model,
        data=manifest.data,
        steps=["counts", "conclude", "examples"],
        formats=FORMATS,
        parents=[str(parent.path)],
    ) as writer:
        if writer.complete:
            return writer.run
        with writer.step("counts") as todo:
            if todo:
                _copy_counts(parent, writer)
        with writer.step("conclude") as todo:
            if todo:
                write_conclusions(writer, parameters, watch)
        with writer.step("examples") as todo:
            if todo:
                _copy_examples(parent, writer)
        return writer.finish()


def _copy_counts(parent: Run, writer: RunWriter) -> None:
    for name in parent.tensor_files:
        writer.write_tensors(name, parent.tensors(name), parent.tensor_metadata(name))
    for name in COPIED:
        if parent.has(name):
            writer.write_table(name, parent.table(name))
    for note in parent.manifest.notes:
        writer.note(note)


def _copy_examples(parent: Run, writer: RunWriter) -> None:
    """Rows of neurons that the parent already looked up."""
    sets = shown_sets(writer.run)
    shown = {(label, *unit) for label, units in sets.items() for unit in units}
    known: set[tuple[str, int, int]] = set()
    if parent.has("neuron_examples"):
        rows = parent.table("neuron_examples").to_pylist()
        known = {_unit(row) for row in rows}
        writer.write_table("neuron_examples", [row for row in rows if _unit(row) in shown])
    if parent.has("neuron_writes"):
        units = {unit[1:] for unit in shown}
        writer.write_table(
            "neuron_writes",
            [
                row
                for row in parent.table("neuron_writes").to_pylist()
                if (row["layer"], row["neuron"]) in units
            ],
        )
    missing = len(shown - known)
    if missing:
        writer.note(
            f"examples of {missing} neurons were not looked up: they need the model, which "
            "conclude does not load"
        )


def _unit(row: Mapping[str, Any]) -> tuple[str, int, int]:
    return row["language"], row["layer"], row["neuron"]
