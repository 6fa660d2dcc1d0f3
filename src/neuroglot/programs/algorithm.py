"""An algorithm: a function that draws a program and knows how to draw inputs for it.

How to add one, in the file of its family (`algorithms/lists.py` is the model):

1. Write `def name(rng) -> Exercise`. Draw every choice from `rng` with `choices` and `words`.
2. Write the program as a source in the small part of Python that `reading` knows, with places in
   braces, and `fill` them. A place alone on its line takes several lines. A docstring is the
   purpose, a phrase that follows "Return": "the sum of `{values}`", "whether ...", in which
   parameters stand in backticks; then an empty line and one line per parameter, "{values}: the
   numbers to add". Helpers stand above the entry, which is the last function.
3. `read(source, title=...)`; the title, two words, names the class in the object-oriented style.
   Let the first parameter be what a class would hold.
4. Give `Exercise(program, draw, corners)`: `draw(rng)` gives arguments that keep all integers
   within 2**31 - 1 and operands of `//` and `%` without sign; `corners` are always tested.
5. Add a line to ALGORITHMS. `level` is 1 for one loop or less, 2 for branches or loops in it, 3
   for more or for helpers; a program has 5 to 40 lines and no line above 80 columns.

Choices that make programs differ (relations, constants, loop forms, order of parts) count for more
than names: two programs that are alike up to names are one when splits are made.
"""

from collections.abc import Callable
from dataclasses import dataclass

from numpy.random import Generator

from neuroglot.programs.tree import Program, Value

Arguments = tuple[Value, ...]


@dataclass(frozen=True)
class Exercise:
    """One program, and arguments for its entry: some fixed, any number drawn."""

    program: Program
    draw: Callable[[Generator], Arguments]
    corners: tuple[Arguments, ...] = ()


@dataclass(frozen=True)
class Algorithm:
    """`name` is told from all others; `family` is its file; `level` is 1, 2 or 3."""

    name: str
    family: str
    level: int
    make: Callable[[Generator], Exercise]
