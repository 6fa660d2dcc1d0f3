"""How the run was made: the line that reproduces it, model, parameters, versions, checks."""

import json
from collections.abc import Mapping
from typing import Any

from neuroglot.report.pages.source import Source
from neuroglot.report.parts import Block, Column, Command, Facts, Section, Table


def section(source: Source) -> Section:
    """The section; all of it from the manifest, and the table of checks where it was written."""
    manifest = source.manifest
    machine = manifest.machine
    versions = {"neuroglot": manifest.code.get("version"), "python": machine.get("python")}
    versions.update(machine.get("packages") or {})
    blocks: list[Block] = [
        Command(manifest.command),
        Facts("Model", _facts(manifest.model)),
        Facts("Parameters", [*_facts(manifest.parameters), ("seed", str(manifest.seed))]),
        Facts("Versions", [*_facts(versions), ("platform", str(machine.get("platform", "–")))]),
    ]
    if source.has("checks"):
        blocks.append(_checks(source))
    lead = "The same line, with the same files, gives the same tables."
    if manifest.parents:
        lead += f" Concluded from the stored statistics of {', '.join(manifest.parents)}."
    return Section("making", "How it was made", lead, blocks)


def _facts(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Names and values in order; nested ones as JSON."""
    return [(name.replace("_", " "), _words(values[name])) for name in sorted(values)]


def _words(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list) and all(isinstance(item, str | int) for item in value):
        return ", ".join(map(str, value))
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)


def _checks(source: Source) -> Table:
    columns = ("name", "what", "value", "bound", "passed", "remedy")
    return Table(
        "checks-table",
        "Checks before the study",
        [
            Column("check"),
            Column("what"),
            Column("value", "measure"),
            Column("bound", "measure"),
            Column("passed", "flag"),
            Column("remedy"),
        ],
        [[row[name] for name in columns] for row in source.rows("checks")],
    )
