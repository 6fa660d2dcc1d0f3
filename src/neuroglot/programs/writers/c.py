"""Writes a program in C17, four spaces, braces on the line; procedural only.

A list parameter is a pointer and a length, `values` and `values_length`; a list made in the program
is an `IntList`, a string that grows a `TextBuffer`. Their few functions stand above the program,
each only where it is used. What is made is never freed: the caller owns what it is given.
"""

from collections.abc import Iterable, Sequence

from neuroglot.programs.c_runtime import c_runtime
from neuroglot.programs.facts import PROCEDURAL, Facts, Style, appends, element_update, facts, limit
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
    walk,
)

STYLES: tuple[Style, ...] = (PROCEDURAL,)

UNIT = "    "
TYPES = {
    Type.INT: "int ",
    Type.BOOL: "bool ",
    Type.CHAR: "char ",
    Type.STR: "const char *",
    Type.LIST: "IntList ",
}
HEADERS = {
    "stdbool.h": ("bool", "true", "false"),
    "stdio.h": ("snprintf", "printf", "fprintf"),
    "stdlib.h": ("malloc", "calloc", "realloc", "exit"),
    "string.h": ("strlen", "strcmp", "memcpy", "memcmp"),
}
COUNTERS = ("i", "j", "k", "m", "n")


def code(program: Program, *, style: Style, documented: bool) -> str:
    """The program as a file: headers, what C lacks, functions."""
    undocumented = _definitions(program, style, False)
    return joined(separated([_headers(undocumented), _definitions(program, style, documented)]))


def executable(program: Program, *, style: Style, cases: Sequence[Case], token: str) -> str:
    """A file that prints the token after all cases have passed."""
    checks = [line for n, case in enumerate(cases, 1) for line in _checked(n, case, program)]
    main = block("int main(void) {", [*checks, f'printf("{token}\\n");', "return 0;"], unit=UNIT)
    runner = separated([CHECKS[program.entry.returns].splitlines(), main])
    definitions = _definitions(program, style, False)
    return joined(separated([_headers([*definitions, *runner]), definitions, runner]))


_SIMPLE_CHECK = f"""\
static void check(int number, {{kind}} found, {{kind}} expected) {{{{
    if (found != expected) {{{{
        fprintf(stderr, "case %d: found {{form}}, expected {{form}}\\n", number, found, expected);
        exit({WRONG_EXIT});
    }}}}
}}}}"""

_TEXT_CHECK = f"""\
static void check(int number, const char *found, const char *expected) {{
    if (strcmp(found, expected) != 0) {{
        fprintf(stderr, "case %d: found %s, expected %s\\n", number, found, expected);
        exit({WRONG_EXIT});
    }}
}}"""

_LIST_CHECK = f"""\
static void check(int number, IntList found, const int *expected, int expected_length) {{
    bool same = found.length == expected_length;
    for (int i = 0; same && i < found.length; i++) {{
        same = found.items[i] == expected[i];
    }}
    if (!same) {{
        fprintf(stderr, "case %d: found another list of length %d\\n", number, found.length);
        exit({WRONG_EXIT});
    }}
}}"""

CHECKS = {
    Type.INT: _SIMPLE_CHECK.format(kind="int", form="%d"),
    Type.BOOL: _SIMPLE_CHECK.format(kind="bool", form="%d"),
    Type.CHAR: _SIMPLE_CHECK.format(kind="char", form="%c"),
    Type.STR: _TEXT_CHECK,
    Type.LIST: _LIST_CHECK,
}


def _checked(number: int, case: Case, program: Program) -> Lines:
    kinds = [parameter.type for parameter in program.entry.parameters]
    given = ", ".join(map(_literal, case.arguments, kinds))
    expected = _literal(case.expected, program.entry.returns)
    return [f"check({number}, {program.entry.name}({given}), {expected});"]


def _literal(value: Value, kind: Type) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return quoted(value, "'" if kind is Type.CHAR else '"')
        case ():
            return "NULL, 0"
        case tuple():
            return f"(int[]){{{', '.join(map(str, value))}}}, {len(value)}"
        case _:
            return str(value)


def _headers(lines: Lines) -> Lines:
    return [
        f"#include <{header}>"
        for header, names in HEADERS.items()
        if any(mentions(lines, name) for name in names)
    ]


def _definitions(program: Program, style: Style, documented: bool) -> Lines:
    functions = [_function(each, documented) for each in facts(program, style)]
    body = separated(_function(each, False) for each in facts(program, style))
    return separated([*c_runtime(body, grows=appends(program)), *functions])


def _function(each: Facts, documented: bool) -> Lines:
    function = each.function
    parameters = ", ".join(_parameter(p.name, p.type) for p in each.parameters)
    static = "" if each.is_entry else "static "
    head = f"{static}{_result_type(each)}{function.name}({parameters}) {{"
    comment = _comment(each) if documented else []
    return comment + block(head, _block(function.body, each, 0), unit=UNIT)


def _parameter(name: str, kind: Type) -> str:
    return f"const int *{name}, int {name}_length" if kind is Type.LIST else f"{TYPES[kind]}{name}"


def _result_type(each: Facts) -> str:
    """A string that was built belongs to the caller, who may change it."""
    built = any(
        isinstance(node, Return)
        and isinstance(node.value, Variable)
        and node.value.name in each.built
        for node in walk(each.function)
    )
    return "char *" if built else TYPES[each.function.returns]


def _comment(each: Facts) -> Lines:
    purpose = prose(each.function.purpose, str)
    lines = wrapped(sentence(f"returns {purpose}"))
    if each.is_entry:
        tags: list[str] = []
        for parameter in each.parameters:
            tags.append(f"@param {parameter.name} {prose(parameter.meaning, str)}")
            if parameter.type is Type.LIST:
                tags.append(f"@param {parameter.name}_length how many there are")
        tags.append(f"@return {purpose}")
        lines += ["", *(line for tag in tags for line in wrapped(tag, hanging=UNIT))]
    return starred(lines)


def _block(statements: Block, each: Facts, depth: int) -> Lines:
    return [line for statement in statements for line in _statement(statement, each, depth)]


def _statement(node: Statement, each: Facts, depth: int) -> Lines:
    def text(expression: Expression) -> str:
        return _expression(expression, each).text

    match node:
        case Declare(name, _) if name in each.built:
            return [f"TextBuffer {name} = new_buffer();"]
        case Declare(name, Numbers(())):
            return [f"IntList {name} = {{0}};"]
        case Declare(name, value):
            return [f"{TYPES[each.types[name]]}{name} = {text(value)};"]
        case Assign(name, _) if name in each.built:
            return [f"{name} = new_buffer();"]
        case Assign(name, value):
            return [f"{name} = {text(value)};"]
        case Update(name, "+" | "-" as operator, Number(1)):
            return [f"{name}{operator}{operator};"]
        case Update(name, operator, value):
            return [f"{name} {C_LIKE[operator].spelling}= {text(value)};"]
        case SetItem(name, index, value):
            return [f"{name}.items[{text(index)}]{_change(node, value, each)};"]
        case Append(name, value):
            return [f"append_item(&{name}, {text(value)});"]
        case Extend(name, Decimal(number)):
            return [f"add_number(&{name}, {text(number)});"]
        case Extend(name, piece):
            kind = "letter" if each.type_of(piece) is Type.CHAR else "text"
            return [f"add_{kind}(&{name}, {text(piece)});"]
        case Return(value):
            return [f"return {text(value)};"]
        case If():
            return _if(node, each, depth)
        case _:
            return _loop(node, each, depth)


def _change(node: SetItem, value: Expression, each: Facts) -> str:
    match element_update(node):
        case ("+" | "-" as operator, Number(1)):
            return operator * 2
        case (operator, change):
            return f" {operator}= {_expression(change, each).text}"
        case _:
            return f" = {_expression(value, each).text}"


def _loop(node: Statement, each: Facts, depth: int) -> Lines:
    first: Lines = []
    match node:
        case While(condition, body):
            head = f"while ({_expression(condition, each).text}) {{"
        case ForEach(name, sequence, body):
            head, first = _each(name, sequence, each, depth)
        case ForRange(name, start, step=step, body=body):
            order, stop = limit(node)
            sign = "+" if step > 0 else "-"
            move = f"{name}{sign}{sign}" if abs(step) == 1 else f"{name} {sign}= {abs(step)}"
            begin, end = _expression(start, each).text, _expression(stop, each).text
            head = f"for (int {name} = {begin}; {name} {order} {end}; {move}) {{"
        case _:
            raise AssertionError(node)
    return block(head, [*first, *_block(body, each, depth + 1)], unit=UNIT)


def _each(name: str, sequence: Variable, each: Facts, depth: int) -> tuple[str, Lines]:
    """A loop by index, and the line in it that names the element."""
    i = [counter for counter in COUNTERS if counter not in each.types][depth]
    if each.types[sequence.name] is Type.STR:
        end, kind = f"{sequence.name}[{i}] != '\\0'", "char"
    else:
        end, kind = f"{i} < {_expression(Length(sequence), each).text}", "int"
    element = _expression(Item(sequence, Variable(i)), each).text
    return f"for (int {i} = 0; {end}; {i}++) {{", [f"{kind} {name} = {element};"]


def _if(node: If, each: Facts, depth: int) -> Lines:
    head = f"if ({_expression(node.condition, each).text}) {{"
    lines = [head, *indented(_block(node.then, each, depth), UNIT)]
    match node.otherwise:
        case ():
            return [*lines, "}"]
        case (If() as follower,):
            first, *rest = _if(follower, each, depth)
            return [*lines, f"}} else {first}", *rest]
        case otherwise:
            return [*lines, *block("} else {", _block(otherwise, each, depth), unit=UNIT)]


def _expression(node: Expression, each: Facts) -> Piece:
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
            return Piece(f"{name}.text" if name in each.built else name)
        case Binary():
            return _binary(node, each)
        case Not(operand):
            return Piece(f"!{_expression(operand, each).at(UNARY)}", UNARY)
        case Negative(operand):
            return Piece(f"-{_expression(operand, each).at(UNARY + 1)}", UNARY)
        case Code(letter):
            return _expression(letter, each)
        case FromCode(number):
            return Piece(f"(char){_expression(number, each).at(UNARY + 1)}", UNARY)
        case Decimal(number):
            return Piece(f"decimal_text({_expression(number, each).text})")
        case Call():
            return Piece(f"{node.function}({_arguments(node, each)})")
        case _:
            return _sequence(node, each)


def _sequence(node: Expression, each: Facts) -> Piece:
    def texts(parts: Iterable[Expression]) -> str:
        return ", ".join(_expression(part, each).text for part in parts)

    match node:
        case Item(sequence, index):
            return Piece(f"{_elements(sequence, each)}[{texts([index])}]")
        case Length(Variable(name)):
            if name in each.built or (
                each.types[name] is Type.LIST and not _is_parameter(name, each)
            ):
                return Piece(f"{name}.length")
            is_list = each.types[name] is Type.LIST
            return Piece(f"{name}_length") if is_list else Piece(f"(int)strlen({name})", UNARY)
        case Numbers(()):
            return Piece("(IntList){0}")
        case Numbers(items):
            return Piece(f"copied_list((int[]){{{texts(items)}}}, {len(items)})")
        case Filled(value, count):
            return Piece(f"filled_list({texts([count, value])})")
        case Copy(sequence):
            length = _expression(Length(sequence), each).text
            return Piece(f"copied_list({_elements(sequence, each)}, {length})")
    raise AssertionError(node)


def _arguments(call: Call, each: Facts) -> str:
    """A list is handed over as its elements and its length."""
    parts: list[str] = []
    for argument in call.arguments:
        if isinstance(argument, Variable) and each.types[argument.name] is Type.LIST:
            parts += [_elements(argument, each), _expression(Length(argument), each).text]
        else:
            parts.append(_expression(argument, each).text)
    return ", ".join(parts)


def _elements(sequence: Variable, each: Facts) -> str:
    local = each.types[sequence.name] is Type.LIST and not _is_parameter(sequence.name, each)
    return f"{sequence.name}.items" if local else _expression(sequence, each).text


def _is_parameter(name: str, each: Facts) -> bool:
    return any(parameter.name == name for parameter in each.function.parameters)


def _binary(node: Binary, each: Facts) -> Piece:
    sides = _expression(node.left, each), _expression(node.right, each)
    if each.type_of(node.left) is Type.STR:
        compared = Piece(f"strcmp({sides[0].text}, {sides[1].text})")
        sides = compared, Piece("0")
    return binary(node.operator, sides, C_LIKE)
