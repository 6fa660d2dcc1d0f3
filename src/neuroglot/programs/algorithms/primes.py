"""Primes: tests, factors, sieves and pairs."""

from numpy.random import Generator

from neuroglot.programs.algorithm import Algorithm, Exercise
from neuroglot.programs.choices import chance, pick, whole
from neuroglot.programs.filling import fill
from neuroglot.programs.reading import read
from neuroglot.programs.spellings import counted, in_full
from neuroglot.programs.words import draw_names

IS_PRIME = """
def {helper}({number}: int) -> bool:
    '''whether `{number}`{known} is prime'''
    {guard}
    {trial}
    return True
"""
TRIALS = (
    """
{divisor} = 2
while {divisor} * {divisor} <= {number}:
    if {number} % {divisor} == 0:
        return False
    {divisor} += 1
""",
    """
for {divisor} in range(2, {number}):
    if {number} % {divisor} == 0:
        return False
""",
    """
for {divisor} in range(2, {number} // 2 + 1):
    if {number} % {divisor} == 0:
        return False
""",
    """
if {number} % 2 == 0:
    return {number} == 2
{divisor} = 3
while {divisor} * {divisor} <= {number}:
    if {number} % {divisor} == 0:
        return False
    {divisor} += 2
""",
)


def is_prime(rng: Generator, *, guarded: bool) -> dict[str, str]:
    """Names and a form for IS_PRIME; `guarded` where it may be called for 0 and 1."""
    guard = f"if {{number}} {pick(rng, ('< 2', '<= 1'))}:\n    return False"
    return {
        "guard": guard if guarded else "",
        "known": "" if guarded else ", an integer above 1,",
        "helper": pick(rng, ("is_prime", "is_prime_number", "has_no_divisor")),
        "number": pick(rng, ("number", "value", "n", "given")),
        "divisor": pick(rng, ("divisor", "candidate", "factor", "trial")),
        "trial": pick(rng, TRIALS),
    }


def prime_count(rng: Generator) -> Exercise:
    """Counts, adds or lists the primes up to a limit, all or those of one remainder."""
    result, of, begin, add = pick(
        rng,
        (
            ("int", "the number of primes", "{out} = 0", "{out} += 1"),
            ("int", "the sum of the primes", "{out} = 0", in_full(rng, "{out} += {number}")),
            ("list", "the primes", "{out} = []", "{out}.append({number})"),
        ),
    )
    k = whole(rng, 3, 9)
    r = whole(rng, 1, 2)
    of_kind, guarded = chance(rng), chance(rng)
    test = "{helper}({number})" + (f" and {{number}} % {k} == {r}" if of_kind else "")
    first = pick(rng, ("0", "1")) if guarded else "2"
    past, up_to = pick(rng, (("", "below"), (" + 1", "up to")))
    source = fill(
        IS_PRIME
        + """
def {entry}({limit}: int) -> {result}:
    '''{of} {up_to} `{limit}`{extra}

    {limit}: where to stop
    '''
    {begin}
    {loop}
    return {out}
""",
        **is_prime(rng, guarded=guarded),
        limit=pick(rng, ("limit", "bound", "highest")),
        out=pick(rng, ("result", "collected", "answer", "found")),
        result=result,
        of=of,
        up_to=up_to,
        extra=f" that leave {r} when divided by {k}" if of_kind else "",
        begin=begin,
        loop=counted(rng, "{number}", first=first, stop=f"{{limit}}{past}"),
        body=f"if {test}:\n    {add}",
        entry=pick(
            rng, ("primes_up_to", "collect_primes") if result == "list" else ("prime_total",)
        ),
    )
    program = read(source, title=pick(rng, ("prime_counter", "prime_search", "prime_scan")))
    return Exercise(program, lambda rng: (whole(rng, 0, 90),), ((0,), (2,)))


def prime_factors(rng: Generator) -> Exercise:
    """Divides a number by its factors: lists, counts or adds them, with or without repetition."""
    distinct = chance(rng)
    result, of, begin, add, rest = pick(
        rng,
        (
            ("list", "the", "{out} = []", "{out}.append({divisor})", "{out}.append({rest})"),
            ("int", "the number of", "{out} = 0", "{out} += 1", "{out} += 1"),
            ("int", "the sum of the", "{out} = 0", "{out} += {divisor}", "{out} += {rest}"),
            ("int", "the largest", "{out} = 1", "{out} = {divisor}", "{out} = {rest}"),
        ),
    )
    distinct = distinct and "largest" not in of
    early_end = chance(rng)
    cut = in_full(rng, "{rest} //= {divisor}")
    divides = "{rest} % {divisor} == 0"
    if distinct:
        step = f"if {divides}:\n    {add}\n    while {divides}:\n        {cut}\n{{divisor}} += 1"
    else:
        step = pick(
            rng,
            (
                f"while {divides}:\n    {add}\n    {cut}\n{{divisor}} += 1",
                f"if {divides}:\n    {add}\n    {cut}\nelse:\n    {{divisor}} += 1",
            ),
        )
    source = fill(
        """
def {entry}({number}: int) -> {result}:
    '''{of} {kind} of `{number}`{extra}

    {number}: an integer above zero
    '''
    {begin}
    {rest} = {number}
    {divisor} = 2
    while {test}:
        {step}
    {remains}
    return {out}
""",
        **draw_names(rng, number="number", rest="rest", divisor="divisor"),
        out=pick(rng, ("result", "factors", "found", "collected")),
        result=result,
        of=of,
        kind="prime factor"
        if "largest" in of
        else "different prime factors"
        if distinct
        else "prime factors",
        extra=", or 1 if it has none"
        if "largest" in of
        else ""
        if distinct
        else ", with repetition",
        begin=begin,
        test="{divisor} * {divisor} <= {rest}"
        if early_end
        else pick(rng, ("{rest} > 1", "{rest} != 1")),
        remains=f"if {{rest}} > 1:\n    {rest}" if early_end else "",
        step=step,
        entry=pick(rng, ("prime_factors", "factors_of", "split_number", "find_factors")),
    )
    program = read(source, title=pick(rng, ("factor_list", "number_splitter", "factor_finder")))
    return Exercise(program, lambda rng: (whole(rng, 1, 20) * whole(rng, 1, 30),), ((1,), (97,)))


def prime_sieve(rng: Generator) -> Exercise:
    """Crosses out multiples in a table, then counts, adds or lists what stands."""
    result, of, begin, add = pick(
        rng,
        (
            ("int", "the number of primes", "{out} = 0", "{out} += 1"),
            ("int", "the sum of the primes", "{out} = 0", "{out} += {i}"),
            ("list", "the primes", "{out} = []", "{out}.append({i})"),
        ),
    )
    marks, stands = pick(rng, ((0, "== 0"), (1, "== 1")))
    crossed = 1 - marks
    first = pick(rng, ("{i} * {i}", "2 * {i}", "{i} + {i}"))
    cross = f"""
{{j}} = {first}
while {{j}} <= {{limit}}:
    {{table}}[{{j}}] = {crossed}
    {{j}} += {{i}}
"""
    at_once = chance(rng)
    root = "{i} = 2\nwhile {i} * {i} <= {limit}:\n    {crossing}\n    {i} += 1"
    every = "for {i} in range(2, {limit} + 1):\n    {crossing}"
    taken = f"{add}\n    {cross}" if at_once else cross
    again = f"for {{n}} in range(2, {{limit}} + 1):\n    if {{table}}[{{n}}] {stands}:\n        "
    again += add.replace("{i}", "{n}")
    source = fill(
        """
def {entry}({limit}: int) -> {result}:
    '''{of} up to `{limit}`

    {limit}: where to stop
    '''
    {table} = [{marks}] * ({limit} + 1)
    {begin}
    {sieve}
    {collect}
    return {out}
""",
        limit=pick(rng, ("limit", "bound", "highest")),
        table=pick(rng, ("table", "marks", "crossed", "sieve"))
        if marks == 0
        else pick(rng, ("table", "marks", "standing", "sieve")),
        out=pick(rng, ("result", "collected", "found")),
        i=pick(rng, ("i", "number", "prime")),
        j=pick(rng, ("j", "multiple", "k")),
        result=result,
        of=of,
        marks=marks,
        begin=begin,
        sieve=every if at_once else pick(rng, (root, every)),
        crossing=f"if {{table}}[{{i}}] {stands}:\n    {{taken}}",
        taken=taken,
        collect="" if at_once else again,
        **({} if at_once else {"n": pick(rng, ("n", "value", "spot"))}),
        entry=pick(rng, ("sieve_primes", "primes_by_sieve", "cross_out_multiples")),
    )
    program = read(source, title=pick(rng, ("prime_sieve", "prime_table", "number_sieve")))
    return Exercise(program, lambda rng: (whole(rng, 2, 100),), ((1,), (2,)))


NEAR_PRIMES = {
    "next": ("next_prime", "following_prime", "prime_after"),
    "last": ("previous_prime", "largest_prime", "prime_before"),
    "rank": ("nth_prime", "prime_of_rank", "prime_at_place"),
}


NEAR_PRIME = """
def {entry}({n}: int) -> int:
    '''{purpose}

    {n}: {meaning}
    '''
    {body}
"""


def near_prime(rng: Generator) -> Exercise:
    """The prime after a number, before it, or of a given rank."""
    way = pick(rng, ("next", "last", "rank"))
    own = chance(rng)
    n = "{n}"
    if way == "rank":
        purpose, meaning = f"the prime of rank `{n}`, where 2 has rank 1", "the rank, from 1 on"
        body = pick(
            rng,
            (
                """
{seen} = 0
{candidate} = 1
while {seen} < {n}:
    {candidate} += 1
    if {helper}({candidate}):
        {seen} += 1
return {candidate}
""",
                """
{candidate} = 2
{seen} = 1
while {seen} < {n}:
    {candidate} += 1
    if {helper}({candidate}):
        {seen} += 1
return {candidate}
""",
            ),
        )
    elif way == "next":
        purpose = f"the smallest prime that is {'at least' if own else 'above'} `{n}`"
        meaning = "an integer that is not negative"
        body = f"""
{{candidate}} = {{n}}{"" if own else " + 1"}
while not {{helper}}({{candidate}}):
    {{candidate}} += 1
return {{candidate}}
"""
    else:
        purpose = f"the largest prime that is {'at most' if own else 'below'} `{n}`, or 0 if there"
        purpose, meaning = purpose + " is none", "an integer above zero"
        loop_way = f"""
for {{candidate}} in range({{n}}{"" if own else " - 1"}, 1, -1):
    if {{helper}}({{candidate}}):
        return {{candidate}}
return 0
"""
        body = pick(
            rng,
            (
                loop_way,
                f"""
{{candidate}} = {{n}}{"" if own else " - 1"}
while {{candidate}} > 1:
    if {{helper}}({{candidate}}):
        return {{candidate}}
    {{candidate}} -= 1
return 0
""",
            ),
        )
    names = is_prime(rng, guarded=way == "next")
    source = fill(
        IS_PRIME + NEAR_PRIME,
        **names,
        n=pick(rng, ("rank", "place")) if way == "rank" else pick(rng, ("start_value", "origin")),
        candidate=pick(rng, ("current", "tried", "guess")),
        **({"seen": pick(rng, ("seen", "found", "count"))} if way == "rank" else {}),
        purpose=purpose,
        meaning=meaning,
        body=body,
        entry=pick(rng, NEAR_PRIMES[way]),
    )
    program = read(source, title=pick(rng, ("prime_finder", "prime_search", "prime_walk")))
    if way == "rank":
        return Exercise(program, lambda rng: (whole(rng, 1, 18),), ((1,),))
    return Exercise(program, lambda rng: (whole(rng, 1, 120),), ((1,), (0,), (8,)))


def prime_pairs(rng: Generator) -> Exercise:
    """Pairs of primes with a given distance below a limit, or with a given sum."""
    gap = 2 * whole(rng, 1, 5)
    by_sum = chance(rng)
    least = by_sum and chance(rng)
    if by_sum:
        purpose = "the number of ways to write `{n}` as the sum of two primes"
        other, stop = "{n} - {number}", "{n} // 2 + 1"
    else:
        purpose = f"the number of pairs of primes with difference {gap} up to `{{n}}`"
        other, stop = f"{{number}} + {gap}", f"{{n}} - {gap} + 1"
    begin, hit, end = "{out} = 0", "{out} += 1", "{out}"
    if least:
        begin, hit, end = "", "return {number}", "0"
        purpose = "the smallest prime whose difference from `{n}` is prime too, 0 if there is none"
    both = ["{helper}({number})", f"{{helper}}({other})"]
    if chance(rng):
        both.reverse()
    test = f"if {both[0]} and {both[1]}:\n    {hit}"
    nested = f"if {both[0]}:\n    if {both[1]}:\n        {hit}"
    source = fill(
        IS_PRIME
        + """
def {entry}({n}: int) -> int:
    '''{purpose}

    {n}: {meaning}
    '''
    {begin}
    {loop}
    return {end}
""",
        **is_prime(rng, guarded=False),
        n=pick(rng, ("total", "goal", "target")) if by_sum else pick(rng, ("limit", "bound")),
        **({} if least else {"out": pick(rng, ("pairs", "count", "ways"))}),
        purpose=purpose,
        meaning="the sum, not below zero" if by_sum else "where to stop",
        begin=begin,
        loop=counted(rng, "{number}", first="2", stop=stop),
        body=pick(rng, (test, nested)),
        end=end,
        entry=pick(rng, ("prime_pairs", "count_prime_pairs", "pairs_of_primes"))
        if not by_sum
        else pick(rng, ("prime_sums", "split_into_primes", "primes_that_add")),
    )
    program = read(source, title=pick(rng, ("prime_partners", "prime_neighbours")))
    return Exercise(program, lambda rng: (whole(rng, 4, 90),), ((1,), (24,)))


ALGORITHMS = (
    Algorithm("prime_count", "primes", 3, prime_count),
    Algorithm("prime_factors", "primes", 3, prime_factors),
    Algorithm("prime_sieve", "primes", 3, prime_sieve),
    Algorithm("near_prime", "primes", 3, near_prime),
    Algorithm("prime_pairs", "primes", 3, prime_pairs),
)
