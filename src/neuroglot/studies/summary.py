"""The answer of a run in a few lines, for the terminal and for machines."""

from typing import Any

from neuroglot.runs.directory import Run

SHOWN = ("id", "statement", "verdict", "reason", "value", "margin", "low", "high")
"""Columns of a claim that the summary repeats."""


def summary(run: Run) -> dict[str, Any]:
    """Plain JSON values: path, report, languages (real neurons and verdict), claims, notes."""
    claims = run.table("claims").to_pylist() if run.has("claims") else []
    overall = [row for row in claims if row["scope"] == "overall"]
    return {
        "path": str(run.path),
        "report": str(run.report_path) if run.report_path.exists() else None,
        "languages": _languages(run, claims),
        "claims": [{name: row[name] for name in SHOWN} for row in overall],
        "notes": list(run.manifest.notes),
    }


def _languages(run: Run, claims: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One row per language: how many of its neurons are real at 5% false discovery."""
    if not run.has("lape"):
        return []
    verdicts = {row["scope"]: row["verdict"] for row in claims if row["id"] == "A-1"}
    found: dict[str, list[bool]] = {}
    for row in run.table("lape").select(["language", "real"]).to_pylist():
        found.setdefault(row["language"], []).append(row["real"])
    return [
        {
            "language": language,
            "real": sum(flags),
            "asked": len(flags),
            "verdict": verdicts.get(language),
        }
        for language, flags in found.items()
    ]
