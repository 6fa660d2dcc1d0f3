"""Dynamic programming along a list: the best stretch, choice, chain or trade up to each place."""

from numpy.random import Generator

from neuroglot.programs.algorithm import Algorithm, Exercise
from neuroglot.programs.choices import chance, numbers, pick, whole
from neuroglot.programs.forms import both, branch, compose, each_item, each_place, inside
from neuroglot.programs.reading import read
from neuroglot.programs.words import Roles

LISTS: Roles = {
    "values": "list",
    "item": "item",
    "best": ("best", "top", "answer"),
    "i": ("i", "place", "spot"),
    "j": ("j", "k", "earlier"),
    "here": ("here", "current", "running"),
    "table": ("table", "best_until", "reached"),
    "size": ("size", "count"),
}
READ = "{values}[{i}]"


def larger(value: str, name: str, relation: str) -> str:
    """A name takes a value that is larger, or smaller."""
    return f"if {value} {relation} {name}:\n    {name} = {value}"


def best_stretch(rng: Generator) -> Exercise:
    """The largest or smallest sum of neighbours: by restarts, by prefixes, or by a table."""
    relation, which = pick(rng, ((">", "largest"), ("<", "smallest")))
    may_be_empty = chance(rng)
    opposite = "<" if relation == ">" else ">"
    restart = f"if {{here}} {opposite} 0:\n    {{here}} = 0"
    grow, keep = "{here} += {item}", larger("{here}", "{best}", relation)
    if may_be_empty:
        order = pick(rng, ((grow, restart, keep), (grow, keep, restart)))
        steps = "{best} = 0\n{here} = 0\n" + each_item(rng, "\n".join(order))
        low = pick(rng, ("lowest", "least_sum")) if relation == ">" else "peak"
        by_prefix = "\n".join(
            ("{here} += {item}", f"if {{here}} {opposite} {low}:\n    {low} = {{here}}")
        )
        difference = f"{{here}} - {low}"
        by_prefix += f"\nif {difference} {relation} {{best}}:\n    {{best}} = {difference}"
        if chance(rng):
            steps = f"{{best}} = 0\n{{here}} = 0\n{low} = 0\n" + each_item(rng, by_prefix)
    else:
        first = "{best} = {values}[0]\n{here} = {values}[0]\n"
        item = "{values}[{i}]"
        extend = branch(
            rng,
            f"{{here}} {relation} 0",
            f"{{here}} {opposite}= 0",
            f"{{here}} += {item}",
            f"{{here}} = {item}",
        )
        steps = first + each_place(rng, f"{extend}\n{keep}", start=1)
        if chance(rng):
            cell, before = "{table}[{i}]", "{table}[{i} - 1]"
            extend = f"if {before} {relation} 0:\n    {cell} += {before}"
            body = f"{extend}\n" + larger(cell, "{best}", relation)
            steps = "{table} = list({values})\n{best} = {values}[0]\n" + each_place(
                rng, body, start=1
            )
    source = compose(
        rng,
        """
def {entry}({values}: list) -> int:
    '''the {which} sum of a stretch of neighbouring {values}{empty}

    {values}: the {values} in order{least}
    '''
    {steps}
    return {best}
""",
        roles=LISTS,
        which=which,
        empty=", which may be empty" if may_be_empty else "",
        least="" if may_be_empty else ", at least one",
        steps=steps,
        entry=pick(rng, ("best_stretch", "best_sum_of_neighbours", "extreme_stretch")),
    )
    program = read(source, title=pick(rng, ("stretch_finder", "best_segment")))
    corners = (((1, -9, 4),), ((-3, -2),), ((3, 2),))
    least = 0 if may_be_empty else 1
    return Exercise(program, lambda rng: (numbers(rng, length=(least, 9)),), corners)


def separate_choice(rng: Generator) -> Exercise:
    """The best sum of elements of which no two are neighbours, or stand closer than a gap."""
    gap = pick(rng, (2, 2, 3))
    rolling, weight = chance(rng), pick(rng, (1, 1, 2, 3))
    gain = "{item}" if weight == 1 else f"{weight} * {{item}}"
    by_table = chance(rng) or gap == 3
    if by_table:
        with_it = f"{{table}}[{{i}}] + {gain.replace('{item}', '{values}[{i}]')}"
        past = f"{{i}} + {gap}"
        if rolling:
            body = f"{{here}} = {with_it}\n" + branch(
                rng,
                f"{{here}} > {{table}}[{past} - 1]",
                f"{{here}} <= {{table}}[{past} - 1]",
                f"{{table}}[{past}] = {{here}}",
                f"{{table}}[{past}] = {{table}}[{past} - 1]",
            )
        else:
            body = (
                f"{{table}}[{past}] = {{table}}[{past} - 1]\n{{here}} = {with_it}\n"
                f"if {{here}} > {{table}}[{past}]:\n    {{table}}[{past}] = {{here}}"
            )
        body = body.replace(f"{{i}} + {gap} - 1", f"{{i}} + {gap - 1}")
        steps = f"{{table}} = [0] * (len({{values}}) + {gap})\n" + each_place(rng, body)
        last = f"{{table}}[len({{values}}) + {gap - 1}]"
    else:
        new = f"{{here}} = {{earlier}} + {gain}"
        choose = "if {here} < {best}:\n    {here} = {best}\n{earlier} = {best}\n{best} = {here}"
        keep = "{here} = {best}\n" + larger(f"{{earlier}} + {gain}", "{best}", ">")
        keep += "\n{earlier} = {here}"
        body = pick(rng, (f"{new}\n{choose}", keep))
        steps = "{earlier} = 0\n{best} = 0\n" + each_item(rng, body, ordered=chance(rng))
        last = "{best}"
    apart = "no two are neighbours" if gap == 2 else "any two have at least two others between them"
    source = compose(
        rng,
        """
def {entry}({values}: list) -> int:
    '''the largest sum of {values} of which {apart}{times}

    {values}: the {values} to choose from
    '''
    {steps}
    return {last}
""",
        roles={**LISTS, "earlier": ("earlier", "skipped", "before"), "best": ("best", "total")},
        apart=apart,
        times="" if weight == 1 else f", times {weight}",
        steps=steps,
        last=last,
        entry=pick(rng, ("choose_{values}", "best_apart", "largest_separate_sum")),
    )
    program = read(source, title=pick(rng, ("separate_choice", "gap_chooser")))
    return Exercise(program, lambda rng: (numbers(rng, values=(-9, 20)),), (((),), ((2, 9, 8, 1),)))


def longest_chain(rng: Generator) -> Exercise:
    """The longest, or weightiest, choice of elements that stand in one relation in their order."""
    distance = whole(rng, 2, 4)
    relation, wording = pick(
        rng,
        (
            ("{values}[{j}] < {values}[{i}]", "rising"),
            ("{values}[{j}] > {values}[{i}]", "falling"),
            ("{values}[{j}] <= {values}[{i}]", "never falling"),
            (
                f"{{values}}[{{j}}] + {distance} <= {{values}}[{{i}}]",
                f"rising by at least {distance}",
            ),
        ),
    )
    sums = chance(rng)
    own = "{values}[{i}]" if sums else "1"
    longer = f"{{table}}[{{j}}] + {own} > {{table}}[{{i}}]"
    set_it = f"{{table}}[{{i}}] = {{table}}[{{j}}] + {own}"
    direct = "for {j} in range({i}):\n    {body}"
    inner = inside(direct, f"if {relation}:\n    if {longer}:\n        {set_it}")
    above = both(rng, relation, "{table}[{j}] > {here}", "{here} = {table}[{j}]")
    through = "{here} = 0\n" + inside(direct, above)
    start = "{table} = list({values})" if sums else "{table} = [1] * len({values})"
    body = inner
    if chance(rng):
        start = "{table} = [0] * len({values})"
        body = f"{through}\n{{table}}[{{i}}] = {{here}} + {own}"
    keep = larger("{table}[{i}]", "{best}", ">")
    if chance(rng):
        steps = f"{start}\n{{best}} = 0\n" + each_place(rng, f"{body}\n{keep}")
    else:
        after = inside("for {reach} in {table}:\n    {body}", larger("{reach}", "{best}", ">"))
        steps = f"{start}\n{each_place(rng, body)}\n{{best}} = 0\n{after}"
    source = compose(
        rng,
        """
def {entry}({values}: list) -> int:
    '''the {what} of a {wording} choice of {values} in their order

    {values}: {meaning}
    '''
    {steps}
    return {best}
""",
        roles={**LISTS, "reach": ("chain", "found", "reach"), "best": ("best", "longest")},
        what="largest sum" if sums else "greatest length",
        wording=wording,
        meaning="integers above zero" if sums else "the {values} to choose from",
        steps=steps,
        entry=pick(rng, ("longest_chain", "best_subsequence", "chain_of_{values}")),
    )
    program = read(source, title=pick(rng, ("chain_finder", "subsequence_search")))
    low = 1 if sums else -9
    return Exercise(
        program, lambda rng: (numbers(rng, values=(low, 12)),), (((),), ((3, 3, 5, 4),))
    )


def best_trade(rng: Generator) -> Exercise:
    """The best gain from buying before selling: once, often, or with a fee."""
    want, fee = pick(rng, ("once", "often", "fee", "short")), whole(rng, 1, 4)
    price = "{item}"
    if want in ("once", "short"):
        relation = "<" if want == "once" else ">"
        gain = "{item} - {low}" if want == "once" else "{low} - {item}"
        keep_low = f"if {{item}} {relation} {{low}}:\n    {{low}} = {{item}}"
        keep_best = f"if {gain} > {{best}}:\n    {{best}} = {gain}"
        order = (keep_low, keep_best) if chance(rng) else (keep_best, keep_low)
        chained = f"{keep_low}\nel{keep_best}"
        steps = "{best} = 0\n{low} = {values}[0]\n" + each_item(
            rng, pick(rng, ("\n".join(order), chained))
        )
    elif want == "often":
        gain = "{values}[{i}] - {values}[{i} - 1]"
        rise = f"if {{values}}[{{i}}] > {{values}}[{{i}} - 1]:\n    {{best}} += {gain}"
        named = f"{{low}} = {gain}\nif {{low}} > 0:\n    {{best}} += {{low}}"
        last = "if {item} > {low}:\n    {best} += {item} - {low}\n{low} = {item}"
        steps = pick(
            rng,
            (
                "{best} = 0\n" + each_place(rng, pick(rng, (rise, named)), start=1, ordered=False),
                "{best} = 0\n{low} = {values}[0]\n" + each_item(rng, last),
            ),
        )
    else:
        sell = (
            f"if {{held}} + {price} - {fee} > {{best}}:\n    {{best}} = {{held}} + {price} - {fee}"
        )
        buy = f"if {{best}} - {price} > {{held}}:\n    {{held}} = {{best}} - {price}"
        if chance(rng):
            sell = sell.replace(f" - {fee}", "")
            buy = buy.replace(f"- {price}", f"- {price} - {fee}")
        first = f"-{{values}}[0] - {fee}" if f"{price} - {fee}" in buy else "-{values}[0]"
        order = (sell, buy) if chance(rng) else (buy, sell)
        steps = f"{{best}} = 0\n{{held}} = {first}\n" + each_item(rng, "\n".join(order))
    purpose = {
        "once": "the largest gain from one purchase and a later sale, or 0",
        "short": "the largest gain from one sale and a later purchase, or 0",
        "often": "the largest gain from any number of purchases, each sold before the next",
        "fee": f"the largest gain from any number of trades, each of which costs a fee of {fee}",
    }[want]
    source = compose(
        rng,
        """
def {entry}({values}: list) -> int:
    '''{purpose}

    {values}: the prices in order of time, at least one
    '''
    {steps}
    return {best}
""",
        roles={
            **LISTS,
            "values": ("prices", "values"),
            "low": ("low", "bought_at", "reference"),
            "best": ("best", "gain", "profit"),
            "held": ("held", "with_share", "invested"),
        },
        purpose=purpose,
        steps=steps,
        entry=pick(rng, ("best_trade", "largest_gain", "trading_gain")),
    )
    program = read(source, title=pick(rng, ("price_trader", "gain_finder")))
    return Exercise(
        program,
        lambda rng: (numbers(rng, length=(1, 9), values=(1, 30)),),
        (((5,),), ((1, 5, 3, 9),), ((9, 3, 1),)),
    )


def reach_end(rng: Generator) -> Exercise:
    """Jumps from place to place: whether the end is reached, or the fewest jumps to it."""
    counts = chance(rng)
    reach, more = pick(rng, ((READ, ""), (f"2 * {READ}", ", to be doubled")))
    if counts and chance(rng):
        reach, more = f"{READ} + 1", ", less one"
    jump = f"{{i}} + {reach}"
    farther = f"if {jump} > {{far}}:\n    {{far}} = {jump}"
    stuck = "if {i} > {far}:\n    return False"
    guarded = inside("if {i} <= {far}:\n    {body}", farther)
    last = pick(rng, ("{far} >= len({values}) - 1", "{far} + 1 >= len({values})"))
    greedy = "{far} = 0\n" + each_place(rng, pick(rng, (f"{stuck}\n{farther}", guarded)))
    backwards = f"""\
{{far}} = len({{values}}) - 1
for {{i}} in range(len({{values}}) - 2, -1, -1):
    if {jump} >= {{far}}:
        {{far}} = {{i}}"""
    steps, last = pick(rng, ((greedy, last), (backwards, "{far} <= 0")))
    if counts:
        reachable = f"{{table}}[{{j}}] >= 0 and {{j}} + {reach.replace('{i}', '{j}')} >= {{i}}"
        closer = "if {far} < 0 or {table}[{j}] < {far}:\n    {far} = {table}[{j}]"
        fewest = f"for {{j}} in range({{i}} - 1, -1, -1):\n    if {reachable}:\n        {{body}}"
        body = "{far} = -1\n" + inside(fewest, closer)
        body += "\nif {far} >= 0:\n    {table}[{i}] = {far} + 1"
        ahead = f"if {{j}} <= {jump} and {{table}}[{{j}}] < 0:\n    {{body}}"
        forwards = inside(
            "if {table}[{i}] >= 0:\n    for {j} in range({i} + 1, len({values})):\n        {body}",
            inside(ahead, "{table}[{j}] = {table}[{i}] + 1"),
        )
        table = "{table} = [-1] * len({values})\n{table}[0] = 0\n"
        steps = table + pick(rng, (each_place(rng, body, start=1), each_place(rng, forwards)))
        last = "{table}[len({values}) - 1]"
    source = compose(
        rng,
        """
def {entry}({values}: list) -> {kind}:
    '''{what}

    {values}: how far one may jump ahead from each place{more}
    '''
    {steps}
    return {last}
""",
        roles={
            **LISTS,
            "values": ("jumps", "ranges", "reaches"),
            "far": ("far", "farthest", "goal"),
            "table": ("needed", "moves"),
        },
        kind="int" if counts else "bool",
        what="the fewest jumps that lead from the first place to the last, or -1 if none do"
        if counts
        else "whether jumps can lead from the first place to the last",
        more=more,
        steps=steps,
        last=last,
        entry=pick(rng, ("fewest_jumps", "count_jumps") if counts else ("reaches_end", "can_pass")),
    )
    program = read(source, title=pick(rng, ("jump_game", "jump_planner")))
    return Exercise(
        program,
        lambda rng: (numbers(rng, length=(1, 9), values=(0, 2)),),
        (((0,),), ((1, 0, 2),), ((2, 0, 0, 1),), ((0, 0, 0),)),
    )


ALGORITHMS = (
    Algorithm("best_stretch", "dynamic_programming", 2, best_stretch),
    Algorithm("separate_choice", "dynamic_programming", 2, separate_choice),
    Algorithm("longest_chain", "dynamic_programming", 3, longest_chain),
    Algorithm("best_trade", "dynamic_programming", 2, best_trade),
    Algorithm("reach_end", "dynamic_programming", 2, reach_end),
)
