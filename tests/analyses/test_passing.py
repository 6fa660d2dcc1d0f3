"""pass@k of edited models against a naive reading; McNemar against enumeration; gates and nulls."""

from itertools import combinations, product

import numpy as np
import pytest
import scipy.stats

from neuroglot.analyses.passing import Whole, heavier, mcnemar_p, passing
from neuroglot.analyses.verdicts import Part
from neuroglot.base.errors import CorpusError

LANGUAGES = ("python", "go")


def samples(probabilities, *, tasks=160, n=1, seed=0, languages=LANGUAGES):
    """Scored rows: probabilities maps (arm, draw) -> chance to pass; clean is ("none", 0).

    Folds as they are written: each task under the variant of its half.
    """
    rng = np.random.default_rng(seed)
    rows = []
    for language in languages:
        hard = rng.uniform(-0.15, 0.15, tasks)
        for (arm, draw), chance in probabilities.items():
            clean = arm == "none"
            for task in range(tasks):
                for sample in range(n):
                    passed = bool(rng.random() < chance + hard[task])
                    rows.append(
                        {
                            "task_id": f"{language}/{task}",
                            "suite": "s",
                            "language": language,
                            "selection": "none" if clean else "pls",
                            "ablated": "none" if clean else language,
                            "operation": "none" if clean else "mean",
                            "arm": arm,
                            "draw": draw,
                            "dose": 0.0 if clean else 1.0,
                            "fold": -1 if clean else task % 2,
                            "sample": sample,
                            "passed": passed,
                            "status": "passed" if passed else "wrong",
                        }
                    )
    return rows


def each_task(task_id):
    return Whole("task", task_id)


def found(rows, whole_of=each_task, **settings):
    return passing(rows, whole_of=whole_of, **{"resamples": 300, **settings})


def table(rows, **settings):
    keys = ("evaluated", "arm", "draw", "k")
    return {tuple(row[key] for key in keys): row for row in found(rows, **settings).rows()}


EFFECT = {("none", 0): 0.6, ("neurons", 0): 0.3, ("matched", 0): 0.55, ("matched", 1): 0.55}
NULL = {("none", 0): 0.6, ("neurons", 0): 0.5, **{("matched", d): 0.5 for d in range(5)}}


def test_the_table_is_what_a_naive_reading_gives():
    rows = samples(EFFECT, tasks=30, n=4)
    by_key = table(rows)
    assert {k for *_, k in by_key} == {1, 3, 4}
    for (language, arm, draw, k), row in by_key.items():

        def naive(arm, draw, language=language, k=k):
            shares = []
            for task in range(30):
                own = [
                    r["passed"]
                    for r in rows
                    if (r["task_id"], r["arm"], r["draw"]) == (f"{language}/{task}", arm, draw)
                ]
                choices = [any(each) for each in combinations(own, k)]
                shares.append(sum(choices) / len(choices))
            return sum(shares) / len(shares)

        assert row["value"] == pytest.approx(naive(arm, draw))
        assert (row["tasks"], row["n"], row["unit"]) == (30, 30, "task")
        if arm == "none":
            assert row["change_points"] is row["change_relative"] is None
            assert row["low"] <= row["value"] <= row["high"]
            continue
        change = naive(arm, draw) - naive("none", 0)
        assert row["change_points"] == pytest.approx(100 * change)
        assert row["change_relative"] == pytest.approx(change / naive("none", 0))
        assert row["low"] <= row["change_points"] <= row["high"]


def test_changes_are_paired_by_task():
    rows = samples({("none", 0): 0.5}, tasks=40)
    same = [
        row | {"ablated": row["language"], "operation": "zero", "arm": "neurons", "dose": 1.0}
        for row in rows
    ]
    for row in table(rows + same).values():
        if row["arm"] == "neurons":
            assert (row["change_points"], row["low"], row["high"]) == (0, 0, 0)
        else:
            assert row["high"] - row["low"] > 0.1


def test_families_are_resampled_as_one():
    rows = samples(EFFECT, tasks=120)
    before = {(row["task_id"], row["arm"], row["draw"]): row["status"] for row in rows}
    for row in rows:
        # Tasks of a family pass together, or none of them does.
        language, _, task = row["task_id"].partition("/")
        row["status"] = before[f"{language}/{int(task) // 12}", row["arm"], row["draw"]]
    alone = table(rows)["python", "none", 0, 1]

    def family(id):
        return Whole("algorithm family", str(int(id.rpartition("/")[2]) // 12))

    together = table(rows, whole_of=family)["python", "none", 0, 1]
    assert (together["n"], together["unit"], together["tasks"]) == (10, "algorithm family", 120)
    assert together["value"] == alone["value"]
    assert together["high"] - together["low"] > 2 * (alone["high"] - alone["low"])


def test_one_draw_makes_it_mcnemars_exact_test():
    rng = np.random.default_rng(3)
    for _ in range(20):
        own, other = rng.random((2, 60)) < rng.uniform(0.2, 0.8, (2, 1))
        lost, won = int((~own & other).sum()), int((own & ~other).sum())
        slow = scipy.stats.binomtest(won, won + lost, 0.5, alternative="less").pvalue
        assert mcnemar_p(own, other[:, None]) == pytest.approx(slow)


def test_several_draws_are_dealt_in_every_way():
    rng = np.random.default_rng(4)
    for _ in range(5):
        sets = rng.random((5, 4)) < 0.5
        ways = list(product(range(4), repeat=5))
        as_few = [
            sum(sets[task, way[task]] for task in range(5)) <= sets[:, 0].sum() for way in ways
        ]
        assert mcnemar_p(sets[:, 0], sets[:, 1:]) == pytest.approx(sum(as_few) / len(ways))


def test_nothing_to_compare_with_has_no_p():
    assert np.isnan(mcnemar_p([True], np.zeros((1, 0))))
    assert mcnemar_p([], np.zeros((0, 2))) == 1.0


def test_a_null_set_is_seldom_significant_and_a_harmful_one_nearly_always():
    null, harmful = [], []
    for seed in range(100):
        for into, chance in ((null, 0.5), (harmful, 0.36)):
            rng = np.random.default_rng(seed)
            each = rng.uniform(-0.4, 0.4, 160)
            own = rng.random(160) < chance + each
            others = rng.random((160, 5)) < (0.5 + each)[:, None]
            into.append(mcnemar_p(own, others) <= 0.05)
    assert np.mean(null) <= 0.09
    assert np.mean(harmful) >= 0.9


def test_p_values_stand_with_own_sets_and_are_corrected_over_languages():
    rows = samples(EFFECT, tasks=60)
    extra = [
        row | {"language": "go", "task_id": f"go/{row['task_id'].rpartition('/')[2]}"}
        for row in rows
        if row["language"] == "python" and row["arm"] == "neurons"
    ]
    by_key = {
        (row["ablated"], row["evaluated"], row["arm"], row["draw"]): row
        for row in found(rows + extra).rows()
    }
    own = [row for (a, b, arm, _), row in by_key.items() if arm == "neurons" and a == b]
    assert len(own) == 2
    for row in own:
        passed = {
            (arm, draw): np.array(
                [
                    r["passed"] for r in rows
                    if (r["language"], r["arm"], r["draw"]) == (row["evaluated"], arm, draw)
                ]
            )
            for arm, draw in EFFECT
        }  # fmt: skip
        others = np.stack([passed["matched", 0], passed["matched", 1]], axis=1)
        assert row["p"] == pytest.approx(mcnemar_p(passed["neurons", 0], others))
    assert max(row["p_holm"] for row in own) <= 2 * max(row["p"] for row in own)
    assert min(row["p_holm"] for row in own) == pytest.approx(2 * min(row["p"] for row in own))
    rest = [row for key, row in by_key.items() if row not in own]
    assert not any("p" in row for row in rest)


def test_several_samples_are_compared_by_the_first():
    rows = samples(EFFECT, tasks=40, n=3)
    first = [row for row in rows if row["sample"] == 0]
    many, one = table(rows), table(first)
    for language in LANGUAGES:
        assert many[language, "neurons", 0, 1]["p"] == one[language, "neurons", 0, 1]["p"]
        assert "p" not in many[language, "neurons", 0, 3]


def test_what_was_not_judged_is_no_wrong_answer():
    rows = samples({("none", 0): 1.2, ("neurons", 0): 1.2}, tasks=20)
    for row in rows:
        if row["arm"] == "neurons" and row["task_id"] in ("python/3", "python/4"):
            row |= {"status": "sandbox_error", "passed": False}
        if row["language"] == "go":
            row |= {"status": "no_toolchain", "passed": False}
    by_key = table(rows)
    assert {key[0] for key in by_key} == {"python"}
    row = by_key["python", "neurons", 0, 1]
    assert (row["tasks"], row["value"], row["change_points"]) == (18, 1.0, 0.0)


def test_a_language_of_which_nothing_was_judged_is_named_and_costs_the_others_nothing():
    rows = samples(EFFECT)
    judged = [row for row in rows if row["language"] == "python"]
    lost = [row | {"status": "no_toolchain"} for row in rows if row["language"] == "go"]
    agreement = found(judged + lost).agreement("s", "pls", "mean")
    assert agreement.labels == ("python",)
    assert agreement.left_out["go"] == "go has 0 tasks that were judged, at least 150 wanted"
    both, alone = table(judged + lost), table(judged)
    assert both["python", "neurons", 0, 1] == alone["python", "neurons", 0, 1]
    none = found(lost)
    assert none.rows() == [] and none.agreement("s", "pls", "mean").part().passed is None


def test_of_two_suites_the_one_that_contradicts_counts():
    agrees, contradicts = (Part("variant", name, passed=name == "a") for name in "ab")
    silent = Part("variant", "c")
    assert heavier(agrees, contradicts) is heavier(contradicts, agrees) is contradicts
    assert heavier(agrees, silent) is heavier(silent, agrees) is agrees
    assert heavier(agrees, other := Part("variant", "d", passed=True)) is other


def test_agreement_is_the_mean_over_languages_of_own_less_matched():
    rows = samples(EFFECT)
    one = found(rows)
    agreement = one.agreement("s", "pls", "mean")
    by_key = table(rows)
    expected = np.mean(
        [
            by_key[k, "neurons", 0, 1]["change_points"]
            - np.mean([by_key[k, "matched", d, 1]["change_points"] for d in (0, 1)])
            for k in LANGUAGES
        ]
    )
    assert agreement.value == pytest.approx(expected)
    assert agreement.low < agreement.value < agreement.high < 0
    assert (agreement.labels, agreement.n, dict(agreement.left_out)) == (LANGUAGES, 320, {})
    part = agreement.part()
    assert part.name == "pass@1 agrees in sign, s"
    assert part.passed and part.value == -agreement.value
    assert (part.low, part.high) == (-agreement.high, -agreement.low)
    again = found(rows).agreement("s", "pls", "mean")
    assert (again.low, again.high) == (agreement.low, agreement.high)


def test_a_set_that_costs_no_more_does_not_agree():
    gains = NULL | {("neurons", 0): 0.7}
    agreement = found(samples(gains)).agreement("s", "pls", "mean")
    assert agreement.value > 0 and agreement.part().passed is False


def test_intervals_hold_the_truth_as_often_as_they_say():
    inside = []
    for seed in range(40):
        agreement = found(samples(NULL, seed=seed), seed=seed).agreement("s", "pls", "mean")
        inside.append(agreement.low <= 0 <= agreement.high)
    assert np.mean(inside) >= 0.85


def test_gates_leave_languages_out_and_name_them():
    few = samples(EFFECT, tasks=149)
    agreement = found(few).agreement("s", "pls", "mean")
    assert agreement.labels == ()
    assert agreement.left_out["go"] == "go has 149 tasks that were judged, at least 150 wanted"
    part = agreement.part()
    assert part.passed is None and "149 tasks" in part.note
    weak = EFFECT | {("none", 0): 0.1}
    rows = samples(EFFECT, languages=("python",)) + samples(weak, languages=("go",))
    agreement = found(rows).agreement("s", "pls", "mean")
    assert agreement.labels == ("python",)
    assert "% of its tasks clean, at least 20% wanted" in agreement.left_out["go"]
    alone = {key: EFFECT[key] for key in (("none", 0), ("neurons", 0))}
    agreement = found(samples(alone)).agreement("s", "pls", "mean")
    assert "has no matched set" in agreement.left_out["go"]
    bare = samples(EFFECT, languages=("python",)) + samples({("none", 0): 0.6}, languages=("go",))
    assert dict(found(bare).agreement("s", "pls", "mean").left_out) == {"go": "go has no own set"}


def test_both_halves_count_for_the_gate():
    """75 tasks of each half make 150."""
    assert found(samples(EFFECT, tasks=150)).agreement("s", "pls", "mean").labels == LANGUAGES


def test_samples_that_cannot_be_read_are_refused_in_one_line():
    rows = samples(EFFECT, tasks=3)
    with pytest.raises(CorpusError, match="sample 0 of python/0 stands twice for draw 0 of none"):
        found([*rows, rows[0]])
    with pytest.raises(CorpusError, match=r"what was done to the model \('ablated'\)"):
        found([{key: value for key, value in rows[0].items() if key != "ablated"}])
    with pytest.raises(CorpusError, match="no sample of the clean model in python: score all"):
        found([row for row in rows if row["arm"] != "none"])
