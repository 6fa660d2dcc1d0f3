"""What every benchmark does alike: its options, a line for each task, the table with its words."""

import argparse
from collections.abc import Sequence

import numpy as np

from benchmarks.interleaved import Timed, ratio, verdict
from benchmarks.machine import loads, machine_words
from benchmarks.tables import PAGE, markdown, put_block

COSTS = ("", "CPU-time ratio [95%]", "verdict", "wall ratio [95%]", "CPU s", "peak MiB")
"""The columns of `line_against`."""


def add_round_options(parser: argparse.ArgumentParser, *, rounds: int) -> None:
    """The options that benchmarks in rounds share."""
    parser.add_argument("--rounds", type=int, default=rounds, help=f"default: {rounds}")
    parser.add_argument("--threads", type=int, default=1, help="default: 1")
    parser.add_argument("--quick", action="store_true", help="something tiny, 2 rounds")
    parser.add_argument("--write", action="store_true", help=f"put the table into {PAGE}")


def rounds_of(arguments: argparse.Namespace) -> int:
    """How many rounds are asked for."""
    return 2 if arguments.quick else int(arguments.rounds)


def line_against(each: Timed, base: Timed) -> tuple[str, ...]:
    """What a task costs beside its base: a cell for each of COSTS."""
    shown = ("1", "", "1")
    if each is not base:
        cpu = ratio(each.cpu_seconds, base.cpu_seconds)
        wall = ratio(each.wall_seconds, base.wall_seconds)
        shown = (str(cpu), verdict(cpu, each.task.aim), str(wall))
    return (each.task.name, *shown, f"{np.median(each.cpu_seconds):.2f}", peak_mib(each))


def peak_mib(each: Timed) -> str:
    """The largest memory above the start, in MiB; empty where it is not known."""
    return "" if each.extra_bytes is None else f"{each.extra_bytes / 2**20:.0f}"


def publish(
    name: str,
    *,
    about: str,
    header: Sequence[str],
    lines: Sequence[Sequence[str]],
    before: str,
    command: str,
    write: bool,
    notes: Sequence[str] = (),
    packages: Sequence[str] = (),
) -> None:
    """Print a table with what it was measured on; with `write`, put it into the page as well.

    name: of the page's block. before: the load average before. packages: measured beside.
    """
    table = "\n".join(
        [
            about,
            "",
            markdown(header, lines),
            "",
            *notes,
            machine_words(packages),
            f"Load average before and after: {before}, {loads()}.",
            f"Command: `python -m benchmarks {command}`.",
        ]
    )
    print(table)
    if write:
        put_block(PAGE, name, table)


def not_installed(packages: Sequence[str]) -> list[str]:
    """A sentence for the packages that could not be measured; none where all could."""
    return [f"Not installed: {', '.join(packages)}."] if packages else []
