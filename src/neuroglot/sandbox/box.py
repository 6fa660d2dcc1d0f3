"""A bubblewrap box around one command: what is in it, and how it is started.

Takes a Command and its Limits, gives the started process. In the box are the system's programs
(read-only), a private /tmp with the command's files, its own processes, and no network. Nothing of
the host can be written, so nothing has to be collected: results leave through the pipes. Does not
know what the command is for, nor when to stop it.
"""

import errno
import fcntl
import os
import pwd
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path

from neuroglot.sandbox.command import Command
from neuroglot.sandbox.limits import MIB, Limits, limited
from neuroglot.sandbox.seccomp import seccomp_filter

BWRAP = "/usr/bin/bwrap"
HOME = "/tmp"
TOOLS = "/opt/tools"
"""Where a box shows Command.tools."""

ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TZ": "UTC", "GOMAXPROCS": "2"}
NAMESPACES = (
    *("--unshare-user", "--disable-userns", "--uid", "65534", "--gid", "65534"),
    *("--unshare-pid", "--unshare-ipc", "--unshare-net", "--unshare-cgroup-try"),
    *("--unshare-uts", "--hostname", "box"),
    *("--new-session", "--die-with-parent", "--cap-drop", "ALL"),
)
# The rest of /etc stays outside: it names the machine, its users and its secrets.
ETC = ("alternatives", "ld.so.cache", "java-*-openjdk", "mono")
NO_ZERO = ("--dev-bind", "/dev/null", "/dev/zero")
SHARED_MEMORY_BYTES = 16 * MIB
UNUSED_UIDS = range(60_578, 61_184)
"""Given to nobody by Debian and by systemd."""
F_SEAL_FUTURE_WRITE = 0x10
"""Of linux/fcntl.h, since 5.1. F_SEAL_WRITE fails with EBUSY while the kernel moves such a page."""


@contextmanager
def boxed(command: Command, limits: Limits) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """The command, started in a box: the process of bwrap and a descriptor of its own report.

    The thread that calls has to stay until the process ends: the kernel ties a box to the thread
    that made it. bwrap gets an empty environment, because the first process of a box keeps the one
    it was started with, and its options through a descriptor, for they name the host's folders.
    """
    lent: list[int] = []
    with ExitStack() as stack:

        def lend(content: bytes) -> str:
            descriptor = sealed(content)
            stack.callback(os.close, descriptor)
            lent.append(descriptor)
            return str(descriptor)

        report, reporting = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        stack.callback(os.close, report)
        lent.append(reporting)
        options = [*NAMESPACES, *_system(), *_devices()]
        options += ["--seccomp", lend(seccomp_filter()), "--json-status-fd", str(reporting)]
        options += ["--size", str(limits.disk_bytes), "--perms", "1777", "--tmpfs", HOME]
        for name, content in command.files.items():
            options += ["--perms", "0755", "--file", lend(content), f"{HOME}/{name}"]
        if command.tools is not None:
            options += ["--perms", "0755", "--dir", str(Path(TOOLS).parent)]
            options += ["--ro-bind", str(command.tools), TOOLS]
        options += ["--remount-ro", "/", "--chdir", HOME]
        environment = ENVIRONMENT | {"HOME": HOME, "TMPDIR": HOME, **command.environment}
        for name, value in environment.items():
            options += ["--setenv", name, value]
        listed = lend(b"".join(os.fsencode(option) + b"\0" for option in options))
        stdin = sealed(command.stdin)
        stack.callback(os.close, stdin)
        try:
            process = subprocess.Popen(
                [*ordinary_user(), BWRAP, "--args", listed, "--", *limited(command.argv, limits)],
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env={},
                pass_fds=lent,
                start_new_session=True,
            )
        finally:
            os.close(reporting)
        with process:
            yield process, report


def _system() -> list[str]:
    """The system's programs and libraries, and the little of /etc that they cannot do without."""
    options = ["--ro-bind", "/usr", "/usr"]
    for name in ("/bin", "/sbin", "/lib", "/lib32", "/lib64"):
        folder = Path(name)
        if folder.is_symlink():
            options += ["--symlink", str(folder.readlink()), name]
        elif folder.is_dir():
            options += ["--ro-bind", name, name]
    options += ["--perms", "0755", "--dir", "/etc"]
    for pattern in ETC:
        for path in sorted(Path("/etc").glob(pattern)):
            options += ["--ro-bind", str(path), str(path)]
    return options


def _devices() -> list[str]:
    """/proc and a /dev that cannot be filled: bwrap's own is a writable half of the memory.

    /dev/zero gives nothing: mapped, it is shared memory that no process shows.
    """
    size = str(SHARED_MEMORY_BYTES)
    shared = ["--size", size, "--perms", "1777", "--tmpfs", "/dev/shm"]
    return ["--proc", "/proc", "--dev", "/dev", *NO_ZERO, *shared, "--remount-ro", "/dev"]


def sealed(content: bytes) -> int:
    """A descriptor to read these bytes from, once. Nobody can change them or make them longer."""
    descriptor = os.memfd_create("given", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        with os.fdopen(descriptor, "wb", closefd=False) as file:
            file.write(content)
        os.lseek(descriptor, 0, os.SEEK_SET)
        seals = F_SEAL_FUTURE_WRITE | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_SEAL
        fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, seals)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


@cache
def ordinary_user() -> tuple[str, ...]:
    """What root puts in front of bwrap. In a box made by root every process still is the host's
    root: no limit of processes would hold for it, and files it made would be root's.
    """
    if os.geteuid() != 0:
        return ()
    for uid in UNUSED_UIDS:
        try:
            pwd.getpwuid(uid)
        except KeyError:
            user = str(uid)
            dropped = ("--reuid", user, "--regid", user, "--clear-groups", "--no-new-privs")
            return ("/usr/bin/setpriv", *dropped, "--inh-caps=-all")
    raise OSError(errno.EUSERS, "no unused user id to run programs as")
