"""Parsing: numbers and fields read out of a text."""

from numpy.random import Generator

from neuroglot.programs.algorithm import Algorithm, Exercise
from neuroglot.programs.choices import chance, pick, text, whole
from neuroglot.programs.forms import (
    branch,
    compose,
    each_letter,
    inside,
    within,
)
from neuroglot.programs.reading import read
from neuroglot.programs.words import Roles

TEXT: Roles = {
    "text": ("text", "line", "source", "given"),
    "letter": "letter",
    "result": ("result", "total", "answer"),
    "i": ("i", "place", "spot"),
    "number": ("number", "value", "parsed"),
}


def parse_digits(rng: Generator) -> Exercise:
    """The value of a numeral in a base, read from its beginning or from its end."""
    base = pick(rng, (2, 3, 5, 8, 10))
    sign, skips = chance(rng), pick(rng, ("", "_", " "))
    value = "ord({letter}) - ord('0')"
    forwards = pick(
        rng,
        (
            f"{{number}} = {{number}} * {base} + {value}",
            f"{{number}} *= {base}\n{{number}} += {value}",
        ),
    )
    backwards = f"{{number}} += ({value}) * {{weight}}\n{{weight}} *= {base}"
    from_end, minus = chance(rng), "{letter} == '-'"
    step = backwards if from_end else forwards
    if sign:
        step = branch(rng, minus, "{letter} != '-'", "{negative} = True", step)
    if skips:
        step = inside(f"if {{letter}} != '{skips}':\n    {{body}}", step)
    down = "for {i} in range(len({text}) - 1, -1, -1):\n    {letter} = {text}[{i}]\n    {body}"
    loop = inside(down, step) if from_end else each_letter(rng, step)
    start = ["{number} = 0"] + (["{weight} = 1"] if from_end else [])
    start += ["{negative} = False"] if sign else []
    notes = ["with a minus sign in front if it is negative"] if sign else []
    notes += (
        [f"with {'spaces' if skips == ' ' else 'underscores'} that do not count"] if skips else []
    )
    source = compose(
        rng,
        """
def {entry}({text}: str) -> int:
    '''the number that `{text}` stands for in base {base}{unread}

    {text}: digits of base {base}{notes}
    '''
    {start}
    {loop}
    {guard}
    return {number}
""",
        roles={
            **TEXT,
            "weight": ("weight", "unit", "scale"),
            "negative": ("negative", "below_zero"),
        },
        base=base,
        notes=", " + " and ".join(notes) if notes else "",
        unread=f", where {'spaces' if skips == ' ' else 'underscores'} do not count"
        if skips
        else "",
        start="\n".join(start),
        loop=loop,
        guard="if {negative}:\n    return -{number}" if sign else "",
        entry=pick(rng, ("parse_number", "read_number", "number_of_text")),
    )
    program = read(source, title=pick(rng, ("number_parser", "numeral_reader")))
    digits = "0123456789"[:base] + skips

    def draw(rng: Generator) -> tuple[str]:
        return (("-" if sign and chance(rng) else "") + text(rng, digits, length=(1, 8)),)

    return Exercise(program, draw, (("1",), ("0",)))


NUMBERS_IN_TEXT = """
def {entry}({text}: str) -> {kind}:
    '''{purpose}

    {text}: any text with numbers without sign in it
    '''
    {result} = {empty}
    {steps}
    return {result}
"""


def numbers_in_text(rng: Generator) -> Exercise:
    """The numbers that stand in a text: their sum, their count, the largest, or a list."""
    want, limit = pick(rng, ("sum", "count", "largest", "list", "small")), whole(rng, 5, 40)
    value = "ord({letter}) - ord('0')"
    is_digit = within(rng, "'0'", "'9'")
    record = {
        "sum": "{result} += {number}",
        "count": f"if {{number}} > {limit}:\n    {{result}} += 1",
        "largest": "if {number} > {result}:\n    {result} = {number}",
        "list": "{result}.append({number})",
        "small": f"if {{number}} <= {limit}:\n    {{result}} += {{number}}",
    }[want]
    grow = f"{{number}} = {{number}} * 10 + {value}"
    ended = inside("if {inside}:\n    {body}\n    {number} = 0\n    {inside} = False", record)
    taken = inside("if {inside}:\n    {body}", record)
    flagged = branch(rng, is_digit, f"not ({is_digit})", "{inside} = True\n" + grow, ended)
    scan = "{number} = 0\n{inside} = False\n" + each_letter(rng, flagged) + "\n" + taken
    signed = (
        f"if {is_digit}:\n    {{body}}\nelif {{number}} >= 0:\n    {{record}}\n    {{number}} = -1"
    )
    signed = inside(signed, "if {number} < 0:\n    {number} = 0\n" + grow)
    marked = "{number} = -1\n" + each_letter(rng, signed) + "\nif {number} >= 0:\n    {record}"
    nested = f"""\
{{i}} = 0
while {{i}} < len({{text}}):
    {{letter}} = {{text}}[{{i}}]
    if {is_digit}:
        {{number}} = 0
        while {{i}} < len({{text}}) and {{helper}}({{text}}[{{i}}]):
            {{number}} = {{number}} * 10 + ord({{text}}[{{i}}]) - ord('0')
            {{i}} += 1
        {{record}}
    else:
        {{i}} += 1"""
    nested = nested.replace(is_digit, "{helper}({letter})")
    helper = f"""
def {{helper}}({{letter}}: char) -> bool:
    '''whether `{{letter}}` is a digit'''
    return {is_digit}
"""
    steps = pick(rng, (scan, marked, nested))
    purpose = {
        "sum": "the sum of all numbers that stand in `{text}`",
        "count": f"how many of the numbers that stand in `{{text}}` are above {limit}",
        "largest": "the largest number that stands in `{text}`, or 0 if there is none",
        "list": "all numbers that stand in `{text}`, in their order",
        "small": f"the sum of those numbers in `{{text}}` that are at most {limit}",
    }[want]
    source = compose(
        rng,
        (helper if steps is nested else "") + NUMBERS_IN_TEXT,
        roles={
            **TEXT,
            "inside": ("started", "in_number", "reading_digits"),
            "helper": ("is_digit", "is_numeral"),
        },
        kind="list" if want == "list" else "int",
        empty="[]" if want == "list" else 0,
        purpose=purpose,
        steps=steps,
        **({} if steps is scan else {"record": record}),
        entry=pick(rng, ("numbers_in_text", "read_numbers", "number_scan")),
    )
    program = read(source, title=pick(rng, ("number_reader", "text_scanner")))

    def draw(rng: Generator) -> tuple[str]:
        parts = [str(whole(rng, 0, 60)) for _ in range(whole(rng, 0, 4))]
        return (
            text(rng, "a ", length=(0, 2))
            + pick(rng, (" ", "x", ", ")).join(parts)
            + "b"[: chance(rng)],
        )

    return Exercise(program, draw, (("",), ("a",), ("12",), ("7 89b1",)))


def field_of_line(rng: Generator) -> Exercise:
    """One field of a line: by its number from the beginning, up to or after a separator."""
    (mark, name) = pick(rng, ((",", "commas"), (";", "semicolons"), (":", "colons"), ("|", "bars")))
    first = whole(rng, 0, 1)
    is_mark, keep = f"{{letter}} == '{mark}'", "{seen} {relation} {place}"
    pick_up = f"if {is_mark}:\n    {{seen}} += 1\nelif {keep}:\n    {{result}} += {{letter}}"
    kept = f"if {keep}:\n    {{result}} += {{letter}}"
    kept_first = inside(f"if {{letter}} != '{mark}':\n    {{body}}\nelse:\n    {{seen}} += 1", kept)
    by_letter = each_letter(rng, pick(rng, (pick_up, kept_first)))
    nested = f"""\
{{i}} = 0
while {{i}} < len({{text}}) and {{seen}} < {{place}}:
    if {{text}}[{{i}}] == '{mark}':
        {{seen}} += 1
    {{i}} += 1
while {{i}} < len({{text}}) and {{text}}[{{i}}] != '{mark}':
    {{result}} += {{text}}[{{i}}]
    {{i}} += 1"""
    relation = pick(rng, ("==", "==", "!=", "<", ">="))
    steps = nested if relation == "==" and chance(rng) else by_letter
    what = {
        "==": "the field at place `{place}` of `{text}`",
        "!=": "the fields of `{text}` without the one at place `{place}`, run together",
        "<": "the fields of `{text}` before place `{place}`, run together",
        ">=": "the fields of `{text}` from place `{place}` on, run together",
    }[relation]
    source = compose(
        rng,
        """
def {entry}({text}: str, {place}: int) -> str:
    '''{what}

    {text}: fields separated by {name}
    {place}: the place, counted from {first}
    '''
    {result} = ""
    {seen} = {first}
    {steps}
    return {result}
""",
        roles={
            **TEXT,
            "i": ("i", "at", "spot"),
            "result": ("result", "answer", "found"),
            "place": ("place", "column", "wanted"),
            "seen": ("current", "passed", "reached"),
            "letter": ("letter", "sign", "character"),
        },
        what=what,
        name=name,
        first=first,
        steps=steps,
        **({} if steps is nested else {"relation": relation}),
        entry=pick(rng, ("field_of_line", "column_of_line", "read_field")),
    )
    program = read(source, title=pick(rng, ("line_splitter", "field_reader")))

    def draw(rng: Generator) -> tuple[str, int]:
        return text(rng, "ab1" + mark, length=(0, 12)), whole(rng, first, 3)

    return Exercise(program, draw, (("", first), (f"ab{mark}{mark}c", first + 2)))


ALGORITHMS = (
    Algorithm("parse_digits", "parsing", 1, parse_digits),
    Algorithm("numbers_in_text", "parsing", 3, numbers_in_text),
    Algorithm("field_of_line", "parsing", 2, field_of_line),
)
