"""Number theory: divisors, common divisors and multiples, powers with a modulus."""

from numpy.random import Generator

from neuroglot.programs.algorithm import Algorithm, Exercise
from neuroglot.programs.choices import chance, numbers, pick, whole
from neuroglot.programs.filling import fill
from neuroglot.programs.forms import counted, each_item, either_way, in_full
from neuroglot.programs.reading import read
from neuroglot.programs.words import draw_names

MEASURE = """
def {measure}({first}: int, {second}: int) -> int:
    '''the greatest common divisor of `{first}` and `{second}`'''
    {a} = {first}
    {b} = {second}
    while {b} != 0:
        {rest} = {a} % {b}
        {a} = {b}
        {b} = {rest}
    return {a}
"""


def measure_names(rng: Generator) -> dict[str, str]:
    """Names for MEASURE."""
    first, second = pick(rng, (("first", "second"), ("one", "other"), ("left", "right")))
    a, b = pick(rng, (("a", "b"), ("x", "y"), ("m", "n")))
    measure = pick(rng, ("greatest_divisor", "common_divisor", "shared_measure"))
    rest = pick(rng, ("rest", "remainder"))
    return {"measure": measure, "first": first, "second": second, "a": a, "b": b, "rest": rest}


def greatest_divisor(rng: Generator) -> Exercise:
    """Euclid's algorithm, by remainder or by subtraction."""
    by_remainder = """
{b} = {second}
while {b} != 0:
    {rest} = {a} % {b}
    {a} = {b}
    {b} = {rest}
return {a}
"""
    by_subtraction = """
{b} = {second}
while {a} != {b}:
    if {a} > {b}:
        {a} -= {b}
    else:
        {b} -= {a}
return {a}
"""
    first, second = pick(rng, (("first", "second"), ("width", "height"), ("left", "right")))
    a, b = pick(rng, (("a", "b"), ("x", "y"), ("larger", "smaller"), ("m", "n")))
    remainder = bool(whole(rng, 0, 1))
    source = fill(
        """
def {entry}({first}: int, {second}: int) -> int:
    '''the greatest common divisor of `{first}` and `{second}`

    {first}: an integer above zero
    {second}: an integer above zero
    '''
    {a} = {first}
    {body}
""",
        entry=pick(rng, ("greatest_divisor", "common_divisor", "greatest_common_divisor")),
        body=by_remainder if remainder else by_subtraction,
        first=first,
        second=second,
        a=a,
        b=b,
        **({"rest": pick(rng, ("rest", "remainder"))} if remainder else {}),
    )
    program = read(source, title=pick(rng, ("divisor_finder", "common_measure")))

    def draw(rng: Generator) -> tuple[int, int]:
        shared = whole(rng, 1, 12)
        return shared * whole(rng, 1, 30), shared * whole(rng, 1, 30)

    return Exercise(program, draw, ((1, 1),))


def divisor_kind(rng: Generator) -> tuple[str, str]:
    """A kind of divisors: the word before, and a test, empty for all divisors."""
    k = whole(rng, 2, 5)
    return pick(
        rng,
        (
            ("divisors", ""),
            ("even divisors", "{divisor} % 2 == 0"),
            ("odd divisors", pick(rng, ("{divisor} % 2 == 1", "{divisor} % 2 != 0"))),
            (f"divisors above {k}", f"{{divisor}} > {k}"),
            (f"divisors that are not divisible by {k}", f"{{divisor}} % {k} != 0"),
        ),
    )


def divisor_total(rng: Generator) -> Exercise:
    """Counts, adds or lists the divisors of a kind, by trial or in pairs up to the root."""
    kind, test = divisor_kind(rng)
    result, purpose, begin, add = pick(
        rng,
        (
            ("int", "the number", "{total} = 0", "{total} += 1"),
            ("int", "the sum", "{total} = 0", in_full(rng, "{total} += {divisor}")),
            ("list", "a list", "{total} = []", "{total}.append({divisor})"),
        ),
    )
    proper = chance(rng)
    divides = "{number} % {divisor} == 0"
    pairs = not test and result == "int" and not proper and chance(rng)
    if pairs:
        other = "{total} += 1" if "+= 1" in add else "{total} += {number} // {divisor}"
        body = f"if {divides}:\n    {add}\n    if {{divisor}} * {{divisor}} != {{number}}:\n"
        loop = "{divisor} = 1\nwhile {divisor} * {divisor} <= {number}:\n    {body}\n"
        loop, body = loop + "    {divisor} += 1", body + f"        {other}"
    else:
        nested = f"if {divides}:\n    if {test}:\n        {add}"
        joined = f"if {divides} and {test}:\n    {add}"
        body = pick(rng, (joined, nested)) if test else f"if {divides}:\n    {add}"
        loop = counted(rng, "{divisor}", first="1", stop="{number}" + (" + 1" * (not proper)))
    source = fill(
        """
def {entry}({number}: int) -> {result}:
    '''{purpose} of the {kind} of `{number}`{proper}

    {number}: an integer above zero
    '''
    {begin}
    {loop}
    return {total}
""",
        number=pick(rng, ("number", "value", "n", "given")),
        divisor=pick(rng, ("divisor", "candidate", "factor", "trial")),
        total=pick(rng, ("divisors", "result", "collected"))
        if result == "list"
        else pick(rng, ("total", "result", "tally")),
        result=result,
        purpose=purpose,
        kind=kind,
        proper=" that are smaller than the number itself" if proper else "",
        begin=begin,
        loop=loop,
        body=body,
        entry=pick(rng, ("divisors_of", "collect_divisors", "divisor_total", "scan_divisors")),
    )
    program = read(source, title=pick(rng, ("divisor_scan", "divisor_table", "number_divisors")))
    return Exercise(
        program, lambda rng: (pick(rng, (2, 3, 4, 6, 12)) * whole(rng, 1, 20),), ((1,), (36,))
    )


def perfect_numbers(rng: Generator) -> Exercise:
    """Compares numbers with the sum of their proper divisors: one, or all up to a limit."""
    relation, word = pick(rng, (("==", "equal to"), (">", "greater than"), ("<", "less than")))
    result = pick(rng, ("whether", "count", "sum", "list"))
    half, low = chance(rng), whole(rng, 1, 6)
    names = {"n": pick(rng, ("number", "value", "n")), "total": pick(rng, ("total", "tally"))}
    test = either_way(rng, f"{{helper}}({{n}}) {relation} {{n}}")
    begin, add, of = {
        "count": ("{out} = 0", "{out} += 1", "the number of integers"),
        "sum": ("{out} = 0", "{out} += {n}", "the sum of the integers"),
        "list": ("{out} = []", "{out}.append({n})", "the integers"),
        "whether": ("", "", ""),
    }[result]
    every = """
def {entry}({limit}: int) -> {kind}:
    '''{of} from {low} to `{limit}` whose proper divisors have a sum {word} themselves

    {limit}: where to stop
    '''
    {begin}
    {loop}
    return {out}
"""
    one = """
def {entry}({n}: int) -> bool:
    '''whether the sum of the proper divisors of `{n}` is {word} `{n}`

    {n}: an integer above zero
    '''
    return {test}
"""
    source = fill(
        """
def {helper}({n}: int) -> int:
    '''the sum of the divisors of `{n}` that are smaller than itself'''
    {total} = 0
    for {divisor} in range(1, {end}):
        if {n} % {divisor} == 0:
            {total} += {divisor}
    return {total}

{main}
""",
        main=one if result == "whether" else every,
        **names,
        helper=pick(rng, ("divisor_sum", "sum_of_divisors", "proper_divisors")),
        divisor=pick(rng, ("divisor", "candidate", "factor")),
        end="{n} // 2 + 1" if half else "{n}",
        test=test,
        word=word,
        **(
            {}
            if result == "whether"
            else {
                "limit": pick(rng, ("limit", "bound", "highest")),
                "out": pick(rng, ("result", "found", "answer")),
                "begin": begin,
                "of": of,
                "low": low,
                "kind": "list" if result == "list" else "int",
                "loop": counted(rng, "{n}", first=str(low), stop="{limit} + 1"),
                "body": f"if {{test}}:\n    {add}",
            }
        ),
        entry=pick(rng, ("compare_divisors", "is_perfect", "matches_divisors"))
        if result == "whether"
        else pick(rng, ("perfect_numbers", "numbers_by_divisors", "scan_numbers")),
    )
    program = read(source, title=pick(rng, ("perfect_number", "divisor_comparison")))
    corners = ((6,), (12,), (28,), (1,)) if result == "whether" else ((0,), (30,))
    return Exercise(program, lambda rng: (whole(rng, 1, 60),), corners)


def common_multiple(rng: Generator) -> Exercise:
    """The least common multiple: through the divisor, by stepping, or of a whole list."""
    way = pick(rng, ("divisor", "steps", "list"))
    names = measure_names(rng)
    if way == "steps":
        for unused in ("measure", "a", "b", "rest"):
            del names[unused]
    low = whole(rng, 1, 3)
    multiple = pick(rng, ("multiple", "candidate", "shared", "result"))
    step = "{first}" if low > 1 else "{second}"
    other = "{second}" if low > 1 else "{first}"
    two = """
def {entry}({first}: int, {second}: int) -> int:
    '''the {what} of `{first}` and `{second}`{extra}

    {first}: an integer above zero
    {second}: an integer above zero
    '''
    {body}
"""
    body, main, helper, what = "", two, MEASURE, "least common multiple"
    times = whole(rng, 1, 6)
    if way == "steps":
        helper = ""
        body = f"{{multiple}} = {step}\n" + pick(
            rng,
            (
                f"while {{multiple}} % {other} != 0:\n    {{multiple}} += {step}",
                f"while {{multiple}} % {{first}} != 0 or {{multiple}} % {{second}} != 0:\n"
                f"    {{multiple}} += {pick(rng, ('1', step))}",
            ),
        )
        body += "\nreturn {multiple}"
    elif way == "divisor":
        form = pick(rng, ("{first} // {shared} * {second}", "{first} * {second} // {shared}"))
        body = "{shared} = {measure}({first}, {second})\n" + f"return {form}"
        if chance(rng):
            body = f"return {form.replace('{shared}', '{measure}({first}, {second})')}"
    else:
        main = """
def {entry}({values}: list) -> int:
    '''the {what} of the {values}{extra}

    {values}: integers above zero
    '''
    {multiple} = {times}
    {loop}
    return {multiple}
"""
    extra = f" and {times}" if way == "list" and times > 1 else ""
    source = fill(
        "{helper}\n{main}",
        helper=helper,
        main=main,
        what=what,
        extra=extra,
        **names,
        **({"body": body} if way != "list" else {}),
        **({"multiple": multiple} if "multiple" in main + body else {}),
        **({"shared": pick(rng, ("shared", "common", "divisor"))} if "shared" in body else {}),
        **(
            {
                **draw_names(rng, values="list", item="item"),
                "times": times,
                "loop": each_item(rng),
                "body": "{multiple} = {multiple} // {measure}({multiple}, {item}) * {item}",
            }
            if way == "list"
            else {}
        ),
        entry=pick(rng, ("least_multiple", "common_multiple", "smallest_multiple")),
    )
    program = read(source, title=pick(rng, ("common_multiple", "multiple_finder")))

    def draw(rng: Generator) -> tuple[int, int]:
        shared = whole(rng, 1, 6)
        return shared * whole(rng, 1, 12), shared * whole(rng, 1, 12)

    if way == "list":
        return Exercise(program, lambda rng: (numbers(rng, length=(0, 4), values=(1, 16)),))
    return Exercise(program, draw, ((1, 1), (7, 14)))


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
        **measure_names(rng),
        number=pick(rng, ("number", "value", "size", "given")),
        i=pick(rng, ("i", "candidate", "partner")),
        out=pick(rng, ("result", "total", "found")),
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


def common_divisors(rng: Generator) -> Exercise:
    """Counts, adds or lists what divides both of two numbers, from either end."""
    result, of, begin, add = pick(
        rng,
        (
            ("int", "the number of common divisors", "{out} = 0", "{out} += 1"),
            ("int", "the sum of the common divisors", "{out} = 0", "{out} += {i}"),
            ("list", "the common divisors", "{out} = []", "{out}.append({i})"),
        ),
    )
    low = whole(rng, 1, 4)
    smaller = "{end} = {first}\nif {second} < {first}:\n    {end} = {second}"
    downwards = result == "list" and chance(rng)
    by_end = downwards or chance(rng)
    loop = counted(rng, "{i}", first=str(low), stop="{end} + 1" if by_end else "{first} + 1")
    if downwards:
        loop = f"for {{i}} in range({{end}}, {low - 1}, -1):\n    {{body}}"
    divides = ["{first} % {i} == 0", "{second} % {i} == 0"]
    test = " and ".join(divides if chance(rng) else divides[::-1])
    body = f"if {test}:\n    {add}"
    if chance(rng):
        body = f"if {divides[0]}:\n    if {divides[1]}:\n        {add}"
    source = fill(
        """
def {entry}({first}: int, {second}: int) -> {result}:
    '''{of} of `{first}` and `{second}`{extra}

    {first}: an integer above zero
    {second}: an integer above zero
    '''
    {smaller}
    {begin}
    {loop}
    return {out}
""",
        **dict(
            zip(
                ("first", "second"),
                pick(rng, (("first", "second"), ("width", "height"), ("left", "right"))),
                strict=True,
            )
        ),
        i=pick(rng, ("divisor", "candidate", "i")),
        out=pick(rng, ("result", "shared", "collected")),
        **({"end": pick(rng, ("smaller", "highest", "limit"))} if by_end else {}),
        smaller=smaller if by_end else "",
        of=of,
        extra=(f" from {low} on" if low > 1 else "") + (", largest first" if downwards else ""),
        result=result,
        begin=begin,
        loop=loop,
        body=body,
        entry=pick(rng, ("common_divisors", "shared_divisors", "divisors_of_both")),
    )
    program = read(source, title=pick(rng, ("divisor_pair", "shared_divisors")))

    def draw(rng: Generator) -> tuple[int, int]:
        shared = pick(rng, (1, 2, 4, 6, 12))
        return shared * whole(rng, 1, 9), shared * whole(rng, 1, 9)

    return Exercise(program, draw, ((1, 1), (12, 36), (40, 20)))


ALGORITHMS = (
    Algorithm("greatest_divisor", "number_theory", 2, greatest_divisor),
    Algorithm("divisor_total", "number_theory", 2, divisor_total),
    Algorithm("perfect_numbers", "number_theory", 3, perfect_numbers),
    Algorithm("common_multiple", "number_theory", 2, common_multiple),
    Algorithm("coprime_numbers", "number_theory", 3, coprime_numbers),
    Algorithm("common_divisors", "number_theory", 2, common_divisors),
)
