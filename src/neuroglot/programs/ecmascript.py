"""What JavaScript and TypeScript have in common: statements, expressions, the calls of a test.

Takes the facts of a function and the few spellings in which the two differ, gives lines as prettier
would leave them at 100 columns. Knows no heads of functions and classes, and no comments.
"""

from dataclasses import dataclass

from neuroglot.programs.facts import (
    PROCEDURAL,
    Facts,
    Style,
    element_update,
    limit,
    shared_out,
)
from neuroglot.programs.layout import (
    C_LIKE,
    UNARY,
    Case,
    Lines,
    Operator,
    Piece,
    binary,
    block,
    camel,
    indented,
    pascal,
    quoted,
)
from neuroglot.programs.prettier_folds import Page
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
    Update,
    Value,
    Variable,
    While,
)

UNIT = "  "
PAGE = Page(unit=UNIT, width=80)
OPERATORS = {**C_LIKE, "==": Operator("===", 30), "!=": Operator("!==", 30)}


@dataclass(frozen=True)
class Dialect:
    """`private` precedes the name of a private member; the others say what a new list holds."""

    private: str
    empty_list: str
    new_array: str


def body(each: Facts, dialect: Dialect) -> Lines:
    """The statements of a function."""
    return _Writer(each, dialect).block(each.function.body)


def literal(value: Value) -> str:
    """A value of a test."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return _quoted(value)
        case tuple():
            return f"[{', '.join(map(str, value))}]"
        case _:
            return str(value)


def call(program: Program, style: Style, case: Case) -> str:
    """The entry called on the arguments of a case."""
    values = [literal(value) for value in case.arguments]
    entry = camel(program.entry.name)
    if style == PROCEDURAL:
        return f"{entry}({', '.join(values)})"
    held, given = shared_out(program, style, values)
    return f"new {pascal(program.title)}({', '.join(held)}).{entry}({', '.join(given)})"


def _quoted(text: str) -> str:
    """In double quotes, unless single ones save escapes."""
    return quoted(text, "'" if text.count('"') > text.count("'") else '"')


@dataclass(frozen=True)
class _Writer:
    each: Facts
    dialect: Dialect

    def block(self, statements: Block) -> Lines:
        return [line for statement in statements for line in self.statement(statement)]

    def statement(self, node: Statement) -> Lines:
        match node:
            case Declare(name, value):
                return [self.declaration(name, value)]
            case Assign(name, value):
                return [f"{camel(name)} = {self.text(value)};"]
            case Update(name, "+" | "-" as operator, Number(1)):
                return [f"{camel(name)}{operator}{operator};"]
            case Update(name, "//", value):
                return [f"{camel(name)} = {self.text(Binary('//', Variable(name), value))};"]
            case Update(name, operator, value):
                return [f"{camel(name)} {operator}= {self.text(value)};"]
            case SetItem(name, index, value):
                return [f"{camel(name)}[{self.text(index)}]{self.change(node)};"]
            case Append(name, value):
                return [f"{camel(name)}.push({self.text(value)});"]
            case Extend(name, Decimal(piece) | piece):
                return [f"{camel(name)} += {self.text(piece)};"]
            case Return(value):
                return [f"return {self.text(value)};"]
            case If():
                return self.branches(node)
            case _:
                return self.loop(node)

    def declaration(self, name: str, value: Expression) -> str:
        word = "let" if name in self.each.changed | self.each.built else "const"
        kind = self.dialect.empty_list if value == Numbers(()) else ""
        return f"{word} {camel(name)}{kind} = {self.text(value)};"

    def change(self, node: SetItem) -> str:
        match element_update(node):
            case ("+" | "-" as operator, Number(1)):
                return operator * 2
            case (operator, change):
                return f" {operator}= {self.text(change)}"
            case _:
                return f" = {self.text(node.value)}"

    def loop(self, node: Statement) -> Lines:
        match node:
            case While(condition, body):
                head = f"while ({self.text(condition)}) {{"
            case ForEach(name, sequence, body):
                head = f"for (const {camel(name)} of {self.text(sequence)}) {{"
            case ForRange(name, start, step=step, body=body):
                counter, size = camel(name), abs(step)
                order, stop = limit(node)
                sign = "+" if step > 0 else "-"
                move = f"{counter}{sign}{sign}" if size == 1 else f"{counter} {sign}= {size}"
                first, last = self.text(start), self.text(stop)
                head = f"for (let {counter} = {first}; {counter} {order} {last}; {move}) {{"
            case _:
                raise AssertionError(node)
        return block(head, self.block(body), unit=UNIT)

    def branches(self, node: If) -> Lines:
        head = f"if ({self.text(node.condition)}) {{"
        lines = [head, *indented(self.block(node.then), UNIT)]
        match node.otherwise:
            case ():
                return [*lines, "}"]
            case (If() as follower,):
                first, *rest = self.branches(follower)
                return [*lines, f"}} else {first}", *rest]
            case otherwise:
                return [*lines, *block("} else {", self.block(otherwise), unit=UNIT)]

    def text(self, node: Expression) -> str:
        return self.expression(node).text

    def expression(self, node: Expression) -> Piece:
        match node:
            case Number(value):
                return Piece(str(value), UNARY if value < 0 else 100)
            case Truth(value):
                return Piece("true" if value else "false")
            case Letter(value) | Text(value):
                return Piece(_quoted(value))
            case Variable(name):
                held = name == self.each.field
                return Piece(f"this.{self.dialect.private}{camel(name)}" if held else camel(name))
            case Binary():
                return self.binary(node)
            case Not(operand):
                return Piece(f"!{self.expression(operand).at(UNARY)}", UNARY)
            case Negative(operand):
                return Piece(f"-{self.expression(operand).at(UNARY + 1)}", UNARY)
            case Code(Item(sequence, index)):
                return Piece(f"{self.text(sequence)}.charCodeAt({self.text(index)})")
            case Code(letter):
                return Piece(f"{self.text(letter)}.charCodeAt(0)")
            case FromCode(number):
                return Piece(f"String.fromCharCode({self.text(number)})")
            case Decimal(number):
                return Piece(f"String({self.text(number)})")
            case Call():
                return Piece(f"{self.callee(node)}({self.texts(self.each.arguments(node))})")
            case _:
                return self.sequence(node)

    def sequence(self, node: Expression) -> Piece:
        match node:
            case Item(sequence, index):
                return Piece(f"{self.text(sequence)}[{self.text(index)}]")
            case Length(sequence):
                return Piece(f"{self.text(sequence)}.length")
            case Numbers(items):
                return Piece(f"[{self.texts(items)}]")
            case Filled(value, count):
                return Piece(
                    f"{self.dialect.new_array}({self.text(count)}).fill({self.text(value)})"
                )
            case Copy(sequence):
                return Piece(f"[...{self.text(sequence)}]")
        raise AssertionError(node)

    def texts(self, parts: tuple[Expression, ...]) -> str:
        return ", ".join(map(self.text, parts))

    def binary(self, node: Binary) -> Piece:
        left, right = self.expression(node.left), self.expression(node.right)
        if node.operator == "//":
            return Piece(f"Math.floor({binary('//', (left, right), OPERATORS).text})")
        if node.operator in ("+", "-"):
            left, right = _clear(left, node.left), _clear(right, node.right)
        return binary(node.operator, (left, right), OPERATORS)

    def callee(self, node: Call) -> str:
        name = camel(node.function)
        if self.each.style == PROCEDURAL:
            return name
        if node.function == self.each.program.entry.name:
            return f"this.{name}"
        return f"{pascal(self.each.program.title)}.{self.dialect.private}{name}"


def _clear(side: Piece, node: Expression) -> Piece:
    """A side of a sum: a remainder in it stands in brackets."""
    is_remainder = isinstance(node, Binary) and node.operator == "%"
    return Piece(f"({side.text})") if is_remainder else side
