"""Any number of runs side by side: real neurons, where they lie, and what was decided.

Takes finished `neurons` runs; reads their tables alone. Layers are aligned by relative depth, so
models of different sizes compare. Differences are to the first run.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from neuroglot.analyses.differences import Estimate, depth_shares, difference
from neuroglot.analyses.sharing import more_sharing
from neuroglot.base.errors import RunError
from neuroglot.runs.directory import Run, opened

Row = dict[str, Any]


@dataclass(frozen=True)
class Sharing:
    """Claim O-1 over pairs of runs.

    claim, parts: rows as in the tables `claims` and `claim_parts`. pairs: a row per pair with the
    mean sharing of both runs.
    """

    claim: Row
    parts: list[Row]
    pairs: list[Row]


@dataclass(frozen=True)
class Comparison:
    """runs: their folders' names. languages: those that all runs have, in the first one's order.

    claims: a row per claim, scope and run: value, low, high, verdict, and difference, its low and
    high (None in the first run, and where there is no interval). neurons: a row per language and
    run: n_star (None where it was not counted), and the share of the set in the bottom, middle and
    top of the depth. notes: what keeps the runs from being compared plainly.
    """

    runs: tuple[str, ...]
    languages: tuple[str, ...]
    claims: list[Row]
    neurons: list[Row]
    notes: tuple[str, ...]


def compare(runs: Sequence[Run | str | Path]) -> Comparison:
    """Two or more finished `neurons` runs. Raises RunError."""
    given = [opened(run) for run in runs]
    if len(given) < 2:
        raise RunError("nothing to compare with: give two or more run directories")
    for run in given:
        if run.manifest.study != "neurons" or not run.has("lape") or not run.has("claims"):
            raise RunError(f"{run.path} holds no conclusions: give a finished neurons run")
    held = [run.manifest.data["languages"] for run in given]
    languages = tuple(k for k in held[0] if all(k in others for others in held))
    if not languages:
        raise RunError("the runs have no language in common: compare runs that share some")
    names = _names(given)
    return Comparison(
        runs=names,
        languages=languages,
        claims=_claims(given, names, languages),
        neurons=[
            row
            for language in languages
            for name, run in zip(names, given, strict=True)
            for row in _neurons(run, name, language)
        ],
        notes=tuple(_notes(given, held, languages)),
    )


def compare_sharing(
    code_heavy: Sequence[Run | str | Path], general: Sequence[Run | str | Path]
) -> Sharing:
    """Do the models that read more code share more? The runs are paired in their order, by seed.

    Raises RunError for lists of different length, and for runs without overlaps.
    """
    if len(code_heavy) != len(general) or not code_heavy:
        raise RunError(
            f"{len(code_heavy)} runs against {len(general)}: give one of the other kind for each"
        )
    given = [[opened(run) for run in runs] for runs in (code_heavy, general)]
    code, other = ([_mean_sharing(run) for run in runs] for runs in given)
    claims, parts = more_sharing(code, other)
    pairs = [
        {"code_heavy": str(a.path), "general": str(b.path), "sharing": x, "sharing_general": y}
        for a, b, x, y in zip(*given, code, other, strict=True)
    ]
    return Sharing(claims[0], parts, pairs)


def _mean_sharing(run: Run) -> float:
    """Mean normalised sharing over pairs of programming languages."""
    if not run.has("overlap"):
        raise RunError(f"{run.path} holds no overlaps: give a finished neurons run")
    values: list[float] = [
        row["normalised"]
        for row in run.table("overlap").to_pylist()
        if "english" not in (row["a"], row["b"]) and row["normalised"] is not None
    ]
    if not values:
        raise RunError(f"{run.path} has no two programming languages with neurons to share")
    return sum(values) / len(values)


def _names(runs: Sequence[Run]) -> tuple[str, ...]:
    """The folders' names, whole paths where two are alike."""
    short = [run.path.resolve().name for run in runs]
    return tuple(short) if len(set(short)) == len(short) else tuple(str(run.path) for run in runs)


def _claims(runs: Sequence[Run], names: Sequence[str], languages: Sequence[str]) -> list[Row]:
    tables = [
        {(row["id"], row["scope"]): row for row in run.table("claims").to_pylist()} for run in runs
    ]
    rows = []
    for key in dict.fromkeys(key for table in tables for key in table):
        if key[1] != "overall" and key[1] not in languages:
            continue
        first = _estimate(tables[0].get(key))
        for number, (name, table) in enumerate(zip(names, tables, strict=True)):
            row, here = table.get(key), _estimate(table.get(key))
            change = difference(first, here) if number and first and here else None
            rows.append(
                {
                    "id": key[0],
                    "scope": key[1],
                    "run": name,
                    "value": row and row["value"],
                    "low": row and row["low"],
                    "high": row and row["high"],
                    "verdict": row and row["verdict"],
                    "difference": change and change.value,
                    "difference_low": change and change.low,
                    "difference_high": change and change.high,
                }
            )
    return rows


def _estimate(row: Row | None) -> Estimate | None:
    if row is None or None in (row["value"], row["low"], row["high"]):
        return None
    return Estimate(row["value"], row["low"], row["high"])


def _neurons(run: Run, name: str, language: str) -> list[Row]:
    mine = [row for row in run.table("lape").to_pylist() if row["language"] == language]
    counted = [
        row["n_star"]
        for row in run.table("stability").to_pylist()
        if row["language"] == language and row["variant"] == "none" and row["tokens_share"] == 1
        if mine and (row["nu"], row["tau"]) == (mine[0]["nu"], mine[0]["tau"])
    ]
    shares = depth_shares([row["layer"] for row in mine], run.manifest.model["layers"])
    star = counted[0] if counted else None
    return [{"language": language, "run": name, "n_star": star, "size": len(mine), **shares}]


def _notes(
    runs: Sequence[Run], held: Sequence[Sequence[str]], languages: Sequence[str]
) -> list[str]:
    notes = []
    if len({run.manifest.data["digest"] for run in runs}) > 1:
        notes.append("the runs read different texts: differences may be the texts'")
    if len({run.manifest.parameters["profile"] for run in runs}) > 1:
        notes.append("the runs have different profiles: their intervals rest on different draws")
    if any(len(others) > len(languages) for others in held):
        notes.append(
            "the runs do not have the same languages: entropies, and so the sets, depend on "
            "which are compared"
        )
    return notes
