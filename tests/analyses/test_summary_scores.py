"""ROUGE-L and chrF against their definitions written out by hand."""

import sys
from collections import Counter

import pytest

from neuroglot.analyses.summary_scores import chrf_scores, rouge_l_scores
from neuroglot.base.errors import ConfigError, MissingExtraError

PAIRS = [
    ("returns the sum of the values", "returns the sum of all values"),
    ("the values are added", "returns the sum of all values"),
    ("Returns The SUM", "returns the sum"),
    ("nothing alike", "returns a sum"),
]


def common(a, b):
    """Length of the longest common subsequence."""
    best = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            best[i + 1][j + 1] = best[i][j] + 1 if x == y else max(best[i][j + 1], best[i + 1][j])
    return best[-1][-1]


@pytest.mark.parametrize(("text", "reference"), PAIRS)
def test_rouge_l_by_hand(text, reference):
    pytest.importorskip("rouge_score", reason="needs neuroglot[text-metrics]")
    a, b = text.lower().split(), reference.lower().split()
    both = common(a, b)
    precision, recall = both / len(a), both / len(b)
    wanted = 200 * precision * recall / (precision + recall) if both else 0.0
    assert rouge_l_scores([text], [reference]) == pytest.approx([wanted])


@pytest.mark.parametrize(("text", "reference"), PAIRS[:2])
def test_chrf_by_hand(text, reference):
    pytest.importorskip("sacrebleu", reason="needs neuroglot[text-metrics]")
    a, b = text.replace(" ", ""), reference.replace(" ", "")
    precisions, recalls = [], []
    for n in range(1, 7):
        have, want = (
            Counter(each[at : at + n] for at in range(len(each) - n + 1)) for each in (a, b)
        )
        both = sum((have & want).values())
        precisions.append(both / have.total())
        recalls.append(both / want.total())
    p, r = sum(precisions) / 6, sum(recalls) / 6
    wanted = 100 * 5 * p * r / (4 * p + r)
    assert chrf_scores([text], [reference]) == pytest.approx([wanted], abs=1e-6)


def test_extremes():
    pytest.importorskip("rouge_score", reason="needs neuroglot[text-metrics]")
    same = "Returns the sum."
    assert rouge_l_scores([same, ""], [same, same]) == pytest.approx([100, 0])
    assert chrf_scores([same, ""], [same, same]) == pytest.approx([100, 0])


@pytest.mark.parametrize("scores", [rouge_l_scores, chrf_scores])
def test_unequal_numbers_are_refused(scores):
    with pytest.raises(ConfigError, match="2 texts for 1 references"):
        scores(["a", "b"], ["a"])


@pytest.mark.parametrize(
    ("scores", "package", "module"),
    [
        (rouge_l_scores, "rouge-score", "rouge_score.rouge_scorer"),
        (chrf_scores, "sacrebleu", "sacrebleu.metrics.chrf"),
    ],
)
def test_without_a_package_the_extra_is_named(monkeypatch, scores, package, module):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtraError, match=rf"'{package}'.*neuroglot\[text-metrics\]"):
        scores(["a"], ["a"])
