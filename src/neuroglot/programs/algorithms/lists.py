"""Lists: one pass over integers that counts, keeps, or compares neighbours."""

from numpy.random import Generator

from neuroglot.programs.algorithm import Algorithm, Exercise
from neuroglot.programs.choices import chance, numbers, pick, whole
from neuroglot.programs.filling import fill
from neuroglot.programs.reading import read
from neuroglot.programs.words import draw_names

SIDES = ((">", "above"), (">=", "at least"), ("<", "below"), ("<=", "at most"))


def each_item(rng: Generator) -> str:
    """The head of a loop over a list, by element or by index; `{body}` follows."""
    by_index = "for {i} in range(len({values})):\n    {item} = {values}[{i}]\n    {body}"
    return by_index if chance(rng) else "for {item} in {values}:\n    {body}"


def count_beside(rng: Generator) -> Exercise:
    """Counts or adds the elements on one side of a limit."""
    comparison, side = pick(rng, SIDES)
    adds = chance(rng)
    loop = each_item(rng)
    roles = {"values": "list", "item": "item", "limit": "limit", "total": "total"}
    if not adds:
        roles["total"] = "count"
    names = draw_names(rng, **roles, **({"i": "index"} if "{i}" in loop else {}))
    verb = "sum" if adds else "count"
    source = fill(
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
        **names,
        loop=loop,
        body="if {item} {comparison} {limit}:\n    {total} += {one}",
        comparison=comparison,
        side=side,
        what="sum" if adds else "number",
        one=names["item"] if adds else 1,
        entry=pick(rng, (f"{verb}_{side.replace(' ', '_')}", f"{verb}_{names['values']}")),
    )
    program = read(source, title=pick(rng, ("{}_counter", "{}_filter")).format(names["item"]))
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
    """The length of the longest stretch in which neighbours stand in one relation."""
    relation, wording = pick(
        rng, ((">", "rising"), ("<", "falling"), ("==", "equal"), (">=", "never falling"))
    )
    names = draw_names(rng, values="list", best="best", i="index")
    current = pick(rng, ("current", "run", "streak"))
    source = fill(
        """
def {entry}({values}: list) -> int:
    '''the length of the longest stretch of {wording} {values}

    {values}: the {values} in order
    '''
    if len({values}) == 0:
        return 0
    {best} = 1
    {current} = 1
    for {i} in range(1, len({values})):
        if {values}[{i}] {relation} {values}[{i} - 1]:
            {current} += 1
        else:
            {current} = 1
        if {current} > {best}:
            {best} = {current}
    return {best}
""",
        **names,
        current=current,
        relation=relation,
        wording=wording,
        entry=pick(rng, ("longest_run", "longest_stretch", "best_streak")),
    )
    program = read(source, title=pick(rng, ("run_finder", "streak_counter")))
    low = whole(rng, 1, 3)
    return Exercise(program, lambda rng: (numbers(rng, values=(0, low + 2)),), (((),),))


def selection_sort(rng: Generator) -> Exercise:
    """Sorts a copy by choosing the least (or greatest) of what is left."""
    relation, order = pick(rng, (("<", "ascending"), (">", "descending")))
    names = draw_names(rng, values="list", result="result list")
    source = fill(
        """
def {entry}({values}: list) -> list:
    '''the {values} in {order} order

    {values}: the {values} to sort
    '''
    {result} = list({values})
    for i in range(len({result})):
        {chosen} = i
        for j in range(i + 1, len({result})):
            if {result}[j] {relation} {result}[{chosen}]:
                {chosen} = j
        {swap} = {result}[i]
        {result}[i] = {result}[{chosen}]
        {result}[{chosen}] = {swap}
    return {result}
""",
        **names,
        relation=relation,
        order=order,
        chosen=pick(rng, ("chosen", "selected", "extreme")),
        swap=pick(rng, ("swapped", "moved", "held")),
        entry=pick(rng, ("sort_{0}", "order_{0}", "sorted_{0}")).format(names["values"]),
    )
    program = read(source, title=f"{names['values'][:-1]}_sorter")
    return Exercise(program, lambda rng: (numbers(rng),), (((),),))


ALGORITHMS = (
    Algorithm("count_beside", "lists", 1, count_beside),
    Algorithm("keep_beside", "lists", 1, keep_beside),
    Algorithm("longest_run", "lists", 2, longest_run),
    Algorithm("selection_sort", "lists", 3, selection_sort),
)
