"""Writes a program in C++17, four spaces, braces on the line, names as in the standard library.

Procedural: functions, the helpers static. Object-oriented: a class, its subject in a private member
`values_`. Lists are `std::vector<int>`, strings `std::string`. A counter that runs up to a size and
only ever indexes is a `std::size_t`; every other number is an `int`, and sizes are cast to it.
"""

import re
from collections.abc import Sequence

from neuroglot.programs.facts import (
    OBJECT_ORIENTED,
    PROCEDURAL,
    Facts,
    Style,
    element_update,
    facts,
    shared_out,
)
from neuroglot.programs.folding import WIDTH, folded
from neuroglot.programs.layout import (
    C_LIKE,
    UNARY,
    WRONG_EXIT,
    Case,
    Lines,
    Piece,
    binary,
    block,
    indented,
    joined,
    mentions,
    pascal,
    prose,
    quoted,
    sentence,
    separated,
    wrapped,
)
from neuroglot.programs.positions import positions
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
    Type.INT: "int",
    Type.BOOL: "bool",
    Type.CHAR: "char",
    Type.STR: "std::string",
    Type.LIST: "std::vector<int>",
}
HEADERS = {
    "cstddef": ("std::size_t",),
    "cstdlib": ("std::exit",),
    "iostream": ("std::cout", "std::cerr"),
    "string": ("std::string", "std::to_string"),
    "utility": ("std::move",),
    "vector": ("std::vector",),
}
SHOWN = """\
static std::string shown(const std::vector<int>& values) {
    std::string text;
    for (int value : values) {
        text += " " + std::to_string(value);
    }
    return text;
}"""
COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")


def code(program: Program, *, style: Style, documented: bool) -> str:
    """The program as a file: headers, then functions or one class."""
    headers = _headers(_definitions(program, style, False))
    return joined(separated([headers, _definitions(program, style, documented)]))


def executable(program: Program, *, style: Style, cases: Sequence[Case], token: str) -> str:
    """A file that prints the token after all cases have passed."""
    checks = [
        f"check({n}, {_call(program, style, case)}, "
        f"{_literal(case.expected, program.entry.returns)});"
        for n, case in enumerate(cases, 1)
    ]
    output = f'std::cout << "{token}\\n";'
    runner = [_check(program.entry.returns), block("int main() {", [*checks, output], unit=UNIT)]
    everything = separated([_definitions(program, style, False), *runner])
    return joined(separated([_headers(everything), everything]))


def _check(kind: Type) -> Lines:
    show, shown = "{}", []
    if kind is Type.LIST:
        show = "shown({})"
        each = block("for (int value : values) {", ['text += " " + std::to_string(value);'],
                     unit=UNIT)  # fmt: skip
        head = f"static std::string shown({_parameter('values', kind)}) {{"
        shown = [*block(head, ["std::string text;", *each, "return text;"], unit=UNIT), ""]
    message = f'": found " << {show.format("found")} << ", expected " << {show.format("expected")}'
    complaint = f'std::cerr << "case " << number << {message} << "\\n";'
    test = block("if (found != expected) {", [complaint, f"std::exit({WRONG_EXIT});"], unit=UNIT)
    head = f"static void check(int number, {_parameter('found', kind)}, "
    return shown + block(f"{head}{_parameter('expected', kind)}) {{", test, unit=UNIT)


def _call(program: Program, style: Style, case: Case) -> str:
    kinds = [parameter.type for parameter in program.entry.parameters]
    values = [_literal(*each) for each in zip(case.arguments, kinds, strict=True)]
    if style == PROCEDURAL:
        return f"{program.entry.name}({', '.join(values)})"
    held, given = shared_out(program, style, values)
    return f"{pascal(program.title)}({', '.join(held)}).{program.entry.name}({', '.join(given)})"


def _literal(value: Value, kind: Type) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return quoted(value, "'" if kind is Type.CHAR else '"')
        case tuple():
            return f"std::vector<int>{{{', '.join(map(str, value))}}}"
        case _:
            return str(value)


def _headers(lines: Lines) -> Lines:
    return [
        f"#include <{header}>"
        for header, names in HEADERS.items()
        if any(mentions(lines, name) for name in names)
    ]


def _definitions(program: Program, style: Style, documented: bool) -> Lines:
    everything = facts(program, style)
    if style == PROCEDURAL:
        return folded(separated(_function(each, documented) for each in everything))
    *helpers, entry = everything
    members = [_constructor(entry), _function(entry, documented)]
    hidden = [_function(each, documented) for each in helpers]
    if entry.field:
        hidden.append([f"{TYPES[entry.types[entry.field]]} {entry.field}_;"])
    sections = [["public:", *indented(separated(members), UNIT)]]
    if hidden:
        sections.append(["private:", *indented(separated(hidden), UNIT)])
    return folded([f"class {pascal(program.title)} {{", *separated(sections), "};"])


def _constructor(entry: Facts) -> Lines:
    """Takes the subject by value, and moves what is dear to copy."""
    if entry.field is None:
        return []
    name, kind = entry.field, entry.types[entry.field]
    value = f"std::move({name})" if kind in (Type.STR, Type.LIST) else name
    head = f"explicit {pascal(entry.program.title)}({TYPES[kind]} {name})"
    beginning = f": {name}_({value}) {{}}"
    on_one_line = len(UNIT + head + beginning) < WIDTH
    return [f"{head} {beginning}"] if on_one_line else [head, UNIT + beginning]


def _function(each: Facts, documented: bool) -> Lines:
    function = each.function
    parameters = ", ".join(_parameter(p.name, p.type) for p in each.parameters)
    static = "" if each.is_entry else "static "
    const = " const" if each.is_entry and each.style == OBJECT_ORIENTED else ""
    head = f"{static}{TYPES[function.returns]} {function.name}({parameters}){const} {{"
    comment = _comment(each) if documented else []
    return comment + block(head, _block(function.body, each), unit=UNIT)


def _parameter(name: str, kind: Type) -> str:
    by_reference = kind in (Type.STR, Type.LIST)
    return f"const {TYPES[kind]}& {name}" if by_reference else f"{TYPES[kind]} {name}"


def _comment(each: Facts) -> Lines:
    purpose = prose(each.function.purpose, _ticked)
    lines = wrapped(sentence(f"returns {purpose}"))
    if each.is_entry:
        tags = [f"@param {p.name} {prose(p.meaning, _ticked)}" for p in each.parameters]
        tags.append(f"@return {purpose}")
        lines += ["", *(line for tag in tags for line in wrapped(tag, hanging=UNIT))]
    return [f"/// {line}".rstrip() for line in lines]


def _ticked(name: str) -> str:
    return f"`{name}`"


def _block(statements: Block, each: Facts) -> Lines:
    return [line for statement in statements for line in _statement(statement, each)]


def _statement(node: Statement, each: Facts) -> Lines:
    def text(expression: Expression) -> str:
        return _expression(expression, each).text

    match node:
        case Declare(name, value):
            return [f"{TYPES[each.types[name]]} {name}{_beginning(value, each)};"]
        case Assign(name, Numbers(()) | Text("")):
            return [f"{name}.clear();"]
        case Assign(name, Numbers(items)):
            return [f"{name} = {_braced(items, each)};"]
        case Assign(name, Filled(value, count)):
            return [f"{name}.assign({_index(count, each)}, {text(value)});"]
        case Assign(name, value):
            return [f"{name} = {text(value)};"]
        case Update(name, "+" | "-" as operator, Number(1)):
            return [f"{operator}{operator}{name};"]
        case Update(name, operator, value):
            return [f"{name} {C_LIKE[operator].spelling}= {text(value)};"]
        case SetItem(name, index, value):
            return [_change(node, f"{name}[{_index(index, each)}]", value, each)]
        case Append(name, value):
            return [f"{name}.push_back({text(value)});"]
        case Extend(name, piece):
            return [f"{name} += {text(piece)};"]
        case Return(Numbers(items)):
            return [f"return {_braced(items, each)};"]
        case Return(value):
            return [f"return {text(value)};"]
        case If():
            return _if(node, each)
        case _:
            return _loop(node, each)


def _beginning(value: Expression, each: Facts) -> str:
    """What follows the name in a declaration."""
    match value:
        case Text("") | Numbers(()):
            return ""
        case Numbers(items):
            return f" = {_braced(items, each)}"
        case Filled(element, count):
            return f"({_index(count, each)}, {_expression(element, each).text})"
        case _:
            return f" = {_expression(value, each).text}"


def _braced(items: Sequence[Expression], each: Facts) -> str:
    return f"{{{', '.join(_expression(item, each).text for item in items)}}}"


def _change(node: SetItem, place: str, value: Expression, each: Facts) -> str:
    match element_update(node):
        case ("+" | "-" as operator, Number(1)):
            return f"{operator}{operator}{place};"
        case (operator, change):
            return f"{place} {operator}= {_expression(change, each).text};"
        case _:
            return f"{place} = {_expression(value, each).text};"


def _loop(node: Statement, each: Facts) -> Lines:
    match node:
        case While(condition, body):
            head = f"while ({_expression(condition, each).text}) {{"
        case ForEach(name, sequence, body):
            kind = "int" if each.types[sequence.name] is Type.LIST else "char"
            head = f"for ({kind} {name} : {_expression(sequence, each).text}) {{"
        case ForRange(body=body):
            head = f"for ({_count(node, each)}) {{"
        case _:
            raise AssertionError(node)
    return block(head, _block(body, each), unit=UNIT)


def _count(loop: ForRange, each: Facts) -> str:
    name, size = loop.name, abs(loop.step)
    order = ("<" if loop.step > 0 else ">") + ("=" if loop.inclusive else "")
    sign = "+" if loop.step > 0 else "-"
    move = f"{sign}{sign}{name}" if size == 1 else f"{name} {sign}= {size}"
    start, stop = _expression(loop.start, each).text, _expression(loop.stop, each).text
    if name not in positions(each.function.body):
        return f"int {name} = {start}; {name} {order} {stop}; {move}"
    reached = name
    if isinstance(loop.stop, Binary):
        stop, less = stop.rsplit(" - ", 1)
        reached = f"{name} + {less}"
    return f"std::size_t {name} = {start}; {reached} {order} {_unsigned(stop)}; {move}"


def _if(node: If, each: Facts) -> Lines:
    head = f"if ({_expression(node.condition, each).text}) {{"
    lines = [head, *indented(_block(node.then, each), UNIT)]
    match node.otherwise:
        case ():
            return [*lines, "}"]
        case (If() as follower,):
            first, *rest = _if(follower, each)
            return [*lines, f"}} else {first}", *rest]
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
        case Letter(value):
            return Piece(quoted(value, "'"))
        case Text(value):
            return Piece(quoted(value, '"'))
        case Variable(name):
            return Piece(f"{name}_" if name == each.field else name)
        case Binary():
            return _binary(node, each)
        case Not(operand):
            return Piece(f"!{_expression(operand, each).at(UNARY)}", UNARY)
        case Negative(operand):
            return Piece(f"-{_expression(operand, each).at(UNARY + 1)}", UNARY)
        case Item(sequence, Binary("-", Length(length), Number(1))) if sequence == length:
            return Piece(f"{text(sequence)}.back()")
        case Item(sequence, index):
            return Piece(f"{text(sequence)}[{_index(index, each)}]")
        case Length(sequence):
            return Piece(f"static_cast<int>({text(sequence)}.size())")
        case Code(letter):
            return _expression(letter, each)
        case FromCode(number):
            return Piece(f"static_cast<char>({text(number)})")
        case Decimal(number):
            return Piece(f"std::to_string({text(number)})")
        case Copy(sequence):
            return _expression(sequence, each)
        case Call():
            return Piece(f"{node.function}({', '.join(map(text, each.arguments(node)))})")
        case _:
            raise AssertionError(node)


def _binary(node: Binary, each: Facts) -> Piece:
    match node:
        case Binary("==" | "!=" | ">" as operator, Length(sequence), Number(0)):
            sign = "" if operator == "==" else "!"
            empty = f"{sign}{_expression(sequence, each).text}.empty()"
            return Piece(empty, UNARY if sign else 100)
    sides = _expression(node.left, each), _expression(node.right, each)
    joint = binary(node.operator, sides, C_LIKE)
    if node.operator in COMPARISONS and all(map(_is_size, (node.left, node.right))):
        return Piece(_unsigned(joint.text), joint.level)
    return joint


def _is_size(side: Expression) -> bool:
    return isinstance(side, Length) or (isinstance(side, Number) and side.value >= 0)


def _index(index: Expression, each: Facts) -> str:
    """An index or a count of elements."""
    return _unsigned(_expression(index, each).text)


def _unsigned(text: str) -> str:
    """Sizes as they are: among indices and sizes alone they need no cast."""
    return re.sub(r"static_cast<int>\((\w+\.size\(\))\)", r"\1", text)
