"""English: one sentence, whole, right about names and types, in more than one wording."""

import re

from hypothesis import given
from hypothesis import strategies as st

from neuroglot.base.seeds import generator
from neuroglot.programs.catalogue import ALGORITHMS
from neuroglot.programs.descriptions import enumerated, signature, specification, summary
from neuroglot.programs.reading import read
from neuroglot.programs.tree import Type

COUNT = read(
    """
def count_above(values: list, limit: int) -> int:
    '''the number of `values` above `limit`

    values: the numbers to look at
    limit: an integer that is not negative
    '''
    count = 0
    for value in values:
        if value > limit:
            count += 1
    return count
""",
    title="value_counter",
)
ODD = read(
    "def is_odd(n: int) -> bool:\n    'whether `n` is odd'\n    return n % 2 == 1", title="a_b"
)
FIVE = read("def always_five() -> int:\n    'the number 5'\n    return 5", title="five_maker")

drawn = st.tuples(st.integers(0, 10**6), st.sampled_from(ALGORITHMS))


def worded(describe, program):
    return {describe(program, generator(seed, "wording")) for seed in range(400)}


def test_signature():
    assert signature(COUNT) == "count_above(values: list of integers, limit: integer) -> integer"
    assert signature(ODD) == "is_odd(n: integer) -> boolean"
    assert signature(FIVE) == "always_five() -> integer"


def test_summaries_by_hand():
    found = worded(summary, COUNT)
    assert "Return the number of `values` above `limit`." in found
    assert (
        "Given a list of integers `values` and an integer `limit`, "
        "compute the number of `values` above `limit`." in found
    )
    assert len(found) > 10
    assert "Check whether `n` is odd." in worded(summary, ODD)
    assert "The function tells whether `n` is odd." in worded(summary, ODD)
    assert not any("compute" in text for text in worded(summary, ODD))
    assert not any("iven " in text or "takes" in text for text in worded(summary, FIVE))


def test_specifications_by_hand():
    assert worded(specification, COUNT) == {
        f"{signature(COUNT)}\n{text}"
        for text in (
            "`count_above` takes `values`, a list of integers (the numbers to look at), and "
            "`limit`, an integer that is not negative. It returns an integer: the number of "
            "`values` above `limit`.",
            "Parameters:\n- `values` (list of integers): the numbers to look at\n"
            "- `limit` (integer): an integer that is not negative\n"
            "Result (integer): the number of `values` above `limit`",
            "The result is an integer: the number of `values` above `limit`. `values` is a list of "
            "integers (the numbers to look at). `limit` is an integer that is not negative.",
        )
    }
    assert any("takes nothing. It returns" in text for text in worded(specification, FIVE))


def test_enumerations():
    assert [enumerated(list(letters)) for letters in ("", "a", "ab", "abc")] == [
        "", "a", "a and b", "a, b and c",
    ]  # fmt: skip


@given(drawn)
def test_a_summary_is_one_sound_sentence(pair):
    seed, algorithm = pair
    program = algorithm.make(generator(seed, algorithm.name)).program
    text = summary(program, generator(seed, "wording"))
    assert re.match(r"([A-Z]|`)", text) and text.endswith(".") and not text.endswith("..")
    assert "\n" not in text and "  " not in text and "{" not in text
    assert not re.search(r"\b(\w+) \1\b", text), "a word stands twice"
    assert not re.search(r"\ba [aeiou]\w|\ban [bcdfgjkpqrtvwz]\w", text), "a or an"
    assert not re.search(r"[.!?] [A-Z]", text), "more than one sentence"
    assert text.count("`") % 2 == 0 and text.count("(") == text.count(")")
    names = {parameter.name for parameter in program.entry.parameters}
    assert set(re.findall(r"`(\w+)`", text)) <= names


@given(drawn)
def test_a_specification_names_every_parameter_and_every_type(pair):
    seed, algorithm = pair
    program = algorithm.make(generator(seed, algorithm.name)).program
    text = specification(program, generator(seed, "wording"))
    head, rest = text.split("\n", 1)
    assert head == signature(program)
    assert program.entry.purpose in rest
    for parameter in program.entry.parameters:
        assert f"`{parameter.name}`" in rest
        assert parameter.meaning in rest
    assert {Type.INT: "integer", Type.BOOL: "boolean", Type.CHAR: "character", Type.STR: "string",
            Type.LIST: "list of integers"}[program.entry.returns] in rest  # fmt: skip
