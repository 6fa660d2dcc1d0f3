"""`neuroglot report`: draw a run's page again, from its directory alone."""

from neuroglot.cli import options
from neuroglot.cli.console import say


def report(run: options.Run) -> None:
    """Write a run's report.html again.

    It needs the run directory alone: neither the model nor the texts.

    Example: neuroglot report runs/planted
    """
    from neuroglot.report.page import write_report

    say(f"report: {write_report(run)}")
