"""The forms of one loop or comparison do the same, and there is more than one of each."""

import pytest

from neuroglot.base.seeds import generator
from neuroglot.programs.filling import fill, needed
from neuroglot.programs.spellings import counted, each_item, either_way, in_full


def drawn(draw):
    return {draw(generator(seed, "forms")) for seed in range(60)}


def ran(source, **names):
    exec(source, {}, names)
    return names


@pytest.mark.parametrize("values", [[], [4], [3, 1, 2]])
def test_every_loop_over_items_meets_each_in_order(values):
    loops = drawn(each_item)
    assert len(loops) > 4
    for loop in loops:
        source = fill(loop, values="values", item="item", body="met.append(item)")
        assert ran(source, values=values, met=[])["met"] == values


@pytest.mark.parametrize(
    ("first", "stop", "numbers"),
    [("0", "n", [0, 1, 2]), ("1", "n + 1", [1, 2, 3]), ("n", "n", []), ("2", "n - 1", [])],
)
def test_every_counted_loop_counts_the_same(first, stop, numbers):
    loops = drawn(lambda rng: counted(rng, "k", first=first, stop=stop))
    assert len(loops) == 2
    for loop in loops:
        assert ran(fill(loop, body="met.append(k)"), n=3, met=[])["met"] == numbers


@pytest.mark.parametrize("update", ["a += b", "a -= b - 2", "a *= b + 1", "a //= b", "a %= b"])
def test_updates_in_full_give_the_same(update):
    updates = drawn(lambda rng: in_full(rng, update))
    assert len(updates) == 2
    assert len({ran(each, a=17, b=5)["a"] for each in updates}) == 1


@pytest.mark.parametrize("relation", ["<", "<=", ">", ">=", "==", "!="])
def test_comparisons_either_way_agree(relation):
    comparisons = drawn(lambda rng: either_way(rng, f"a {relation} b - 1"))
    assert len(comparisons) == 2
    for a in (1, 2, 3):
        assert len({eval(each, {"a": a, "b": 3}) for each in comparisons}) == 1


def test_needed_keeps_what_a_source_has_a_place_for():
    choices = {"one": 1, "two": 2, "three": 3}
    assert needed(choices, "{one} + one", "a {three}") == {"one": 1, "three": 3}
