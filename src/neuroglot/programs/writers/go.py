"""Writes a program in Go 1.18 or later, as gofmt leaves it, spaces in expressions included.

Procedural: functions of a package. Object-oriented: a struct with a constructor where there is a
field, and a method; helpers are plain functions. Lists are slices, characters are bytes, and a
string that grows is a strings.Builder.
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
    limit,
    shared_out,
    uses,
)
from neuroglot.programs.go_spacing import Term, applied, indexed, operation, plain, prefixed
from neuroglot.programs.layout import (
    ATOM,
    C_LIKE,
    UNARY,
    WRONG_EXIT,
    Case,
    Lines,
    block,
    camel,
    indented,
    joined,
    mentions,
    pascal,
    prose,
    quoted,
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
)

STYLES: tuple[Style, ...] = (PROCEDURAL, OBJECT_ORIENTED)

UNIT = "\t"
TYPES = dict(zip(Type, ("int", "bool", "byte", "string", "[]int"), strict=True))
PACKAGES = ("fmt", "os", "strconv", "strings")
COUNTERS = ("i", "j", "k", "index")


def code(program: Program, *, style: Style, documented: bool) -> str:
    """The program as a package of its own."""
    head = [f"package {program.title.replace('_', '')}"]
    imports = _imports(_definitions(program, style, False))
    return joined(separated([head, imports, _definitions(program, style, documented)]))


def executable(program: Program, *, style: Style, cases: Sequence[Case], token: str) -> str:
    """A main package that prints the token after all cases have passed."""
    kind = program.entry.returns
    checks = [
        f"check({n}, {_call(program, style, case)}, {_literal(case.expected, kind)})"
        for n, case in enumerate(cases, 1)
    ]
    main = block("func main() {", [*checks, f'fmt.Println("{token}")'], unit=UNIT)
    definitions, check = _definitions(program, style, False), _check(kind)
    imports = _imports([*definitions, *check, *main])
    return joined(separated([["package main"], imports, definitions, check, main]))


def _check(kind: Type) -> Lines:
    """Slices cannot be compared, but what is printed of them can."""
    differ = "found != expected"
    if kind is Type.LIST:
        differ = "fmt.Sprint(found) != fmt.Sprint(expected)"
    message = '"case %d: found %v, expected %v\\n", number, found, expected'
    steps = [f"fmt.Fprintf(os.Stderr, {message})", f"os.Exit({WRONG_EXIT})"]
    head = f"func check(number int, found, expected {TYPES[kind]}) {{"
    return block(head, block(f"if {differ} {{", steps, unit=UNIT), unit=UNIT)


def _imports(lines: Lines) -> Lines:
    names = [f'"{name}"' for name in PACKAGES if mentions(lines, name)]
    if len(names) > 1:
        return block("import (", names, unit=UNIT, end=")")
    return [f"import {name}" for name in names]


def _call(program: Program, style: Style, case: Case) -> str:
    kinds = [parameter.type for parameter in program.entry.parameters]
    values = list(map(_literal, case.arguments, kinds))
    title, entry = pascal(program.title), pascal(program.entry.name)
    if style == PROCEDURAL:
        return f"{entry}({', '.join(values)})"
    held, given = shared_out(program, style, values)
    made = f"New{title}({', '.join(held)})" if held else f"{title}{{}}"
    return f"{made}.{entry}({', '.join(given)})"


def _literal(value: Value, kind: Type) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return quoted(value, "'" if kind is Type.CHAR else '"')
        case tuple():
            return f"[]int{{{', '.join(map(str, value))}}}"
        case _:
            return str(value)


def _definitions(program: Program, style: Style, documented: bool) -> Lines:
    everything = facts(program, style)
    if style == PROCEDURAL:
        return separated(_function(each, documented) for each in everything)
    *helpers, entry = everything
    functions = [_function(each, documented) for each in (entry, *helpers)]
    return separated([*_struct(entry), *functions])


def _struct(entry: Facts) -> list[Lines]:
    title = pascal(entry.program.title)
    if entry.field is None:
        return [[f"type {title} struct{{}}"]]
    name, kind = camel(entry.field), TYPES[entry.types[entry.field]]
    head, made = f"func New{title}({name} {kind}) *{title} {{", f"&{title}{{{name}: {name}}}"
    struct = block(f"type {title} struct {{", [f"{name} {kind}"], unit=UNIT)
    return [struct, block(head, [f"return {made}"], unit=UNIT)]


def _function(each: Facts, documented: bool) -> Lines:
    head = " ".join(["func", *_receiver(each), _name(each.function.name, each)])
    head += f"({_parameters(each)}) {TYPES[each.function.returns]} {{"
    comment = _comment(each) if documented else []
    return comment + block(head, _block(each.function.body, each), unit=UNIT)


def _parameters(each: Facts) -> str:
    """Neighbours of one type share its name."""
    words: list[str] = []
    for place, parameter in enumerate(each.parameters):
        following = each.parameters[place + 1 : place + 2]
        shares = bool(following) and following[0].type is parameter.type
        words.append(camel(parameter.name) + ("" if shares else f" {TYPES[parameter.type]}"))
    return ", ".join(words)


def _receiver(each: Facts) -> Lines:
    if each.style == PROCEDURAL or not each.is_entry:
        return []
    pointer = "*" if each.field is not None else ""
    return [f"({_self(each)} {pointer}{pascal(each.program.title)})"]


def _self(each: Facts) -> str:
    """The receiver's name: a letter or the initials of its type, as is the custom."""
    words = each.program.title.split("_")
    names = [words[0][0], "".join(word[0] for word in words), "self"]
    return next(name for name in names if name not in each.types)


def _name(name: str, each: Facts) -> str:
    return pascal(name) if name == each.program.entry.name else camel(name)


def _comment(each: Facts) -> Lines:
    """A truth is reported, everything else returned."""
    purpose = prose(each.function.purpose, camel)
    verb = "reports" if purpose.startswith("whether ") else "returns"
    lines = wrapped(f"{_name(each.function.name, each)} {verb} {purpose}.", width=77)
    if each.is_entry and each.parameters:
        meanings = [f"  - {camel(p.name)}: {prose(p.meaning, camel)}" for p in each.parameters]
        items = [wrapped(each, width=77, hanging="    ") for each in meanings]
        lines += ["", *(line for item in items for line in item)]
    return [f"// {line}".rstrip() for line in lines]


def _block(statements: Block, each: Facts) -> Lines:
    return [line for statement in statements for line in _statement(statement, each)]


def _statement(node: Statement, each: Facts) -> Lines:
    def text(expression: Expression, depth: int = 1) -> str:
        return _expression(expression, each).spelled(depth)

    match node:
        case Declare(name, value):
            return _declare(name, value, each)
        case Assign(name, Text("")) if name in each.built:
            return [f"{camel(name)}.Reset()"]
        case Assign(name, Numbers(())):
            return [f"{camel(name)} = nil"]
        case Assign(name, value):
            return [f"{camel(name)} = {text(value)}", *_filling(name, value, each)]
        case Update(name, "+" | "-" as operator, Number(1)):
            return [f"{camel(name)}{operator}{operator}"]
        case Update(name, operator, value):
            return [f"{camel(name)} {C_LIKE[operator].spelling}= {text(value)}"]
        case SetItem(name, index, value):
            return [f"{camel(name)}[{text(index, 2)}]{_change(node, value, each)}"]
        case Append(name, value):
            return [f"{camel(name)} = append({camel(name)}, {text(value, 2)})"]
        case Extend(name, piece):
            kind = "Byte" if each.type_of(piece) is Type.CHAR else "String"
            return [f"{camel(name)}.Write{kind}({text(piece)})"]
        case Return(value):
            return [f"return {text(value)}"]
        case If():
            return _if(node, each)
        case _:
            return _loop(node, each)


def _change(node: SetItem, value: Expression, each: Facts) -> str:
    match element_update(node):
        case ("+" | "-" as operator, Number(1)):
            return operator * 2
        case (operator, change):
            return f" {operator}= {_expression(change, each).text}"
        case _:
            return f" = {_expression(value, each).text}"


def _declare(name: str, value: Expression, each: Facts) -> Lines:
    if name in each.built:
        return [f"var {camel(name)} strings.Builder"]
    source = _expression(value, each).text
    match value:
        case Numbers(()):
            return [f"var {camel(name)} []int"]
        case Letter():
            source = f"byte({source})"
    return [f"{camel(name)} := {source}", *_filling(name, value, each)]


def _filling(name: str, value: Expression, each: Facts) -> Lines:
    """A slice is made of zeros; any other value is filled in afterwards."""
    if not isinstance(value, Filled) or value.value == Number(0):
        return []
    i = next(counter for counter in COUNTERS if counter not in each.types)
    item = f"{camel(name)}[{i}] = {_expression(value.value, each).text}"
    return block(f"for {i} := range {camel(name)} {{", [item], unit=UNIT)


def _loop(node: Statement, each: Facts) -> Lines:
    match node:
        case While(condition, body):
            head = f"for {_expression(condition, each).text} {{"
        case ForEach(name, sequence, body):
            source = _expression(sequence, each).text
            if each.type_of(sequence) is Type.STR:
                source = f"[]byte({source})"
            head = f"for _, {camel(name)} := range {source} {{"
        case ForRange(body=body):
            head = f"for {_count(node, each)} {{"
        case _:
            raise AssertionError(node)
    return block(head, _block(body, each), unit=UNIT)


def _count(node: ForRange, each: Facts) -> str:
    counter, size = camel(node.name), abs(node.step)
    match node:
        case ForRange(_, Number(0), Length(values), 1, False) if each.type_of(values) is Type.LIST:
            named = f"{counter} := " if is_read(node.name, node.body) else ""
            return f"{named}range {_expression(values, each).text}"
    sign = "+" if node.step > 0 else "-"
    move = f"{counter}{sign}{sign}" if size == 1 else f"{counter} {sign}= {size}"
    order, last = limit(node)
    goes_on = operation(order, (plain(counter), _expression(last, each))).text
    return f"{counter} := {_expression(node.start, each).text}; {goes_on}; {move}"


def _if(node: If, each: Facts) -> Lines:
    head = f"if {_expression(node.condition, each).text} {{"
    lines = [head, *indented(_block(node.then, each), UNIT)]
    match node.otherwise:
        case ():
            return [*lines, "}"]
        case (If() as follower,):
            first, *rest = _if(follower, each)
            return [*lines, f"}} else {first}", *rest]
        case otherwise:
            return [*lines, *block("} else {", _block(otherwise, each), unit=UNIT)]


def _expression(node: Expression, each: Facts) -> Term:
    def part(expression: Expression) -> Term:
        return _expression(expression, each)

    match node:
        case Number(value):
            return plain(str(value), UNARY if value < 0 else ATOM)
        case Truth(value):
            return plain("true" if value else "false")
        case Letter(value):
            return plain(quoted(value, "'"))
        case Text(value):
            return plain(quoted(value, '"'))
        case Variable(name):
            return plain(_variable(name, each))
        case Binary(operator, left, right):
            return operation(operator, _sides(left, right, each))
        case Not(operand):
            return prefixed("!", part(operand).at(UNARY))
        case Negative(operand):
            return prefixed("-", part(operand).at(UNARY + 1))
        case Code(letter):
            return applied("int", [part(letter)])
        case FromCode(
            Binary("+" | "-" as operator, Code(Variable() as letter), Number() as change)
        ):
            return operation(operator, (part(letter), part(change)))
        case FromCode(number):
            return applied("byte", [part(number)])
        case Decimal(number):
            return applied("strconv.Itoa", [part(number)])
        case Call(function):
            own = _receiver(each) and function == each.function.name
            owner = f"{_self(each)}." if own else ""
            return applied(owner + _name(function, each), list(map(part, each.arguments(node))))
        case _:
            return _sequence(node, each)


def _variable(name: str, each: Facts) -> str:
    if name == each.field:
        return f"{_self(each)}.{camel(name)}"
    return camel(name) + (".String()" if name in each.built else "")


def _sequence(node: Expression, each: Facts) -> Term:
    def part(expression: Expression) -> Term:
        return _expression(expression, each)

    match node:
        case Item(sequence, index):
            return indexed(part(sequence), part(index))
        case Length(Variable(name)) if name in each.built:
            return plain(f"{camel(name)}.Len()")
        case Length(sequence):
            return applied("len", [part(sequence)])
        case Numbers(items):
            return plain(f"[]int{{{', '.join(part(item).text for item in items)}}}")
        case Filled(_, count):
            return applied("make", [plain("[]int"), part(count)])
        case Copy(sequence):
            return plain(f"append([]int{{}}, {part(sequence).text}...)")
    raise AssertionError(node)


def _sides(left: Expression, right: Expression, each: Facts) -> tuple[Term, Term]:
    """A character's code needs no conversion beside an integer that is no constant."""

    def side(expression: Expression, beside: Expression) -> Term:
        match expression:
            case Code(Letter() as letter) if uses(beside, Variable, Call):
                return _expression(letter, each)
        return _expression(expression, each)

    return side(left, right), side(right, left)
