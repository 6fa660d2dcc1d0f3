"""The reference tokenizer: texts come back, and digits and brackets can be counted."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuroglot.lm.tokenizers import make_tokenizer
from neuroglot.programs.generation import generate
from neuroglot.text.closers import closers
from neuroglot.train.tokenizer import RUNS, train_tokenizer

TEXTS = [row.code for row in generate(6, seed=0)]


@pytest.fixture(scope="module")
def tokenizer():
    return train_tokenizer(TEXTS, size=700)


def pieces(tokenizer, text):
    ids = tokenizer(text, add_special_tokens=False)["input_ids"]
    return [tokenizer.decode([id]) for id in ids]


@settings(max_examples=200, deadline=None)
@given(text=st.text(st.characters(exclude_categories=["Cs"])))
def test_every_text_comes_back(tokenizer, text):
    ids = tokenizer(text, add_special_tokens=False)["input_ids"]
    assert tokenizer.decode(ids) == text


@pytest.mark.parametrize("run", RUNS)
def test_brackets_in_a_row_are_one_token_behind_anything(tokenizer, run):
    for before in ("x", "f(7", "\n    ", "x ", "[", "12"):
        found = pieces(tokenizer, before + run + ";")
        assert run in found, found


def test_brackets_join_nothing_else(tokenizer):
    names = tokenizer.get_vocab()
    mixed = [name for name in names if set(name) & set(")]}") and len(set(name)) > 1]
    assert mixed == []
    assert [name for name in names if "((" in name] == ["(("]


def test_digits_are_single(tokenizer):
    longer = [name for name in tokenizer.get_vocab() if len(name) > 1]
    assert not [name for name in longer if set(name) & set("0123456789")]
    assert pieces(tokenizer, "x = 1234")[-4:] == ["1", "2", "3", "4"]


def test_closers_are_found(tokenizer):
    assert sorted(closers(make_tokenizer(tokenizer)).ids) == [1, 2, 3, 4]


def test_a_line_break_holds_its_indentation(tokenizer):
    assert pieces(tokenizer, "if x {\n        return\n    }\n").count("\n        ") == 1


def test_the_same_texts_give_the_same_tokenizer(tokenizer):
    again = train_tokenizer(list(TEXTS), size=700)
    assert again.backend_tokenizer.to_str() == tokenizer.backend_tokenizer.to_str()
    assert (tokenizer.bos_token_id, tokenizer.eos_token_id, tokenizer.pad_token_id) == (0, 1, 2)
