"""Programs by the number: drawn from a seed, no two the same, each in every language and style.

Takes a count and a choice of algorithms, gives `Drawn` programs: the n-th of a seed is the same
whatever languages are asked for and however many follow. `rows` writes them; `generate` does both.
A family is in one split alone. Knows no writer and no file.
"""

import re
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import count as count_up
from itertools import islice
from typing import TypeVar

from neuroglot.base.errors import ConfigError, ProgramError
from neuroglot.base.languages import language_id
from neuroglot.base.seeds import generator
from neuroglot.programs.algorithm import Algorithm, Exercise
from neuroglot.programs.cases import draw_cases
from neuroglot.programs.catalogue import find, select, split_of
from neuroglot.programs.descriptions import specification, summary
from neuroglot.programs.facts import Style
from neuroglot.programs.layout import Case, camel, mentions, pascal
from neuroglot.programs.normalisation import digest
from neuroglot.programs.tree import Program
from neuroglot.programs.writing import STYLES, writer

TOKEN = "NEUROGLOT-TOKEN"
"""What stands in `tests` where the token goes that a right program prints: replace it before each
run by a word that the program cannot know."""

Given = TypeVar("Given")
TRIES = 80
"""Draws of an algorithm in a row that give nothing new: then it is taken to have no more."""


@dataclass(frozen=True)
class Drawn:
    """A program before it is written: `name` says all that it was drawn from."""

    algorithm: Algorithm
    seed: int
    number: int
    exercise: Exercise
    cases: tuple[Case, ...]
    description: str
    signature: str

    @property
    def name(self) -> str:
        """`algorithm-seed-number`."""
        return f"{self.algorithm.name}-{self.seed}-{self.number}"

    @property
    def program(self) -> Program:
        """The tree."""
        return self.exercise.program


@dataclass(frozen=True)
class Text:
    """A program and what it does, in one sentence: all that needs no test."""

    algorithm: Algorithm
    program: Program
    description: str


@dataclass(frozen=True)
class Row:
    """One program in one language and style.

    id: `program.language.style`. program: the same in every language and style. split: "train" or
    "held_out". entry: the function's name as the language spells it. code: the program alone.
    tests: a whole file that prints TOKEN on a line of its own if every result is right.
    description: one sentence. signature: a line that gives the entry in no language, and below it
    its specification.
    """

    id: str
    program: str
    family: str
    algorithm: str
    level: int
    seed: int
    split: str
    language: str
    style: str
    entry: str
    code: str
    tests: str
    description: str
    signature: str


def generate(
    count: int,
    *,
    languages: Collection[str] | None = None,
    styles: Collection[str] | None = None,
    levels: Collection[int] | None = None,
    algorithms: Collection[str] | None = None,
    seed: int = 0,
    documented: bool = False,
) -> Iterator[Row]:
    """So many programs, balanced over the algorithms, in every language and style asked for.

    languages: ids, all that are written where None; styles, levels, algorithms: likewise all.
    documented: whether `code` has comments. Raises ConfigError, before the first row, for a count
    below 1 and for a language, style, level or algorithm that there is not; and when the algorithms
    have no more different programs.
    """
    written = written_in(languages, styles)
    drawn = draw_programs(count, levels=levels, algorithms=algorithms, seed=seed)
    return (row for each in drawn for row in rows(each, written, documented=documented))


def written_in(
    languages: Collection[str] | None = None, styles: Collection[str] | None = None
) -> tuple[tuple[str, Style], ...]:
    """Each language with each of its styles that was asked for; None asks for all.

    Raises ConfigError for a language or a style that is not written, or where nothing is left.
    """
    known = tuple(dict.fromkeys(style for each in STYLES.values() for style in each))
    for style in styles or ():
        if style not in known:
            raise ConfigError(f"unknown style {style!r}: known are {', '.join(known)}")
    pairs: list[tuple[str, Style]] = []
    for language in STYLES if languages is None else dict.fromkeys(languages):
        id = language_id(language) or language
        fitting = [style for style in STYLES.get(id, ()) if styles is None or style in styles]
        if not fitting and languages is not None:
            writer(id, next(style for style in known if styles is None or style in styles))
        pairs += [(id, style) for style in fitting]
    if not pairs:
        raise ConfigError("no language is given: name one, or leave out the choice for all")
    return tuple(pairs)


def draw_programs(
    count: int,
    *,
    levels: Collection[int] | None = None,
    algorithms: Collection[str] | None = None,
    seed: int = 0,
) -> Iterator[Drawn]:
    """So many different programs, the algorithms in turn. Raises ConfigError as `generate` does."""
    if count < 1:
        raise ConfigError(f"count is {count}: give a number of programs, 1 or more")
    return _in_turn(count, select(levels=levels, algorithms=algorithms), _checked(seed))


def _checked(seed: int) -> int:
    if seed < 0:
        raise ConfigError(f"seed is {seed}: give 0 or more")
    return seed


def draw_texts(*, algorithms: Collection[str] | None = None, seed: int = 0) -> Iterator[Text]:
    """Different programs without their tests, the algorithms in turn, until there are no more.

    Some of them have no tests that could tell right from wrong, which `draw_programs` leaves out.
    """
    chosen, seen = select(algorithms=algorithms), set[str]()

    def texts(algorithm: Algorithm) -> Iterator[Text]:
        for number, exercise in _different(algorithm, seed, seen):
            rng = generator(seed, "wording", algorithm.name, number)
            yield Text(algorithm, exercise.program, summary(exercise.program, rng))

    yield from _turns(chosen, texts, _checked(seed))


def _in_turn(count: int, chosen: Sequence[Algorithm], seed: int) -> Iterator[Drawn]:
    seen: set[str] = set()

    def complete(algorithm: Algorithm) -> Iterator[Drawn]:
        for number, exercise in _different(algorithm, seed, seen):
            # Inputs that cannot tell right from wrong: another is drawn.
            with suppress(ProgramError):
                yield _complete(algorithm, seed, number, exercise)

    missing = count
    for drawn in islice(_turns(chosen, complete, seed), count):
        yield drawn
        missing -= 1
    if missing:
        raise ConfigError(
            f"count is {count}, but only {count - missing} different programs were found: "
            "ask for fewer, or for more levels and algorithms"
        )


def _turns(
    chosen: Sequence[Algorithm], source: Callable[[Algorithm], Iterator[Given]], seed: int
) -> Iterator[Given]:
    """What algorithms give, each in its turn, those left out that have no more."""
    order = generator(seed, "order of algorithms").permutation(len(chosen))
    turns = deque(source(chosen[place]) for place in order)
    while turns:
        own = turns.popleft()
        for given in islice(own, 1):
            yield given
            turns.append(own)


def _different(algorithm: Algorithm, seed: int, seen: set[str]) -> Iterator[tuple[int, Exercise]]:
    """Programs of one algorithm that are not in `seen`, which they join, by their numbers."""
    misses = 0
    for number in count_up():
        exercise = _exercise(algorithm, seed, number)
        key = digest(exercise.program)
        misses = misses + 1 if key in seen else 0
        if misses == TRIES:
            return
        if not misses:
            seen.add(key)
            yield number, exercise


def draw(algorithm: Algorithm, *, seed: int, number: int) -> Drawn:
    """The program of an algorithm, a seed and a number."""
    return _complete(algorithm, seed, number, _exercise(algorithm, seed, number))


def _exercise(algorithm: Algorithm, seed: int, number: int) -> Exercise:
    return algorithm.make(generator(seed, "program", algorithm.name, number))


def _complete(algorithm: Algorithm, seed: int, number: int, exercise: Exercise) -> Drawn:
    rng = generator(seed, "tests and wording", algorithm.name, number)
    return Drawn(
        algorithm,
        seed,
        number,
        exercise,
        cases=draw_cases(exercise, rng),
        description=summary(exercise.program, rng),
        signature=specification(exercise.program, rng),
    )


def named(name: str, *, seed: int = 0) -> Drawn:
    """The program of a name as it stands in a table; of an algorithm's name, the seed's first.

    Raises ConfigError for what is no name.
    """
    match = re.fullmatch(r"(\w+)-(\d{1,9})-(\d{1,9})", name, re.ASCII)
    if match is None:
        return draw(find(name), seed=_checked(seed), number=0)
    return draw(find(match[1]), seed=int(match[2]), number=int(match[3]))


def rows(
    drawn: Drawn, written: Iterable[tuple[str, Style]], *, documented: bool = False
) -> Iterator[Row]:
    """The program's row for each language and style."""
    program, algorithm = drawn.program, drawn.algorithm
    for language, style in written:
        author = writer(language, style)
        code = author.code(program, style=style, documented=documented)
        yield Row(
            id=f"{drawn.name}.{language}.{style}",
            program=drawn.name,
            family=algorithm.family,
            algorithm=algorithm.name,
            level=algorithm.level,
            seed=drawn.seed,
            split=split_of(algorithm),
            language=language,
            style=style,
            entry=spelled(program.entry.name, code),
            code=code,
            tests=author.executable(program, style=style, cases=drawn.cases, token=TOKEN),
            description=drawn.description,
            signature=drawn.signature,
        )


def spelled(name: str, code: str) -> str:
    """How a language spells a function's name: it stands in the code in one of these ways."""
    lines = code.split("\n")
    # Ruby asks: `is_sorted` is `sorted?`, and without its mark it would be another name.
    questions = (f"{name[start:]}?" for start in (0, name.find("_") + 1))
    known = (*questions, name, camel(name), pascal(name))
    return next(each for each in known if mentions(lines, each))
