"""From how a program ended to its status.

A program has passed when it printed the token of its run after its checks and ended with code 0;
the other statuses are told apart by signal, by who stopped it and by what the runtime said. So a
program can lie about how it failed, but hardly that it did not.
"""

import re
import signal
from contextlib import suppress

from neuroglot.sandbox.command import Ending
from neuroglot.sandbox.discovery import Found
from neuroglot.sandbox.limits import Limits
from neuroglot.sandbox.outcomes import TOKEN, WRONG_EXIT, Outcome, Status
from neuroglot.sandbox.toolchains import Toolchain

OUT_OF_MEMORY = re.compile(
    r"OutOfMemory|MemoryError|NoMemoryError|bad_alloc|out of memory|cannot allocate memory"
    r"|memory allocation of \d+ bytes failed|Allowed memory size|failed to allocate memory",
    re.IGNORECASE,
)
FAILED_CHECK = re.compile(
    r"AssertionError|Assertion [`'].*' failed|assertion.*failed|console\.assert"
    r"|AssertionFailed|Assertion failed|(?m:^FAIL$)",
)
"""FAIL on a line of its own is how a test of Go ends that did not panic."""

TELLING = re.compile(
    r"\berror\b|(Error|Exception)( \[\w+\])?(: \S|$)|panicked|panic: |Uncaught|^Fail: "
)
"""The line of a runtime's or a compiler's words that says what was wrong."""

NOT_UNDERSTOOD = re.compile(r"\((\d+),\d+\): error \w+: Unexpected symbol")
"""A place that a compiler could not even read, with its line."""

SIGNALS: dict[int, Status] = {
    128 + signal.SIGXCPU: "timeout",
    128 + signal.SIGXFSZ: "output_limit",
    128 + signal.SIGKILL: "killed",
}


def run_outcome(ending: Ending, toolchain: Toolchain, token: str, limits: Limits) -> Outcome:
    """What became of a program that was run, as `ending` tells."""
    stdout = ending.stdout.decode("utf-8", "replace")
    stderr = ending.stderr.decode("utf-8", "replace")
    verdict = " ".join(stdout.split()[-2:])
    if verdict == f"{token} wrong" and not ending.stopped:
        status: Status = "wrong"
    elif verdict == f"{token} passed" and ending.code == 0:
        muttered = toolchain.silent_failure and re.search(toolchain.silent_failure, stderr)
        status = "wrong" if muttered else "passed"
    else:
        status = _failure(ending, toolchain, f"{stderr}\n{stdout}", limits)
    return Outcome(
        status=status,
        stage="compile" if status == "compile_error" else "run",
        detail="" if status == "passed" else detail(ending),
        code=ending.code,
        stdout=stdout.replace(token, TOKEN),
        stderr=stderr.replace(token, TOKEN),
        seconds=ending.seconds,
    )


def _failure(ending: Ending, toolchain: Toolchain, said: str, limits: Limits) -> Status:
    """How a program failed that did not say so itself."""
    if ending.failure:
        return "sandbox_error"
    if ending.stopped:
        return ending.stopped
    by_signal = SIGNALS.get(ending.code or 0)
    if by_signal:
        # The limit of time first asks and then kills.
        late = by_signal == "killed" and ending.seconds >= limits.cpu_seconds
        return "timeout" if late else by_signal
    if toolchain.syntax_error and re.search(toolchain.syntax_error, said):
        return "compile_error"
    if OUT_OF_MEMORY.search(said):
        return "memory"
    # Code 0 without the token: it left before its checks were done.
    is_wrong = ending.code in (0, WRONG_EXIT) or FAILED_CHECK.search(said)
    return "wrong" if is_wrong else "crashed"


def compile_outcome(ending: Ending, found: Found, source: str) -> Outcome:
    """What became of a program that did not get beyond its compiler."""
    row = found.toolchain
    said = ending.stderr.decode("utf-8", "replace")
    by_signal = SIGNALS.get(ending.code or 0)
    status: Status
    why = detail(ending)
    if ending.failure:
        status = "sandbox_error"
    elif ending.stopped or by_signal:
        status = ending.stopped or by_signal or "killed"
    elif _too_new(row, said, source):
        status = "toolchain_too_old"
        why = f"{row.language} {found.version} does not know what this program uses: {why}"
    else:
        status = "memory" if OUT_OF_MEMORY.search(said) else "compile_error"
    return Outcome(status, "compile", why, ending.code, "", said, ending.seconds)


def _too_new(row: Toolchain, said: str, source: str) -> bool:
    """Whether the compiler failed because it is older than the language the program is in."""
    if row.too_new and re.search(row.too_new, said):
        return True
    lines = source.splitlines()
    numbers = {int(number) for number in NOT_UNDERSTOOD.findall(said)}
    return bool(row.too_new_source) and any(
        re.search(row.too_new_source, lines[number - 1])
        for number in numbers
        if number <= len(lines)
    )


def detail(ending: Ending) -> str:
    """The one line that says most of why a command failed."""
    if ending.failure or ending.stopped:
        return ending.failure
    lines = [line for line in ending.stderr.decode("utf-8", "replace").splitlines() if line.strip()]
    told = next((line for line in lines if TELLING.search(line)), lines[-1] if lines else "")
    if ending.code and 128 < ending.code < 128 + signal.NSIG:
        with suppress(ValueError):
            told = f"{signal.Signals(ending.code - 128).name} {told}"
    if not told:
        told = "ended before its checks did" if ending.code == 0 else f"code {ending.code}"
    return told.strip()[:300]
