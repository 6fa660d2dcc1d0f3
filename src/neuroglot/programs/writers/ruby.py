"""Writes a program in Ruby 2.7 or later, two spaces, as rubocop would have it.

Procedural: methods of the top level. Object-oriented: a class with `initialize` where there is a
field; helpers are private methods. A function of truth ends in a question mark, the last value
stands without `return`, a short branch behind its one statement.
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
    is_read,
    shared_out,
    within,
)
from neuroglot.programs.layout import (
    ATOM,
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

UNIT = "  "
SHORT = 90
"""A branch or a loop around one statement is one line up to this length."""
NAMES = ("Integer", "Boolean", "String", "String", "Array<Integer>")
TYPES = dict(zip(Type, NAMES, strict=True))
PREFIX = re.compile("^(is|has)_(?!(nil|frozen|eql|equal)$)")
"""What falls away where a question mark comes, unless every object already answers it."""
SIMPLE = (Declare, Assign, Update, SetItem, Append, Extend, Return)


def code(program: Program, *, style: Style, documented: bool) -> str:
    """The program as a file."""
    return joined(_definitions(program, style, documented))


def executable(program: Program, *, style: Style, cases: Sequence[Case], token: str) -> str:
    """A script that prints the token after all cases have passed."""
    checks = [
        f"check({n}, {_tested(program, style, case)}, {_literal(case.expected)})"
        for n, case in enumerate(cases, 1)
    ]
    main = [*checks, f"puts '{token}'"]
    return joined(separated([_definitions(program, style, False), CHECK, main]))


CHECK = f"""\
def check(number, found, expected)
  return if found.eql?(expected)

  warn "case #{{number}}: found #{{found.inspect}}, expected #{{expected.inspect}}"
  exit {WRONG_EXIT}
end""".splitlines()


def _tested(program: Program, style: Style, case: Case) -> str:
    values = [_literal(value) for value in case.arguments]
    entry = _name(program.entry.name, program)
    if style == PROCEDURAL:
        return entry + _brackets(values)
    held, given = shared_out(program, style, values)
    return f"{pascal(program.title)}.new{_brackets(held)}.{entry}{_brackets(given)}"


def _literal(value: Value) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return _string(value)
        case tuple():
            return f"[{', '.join(map(str, value))}]"
        case _:
            return str(value)


def _string(text: str) -> str:
    """Double quotes only around a single quote; there `#` may begin an interpolation."""
    if "'" not in text:
        return quoted(text, "'")
    return re.sub(r"#(?=[{$@])", r"\\#", quoted(text, '"'))


def _brackets(values: Sequence[str]) -> str:
    return f"({', '.join(values)})" if values else ""


def _definitions(program: Program, style: Style, documented: bool) -> Lines:
    everything = facts(program, style)
    if style == PROCEDURAL:
        return separated(_method(each, documented) for each in everything)
    *helpers, entry = everything
    members = [_initialize(entry), _method(entry, documented), ["private"] if helpers else []]
    members += [_method(each, documented) for each in helpers]
    return block(f"class {pascal(program.title)}", separated(members), unit=UNIT, end="end")


def _initialize(entry: Facts) -> Lines:
    if entry.field is None:
        return []
    head, held = f"def initialize({entry.field})", f"@{entry.field} = {entry.field}"
    return block(head, [held], unit=UNIT, end="end")


def _method(each: Facts, documented: bool) -> Lines:
    function = each.function
    head = f"def {_name(function.name, each.program)}"
    head += _brackets([parameter.name for parameter in each.parameters])
    comment = _comment(each) if documented else []
    return comment + block(head, _block(function.body, each, last=True), unit=UNIT, end="end")


def _comment(each: Facts) -> Lines:
    purpose = _prose(each.function.purpose)
    lines = wrapped(sentence(f"returns {purpose}"), width=78)
    if each.is_entry:
        tags = [f"@param {p.name} [{TYPES[p.type]}] {_prose(p.meaning)}" for p in each.parameters]
        tags.append(f"@return [{TYPES[each.function.returns]}] {purpose}")
        lines += ["", *(line for tag in tags for line in wrapped(tag, width=78, hanging=UNIT))]
    return [f"# {line}".rstrip() for line in lines]


def _prose(text: str) -> str:
    return prose(text, lambda name: f"`{name}`")


def _name(name: str, program: Program) -> str:
    """A question, `is_prime` or `has_digit`, is asked as `prime?` or `digit?`."""
    returns = {function.name: function.returns for function in program.functions}
    return PREFIX.sub("", name) + "?" if returns[name] is Type.BOOL else name


def _block(statements: Block, each: Facts, *, last: bool = False) -> Lines:
    """The lines of a block; `last` if its value is the method's."""
    lines: Lines = []
    for place, statement in enumerate(statements):
        final = last and place == len(statements) - 1
        more = _final(statement, each) if final else _statement(statement, each)
        guarded = bool(lines) and _is_guard(statements[place - 1])
        lines += [""] if guarded and not _is_guard(statement) else []
        lines += more
    return lines


def _is_guard(statement: Statement) -> bool:
    """A branch that only leaves: an empty line follows it."""
    match statement:
        case If(_, (Return(),), ()):
            return True
        case If(_, _, (follower,)):
            return _is_guard(follower)
        case _:
            return False


def _final(node: Statement, each: Facts) -> Lines:
    match node:
        case Return(value):
            return [_expression(value, each).text]
        case If():
            return _if(node, each, last=bool(node.otherwise))
        case _:
            return _statement(node, each)


def _statement(node: Statement, each: Facts) -> Lines:
    def text(expression: Expression) -> str:
        return _expression(expression, each).text

    match node:
        case Declare(name, value) | Assign(name, value):
            copied = isinstance(value, Variable) and value.name in each.built
            return [f"{name} = {text(value)}{'.dup' if copied else ''}"]
        case Update(name, operator, value):
            return [f"{name} {C_LIKE[operator].spelling}= {text(value)}"]
        case SetItem(name, index, value):
            operator, change = element_update(node) or ("", value)
            return [f"{name}[{text(index)}] {operator}= {text(change)}"]
        case Append(name, value) | Extend(name, value):
            return [f"{name} << {_expression(value, each).at(UNARY)}"]
        case Return(value):
            return [f"return {text(value)}"]
        case If():
            return _if(node, each)
        case While(condition, body):
            word, asked = _asked(condition, each, ("while", "until"))
            return _around(f"{word} {asked}", body, each)
        case ForEach(name, sequence, body):
            every = "each" if each.type_of(sequence) is Type.LIST else "each_char"
            head = f"{text(sequence)}.{every} do |{name}|"
            return block(head, _block(body, each), unit=UNIT, end="end")
        case ForRange(name, body=body):
            counter = f" |{name}|" if is_read(name, body) else ""
            head = f"{_counted(node, each)} do{counter}"
            return block(head, _block(body, each), unit=UNIT, end="end")


def _around(head: str, body: Block, each: Facts) -> Lines:
    """A loop or a branch: behind its one statement if both are short, else around its block."""
    inner = _block(body, each)
    line = f"{inner[0]} {head}"
    if len(body) == 1 and isinstance(body[0], SIMPLE) and len(line) <= SHORT:
        return [line]
    return block(head, inner, unit=UNIT, end="end")


def _asked(condition: Expression, each: Facts, words: tuple[str, str]) -> tuple[str, str]:
    """The word for a condition, and the condition: what is negated has a word of its own."""
    match condition:
        case Not(operand):
            return words[1], _expression(operand, each).text
        case _:
            return words[0], _expression(condition, each).text


def _if(node: If, each: Facts, *, last: bool = False, word: str = "if") -> Lines:
    if word == "if" and not node.otherwise:
        unless, asked = _asked(node.condition, each, ("if", "unless"))
        return _around(f"{unless} {asked}", node.then, each)
    head = f"{word} {_expression(node.condition, each).text}"
    lines = [head, *indented(_block(node.then, each, last=last), UNIT)]
    match node.otherwise:
        case ():
            return [*lines, "end"]
        case (If() as follower,):
            return lines + _if(follower, each, last=last, word="elsif")
        case otherwise:
            inner = _block(otherwise, each, last=last)
            return [*lines, *block("else", inner, unit=UNIT, end="end")]


def _counted(loop: ForRange, each: Facts) -> str:
    start, stop = _expression(loop.start, each), _expression(loop.stop, each)
    match loop:
        case ForRange(_, Number(0), Length(values), 1, False) if each.type_of(values) is Type.LIST:
            return f"{_expression(values, each).text}.each_index"
        case ForRange(_, Number(0), _, 1, False):
            return f"{stop.at(ATOM)}.times"
        case ForRange(step=1, inclusive=True):
            return f"{start.at(ATOM)}.upto({stop.text})"
        case ForRange(step=-1):
            return f"{start.at(ATOM)}.downto({stop.text})"
        case ForRange(inclusive=True):
            return f"{start.at(ATOM)}.step({stop.text}, {loop.step})"
    numbers = f"({start.at(ATOM)}...{stop.at(ATOM)})"
    return f"{numbers}.each" if loop.step == 1 else f"{numbers}.step({loop.step})"


def _expression(node: Expression, each: Facts) -> Piece:
    def called(receiver: Expression, method: str) -> Piece:
        return Piece(f"{_expression(receiver, each).at(ATOM)}.{method}")

    match node:
        case Number(value):
            return Piece(str(value))
        case Truth(value):
            return Piece("true" if value else "false")
        case Letter(value) | Text(value):
            return Piece(_string(value))
        case Variable(name):
            return Piece(f"@{name}" if name == each.field else name)
        case Binary():
            return _asking(node, each) or _binary(node, each)
        case Not(operand):
            return Piece(f"!{_expression(operand, each).at(UNARY)}", UNARY)
        case Negative(operand):
            return Piece(f"-{_expression(operand, each).at(UNARY + 1)}", UNARY)
        case Length(sequence):
            return called(sequence, "length")
        case Code(letter):
            return called(letter, "ord")
        case FromCode(number):
            return called(number, "chr")
        case Decimal(number):
            return called(number, "to_s")
        case Copy(sequence):
            return called(sequence, "dup")
        case _:
            return _compound(node, each)


def _compound(node: Expression, each: Facts) -> Piece:
    def text(part: Expression) -> str:
        return _expression(part, each).text

    match node:
        case Item(sequence, Binary("-", Length(same), Number(back))) if sequence == same:
            return Piece(f"{text(sequence)}[-{back}]")
        case Item(sequence, index):
            return Piece(f"{text(sequence)}[{text(index)}]")
        case Numbers(items):
            return Piece(f"[{', '.join(map(text, items))}]")
        case Filled(value, count):
            return Piece(f"Array.new({text(count)}, {text(value)})")
        case Call(function):
            arguments = _brackets([text(argument) for argument in each.arguments(node)])
            return Piece(_name(function, each.program) + arguments)
    raise AssertionError(node)


def _binary(node: Binary, each: Facts) -> Piece:
    sides = _expression(node.left, each), _expression(node.right, each)
    return binary(node.operator, sides, C_LIKE)


def _asking(node: Binary, each: Facts) -> Piece | None:
    """A comparison that is a question in Ruby: `zero?`, `even?`, `empty?`, `between?`."""

    def asked(receiver: Expression, question: str) -> Piece:
        return Piece(f"{_expression(receiver, each).at(ATOM)}.{question}")

    bounds = within(node)
    if bounds and node.operator == "and":
        value, low, high = bounds
        ends = f"{_expression(low, each).text}, {_expression(high, each).text}"
        return asked(value, f"between?({ends})")
    match node:
        case Binary("==", Length(sequence), Number(0)):
            return asked(sequence, "empty?")
        case Binary("!=" | ">", Length(sequence), Number(0)):
            return Piece(f"!{asked(sequence, 'empty?').text}", UNARY)
        case Binary("==", Binary("%", value, Number(2)), Number(0)):
            return asked(value, "even?")
        case Binary("==", Binary("%", value, Number(2)), Number(1)) | Binary(
            "!=", Binary("%", value, Number(2)), Number(0)
        ):
            return asked(value, "odd?")
        case Binary("==" | "<" | ">" as operator, value, Number(0)):
            return asked(value, {"==": "zero?", "<": "negative?", ">": "positive?"}[operator])
    return None
