"""Which toolchains this machine has: version, or what is missing and how to get it.

A toolchain is asked for its version the way programs will be run, so one that is not seen in a box
is not found either.
"""

import os
import re
import shutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from neuroglot.sandbox.box import TOOLS
from neuroglot.sandbox.command import Command, Ending
from neuroglot.sandbox.execution import execute
from neuroglot.sandbox.limits import COMPILING
from neuroglot.sandbox.toolchains import Toolchain, toolchain

FOLDER_VARIABLE = "NEUROGLOT_TOOLCHAINS"
SHARED_FOLDER = Path("/usr/local/share/neuroglot/toolchains")
OWN_FOLDER = Path(".local/share/neuroglot/toolchains")
"""Below the user's home."""

Lack = Literal["no_toolchain", "toolchain_too_old"]


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of one language's toolchain. Where it cannot be used, `lack` says how, and
    `remedy` says in one line what was found and what to do.
    """

    toolchain: Toolchain
    version: str
    tools: Path | None
    lack: Lack | None = None
    remedy: str = ""


def tools_folder() -> Path:
    """The folder of npm packages: NEUROGLOT_TOOLCHAINS, or the first that is there of
    ~/.local/share/neuroglot/toolchains and /usr/local/share/neuroglot/toolchains.
    """
    named = os.environ.get(FOLDER_VARIABLE)
    if named:
        return Path(named).expanduser().resolve()
    own = Path.home() / OWN_FOLDER
    return own if own.is_dir() else SHARED_FOLDER


def filled_in(line: str, tools: Path | None, *, unsafe: bool) -> str:
    """A toolchain's line with the folder of npm packages in it, as the program will see it."""
    return line.replace("{tools}", str(tools) if unsafe else TOOLS)


@cache
def find_toolchain(language: str, *, unsafe: bool = False) -> Found:
    """Look for one language's toolchain, once. Raises ConfigError for a language without a row."""
    row = toolchain(language)
    folder = tools_folder()
    tools = folder if folder.is_dir() else None
    remedy = row.remedy.replace("{tools}", str(folder))
    if row.needs_tools and tools is None:
        return Found(row, "", None, "no_toolchain", f"no folder {folder}: {remedy}")
    ending = execute(_question(row, tools, unsafe=unsafe), COMPILING, unsafe=unsafe)
    number = re.search(r"\d+(\.\d+)*", ending.stdout.decode("utf-8", "replace"))
    if ending.code != 0 or number is None:
        return Found(row, "", tools, "no_toolchain", f"{_missing(ending)}: {remedy}")
    version = number[0]
    if _parts(version) < _parts(row.least):
        old = f"version {version} is older than {row.least}: {remedy}"
        return Found(row, version, tools, "toolchain_too_old", old)
    return Found(row, version, tools)


def _question(row: Toolchain, tools: Path | None, *, unsafe: bool) -> Command:
    """Are all programs there, and which version is it? The first one missing is named last."""
    asked = "for name in {programs}; do command -v $name >&2 || { echo $name >&2; exit 127; }; done"
    line = f"{asked.replace('{programs}', ' '.join(row.programs))}; {row.version}"
    return Command(("sh", "-c", filled_in(line, tools, unsafe=unsafe)), tools=tools)


def _missing(ending: Ending) -> str:
    """Why nothing answered. A program below a home is there and yet not in the box."""
    if ending.failure:
        return f"{ending.failure} (a folder of tools has to be readable by every user)"
    if ending.code != 127:
        return "not installed"
    name = ending.stderr.decode("utf-8", "replace").split()[-1]
    elsewhere = shutil.which(name)
    if elsewhere is None or elsewhere.startswith("/usr/"):
        return f"{name} is not installed"
    return f"{elsewhere} is not seen in a box, which holds what is below /usr"


def _parts(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))
