"""What programs of a few families are said to do, computed anew from the English alone."""

import re
from collections import Counter
from itertools import combinations, pairwise

import pytest

from neuroglot.base.seeds import generator
from neuroglot.programs.catalogue import ALGORITHMS
from neuroglot.programs.interpreter import run
from neuroglot.programs.layout import prose

FAMILIES = ("lists", "sorting", "ordering", "pairs", "repeats", "scans", "windows")
LEAST = 250
"""Programs of these families whose English is understood here, of 40 draws of each algorithm."""

ABOVE = {
    "is equal to": lambda a, b: a == b,
    "is above": lambda a, b: a > b,
    "is below": lambda a, b: a < b,
    "is at least": lambda a, b: a >= b,
    "is at most": lambda a, b: a <= b,
}
EXTREME = {"largest": max, "smallest": min}
SIDE = {
    "greater than": lambda a, b: a > b,
    "less than": lambda a, b: a < b,
    "no less than": lambda a, b: a >= b,
    "no greater than": lambda a, b: a <= b,
}


def in_order(said, values):
    return tuple(sorted(values, reverse=said["order"] == "descending"))


def by_remainder(said, values):
    sign = -1 if said["order"] == "descending" else 1
    return tuple(sorted(values, key=lambda value: sign * (value % int(said["k"]))))


def once_each(said, values):
    return in_order(said, set(values))


def merged(said, first, second):
    return in_order(said, set(first + second) if said["once"] else first + second)


def pairs_of(said, values, target):
    results = ((a + b if said["of"] == "sum" else a * b) for a, b in combinations(values, 2))
    found = [ABOVE[said["side"]](result, target) for result in results]
    return any(found) if said["what"].startswith("whether") else sum(found)


def first_repeat(said, values):
    places = [place for place, value in enumerate(values) if value in values[:place]]
    if said["what"] == "whether any":
        return bool(places)
    found = (
        places[:1] if said["what"] == "the first index whose" else [values[p] for p in places[:1]]
    )
    return found[0] if found else -1


def most_common(said, values):
    counts = Counter(values)
    wanted = (max if said["how"] == "most" else min)(counts.values(), default=0)
    fit = [value for value in values if counts[value] == wanted]
    return (fit[0] if said["which"] == "first" else fit[-1]) if fit else -1


def so_far(said, values):
    parts = (
        values[: place + 1] if said["end"] == "up to it" else values[place:]
        for place in range(len(values))
    )
    return tuple(EXTREME[said["of"]](part) for part in parts)


def leaders(said, values):
    def leads(place):
        others = values[:place] if said["end"] == "before" else values[place + 1 :]
        return all(SIDE[said["side"]](values[place], other) for other in others)

    return sum(map(leads, range(len(values))))


def totals(said, values):
    sums = [
        sum(values[: place + (said["own"] == "up to and with it")]) for place in range(len(values))
    ]
    return tuple(total % int(said["m"]) if said["m"] else total for total in sums)


def around(said, values):
    reach = {"one": 1, "two": 2}[said["n"]]
    parts = (values[max(0, p - reach) : p + reach + 1] for p in range(len(values)))
    find = {**EXTREME, "sum": sum, "rounded down mean": lambda part: sum(part) // len(part)}
    return tuple(find[said["of"]](part) for part in parts)


def always(said, values):
    return all((b > a) if said["how"] == "rise" else (b < a) for a, b in pairwise(values))


ORACLES = [
    (r"the \w+ in (?P<order>\w+) order", in_order),
    (r"the \w+ in (?P<order>\w+) order of remainders when divided by (?P<k>\d+), equal ones in "
     r"their old order", by_remainder),
    (r"the different \w+ in (?P<order>\w+) order", once_each),
    (r"the integers of `0` and `1` together in (?P<order>\w+) order(?P<once>, each once)?",
     merged),
    (r"(?P<what>the number of pairs of \w+|whether there are two \w+) whose (?P<of>sum|product) "
     r"(?P<side>is [a-z ]+?) `1`", pairs_of),
    (r"(?P<what>the first index whose|the first|whether any) \w+ "
     r"(?:that has stood|has stood|stands) in `0` (?:before, or -1|more than once)", first_repeat),
    (r"the \w+ that stands (?P<how>most|least) often in `0`, the (?P<which>\w+) one if there are "
     r"several, or -1 if the list is empty", most_common),
    (r"for each of the \w+ the (?P<of>largest|smallest) one (?P<end>up to it|from it on)", so_far),
    (r"the number of \w+ that are (?P<side>(?:no )?(?:greater|less) than) all "
     r"(?P<end>before|after) them", leaders),
    (r"for each \w+ the sum of the \w+ (?P<own>up to and with it|before it)"
     r"(?:, modulo (?P<m>\d+))?", totals),
    (r"for each of the \w+ the (?P<of>largest|smallest|sum|rounded down mean) of itself and up to "
     r"(?P<n>one|two) on either side", around),
    (r"whether the \w+ always (?P<how>rise|fall)", always),
]  # fmt: skip


def understood(exercise):
    """The oracle of what an exercise is said to do; None for what is not understood here."""
    entry = exercise.program.entry
    places = {parameter.name: str(n) for n, parameter in enumerate(entry.parameters)}
    text = prose(entry.purpose, lambda name: f"`{places.get(name, name)}`")
    for pattern, oracle in ORACLES:
        said = re.fullmatch(pattern, text)
        if said:
            return lambda *arguments: oracle(said, *arguments)
    return None


@pytest.mark.slow
def test_programs_do_what_their_english_says():
    checked, met = 0, set()
    for algorithm in ALGORITHMS:
        if algorithm.family not in FAMILIES:
            continue
        for seed in range(40):
            exercise = algorithm.make(generator(seed, algorithm.name))
            oracle = understood(exercise)
            if oracle is None:
                continue
            checked += 1
            met.add(algorithm.name)
            rng = generator(seed, "inputs")
            for given in [*exercise.corners, *(exercise.draw(rng) for _ in range(12))]:
                found = run(exercise.program, given)
                assert found == oracle(*given), (algorithm.name, seed, given)
    assert checked >= LEAST
    assert len(met) >= 12
