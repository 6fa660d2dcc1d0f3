"""Writes a program in Java 11 or later, four spaces, one class without a modifier.

Procedural: static methods. Object-oriented: a final field and a constructor where there is a
subject. Lists are `int[]` in a program that never appends, else `List<Integer>`; a string that
grows is a `StringBuilder`.
"""

from collections.abc import Iterable, Sequence

from neuroglot.programs.facts import (
    OBJECT_ORIENTED,
    PROCEDURAL,
    Facts,
    Style,
    appends,
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
    Piece,
    binary,
    block,
    camel,
    indented,
    joined,
    mentions,
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
TYPES = {Type.INT: "int", Type.BOOL: "boolean", Type.CHAR: "char", Type.STR: "String"}
IMPORTS = ("ArrayList", "Arrays", "Collections", "List", "Objects")
"""Names of java.util that may occur, in the order of imports."""


def code(program: Program, *, style: Style, documented: bool) -> str:
    """The program as a file: imports and one class."""
    imports = _imports(_class(program, style, False))
    return joined(separated([imports, _class(program, style, documented)]))


def executable(program: Program, *, style: Style, cases: Sequence[Case], token: str) -> str:
    """A file Main.java that prints the token after all cases have passed."""
    checks = [
        f"check({n}, {_call(program, style, case)}, {_result(case.expected, program)});"
        for n, case in enumerate(cases, 1)
    ]
    main = block(
        "public static void main(String[] args) {",
        [*checks, f'System.out.println("{token}");'],
        unit=UNIT,
    )
    lists = program.entry.returns is Type.LIST and not appends(program)
    runner = block("public class Main {", separated([_check(lists), main]), unit=UNIT)
    definition = _class(program, style, False)
    return joined(separated([_imports(definition + runner), definition, runner]))


def _check(arrays: bool) -> Lines:
    kind = "int[]" if arrays else "Object"
    same = "Arrays.equals(found, expected)" if arrays else "Objects.equals(found, expected)"
    show = "Arrays.toString({})" if arrays else "{}"
    message = f'"case " + number + ": found " + {show} + ", expected " + {show}'
    failure = block(
        f"if (!{same}) {{",
        [
            f"System.err.println({message.format('found', 'expected')});",
            f"System.exit({WRONG_EXIT});",
        ],
        unit=UNIT,
    )
    head = f"private static void check(int number, {kind} found, {kind} expected) {{"
    return block(head, failure, unit=UNIT)


def _imports(lines: Lines) -> Lines:
    return [f"import java.util.{name};" for name in IMPORTS if mentions(lines, name)]


def _call(program: Program, style: Style, case: Case) -> str:
    values = [
        _literal(value, parameter.type, program)
        for value, parameter in zip(case.arguments, program.entry.parameters, strict=True)
    ]
    title, entry = pascal(program.title), camel(program.entry.name)
    if style == PROCEDURAL:
        return f"{title}.{entry}({', '.join(values)})"
    held, given = shared_out(program, style, values)
    return f"new {title}({', '.join(held)}).{entry}({', '.join(given)})"


def _result(value: Value, program: Program) -> str:
    return _literal(value, program.entry.returns, program)


def _literal(value: Value, kind: Type, program: Program) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return quoted(value, "'" if kind is Type.CHAR else '"')
        case tuple():
            items = ", ".join(map(str, value))
            return f"List.of({items})" if appends(program) else f"new int[] {{{items}}}"
        case _:
            return str(value)


def _class(program: Program, style: Style, documented: bool) -> Lines:
    *helpers, entry = facts(program, style)
    members = [_constructor(entry), *(_method(each, documented) for each in (entry, *helpers))]
    return block(f"class {pascal(program.title)} {{", separated(members), unit=UNIT)


def _constructor(entry: Facts) -> Lines:
    if entry.field is None:
        return []
    kind, name = _type(entry.types[entry.field], entry), camel(entry.field)
    head = f"{pascal(entry.program.title)}({kind} {name}) {{"
    body = block(head, [f"this.{name} = {name};"], unit=UNIT)
    return [f"private final {kind} {name};", "", *body]


def _method(each: Facts, documented: bool) -> Lines:
    function = each.function
    words = ["public" if each.is_entry else "private"]
    if each.style == PROCEDURAL or not each.is_entry:
        words.append("static")
    parameters = ", ".join(f"{_type(p.type, each)} {camel(p.name)}" for p in each.parameters)
    words.append(_type(function.returns, each))
    head = f"{' '.join(words)} {camel(function.name)}({parameters}) {{"
    comment = _comment(each) if documented else []
    return comment + block(head, _block(function.body, each), unit=UNIT)


def _comment(each: Facts) -> Lines:
    purpose = prose(each.function.purpose, _code_tag)
    lines = wrapped(sentence(f"returns {purpose}"))
    if each.is_entry:
        tags = [f"@param {camel(p.name)} {prose(p.meaning, _code_tag)}" for p in each.parameters]
        tags.append(f"@return {purpose}")
        lines += ["", *(line for tag in tags for line in wrapped(tag, hanging=UNIT))]
    return starred(lines)


def _code_tag(name: str) -> str:
    return f"{{@code {camel(name)}}}"


def _type(kind: Type, each: Facts) -> str:
    if kind is Type.LIST:
        return "List<Integer>" if appends(each.program) else "int[]"
    return TYPES[kind]


def _block(statements: Block, each: Facts) -> Lines:
    return [line for statement in statements for line in _statement(statement, each)]


def _statement(node: Statement, each: Facts) -> Lines:
    def text(expression: Expression) -> str:
        return _expression(expression, each).text

    match node:
        case Declare(name, value):
            return _declare(name, value, each)
        case Assign(name, Text("")) if name in each.built:
            return [f"{camel(name)}.setLength(0);"]
        case Assign(name, value):
            return [f"{camel(name)} = {text(value)};", *_filling(name, value, each)]
        case Update(name, "+" | "-" as operator, Number(1)):
            return [f"{camel(name)}{operator}{operator};"]
        case Update(name, operator, value):
            return [f"{camel(name)} {C_LIKE[operator].spelling}= {text(value)};"]
        case SetItem(name, index, value) if appends(each.program):
            return [f"{camel(name)}.set({text(index)}, {_boxed(value, each)});"]
        case SetItem(name, index, value):
            return [f"{camel(name)}[{text(index)}]{_change(node, value, each)};"]
        case Append(name, value):
            return [f"{camel(name)}.add({_boxed(value, each)});"]
        case Extend(name, Decimal(number)):
            return [f"{camel(name)}.append({_boxed(number, each)});"]
        case Extend(name, piece):
            return [f"{camel(name)}.append({text(piece)});"]
        case Return(value):
            return [f"return {text(value)};"]
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


def _loop(node: Statement, each: Facts) -> Lines:
    match node:
        case While(condition, body):
            head = f"while ({_expression(condition, each).text}) {{"
        case ForEach(name, sequence, body):
            source = _expression(sequence, each).text
            is_list = each.type_of(sequence) is Type.LIST
            elements = f"int {camel(name)} : {source}"
            letters = f"char {camel(name)} : {source}.toCharArray()"
            head = f"for ({elements if is_list else letters}) {{"
        case ForRange(name, start, step=step, body=body):
            counter, size = camel(name), abs(step)
            order, stop = limit(node)
            sign = "+" if step > 0 else "-"
            move = f"{counter}{sign}{sign}" if size == 1 else f"{counter} {sign}= {size}"
            first, last = _expression(start, each).text, _expression(stop, each).text
            head = f"for (int {counter} = {first}; {counter} {order} {last}; {move}) {{"
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
            return [*lines, f"}} else {first}", *rest]
        case otherwise:
            return [*lines, *block("} else {", _block(otherwise, each), unit=UNIT)]


def _declare(name: str, value: Expression, each: Facts) -> Lines:
    if name in each.built:
        return [f"StringBuilder {camel(name)} = new StringBuilder();"]
    kind = _type(each.types[name], each)
    source = _expression(value, each).text
    if isinstance(value, Numbers) and kind == "int[]":
        source = source.removeprefix("new int[] ")
    return [f"{kind} {camel(name)} = {source};", *_filling(name, value, each)]


def _filling(name: str, value: Expression, each: Facts) -> Lines:
    """An array begins with zeros; any other value is filled in afterwards."""
    if not isinstance(value, Filled) or appends(each.program) or value.value == Number(0):
        return []
    return [f"Arrays.fill({camel(name)}, {_expression(value.value, each).text});"]


def _boxed(value: Expression, each: Facts) -> str:
    """An integer where the type is not stated: a character's code has to be named an integer."""
    text = _expression(value, each).text
    return f"(int) {text}" if isinstance(value, Code) else text


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
            return Piece(camel(name) + (".toString()" if name in each.built else ""))
        case Binary():
            return _binary(node, each)
        case Not(operand):
            return Piece(f"!{_expression(operand, each).at(UNARY)}", UNARY)
        case Negative(operand):
            return Piece(f"-{_expression(operand, each).at(UNARY + 1)}", UNARY)
        case Code(letter):
            return _expression(letter, each)
        case FromCode(number):
            return Piece(f"(char) {_expression(number, each).at(UNARY + 1)}", UNARY)
        case Decimal(number):
            return Piece(f"String.valueOf({_boxed(number, each)})")
        case Call():
            arguments = ", ".join(map(text, each.arguments(node)))
            return Piece(f"{camel(node.function)}({arguments})")
        case _:
            return _sequence(node, each)


def _sequence(node: Expression, each: Facts) -> Piece:
    def texts(parts: Iterable[Expression]) -> str:
        return ", ".join(_expression(part, each).text for part in parts)

    lists = appends(each.program)
    match node:
        case Item(Variable(name), index):
            if each.types[name] is Type.STR:
                return Piece(f"{camel(name)}.charAt({texts([index])})")
            return Piece(
                f"{camel(name)}" + (f".get({texts([index])})" if lists else f"[{texts([index])}]")
            )
        case Length(Variable(name)):
            if each.types[name] is Type.STR:
                return Piece(f"{camel(name)}.length()")
            return Piece(f"{camel(name)}" + (".size()" if lists else ".length"))
        case Numbers(()) if lists:
            return Piece("new ArrayList<>()")
        case Numbers(items):
            new = f"new ArrayList<>(List.of({texts(items)}))"
            return Piece(new if lists else f"new int[] {{{texts(items)}}}")
        case Filled(value, count) if lists:
            return Piece(f"new ArrayList<>(Collections.nCopies({texts([count, value])}))")
        case Filled(_, count):
            return Piece(f"new int[{texts([count])}]")
        case Copy(sequence):
            source = texts([sequence])
            return Piece(f"new ArrayList<>({source})" if lists else f"{source}.clone()")
    raise AssertionError(node)


def _binary(node: Binary, each: Facts) -> Piece:
    sides = _expression(node.left, each), _expression(node.right, each)
    if node.operator in ("==", "!=") and _are_objects(node, each):
        negated = "!" if node.operator == "!=" else ""
        return Piece(
            f"{negated}{sides[0].at(UNARY)}.equals({sides[1].text})", UNARY if negated else 100
        )
    return binary(node.operator, sides, C_LIKE)


def _are_objects(node: Binary, each: Facts) -> bool:
    """Strings, and elements of a `List<Integer>` on both sides: `==` would compare references."""
    if each.type_of(node.left) is Type.STR:
        return True
    boxed = [
        isinstance(side, Item) and each.types[side.sequence.name] is Type.LIST
        for side in (node.left, node.right)
    ]
    return all(boxed) and appends(each.program)
