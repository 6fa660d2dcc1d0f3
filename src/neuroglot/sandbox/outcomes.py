"""A program to be run, and what became of it."""

from dataclasses import dataclass
from typing import Literal

Status = Literal[
    "passed",
    "wrong",
    "crashed",
    "compile_error",
    "timeout",
    "memory",
    "output_limit",
    "killed",
    "no_toolchain",
    "toolchain_too_old",
    "sandbox_error",
]
Stage = Literal["compile", "run"]

TOKEN = "@neuroglot-token@"
"""Where this stands in a source, the token of its run will stand."""


WRONG_EXIT = 10
"""A program that ends with this code says that a check of its answers has failed: no runtime uses
it for a crash."""


@dataclass(frozen=True, slots=True)
class Program:
    """One program in one source file, with the checks that it runs on itself.

    When all checks hold, the program prints a line `TOKEN passed`; when one does not, a line `TOKEN
    wrong` (see `passed_line` and `wrong_line`), and nothing after it, or it ends with WRONG_EXIT.
    The token is replaced by a random one for each run, so a program that leaves early or prints at
    random has not passed.

    libraries, beside the standard one: names to link with (c, cpp), import paths (go) or crates
    (rust). Entry points: java `Main`, kotlin a top-level `main`; no package in either.
    """

    language: str
    source: str
    libraries: tuple[str, ...] = ()
    stdin: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a program: a value, whatever the program did.

    stage: where it ended. detail: one line that says why, where the status alone does not.
    code: the exit code of that stage, 128 + n for signal n; None where it was stopped.
    stdout, stderr: what it said, up to the limit of output; stderr holds a compiler's messages.
    seconds: what the stages took; a compiler that served many programs is shared among them.
    """

    status: Status
    stage: Stage
    detail: str = ""
    code: int | None = None
    stdout: str = ""
    stderr: str = ""
    seconds: float = 0.0


def passed_line() -> str:
    """The line that a program prints when all its checks have held."""
    return f"{TOKEN} passed"


def wrong_line() -> str:
    """The line that a program prints when a check of its answers has failed."""
    return f"{TOKEN} wrong"
