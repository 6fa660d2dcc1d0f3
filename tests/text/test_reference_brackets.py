"""The bracket prompts that the reference model is judged on, against tokenizers."""

import json
from collections import Counter, defaultdict
from itertools import product

import numpy as np
import pytest

from neuroglot.base.errors import ConfigError
from neuroglot.base.tokenizer import Encoding, Tokenizer
from neuroglot.text.bracket_prompts import BracketPrompt
from neuroglot.text.reference_brackets import (
    CLOSED_COUNTS,
    MISSING_COUNTS,
    TEMPLATES,
    reference_brackets,
)


@pytest.fixture(scope="module")
def crossed(merging) -> tuple[BracketPrompt, ...]:
    """Every template with one number."""
    return reference_brackets(merging(4), numbers=1, seed=5)


def test_all_counts_are_crossed_at_one_length(merging, crossed):
    tokenizer, prompts = merging(4), crossed
    cells = defaultdict(set)
    lengths = defaultdict(set)
    for prompt in prompts:
        cells[prompt.template, prompt.number].add((prompt.closed, prompt.k))
        lengths[prompt.template, prompt.number].add(len(tokenizer.encode(prompt.text).ids))
        assert prompt.length == len(tokenizer.encode(prompt.text).ids)
        statement = prompt.text.rsplit("\n", 1)[-1]
        assert statement.count("(") - statement.count(")") == prompt.k
        assert statement.count(")") == prompt.closed
        assert prompt.text.endswith((f" {prompt.number}", f"({prompt.number}"))
        assert tokenizer.encode(prompt.text + prompt.target).ids[-1] == 300 + prompt.k
    assert len(cells) == len(TEMPLATES)
    assert set(map(frozenset, cells.values())) == {
        frozenset(product(CLOSED_COUNTS, MISSING_COUNTS))
    }
    assert {len(found) for found in lengths.values()} == {1}


def test_neither_count_can_be_told_from_length_or_from_the_other(crossed):
    k = np.array([p.k for p in crossed], dtype=float)
    for other in ([p.closed for p in crossed], [p.length for p in crossed]):
        assert abs(np.corrcoef(k, np.array(other, dtype=float))[0, 1]) < 1e-9


def test_counts_that_are_no_single_token_are_left_out(merging):
    prompts = reference_brackets(merging(2), numbers=1, templates=TEMPLATES[:3])
    assert {p.k for p in prompts} == {1, 2}


def test_the_seed_decides_and_templates_do_not_disturb_each_other(merging):
    tokenizer = merging(4)
    few = reference_brackets(tokenizer, templates=TEMPLATES[:2], numbers=2, seed=1)
    assert few == reference_brackets(tokenizer, templates=TEMPLATES[:2], numbers=2, seed=1)
    assert few != reference_brackets(tokenizer, templates=TEMPLATES[:2], numbers=2, seed=2)
    assert (
        few == reference_brackets(tokenizer, templates=TEMPLATES[:4], numbers=2, seed=1)[: len(few)]
    )


def test_there_are_enough_templates_of_all_kinds_and_splits(crossed):
    assert len(TEMPLATES) >= 20 and len({t.id for t in TEMPLATES}) == len(TEMPLATES)
    assert len({t.language for t in TEMPLATES}) == 12
    assert len({t.argument for t in TEMPLATES}) >= 5
    assert len({t.outer for t in TEMPLATES}) >= 20
    assert all(t.outer.count("(") - t.outer.count(")") == 1 for t in TEMPLATES)
    assert all(w.count("(") == 1 for t in TEMPLATES for w in t.wrappers)
    splits = {p.template: p.split for p in crossed}
    assert Counter(splits.values()) == {"train": 12, "test": 12, "dev": 8}


@pytest.mark.parametrize("numbers", [0, 901])
def test_a_wrong_number_of_numbers_is_refused(byte_tokenizer, numbers):
    with pytest.raises(ConfigError, match=f"{numbers} numbers per template: give 1 to 900"):
        reference_brackets(byte_tokenizer, numbers=numbers)


def test_a_tokenizer_that_cannot_be_levelled_is_named(byte_tokenizer):
    """One token a line: no operand makes anything longer."""

    def encode(text: str) -> Encoding:
        n = text.count("(")
        return Encoding(np.arange(n), np.zeros((n, 2), dtype=np.int64))

    lines = Tokenizer(encode, str, str, None, frozenset(), 9, "lines")
    with pytest.raises(ConfigError, match="template 'python-1' has no common length"):
        reference_brackets(lines, numbers=1)


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.parametrize("name", ["codellama", "llama3.1", "gpt2", "gpt-neox", "deepseek-coder"])
def test_real_tokenizers_are_levelled(data, name):
    from transformers import AutoTokenizer

    from neuroglot.lm.tokenizers import make_tokenizer

    folder = data / "tokenizers"
    tokenizer = make_tokenizer(AutoTokenizer.from_pretrained(folder / name))
    known = json.loads((folder / "CHECKS.json").read_text())[name]["single_token_ids_after_digit"]
    prompts = reference_brackets(tokenizer, numbers=1)
    assert len(prompts) == len(TEMPLATES) * len(CLOSED_COUNTS) * len(known)
    for prompt in prompts[::7]:
        ids = tokenizer.encode(prompt.text + prompt.target).ids
        assert ids[-1] == known[prompt.target] and len(ids) == prompt.length + 1
