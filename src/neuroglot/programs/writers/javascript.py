"""Writes a program in JavaScript (ES2022), two spaces, as prettier would leave it.

Procedural: functions. Object-oriented: a class with a private field and private static helpers.
Comments are JSDoc, which names the types.
"""

from collections.abc import Sequence

from neuroglot.programs.ecmascript import PAGE, UNIT, Dialect, body, call, literal
from neuroglot.programs.facts import OBJECT_ORIENTED, PROCEDURAL, Facts, Style, facts
from neuroglot.programs.layout import (
    WRONG_EXIT,
    Case,
    Lines,
    block,
    camel,
    joined,
    pascal,
    prose,
    sentence,
    separated,
    starred,
    wrapped,
)
from neuroglot.programs.prettier_folds import folded
from neuroglot.programs.tree import Program, Type

STYLES: tuple[Style, ...] = (PROCEDURAL, OBJECT_ORIENTED)

DIALECT = Dialect(private="#", empty_list="", new_array="new Array")
TYPES = {
    Type.INT: "number",
    Type.BOOL: "boolean",
    Type.CHAR: "string",
    Type.STR: "string",
    Type.LIST: "number[]",
}
"""Types in comments."""


def code(program: Program, *, style: Style, documented: bool) -> str:
    """The program as a script."""
    return joined(_definitions(program, style, documented))


def executable(program: Program, *, style: Style, cases: Sequence[Case], token: str) -> str:
    """A script that prints the token after all cases have passed."""
    checks = [
        f"check({n}, {call(program, style, case)}, {literal(case.expected)});"
        for n, case in enumerate(cases, 1)
    ]
    main = [*checks, f'console.log("{token}");']
    return joined(separated([_definitions(program, style, False), CHECK, main]))


CHECK = f"""\
function check(number, found, expected) {{
  const [given, wanted] = [JSON.stringify(found), JSON.stringify(expected)];
  if (given !== wanted) {{
    console.error(`case ${{number}}: found ${{given}}, expected ${{wanted}}`);
    process.exit({WRONG_EXIT});
  }}
}}""".splitlines()


def _definitions(program: Program, style: Style, documented: bool) -> Lines:
    everything = facts(program, style)
    if style == PROCEDURAL:
        return folded(
            separated(_function(each, "function ", documented) for each in everything), PAGE
        )
    entry, helpers = everything[-1], everything[:-1]
    members = [
        _constructor(entry),
        _function(entry, "", documented),
        *(_function(each, "static #", documented) for each in helpers),
    ]
    return folded(block(f"class {pascal(program.title)} {{", separated(members), unit=UNIT), PAGE)


def _constructor(entry: Facts) -> Lines:
    if entry.field is None:
        return []
    name = camel(entry.field)
    assignment = [f"this.#{name} = {name};"]
    return [f"#{name};", "", *block(f"constructor({name}) {{", assignment, unit=UNIT)]


def _function(each: Facts, before: str, documented: bool) -> Lines:
    parameters = ", ".join(camel(parameter.name) for parameter in each.parameters)
    head = f"{before}{camel(each.function.name)}({parameters}) {{"
    comment = _comment(each) if documented else []
    return comment + block(head, body(each, DIALECT), unit=UNIT)


def _comment(each: Facts) -> Lines:
    purpose = _prose(each.function.purpose)
    lines = wrapped(sentence(f"returns {purpose}"))
    if each.is_entry:
        tags = [
            f"@param {{{TYPES[p.type]}}} {camel(p.name)} - {_prose(p.meaning)}"
            for p in each.parameters
        ]
        tags.append(f"@returns {{{TYPES[each.function.returns]}}} {purpose}")
        lines += ["", *(line for tag in tags for line in wrapped(tag, hanging=UNIT))]
    return starred(lines)


def _prose(text: str) -> str:
    return prose(text, lambda name: f"`{camel(name)}`")
