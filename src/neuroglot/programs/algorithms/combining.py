"""Combining: several elements made one: pairs, blocks, weighted sums, the two largest."""

from numpy.random import Generator

from neuroglot.programs.algorithm import Algorithm, Exercise
from neuroglot.programs.choices import chance, numbers, pick, whole
from neuroglot.programs.forms import branch, compose, count_up, each_item, each_place, inside
from neuroglot.programs.reading import read


def second_largest(rng: Generator) -> Exercise:
    """The second largest or smallest value, equal ones counted or not, or its distance."""
    relation, which = pick(rng, ((">", "largest"), ("<", "smallest")))
    different, gap = chance(rng), chance(rng)
    first, *rest = (
        f"if {{item}} {relation} {{best}}:\n    {{second}} = {{best}}\n    {{best}} = {{item}}",
        f"{{item}} {relation} {{second}}",
    )
    second = " and ".join([*rest, "{item} != {best}"] if different else rest)
    one_pass = each_item(rng, f"{first}\nelif {second}:\n    {{second}} = {{item}}")
    limit = "-1000" if relation == ">" else "1000"
    start = f"{{best}} = {limit}\n{{second}} = {limit}"
    twice = "\n".join(
        (
            f"{{best}} = {limit}",
            each_item(rng, f"if {{item}} {relation} {{best}}:\n    {{best}} = {{item}}"),
            f"{{second}} = {limit}",
            "for {item} in {values}:",
            f"    if {{item}} != {{best}} and {{item}} {relation} {{second}}:",
            "        {second} = {item}",
        )
    )
    steps = twice if different and chance(rng) else f"{start}\n{one_pass}"
    result = (
        ("{best} - {second}" if relation == ">" else "{second} - {best}") if gap else "{second}"
    )
    what = f"the second {which} of the {'different ' if different else ''}{{values}}"
    if gap:
        what = f"the distance between the two {which} {'different ' if different else ''}{{values}}"
    source = compose(
        rng,
        """
def {entry}({values}: list) -> int:
    '''{what}

    {values}: at least two different {values} between -1000 and 1000
    '''
    {steps}
    return {last}
""",
        roles={"values": "list", "item": "item", "best": "best", "second": ("second", "next_best")},
        what=what,
        steps=steps,
        last=result,
        entry=pick(rng, ("gap_at_top", "top_distance") if gap else ("second_best", "runner_up")),
    )
    program = read(source, title=pick(rng, ("rank_finder", "second_place")))

    def draw(rng: Generator) -> tuple[tuple[int, ...]]:
        low = whole(rng, -9, 9)
        values = [low, low + whole(rng, 1, 6), *numbers(rng, length=(0, 6), values=(-9, 9))]
        return (tuple(values[i] for i in rng.permutation(len(values))),)

    return Exercise(program, draw, (((3, 3, 1),), ((1, 3, 3),)))


def combine_lists(rng: Generator) -> Exercise:
    """Two lists taken place by place: added, multiplied, the larger kept; the rest kept or not."""
    rest = chance(rng)
    change = pick(rng, ("+", "-", "*", "larger", "smaller", "weighted"))
    a, b = "{values}[{i}]", "{others}[{i}]"
    times = whole(rng, 2, 4)
    one_value = f"{{result}}.append({a} {change} {b})"
    relation = ">" if change == "larger" else "<"
    body = {
        "larger": branch(
            rng, f"{a} {relation} {b}", f"{a} {'<=' if relation == '>' else '>='} {b}",
            f"{{result}}.append({a})", f"{{result}}.append({b})",
        ),
        "weighted": f"{{result}}.append({a} + {times} * {b})",
    }  # fmt: skip
    body["smaller"] = body["larger"]
    step = body.get(change, one_value)
    least = "{size} = len({values})\nif len({others}) < {size}:\n    {size} = len({others})\n"
    counted = least + count_up(rng, step, counter="{i}", start="0", stop="{size}")
    both_left = "{i} = 0\nwhile {i} < len({values}) and {i} < len({others}):\n    {body}"
    together = inside(both_left, step + "\n{i} += 1")
    guarded = each_place(rng, inside("if {i} < len({others}):\n    {body}", step))
    if rest:
        longer = inside("if {i} < len({others}):\n    {body}\nelse:\n    KEEP", step)
        guarded = each_place(rng, longer.replace("KEEP", f"{{result}}.append({a})"))
    tail = "while {i} < len({values}):\n    {result}.append({values}[{i}])\n    {i} += 1"
    steps = pick(rng, (f"{together}\n{tail}", guarded) if rest else (counted, together, guarded))
    wording = {
        "+": "the sums of the elements of `{values}` and `{others}`",
        "-": "the elements of `{values}` less those of `{others}`",
        "*": "the products of the elements of `{values}` and `{others}`",
        "larger": "the larger of each two elements of `{values}` and `{others}`",
        "smaller": "the smaller of each two elements of `{values}` and `{others}`",
        "weighted": f"the elements of `{{values}}` plus {times} times those of `{{others}}`",
    }[change]
    source = compose(
        rng,
        """
def {entry}({values}: list, {others}: list) -> list:
    '''{wording}, place by place{ending}

    {values}: a list of integers
    {others}: another list of integers
    '''
    {result} = []
    {steps}
    return {result}
""",
        roles={
            "values": ("first", "left", "ours"),
            "others": ("second", "right", "theirs"),
            "result": ("result", "combined", "output"),
            "i": ("i", "place", "k"),
            "size": ("size", "shared", "pairs"),
        },
        wording=wording,
        ending=", and what `{values}` has more as it is" if rest else " as long as both last",
        steps=steps,
        entry=pick(rng, ("combine_lists", "zip_lists", "merge_places")),
    )
    program = read(source, title=pick(rng, ("list_combiner", "pairwise_math")))

    def draw(rng: Generator) -> tuple[tuple[int, ...], tuple[int, ...]]:
        return numbers(rng, length=(0, 7)), numbers(rng, length=(0, 7))

    return Exercise(program, draw, (((), ()), ((1, 2, 3), (4,)), ((1,), (4, 5))))


def weighted_total(rng: Generator) -> Exercise:
    """A sum in which each element counts by its place: times a number, or with a sign."""
    first, times = whole(rng, 0, 1), whole(rng, 2, 5)
    want = pick(rng, ("place", "from end", "sign", "step", "square"))
    place = "({i} + 1)" if first else "{i}"
    back = "{i}" if first else "{i} - 1"
    add, remove = "{total} += {values}[{i}]", "{total} -= {values}[{i}]"
    even = whole(rng, 0, 1)
    body = {
        "place": f"{{total}} += {place} * {{values}}[{{i}}]",
        "from end": f"{{total}} += (len({{values}}) - {back}) * {{values}}[{{i}}]",
        "square": f"{{total}} += {place} * {place} * {{values}}[{{i}}]",
        "sign": branch(
            rng,
            f"{{i}} % {times} == {even}",
            f"{{i}} % {times} != {even}",
            remove,
            add,
        ),
        "step": f"if {{i}} % {times} == {even}:\n    {add} * {times + 1}\nelse:\n    {add}",
    }[want]
    purpose = {
        "place": f"the sum of the {{values}}, each multiplied by its place counted from {first}",
        "from end": f"the sum of the {{values}}, each multiplied by its place from the end,"
        f" counted from {first}",
        "square": f"the sum of the {{values}}, each multiplied by the square of its place,"
        f" counted from {first}",
        "sign": "the sum of the {values}, those subtracted whose index leaves"
        f" {even} when divided by {times}",
        "step": f"the sum of the {{values}}, those counted {times + 1} times whose index leaves"
        f" {even} when divided by {times}",
    }[want]
    source = compose(
        rng,
        """
def {entry}({values}: list) -> int:
    '''{purpose}

    {values}: the {values} to add up
    '''
    {total} = 0
    {loop}
    return {total}
""",
        roles={"values": "list", "total": "total"},
        purpose=purpose,
        loop=each_place(rng, body, ordered=False),
        entry=pick(rng, ("weighted_total", "weighted_sum", "total_by_place")),
    )
    program = read(source, title=pick(rng, ("weighted_adder", "place_value")))
    return Exercise(program, lambda rng: (numbers(rng),), (((),), ((5, -4, 3, 2, 1, 7),)))


def block_totals(rng: Generator) -> Exercise:
    """One number for each block of neighbours: its sum, its largest, its smallest, its span."""
    size, overlap = whole(rng, 2, 4), chance(rng)
    want, whole_only = pick(rng, ("sum", "largest", "smallest")), overlap or chance(rng)
    relation = ">" if want == "largest" else "<"
    step = "{total} += {values}[{j}]"
    start = "{total} = 0"
    if want != "sum":
        step = f"if {{values}}[{{j}}] {relation} {{total}}:\n    {{total}} = {{values}}[{{j}}]"
        start = "{total} = {values}[{i}]"
    stop = "{i} + " + str(size)
    clipped = f"{{stop}} = {stop}\nif {{stop}} > len({{values}}):\n    {{stop}} = len({{values}})"
    inner = count_up(rng, step, counter="{j}", start="{i}", stop=stop if whole_only else "{stop}")
    body = "\n".join([start, *([] if whole_only else [clipped]), inner, "{result}.append({total})"])
    past = f"len({{values}}) - {size - 1}" if whole_only else "len({values})"
    move = 1 if overlap else size
    loops = (
        f"for {{i}} in range(0, {past}, {move}):\n    {{body}}",
        f"{{i}} = 0\nwhile {{i}} < {past}:\n    {{body}}",
    )
    loop = pick(rng, loops)
    if loop is loops[1]:
        body += f"\n{{i}} += {move}"
    which = f"all stretches of {size} neighbouring" if overlap else f"blocks of {size}"
    ending = "" if whole_only else ", the last of which may be shorter"
    plural = {"sum": "sums", "largest": "largest values", "smallest": "smallest values"}[want]
    source = compose(
        rng,
        """
def {entry}({values}: list) -> list:
    '''the {plural} of {which} {values}{ending}

    {values}: the {values} in order
    '''
    {result} = []
    {loop}
    return {result}
""",
        roles={
            "values": "list",
            "result": "result list",
            "total": ("total", "value_so_far", "current")
            if want == "sum"
            else ("extreme", "chosen"),
            "i": ("i", "start", "head"),
            "j": ("j", "k", "inner"),
            "stop": ("stop", "border", "after"),
        },
        plural=plural,
        which=which,
        ending=ending,
        loop=inside(loop, body),
        entry=pick(rng, ("block_totals", "block_values", "group_{values}")),
    )
    program = read(source, title=pick(rng, ("block_reader", "group_maker")))
    return Exercise(
        program, lambda rng: (numbers(rng, length=(0, 10)),), (((),), ((3, 9, 1, 4, 8),))
    )


ALGORITHMS = (
    Algorithm("second_largest", "combining", 2, second_largest),
    Algorithm("combine_lists", "combining", 2, combine_lists),
    Algorithm("weighted_total", "combining", 1, weighted_total),
    Algorithm("block_totals", "combining", 3, block_totals),
)
