"""The bracket prompts that the reference model is judged on: closed calls x missing closers.

One template and number give a prompt for each count of closed calls (0 to 3) and of missing closers
(1 to 4), all of the same length in tokens: what a cell has less of, plain operands make up for. No
bracket stands next to the place where the closers go. They stay as they are, since the figures of
the reference model rest on them; those of the study are in `text/bracket_crossing.py`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from neuroglot.base.errors import ConfigError
from neuroglot.base.seeds import generator
from neuroglot.base.tokenizer import Tokenizer
from neuroglot.text.bracket_prompts import BracketPrompt
from neuroglot.text.levelling import drawn_fillers, reachable

CLOSED_COUNTS = (0, 1, 2, 3)
MISSING_COUNTS = (1, 2, 3, 4)

_SPLITS = ("train", "test", "dev", "train", "test", "dev", "train", "test")
_FILLERS = {
    "number": ("7", "42", "-7", "3.5", "365", "-42"),
    "name": ("n", "total", "-n", "row_size", "n2", "-total"),
    "dollar": ("$n", "$total", "-$n", "7", "$row_size", "42"),
}
_ARGUMENTS = {
    "number": ("12", "5", "80", "36", "9"),
    "name": ("n", "total", "count", "left", "size"),
    "dollar": ("$n", "$total", "$count", "$left", "$size"),
    "decimal": ("2.5", "0.75", "8.25", "1.5", "3.75"),
    "pair": ("3, 8", "n, 4", "2, 16", "9, n", "1, 30"),
    "index": ("xs[3]", "rows[0]", "xs[12]", "rows[n]", "xs[5]"),
}
_PLUS = " + "
_ATTEMPTS = 64
_LONGEST_SLACK = 40


@dataclass(frozen=True)
class Template:
    """One way to write an unfinished call.

    before: the lines above and the line's beginning. outer: opens the first bracket. wrappers: what
    opens one more each, from the outside in. call: the function of the closed calls. argument:
    what stands in them; filler: what makes up for them (kinds of operands).
    """

    id: str
    language: str
    before: str
    outer: str
    wrappers: tuple[str, str, str]
    call: str
    argument: str = "number"
    filler: str = "number"


def _rows(language: str, *rows: tuple[str, ...]) -> tuple[Template, ...]:
    return tuple(
        Template(
            f"{language}-{number}",
            language,
            before,
            outer,
            (first, second, third),
            call,
            argument,
            filler,
        )
        for number, (before, outer, first, second, third, call, argument, filler) in enumerate(
            rows, start=1
        )
    )


# fmt: off
TEMPLATES: tuple[Template, ...] = (
    *_rows(
        "python",
        ("# print the value\n", "print(", "str(", "abs(", "round(", "int", "number", "number"),
        ("# keep the largest\n", "best = max(", "abs(", "int(", "hash(", "len", "name", "name"),
        ("total = 0\n", "values.append(", "float(", "abs(", "int(", "ord", "index", "name"),
        ("# scale the row\n", "width = scale(", "clamp(", "shift(", "norm(", "area", "pair",
         "name"),
        ("import math\n", "print(", "math.floor(", "math.sqrt(", "abs(", "math.exp", "decimal",
         "number"),
    ),
    *_rows(
        "ruby",
        ("# print the value\n", "puts(", "format_row(", "Integer(", "scale(", "area", "number",
         "number"),
        ("total = 0\n", "rows.push(", "clamp(", "shift(", "Float(", "size_of", "pair", "name"),
    ),
    *_rows(
        "kotlin",
        ("// print the value\n", "println(", "listOf(", "abs(", "round(", "sqrt", "decimal",
         "number"),
        ("var total = 0\n", "check(", "scale(", "maxOf(", "clampTo(", "rowSize", "name", "name"),
    ),
    *_rows(
        "go",
        ("// print the value\n", "fmt.Println(", "float64(", "int64(", "scale(", "int", "number",
         "number"),
        ("total := 0\n", "rows = append(rows, ", "clamp(", "abs(", "shift(", "area", "pair",
         "name"),
        ("var best int\n", "best = pick(", "math.Sqrt(", "float64(", "abs(", "len", "name", "name"),
    ),
    *_rows(
        "javascript",
        ("// stop at the limit\n", "while (limit < ", "Math.abs(", "Number(", "Math.round(",
         "parseInt", "number", "number"),
        ("let total = 0\n", "if (total > ", "scale(", "clampRow(", "shift(", "rowSize", "name",
         "name"),
        ("// compare the rows\n", "if (even === ", "sum(", "Math.floor(", "area(", "Math.max",
         "pair",
         "name"),
    ),
    *_rows(
        "typescript",
        ("let total: number = 0\n", "while (total < ", "Number(", "Math.abs(", "scale(",
         "Math.sqrt", "decimal", "number"),
        ("// check the row\n", "if (fitting < ", "clamp(", "rowSize(", "shift(", "count", "index",
         "name"),
    ),
    *_rows(
        "java",
        ("// stop at the limit\n", "while (limit < ", "Math.abs(", "Math.round(", "scale(",
         "Math.floor", "decimal", "number"),
        ("int total = 0;\n", "if (prime == ", "clamp(", "sumOf(", "shift(", "rowSize", "name",
         "name"),
        ("// compare the rows\n", "if (total > ", "area(", "Math.abs(", "count(", "Math.max",
         "pair",
         "name"),
    ),
    *_rows(
        "c",
        ("/* stop at the limit */\n", "while (limit < ", "abs(", "scale(", "shift(", "labs",
         "number", "number"),
        ("int total = 0;\n", "if (even == ", "clamp_row(", "abs(", "row_size(", "area", "pair",
         "name"),
        ("/* skip the gap */\n", "if (total > ", "floor(", "sqrt(", "fabs(", "exp", "decimal",
         "number"),
    ),
    *_rows(
        "cpp",
        ("// stop at the limit\n", "while (limit < ", "std::abs(", "scale(", "clamp(", "area",
         "number", "number"),
        ("int total = 0;\n", "if (fitting > ", "row_size(", "shift(", "std::floor(", "count",
         "index",
         "name"),
    ),
    *_rows(
        "csharp",
        ("// stop at the limit\n", "while (limit < ", "Math.Abs(", "Scale(", "Math.Floor(",
         "Math.Sqrt", "decimal", "number"),
        ("int total = 0;\n", "if (even != ", "Clamp(", "RowSize(", "Shift(", "Area", "pair",
         "name"),
    ),
    *_rows(
        "php",
        ("// stop at the limit\n", "while ($limit < ", "abs(", "intval(", "round(", "sqrt",
         "number",
         "number"),
        ("$total = 0;\n", "if ($even == ", "clamp_row(", "abs(", "scale(", "row_size", "dollar",
         "dollar"),
    ),
    *_rows(
        "rust",
        ("// stop at the limit\n", "while limit < scale(", "i64::abs(", "clamp(", "shift(", "area",
         "number", "number"),
        ("let mut total = 0;\n", "if is_even(", "clamp_row(", "row_size(", "i64::from(", "count",
         "name", "name"),
        ("// compare the rows\n", "if fits(", "shift(", "f64::sqrt(", "f64::floor(", "f64::exp",
         "decimal", "number"),
    ),
)
# fmt: on
"""Thirty-two ways to write it, in twelve languages. Where a statement would end in a semicolon, the
call stands in the head of a loop or a branch: closers and semicolon may be one token."""


def reference_brackets(
    tokenizer: Tokenizer,
    *,
    templates: Sequence[Template] = TEMPLATES,
    numbers: int = 3,
    seed: int = 0,
) -> tuple[BracketPrompt, ...]:
    """A prompt for each template, number, count of closed calls and count of missing closers.

    All prompts of one template and number have the same `length`. Whole templates belong to a
    split. Counts whose closers are not one token of the tokenizer after the text are left out.
    numbers: how many last operands a template gets, drawn by the seed.
    Raises ConfigError for numbers out of range and for a tokenizer that no operands bring to one
    length.
    """
    if not 1 <= numbers <= 900:
        raise ConfigError(f"{numbers} numbers per template: give 1 to 900")
    return tuple(
        prompt
        for place, template in enumerate(templates)
        for number in _numbers(template, numbers, seed)
        for prompt in _crossed(template, number, _SPLITS[place % len(_SPLITS)], tokenizer, seed)
    )


def _numbers(template: Template, n: int, seed: int) -> list[int]:
    drawn = generator(seed, "bracket numbers", template.id).choice(900, size=n, replace=False)
    return [100 + int(number) for number in drawn]


def _crossed(
    template: Template, number: int, split: str, tokenizer: Tokenizer, seed: int
) -> Iterator[BracketPrompt]:
    """All cells of one template and number, brought to one length."""
    cells = list(product(CLOSED_COUNTS, MISSING_COUNTS))
    ruler = _Ruler(template, number, tokenizer)
    bare = {cell: ruler.length(ruler.text(cell, ())) for cell in cells}
    worth = ruler.worth()
    goal = _common_length(list(bare.values()), set(worth.values()))
    if goal is None:
        raise ConfigError(f"template {template.id!r} has no common length in this tokenizer")
    for closed, missing in cells:
        draw = generator(seed, "bracket fillers", template.id, number, closed, missing)
        text = _levelled(ruler, (closed, missing), goal, worth, draw)
        if ruler.length(text + ")" * missing) == goal + 1 and ruler.starts(text, missing):
            yield BracketPrompt(
                text, template.id, template.language, missing, closed, number, split, goal
            )


@dataclass(frozen=True)
class _Ruler:
    """Writes the cells of one template and number, and measures them in tokens."""

    template: Template
    number: int
    tokenizer: Tokenizer

    def length(self, text: str) -> int:
        return len(self.tokenizer.encode(text).ids)

    def starts(self, text: str, missing: int) -> bool:
        """Whether the closers leave the text's own tokens as they are."""
        before = self.tokenizer.encode(text).ids
        return np.array_equal(self.tokenizer.encode(text + ")" * missing).ids[:-1], before)

    def text(
        self,
        cell: tuple[int, int],
        fillers: Sequence[str],
        order: Sequence[int] | None = None,
    ) -> str:
        closed, missing = cell
        arguments = _ARGUMENTS[self.template.argument]
        calls = [
            f"{self.template.call}({arguments[(self.number + at) % len(arguments)]})"
            for at in range(closed)
        ]
        operands = [*calls, *fillers]
        if order is not None:
            operands = [operands[at] for at in order]
        opened = self.template.outer + "".join(self.template.wrappers[: missing - 1])
        return self.template.before + opened + _PLUS.join([*operands, str(self.number)])

    def worth(self) -> dict[str, int]:
        """Filler -> by how many tokens it makes a prompt longer."""
        fillers = _FILLERS[self.template.filler]
        bare = self.length(self.text((1, 1), ("7",)))
        return {filler: self.length(self.text((1, 1), ("7", filler))) - bare for filler in fillers}


def _common_length(lengths: Sequence[int], worth: set[int]) -> int | None:
    """The least length that every cell reaches by adding fillers."""
    most = max(lengths)
    reached = reachable(most - min(lengths) + _LONGEST_SLACK, worth)
    return next(
        (
            goal
            for goal in range(most, most + _LONGEST_SLACK)
            if all(reached[goal - length] for length in lengths)
        ),
        None,
    )


def _levelled(
    ruler: _Ruler,
    cell: tuple[int, int],
    goal: int,
    worth: dict[str, int],
    draw: np.random.Generator,
) -> str:
    """The cell's text with fillers among its calls, exactly `goal` tokens long."""
    wanted = goal - ruler.length(ruler.text(cell, ()))
    reached = reachable(wanted + 1, set(worth.values()))
    for attempt in range(_ATTEMPTS):
        # A tokenizer may join the first operand to its bracket: then one more or less is needed.
        aimed = wanted + (0, 1, -1)[attempt % 3]
        if aimed < 0 or not reached[aimed]:
            continue
        fillers = drawn_fillers(aimed, worth, reached, draw)
        order = draw.permutation(cell[0] + len(fillers)).tolist()
        text = ruler.text(cell, fillers, order)
        if ruler.length(text) == goal:
            return text
    raise ConfigError(f"template {ruler.template.id!r} cannot be brought to {goal} tokens")
