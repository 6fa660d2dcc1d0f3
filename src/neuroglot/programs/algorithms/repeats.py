"""Repeats: elements that stand more than once, most often, or in two lists."""

from numpy.random import Generator

from neuroglot.programs.algorithm import Algorithm, Exercise
from neuroglot.programs.choices import chance, numbers, pick, whole
from neuroglot.programs.filling import fill, needed
from neuroglot.programs.reading import read
from neuroglot.programs.spellings import each_item, either_way, in_full
from neuroglot.programs.words import draw_names

REPEATS = (
    """
for {i} in range(1, len({values})):
    for {j} in range({i}):
        if {values}[{i}] == {values}[{j}]:
            return {result}
return {none}
""",
    """
for {i} in range(1, len({values})):
    if {helper}({values}, {i}):
        return {result}
return {none}
""",
    """
{i} = 1
while {i} < len({values}):
    if {helper}({values}, {i}):
        return {result}
    {i} += 1
return {none}
""",
    """
{seen} = [0] * {size}
for {i} in range(len({values})):
    if {seen}[{values}[{i}]] == 1:
        return {result}
    {seen}[{values}[{i}]] = 1
return {none}
""",
)
STOOD_BEFORE = """
def {helper}({values}: list, {place}: int) -> bool:
    '''whether the {item} at `{place}` stands in `{values}` before'''
    for {j} in range(len({values})):
        if {j} < {place} and {values}[{j}] == {values}[{place}]:
            return True
    return False
"""


def first_repeat(rng: Generator) -> Exercise:
    """The first element that has stood before: itself, its index, or whether there is one."""
    way = pick(rng, REPEATS)
    kind, result, none, purpose = pick(
        rng,
        (
            ("int", "{i}", "-1", "the first index whose {item} has stood in `{values}` before,"
             " or -1"),
            ("int", "{values}[{i}]", "-1", "the first {item} that has stood in `{values}` before,"
             " or -1"),
            ("bool", "True", "False", "whether any {item} stands in `{values}` more than once"),
        ),
    )  # fmt: skip
    size = whole(rng, 7, 15)
    names = draw_names(rng, values="list", item="item")
    extra = {
        "helper": pick(rng, ("stood_before", "seen_before", "is_repeated")),
        "place": pick(rng, ("place", "position")),
        "j": pick(rng, ("j", "earlier", "k")),
        "seen": pick(rng, ("seen", "table", "present")),
        "size": size,
    }
    split = "{helper}" in way
    source = fill(
        """
{before}

def {entry}({values}: list) -> {kind}:
    '''{purpose}

    {values}: the {values}, from 0 to {top}
    '''
    {way}
""",
        **names,
        **needed(extra, way, STOOD_BEFORE if split else ""),
        i=pick(rng, ("i", "spot", "current")),
        before=STOOD_BEFORE if split else "",
        way=way,
        top=size - 1,
        kind=kind,
        result=result,
        none=none,
        purpose=purpose,
        entry=pick(rng, ("first_repeat", "find_repeat", "search_repeat", "repeated_value")),
    )
    program = read(source, title=pick(rng, ("repeat_finder", "repeat_search")))
    draw_values = (0, size - 1)
    return Exercise(
        program, lambda rng: (numbers(rng, length=(0, 6), values=draw_values),), (((),), ((2, 2),))
    )


def common_value(rng: Generator) -> Exercise:
    """The most (or least) frequent element, the first or last such, or its frequency."""
    most, later, split = chance(rng), chance(rng), chance(rng)
    relation = (">" if most else "<") + ("=" if later else "")
    result, what = pick(rng, (("{best}", "the {item}"), ("{top}", "the frequency of the {item}")))
    order = "last" if later else "first"
    if not most:
        result, what = "{best}", "the {item}"
    itself, least = result == "{best}", "0" if most else "len({values}) + 1"
    ties = f", the {order} one if there are several" if itself else ""
    counting = """
def {helper}({values}: list, {wanted}: int) -> int:
    '''how often `{wanted}` stands in `{values}`'''
    {count} = 0
    for {other} in {values}:
        if {other} == {wanted}:
            {count} += 1
    return {count}
"""
    inline = (
        "{count} = 0\nfor {other} in {values}:\n    if {other} == {item}:\n        {count} += 1"
    )
    extra = {
        "helper": pick(rng, ("count_of", "frequency_of", "times_in")),
        "wanted": pick(rng, ("wanted", "target", "key")),
    }
    source = fill(
        """
{helpers}

def {entry}({values}: list) -> int:
    '''{what} that stands {most} often in `{values}`{ties}, or {start} if the list is empty

    {values}: the {values} to count
    '''
    {begin}
    {loop}
    return {result}
""",
        **draw_names(rng, values="list", item="item"),
        **(extra if split else {}),
        helpers=counting if split else "",
        count=pick(rng, ("count", "matches", "hits")),
        other=pick(rng, ("other", "candidate", "compared")),
        **({"best": pick(rng, ("best", "chosen", "selected"))} if itself else {}),
        top=pick(rng, ("top", "frequency", "record")),
        begin="{best} = -1\n{top} = {least}" if itself else "{top} = {least}",
        start="-1" if itself else least,
        least=least,
        loop=each_item(rng),
        body=("{count} = {helper}({values}, {item})" if split else inline)
        + f"\nif {either_way(rng, f'{{count}} {relation} {{top}}')}:\n"
        + "    {top} = {count}"
        + ("\n    {best} = {item}" if itself else ""),
        result=result,
        what=what,
        most="most" if most else "least",
        ties=ties,
        entry=pick(rng, ("common_value", "most_frequent", "favourite_of"))
        if most
        else pick(rng, ("rarest_value", "least_frequent", "find_rarest")),
    )
    program = read(source, title=pick(rng, ("frequency_table", "vote_counter", "value_poll")))
    return Exercise(program, lambda rng: (numbers(rng, values=(1, 4)),), (((),),))


def shared_values(rng: Generator) -> Exercise:
    """Elements of one list that stand (or do not stand) in another."""
    absent, split = chance(rng), chance(rng)
    kind, begin, hit, purpose = pick(
        rng,
        (
            ("list", "{out} = []", "{out}.append({item})", "the {values} in order"),
            ("int", "{out} = 0", "{out} += 1", "the number of {values}"),
            ("int", "{out} = 0", in_full(rng, "{out} += {item}"), "the sum of the {values}"),
        ),
    )
    contains = """
def {contains}({values}: list, {wanted}: int) -> bool:
    '''whether `{wanted}` is one of the {values}'''
    for {other} in {values}:
        if {other} == {wanted}:
            return True
    return False
"""
    no = "not " if absent else ""
    by_flag = f"""
{{known}} = False
for {{other}} in {{others}}:
    if {{other}} == {{item}}:
        {{known}} = True
if {no}{{known}}:
    {hit}
"""
    body = f"if {no}{{contains}}({{others}}, {{item}}):\n    {hit}" if split else by_flag
    extra = {
        "contains": pick(rng, ("contains_value", "is_among", "has_value")),
        "wanted": pick(rng, ("wanted", "target")),
        "known": pick(rng, ("found", "shared", "present")),
        "other": pick(rng, ("other", "candidate", "compared")),
    }
    names = draw_names(rng, values="list", item="item")
    names["others"] = pick(rng, ("known", "given", "extra"))
    source = fill(
        """
{helper}

def {entry}({values}: list, {others}: list) -> {kind}:
    '''{purpose} that are {absent} `{others}`

    {values}: the {values} to choose from
    {others}: the {values} to look through
    '''
    {begin}
    {loop}
    return {out}
""",
        **names,
        **needed(extra, body, contains if split else ""),
        out=pick(rng, ("result", "kept", "answer")),
        helper=contains if split else "",
        kind=kind,
        purpose=purpose,
        absent="not among" if absent else "also among",
        begin=begin,
        loop=each_item(rng),
        body=body,
        entry=pick(rng, ("keep_shared", "in_both", "pick_shared"))
        if not absent
        else pick(rng, ("keep_apart", "drop_shared", "only_in_first")),
    )
    program = read(source, title=pick(rng, ("list_comparison", "list_matcher")))

    def draw(rng: Generator) -> tuple[tuple[int, ...], tuple[int, ...]]:
        first, second = (numbers(rng, length=(0, 6), values=(1, 9)) for _ in range(2))
        return first, second

    return Exercise(program, draw, (((), ()), ((1, 2), (2, 3))))


ALGORITHMS = (
    Algorithm("first_repeat", "repeats", 2, first_repeat),
    Algorithm("common_value", "repeats", 3, common_value),
    Algorithm("shared_values", "repeats", 2, shared_values),
)
