"""Ctrl-C and SIGTERM end a command alike: what is at hand is kept, the status says which it was.

A cluster sends SIGTERM before it takes a machine away. Both raise KeyboardInterrupt where the
program stands; a pass over text then writes its checkpoint.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

STOPPED = 130
"""The status after Ctrl-C: 128 and the signal's number. After SIGTERM it is 143."""


@contextmanager
def heeded_signals() -> Iterator[list[int]]:
    """Gives the list that the numbers of the signals that came in the block are added to."""
    received: list[int] = []

    def stop(number: int, _: FrameType | None) -> None:
        received.append(number)
        raise KeyboardInterrupt

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
