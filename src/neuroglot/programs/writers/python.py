"""Writes a program in Python 3.9 or later, as black would format it.

Procedural: functions. Object-oriented: a class with an `__init__` where there is a field; helpers
are static methods with a leading underscore.
"""

from collections.abc import Mapping, Sequence

from neuroglot.programs.facts import (
    OBJECT_ORIENTED,
    PROCEDURAL,
    Facts,
    Style,
    element_update,
    facts,
    is_read,
    shared_out,
)
from neuroglot.programs.layout import (
    WRONG_EXIT,
    Case,
    Lines,
    Operator,
    Piece,
    binary,
    block,
    indented,
    joined,
    pascal,
    prose,
    quoted,
    sentence,
    separated,
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
    shifted,
)

STYLES: tuple[Style, ...] = (PROCEDURAL, OBJECT_ORIENTED)

UNIT = "    "
NOT, UNARY = 25, 70
TYPES = {
    Type.INT: "int",
    Type.BOOL: "bool",
    Type.CHAR: "str",
    Type.STR: "str",
    Type.LIST: "list[int]",
}
OPERATORS: Mapping[str, Operator] = {
    "or": Operator("or", 10),
    "and": Operator("and", 20),
    **{spelling: Operator(spelling, 40) for spelling in ("==", "!=", "<", "<=", ">", ">=")},
    **{spelling: Operator(spelling, 50) for spelling in ("+", "-")},
    **{spelling: Operator(spelling, 60) for spelling in ("*", "//", "%")},
}


def code(program: Program, *, style: Style, documented: bool) -> str:
    """The program as a module."""
    return joined(_definitions(program, style, documented))


def executable(program: Program, *, style: Style, cases: Sequence[Case], token: str) -> str:
    """A script that prints the token after all cases have passed."""
    checks = [f"check({n}, {_call(program, style, c)}, {_literal(c.expected)})" for n, c in
              enumerate(cases, 1)]  # fmt: skip
    main = block('if __name__ == "__main__":', [*checks, f'print("{token}")'], unit=UNIT, end="")
    groups = [["import sys"], _definitions(program, style, False), CHECK, main]
    return joined([*separated(groups[:2]), "", "", *separated(groups[2:], blank=2)])


CHECK = [
    "def check(case, found, expected):",
    "    if found != expected:",
    '        print(f"case {case}: found {found!r}, expected {expected!r}", file=sys.stderr)',
    f"        sys.exit({WRONG_EXIT})",
]


def _call(program: Program, style: Style, case: Case) -> str:
    values = [_literal(value) for value in case.arguments]
    entry = program.entry.name
    if style == PROCEDURAL:
        return f"{entry}({', '.join(values)})"
    held, given = shared_out(program, style, values)
    return f"{pascal(program.title)}({', '.join(held)}).{entry}({', '.join(given)})"


def _literal(value: Value) -> str:
    match value:
        case str():
            return quoted(value, '"')
        case tuple():
            return f"[{', '.join(map(str, value))}]"
        case _:
            return str(value)


def _definitions(program: Program, style: Style, documented: bool) -> Lines:
    everything = facts(program, style)
    if style == PROCEDURAL:
        return separated((_function(each, documented) for each in everything), blank=2)
    entry, helpers = everything[-1], everything[:-1]
    members = [
        _constructor(entry),
        _function(entry, documented),
        *(["@staticmethod", *_function(each, documented)] for each in helpers),
    ]
    return block(f"class {pascal(program.title)}:", separated(members), unit=UNIT, end="")


def _constructor(entry: Facts) -> Lines:
    if entry.field is None:
        return []
    kind = TYPES[entry.types[entry.field]]
    head = f"def __init__(self, {entry.field}: {kind}) -> None:"
    return block(head, [f"self.{entry.field} = {entry.field}"], unit=UNIT, end="")


def _function(each: Facts, documented: bool) -> Lines:
    function = each.function
    parameters = [f"{p.name}: {TYPES[p.type]}" for p in each.parameters]
    if each.style == OBJECT_ORIENTED and each.is_entry:
        parameters.insert(0, "self")
    name = _function_name(function.name, each)
    head = f"def {name}({', '.join(parameters)}) -> {TYPES[function.returns]}:"
    comment = _docstring(each) if documented else []
    return block(head, [*comment, *_block(function.body, each)], unit=UNIT, end="")


def _docstring(each: Facts) -> Lines:
    lines = wrapped(sentence(f"return {_prose(each.function.purpose)}"), width=76)
    if each.is_entry and each.parameters:
        meanings = [f"{p.name}: {sentence(_prose(p.meaning))}" for p in each.parameters]
        details = [line for each in meanings for line in wrapped(each, hanging=UNIT)]
        lines += ["", "Args:", *indented(details, UNIT)]
    if len(lines) == 1:
        return [f'"""{lines[0]}"""']
    return [f'"""{lines[0]}', *lines[1:], '"""']


def _prose(text: str) -> str:
    return prose(text, lambda name: f"`{name}`")


def _function_name(name: str, each: Facts) -> str:
    private = each.style == OBJECT_ORIENTED and name != each.program.entry.name
    return f"_{name}" if private else name


def _block(statements: Block, each: Facts) -> Lines:
    return [line for statement in statements for line in _statement(statement, each)]


def _statement(node: Statement, each: Facts) -> Lines:
    def text(expression: Expression) -> str:
        return _expression(expression, each).text

    match node:
        case Declare(name, value) | Assign(name, value):
            return [f"{name} = {text(value)}"]
        case Update(name, operator, value):
            return [f"{name} {operator}= {text(value)}"]
        case SetItem(name, index, value):
            update = element_update(node)
            change = f"{update[0]}= {text(update[1])}" if update else f"= {text(value)}"
            return [f"{name}[{text(index)}] {change}"]
        case Append(name, value):
            return [f"{name}.append({text(value)})"]
        case Extend(name, piece):
            return [f"{name} += {text(piece)}"]
        case Return(value):
            return [f"return {text(value)}"]
        case If():
            return _if(node, each, "if")
        case While(condition, body):
            return block(f"while {text(condition)}:", _block(body, each), unit=UNIT, end="")
        case ForEach(name, sequence, body):
            head = f"for {name} in {text(sequence)}:"
            return block(head, _block(body, each), unit=UNIT, end="")
        case ForRange(name, body=body):
            counter = name if is_read(name, body) else "_"
            head = f"for {counter} in {_range(node, each)}:"
            return block(head, _block(body, each), unit=UNIT, end="")


def _if(node: If, each: Facts, word: str) -> Lines:
    head = f"{word} {_expression(node.condition, each).text}:"
    lines = block(head, _block(node.then, each), unit=UNIT, end="")
    match node.otherwise:
        case ():
            return lines
        case (If() as follower,):
            return lines + _if(follower, each, "elif")
        case otherwise:
            return lines + block("else:", _block(otherwise, each), unit=UNIT, end="")


def _range(loop: ForRange, each: Facts) -> str:
    past = (1 if loop.step > 0 else -1) if loop.inclusive else 0
    bounds = [loop.start, shifted(loop.stop, past) if past else loop.stop, Number(loop.step)]
    if loop.step == 1:
        bounds.pop()
        if loop.start == Number(0):
            bounds.pop(0)
    return f"range({', '.join(_expression(bound, each).text for bound in bounds)})"


def _expression(node: Expression, each: Facts) -> Piece:
    def text(part: Expression) -> str:
        return _expression(part, each).text

    match node:
        case Number(value):
            return Piece(str(value), UNARY if value < 0 else 100)
        case Truth(value):
            return Piece(str(value))
        case Letter(value) | Text(value):
            return Piece(quoted(value, '"'))
        case Variable(name):
            return Piece(f"self.{name}" if name == each.field else name)
        case Binary():
            return _binary(node, each)
        case Not(operand):
            return Piece(f"not {_expression(operand, each).at(NOT)}", NOT)
        case Negative(operand):
            return Piece(f"-{_expression(operand, each).at(UNARY)}", UNARY)
        case Item(sequence, index):
            return Piece(f"{text(sequence)}[{text(index)}]")
        case Length(sequence):
            return Piece(f"len({text(sequence)})")
        case Code(letter):
            return Piece(f"ord({text(letter)})")
        case FromCode(number):
            return Piece(f"chr({text(number)})")
        case Decimal(number):
            return Piece(f"str({text(number)})")
        case Numbers(items):
            return Piece(f"[{', '.join(map(text, items))}]")
        case Filled(value, count):
            return Piece(f"[{text(value)}] * {_expression(count, each).at(UNARY)}", 60)
        case Copy(sequence):
            return Piece(f"list({text(sequence)})")
        case Call():
            return Piece(f"{_callee(node, each)}({', '.join(map(text, each.arguments(node)))})")


def _binary(node: Binary, each: Facts) -> Piece:
    sides = _expression(node.left, each), _expression(node.right, each)
    match node:
        case Binary("and", Binary(("<" | "<="), _, shared), Binary(("<" | "<="), other, _)) if (
            shared == other
        ):
            between = sides[1].text.removeprefix(_expression(shared, each).at(41))
            return Piece(sides[0].text + between, 40)
    return binary(node.operator, sides, OPERATORS)


def _callee(call: Call, each: Facts) -> str:
    if each.style == PROCEDURAL:
        return call.function
    owner = "self" if each.is_entry else pascal(each.program.title)
    return f"{owner}.{_function_name(call.function, each)}"
