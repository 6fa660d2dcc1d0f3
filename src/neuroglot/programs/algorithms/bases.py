"""Bases: numbers taken apart into digits and put together again."""

from numpy.random import Generator

from neuroglot.programs.algorithm import Algorithm, Exercise
from neuroglot.programs.algorithms.numbers import (
    BASES,
    digit_class,
    digit_loop,
    draw_number,
    in_base,
)
from neuroglot.programs.choices import chance, numbers, pick, whole
from neuroglot.programs.filling import fill
from neuroglot.programs.reading import read
from neuroglot.programs.spellings import each_item, in_full
from neuroglot.programs.words import draw_names

TURNED = (
    ("int", "`{number}` with its digits{in_base} in reverse order", "return {turned}"),
    ("bool", "whether the digits of `{number}`{in_base} read the same both ways",
     "return {turned} == {number}"),
    ("int", "`{number}` plus the number that its digits{in_base} give in reverse order",
     "return {number} + {turned}"),
    ("int", "how far `{number}` is from the number that its digits{in_base} give in reverse order",
     "if {turned} > {number}:\n    return {turned} - {number}\nreturn {number} - {turned}"),
)  # fmt: skip


def digit_reversal(rng: Generator) -> Exercise:
    """Turns the digits round; gives the result, or compares it with the number."""
    base = pick(rng, BASES)
    kind, purpose, ending = pick(rng, TURNED)
    with_helper = ending != TURNED[0][2] and chance(rng)
    helper = """
def {helper}({number}: int) -> int:
    '''`{number}` with its digits{in_base} in reverse order'''
    {turned} = 0
    {loop}
    return {turned}
"""
    whole_way = "{turned} = 0\n{loop}"
    source = fill(
        """
{helpers}

def {entry}({number}: int) -> {kind}:
    '''{purpose}

    {number}: an integer that is not negative
    '''
    {turning}
    {ending}
""",
        **draw_names(rng, number="number", rest="rest", digit="digit"),
        turned=pick(rng, ("turned", "mirrored", "backwards", "flipped", "opposite")),
        entry=pick(
            rng,
            ("is_palindrome", "reads_both_ways")
            if kind == "bool"
            else ("turn_digits", "mirror_of"),
        ),
        helpers=helper if with_helper else "",
        turning="{turned} = {helper}({number})" if with_helper else whole_way,
        **({"helper": pick(rng, ("reverse_digits", "digits_reversed"))} if with_helper else {}),
        kind=kind,
        purpose=purpose,
        ending=ending,
        in_base=in_base(base),
        base=base,
        loop=digit_loop(rng),
        step=pick(
            rng,
            (
                "{turned} = {turned} * {base} + {digit}",
                "{turned} *= {base}\n{turned} += {digit}",
            ),
        ),
    )
    program = read(source, title=pick(rng, ("digit_mirror", "number_mirror", "digit_turner")))

    def draw(rng: Generator) -> tuple[int]:
        if chance(rng):
            return draw_number(rng)
        first, second = whole(rng, 1, base - 1), whole(rng, 0, base - 1)
        return (pick(rng, (first * (base + 1), first * (base * base + 1) + second * base)),)

    return Exercise(program, draw, ((0,), (base,)))


def base_digits(rng: Generator) -> Exercise:
    """The digits in a base as a list, from either end, or packed into a decimal number."""
    base = pick(rng, (2, 3, 4, 5, 6, 7, 8, 9, 12, 16))
    shape = pick(rng, ("first", "last", "packed")) if base < 10 else pick(rng, ("first", "last"))
    names = draw_names(rng, number="number", rest="rest", digit="digit")
    result = pick(rng, ("result", "digits", "collected", "converted"))
    begin, step, ending = "{result} = []", "{result}.append({digit})", "return {result}"
    zero = "if {number} == 0:\n    return [0]" if chance(rng) else ""
    of_zero = "" if zero else "; there are none for 0"
    purpose = f"the digits of `{{number}}` in base {base}, least significant first{of_zero}"
    if shape == "first":
        purpose = f"the digits of `{{number}}` in base {base}, most significant first{of_zero}"
        ending = """
{turned} = []
for {i} in range(len({result}) - 1, -1, -1):
    {turned}.append({result}[{i}])
return {turned}
"""
        places = {"turned": pick(rng, ("ordered", "turned")), "i": pick(rng, ("i", "place"))}
    elif shape == "packed":
        purpose = f"the number that reads in base ten as `{{number}}` does in base {base}"
        begin, step = "{result} = 0\n{weight} = 1", "{result} += {digit} * {weight}"
        step, zero = step + "\n{weight} *= 10", ""
        places = {"weight": pick(rng, ("weight", "power", "factor"))}
    else:
        places = {}
    source = fill(
        """
def {entry}({number}: int) -> {kind}:
    '''{purpose}

    {number}: an integer that is not negative
    '''
    {zero}
    {begin}
    {loop}
    {ending}
""",
        **names,
        **places,
        result=result,
        kind="int" if shape == "packed" else "list",
        purpose=purpose,
        zero=zero,
        begin=begin,
        loop=digit_loop(rng),
        step=step,
        ending=ending,
        base=base,
        entry=pick(rng, ("convert_number", "to_other_base", "digits_in_base", "write_in_base")),
    )
    program = read(source, title=pick(rng, ("base_converter", "digit_writer", "number_converter")))
    most = 500 if base == 2 else 10**4
    return Exercise(program, lambda rng: (whole(rng, 0, most),), ((0,),))


def digits_value(rng: Generator) -> Exercise:
    """The number that a list of digits stands for, read from either end."""
    base = pick(rng, (2, 3, 5, 7, 8, 9, 10, 10, 12, 16))
    horner, skips = chance(rng), chance(rng)
    add = (
        pick(
            rng,
            (
                "{total} = {total} * {base} + {digit}",
                "{total} *= {base}\n{total} += {digit}",
            ),
        )
        if horner
        else "{total} += {digit} * {weight}\n" + in_full(rng, "{weight} *= {base}")
    )
    margined = add.replace("\n", "\n    ")
    names = draw_names(rng, total="total", digit="digit")
    source = fill(
        """
def {entry}({digits}: list) -> int:
    '''the number that `{digits}` stand for in base {base}, the {end} significant first{others}

    {digits}: digits, {end} significant first
    '''
    {total} = 0
    {begin}
    {loop}
    return {total}
""",
        **names,
        digits=pick(rng, ("digits", "parts", "places", "figures")),
        base=base,
        others=", leaving out those that are too large" if skips else "",
        end="most" if horner else "least",
        begin="" if horner else "{weight} = 1",
        **({} if horner else {"weight": pick(rng, ("weight", "power", "place_value"))}),
        loop=each_item(rng, "{digits}", item="{digit}"),
        body=f"if {{digit}} < {base}:\n    {margined}" if skips else add,
        entry=pick(rng, ("number_of_digits", "value_of_digits", "read_digits", "join_digits")),
    )
    program = read(source, title=pick(rng, ("digit_reader", "number_builder", "digit_joiner")))
    high = base + 1 if skips else base - 1
    return Exercise(program, lambda rng: (numbers(rng, length=(0, 6), values=(0, high)),), (((),),))


def chosen_digits(rng: Generator) -> Exercise:
    """The number made of some of the digits, or of all with a change, in their order."""
    base = pick(rng, (10, 10, 10, 5, 7, 8))
    phrase, test = digit_class(rng, base)
    shift, only = whole(rng, 1, base - 1), chance(rng)
    moved = f"({{digit}} + {shift}) % {base}"
    add = "{result} += {digit} * {weight}"
    on = "{weight} *= {base}"
    if test and only:
        purpose = f"the number made of the {phrase} of `{{number}}`{{in_base}} in their order"
        step = f"if {test}:\n    {add}\n    {on}"
    elif test:
        purpose = (
            f"`{{number}}`{{in_base}} with {shift} added to the {phrase}, round after {base - 1}"
        )
        step = f"if {test}:\n    {{result}} += {moved} * {{weight}}\nelse:\n    {add}\n{on}"
    else:
        purpose = (
            f"`{{number}}`{{in_base}} with {shift} added to every digit, round after {base - 1}"
        )
        step = f"{{result}} += {moved} * {{weight}}\n{on}"
    source = fill(
        """
def {entry}({number}: int) -> int:
    '''{purpose}

    {number}: an integer that is not negative
    '''
    {result} = 0
    {weight} = 1
    {loop}
    return {result}
""",
        **draw_names(rng, number="number", rest="rest", digit="digit"),
        result=pick(rng, ("result", "answer", "built", "new_number")),
        weight=pick(rng, ("weight", "power", "place_value")),
        purpose=purpose.replace("round after", "going round after"),
        in_base=in_base(base),
        base=base,
        loop=digit_loop(rng),
        step=step,
        entry=pick(rng, ("change_digits", "rebuild_number", "new_digits"))
        if not (test and only)
        else pick(rng, ("keep_digits", "select_digits", "filter_digits")),
    )
    program = read(source, title=pick(rng, ("digit_filter", "digit_editor", "number_editor")))
    return Exercise(program, draw_number, ((0,),))


ALGORITHMS = (
    Algorithm("digit_reversal", "bases", 2, digit_reversal),
    Algorithm("base_digits", "bases", 2, base_digits),
    Algorithm("digits_value", "bases", 1, digits_value),
    Algorithm("chosen_digits", "bases", 3, chosen_digits),
)
