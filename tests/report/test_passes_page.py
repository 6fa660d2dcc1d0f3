"""The section of passed tasks: the clean model, maps beside their control, own sets."""

import pytest

from neuroglot.report.page import render
from neuroglot.report.pages import passes
from neuroglot.report.pages.source import Source

LANGUAGES = ("python", "go", "java")
CLEAN = {"python": 0.5, "go": 0.25, "java": 0.125}
OWN, OTHER, MATCHED = -20.0, -2.0, (-3.0, -5.0)


def row(ablated, evaluated, arm, draw=0, *, points=None, k=1, suite="humaneval-x"):
    """One row of `pass_at_k`, as the study writes it."""
    clean = arm == "none"
    own = ablated == evaluated and arm == "neurons"
    return {
        "suite": suite,
        "selection": "none" if clean else "pls",
        "ablated": ablated,
        "evaluated": evaluated,
        "operation": "none" if clean else "mean",
        "arm": arm,
        "draw": draw,
        "dose": 0.0 if clean else 1.0,
        "k": k,
        "tasks": 164,
        "value": CLEAN[evaluated] + (0.0 if clean else points / 100),
        "change_points": points,
        "change_relative": None if clean else points / 100 / CLEAN[evaluated],
        "n": 164,
        "unit": "task",
        "low": CLEAN[evaluated] - 0.1 if clean else points - 6,
        "high": CLEAN[evaluated] + 0.1 if clean else points + 6,
        "p": 0.01 if own else None,
        "p_holm": 0.03 if own else None,
    }


def made_up():
    """Own sets cost 20 points, others' 2, matched sets 3 and, where a second was drawn, 5."""
    rows = [row("none", label, "none", k=k) for label in LANGUAGES for k in (1, 3)]
    for a in LANGUAGES:
        for b in LANGUAGES:
            rows.append(row(a, b, "neurons", points=OWN if a == b else OTHER))
            rows.append(row(a, b, "matched", points=MATCHED[0]))
        rows.append(row(a, a, "matched", 1, points=MATCHED[1]))
    return rows


@pytest.fixture(scope="module")
def section(make_run):
    only = {"pass_at_k": made_up()}
    return passes.section(Source(make_run(languages=list(LANGUAGES), only=only)))


def test_the_lead_says_what_the_model_as_it_is_passes(section):
    assert section.lead == (
        "The model as it is passes, of the tasks of humaneval-x: Python 50% of 164; Go 25% of 164; "
        "Java 12% of 164."
    )


def read_out(panel):
    """The numbers that a chart reads out, each in tenths."""
    return panel.chart.reading.block()["slots"]


def test_maps_show_every_cell_the_control_its_mean_over_draws(section):
    maps = section.blocks[0]
    assert [panel.title for panel in maps.panels] == [
        "(a) The language's units",
        "(b) Control: matched units",
    ]
    own, control = map(read_out, maps.panels)
    assert own == [[[-200, -20, -20], [-20, -200, -20], [-20, -20, -200]]]
    assert control == [[[-40, -30, -30], [-30, -40, -30], [-30, -30, -40]]]
    assert "held at their means" in maps.caption


def test_own_sets_stand_with_their_intervals_beside_matched_ones(section):
    own = section.blocks[1]
    block = own.panels[0].chart.reading.block()
    assert block["rows"] == ["Python", "Go", "Java"]
    assert [column[0] for column in block["slots"]] == [[-200], [-40], [-260], [-140]]
    assert "whole families" in own.caption


def test_the_table_has_every_row_of_one_sample(section):
    table = section.blocks[-1]
    rows = [each for each in made_up() if each["k"] == 1]
    assert len(table.rows) == len(rows)
    assert [each[7:9] for each in table.rows] == [
        [each["value"], each["change_points"]] for each in rows
    ]
    assert {each[1] for each in table.rows} == {"nothing", "Python", "Go", "Java"}


def test_a_run_without_samples_has_no_section(make_run):
    assert passes.section(Source(make_run(only={}))) is None


def test_the_page_has_it(make_run):
    run = make_run(languages=list(LANGUAGES), only={"pass_at_k": made_up()}, study="neuron-guided")
    assert "What it costs in tasks that pass" in render(run)
