"""Lists: one pass over integers that counts, keeps, or compares neighbours."""

from numpy.random import Generator

from neuroglot.programs.algorithm import Algorithm, Exercise
from neuroglot.programs.choices import chance, numbers, pick, whole
from neuroglot.programs.filling import fill
from neuroglot.programs.forms import branch, compose, each_item, each_place, inside
from neuroglot.programs.reading import read
from neuroglot.programs.words import draw_names

SIDES = ((">", "above"), (">=", "at least"), ("<", "below"), ("<=", "at most"))


def count_beside(rng: Generator) -> Exercise:
    """Counts or adds the elements on one side of a limit."""
    comparison, side = pick(rng, SIDES)
    adds = chance(rng)
    verb, one = ("sum", "{item}") if adds else ("count", "1")
    source = compose(
        rng,
        """
def {entry}({values}: list, {limit}: int) -> int:
    '''the {what} of the {values} that are {side} `{limit}`

    {values}: the {values} to look at
    {limit}: what each {item} is compared with
    '''
    {total} = 0
    {loop}
    return {total}
""",
        roles={
            "values": "list",
            "item": "item",
            "limit": "limit",
            "total": "total" if adds else "count",
        },
        loop=each_item(
            rng, f"if {{item}} {comparison} {{limit}}:\n    {{total}} += {one}", ordered=False
        ),
        side=side,
        what="sum" if adds else "number",
        entry=pick(rng, (f"{verb}_{side.replace(' ', '_')}", f"{verb}_{{values}}")),
    )
    program = read(source, title=pick(rng, ("value_counter", "limit_filter")))
    return Exercise(program, lambda rng: (numbers(rng), whole(rng, -15, 15)), (((), 0),))


def keep_beside(rng: Generator) -> Exercise:
    """Builds the list of elements that pass a test, as they are or changed."""
    comparison, side = pick(rng, SIDES)
    change = pick(rng, ("", "", f" * {whole(rng, 2, 9)}", f" + {whole(rng, 1, 20)}"))
    wording = {"": "", "*": f", each multiplied by {change[3:]}", "+": f", each plus {change[3:]}"}
    names = draw_names(rng, values="list", item="item", limit="limit", result="result list")
    source = fill(
        """
def {entry}({values}: list, {limit}: int) -> list:
    '''the {values} that are {side} `{limit}`{changed}

    {values}: the {values} to choose from
    {limit}: what each {item} is compared with
    '''
    {result} = []
    for {item} in {values}:
        if {item} {comparison} {limit}:
            {result}.append({item}{change})
    return {result}
""",
        **names,
        comparison=comparison,
        side=side,
        change=change,
        changed=wording[change.strip()[:1]],
        entry=pick(rng, ("keep_{0}", "select_{0}", "filter_{0}")).format(names["values"]),
    )
    program = read(source, title=f"{names['item']}_{pick(rng, ('filter', 'selector'))}")
    return Exercise(program, lambda rng: (numbers(rng), whole(rng, -15, 15)), (((), 0),))


def longest_run(rng: Generator) -> Exercise:
    """The stretches in which neighbours stand in one relation: the longest, or their number."""
    relation, wording = pick(
        rng,
        (
            (">", "rising"), ("<", "falling"), ("==", "equal"),
            (">=", "never falling"), ("<=", "never rising"), ("!=", "changing"),
        ),
    )  # fmt: skip
    counts, least = chance(rng), whole(rng, 2, 3)
    opposite = {">": "<=", "<": ">=", "==": "!=", ">=": "<", "<=": ">", "!=": "=="}[relation]
    pair = "{values}[{i}] {} {values}[{i} - 1]"
    holds, breaks = pair.replace("{}", relation), pair.replace("{}", opposite)
    keep = "if {run} > {best}:\n    {best} = {run}"
    if counts:
        keep = f"if {{run}} == {least}:\n    {{best}} += 1"
    step = branch(rng, holds, breaks, "{run} += 1", "{run} = 1") + "\n" + keep
    by_step = "{best} = START\n{run} = 1\n" + each_place(rng, step, start=1)
    inner = "while {after} < len({values}) and {values}[{after}] " + relation
    inner += " {values}[{after} - 1]:\n    {after} += 1"
    ahead = "{best} = 0\n{i} = 0\nwhile {i} < len({values}):\n    {body}"
    found = keep.replace("==", ">=") if counts else keep
    body = (
        f"{{after}} = {{i}} + 1\n{inner}\n{{run}} = {{after}} - {{i}}\n{found}\n{{i}} = {{after}}"
    )
    empty = "if len({values}) == 0:\n    return 0\n"
    by_step = by_step.replace("START", "0") if counts else empty + by_step.replace("START", "1")
    what = f"the length of the longest stretch of {wording} {{values}}"
    if counts:
        what = f"the number of stretches of at least {least} {wording} {{values}}"
    source = compose(
        rng,
        """
def {entry}({values}: list) -> int:
    '''{what}

    {values}: the {values} in order
    '''
    {steps}
    return {best}
""",
        roles={
            "values": "list",
            "best": ("count", "stretches") if counts else "best",
            "run": ("current", "run", "streak"),
            "after": ("after", "stop", "k"),
            "i": ("i", "place", "spot"),
        },
        what=what,
        steps=pick(rng, (by_step, inside(ahead, body))),
        entry=pick(rng, ("longest_run", "longest_stretch", "best_streak"))
        if not counts
        else pick(rng, ("count_runs", "count_stretches", "number_of_runs")),
    )
    program = read(source, title=pick(rng, ("run_finder", "streak_counter")))
    low = whole(rng, 1, 3)
    return Exercise(program, lambda rng: (numbers(rng, values=(0, low + 2)),), (((),),))


def selection_sort(rng: Generator) -> Exercise:
    """Sorts a copy by choosing the least (or greatest) of what is left, from either end."""
    relation, order = pick(rng, (("<", "ascending"), (">", "descending")))
    from_end, partial = chance(rng), pick(rng, (0, 0, 2, 3, 4))
    if from_end:
        relation = ">" if relation == "<" else "<"
        outer = "for {i} in range(len({result}) - 1, 0, -1):\n    {body}"
        inner = "for {j} in range({i}):\n    {body}"
        partial = 0
    else:
        outer = "for {i} in range(len({result})):\n    {body}"
        inner = "for {j} in range({i} + 1, len({result})):\n    {body}"
    if partial:
        outer = f"{{i}} = 0\nwhile {{i}} < len({{result}}) and {{i}} < {partial}:\n    {{body}}"
    choose = f"if {{result}}[{{j}}] {relation} {{result}}[{{chosen}}]:\n    {{chosen}} = {{j}}"
    swap = "{held} = {result}[{i}]\n{result}[{i}] = {result}[{chosen}]\n{result}[{chosen}] = {held}"
    if chance(rng):
        swap = inside("if {chosen} != {i}:\n    {body}", swap)
    body = "{chosen} = {i}\n" + inside(inner, choose) + "\n" + swap
    body += "\n{i} += 1" if partial else ""
    least = "smallest" if order == "ascending" else "largest"
    some = f"the {{values}} with the {partial} {least} in {order} order at the front"
    source = compose(
        rng,
        """
def {entry}({values}: list) -> list:
    '''{what}

    {values}: the {values} to sort
    '''
    {result} = list({values})
    {steps}
    return {result}
""",
        roles={
            "values": "list",
            "result": "result list",
            "i": ("i", "place"),
            "j": ("j", "k"),
            "chosen": ("chosen", "selected", "extreme"),
            "held": ("swapped", "moved", "held"),
        },
        what=some if partial else f"the {{values}} in {order} order",
        steps=inside(outer, body),
        entry=pick(rng, ("sort_{values}", "order_{values}", "sorted_{values}")),
    )
    program = read(source, title=pick(rng, ("list_sorter", "value_sorter")))
    return Exercise(program, lambda rng: (numbers(rng),), (((),),))


ALGORITHMS = (
    Algorithm("count_beside", "lists", 1, count_beside),
    Algorithm("keep_beside", "lists", 1, keep_beside),
    Algorithm("longest_run", "lists", 2, longest_run),
    Algorithm("selection_sort", "lists", 3, selection_sort),
)
