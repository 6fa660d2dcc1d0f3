"""Recursion: functions that call themselves on something smaller."""

from numpy.random import Generator

from neuroglot.programs.algorithm import Algorithm, Exercise
from neuroglot.programs.choices import chance, numbers, pick, whole
from neuroglot.programs.filling import fill
from neuroglot.programs.reading import read
from neuroglot.programs.words import draw_names


def linear_recurrence(rng: Generator) -> Exercise:
    """f(n) = a f(n - 1) + b f(n - 2) with two first values."""
    first, second = whole(rng, 0, 4), whole(rng, 1, 6)
    a, b = whole(rng, 1, 3), whole(rng, 1, 2)
    times_a = f"{a} * " if a > 1 else ""
    times_b = f"{b} * " if b > 1 else ""
    n = pick(rng, ("n", "index", "position", "place"))
    source = fill(
        """
def {entry}({n}: int) -> int:
    '''the term at place `{n}` of the sequence {first}, {second}, ... in which each term is {rule}

    {n}: the place, counted from 0
    '''
    if {n} == 0:
        return {first}
    if {n} == 1:
        return {second}
    return {times_a}{entry}({n} - 1) + {times_b}{entry}({n} - 2)
""",
        n=n if n != "index" else "place",
        first=first,
        second=second,
        times_a=times_a,
        times_b=times_b,
        rule=f"{times_a.replace('*', 'times')}the term before"
        f" plus {times_b.replace('*', 'times')}the one before that",
        entry=pick(rng, ("sequence_term", "term_at", "recurrent_value")),
    )
    program = read(source, title=pick(rng, ("number_sequence", "recurrence_rule")))
    return Exercise(program, lambda rng: (whole(rng, 2, 11),), ((0,), (1,)))


def search_halves(rng: Generator) -> Exercise:
    """Binary search by recursion; the entry hands over the whole range."""
    names = draw_names(rng, values="list", target="target")
    low, high = pick(rng, (("low", "high"), ("first", "last"), ("start", "stop")))
    down = chance(rng)
    source = fill(
        """
def {helper}({values}: list, {target}: int, {low}: int, {high}: int) -> int:
    '''the index of `{target}` between `{low}` and `{high}`, or -1'''
    if {low} > {high}:
        return -1
    {middle} = ({low} + {high}) // 2
    if {values}[{middle}] == {target}:
        return {middle}
    if {values}[{middle}] {relation} {target}:
        return {helper}({values}, {target}, {middle} + 1, {high})
    return {helper}({values}, {target}, {low}, {middle} - 1)

def {entry}({values}: list, {target}: int) -> int:
    '''the index of `{target}` in the {order} `{values}`, or -1 if it is not there

    {values}: different integers in {order} order
    {target}: the integer to look for
    '''
    return {helper}({values}, {target}, 0, len({values}) - 1)
""",
        **names,
        low=low,
        high=high,
        middle=pick(rng, ("middle", "centre", "half")),
        relation=">" if down else "<",
        order="descending" if down else "ascending",
        helper=pick(rng, ("search_between", "search_part", "find_between")),
        entry=pick(rng, ("find_index", "search_sorted", "index_of_target")),
    )
    program = read(source, title=pick(rng, ("sorted_search", "index_finder")))

    def draw(rng: Generator) -> tuple[tuple[int, ...], int]:
        values = sorted(set(numbers(rng, length=(1, 10))), reverse=down)
        return tuple(values), pick(rng, [*values, whole(rng, -20, 20)])

    return Exercise(program, draw, (((), 3),))


ALGORITHMS = (
    Algorithm("linear_recurrence", "recursion", 1, linear_recurrence),
    Algorithm("search_halves", "recursion", 3, search_halves),
)
