"""What a table says of the machine it was made on: cores, instruction set and versions, no name."""

import os
import platform
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version

import torch


def cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def loads() -> str:
    """How busy the machine was in the last minute."""
    return f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"


def machine_words(packages: Sequence[str] = ()) -> str:
    """One sentence."""
    capability = torch.backends.cpu.get_cpu_capability()
    return (
        f"Measured on {cores()} cores ({platform.machine()}, {capability}), "
        f"{torch.get_num_threads()} used, with Python {platform.python_version()}, "
        f"{_versions(packages)}."
    )


def _versions(packages: Sequence[str]) -> str:
    return ", ".join(
        f"{name} {_version(name)}" for name in ("torch", "transformers", "neuroglot", *packages)
    )


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "(not installed)"
