"""Numbers: digits, divisors and sequences of one integer."""

from numpy.random import Generator

from neuroglot.programs.algorithm import Algorithm, Exercise
from neuroglot.programs.choices import pick, whole
from neuroglot.programs.filling import fill
from neuroglot.programs.reading import read
from neuroglot.programs.words import draw_names


def digit_total(rng: Generator) -> Exercise:
    """Adds up the digits, all or those of one kind, in a base."""
    base = pick(rng, (10, 10, 10, 8, 2, 16))
    kinds = [("", ""), ("even ", "{digit} % 2 == 0"), ("odd ", "{digit} % 2 == 1")]
    kinds += [(f"large (above {k}) ", f"{{digit}} > {k}") for k in range(1, 7) if k < base - 1]
    kind, test = pick(rng, kinds if base != 2 else kinds[:1])
    weight = pick(
        rng, ("{digit}", "{digit}", "{digit} * {digit}", f"{whole(rng, 2, 9)} * {{digit}}")
    )
    of_weight = {"{digit}": "", "{digit} * {digit}": "the squares of "}
    times = of_weight.get(weight, f"{weight[0]} times ")
    in_base = "" if base == 10 else f" in base {base}"
    add = "{total} += {weight}"
    source = fill(
        """
def {entry}({number}: int) -> int:
    '''the sum of {of}the {kind}digits of `{number}`{in_base}

    {number}: an integer that is not negative
    '''
    {total} = 0
    {rest} = {number}
    while {rest} > 0:
        {digit} = {rest} % {base}
        {step}
        {rest} //= {base}
    return {total}
""",
        **draw_names(rng, number="number", total="total", rest="rest", digit="digit"),
        entry=pick(rng, ("digit_total", "sum_of_digits", "add_digits", "digit_sum")),
        of=times,
        kind=kind,
        in_base=in_base,
        base=base,
        step=f"if {test}:\n    {add}" if test else add,
        weight=weight,
    )
    program = read(source, title=pick(rng, ("digit_adder", "digit_summer", "digit_counter")))
    return Exercise(program, lambda rng: (whole(rng, 0, 10 ** whole(rng, 1, 6)),), ((0,),))


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


def prime_count(rng: Generator) -> Exercise:
    """Counts or adds the primes up to a limit, with a helper that tests one number."""
    adds = bool(whole(rng, 0, 1))
    condition = pick(rng, ("", f"{{number}} % {whole(rng, 3, 9)} == {whole(rng, 1, 2)}"))
    names = draw_names(rng, limit="limit", divisor="divisor", total="total" if adds else "count")
    number = pick(rng, ("number", "value", "n"))
    up_to = pick(rng, (("", "below"), (" + 1", "up to")))
    of = condition and f" that leave {condition[-1]} when divided by {condition.split()[2]}"
    test = "{helper}({number})" + (f" and {condition}" if condition else "")
    source = fill(
        """
def {helper}({number}: int) -> bool:
    '''whether `{number}` is prime'''
    if {number} < 2:
        return False
    {divisor} = 2
    while {divisor} * {divisor} <= {number}:
        if {number} % {divisor} == 0:
            return False
        {divisor} += 1
    return True

def {entry}({limit}: int) -> int:
    '''the {what} of the primes {below} `{limit}`{of}

    {limit}: where to stop
    '''
    {total} = 0
    for {number} in range(2, {limit}{past}):
        if {test}:
            {total} += {one}
    return {total}
""",
        **names,
        number=number,
        helper=pick(rng, ("is_prime", "is_prime_number", "has_no_divisor")),
        entry=pick(
            rng, ("sum_of_primes", "add_primes") if adds else ("count_primes", "prime_count")
        ),
        what="sum" if adds else "number",
        below=up_to[1],
        past=up_to[0],
        of=of,
        test=test,
        one=number if adds else 1,
    )
    program = read(source, title=pick(rng, ("prime_counter", "prime_search")))
    return Exercise(program, lambda rng: (whole(rng, 0, 120),), ((0,), (2,)))


ALGORITHMS = (
    Algorithm("digit_total", "numbers", 1, digit_total),
    Algorithm("greatest_divisor", "numbers", 2, greatest_divisor),
    Algorithm("prime_count", "numbers", 3, prime_count),
)
