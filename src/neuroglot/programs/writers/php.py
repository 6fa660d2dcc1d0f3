"""Writes a program in PHP 8.2 with strict types, laid out by PSR-12.

Procedural: functions. Object-oriented: a class whose field is a promoted parameter of its
constructor, with private static helpers. A string has bytes for characters, and a list is an array.
"""

from collections.abc import Sequence

from neuroglot.programs.facts import (
    OBJECT_ORIENTED,
    PROCEDURAL,
    Facts,
    Style,
    element_update,
    facts,
    limit,
    shared_out,
)
from neuroglot.programs.layout import (
    C_LIKE,
    UNARY,
    WRONG_EXIT,
    Case,
    Lines,
    Operator,
    Piece,
    binary,
    block,
    camel,
    indented,
    joined,
    pascal,
    prose,
    quoted,
    sentence,
    separated,
    starred,
    wrapped,
)
from neuroglot.programs.prettier_folds import Page, folded
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
    Parameter,
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
PAGE = Page(unit=UNIT, width=100)
TYPES = {
    Type.INT: "int",
    Type.BOOL: "bool",
    Type.CHAR: "string",
    Type.STR: "string",
    Type.LIST: "array",
}
OPERATORS = {**C_LIKE, "==": Operator("===", 30), "!=": Operator("!==", 30)}
OPENING = ["<?php", "", "declare(strict_types=1);"]


def code(program: Program, *, style: Style, documented: bool) -> str:
    """The program as a file."""
    return joined(separated([OPENING, _definitions(program, style, documented)]))


def executable(program: Program, *, style: Style, cases: Sequence[Case], token: str) -> str:
    """A script that prints the token after all cases have passed."""
    checks = [
        f"check({n}, {_call(program, style, case)}, {_literal(case.expected)});"
        for n, case in enumerate(cases, 1)
    ]
    main = [*checks, f"echo '{token}', PHP_EOL;"]
    return joined(separated([OPENING, _definitions(program, style, False), CHECK, main]))


CHECK = f"""\
function check(int $number, mixed $found, mixed $expected): void
{{
    if ($found !== $expected) {{
        [$given, $wanted] = [json_encode($found), json_encode($expected)];
        fwrite(STDERR, "case $number: found $given, expected $wanted\\n");
        exit({WRONG_EXIT});
    }}
}}""".splitlines()


def _call(program: Program, style: Style, case: Case) -> str:
    values = [_literal(value) for value in case.arguments]
    entry = camel(program.entry.name)
    if style == PROCEDURAL:
        return f"{entry}({', '.join(values)})"
    held, given = shared_out(program, style, values)
    return f"(new {pascal(program.title)}({', '.join(held)}))->{entry}({', '.join(given)})"


def _literal(value: Value) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return _quoted(value)
        case tuple():
            return f"[{', '.join(map(str, value))}]"
        case _:
            return str(value)


def _quoted(text: str) -> str:
    """In single quotes, unless double ones save escapes: they would spell out variables."""
    double = "'" in text and not set(text) & set('"\\$')
    return quoted(text, '"' if double else "'")


def _definitions(program: Program, style: Style, documented: bool) -> Lines:
    everything = facts(program, style)
    if style == PROCEDURAL:
        functions = separated(_function(each, "function", documented) for each in everything)
        return folded(functions, PAGE)
    entry, helpers = everything[-1], everything[:-1]
    members = [
        _constructor(entry),
        _function(entry, "public function", documented),
        *(_function(each, "private static function", documented) for each in helpers),
    ]
    return folded(_braced(f"class {pascal(program.title)}", separated(members)), PAGE)


def _constructor(entry: Facts) -> Lines:
    fields = [each for each in entry.function.parameters if each.name == entry.field]
    heads = [f"public function __construct(private readonly {_typed(each)})" for each in fields]
    return [line for head in heads for line in _braced(head, [])]


def _function(each: Facts, words: str, documented: bool) -> Lines:
    parameters = ", ".join(map(_typed, each.parameters))
    head = f"{words} {camel(each.function.name)}({parameters}): {TYPES[each.function.returns]}"
    comment = _comment(each) if documented else []
    return comment + _braced(head, _block(each.function.body, each))


def _braced(head: str, body: Lines) -> Lines:
    """A function or a class: its brace opens on a line of its own."""
    return [head, *block("{", body, unit=UNIT)]


def _typed(parameter: Parameter) -> str:
    return f"{TYPES[parameter.type]} ${camel(parameter.name)}"


def _comment(each: Facts) -> Lines:
    purpose = _prose(each.function.purpose)
    lines = wrapped(sentence(f"returns {purpose}"))
    if each.is_entry:
        tags = [
            f"@param {_tag_type(p.type)} ${camel(p.name)} {_prose(p.meaning)}"
            for p in each.parameters
        ]
        tags.append(f"@return {_tag_type(each.function.returns)} {purpose}")
        lines += ["", *(line for tag in tags for line in wrapped(tag, hanging=UNIT))]
    return starred(lines)


def _tag_type(kind: Type) -> str:
    return "int[]" if kind is Type.LIST else TYPES[kind]


def _prose(text: str) -> str:
    return prose(text, lambda name: f"`${camel(name)}`")


def _block(statements: Block, each: Facts) -> Lines:
    return [line for statement in statements for line in _statement(statement, each)]


def _statement(node: Statement, each: Facts) -> Lines:
    def text(expression: Expression) -> str:
        return _expression(expression, each).text

    match node:
        case Declare(name, value) | Assign(name, value):
            return [f"${camel(name)} = {text(value)};"]
        case Update(name, "+" | "-" as operator, Number(1)):
            return [f"${camel(name)}{operator}{operator};"]
        case Update(name, "//", value):
            return [f"${camel(name)} = {text(Binary('//', Variable(name), value))};"]
        case Update(name, operator, value):
            return [f"${camel(name)} {operator}= {text(value)};"]
        case SetItem(name, index, value):
            return [f"${camel(name)}[{text(index)}]{_change(node, each)};"]
        case Append(name, value):
            return [f"${camel(name)}[] = {text(value)};"]
        case Extend(name, Decimal(piece) | piece):
            return [f"${camel(name)} .= {text(piece)};"]
        case Return(value):
            return [f"return {text(value)};"]
        case If():
            return _if(node, each)
        case _:
            return _loop(node, each)


def _change(node: SetItem, each: Facts) -> str:
    match element_update(node):
        case ("+" | "-" as operator, Number(1)):
            return operator * 2
        case (operator, change):
            return f" {operator}= {_expression(change, each).text}"
        case _:
            return f" = {_expression(node.value, each).text}"


def _loop(node: Statement, each: Facts) -> Lines:
    match node:
        case While(condition, body):
            head = f"while ({_expression(condition, each).text}) {{"
        case ForEach(name, sequence, body):
            source = _expression(sequence, each).text
            if each.type_of(sequence) is Type.STR:
                source = f"str_split({source})"
            head = f"foreach ({source} as ${camel(name)}) {{"
        case ForRange(name, start, step=step, body=body):
            counter, size = f"${camel(name)}", abs(step)
            order, stop = limit(node)
            sign = "+" if step > 0 else "-"
            move = f"{counter}{sign}{sign}" if size == 1 else f"{counter} {sign}= {size}"
            first, last = _expression(start, each).text, _expression(stop, each).text
            head = f"for ({counter} = {first}; {counter} {order} {last}; {move}) {{"
        case _:
            raise AssertionError(node)
    return block(head, _block(body, each), unit=UNIT)


def _if(node: If, each: Facts) -> Lines:
    head = f"if ({_expression(node.condition, each).text}) {{"
    lines = [head, *indented(_block(node.then, each), UNIT)]
    match node.otherwise:
        case ():
            return [*lines, "}"]
        case (If() as follower,):
            first, *rest = _if(follower, each)
            return [*lines, f"}} else{first}", *rest]
        case otherwise:
            return [*lines, *block("} else {", _block(otherwise, each), unit=UNIT)]


def _expression(node: Expression, each: Facts) -> Piece:
    def text(part: Expression) -> str:
        return _expression(part, each).text

    match node:
        case Number(value):
            return Piece(str(value), UNARY if value < 0 else 100)
        case Truth(value):
            return Piece("true" if value else "false")
        case Letter(value) | Text(value):
            return Piece(_quoted(value))
        case Variable(name):
            return Piece(f"$this->{camel(name)}" if name == each.field else f"${camel(name)}")
        case Binary("//", left, right):
            return Piece(f"intdiv({text(left)}, {text(right)})")
        case Binary(operator, left, right):
            return binary(operator, (_expression(left, each), _expression(right, each)), OPERATORS)
        case Not(operand):
            return Piece(f"!{_expression(operand, each).at(UNARY)}", UNARY)
        case Negative(operand):
            return Piece(f"-{_expression(operand, each).at(UNARY + 1)}", UNARY)
        case Code(letter):
            return Piece(f"ord({text(letter)})")
        case FromCode(number):
            return Piece(f"chr({text(number)})")
        case Decimal(number):
            return Piece(f"(string) {_expression(number, each).at(UNARY)}", UNARY)
        case Call():
            arguments = ", ".join(map(text, each.arguments(node)))
            return Piece(f"{_callee(node, each)}({arguments})")
        case _:
            return _sequence(node, each)


def _sequence(node: Expression, each: Facts) -> Piece:
    def text(part: Expression) -> str:
        return _expression(part, each).text

    match node:
        case Item(sequence, index):
            return Piece(f"{text(sequence)}[{text(index)}]")
        case Length(sequence):
            function = "strlen" if each.type_of(sequence) is Type.STR else "count"
            return Piece(f"{function}({text(sequence)})")
        case Numbers(items):
            return Piece(f"[{', '.join(map(text, items))}]")
        case Filled(value, count):
            return Piece(f"array_fill(0, {text(count)}, {text(value)})")
        case Copy(sequence):
            return _expression(sequence, each)
    raise AssertionError(node)


def _callee(node: Call, each: Facts) -> str:
    name = camel(node.function)
    if each.style == PROCEDURAL:
        return name
    return f"$this->{name}" if node.function == each.program.entry.name else f"self::{name}"
