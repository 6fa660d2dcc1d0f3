"""Divisors: what divides a number, counted, added or listed."""

from numpy.random import Generator

from neuroglot.programs.algorithm import Algorithm, Exercise
from neuroglot.programs.choices import chance, pick, whole
from neuroglot.programs.filling import fill
from neuroglot.programs.reading import read
from neuroglot.programs.spellings import counted, either_way, in_full


def divisor_kind(rng: Generator) -> tuple[str, str, str]:
    """A kind of divisors: the words before and after, and a test, empty for all divisors."""
    k = whole(rng, 2, 5)
    return pick(
        rng,
        (
            ("", "", ""),
            ("even ", "", "{divisor} % 2 == 0"),
            ("odd ", "", pick(rng, ("{divisor} % 2 == 1", "{divisor} % 2 != 0"))),
            ("", f" above {k}", f"{{divisor}} > {k}"),
            ("", f" that are not divisible by {k}", f"{{divisor}} % {k} != 0"),
        ),
    )


def divisor_total(rng: Generator) -> Exercise:
    """Counts, adds or lists the divisors of a kind, by trial or in pairs up to the root."""
    before, after, test = divisor_kind(rng)
    result, purpose, begin, add = pick(
        rng,
        (
            ("int", "the number of ", "{total} = 0", "{total} += 1"),
            ("int", "the sum of the ", "{total} = 0", in_full(rng, "{total} += {divisor}")),
            ("list", "the ", "{total} = []", "{total}.append({divisor})"),
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
    '''{purpose}{before}{proper}divisors of `{number}`{after}

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
        before=before,
        after=after,
        proper="proper " if proper else "",
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
        extra=(f" that are at least {low}" if low > 1 else "")
        + (", largest first" if downwards else ""),
        result=result,
        begin=begin,
        loop=loop,
        body=body,
        entry=pick(rng, ("common_divisors", "shared_divisors", "divisors_of_both")),
    )
    program = read(source, title=pick(rng, ("divisor_pair", "divisor_overlap")))

    def draw(rng: Generator) -> tuple[int, int]:
        shared = pick(rng, (1, 2, 4, 6, 12))
        return shared * whole(rng, 1, 9), shared * whole(rng, 1, 9)

    return Exercise(program, draw, ((1, 1), (12, 36), (40, 20)))


ALGORITHMS = (
    Algorithm("divisor_total", "divisors", 2, divisor_total),
    Algorithm("perfect_numbers", "divisors", 3, perfect_numbers),
    Algorithm("common_divisors", "divisors", 2, common_divisors),
)
