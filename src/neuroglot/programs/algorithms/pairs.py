"""Pairs: elements of a list compared with one another, two by two."""

from numpy.random import Generator

from neuroglot.programs.algorithm import Algorithm, Exercise
from neuroglot.programs.choices import chance, numbers, pick, whole
from neuroglot.programs.filling import fill
from neuroglot.programs.reading import read
from neuroglot.programs.spellings import either_way, in_full
from neuroglot.programs.words import draw_names

EACH_PAIR = (
    """
for {i} in range(len({values})):
    for {j} in range({i} + 1, len({values})):
        {body}
""",
    """
for {j} in range(1, len({values})):
    for {i} in range({j}):
        {body}
""",
    """
{i} = 0
while {i} < len({values}):
    {j} = {i} + 1
    while {j} < len({values}):
        {body}
        {j} += 1
    {i} += 1
""",
    """
for {i} in range(len({values}) - 1, -1, -1):
    for {j} in range({i} + 1, len({values})):
        {body}
""",
)
"""Ways to meet every pair of places, `{i}` before `{j}`."""


def pair_total(rng: Generator) -> Exercise:
    """Pairs of elements whose sum stands in a relation to a target: how many, or whether."""
    relation, word = pick(
        rng, (("==", "equal to"), (">", "above"), ("<", "below"), (">=", "at least"))
    )
    measure, what = pick(
        rng,
        (
            ("{values}[{i}] + {values}[{j}]", "whose sum is"),
            ("{values}[{i}] * {values}[{j}]", "whose product is"),
            ("{values}[{j}] - {values}[{i}]", "in which the later minus the earlier is"),
        ),
    )
    whether = chance(rng)
    flag = whether and chance(rng)
    hit = "return True" if whether else in_full(rng, "{out} += 1")
    hit = "{out} = True" if flag else hit
    begin = "" if whether and not flag else f"{{out}} = {False if flag else 0}"
    count = pick(rng, ("count", "pairs", "hits"))
    source = fill(
        """
def {entry}({values}: list, {target}: int) -> {kind}:
    '''{purpose} {what} {word} `{target}`

    {values}: the {values} to pair
    {target}: what the pairs are compared with
    '''
    {begin}
    {loop}
    return {end}
""",
        **draw_names(rng, values="list", target="target"),
        **({"out": pick(rng, ("exists", "is_there")) if flag else count} if begin else {}),
        i=pick(rng, ("i", "first")),
        j=pick(rng, ("j", "second")),
        purpose="whether there are two {values}" if whether else "the number of pairs of {values}",
        kind="bool" if whether else "int",
        what=what,
        word=word,
        begin=begin,
        loop=pick(rng, EACH_PAIR),
        body=f"if {measure} {relation} {{target}}:\n    {hit}",
        end="{out}" if begin else "False",
        entry=pick(rng, ("has_pair", "pair_exists", "find_pair"))
        if whether
        else pick(rng, ("count_pairs", "matching_pairs", "pairs_that_fit")),
    )
    program = read(source, title=pick(rng, ("pair_counter", "pair_search", "pair_finder")))

    def draw(rng: Generator) -> tuple[tuple[int, ...], int]:
        return numbers(rng, length=(0, 6), values=(-6, 6)), whole(rng, -9, 9)

    return Exercise(program, draw, (((), 0), ((2, 2), 4), ((1, 3), 2), ((1, 2), 40)))


def sorted_pair(rng: Generator) -> Exercise:
    """Two places that walk towards each other in a sorted list, until a sum is met."""
    left, right = pick(rng, (("left", "right"), ("low", "high"), ("first", "last"), ("i", "j")))
    result = pick(rng, ("whether", "count", "least"))
    falls = chance(rng)
    forward, backward = in_full(rng, "{left} += 1"), in_full(rng, "{right} -= 1")
    small, large = (backward, forward) if falls else (forward, backward)
    hit = {
        "whether": "return True",
        "count": f"{{out}} += 1\n    {forward}\n    {backward}",
        "least": "return {values}[{left}]",
    }[result]
    order = "descending" if falls else "ascending"
    total = "{sum_of} = {values}[{left}] + {values}[{right}]"
    cases = [("== {target}", hit), ("< {target}", small), ("> {target}", large)]
    shift = whole(rng, 0, 2)
    cases = cases[shift:] + cases[:shift]
    (one, first), (two, second), (_, third) = cases
    branches = f"if {{sum_of}} {one}:\n    {first}\nelif {{sum_of}} {two}:\n    {second}\n"
    purpose = {
        "whether": "whether two of the {order} `{values}` add up to `{target}`",
        "count": "the number of pairs of the {order} `{values}` that add up to `{target}`",
        "least": "the {extreme} of the {order} `{values}` that gives `{target}` with another one,"
        " or -1 if none does",
    }[result]
    source = fill(
        """
def {entry}({values}: list, {target}: int) -> {kind}:
    '''{purpose}

    {values}: different integers in {order} order
    {target}: the sum to reach
    '''
    {begin}
    {left} = 0
    {right} = len({values}) - 1
    while {left} < {right}:
        {total}
        {branches}
    return {end}
""",
        **draw_names(rng, values="list", target="target"),
        **({"out": pick(rng, ("count", "pairs", "hits"))} if result == "count" else {}),
        **({"extreme": "largest" if falls else "smallest"} if result == "least" else {}),
        sum_of=pick(rng, ("together", "reached", "both")),
        left=left,
        right=right,
        order=order,
        purpose=purpose,
        kind="bool" if result == "whether" else "int",
        begin="{out} = 0" if result == "count" else "",
        total=total,
        branches=f"{branches}else:\n    {third}",
        end={"whether": "False", "count": "{out}", "least": "-1"}[result],
        entry=pick(rng, ("sorted_pair", "pair_with_sum", "two_that_add", "meet_in_middle")),
    )
    program = read(source, title=pick(rng, ("pair_walk", "sum_search", "sorted_pairs")))

    def draw(rng: Generator) -> tuple[tuple[int, ...], int]:
        values = sorted(set(numbers(rng, length=(2, 9), values=(0, 15))), reverse=falls)
        return tuple(values), whole(rng, 3, 26)

    return Exercise(program, draw, (((), 5), ((9, 6) if falls else (6, 9), 15)))


WALK = """
{left} = 0
{right} = len({values}) - 1
{count} = 0
while {left} < {right}:
    {reached}
    if {test}:
        {count} += {right} - {left}
        {inner}
    else:
        {outer}
return {count}
"""


def pairs_beside(rng: Generator) -> Exercise:
    """Counts the pairs of a sorted list whose sum lies on one side of a target, by walking."""
    relation, word = pick(
        rng, (("<", "below"), ("<=", "at most"), (">", "above"), (">=", "at least"))
    )
    falls, named = chance(rng), chance(rng)
    # What is nearer to the far side of the target moves when a whole row of pairs has been counted.
    forward = in_full(rng, "{left} += 1"), in_full(rng, "{right} -= 1")
    inner, outer = forward if (relation[0] == "<") != falls else forward[::-1]
    total = "{values}[{left}] + {values}[{right}]"
    test = either_way(rng, f"{{reached_sum}} {relation} {{target}}")
    left, right = pick(rng, (("left", "right"), ("low", "high"), ("first", "last"), ("i", "j")))
    order = "descending" if falls else "ascending"
    source = fill(
        """
def {entry}({values}: list, {target}: int) -> int:
    '''the number of pairs of the {order} `{values}` whose sum is {word} `{target}`

    {values}: integers in {order} order
    {target}: what the sums are compared with
    '''
    {walk}
""",
        **draw_names(rng, values="list", target="target"),
        left=left,
        right=right,
        count=pick(rng, ("count", "pairs", "hits")),
        order=order,
        word=word,
        walk=WALK,
        reached=f"{{reached_sum}} = {total}" if named else "",
        test=test if named else test.replace("{reached_sum}", total),
        **({"reached_sum": pick(rng, ("together", "reached", "both"))} if named else {}),
        inner=inner,
        outer=outer,
        entry=pick(rng, ("pairs_beside", "count_sums", "sums_in_reach", "pairs_within")),
    )
    program = read(source, title=pick(rng, ("pair_walk", "sum_counter", "sorted_pairs")))

    def draw(rng: Generator) -> tuple[tuple[int, ...], int]:
        values = sorted(numbers(rng, length=(2, 8), values=(0, 15)), reverse=falls)
        return tuple(values), whole(rng, 5, 26)

    return Exercise(program, draw, (((), 5), ((4, 4), 8)))


def inversion_count(rng: Generator) -> Exercise:
    """Counts (or adds up) what stands on the wrong side of later elements."""
    relation, word = pick(rng, ((">", "greater"), ("<", "less")))
    margin = whole(rng, 0, 4)
    sign = "+" if relation == ">" else "-"
    test = f"{{values}}[{{i}}] {relation} {{values}}[{{j}}]" + (f" {sign} {margin}" * (margin > 0))
    adds = chance(rng)
    amount = "{values}[{i}] - {values}[{j}]" if relation == ">" else "{values}[{j}] - {values}[{i}]"
    step = f"{{out}} += {amount}" if adds else in_full(rng, "{out} += 1")
    by = f" by more than {margin}" if margin else ""
    purpose = f"the number of pairs in which the earlier of the {{values}} is {word}{by}"
    if adds:
        purpose = "the sum of the differences of all pairs in which the earlier of the {values} is"
        purpose += f" {word}{by}"
    source = fill(
        """
def {entry}({values}: list) -> int:
    '''{purpose}

    {values}: the {values} in order
    '''
    {out} = 0
    {loop}
    return {out}
""",
        **draw_names(rng, values="list"),
        i=pick(rng, ("i", "first", "earlier")),
        j=pick(rng, ("j", "second", "later")),
        out=pick(rng, ("total", "tally")) if adds else pick(rng, ("count", "inversions", "found")),
        purpose=purpose,
        loop=pick(rng, EACH_PAIR),
        body=f"if {test}:\n    {step}",
        entry=pick(rng, ("inversion_count", "count_inversions", "disorder_of", "measure_disorder"))
        if not adds
        else pick(rng, ("sum_of_differences", "weigh_disorder", "total_disorder")),
    )
    program = read(source, title=pick(rng, ("order_measure", "inversion_counter")))
    return Exercise(program, lambda rng: (numbers(rng, length=(0, 7), values=(-8, 8)),), (((),),))


ALGORITHMS = (
    Algorithm("pair_total", "pairs", 2, pair_total),
    Algorithm("sorted_pair", "pairs", 3, sorted_pair),
    Algorithm("pairs_beside", "pairs", 2, pairs_beside),
    Algorithm("inversion_count", "pairs", 2, inversion_count),
)
