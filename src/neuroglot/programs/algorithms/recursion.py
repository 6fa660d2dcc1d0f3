"""Recursion: functions that call themselves on something smaller."""

from numpy.random import Generator

from neuroglot.programs.algorithm import Algorithm, Exercise
from neuroglot.programs.choices import chance, numbers, pick, whole
from neuroglot.programs.filling import fill
from neuroglot.programs.forms import compose, inside
from neuroglot.programs.reading import read
from neuroglot.programs.words import draw_names


def linear_recurrence(rng: Generator) -> Exercise:
    """f(n) = a f(n - 1) + b f(n - 2) with two first values."""
    first, second = whole(rng, 0, 4), whole(rng, 1, 6)
    a, b = whole(rng, 1, 3), whole(rng, 1, 2)
    times_a = f"{a} * " if a > 1 else ""
    times_b = f"{b} * " if b > 1 else ""
    n = pick(rng, ("n", "index", "position", "place"))
    source = fill(
        """
def {entry}({n}: int) -> int:
    '''the term at place `{n}`, counted from 0, of the sequence {first}, {second}, ... in which \
each term is {rule}

    {n}: the place, counted from 0
    '''
    if {n} == 0:
        return {first}
    if {n} == 1:
        return {second}
    return {times_a}{entry}({n} - 1) + {times_b}{entry}({n} - 2)
""",
        n=n if n != "index" else "place",
        first=first,
        second=second,
        times_a=times_a,
        times_b=times_b,
        rule=f"{times_a.replace('*', 'times')}the term before"
        f" plus {times_b.replace('*', 'times')}the one before that",
        entry=pick(rng, ("sequence_term", "term_at", "recurrent_value")),
    )
    program = read(source, title=pick(rng, ("number_sequence", "recurrence_rule")))
    return Exercise(program, lambda rng: (whole(rng, 2, 11),), ((0,), (1,)))


def search_halves(rng: Generator) -> Exercise:
    """Binary search by recursion; the entry hands over the whole range."""
    names = draw_names(rng, values="list", target="target")
    low, high = pick(rng, (("low", "high"), ("first", "last"), ("start", "stop")))
    down, half_open = chance(rng), chance(rng)
    relation, opposite = (">", "<") if down else ("<", ">")
    upper = f"return {{helper}}({{values}}, {{target}}, {{middle}} + 1, {high})"
    below_middle = "{middle}" if half_open else "{middle} - 1"
    lower = f"return {{helper}}({{values}}, {{target}}, {low}, {below_middle})"
    there = "if {values}[{middle}] == {target}:\n    return {middle}"
    above = f"if {{values}}[{{middle}}] {relation} {{target}}:\n    {upper}"
    below = f"if {{values}}[{{middle}}] {opposite} {{target}}:\n    {lower}"
    steps = pick(
        rng,
        (
            (there, above, lower),
            (there, below, upper),
            (above, below, "return {middle}"),
            (below, above, "return {middle}"),
        ),
    )
    missing = pick(rng, ("-1", "-1", "len({values})"))
    source = fill(
        """
def {helper}({values}: list, {target}: int, {low}: int, {high}: int) -> int:
    '''the index of `{target}` from `{low}` to {until}`{high}`, or {missing_word}'''
    if {low} {relation} {high}:
        return {missing}
    {middle} = ({low} + {high}) // 2
    {steps}

def {entry}({values}: list, {target}: int) -> int:
    '''the index of `{target}` in the {order} `{values}`, or {missing_word} if it is not there

    {values}: different integers in {order} order
    {target}: the integer to look for
    '''
    return {helper}({values}, {target}, 0, len({values}){past})
""",
        **names,
        low=low,
        high=high,
        middle=pick(rng, ("middle", "centre", "half")),
        relation=">=" if half_open else ">",
        until="before " if half_open else "",
        past="" if half_open else " - 1",
        missing=missing,
        missing_word="-1" if missing == "-1" else "their number",
        steps="\n".join(steps),
        order="descending" if down else "ascending",
        helper=pick(rng, ("search_part", "find_part", "look_within")),
        entry=pick(rng, ("find_index", "search_sorted", "index_of_target")),
    )
    program = read(source, title=pick(rng, ("sorted_search", "index_finder")))

    def draw(rng: Generator) -> tuple[tuple[int, ...], int]:
        values = sorted(set(numbers(rng, length=(1, 10))), reverse=down)
        return tuple(values), pick(rng, [*values, whole(rng, -20, 20)])

    return Exercise(program, draw, (((), 3),))


FOLD_LIST = """
def {head} -> int:
    '''{what}{where}'''
    {stop}
    {steps}

def {entry}({values}: list) -> int:
    '''{what}

    {values}: the {values} to look at{least}
    '''
    return {call}
"""


def fold_list(rng: Generator) -> Exercise:
    """A list by recursion, from an index on or by halves: its sum, largest, count, or a test."""
    relation, side = pick(
        rng, ((">", "above"), ("<", "below"), (">=", "at least"), ("<=", "at most"))
    )
    want = pick(rng, ("sum", "count", "largest", "some"))
    halves, limit = chance(rng), whole(rng, -5, 5)
    item = "{values}[{low}]"
    test = f"{item} {relation} {limit}"
    rest = "{helper}({values}, {low} + 1)"
    head = "{helper}({values}: list, {low}: int)"
    stop = "if {low} == len({values}):\n    return 0"
    steps = {
        "sum": pick(rng, (f"return {item} + {rest}", f"return {rest} + {item}")),
        "count": pick(
            rng,
            (
                f"if {test}:\n    return 1 + {rest}\nreturn {rest}",
                f"{{part}} = {rest}\nif {test}:\n    {{part}} += 1\nreturn {{part}}",
            ),
        ),
        "some": f"if {test}:\n    return {item} + {rest}\nreturn {rest}",
        "largest": f"{{part}} = {rest}\nif {item} > {{part}}:\n    return {item}\nreturn {{part}}",
    }[want]
    call = "{helper}({values}, 0)"
    if halves:
        head = "{helper}({values}: list, {low}: int, {high}: int)"
        left = "{helper}({values}, {low}, {middle})"
        right = "{helper}({values}, {middle}, {high})"
        one = {
            "sum": f"if {{high}} - {{low}} == 1:\n    return {item}",
            "largest": f"if {{high}} - {{low}} == 1:\n    return {item}",
            "count": f"if {{high}} - {{low}} == 1:\n    if {test}:\n        return 1\n    return 0",
            "some": "if {high} - {low} == 1:\n"
            f"    if {test}:\n        return {item}\n    return 0",
        }[want]
        stop = ("" if want == "largest" else "if {low} == {high}:\n    return 0\n") + one
        steps = "{middle} = ({low} + {high}) // 2\n"
        two = f"{{part}} = {left}\n{{other}} = {right}\n"
        larger = two + "if {part} > {other}:\n    return {part}\nreturn {other}"
        steps += larger if want == "largest" else f"{{part}} = {left}\nreturn {{part}} + {right}"
        call = "{helper}({values}, 0, len({values}))"
    elif want == "largest":
        stop = f"if {{low}} == len({{values}}) - 1:\n    return {item}"
    what = {
        "sum": "the sum of the {values}",
        "count": f"the number of {{values}} that are {side} {limit}",
        "some": f"the sum of those {{values}} that are {side} {limit}",
        "largest": "the largest of the {values}",
    }[want]
    part = ", from place `{low}` to before `{high}`" if halves else ", from place `{low}` on"
    source = compose(
        rng,
        FOLD_LIST,
        roles={
            "values": "list",
            "low": ("low", "place", "start"),
            "high": ("high", "stop", "after"),
            "middle": ("middle", "half", "centre"),
            "part": ("part", "found", "first_part"),
            "other": ("other", "second_part"),
            "helper": ("fold_from", "part_value"),
        },
        head=head,
        what=what,
        where=part,
        stop=stop,
        steps=steps,
        least=", at least one" if want == "largest" else "",
        call=call,
        entry=pick(rng, ("fold_list", "value_of_list", "list_value")),
    )
    program = read(source, title=pick(rng, ("list_folder", "list_reader")))
    least = 1 if want == "largest" else 0
    return Exercise(
        program, lambda rng: (numbers(rng, length=(least, 9)),), (((4,),), ((-9, 9, 2),))
    )


TWO_SIDES = {
    "choose": (("size", "chosen"), ("n", "k")),
    "paths": (("right", "down"), ("width", "height")),
    "blocks": (("right", "down"), ("width", "height")),
    "parts": (("number", "most"), ("total", "limit")),
    "ordered": (("number", "most"), ("total", "limit")),
}
COUNT_CHOICES = """
def {entry}({a}: int, {b}: int) -> int:
    '''{what}

    {a}: {first_meaning}
    {b}: {second_meaning}
    '''
    {stop}
    {steps}
"""


def count_choices(rng: Generator) -> Exercise:
    """Two-sided recursions: ways to choose, to walk a grid, to split a number into parts."""
    want = pick(rng, ("choose", "paths", "parts", "blocks", "ordered"))
    a, b = pick(rng, TWO_SIDES[want])
    weight = 1 if want == "choose" else pick(rng, (1, 1, 2, 3))
    times = f"{weight} * " if weight > 1 else ""
    calls = {
        "choose": ("{entry}({a} - 1, {b})", "{entry}({a} - 1, {b} - 1)"),
        "paths": ("{entry}({a} - 1, {b})", "{entry}({a}, {b} - 1)"),
        "parts": ("{entry}({a}, {b} - 1)", "{entry}({a} - {b}, {b})"),
    }
    if want in calls:
        first, second = calls[want]
        pair = (first, times + second) if chance(rng) else (times + second, first)
        steps = "return " + " + ".join(pair)
        if chance(rng):
            steps = f"{{part}} = {pair[0]}\nreturn {{part}} + {pair[1]}"
    elif want == "blocks":
        steps = "{part} = {entry}({a} - 1, {b}) + {entry}({a}, {b} - 1)\nreturn {part} + "
        steps += times + "{entry}({a} - 1, {b} - 1)"
    else:
        body = f"{{part}} += {times}{{entry}}({{a}} - {{i}}, {{b}})"
        steps = "{part} = 0\n" + inside(
            "for {i} in range(1, {b} + 1):\n    {body}", inside("if {i} <= {a}:\n    {body}", body)
        )
        steps += "\nreturn {part}"
    zero = "if {a} == 0:\n    return 1"
    stop = {
        "choose": "if {b} == 0 or {b} == {a}:\n    return 1",
        "paths": "if {a} == 0 or {b} == 0:\n    return 1",
        "blocks": "if {a} == 0 or {b} == 0:\n    return 1",
        "parts": f"{zero}\nif {{b}} == 0 or {{a}} < 0:\n    return 0",
        "ordered": zero,
    }[want]
    if " or " in stop and want != "parts" and chance(rng):
        first, second = stop.split(":")[0][3:].split(" or ")
        stop = f"if {first}:\n    return 1\nif {second}:\n    return 1"
    weighted = f", with weight {weight} for each {{}}" if weight > 1 else ""
    what = {
        "choose": "in how many ways `{b}` of `{a}` things can be chosen",
        "paths": "the number of ways across a grid of `{a}` by `{b}` by steps to the right and down"
        + weighted.format("step down before the edge"),
        "blocks": "the number of ways across a grid of `{a}` by `{b}` by steps to the right, down"
        " and both" + weighted.format("step that is both"),
        "parts": "in how many ways `{a}` is a sum of parts up to `{b}`, their order left aside"
        + weighted.format("part"),
        "ordered": "in how many orders parts up to `{b}` add up to `{a}`" + weighted.format("part"),
    }[want]
    source = compose(
        rng,
        COUNT_CHOICES,
        roles={"part": ("part", "partial", "ways"), "i": ("i", "step", "used")},
        a=a,
        b=b,
        what=what,
        first_meaning="how many things there are"
        if want == "choose"
        else "an integer, not negative",
        second_meaning="how many to choose, at most all"
        if want == "choose"
        else "another integer, not negative",
        stop=stop,
        steps=steps,
        entry=pick(rng, ("count_ways", "ways_of", "all_ways")),
    )
    program = read(source, title=pick(rng, ("way_counter", "choice_table")))

    def draw(rng: Generator) -> tuple[int, int]:
        first = whole(rng, 0, 6)
        return first, whole(rng, 0, first if want == "choose" else 5)

    return Exercise(program, draw, ((0, 0), (3, 2)))


ALGORITHMS = (
    Algorithm("linear_recurrence", "recursion", 1, linear_recurrence),
    Algorithm("search_halves", "recursion", 3, search_halves),
    Algorithm("fold_list", "recursion", 3, fold_list),
    Algorithm("count_choices", "recursion", 2, count_choices),
)
