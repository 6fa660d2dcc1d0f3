"""The part of the page on summaries: which arm leads, and samples that nobody can misread."""

import pytest

from neuroglot.report.page import render
from neuroglot.report.pages import transfer
from neuroglot.report.pages.source import Source

LEVEL = {"base": 20.0, "band": 30.0, "all": 32.0, "single": 25.0}


def trained(arm, seed, size=1000):
    return {
        "arm": arm,
        "stage": {"base": 0, "single": 1}.get(arm, 2),
        "target": "ruby",
        "size": 0 if arm == "base" else size,
        "seed": seed,
    }


def seeds(arm):
    return [0] if arm == "base" else [0, 1]


def score(arm, seed, size, level):
    return {
        **trained(arm, seed, size),
        **{"bleu4": 10.0, "rouge_l": level + seed, "chrf": 40.0},
        **{"n": 12, "unit": "program family", "low": level - 1, "high": level + 2},
    }


def scores(size=1000, more=0.0):
    return [
        score(arm, seed, size, level + (arm != "base") * more)
        for arm, level in LEVEL.items()
        for seed in seeds(arm)
    ]


@pytest.fixture
def source(make_run):
    items = [
        {
            **trained(arm, seed),
            **{"item": f"item{number}", "family": "sorting", "reference": "Sorts."},
            "text": f"<b>{arm}</b> {seed}",
            **{"bleu4": 10.0, "rouge_l": level, "chrf": 40.0},
        }
        for arm, level in LEVEL.items()
        for seed in seeds(arm)
        for number in range(6)
    ]
    return Source(
        make_run(only={"summaries": scores(), "summary_items": items}, study="neuron-guided")
    )


def test_the_lead_names_the_best_arm_of_each_size(source):
    section = transfer.section(source)
    assert section is not None
    assert "with 1,000 examples all layers, two stages (32.5)" in section.lead
    assert "Ruby" in section.lead


def test_arms_that_do_not_differ_share_the_lead(make_run):
    equal = [{**row, "rouge_l": 30.0} for row in scores() if row["arm"] != "base"]
    base = [row for row in scores() if row["arm"] == "base"]
    only = {"summaries": [*base, *equal], "summary_items": []}
    lead = transfer.section(Source(make_run(only=only, study="neuron-guided"))).lead
    assert "with 1,000 examples 3 of 4 arms alike (30.0)" in lead


def test_dots_are_means_and_bars_the_trainings(source):
    figure = transfer.section(source).blocks[0]
    assert figure.id == "transfer-1000"
    told = figure.panels[0].chart.reading
    assert told.rows == [transfer.ARMS[arm] for arm in ("band", "all", "single", "base")]
    assert [row[0] for row in told.slots[0]] == [30.5, 32.5, 25.5, 20.0]


def test_several_sizes_are_drawn_as_growth_beside_the_band_and_the_model_as_it_is(make_run):
    more = [row for row in scores(10_000, 4.0) if row["arm"] != "base"]
    only = {"summaries": [*scores(100), *more], "summary_items": []}
    source = Source(make_run(only=only, study="neuron-guided"))
    growth, *others = transfer.section(source).blocks
    told = growth.panels[0].chart.reading
    assert told.columns == ["100", "10,000"]
    assert told.rows == ["concept band", "all layers", "target alone"]
    assert told.slots[0] == [[30.5, 34.5], [32.5, 36.5], [25.5, 29.5]]
    assert told.slots[1] == [[30.5, 34.5]] * 3
    assert told.slots[2] == [[20.0, 20.0]] * 3
    assert [each.id for each in others[:2]] == ["transfer-100", "transfer-10000"]


def test_samples_stand_item_by_item_and_are_escaped(source):
    samples = transfer.section(source).blocks[-1]
    assert [row[1] for row in samples.rows[:4]] == ["band", "all", "single", "base"]
    assert len({row[0] for row in samples.rows}) == transfer.SAMPLES
    page = render(source.run)
    assert "<b>band" not in page


def test_without_summaries_there_is_no_section(make_run):
    assert transfer.section(Source(make_run(study="neuron-guided"))) is None
