"""Writes a program in Kotlin 1.6 or later, four spaces, as the official style guide has it.

Procedural: functions of the file. Object-oriented: a class whose subject is a private property; its
helpers stand in the companion object. Lists are `List<Int>`, mutable where they change; a table
that stays in its function is an `IntArray`. A string that grows is a `StringBuilder`.
"""

from collections.abc import Sequence

from neuroglot.programs.facts import (
    OBJECT_ORIENTED,
    PROCEDURAL,
    Facts,
    Style,
    element_update,
    facts,
    is_read,
    is_table,
    shared_out,
    ways,
    within,
)
from neuroglot.programs.layout import (
    C_LIKE,
    UNARY,
    WRONG_EXIT,
    Case,
    Lines,
    Piece,
    binary,
    block,
    camel,
    joined,
    pascal,
    prose,
    quoted,
    sentence,
    separated,
    starred,
    wrapped,
)
from neuroglot.programs.tree import (
    Append,
    Assign,
    Binary,
    Block,
    Call,
    Code,
    Copy,
    Decimal,
    Declare,
    Expression,
    Extend,
    Filled,
    ForEach,
    ForRange,
    FromCode,
    If,
    Item,
    Length,
    Letter,
    Negative,
    Not,
    Number,
    Numbers,
    Program,
    Return,
    SetItem,
    Statement,
    Text,
    Truth,
    Type,
    Update,
    Value,
    Variable,
    While,
)

STYLES: tuple[Style, ...] = (PROCEDURAL, OBJECT_ORIENTED)

UNIT = "    "
TYPES = {
    Type.INT: "Int",
    Type.BOOL: "Boolean",
    Type.CHAR: "Char",
    Type.STR: "String",
    Type.LIST: "List<Int>",
}
SHORT = 70  # columns of a branch or a guard on one line, its indentation left out
RANGE_CHECK = 45
"""How tightly `in` binds: more than a comparison, less than a sum."""


def code(program: Program, *, style: Style, documented: bool) -> str:
    """The program as a file: functions or one class."""
    return joined(_definitions(program, style, documented))


def executable(program: Program, *, style: Style, cases: Sequence[Case], token: str) -> str:
    """A file that prints the token after all cases have passed."""
    title, entry = pascal(program.title), camel(program.entry.name)
    kinds = [parameter.type for parameter in program.entry.parameters]
    checks: Lines = []
    for number, case in enumerate(cases, 1):
        held, given = shared_out(program, style, list(map(_literal, case.arguments, kinds)))
        owner = f"{title}({', '.join(held)})." if style == OBJECT_ORIENTED else ""
        expected = _literal(case.expected, program.entry.returns)
        checks.append(f"check({number}, {owner}{entry}({', '.join(given)}), {expected})")
    main = block("fun main() {", [*checks, f'println("{token}")'], unit=UNIT)
    definitions = _definitions(program, style, False)
    check = _check(TYPES[program.entry.returns])
    return joined(separated([["import kotlin.system.exitProcess"], definitions, check, main]))


def _check(kind: str) -> Lines:
    failure = [
        'System.err.println("case $number: found $found, expected $expected")',
        f"exitProcess({WRONG_EXIT})",
    ]
    test = block("if (found != expected) {", failure, unit=UNIT)
    head = f"private fun check(number: Int, found: {kind}, expected: {kind}) {{"
    return block(head, test, unit=UNIT)


def _literal(value: Value, kind: Type) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return quoted(value, "'") if kind is Type.CHAR else _quoted_text(value)
        case tuple():
            return f"listOf({', '.join(map(str, value))})"
        case _:
            return str(value)


def _quoted_text(value: str) -> str:
    return quoted(value, '"', also="$")


def _definitions(program: Program, style: Style, documented: bool) -> Lines:
    everything = facts(program, style)
    if style == PROCEDURAL:
        return separated(_function(each, documented) for each in everything)
    *helpers, entry = everything
    members = [_function(entry, documented)]
    if helpers:
        companions = separated(_function(each, documented) for each in helpers)
        members.append(block("companion object {", companions, unit=UNIT))
    head = f"class {pascal(program.title)}"
    if entry.field:
        head += f"(private val {camel(entry.field)}: {TYPES[entry.types[entry.field]]})"
    return block(f"{head} {{", separated(members), unit=UNIT)


def _function(each: Facts, documented: bool) -> Lines:
    function = each.function
    parameters = ", ".join(f"{camel(p.name)}: {TYPES[p.type]}" for p in each.parameters)
    private = "" if each.is_entry else "private "
    head = f"{private}fun {camel(function.name)}({parameters}): {TYPES[function.returns]}"
    comment = _comment(each) if documented else []
    body = _block(function.body, each)
    if len(function.body) == 1 and body[0].startswith("return "):
        first = _without_return(body[0])
        if len(body) == 1 and len(head + first) > SHORT + 20:
            return [*comment, f"{head} =", UNIT + first]
        return [*comment, f"{head} = {first}", *body[1:]]
    return comment + block(f"{head} {{", body, unit=UNIT)


def _comment(each: Facts) -> Lines:
    purpose = prose(each.function.purpose, _linked)
    lines = wrapped(sentence(f"returns {purpose}"))
    if each.is_entry:
        tags = [f"@param {camel(p.name)} {prose(p.meaning, _linked)}" for p in each.parameters]
        tags.append(f"@return {purpose}")
        lines += ["", *(line for tag in tags for line in wrapped(tag, hanging=UNIT))]
    return [f"/** {lines[0]} */"] if len(lines) == 1 else starred(lines)


def _linked(name: str) -> str:
    return f"[{camel(name)}]"


def _block(statements: Block, each: Facts) -> Lines:
    return [line for statement in statements for line in _statement(statement, each)]


def _statement(node: Statement, each: Facts) -> Lines:
    def text(expression: Expression) -> str:
        return _expression(expression, each).text

    match node:
        case Declare(name, _) if name in each.built:
            return [f"val {camel(name)} = StringBuilder()"]
        case Declare(name, value):
            word = "var" if name in each.changed else "val"
            return [f"{word} {camel(name)} = {_value(name, value, each)}"]
        case Assign(name, Text("")) if name in each.built:
            return [f"{camel(name)}.clear()"]
        case Assign(name, value):
            return [f"{camel(name)} = {_value(name, value, each)}"]
        case Update(name, "+" | "-" as operator, Number(1)):
            return [f"{camel(name)}{operator}{operator}"]
        case Update(name, operator, value):
            return [f"{camel(name)} {C_LIKE[operator].spelling}= {text(value)}"]
        case SetItem(name, index, value):
            return [f"{camel(name)}[{text(index)}]{_change(node, value, each)}"]
        case Append(name, value):
            return [f"{camel(name)}.add({text(value)})"]
        case Extend(name, Decimal(piece)) | Extend(name, piece):
            return [f"{camel(name)}.append({text(piece)})"]
        case Return(value):
            return [f"return {_result(value, each)}"]
        case If():
            return _if(node, each)
        case _:
            return _loop(node, each)


def _value(name: str, value: Expression, each: Facts) -> str:
    """What a local begins with: a list is mutable only where it changes."""
    mutable = name in each.grown | each.written
    match value:
        case Numbers(()):
            return "mutableListOf<Int>()" if mutable else "emptyList<Int>()"
        case Filled(Number(0), count) if is_table(name, each):
            return f"IntArray({_expression(count, each).text})"
        case Filled(element, count):
            kind = "IntArray" if is_table(name, each) else "MutableList" if mutable else "List"
            size = _expression(count, each).text
            return f"{kind}({size}) {{ {_expression(element, each).text} }}"
    source = _expression(value, each).text
    if not mutable:
        return source
    if isinstance(value, Numbers):
        return source.replace("listOf", "mutableListOf", 1)
    return source.removesuffix(".toList()") + ".toMutableList()"


def _result(value: Expression, each: Facts) -> str:
    match value:
        case Variable(name) if is_table(name, each):
            return f"{camel(name)}.toList()"
    return _expression(value, each).text


def _change(node: SetItem, value: Expression, each: Facts) -> str:
    match element_update(node):
        case ("+" | "-" as operator, Number(1)):
            return operator * 2
        case (operator, change):
            return f" {operator}= {_expression(change, each).text}"
        case _:
            return f" = {_expression(value, each).text}"


def _loop(node: Statement, each: Facts) -> Lines:
    match node:
        case While(condition, body):
            head = f"while ({_expression(condition, each).text}) {{"
        case ForEach(name, sequence, body):
            head = f"for ({camel(name)} in {_expression(sequence, each).text}) {{"
        case ForRange(name, body=body):
            times = None if is_read(name, body) else _times(node)
            counted = f"for ({camel(name)} in {_range(node, each)}) {{"
            head = f"repeat({_expression(times, each).text}) {{" if times else counted
        case _:
            raise AssertionError(node)
    return block(head, _block(body, each), unit=UNIT)


def _times(loop: ForRange) -> Expression | None:
    """How often a loop runs, where its head says so."""
    first = Number(1 if loop.inclusive else 0)
    return loop.stop if (loop.start, loop.step) == (first, 1) else None


def _range(loop: ForRange, each: Facts) -> str:
    match loop:
        case ForRange(start=Number(0), stop=Length(sequence), step=1, inclusive=False):
            return f"{_expression(sequence, each).text}.indices"
    start, stop = _expression(loop.start, each).text, _expression(loop.stop, each).text
    link = " downTo " if loop.step < 0 else ".." if loop.inclusive else " until "
    step = "" if abs(loop.step) == 1 else f" step {abs(loop.step)}"
    return f"{start}{link}{stop}{step}"


def _if(node: If, each: Facts) -> Lines:
    """A chain as a `when`; a branch that returns, on one line; else `if` and `else`."""
    head = f"if ({_expression(node.condition, each).text})"
    then = _block(node.then, each)
    otherwise = _block(node.otherwise, each)
    match node:
        case If(otherwise=(If(),)):
            return _when(node, each)
        case If(then=(Return(),), otherwise=()) if len(head + then[0]) <= SHORT:
            return [f"{head} {then[0]}"]
        case If(then=(Return(),), otherwise=(Return(),)) if len(head + then[0]) <= SHORT // 2:
            return [
                f"return {head} {_without_return(then[0])} else {_without_return(otherwise[0])}"
            ]
    lines = block(f"{head} {{", then, unit=UNIT)
    return [*lines[:-1], *block("} else {", otherwise, unit=UNIT)] if otherwise else lines


def _when(node: If, each: Facts) -> Lines:
    """A chain of `else if`; where all its ways return, the `return` stands before it."""
    branches, otherwise = ways(node)
    written = [(_expression(condition, each).text, way) for condition, way in branches]
    written += [("else", otherwise)] if otherwise else []
    lifted = otherwise and all(isinstance(way[0], Return) for _, way in written)
    lines: Lines = []
    for condition, way in written:
        body = _block(way, each)
        if lifted:
            body[0] = _without_return(body[0])
        if len(body) == 1 and len(condition + body[0]) <= SHORT and not body[0].startswith("if "):
            lines.append(f"{condition} -> {body[0]}")
        else:
            lines += block(f"{condition} -> {{", body, unit=UNIT)
    return block("return when {" if lifted else "when {", lines, unit=UNIT)


def _without_return(line: str) -> str:
    return line.removeprefix("return ")


def _expression(node: Expression, each: Facts) -> Piece:
    def text(part: Expression) -> str:
        return _expression(part, each).text

    match node:
        case Number(value):
            return Piece(str(value), UNARY if value < 0 else 100)
        case Truth(value):
            return Piece("true" if value else "false")
        case Letter(value):
            return Piece(quoted(value, "'"))
        case Text(value):
            return Piece(_quoted_text(value))
        case Variable(name):
            return Piece(camel(name) + (".toString()" if name in each.built else ""))
        case Binary():
            return _binary(node, each)
        case Not(operand):
            return Piece(f"!{_expression(operand, each).at(UNARY)}", UNARY)
        case Negative(operand):
            return Piece(f"-{_expression(operand, each).at(UNARY + 1)}", UNARY)
        case Code(letter):
            return Piece(f"{_expression(letter, each).at(UNARY + 1)}.code")
        case FromCode(number):
            return _from_code(number, each)
        case Decimal(number):
            return Piece(f"{_expression(number, each).at(UNARY + 1)}.toString()")
        case Call():
            arguments = ", ".join(map(text, each.arguments(node)))
            return Piece(f"{camel(node.function)}({arguments})")
        case Numbers(()):
            return Piece("emptyList()")
        case Numbers(items):
            return Piece(f"listOf({', '.join(map(text, items))})")
        case Item(Variable(name), Binary("-", Length(Variable(other)), Number(1))) if name == other:
            return Piece(f"{camel(name)}.last()")
        case Item(Variable(name), index):
            return Piece(f"{camel(name)}[{text(index)}]")
        case Length(Variable(name)):
            return Piece(f"{camel(name)}.{'size' if each.types[name] is Type.LIST else 'length'}")
        case Copy(Variable(name)):
            return Piece(f"{camel(name)}.toList()")
        case _:
            raise AssertionError(node)


def _from_code(number: Expression, each: Facts) -> Piece:
    """Kotlin adds an integer to a character, which gives a character."""
    match number:
        case Binary("+" | "-" as operator, Code(letter), change) if not isinstance(change, Code):
            return binary(operator, (_expression(letter, each), _expression(change, each)), C_LIKE)
        case Binary("+", change, Code(letter)):
            return binary("+", (_expression(letter, each), _expression(change, each)), C_LIKE)
    return Piece(f"{_expression(number, each).at(UNARY + 1)}.toChar()")


def _binary(node: Binary, each: Facts) -> Piece:
    match node:
        case Binary("-", Code(first), Code(second)):
            return binary("-", (_expression(first, each), _expression(second, each)), C_LIKE)
        case Binary("-", Length(Variable(name)), Number(1)):
            return Piece(f"{camel(name)}.lastIndex")
        case Binary("==" | "!=" | ">" as operator, Length(Variable(name)), Number(0)):
            return Piece(f"{camel(name)}.{'isEmpty' if operator == '==' else 'isNotEmpty'}()")
    range_check = within(node)
    if range_check:
        value, *bounds = (_expression(part, each).at(C_LIKE["+"].level) for part in range_check)
        word = "in" if node.operator == "and" else "!in"
        return Piece(f"{value} {word} {'..'.join(bounds)}", RANGE_CHECK)
    sides = _expression(node.left, each), _expression(node.right, each)
    return binary(node.operator, sides, C_LIKE)
