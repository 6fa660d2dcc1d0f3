"""A command without a box: the caller's own files, network and rights, and only the limits.

For programs that one would also run by hand. Same commands, same records as `box`.
"""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from neuroglot.sandbox.box import ENVIRONMENT, sealed
from neuroglot.sandbox.command import Command
from neuroglot.sandbox.limits import Limits, limited


@contextmanager
def bare(command: Command, limits: Limits) -> Iterator[tuple[subprocess.Popen[bytes], None]]:
    """The command, started in a folder of its own that goes with it."""
    with tempfile.TemporaryDirectory(prefix="neuroglot-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        for file, content in command.files.items():
            (folder / file).write_bytes(content)
            (folder / file).chmod(0o700)
        stdin = sealed(command.stdin)
        try:
            process = subprocess.Popen(
                limited(command.argv, limits),
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=ENVIRONMENT | {"HOME": name, "TMPDIR": name, **command.environment},
                cwd=folder,
                start_new_session=True,
            )
        finally:
            os.close(stdin)
        with process:
            yield process, None
