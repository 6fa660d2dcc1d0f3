"""The published bracket prompts against the check values of their data."""

from collections import Counter

import pytest

from neuroglot.base.errors import ConfigError
from neuroglot.text.published_brackets import SPLITS, published_brackets

COUNTS = (1, 2, 3, 4)
STARTS = {
    1: [197, 444, 810, 365],
    2: [239, 562, 919, 301],
    3: [400, 716, 658, 121],
    4: [558, 561, 371, 354],
}
ENDS = {1: [407, 583, 467], 2: [935, 740], 3: [521, 835], 4: [901, 706]}


@pytest.mark.parametrize("k", COUNTS)
def test_the_published_draw_has_its_check_values(k):
    train = [p.number for p in published_brackets(split="train") if p.k == k]
    test = [p.number for p in published_brackets(split="test") if p.k == k]
    assert train[:4] == STARTS[k]
    assert test[-len(ENDS[k]) :] == ENDS[k]


def test_the_published_prompts_are_as_they_were():
    prompts = published_brackets()
    assert Counter((p.split, p.k) for p in prompts) == Counter(
        {(split, k): size for split, size in SPLITS for k in COUNTS}
    )
    by_k = {p.k: p for p in reversed(prompts)}
    assert by_k[1].text == "#print the string 197\nprint(197"
    assert by_k[4].text == "#print the string 558\nprint(str(str(str(558"
    assert by_k[4].target == "))))" and by_k[4].closed == 0
    assert by_k[4].text[by_k[4].statement_start :] == "print(str(str(str(558"
    with pytest.raises(ConfigError, match="no split 'valid': give train, dev, test"):
        published_brackets(split="valid")


def test_numbers_are_apart_inside_a_count_but_not_across_counts():
    """As published: 66 to 82 of a count's 150 test numbers are in another one's training."""
    numbers = {
        (k, split): {p.number for p in published_brackets(split=split) if p.k == k}
        for k in COUNTS
        for split, _ in SPLITS
    }
    for k in COUNTS:
        own = set().union(*(numbers[k, split] for split, _ in SPLITS))
        assert len(own) == 650 and own <= set(range(100, 1000))
    shared = [
        len(numbers[k, "test"] & numbers[other, "train"])
        for k in COUNTS
        for other in COUNTS
        if k != other
    ]
    assert (min(shared), max(shared)) == (66, 82)
