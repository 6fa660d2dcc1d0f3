"""The page of a `brackets` run: every section, hostile tokens, tables that are not there."""

import re

import numpy as np
import pytest

from neuroglot.report.page import render
from neuroglot.report.pages import brackets
from neuroglot.report.pages.source import Source
from neuroglot.text.bracket_tokens import ROLES
from report.conftest import HOSTILE

LAYERS, HEADS, COUNTS = 12, 6, (1, 2, 3, 4)


def tables():
    """Plausible, and the same each time."""
    draw = np.random.default_rng(4)
    made = {}
    made["brackets_accuracy"] = [
        {
            "model_arm": arm,
            "template_set": set_,
            "template": template,
            "k": k,
            "closed": closed,
            "split": split,
            "accuracy": 0.25 * k - 0.1,
            "accuracy_among_closers": 0.25 * k if arm == "model" else None,
            "n": 30,
            "unit": "template",
            "low": 0.25 * k - 0.2,
            "high": 0.25 * k,
        }
        for set_, arms in (
            ("crossed", ("model", "untrained", "majority", "copy")),
            ("published", ("model",)),
        )
        for arm in arms
        for template, closed, split in (("all", -1, "all"), ("t1", 2, "train"))
        for k in COUNTS
    ]
    made["logit_difference"] = [
        {
            "template": "all",
            "k": k,
            "counterfactual": against,
            "layer": layer,
            "site": site,
            "value": 0.4 * layer - 2,
            "low": 0.4 * layer - 2.2,
            "high": 0.4 * layer - 1.8,
        }
        for k in (*COUNTS, -1)
        for against in ("mean", "min")
        for layer in range(LAYERS)
        for site in ("resid_pre", "resid_mid", "resid_post", "resid_post_own")
    ]
    made["attribution"] = [
        {
            "template": "all",
            "k": k,
            "counterfactual": against,
            "component": kind,
            "layer": layer,
            "head": -1,
            "neuron": -1,
            "position": "last",
            "value": float(draw.normal()),
            "low": -1.0,
            "high": 1.0,
        }
        for k in (*COUNTS, -1)
        for against in ("mean", "min")
        for kind in ("attention", "mlp")
        for layer in range(LAYERS)
    ]
    roles = ["promoting, counting", "tracking", "misleading", "constant"] + [""] * 80
    made["heads"] = [
        {
            "component": kind,
            "layer": layer,
            "head": head,
            "role": roles[number],
            "counting_r": 0.5,
            "tracking": 0.1,
            "probe": 0.4 if kind == "head" else None,
            "position_probe": 0.25 if kind == "head" else None,
            "generality": 4 - min(number, 4),
            "direct_effect": float(draw.normal()) if kind == "head" else None,
            "ablation_effect": float(draw.normal()) if kind == "head" else None,
            "patching_effect": float(draw.normal()) if kind == "head" else None,
            **{
                f"{name}_{rule}": 0.3
                for name in ("precision", "recall", "f1")
                for rule in ("text", "code")
            },
        }
        for number, (kind, layer, head) in enumerate(
            [
                *(("head", n, m) for n in range(LAYERS) for m in range(HEADS)),
                ("neuron", 5, 120),
            ]
        )
    ]
    made["head_accuracy"] = [
        {
            "component": row["component"],
            "layer": row["layer"],
            "head": row["head"],
            "k": k,
            "accuracy": 0.2 * k,
            "accuracy_ungated": 0.2 * k,
        }
        for row in made["heads"]
        for k in COUNTS
    ]
    tokens = ["<s>", "print", "(", *HOSTILE, "347"]
    made["attention"] = [
        {
            "prompt": "p0001",
            "layer": 3,
            "head": head,
            "position": place,
            "token": token,
            "weight": 1 / len(tokens),
        }
        for head in range(2)
        for place, token in enumerate(tokens)
    ]
    made["attention_roles"] = [
        {
            "layer": 3,
            "head": head,
            "role": role,
            "weight": 0.1,
            "weight_without_bos": None if role == "bos" else 0.11,
            "n": 16,
            "unit": "prompt",
        }
        for head in range(2)
        for role in ROLES
    ]
    made["patching"] = [
        {
            "component": kind,
            "layer": layer,
            "head": -1,
            "position_role": role,
            "k": -1,
            "counterfactual": against,
            "direction": direction,
            "effect": layer / LAYERS,
            "approximation": None,
        }
        for kind in ("resid_post", "attention", "mlp")
        for layer in range(LAYERS)
        for role in (("last", "changed", "between") if kind == "resid_post" else ("last",))
        for against, direction in (("k+1", "noising"), ("k-1", "noising"), ("none", "mean"))
    ]
    made["faithfulness"] = [
        {
            "ranking": ranking,
            "size": size,
            "k": k,
            "faithfulness": size / 72,
            "completeness": 1 - size / 72,
        }
        for ranking in ("effect", "attribution", "random")
        for size in (0, 1, 8, 72)
        for k in (*COUNTS, -1)
    ]
    made["steering"] = [
        {
            "component": "head",
            "count": count,
            "alpha": alpha,
            "choice": choice,
            "arm": arm,
            "draw": 0,
            "split": "test",
            "k": k,
            "accuracy": 0.5,
            "pass_change": None,
            "nll_change": 0.002 if (arm, k, choice) == ("ranked", -1, "alpha_model") else None,
            "low": 0.4,
            "high": 0.6,
        }
        for arm, count, alpha, choice in (
            ("none", 0, 1.0, "alpha_model"),
            ("ranked", 5, 1.2, "alpha_model"),
            ("ranked", 10, 1.5, "alpha_cell"),
            ("random", 5, 1.2, "alpha_model"),
            ("bias", 0, 1.0, "alpha_model"),
        )
        for k in (*COUNTS, -1)
    ]
    return made


@pytest.fixture(scope="module")
def made(make_run):
    return make_run(only=tables(), study="brackets", languages=[])


def sections(run):
    return {section.id: section for section in brackets.page(Source(run)).sections}


def test_every_section_stands_and_no_token_becomes_markup(make_run, made):
    assert {"answers", "depth", "heads", "effects", "steering", "making"} <= set(sections(made))
    page = render(made)
    assert "<img src=x" not in page
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\u202e]", page)
    assert "languages:" not in page.split("</header>")[0]


def test_the_words_are_the_tables_figures(made):
    page = brackets.page(Source(made))
    assert "1 missing 0.15, 2 missing 0.40" in page.answer[0]
    found = sections(made)
    assert "from layer 6 on it stays above 0" in found["depth"].lead
    assert "by half at layer 6" in found["effects"].lead
    assert "72 of 72 heads" in found["effects"].lead
    assert "1 get two counts or more right by themselves (L0H0)" in found["heads"].lead
    assert "first 5 heads multiplied by 1.2" in found["steering"].lead
    assert "random heads 0.50" in found["steering"].lead


@pytest.mark.parametrize("absent", tables())
def test_a_table_that_was_not_written_leaves_a_gap_not_an_error(make_run, absent):
    left = {name: rows for name, rows in tables().items() if name != absent}
    assert "</html>" in render(make_run(only=left, study="brackets", languages=[]))
