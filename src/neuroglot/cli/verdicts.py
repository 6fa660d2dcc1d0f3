"""The end of a study: its report drawn, its verdicts on the terminal."""

from typing import TYPE_CHECKING, Any

from neuroglot.base.languages import display_name
from neuroglot.cli.console import print_table, say

if TYPE_CHECKING:
    from neuroglot.runs.directory import Run

_SIGNS = {"holds": "✓", "does not hold": "✗", "cannot tell": "?"}


def draw_report(run: "Run") -> None:
    """Write the page of a run that has tables to show and no page yet; a shard has none."""
    from neuroglot.report.page import write_report

    if run.has("claims") and not run.report_path.exists():
        write_report(run)


def print_verdicts(found: dict[str, Any]) -> None:
    """A summary made by `studies.summary`."""
    if found["languages"]:
        print_table(
            ["language", "real", "of", "A-1"],
            [
                [
                    display_name(row["language"]),
                    str(row["real"]),
                    str(row["asked"]),
                    row["verdict"] or "",
                ]
                for row in found["languages"]
            ],
            right=["real", "of"],
        )
    for claim in found["claims"]:
        sign = _SIGNS.get(claim["verdict"].split(" (")[0], " ")
        say(f"{sign} {claim['id']} {claim['statement']}: {claim['verdict']}{_figure(claim)}")
        if claim["reason"]:
            say(f"    {claim['reason']}")
    for note in found["notes"]:
        say(f"note: {note}")
    say(f"run:    {found['path']}")
    if found["report"]:
        say(f"report: {found['report']}")


def _figure(claim: dict[str, Any]) -> str:
    if claim["value"] is None:
        return ""
    if claim["low"] is None or claim["high"] is None:
        return f", {claim['value']:.2f}"
    return f", {claim['value']:.2f} [{claim['low']:.2f}, {claim['high']:.2f}]"
