"""Queues: a circle that people leave and tasks that wait for their turn."""

from numpy.random import Generator

from neuroglot.programs.algorithm import Algorithm, Exercise
from neuroglot.programs.choices import chance, numbers, pick, whole
from neuroglot.programs.forms import compose, count_up, each_item, inside
from neuroglot.programs.reading import read
from neuroglot.programs.words import Roles

NAMES: Roles = {
    "text": ("commands", "moves", "program", "steps"),
    "letter": ("command", "turn", "sign"),
    "i": ("i", "turn", "k"),
    "j": ("j", "place", "m"),
    "count": "count",
}


LEAVE_CIRCLE = """
def {entry}({n}: int) -> {kind}:
    '''{what} in a circle of `{n}` that every {nth} one leaves{until}

    {n}: how many stand in the circle, numbered from 1
    '''
    {begin}
    {steps}
    {finish}
    return {last}
"""


def leave_circle(rng: Generator) -> Exercise:
    """People in a circle leave one after another: who is last, or in which order they leave."""
    skip, order_wanted = whole(rng, 2, 5), chance(rng)
    left = pick(rng, (1, 1, 2))
    queue = f"""\
{{queue}} = []
for {{i}} in range(1, {{n}} + 1):
    {{queue}}.append({{i}})
{{front}} = 0
while len({{queue}}) - {{front}} > {left}:
    {{rotate}}
    {{leave}}
    {{front}} += 1"""
    rotate = inside(
        f"for {{j}} in range({skip - 1}):\n    {{body}}",
        "{queue}.append({queue}[{front}])\n{front} += 1",
    )
    marks = f"""\
{{gone}} = [0] * {{n}}
{{seen}} = 0
{{left}} = {{n}}
{{at}} = 0
while {{left}} > {left}:
    if {{gone}}[{{at}}] == 0:
        {{seen}} += 1
        if {{seen}} == {skip}:
            {{gone}}[{{at}}] = 1
            {{seen}} = 0
            {{left}} -= 1
            {{leave}}
    {{at}} = ({{at}} + 1) % {{n}}"""
    by_queue = chance(rng)
    steps = inside(queue.replace("{rotate}", "{body}"), rotate) if by_queue else marks
    if by_queue:
        leave = "{result}.append({queue}[{front}])" if order_wanted else ""
        total = "{total} = 0\nfor {j} in range({front}, len({queue})):\n    {total} += {queue}[{j}]"
    else:
        leave = "{result}.append({at} + 1)" if order_wanted else ""
        total = "{total} = 0\n" + count_up(
            rng,
            "if {gone}[{j}] == 0:\n    {total} += {j} + 1",
            counter="{j}",
            start="0",
            stop="{n}",
        )
    who = "the number of the last one" if left == 1 else "the sum of the numbers of the last two"
    source = compose(
        rng,
        LEAVE_CIRCLE,
        roles={
            **NAMES,
            "n": ("n", "people", "size"),
            "queue": ("queue", "circle", "waiting"),
            "front": ("front", "head", "first"),
            "gone": ("gone", "out_of_it", "marked"),
            "seen": ("counted", "steps", "beat"),
            "left": ("remaining", "still_there"),
            "at": ("at", "spot", "position"),
            "result": "result list",
            "total": ("total", "winner"),
        },
        kind="list" if order_wanted else "int",
        what="the order of leaving" if order_wanted else who,
        until=f", until {'one is' if left == 1 else 'two are'} left" if order_wanted else "",
        nth={2: "second", 3: "third", 4: "fourth", 5: "fifth"}[skip],
        begin="{result} = []" if order_wanted else "",
        steps=steps,
        leave=leave,
        finish="" if order_wanted else total,
        last="{result}" if order_wanted else "{total}",
        entry=pick(rng, ("leave_circle", "circle_game", "count_out")),
    )
    program = read(source, title=pick(rng, ("counting_circle", "ring_game")))
    return Exercise(program, lambda rng: (whole(rng, left, 15),), ((left,), (left + 1,)))


TASKS: Roles = {
    **NAMES,
    "clock": ("clock", "time_now", "now"),
    "count": ("total", "tally", "noted"),
    "rest": ("rest", "remaining", "open_work"),
    "busy": ("busy", "working", "active"),
    "queue": ("queue", "waiting"),
    "front": ("front", "head"),
    "i": ("i", "chosen", "k"),
    "result": "result list",
}
SERVE_QUEUE = """
def {entry}({values}: list) -> {kind}:
    '''{purpose}

    {values}: how long each task takes, above zero
    '''
    {steps}
    return {last}
"""


def serve_queue(rng: Generator) -> Exercise:
    """Tasks served one after another, in slices or at once: who waits, how long, for what."""
    want = pick(rng, ("waiting", "late", "longest", "slices", "order"))
    slice_size = whole(rng, 2, 4)
    plural, single = pick(rng, (("tasks", "task"), ("durations", "duration"), ("jobs", "job")))
    limit, pause = whole(rng, 5, 20), pick(rng, (0, 0, 1, 2))
    add = "{clock} += {item}" + (f" + {pause}" if pause else "")
    note = {
        "waiting": "{count} += {clock}",
        "late": f"if {{clock}} > {limit}:\n    {{count}} += 1",
        "longest": f"if {{item}} > {limit // 2}:\n    {{count}} += {{clock}}",
    }
    counted_after = chance(rng)
    simple = f"{add}\n{note.get(want, '')}" if counted_after else f"{note.get(want, '')}\n{add}"
    loop = "{clock} = 0\n{count} = 0\n" + each_item(rng, simple)
    take = f"{{rest}}[{{i}}] -= {slice_size}"
    record = (
        "{count} += 1" if want == "slices" else "if {rest}[{i}] <= 0:\n    {result}.append({i})"
    )
    rounds = inside(
        f"""\
{{rest}} = list({{values}})
{{busy}} = True
while {{busy}}:
    {{busy}} = False
    for {{i}} in range(len({{rest}})):
        if {{rest}}[{{i}}] > 0:
            {{busy}} = True
            {take}
            {{body}}""",
        record,
    )
    fronts = inside(
        f"""\
{{rest}} = list({{values}})
{{queue}} = []
for {{j}} in range(len({{values}})):
    {{queue}}.append({{j}})
{{front}} = 0
while {{front}} < len({{queue}}):
    {{i}} = {{queue}}[{{front}}]
    {{front}} += 1
    {take}
    {{body}}
    if {{rest}}[{{i}}] > 0:
        {{queue}}.append({{i}})""",
        record,
    )
    finish = "started" if not counted_after else "finished"
    sliced = want in ("slices", "order")
    begin = ("{count} = 0\n" if want == "slices" else "{result} = []\n") if sliced else ""
    way = pick(rng, (rounds, fronts))
    pauses = f", with a pause of {pause} after each" if pause else ""
    purpose = {
        "waiting": f"the sum of the times at which the tasks are {finish}{pauses}",
        "late": f"the number of tasks that are {finish} after time {limit}{pauses}",
        "longest": f"the sum of the times at which tasks above {limit // 2} are {finish}" + pauses,
        "slices": "the number of turns that all tasks need,"
        f" if they run in turn for {slice_size} units",
        "order": "the indices of the tasks in the order in which they finish,"
        f" if each runs in turn for {slice_size} units",
    }[want]
    source = compose(
        rng,
        SERVE_QUEUE,
        roles={**TASKS, "values": (plural,), "item": (single,)},
        kind="list" if want == "order" else "int",
        purpose=purpose,
        steps=begin + way if sliced else loop,
        last="{result}" if want == "order" else "{count}",
        entry=pick(rng, ("serve_tasks", "run_tasks", "schedule_tasks")),
    )
    program = read(source, title=pick(rng, ("task_runner", "job_queue")))
    return Exercise(
        program, lambda rng: (numbers(rng, length=(0, 6), values=(1, 12)),), (((),), ((9, 1, 20),))
    )


ALGORITHMS = (
    Algorithm("leave_circle", "queues", 3, leave_circle),
    Algorithm("serve_queue", "queues", 3, serve_queue),
)
