"""Ordering: lists counted out, merged, ranked, or checked for order."""

from numpy.random import Generator

from neuroglot.programs.algorithm import Algorithm, Exercise
from neuroglot.programs.choices import chance, numbers, pick, whole
from neuroglot.programs.filling import fill, needed
from neuroglot.programs.reading import read
from neuroglot.programs.spellings import counted, each_item, either_way, in_full
from neuroglot.programs.words import draw_names


def counting_sort(rng: Generator) -> Exercise:
    """Counts how often each value occurs and writes the values out again."""
    size = whole(rng, 5, 20)
    falls = chance(rng)
    low = pick(rng, (0, 0, 1, whole(rng, 2, 9)))
    place = "{item}" if low == 0 else f"{{item}} - {low}"
    value = "{i}" if low == 0 else f"{{i}} + {low}"
    which, purpose, write = pick(
        rng,
        (
            ("all", "the {values} in {order} order",
             "for {j} in range({counts}[{i}]):\n    {result}.append({value})"),
            ("all", "the {values} in {order} order",
             "while {counts}[{i}] > 0:\n    {result}.append({value})\n    {counts}[{i}] -= 1"),
            ("once", "the different {values} in {order} order",
             "if {counts}[{i}] > 0:\n    {result}.append({value})"),
            ("single", "the {values} that occur only once, in {order} order",
             "if {counts}[{i}] == 1:\n    {result}.append({value})"),
            ("twice", "the {values} that occur more than once, each once, in {order} order",
             "if {counts}[{i}] > 1:\n    {result}.append({value})"),
        ),
    )  # fmt: skip
    up = counted(rng, "{i}", stop=str(size)).replace("{body}", "{write}")
    down = f"for {{i}} in range({size - 1}, -1, -1):\n    {{write}}"
    source = fill(
        """
def {entry}({values}: list) -> list:
    '''{purpose}

    {values}: the {values}, from {low} to {high}
    '''
    {counts} = [0] * {size}
    {counting}
    {result} = []
    {loop}
    return {result}
""",
        **draw_names(rng, values="list", item="item", result="result list"),
        counts=pick(rng, ("counts", "tallies", "frequencies")),
        i=pick(rng, ("slot", "k", "step")),
        **({"j": pick(rng, ("j", "copy_number", "turn"))} if "{j}" in write else {}),
        low=low,
        high=low + size - 1,
        size=size,
        counting=each_item(rng),
        body=f"{{counts}}[{place}] += 1",
        loop=down if falls else up,
        write=write,
        value=value,
        purpose=purpose,
        order="descending" if falls else "ascending",
        entry=pick(rng, ("counting_sort", "sort_by_counting", "order_small_values"))
        if which == "all"
        else pick(rng, ("collect_values", "values_by_count", "sorted_choice")),
    )
    program = read(source, title=pick(rng, ("counting_sorter", "value_counter", "bucket_sort")))
    most = min(low + size - 1, low + 7)
    return Exercise(program, lambda rng: (numbers(rng, values=(low, most)),), (((),),))


LONG_MERGE = """
while {i} < len({first}) and {j} < len({second}):
    if {first}[{i}] {relation} {second}[{j}]:
        {take_first}
    else:
        {take_second}
while {i} < len({first}):
    {take_first}
while {j} < len({second}):
    {take_second}
"""
TAKE_ONE = """\
    if {j} == len({second}):
        {take_first}
    elif {i} < len({first}) and {first}[{i}] {relation} {second}[{j}]:
        {take_first}
    else:
        {take_second}
"""
SHORT_MERGE = f"""
while {{i}} + {{j}} < len({{first}}) + len({{second}}):
{TAKE_ONE}"""
COUNTED_MERGE = f"""
for {{k}} in range(len({{first}}) + len({{second}})):
{TAKE_ONE}"""


def merge_lists(rng: Generator) -> Exercise:
    """Merges two sorted lists into one, with all elements or without repetition."""
    relation, order = pick(
        rng, (("<", "ascending"), ("<=", "ascending"), (">", "descending"), (">=", "descending"))
    )
    once = chance(rng)
    body = pick(rng, (LONG_MERGE, SHORT_MERGE, COUNTED_MERGE))
    first, second = pick(
        rng, (("left", "right"), ("first", "second"), ("one", "other"), ("mine", "yours"))
    )
    taken = {}
    for name, values, i in (("take_first", "{first}", "{i}"), ("take_second", "{second}", "{j}")):
        add = f"{{result}}.append({values}[{i}])"
        if once:
            test = either_way(rng, f"{values}[{i}] != {{last}}")
            add = f"if {test}:\n    {add}\n    {{last}} = {values}[{i}]"
        taken[name] = add + "\n" + in_full(rng, f"{i} += 1")
    source = fill(
        """
def {entry}({first}: list, {second}: list) -> list:
    '''the integers of `{first}` and `{second}` together in {order} order{once}

    {first}: integers in {order} order, none below zero
    {second}: integers in {order} order, none below zero
    '''
    {result} = []
    {begin}
    {i} = 0
    {j} = 0
    {merging}
    return {result}
""",
        **draw_names(rng, result="result list"),
        **taken,
        **needed({"k": pick(rng, ("k", "place", "turn"))}, body),
        first=first,
        second=second,
        i=pick(rng, ("i", "a")),
        j=pick(rng, ("j", "b")),
        order=order,
        relation=relation,
        once=", each once" if once else "",
        begin="{last} = -1" if once else "",
        **({"last": pick(rng, ("last", "newest", "before"))} if once else {}),
        merging=body,
        entry=pick(rng, ("merge_sorted", "merge_lists", "join_sorted", "merge_in_order")),
    )
    program = read(source, title=pick(rng, ("list_merger", "sorted_merge")))

    def draw(rng: Generator) -> tuple[tuple[int, ...], tuple[int, ...]]:
        falls = order == "descending"
        one, two = (numbers(rng, length=(0, 5), values=(0, 9)) for _ in range(2))
        return tuple(sorted(one, reverse=falls)), tuple(sorted(two, reverse=falls))

    return Exercise(program, draw, (((), ()), ((1, 1), ()), ((), (2, 2))))


def order_check(rng: Generator) -> Exercise:
    """Whether neighbours stand in an order; where it breaks first, or how often."""
    broken, word, rule = pick(
        rng,
        (
            (">", "never fall", "never falling"),
            ("<", "never rise", "never rising"),
            (">=", "always rise", "rising"),
            ("<=", "always fall", "falling"),
        ),
    )
    result = pick(rng, ("whether", "flag", "where", "count"))
    i, before = pick(rng, (("{i}", "{i} - 1"), ("{i} + 1", "{i}")))
    test = either_way(rng, f"{{values}}[{before}] {broken} {{values}}[{i}]")
    kind, begin, hit, end, purpose = {
        "whether": ("bool", "", "return False", "True", f"whether the {{values}} {word}"),
        "flag": ("bool", "{out} = True", "{out} = False", "{out}",
                 f"whether the {{values}} {word}"),
        "where": ("int", "", f"return {i}", "-1",
                  f"the index of the first {{item}} that breaks a {rule} order, or -1"),
        "count": ("int", "{out} = 0", in_full(rng, "{out} += 1"), "{out}",
                  f"how many of the {{values}} break a {rule} order"),
    }[result]  # fmt: skip
    loop = counted(rng, "{i}", first="1", stop="len({values})")
    if i != "{i}":
        loop = counted(rng, "{i}", stop="len({values}) - 1")
    source = fill(
        """
def {entry}({values}: list) -> {kind}:
    '''{purpose}

    {values}: the {values} in order
    '''
    {begin}
    {loop}
    return {end}
""",
        **needed(draw_names(rng, values="list", item="item", i="index"), "{values}{i}", purpose),
        **({"out": pick(rng, ("holds", "in_order"))} if result == "flag" else {}),
        **({"out": pick(rng, ("breaks", "count"))} if result == "count" else {}),
        kind=kind,
        purpose=purpose,
        begin=begin,
        loop=loop,
        body=f"if {test}:\n    {hit}",
        end=end,
        entry=pick(rng, ("is_sorted", "check_order", "is_in_order"))
        if kind == "bool"
        else pick(rng, ("order_breaks", "find_break", "check_order")),
    )
    program = read(source, title=pick(rng, ("order_check", "order_inspector")))
    falls = broken in ("<", "<=")

    def draw(rng: Generator) -> tuple[tuple[int, ...]]:
        values = numbers(rng, length=(0, 6), values=(0, 12))
        return (tuple(sorted(values, reverse=falls)) if chance(rng) else values,)

    return Exercise(program, draw, (((),), ((2, 2),), ((1, 2),), ((2, 1),)))


def rank_list(rng: Generator) -> Exercise:
    """For each element, how many elements come before it in order."""
    relation, word = pick(rng, (("<", "smaller"), (">", "larger")))
    ties = pick(rng, ("none", "earlier", "all"))
    first, split = whole(rng, 0, 1), chance(rng)
    words = {
        "none": f"{word} than it",
        "earlier": f"{word} than it, or equal and earlier",
        "all": f"{word} than it or equal",
    }[ties]
    test = f"{{values}}[{{j}}] {relation}{'=' if ties == 'all' else ''} {{values}}[{{i}}]"
    counting = f"if {test}:\n    {{count}} += 1"
    if ties == "earlier":
        same = "{values}[{j}] == {values}[{i}] and {j} < {i}"
        counting += f"\nelif {same}:\n    {{count}} += 1"
    compare = "{count} = {first}\nfor {j} in range(len({values})):\n    {counting}"
    helper = """
def {helper}({values}: list, {i}: int) -> int:
    '''for the {item} at index `{i}`, {first_plus}how many of the {values} are {words}'''
    {compare}
    return {count}
"""
    filled = "{result} = [0] * len({values})"
    store = "{result}[{i}] = {count}"
    by_append = chance(rng)
    if by_append:
        filled, store = "{result} = []", "{result}.append({count})"
    names = draw_names(rng, values="list", item="item", result="result list")
    if split:
        store = store.replace("{count}", "{helper}({values}, {i})")
    source = fill(
        """
{helpers}

def {entry}({values}: list) -> list:
    '''for each of the {values} {first_plus}how many of them are {words}

    {values}: the {values} to rank
    '''
    {begin}
    {loop}
    return {result}
""",
        **needed(names, "{values}{result}", helper * split),
        **({"helper": pick(rng, ("rank_of", "place_of", "count_ahead"))} if split else {}),
        helpers=helper if split else "",
        i=pick(rng, ("i", "place", "own")),
        j=pick(rng, ("j", "k", "other")),
        count=pick(rng, ("count", "rank", "ahead")),
        compare=compare,
        counting=counting,
        first=first,
        first_plus="1 plus " if first else "",
        words=words,
        begin=filled,
        loop=counted(rng, "{i}", stop="len({values})").replace("{body}", "{inner}"),
        inner=store if split else "{compare}\n" + store,
        entry=pick(rng, ("rank_list", "ranks_of", "rank_values", "places_in_order")),
    )
    program = read(source, title=pick(rng, ("rank_table", "rank_list", "place_finder")))
    return Exercise(
        program, lambda rng: (numbers(rng, length=(0, 7), values=(0, 9)),), (((),), ((2, 1, 2),))
    )


ALGORITHMS = (
    Algorithm("counting_sort", "ordering", 2, counting_sort),
    Algorithm("merge_lists", "ordering", 3, merge_lists),
    Algorithm("order_check", "ordering", 1, order_check),
    Algorithm("rank_list", "ordering", 3, rank_list),
)
