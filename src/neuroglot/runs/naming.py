"""Where a run goes when nobody says: the same line always names the same folder, and so resumes.

Takes the study, the model and the parameters of a command line; gives a path. Touches no disk. The
same for samples, which go into their run.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from neuroglot.base.digests import json_digest
from neuroglot.runs.manifest import plain

UNCOUNTED = ("out", "json", "device")
"""Parameters that change nothing about the results."""


def default_path(study: str, *, model: str, parameters: Mapping[str, Any]) -> Path:
    """runs/<study>-<model>-<first 8 hex of the parameters>.

    model: as asked for, a hub id or a folder; its last part is taken. parameters: all of the line,
    the shard too; `out`, `json` and `device` are left out here. Raises TypeError or ValueError for
    a parameter that JSON does not have.
    """
    counted = {name: value for name, value in parameters.items() if name not in UNCOUNTED}
    digest = json_digest(plain(counted))[:8]
    return Path("runs") / f"{study}-{_file_name(model)}-{digest}"


def samples_path(run: Path, *, suite: str, operation: str, parameters: Mapping[str, Any]) -> Path:
    """<run>/samples/<suite>-<operation>-<first 8 hex of the parameters>.jsonl.

    Raises TypeError or ValueError for a parameter that JSON does not have.
    """
    digest = json_digest(plain(parameters))[:8]
    return run / "samples" / f"{_file_name(suite)}-{operation}-{digest}.jsonl"


def _file_name(model: str) -> str:
    """The last part of an id or path, with nothing in it that a shell would trip over."""
    last = model.replace("\\", "/").rstrip("/").rpartition("/")[2]
    return re.sub(r"[^A-Za-z0-9._-]+", "-", last).strip(".-") or "model"
