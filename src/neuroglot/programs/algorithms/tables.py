"""Tables: dynamic programming over all amounts up to a limit, or over two texts or a grid."""

from numpy.random import Generator

from neuroglot.programs.algorithm import Algorithm, Exercise
from neuroglot.programs.choices import chance, numbers, pick, text, whole
from neuroglot.programs.forms import branch, compose, count_up, inside
from neuroglot.programs.reading import read
from neuroglot.programs.words import Roles

TABLES: Roles = {
    "table": ("table", "ways", "row"),
    "n": ("n", "steps", "size"),
    "i": ("i", "place", "at"),
    "j": ("j", "k", "spot"),
    "amount": ("amount", "total", "budget"),
    "part": ("part", "sum_so_far", "reached"),
    "coin": ("coin", "unit", "piece"),
    "coins": ("coins", "units", "pieces"),
}


def climb_stairs(rng: Generator) -> Exercise:
    """In how many ways steps of two or three sizes climb a stair, by a table or by a few values."""
    sizes = pick(rng, ((1, 2), (1, 3), (2, 3), (1, 2, 3), (1, 4), (2, 5), (1, 3, 4)))
    modulus = pick(rng, (0, 0, 100, 1000))
    rest = f" % {modulus}" if modulus else ""
    summed = " + ".join(f"{{table}}[{{i}} - {size}]" for size in sizes)
    guarded = "\n".join(
        f"if {{i}} >= {size}:\n    {{table}}[{{i}}] += {{table}}[{{i}} - {size}]" for size in sizes
    )
    if modulus:
        guarded += f"\n{{table}}[{{i}}] %= {modulus}"
    guarded_table = "{table} = [0] * ({n} + 1)\n{table}[0] = 1\n" + count_up(
        rng, guarded, counter="{i}", start="1", stop="{n} + 1"
    )
    largest = sizes[-1]
    padded = "({summed}){rest}" if modulus else "{summed}"
    padded = padded.format(summed=summed, rest=rest)
    padded_table = (
        f"{{table}} = [0] * ({{n}} + {largest + 1})\n{{table}}[{largest}] = 1\n"
        + count_up(
            rng,
            f"{{table}}[{{i}}] = {padded}",
            counter="{i}",
            start=str(largest + 1),
            stop=f"{{n}} + {largest + 1}",
        )
    )
    pushed = "\n".join(
        f"if {{i}} + {size} <= {{n}}:\n    {{table}}[{{i}} + {size}] += {{table}}[{{i}}]"
        for size in sizes
    )
    pushed_table = "{table} = [0] * ({n} + 1)\n{table}[0] = 1\n" + count_up(
        rng, pushed, counter="{i}", start="0", stop="{n}"
    )
    ways = [(guarded_table, "{table}[{n}]"), (padded_table, f"{{table}}[{{n}} + {largest}]")]
    ways += [] if modulus else [(pushed_table, "{table}[{n}]")]
    steps, last = pick(rng, ways)
    names = [str(size) for size in sizes]
    source = compose(
        rng,
        """
def {entry}({n}: int) -> int:
    '''in how many ways steps of {sizes} add up to `{n}`{rest}

    {n}: the height of the stair, not negative
    '''
    {steps}
    return {last}
""",
        roles={**TABLES, "n": ("n", "height", "stairs"), "i": ("i", "k")},
        sizes=", ".join(names[:-1]) + " and " + names[-1],
        rest=f", modulo {modulus}" if modulus else "",
        steps=steps,
        last=last,
        entry=pick(rng, ("climb_stairs", "count_climbs", "stair_ways")),
    )
    program = read(source, title=pick(rng, ("stair_climber", "step_counter")))
    return Exercise(program, lambda rng: (whole(rng, 0, 20),), ((0,), (1,)))


MAKE_CHANGE = """
def {entry}({coins}: list, {amount}: int) -> {kind}:
    '''{purpose}

    {coins}: integers above zero
    {amount}: what to make up, not negative
    '''
    {table} = {filled}
    {table}[0] = {first}
    {loop}
    {last}
"""


def make_change(rng: Generator) -> Exercise:
    """Sums made of coins: in how many ways, with how few, or which sums can be made at all."""
    want = pick(rng, ("ways", "orders", "fewest", "possible", "subset"))
    cell, before = "{table}[{part}]", "{table}[{part} - {coin}]"
    add = f"{cell} += {before}"
    fewer = f"if {before} + 1 < {cell}:\n    {cell} = {before} + 1"
    mark = pick(
        rng, (f"if {before} == 1:\n    {cell} = 1", f"if {before} > {cell}:\n    {cell} = 1")
    )
    body = {"ways": add, "orders": add, "fewest": fewer, "possible": mark, "subset": mark}[want]
    coins = "for {coin} in {coins}:\n    {body}"
    upwards = count_up(rng, body, counter="{part}", start="{coin}", stop="{amount} + 1")
    downwards = pick(
        rng,
        (
            "for {part} in range({amount}, {coin} - 1, -1):\n    {body}",
            "{part} = {amount}\nwhile {part} >= {coin}:\n    {body}\n    {part} -= 1",
        ),
    )
    by_part = inside("for {coin} in {coins}:\n    if {coin} <= {part}:\n        {body}", body)
    by_parts = count_up(rng, by_part, counter="{part}", start="1", stop="{amount} + 1")
    by_coin = inside(coins, upwards)
    loop = {
        "ways": by_coin,
        "orders": by_parts,
        "subset": inside(coins, inside(downwards, body)),
    }.get(want) or pick(rng, (by_coin, by_parts))
    much = "{amount} + 1"
    filled = f"[{much}] * ({{amount}} + 1)" if want == "fewest" else "[0] * ({amount} + 1)"
    first = 0 if want == "fewest" else 1
    last = {
        "fewest": pick(rng, ("if {table}[{amount}] > {amount}:\n    return -1\n", "")),
        "possible": "",
    }.get(want, "") + "return {table}[{amount}]"
    total = "{count} = 0\nfor {flag_value} in {table}:\n    {count} += {flag_value}\nreturn {count}"
    counts_all = want in ("possible", "subset") and chance(rng)
    if counts_all:
        last = total
    elif want in ("possible", "subset"):
        last = "return {table}[{amount}] == 1"
    none = (
        "or -1 if there is no way" if "-1\n" in last else "or one more than it if there is no way"
    )
    purpose = {
        "ways": "in how many ways `{coins}` make up `{amount}`, their order left aside",
        "orders": "in how many orders `{coins}` can be laid down to make up `{amount}`",
        "fewest": "the least number of `{coins}` that make up `{amount}`, " + none,
        "possible": "whether `{coins}`, each as often as one likes, make up `{amount}`",
        "subset": "whether some of the `{coins}`, each used once, make up `{amount}`",
    }[want]
    if counts_all:
        often = "each used once" if want == "subset" else "each as often as one likes"
        purpose = f"how many sums from 0 to `{{amount}}` can be made of `{{coins}}`, {often}"
    source = compose(
        rng,
        MAKE_CHANGE,
        roles={**TABLES, "count": "count", "flag_value": ("made", "possible", "mark")},
        kind="bool" if want in ("possible", "subset") and not counts_all else "int",
        purpose=purpose,
        filled=filled,
        first=first,
        loop=loop,
        last=last,
        entry={
            "ways": "count_ways",
            "orders": "count_orders",
            "fewest": "fewest_coins",
            "possible": "count_sums" if counts_all else "can_make",
            "subset": "count_choices" if counts_all else "can_choose",
        }[want],
    )
    program = read(source, title=pick(rng, ("change_maker", "coin_purse")))

    def draw(rng: Generator) -> tuple[tuple[int, ...], int]:
        coins = tuple(dict.fromkeys(numbers(rng, length=(1, 4), values=(2, 9))))
        return coins, whole(rng, 0, 20)

    return Exercise(program, draw, (((), 0), ((), 3), ((2, 4), 7), ((3, 2), 5)))


def fill_bag(rng: Generator) -> Exercise:
    """The most value within a weight, each thing once or as often as one likes."""
    once = chance(rng)
    gain, bonus = pick(
        rng,
        (
            ("{worth}", ""),
            ("{worth}", ""),
            ("{worth} + 1", ", each value raised by one"),
            ("2 * {worth}", ", each value counted twice"),
        ),
    )
    new = f"{{table}}[{{room}} - {{heavy}}] + {gain}"
    direct = f"if {new} > {{table}}[{{room}}]:\n    {{table}}[{{room}}] = {new}"
    named = f"{{taken}} = {new}\n"
    named += "if {taken} > {table}[{room}]:\n    {table}[{room}] = {taken}"
    body = pick(rng, (named,) if bonus else (named, direct))
    heavy = "{heavy}"
    down = (
        f"for {{room}} in range({{limit}}, {heavy} - 1, -1):\n    {{body}}",
        f"{{room}} = {{limit}}\nwhile {{room}} >= {heavy}:\n    {{body}}\n    {{room}} -= 1",
    )
    up = (
        f"for {{room}} in range({heavy}, {{limit}} + 1):\n    {{body}}",
        f"{{room}} = {heavy}\nwhile {{room}} <= {{limit}}:\n    {{body}}\n    {{room}} += 1",
    )
    inner = inside(pick(rng, down if once else up), body)
    body = "{heavy} = {things}[{i}]\n{worth} = {things}[{i} + 1]\n" + inner
    every = "for {i} in range(0, len({things}), 2):\n    {body}"
    counted = "{i} = 0\nwhile {i} < len({things}):\n    {body}\n    {i} += 2"
    source = compose(
        rng,
        """
def {entry}({things}: list, {limit}: int) -> int:
    '''the largest value of things that weigh at most `{limit}`, {often}{bonus}

    {things}: the weight and the value of each thing in turn, all above zero
    {limit}: the weight that may be carried
    '''
    {table} = [0] * ({limit} + 1)
    {outer}
    return {table}[{limit}]
""",
        roles={
            **TABLES,
            "table": ("table", "best", "most"),
            "things": ("things", "goods", "weights_and_values"),
            "worth": ("worth", "gain"),
            "limit": ("limit", "capacity", "strength"),
            "room": ("room", "load", "space"),
            "heavy": ("weight", "need"),
            "taken": ("taken", "with_it", "filled"),
            "i": ("i", "thing"),
        },
        often="each taken once at most" if once else "each taken as often as one likes",
        bonus=bonus,
        outer=inside(pick(rng, (every, counted)), body),
        entry=pick(rng, ("fill_bag", "best_load", "pack_things")),
    )
    program = read(source, title=pick(rng, ("bag_packer", "load_planner")))

    def draw(rng: Generator) -> tuple[tuple[int, ...], int]:
        pairs = [(whole(rng, 1, 6), whole(rng, 1, 20)) for _ in range(whole(rng, 1, 5))]
        return tuple(each for pair in pairs for each in pair), whole(rng, 0, 12)

    return Exercise(program, draw, (((), 3), ((2, 5, 3, 7), 6)))


def triangle_row(rng: Generator) -> Exercise:
    """A row of Pascal's triangle, or of one with other rules, made in place or from a copy."""
    times, modulus = pick(rng, ((1, 0), (1, 10), (1, 2), (2, 0), (1, 7), (2, 9), (3, 0)))
    edge = pick(rng, (1, 1, 2)) if times == 1 else 1
    weight = f"{times} * " if times > 1 else ""
    backwards, grows = chance(rng), chance(rng)
    add = f"{{table}}[{{j}}] + {weight}{{table}}[{{j}} - 1]"
    set_it = "{table}[{j}] = " + (f"({add}) % {modulus}" if modulus else add)
    if not modulus and chance(rng):
        set_it = f"{{table}}[{{j}}] += {weight}{{table}}[{{j}} - 1]"
    inner = pick(
        rng,
        (
            "for {j} in range({i}, 0, -1):\n    {body}",
            "{j} = {i}\nwhile {j} > 0:\n    {body}\n    {j} -= 1",
        ),
    )
    in_place = f"{{table}} = [0] * ({{n}} + 1)\n{{table}}[0] = {edge}\n" + count_up(
        rng, inside(inner, set_it), counter="{i}", start="1", stop="{n} + 1"
    )
    growing = f"{{table}} = [{edge}]\n" + count_up(
        rng,
        "{table}.append(0)\n" + inside(inner, set_it),
        counter="{i}",
        start="1",
        stop="{n} + 1",
    )
    fresh = f"{{above}}[{{j}}] + {weight}{{above}}[{{j}} - 1]"
    value = f"({fresh}) % {modulus}" if modulus else fresh
    copied = f"{{table}} = [0] * ({{n}} + 1)\n{{table}}[0] = {edge}\n" + count_up(
        rng,
        "{above} = list({table})\n"
        + count_up(rng, f"{{table}}[{{j}}] = {value}", counter="{j}", start="1", stop="{i} + 1"),
        counter="{i}",
        start="1",
        stop="{n} + 1",
    )
    steps = pick(rng, (in_place, growing)) if backwards or grows else copied
    source = compose(
        rng,
        """
def {entry}({n}: int) -> list:
    '''{purpose}

    {n}: the number of the row, counted from 0
    '''
    {steps}
    return {table}
""",
        roles={
            **TABLES,
            "above": ("above", "previous", "upper"),
            "table": ("row", "line", "table"),
        },
        purpose=f"the row `{{n}}` of the triangle that begins with {edge} and in which each number"
        f" is the one above it plus {f'{times} times ' if times > 1 else ''}the one left of that"
        + (f", modulo {modulus}" if modulus else ""),
        steps=steps,
        entry=pick(rng, ("triangle_row", "row_of_triangle", "pascal_row")),
    )
    program = read(source, title=pick(rng, ("number_triangle", "row_builder")))
    return Exercise(program, lambda rng: (whole(rng, 0, 10),), ((0,), (1,)))


def text_distance(rng: Generator) -> Exercise:
    """Two texts in one row of a table: the edit distance, or the longest common part."""
    want, cost = pick(rng, ("edit", "subsequence", "substring", "strike")), pick(rng, (1, 1, 2))
    same = "{a}[{i}] == {b}[{j}]"
    least = "{cell} = {corner} + CHANGE\nif {row}[{j}] + 1 < {cell}:\n    {cell} = {row}[{j}] + 1"
    least += "\nif {row}[{j} + 1] + 1 < {cell}:\n    {cell} = {row}[{j} + 1] + 1"
    fewer = (
        "{cell} = {row}[{j}] + 1\nif {row}[{j} + 1] < {row}[{j}]:\n    {cell} = {row}[{j} + 1] + 1"
    )
    more = "{cell} = {row}[{j}]\nif {row}[{j} + 1] > {cell}:\n    {cell} = {row}[{j} + 1]"
    match, other = {
        "edit": ("{cell} = {corner}", least.replace("CHANGE", str(cost))),
        "strike": ("{cell} = {corner}", fewer),
        "subsequence": ("{cell} = {corner} + 1", more),
        "substring": ("{cell} = {corner} + 1", "{cell} = 0"),
    }[want]
    distance = want in ("edit", "strike")
    choose = branch(rng, same, "{a}[{i}] != {b}[{j}]", match, other)
    choose = "{cell} = 0\n" + choose
    keep = "\nif {cell} > {best}:\n    {best} = {cell}" if want == "substring" else ""
    shift = "\n{corner} = {row}[{j} + 1]\n{row}[{j} + 1] = {cell}"
    inner = count_up(rng, choose + keep + shift, counter="{j}", start="0", stop="len({b})")
    border = "{corner} = {row}[0]\n" + ("{row}[0] = {i} + 1\n" if distance else "")
    outer = count_up(rng, border + inner, counter="{i}", start="0", stop="len({a})")
    first = "{row} = [0] * (len({b}) + 1)\n"
    if distance:
        first += "for {k} in range(1, len({b}) + 1):\n    {row}[{k}] = {k}\n"
    price = f", {cost} for a change, 1 for an insertion or a deletion"
    purpose = {
        "edit": "the least cost of edits that turn `{a}` into `{b}`" + price,
        "strike": "the least number of letters to insert and delete to turn `{a}` into `{b}`",
        "subsequence": "the length of the longest text whose letters `{a}` and `{b}` hold in order",
        "substring": "the length of the longest piece of text that `{a}` and `{b}` share",
    }[want]
    source = compose(
        rng,
        """
def {entry}({a}: str, {b}: str) -> int:
    '''{purpose}

    {a}: a text
    {b}: another text
    '''
    {best_line}
    {steps}
    return {last}
""",
        roles={
            "row": ("row", "table", "costs"),
            "cell": ("cell", "value", "here"),
            "corner": ("corner", "diagonal", "before"),
            "best": ("best", "longest"),
            "i": ("i", "x"),
            "j": ("j", "y"),
            "k": ("k", "n"),
        },
        **dict(zip(("a", "b"), pick(rng, (("first", "second"), ("left", "right"))), strict=True)),
        purpose=purpose,
        best_line="{best} = 0" if keep else "",
        steps=first + outer,
        last="{best}" if keep else "{row}[len({b})]",
        entry=pick(
            rng, ("edit_distance", "text_distance") if distance else ("common_part", "shared_size")
        ),
    )
    program = read(source, title=pick(rng, ("text_table", "distance_table")))

    def draw(rng: Generator) -> tuple[str, str]:
        return text(rng, "abc", length=(0, 6)), text(rng, "abc", length=(0, 6))

    return Exercise(program, draw, (("", ""), ("abc", "abc"), ("", "ab"), ("ca", "abc")))


ALGORITHMS = (
    Algorithm("climb_stairs", "tables", 2, climb_stairs),
    Algorithm("make_change", "tables", 3, make_change),
    Algorithm("fill_bag", "tables", 3, fill_bag),
    Algorithm("triangle_row", "tables", 2, triangle_row),
    Algorithm("text_distance", "tables", 3, text_distance),
)
