"""Runs one command to its end, or stops it where a limit is reached.

Takes a Command and Limits, gives an Ending; never raises for what the command does. Does not know
languages.
"""

import json
import os
import selectors
import signal
import subprocess
import threading
import time
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field

from neuroglot.sandbox.bare import bare
from neuroglot.sandbox.box import boxed
from neuroglot.sandbox.command import Command, Ending, Stop
from neuroglot.sandbox.limits import Limits
from neuroglot.sandbox.memory import held_bytes

LOOK_SECONDS = 0.05
"""Between two looks at time and memory."""
CHUNK = 1 << 16
GRACE_SECONDS = 5.0
"""For a killed box to go, and for what it had written to arrive."""

Started = AbstractContextManager[tuple[subprocess.Popen[bytes], int | None]]


def execute(
    command: Command,
    limits: Limits,
    *,
    unsafe: bool = False,
    interrupted: threading.Event | None = None,
) -> Ending:
    """Run the command in a box, or with `unsafe` without one. Returns when all of it has ended.

    Setting `interrupted` stops it from another thread.
    """
    start: Started = bare(command, limits) if unsafe else boxed(command, limits)
    began = time.monotonic()
    try:
        with start as (process, report):
            watched = _Watched(process, report, limits, interrupted or threading.Event(), began)
            try:
                stopped = watched.to_the_end()
            finally:
                watched.kill()
            return watched.ending(stopped)
    except OSError as error:
        seconds = time.monotonic() - began
        return Ending(b"", b"", seconds, failure=f"no process: {error.strerror or error}")


@dataclass
class _Watched:
    """One started command, what it has said, and what bwrap has said of it."""

    process: subprocess.Popen[bytes]
    report: int | None
    limits: Limits
    interrupted: threading.Event
    began: float
    said: dict[str, bytearray] = field(
        default_factory=lambda: {"stdout": bytearray(), "stderr": bytearray()}
    )
    reported: dict[str, int] = field(default_factory=dict)
    ended: bool = False
    next_look: float = 0.0

    def to_the_end(self) -> Stop | None:
        """Read until the process has ended, or until there is a reason to stop it."""
        ended = os.pidfd_open(self.process.pid)
        with selectors.DefaultSelector() as selector:
            selector.register(ended, selectors.EVENT_READ)
            for name in self.said:
                selector.register(getattr(self.process, name), selectors.EVENT_READ, name)
            try:
                while True:
                    events = selector.select(LOOK_SECONDS)
                    stop = self._read(selector, events) or self._over()
                    if stop:
                        return stop
                    self.ended = any(key.fd == ended for key, _ in events)
                    if self.ended:
                        break
                selector.unregister(ended)
                return self._rest(selector)
            finally:
                os.close(ended)

    def _rest(self, selector: selectors.BaseSelector) -> Stop | None:
        """What is still in the pipes. Whatever outlives the first process is ended first."""
        self.kill()
        until = time.monotonic() + GRACE_SECONDS
        while selector.get_map() and time.monotonic() < until:
            stop = self._read(selector, selector.select(LOOK_SECONDS))
            if stop:
                return stop
        return None

    def _read(
        self, selector: selectors.BaseSelector, events: list[tuple[selectors.SelectorKey, int]]
    ) -> Stop | None:
        for key, _ in events:
            if key.data is None:
                continue
            chunk = os.read(key.fd, CHUNK)
            kept = self.said[key.data]
            kept += chunk[: self.limits.output_bytes - len(kept)]
            if not chunk:
                selector.unregister(key.fileobj)
            elif len(kept) == self.limits.output_bytes:
                return "output_limit"
        return None

    def _over(self) -> Stop | None:
        """A reason to stop it, looked for now and then: however much it says, looking is dear."""
        now = time.monotonic()
        if now < self.next_look:
            return None
        self.next_look = now + LOOK_SECONDS
        if self.interrupted.is_set():
            return "killed"
        if now - self.began > self.limits.wall_seconds:
            return "timeout"
        allowed = self.limits.memory_bytes
        return "memory" if held_bytes(self.process.pid, enough=allowed) > allowed else None

    def kill(self) -> None:
        """End all of it. A box ends with its first process, and then bwrap itself can tidy up."""
        if self.process.returncode is not None:
            return
        first = self._reported("child-pid")
        if first is not None and not self.ended:
            with suppress(ProcessLookupError):
                os.kill(first, signal.SIGKILL)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(GRACE_SECONDS)
        if self.process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        if first is not None:
            # Where we are the one that orphans are given to, as the first process of a container.
            with suppress(ChildProcessError):
                os.waitpid(first, 0)

    def _reported(self, name: str) -> int | None:
        if self.report is not None:
            with suppress(BlockingIOError):
                for line in os.read(self.report, CHUNK).splitlines():
                    self.reported |= json.loads(line)
        return self.reported.get(name)

    def ending(self, stopped: Stop | None) -> Ending:
        """What there is to tell, once the process is gone."""
        stdout, stderr = (bytes(said) for said in self.said.values())
        seconds = time.monotonic() - self.began
        if stopped:
            return Ending(stdout, stderr, seconds, stopped=stopped)
        code = self.process.returncode if self.report is None else self._reported("exit-code")
        if code is None:
            lines = stderr.decode("utf-8", "replace").strip().splitlines()
            failure = lines[-1] if lines else "bubblewrap ended without a report"
            return Ending(stdout, stderr, seconds, failure=failure)
        return Ending(stdout, stderr, seconds, code=code if code >= 0 else 128 - code)
