"""Names go, everything else stays: what is one program, and what is two."""

from hypothesis import given
from hypothesis import strategies as st

from neuroglot.base.seeds import generator
from neuroglot.programs.catalogue import ALGORITHMS, HELD_OUT
from neuroglot.programs.checking import check
from neuroglot.programs.disguises import disguised
from neuroglot.programs.normalisation import digest, normalised
from neuroglot.programs.reading import read

SUM = """
def {f}({xs}: list, {n}: int) -> int:
    '''{purpose}'''
    {a} = {n}
    for {i} in range(len({xs})):
        {a} += {xs}[{i}]
    for {j} in range({n}):
        {a} += {j}
    return {a}
"""
NAMES = {"f": "add_up", "xs": "xs", "n": "n", "a": "a", "i": "i", "j": "j", "purpose": "the sum"}


def total(**changed):
    return read(SUM.format(**NAMES | changed), title="sum_maker")


def test_names_prose_and_title_do_not_count():
    other = total(f="sum_all", xs="values", n="first", a="total", i="k", j="m", purpose="what else")
    assert digest(other) == digest(total())
    assert digest(read(SUM.format(**NAMES), title="other_title")) == digest(total())


def test_a_counter_that_comes_twice_is_two():
    assert digest(total(j="i")) == digest(total(j="k")) == digest(total())


def test_everything_else_counts():
    source = SUM.format(**NAMES)
    changes = [
        ("a += xs[i]", "a -= xs[i]"),
        ("a = n", "a = 0"),
        ("a += j", "a += n"),
        ("range(n)", "range(n + 1)"),
        ("a += xs[i]", "a += xs[i] + i"),
        ("return a", "return a + n"),
    ]
    found = {digest(read(source.replace(*change), title="sum_maker")) for change in changes}
    assert len(found | {digest(total())}) == len(changes) + 1


def test_numbering_by_hand():
    function = normalised(total()).entry
    assert function.name == "f0"
    assert [parameter.name for parameter in function.parameters] == ["v0", "v1"]
    assert [statement.name for statement in function.body[:3]] == ["v2", "v3", "v4"]
    assert (function.purpose, normalised(total()).title) == ("", "")


@given(seed=st.integers(0, 10**6), algorithm=st.sampled_from(ALGORITHMS))
def test_a_program_under_other_names_is_the_same(seed, algorithm):
    program = algorithm.make(generator(seed, algorithm.name)).program
    other = disguised(program, generator(seed, "names"))
    check(other)
    assert digest(other) == digest(program)
    assert normalised(other) == normalised(program) == normalised(normalised(program))
    new = {each.name for function in other.functions for each in function.parameters}
    assert not new & {each.name for function in program.functions for each in function.parameters}


def test_train_and_held_out_share_no_program_whatever_the_seeds():
    digests = {True: set(), False: set()}
    for algorithm in ALGORITHMS:
        for seed in range(25):
            program = algorithm.make(generator(seed, algorithm.name)).program
            digests[algorithm.family in HELD_OUT].add(digest(program))
    assert all(digests.values())
    assert not digests[True] & digests[False]
