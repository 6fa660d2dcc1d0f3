"""Runs of closers that are one token, against a search through the vocabulary."""

import json

import numpy as np
import pytest

from neuroglot.base.errors import ConfigError
from neuroglot.base.tokenizer import Encoding, Tokenizer
from neuroglot.text.closers import LONGEST_RUN, closers

CLOSERS = ")]}"
SLOW_TO_LOAD = ("deepseek-coder", "gpt-neox", "llama3.1", "qwen2.5-coder", "starcoder2")
BEFORE = {")": "area(mul(7, 2) + 64", "]": "cells[at[3] + 64", "}": "Box{Lid{3}, 64"}
"""Texts that the module does not try."""


def brute_force(tokenizer: Tokenizer, closer: str) -> dict[int, int]:
    """Behind a number, each run of closers: is it one of the tokens that read like it?"""
    read_like = {}
    for id in range(tokenizer.size):
        text = tokenizer.decode([id])
        if text and set(text) == {closer}:
            read_like.setdefault(text, set()).add(id)
    found = {}
    for k in range(1, LONGEST_RUN + 1):
        ids = tokenizer.encode(BEFORE[closer] + closer * k).ids.tolist()
        before = tokenizer.encode(BEFORE[closer]).ids.tolist()
        for id in read_like.get(closer * k, ()):
            if ids == [*before, id]:
                found[k] = id
    return found


def test_closers_are_those_that_are_one_token(merging):
    assert dict(closers(merging(4)).ids) == {1: 301, 2: 302, 3: 303, 4: 304}
    assert dict(closers(merging(2)).ids) == {1: 301, 2: 302}
    found = closers(merging(3, ")]}"), "}")
    assert dict(found.ids) == {1: 341, 2: 342, 3: 343}
    assert found.id_of(2) == 342
    assert sorted(found.refused) == list(range(4, LONGEST_RUN + 1))


@pytest.mark.parametrize("closer", CLOSERS)
@pytest.mark.parametrize("longest", [1, 2, 5])
def test_a_made_tokenizer_against_the_search(merging, longest, closer):
    tokenizer = merging(longest, CLOSERS)
    found = closers(tokenizer, closer)
    assert dict(found.ids) == brute_force(tokenizer, closer)
    assert set(found.ids) | set(found.refused) == set(range(1, LONGEST_RUN + 1))


@pytest.mark.parametrize("closer", CLOSERS)
def test_the_reference_tokenizer_against_the_search(reference_tokenizer, closer):
    found = closers(reference_tokenizer, closer)
    assert dict(found.ids) == brute_force(reference_tokenizer, closer)
    assert len(found.ids) == (4 if closer == ")" else 3)
    assert not found.fused


def test_the_report_says_why_not(merging):
    found = closers(merging(2))
    assert found.refused[3].startswith("it is 2 tokens in 'print(str(str(347)))': ")
    assert found.refused[3].endswith(": '))' + ')'")
    lines = str(found).split("\n")
    assert len(lines) == LONGEST_RUN and lines[1] == "))  302"
    assert lines[2].startswith(")))  it is 2 tokens")
    with pytest.raises(ConfigError, match=r"'\)\)\)' is not one token .*counts that are: 1, 2"):
        found.id_of(3)
    with pytest.raises(ConfigError, match="it was not looked for"):
        found.id_of(40)
    with pytest.raises(ConfigError, match="'>' is no closing bracket: give"):
        closers(merging(2), ">")


def changed(plain: Tokenizer, ending: str, id: int) -> Tokenizer:
    """The tokenizer, but a text's last characters, if they are these, are one token."""

    def encode(text: str) -> Encoding:
        if not text.endswith(ending):
            return plain.encode(text)
        ids, offsets = plain.encode(text[: -len(ending)])
        span = [[len(text) - len(ending), len(text)]]
        return Encoding(np.append(ids, id), np.concatenate([offsets, span]))

    return Tokenizer(encode, plain.decode, plain.token_text, None, frozenset(), 400, "changed")


def test_closers_that_join_what_stands_before_are_refused(merging):
    found = closers(changed(merging(4), "7)", 390))
    assert found.refused[1] == "it joins the tokens before it in 'print(347)'"
    assert sorted(found.ids) == [2, 3, 4]


def test_closers_that_are_another_token_elsewhere_are_refused(merging):
    plain = merging(4)

    def encode(text: str) -> Encoding:
        ids, offsets = plain.encode(text)
        return Encoding(np.where((ids == 302) & text.startswith("print"), 399, ids), offsets)

    odd = Tokenizer(encode, plain.decode, plain.token_text, None, frozenset(), 400, "odd")
    assert closers(odd).refused[2].startswith("it is different tokens behind 'print(str(347'")


def test_endings_that_closers_join_are_named(merging):
    found = closers(changed(merging(2), "))\n", 390))
    assert dict(found.fused) == {2: ("\n",)}
    assert "))  302, joins '\\n'" in str(found)


@pytest.mark.data
@pytest.mark.parametrize(
    "name",
    [
        "codellama",
        "gpt2",
        # Others take seconds to load.
        *(pytest.param(name, marks=pytest.mark.slow) for name in SLOW_TO_LOAD),
    ],
)
def test_real_tokenizers_against_the_vocabulary(data, name):
    from transformers import AutoTokenizer

    from neuroglot.lm.tokenizers import make_tokenizer

    folder = data / "tokenizers"
    original = AutoTokenizer.from_pretrained(folder / name)
    tokenizer = make_tokenizer(original)
    vocabulary = original.get_vocab()
    for closer in CLOSERS:
        found, wanted = closers(tokenizer, closer), {}
        for k in range(1, LONGEST_RUN + 1):
            ids = original(BEFORE[closer] + closer * k, add_special_tokens=False)["input_ids"]
            before = original(BEFORE[closer], add_special_tokens=False)["input_ids"]
            if ids == [*before, vocabulary.get(closer * k)]:
                wanted[k] = ids[-1]
        assert dict(found.ids) == wanted and found.ids
    known = json.loads((folder / "CHECKS.json").read_text())[name]
    wanted = {len(run): id for run, id in known["single_token_ids_after_digit"].items()}
    assert {k: id for k, id in closers(tokenizer).ids.items() if k in wanted} == wanted
    joined = known["after_digit_then_newline"]
    assert {k for k, endings in closers(tokenizer).fused.items() if "\n" in endings} == {
        k for k in wanted if len(joined[")" * k]) == 1
    }
