"""Accuracy, promotion, precision and recall of units; how closely they follow counts."""

import numpy as np
import pytest

from analyses.bracket_worlds import asked, noise
from neuroglot.analyses.bracket_units import (
    GATE,
    UnitCounts,
    code_scores,
    counting,
    dealt_anew,
    steering_order,
    strata_of,
    text_scores,
    tracking,
    unit_answers,
    unit_counts,
)


def peaked(preferred, n=4):
    """Logits [prompt, n] that are largest at these columns."""
    logits = np.full((len(preferred), n), -1.0)
    logits[np.arange(len(preferred)), preferred] = 1.0
    return logits


def units(world):
    """A perfect unit, a constant one (always two closers), and one that follows closed calls."""
    columns = [world.right, np.full(len(world.k), 1), np.clip(world.closed - 1, 0, 3)]
    return np.stack([peaked(each) for each in columns], axis=1)


def counted(world, logits, *, rank=1):
    most = logits.max(axis=2)
    answers = unit_answers(world, logits, most, np.full(most.shape, rank))
    return answers, unit_counts(world, answers)


def test_a_constant_unit_passes_one_count_and_only_without_the_gate():
    world = asked(train=3, dev=0, test=0)
    _, counts = counted(world, units(world))
    assert counts.accuracy()[:, 0].tolist() == [1, 1, 1, 1]
    assert counts.accuracy()[:, 1].tolist() == [0, 1, 0, 0]
    assert counts.generality().tolist() == [4, 1, 0]
    _, far = counted(world, units(world), rank=GATE + 1)
    assert far.generality().tolist() == [0, 0, 0]
    assert far.generality(gate=False).tolist() == [4, 1, 0]


def test_ties_are_right_and_half_of_the_largest_logit_promotes():
    world = asked(train=1, dev=0, test=0)
    logits = np.tile([2.0, 2.0, 1.0, 0.9], (len(world.k), 1, 1))
    answers = unit_answers(world, logits, np.full((len(world.k), 1), 2.0), np.ones((16, 1), int))
    assert answers.right[:, 0].tolist() == (world.k <= 2).tolist()
    assert answers.promoted[0, 0].tolist() == [True, True, True, False]
    quiet = unit_answers(world, -logits, np.full((16, 1), -0.9), np.ones((16, 1), int))
    assert not quiet.promoted.any()
    # All are tied in a unit that is switched off: it knows nothing.
    off = unit_answers(world, 0 * logits, np.zeros((16, 1)), np.ones((16, 1), int))
    assert not off.right.any()


def test_a_perfect_unit_has_precision_one_by_the_text_and_one_half_by_the_code():
    world = asked(train=2, dev=0, test=0)
    _, counts = counted(world, units(world))
    text, code = text_scores(counts.promotion()), code_scores(counts.promotion())
    assert (text.precision[0], text.recall[0], text.f1[0]) == (1, 1, 1)
    assert (code.precision[0], code.recall[0]) == (0.5, 1)
    # Always two closers: found in every prompt that wants two, and in all others as well.
    assert text.precision[1] == pytest.approx(0.5 / 4)
    assert text.recall[1] == 0.25


def test_precision_is_that_of_the_prompts_counted_one_by_one():
    world, draw = asked(train=4, dev=0, test=0), noise(5)
    logits = draw.normal(size=(len(world.k), 3, 4))
    answers, counts = counted(world, logits)
    found = text_scores(counts.promotion())
    for unit in range(3):
        precision, recall = [], []
        for column, k in enumerate(world.counts):
            said, own = answers.promoted[:, unit, column], world.k == k
            hits = (said & own).sum()
            wrong = (said & ~own).sum() / 3
            precision.append(hits / (hits + wrong) if hits + wrong else 0)
            recall.append(hits / own.sum())
        assert found.precision[unit] == pytest.approx(np.mean(precision))
        assert found.recall[unit] == pytest.approx(np.mean(recall))


def test_resampled_templates_give_the_accuracy_of_their_own_prompts():
    world, draw = asked(train=4, dev=0, test=0), noise(6)
    _, counts = counted(world, draw.normal(size=(len(world.k), 2, 4)))
    weights = np.array([2.0, 0, 1, 1])
    times = np.repeat(np.arange(len(world.k)), weights[world.template].astype(int))
    logits = draw.normal(size=(len(world.k), 2, 4))
    answers, counts = counted(world, logits)
    right = answers.right[times]
    for column, k in enumerate(world.counts):
        share = right[world.k[times] == k].mean(axis=0)
        assert counts.accuracy(weights, gate=False)[column] == pytest.approx(share)


def test_the_ranking_goes_by_counts_passed_then_f1_and_leaves_out_who_passes_none():
    def made(accuracy):
        n = np.array(accuracy).T
        hits = (n * 10).astype(int)[None]
        promoted = np.zeros((1, 2, 2, n.shape[1]), int)
        promoted[0, [0, 1], [0, 1]] = hits[0]
        return UnitCounts(np.full((1, 2), 10), hits, hits, promoted)

    counts = made([[0.0, 0.8], [0.9, 0.9], [0.5, 0.5], [0.1, 1.0], [0.7, 0.7]])
    assert steering_order(counts).tolist() == [1, 4, 3, 0]


def test_tracking_is_the_least_over_closed_counts_that_are_not_the_missing_one():
    world = asked(train=5, dev=0, test=0)
    follows = np.where(world.closed > 0, world.closed - 1, 0)
    loses = np.where((world.closed == 3) & (world.template < 2), 0, follows)
    constant, missing = np.full(len(world.k), 1), world.right
    preferred = np.stack([follows, loses, constant, missing], axis=1)
    found = tracking(preferred, world)[0]
    assert found.tolist() == [1.0, pytest.approx(0.6), 0.0, 0.0]


def test_dealing_anew_keeps_every_stratum():
    world = asked(train=4, dev=0, test=0)
    strata = strata_of(world.template, world.length, world.k)
    dealt = dealt_anew(world.closed, strata, draws=20, seed=0, purpose="test")
    assert not (dealt == world.closed).all()
    for stratum in np.unique(strata):
        own = strata == stratum
        assert (np.sort(dealt[:, own], axis=1) == np.sort(world.closed[own])).all()


def test_counting_is_the_slope_s_correlation_where_position_tells_nothing():
    world, draw = asked(train=6, dev=0, test=0), noise(8)
    runs = np.array(world.counts)
    right = np.outer(world.k, runs - runs.mean())
    against = -right
    position = np.outer(world.length, runs - runs.mean())
    chance = draw.normal(size=right.shape)
    never = np.zeros_like(right)
    found = counting(np.stack([right, against, position, chance, never], axis=1), world)
    assert found[0] == pytest.approx(1) and found[1] == pytest.approx(-1)
    assert np.isnan(found[2]) and np.isnan(found[4])
    assert abs(found[3]) < 0.3
