"""Whether two things are the same run: what was asked, of which model, over which data.

Takes a manifest and a new request, gives their differences as phrases a user can read. Where the
model and the data lie, where results go and on which device is no part of it: the fingerprint and
the digest say what they are.
"""

from collections.abc import Mapping
from typing import Any

from neuroglot.runs.manifest import Added, Manifest

PLACES = ("out", "json", "device", "model", "data")
"""Parameters that say where, not what; the last two are compared by content."""


def differences(there: Manifest, asked: Manifest) -> tuple[str, ...]:
    """What keeps `asked` from being the run that is `there`, a phrase each; empty: the same run."""
    found = _unequal({"study": there.study}, {"study": asked.study})
    found += _unequal(_what(there.parameters), _what(asked.parameters))
    found += _unequal({"seed": there.seed}, {"seed": asked.seed})
    found += _unlike("model", "fingerprint", there.model, asked.model)
    found += _unlike("data", "digest", there.data, asked.data)
    found += [f"format of {phrase}" for phrase in _unequal(there.formats, asked.formats)]
    names = [",".join(step.name for step in manifest.steps) for manifest in (there, asked)]
    found += _unequal({"steps": names[0]}, {"steps": names[1]})
    # A parameter may repeat the seed: say it once.
    return tuple(dict.fromkeys(found))


def added_differences(there: Added, asked: Added) -> tuple[str, ...]:
    """The same for a step that was added to a run."""
    return tuple(_unequal(_what(there.parameters), _what(asked.parameters)))


def changes(there: Manifest, asked: Manifest) -> tuple[str, ...]:
    """What changed in code and packages since a run began: worth a note, no reason to refuse."""
    found = _unequal({"code": _code(there)}, {"code": _code(asked)})
    found += _unequal(there.machine.get("packages", {}), asked.machine.get("packages", {}))
    return tuple(found)


def _what(parameters: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in parameters.items() if name not in PLACES}


def _code(manifest: Manifest) -> str:
    return f"{manifest.code.get('version')} ({manifest.code.get('digest')})"


def _unequal(there: Mapping[str, Any], asked: Mapping[str, Any]) -> list[str]:
    return [
        f"{name} {_short(there, name)} there, {_short(asked, name)} asked"
        for name in sorted(there.keys() | asked.keys())
        if name not in there or name not in asked or there[name] != asked[name]
    ]


def _unlike(what: str, mark: str, there: Mapping[str, Any], asked: Mapping[str, Any]) -> list[str]:
    """Compare by content, and name both: their names may well be the same."""
    if there[mark] == asked[mark]:
        return []
    label = "name" if what == "model" else "source"
    first, second = (f"{side[label]} ({side[mark][:12]})" for side in (there, asked))
    return [f"{what} {first} there, {second} asked"]


def _short(values: Mapping[str, Any], name: str) -> str:
    if name not in values:
        return "absent"
    value = values[name]
    text = ",".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
