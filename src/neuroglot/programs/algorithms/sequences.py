"""Sequences: integers that grow or shrink step by step, and their sums."""

from numpy.random import Generator

from neuroglot.programs.algorithm import Algorithm, Exercise
from neuroglot.programs.choices import chance, pick, whole
from neuroglot.programs.filling import fill
from neuroglot.programs.reading import read
from neuroglot.programs.spellings import counted, in_full
from neuroglot.programs.words import draw_names

RULES = (
    ("{n} != 1", "{n} = 3 * {n} + 1", "even numbers are halved and odd ones tripled, plus 1"),
    ("{n} >= {k}", "{n} += 1", "multiples of {k} are divided by {k} and others raised by 1"),
    ("{n} >= {k}", "{n} -= 1", "multiples of {k} are divided by {k} and others lowered by 1"),
)


def halving_path(rng: Generator) -> Exercise:
    """Divides a number where that goes, else changes it, until it is small."""
    test, change, words = pick(rng, RULES)
    k = 2 if "1" in test else whole(rng, 2, 6)
    results = (
        ("{steps}", "the number of steps", "{steps} = 0", "{steps} += 1"),
        ("{total}", "the sum of the numbers reached", "{total} = 0", "{total} += {n}"),
        ("{path}", "the numbers reached", "{path} = []", "{path}.append({n})"),
        ("{top}", "the largest number", "{top} = {start}", "if {n} > {top}:\n    {top} = {n}"),
    )
    # A path that only falls has its largest number at its beginning.
    rising = 3 if "lowered" in words else 4
    result, purpose, begin, step = pick(rng, results[:rising])
    place = result.strip("{}")
    test = test.replace("!=", pick(rng, ("!=", ">")))
    divide, change = (
        in_full(rng, "{n} //= {k}"),
        change.replace("3 * {n}", "{n} * 3") if chance(rng) else change,
    )
    branch = (
        f"if {{n}} % {{k}} == 0:\n    {divide}\nelse:\n    {change}"
        if chance(rng)
        else f"if {{n}} % {{k}} != 0:\n    {change}\nelse:\n    {divide}"
    )
    source = fill(
        """
def {entry}({start}: int) -> {kind}:
    '''{purpose} on the way from `{start}` to {goal} if {words}

    {start}: a number above zero
    '''
    {n} = {start}
    {begin}
    while {test}:
        {branch}
        {step}
    return {result}
""",
        start=pick(rng, ("start_value", "number", "origin")),
        n=pick(rng, ("current", "n", "state", "value")),
        **{place: pick(rng, {
            "steps": ("steps", "rounds", "moves"),
            "top": ("top", "highest", "peak"),
            "total": ("total", "collected", "tally"),
            "path": ("path", "visited", "trail"),
        }[place])},
        kind="list" if place == "path" else "int",
        purpose=purpose,
        goal="1" if "1" in test else f"a number below {k}",
        begin=begin,
        test=test,
        branch=branch,
        step=step,
        result=result,
        k=k,
        words=words,
        entry=pick(rng, ("follow_rule", "walk_down", "trace_number", "number_path")),
    )  # fmt: skip
    program = read(source, title=pick(rng, ("number_walk", "path_finder", "step_rule")))
    return Exercise(program, lambda rng: (whole(rng, 1, 40),), ((1,), (7,), (12,)))


def congruential_terms(rng: Generator) -> Exercise:
    """Each term is (a x + c) mod m: the last term, all, or how many are of one kind."""
    modulus, a, c = 2 * whole(rng, 19, 99) + 1, whole(rng, 3, 30), whole(rng, 1, 40)
    half = modulus // 2
    test, kind = pick(
        rng,
        (
            ("{n} % 2 == 0", "even"),
            ("{n} % 2 == 1", "odd"),
            (f"{{n}} < {half}", f"below {half}"),
            (f"{{n}} > {half}", f"above {half}"),
        ),
    )
    outcome = pick(rng, ("last", "list", "count", "sum"))
    begin, step, purpose = {
        "last": ("", "", "the term that comes `{size}` places after `{start}`"),
        "list": ("{total} = []", "{total}.append({n})", "the first `{size}` terms after `{start}`"),
        "count": (
            "{total} = 0",
            f"if {test}:\n    {{total}} += 1",
            f"how many of the first `{{size}}` terms after `{{start}}` are {kind}",
        ),
        "sum": (
            "{total} = 0",
            f"if {test}:\n    {{total}} += {{n}}",
            f"the sum of those of the first `{{size}}` terms after `{{start}}` that are {kind}",
        ),
    }[outcome]
    whole_step = f"{{n}} = ({{n}} * {a} + {c}) % {modulus}"
    two_steps = f"{{n}} = {{n}} * {a} + {c}\n{{n}} %= {modulus}"
    source = fill(
        """
def {entry}({start}: int, {size}: int) -> {kind}:
    '''{purpose}, where each term is {a} times the last plus {c}, modulo {modulus}

    {start}: the term to begin with, not below zero
    {size}: how far to go
    '''
    {n} = {start}
    {begin}
    {loop}
    return {answer}
""",
        start=pick(rng, ("seed", "start_value", "first_term")),
        size=pick(rng, ("count", "size", "rounds", "steps")),
        n=pick(rng, ("term", "state", "current")),
        **(
            {}
            if outcome == "last"
            else {"total": pick(rng, ("terms", "result", "collected"))}
            if outcome == "list"
            else {"total": pick(rng, ("total", "tally", "found"))}
        ),
        loop=counted(rng, pick(rng, ("i", "turn", "place")), stop="{size}"),
        body="{move}\n{step}",
        move=pick(rng, (whole_step, two_steps)),
        step=step,
        begin=begin,
        purpose=purpose,
        modulus=modulus,
        a=a,
        c=c,
        kind="list" if outcome == "list" else "int",
        answer="{n}" if outcome == "last" else "{total}",
        entry=pick(rng, ("next_terms", "run_sequence", "sequence_terms", "number_stream")),
    )
    program = read(source, title=pick(rng, ("number_generator", "term_sequence", "number_ring")))
    return Exercise(program, lambda rng: (whole(rng, 0, modulus - 1), whole(rng, 1, 12)), ((1, 0),))


def paired_terms(rng: Generator) -> Exercise:
    """Terms made of the two before, by a loop: one term, all, their sum, or those below a limit."""
    first, second, k = whole(rng, 0, 3), whole(rng, 1, 5), whole(rng, 1, 3)
    edge = whole(rng, 3, 12)
    rule, wording = pick(
        rng,
        (
            (f"{{b}} + {k} * {{a}}" if k > 1 else "{a} + {b}",
             f"the term before plus {k} times the one before that" if k > 1
             else "the sum of the two terms before"),
            (f"{{a}} + {{b}} + {k}", f"the sum of the two terms before, plus {k}"),
        ),
    )  # fmt: skip
    outcome, purpose, begin, step = pick(
        rng,
        (
            ("{a}", "the term at place `{n}`, counted from 0,", "", ""),
            ("{out}", "the first `{n}` terms", "{out} = []", "{out}.append({a})"),
            ("{out}", "the sum of the first `{n}` terms", "{out} = 0", "{out} += {a}"),
            ("{out}", "the number of terms below `{n}`", "{out} = 0", "{out} += 1"),
            ("{out}", f"the sum of the terms above {edge} and below `{{n}}`", "{out} = 0",
             f"if {{a}} > {edge}:\n    {{out}} += {{a}}"),
        ),
    )  # fmt: skip
    below = "below" in purpose
    move = f"{{following}} = {rule}\n{{a}} = {{b}}\n{{b}} = {{following}}"
    a, b = pick(rng, (("a", "b"), ("first", "second"), ("current", "upcoming"), ("older", "newer")))
    counter = pick(rng, ("i", "turn", "spot"))
    names = {"out": "total" if "sum" in purpose else "count" if below else "result list"}
    source = fill(
        """
def {entry}({n}: int) -> {kind}:
    '''{purpose} of the sequence {first}, {second}, ... in which each further term is {wording}

    {n}: {meaning}
    '''
    {a} = {first}
    {b} = {second}
    {begin}
    {loop}
    return {outcome}
""",
        **(draw_names(rng, **names) if begin else {}),
        n=pick(rng, ("limit", "bound", "ceiling") if below else ("n", "size", "position")),
        a=a,
        b=b,
        following=pick(rng, ("following", "fresh", "added")),
        first=first,
        second=second,
        kind="list" if "append" in step else "int",
        purpose=purpose,
        meaning="where to stop" if below else "how many terms" if begin else "the place",
        wording=wording,
        begin=begin,
        loop="while {a} < {n}:\n    {body}" if below else counted(rng, counter, stop="{n}"),
        body=f"{step}\n{move}" if step else move,
        outcome=outcome,
        entry=pick(rng, ("series_terms", "walk_sequence", "collect_terms", "sequence_result")),
    )
    program = read(source, title=pick(rng, ("term_walk", "number_sequence", "paired_terms")))
    return Exercise(program, lambda rng: (whole(rng, 1, 150 if below else 14),), ((0,),))


TERMS = (
    ("{i}", "the integers"),
    ("{i} * {i}", "the squares of the integers"),
    ("{i} * {i} * {i}", "the cubes of the integers"),
    ("{i} * ({i} + 1)", "the products of each integer and the next, for the integers"),
)


def series_total(rng: Generator) -> Exercise:
    """Adds a simple term over a range: all, those of one remainder, or with changing signs."""
    term, of = pick(rng, TERMS)
    k = whole(rng, 2, 7)
    r = whole(rng, 0, k - 1)
    add = in_full(rng, f"{{total}} += {term}")
    take = f"{{total}} -= {term}"
    step, suffix = pick(
        rng,
        (
            (add, ""),
            (f"if {{i}} % {k} == {r}:\n    {add}",
             f" that leave {r} when divided by {k}" if r else f" that are divisible by {k}"),
            (f"if {{i}} % {k} != 0:\n    {add}", f" that are not divisible by {k}"),
            (f"if {{i}} % {k} == 0:\n    {take}\nelse:\n    {add}",
             f", where multiples of {k} are subtracted"),
        ),
    )  # fmt: skip
    from_one = chance(rng)
    low, high = pick(
        rng, (("low", "high"), ("first", "last"), ("start", "stop"), ("start", "goal"))
    )
    source = fill(
        """
def {entry}({parameters}) -> int:
    '''the sum of {of} from {first} to `{high}`{suffix}

    {meaning}
    {high}: where to stop
    '''
    {total} = 0
    {loop}
    return {total}
""",
        **draw_names(rng, total="total", i="index"),
        parameters="{high}: int" if from_one else "{low}: int, {high}: int",
        meaning="" if from_one else f"{low}: where to begin, not below zero",
        of=of,
        suffix=suffix,
        first="1" if from_one else "`{low}`",
        **({} if from_one else {"low": low}),
        high=pick(rng, ("limit", "n", "size")) if from_one else high,
        loop=counted(rng, "{i}", first="1" if from_one else "{low}", stop="{high} + 1"),
        body=step,
        entry=pick(rng, ("series_total", "sum_of_terms", "add_series", "sum_between")),
    )
    program = read(source, title=pick(rng, ("series_adder", "term_adder", "range_summer")))

    def draw(rng: Generator) -> tuple[int, ...]:
        begin = whole(rng, 1, 12)
        return (begin + 20,) if from_one else (begin, begin + whole(rng, 0, 15))

    def draw_one(rng: Generator) -> tuple[int, ...]:
        return (whole(rng, 1, 40),)

    return Exercise(program, draw_one if from_one else draw, ((0,),) if from_one else ((5, 4),))


ALGORITHMS = (
    Algorithm("halving_path", "sequences", 2, halving_path),
    Algorithm("congruential_terms", "sequences", 2, congruential_terms),
    Algorithm("paired_terms", "sequences", 2, paired_terms),
    Algorithm("series_total", "sequences", 1, series_total),
)
