"""System calls that no honest program here needs, refused by a filter the kernel runs.

Gives the bytes of a classic BPF program for this processor, as `bwrap --seccomp` reads them.
Refused calls end with ENOSYS, as on a kernel that lacks them: they reach kernel memory that no
limit counts, other processes, or namespaces. Sockets are left for families that a network namespace
holds; vsock, for one, would reach past it. Anonymous memory is not given to be shared: what a
process has stopped using of it stays with the kernel, and no process shows it.
"""

import errno
import platform
import socket
import struct

from neuroglot.base.errors import SandboxError

# name: number on x86_64, number on aarch64
REFUSED: dict[str, tuple[int, int]] = {
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "msgget": (68, 186),
    "semget": (64, 190),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "setxattrat": (463, 463),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_getfd": (438, 438),
    "kcmp": (312, 272),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "mount": (165, 40),
    "umount2": (166, 39),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsmount": (432, 432),
    "mount_setattr": (442, 442),
    "unshare": (272, 97),
    "setns": (308, 268),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_by_handle_at": (304, 265),
}
SOCKET = (41, 198)
MMAP = (9, 222)
SHARED = (0x01, 0x03)
"""MAP_SHARED and MAP_SHARED_VALIDATE, among the lowest four bits of what a mapping is asked for."""

ANONYMOUS, KIND = 0x20, 0x0F
FAMILIES = (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK)

# name of the machine: (its place in the pairs above, its audit number in <linux/audit.h>)
MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
X32_BIT = 0x40000000
"""On x86_64 a second numbering of all calls begins here; it would pass by every row above."""

# <linux/bpf_common.h>, <linux/seccomp.h>, and the offsets of `struct seccomp_data`
LOAD, JUMP_EQUAL, JUMP_AT_LEAST, JUMP_IF_SET, AND, RETURN = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
ALLOW, KILL, ERROR = 0x7FFF0000, 0x80000000, 0x00050000
NUMBER_AT, MACHINE_AT, FIRST_ARGUMENT_AT, FOURTH_ARGUMENT_AT = 0, 4, 16, 40


def seccomp_filter(machine: str | None = None) -> bytes:
    """The filter for `machine` (default: this one). Raises SandboxError for any other processor."""
    machine = machine or platform.machine()
    if machine not in MACHINES:
        known = ", ".join(MACHINES)
        raise SandboxError(
            f"no filter of system calls for the processor {machine!r}: boxes are made on {known}; "
            "run elsewhere, or without a box if you trust the programs"
        )
    column, audit = MACHINES[machine]
    lines = [
        _line(LOAD, MACHINE_AT),
        _line(JUMP_EQUAL, audit, 1, 0),
        _line(RETURN, KILL),
        _line(LOAD, NUMBER_AT),
    ]
    if machine == "x86_64":
        lines += [_line(JUMP_AT_LEAST, X32_BIT, 0, 1), _line(RETURN, ERROR | errno.ENOSYS)]
    for numbers in REFUSED.values():
        lines += [_line(JUMP_EQUAL, numbers[column], 0, 1), _line(RETURN, ERROR | errno.ENOSYS)]
    lines += _sockets(SOCKET[column])
    lines += _mappings(MMAP[column])
    return b"".join([*lines, _line(RETURN, ALLOW)])


def _sockets(number: int) -> list[bytes]:
    """Let `socket` pass for the families that stay inside; the rest are not supported."""
    families = [
        line
        for family in FAMILIES
        for line in (_line(JUMP_EQUAL, family, 0, 1), _line(RETURN, ALLOW))
    ]
    body = [
        _line(LOAD, FIRST_ARGUMENT_AT),
        *families,
        _line(RETURN, ERROR | errno.EAFNOSUPPORT),
    ]
    return [_line(JUMP_EQUAL, number, 0, len(body)), *body]


def _mappings(number: int) -> list[bytes]:
    """Let `mmap` pass, but for memory that is shared and no file's."""
    shared = [
        line
        for kind in SHARED
        for line in (_line(JUMP_EQUAL, kind, 0, 1), _line(RETURN, ERROR | errno.ENOMEM))
    ]
    asked = [_line(AND, KIND), *shared]
    body = [
        _line(LOAD, FOURTH_ARGUMENT_AT),
        _line(JUMP_IF_SET, ANONYMOUS, 0, len(asked)),
        *asked,
    ]
    return [_line(JUMP_EQUAL, number, 0, len(body)), *body]


def _line(code: int, operand: int, if_true: int = 0, if_false: int = 0) -> bytes:
    """One `struct sock_filter`; the jumps count the lines to leave out."""
    return struct.pack("=HBBI", code, if_true, if_false, operand)
