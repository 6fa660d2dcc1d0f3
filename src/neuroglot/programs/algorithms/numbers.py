"""Numbers: the digits of one integer, in some base."""

from numpy.random import Generator

from neuroglot.programs.algorithm import Algorithm, Exercise
from neuroglot.programs.choices import chance, numbers, pick, whole
from neuroglot.programs.filling import fill
from neuroglot.programs.reading import read
from neuroglot.programs.spellings import either_way, in_full
from neuroglot.programs.words import draw_names

BASES = (10, 10, 10, 10, 2, 5, 7, 8, 12, 16)


def in_base(base: int) -> str:
    """How a purpose names the base, if it is not ten."""
    return "" if base == 10 else f" in base {base}"


def digit_loop(rng: Generator, *, number: str = "{number}") -> str:
    """A loop over the digits from the last to the first; `{step}` follows each `{digit}`."""
    cut = in_full(rng, "{rest} //= {base}")
    steps = pick(rng, (["{step}", cut], [cut, "{step}"]))
    head = f"while {{rest}} {pick(rng, ('>', '>', '!='))} 0:"
    body = ["{digit} = {rest} % {base}", *steps]
    return "\n".join([f"{{rest}} = {number}", head, *(f"    {line}" for line in body)])


def digit_class(rng: Generator, base: int) -> tuple[str, str]:
    """A class of digits: the phrase, and the test, which is empty where all digits belong."""
    if base == 2 or whole(rng, 1, 4) == 1:
        return "digits", ""
    edge = whole(rng, 1, min(base - 2, 8))
    classes = (
        ("even digits", "{digit} % 2 == 0"),
        ("odd digits", pick(rng, ("{digit} % 2 == 1", "{digit} % 2 != 0"))),
        (f"digits above {edge}", f"{{digit}} > {edge}"),
        (f"digits below {edge + 1}", f"{{digit}} < {edge + 1}"),
        (f"digits other than {edge}", f"{{digit}} != {edge}"),
        ("digits divisible by 3", "{digit} % 3 == 0"),
    )
    return pick(rng, classes)


def draw_number(rng: Generator) -> tuple[int]:
    """A number of up to six digits."""
    return (whole(rng, 0, 10 ** whole(rng, 1, 6)),)


def digit_total(rng: Generator) -> Exercise:
    """Adds up the digits, all or those of one class, in a base."""
    base = pick(rng, BASES)
    phrase, test = digit_class(rng, base)
    times = whole(rng, 2, 9)
    weight, of, each = pick(
        rng,
        (
            ("{digit}", "", ""),
            ("{digit} * {digit}", "the squares of ", ""),
            (f"{times} * {{digit}}", "", f", each taken {times} times"),
        ),
    )
    add = in_full(rng, f"{{total}} += {weight}")
    source = fill(
        """
def {entry}({number}: int) -> int:
    '''the sum of {of}the {phrase} of `{number}`{in_base}{each}

    {number}: an integer that is not negative
    '''
    {total} = 0
    {loop}
    return {total}
""",
        **draw_names(rng, number="number", total="total", rest="rest", digit="digit"),
        entry=pick(rng, ("digit_total", "sum_of_digits", "add_digits", "digit_sum")),
        of=of,
        phrase=phrase,
        in_base=in_base(base),
        each=each,
        base=base,
        loop=digit_loop(rng),
        step=f"if {test}:\n    {add}" if test else add,
    )
    program = read(source, title=pick(rng, ("digit_adder", "digit_summer", "digit_counter")))
    return Exercise(program, draw_number, ((0,),))


def digit_tally(rng: Generator) -> Exercise:
    """Counts the digits that stand in some relation to a given one."""
    base = pick(rng, BASES[:-2])
    relation, phrase = pick(
        rng,
        (("==", "equal"), ("!=", "differ from"), (">", "are above"), ("<", "are below")),
    )
    source = fill(
        """
def {entry}({number}: int, {wanted}: int) -> int:
    '''the number of digits of `{number}`{in_base} that {phrase} `{wanted}`

    {number}: an integer that is not negative
    {wanted}: the digit to compare with
    '''
    {total} = 0
    {loop}
    return {total}
""",
        **draw_names(
            rng, number="number", wanted="target", total="count", rest="rest", digit="digit"
        ),
        entry=pick(rng, ("count_digits", "digits_that_fit", "digit_frequency", "tally_digits")),
        in_base=in_base(base),
        phrase=phrase,
        base=base,
        loop=digit_loop(rng),
        step=f"if {either_way(rng, f'{{digit}} {relation} {{wanted}}')}:\n    {{total}} += 1",
    )
    program = read(source, title=pick(rng, ("digit_tally", "digit_inspector", "number_reader")))

    def draw(rng: Generator) -> tuple[int, int]:
        return whole(rng, 1, 10 ** whole(rng, 1, 6)), whole(rng, 0, base - 1)

    return Exercise(program, draw, ((0, 1),))


def digit_rounds(rng: Generator) -> Exercise:
    """Replaces a number by the sum (or product) of its digits until one digit is left."""
    base = pick(rng, BASES)
    adds, counts, with_helper = chance(rng), chance(rng), chance(rng)
    purpose = (
        "how many times the digits of `{number}`{in_base} are {done} until one digit is left"
        if counts
        else "the digit that is left when the digits of `{number}`{in_base} are {done} repeatedly"
    )
    helper = """
def {helper}({number}: int) -> int:
    '''the {result} of the digits of `{number}`{in_base}'''
    {total} = {neutral}
    {loop}
    return {total}
"""
    inner = "{total} = {neutral}\n{loop}\n{state} = {total}"
    names = draw_names(rng, number="number", total="total", rest="rest", digit="digit")
    if not with_helper:
        # The number at work is used up digit by digit: no copy of it is needed.
        names["rest"] = pick(rng, ("working", "shrinking"))
    loop = digit_loop(rng)
    source = fill(
        """
{helpers}

def {entry}({number}: int) -> int:
    '''{purpose}

    {number}: an integer that is not negative
    '''
    {state} = {number}
    {begin}
    while {state} {test}:
        {inner}
        {count}
    return {answer}
""",
        **names,
        state=pick(rng, ("working", "shrinking", "state")) if with_helper else names["rest"],
        helpers=helper if with_helper else "",
        inner="{state} = {helper}({state})" if with_helper else inner,
        loop=loop if with_helper else loop.split("\n", 1)[1],
        **(
            {
                "helper": pick(rng, ("join_digits", "combine_digits", "digits_together")),
                "result": "sum" if adds else "product",
            }
            if with_helper
            else {}
        ),
        purpose=purpose,
        in_base=in_base(base),
        done="added up" if adds else "multiplied",
        neutral=0 if adds else 1,
        begin="{rounds} = 0" if counts else "",
        count=in_full(rng, "{rounds} += 1") if counts else "",
        **({"rounds": pick(rng, ("rounds", "times", "steps"))} if counts else {}),
        answer="{rounds}" if counts else "{state}",
        test=pick(rng, (f">= {base}", f"> {base - 1}")),
        base=base,
        step="{total} += {digit}" if adds else "{total} *= {digit}",
        entry=pick(
            rng,
            ("count_rounds", "digit_persistence")
            if counts
            else ("final_digit", "repeated_digits", "last_digit_left"),
        ),
    )
    program = read(source, title=pick(rng, ("digit_reducer", "number_reducer", "digit_folder")))
    return Exercise(program, draw_number, ((0,), (base,)))


def extreme_digit(rng: Generator) -> Exercise:
    """Finds the largest or smallest digit, its place, or how far the two are apart."""
    base = pick(rng, BASES)
    relation, word = pick(rng, ((">", "largest"), ("<", "smallest")))
    result = pick(rng, ("digit", "place", "spread")) if base > 2 else "place"
    start = "{best} = {number} % {base}\n{rest} = {number} // {base}"
    keep = "{best} = {digit}"
    step = "if {digit} {relation} {best}:\n    {keep}"
    places: dict[str, str] = {}
    if result == "place":
        later = chance(rng)
        relation += "=" if later else ""
        order = "last" if later else "first"
        purpose = f"the place of the {word} digit of `{{number}}`{{in_base}}, counted from 0 at the"
        purpose += f" right; the {order} such place if there are several"
        start += "\n{spot} = 0\n{place} = 0"
        step = "{place} += 1\n" + step + "\n    {spot} = {place}"
        places = {"spot": pick(rng, ("best_place", "spot")), "place": pick(rng, ("place", "power"))}
        answer = "{spot}"
    elif result == "spread":
        purpose = "how far apart the largest and the smallest digit of `{number}`{in_base} are"
        start += "\n{least} = {best}"
        relation, word = ">", "largest"
        joint = pick(rng, ("if", "elif"))
        step += f"\n{joint} {{digit}} < {{least}}:\n    {{least}} = {{digit}}"
        places = {"least": pick(rng, ("smallest", "lowest", "least"))}
        answer = "{best} - {least}"
    else:
        purpose, answer = f"the {word} digit of `{{number}}`{{in_base}}", "{best}"
    best = ("largest", "highest", "top") if word == "largest" else ("smallest", "lowest", "least")
    source = fill(
        """
def {entry}({number}: int) -> int:
    '''{purpose}

    {number}: an integer that is not negative
    '''
    {start}
    {loop}
    return {answer}
""",
        **draw_names(rng, number="number", rest="rest", digit="digit"),
        **places,
        best=pick(rng, best if result != "spread" else ("largest", "highest", "top")),
        start=start,
        loop=digit_loop(rng).split("\n", 1)[1],
        step=step,
        keep=keep,
        relation=relation,
        base=base,
        answer=answer,
        purpose=purpose,
        in_base=in_base(base),
        entry=pick(rng, (f"{result}_of_digits", f"find_{result}", f"digit_{result}_of"))
        if result != "digit"
        else pick(rng, (f"{word}_digit", f"find_{word}")),
    )
    program = read(source, title=pick(rng, ("digit_finder", "digit_search", "digit_extremes")))
    return Exercise(program, draw_number, ((0,), (base * base + 1,)))


def digit_order(rng: Generator) -> Exercise:
    """Whether neighbouring digits all stand in one relation; from right to left."""
    base = pick(rng, BASES[:4] + BASES[5:])
    relation, phrase = pick(
        rng,
        (
            ("<", "rise from left to right"),
            (">", "fall from left to right"),
            ("<=", "never fall from left to right"),
            (">=", "never rise from left to right"),
            ("!=", "always differ from their neighbours"),
        ),
    )
    refused = {"<": ">=", ">": "<=", "<=": ">", ">=": "<", "!=": "=="}[relation]
    early = chance(rng)
    failure = "return False" if early else "{holds} = False"
    test = either_way(rng, f"{{digit}} {refused} {{previous}}")
    step = f"if {test}:\n    {failure}\n{{previous}} = {{digit}}"
    source = fill(
        """
def {entry}({number}: int) -> bool:
    '''whether the digits of `{number}`{in_base} {phrase}

    {number}: an integer that is not negative
    '''
    {begin}
    {previous} = {number} % {base}
    {loop}
    return {answer}
""",
        **draw_names(rng, number="number", rest="rest", digit="digit", previous="previous"),
        begin="" if early else "{holds} = True",
        answer="True" if early else "{holds}",
        **({} if early else {"holds": pick(rng, ("holds", "in_order", "fits"))}),
        loop=digit_loop(rng, number="{number} // {base}"),
        step=step,
        phrase=phrase,
        in_base=in_base(base),
        base=base,
        entry=pick(rng, ("digits_in_order", "has_ordered_digits", "check_digits")),
    )
    program = read(source, title=pick(rng, ("digit_order", "digit_check", "number_shape")))

    def draw(rng: Generator) -> tuple[int]:
        digits = numbers(rng, length=(2, 4), values=(0, base - 1))
        if chance(rng):
            digits = tuple(sorted(set(digits), reverse=relation in (">", ">=")))
        number = 0
        for digit in digits:
            number = number * base + digit
        return (number,)

    return Exercise(program, draw, ((0,), (base + 1,), (base,), (base + 2,)))


ALGORITHMS = (
    Algorithm("digit_total", "numbers", 1, digit_total),
    Algorithm("digit_tally", "numbers", 1, digit_tally),
    Algorithm("digit_rounds", "numbers", 3, digit_rounds),
    Algorithm("extreme_digit", "numbers", 2, extreme_digit),
    Algorithm("digit_order", "numbers", 2, digit_order),
)
