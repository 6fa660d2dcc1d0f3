"""A run's model as weights on disk: with units removed, or with a delta put in.

Takes a run and its model; gives a delta file, or a whole checkpoint. Units are those that PLS chose
on all tasks, cut at how many are real, as the run's table `pls` and claim B-1 have them.
"""

from collections.abc import Sequence
from pathlib import Path

from neuroglot.analyses.pls_specificity import real_units
from neuroglot.base.errors import ConfigError, RunError
from neuroglot.base.units import Place, Units
from neuroglot.lm.deltas import Delta, edited_weights
from neuroglot.lm.edits import zero
from neuroglot.lm.model import LM
from neuroglot.lm.quiet import quiet
from neuroglot.runs.directory import Run
from neuroglot.runs.storage import refusals
from neuroglot.studies.language_neurons import refuse_other


def exported(
    run: Run, lm: LM, *, out: Path, without: Sequence[str] = (), delta: Path | None = None
) -> int:
    """Write the weights and give how many bytes were written.

    out: a file that ends in .safetensors gets what changed; any other name is a folder for the
    whole model. without: languages whose units are zeroed. Raises ConfigError where nothing is
    asked for, or both; where `out` is there already; and RunError for a run without units.
    """
    refuse_other(run, lm)
    if bool(without) == (delta is not None):
        raise ConfigError("nothing is to be exported: give units to remove, or a delta; not both")
    if out.exists():
        raise ConfigError(f"{out} is there already: it is never written over, give another --out")
    if delta is not None:
        changes, source = Delta.load(delta), str(delta)
    else:
        edits = [zero(each) for each in _units(run, without).sets()]
        changes, source = edited_weights(lm, *edits), f"{lm.name} without {', '.join(without)}"
    if out.suffix == ".safetensors":
        if delta is not None:
            raise ConfigError(f"{delta} is a file of changes already: give a folder as --out")
        changes.save(out)
        return out.stat().st_size
    return write_model(changes.apply(lm, source=source), out)


def write_model(lm: LM, folder: Path) -> int:
    """Write a whole model with its tokenizer, as transformers reads it; gives the bytes written.

    Raises StorageError.
    """
    with refusals(folder, "write"), quiet():
        folder.mkdir(parents=True)
        lm.hf.save_pretrained(folder)
        if lm.hf_tokenizer is not None:
            lm.hf_tokenizer.save_pretrained(folder)
    return sum(file.stat().st_size for file in folder.iterdir())


def _units(run: Run, languages: Sequence[str]) -> Units:
    """The real units of languages. Raises RunError where the run chose none."""
    if not run.has("pls"):
        raise RunError(f"{run.path} holds no units: give a run of the study neuron-guided")
    real = real_units(run.table("claim_parts").to_pylist())
    places: dict[Place, None] = {}
    for row in run.table("pls").to_pylist():
        if row["language"] in languages and row["rank"] <= real.get(row["language"], 0):
            places[row["projection"], row["layer"], row["neuron"]] = None
    if not places:
        raise RunError(f"{run.path} has no unit of {', '.join(languages)} that is real")
    return Units.of(places)
