"""Every algorithm: it can be drawn, has many forms, and its inputs reach every line of them."""

import io
import keyword
import re
import sys
import tokenize
from collections import defaultdict
from types import CodeType

import pytest

from neuroglot.base.seeds import generator
from neuroglot.programs.cases import DRAWS, draw_cases
from neuroglot.programs.catalogue import ALGORITHMS, BY_NAME
from neuroglot.programs.facts import PROCEDURAL
from neuroglot.programs.interpreter import run
from neuroglot.programs.layout import prose
from neuroglot.programs.writing import writer

EACH = pytest.mark.parametrize("algorithm", ALGORITHMS, ids=lambda each: each.name)
FORMS = 12
"""The least number of programs that are not the same up to names, among SEEDS."""
SEEDS = 60
FEWER = {"longest_run", "selection_sort", "count_letters", "count_runs", "search_halves"}
"""Algorithms that have fewer forms: the models of their families, beside which others stand."""


def python_code(program):
    return writer("python", PROCEDURAL).code(program, style=PROCEDURAL, documented=False)


def up_to_names(code):
    """The tokens of a program with its names numbered by their first use."""
    numbers: dict[str, int] = {}
    tokens = []
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        named = token.type == tokenize.NAME and not keyword.iskeyword(token.string)
        tokens.append(numbers.setdefault(token.string, len(numbers)) if named else token.string)
    return tuple(tokens)


def lines_of(code: CodeType):
    """The lines in the functions of a module that can be reached; heads are not among them."""
    for part in code.co_consts:
        if isinstance(part, CodeType):
            yield from (line for *_, line in part.co_lines() if line != part.co_firstlineno)


def lines_reached(code, entry, inputs):
    """The lines that a run on these inputs meets."""
    reached = set()

    def trace(frame, event, argument):
        if frame.f_code.co_filename != "program":
            return None
        if event == "line":
            reached.add(frame.f_lineno)
        return trace

    names: dict = {}
    exec(code, names)
    before = sys.gettrace()
    sys.settrace(trace)
    try:
        for given in inputs:
            names[entry](*(list(each) if isinstance(each, tuple) else each for each in given))
    finally:
        sys.settrace(before)
    return reached


def test_names_are_told_apart():
    assert len(BY_NAME) == len(ALGORITHMS)


@pytest.mark.slow
@EACH
def test_has_many_forms(algorithm):
    if algorithm.name in FEWER:
        pytest.skip("a model with few forms")
    forms = set()
    for seed in range(SEEDS):
        program = algorithm.make(generator(seed, algorithm.name)).program
        forms.add(up_to_names(python_code(program)))
        if len(forms) == FORMS:
            break
    assert len(forms) == FORMS


@pytest.mark.slow
@EACH
def test_inputs_reach_every_line(algorithm):
    for seed in range(4):
        exercise = algorithm.make(generator(seed, algorithm.name))
        source = python_code(exercise.program)
        code = compile(source, "program", "exec")
        rng = generator(seed, "inputs")
        inputs = [*exercise.corners, *(exercise.draw(rng) for _ in range(8 * DRAWS))]
        reached = lines_reached(code, exercise.program.entry.name, inputs)
        missed = {line for line in lines_of(code) if line is not None} - reached
        assert not missed, "\n".join(source.split("\n")[line - 1] for line in sorted(missed))


@EACH
def test_cases_are_found_and_purposes_are_plain(algorithm):
    for seed in range(4):
        exercise = algorithm.make(generator(seed, algorithm.name))
        assert len(draw_cases(exercise, generator(seed, "cases"))) > 1
        rng = generator(seed, "inputs")
        for _ in range(8 * DRAWS):
            run(exercise.program, exercise.draw(rng))
        for function in exercise.program.functions:
            assert not set("(){}[]") & set(function.purpose), function.purpose
            assert not function.purpose.endswith(".") and "  " not in function.purpose


LIMITED = re.compile(
    r"negative|zero|from -?\d|between|sign|digits|code|least|rank|place|how |index|size|length"
    r"|number of|exponent|power|base|modulus|stop|weigh|cost|coin"
)
"""Words in what a parameter means that say which numbers it may be."""


def with_a_negative(argument):
    """The argument, or its first element, below zero; None where it cannot be."""
    if isinstance(argument, tuple):
        return (-7, *argument[1:]) if len(argument) > 1 else None
    is_number = isinstance(argument, int) and not isinstance(argument, bool)
    return -7 if is_number else None


@EACH
def test_numbers_below_zero_are_taken_or_ruled_out(algorithm):
    """Where a dividend has a sign languages differ: then its meaning says that it has none."""
    for seed in range(8):
        exercise = algorithm.make(generator(seed, algorithm.name))
        rng = generator(seed, "inputs")
        given = [exercise.draw(rng) for _ in range(6)]
        for place, parameter in enumerate(exercise.program.entry.parameters):
            if LIMITED.search(parameter.meaning):
                continue
            for arguments in given:
                other = with_a_negative(arguments[place])
                if other is not None:
                    run(exercise.program, (*arguments[:place], other, *arguments[place + 1 :]))


def specified(entry):
    """All that is said of a function, with its parameters told by their places."""
    places = {parameter.name: str(n) for n, parameter in enumerate(entry.parameters)}
    texts = [entry.purpose, *(parameter.meaning for parameter in entry.parameters)]
    said = (prose(text, lambda name: places.get(name, name)) for text in texts)
    return (*said, *(str(each.type) for each in entry.parameters), str(entry.returns))


@pytest.mark.slow
@EACH
def test_programs_of_one_specification_do_the_same(algorithm):
    tasks = defaultdict(list)
    for seed in range(SEEDS):
        exercise = algorithm.make(generator(seed, algorithm.name))
        entry = exercise.program.entry
        tasks[specified(entry)].append(exercise)
    for task, (first, *others) in tasks.items():
        rng = generator(0, "inputs", *task)
        given = [*first.corners, *(first.draw(rng) for _ in range(12))]
        results = [run(first.program, arguments) for arguments in given]
        for other in others:
            assert [run(other.program, arguments) for arguments in given] == results, task


@EACH
def test_same_seed_same_program(algorithm):
    first, second = (algorithm.make(generator(7, algorithm.name)).program for _ in range(2))
    assert first == second
