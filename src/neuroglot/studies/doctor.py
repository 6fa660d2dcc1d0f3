"""What this machine can do, and how to mend what is missing."""

import importlib.metadata
import importlib.util
import os
import platform
import shutil
from dataclasses import dataclass
from pathlib import Path

from neuroglot.base.errors import SandboxError
from neuroglot.base.languages import display_name
from neuroglot.sandbox.discovery import find_toolchain
from neuroglot.sandbox.probing import require_box
from neuroglot.sandbox.toolchains import TOOLCHAINS

CORE = ("torch", "transformers", "safetensors", "numpy", "scipy", "pyarrow", "datasketch")
GIB = 2**30


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `needed` findings that did not pass make the command fail."""

    name: str
    value: str
    passed: bool
    needed: bool
    remedy: str = ""


def examine_machine(folder: Path | None = None) -> list[Finding]:
    """Everything neuroglot uses, one finding each. `folder`: where runs would be written."""
    return [
        Finding("python", platform.python_version(), True, True),
        *map(_package, CORE),
        *_devices(),
        _memory(),
        _disk(folder or Path.cwd()),
        _extra("datasets", "hub", "data sets from a hub"),
        *_programs(),
    ]


def _package(name: str) -> Finding:
    try:
        return Finding(name, importlib.metadata.version(name), True, True)
    except importlib.metadata.PackageNotFoundError:
        return Finding(name, "not installed", False, True, f"pip install {name}")


def _extra(package: str, extra: str, purpose: str) -> Finding:
    if importlib.util.find_spec(package) is not None:
        return Finding(package, importlib.metadata.version(package), True, False)
    return Finding(
        package, f"not installed ({purpose})", False, False, f"pip install 'neuroglot[{extra}]'"
    )


def _programs() -> list[Finding]:
    """Whether programs can be boxed, and the toolchain of each language they are written in."""
    boxed = Finding("sandbox", "programs run in boxes", True, False)
    try:
        require_box()
    except SandboxError as error:
        boxed = Finding("sandbox", "no boxes", False, False, str(error))
    return [boxed, *(_toolchain(language, unsafe=not boxed.passed) for language in TOOLCHAINS)]


def _toolchain(language: str, *, unsafe: bool) -> Finding:
    found = find_toolchain(language, unsafe=unsafe)
    name = f"{display_name(language)} programs"
    if found.lack is None:
        return Finding(name, found.version, True, False)
    value = found.lack.replace("_", " ")
    return Finding(name, value, False, False, found.remedy)


def _devices() -> list[Finding]:
    found = [Finding("cpu", f"{os.cpu_count()} cores", True, True)]
    try:
        import torch
    except (ImportError, OSError):
        # What is missing is said by its own finding.
        return found
    for number in range(torch.cuda.device_count()):
        properties = torch.cuda.get_device_properties(number)
        found.append(
            Finding(
                f"cuda:{number}",
                f"{properties.name}, {properties.total_memory / GIB:.0f} GiB",
                True,
                False,
            )
        )
    if torch.backends.mps.is_available():
        found.append(Finding("mps", "Apple GPU", True, False))
    if len(found) == 1:
        found.append(Finding("accelerator", "none: models run on the processor", True, False))
    return found


def _memory() -> Finding:
    try:
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / GIB
    except (ValueError, OSError, AttributeError):
        return Finding("memory", "unknown", True, False)
    largest = (total - 4) / 2
    value = f"{total:.0f} GiB"
    if largest >= 1:
        value += f": a model of about {largest:.0f} billion weights in bfloat16"
    return Finding("memory", value, total >= 4, True, "neuroglot needs about 4 GiB")


def _disk(folder: Path) -> Finding:
    try:
        free = shutil.disk_usage(folder).free / GIB
    except OSError as error:
        return Finding("disk", f"{folder}: {error.strerror}", False, True, "give a folder to write")
    return Finding("disk", f"{free:.0f} GiB free here", free >= 1, True, "free at least 1 GiB")
