"""Writes a program in Rust, edition 2021, 1.58 or later, as rustfmt leaves it.

Procedural: functions. Object-oriented: a struct with an impl; helpers are private associated
functions. Lists come in as slices and are made as vectors, characters are `char`, strings come in
as `&str` and are made as `String`. Integers are `i32` but where they find elements: `rust_types`.
"""

import re
from collections.abc import Sequence

from neuroglot.programs.checking import read_names, written_names
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
from neuroglot.programs.filling import margin_of
from neuroglot.programs.layout import (
    ATOM,
    C_LIKE,
    WRONG_EXIT,
    Case,
    Lines,
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
from neuroglot.programs.rust_types import counts_naturally, rust_types
from neuroglot.programs.rust_values import Sight, kept, lent, place, plain, whole
from neuroglot.programs.tree import (
    Append,
    Assign,
    Binary,
    Block,
    Declare,
    Expression,
    Extend,
    ForEach,
    ForRange,
    If,
    Not,
    Number,
    Numbers,
    Program,
    Return,
    SetItem,
    Statement,
    Type,
    Update,
    Value,
    Variable,
    While,
    walk,
)

STYLES: tuple[Style, ...] = (PROCEDURAL, OBJECT_ORIENTED)

UNIT = "    "
WIDTH = 100
SCALARS = {Type.INT: "i32", Type.BOOL: "bool", Type.CHAR: "char"}
GIVEN = {**SCALARS, Type.STR: "&str", Type.LIST: "&[i32]"}
OWNED = {**SCALARS, Type.STR: "String", Type.LIST: "Vec<i32>"}
IMPORTS = ["use std::fmt::Debug;", "use std::process;"]
PLACES = ("place", "slot", "at")


def code(program: Program, *, style: Style, documented: bool) -> str:
    """The program as a module."""
    return joined(_definitions(program, style, documented))


def executable(program: Program, *, style: Style, cases: Sequence[Case], token: str) -> str:
    """A main module that prints the token after all cases have passed."""
    checks = [
        f"check({n}, {_call(program, style, case)}, "
        f"{_literal(case.expected, program.entry.returns, owned=True)});"
        for n, case in enumerate(cases, 1)
    ]
    main = block("fn main() {", [*checks, f'println!("{token}");'], unit=UNIT)
    definitions = _definitions(program, style, False)
    return joined(separated([IMPORTS, definitions, CHECK, main]))


CHECK = f"""\
fn check<T: Debug + PartialEq>(number: usize, found: T, expected: T) {{
    if found != expected {{
        eprintln!("case {{number}}: found {{found:?}}, expected {{expected:?}}");
        process::exit({WRONG_EXIT});
    }}
}}""".splitlines()


def _call(program: Program, style: Style, case: Case) -> str:
    kinds = [parameter.type for parameter in program.entry.parameters]
    pairs = list(zip(case.arguments, kinds, strict=True))
    given = [_literal(value, kind, owned=False) for value, kind in pairs]
    entry = program.entry.name
    if style == PROCEDURAL:
        return f"{entry}({', '.join(given)})"
    held, rest = shared_out(program, style, given)
    if not held:
        return f"{pascal(program.title)}.{entry}({', '.join(rest)})"
    made = f"{pascal(program.title)}::new({_literal(*pairs[0], owned=True)})"
    return f"{made}.{entry}({', '.join(rest)})"


def _literal(value: Value, kind: Type, *, owned: bool) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str() if kind is Type.CHAR:
            return quoted(value, "'")
        case str():
            return quoted(value, '"') + (".to_string()" if owned else "")
        case tuple():
            items = f"[{', '.join(map(str, value))}]"
            return f"vec!{items}" if owned else f"&{items}"
        case _:
            return str(value)


def _definitions(program: Program, style: Style, documented: bool) -> Lines:
    sights = [Sight(each, rust_types(each)) for each in facts(program, style)]
    if style == PROCEDURAL:
        return _fitted(separated(_function(sight, documented) for sight in sights))
    *helpers, entry = sights
    functions = [_function(sight, documented) for sight in (entry, *helpers)]
    title, field = pascal(program.title), entry.facts.field
    members = [*_constructor(entry, field), *functions]
    struct = [f"pub struct {title};"]
    if field is not None:
        held = f"{field}: {OWNED[entry.facts.types[field]]},"
        struct = block(f"pub struct {title} {{", [held], unit=UNIT)
    return _fitted(separated([struct, block(f"impl {title} {{", separated(members), unit=UNIT)]))


def _fitted(lines: Lines) -> Lines:
    return [part for line in lines for part in _broken(line)]


def _broken(line: str) -> Lines:
    """A line that is too long, broken as rustfmt does: at line feeds, in `push`, or after `=`."""
    whole = line.replace("\n", " ")
    margin = margin_of(line)
    if len(whole) <= WIDTH:
        return [whole]
    if "\n" in line:
        if len(whole) <= WIDTH + len(" {"):
            return [whole.removesuffix(" {"), f"{margin}{{"]
        first, *others = line.removesuffix(" {").split("\n")
        return [first, *(f"{margin}{UNIT}{other}" for other in others), f"{margin}{{"]
    if match := re.fullmatch(r"( *\w+\.push\()(.*)(\);)", line):
        return [match[1], f"{margin}{UNIT}{match[2]},", margin + match[3]]
    if match := re.fullmatch(r"([^=]* [-+*/%]?=) (.*;)", line):
        return [match[1], margin + UNIT + match[2]]
    return [line]


def _constructor(entry: Sight, field: str | None) -> list[Lines]:
    if field is None:
        return []
    head = f"pub fn new({field}: {OWNED[entry.facts.types[field]]}) -> Self {{"
    return [block(head, [f"Self {{ {field} }}"], unit=UNIT)]


def _function(sight: Sight, documented: bool) -> Lines:
    each = sight.facts
    parameters = [f"{p.name}: {GIVEN[p.type]}" for p in each.parameters]
    if each.is_entry and each.style == OBJECT_ORIENTED:
        parameters.insert(0, "&self")
    head = f"{'pub ' if each.is_entry else ''}fn {each.function.name}({', '.join(parameters)})"
    head += f" -> {OWNED[each.function.returns]} {{"
    comment = _comment(each) if documented else []
    return comment + block(head, _block(each.function.body, sight, last=True), unit=UNIT)


def _comment(each: Facts) -> Lines:
    lines = wrapped(sentence(f"returns {_prose(each.function.purpose)}"), width=76)
    if each.is_entry and each.parameters:
        items = [f"* `{p.name}` - {_prose(p.meaning)}" for p in each.parameters]
        lines += ["", "# Arguments", ""]
        lines += [line for item in items for line in wrapped(item, width=76, hanging="  ")]
    return [f"/// {line}".rstrip() for line in lines]


def _prose(text: str) -> str:
    return prose(text, lambda name: f"`{name}`")


def _block(statements: Block, sight: Sight, *, last: bool = False) -> Lines:
    """The lines of a block; the value of a function's last block stands without `return`."""
    lines: Lines = []
    for number, each in enumerate(statements[:-1], 1):
        late = isinstance(each, Declare) and _late(each.name, statements[number:], sight)
        lines += [late] if late else _statement(each, sight)
    match statements[-1]:
        case Return(value) if last:
            return [*lines, kept(value, sight)]
        case If() as branch if last:
            return lines + _if(branch, sight, last=True)
        case final:
            return lines + _statement(final, sight)


def _statement(node: Statement, sight: Sight) -> Lines:
    match node:
        case Declare(name, value):
            return [_declare(name, value, sight)]
        case Assign(name, _) if name in sight.facts.built:
            return [f"{name}.clear();"]
        case Assign(name, value):
            return [f"{name} = {_source(name, value, sight)};"]
        case Update(name, operator, value):
            return [f"{name} {C_LIKE[operator].spelling}= {_source(name, value, sight)};"]
        case SetItem():
            return _set_item(node, sight)
        case Append(name, value):
            return [f"{name}.push({whole(value, sight).text});"]
        case Extend(name, piece):
            return [f"{name}.{_push(name, piece, sight)};"]
        case Return(value):
            return [f"return {kept(value, sight)};"]
        case If():
            return _if(node, sight)
        case _:
            return block(_loop_head(node, sight), _block(node.body, sight), unit=UNIT)


def _late(name: str, following: Block, sight: Sight) -> str:
    """A declaration without the value that no path reads, else nothing."""
    settings = _settings(name, following)
    if not settings or name in sight.facts.built or sight.facts.types[name] is Type.LIST:
        return ""
    changes = [node for node in walk(following) if isinstance(node, Assign | Update)]
    again = [node.name for node in changes].count(name) > settings
    return f"let {'mut ' if again else ''}{name};"


def _settings(name: str, block: Block) -> int:
    """How many assignments set a name before it is read, one on each path; 0 if a path has none."""
    for statement in block:
        match statement:
            case Assign(target, value) if target == name:
                return int(name not in read_names(value))
            case If(condition, then, otherwise) if name not in read_names(condition):
                counts = _settings(name, then), _settings(name, otherwise)
                if all(counts):
                    return sum(counts)
        if name in read_names((statement,)) or name in written_names((statement,)):
            return 0
    return 0


def _declare(name: str, value: Expression, sight: Sight) -> str:
    each = sight.facts
    moves = name in each.changed | each.built | each.grown | each.written
    kind = ": Vec<i32>" if value == Numbers(()) and name not in each.grown else ""
    return f"let {'mut ' if moves else ''}{name}{kind} = {_source(name, value, sight)};"


def _source(name: str, value: Expression, sight: Sight) -> str:
    """A value in the type of the name that takes it."""
    if name in sight.rust.indices:
        return place(value, sight).text
    if name in sight.rust.borrowed:
        return plain(value, sight).text
    match value:
        case Variable(source) if sight.facts.types[source] is Type.STR:
            return kept(value, sight, leaving=False)
        case _:
            return kept(value, sight)


def _set_item(node: SetItem, sight: Sight) -> Lines:
    """An index that asks its own list is worked out first: the list is already lent out."""
    lines: Lines = []
    index = place(node.index, sight).text
    if node.name in read_names(node.index):
        name = next(name for name in PLACES if name not in sight.facts.types)
        lines, index = [f"let {name} = {index};"], name
    operator, value = element_update(node) or ("", node.value)
    return [*lines, f"{node.name}[{index}] {operator}= {whole(value, sight).text};"]


def _push(name: str, piece: Expression, sight: Sight) -> str:
    if sight.facts.type_of(piece) is Type.CHAR:
        return f"push({plain(piece, sight).text})"
    if piece == Variable(name):
        return f"push_str(&{name}.clone())"
    return f"push_str({lent(piece, sight)})"


def _loop_head(node: While | ForEach | ForRange, sight: Sight) -> str:
    match node:
        case While(condition):
            return f"while {_condition(condition, sight)} {{"
        case ForEach(name, sequence) if sight.facts.type_of(sequence) is Type.LIST:
            return f"for &{name} in {lent(sequence, sight)} {{"
        case ForEach(name, sequence):
            return f"for {name} in {plain(sequence, sight).text}.chars() {{"
        case ForRange(name):
            counter = name if is_read(name, node.body) else "_"
            return f"for {counter} in {_range(node, sight)} {{"


def _condition(node: Expression, sight: Sight) -> str:
    """A condition with line feeds where it may be broken: before its outermost operators."""
    text = plain(node, sight).text
    match node:
        case Binary("and" | "or" as operator, left, right):
            sides = [_side(side, operator, sight) for side in (left, right)]
            broken = f"\n{C_LIKE[operator].spelling} ".join(sides)
            return broken if broken.replace("\n", " ") == text else text
        case Binary(operator) | Not(Binary(operator)) if text.count(f" {operator} ") == 1:
            return text.replace(f" {operator} ", f"\n{operator} ")
    return text


def _side(node: Expression, operator: str, sight: Sight) -> str:
    match node:
        case Binary("and" | "or" as other) if other != operator:
            return f"({plain(node, sight).text})"
        case Binary("and" | "or"):
            return _condition(node, sight)
        case _:
            return plain(node, sight).text


def _range(loop: ForRange, sight: Sight) -> str:
    natural = loop.name in sight.rust.indices and counts_naturally(loop, sight.rust.indices)
    low, high = (loop.start, loop.stop) if loop.step > 0 else (loop.stop, loop.start)
    counted = loop.inclusive
    match high:
        case Binary("-", left, Number(1)) if counted:
            high, counted = left, False
    first, last = (place if natural else whole)(low, sight), _upper_end(high, natural, sight)
    text = f"{first.text}..{'=' if counted else ''}{last}"
    if loop.step < 0:
        text = f"({text}).rev()"
    if abs(loop.step) > 1:
        text = f"{text if loop.step < 0 else f'({text})'}.step_by({abs(loop.step)})"
    return text


def _upper_end(high: Expression, natural: bool, sight: Sight) -> str:
    match high:
        case Binary("-", left, Number(value)) if natural:
            return f"{place(left, sight).at(ATOM)}.saturating_sub({value})"
        case _:
            return (place if natural else whole)(high, sight).text


def _if(node: If, sight: Sight, *, last: bool = False) -> Lines:
    head = f"if {_condition(node.condition, sight)} {{"
    last = last and bool(node.otherwise)
    lines = [head, *indented(_block(node.then, sight, last=last), UNIT)]
    match node.otherwise:
        case ():
            return [*lines, "}"]
        case (If() as follower,):
            first, *rest = _if(follower, sight, last=last)
            return [*lines, f"}} else {first}", *rest]
        case otherwise:
            return [*lines, *block("} else {", _block(otherwise, sight, last=last), unit=UNIT)]
