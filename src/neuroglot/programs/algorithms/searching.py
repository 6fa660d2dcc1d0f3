"""Searching: places in a list, sorted or not."""

from numpy.random import Generator

from neuroglot.programs.algorithm import Algorithm, Exercise
from neuroglot.programs.choices import chance, numbers, pick, whole
from neuroglot.programs.filling import fill, needed
from neuroglot.programs.reading import read
from neuroglot.programs.spellings import counted, either_way
from neuroglot.programs.words import draw_names

RELATIONS = (
    ("==", "!=", "equal to"),
    ("!=", "==", "different from"),
    (">", "<=", "above"),
    ("<", ">=", "below"),
    (">=", "<", "at least"),
    ("<=", ">", "at most"),
)
"""A relation, its opposite, and its words."""

FIRST = (
    """
for {i} in range(len({values})):
    if {test}:
        return {i}
return {none}
""",
    """
{i} = 0
while {i} < len({values}) and {opposite}:
    {i} += 1
if {i} == len({values}):
    return {none}
return {i}
""",
    """
{place} = {none}
for {i} in range(len({values}) - 1, -1, -1):
    if {test}:
        {place} = {i}
return {place}
""",
    """
{place} = {none}
{i} = 0
while {place} == {none} and {i} < len({values}):
    if {test}:
        {place} = {i}
    {i} += 1
return {place}
""",
)
LAST = (
    """
for {i} in range(len({values}) - 1, -1, -1):
    if {test}:
        return {i}
return {none}
""",
    """
{place} = {none}
for {i} in range(len({values})):
    if {test}:
        {place} = {i}
return {place}
""",
    """
{i} = len({values}) - 1
while {i} >= 0 and {opposite}:
    {i} -= 1
return {i}
""",
)


def find_place(rng: Generator) -> Exercise:
    """The first or last place whose element stands in a relation to a target."""
    relation, opposite, words = pick(rng, RELATIONS)
    order, ways = pick(rng, (("first", FIRST), ("last", LAST)))
    body = pick(rng, ways)
    names = draw_names(rng, values="list", item="item", target="target", i="index")
    extra = {
        "none": "-1",
        "place": pick(rng, ("result", "best_place", "chosen")),
        "test": either_way(rng, f"{{values}}[{{i}}] {relation} {{target}}"),
        "opposite": f"{{values}}[{{i}}] {opposite} {{target}}",
    }
    source = fill(
        """
def {entry}({values}: list, {target}: int) -> int:
    '''the index of the {order} {item} that is {words} `{target}`, or -1 if there is none

    {values}: the {values} to search
    {target}: what each {item} is compared with
    '''
    {body}
""",
        **names,
        **needed(extra, body),
        order=order,
        words=words,
        body=body,
        entry=pick(rng, (f"find_{order}", f"{order}_index", f"{order}_place", "search_list")),
    )
    program = read(source, title=f"{names['item']}_{pick(rng, ('search', 'finder', 'locator'))}")
    low = whole(rng, -6, 0)

    def draw(rng: Generator) -> tuple[tuple[int, ...], int]:
        return numbers(rng, values=(low, low + 9)), low + whole(rng, 0, 9)

    never = {"!=": 3, ">": 3, ">=": 4, "<": 3, "<=": 2, "==": 1}[relation]
    return Exercise(program, draw, (((), 3), ((3, 3), never)))


EXACT = (
    """
{low} = 0
{high} = len({values}) - 1
while {low} <= {high}:
    {middle} = {half}
    if {values}[{middle}] == {target}:
        return {hit}
    if {values}[{middle}] {before} {target}:
        {low} = {middle} + 1
    else:
        {high} = {middle} - 1
return {miss}
""",
    """
{low} = 0
{high} = len({values}) - 1
while {low} <= {high}:
    {middle} = {half}
    if {values}[{middle}] {before} {target}:
        {low} = {middle} + 1
    elif {values}[{middle}] {after} {target}:
        {high} = {middle} - 1
    else:
        return {hit}
return {miss}
""",
    """
{low} = 0
{high} = len({values})
while {low} < {high}:
    {middle} = {half}
    if {values}[{middle}] {before} {target}:
        {low} = {middle} + 1
    else:
        {high} = {middle}
if {low} < len({values}) and {values}[{low}] == {target}:
    return {found}
return {miss}
""",
    """
{low} = 0
{high} = len({values})
while {low} < {high}:
    {middle} = {half}
    if {target} == {values}[{middle}]:
        return {hit}
    if {target} {before} {values}[{middle}]:
        {high} = {middle}
    else:
        {low} = {middle} + 1
return {miss}
""",
)


def halves(rng: Generator) -> dict[str, str]:
    """Names and the middle of a binary search."""
    low, high = pick(rng, (("low", "high"), ("left", "right"), ("start", "stop"), ("a", "b")))
    middle = pick(rng, ("middle", "centre", "half", "probe"))
    half = pick(rng, ("({low} + {high}) // 2", "{low} + ({high} - {low}) // 2"))
    return {"low": low, "high": high, "middle": middle, "half": half}


def draw_sorted(rng: Generator, *, falls: bool, distinct: bool) -> tuple[tuple[int, ...], int]:
    """A sorted list, and a target that is often in it."""
    given = numbers(rng, length=(1, 10), values=(-20, 20) if distinct else (0, 6))
    values = sorted(set(given) if distinct else given, reverse=falls)
    return tuple(values), pick(rng, [*values, whole(rng, -20, 20)])


def binary_search(rng: Generator) -> Exercise:
    """Halves a sorted list until the target is found; the place, or whether it is there."""
    falls, whether = chance(rng), chance(rng)
    body = pick(rng, EXACT)
    hit, found, miss = "{middle}", "{low}", "-1"
    if whether:
        hit, found, miss = "True", "True", "False"
    before, after, order = (">", "<", "descending") if falls else ("<", ">", "ascending")
    if body is EXACT[3]:
        before, after = after, before
        body = body.replace("{target} {before}", "{target} {after}")
    names = draw_names(rng, values="list", target="target")
    choices = {"hit": hit, "found": found, "before": before, "after": after, "miss": miss}
    purpose = f"the index of `{{target}}` in the {order} `{{values}}`, or -1 if it is not there"
    if whether:
        purpose = f"whether `{{target}}` is among the {order} `{{values}}`"
    source = fill(
        """
def {entry}({values}: list, {target}: int) -> {kind}:
    '''{purpose}

    {values}: different integers in {order} order
    {target}: the integer to look for
    '''
    {body}
""",
        **names,
        **halves(rng),
        **needed(choices, body),
        kind="bool" if whether else "int",
        purpose=purpose,
        order=order,
        body=body,
        entry=pick(rng, ("is_present", "contains_value", "is_listed"))
        if whether
        else pick(rng, ("binary_search", "find_index", "search_sorted", "locate_value")),
    )
    program = read(source, title=pick(rng, ("binary_search", "sorted_search", "index_finder")))
    return Exercise(
        program, lambda rng: draw_sorted(rng, falls=falls, distinct=True), (((), 3), ((4,), 4))
    )


BEFORE_FIRST = """
if {values}[{middle}] {before} {target}:
    {low} = {middle} + 1
else:
    {high} = {middle}
"""
AFTER_FIRST = """
if {values}[{middle}] {opposite} {target}:
    {high} = {middle}
else:
    {low} = {middle} + 1
"""


BOUND_LOOP = """
{low} = 0
{high} = len({values})
while {low} < {high}:
    {middle} = {half}
    {step}
"""
BOUND_SEARCH_TWICE = """
def {helper}({values}: list, {target}: int) -> int:
    '''the number of {values} that are {side} `{target}`'''
    {search}
    return {low}

def {entry}({values}: list, {target}: int) -> int:
    '''{purpose}

    {values}: integers in {order} order
    {target}: the integer to look for
    '''
    {through} = {helper}({values}, {beyond})
    {ahead} = {helper}({values}, {own})
    return {through} - {ahead}
"""
BOUND_SEARCH_ONCE = """
def {entry}({values}: list, {target}: int) -> int:
    '''{purpose}

    {values}: integers in {order} order
    {target}: what the {values} are compared with
    '''
    {search}
    return {result}
"""


def bound_search(rng: Generator) -> Exercise:
    """Where the elements beyond a target begin in a sorted list, or how many there are."""
    falls, keeps_equal, helper = chance(rng), chance(rng), chance(rng)
    before = (">" if falls else "<") + ("=" if keeps_equal else "")
    side = {"<": "below", "<=": "at most", ">": "above", ">=": "at least"}
    opposite = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}[before]
    step = pick(rng, (BEFORE_FIRST, AFTER_FIRST))
    order = "descending" if falls else "ascending"
    result, purpose = pick(
        rng,
        (
            ("{low}", f"how many of the {order} `{{values}}` are {side[before]} `{{target}}`"),
            (
                "len({values}) - {low}",
                f"how many of the {order} `{{values}}` are {side[opposite]} `{{target}}`",
            ),
        ),
    )
    equal = "how often `{target}` stands in the {order} `{values}`"
    beyond = "{target} - 1" if falls else "{target} + 1"
    nearer = "{target} + 1" if falls else "{target} - 1"
    source = fill(
        BOUND_SEARCH_TWICE if helper else BOUND_SEARCH_ONCE,
        **draw_names(rng, values="list", target="target"),
        **halves(rng),
        **(
            {
                "through": pick(rng, ("through", "with_equal")),
                "ahead": pick(rng, ("ahead", "without")),
                "helper": pick(rng, ("count_before", "count_up_to", "places_before")),
                "side": side[before],
                "beyond": "{target}" if keeps_equal else beyond,
                "own": nearer if keeps_equal else "{target}",
            }
            if helper
            else {"result": result}
        ),
        purpose=equal if helper else purpose,
        search=BOUND_LOOP,
        step=step,
        **needed(
            {"before": before, "opposite": opposite},
            step + (BOUND_SEARCH_TWICE if helper else BOUND_SEARCH_ONCE),
        ),
        order=order,
        entry=pick(rng, ("count_equal", "count_copies", "times_found"))
        if helper
        else pick(rng, ("bound_search", "count_sorted", "split_place", "sorted_place")),
    )
    program = read(source, title=pick(rng, ("bound_finder", "sorted_counter", "rank_finder")))
    return Exercise(
        program, lambda rng: draw_sorted(rng, falls=falls, distinct=False), (((), 3), ((4, 4), 4))
    )


def peak_search(rng: Generator) -> Exercise:
    """Elements that stand out from both neighbours: their number, their places, or one."""
    relation, word = pick(
        rng,
        (
            (">", "greater than"),
            ("<", "less than"),
            (">=", "no less than"),
            ("<=", "no greater than"),
        ),
    )
    result = pick(rng, ("count", "list", "first", "sum"))
    before = either_way(rng, f"{{item}} {relation} {{values}}[{{i}} - 1]")
    after = either_way(rng, f"{{item}} {relation} {{values}}[{{i}} + 1]")
    begin, hit, end, purpose = {
        "count": ("{out} = 0", "{out} += 1", "{out}", "the number of {values} that are"),
        "sum": ("{out} = 0", "{out} += {item}", "{out}", "the sum of the {values} that are"),
        "list": (
            "{out} = []",
            "{out}.append({i})",
            "{out}",
            "the indices of the {values} that are",
        ),
        "first": ("", "return {i}", "-1", "the index of the first {item} that is"),
    }[result]
    joined = f"if {before} and {after}:\n    {hit}"
    nested = f"if {after}:\n    if {before}:\n        {hit}"
    names = draw_names(rng, values="list", item="item")
    loops = [counted(rng, "{i}", first="1", stop="len({values}) - 1")]
    if result in ("count", "sum"):
        loops.append("for {i} in range(len({values}) - 2, 0, -1):\n    {body}")
    source = fill(
        """
def {entry}({values}: list) -> {kind}:
    '''{purpose} {word} both neighbours{absent}

    {values}: the {values} in order
    '''
    {begin}
    {loop}
    return {end}
""",
        **names,
        **({"out": pick(rng, ("result", "peaks", "found"))} if begin else {}),
        kind="list" if result == "list" else "int",
        purpose=purpose,
        word=word,
        absent=", or -1 if there is none" if result == "first" else "",
        begin=begin,
        i=pick(rng, ("i", "place", "spot")),
        loop=pick(rng, loops),
        body="{item} = {values}[{i}]\n" + pick(rng, (joined, nested)),
        end=end,
        entry=pick(rng, ("peak_scan", "local_extremes", "standing_out", "peak_search")),
    )
    program = read(source, title=pick(rng, ("peak_finder", "turning_points", "neighbour_check")))
    low = whole(rng, -3, 3)
    return Exercise(program, lambda rng: (numbers(rng, values=(low, low + 6)),), (((),), ((1, 2),)))


ALGORITHMS = (
    Algorithm("find_place", "searching", 1, find_place),
    Algorithm("binary_search", "searching", 2, binary_search),
    Algorithm("bound_search", "searching", 3, bound_search),
    Algorithm("peak_search", "searching", 2, peak_search),
)
