"""Scores from counts: equal to those of the tokens themselves, drawn task by task."""

import numpy as np
import pytest

from neuroglot.analyses.probe import balanced_accuracy, macro_f1
from neuroglot.analyses.probe_counts import (
    CONTROL,
    HIDDEN,
    MAJORITY,
    ProbeCounts,
    TargetCounts,
    counted,
    syntax_of_tasks,
)
from neuroglot.base.errors import ConfigError, CorpusError
from neuroglot.runs.schemas import TABLES
from neuroglot.runs.tensors import read_metadata, read_tensors, write_tensors

LEVELS, TASKS, CLASSES, TOKENS = 4, 12, 5, 600
FEATURES = (HIDDEN, MAJORITY, CONTROL)


@pytest.fixture(scope="module")
def tokens():
    """What tokens are, by features (the control has classes of its own), and what is said."""
    rng = np.random.default_rng(0)
    tasks = rng.integers(0, TASKS, TOKENS)
    true = rng.choice(CLASSES, TOKENS, p=[0.5, 0.3, 0.1, 0.07, 0.03])
    classes = {HIDDEN: true, MAJORITY: true, CONTROL: rng.permutation(true)}
    right = rng.random((len(FEATURES), LEVELS, TOKENS)) < 0.6
    guess = rng.integers(0, CLASSES, (len(FEATURES), LEVELS, TOKENS))
    said = {name: np.where(right[at], classes[name], guess[at]) for at, name in enumerate(FEATURES)}
    return tasks, classes, said


@pytest.fixture(scope="module")
def found(tokens):
    tasks, classes, said = tokens
    shape = (LEVELS, len(FEATURES), TASKS, CLASSES)
    rows = np.zeros(shape[1:], np.int64)
    told, correct = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    for at, name in enumerate(FEATURES):
        for level in range(LEVELS):
            rows[at], told[level, at], correct[level, at] = counted(
                classes[name], said[name][level], tasks, n_tasks=TASKS, n_classes=CLASSES
            )
    own = TargetCounts(tuple("vwxyz"), rows, told, correct)
    names = tuple(f"task {n}" for n in range(TASKS))
    return ProbeCounts((-1, 0, 1, 2), names, FEATURES, {"ast": own, "language": own}, ("a note",))


def drawn_tokens(tokens, feature, level, times):
    """Classes and predictions with every task's tokens as often as the task was drawn."""
    tasks, classes, said = tokens
    often = times[tasks]
    return np.repeat(classes[feature], often), np.repeat(said[feature][level], often)


def test_scores_are_those_of_the_tokens_of_drawn_tasks(tokens, found):
    weights = found.weights(draws=20, seed=1)
    assert (weights[0] == 1).all() and (weights.sum(axis=1) == TASKS).all()
    for feature in FEATURES:
        accuracy = found.accuracy("ast", feature, weights)
        balanced = found.balanced_accuracy("ast", feature, weights)
        f1 = found.macro_f1("ast", feature, weights)
        assert accuracy.shape == balanced.shape == f1.shape == (21, LEVELS)
        for draw in (0, 1, 20):
            for level in range(LEVELS):
                true, said = drawn_tokens(tokens, feature, level, weights[draw].astype(int))
                assert accuracy[draw, level] == pytest.approx(np.mean(true == said))
                assert balanced[draw, level] == pytest.approx(balanced_accuracy(true, said))
                assert f1[draw, level] == pytest.approx(macro_f1(true, said))


def test_a_class_that_was_not_drawn_does_not_count(tokens, found):
    tasks, classes, _ = tokens
    with_rare = np.unique(tasks[classes[HIDDEN] == 4])
    weights = np.ones((1, TASKS))
    weights[0, with_rare] = 0
    assert 0 < len(with_rare) < TASKS
    true, said = drawn_tokens(tokens, HIDDEN, 0, weights[0].astype(int))
    balanced = found.balanced_accuracy("ast", HIDDEN, weights)[0, 0]
    assert balanced == pytest.approx(balanced_accuracy(true, said))
    assert np.isnan(found.balanced_accuracy("ast", HIDDEN, np.zeros((1, TASKS)))).all()


def test_rows_are_those_of_the_table_and_intervals_hold_their_value(found):
    rows = found.rows("made up", resamples=200, seed=0)
    table = TABLES["probe"]
    assert all(set(row) <= set(table.names) for row in rows)
    keys = {tuple(row[name] for name in table.key) for row in rows}
    assert len(keys) == len(rows) == 2 * len(FEATURES) * LEVELS
    for row in rows:
        assert row["low"] < row["balanced_accuracy"] < row["high"]
        assert (row["n"], row["unit"]) == (TASKS, "task")


def test_what_is_stored_is_all_that_is_needed(found, tmp_path):
    file = tmp_path / "probes.safetensors"
    write_tensors(file, found.arrays(), metadata=found.metadata())
    stored = read_tensors(file)
    again = ProbeCounts.from_arrays(stored, read_metadata(file))
    assert again.rows("x", resamples=50, seed=2) == found.rows("x", resamples=50, seed=2)
    assert again.notes == ("a note",)
    # By target, level, features and task.
    shape = (2, LEVELS, len(FEATURES), TASKS)
    assert stored["correct"].shape == stored["rows"].shape == shape
    assert stored["rows"].dtype == stored["correct"].dtype == np.int64
    share = stored["correct"].sum(axis=-1) / stored["rows"].sum(axis=-1)
    accuracy = found.accuracy("ast", CONTROL, np.ones((1, TASKS)))[0]
    assert share[0, :, FEATURES.index(CONTROL)] == pytest.approx(accuracy)


def test_syntax_of_tasks_weighs_every_kind_the_same(tokens, found):
    tasks, classes, said = tokens
    order = found.tasks[::-1]
    syntax = syntax_of_tasks(found, order)
    assert syntax.shape == (LEVELS, TASKS)
    for place, name in enumerate(order[:4]):
        number = found.tasks.index(name)
        for level in range(LEVELS):
            each = []
            for feature in (HIDDEN, CONTROL):
                share = 1 / np.bincount(classes[feature])[classes[feature]]
                own = share * (tasks == number)
                each.append(own[classes[feature] == said[feature][level]].sum() / own.sum())
            assert syntax[level, place] == pytest.approx(each[0] - each[1])
    with pytest.raises(ConfigError, match="no probe was tested on task 'other'"):
        syntax_of_tasks(found, ("task 0", "other"))


def test_a_task_without_tokens_has_no_syntax(found):
    own = found.targets["ast"]
    rows, correct = own.rows.copy(), own.correct.copy()
    rows[:, 3], correct[:, :, 3] = 0, 0
    bare = TargetCounts(own.classes, rows, own.said, correct)
    less = ProbeCounts(found.levels, found.tasks, FEATURES, {"ast": bare})
    assert less.n_tasks("ast") == TASKS - 1
    with pytest.raises(CorpusError, match="task 'task 3' has no token whose kind was probed"):
        syntax_of_tasks(less, found.tasks)
    assert np.isfinite(syntax_of_tasks(less, found.tasks[:3])).all()
