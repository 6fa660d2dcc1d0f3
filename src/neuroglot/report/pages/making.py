"""How the run was made: the line that reproduces it, model, parameters, versions, checks."""

from neuroglot.report.pages.source import Source, facts
from neuroglot.report.parts import Block, Column, Command, Facts, Section, Table


def section(source: Source) -> Section:
    """The section; all of it from the manifest, and the table of checks where it was written."""
    manifest = source.manifest
    machine = manifest.machine
    versions = {"neuroglot": manifest.code.get("version"), "python": machine.get("python")}
    versions.update(machine.get("packages") or {})
    blocks: list[Block] = [
        Command(manifest.command),
        Facts("Model", facts(manifest.model)),
        Facts("Parameters", [*facts(manifest.parameters), ("seed", str(manifest.seed))]),
        Facts("Versions", [*facts(versions), ("platform", str(machine.get("platform", "–")))]),
    ]
    if source.has("checks"):
        blocks.append(_checks(source))
    lead = "The same line, with the same files, gives the same tables."
    if manifest.parents:
        lead += f" Concluded from the stored statistics of {', '.join(manifest.parents)}."
    return Section("making", "How it was made", lead, blocks)


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
