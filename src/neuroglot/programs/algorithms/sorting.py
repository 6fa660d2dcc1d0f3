"""Sorting: ways to put a list in order by exchanging and inserting."""

from numpy.random import Generator

from neuroglot.programs.algorithm import Algorithm, Exercise
from neuroglot.programs.choices import chance, numbers, pick, whole
from neuroglot.programs.filling import fill, needed
from neuroglot.programs.reading import read
from neuroglot.programs.spellings import counted, in_full
from neuroglot.programs.words import draw_names

ORDERS = ((">", "ascending"), ("<", "descending"))
"""The relation in which an element stands to a later one that has to go before it."""


def swap(first: str, second: str) -> str:
    """Two elements of `{result}` change places through `{held}`."""
    return f"""
{{held}} = {{result}}[{first}]
{{result}}[{first}] = {{result}}[{second}]
{{result}}[{second}] = {{held}}
"""


INSERTIONS = (
    """
{result} = list({values})
{outer}
""",
    """
{result} = []
for {item} in {values}:
    {result}.append({item})
    {j} = len({result}) - 1
    while {j} > 0 and {wrong}:
        {result}[{j}] = {result}[{j} - 1]
        {j} -= 1
    {result}[{j}] = {item}
""",
)
SHIFTING = """
{item} = {result}[{i}]
{j} = {i}
while {j} > 0 and {wrong}:
    {result}[{j}] = {result}[{j} - 1]
    {j} -= 1
{result}[{j}] = {item}
"""
SWAPPING = """
{j} = {i}
while {j} > 0 and {wrong}:
    {swap}
    {j} -= 1
"""


def insertion_sort(rng: Generator) -> Exercise:
    """Inserts each element among those before it, by its value or by a remainder."""
    relation, order = pick(rng, ORDERS)
    k = pick(rng, (0, 0, 3, 4, 5, 7, 10))
    key = f" % {k}" if k else ""
    body = pick(rng, INSERTIONS)
    inner = pick(rng, (SHIFTING, SWAPPING)) if "{outer}" in body else ""
    other = "{result}[{j}]" if inner is SWAPPING else "{item}"
    outer = counted(rng, "{i}", first="1", stop="len({result})")
    extra = {
        "outer": outer,
        "body": inner,
        "i": pick(rng, ("i", "place", "start")),
        "swap": swap("{j}", "{j} - 1"),
        "held": pick(rng, ("held", "swapped", "moved")),
    }
    parts = (outer, inner, extra["swap"] * (inner is SWAPPING)) if inner else ()
    names = draw_names(rng, values="list", item="item", result="result list")
    source = fill(
        """
def {entry}({values}: list) -> list:
    '''the {values} in {order} order{of}

    {values}: the {values} to sort{domain}
    '''
    {sorting}
    return {result}
""",
        **needed({**names, **extra}, body, "{values}{result}", *parts),
        j=pick(rng, ("j", "k", "hole")),
        wrong=f"{{result}}[{{j}} - 1]{key} {relation} {other}{key}",
        order=order,
        of=f" of remainders when divided by {k}, equal ones in their old order" if k else "",
        domain=", none below zero" if k else "",
        sorting=body,
        entry=pick(rng, ("insertion_sort", "sort_by_insertion", "insert_in_order")),
    )
    program = read(source, title=f"{names['item']}_{pick(rng, ('sorter', 'insertion'))}")
    low = 0 if k else -20
    return Exercise(program, lambda rng: (numbers(rng, values=(low, 30)),), (((),),))


BUBBLES = (
    """
for {i} in range(len({result})):
    for {j} in range(len({result}) - 1):
        {step}
    {each_pass}
""",
    """
for {i} in range(len({result}) - 1, 0, -1):
    for {j} in range({i}):
        {step}
    {each_pass}
""",
    """
{moved} = True
while {moved}:
    {moved} = False
    for {j} in range(len({result}) - 1):
        {step}
    {each_pass}
""",
    """
{i} = len({result}) - 1
{moved} = True
while {moved} and {i} > 0:
    {moved} = False
    for {j} in range({i}):
        {step}
    {i} -= 1
    {each_pass}
""",
)


def bubble_sort(rng: Generator) -> Exercise:
    """Exchanges neighbours in the wrong order: the sorted list, or how much had to be done."""
    relation, order = pick(rng, ORDERS)
    body = pick(rng, BUBBLES)
    flagged = "{moved}" in body
    outcomes = ("list", "list", "swaps", "passes") if body is BUBBLES[2] else ("list", "swaps")
    outcome = pick(rng, outcomes)
    lines = [swap("{j}", "{j} + 1").strip()]
    if flagged:
        lines.append("{moved} = True")
    if outcome == "swaps":
        lines.append(in_full(rng, "{count} += 1"))
    step = f"if {{result}}[{{j}}] {relation} {{result}}[{{j}} + 1]:\n" + "\n".join(
        f"    {line}" for line in "\n".join(lines).split("\n")
    )
    names = draw_names(rng, values="list", result="result list")
    purpose = {
        "list": f"the {{values}} in {order} order",
        "swaps": f"how many exchanges of neighbours put the {{values}} in {order} order",
        "passes": f"how many rounds sort the {{values}} in {order} order, with a last one to check",
    }[outcome]
    source = fill(
        """
def {entry}({values}: list) -> {kind}:
    '''{purpose}

    {values}: the {values} to sort
    '''
    {result} = list({values})
    {begin}
    {sorting}
    return {end}
""",
        **names,
        **needed({"i": pick(rng, ("i", "last", "stop")), "moved": "moved"}, body),
        j=pick(rng, ("j", "k", "place")),
        held=pick(rng, ("held", "swapped", "lifted")),
        **({"count": pick(rng, ("count", "steps"))} if outcome != "list" else {}),
        kind="list" if outcome == "list" else "int",
        begin="" if outcome == "list" else "{count} = 0",
        sorting=body,
        each_pass="{count} += 1" if outcome == "passes" else "",
        step=step,
        end="{result}" if outcome == "list" else "{count}",
        purpose=purpose,
        entry=pick(rng, ("bubble_sort", "sort_by_exchange", "sort_neighbours"))
        if outcome == "list"
        else pick(rng, ("count_exchanges", "sorting_effort", "effort_to_sort")),
    )
    program = read(source, title=pick(rng, ("bubble_sorter", "exchange_sort", "neighbour_sort")))
    return Exercise(program, lambda rng: (numbers(rng),), (((),),))


def extreme_sort(rng: Generator) -> Exercise:
    """Moves the greatest (or least) of what is left to the end, all or a few of them."""
    relation, order = pick(rng, ORDERS)
    split, later = chance(rng), chance(rng)
    outcome = pick(rng, ("list", "rank"))
    word = "largest" if relation == ">" else "smallest"
    better = f"{relation}=" if later else relation
    search = f"""
{{best}} = 0
for {{j}} in range(1, {{i}} + 1):
    if {{result}}[{{j}}] {better} {{result}}[{{best}}]:
        {{best}} = {{j}}
"""
    helper = f"""
def {{helper}}({{values}}: list, {{i}}: int) -> int:
    '''the index of the {word} of the {{values}} up to index `{{i}}`'''
    {{best}} = 0
    for {{j}} in range(1, len({{values}})):
        if {{j}} <= {{i}} and {{values}}[{{j}}] {better} {{values}}[{{best}}]:
            {{best}} = {{j}}
    return {{best}}
"""
    purpose = f"the {{values}} in {order} order"
    parameter, stop, end, meaning = "", "0", "{result}", ""
    if outcome == "rank":
        purpose = f"the {{item}} of rank `{{rank}}`, where the {word} has rank 0"
        parameter, stop = ", {rank}: int", "len({result}) - 2 - {rank}"
        end = "{result}[len({result}) - 1 - {rank}]"
        meaning = "{rank}: a rank below the number of {values}"
    loop = f"for {{i}} in range(len({{result}}) - 1, {stop}, -1):\n    {{body}}"
    names = draw_names(rng, values="list", item="item", result="result list")
    source = fill(
        """
{helpers}

def {entry}({values}: list{parameter}) -> {kind}:
    '''{purpose}

    {values}: the {values} to sort
    {meaning}
    '''
    {result} = list({values})
    {loop}
    return {end}
""",
        **needed(names, purpose, "{values}{result}"),
        kind="list" if outcome == "list" else "int",
        **({"helper": pick(rng, ("place_of_extreme", "find_extreme"))} if split else {}),
        **({"rank": pick(rng, ("rank", "skipped"))} if outcome == "rank" else {}),
        helpers=helper if split else "",
        i=pick(rng, ("i", "last", "stop")),
        j=pick(rng, ("j", "k", "place")),
        best=pick(rng, ("best", "chosen", "extreme")),
        held=pick(rng, ("held", "swapped", "moved")),
        parameter=parameter,
        purpose=purpose,
        meaning=meaning,
        loop=loop,
        body="{search}\n{swap}",
        search="{best} = {helper}({result}, {i})" if split else search,
        swap=swap("{i}", "{best}"),
        end=end,
        entry=pick(rng, ("sort_by_extremes", "selection_sort", "sort_backwards"))
        if outcome == "list"
        else pick(rng, ("value_of_rank", "ranked_value", "select_rank")),
    )
    program = read(source, title=pick(rng, ("extreme_sorter", "selection_sorter")))

    def draw(rng: Generator) -> tuple[tuple[int, ...], int]:
        values = numbers(rng, length=(1, 9))
        return values, whole(rng, 0, len(values) - 1)

    if outcome == "rank":
        return Exercise(program, draw, (((4, 4), 1),))
    return Exercise(program, lambda rng: (numbers(rng),), (((),),))


def gap_sort(rng: Generator) -> Exercise:
    """Sorts elements that stand a gap apart, with gaps that shrink to one."""
    relation, order = pick(rng, ORDERS)
    combs = chance(rng)
    shrink = pick(rng, ("{gap} //= 2", "{gap} = {gap} // 2", "{gap} = ({gap} + 1) * 5 // 11"))
    first = pick(rng, ("len({result}) // 2", "len({result}) * 3 // 5", "len({result}) - 1"))
    shell = f"""
{{gap}} = {{first}}
while {{gap}} > 0:
    for {{i}} in range({{gap}}, len({{result}})):
        {{item}} = {{result}}[{{i}}]
        {{j}} = {{i}}
        while {{j}} >= {{gap}} and {{result}}[{{j}} - {{gap}}] {relation} {{item}}:
            {{result}}[{{j}}] = {{result}}[{{j}} - {{gap}}]
            {{j}} -= {{gap}}
        {{result}}[{{j}}] = {{item}}
    {shrink}
"""
    exchange = f"""
{{gap}} = {{first}}
while {{gap}} > 0:
    for {{i}} in range({{gap}}, len({{result}})):
        {{j}} = {{i}}
        while {{j}} >= {{gap}} and {{result}}[{{j}} - {{gap}}] {relation} {{result}}[{{j}}]:
            {{swap}}
            {{j}} -= {{gap}}
    {shrink}
"""
    upper = chance(rng)
    comb = f"""
{{gap}} = len({{result}})
{{moved}} = True
while {{moved}} or {{gap}} > 1:
    if {{gap}} > 1:
        {{gap}} = {pick(rng, ("{gap} * 3 // 4", "{gap} * 10 // 13", "{gap} // 2"))}
    {{moved}} = False
    for {{i}} in range({"{gap}, len({result})" if upper else "len({result}) - {gap}"}):
        {{test}}
"""
    near, far = ("{i} - {gap}", "{i}") if upper else ("{i}", "{i} + {gap}")
    exchanged = "\n".join(f"    {line}" for line in swap(near, far).strip().split("\n"))
    test = f"if {{result}}[{near}] {relation} {{result}}[{far}]:\n{exchanged}\n    {{moved}} = True"
    body = comb if combs else pick(rng, (shell, exchange))
    names = draw_names(rng, values="list", item="item", result="result list")
    extra = {
        "first": first,
        "item": names.pop("item"),
        "swap": swap("{j}", "{j} - {gap}"),
        "held": pick(rng, ("held", "swapped", "lifted")),
        "test": test,
        "j": pick(rng, ("j", "k", "hole")),
        "moved": pick(rng, ("moved", "unsorted", "changed")),
    }
    source = fill(
        """
def {entry}({values}: list) -> list:
    '''the {values} in {order} order

    {values}: the {values} to sort
    '''
    {result} = list({values})
    {sorting}
    return {result}
""",
        **names,
        **needed(extra, body, extra["swap"] if body is exchange else "", test if combs else ""),
        i=pick(rng, ("i", "start", "place")),
        gap=pick(rng, ("gap", "distance", "jump")),
        order=order,
        sorting=body,
        entry=pick(rng, ("gap_sort", "sort_by_gaps", "sort_with_jumps")),
    )
    program = read(source, title=pick(rng, ("gap_sorter", "comb_sorter", "jump_sorter")))
    return Exercise(program, lambda rng: (numbers(rng),), (((),), ((3,),), ((5, 1, 4),)))


ALGORITHMS = (
    Algorithm("insertion_sort", "sorting", 2, insertion_sort),
    Algorithm("bubble_sort", "sorting", 3, bubble_sort),
    Algorithm("extreme_sort", "sorting", 3, extreme_sort),
    Algorithm("gap_sort", "sorting", 3, gap_sort),
)
