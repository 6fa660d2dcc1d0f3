"""Another look: the same tokens in another layout, the same program under other names."""

import ast

from hypothesis import given, settings
from hypothesis import strategies as st

from neuroglot.base.seeds import generator
from neuroglot.programs.cases import draw_cases
from neuroglot.programs.catalogue import ALGORITHMS
from neuroglot.programs.disguises import disguised, relaid
from neuroglot.programs.interpreter import run
from neuroglot.programs.writing import STYLES, writer

drawn = {"seed": st.integers(0, 10**6), "algorithm": st.sampled_from(ALGORITHMS)}


@settings(max_examples=30, deadline=None)
@given(**drawn)
def test_another_layout_holds_the_same_words(seed, algorithm):
    program = algorithm.make(generator(seed, algorithm.name)).program
    for language, styles in STYLES.items():
        code = writer(language, styles[0]).code(program, style=styles[0], documented=False)
        other = relaid(code, generator(seed, "layout"))
        assert other != code
        assert other.split() == code.split()
        if language == "python":
            assert ast.dump(ast.parse(other)) == ast.dump(ast.parse(code))


def test_layout_by_hand():
    found = {relaid("a:\n    b:\n\tc\n\n     d\n", generator(seed, "layout")) for seed in range(30)}
    bare = {text.replace("\n\n", "\n").replace("\n\n", "\n") for text in found}
    assert bare == {
        "a:\n" + " " * w + "b:\n" + " " * w + "c\n" + " " * (w + 1) + "d\n" for w in (2, 3, 8)
    }


@settings(max_examples=30, deadline=None)
@given(**drawn)
def test_other_names_give_the_same_results(seed, algorithm):
    exercise = algorithm.make(generator(seed, algorithm.name))
    other = disguised(exercise.program, generator(seed, "names"))
    assert other.title != exercise.program.title
    assert {f.name for f in other.functions}.isdisjoint(f.name for f in exercise.program.functions)
    for case in draw_cases(exercise, generator(seed, "cases")):
        assert run(other, case.arguments) == case.expected
