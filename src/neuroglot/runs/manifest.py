"""What a run is, and how far it has come: the file manifest.json.

A frozen record and its canonical JSON. Everything about a run that is not a result stands here:
the line that makes it again, parameters, fingerprints, steps and notes; and, here alone, the clock,
the host and the versions, so that the results of two runs can be compared byte by byte.
"""

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal, Self, get_args

from neuroglot._version import __version__
from neuroglot.base.errors import RunError
from neuroglot.runs.storage import refusals, write_text

MANIFEST_NAME = "manifest.json"
FORMAT = 1

State = Literal["planned", "started", "done"]

PACKAGES = (
    "torch",
    "transformers",
    "tokenizers",
    "safetensors",
    "numpy",
    "scipy",
    "pyarrow",
    "datasketch",
    "pygments",
    "jinja2",
)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a run. Times are ISO 8601 in UTC, `seconds` those of the start that ended it."""

    name: str
    state: State = "planned"
    started: str | None = None
    finished: str | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Added:
    """A step that was added to a complete run: what was asked, and how far it has come."""

    step: Step
    command: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """Everything known of a run but its results. The mappings hold plain JSON values.

    study: which recipe. command: the line that makes the run again. parameters: what was asked.
    model: at least `name` and `fingerprint`. data: at least `source` and `digest`.
    formats: the format version of each statistic that is kept. code: `version` and `digest` of the
    code that started the run. machine: `host`, `platform`, `python`, `cpus`, `packages`.
    notes: what a reader of the results should know. parents: runs that this one was made from.
    added: steps added after it was complete.
    """

    study: str
    command: str
    parameters: Mapping[str, Any]
    seed: int
    model: Mapping[str, Any]
    data: Mapping[str, Any]
    formats: Mapping[str, int]
    code: Mapping[str, str]
    machine: Mapping[str, Any]
    steps: tuple[Step, ...]
    notes: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    started: str
    finished: str | None = None
    complete: bool = False
    added: tuple[Added, ...] = ()
    format: int = FORMAT

    def step(self, name: str) -> Step:
        """The step of that name, the run's own or added; KeyError if it has none."""
        for step in (*self.steps, *(each.step for each in self.added)):
            if step.name == name:
                return step
        raise KeyError(name)

    def addition(self, name: str) -> Added | None:
        """The added step of that name, None where there is none."""
        return next((each for each in self.added if each.step.name == name), None)

    @property
    def remaining(self) -> tuple[str, ...]:
        """Names of the run's own steps that are not done, in order."""
        return tuple(step.name for step in self.steps if step.state != "done")

    def with_step(self, step: Step) -> Self:
        """The manifest with one step replaced by its name."""
        steps = tuple(step if old.name == step.name else old for old in self.steps)
        added = tuple(
            replace(old, step=step) if old.step.name == step.name else old for old in self.added
        )
        return replace(self, steps=steps, added=added)

    def with_addition(self, addition: Added) -> Self:
        """The manifest with one more added step, in place of one of the same name."""
        others = [old for old in self.added if old.step.name != addition.step.name]
        return replace(self, added=(*others, addition))

    def with_note(self, text: str) -> Self:
        """The manifest with one more note; a note that stands there already is not repeated."""
        return self if text in self.notes else replace(self, notes=(*self.notes, text))


def to_json(manifest: Manifest) -> str:
    """Canonical JSON: sorted keys, so that equal manifests are equal texts.

    Raises TypeError or ValueError for a value that JSON does not have.
    """
    return json.dumps(asdict(manifest), indent=1, sort_keys=True, allow_nan=False) + "\n"


def from_json(text: str) -> Manifest:
    """The manifest of a JSON text. Raises RunError when it is damaged or of a newer format."""
    try:
        values = json.loads(text)
    except ValueError as error:
        raise _damaged(str(error)) from error
    if not isinstance(values, dict):
        raise _damaged("it is not a JSON object")
    _check_format(values.get("format"))
    values.setdefault("added", [])
    _check_fields(values)
    values["steps"] = tuple(_step(step) for step in values["steps"])
    values["notes"] = tuple(values["notes"])
    values["parents"] = tuple(values["parents"])
    values["added"] = tuple(_added(each) for each in values["added"])
    return Manifest(**values)


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest of a folder, None where there is none.

    Raises RunError when it is damaged or of a newer format, StorageError when it cannot be read.
    """
    path = folder / MANIFEST_NAME
    with refusals(path, "read"):
        if not path.exists():
            return None
        content = path.read_bytes()
    try:
        return from_json(content.decode("utf-8", "replace"))
    except RunError as error:
        raise RunError(f"{path}: {error}") from error


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest of a folder, whole or not at all. Raises StorageError."""
    write_text(folder / MANIFEST_NAME, to_json(manifest))


def now() -> str:
    """The time, ISO 8601 in UTC to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def seconds_since(started: str) -> float:
    """Seconds from a time that `now` gave, never negative (a clock may be set back)."""
    passed = (datetime.now(UTC) - datetime.fromisoformat(started)).total_seconds()
    return round(max(passed, 0.0), 3)


def host_name() -> str:
    """The name of the machine that this process runs on."""
    return platform.node() or "an unnamed host"


def this_machine() -> dict[str, Any]:
    """Host, platform, Python and the versions of the packages that results may depend on."""
    return {
        "host": host_name(),
        "platform": platform.platform(),
        "python": platform.python_version(),
        "cpus": os.cpu_count() or 0,
        "packages": {name: found for name in PACKAGES if (found := _version(name))},
    }


@cache
def this_code() -> dict[str, str]:
    """Version of neuroglot, and a digest of its source files that changes with any of them."""
    root = Path(__file__).parents[1]
    digest = sha256()
    for path in sorted(root.rglob("*.py")):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0")
        digest.update(path.read_bytes() + b"\0")
    return {"version": __version__, "digest": digest.hexdigest()[:16]}


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """A mapping as JSON gives it back (tuples as lists), so that equal things compare equal.

    Raises TypeError or ValueError for a value that JSON does not have.
    """
    read: dict[str, Any] = json.loads(json.dumps(dict(values), allow_nan=False))
    return read


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


_KINDS: dict[str, tuple[type, ...]] = {
    "study": (str,),
    "command": (str,),
    "parameters": (dict,),
    "seed": (int,),
    "model": (dict,),
    "data": (dict,),
    "formats": (dict,),
    "code": (dict,),
    "machine": (dict,),
    "steps": (list,),
    "notes": (list,),
    "parents": (list,),
    "started": (str,),
    "finished": (str, type(None)),
    "complete": (bool,),
    "added": (list,),
    "format": (int,),
}
_WANTED = {"model": ("name", "fingerprint"), "data": ("source", "digest")}


def _check_format(found: Any) -> None:
    if type(found) is int and found > FORMAT:
        raise RunError(
            f"the run is of format {found}, this neuroglot reads up to {FORMAT}: update neuroglot"
        )


def _check_fields(values: dict[str, Any]) -> None:
    missing, unknown = _KINDS.keys() - values.keys(), values.keys() - _KINDS.keys()
    if missing or unknown:
        raise _damaged(f"missing {sorted(missing)}, unknown {sorted(unknown)}")
    for name, kinds in _KINDS.items():
        # bool is an int to Python, but not to a reader of the file.
        if type(values[name]) not in kinds:
            raise _damaged(f"{name} is {values[name]!r}")
    for name, keys in _WANTED.items():
        if not all(isinstance(values[name].get(key), str) for key in keys):
            raise _damaged(f"{name} lacks {' or '.join(keys)}")
    if not all(isinstance(text, str) for text in (*values["notes"], *values["parents"])):
        raise _damaged("notes and parents are lists of texts")


def _step(values: Any) -> Step:
    names: Sequence[str] = [field.name for field in fields(Step)]
    if not isinstance(values, dict) or sorted(values) != sorted(names):
        raise _damaged(f"a step is {values!r}")
    if not isinstance(values["name"], str) or values["state"] not in get_args(State):
        raise _damaged(f"a step is {values!r}")
    return Step(**values)


def _added(values: Any) -> Added:
    if not isinstance(values, dict) or sorted(values) != ["command", "parameters", "step"]:
        raise _damaged(f"an added step is {values!r}")
    return Added(_step(values["step"]), values["command"], values["parameters"])


def _damaged(reason: str) -> RunError:
    return RunError(
        f"the manifest is damaged ({reason}): it was cut or edited; restore it, or move the folder "
        "away and run the study again"
    )
