"""`neuroglot report`: draw a run's page again, from its directory alone."""

from pathlib import Path
from typing import Annotated

import typer

from neuroglot.cli.console import say


def report(
    run: Annotated[Path, typer.Argument(help="A finished run directory.", show_default=False)],
) -> None:
    """Write a run's report.html again, from the run directory alone.

    Example: neuroglot report runs/planted
    """
    from neuroglot.report.page import write_report

    say(f"report: {write_report(run)}")
