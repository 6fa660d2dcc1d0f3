"""Categories of tokens: by hand on a vocabulary of a few words."""

import numpy as np
import pytest

from neuroglot.base.errors import ConfigError
from neuroglot.base.tokenizer import Tokenizer
from neuroglot.text.categories import ENG, ENGPURE, categories, forms, token_words
from neuroglot.text.keywords import WordList

VOCABULARY = ("<s>", " if", "if", "If", "def", " house", "42", ";", "  ", "fn", "ret", "\n")
LISTS = {
    "python": WordList("Python", frozenset({"if", "def", "return"}), frozenset({"len"})),
    "rust": WordList("Rust", frozenset({"if", "fn"}), frozenset({"ret"})),
}
ENGLISH = frozenset({"if", "If", "house", "return"})


@pytest.fixture
def tokenizer():
    return Tokenizer(
        encode=lambda _: None,
        decode=lambda _: "",
        token_text=VOCABULARY.__getitem__,
        bos=0,
        special_ids=frozenset({0}),
        size=len(VOCABULARY),
        digest="",
    )


def texts(found, name):
    member = found.member[:, found.names.index(name)]
    return [VOCABULARY[id] for id in found.ids[member].tolist()]


def test_members(tokenizer):
    found = categories(LISTS, ENGLISH, tokenizer)
    assert found.names == ("python", "rust", ENG, ENGPURE)
    assert texts(found, "python") == [" if", "if", "def"]
    assert texts(found, "rust") == [" if", "if", "fn", "ret"]
    assert texts(found, ENG) == [" if", "if", "If", " house"]
    assert texts(found, ENGPURE) == ["If", " house"]


def test_sizes_before_and_after(tokenizer):
    found = categories(LISTS, ENGLISH, tokenizer)
    assert found.words == (4, 3, 4, 2)
    assert found.matched == (2, 3, 3, 2)
    assert found.tokens == (3, 4, 4, 2)


def test_parts(tokenizer):
    lists = {"rust": LISTS["rust"]}
    assert texts(categories(lists, ENGLISH, tokenizer, part="builtins"), "rust") == ["ret"]
    assert texts(categories(lists, ENGLISH, tokenizer, part="keywords"), "rust") == [
        " if",
        "if",
        "fn",
    ]


def test_schemes(tokenizer):
    found = categories(LISTS, ENGLISH, tokenizer)
    rows = {VOCABULARY[id]: place for place, id in enumerate(found.ids.tolist())}
    multi, shared, alone = map(found.weights, ("multi", "fractional", "exclusive"))
    assert multi[rows["if"]].tolist() == [1, 1, 1, 0]
    assert shared[rows["if"]].tolist() == [0.5, 0.5, 1, 0]
    assert alone[rows["if"]].tolist() == [0, 0, 0, 0]
    assert alone[rows["def"]].tolist() == [1, 0, 0, 0]
    assert alone[rows[" house"]].tolist() == [0, 0, 1, 1]
    assert np.allclose(shared[:, :2].sum(axis=1), multi[:, :2].max(axis=1))


def test_no_blank_number_or_special_token_is_a_word(tokenizer):
    assert set(token_words(tokenizer).values()) == {"if", "If", "def", "house", "fn", "ret"}


def test_forms_differ_in_case_and_blanks_only(tokenizer):
    found = forms(tokenizer)
    assert found[1] == found[2] == found[3]
    assert len({*found.tolist()}) == len(VOCABULARY) - 2


def test_a_category_without_a_token_is_named(tokenizer):
    lists = {"python": LISTS["python"]}
    with pytest.raises(ConfigError, match=r"no word of 'python' \(builtins\) is a token by itself"):
        categories(lists, ENGLISH, tokenizer, part="builtins")
