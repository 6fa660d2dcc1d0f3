"""Folding: what is written is kept, and lines that are too long are opened where prettier does."""

import re

import pytest

from neuroglot.base.seeds import generator
from neuroglot.programs.catalogue import ALGORITHMS
from neuroglot.programs.prettier_folds import Page, folded
from neuroglot.programs.writing import STYLES, writer

PAGE = Page(unit="  ", width=40)

FOLDS = {
    "head of a function": (
        "  function countBetween(values, low, high) {",
        ["  function countBetween(", "    values,", "    low,", "    high,", "  ) {"],
    ),
    "condition": (
        "while (place < text.length && text[place] === ')') {",
        ["while (", "  place < text.length &&", "  text[place] === ')'", ") {"],
    ),
    "comparison that fits on the next line": (
        "if (values[place] !== values[last - place]) {",
        ["if (", "  values[place] !== values[last - place]", ") {"],
    ),
    "loop": (
        "for (let place = (first, 1); place <= last; place++) {",
        ["for (", "  let place = (first, 1);", "  place <= last;", "  place++", ") {"],
    ),
    "negation": (
        "} else if (!(someText[place] === someText[place + 1])) {",
        [
            "} else if (",
            "  !(",
            "    someText[place] ===",
            "    someText[place + 1]",
            "  )",
            ") {",
        ],
    ),
    "value that fits on the next line": (
        "const distance = secondPlace - firstPlace;",
        ["const distance =", "  secondPlace - firstPlace;"],
    ),
    "value that does not fit": (
        "distance += (secondPlace - firstPlace) * steps + (first - 1);",
        ["distance +=", "  (secondPlace - firstPlace) * steps +", "  (first - 1);"],
    ),
    "result": (
        "return isGood(first) && !isGood(second - 1);",
        ["return (", "  isGood(first) && !isGood(second - 1)", ");"],
    ),
    "call": (
        'result.push(combine(first, ", ( \\" "), "a" + "b", 1);',
        ["result.push(", '  combine(first, ", ( \\" "),', '  "a" + "b",', "  1,", ");"],
    ),
    "argument that does not fit": (
        "return code((letter - base + shift) % 26 + base - letter);",
        ["return code(", "  (letter - base + shift) % 26 +", "    base -", "    letter,", ");"],
    ),
    "comment": (
        "  * a comment is left as it is, however long",
        ["  * a comment is left as it is, however long"],
    ),
}


@pytest.mark.parametrize("name", FOLDS)
def test_line_is_folded_at_its_outermost(name):
    line, wanted = FOLDS[name]
    assert folded([line], PAGE) == wanted


@pytest.mark.parametrize("language", ["javascript", "typescript"])
@pytest.mark.parametrize("algorithm", ALGORITHMS, ids=lambda each: each.name)
def test_code_is_not_changed_and_fits(language, algorithm):
    for seed in range(10):
        program = algorithm.make(generator(seed, algorithm.name)).program
        for style in STYLES[language]:
            code = writer(language, style).code(program, style=style, documented=False)
            assert max(map(len, code.split("\n"))) <= 80, code
            narrow = folded(code.split("\n"), PAGE)
            assert bare(narrow) == bare(code.split("\n"))


def bare(lines):
    """Code without spaces, without commas before a closing bracket and brackets after `return`."""
    code = re.sub(r"\s", "", "".join(lines)).replace(",)", ")")
    return re.sub(r"[()]", "", code)
