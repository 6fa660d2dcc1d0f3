"""Can a box be made on this machine? Asked once, by running `true` in a full one."""

import sys
from functools import cache
from pathlib import Path

from neuroglot.base.errors import SandboxError
from neuroglot.sandbox.box import BWRAP
from neuroglot.sandbox.command import Command
from neuroglot.sandbox.execution import execute
from neuroglot.sandbox.limits import Limits

OR_ELSE = "or, if you trust the programs, run them without a box (--no-sandbox, unsafe=True)"
CURES = {
    "unknown option": "bubblewrap 0.8 or later is needed",
    "namespace": "allow user namespaces here (kernel.unprivileged_userns_clone, "
    "user.max_user_namespaces, or the container's seccomp profile)",
    "uid map": "allow user namespaces to programs (kernel.apparmor_restrict_unprivileged_userns=0)",
    "proc": "run the container with an unmasked /proc",
}
"""What bubblewrap says, and what helps."""


def require_box() -> None:
    """Return if programs can be boxed. Raises SandboxError with bubblewrap's own line and the cure.

    A box that once was made is not asked for again.
    """
    fault = _fault()
    if fault:
        raise SandboxError(f"programs cannot be run in a box: {fault}, {OR_ELSE}")


@cache
def _fault() -> str:
    if sys.platform != "linux":
        return f"boxes need Linux and this is {sys.platform}: run this on Linux"
    if not Path(BWRAP).exists():
        return "bubblewrap is not installed: apt-get install bubblewrap"
    ending = execute(Command(("true",)), Limits())
    if ending.code == 0:
        return ""
    said = ending.failure or f"`true` ended with {ending.stopped or ending.code}"
    cure = next((cure for word, cure in CURES.items() if word in said.lower()), "mend this")
    return f"{said}: {cure}"
