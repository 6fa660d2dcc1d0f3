"""Finding: elements that are nearest, missing, extreme, or part of a pattern."""

from numpy.random import Generator

from neuroglot.programs.algorithm import Algorithm, Exercise
from neuroglot.programs.choices import chance, numbers, pick, whole
from neuroglot.programs.filling import fill, needed
from neuroglot.programs.reading import read
from neuroglot.programs.spellings import counted, each_item, either_way
from neuroglot.programs.words import draw_names


def closest_value(rng: Generator) -> Exercise:
    """The element nearest to (or farthest from) a target, its index, or the distance."""
    near, later = chance(rng), chance(rng)
    relation = ("<" if near else ">") + ("=" if later else "")
    result, what = pick(
        rng,
        (
            ("{values}[{best}]", "the {item}"),
            ("{best}", "the index of the {item}"),
            ("{best} + 1", "the place, counted from 1, of the {item}"),
        ),
    )
    better = either_way(rng, f"{{gap}} {relation} {{least}}")
    split = chance(rng)
    helper = """
def {distance}({one}: int, {other}: int) -> int:
    '''how far apart `{one}` and `{other}` are'''
    if {one} > {other}:
        return {one} - {other}
    return {other} - {one}
"""
    inline = "{gap} = {values}[{i}] - {target}\nif {gap} < 0:\n    {gap} = -{gap}"
    begin = "{least} = {values}[0] - {target}\nif {least} < 0:\n    {least} = -{least}"
    names: dict[str, str] = {}
    if split:
        inline = "{gap} = {distance}({values}[{i}], {target})"
        begin = "{least} = {distance}({values}[0], {target})"
        one, other = pick(rng, (("one", "other"), ("first", "second"), ("a", "b")))
        distance = pick(rng, ("distance_between", "gap_between"))
        names = {"distance": distance, "one": one, "other": other}
    listed = draw_names(rng, values="list", item="item", target="target", i="index")
    source = fill(
        """
{helper}

def {entry}({values}: list, {target}: int) -> int:
    '''{what} that is {side} `{target}`, the {order} one if there are several

    {values}: the {values} to search, at least one
    {target}: what to compare with
    '''
    {best} = 0
    {begin}
    {loop}
    return {result}
""",
        **listed,
        **names,
        best=pick(rng, ("best", "chosen", "selected")),
        what=what,
        side="nearest to" if near else "farthest from",
        order="last" if later else "first",
        helper=helper if split else "",
        gap=pick(rng, ("gap", "difference")),
        least=pick(rng, ("least", "smallest") if near else ("most", "widest")),
        begin=begin,
        loop=counted(rng, "{i}", first="1", stop="len({values})"),
        body=f"{inline}\nif {better}:\n    {{least}} = {{gap}}\n    {{best}} = {{i}}",
        result=result,
        entry=pick(rng, ("nearest_to", "closest_value", "find_nearest"))
        if near
        else pick(rng, ("farthest_from", "most_distant", "find_farthest")),
    )
    program = read(source, title=f"{listed['item']}_{pick(rng, ('matcher', 'distance'))}")

    def draw(rng: Generator) -> tuple[tuple[int, ...], int]:
        return numbers(rng, length=(1, 8), values=(-9, 9)), whole(rng, -9, 9)

    return Exercise(program, draw, (((5,), 5), ((1, 5, 1, 5), 3)))


def extreme_place(rng: Generator) -> Exercise:
    """The index of the greatest (or least) element, of all or of those beside a limit."""
    relation, word = pick(rng, ((">", "largest"), ("<", "smallest")))
    later, limited = chance(rng), chance(rng)
    side, side_word = pick(rng, ((">", "above"), ("<", "below"), ("!=", "other than")))
    better = f"{{values}}[{{i}}] {relation}{'=' if later else ''} {{values}}[{{best}}]"
    order = "last" if later else "first"
    names = draw_names(rng, values="list", item="item", i="index")
    free = "if {best} == -1 or {better}:\n    {best} = {i}"
    body = f"if {{values}}[{{i}}] {side} {{limit}}:\n    if {{best}} == -1 or {{better}}:\n"
    whole_list = """
    if len({values}) == 0:
        return -1
    {best} = 0
    {loop}
    return {best}
"""
    open_begin = "    {best} = -1\n    {loop}\n    return {best}\n"
    from_second = not limited and chance(rng)
    first = "1" if from_second else "0"
    source = fill(
        """
def {entry}({values}: list{parameter}) -> int:
    '''the index of the {word} {item}{of}, the {order} such index, or -1 if {empty}

    {values}: the {values} to search
    {meaning}
    '''
"""
        + (whole_list if from_second else open_begin),
        **names,
        best=pick(rng, ("best", "chosen", "selected")),
        word=word,
        order=order,
        of=f" {side_word} `{{limit}}`" if limited else "",
        empty="there is none" if limited else "the list is empty",
        parameter=", {limit}: int" if limited else "",
        meaning="{limit}: which {values} to leave out" if limited else "",
        **({"limit": pick(rng, ("limit", "bound", "edge"))} if limited else {}),
        loop=counted(rng, "{i}", first=first, stop="len({values})"),
        body=f"{body}        {{best}} = {{i}}"
        if limited
        else "if {better}:\n    {best} = {i}"
        if from_second
        else free,
        better=either_way(rng, better),
        entry=pick(rng, (f"place_of_{word}", f"{word}_index", f"find_{word}")),
    )
    program = read(source, title=f"{names['item']}_{pick(rng, ('ranking', 'extremes', 'chooser'))}")

    def draw(rng: Generator) -> tuple[tuple[int, ...], int]:
        return numbers(rng, values=(0, 9)), whole(rng, 0, 9)

    if limited:
        return Exercise(program, draw, (((), 1),))
    return Exercise(program, lambda rng: (draw(rng)[0],), (((),),))


LAST_START = "len({values}) - len({pattern}) + 1"


SUBLIST_PLACE = """
{helper}

def {entry}({values}: list, {pattern}: list) -> {kind}:
    '''{purpose}

    {values}: the integers to search
    {pattern}: what to look for
    '''
    {begin}
    {loop}
    return {end}
"""


SUBLIST_PLACE_MATCHES = """
def {matches}({values}: list, {pattern}: list, {start}: int) -> bool:
    '''whether `{pattern}` stands in `{values}` from `{start}` on'''
    if {start} + len({pattern}) > len({values}):
        return False
    for {j} in range(len({pattern})):
        if {values}[{start} + {j}] != {pattern}[{j}]:
            return False
    return True
"""


def sublist_place(rng: Generator) -> Exercise:
    """Where a pattern stands in a list: the first place, the number of places, or whether."""
    result = pick(rng, ("first", "last", "count", "whether", "list"))
    split = chance(rng)
    purpose, begin, hit, end = {
        "first": ("the first index at which `{pattern}` begins in `{values}`, or -1", "",
                  "return {i}", "-1"),
        "last": ("the last index at which `{pattern}` begins in `{values}`, or -1", "",
                 "return {i}", "-1"),
        "count": ("the number of places where `{pattern}` stands in `{values}`", "{out} = 0",
                  "{out} += 1", "{out}"),
        "list": ("the places where `{pattern}` stands in `{values}`", "{out} = []",
                 "{out}.append({i})", "{out}"),
        "whether": ("whether `{pattern}` stands in one piece in `{values}`", "", "return True",
                    "False"),
    }[result]  # fmt: skip
    inline = f"""
{{j}} = 0
while {{j}} < len({{pattern}}) and {{values}}[{{i}} + {{j}}] == {{pattern}}[{{j}}]:
    {{j}} += 1
if {{j}} == len({{pattern}}):
    {hit}
"""
    by_flag = f"""
{{same}} = True
for {{j}} in range(len({{pattern}})):
    if {{values}}[{{i}} + {{j}}] != {{pattern}}[{{j}}]:
        {{same}} = False
if {{same}}:
    {hit}
"""
    by_count = f"""
{{same}} = 0
for {{j}} in range(len({{pattern}})):
    if {{values}}[{{i}} + {{j}}] == {{pattern}}[{{j}}]:
        {{same}} += 1
if {{same}} == len({{pattern}}):
    {hit}
"""
    body = f"if {{matches}}({{values}}, {{pattern}}, {{i}}):\n    {hit}"
    body = body if split else pick(rng, (inline, by_flag, by_count))
    loop = counted(rng, "{i}", stop="len({values})" if split else LAST_START)
    if result == "last":
        start = "len({values}) - 1" if split else "len({values}) - len({pattern})"
        loop = f"for {{i}} in range({start}, -1, -1):\n    {{body}}"
    source = fill(
        SUBLIST_PLACE,
        values=pick(rng, ("row", "tape", "line")),
        **({"same": pick(rng, ("same", "fits", "equal"))} if "{same}" in body else {}),
        **(
            {
                "start": "at",
                "matches": pick(rng, ("is_at", "fits_at", "matches_at")),
            }
            if split
            else {}
        ),
        **({"out": pick(rng, ("result", "places", "hits"))} if begin else {}),
        pattern=pick(rng, ("part", "key")),
        i=pick(rng, ("i", "place", "spot")),
        j=pick(rng, ("j", "k", "step")),
        helper=SUBLIST_PLACE_MATCHES if split else "",
        kind={"list": "list", "whether": "bool"}.get(result, "int"),
        purpose=purpose,
        begin=begin,
        end=end,
        loop=loop,
        body=body,
        entry=pick(rng, ("find_piece", "search_pattern", "locate_pattern", "pattern_search")),
    )
    program = read(source, title=pick(rng, ("pattern_matcher", "piece_finder", "list_matcher")))

    def draw(rng: Generator) -> tuple[tuple[int, ...], tuple[int, ...]]:
        values = numbers(rng, length=(0, 9), values=(1, 3))
        return values, numbers(rng, length=(1, 3), values=(1, 3))

    return Exercise(program, draw, (((), (1,)), ((1, 2, 1, 2), (1, 2)), ((3, 3), (1,))))


MISSING = (
    """
{wanted} = {low}
while {contains}({values}, {wanted}):
    {wanted} += {step}
return {wanted}
""",
    """
{wanted} = {low}
{i} = 0
while {i} < len({values}):
    if {values}[{i}] == {wanted}:
        {wanted} += {step}
        {i} = 0
    else:
        {i} += 1
return {wanted}
""",
    """
{seen} = [0] * (len({values}) + 1)
for {item} in {values}:
    if {low} <= {item} <= {low} + len({values}):
        {seen}[{item} - {low}] = 1
{i} = 0
while {seen}[{i}] == 1:
    {i} += 1
return {i} + {low}
""",
)
CONTAINS = """
def {contains}({values}: list, {wanted}: int) -> bool:
    '''whether `{wanted}` is one of the {values}'''
    {each}
    return False

"""


def missing_number(rng: Generator) -> Exercise:
    """The first number of a row that a list lacks."""
    low, step = whole(rng, 1, 4), whole(rng, 2, 4)
    body = pick(rng, MISSING)
    if body is MISSING[2]:
        step = 1
    row = f"{low}, {low + step}, {low + 2 * step} and so on"
    names = draw_names(rng, values="list", item="item", i="index")
    split = "{contains}" in body
    each = each_item(rng)
    extra = {
        "wanted": pick(rng, ("wanted", "missing", "candidate", "goal")),
        "seen": pick(rng, ("seen", "present", "table")),
        "step": step,
        "contains": pick(rng, ("contains_value", "is_among", "has_value")),
        "each": each,
        "body": "if {item} == {wanted}:\n    return True",
        **names,
    }
    source = fill(
        (CONTAINS if split else "")
        + """
def {entry}({values}: list) -> int:
    '''the first of the numbers {row} that is not among the {values}

    {values}: the {values} to look through
    '''
    {search}
""",
        search=body,
        row=row,
        low=low,
        entry=pick(rng, ("first_missing", "missing_number", "find_gap", "lowest_free")),
        **needed(extra, body, CONTAINS + each if split else ""),
    )
    program = read(source, title=pick(rng, ("gap_finder", "gap_search", "number_row")))

    def draw(rng: Generator) -> tuple[tuple[int, ...]]:
        row = [low + step * i for i in range(whole(rng, 0, 5))]
        given = [*row, *numbers(rng, length=(0, 4), values=(0, 20))]
        return (tuple(given[i] for i in rng.permutation(len(given))),)

    return Exercise(program, draw, (((),), ((low, low),)))


ALGORITHMS = (
    Algorithm("closest_value", "finding", 3, closest_value),
    Algorithm("extreme_place", "finding", 2, extreme_place),
    Algorithm("sublist_place", "finding", 3, sublist_place),
    Algorithm("missing_number", "finding", 2, missing_number),
)
