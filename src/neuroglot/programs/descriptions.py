"""A program in English: a summary of one sentence, and a specification after a signature.

Takes a program, whose functions say what they return and what their parameters mean, and a
generator that chooses the wording. Names stand in backticks and in snake_case, whatever language
the program is written in. Knows no language and no algorithm.
"""

from collections.abc import Callable, Mapping, Sequence

from numpy.random import Generator

from neuroglot.programs.choices import pick
from neuroglot.programs.layout import sentence
from neuroglot.programs.tree import Function, Parameter, Program, Type

NOUNS: Mapping[Type, str] = {
    Type.INT: "integer",
    Type.BOOL: "boolean",
    Type.CHAR: "character",
    Type.STR: "string",
    Type.LIST: "list of integers",
}

Verb = tuple[str, str]
"""As it stands in an order and in a report: "return", "returns"."""

RETURN: Verb = ("return", "returns")
VERBS: Mapping[Type, tuple[Verb, ...]] = {
    Type.INT: (RETURN, ("compute", "computes"), ("find", "finds"), ("determine", "determines")),
    Type.BOOL: (RETURN, ("tell", "tells"), ("check", "checks"), ("determine", "determines")),
    Type.CHAR: (RETURN, ("find", "finds"), ("give", "gives")),
    Type.STR: (RETURN, ("build", "builds"), ("produce", "produces")),
    Type.LIST: (RETURN, ("build", "builds"), ("produce", "produces")),
}

SUMMARIES = (
    "{order} {purpose}",
    "write a function that {report} {purpose}",
    "the function {report} {purpose}",
)
SUMMARIES_OF_INPUTS = (
    "given {inputs}, {order} {purpose}",
    "take {inputs} and {order} {purpose}",
    "the function takes {inputs} and {report} {purpose}",
)
"""Wordings that name the parameters, where there are any."""


def summary(program: Program, rng: Generator) -> str:
    """One sentence: what the entry returns."""
    entry = program.entry
    order, report = pick(rng, _verbs(entry))
    inputs = enumerated([f"{_noun(each.type)} `{each.name}`" for each in entry.parameters])
    templates = SUMMARIES + (SUMMARIES_OF_INPUTS if inputs else ())
    chosen = pick(rng, templates)
    return sentence(chosen.format(order=order, report=report, purpose=entry.purpose, inputs=inputs))


def signature(program: Program) -> str:
    """The entry in no language: `count_above(values: list of integers) -> integer`."""
    entry = program.entry
    parameters = ", ".join(f"{each.name}: {NOUNS[each.type]}" for each in entry.parameters)
    return f"{entry.name}({parameters}) -> {NOUNS[entry.returns]}"


def specification(program: Program, rng: Generator) -> str:
    """The signature on a line of its own, then parameters and result in one of several wordings."""
    return f"{signature(program)}\n{pick(rng, SPECIFICATIONS)(program.entry)}"


def enumerated(parts: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    *others, last = parts or [""]
    return f"{', '.join(others)} and {last}" if others else last


def _told(entry: Function) -> str:
    *others, last = [f"`{each.name}`, {_explained(each)}" for each in entry.parameters] or [
        "nothing"
    ]
    takes = f"{', '.join(others)}, and {last}" if others else last
    return f"`{entry.name}` takes {takes}. It returns {_noun(entry.returns)}: {entry.purpose}."


def _listed(entry: Function) -> str:
    lines = [f"- `{each.name}` ({NOUNS[each.type]}): {each.meaning}" for each in entry.parameters]
    result = f"Result ({NOUNS[entry.returns]}): {entry.purpose}"
    return "\n".join([*(["Parameters:"] if lines else []), *lines, result])


def _result_first(entry: Function) -> str:
    first = f"The result is {_noun(entry.returns)}: {entry.purpose}."
    return " ".join(
        [first, *(f"`{each.name}` is {_explained(each)}." for each in entry.parameters)]
    )


SPECIFICATIONS: tuple[Callable[[Function], str], ...] = (_told, _listed, _result_first)


def _explained(parameter: Parameter) -> str:
    """Type and meaning, or the meaning alone where it says the type: "an integer above zero"."""
    kind = _noun(parameter.type)
    if parameter.meaning.startswith(kind):
        return parameter.meaning
    return f"{kind} ({parameter.meaning})"


def _noun(kind: Type) -> str:
    return f"{'an' if kind is Type.INT else 'a'} {NOUNS[kind]}"


def _verbs(entry: Function) -> Sequence[Verb]:
    """Only what is a question can be checked or told."""
    if entry.returns is Type.BOOL and not entry.purpose.startswith("whether "):
        return (RETURN,)
    return VERBS[entry.returns]
