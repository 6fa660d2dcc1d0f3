"""What is asked to run, and how it ended: the two records that every step here speaks in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Stop = Literal["timeout", "memory", "output_limit", "killed"]
"""Why a command was stopped from outside; `killed`: because the caller was interrupted."""


@dataclass(frozen=True, slots=True)
class Command:
    """One command, and all that it may know of the machine beside the system's own folders.

    argv[0] is a full path or a name found in /usr/bin. files stand in its working folder, by plain
    names, and may be executed. `tools` is one more folder it may read, wherever TOOLS says.
    """

    argv: tuple[str, ...]
    files: Mapping[str, bytes] = field(default_factory=dict)
    stdin: bytes = b""
    environment: Mapping[str, str] = field(default_factory=dict)
    tools: Path | None = None


@dataclass(frozen=True, slots=True)
class Ending:
    """How a command ended. stdout and stderr are cut where the limit of output was reached.

    code: its exit code, 128 + n for signal n; None where it was stopped or never began.
    stopped: why it was stopped from outside. failure: why the box itself failed, in one line.
    """

    stdout: bytes
    stderr: bytes
    seconds: float
    code: int | None = None
    stopped: Stop | None = None
    failure: str = ""
