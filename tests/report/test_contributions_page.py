"""The section of contributions: curves of both halves, and what is said of them."""

import pytest

from neuroglot.report.page import render
from neuroglot.report.pages import contributions
from neuroglot.report.pages.source import Source

LANGUAGES = ("python", "go")
LAYERS = 4


def rows():
    """The MLP of layer 2 adds most where the model writes; Go has no interval."""
    return [
        {
            "language": language,
            "layer": layer,
            "part": part,
            "mode": mode,
            "value": value,
            "n": 5,
            "unit": "task",
            "low": None if language == "go" else value - 0.1,
            "high": None if language == "go" else value + 0.1,
        }
        for language in LANGUAGES
        for part in ("attention", "mlp")
        for layer in range(LAYERS)
        for mode in ("teacher", "generated")
        for value in [
            0.25 * layer
            + (2.0 if (part, layer) == ("mlp", 2) else 0.0)
            - (0.5 if mode == "teacher" else 0.0)
        ]
    ]


def units():
    return [
        {
            "language": language,
            "layer": layer,
            "part": part,
            "measure": measure,
            "teacher": 1.0,
            "generated": 1.1,
            "agreement": 0.5 + 0.1 * (language == "go"),
            "ceiling": 0.75,
            "n": 5,
            "unit": "task",
        }
        for language in LANGUAGES
        for part, measure in (("mlp", "activity"), ("attention", "pls"), ("mlp", "pls"))
        for layer in range(LAYERS)
    ]


@pytest.fixture
def run(make_run):
    tables = {"contributions": rows(), "written_units": units()}
    return make_run(only=tables, study="neuron-guided", languages=list(LANGUAGES))


def test_it_says_who_adds_how_much_and_how_alike_the_units_are(run):
    found = contributions.section(Source(run))
    assert "attention adds 1.50 and MLPs 3.50 to the logit" in found.lead
    assert "most comes from the MLP of layer 2 (2.50)" in found.lead
    assert "a rank correlation of 0.55; two sets of given texts reach 0.75" in found.lead


def test_both_halves_are_drawn_for_every_language(run):
    curves, alike = contributions.section(Source(run)).blocks
    assert [panel.title for panel in curves.panels] == ["(a) Attention", "(b) MLP"]
    for part, panel in zip(("attention", "mlp"), curves.panels, strict=True):
        own, given = panel.chart.reading.slots
        assert list(panel.chart.reading.rows) == ["Python", "Go"]
        for mode, slot in (("generated", own), ("teacher", given)):
            for language, values in zip(LANGUAGES, slot, strict=True):
                assert values == [
                    row["value"]
                    for row in rows()
                    if (row["language"], row["part"], row["mode"]) == (language, part, mode)
                ]
    reading = alike.panels[0].chart.reading
    assert list(reading.rows) == ["Firing, MLP", "PLS, MLP", "PLS, attention"]
    assert reading.slots[0][0] == pytest.approx([0.55] * LAYERS)
    assert len(curves.table.rows) == len(rows())
    assert len(alike.table.rows) == len(units())


def test_the_page_holds_the_section(run):
    text = render(run)
    assert "What each layer adds to the next token" in text
    assert 'id="contributions-mlp' in text


def test_a_run_without_the_table_has_no_section(make_run):
    assert contributions.section(Source(make_run(only={}, study="neuron-guided"))) is None


def test_a_model_that_wrote_nothing_is_said_to(make_run):
    given = [row | ({"value": None} if row["mode"] == "generated" else {}) for row in rows()]
    run = make_run(only={"contributions": given}, study="neuron-guided")
    found = contributions.section(Source(run))
    assert found.lead == "The model wrote nothing after the first halves of the texts."
    assert len(found.blocks) == 1
