"""The end of a study: its report drawn, its verdicts on the terminal."""

from typing import TYPE_CHECKING, Any

from neuroglot.base.languages import display_name
from neuroglot.cli.console import print_json, print_table, say

if TYPE_CHECKING:
    from neuroglot.runs.directory import Run

FINE = 0.05
"""Margins below this one are in nats per byte, where two decimals say nothing."""
_SIGNS = {"holds": "✓", "does not hold": "✗", "cannot tell": "?"}


def present(run: "Run", *, as_json: bool) -> None:
    """Draw the page of a run that has none yet, and print its summary."""
    from neuroglot.report.page import write_report
    from neuroglot.studies.summary import summary

    # A shard has counts and nothing to show.
    if run.has("claims") and not run.report_path.exists():
        write_report(run)
    found = summary(run)
    if as_json:
        print_json(found)
    else:
        _print(found)


def present_anew(run: "Run", *, as_json: bool) -> None:
    """Draw the page of a run to which a step was added, which its page knows nothing of; print."""
    from neuroglot.report.page import write_report

    write_report(run)
    present(run, as_json=as_json)


def _print(found: dict[str, Any]) -> None:
    if found["languages"]:
        print_table(
            ["language", "real", "of", "A-1"],
            [
                [
                    display_name(row["language"]),
                    f"{row['real']:,}",
                    f"{row['asked']:,}",
                    row["verdict"] or "",
                ]
                for row in found["languages"]
            ],
            right=["real", "of"],
        )
    for claim in found["claims"]:
        say(f"{claim['id']} {claim['statement']}", indent=4)
        sign = _SIGNS.get(claim["verdict"].split(" (")[0], " ")
        say(f"    {sign} {claim['verdict']}{_figure(claim)}", indent=6)
        if claim["reason"]:
            say(f"      {claim['reason']}", indent=6)
    for note in found["notes"]:
        say(f"note: {note}", indent=6)
    say(f"run:    {found['path']}")
    if found["report"]:
        say(f"report: {found['report']}")
    if found["shard"]:
        say(f"This is shard {found['shard']}: join all with `neuroglot merge RUN RUN ...`.")


def _figure(claim: dict[str, Any]) -> str:
    if claim["value"] is None:
        return ""
    digits = 2 if claim["margin"] is None or claim["margin"] >= FINE else 5
    known = [claim["value"], claim["low"], claim["high"]]
    value, low, high = ("" if each is None else f"{each:.{digits}f}" for each in known)
    return f": {value} [{low}, {high}]" if low and high else f": {value}"
