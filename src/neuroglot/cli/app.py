"""The command `neuroglot`: its verbs, and how errors leave it.

Status 0: done, whatever was found. 1: a check failed. 2: bad input, said in one line.
130: stopped by Ctrl-C, 143: by SIGTERM, after what was measured is safe.
"""

import errno
import sys
from typing import Any, NoReturn

import typer
from typer.core import TyperGroup

from neuroglot._version import __version__
from neuroglot.base.errors import NeuroglotError
from neuroglot.cli.ablate import ablate
from neuroglot.cli.check import check
from neuroglot.cli.clones import clones
from neuroglot.cli.compare import compare
from neuroglot.cli.conclude import conclude
from neuroglot.cli.console import ReaderGoneError, close_results, complain, forgiving_streams
from neuroglot.cli.corpus import corpus
from neuroglot.cli.doctor import doctor
from neuroglot.cli.export import export
from neuroglot.cli.finetune import finetune
from neuroglot.cli.lens import lens
from neuroglot.cli.merge import merge
from neuroglot.cli.mexa import mexa
from neuroglot.cli.neurons import neurons
from neuroglot.cli.programs import programs
from neuroglot.cli.reference import reference
from neuroglot.cli.report import report
from neuroglot.cli.sample import sample
from neuroglot.cli.score import score
from neuroglot.cli.show import show
from neuroglot.cli.stopping import STOPPED, heeded_signals
from neuroglot.cli.study import study_app
from neuroglot.cli.summarise import summarise

app = typer.Typer(
    name="neuroglot",
    cls=TyperGroup,
    help="Which neurons of a code language model carry which programming language.",
    epilog="Example: neuroglot neurons --model planted --data planted",
    add_completion=False,
    pretty_exceptions_enable=False,
    # Plain text: boxes leave too little room for words, and cut flags at 80 columns.
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"neuroglot {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Print the version and leave."
    ),
) -> None:
    """Options of the command itself."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


VERBS = (
    *(neurons, ablate, lens, mexa, sample, score, finetune, summarise, export),
    *(check, doctor, conclude, compare, merge, report, show),
)
RESUMED = (
    *("neurons", "ablate", "lens", "mexa", "sample", "score", "finetune", "clones", "summarise"),
    *("study", "conclude", "merge"),
)
"""Verbs that make a run, which the same line goes on with."""
for verb in VERBS:
    app.command(verb.__name__, help=verb.__doc__)(verb)
app.add_typer(clones, name="clones")
app.add_typer(corpus, name="corpus")
app.add_typer(programs, name="programs")
app.add_typer(reference, name="reference")
app.add_typer(study_app, name="study")


def main() -> NoReturn:
    """Run the command and leave with its status."""
    forgiving_streams()
    with heeded_signals() as signals:
        try:
            status = app(standalone_mode=False, prog_name="neuroglot")
            sys.stdout.flush()
        except (KeyboardInterrupt, typer.Abort):
            status = STOPPED
        except (ReaderGoneError, BrokenPipeError, SystemExit):
            # Typer leaves by SystemExit where its own output finds no reader.
            close_results()
            status = 0
        except Exception as error:
            status = _failed(error, is_stopped=bool(signals))
    if status == STOPPED:
        resumed = sys.argv[1:2] and sys.argv[1] in RESUMED
        complain(
            "stopped; what was measured is kept: the same line goes on from there"
            if resumed
            else "stopped"
        )
        status = 128 + signals[-1] if signals else STOPPED
    sys.exit(status if isinstance(status, int) else 0)


def _failed(error: Exception, *, is_stopped: bool) -> int:
    """Say in one line what went wrong; an error that is nobody's input is raised again."""
    if is_stopped:
        # A library may turn the interruption into an error of its own.
        return STOPPED
    if isinstance(error, NeuroglotError):
        complain(str(error))
    elif hasattr(error, "exit_code") and hasattr(error, "format_message"):
        complain(_usage(error))
    elif isinstance(error, OSError) and error.filename is not None:
        complain(f"cannot use {error.filename}: {error.strerror}: give another path")
    elif _is_out_of_memory(error):
        complain(
            "not enough memory: take a smaller model, --dtype bfloat16, another --device, or lower "
            "--batch-tokens and --max-document-tokens"
        )
    elif isinstance(error, OSError) and error.errno == errno.ENOSPC:
        close_results()
        complain("cannot print the result: no space is left where stdout goes")
    else:
        raise error
    return 2


def _is_out_of_memory(error: Exception) -> bool:
    """Told by name: torch must not be loaded for it."""
    return (
        isinstance(error, MemoryError)
        or type(error).__name__ == "OutOfMemoryError"
        or "can't allocate memory" in str(error)
    )


def _usage(error: Any) -> str:
    """What Typer finds wrong with a line, and where the right ones stand."""
    path = error.ctx.command_path if getattr(error, "ctx", None) else "neuroglot"
    said = " ".join(error.format_message().replace("Value error, ", "").split()).rstrip(".")
    return f"{said[:1].lower()}{said[1:]}: `{path} --help` shows what there is"
