"""Everything a run knows of one neuron, from its tables."""

from typing import Any

import pyarrow.compute as pc

from neuroglot.base.errors import ConfigError, RunError
from neuroglot.runs.directory import Run


def neuron_card(run: Run, *, layer: int, neuron: int) -> dict[str, Any]:
    """Rates per language, the sets it is in, its examples and what it writes.

    Raises ConfigError when the run holds no rates of this neuron, RunError when it holds none.
    """
    if not run.has("neuron_rates"):
        raise RunError(
            f"{run.path} holds no neurons to show: give a whole neurons run, or merge its shards"
        )
    rates = _rows(run, "neuron_rates", layer, neuron)
    if not rates:
        raise ConfigError(
            f"{run.path} knows no neuron L{layer:02d}-N{neuron:04d}: it holds those in the "
            "sets of its languages, listed in tables/lape.parquet"
        )
    return {
        "layer": layer,
        "neuron": neuron,
        "rates": rates,
        "sets": _rows(run, "lape", layer, neuron),
        "examples": _rows(run, "neuron_examples", layer, neuron),
        "writes": _rows(run, "neuron_writes", layer, neuron),
    }


def _rows(run: Run, table: str, layer: int, neuron: int) -> list[dict[str, Any]]:
    """Rows of one neuron, in the table's order; none where the table was not made."""
    if not run.has(table):
        return []
    whole = run.table(table)
    mask = pc.and_(pc.equal(whole["layer"], layer), pc.equal(whole["neuron"], neuron))
    rows: list[dict[str, Any]] = whole.filter(mask).to_pylist()
    return rows
