"""Names are drawn by role, none twice, all free in every language."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuroglot.base.errors import ProgramError
from neuroglot.base.seeds import generator
from neuroglot.programs.names import is_name
from neuroglot.programs.words import ITEMS, ROLES, draw_names


@given(seed=st.integers(0, 10**6), roles=st.lists(st.sampled_from(sorted(ROLES)), max_size=3))
def test_names_are_different_and_fit_their_roles(seed, roles):
    places = {f"p{n}": role for n, role in enumerate(roles)}
    names = draw_names(generator(seed, "test"), **places)
    assert len(set(names.values())) == len(places)
    for place, role in places.items():
        assert names[place] in ROLES[role]


def test_every_word_is_free_in_every_language():
    words = {word for words in ROLES.values() for word in words} | set(ITEMS.values())
    assert [word for word in sorted(words) if not is_name(word)] == []


@given(seed=st.integers(0, 10**6))
def test_an_item_is_the_singular_of_its_list(seed):
    names = draw_names(generator(seed, "test"), xs="list", x="item", n="number")
    assert names["x"] == ITEMS[names["xs"]]
    assert names["n"] != names["x"]


def test_the_same_seed_draws_the_same():
    first, second = (draw_names(generator(7, "a"), a="list", b="total") for _ in range(2))
    assert first == second


def test_what_cannot_be_drawn_is_refused():
    rng = generator(0, "test")
    with pytest.raises(ProgramError, match="no role 'colour': known are item, list"):
        draw_names(rng, a="colour")
    with pytest.raises(ProgramError, match="no list was named before its item"):
        draw_names(rng, a="item")
    with pytest.raises(ProgramError, match="every word for 'digit' is taken"):
        draw_names(rng, a="digit", b="digit", c="digit", d="digit")
