"""From sources of one language to artifacts, one file each; a bad source spoils no other.

Most compilers get a box for each program. Those that take longest to start (a JVM, a type checker)
serve many programs in one box, through a driver that compiles each on its own; what a driver leaves
undone, because a program made it fail, is compiled again, alone. Artifacts are bytes that came
through a pipe: nothing of a box lands on this machine's disk.
"""

import struct
import threading
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

from neuroglot.sandbox.command import Command, Ending
from neuroglot.sandbox.discovery import Found, filled_in
from neuroglot.sandbox.execution import execute
from neuroglot.sandbox.limits import COMPILING


@dataclass(frozen=True, slots=True)
class Compiled:
    """One program's artifact, or None and what the compiler's `ending` tells of it."""

    artifact: bytes | None
    ending: Ending


@dataclass(frozen=True, slots=True)
class Workshop:
    """How programs of one language are compiled: its toolchain, and the libraries they want."""

    found: Found
    libraries: tuple[str, ...] = ()
    prepared: bytes = b""
    unsafe: bool = False
    interrupted: threading.Event | None = None

    def run(self, line: str, files: dict[str, bytes], stdin: bytes = b"") -> Ending:
        """One line of shell, under a compiler's limits."""
        line = filled_in(line, self.found.tools, unsafe=self.unsafe)
        line = line.replace("{libraries}", " ".join(self.libraries))
        line = line.replace("{linked}", " ".join(f"-l{name}" for name in self.libraries))
        command = Command(("sh", "-c", line), files=files, stdin=stdin, tools=self.found.tools)
        return execute(command, COMPILING, unsafe=self.unsafe, interrupted=self.interrupted)


_PREPARED: dict[str, tuple[Workshop, Ending]] = {}
"""Language -> the libraries that were compiled last: some take half a minute."""


def prepared(workshop: Workshop) -> Ending:
    """Compile the libraries themselves, once for all programs that want them: a tar on stdout.

    What came of it is kept for further calls, until other libraries of the language are wanted.
    """
    wanted = replace(workshop, interrupted=None)
    language = workshop.found.toolchain.language
    kept = _PREPARED.get(language)
    if kept is not None and kept[0] == wanted:
        return kept[1]
    line = workshop.found.toolchain.prepare_libraries
    ending = workshop.run(f"( {line} ) >&2 && exec cat prepared.tar", {})
    if ending.code == 0:
        _PREPARED[language] = wanted, ending
    return ending


def compiled(sources: list[bytes], workshop: Workshop) -> list[Compiled]:
    """One Compiled for each source, in their order."""
    if not workshop.found.toolchain.driver:
        return [_alone(source, workshop) for source in sources]
    done, ending = _driven(sources, workshop)
    left = sources[len(done) :]
    if not left:
        return done
    if len(sources) == 1:
        code = ending.code or None  # a driver that ends well has answered
        return [Compiled(None, replace(ending, stdout=b"", code=code))]
    return done + [each for source in left for each in compiled([source], workshop)]


def _alone(source: bytes, workshop: Workshop) -> Compiled:
    """One compiler, one program: the artifact comes on stdout, the compiler's words on stderr."""
    row = workshop.found.toolchain
    files = {row.source: source}
    line = row.compile
    if workshop.libraries:
        line = row.compile_with_libraries
        if row.prepare_libraries:
            files["prepared.tar"] = workshop.prepared
    ending = workshop.run(f"( {line} ) >&2 && exec cat {row.artifact}", files)
    artifact = ending.stdout if ending.code == 0 else None
    return Compiled(artifact, replace(ending, stdout=b""))


def _driven(sources: list[bytes], workshop: Workshop) -> tuple[list[Compiled], Ending]:
    """The answers of one driver, as far as it came, and how it ended."""
    row = workshop.found.toolchain
    asked = b"".join(struct.pack(">i", len(source)) + source for source in sources)
    stdin = struct.pack(">i", len(sources)) + asked
    ending = workshop.run(f"exec {row.drive}", {row.driver: shipped(row.driver)}, stdin)
    seconds = ending.seconds / len(sources)
    answers: list[Compiled] = []
    at = 0
    while (answer := _answer(ending.stdout, at)) is not None:
        good, messages, artifact, at = answer
        told = Ending(b"", messages, seconds, code=0 if good else 1)
        answers.append(Compiled(artifact if good else None, told))
    return answers[: len(sources)], ending


def _answer(stream: bytes, at: int) -> tuple[bool, bytes, bytes, int] | None:
    """One answer of a driver from `at`: good or not, messages, artifact, where the next begins."""
    parts: list[bytes] = []
    start = at + 4
    for _ in range(2):
        end = start + 4
        if end > len(stream):
            return None
        length = struct.unpack(">I", stream[start:end])[0]
        parts.append(stream[end : end + length])
        start = end + length
    if start > len(stream):
        return None
    return stream[at : at + 4] == b"\0\0\0\1", parts[0], parts[1], start


@cache
def shipped(name: str) -> bytes:
    """A file of `drivers/`, which comes with the package."""
    return resources.files("neuroglot.sandbox").joinpath("drivers", name).read_bytes()
