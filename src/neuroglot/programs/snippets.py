"""Parallel snippets: what one statement of a program reads like in each language.

Takes drawn programs, gives plain rows for a parallel corpus: `id` (program and number of the
statement), `problem` (the family), one column per language. A snippet is one statement of a
function's body, blocks inside it included, cut out of the whole file: marks that stand between the
statements show where each language begins and ends it. Knows no writer.
"""

import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from neuroglot.programs.facts import PROCEDURAL
from neuroglot.programs.filling import margin_of
from neuroglot.programs.generation import Drawn
from neuroglot.programs.parallel import Item
from neuroglot.programs.tree import (
    Assign,
    Binary,
    Declare,
    Number,
    Program,
    Statement,
    Variable,
)
from neuroglot.programs.writing import writer

MARK = "mark_of_snippet"
"""A variable that no algorithm has: each mark is a change of it."""

BEGIN = 9_000_000
"""The numbers of marks begin here: no program has such constants."""

_NUMBER = re.compile(r"\b9\d{6}\b")

Snippets = dict[int, str]
"""The text of each statement of a program, by its number from 1, without outer indentation."""


def snippets(drawn: Iterable[Drawn], *, languages: Sequence[str]) -> Iterator[Item]:
    """The statements of each program in every language, in the procedural style.

    Left out: a statement that reads like an earlier one in every language, and one that some
    language does not write on lines of its own. Raises ConfigError for a language not written.
    """
    seen: set[tuple[str, ...]] = set()
    for each in drawn:
        texts = {language: cut(each.program, language) for language in languages}
        for number in sorted(set.intersection(*(set(found) for found in texts.values()))):
            columns = {language: found[number] for language, found in texts.items()}
            key = tuple(columns.values())
            if key not in seen:
                seen.add(key)
                problem = each.algorithm.family
                yield {"id": f"{each.name}.{number}", "problem": problem} | columns


def cut(program: Program, language: str) -> Snippets:
    """The statements of a program as one language writes them; none if marks would change them."""
    author = writer(language, PROCEDURAL)
    marked, plain = (
        author.code(each, style=PROCEDURAL, documented=False).split("\n")
        for each in (_marked(program), program)
    )
    # A mark may take an empty line with it, as one that follows a guard.
    if [line for line in marked if line and _mark(line) is None] != [
        line for line in plain if line
    ]:
        return {}
    found: Snippets = {}
    for place, line in enumerate(marked):
        number = _mark(line)
        if number:
            margin = len(margin_of(line))
            lines = "\n".join(_until_end(marked[place + 1 :], margin))
            found[number] = textwrap.dedent(lines).strip("\n")
    return found


def _until_end(lines: Sequence[str], margin: int) -> Iterator[str]:
    """The lines before the next mark and before the block ends."""
    for line in lines:
        is_outside = bool(line) and len(margin_of(line)) < margin
        if _mark(line) is not None or is_outside:
            return
        yield line


def _mark(line: str) -> int | None:
    """The number of the mark that a line is: 0 for the declaration of a function's marks."""
    match = _NUMBER.search(line)
    return int(match[0]) - BEGIN if match else None


def _marked(program: Program) -> Program:
    """The program with a mark before each statement of each function's body."""
    functions = []
    number = 0
    for function in program.functions:
        body: list[Statement] = [Declare(MARK, Number(BEGIN))]
        for statement in function.body:
            number += 1
            change = Binary("+", Variable(MARK), Number(BEGIN + number))
            body += [Assign(MARK, change), statement]
        functions.append(replace(function, body=tuple(body)))
    return Program(program.title, tuple(functions))
