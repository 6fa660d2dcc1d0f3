"""What is made of the seconds once they are there: ratios, intervals, verdicts, agreement."""

import time

import numpy as np
import pytest
from benchmarks.interleaved import Ratio, Task, agreement, measure, ratio, verdict
from benchmarks.tables import markdown, put_block
from scipy.stats import binom


@pytest.mark.parametrize("n", [6, 9, 15, 30, 101])
def test_the_interval_is_the_narrowest_by_order_that_holds_95_percent(n):
    ranks = np.arange(1.0, n + 1)
    found = ratio(np.random.default_rng(n).permutation(ranks), np.ones(n))
    outside = round(found.low) - 1
    assert found.high == n - outside
    assert found.median == np.median(ranks)
    assert 2 * binom.cdf(outside, n, 0.5) <= 0.05 < 2 * binom.cdf(outside + 1, n, 0.5)


@pytest.mark.parametrize("n", [1, 2, 5])
def test_too_few_rounds_give_their_range(n):
    found = ratio(np.arange(1.0, n + 1), np.ones(n))
    assert (found.low, found.high) == (1, n)
    assert not ratio(np.ones(n), np.ones(n)).resolved


def test_a_slow_round_slows_both_and_does_not_move_the_ratio():
    load = np.array([1, 8, 1, 3, 1, 1, 5, 1, 2])
    found = ratio(1.5 * load, 1.0 * load)
    assert found.low == found.median == found.high == 1.5


@pytest.mark.parametrize(
    ("low", "high", "aim", "said"),
    [
        (1.005, 1.02, 1.03, "at most 1.03"),
        (1.04, 1.05, 1.03, "above 1.03"),
        (1.025, 1.035, 1.03, "on the line of 1.03"),
        (1.00, 1.029, 1.03, "at most 1.03"),
        (1.04, 1.30, 1.03, "above 1.03"),
        (1.00, 1.031, 1.03, "not resolved here"),
        (1.50, 1.51, None, "resolved"),
        (1.50, 1.53, None, "not resolved here"),
    ],
)
def test_verdicts(low, high, aim, said):
    assert verdict(Ratio((low + high) / 2, low, high, 15), aim) == said


def test_agreement_names_how_many_differ_and_by_how_much():
    counts = np.array([[3, 4], [5, 6]])
    other = np.array([[3, 1], [6, 6]])
    assert agreement(counts, counts) == "all equal"
    assert agreement(other, counts) == "2 of 4 differ, by 3 at most"
    assert agreement(None, counts) == ""
    assert "shape" in agreement(counts[:1], counts)


def test_every_task_starts_a_round_in_its_turn():
    calls: list[str] = []

    def task(name: str) -> Task:
        def run() -> None:
            calls.append(name)

        return Task(name, run, "a")

    timed = measure([task("a"), task("b"), task("c")], rounds=3, tell=lambda text: None)
    assert calls[-9:] == [*"abc", *"bca", *"cab"]
    assert all(len(each.cpu_seconds) == 3 for each in timed.values())


def test_a_part_of_the_work_counts_as_often_as_it_is_done():
    def spin() -> None:
        end = time.process_time() + 0.01
        while time.process_time() < end:
            pass

    part, whole = Task("part", spin, "part", times=100), Task("whole", spin, "part")
    timed = measure([part, whole], rounds=1, tell=lambda text: None)
    assert timed["part"].cpu_seconds[0] >= 1.0
    assert timed["part"].wall_seconds[0] >= 1.0
    assert timed["whole"].cpu_seconds[0] >= 0.01


def test_a_block_of_the_page_is_replaced_and_the_rest_left_alone(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("above\n<!-- one:begin -->\nold\n<!-- one:end -->\nbelow\n")
    table = markdown(("a", "b"), [("long cell", "1")])
    put_block(page, "one", table)
    assert page.read_text() == f"above\n<!-- one:begin -->\n{table}\n<!-- one:end -->\nbelow\n"
    with pytest.raises(ValueError, match="two:begin"):
        put_block(page, "two", table)
