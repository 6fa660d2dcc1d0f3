"""Everything a run knows of one unit, from its tables."""

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
    unit = {"layer": layer, "neuron": neuron}
    rates = _rows(run, "neuron_rates", unit)
    if not rates:
        raise ConfigError(
            f"{run.path} knows no neuron L{layer:02d}-N{neuron:04d}: it holds those in the "
            "sets of its languages, listed in tables/lape.parquet"
        )
    return {
        **unit,
        "rates": rates,
        "sets": _rows(run, "lape", unit),
        "examples": _rows(run, "neuron_examples", unit),
        "writes": _rows(run, "neuron_writes", unit),
    }


def unit_card(run: Run, *, layer: int, projection: str, neuron: int) -> dict[str, Any]:
    """The same of a projection's unit: scores per language, sets, examples and what it writes.

    Raises ConfigError when the run holds no scores of this unit, RunError when it holds none.
    """
    if not run.has("pls_scores"):
        raise RunError(
            f"{run.path} holds no units of projections: give a run of the study neuron-guided"
        )
    unit = {"layer": layer, "projection": projection, "neuron": neuron}
    scores = _rows(run, "pls_scores", unit)
    if not scores:
        raise ConfigError(
            f"{run.path} knows no unit L{layer:02d}-{projection}-N{neuron:04d}: it holds the first "
            "of each language, listed in tables/pls_scores.parquet"
        )
    return {
        **unit,
        "scores": scores,
        "sets": _rows(run, "pls", unit),
        "examples": _rows(run, "pls_examples", unit),
        "writes": _rows(run, "pls_writes", unit),
    }


def _rows(run: Run, table: str, unit: dict[str, Any]) -> list[dict[str, Any]]:
    """Rows of one unit, in the table's order; none where the table was not made."""
    if not run.has(table):
        return []
    whole = run.table(table)
    mask = None
    for column, value in unit.items():
        here = pc.equal(whole[column], value)
        mask = here if mask is None else pc.and_(mask, here)
    rows: list[dict[str, Any]] = whole.filter(mask).to_pylist()
    return rows
