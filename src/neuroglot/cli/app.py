"""The command `neuroglot`: its verbs, and how errors leave it.

Status 0: done, whatever was found. 1: a check failed. 2: bad input, said in one line.
130: stopped by Ctrl-C, after what was measured is safe.
"""

import os
import sys
from typing import NoReturn

import typer
from typer.core import TyperGroup

from neuroglot._version import __version__
from neuroglot.base.errors import NeuroglotError
from neuroglot.cli.check import check
from neuroglot.cli.conclude import conclude
from neuroglot.cli.console import complain
from neuroglot.cli.corpus import corpus
from neuroglot.cli.doctor import doctor
from neuroglot.cli.merge import merge
from neuroglot.cli.neurons import neurons
from neuroglot.cli.report import report
from neuroglot.cli.show import show

app = typer.Typer(
    name="neuroglot",
    cls=TyperGroup,
    help="Which neurons, layers and heads of a code language model carry which language.",
    epilog="Start here: neuroglot neurons --model planted --data planted",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"neuroglot {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Print the version and leave."
    ),
) -> None:
    """Options of the command itself."""


VERBS = (neurons, check, doctor, conclude, merge, report, show)
for verb in VERBS:
    app.command(verb.__name__, help=verb.__doc__)(verb)
app.add_typer(corpus, name="corpus")


def main() -> NoReturn:
    """Run the command and leave with its status."""
    try:
        status = app(standalone_mode=False)
    except NeuroglotError as error:
        complain(str(error))
        status = 2
    except (KeyboardInterrupt, typer.Abort):
        complain("stopped; what was measured is kept: the same line goes on from there")
        status = 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 0
    except Exception as error:
        # Click's own usage errors know how to show themselves and which status they mean.
        if not hasattr(error, "exit_code"):
            raise
        error.show()  # type: ignore[attr-defined]
        status = error.exit_code
    sys.exit(status if isinstance(status, int) else 0)
