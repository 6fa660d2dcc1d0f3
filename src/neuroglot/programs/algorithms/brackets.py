"""Brackets: counted, matched, and nested by a depth or by a stack."""

from numpy.random import Generator

from neuroglot.programs.algorithm import Algorithm, Exercise
from neuroglot.programs.choices import chance, pick, text, whole
from neuroglot.programs.forms import (
    branch,
    compose,
    each_letter,
    each_place,
    either,
    inside,
)
from neuroglot.programs.reading import read
from neuroglot.programs.words import Roles

TEXT: Roles = {
    "text": ("text", "line", "source", "given"),
    "letter": "letter",
    "result": ("result", "total", "answer"),
    "i": ("i", "place", "spot"),
    "number": ("number", "value", "parsed"),
    "depth": ("depth", "level", "nesting"),
    "size": ("filled", "top", "height"),
}
BRACKETS = (("(", ")", "round"), ("[", "]", "square"), ("<", ">", "angle"))


LEVELS = {
    "> 0": "inside",
    "== 1": "inside exactly one pair of",
    "> 1": "inside at least two pairs of",
}
BRACKET_DEPTH = """
def {entry}({text}: str) -> {type}:
    '''{purpose}

    {text}: {meaning}
    '''
    {before}
    {loop}
    {last}
"""


def bracket_depth(rng: Generator) -> Exercise:
    """Brackets of one kind: how deep they nest, whether they balance, or how many do not."""
    opening, closing, kind = pick(rng, BRACKETS)
    want = pick(rng, ("deepest", "balanced", "unmatched", "inside", "pairs"))
    opens, closes = f"{{letter}} == '{opening}'", f"{{letter}} == '{closing}'"
    up, down = "{depth} += 1", "{depth} -= 1"
    before, last, otherwise = "{depth} = 0\n{result} = 0", "return {result}", ""
    if want == "deepest":
        up += "\nif {depth} > {result}:\n    {result} = {depth}"
    elif want == "unmatched":
        down = branch(rng, "{depth} > 0", "{depth} == 0", "{depth} -= 1", "{result} += 1")
        last = "return {result} + {depth}"
    elif want == "pairs":
        down = "if {depth} > 0:\n    {depth} -= 1\n    {result} += 1"
    elif want == "inside":
        otherwise = (
            f"\nelif {{depth}} {pick(rng, ('> 0', '== 1', '> 1', '== 0'))}:\n    {{result}} += 1"
        )
    elif chance(rng):
        before, last = "{depth} = 0", "return {depth} == 0"
        down += "\nif {depth} < 0:\n    return False"
    else:
        before, last = "{depth} = 0\n{result} = True", "return {result} and {depth} == 0"
        down = "{depth} -= 1\nif {depth} < 0:\n    {result} = False"
    (first, then), (second, after) = either(rng, (opens, up), (closes, down))
    body = inside(f"if {first}:\n    {{body}}", then) + inside(
        f"\nelif {second}:\n    {{body}}", after
    )
    level = otherwise[len("\nelif {depth} ") :].split(":")[0]
    purpose = {
        "deepest": f"how deeply the {kind} brackets of `{{text}}` are nested",
        "balanced": f"whether every {kind} bracket of `{{text}}` has its partner",
        "unmatched": f"the number of {kind} brackets of `{{text}}` that have no partner",
        "pairs": f"the number of pairs that the {kind} brackets of `{{text}}` form",
        "inside": "the number of characters of `{text}`"
        f" {LEVELS.get(level, 'outside')} {kind} brackets",
    }[want]
    source = compose(
        rng,
        BRACKET_DEPTH,
        roles={
            **TEXT,
            "result": ("holds", "fits", "sound") if want == "balanced" else TEXT["result"],
        },
        type="bool" if want == "balanced" else "int",
        purpose=purpose,
        meaning="a text with brackets, each of which has its partner"
        if want in ("deepest", "inside")
        else "a text with brackets",
        before=before,
        loop=each_letter(rng, body + otherwise),
        last=last,
        entry={
            "deepest": "deepest_bracket",
            "balanced": "is_balanced",
            "unmatched": "count_unmatched",
            "pairs": "count_pairs",
            "inside": "count_enclosed" if level != "== 0" else "count_outside",
        }[want],
    )
    program = read(source, title=pick(rng, ("bracket_counter", "bracket_reader")))

    def nested(rng: Generator, depth: int) -> str:
        if depth == 0:
            return text(rng, "ab", length=(0, 2))
        return "".join(
            pick(rng, ("a", "", opening + nested(rng, depth - 1) + closing)) for _ in range(3)
        )

    def draw(rng: Generator) -> tuple[str]:
        given = nested(rng, 3)
        wild = want in ("balanced", "unmatched", "pairs") and chance(rng)
        return (text(rng, opening + closing + "a") if wild else given,)

    return Exercise(
        program, draw, (("",), (opening + closing,), (f"a{opening}b{opening}{closing}{closing}c",))
    )


def nested_brackets(rng: Generator) -> Exercise:
    """Brackets of two kinds: whether they nest properly, with a stack in a list."""
    (a, b, one), (c, d, other) = either(rng, BRACKETS[0], pick(rng, BRACKETS[1:]))
    way = pick(rng, ("early", "flag", "index"))
    by_code = chance(rng)
    codes = (f"ord('{b}')", f"ord('{d}')") if by_code else ("1", "2")
    push = "{stack}[{size}] = CODE\n{size} += 1"
    bad = "{size} == 0 or {stack}[{size} - 1] != CODE"
    fail = {"early": "return False", "flag": "{holds} = False", "index": "return {i}"}[way]
    drop = "{size} -= 1"
    if way == "flag":
        pop = branch(rng, bad, "{size} > 0 and {stack}[{size} - 1] == CODE", fail, drop)
    else:
        pop = f"if {bad}:\n    {fail}\n{drop}"
    lines = [
        ("if", f"{{letter}} == '{a}'", push.replace("CODE", codes[0])),
        ("elif", f"{{letter}} == '{c}'", push.replace("CODE", codes[1])),
    ]
    if by_code:
        closing = pop.replace("CODE", "ord({letter})")
        lines.append(("elif", f"{{letter}} == '{b}' or {{letter}} == '{d}'", closing))
    else:
        lines.append(("elif", f"{{letter}} == '{b}'", pop.replace("CODE", codes[0])))
        lines.append(("elif", f"{{letter}} == '{d}'", pop.replace("CODE", codes[1])))
    body = "\n".join(inside(f"{word} {test}:\n    {{body}}", part) for word, test, part in lines)
    loop = (
        each_place(rng, "{letter} = {text}[{i}]\n" + body, of="{text}")
        if way == "index"
        else each_letter(rng, body)
    )
    last = {
        "early": "return {size} == 0",
        "flag": "return {holds} and {size} == 0",
        "index": "return -1",
    }[way]
    source = compose(
        rng,
        """
def {entry}({text}: str) -> {kind}:
    '''{purpose}

    {text}: a text with brackets
    '''
    {stack} = [0] * len({text})
    {size} = 0
    {start}
    {loop}
    {last}
""",
        roles={
            **TEXT,
            "stack": ("stack", "waiting", "pending"),
            "holds": ("holds", "sound", "valid"),
        },
        kind="int" if way == "index" else "bool",
        purpose=f"the index of the first of the {one} and {other} brackets of `{{text}}` that"
        " closes none, or -1"
        if way == "index"
        else f"whether the {one} and {other} brackets of `{{text}}` are properly nested",
        start="{holds} = True" if way == "flag" else "",
        loop=loop,
        last=last,
        entry=pick(rng, ("find_misfit", "first_wrong_bracket"))
        if way == "index"
        else pick(rng, ("is_nested", "brackets_match", "check_brackets")),
    )
    program = read(source, title=pick(rng, ("bracket_checker", "nesting_test")))

    def draw(rng: Generator) -> tuple[str]:
        given = ""
        for _ in range(whole(rng, 0, 4)):
            left, right = pick(rng, ((a, b), (c, d), (a, b + "x")))
            given = pick(rng, (left + given + right, given + left + right, left + right + given))
        wrong = text(rng, a + b + c + d, length=(0, 1))
        return (given + wrong if chance(rng) else wrong + given,)

    return Exercise(program, draw, (("",), (a + c + b + d,), (a + c + d + b,), (b,), (a,)))


ALGORITHMS = (
    Algorithm("bracket_depth", "brackets", 2, bracket_depth),
    Algorithm("nested_brackets", "brackets", 3, nested_brackets),
)
