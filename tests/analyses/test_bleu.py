"""Smoothed BLEU-4 against the formula written out by hand."""

import math
import sys
from collections import Counter

import pytest

from neuroglot.analyses.bleu import bleu_scores
from neuroglot.base.errors import ConfigError, MissingExtraError

PAIRS = [
    ("Returns the sum of the values.", "Returns the sum of all values."),
    ("sum", "Returns the sum of all values."),
    ("Gives x[0] , or -1", "gives X[0], or -1"),
    ("nothing alike here", "Returns the sum of all values."),
    ("the the the the the", "Returns the sum of the values, and the count of the values."),
]
TOKENS = {
    "Returns the sum of the values.": "returns the sum of the values .",
    "Returns the sum of all values.": "returns the sum of all values .",
    "Gives x[0] , or -1": "gives x [ 0 ] , or - 1",
    "gives X[0], or -1": "gives x [ 0 ] , or - 1",
    "Returns the sum of the values, and the count of the values.": (
        "returns the sum of the values , and the count of the values ."
    ),
}


def by_hand(text, reference):
    found, wanted = (TOKENS.get(each, each).split() for each in (text, reference))
    logs = 0.0
    for n in range(1, 5):
        have, want = (
            Counter(tuple(each[at : at + n]) for at in range(len(each) - n + 1))
            for each in (found, wanted)
        )
        more = n > 1
        matches = sum((have & want).values()) + more
        if not matches:
            return 0.0
        logs += math.log(matches / (have.total() + more)) / 4
    return 100 * math.exp(logs + min(0, 1 - (len(wanted) + 1) / (len(found) + 1)))


@pytest.mark.parametrize(("text", "reference"), PAIRS)
def test_a_score_is_that_of_the_formula(text, reference):
    pytest.importorskip("sacrebleu", reason="needs neuroglot[text-metrics]")
    assert bleu_scores([text], [reference]) == pytest.approx([by_hand(text, reference)], abs=1e-6)


def test_extremes():
    pytest.importorskip("sacrebleu", reason="needs neuroglot[text-metrics]")
    same = "Returns the sum of all values."
    assert bleu_scores([same, ""], [same, same]) == pytest.approx([100.0, 0.0], abs=1e-6)
    assert bleu_scores([], []) == []


def test_unequal_numbers_are_refused():
    with pytest.raises(ConfigError, match="2 texts for 1 references"):
        bleu_scores(["a", "b"], ["a"])


def test_without_sacrebleu_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "sacrebleu", None)
    monkeypatch.setitem(sys.modules, "sacrebleu.metrics.bleu", None)
    with pytest.raises(MissingExtraError, match=r"'sacrebleu'.*neuroglot\[text-metrics\]"):
        bleu_scores(["a"], ["a"])
