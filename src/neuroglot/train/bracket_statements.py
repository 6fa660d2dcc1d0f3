"""Statements in which calls are opened and closed again, to be learned: how many are still open.

The number of open calls and of calls closed already are drawn apart, so that neither tells the
other, and operands without brackets fill the line. Where a line ends must be foreseeable, or no
text would show whether a model counts: a number of three digits is the last operand of most lines,
and stands nowhere else. `print(str(` is left for tests. Takes lines of code that stand before and a
generator, gives a text.
"""

from collections.abc import Mapping, Sequence

from numpy.random import Generator

from neuroglot.base.planted_words import ADJECTIVES, NOUNS
from neuroglot.programs.choices import chance, pick, whole

DEPTHS = (0.38, 0.28, 0.18, 0.10, 0.06)
"""Share of statements in which one, two, ... five calls are open where they end."""

MOST_CLOSED = 3
MOST_PLAIN = 10
OTHER_ENDS = 8
"""One line in so many ends in another operand than a number of three digits."""

STATEMENTS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "python": (("{name} = {call}", ""), ("return {call}", ""), ("if {call}", ":"), ("{call}", "")),
    "ruby": (("{name} = {call}", ""), ("return {call}", ""), ("puts({call}", ")")),
    "go": (("{name} := {call}", ""), ("return {call}", ""), ("if {call}", " {"), ("{call}", "")),
    "kotlin": (("val {name} = {call}", ""), ("return {call}", ""), ("{call}", "")),
    "rust": (("let {name} = {call}", ";"), ("return {call}", ";"), ("while {call}", " {")),
    "java": (("int {name} = {call}", ";"), ("return {call}", ";"), ("if ({call}", ") {")),
    "c": (("int {name} = {call}", ";"), ("return {call}", ";"), ("if ({call}", ") {")),
    "cpp": (("auto {name} = {call}", ";"), ("return {call}", ";"), ("while ({call}", ") {")),
    "csharp": (("var {name} = {call}", ";"), ("return {call}", ";"), ("if ({call}", ") {")),
    "javascript": (("let {name} = {call}", ";"), ("return {call}", ";"), ("if ({call}", ") {")),
    "typescript": (
        ("const {name} = {call}", ";"),
        ("return {call}", ";"),
        ("while ({call}", ") {"),
    ),
    "php": (("${name} = {call}", ";"), ("return {call}", ";"), ("if ({call}", ") {")),
}
"""How a statement begins, and what stands behind its last bracket."""

BUILT_IN: Mapping[str, tuple[str, ...]] = {
    "python": ("len", "int", "str", "abs", "sum", "max", "min", "sorted", "list", "float", "round"),
    "javascript": ("Number", "String", "parseInt", "Math.abs", "Math.max", "Math.floor"),
    "typescript": ("Number", "String", "parseInt", "Math.abs", "Math.min", "Math.floor"),
    "java": ("Math.abs", "Math.max", "String.valueOf", "Integer.parseInt"),
    "c": ("abs", "sizeof", "strlen", "atoi"),
    "cpp": ("std::abs", "std::max", "int", "std::min"),
    "csharp": ("Math.Abs", "Math.Max", "Convert.ToInt32"),
    "go": ("len", "int", "float64", "string", "cap"),
    "kotlin": ("maxOf", "minOf", "listOf", "abs"),
    "php": ("count", "strlen", "intval", "abs", "max"),
    "ruby": ("Integer", "String", "Float"),
    "rust": ("i32::from", "Some", "usize::from", "f64::from"),
}

JOINTS = (" + ", " - ", " * ", ", ")
JOINED = frozenset(("python", "ruby", "rust", "c", "cpp", "php"))
"""Languages whose names have an underscore between words."""


def statement(context: Sequence[str], language: str, rng: Generator) -> str:
    """The lines, and below them a statement as far in as the last one; ends with a line break."""
    last = next((line for line in reversed(context) if line.strip()), "")
    margin = last[: len(last) - len(last.lstrip())]
    opened = int(rng.choice(len(DEPTHS), p=DEPTHS)) + 1
    # The bracket of a branch's head is one of those that are open.
    fitting = [each for each in STATEMENTS[language] if each[0].count("(") < opened]
    before, behind = pick(rng, fitting)
    calls = [_function(language, rng) for _ in range(opened - before.count("("))]
    inner = "(".join(calls) + "(" + _operands(language, rng)
    closing = ")" * len(calls)
    line = before.format(name=_name(language, rng), call=inner) + closing + behind
    if "print(str(" in line:
        return statement(context, language, rng)
    return "\n".join([*context, margin + line, ""])


def _operands(language: str, rng: Generator) -> str:
    """Closed calls and plain operands in any order; the last one is plain, mostly a long number."""
    closed = [
        f"{_function(language, rng)}({_plain(language, rng)})"
        for _ in range(whole(rng, 0, MOST_CLOSED))
    ]
    plain = [_plain(language, rng) for _ in range(whole(rng, 0, whole(rng, 0, MOST_PLAIN)))]
    parts = [*closed, *plain]
    ordered = [parts[place] for place in rng.permutation(len(parts)).tolist()]
    last = str(whole(rng, 100, 999)) if rng.integers(OTHER_ENDS) else _plain(language, rng)
    return pick(rng, JOINTS).join([*ordered, last])


def _plain(language: str, rng: Generator) -> str:
    """A number of at most two digits or a name, now and then below zero or an item of a list."""
    sign = "" if rng.integers(6) else "-"
    if chance(rng):
        return sign + (str(whole(rng, 0, 99)) if rng.integers(4) else f"{whole(rng, 0, 9)}.5")
    name = ("$" if language == "php" else "") + _name(language, rng)
    return f"{name}[{whole(rng, 0, 20)}]" if not rng.integers(5) else sign + name


def _function(language: str, rng: Generator) -> str:
    known = BUILT_IN[language]
    return pick(rng, known) if not rng.integers(3) else _name(language, rng)


def _name(language: str, rng: Generator) -> str:
    """One word or two, joined as the language has it."""
    first, second = pick(rng, ADJECTIVES), pick(rng, NOUNS)
    if chance(rng):
        return second
    return f"{first}_{second}" if language in JOINED else first + second.capitalize()
