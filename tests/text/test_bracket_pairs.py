"""Counterfactual pairs: equally long, one factor and one stretch of tokens differ."""

from dataclasses import fields

import numpy as np
import pytest

from neuroglot.base.errors import ConfigError
from neuroglot.text.bracket_crossing import template_brackets
from neuroglot.text.bracket_pairs import bracket_pairs, doubled_pairs
from neuroglot.text.bracket_prompts import OPENERS, BracketPrompt
from neuroglot.text.bracket_sketches import VARIANTS
from neuroglot.text.bracket_templates import templates_of
from neuroglot.text.published_brackets import published_brackets


@pytest.fixture(scope="module", params=list(OPENERS))
def drawn(request, reference_tokenizer):
    """Some templates of a closer, two numbers in each layout."""
    closer = request.param
    return template_brackets(
        reference_tokenizer,
        closer=closer,
        templates=templates_of(closer)[::6],
        layouts=2,
        numbers=2,
    ).prompts


def factors(pair) -> set[str]:
    names = {field.name for field in fields(BracketPrompt)} - {"text", "length"}
    one, other = pair.prompt, pair.counterfactual
    return {name for name in names if getattr(one, name) != getattr(other, name)}


def check(pair, factor: str, tokenizer) -> None:
    assert factors(pair) == {factor}
    assert pair.ids.shape == pair.counterfactual_ids.shape == pair.differs.shape
    assert pair.differs.any()
    assert tokenizer.decode(pair.ids.tolist()) == pair.prompt.text
    assert (pair.answer == pair.counterfactual_answer) == (factor != "k")


@pytest.mark.parametrize("factor", ["k", "closed", "number"])
def test_pairs_are_equally_long_and_differ_in_one_factor(reference_tokenizer, drawn, factor):
    found = bracket_pairs(drawn, reference_tokenizer, factor=factor)
    assert found.pairs and not found.dropped
    for pair in found.pairs[::3]:
        check(pair, factor, reference_tokenizer)
        if factor == "number":
            assert pair.differs[-3:].any() and not pair.differs[:-3].any()


def test_comments_that_are_equally_long_make_pairs(reference_tokenizer):
    prompts = template_brackets(reference_tokenizer, variants=VARIANTS, layouts=1).prompts
    some = [p for p in prompts if (p.k, p.closed) in {(1, 2), (4, 0)}]
    found = bracket_pairs(some, reference_tokenizer, factor="comment")
    assert found.dropped.keys() == {"the two differ in length"}
    for pair in found.pairs:
        check(pair, "comment", reference_tokenizer)
        start = pair.prompt.statement_start
        assert pair.prompt.text[start:] in pair.counterfactual.text


@pytest.mark.parametrize("factor", ["k", "closed"])
def test_only_the_tokens_of_the_changed_places_differ(reference_tokenizer, drawn, factor):
    """One count more or less changes one stretch, and never the end of the prompt."""
    for pair in bracket_pairs(drawn, reference_tokenizer, factor=factor).pairs:
        if abs(pair.prompt.closed - pair.counterfactual.closed) <= 1:
            places = np.flatnonzero(pair.differs)
            assert places[-1] - places[0] < 20
            assert not pair.differs[-3:].any()


def test_every_count_has_its_neighbours(reference_tokenizer):
    prompts = template_brackets(
        reference_tokenizer, templates=templates_of(")")[:2], layouts=1
    ).prompts
    pairs = bracket_pairs(prompts, reference_tokenizer).pairs
    for p in prompts:
        own = {pair.counterfactual.k for pair in pairs if pair.prompt == p}
        assert own == {p.k - 1, p.k + 1} & {1, 2, 3, 4}


def test_pairs_that_do_not_align_are_counted(merging):
    def prompt(text, k):
        return BracketPrompt(text, "t", "python", k, 0, 347, "train")

    prompts = [prompt("f(347", 1), prompt("f(g(347", 2), prompt("(fg(347", 2)]
    with pytest.raises(ConfigError, match=r"differ in k aligns .*\(4 times the two differ in len"):
        bracket_pairs(prompts, merging(4))
    prompts.append(prompt("fgh(347", 1))
    found = bracket_pairs(prompts, merging(4))
    assert len(found.pairs) == 4 and found.dropped == {"the two differ in length": 4}


def test_wrong_factors_and_sets_are_refused(merging):
    prompts = published_brackets(split="test")
    with pytest.raises(ConfigError, match="no factor 'names': give k, closed, number, comment"):
        bracket_pairs(prompts, merging(4), factor="names")
    with pytest.raises(ConfigError, match="no two of 600 prompts differ in comment alone"):
        bracket_pairs(prompts, merging(4), factor="comment")


def test_doubled_brackets_of_the_published_prompts(merging):
    """Every open bracket in turn, one token each; five closers begin with the token of four."""
    prompts = published_brackets(split="test")[::30]
    found = doubled_pairs(prompts, merging(4, ")("))
    assert not found.dropped
    assert len(found.pairs) == sum(p.k for p in prompts)
    for pair in found.pairs:
        k = pair.prompt.k
        assert pair.differs.sum() == 1 and pair.counterfactual.k == k + 1
        assert (pair.answer, pair.counterfactual_answer) == (300 + k, 300 + min(k + 1, 4))
        assert pair.counterfactual.text.count("((") == 1
        assert pair.counterfactual.text.replace("((", "(") == pair.prompt.text


def test_doubled_brackets_that_are_two_tokens_do_not_align(merging):
    with pytest.raises(ConfigError, match=r"have a bracket doubled aligns .*differ in length"):
        doubled_pairs(published_brackets(split="test")[:3], merging(4))
    with pytest.raises(ConfigError, match="no prompts"):
        doubled_pairs([], merging(4))
