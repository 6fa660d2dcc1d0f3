"""The section of clones: curves, band, floor and tables are the values of the table `clones`."""

import pytest

from neuroglot.report.page import render
from neuroglot.report.pages import clones
from neuroglot.report.pages.source import Source

LEVELS = range(-1, 6)
BAND = (2, 3)


def row(vectors, layer, auc, *, data="pairs", a="all", b="all", split="test"):
    return {
        "data": data, "split": split, "language_a": a, "language_b": b, "vectors": vectors,
        "layer": layer, "f1": auc - 0.1, "auc": auc, "average_precision": auc,
        "balanced_accuracy": auc - 0.2, "threshold": 0.5, "floor": 2 / 3, "n": 20,
        "unit": "problem", "low": auc - 0.05, "high": auc + 0.05,
    }  # fmt: skip


def made_up():
    rows = []
    for split in ("validation", "test"):
        for layer in LEVELS:
            rows += [
                row(name, layer, 0.8 - 0.02 * abs(layer - 4) - less, split=split)
                for name, less in (("raw", 0), ("centred", 0.01), ("untrained", 0.2))
            ]
        rows.append(row("tokens", -1, 0.55, split=split))
        for layer in (0, 2, 4):
            rows.append(row("band raw", layer, 0.7 + layer / 100, split=split))
        rows.append(row("band centred", 2, 0.71, split=split))
    rows += [
        row("band raw", 2, 0.9, data="pairs, type 1"),
        row("band raw", 0, 0.5, data="pairs, type 1"),
        row("band centred", 2, 0.91, data="pairs, type 1"),
        row("band raw", 2, 0.6, a="python", b="cpp"),
        row("tokens", -1, 0.5, a="go", b="go"),
    ]
    return rows


def part(name, value):
    return {"id": "B-7", "scope": "overall", "kind": "arm", "name": name, "value": value} | {
        "bound": None,
        "passed": None,
    }


@pytest.fixture(scope="module")
def told(make_run):
    parts = [
        part(f"{end} layer of the band", float(at))
        for end, at in zip(("first", "last"), BAND, strict=True)
    ]
    return make_run(only={"clones": made_up(), "claim_parts": parts}, study="neuron-guided")


@pytest.fixture(scope="module")
def section(told):
    return clones.section(Source(told))


def test_the_lead_names_band_best_level_tokens_and_floor(section):
    assert section.lead == (
        "The mean over the concept layers (layer 2 to layer 3) ranks a clone above another pair in "
        "0.72 of cases, the best single level, layer 4, in 0.80 of cases, shared tokens in 0.55 of "
        "cases; at its threshold its F1 is 0.62, where calling every pair a clone gives 0.67."
    )


def test_curves_hold_every_level_the_band_and_the_floor(section):
    chart = section.blocks[0].panels[0].chart
    block = chart.reading.block()
    assert block["rows"][0] == "AUC, raw" and len(block["rows"]) == 4
    assert block["columns"][:2] == ["the embedding", "layer 0"]
    level, band, twin, tokens, floor = (slot[0] for slot in block["slots"])
    assert level == [700, 720, 740, 760, 780, 800, 780]
    assert band == [None, None, None, 720, 720, None, None]
    assert twin == [500, 520, 540, 560, 580, 600, 580]
    assert tokens == [550] * 7 and floor == [500] * 7
    assert block["slots"][4][2] == [667] * 7
    assert block["slots"][2][1] == [None] * 7
    assert chart.wide.body.count('class="band"') == 3
    assert "20 problems" in section.blocks[0].caption


def test_tables_by_level_and_by_part(section):
    _, levels, parts = section.blocks
    assert len(levels.rows) == 3 * len(LEVELS) + 1 + 3 + 1
    named = {(each[0], each[1]): each[2] for each in parts.rows}
    assert named == {
        ("type 1", "band raw"): 0.9,
        ("type 1", "band centred"): 0.91,
        ("Python and C++", "band raw"): 0.6,
        ("Go", "tokens"): 0.5,
    }


def test_the_page_has_the_section_only_where_clones_were_told(told, make_run):
    assert "Telling clones" in render(told)
    for study in ("neuron-guided", "mexa", "neurons"):
        assert clones.section(Source(make_run(only={}, study=study))) is None
