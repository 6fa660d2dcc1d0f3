"""Number theory: common divisors and multiples, and remainders of powers."""

from numpy.random import Generator

from neuroglot.programs.algorithm import Algorithm, Exercise
from neuroglot.programs.choices import chance, numbers, pick, whole
from neuroglot.programs.filling import fill, needed
from neuroglot.programs.reading import read
from neuroglot.programs.spellings import counted, each_item, in_full
from neuroglot.programs.words import draw_names

REMAINDERS = (
    """
{a} = {first}
{b} = {second}
while {b} {over} 0:
    {rest} = {a} % {b}
    {a} = {b}
    {b} = {rest}
""",
    """
{a} = {first}
{b} = {second}
{rest} = {a} % {b}
while {rest} {over} 0:
    {a} = {b}
    {b} = {rest}
    {rest} = {a} % {b}
""",
)
TRIALS = (
    """
{a} = {first}
{b} = {second}
while {a} != {b}:
    if {a} > {b}:
        {a} -= {b}
    else:
        {b} -= {a}
""",
    """
{a} = {first}
while {first} % {a} {over} 0 or {second} % {a} {over} 0:
    {a} -= 1
""",
    """
{a} = 1
for {b} in range(2, {first} + 1):
    if {first} % {b} == 0 and {second} % {b} == 0:
        {a} = {b}
""",
)
MEASURE = """
def {measure}({first}: int, {second}: int) -> int:
    '''the greatest common divisor of `{first}` and `{second}`'''
    {measuring}
    return {answer}
"""


def measuring(rng: Generator, *, large: bool = False) -> dict[str, str]:
    """A way to find the greatest common divisor, with its names and the place of the answer.

    By remainders, or also by trial where numbers are not `large`.
    """
    way = pick(rng, REMAINDERS + REMAINDERS + TRIALS[large * 3 :])
    first, second = pick(rng, (("first", "second"), ("one", "other"), ("left", "right")))
    a, b = pick(rng, (("a", "b"), ("x", "y"), ("m", "n")))
    names = {"b": b, "rest": pick(rng, ("rest", "remainder")), "over": pick(rng, ("!=", ">"))}
    answer = "{b}" if way == REMAINDERS[1] else "{a}"
    known = {"first": first, "second": second, "a": a, "measuring": way, "answer": answer}
    return {**known, **needed(names, way)}


def measure(rng: Generator, *, large: bool = False) -> dict[str, str]:
    """What MEASURE has to be filled with."""
    name = pick(rng, ("greatest_divisor", "common_divisor", "shared_measure"))
    return {**measuring(rng, large=large), "measure": name}


def draw_pair(rng: Generator) -> tuple[int, int]:
    """Two numbers above zero that often share a divisor."""
    shared = whole(rng, 1, 8)
    return shared * whole(rng, 1, 16), shared * whole(rng, 1, 16)


def greatest_divisor(rng: Generator) -> Exercise:
    """The greatest common divisor of two numbers, or what is left of one without it."""
    pieces = measuring(rng)
    answer = pieces.pop("answer")
    k = whole(rng, 1, 4)
    kind, purpose, result, entries = pick(
        rng,
        (
            ("int", "the greatest common divisor of `{first}` and `{second}`", answer,
             ("greatest_divisor", "common_divisor", "greatest_common_divisor")),
            ("int", "`{first}` divided by all that it has in common with `{second}`",
             f"{{first}} // {answer}", ("reduced_part", "lowest_terms", "reduce_fraction")),
            ("bool", f"whether `{{first}}` and `{{second}}` have no common divisor above {k}",
             f"{answer} <= {k}", ("are_coprime", "share_little", "hardly_share")),
        ),
    )  # fmt: skip
    source = fill(
        """
def {entry}({first}: int, {second}: int) -> {kind}:
    '''{purpose}

    {first}: an integer above zero
    {second}: an integer above zero
    '''
    {measuring}
    return {result}
""",
        **pieces,
        kind=kind,
        purpose=purpose,
        result=result,
        entry=pick(rng, entries),
    )
    program = read(source, title=pick(rng, ("divisor_finder", "measure_finder", "number_pair")))
    return Exercise(program, draw_pair, ((1, 1), (12, 9), (5, 20)))


STEPPING = (
    "while {multiple} % {one} != 0:\n    {multiple} += {two}",
    "while {multiple} % {one} != 0 or {multiple} % {two} != 0:\n    {multiple} += {two}",
    "while {multiple} % {one} != 0 or {multiple} % {two} != 0:\n    {multiple} += 1",
)


def common_multiple(rng: Generator) -> Exercise:
    """The least common multiple of two numbers: through their divisor, or by stepping."""
    one, two = pick(rng, (("{first}", "{second}"), ("{second}", "{first}")))
    multiple = {"multiple": pick(rng, ("multiple", "candidate", "result"))}
    steps = chance(rng)
    if steps:
        names = {"first": "first", "second": "second", **multiple, "one": one, "two": two}
        stepping = pick(rng, STEPPING)
        begin = two if "+= {two}" in stepping else pick(rng, (one, two, "1"))
        body = f"{{multiple}} = {begin}\n{stepping}\nreturn {{multiple}}"
    else:
        names = measure(rng)
        form = pick(rng, (f"{one} // {{shared}} * {two}", f"{one} * {two} // {{shared}}"))
        body = f"{{shared}} = {{measure}}({one}, {two})\nreturn {form}"
        if form.startswith(f"{one} *") and chance(rng):
            body = "return " + form.replace("{shared}", f"{{measure}}({one}, {two})")
        if "{shared}" in body:
            names["shared"] = pick(rng, ("shared", "common", "divisor"))
    source = fill(
        """
{helper}

def {entry}({first}: int, {second}: int) -> int:
    '''the least common multiple of `{first}` and `{second}`

    {first}: an integer above zero
    {second}: an integer above zero
    '''
    {body}
""",
        **names,
        helper="" if steps else MEASURE,
        body=body,
        entry=pick(rng, ("least_multiple", "common_multiple", "smallest_multiple")),
    )
    program = read(source, title=pick(rng, ("multiple_search", "multiple_finder")))
    return Exercise(program, draw_pair, ((1, 1), (7, 14)))


def measure_of_list(rng: Generator) -> Exercise:
    """The greatest common divisor, or the least common multiple, of a list and a constant."""
    divides, start = chance(rng), 12 * whole(rng, 1, 10)
    once = "{shared} = {measure}({shared}, {item})"
    if not divides:
        start = whole(rng, 1, 6)
        once = "{shared} = {shared} // {measure}({shared}, {item}) * {item}"
        if chance(rng):
            once = "{common} = {measure}({shared}, {item})\n{shared} *= {item} // {common}"
    what = "greatest common divisor" if divides else "least common multiple"
    alone = not divides and start == 1
    source = fill(
        MEASURE
        + """
def {entry}({values}: list) -> int:
    '''the {what} of {all}

    {values}: integers above zero
    '''
    {shared} = {start}
    {loop}
    return {shared}
""",
        **measure(rng, large=not divides),
        **draw_names(rng, values="list", item="item"),
        **({"common": pick(rng, ("common", "divisor"))} if "{common}" in once else {}),
        shared=pick(rng, ("shared", "result", "answer")),
        what=what,
        all="all {values}, 1 if there are none" if alone else "{start} and all {values}",
        start=start,
        loop=each_item(rng),
        body=once,
        entry=pick(rng, ("common_measure", "fold_numbers", "combine_all")),
    )
    program = read(source, title=pick(rng, ("number_folder", "measure_finder")))
    most = 60 if divides else 16
    return Exercise(program, lambda rng: (numbers(rng, length=(0, 4), values=(1, most)),), (((),),))


def coprime_numbers(rng: Generator) -> Exercise:
    """Counts, adds or lists the numbers below n that share (no) divisor with it."""
    shares = chance(rng)
    result, of, begin, add = pick(
        rng,
        (
            ("int", "the number of integers", "{out} = 0", "{out} += 1"),
            ("int", "the sum of the integers", "{out} = 0", "{out} += {i}"),
            ("list", "the integers", "{out} = []", "{out}.append({i})"),
        ),
    )
    test = pick(rng, ("{measure}({number}, {i})", "{measure}({i}, {number})"))
    test += pick(rng, (" > 1", " != 1")) if shares else " == 1"
    source = fill(
        MEASURE
        + """
def {entry}({number}: int) -> {result}:
    '''{of} from {low} to `{number}` that have {kind} with it

    {number}: an integer above zero
    '''
    {begin}
    {loop}
    return {out}
""",
        **measure(rng),
        number=pick(rng, ("number", "value", "size", "given")),
        i=pick(rng, ("i", "candidate", "partner")),
        out=pick(rng, ("result", "collected", "found")),
        low=(low := whole(rng, 1, 2)),
        kind="a common divisor above 1" if shares else "no common divisor above 1",
        of=of,
        result=result,
        begin=begin,
        loop=counted(rng, "{i}", first=str(low), stop="{number} + 1"),
        body=f"if {test}:\n    {add}",
        entry=pick(rng, ("coprime_numbers", "numbers_that_share", "partners_of"))
        if shares
        else pick(rng, ("coprime_numbers", "numbers_apart", "partners_of")),
    )
    program = read(source, title=pick(rng, ("coprime_scan", "divisor_partners")))
    return Exercise(program, lambda rng: (whole(rng, 1, 60),), ((1,), (12,)))


def modular_power(rng: Generator) -> Exercise:
    """A power modulo something: by repeated multiplication or by squaring."""
    fixed = chance(rng)
    modulus = str(whole(rng, 7, 999)) if fixed else "{modulus}"
    by_squares = chance(rng)
    multiply = f"{{result}} = {{result}} * {{base}} % {modulus}"
    if by_squares:
        body = f"""
{{square}} = {{base}} % {modulus}
{{rest}} = {{exponent}}
while {{rest}} > 0:
    if {{rest}} % 2 == 1:
        {{result}} = {{result}} * {{square}} % {modulus}
    {{square}} = {{square}} * {{square}} % {modulus}
    {in_full(rng, "{rest} //= 2")}
"""
    else:
        body = counted(rng, "{i}", stop="{exponent}")
    two_steps = f"{{result}} *= {{base}}\n{{result}} %= {modulus}"
    source = fill(
        """
def {entry}({base}: int, {exponent}: int{parameter}) -> int:
    '''the remainder of `{base}` to the power of `{exponent}` when divided by {divisor}

    {base}: the number to multiply, not below zero
    {exponent}: how often to multiply it
    {meaning}
    '''
    {result} = 1{reduced}
    {loop}
    return {result}
""",
        base=pick(rng, ("base", "number", "value")).replace("base", "basis"),
        exponent=pick(rng, ("exponent", "power", "height")),
        **({} if fixed else {"modulus": pick(rng, ("modulus", "divisor", "ring_size"))}),
        parameter="" if fixed else ", {modulus}: int",
        divisor=modulus if fixed else "`{modulus}`",
        meaning="" if fixed else "{modulus}: what the power is divided by",
        reduced="" if fixed else " % {modulus}",
        result=pick(rng, ("result", "product", "answer")),
        loop=body,
        **(
            {"square": pick(rng, ("square", "factor")), "rest": pick(rng, ("rest", "remaining"))}
            if by_squares
            else {"i": pick(rng, ("i", "turn")), "body": pick(rng, (multiply, two_steps))}
        ),
        entry=pick(rng, ("modular_power", "power_modulo", "power_remainder", "ring_power")),
    )
    program = read(source, title=pick(rng, ("power_ring", "power_finder", "clock_arithmetic")))

    def draw(rng: Generator) -> tuple[int, ...]:
        given = whole(rng, 0, 50), whole(rng, 1, 20)
        return given if fixed else (*given, whole(rng, 2, 500))

    return Exercise(program, draw, ((3, 0), (2, 9)) if fixed else ((3, 0, 5), (3, 1, 1)))


def modular_order(rng: Generator) -> Exercise:
    """The first multiple or power of a number that leaves a given remainder, by trying."""
    powers, limited = chance(rng), chance(rng)
    modulus, wanted = pick(rng, (7, 11, 13, 17, 19, 23, 29, 31, 37)), whole(rng, 1, 5)
    sign, word = ("*", "power") if powers else ("+", "multiple")
    on = f"{{state}} = ({{state}} {sign} {{number}}) % {modulus}"
    two = f"{{state}} {sign}= {{number}}\n{{state}} %= {modulus}"
    step = pick(rng, (on, two))
    while_loop = f"""
{{state}} = {{number}} % {modulus}
{{i}} = 1
while {{state}} != {wanted} and {{i}} < {modulus}:
    {{step}}
    {{i}} += 1
if {{state}} != {wanted}:
    return {{none}}
return {{i}}
"""
    for_loop = f"""
{{state}} = {1 if powers else 0}
for {{i}} in range(1, {modulus + 1}):
    {{step}}
    if {{state}} == {wanted}:
        return {{i}}
return {{none}}
"""
    source = fill(
        """
def {entry}({number}: int) -> int:
    '''the rank of the first {word} of `{number}` that leaves {wanted} when divided by {modulus}, \
{none} if none does

    {number}: an integer that is not negative
    '''
    {body}
""".replace("\\\n", ""),
        number=pick(rng, ("number", "value", "given")),
        state=pick(rng, ("state", "current", "reached")),
        i=pick(rng, ("i", "rank", "tries")),
        none=pick(rng, ("0", "-1")),
        word=word,
        wanted=wanted,
        modulus=modulus,
        step=step,
        body=while_loop if limited else for_loop,
        entry=pick(rng, (f"first_{word}", f"find_{word}", f"{word}_with_rest")),
    )
    program = read(source, title=pick(rng, ("clock_arithmetic", "remainder_search")))
    return Exercise(program, lambda rng: (whole(rng, 0, 200),), ((0,), (modulus,), (wanted,)))


ALGORITHMS = (
    Algorithm("greatest_divisor", "number_theory", 2, greatest_divisor),
    Algorithm("common_multiple", "number_theory", 2, common_multiple),
    Algorithm("measure_of_list", "number_theory", 3, measure_of_list),
    Algorithm("coprime_numbers", "number_theory", 3, coprime_numbers),
    Algorithm("modular_power", "number_theory", 2, modular_power),
    Algorithm("modular_order", "number_theory", 2, modular_order),
)
