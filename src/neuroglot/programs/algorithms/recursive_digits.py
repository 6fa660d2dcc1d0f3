"""Recursion on digits and letters: powers, digits, numerals, texts rewritten place by place."""

from numpy.random import Generator

from neuroglot.programs.algorithm import Algorithm, Exercise
from neuroglot.programs.choices import chance, pick, text, whole
from neuroglot.programs.forms import compose, inside
from neuroglot.programs.reading import read


def fast_power(rng: Generator) -> Exercise:
    """Powers by recursion: one factor at a time, or by halves; plain or with a remainder."""
    modulus = pick(rng, (0, 97, 1000, 1009))
    mod = f" % {modulus}" if modulus else ""
    one_step = f"return {{a}} * {{entry}}({{a}}, {{n}} - 1){mod}"
    one_before = f"return {{entry}}({{a}}, {{n}} - 1) * {{a}}{mod}"
    half = "{half} = {entry}({a}, {n} // 2)\n"
    odd_first = (
        half + f"if {{n}} % 2 == 1:\n    return {{half}} * {{half}}{mod} * {{a}}{mod}"
        f"\nreturn {{half}} * {{half}}{mod}"
    )
    even_first = (
        half + f"if {{n}} % 2 == 0:\n    return {{half}} * {{half}}{mod}"
        f"\nreturn {{half}} * {{half}}{mod} * {{a}}{mod}"
    )
    squared = (
        f"if {{n}} % 2 == 1:\n    return {{a}} * {{entry}}({{a}}, {{n}} - 1){mod}\n"
        + half
        + f"return {{half}} * {{half}}{mod}"
    )
    early = "\nif {n} == 1:\n    return {a}" + mod
    source = compose(
        rng,
        """
def {entry}({a}: int, {n}: int) -> int:
    '''`{a}` to the power `{n}`{rest}

    {a}: an integer that is not negative
    {n}: the exponent, not negative
    '''
    {stop}
    {steps}
""",
        roles={"half": ("half", "root", "part")},
        a=pick(rng, ("number", "value", "factor", "given")),
        n=pick(rng, ("exponent", "power", "times", "n")),
        rest=f", modulo {modulus}" if modulus else "",
        stop="if {n} == 0:\n    return 1" + pick(rng, ("", early)),
        steps=pick(rng, (one_step, one_before, odd_first, even_first, squared)),
        entry=pick(rng, ("fast_power", "power_of", "raise_number")),
    )
    program = read(source, title=pick(rng, ("power_finder", "power_table")))
    most = (60, 20) if modulus else (6, 9)
    return Exercise(
        program, lambda rng: (whole(rng, 0, most[0]), whole(rng, 0, most[1])), ((2, 0), (3, 1))
    )


def digits_again(rng: Generator) -> Exercise:
    """Digits by recursion: their sum, number, largest, product, or the number built from some."""
    base, limit = pick(rng, (10, 10, 8, 2, 5)), whole(rng, 2, 6)
    want = pick(rng, ("sum", "count", "largest", "squares", "kept"))
    test, which = pick(
        rng,
        (("{digit} % 2 == 0", "even"), ("{digit} % 2 == 1", "odd"), ("{digit} != 0", "nonzero")),
    )
    if base != 2 and chance(rng):
        limit %= base - 1
        test, which = f"{{digit}} > {limit}", f"above {limit}"
    if base == 2:
        # The even digits of a binary number say nothing.
        test, which = "{digit} != 0", "nonzero"
    again = "{entry}({n} // BASE)".replace("BASE", str(base))
    digit = f"{{digit}} = {{n}} % {base}\n"
    direct = {
        "sum": f"return {{n}} % {base} + {again}",
        "count": f"return 1 + {again}",
        "squares": f"{digit}return {{digit}} * {{digit}} + {again}",
        "largest": f"{digit}{{rest}} = {again}\n"
        "if {digit} > {rest}:\n    return {digit}\nreturn {rest}",
        "kept": f"{digit}if {test}:\n    return {again} * {base} + {{digit}}\nreturn {again}",
    }[want]
    some = want in ("sum", "count", "squares") and chance(rng)
    if some:
        gain = {"sum": "{digit}", "count": "1", "squares": "{digit} * {digit}"}[want]
        order = pick(rng, (f"{again} + {gain}", f"{gain} + {again}"))
        taken = f"{digit}if {test}:\n    return {order}\nreturn {again}"
        named = (
            f"{digit}{{rest}} = {again}\nif {test}:\n    return {{rest}} + {gain}\nreturn {{rest}}"
        )
        direct = pick(rng, (taken, named))
    stop = "if {n} == 0:\n    return 0"
    if not some and want in ("sum", "largest") and chance(rng):
        stop = f"if {{n}} < {base}:\n    return {{n}}"
    chosen = some or want == "kept"
    the_digits = "those digits" if chosen else "the digits"
    what = {
        "sum": f"the sum of {the_digits}",
        "count": f"the number of {the_digits if chosen else 'digits'}",
        "squares": f"the sum of the squares of {the_digits}",
        "largest": "the largest digit",
        "kept": "the number made of those digits",
    }[want]
    source = compose(
        rng,
        """
def {entry}({n}: int) -> int:
    '''{what} of `{n}`{in_base}{those}

    {n}: an integer that is not negative
    '''
    {stop}
    {steps}
""",
        roles={"digit": ("digit", "last_digit", "part"), "rest": ("rest", "others", "further")},
        n=pick(rng, ("number", "value", "given", "n")),
        what=what,
        in_base="" if base == 10 else f" in base {base}",
        those=f" that are {which}" if chosen else "",
        stop=stop,
        steps=direct,
        entry=pick(rng, ("digits_of", "read_digits", "digit_value")),
    )
    program = read(source, title=pick(rng, ("digit_reader", "digit_walk")))
    return Exercise(program, lambda rng: (whole(rng, 0, 10 ** whole(rng, 1, 6)),), ((0,), (7,)))


TURN_TEXT_HELPED = """
def {helper}({text}: str, {i}: int) -> str:
    '''{what}, from place `{i}` on'''
    {body}

def {entry}({text}: str) -> str:
    '''{what}

    {text}: the text to rewrite
    '''
    return {helper}({text}, 0)
"""

TURN_TEXT_NUMERAL = """
def {entry}({n}: int) -> str:
    '''the numeral of `{n}` in base {base}{order}

    {n}: an integer that is not negative
    '''
    {body}
"""


def turn_text(rng: Generator) -> Exercise:
    """A text by recursion on an index: backwards, without a letter, doubled, or in base n."""
    drop, base = pick(rng, "abc"), whole(rng, 2, 9)
    want, times = (
        pick(rng, ("backwards", "without", "mirrored", "numeral")),
        pick(rng, (1, 1, 2, 3)),
    )
    rest = "{result} += {helper}({text}, {i} + 1)"
    letter = "\n".join(["{result} += {text}[{i}]"] * times)
    lines = {
        "backwards": (rest, letter),
        "mirrored": (letter, rest, letter),
        "without": pick(
            rng,
            (
                (f"if {{text}}[{{i}}] != '{drop}':", "    " + letter.replace("\n", "\n    "), rest),
                (rest, f"if {{text}}[{{i}}] != '{drop}':", "    " + letter.replace("\n", "\n    ")),
            ),
        ),
        "numeral": (),
    }[want]
    stops = (
        'if {i} == len({text}):\n    return ""\n{result} = ""',
        '{result} = ""\nif {i} == len({text}):\n    return {result}',
    )
    body = pick(rng, stops) + "\n" + "\n".join(lines)
    guarded = inside(
        '{result} = ""\nif {i} < len({text}):\n    {body}\nreturn {result}', "\n".join(lines)
    )
    whole_body = pick(rng, (body + "\nreturn {result}", guarded))
    how = {1: "", 2: ", each letter written twice", 3: ", each letter written three times"}[times]
    turned = want == "without" and lines[0] == rest
    what = {
        "backwards": "the letters of `{text}` in the opposite order",
        "mirrored": "`{text}` followed by its letters in the opposite order",
        "without": f"`{{text}}` without the letter {drop}" + (", backwards" if turned else ""),
        "numeral": "",
    }[want] + how
    title = pick(rng, ("text_rewriter", "letter_walk"))
    if want == "numeral":
        backwards, digit = chance(rng), f"{{result}} += str({{n}} % {base})"
        more = f"{{result}} += {{entry}}({{n}} // {base})"
        parts = (digit, more) if backwards else (more, digit)
        only = f"if {{n}} < {base}:\n    {{result}} += str({{n}})\n    return {{result}}"
        short = '{result} = ""\n' + "\n".join((only, *parts))
        deep = f"if {{n}} >= {base}:\n    {more}"
        parts = (digit, deep) if backwards else (deep, digit)
        long = '{result} = ""\n' + "\n".join(parts)
        source = compose(
            rng,
            TURN_TEXT_NUMERAL,
            roles={"n": ("number", "value", "given"), "result": "result text"},
            base=base,
            order=", its digits backwards" if backwards else "",
            body=pick(rng, (short, long)) + "\nreturn {result}",
            entry=pick(rng, ("numeral_of", "write_number", "number_text")),
        )
        return Exercise(read(source, title=title), lambda rng: (whole(rng, 0, 5000),), ((0,), (9,)))
    source = compose(
        rng,
        TURN_TEXT_HELPED,
        roles={
            "text": "text",
            "result": "result text",
            "helper": ("rewrite_from", "letters_from", "part_from"),
        },
        what=what,
        body=whole_body,
        entry=pick(rng, ("rewrite_text", "turn_text", "letters_again")),
    )
    return Exercise(
        read(source, title=title), lambda rng: (text(rng, "abcde"),), (("",), ("abca",))
    )


ALGORITHMS = (
    Algorithm("fast_power", "recursive_digits", 1, fast_power),
    Algorithm("digits_again", "recursive_digits", 1, digits_again),
    Algorithm("turn_text", "recursive_digits", 3, turn_text),
)
