"""Hostile programs, each run by root and by an ordinary user: contained, and reported as it was."""

import os
import socket
import threading
from pathlib import Path
from typing import Any

import pytest

from neuroglot.sandbox.command import Command
from neuroglot.sandbox.execution import execute
from neuroglot.sandbox.limits import MIB, Limits


def test_a_fork_bomb_stops_at_the_limit_of_processes(python: Any, alive: Any):
    script = """
import os, signal, sys, time
made = 0
while True:
    try:
        if os.fork() == 0:
            time.sleep(100)
        made += 1
    except OSError as error:
        print(made, error.errno)
        break
"""
    ending = python(script, "mark-fork-bomb", processes=20)
    made, number = map(int, ending.stdout.split())
    assert 10 < made < 20
    assert number == 11
    assert ending.code == 0
    assert alive("mark-fork-bomb") == []


def test_a_fork_bomb_of_a_shell_ends(called: Any, alive: Any):
    command = Command(("bash", "-c", "f() { f | f & }; f; sleep 100", "mark-bash-bomb"))
    ending = called(execute, command, Limits(wall_seconds=3, processes=30))
    assert ending.stopped in {"timeout", "output_limit"}
    assert alive("mark-bash-bomb") == []


@pytest.mark.parametrize(
    "held",
    [
        "bytearray(b'x' * 900 * 2**20)",
        "[bytearray(b'x' * 2**20) for _ in range(900)]",
        "mmap.mmap(-1, 900 * 2**20, mmap.MAP_PRIVATE).write(b'x' * 900 * 2**20)",
    ],
    ids=["plain", "piecewise", "mapped"],
)
def test_a_memory_hog_is_stopped(python: Any, held: str):
    ending = python(f"import mmap, time; x = {held}; time.sleep(100)", memory_bytes=200 * MIB)
    refused = (b"MemoryError", b"Cannot allocate memory")
    assert ending.stopped == "memory" or any(words in ending.stderr for words in refused)


def test_memory_that_no_process_shows_is_not_given(python: Any):
    """Shared pages stay with the kernel when a process says that it has no more use for them."""
    script = """
import mmap, os
for asked in (-1, os.open("/dev/zero", os.O_RDWR)):
    try:
        mmap.mmap(asked, 2**26)
        print("given")
    except OSError as error:
        print(error.strerror)
mmap.mmap(-1, 2**20, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS).write(b"x" * 2**20)
"""
    ending = python(script)
    assert ending.stdout == b"Cannot allocate memory\nNo such device\n"
    assert ending.code == 0


def test_kernel_memory_is_not_given(python: Any):
    script = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
print(libc.semget(0, 32000, 0o1600), os.strerror(ctypes.get_errno()))
open("/tmp/file", "w").close()
try:
    os.setxattr("/tmp/file", "user.note", b"x" * 60000)
except OSError as error:
    print(error.strerror)
"""
    not_there = b"Function not implemented\n"
    assert python(script).stdout == b"-1 " + not_there + not_there


FAMILY = """
import mmap, os, time
x = {held}
for _ in range({children}):
    if os.fork() == 0:
        {work}
        time.sleep({seconds})
        os._exit(0)
time.sleep({seconds})
"""


def test_memory_is_counted_over_all_processes(python: Any):
    script = FAMILY.format(held=0, children=6, work="y = bytearray(b'x' * 60 * 2**20)", seconds=100)
    assert python(script, memory_bytes=200 * MIB).stopped == "memory"


def test_memory_that_processes_share_counts_once(python: Any):
    held = "bytearray(b'x' * 60 * 2**20)"
    script = FAMILY.format(held=held, children=6, work="sum(x[::4096])", seconds=1)
    assert python(script, memory_bytes=200 * MIB).code == 0


def test_memory_outside_all_counts_is_refused(python: Any):
    """Files in memory, System V segments and queues: calls that the filter does not know."""
    script = """
import ctypes, os
c = ctypes.CDLL(None, use_errno=True)
print(c.memfd_create(b"x", 0), ctypes.get_errno())
print(c.shmget(0, 4096, 0o1600), ctypes.get_errno())
print(c.msgget(0, 0o1600), ctypes.get_errno())
"""
    assert python(script).stdout.split() == [b"-1", b"38"] * 3


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_endless_output_is_cut(python: Any, stream: str):
    script = f"import sys\nwhile True: sys.{stream}.write('y' * 1000)"
    ending = python(script, output_bytes=50_000)
    assert ending.stopped == "output_limit"
    assert getattr(ending, stream) == b"y" * 50_000


def test_an_endless_loop_and_an_endless_sleep_are_stopped(python: Any):
    assert python("while True: pass", cpu_seconds=1).code == 152
    assert python("import time; time.sleep(100)", wall_seconds=0.5).stopped == "timeout"


def test_a_loop_that_ignores_the_warning_is_killed(python: Any):
    script = "import signal; signal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True: pass"
    assert python(script, cpu_seconds=1).code == 137


def test_a_closed_output_does_not_end_the_watch(python: Any):
    script = "import os, time; os.close(1); os.close(2); time.sleep(100)"
    assert python(script, wall_seconds=0.5).stopped == "timeout"


def test_the_home_folder_and_the_hosts_files_are_not_there(python: Any, tmp_path: Path):
    secret = tmp_path / "secret"
    secret.write_text("planted")
    places = [str(secret), str(Path.home()), "/etc/shadow", "/etc/passwd", "/home", "/root", "/var"]
    script = "import os, sys; print([place for place in sys.argv[1:] if os.path.exists(place)])"
    assert python(script, *places).stdout == b"[]\n"


def test_no_socket_leads_out(python: Any):
    with socket.create_server(("127.0.0.1", 0)) as server:
        script = """
import socket, sys
for family, address in (
    (socket.AF_INET, ("127.0.0.1", int(sys.argv[1]))),
    (socket.AF_INET, ("192.0.2.1", 80)),
    (socket.AF_INET6, ("2001:db8::1", 80)),
):
    try:
        socket.socket(family).connect(address)
        print("connected")
    except OSError as error:
        print(error.errno)
try:
    socket.getaddrinfo("example.org", 80)
    print("resolved")
except OSError as error:
    print("no name")
"""
        ending = python(script, str(server.getsockname()[1]))
        server.setblocking(False)
        with pytest.raises(BlockingIOError):
            server.accept()
    assert ending.stdout.split(b"\n")[:4] == [b"111", b"101", b"101", b"no name"]


def test_sockets_past_the_network_namespace_are_refused(python: Any):
    """vsock reaches a virtual machine's host, packet and crypto sockets the kernel's own memory."""
    script = """
import socket
for family in (socket.AF_VSOCK, socket.AF_PACKET, socket.AF_ALG, socket.AF_CAN):
    try:
        socket.socket(family)
        print("made")
    except OSError as error:
        print(error.errno)
"""
    assert python(script).stdout.split() == [b"97"] * 4


def test_the_hosts_abstract_sockets_are_not_seen(python: Any):
    name = f"\0neuroglot-test-{os.getpid()}-{threading.get_ident()}"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(name)
        server.listen()
        script = f"import socket; socket.socket(socket.AF_UNIX).connect({name!r})"
        assert b"ConnectionRefusedError" in python(script).stderr


DAEMON = """
import os, signal, sys, time
for number in range(1, 32):
    if number not in (signal.SIGKILL, signal.SIGSTOP, signal.SIGCHLD):
        signal.signal(number, signal.SIG_IGN)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.closerange(0, 100)
        time.sleep(100)
        os._exit(0)
    os._exit(0)
os.wait()
"""


def test_nothing_survives_its_parent(python: Any, alive: Any):
    assert python(DAEMON, "mark-daemon").code == 0
    assert alive("mark-daemon") == []


def test_nothing_survives_being_stopped(python: Any, alive: Any):
    ending = python(DAEMON + "time.sleep(100)", "mark-stopped", wall_seconds=1)
    assert ending.stopped == "timeout"
    assert alive("mark-stopped") == []


def test_nothing_can_be_written_but_tmp_and_shared_memory(python: Any):
    script = """
import os
written = []
for folder, folders, _ in os.walk("/"):
    folders[:] = [name for name in folders if os.path.join(folder, name) != "/proc"]
    try:
        with open(os.path.join(folder, "neuroglot-was-here"), "w") as file:
            written.append(folder)
    except OSError:
        pass
print(sorted(written))
"""
    assert python(script).stdout == b"['/dev/shm', '/tmp']\n"
    assert not Path("/tmp/neuroglot-was-here").exists()


def test_the_kernels_switches_cannot_be_set(python: Any):
    script = """
for name in ("/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger", "/proc/sys/kernel/hostname"):
    try:
        open(name, "w").write("x")
        print("written", name)
    except OSError:
        pass
"""
    assert python(script).stdout == b""


@pytest.mark.parametrize(("folder", "at_most"), [("/tmp", 8 * MIB), ("/dev/shm", 16 * MIB)])
def test_a_filled_folder_stops_at_its_size(python: Any, folder: str, at_most: int):
    script = """
import sys
written = 0
try:
    for number in range(1000):
        with open(f"{sys.argv[1]}/{number}", "wb", buffering=0) as file:
            written += file.write(b"x" * 2**20)
except OSError as error:
    print(error.errno, written)
"""
    ending = python(script, folder, disk_bytes=8 * MIB)
    number, written = map(int, ending.stdout.split())
    assert number == 28
    assert at_most - MIB <= written <= at_most


def test_a_file_stops_at_its_size(python: Any):
    script = "f = open('/tmp/x', 'wb', buffering=0)\nwhile True: f.write(b'x' * 2**20)"
    assert b"File too large" in python(script, file_bytes=MIB).stderr


def test_the_callers_environment_cannot_be_read(python: Any):
    """Not even that of the box's first process, which started life outside."""
    script = """
import glob
for path in glob.glob("/proc/[0-9]*/environ") + glob.glob("/proc/[0-9]*/cmdline"):
    print(path, open(path, "rb").read())
"""
    said = python(script).stdout.decode()
    assert "/proc/1/environ b''" in said
    assert "PATH=" in said
    for word in ("secret", "bind", str(Path.home())):
        assert word not in said.replace("--args", "").replace(script, "")


def test_a_result_that_is_a_symbolic_link_leads_nowhere(called: Any):
    script = "echo int > p.c; ln -s /etc/shadow p; exec cat p"
    ending = called(execute, Command(("sh", "-c", script)), Limits())
    assert ending.stdout == b""
    assert b"No such file" in ending.stderr


def test_nothing_in_the_box_is_the_hosts_root(python: Any, looked_up: Any):
    """A file that root made, with the setuid bit, would be root's for everyone."""
    script = "import time; time.sleep(100)"
    thread = threading.Thread(target=python, args=(script, "mark-user"), kwargs={"wall_seconds": 3})
    thread.start()
    users: set[int] = set()
    while thread.is_alive():
        for pid in looked_up("mark-user"):
            users |= owners(pid)
    thread.join()
    assert users
    if os.geteuid() == 0:
        assert 0 not in users
    else:
        assert users == {os.geteuid()}


def owners(pid: int) -> set[int]:
    """The user ids of a program in a box, as this machine counts them."""
    try:
        lines = (Path("/proc") / str(pid) / "status").read_text().splitlines()
    except OSError:
        return set()
    told = dict(line.split(":\t", 1) for line in lines)
    return set(map(int, told["Uid"].split())) if told["Name"] == "python3" else set()


def test_what_a_program_leaves_does_not_stay(python: Any):
    script = """
import os
open("/tmp/left-setuid", "w").close()
os.chmod("/tmp/left-setuid", 0o4755)
os.symlink("/etc/shadow", "/tmp/left-link")
os.mkfifo("/tmp/left-fifo")
for call in (lambda: os.setuid(0), lambda: os.mknod("/tmp/left-device", 0o20666, os.makedev(1, 1))):
    try:
        call()
        print("done")
    except OSError:
        pass
"""
    assert python(script).stdout == b""
    assert list(Path("/tmp").glob("left-*")) == []


def test_no_capability_and_no_way_to_new_ones(python: Any):
    script = """
for line in open("/proc/self/status"):
    if line.startswith(("Cap", "NoNewPrivs", "Seccomp:")):
        print(int(line.split()[1], 16))
"""
    assert python(script).stdout.split() == [b"0"] * 5 + [b"1", b"2"]


def test_no_box_inside_the_box(called: Any):
    for argv in (("unshare", "-U", "true"), ("bwrap", "--ro-bind", "/", "/", "true")):
        assert called(execute, Command(argv), Limits()).code not in {0, None}


def test_other_processes_are_neither_seen_nor_reached(python: Any):
    script = """
import os, signal
print(sorted(int(name) for name in os.listdir("/proc") if name.isdigit()))
try:
    os.kill(1, signal.SIGKILL)
except OSError:
    pass
print("alive")
try:
    os.kill(-1, signal.SIGKILL)
except OSError:
    pass
"""
    ending = python(script)
    assert ending.stdout == b"[1, 2]\nalive\n"


def test_another_process_of_the_box_cannot_be_taken_over(python: Any):
    script = """
import ctypes
c = ctypes.CDLL(None, use_errno=True)
print(c.ptrace(16, 1, 0, 0), ctypes.get_errno())
"""
    assert python(script).stdout == b"-1 38\n"
