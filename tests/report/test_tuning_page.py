"""The part of the page on trainings: what a target gains against what another language loses."""

import pytest

from neuroglot.report.page import render
from neuroglot.report.pages import tuning
from neuroglot.report.pages.source import Source

COST = {"units": 0.1, "random": 0.5, "lora": -0.2}


def rows():
    """Two seeds; the target gains in a straight line, Go loses its share of that, Java half."""
    return [
        {
            "arm": arm,
            "target": "python",
            "evaluated": label,
            "seed": seed,
            "step": step,
            "trainable": 1234,
            "metric": "nll",
            "value": 0.5,
            "change": 0.01 * step * (1 + seed) * times,
            "n": 12,
            "unit": "task family",
            "low": -0.1,
            "high": 0.1,
        }
        for arm, cost in COST.items()
        for label, times in (("python", -1), ("java", cost / 2), ("go", cost))
        for seed in range(2)
        for step in (0, 4, 8)
    ]  # fmt: skip


@pytest.fixture
def source(make_run):
    return Source(make_run(only={"finetune": rows()}, study="neuron-guided"))


def test_the_cost_at_each_gain_is_read_off_the_way():
    ways = tuning._ways(rows(), "random")
    assert [[round(gain, 6) for gain, _ in way] for way in ways] == [
        [0.0, 0.04, 0.08],
        [0.0, 0.08, 0.16],
    ]
    assert tuning._cost(ways, 0.06) == pytest.approx(0.5 * 0.06)
    assert tuning._cost(ways, 0.08) == pytest.approx(0.5 * 0.08)
    # One of the two seeds gains no more than 0.08.
    assert tuning._cost(ways, 0.1) is None
    assert tuning._cost(ways, 0.0) == 0
    # Where every other language gains too, the worst is the one that gains least.
    assert tuning._cost(tuning._ways(rows(), "lora"), 0.04) == pytest.approx(-0.1 * 0.04)


def test_the_section_draws_a_panel_for_each_training(source):
    section = tuning.section(source)
    (figure,) = section.blocks
    gain, steps = figure.panels
    assert steps.chart.reading.columns == ["0", "4", "8"]
    block = gain.chart.reading.block()
    assert block["rows"] == ["its units", "random units", "LoRA of equal size"]
    # Up to what both seeds gain.
    assert block["columns"] == [f"{0.01 * n:.2f}" for n in range(9)]
    assert figure.table.rows[1][:2] == ["random units", 1234]
    python, java, go = figure.table.rows[1][2:]
    assert (python, java, go) == pytest.approx((-0.12, 0.03, 0.06))
    assert "mean of 2 trainings" in section.lead and "12 other task families" in section.lead


@pytest.mark.parametrize("change", [2e-5, -1e-8])
def test_where_nothing_gains_the_way_is_drawn_over_steps(make_run, change):
    worse = [{**row, "change": change * row["step"]} for row in rows()]
    source = Source(make_run(only={"finetune": worse}, study="neuron-guided"))
    (figure,) = tuning.section(source).blocks
    assert "No way to train gains anything in Python every time" in figure.caption
    (panel,) = figure.panels
    told = panel.chart.reading
    assert told.columns == ["0", "4", "8"]
    own, others = told.slots
    assert own[0] == others[0] == pytest.approx([0, 4 * change, 8 * change])


def test_the_page_shows_it_where_something_was_trained(source, make_run):
    assert 'id="tuning"' in render(source.run)
    assert tuning.section(Source(make_run(only={}, study="neuron-guided"))) is None


def test_where_nothing_is_gained_it_says_so(make_run):
    flat = [{**row, "change": abs(row["change"])} for row in rows()]
    (figure,) = tuning.section(
        Source(make_run(only={"finetune": flat}, study="neuron-guided"))
    ).blocks
    assert figure.caption.startswith("No way to train gains anything in Python every time")


def test_programs_that_pass_stand_beside_those_of_the_untrained_model(make_run):
    passes = [
        {**row, "metric": "pass1", "seed": 0, "value": 0.2 if row["step"] == 0 else 0.4}
        for row in rows()
        if row["seed"] == 0 and row["step"] in (0, 8) and row["evaluated"] != "go"
    ]
    found = Source(make_run(only={"finetune": rows() + passes}, study="neuron-guided"))
    figure, table = tuning.section(found).blocks
    assert [row[0] for row in table.rows] == ["nothing", *(tuning.WORDS[arm] for arm in COST)]
    assert [column.title for column in table.columns] == ["trained", "Python", "Java"]
    assert table.rows[0][1:] == pytest.approx([0.2, 0.2])
    assert table.rows[1][1:] == pytest.approx([0.4, 0.4])
    assert len(figure.table.rows) == len(COST)
