"""Rearranging: lists turned, rotated, split, merged, freed of repeats; a new list comes out."""

from numpy.random import Generator

from neuroglot.programs.algorithm import Algorithm, Arguments, Exercise
from neuroglot.programs.choices import chance, numbers, pick, whole
from neuroglot.programs.forms import branch, compose, count_up, each_item, each_place, inside
from neuroglot.programs.reading import read
from neuroglot.programs.words import Roles

LISTS: Roles = {
    "values": "list",
    "item": "item",
    "result": "result list",
    "i": ("i", "place", "spot"),
    "j": ("j", "k", "other_place"),
    "found": ("found", "seen", "known"),
    "others": "list",
    "other": "item",
}
SIDES = (
    ("<", ">=", "below"),
    ("<=", ">", "not above"),
    (">", "<=", "above"),
    (">=", "<", "not below"),
)


def drop_repeats(rng: Generator) -> Exercise:
    """Each value once, or only as often as allowed, or only those that stand alone."""
    want, most = pick(rng, ("first", "neighbours", "most", "alone")), whole(rng, 1, 3)
    tested = inside("for {other} in LIST:\n    if {other} == {item}:\n        {body}", "BODY")
    count = "{found} = 0\n" + tested.replace("BODY", "{found} += 1")
    flag = "{found} = False\n" + tested.replace("BODY", "{found} = True")
    where = "{values}"
    if want in ("first", "most"):
        where = "{result}"
    if want == "first" and chance(rng):
        step, most = flag.replace("for {other} in LIST", "for {j} in range(len({result}))"), 1
        step = step.replace("{other} ==", "{result}[{j}] ==")
        step += "\nif not {found}:\n    {result}.append({item})"
    else:
        most = 1 if want != "most" else most
        limit = "== 1" if want == "alone" else ("== 0" if most == 1 else f"< {most}")
        step = f"{count}\nif {{found}} {limit}:\n    {{result}}.append({{item}})"
        if where == "{result}":
            step = step.replace("for {other} in LIST", "for {j} in range(len({result}))")
            step = step.replace("{other} ==", "{result}[{j}] ==")
    step = step.replace("LIST", where)
    loop = each_item(rng, step)
    if want == "neighbours":
        distance = pick(rng, (1, 1, 2))
        test = f"{{i}} < {distance} or {{values}}[{{i}}] != {{values}}[{{i}} - {distance}]"
        loop = each_place(rng, f"if {test}:\n    {{result}}.append({{values}}[{{i}}])")
        last = "len({result}) == 0 or {result}[len({result}) - 1] != {item}"
        if distance == 1 and chance(rng):
            loop = each_item(rng, f"if {last}:\n    {{result}}.append({{item}})")
        place = "the one before" if distance == 1 else "the one two places before"
    times = ("", "once", "twice", "three times")
    purpose = {
        "first": "the different {values} in the order of their first places",
        "most": f"the {{values}} with each {{item}} kept {times[most]} at most",
        "alone": "the {values} that occur only once",
        "neighbours": "",
    }[want] or f"the {{values}} that differ from {place}"
    source = compose(
        rng,
        """
def {entry}({values}: list) -> list:
    '''{purpose}

    {values}: the {values} to look through
    '''
    {result} = []
    {loop}
    return {result}
""",
        roles={**LISTS, "other": ("other", "rival", "candidate")},
        purpose=purpose,
        loop=loop,
        entry=pick(rng, ("drop_repeats", "thin_out_{values}", "fewer_repeats")),
    )
    program = read(source, title=pick(rng, ("repeat_filter", "duplicate_remover")))
    return Exercise(program, lambda rng: (numbers(rng, values=(0, 5)),), (((),), ((4, 4, 4, 4),)))


PARTITION_LIST = """
def {entry}({values}: list{parameter}) -> list:
    '''the {values} with {order}

    {values}: the {values} to divide
    {meaning}
    '''
    {pivot}
    {result} = {empty}
    {steps}
    return {result}
"""


def partition_list(rng: Generator) -> Exercise:
    """Those on one side of a limit before the others; the order kept, or swapped in place."""
    relation, opposite, side = pick(rng, SIDES)
    in_place, three = chance(rng), chance(rng)
    take = "if {{item}} {} {{limit}}:\n    {{result}}.append({{item}})".format
    again = inside("for {item} in {values}:\n    {body}", take(opposite))
    two_loops = f"{each_item(rng, take(relation))}\n{again}"
    two_lists = "{others} = []\n" + each_item(
        rng,
        branch(
            rng,
            f"{{item}} {relation} {{limit}}",
            f"{{item}} {opposite} {{limit}}",
            "{result}.append({item})",
            "{others}.append({item})",
        ),
    )
    gather = "for {k} in range(len({others})):\n    {result}.append({others}[{k}])"
    swapping = f"""\
{{j}} = 0
for {{i}} in range(len({{result}})):
    if {{result}}[{{i}}] {relation} {{limit}}:
        {{swapped}} = {{result}}[{{i}}]
        {{result}}[{{i}}] = {{result}}[{{j}}]
        {{result}}[{{j}}] = {{swapped}}
        {{j}} += 1"""
    from_ends = f"""\
{{i}} = 0
{{j}} = len({{result}}) - 1
while {{i}} < {{j}}:
    if {{result}}[{{i}}] {relation} {{limit}}:
        {{i}} += 1
    else:
        {{swapped}} = {{result}}[{{i}}]
        {{result}}[{{i}}] = {{result}}[{{j}}]
        {{result}}[{{j}}] = {{swapped}}
        {{j}} -= 1"""
    steps = pick(rng, (two_loops, f"{two_lists}\n{gather}"))
    order = "{those} moved to the front, both parts in their old order"
    if in_place:
        steps, order = pick(
            rng,
            (
                (swapping, "each of {those}, from the first on, exchanged with the first other"),
                (from_ends, "all but {those}, from the first on, exchanged with the last one left"),
            ),
        )
    given = three and not in_place
    middle = "{values}[len({values}) // 2]" if chance(rng) else "{values}[0]"
    pivot = f"if len({{values}}) == 0:\n    return []\n{{limit}} = {middle}"
    limit = "the first of them" if middle.endswith("[0]") else "the one in the middle"
    source = compose(
        rng,
        PARTITION_LIST,
        roles={
            **LISTS,
            "limit": "limit",
            "k": "other index",
            "swapped": ("swapped", "held", "moved"),
        },
        parameter="" if given else ", {limit}: int",
        meaning="" if given else "{limit}: where to divide them",
        pivot=pivot if given else "",
        order=order,
        those=f"those that are {side} {limit if given else '`{limit}`'}",
        empty="list({values})" if in_place else "[]",
        steps=steps,
        entry=pick(rng, ("partition_{values}", "divide_{values}", "split_{values}")),
    )
    program = read(source, title=pick(rng, ("list_divider", "value_partition")))

    def draw(rng: Generator) -> Arguments:
        values = numbers(rng)
        return (values,) if given else (values, whole(rng, -10, 10))

    return Exercise(program, draw, (((),) if given else ((), 0),))


def rotate_list(rng: Generator) -> Exercise:
    """All elements moved on by some places, round the end."""
    left, fixed = chance(rng), pick(rng, (0, 0, 1, 2, 3))
    steps = str(fixed) if fixed else "{steps}"
    size = "{size}"
    by_index = f"{{result}}.append({{values}}[({{i}} + {steps}) % {size}])"
    back = f"""\
{{start}} = ({{i}} + {size} - {steps} % {size}) % {size}
{{result}}.append({{values}}[{{start}}])"""
    direct = each_place(rng, by_index if left else back)
    into = f"{{result}}[({{i}} + {steps}) % {size}] = {{values}}[{{i}}]"
    placed = f"{{result}} = [0] * {size}\n" + each_place(rng, into, ordered=False)
    named = "{size} = len({values})"
    start = f"{steps} % {size}" if left else f"{size} - {steps} % {size}"
    append = "{result}.append({values}[{i}])"
    halves = "\n".join(
        (
            f"{{start}} = {start}",
            count_up(rng, append, counter="{i}", start="{start}", stop=size),
            count_up(rng, append.replace("{i}", "{j}"), counter="{j}", start="0", stop="{start}"),
        )
    )
    again = f"""\
for {{i}} in range({steps}):
    {{held}} = {{result}}[0]
    for {{j}} in range(1, len({{result}})):
        {{result}}[{{j}} - 1] = {{result}}[{{j}}]
    {{result}}[len({{result}}) - 1] = {{held}}"""
    again_right = f"""\
for {{i}} in range({steps}):
    {{held}} = {{result}}[len({{result}}) - 1]
    for {{j}} in range(len({{result}}) - 1, 0, -1):
        {{result}}[{{j}}] = {{result}}[{{j}} - 1]
    {{result}}[0] = {{held}}"""
    empty = "if len({values}) == 0:\n    return []"
    ways = [
        (named + "\n{result} = []", direct),
        (f"{empty}\n{named}\n{{result}} = []", halves),
        (empty + "\n{result} = list({values})", again if left else again_right),
    ]
    if not left:
        ways.append((named, placed))
    before, body = pick(rng, ways)
    source = compose(
        rng,
        """
def {entry}({values}: list{parameter}) -> list:
    '''the {values} moved {count} place{s} to the {side}, round the end

    {values}: the {values} to move
    {meaning}
    '''
    {before}
    {body}
    return {result}
""",
        roles={
            **LISTS,
            "size": ("size", "count"),
            "steps": ("steps", "shift", "distance"),
            "start": ("start", "border", "cut"),
            "held": ("held", "moved", "kept_value"),
        },
        parameter="" if fixed else ", {steps}: int",
        meaning="" if fixed else "{steps}: how far, not negative",
        count=fixed or "`{steps}`",
        s="" if fixed == 1 else "s",
        side="left" if left else "right",
        before=before,
        body=body,
        entry=pick(rng, ("rotate_{values}", "shift_{values}", "turn_{values}")),
    )
    program = read(source, title=pick(rng, ("list_rotation", "ring_shifter")))

    def draw(rng: Generator) -> Arguments:
        values = numbers(rng)
        return (values,) if fixed else (values, whole(rng, 0, 12))

    return Exercise(program, draw, (((),) if fixed else ((), 2),))


def interleave_lists(rng: Generator) -> Exercise:
    """The elements of two lists in turn; the rest of the longer one stands at the end, or not."""
    rest, (one, two) = chance(rng), pick(rng, ((1, 1), (1, 1), (2, 1), (1, 2)))
    turned = chance(rng)
    left, left_other, move = "{i} < len({values})", "{j} < len({others})", "{j} += 1"
    if turned:
        left_other, move = "{j} >= 0", "{j} -= 1"
    take = "{result}.append({values}[{i}])\n{i} += 1"
    take_other = f"{{result}}.append({{others}}[{{j}}])\n{move}"
    if rest or one > 1:
        take = inside(f"if {left}:\n    {{body}}", take)
    if rest or two > 1:
        take_other = inside(f"if {left_other}:\n    {{body}}", take_other)
    parts = [
        each if times == 1 else inside(f"for {{k}} in range({times}):\n    {{body}}", each)
        for each, times in ((take, one), (take_other, two))
    ]
    going = f"while {left} {'or' if rest else 'and'} {left_other}:\n    {{body}}"
    first = "len({others}) - 1" if turned else "0"
    two_places = f"{{i}} = 0\n{{j}} = {first}\n" + inside(going, "\n".join(parts))
    pair = "{result}.append({values}[{i}])\n{result}.append({others}[{i}])"
    guarded = "\n".join(
        f"if {{i}} < len({each}):\n    {{result}}.append({each}[{{i}}])"
        for each in ("{values}", "{others}")
    )
    size = "{size} = len({values})\nif len({others}) RELATION {size}:\n    {size} = len({others})\n"
    one_place = size.replace("RELATION", ">" if rest else "<") + count_up(
        rng, guarded if rest else pair, counter="{i}", start="0", stop="{size}"
    )
    steps = one_place if (one, two) == (1, 1) and chance(rng) else two_places
    in_turn = {(1, 1): "in turn", (2, 1): "in turn, two of the first to one of the second"}.get(
        (one, two), "in turn, one of the first to two of the second"
    )
    source = compose(
        rng,
        """
def {entry}({values}: list, {others}: list) -> list:
    '''the elements of `{values}` and {second} {in_turn}, {ending}

    {values}: the list that begins
    {others}: the list that follows
    '''
    {result} = []
    {steps}
    return {result}
""",
        roles={
            **LISTS,
            "values": ("first", "left", "front"),
            "others": ("second", "right", "back"),
            "result": ("result", "woven", "output"),
            "k": ("k", "turn", "taken"),
            "size": ("size", "count", "pairs"),
        },
        in_turn=in_turn,
        ending="the rest of the longer one at the end" if rest else "as long as both last",
        steps=steps,
        second="`{others}`, this from its end," if turned and steps == two_places else "`{others}`",
        entry=pick(rng, ("interleave_lists", "weave_lists", "mix_lists")),
    )
    program = read(source, title=pick(rng, ("list_weaver", "list_mixer")))

    def draw(rng: Generator) -> tuple[tuple[int, ...], tuple[int, ...]]:
        return numbers(rng, length=(0, 6)), numbers(rng, length=(0, 6))

    return Exercise(program, draw, (((), ()), ((1, 2, 3), (9,)), ((7,), (1, 2, 3))))


def reverse_blocks(rng: Generator) -> Exercise:
    """A list backwards: all of it, a part, or block by block."""
    want, block = pick(rng, ("all", "front", "back", "blocks")), whole(rng, 2, 4)
    size = "len({result})"
    start, stop = {
        "all": ("0", size),
        "front": ("0", "{stop}"),
        "back": ("{stop}", size),
        "blocks": ("{start}", "{stop}"),
    }[want]
    swap = "{held} = {result}[{i}]\n{result}[{i}] = {result}[{j}]\n{result}[{j}] = {held}"
    inwards = f"{{i}} = {start}\n{{j}} = {stop} - 1\nwhile {{i}} < {{j}}:\n    {{body}}"
    swapped = inside(inwards, f"{swap}\n{{i}} += 1\n{{j}} -= 1")
    past = "" if start == "0" else f"{start} + "
    mirrored = f"{{result}}[{{i}}] = {{values}}[{past}{stop} - 1 - {{i}}]"
    filled = inside(f"for {{i}} in range({start}, {stop}):\n    {{body}}", mirrored)
    turn = pick(rng, (swapped, filled)).replace("range(0, ", "range(")
    clipped = f"{{stop}} = {block}\nif {{stop}} > {size}:\n    {{stop}} = {size}\n"
    ends = "{stop} = {start} + " + f"{block}\nif {{stop}} > {size}:\n    {{stop}} = {size}\n"
    if want == "blocks":
        every = f"for {{start}} in range(0, {size}, {block}):\n    {{body}}"
        counted = (
            f"{{start}} = 0\nwhile {{start}} < {size}:\n    {{body}}\n    {{start}} += {block}"
        )
        steps = inside(pick(rng, (every, counted)), ends + turn)
    else:
        steps = turn if want == "all" else clipped + turn
    what = {
        "all": "the {values} from the last to the first",
        "front": f"the {{values}} with the first {block} of them in the opposite order",
        "back": f"the {{values}} with all after the first {block} in the opposite order",
        "blocks": f"the {{values}} with every block of {block} in the opposite order",
    }[want]
    source = compose(
        rng,
        """
def {entry}({values}: list) -> list:
    '''{what}

    {values}: the {values} to turn round
    '''
    {result} = list({values})
    {steps}
    return {result}
""",
        roles={
            **LISTS,
            "held": ("held", "swapped", "moved"),
            "start": ("start", "head"),
            "stop": ("stop", "border", "after"),
        },
        what=what,
        steps=steps,
        entry=pick(rng, ("reverse_{values}", "turn_{values}", "mirror_{values}")),
    )
    program = read(source, title=pick(rng, ("list_reverser", "block_turner")))
    return Exercise(program, lambda rng: (numbers(rng),), (((),), ((1, 2, 3, 4, 5),)))


ALGORITHMS = (
    Algorithm("drop_repeats", "rearranging", 2, drop_repeats),
    Algorithm("partition_list", "rearranging", 2, partition_list),
    Algorithm("rotate_list", "rearranging", 2, rotate_list),
    Algorithm("interleave_lists", "rearranging", 2, interleave_lists),
    Algorithm("reverse_blocks", "rearranging", 2, reverse_blocks),
)
