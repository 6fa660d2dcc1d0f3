"""The answer of a run in a few lines, for the terminal and for machines."""

from typing import Any

from neuroglot.base.languages import display_name
from neuroglot.runs.directory import Run

SHOWN = ("id", "statement", "verdict", "reason", "value", "margin", "low", "high")
"""Columns of a claim that the summary repeats."""


def summary(run: Run) -> dict[str, Any]:
    """Plain JSON values: path, report, shard, languages (real neurons, verdict), claims, notes."""
    claims = run.table("claims").to_pylist() if run.has("claims") else []
    sets = _sets(run)
    overall = [row for row in claims if row["scope"] == "overall"]
    return {
        "path": str(run.path),
        "report": str(run.report_path) if run.report_path.exists() else None,
        "shard": run.manifest.parameters.get("shard"),
        "languages": _languages(sets, claims),
        "claims": [{name: row[name] for name in SHOWN} for row in overall],
        "notes": [*run.manifest.notes, *_short(sets)],
    }


def _sets(run: Run) -> dict[str, list[dict[str, Any]]]:
    """Rows of `lape` by language; none in a shard."""
    found: dict[str, list[dict[str, Any]]] = {}
    if run.has("lape"):
        for row in run.table("lape").select(["language", "real", "nu", "selection"]).to_pylist():
            found.setdefault(row["language"], []).append(row)
    return found


def _languages(
    sets: dict[str, list[dict[str, Any]]], claims: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """One row per language: how many of its neurons are real at 5% false discovery."""
    verdicts = {row["scope"]: row["verdict"] for row in claims if row["id"] == "A-1"}
    return [
        {
            "language": language,
            "real": sum(row["real"] for row in rows),
            "asked": len(rows),
            "verdict": verdicts.get(language),
        }
        for language, rows in sets.items()
    ]


def _short(sets: dict[str, list[dict[str, Any]]]) -> list[str]:
    """Languages with fewer neurons above the bound than were asked for."""
    return [
        f"{display_name(language)}: {len(rows):,} neurons are above the bound, {rows[0]['nu']:,} "
        "were asked for: its set is all of them"
        for language, rows in sets.items()
        if rows[0]["selection"] == "equal" and len(rows) < rows[0]["nu"]
    ]
