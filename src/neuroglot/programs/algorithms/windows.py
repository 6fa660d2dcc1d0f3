"""Windows: stretches of neighbouring elements, their sums, extremes and averages."""

from numpy.random import Generator

from neuroglot.programs.algorithm import Algorithm, Exercise
from neuroglot.programs.choices import chance, numbers, pick, whole
from neuroglot.programs.filling import fill, needed
from neuroglot.programs.reading import read
from neuroglot.programs.spellings import counted, either_way, in_full
from neuroglot.programs.words import draw_names


def window_totals(rng: Generator) -> Exercise:
    """The sum of every stretch of some length: all, the extreme one, or how many fit."""
    size = whole(rng, 2, 4)
    given, slides = chance(rng), chance(rng)
    relation, word = pick(rng, ((">", "largest"), ("<", "smallest")))
    edge = whole(rng, 3, 12) if given else size * whole(rng, 2, 7)
    result, purpose, begin, keep = pick(
        rng,
        (
            ("list", "the sums of", "{out} = []", "{out}.append({total})"),
            ("int", f"the number of sums above {edge} among those of", "{out} = 0",
             f"if {{total}} > {edge}:\n    {{out}} += 1"),
            ("int", f"the {word} of the sums of", "{out} = -1",
             f"if {{out}} == -1 or {{total}} {relation} {{out}}:\n    {{out}} = {{total}}"),
        ),
    )  # fmt: skip
    length = "{size}" if given else str(size)
    anew = f"""
for {{i}} in range(len({{values}}) - {length} + 1):
    {{total}} = 0
    for {{j}} in range({{i}}, {{i}} + {length}):
        {{total}} += {{values}}[{{j}}]
    {{keep}}
"""
    sliding = f"""
{{total}} = 0
for {{i}} in range(len({{values}})):
    {in_full(rng, "{total} += {values}[{i}]")}
    if {{i}} >= {length}:
        {{total}} -= {{values}}[{{i}} - {length}]
    if {{i}} >= {"{size} - 1" if given else size - 1}:
        {{keep}}
"""
    body = sliding if slides else anew
    absent = ", or -1 if there is none" if begin.endswith("-1") else ""
    source = fill(
        """
def {entry}({values}: list{parameter}) -> {result}:
    '''{purpose} every {count} neighbouring {values}{absent}

    {values}: the {values} in order, none below zero
    {meaning}
    '''
    {begin}
    {scan}
    return {out}
""",
        **draw_names(rng, values="list"),
        total=pick(rng, ("total", "together", "window_sum")),
        **needed({"j": pick(rng, ("j", "m"))}, body),
        **({"size": pick(rng, ("size", "width", "reach"))} if given else {}),
        parameter=", {size}: int" if given else "",
        meaning="{size}: how many {values} to add, at least one" if given else "",
        count="`{size}`" if given else size,
        i=pick(rng, ("i", "start", "k")),
        out=pick(rng, ("outcome", "answer", "found")),
        result=result,
        purpose=purpose,
        absent=absent,
        begin=begin,
        scan=body,
        keep=keep,
        entry=pick(rng, ("window_totals", "sums_of_windows", "slide_window", "stretch_sums")),
    )
    program = read(source, title=pick(rng, ("window_scan", "sliding_window", "stretch_sums")))

    def draw(rng: Generator) -> tuple[tuple[int, ...], int]:
        return numbers(rng, length=(0, 8), values=(0, 12)), whole(rng, 1, 4)

    if given:
        return Exercise(program, draw, (((), 2), ((30, 1), 1)))
    return Exercise(
        program, lambda rng: (draw(rng)[0],), (((),), (tuple(range(12, 6, -1)),), ((0,) * 5,))
    )


def smoothed_values(rng: Generator) -> Exercise:
    """Each element replaced by a mean, sum or extreme of itself and its neighbours."""
    reach = whole(rng, 1, 2)
    way, word = pick(
        rng,
        (
            ("mean", "the rounded down mean"),
            ("sum", "the sum"),
            (">", "the largest"),
            ("<", "the smallest"),
        ),
    )
    ends = f"""
{{low}} = {{i}} - {reach}
if {{low}} < 0:
    {{low}} = 0
{{high}} = {{i}} + {reach}
if {{high}} >= len({{values}}):
    {{high}} = len({{values}}) - 1
"""
    adding = "{total} = 0\nfor {j} in range({low}, {high} + 1):\n    {total} += {values}[{j}]"
    test = "if {j} >= 0 and {j} < len({values}):"
    guarded = (
        f"{{total}} = 0\n{{count}} = 0\nfor {{j}} in range({{i}} - {reach}, {{i}} + {reach + 1}):"
    )
    guarded += f"\n    {test}\n        {{total}} += {{values}}[{{j}}]\n        {{count}} += 1"
    best = "{total} = {values}[{i}]\nfor {j} in range({low}, {high} + 1):\n"
    best += f"    if {{values}}[{{j}}] {way} {{total}}:\n        {{total}} = {{values}}[{{j}}]"
    value = "{total}"
    if way in ("<", ">"):
        body = ends + best
    elif way == "mean" and chance(rng):
        body, value = guarded, "{total} // {count}"
    else:
        body = ends + adding
        value = "{total} // ({high} - {low} + 1)" if way == "mean" else "{total}"
    by_append = chance(rng)
    store = f"{{result}}.append({value})" if by_append else f"{{result}}[{{i}}] = {value}"
    extra = {
        "low": pick(rng, ("low", "near_end")),
        "high": pick(rng, ("high", "stop")),
        "count": pick(rng, ("count", "size")),
    }
    source = fill(
        """
def {entry}({values}: list) -> list:
    '''for each of the {values} {word} of itself and up to {reach} on either side

    {values}: the {values} in order, none below zero
    '''
    {begin}
    {loop}
    return {result}
""",
        **draw_names(rng, values="list", result="result list"),
        **needed(extra, body, value),
        total=pick(rng, ("total", "together", "combined"))
        if way in ("mean", "sum")
        else pick(rng, ("best", "extreme", "chosen")),
        i=pick(rng, ("i", "place", "spot")),
        j=pick(rng, ("j", "k", "near")),
        word=word,
        reach="one" if reach == 1 else "two",
        begin="{result} = []" if by_append else "{result} = [0] * len({values})",
        loop=counted(rng, "{i}", stop="len({values})"),
        body=f"{body.strip()}\n{store}",
        entry=pick(rng, ("smooth_values", "blend_neighbours", "local_summary", "spread_values")),
    )
    program = read(source, title=pick(rng, ("value_smoother", "neighbour_blend", "local_filter")))
    return Exercise(program, lambda rng: (numbers(rng, values=(0, 20)),), (((),), ((5,),)))


def largest_rise(rng: Generator) -> Exercise:
    """The most that a later element is above (or below) an earlier one, by one walk or by pairs."""
    rises, wait = chance(rng), whole(rng, 1, 3)
    sign, word = ("<", "above") if rises else (">", "below")
    gap = "{later} - {earlier}" if rises else "{earlier} - {later}"
    pairs = f"""
for {{i}} in range(len({{values}})):
    for {{j}} in range({{i}} + {wait}, len({{values}})):
        {{gap}} = {gap.replace("{later}", "{values}[{j}]").replace("{earlier}", "{values}[{i}]")}
        if {{gap}} > {{best}}:
            {{best}} = {{gap}}
"""
    earlier = f"{{values}}[{{i}} - {wait}]"
    walk = f"""
if len({{values}}) <= {wait}:
    return 0
{{edge}} = {{values}}[0]
{{loop}}
"""
    body = f"""
if {either_way(rng, f"{earlier} {sign} {{edge}}")}:
    {{edge}} = {earlier}
{{gap}} = {gap.replace("{later}", "{values}[{i}]").replace("{earlier}", "{edge}")}
if {either_way(rng, "{gap} > {best}")}:
    {{best}} = {{gap}}
"""
    walks = chance(rng)
    apart = "" if wait == 1 else f" at least {wait} places"
    source = fill(
        """
def {entry}({values}: list) -> int:
    '''the most by which one of the {values} is {word} one that stands{apart} before it, at least 0

    {values}: the {values} in order
    '''
    {best} = 0
    {scan}
    return {best}
""",
        **draw_names(rng, values="list"),
        scan=walk if walks else pairs,
        **(
            {
                "edge": pick(rng, ("lowest", "cheapest") if rises else ("highest", "dearest")),
                "loop": counted(rng, "{i}", first=str(wait), stop="len({values})"),
                "body": body,
            }
            if walks
            else {"j": pick(rng, ("j", "later", "k"))}
        ),
        i=pick(rng, ("i", "place", "spot")),
        gap=pick(rng, ("gap", "difference", "change")),
        best=pick(rng, ("best", "widest", "record")),
        word=word,
        apart=apart,
        entry=pick(rng, ("largest_rise", "best_gain", "greatest_gain"))
        if rises
        else pick(rng, ("largest_drop", "worst_loss", "greatest_fall")),
    )
    program = read(source, title=pick(rng, ("change_scan", "trade_planner", "rise_finder")))
    return Exercise(program, lambda rng: (numbers(rng),), (((),), ((5, 3, 1),), ((1, 3, 5),)))


BEYOND = {
    ">": ("greater than", "<="),
    "<": ("less than", ">="),
    ">=": ("no less than", "<"),
    "<=": ("no greater than", ">"),
}
"""A relation's words and its opposite."""
FIRST_THAT_FITS = """
def {helper}({values}: list, {i}: int) -> int:
    '''{what}, for the {item} at index `{i}`'''
    for {j} in range({i} + 1, len({values})):
        if {test}:
            return {found}
    return {none}
"""
OVERWRITING = """
for {j} in {towards}:
    if {test}:
        {result}[{i}] = {found}
"""
STEPPING = """
{j} = {i} {sign} 1
while {inside} and {opposite}:
    {j} {sign}= 1
if {inside}:
    {result}[{i}] = {found}
"""


def next_beyond(rng: Generator) -> Exercise:
    """For each element the nearest one after (or before) it that is greater, or its distance."""
    relation = pick(rng, tuple(BEYOND))
    word, opposite = BEYOND[relation]
    ahead = chance(rng)
    found, none, measure = pick(
        rng,
        (
            ("{values}[{j}]", "-1", "the nearest {item} {side} it that is {word} it"),
            ("{j}", "-1", "the index of the nearest {item} {side} it that is {word} it"),
            ("{j} - {i}" if ahead else "{i} - {j}", "0",
             "how far {side} it the nearest {item} stands that is {word} it"),
        ),
    )  # fmt: skip
    body = pick(rng, (OVERWRITING, STEPPING))
    split = ahead and chance(rng)
    if split:
        body = "{result}[{i}] = {helper}({values}, {i})"
    extra = {
        "helper": pick(rng, ("next_from", "nearest_after", "look_ahead")),
        "what": measure,
        "towards": "range(len({values}) - 1, {i}, -1)" if ahead else "range({i})",
        "sign": "+" if ahead else "-",
        "inside": "{j} < len({values})" if ahead else "{j} >= 0",
        "test": either_way(rng, f"{{values}}[{{j}}] {relation} {{values}}[{{i}}]"),
        "opposite": f"{{values}}[{{j}}] {opposite} {{values}}[{{i}}]",
        "found": found,
        "j": pick(rng, ("j", "k", "other")),
    }
    source = fill(
        """
{helpers}

def {entry}({values}: list) -> list:
    '''for each {item} {measure}, or {none} if there is none

    {values}: the {values} in order
    '''
    {result} = [{none}] * len({values})
    {loop}
    return {result}
""",
        **draw_names(rng, values="list", item="item", result="result list"),
        **needed(extra, body, FIRST_THAT_FITS if split else "", found if split else ""),
        helpers=FIRST_THAT_FITS if split else "",
        measure=measure,
        side="after" if ahead else "before",
        word=word,
        none=none,
        i=pick(rng, ("i", "place", "spot")),
        loop=counted(rng, "{i}", stop="len({values})"),
        body=body,
        entry=pick(rng, ("next_beyond", "nearest_beyond", "look_around", "find_beyond")),
    )
    program = read(source, title=pick(rng, ("neighbour_search", "view_scan")))
    return Exercise(program, lambda rng: (numbers(rng, values=(0, 20)),), (((),), ((4, 4),)))


ALGORITHMS = (
    Algorithm("window_totals", "windows", 2, window_totals),
    Algorithm("smoothed_values", "windows", 3, smoothed_values),
    Algorithm("largest_rise", "windows", 2, largest_rise),
    Algorithm("next_beyond", "windows", 3, next_beyond),
)
