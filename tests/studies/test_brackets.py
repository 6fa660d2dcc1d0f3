"""The study `brackets` on a model that counts by construction, analysed blind, and refusals."""

import numpy as np
import pytest

from neuroglot.base.errors import ConfigError, OtherRunError
from neuroglot.report.page import render
from neuroglot.studies.bracket_data import bracket_data, closers_seen_last
from neuroglot.studies.bracket_parameters import BracketsParameters
from neuroglot.studies.brackets_study import STEPS, brackets
from studies.bracket_models import COUNTS, FOLLOWS, counting_lm, random_lm

QUICK = BracketsParameters(profile="quick", draws=1)


def of_the_run(test):
    """One run for all of them, in one process."""
    return pytest.mark.slow(pytest.mark.xdist_group("brackets")(test))


@pytest.fixture(scope="module")
def lm():
    return counting_lm()


@pytest.fixture(scope="module")
def made(lm, tmp_path_factory):
    steps = []

    def watch(step, done, total, unit, detail):
        steps.append(step)

    out = tmp_path_factory.mktemp("brackets") / "run"
    return brackets(lm, out=out, parameters=QUICK, watch=watch), steps


@pytest.fixture(scope="module")
def rows(made):
    return {name: made[0].table(name).to_pylist() for name in made[0].tables}


def claims_of(rows):
    return {row["id"]: row for row in rows["claims"] if row["scope"] == "overall"}


@of_the_run
def test_the_head_that_counts_is_found_counting_and_promoting(rows):
    heads = {
        (row["layer"], row["head"]): row for row in rows["heads"] if row["component"] == "head"
    }
    assert heads[COUNTS]["role"] == "promoting, counting"
    assert heads[COUNTS]["generality"] == 4
    assert heads[COUNTS]["counting_r"] > 0.95
    assert heads[FOLLOWS]["tracking"] == 1
    assert "tracking" in heads[FOLLOWS]["role"]
    assert heads[FOLLOWS]["counting_r"] is None or abs(heads[FOLLOWS]["counting_r"]) < 0.01
    others = [row for place, row in heads.items() if place not in (COUNTS, FOLLOWS)]
    assert len(others) == 6
    assert all(row["role"] == "" and row["generality"] == 0 for row in others)
    assert not [row for row in rows["heads"] if row["component"] == "neuron"]


@of_the_run
def test_its_removal_breaks_the_task_and_nothing_else_does(rows):
    removed = {
        (row["layer"], row["head"], row["direction"], row["position_role"]): row["effect"]
        for row in rows["patching"]
        if row["component"] == "head" and row["direction"] in ("zero", "mean", "resample")
    }
    lead = next(
        row["value"]
        for row in rows["logit_difference"]
        if (row["template"], row["k"], row["counterfactual"]) == ("all", -1, "min")
        and (row["layer"], row["site"]) == (1, "resid_post")
    )
    assert lead > 0
    for (layer, head, operation, role), effect in removed.items():
        if (layer, head) == COUNTS:
            # Without it the closers are as good as level, or the commonest ones lead.
            assert effect < -0.8 * lead, (operation, role)
        elif (layer, head) != FOLLOWS:
            assert abs(effect) < 1e-4
    share = {
        (row["layer"], row["head"]): row["effect"]
        for row in rows["patching"]
        if row["component"] == "head" and row["direction"] == "noising" and row["k"] == 2
    }
    assert share[COUNTS] == pytest.approx(1, abs=0.05)
    alone = {
        row["size"]: row
        for row in rows["faithfulness"]
        if (row["ranking"], row["k"]) == ("effect", -1)
    }
    assert alone[0]["faithfulness"] == pytest.approx(0, abs=1e-3)
    assert alone[1]["faithfulness"] == pytest.approx(1, abs=0.05)
    assert alone[1]["completeness"] == pytest.approx(0, abs=0.05)


@of_the_run
def test_claims_are_what_the_wiring_says(rows):
    found = claims_of(rows)
    assert set(found) == {f"C-{n}" for n in range(1, 9)}
    assert found["C-1"]["value"] == 1
    assert "untrained (not run in this profile)" in found["C-1"]["reason"]
    assert "layers 2" in found["C-2"]["reason"]
    assert found["C-3"]["verdict"] == "does not hold"
    assert found["C-4"]["value"] == pytest.approx(1, abs=0.01)
    assert (found["C-5"]["verdict"], found["C-5"]["value"]) == ("holds", 1)
    assert "L0H1" in found["C-5"]["reason"]
    assert "one kind alone: L0H1 hurts" in found["C-6"]["reason"]
    assert found["C-7"]["verdict"] == "holds"
    assert "of dev 0" in found["C-8"]["reason"]


@of_the_run
def test_attention_is_even_and_every_row_has_its_prompt(rows, made):
    shown = rows["attention"]
    prompts = {row["prompt"]: row for row in rows["bracket_prompts"]}
    for name in {row["prompt"] for row in shown}:
        own = [row for row in shown if (row["prompt"], row["layer"], row["head"]) == (name, 0, 0)]
        assert len(own) == prompts[name]["length"] + 1
        assert [row["weight"] for row in own] == pytest.approx([1 / len(own)] * len(own), abs=1e-5)
        assert "".join(row["token"] for row in own).endswith(prompts[name]["text"])
    masses = [
        row["weight"] for row in rows["attention_roles"] if (row["layer"], row["head"]) == (0, 0)
    ]
    assert sum(masses) == pytest.approx(1)


@of_the_run
def test_tensors_hold_every_prompt_and_their_parts_add_up(made, lm):
    run, _ = made
    found, parts = run.tensors("brackets"), run.tensors("bracket_parts")
    total = parts["contribution"].sum(axis=1)
    assert total == pytest.approx(found["lens"][:, -1], abs=1e-3)
    assert len(found["right"]) == run.table("bracket_prompts").num_rows == 30 * 16


@of_the_run
def test_it_tells_how_far_it_is_resumes_and_draws_its_page(made, lm):
    run, steps = made
    assert set(steps) >= set(STEPS) - {"checks"}
    assert brackets(lm, out=run.path, parameters=QUICK).path == run.path
    other = BracketsParameters(profile="quick", draws=2)
    with pytest.raises(OtherRunError, match="draws"):
        brackets(lm, out=run.path, parameters=other)
    page = render(run)
    assert "L0H0" in page and "which heads know the count" in page.lower()


def test_a_tokenizer_without_runs_of_closers_is_refused(make_lm):
    with pytest.raises(ConfigError, match="counting needs two"):
        bracket_data(make_lm("llama"), QUICK)


def test_a_prompt_longer_than_the_context_is_refused():
    with pytest.raises(ConfigError, match="tokens, and the model reads 40: leave the template out"):
        bracket_data(random_lm(positions=40), QUICK)


def test_templates_that_do_not_align_are_refused(monkeypatch):
    from neuroglot.text import bracket_crossing

    monkeypatch.setattr(bracket_crossing, "_levelled", lambda *_: None)
    with pytest.raises(ConfigError, match="no common length"):
        bracket_data(random_lm(), QUICK)


def test_parameters_are_refused_in_one_line():
    for changes, said in (
        ({"closer": ">"}, "no closing bracket"),
        ({"templates": "mine"}, "give one of crossed, reference"),
        ({"templates": "reference", "closer": "]"}, "closed by '\\)'"),
        ({"draws": 0}, "draws is 0"),
        ({"profile": "slow"}, "unknown profile"),
    ):
        with pytest.raises(ConfigError, match=said):
            BracketsParameters(**changes)


def test_data_are_pairs_that_differ_in_one_count():
    # Of its model only tokenizer and context matter.
    data = bracket_data(random_lm(), BracketsParameters(profile="quick", templates="reference"))
    asked = data.asked
    one, other = data.count_pairs.T
    assert (np.abs(asked.k[one] - asked.k[other]) == 1).all()
    for name in ("template", "closed", "length"):
        values = getattr(asked, name)
        assert (values[one] == values[other]).all()
    mirrored = {tuple(pair) for pair in data.count_pairs[:, ::-1].tolist()}
    assert mirrored == {tuple(pair) for pair in data.count_pairs.tolist()}
    one, other = data.closed_pairs.T
    assert (asked.k[one] == asked.k[other]).all() and (
        asked.closed[one] != asked.closed[other]
    ).all()
    numbers = data.number_pairs()
    assert len(numbers) == len(data.renumbered) > 0
    for mine, its in numbers.tolist():
        first, second = data.tokens[mine].prompt, data.renumbered[its].prompt
        assert (first.k, first.closed, first.template) == (second.k, second.closed, second.template)
        assert first.number != second.number
    seen = closers_seen_last(data.tokens)
    assert {n for n, closed in zip(seen, asked.closed, strict=True) if closed == 0} == {0}


def test_the_twin_is_beside_models_that_come_with_the_package():
    assert QUICK.with_twin("reference") and not QUICK.with_twin("mine")
    assert BracketsParameters().with_twin("mine")
