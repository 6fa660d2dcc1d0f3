"""The section of probes: curves and table are the values of the table `probe`."""

import pytest

from neuroglot.report.page import render
from neuroglot.report.pages import probes
from neuroglot.report.pages.source import Source

LEVELS = range(-1, 12)
TARGETS = ("ast", "parent", "language")
FEATURES = ("hidden", "majority", "token_identity", "shuffled_labels", "untrained")
BEST = {"ast": 3, "parent": 5, "language": -1}


def made_up(features=FEATURES):
    """Each feature a tenth below the one before it, each target best at a layer of its own."""
    rows = []
    for target in TARGETS:
        for at, feature in enumerate(features):
            for level in LEVELS:
                value = 0.9 - at / 10 - 0.01 * abs(level - BEST[target])
                rows.append(
                    {"corpus": "items", "target": target, "layer": level, "features": feature}
                    | {"accuracy": value + 0.05, "balanced_accuracy": value, "macro_f1": value / 2}
                    | {"n": 24, "unit": "task", "low": value - 0.04, "high": value + 0.04}
                )
    return rows


@pytest.fixture(scope="module")
def probed(make_run):
    return make_run(only={"probe": made_up()}, study="neuron-guided")


@pytest.fixture(scope="module")
def section(probed):
    return probes.section(Source(probed))


def test_the_lead_says_where_each_target_is_read_best(section):
    assert section.lead == (
        "A linear probe tells the kind of node best at layer 3 (0.90), the kind of the node around "
        "best at layer 5 (0.90), the language of an identifier best at the embedding (0.90); each "
        "task is told by probes trained on others."
    )


def test_each_target_has_a_panel_with_a_line_for_each_feature(section):
    curves, _ = section.blocks
    chart = curves.panels[0].chart
    block = chart.reading.block()
    assert block["rows"] == ["kind of node", "kind of the node around", "language of an identifier"]
    assert block["columns"][:2] == ["the embedding", "layer 0"]
    # The stream, the token, dealt labels, the twin, the commonest class; layer 3 of the first.
    below = [FEATURES.index(each) for each in ("hidden", "token_identity", "shuffled_labels")]
    below += [FEATURES.index(each) for each in ("untrained", "majority")]
    assert [slot[0][4] for slot in block["slots"]] == [900 - 100 * at for at in below]
    for style in ("main", "second", "null", "twin", "others"):
        assert chart.wide.body.count(f'class="line {style}"') == len(TARGETS) + 1
    assert chart.wide.body.count('class="band"') == len(TARGETS) + 1
    assert "24 tasks" in curves.caption


def test_the_table_has_every_row(section):
    _, table = section.blocks
    assert len(table.rows) == len(TARGETS) * len(FEATURES) * len(LEVELS)
    first = ["kind of node", "the stream", -1]
    assert table.rows[0] == [*first, *map(pytest.approx, (0.91, 0.86, 0.82, 0.9, 0.43))]


def test_without_a_twin_none_is_drawn_nor_named(make_run):
    run = make_run(only={"probe": made_up(FEATURES[:4])}, study="neuron-guided")
    chart = probes.section(Source(run)).blocks[0].panels[0].chart
    assert "untrained twin" not in chart.wide.body and 'class="line twin"' not in chart.wide.body
    assert len(chart.reading.slots) == 4


def test_the_page_has_the_section_only_where_probes_were_trained(probed, make_run):
    assert "What can be read off a token" in render(probed)
    assert probes.section(Source(make_run(only={}, study="neuron-guided"))) is None
