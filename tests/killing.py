"""Lines of the command that are killed: each in a process of its own, forked from one that has
imported everything and made the planted model and texts, so that thirty of them cost thirty runs.

The fixture `killable` opens one.
"""

import json
import os
import random
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import IO, Self

FORKS = """
import json, os, sys
from neuroglot.cli import ablate, app, neurons
import neuroglot.cli.loading, neuroglot.lm.loading, neuroglot.report.page
import neuroglot.studies.ablation, neuroglot.studies.language_neurons
import neuroglot.studies.published_procedure
from neuroglot.lm import planted
from neuroglot.text.corpus import Corpus
from neuroglot.text.planted import planted_documents

texts, weights = Corpus.from_documents(planted_documents()), planted.planted_weights()
Corpus.from_documents = lambda documents: texts
planted.planted_weights = lambda: weights
print("ready", flush=True)
for line in sys.stdin:
    child = os.fork()
    if not child:
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(nowhere, stream)
        sys.argv = ["neuroglot", *json.loads(line)]
        try:
            app.main()
        except SystemExit as left:
            os._exit(left.code or 0)
        os._exit(0)
    print(child, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


class Killable:
    """Runs lines of the command one after the other, and kills them (-9) when asked to."""

    def __enter__(self) -> Self:
        environment = {**os.environ, "NEUROGLOT_CHECKPOINT_SECONDS": "0"}
        self._process = subprocess.Popen(
            [sys.executable, "-c", FORKS],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            text=True,
            bufsize=1,
        )
        # Else the first line would seem to last as long as this takes.
        assert _pipes(self._process)[1].readline() == "ready\n"
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.communicate()

    def run(self, line: Sequence[str], *, seconds: float | None = None) -> int:
        """The status that a line leaves with; -9 where it was killed after so many seconds."""
        given, told = _pipes(self._process)
        given.write(json.dumps(list(line)) + "\n")
        child = int(told.readline())
        if seconds is not None and not select.select([told], [], [], seconds)[0]:
            os.kill(child, signal.SIGKILL)
        return int(told.readline())

    def kill_often(
        self,
        new: Callable[[], Sequence[str]],
        finished: Callable[[], None],
        *,
        kills: int,
        seed: int,
    ) -> None:
        """Kill a line at random moments and start it again until it ends; then another new one.

        new: gives a line that has not been run. finished: called each time one has ended by itself.
        Some moments lie behind the end, so that a line gets there on a machine that is slower now.
        """
        start = time.monotonic()
        assert self.run(new()) == 0
        lasted = time.monotonic() - start
        finished()
        chance, done = random.Random(seed), 0
        while done < kills:
            line = new()
            while (status := self.run(line, seconds=chance.uniform(0.1, 1.2) * lasted)) < 0:
                assert status == -signal.SIGKILL
                done += 1
            assert status == 0
            finished()


def _pipes(process: "subprocess.Popen[str]") -> tuple[IO[str], IO[str]]:
    assert process.stdin is not None
    assert process.stdout is not None
    return process.stdin, process.stdout
