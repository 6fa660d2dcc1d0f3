"""Simulation: a level, a walk and a stack machine, step by step."""

from numpy.random import Generator

from neuroglot.programs.algorithm import Algorithm, Exercise
from neuroglot.programs.choices import chance, numbers, pick, text, whole
from neuroglot.programs.forms import compose, each_item, each_letter, inside
from neuroglot.programs.reading import read
from neuroglot.programs.words import Roles

NAMES: Roles = {
    "text": ("commands", "moves", "program", "steps"),
    "letter": ("command", "turn", "sign"),
    "i": ("i", "turn", "k"),
    "j": ("j", "place", "m"),
    "count": "count",
}


def bounded_level(rng: Generator) -> Exercise:
    """A tank that changes by each item but stays within bounds: its level, or what was lost."""
    top, start = whole(rng, 10, 40), whole(rng, 0, 9)
    plural, single = pick(
        rng, (("changes", "change"), ("flows", "flow"), ("deliveries", "delivery"))
    )
    want, lower = pick(rng, ("level", "spilled", "full", "peak")), chance(rng)
    full = {
        "level": "{level} = " + str(top),
        "peak": "{level} = " + str(top),
        "spilled": f"{{count}} += {{level}} - {top}\n{{level}} = {top}",
        "full": f"{{level}} = {top}\n{{count}} += 1",
    }[want]
    over, under = f"{{level}} > {top}", "{level} < 0"
    drained = "{level} = 0" + ("\n{count} += 1" if want == "full" and lower else "")
    checks = [(over, full), (under, drained)]
    if chance(rng):
        checks.reverse()
    (first, then), (second, after) = checks
    word = pick(rng, ("elif", "if"))
    body = "{level} += {item}\n" + inside(f"if {first}:\n    {{body}}", then)
    body += inside(f"\n{word} {second}:\n    {{body}}", after)
    before = f"{{level}} = {start}"
    if want != "level":
        before += "\n{count} = " + (str(start) if want == "peak" else "0")
    if want == "peak":
        body += "\nif {level} > {count}:\n    {count} = {level}"
    purpose = {
        "level": "the final level, after all {values}, of a tank",
        "spilled": "how much runs over while {values} are added to a tank",
        "full": f"how often {{values}} overfill {'or overdraw ' if lower else ''}a tank",
        "peak": "the highest level that a tank reaches",
    }[want]
    source = compose(
        rng,
        """
def {entry}({values}: list) -> int:
    '''{purpose} that starts with {start} and keeps between 0 and {top}

    {values}: what flows in, or out if it is negative
    '''
    {before}
    {loop}
    return {last}
""",
        roles={
            **NAMES,
            "values": (plural,),
            "item": (single,),
            "level": ("level", "stock", "content"),
            "count": ("result", "tally", "noted"),
        },
        purpose=purpose.replace("{values}", "`{values}`"),
        start=start,
        top=top,
        before=before,
        loop=each_item(rng, body),
        last="{level}" if want == "level" else "{count}",
        entry=pick(rng, ("fill_tank", "run_tank", "tank_record")),
    )
    program = read(source, title=pick(rng, ("water_tank", "stock_keeper")))
    return Exercise(
        program, lambda rng: (numbers(rng, values=(-25, 25)),), (((),), ((50, -90, 3),))
    )


def walk_grid(rng: Generator) -> Exercise:
    """A walk by letters on a grid: how far it leads, how often it comes back, where it ends."""
    letters = pick(rng, ("NSEW", "UDRL", "udrl"))
    want, wrap, stride = (
        pick(rng, ("far", "back", "end", "side")),
        whole(rng, 4, 9),
        whole(rng, 1, 3),
    )
    moves = ["{y} += ", "{y} -= ", "{x} += ", "{x} -= "]
    order, sign = [int(k) for k in rng.permutation(4)], pick(rng, "+-")
    parts = [
        (f"{{letter}} == '{letters[k]}'", moves[k] + str(stride if k < 2 else 1)) for k in order
    ]
    if chance(rng):
        body = "\nelif ".join(f"{test}:\n    {move}" for test, move in parts[:-1])
        body = f"if {body}\nelse:\n    {parts[-1][1]}"
    else:
        body = "if " + "\nelif ".join(f"{test}:\n    {move}" for test, move in parts)
    after = {
        "back": "\nif {x} == 0 and {y} == 0:\n    {count} += 1",
        "far": f"\nif {{x}} {sign} {{y}} > {{count}}:\n    {{count}} = {{x}} {sign} {{y}}",
        "side": "",
        "end": "",
    }[want]
    absolute = "\n".join(f"if {{{each}}} < 0:\n    {{{each}}} = -{{{each}}}" for each in ("x", "y"))
    mixed = f"return {{x}} * {wrap} + {{y}}"
    last = {
        "end": f"{absolute}\nreturn {{x}} + {{y}}" if chance(rng) else mixed,
        "side": "return {x} > {y}",
    }.get(want, "return {count}")
    names = f"{letters[0]} and {letters[1]} move y by {stride} up and down"
    names += f" and {letters[2]} and {letters[3]} move x by 1"
    purpose = {
        "far": f"the largest {'sum' if sign == '+' else 'difference'} of x and y on",
        "back": "how often x and y are both 0 after a step of",
        "end": "the distance from start to end of"
        if "return {x} + {y}" in last
        else f"{wrap} times x plus y at the end of",
        "side": "whether x is above y at the end of",
    }[want]
    source = compose(
        rng,
        """
def {entry}({text}: str) -> {kind}:
    '''{purpose} a walk from 0, 0 in which {names}

    {text}: the walk, a letter for each step
    '''
    {x} = 0
    {y} = 0
    {start}
    {loop}
    {last}
""",
        roles={
            **NAMES,
            **({"x": ("x",), "y": ("y",)} if chance(rng) else {"x": ("column",), "y": ("row",)}),
            "count": ("noted", "result", "tally"),
        },
        kind="bool" if want == "side" else "int",
        purpose=purpose,
        names=names,
        start="{count} = 0" if want in ("far", "back") else "",
        loop=each_letter(rng, body + after),
        last=last,
        entry=pick(rng, ("walk_grid", "follow_steps", "track_walk")),
    )
    program = read(source, title=pick(rng, ("grid_walker", "robot_path")))
    return Exercise(program, lambda rng: (text(rng, letters, length=(0, 12)),), (("",), (letters,)))


def stack_machine(rng: Generator) -> Exercise:
    """A calculator that reads its operators after the numbers, with a stack in a list."""
    signs = pick(rng, ("+-", "+*", "*m", "+-m", "+-d", "-m", "*d", "+*m", "+d", "+m", "-d"))
    cell = "{stack}[{size} - 1]"
    after = "{stack}[{size}]"
    do = {
        "+": f"{{size}} -= 1\n{cell} += {after}",
        "-": f"{{size}} -= 1\n{cell} -= {after}",
        "*": f"{{size}} -= 1\n{cell} = {cell} * {after} % 1000",
        "m": f"{{size}} -= 1\nif {after} > {cell}:\n    {cell} = {after}",
        "d": f"{cell} = {cell} * 2",
    }
    digit_first = chance(rng)
    push = "{stack}[{size}] = ord({letter}) - ord('0')\n{size} += 1"
    tests = [(f"{{letter}} == '{each}'", do[each]) for each in signs]
    if chance(rng):
        tests.reverse()
    digit = ("'0' <= {letter} <= '9'", push)
    ordered = [digit, *tests] if digit_first else tests
    parts = [
        inside(f"{'el' if n else ''}if {test}:\n    {{body}}", body)
        for n, (test, body) in enumerate(ordered)
    ]
    if not digit_first:
        parts.append(inside("else:\n    {body}", push))
    last = pick(rng, ("{stack}[0]", "{stack}[{size} - 1]"))
    meaning = "; ".join(
        {
            "+": "+ adds", "-": "- subtracts", "*": "* multiplies modulo 1000",
            "m": "m keeps the larger", "d": "d doubles the last",
        }[each]
        for each in signs
    )  # fmt: skip
    where = "lowest" if last.endswith("[0]") else "topmost"
    source = compose(
        rng,
        """
def {entry}({text}: str) -> int:
    '''the {where} number on the stack after `{text}`, in which digits are pushed; {meaning}

    {text}: digits, and letters that change the topmost numbers
    '''
    {stack} = [0] * (len({text}) + 1)
    {size} = 0
    {loop}
    {guard}
    return {last}
""",
        roles={
            **NAMES,
            "text": ("program", "formula", "commands"),
            "letter": ("letter", "sign", "token"),
            "stack": ("stack", "pile"),
            "size": ("size", "height", "filled"),
        },
        where=where,
        meaning=meaning,
        loop=each_letter(rng, "\n".join(parts)),
        guard="" if where == "lowest" else "if {size} == 0:\n    return 0",
        last=last,
        entry=pick(rng, ("run_program", "evaluate_formula", "run_machine")),
    )
    program = read(source, title=pick(rng, ("stack_machine", "stack_calculator")))

    def draw(rng: Generator) -> tuple[str]:
        made, size = "", 0
        for _ in range(whole(rng, 1, 9)):
            sign = pick(rng, [*signs, str(whole(rng, 0, 9))])
            if not sign.isdigit() and size < (1 if sign == "d" else 2):
                sign = str(whole(rng, 0, 9))
            size += 1 if sign.isdigit() else (0 if sign == "d" else -1)
            made += sign
        return (made,)

    return Exercise(program, draw, (("",), ("7",)))


ALGORITHMS = (
    Algorithm("bounded_level", "simulation", 2, bounded_level),
    Algorithm("walk_grid", "simulation", 2, walk_grid),
    Algorithm("stack_machine", "simulation", 3, stack_machine),
)
