"""The answer of a run in a few lines, for the terminal and for machines."""

from typing import Any

from neuroglot.runs.directory import Run


def summary(run: Run) -> dict[str, Any]:
    """Plain JSON values: path, report, languages (real neurons and verdict), claims, notes."""
    claims = run.table("claims").to_pylist() if run.has("claims") else []
    overall = [row for row in claims if row["scope"] == "overall"]
    return {
        "path": str(run.path),
        "report": str(run.report_path) if run.report_path.exists() else None,
        "languages": _languages(run, claims),
        "claims": [
            {
                name: row[name]
                for name in ("id", "statement", "verdict", "reason", "value", "margin", "low", "high")
            }
            for row in overall
        ],
        "notes": list(run.manifest.notes),
    }


def _languages(run: Run, claims: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One row per language: how many of the neurons asked for are real."""
    if not run.has("stability"):
        return []
    real = {
        row["language"]: row["n_star"]
        for row in run.table("stability").to_pylist()
        if row["variant"] == "none" and row["tokens_share"] == 1.0 and row["main"]
    }
    verdicts = {row["scope"]: row["verdict"] for row in claims if row["id"] == "A-1"}
    asked: dict[str, int] = {}
    for row in run.table("lape").select(["language", "fold"]).to_pylist():
        asked[row["language"]] = asked.get(row["language"], 0) + (row["fold"] == -1)
    return [
        {
            "language": language,
            "real": real.get(language),
            "asked": count,
            "verdict": verdicts.get(language),
        }
        for language, count in asked.items()
    ]
