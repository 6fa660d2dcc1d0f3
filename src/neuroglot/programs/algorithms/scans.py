"""Scans: one walk along a list that carries a total, an extreme, or a border with it."""

from numpy.random import Generator

from neuroglot.programs.algorithm import Algorithm, Exercise
from neuroglot.programs.choices import chance, numbers, pick, whole
from neuroglot.programs.filling import fill, needed
from neuroglot.programs.reading import read
from neuroglot.programs.spellings import counted, each_item, either_way, in_full
from neuroglot.programs.words import draw_names

EXTREMES = ((">", "largest"), ("<", "smallest"))


def running_totals(rng: Generator) -> Exercise:
    """The total up to each element: of all, of those of one kind, modulo, or from the end."""
    modulus, k = whole(rng, 5, 30), whole(rng, 2, 5)
    kind, test = pick(
        rng,
        (
            ("the {values}", ""),
            (f"the {{values}} divisible by {k}", f"{{item}} % {k} == 0"),
            (f"the {{values}} above {k}", f"{{item}} > {k}"),
            ("the squares of the {values}", "square"),
        ),
    )
    amount = "{item} * {item}" if test == "square" else "{item}"
    test = "" if test == "square" else test
    add = in_full(rng, f"{{total}} += {amount}")
    wraps, before = chance(rng), chance(rng)
    if wraps:
        add = f"{{total}} = ({{total}} + {amount}) % {modulus}"
    add = f"if {test}:\n    {add}" if test else add
    own = "before it" if before else "up to and with it"
    by_place = chance(rng)
    keep = "{result}[{i}] = {total}" if by_place else "{result}.append({total})"
    walk = "for {i} in range(len({values})):\n    {item} = {values}[{i}]\n    {body}"
    source = fill(
        """
def {entry}({values}: list) -> list:
    '''for each {item} the sum of {kind} {own}{modulo}

    {values}: the {values} to add, none below zero
    '''
    {total} = 0
    {begin}
    {scan}
    return {result}
""",
        **draw_names(rng, values="list", item="item", result="result list", total="total"),
        **({"i": pick(rng, ("i", "k", "step"))} if by_place else {}),
        begin="{result} = [0] * len({values})" if by_place else "{result} = []",
        scan=walk if by_place else each_item(rng),
        body=f"{keep}\n{add}" if before else f"{add}\n{keep}",
        kind=kind,
        own=own,
        modulo=f", modulo {modulus}" if wraps else "",
        entry=pick(rng, ("running_totals", "prefix_sums", "totals_so_far", "growing_sums")),
    )
    program = read(source, title=pick(rng, ("total_scan", "prefix_table", "running_sum")))
    return Exercise(program, lambda rng: (numbers(rng, values=(0, 12)),), (((),),))


def running_extremes(rng: Generator) -> Exercise:
    """The greatest (or least) element so far at each place, from either end, or how far off."""
    relation, word = pick(rng, EXTREMES)
    backwards, gap = chance(rng), chance(rng)
    result = "{best}"
    if gap:
        result = "{best} - {values}[{i}]" if relation == ">" else "{values}[{i}] - {best}"
    start = "{values}[len({values}) - 1]" if backwards else "{values}[0]"
    loop = counted(rng, "{i}", stop="len({values})")
    if backwards:
        loop = "for {i} in range(len({values}) - 1, -1, -1):\n    {body}"
    by_append = not backwards and chance(rng)
    store = f"{{result}}.append({result})" if by_append else f"{{result}}[{{i}}] = {result}"
    better = either_way(rng, f"{{values}}[{{i}}] {relation} {{best}}")
    side = "from it on" if backwards else "up to it"
    purpose = f"for each of the {{values}} the {word} one {side}"
    if gap:
        purpose = f"for each of the {{values}} its distance from the {word} one {side}"
    source = fill(
        """
def {entry}({values}: list) -> list:
    '''{purpose}

    {values}: the {values} in order
    '''
    {begin}
    if len({values}) == 0:
        return {result}
    {best} = {start}
    {loop}
    return {result}
""",
        **draw_names(rng, values="list", result="result list", i="index"),
        begin="{result} = []" if by_append else "{result} = [0] * len({values})",
        best=pick(rng, ("best", "record", "extreme")),
        start=start,
        purpose=purpose,
        loop=loop,
        body=f"if {better}:\n    {{best}} = {{values}}[{{i}}]\n{store}",
        entry=pick(rng, ("running_extremes", "records_so_far", "extremes_up_to")),
    )
    program = read(source, title=pick(rng, ("record_scan", "extreme_scan")))
    return Exercise(program, lambda rng: (numbers(rng),), (((),),))


def leaders(rng: Generator) -> Exercise:
    """Elements that beat all before (or all after) them: listed, counted, or added."""
    relation, word = pick(
        rng, ((">", "greater"), ("<", "less"), (">=", "no less"), ("<=", "no greater"))
    )
    backwards = chance(rng)
    kind, begin, hit, what = pick(
        rng,
        (
            ("list", "{out} = []", "{out}.append({item})", "the {values}"),
            ("list", "{out} = []", "{out}.append({i})", "the indices of the {values}"),
            ("int", "{out} = 0", "{out} += 1", "the number of {values}"),
            ("int", "{out} = 0", in_full(rng, "{out} += {item}"), "the sum of the {values}"),
        ),
    )
    loop = counted(rng, "{i}", stop="len({values})")
    if backwards:
        loop = "for {i} in range(len({values}) - 1, -1, -1):\n    {body}"
    edge = "len({values}) - 1" if backwards else "0"
    carried = f"""
{{item}} = {{values}}[{{i}}]
if {{i}} == {edge} or {{item}} {relation} {{best}}:
    {hit}
"""
    carried += "    {best} = {item}"
    span = "range({i} + 1, len({values}))" if backwards else "range({i})"
    opposite = {">": "<=", "<": ">=", ">=": "<", "<=": ">"}[relation]
    nested = f"""
{{item}} = {{values}}[{{i}}]
{{leads}} = True
for {{j}} in {span}:
    if {{item}} {opposite} {{values}}[{{j}}]:
        {{leads}} = False
if {{leads}}:
    {hit}
"""
    body = pick(rng, (carried, nested))
    ends = "after" if backwards else "before"
    order = ", last first" if backwards and kind == "list" else ""
    extra = {
        "leads": pick(rng, ("leads", "stands", "holds")),
        "j": pick(rng, ("j", "k")),
        "best": pick(rng, ("best", "record", "extreme")),
    }
    source = fill(
        """
def {entry}({values}: list) -> {kind}:
    '''{what} that are {word} than all {ends} them{order}

    {values}: the {values} in order
    '''
    {begin}
    {record}
    {loop}
    return {out}
""",
        **draw_names(rng, values="list", item="item", i="index"),
        **needed(extra, body),
        record="{best} = 0" if body is carried else "",
        out=pick(rng, ("result", "found", "collected")),
        kind=kind,
        what=what,
        word=word,
        ends=ends,
        order=order,
        begin=begin,
        loop=loop,
        body=body,
        entry=pick(rng, ("find_leaders", "leading_values", "record_values", "collect_leaders")),
    )
    program = read(source, title=pick(rng, ("leader_scan", "record_finder")))
    return Exercise(program, lambda rng: (numbers(rng, values=(-9, 9)),), (((),), ((3, 3),)))


def neighbour_differences(rng: Generator) -> Exercise:
    """How much elements differ from those some places on: listed, added, or the extreme."""
    step = whole(rng, 1, 3)
    signed, ring = chance(rng), chance(rng)
    onward = "the next one" if step == 1 else f"the one {step} places on"
    other = f"({{i}} + {step}) % len({{values}})" if ring else f"{{i}} + {step}"
    take = f"{{gap}} = {{values}}[{other}] - {{values}}[{{i}}]"
    take += "" if signed else "\nif {gap} < 0:\n    {gap} = -{gap}"
    add = in_full(rng, "{out} += {gap}")
    relation, word = pick(rng, EXTREMES)
    lists = ("list", "{out} = []", "{out}.append({gap})")
    adds = ("int", "{out} = 0", f"if {{gap}} > 0:\n    {add}" if signed else add)
    better = f"if {{out}} == -1 or {{gap}} {relation} {{out}}:\n    {{out}} = {{gap}}"
    extreme = ("int", "{out} = -1", better)
    if signed:
        extreme = ("int", "{out} = 0", "if {gap} > {out}:\n    {out} = {gap}")
    words = ("the distances", "the sum of the distances", f"the {word} distance")
    if signed:
        words = ("the changes", "the sum of all rises", "the largest rise")
    (result, begin, keep), what = pick(rng, tuple(zip((lists, adds, extreme), words, strict=True)))
    absent = ", or -1 if there is none" if begin.endswith("-1") else ""
    absent = ", or 0 if nothing rises" if what == "the largest rise" else absent
    source = fill(
        """
def {entry}({values}: list) -> {result}:
    '''{what} from each of the {values} to {onward}{around}{absent}

    {values}: the {values} in order
    '''
    {begin}
    {loop}
    return {out}
""",
        **draw_names(rng, values="list", i="index"),
        out=pick(rng, ("result", "outcome", "answer")),
        gap=pick(rng, ("gap", "change", "shift")),
        result=result,
        what=what,
        onward=onward,
        around=" in a ring" if ring else "",
        absent=absent,
        begin=begin,
        loop=counted(rng, "{i}", stop="len({values})" if ring else f"len({{values}}) - {step}"),
        body=f"{take}\n{keep}",
        entry=pick(rng, ("neighbour_differences", "changes_between", "compare_neighbours")),
    )
    program = read(source, title=pick(rng, ("difference_scan", "change_list", "step_scan")))
    return Exercise(program, lambda rng: (numbers(rng),), (((),), ((4,),)))


def balance_point(rng: Generator) -> Exercise:
    """The place where the sum before it stands in a relation to the sum after it."""
    relation, word = pick(rng, (("==", "equals"), (">=", "is at least"), (">", "exceeds")))
    own = chance(rng)
    after = "{whole_sum} - {before}" + ("" if own else " - {values}[{i}]")
    hit = f"if {{before}} {relation} {after}:\n    return {{i}}"
    nested = f"""
{{before}} = 0
for {{j}} in range({{i}}):
    {{before}} += {{values}}[{{j}}]
{{after}} = 0
for {{j}} in range({"{i}" if own else "{i} + 1"}, len({{values}})):
    {{after}} += {{values}}[{{j}}]
if {either_way(rng, f"{{before}} {relation} {{after}}")}:
    return {{i}}
"""
    walking = f"{hit}\n{{before}} += {{values}}[{{i}}]"
    shrinking = f"""
{{after}} -= {{values}}[{{i}}]
if {either_way(rng, f"{{before}} {relation} {{after}}")}:
    return {{i}}
{{before}} += {{values}}[{{i}}]
"""
    if own:
        shrinking = f"""
if {either_way(rng, f"{{before}} {relation} {{after}}")}:
    return {{i}}
{{after}} -= {{values}}[{{i}}]
{{before}} += {{values}}[{{i}}]
"""
    body = pick(rng, (nested, walking, shrinking))
    total = "{whole_sum}" if body is walking else "{after}"
    summing = (
        ""
        if body is nested
        else f"{total} = 0\n" + each_item(rng).replace("{body}", f"{total} += {{item}}")
    )
    begin = "" if body is nested else "{before} = 0"
    names = draw_names(rng, values="list", item="item")
    extra = {
        "whole_sum": pick(rng, ("whole_sum", "total", "everything")),
        "after": pick(rng, ("after", "right_sum", "later_sum")),
        "item": names.pop("item"),
        "j": pick(rng, ("j", "m")),
    }
    source = fill(
        """
def {entry}({values}: list) -> int:
    '''the first index at which the sum of the {values} before it {word} that {after_it}, or -1

    {values}: the {values} in order
    '''
    {summing}
    {begin}
    {loop}
    return -1
""",
        **names,
        **needed(extra, body, summing),
        before=pick(rng, ("before", "left_sum", "earlier_sum")),
        i=pick(rng, ("k", "border", "split_place")),
        word=word,
        after_it="from it on" if own else "after it",
        summing=summing,
        begin=begin,
        loop=counted(rng, "{i}", stop="len({values})"),
        body=body,
        entry=pick(rng, ("balance_point", "balance_index", "middle_of_weight", "find_balance")),
    )
    program = read(source, title=pick(rng, ("balance_finder", "weight_balance")))
    return Exercise(
        program,
        lambda rng: (numbers(rng, length=(0, 6), values=(-3, 3)),),
        (((),), ((1, 5, 1),), ((2, 9, 1),), ((1, 1, 2),)),
    )


ALGORITHMS = (
    Algorithm("running_totals", "scans", 2, running_totals),
    Algorithm("running_extremes", "scans", 2, running_extremes),
    Algorithm("leaders", "scans", 2, leaders),
    Algorithm("neighbour_differences", "scans", 2, neighbour_differences),
    Algorithm("balance_point", "scans", 3, balance_point),
)
