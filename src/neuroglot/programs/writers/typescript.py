"""Writes a program in TypeScript 5 for `tsc --strict`, two spaces, as prettier would leave it.

The entry is exported, which makes the file a module. Procedural: functions. Object-oriented: a
class whose field is a private parameter of its constructor. Comments are TSDoc.
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
from neuroglot.programs.tree import Parameter, Program, Type

STYLES: tuple[Style, ...] = (PROCEDURAL, OBJECT_ORIENTED)

DIALECT = Dialect(private="", empty_list=": number[]", new_array="new Array<number>")
TYPES = {
    Type.INT: "number",
    Type.BOOL: "boolean",
    Type.CHAR: "string",
    Type.STR: "string",
    Type.LIST: "number[]",
}


def code(program: Program, *, style: Style, documented: bool) -> str:
    """The program as a module."""
    return joined(_definitions(program, style, documented))


def executable(program: Program, *, style: Style, cases: Sequence[Case], token: str) -> str:
    """A module that prints the token after all cases have passed."""
    checks = [
        f"check({n}, {call(program, style, case)}, {literal(case.expected)});"
        for n, case in enumerate(cases, 1)
    ]
    main = [*checks, f'console.log("{token}");']
    return joined(separated([_definitions(program, style, False), CHECK, main]))


CHECK = f"""\
function check(number: number, found: unknown, expected: unknown): void {{
  const [given, wanted] = [JSON.stringify(found), JSON.stringify(expected)];
  if (given !== wanted) {{
    console.error(`case ${{number}}: found ${{given}}, expected ${{wanted}}`);
    process.exit({WRONG_EXIT});
  }}
}}""".splitlines()


def _definitions(program: Program, style: Style, documented: bool) -> Lines:
    everything = facts(program, style)
    entry, helpers = everything[-1], everything[:-1]
    if style == PROCEDURAL:
        functions = [
            *(_function(each, "function ", documented) for each in helpers),
            _function(entry, "export function ", documented),
        ]
        return folded(separated(functions), PAGE)
    members = [
        _constructor(entry),
        _function(entry, "", documented),
        *(_function(each, "private static ", documented) for each in helpers),
    ]
    head = f"export class {pascal(program.title)} {{"
    return folded(block(head, separated(members), unit=UNIT), PAGE)


def _constructor(entry: Facts) -> Lines:
    fields = [each for each in entry.function.parameters if each.name == entry.field]
    return [f"constructor(private readonly {_typed(field)}) {{}}" for field in fields]


def _function(each: Facts, before: str, documented: bool) -> Lines:
    parameters = ", ".join(map(_typed, each.parameters))
    name, result = camel(each.function.name), TYPES[each.function.returns]
    head = f"{before}{name}({parameters}): {result} {{"
    comment = _comment(each) if documented else []
    return comment + block(head, body(each, DIALECT), unit=UNIT)


def _typed(parameter: Parameter) -> str:
    return f"{camel(parameter.name)}: {TYPES[parameter.type]}"


def _comment(each: Facts) -> Lines:
    purpose = _prose(each.function.purpose)
    lines = wrapped(sentence(f"returns {purpose}"))
    if each.is_entry:
        tags = [f"@param {camel(p.name)} - {_prose(p.meaning)}" for p in each.parameters]
        tags.append(f"@returns {purpose}")
        lines += ["", *(line for tag in tags for line in wrapped(tag, hanging=UNIT))]
    return starred(lines)


def _prose(text: str) -> str:
    return prose(text, lambda name: f"`{camel(name)}`")
