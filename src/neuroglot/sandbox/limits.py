"""How much of the machine one command may use."""

from dataclasses import dataclass, fields

from neuroglot.base.errors import ConfigError

KIB, MIB, GIB = 2**10, 2**20, 2**30


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one command and everything it starts.

    cpu_seconds is counted for each process; wall_seconds is for all of it and should be several
    times as long, or a busy machine fails honest programs. memory_bytes is what all processes
    together may hold; one process may reserve more than that, because runtimes do. file_bytes is
    for one file, disk_bytes for all of them, output_bytes for stdout and for stderr.
    """

    cpu_seconds: int = 10
    wall_seconds: float = 50
    memory_bytes: int = 512 * MIB
    processes: int = 64
    file_bytes: int = 64 * MIB
    disk_bytes: int = 64 * MIB
    output_bytes: int = 256 * KIB

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if value <= 0:
                raise ConfigError(f"{field.name} is {value}: give a limit above 0")


COMPILING = Limits(
    cpu_seconds=120,
    wall_seconds=600,
    memory_bytes=3 * GIB,
    processes=128,
    file_bytes=256 * MIB,
    disk_bytes=512 * MIB,
    output_bytes=256 * MIB,
)
"""A compiler, or a compiler that serves many programs in turn."""


def limited(argv: tuple[str, ...], limits: Limits) -> tuple[str, ...]:
    """The command under the limits that the kernel keeps for each process (processes: in all).

    RLIMIT_DATA does not count shared mappings and RLIMIT_AS counts reservations, so both are set,
    generously: what is really held is watched from outside.
    """
    return (
        "/usr/bin/prlimit",
        f"--data={max(2 * limits.memory_bytes, 512 * MIB)}",
        f"--as={max(8 * limits.memory_bytes, 4 * GIB)}",
        f"--nproc={limits.processes}",
        f"--fsize={limits.file_bytes}",
        f"--cpu={limits.cpu_seconds}:{limits.cpu_seconds + 1}",
        "--nofile=256",
        "--core=0",
        *argv,
    )
