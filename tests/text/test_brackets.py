"""Published bracket prompts against their check values; crossed ones against a tokenizer."""

import json
from collections import Counter, defaultdict
from itertools import product

import numpy as np
import pytest

from neuroglot.base.errors import ConfigError
from neuroglot.base.tokenizer import Encoding, Tokenizer
from neuroglot.text.bracket_templates import (
    CLOSED_COUNTS,
    MISSING_COUNTS,
    TEMPLATES,
    template_brackets,
)
from neuroglot.text.brackets import SPLITS, BracketPrompt, closers, published_brackets

STARTS = {
    1: [197, 444, 810, 365],
    2: [239, 562, 919, 301],
    3: [400, 716, 658, 121],
    4: [558, 561, 371, 354],
}
ENDS = {1: [407, 583, 467], 2: [935, 740], 3: [521, 835], 4: [901, 706]}


@pytest.mark.parametrize("k", MISSING_COUNTS)
def test_the_published_draw_has_its_check_values(k):
    train = [p.number for p in published_brackets(split="train") if p.k == k]
    test = [p.number for p in published_brackets(split="test") if p.k == k]
    assert train[:4] == STARTS[k]
    assert test[-len(ENDS[k]) :] == ENDS[k]


def test_the_published_prompts_are_as_they_were():
    prompts = published_brackets()
    assert Counter((p.split, p.k) for p in prompts) == Counter(
        {(split, k): size for split, size in SPLITS for k in MISSING_COUNTS}
    )
    by_k = {p.k: p for p in reversed(prompts)}
    assert by_k[1].text == "#print the string 197\nprint(197"
    assert by_k[4].text == "#print the string 558\nprint(str(str(str(558"
    assert by_k[4].target == "))))"
    for k in MISSING_COUNTS:
        numbers = [p.number for p in prompts if p.k == k]
        assert len(set(numbers)) == 650 and all(100 <= n < 1000 for n in numbers)
    with pytest.raises(ConfigError, match="no split 'valid': give train, dev, test"):
        published_brackets(split="valid")


def merging(plain: Tokenizer, longest: int) -> Tokenizer:
    """Bytes, but runs of up to `longest` closers are one token each: ids 301, 302, ..."""

    def encode(text: str) -> Encoding:
        ids: list[int] = []
        offsets: list[tuple[int, int]] = []
        found = plain.encode(text)
        for id, (start, end) in zip(found.ids.tolist(), found.offsets.tolist(), strict=True):
            if id == ord(")") and ids and 300 < ids[-1] < 300 + longest:
                ids[-1] += 1
                offsets[-1] = (offsets[-1][0], end)
            else:
                ids.append(301 if id == ord(")") else id)
                offsets.append((start, end))
        return Encoding(np.array(ids), np.array(offsets).reshape(-1, 2))

    return Tokenizer(encode, plain.decode, plain.token_text, plain.bos, plain.special_ids, 400, "m")


def test_closers_are_those_that_are_one_token(byte_tokenizer):
    assert closers(merging(byte_tokenizer, 4)) == {1: 301, 2: 302, 3: 303, 4: 304}
    assert closers(merging(byte_tokenizer, 2)) == {1: 301, 2: 302}
    assert closers(byte_tokenizer) == {1: ord(")")}


@pytest.fixture(scope="module")
def crossed(byte_tokenizer) -> tuple[BracketPrompt, ...]:
    """Every template with one number."""
    return template_brackets(merging(byte_tokenizer, 4), numbers=1, seed=5)


def test_all_counts_are_crossed_at_one_length(byte_tokenizer, crossed):
    tokenizer, prompts = merging(byte_tokenizer, 4), crossed
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


def test_counts_that_are_no_single_token_are_left_out(byte_tokenizer):
    prompts = template_brackets(merging(byte_tokenizer, 2), numbers=1, templates=TEMPLATES[:3])
    assert {p.k for p in prompts} == {1, 2}


def test_the_seed_decides_and_templates_do_not_disturb_each_other(byte_tokenizer):
    tokenizer = merging(byte_tokenizer, 4)
    few = template_brackets(tokenizer, templates=TEMPLATES[:2], numbers=2, seed=1)
    assert few == template_brackets(tokenizer, templates=TEMPLATES[:2], numbers=2, seed=1)
    assert few != template_brackets(tokenizer, templates=TEMPLATES[:2], numbers=2, seed=2)
    assert (
        few == template_brackets(tokenizer, templates=TEMPLATES[:4], numbers=2, seed=1)[: len(few)]
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
        template_brackets(byte_tokenizer, numbers=numbers)


def test_a_tokenizer_that_cannot_be_levelled_is_named(byte_tokenizer):
    """One token a line: no operand makes anything longer."""

    def encode(text: str) -> Encoding:
        n = text.count("(")
        return Encoding(np.arange(n), np.zeros((n, 2), dtype=np.int64))

    lines = Tokenizer(encode, str, str, None, frozenset(), 9, "lines")
    with pytest.raises(ConfigError, match="template 'python-1' has no common length"):
        template_brackets(lines, numbers=1)


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.parametrize("name", ["codellama", "llama3.1", "gpt2", "gpt-neox", "deepseek-coder"])
def test_real_tokenizers_have_their_known_closers_and_are_levelled(data, name):
    from transformers import AutoTokenizer

    from neuroglot.lm.tokenizers import make_tokenizer

    folder = data / "tokenizers"
    tokenizer = make_tokenizer(AutoTokenizer.from_pretrained(folder / name))
    known = json.loads((folder / "CHECKS.json").read_text())[name]["single_token_ids_after_digit"]
    assert closers(tokenizer) == {len(k): id for k, id in known.items()}
    prompts = template_brackets(tokenizer, numbers=1)
    assert len(prompts) == len(TEMPLATES) * len(CLOSED_COUNTS) * len(known)
    for prompt in prompts[::7]:
        ids = tokenizer.encode(prompt.text + prompt.target).ids
        assert ids[-1] == known[prompt.target] and len(ids) == prompt.length + 1
