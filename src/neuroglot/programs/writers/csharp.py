"""Writes a program in C# 7.0, four spaces, braces on lines of their own, one public class.

Procedural: a static class. Object-oriented: a readonly field `_values` and a constructor where
there is a subject. Lists are `int[]` in a program that never appends, else `List<int>`; a string
that grows is a `StringBuilder`. A local is `var` where its value names the type.
"""

from collections.abc import Sequence
from html import escape

from neuroglot.programs.facts import (
    OBJECT_ORIENTED,
    PROCEDURAL,
    Facts,
    Style,
    appends,
    element_update,
    facts,
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
    joined,
    mentions,
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
)

STYLES: tuple[Style, ...] = (PROCEDURAL, OBJECT_ORIENTED)

UNIT = "    "
TYPES = {Type.INT: "int", Type.BOOL: "bool", Type.CHAR: "char", Type.STR: "string"}
NAMESPACES = {
    "System": ("Console", "Environment"),
    "System.Collections.Generic": ("List",),
    "System.Linq": ("Enumerable",),
    "System.Text": ("StringBuilder",),
}


def code(program: Program, *, style: Style, documented: bool) -> str:
    """The program as a file: usings and one class."""
    usings = _usings(_class(program, style, False))
    return joined(separated([usings, _class(program, style, documented)]))


def executable(program: Program, *, style: Style, cases: Sequence[Case], token: str) -> str:
    """A file whose class Program prints the token after all cases have passed."""
    returns = program.entry.returns
    checks = [
        f"Check({n}, {_call(program, style, case)}, {_literal(case.expected, returns, program)});"
        for n, case in enumerate(cases, 1)
    ]
    main = _braces("public static void Main()", [*checks, f'Console.WriteLine("{token}");'])
    runner = _braces("public static class Program", separated([_check(program), main]))
    definition = _class(program, style, False)
    return joined(separated([_usings(definition + runner), definition, runner]))


def _check(program: Program) -> Lines:
    kind = _type(program.entry.returns, program)
    lists = program.entry.returns is Type.LIST
    differ = "!Enumerable.SequenceEqual(found, expected)" if lists else "found != expected"
    shown = ['string.Join(", ", found)', 'string.Join(", ", expected)']
    values = ", ".join(["number", *(shown if lists else ["found", "expected"])])
    failure = [
        f'Console.Error.WriteLine("case {{0}}: found {{1}}, expected {{2}}", {values});',
        f"Environment.Exit({WRONG_EXIT});",
    ]
    head = f"private static void Check(int number, {kind} found, {kind} expected)"
    return _braces(head, _braces(f"if ({differ})", failure))


def _usings(lines: Lines) -> Lines:
    return [
        f"using {namespace};"
        for namespace, names in NAMESPACES.items()
        if any(mentions(lines, name) for name in names)
    ]


def _call(program: Program, style: Style, case: Case) -> str:
    values = [
        _literal(value, parameter.type, program)
        for value, parameter in zip(case.arguments, program.entry.parameters, strict=True)
    ]
    title, entry = pascal(program.title), pascal(program.entry.name)
    if style == PROCEDURAL:
        return f"{title}.{entry}({', '.join(values)})"
    held, given = shared_out(program, style, values)
    return f"new {title}({', '.join(held)}).{entry}({', '.join(given)})"


def _literal(value: Value, kind: Type, program: Program) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return quoted(value, "'" if kind is Type.CHAR else '"')
        case tuple():
            return _new_list([str(item) for item in value], program)
        case _:
            return str(value)


def _new_list(items: Sequence[str], program: Program) -> str:
    kind = "List<int>" if appends(program) else "int[]"
    if items:
        return f"new {kind} {{ {', '.join(items)} }}"
    return "new List<int>()" if appends(program) else "new int[0]"


def _braces(head: str, body: Lines) -> Lines:
    return [head, *block("{", body, unit=UNIT)]


def _class(program: Program, style: Style, documented: bool) -> Lines:
    *helpers, entry = facts(program, style)
    members = [_constructor(entry), *(_method(each, documented) for each in (entry, *helpers))]
    static = "static " if style == PROCEDURAL else ""
    return _braces(f"public {static}class {pascal(program.title)}", separated(members))


def _constructor(entry: Facts) -> Lines:
    if entry.field is None:
        return []
    kind, name = _type(entry.types[entry.field], entry.program), camel(entry.field)
    body = _braces(f"public {pascal(entry.program.title)}({kind} {name})", [f"_{name} = {name};"])
    return [f"private readonly {kind} _{name};", "", *body]


def _method(each: Facts, documented: bool) -> Lines:
    function = each.function
    words = ["public" if each.is_entry else "private"]
    if each.style == PROCEDURAL or not each.is_entry:
        words.append("static")
    parameters = ", ".join(
        f"{_type(p.type, each.program)} {camel(p.name)}" for p in each.parameters
    )
    words.append(_type(function.returns, each.program))
    head = f"{' '.join(words)} {pascal(function.name)}({parameters})"
    comment = _comment(each) if documented else []
    return comment + _braces(head, _block(function.body, each))


def _comment(each: Facts) -> Lines:
    purpose = sentence(f"returns {_prose(each.function.purpose, each)}")
    lines = ["<summary>", *wrapped(purpose, width=90), "</summary>"]
    if each.is_entry:
        for parameter in each.parameters:
            head = f'param name="{camel(parameter.name)}"'
            lines += _element(head, _prose(parameter.meaning, each))
        lines += _element("returns", _prose(each.function.purpose, each))
    return [f"/// {line}".replace("\xa0", " ") for line in lines]


def _element(head: str, phrase: str) -> Lines:
    """An element on one line if it fits, else its tags on lines of their own."""
    text, end = sentence(phrase), f"</{head.partition(' ')[0]}>"
    line = f"<{head}>{text}{end}"
    return [line] if len(line) <= 90 else [f"<{head}>", *wrapped(text, width=90), end]


def _prose(text: str, each: Facts) -> str:
    """A phrase as XML. Parameters are referred to; spaces inside a tag do not break a line."""
    return prose(
        escape(text, quote=False),
        lambda name: (
            f"<c>{camel(name)}</c>"
            if name == each.field
            else f'<paramref\xa0name="{camel(name)}"/>'
        ),
    )


def _type(kind: Type, program: Program) -> str:
    if kind is Type.LIST:
        return "List<int>" if appends(program) else "int[]"
    return TYPES[kind]


def _block(statements: Block, each: Facts) -> Lines:
    return [line for statement in statements for line in _statement(statement, each)]


def _statement(node: Statement, each: Facts) -> Lines:
    def text(expression: Expression) -> str:
        return _expression(expression, each).text

    match node:
        case Declare(name, value):
            return [_declare(name, value, each)]
        case Assign(name, Text("")) if name in each.built:
            return [f"{camel(name)}.Clear();"]
        case Assign(name, value):
            return [f"{camel(name)} = {text(value)};"]
        case Update(name, "+" | "-" as operator, Number(1)):
            return [f"{camel(name)}{operator}{operator};"]
        case Update(name, operator, value):
            return [f"{camel(name)} {C_LIKE[operator].spelling}= {text(value)};"]
        case SetItem(name, index, value):
            return [f"{camel(name)}[{text(index)}]{_change(node, value, each)};"]
        case Append(name, value):
            return [f"{camel(name)}.Add({text(value)});"]
        case Extend(name, Decimal(number)):
            return [f"{camel(name)}.Append({_integer(number, each).text});"]
        case Extend(name, piece):
            return [f"{camel(name)}.Append({text(piece)});"]
        case Return(value):
            return [f"return {text(value)};"]
        case If():
            return _if(node, each)
        case _:
            return _loop(node, each)


def _declare(name: str, value: Expression, each: Facts) -> str:
    if name in each.built:
        return f"var {camel(name)} = new StringBuilder();"
    kind = _type(each.types[name], each.program)
    source = _expression(value, each).text
    if isinstance(value, Numbers) and value.items and kind == "int[]":
        return f"{kind} {camel(name)} = {source.removeprefix('new int[] ')};"
    apparent = source.startswith(("new ", "(int[])"))
    return f"{'var' if apparent else kind} {camel(name)} = {source};"


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
            head = f"while ({_expression(condition, each).text})"
        case ForEach(name, sequence, body):
            kind = "int" if each.types[sequence.name] is Type.LIST else "char"
            head = f"foreach ({kind} {camel(name)} in {_expression(sequence, each).text})"
        case ForRange(name, start, stop, step, inclusive, body):
            counter, size = camel(name), abs(step)
            order = ("<" if step > 0 else ">") + ("=" if inclusive else "")
            sign = "+" if step > 0 else "-"
            move = f"{counter}{sign}{sign}" if size == 1 else f"{counter} {sign}= {size}"
            first, last = _expression(start, each).text, _expression(stop, each).text
            head = f"for (int {counter} = {first}; {counter} {order} {last}; {move})"
        case _:
            raise AssertionError(node)
    return _braces(head, _block(body, each))


def _if(node: If, each: Facts) -> Lines:
    lines = _braces(f"if ({_expression(node.condition, each).text})", _block(node.then, each))
    match node.otherwise:
        case ():
            return lines
        case (If() as follower,):
            first, *rest = _if(follower, each)
            return [*lines, f"else {first}", *rest]
        case otherwise:
            return lines + _braces("else", _block(otherwise, each))


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
            return Piece(_name(name, each) + (".ToString()" if name in each.built else ""))
        case Binary(operator, left, right):
            return binary(operator, (_expression(left, each), _expression(right, each)), C_LIKE)
        case Not(operand):
            return Piece(f"!{_expression(operand, each).at(UNARY)}", UNARY)
        case Negative(operand):
            return Piece(f"-{_expression(operand, each).at(UNARY + 1)}", UNARY)
        case Code(letter):
            return _expression(letter, each)
        case FromCode(number):
            return Piece(f"(char){_expression(number, each).at(UNARY + 1)}", UNARY)
        case Decimal(number):
            return Piece(f"{_integer(number, each).at(UNARY + 1)}.ToString()")
        case Call():
            arguments = ", ".join(map(text, each.arguments(node)))
            return Piece(f"{pascal(node.function)}({arguments})")
        case _:
            return _sequence(node, each)


def _sequence(node: Expression, each: Facts) -> Piece:
    def text(part: Expression) -> str:
        return _expression(part, each).text

    lists = appends(each.program)
    match node:
        case Item(Variable(name), index):
            return Piece(f"{_name(name, each)}[{text(index)}]")
        case Length(Variable(name)):
            counted = lists and each.types[name] is Type.LIST
            return Piece(f"{_name(name, each)}.{'Count' if counted else 'Length'}")
        case Numbers(items):
            return Piece(_new_list([text(item) for item in items], each.program))
        case Filled(Number(0), count) if not lists:
            return Piece(f"new int[{text(count)}]")
        case Filled(value, count):
            repeated = f"Enumerable.Repeat({_integer(value, each).text}, {text(count)})"
            return Piece(f"{repeated}.{'ToList' if lists else 'ToArray'}()")
        case Copy(sequence):
            source = text(sequence)
            return Piece(f"new List<int>({source})" if lists else f"(int[]){source}.Clone()", UNARY)
    raise AssertionError(node)


def _name(name: str, each: Facts) -> str:
    return f"_{camel(name)}" if name == each.field else camel(name)


def _integer(value: Expression, each: Facts) -> Piece:
    """An integer where the type is not stated: a character's code has to be named an integer."""
    piece = _expression(value, each)
    return Piece(f"(int){piece.at(UNARY + 1)}", UNARY) if isinstance(value, Code) else piece
