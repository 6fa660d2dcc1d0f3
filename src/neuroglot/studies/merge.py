"""Shards of one run become that run, equal to the bit to the run made in one piece."""

from collections.abc import Sequence
from functools import reduce
from pathlib import Path

from neuroglot.base.errors import RunError
from neuroglot.lm.model import LM
from neuroglot.runs.directory import Run, open_run
from neuroglot.runs.naming import default_path
from neuroglot.runs.writing import RunWriter, open_for_writing
from neuroglot.studies.language_neurons import (
    FORMATS,
    PASSES,
    TENSORS,
    Pass,
    Study,
    load_statistic,
    planned_passes,
    refuse_other,
)
from neuroglot.studies.parameters import NeuronsParameters
from neuroglot.studies.watching import Watcher, unwatched
from neuroglot.text.corpus import Corpus


def opened_shards(paths: Sequence[str | Path]) -> list[Run]:
    """The finished runs of all shards of one run, in their order.

    Raises RunError when one is no shard, belongs to another run, is missing or given twice.
    """
    runs = [open_run(path) for path in paths]
    if not runs:
        raise RunError("nothing to merge: give the run directories of all shards")
    for run in runs:
        if run.manifest.study != "neurons" or not run.manifest.parameters.get("shard"):
            raise RunError(f"{run.path} is no shard: merge joins runs made with --shard I/N")
    first = runs[0]
    for run in runs[1:]:
        differing = _differences(first, run)
        if differing:
            raise RunError(
                f"{run.path} and {first.path} are shards of different runs: they differ in "
                + ", ".join(differing)
            )
    parts = {_parameters(run).part().index: run for run in runs}
    count = _parameters(first).part().count
    missing = [f"{index + 1}/{count}" for index in range(count) if index not in parts]
    if missing:
        raise RunError(f"shards {', '.join(missing)} are missing: give all {count}")
    if len(parts) < len(runs):
        raise RunError("a shard is given twice: give each once")
    return [parts[index] for index in range(count)]


def merge(
    shards: Sequence[Run],
    *,
    lm: LM,
    corpus: Corpus,
    out: str | Path | None = None,
    command: str = "",
    watch: Watcher = unwatched,
) -> Run:
    """Join shards (from `opened_shards`) and conclude.

    lm and corpus are those of the shards; they are needed for the examples of the neurons found.
    Raises RunError when they are others.
    """
    first = shards[0]
    refuse_other(first, lm)
    parameters = NeuronsParameters.from_json(first.manifest.parameters, shard=None)
    corpus = corpus.only(parameters.languages or corpus.languages)
    if corpus.digest != first.manifest.data["digest"]:
        raise RunError(f"the data are not those of {first.path}: give the same texts")
    passes = planned_passes(lm, corpus, parameters)
    with open_for_writing(
        out or default_path("neurons", model=lm.name, parameters=parameters.as_json()),
        study="neurons",
        command=command,
        parameters=parameters.as_json(),
        seed=parameters.seed,
        model=first.manifest.model,
        data=first.manifest.data,
        steps=["checks", *passes, "conclude", "examples"],
        formats=FORMATS,
        parents=[str(run.path) for run in shards],
    ) as writer:
        if writer.complete:
            return writer.run
        with writer.step("checks") as todo:
            if todo:
                writer.write_table("checks", first.table("checks"))
        for name in passes:
            with writer.step(name) as todo:
                if todo:
                    _join(shards, writer, PASSES[name])
        Study(lm, corpus, parameters, writer, watch).conclude()
        return writer.finish()


def _join(shards: Sequence[Run], writer: RunWriter, this: Pass) -> None:
    for kind in this.kinds:
        parts = []
        for run in shards:
            part = load_statistic(run, kind, this.suffix)
            if part is None:
                raise RunError(f"{run.path} lacks tensors/{TENSORS[kind]}{this.suffix}.safetensors")
            parts.append(part)
        whole = reduce(lambda left, right: left.merge(right), parts).settled()
        writer.write_tensors(TENSORS[kind] + this.suffix, whole.arrays(), whole.metadata())
    if this.step == "record":
        writer.write_table("corpus", shards[0].table("corpus"))
        for note in dict.fromkeys(note for run in shards for note in run.manifest.notes):
            writer.note(note)


def _parameters(run: Run) -> NeuronsParameters:
    return NeuronsParameters.from_json(run.manifest.parameters)


def _differences(a: Run, b: Run) -> list[str]:
    """Names of what two shards of one run would share and these do not."""
    mine = {**a.manifest.parameters, "shard": _parameters(a).part().count}
    theirs = {**b.manifest.parameters, "shard": _parameters(b).part().count}
    differing = [name for name in sorted(mine | theirs) if mine.get(name) != theirs.get(name)]
    if a.manifest.model["fingerprint"] != b.manifest.model["fingerprint"]:
        differing.append("model")
    if a.manifest.data["digest"] != b.manifest.data["digest"]:
        differing.append("data")
    return differing
