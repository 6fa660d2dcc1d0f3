"""Pairs of functions that do the same, and as many that look as alike and do not.

Takes drawn programs, gives functions (id, language, code) and pairs (id1, id2, label, type). Types:
1 other layout and comments, 2 other names, 3 other statements and names, 4 another language, style
or algorithm, and other names. Beside every pair of label 1 stands one of label 0: the same first
function, and one that gives other results, written by the same steps and chosen for its share of
common tokens. Results are the interpreter's, on the cases of both. Knows no writer.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from numpy.random import Generator

from neuroglot.base.digests import text_digest
from neuroglot.base.errors import ProgramError
from neuroglot.base.seeds import generator
from neuroglot.programs.choices import pick
from neuroglot.programs.disguises import disguised, relaid
from neuroglot.programs.facts import Style
from neuroglot.programs.generation import Drawn, written_in
from neuroglot.programs.interpreter import run
from neuroglot.programs.layout import prose
from neuroglot.programs.mutations import STEPS, mutants
from neuroglot.programs.restructuring import restructured
from neuroglot.programs.tree import Program
from neuroglot.programs.writing import writer

TYPES = (1, 2, 3, 4)

NEIGHBOURS, MUTANTS = 24, 8
"""How many other programs, and how many mutants, the second of a pair of label 0 is chosen from."""

CLOSE = 0.06
"""Another program is taken before a mutant if its share is within this of what is wanted."""

Place = tuple[str, Style]


@dataclass(frozen=True)
class Clones:
    """functions: rows of id, language, code. pairs: rows of id1, id2, label (0, 1), type (1-4).

    An id begins with the name of the program whose pairs the function was made for. The type of a
    pair of label 0 is that of the pair which it stands beside.
    """

    functions: tuple[dict[str, str], ...]
    pairs: tuple[dict[str, str | int], ...]


def clones(
    drawn: Sequence[Drawn], *, languages: Sequence[str] | None = None, seed: int = 0
) -> Clones:
    """For each program at most one pair of each type, and its counterpart of label 0.

    A type is left out where a program has no such form or there is no counterpart. Raises
    ConfigError for a language that is not written.
    """
    places = written_in(languages)
    functions: dict[str, dict[str, str]] = {}
    pairs: list[dict[str, str | int]] = []

    def noted(name: str, language: str, code: str) -> str:
        id = f"{name}.{language}.{text_digest(code)[:8]}"
        functions[id] = {"id": id, "language": language, "code": code}
        return id

    for each in drawn:
        for found in _pairs(each, drawn, places, seed):
            first = noted(each.name, found.places[0][0], found.first)
            for label, code in ((1, found.clone), (0, found.stranger)):
                second = noted(each.name, found.places[1][0], code)
                pairs.append({"id1": first, "id2": second, "label": label, "type": found.type})
    return Clones(tuple(functions.values()), tuple(pairs))


def overlap(first: str, second: str) -> float:
    """Tokens that two texts share, as a share of all: 1 for the same as often, 0 for none."""
    one, other = (Counter(re.findall(r"\w+|[^\w\s]", text)) for text in (first, second))
    return (one & other).total() / max(1, (one | other).total())


@dataclass(frozen=True)
class _Found:
    type: int
    places: tuple[Place, Place]
    first: str
    clone: str
    stranger: str


@dataclass(frozen=True)
class _Steps:
    """How the second function of a pair is written; what is by chance is the same every time."""

    type: int
    place: Place
    purpose: tuple[int, str]

    def code(self, program: Program) -> str | None:
        """A program written by these steps; None where it has no other statements."""
        seed, name = self.purpose
        if self.type == 1:
            text = _code(program, self.place, documented=True)
            return relaid(text, generator(seed, "layout", name))
        if self.type == 3:
            changed = restructured(program, generator(seed, "statements", name))
            if changed is None:
                return None
            program = changed
        return _code(disguised(program, generator(seed, "names", name, self.type)), self.place)


def _pairs(
    each: Drawn, drawn: Sequence[Drawn], places: Sequence[Place], seed: int
) -> Iterator[_Found]:
    others = tuple(islice(_others(each, drawn), NEIGHBOURS))
    for kind in TYPES:
        rng = generator(seed, "pair", each.name, kind)
        here = pick(rng, places)
        source, there = each, here
        if kind == 4:
            forms = _forms(each, here, drawn=drawn, places=places)
            if not forms:
                continue
            source, there = pick(rng, pick(rng, forms))
        steps = _Steps(kind, there, (seed, each.name))
        first, clone = _code(each.program, here), steps.code(source.program)
        if clone is None:
            continue
        stranger = _stranger(first, clone, steps=steps, source=source, others=others, rng=rng)
        if stranger is not None:
            yield _Found(kind, (here, there), first, clone, stranger)


def _forms(
    each: Drawn, here: Place, *, drawn: Sequence[Drawn], places: Sequence[Place]
) -> list[list[tuple[Drawn, Place]]]:
    """Other forms of a program by kind: elsewhere, or by another algorithm. No kind is empty."""
    elsewhere = [(each, place) for place in places if place != here]
    twins = [(other, here) for other in drawn if _is_twin(each, other)]
    return [forms for forms in (elsewhere, twins) if forms]


def _stranger(
    first: str,
    clone: str,
    *,
    steps: _Steps,
    source: Drawn,
    others: Sequence[Drawn],
    rng: Generator,
) -> str | None:
    """The code of what does something else, and shares about as much with the first as the clone.

    source: the program that the clone was made from.
    """
    wanted = overlap(first, clone)

    def distance(code: str) -> float:
        return abs(overlap(first, code) - wanted)

    def nearest(programs: Sequence[Program]) -> str | None:
        codes = [code for code in map(steps.code, programs) if code is not None]
        return min(codes, key=distance, default=None)

    other = nearest([each.program for each in others])
    if other is not None and distance(other) <= CLOSE:
        return other
    changed = _mutants(source)
    order = rng.permutation(len(changed))[:MUTANTS]
    mutant = nearest([changed[place] for place in order])
    return min((code for code in (mutant, other) if code), key=distance, default=None)


@lru_cache(maxsize=4)
def _mutants(drawn: Drawn) -> tuple[Program, ...]:
    """Kept for the types of one program: finding them takes hundreds of runs."""
    return tuple(mutants(drawn.program, drawn.cases))


def _others(each: Drawn, drawn: Sequence[Drawn]) -> Iterator[Drawn]:
    """Programs that give other results: of the same algorithm first, then of the same family."""

    def strangeness(other: Drawn) -> tuple[bool, bool]:
        return other.algorithm != each.algorithm, other.algorithm.family != each.algorithm.family

    for other in sorted(drawn, key=strangeness):
        if other is not each and (_types(other) != _types(each) or not all(_compared(each, other))):
            yield other


def _is_twin(each: Drawn, other: Drawn) -> bool:
    """Whether another program of the algorithm has the same task and gives the same results."""
    if other is each or other.algorithm != each.algorithm or _task(other) != _task(each):
        return False
    compared = list(_compared(each, other))
    return len(compared) == len(each.cases) + len(other.cases) and all(compared)


def _compared(each: Drawn, other: Drawn) -> Iterator[bool]:
    """For the cases of both: whether the results are the same. Runs out of bounds are left out."""
    for program, cases in ((each.program, other.cases), (other.program, each.cases)):
        for case in cases:
            try:
                yield run(program, case.arguments, steps=STEPS) == case.expected
            except ProgramError:
                continue


def _types(drawn: Drawn) -> tuple[str, ...]:
    entry = drawn.program.entry
    return (entry.returns, *(parameter.type for parameter in entry.parameters))


def _task(drawn: Drawn) -> tuple[str, ...]:
    """Types, and what is returned, with parameters told by their places."""
    entry = drawn.program.entry
    places = {parameter.name: str(n) for n, parameter in enumerate(entry.parameters)}
    return (*_types(drawn), prose(entry.purpose, lambda name: f"`{places.get(name, name)}`"))


def _code(program: Program, place: Place, *, documented: bool = False) -> str:
    language, style = place
    return writer(language, style).code(program, style=style, documented=documented)
