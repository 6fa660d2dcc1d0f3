"""A study carried out for a verb: with progress on stderr, its line kept in the run."""

import shlex
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from neuroglot.cli.progress import shown_progress

if TYPE_CHECKING:
    from neuroglot.runs.directory import Run


def command_line() -> str:
    """The line that was typed, as a run keeps it."""
    return shlex.join(["neuroglot", *sys.argv[1:]])


def carried_out(study: "Callable[..., Run]", *given: Any, **named: Any) -> "Run":
    """The run that a study makes or adds to; given and named are handed to it."""
    with shown_progress() as watch:
        return study(*given, command=command_line(), watch=watch, **named)
