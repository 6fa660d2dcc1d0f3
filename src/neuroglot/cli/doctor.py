"""`neuroglot doctor`: what this machine can do."""

from dataclasses import asdict

import typer

from neuroglot.cli.console import print_json, print_table
from neuroglot.cli.options import Json


def doctor(as_json: Json = False) -> None:
    """Say what this machine can do, and how to mend what is missing.

    Status 1 when something needed is missing.

    Example: neuroglot doctor
    """
    from neuroglot.studies.doctor import examine_machine

    findings = examine_machine()
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        print_table(
            ["", "what", "found", "to mend it"],
            [
                [
                    "✓" if f.passed else "✗" if f.needed else "–",
                    f.name,
                    f.value,
                    "" if f.passed else f.remedy,
                ]
                for f in findings
            ],
        )
    if any(finding.needed and not finding.passed for finding in findings):
        raise typer.Exit(1)
