"""Charts: what is drawn is what was given."""

import re
from itertools import pairwise
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuroglot.report.charts import scale
from neuroglot.report.charts.bars import Bar, Bars, bars
from neuroglot.report.charts.code import tinted
from neuroglot.report.charts.dots import Dots, Row, dots
from neuroglot.report.charts.drawing import NARROW, Reading, svg
from neuroglot.report.charts.heat import HeatMap, heat
from neuroglot.report.charts.lines import Lines, Series, lines
from neuroglot.report.charts.marks import marks
from neuroglot.report.charts.panels import Line, Multiples, Panel, multiples

HOSTILE = "</svg><script>\"&'"


def map_of(values, **changed):
    rows = [f"row {i}" for i in range(len(values))]
    columns = [f"c{i}" for i in range(len(values[0]))]
    fields = {
        "values": values,
        "rows": rows,
        "columns": columns,
        "title": "t",
        "description": "d",
        "domain": scale.Domain(0, 1),
        "say": "{row} {column} {0}",
    }
    return HeatMap(**(fields | changed))


def cells(body):
    """(row, column) -> level, read back from the paths."""
    found = {}
    inside = re.search(r'<g class="level"[^>]*>(.*?)</g>', body)[1]
    for level, d in re.findall(r'<path class="[sd](\d+)" d="([^"]*)"', inside):
        for column, row, length in re.findall(r"M(\d+) (\d+)\.5h(\d+)", d):
            for step in range(int(length)):
                assert (int(row), int(column) + step) not in found
                found[int(row), int(column) + step] = int(level)
    return found


@given(
    st.lists(st.lists(st.floats(0, 1) | st.none(), min_size=4, max_size=4), min_size=1, max_size=6)
)
def test_every_cell_of_a_heat_map_has_the_level_of_its_value(values):
    drawn = cells(heat(map_of(values)).wide.body)
    domain = scale.Domain(0, 1)
    for row, line in enumerate(values):
        for column, value in enumerate(line):
            wanted = None if value is None else domain.level(value)
            assert drawn.get((row, column)) == wanted


def test_a_heat_map_of_any_size_has_one_path_per_level():
    chart = heat(map_of(np.random.default_rng(0).random((40, 100)).tolist(), axis="layer"))
    assert chart.wide.body.count("<path") < 60
    assert len(svg(chart, chart.wide, id="a", size="wide")) < 50_000


def test_numbers_stand_in_cells_only_where_they_fit():
    small = heat(map_of([[0.1] * 12] * 2, width=880))
    assert 'class="number' in small.wide.body
    assert 'class="number' not in heat(map_of([[0.1] * 60] * 2, width=880)).wide.body
    positive, signed = ([[value] * 14] * 2 for value in (0.15, -0.15))
    assert 'class="number' in heat(map_of(positive, width=NARROW)).wide.body
    signed = map_of(signed, width=NARROW, domain=scale.Domain.about_zero([-0.15]))
    assert 'class="number' not in heat(signed).wide.body, "−.15 is wider than .15"


def test_the_domain_takes_all_values_in():
    domain = scale.Domain.of([0.1, 0.64, None], low=0.0)
    assert (domain.low, domain.high) == (0.0, 0.64)
    signed = scale.Domain.about_zero([-0.2, 0.1])
    assert (signed.low, signed.high) == (-0.2, 0.2)
    assert signed.level(0) == 16, "zero is the middle one of 33 levels"
    assert scale.Domain.of([]).level(0.5) in range(32)


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.integers(2, 8))
def test_ticks_are_few_round_and_inside(low, span, about):
    marks_found = scale.ticks(low, low + span, about)
    assert len(marks_found) <= 2 * about + 2
    assert all(low - span * 1e-6 <= mark <= low + span * (1 + 1e-6) for mark in marks_found)


@given(st.lists(st.floats(0, 200), max_size=7))
def test_labels_are_spread_and_keep_their_order(wanted):
    placed = scale.spread(wanted, 14.5, 0, 200)
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    ordered = [placed[i] for i in order]
    assert all(b - a >= 14.5 - 1e-6 for a, b in pairwise(ordered))
    assert all(place <= 200 + 1e-6 for place in placed)


def test_real_neurons_are_full_and_the_rest_of_those_asked_for_hatched():
    def drawn(value, asked):
        chart = bars(Bars([Bar("C", "l-c", "▶", value, asked)], "n", "t", "d", "{row} {0} {1}"))
        return chart.wide.body

    assert '"hatch"' in drawn(18, 50)
    assert '"bar beyond"' not in drawn(18, 50)
    assert '"hatch"' not in drawn(80, 50)
    assert '"bar beyond"' in drawn(80, 50)
    assert '"hatch"' not in drawn(50, 50)
    assert "–" in drawn(None, 50)
    assert '"bar"' not in drawn(0, 50)


def test_hatching_stays_inside_its_bar():
    chart = bars(Bars([Bar("C", "l-c", "▶", 10, 50)], "n", "t", "d", "{row}"))
    d = re.search(r'class="hatch" d="([^"]*)"', chart.wide.body)[1]
    x, y, width, height = map(float, re.search(r"M([\d.]+) ([\d.]+)h([\d.]+)v([\d.]+)", d).groups())
    points = re.findall(r"[ML]([\d.]+) ([\d.]+)(?=[ML])", d)
    assert len(points) > 8
    for px, py in points:
        assert x - 0.1 <= float(px) <= x + width + 0.1
        assert y - 0.1 <= float(py) <= y + height + 0.1


def test_more_than_seven_named_lines_are_refused():
    series = [Series(f"s{i}", "tone-a", "●", [0.1, 0.2]) for i in range(8)]
    with pytest.raises(ValueError, match="at most 7"):
        lines(Lines(series, ["1", "2"], "x", "m", "t", "d"))
    thin = [Series(s.name, s.names, s.marker, s.values, thin=True) for s in series]
    assert "s0" not in lines(Lines(thin, ["1", "2"], "x", "m", "t", "d")).wide.body


def test_a_gap_in_a_line_is_left_out():
    chart = lines(
        Lines([Series("a", "tone-a", "●", [0.1, None, 0.3])], ["1", "2", "3"], "x", "m", "t", "d")
    )
    d = re.search(r'class="line main" d="([^"]*)"', chart.wide.body)[1]
    assert d.count("L") == 1
    assert chart.reading.block()["slots"] == [[[100, None, 300]]]


@pytest.mark.parametrize("shape", "●■▲◆▼◀▶○□△◇▽◁▷×")
def test_every_marker_of_the_table_can_be_drawn(shape):
    drawn = marks(shape, [(5, 5), (20, 5)])
    assert drawn.count("<path") == 1
    assert ("hollow" in drawn) == (shape in "○□△◇▽◁▷")


def all_kinds():
    reading = Reading([HOSTILE], [HOSTILE], "{row}{column}{0}", [[[0.5]]], [2])
    return [
        heat(
            map_of([[0.5]], rows=[HOSTILE], columns=[HOSTILE], title=HOSTILE, description=HOSTILE)
        ),
        bars(
            Bars(
                [Bar(HOSTILE, "l-c", "▶", 3, 5)], HOSTILE, HOSTILE, HOSTILE, "{row}", (HOSTILE,) * 3
            )
        ),
        dots(
            Dots(
                [Row(HOSTILE, "l-c", [1, 2], 0.5, 1.5)],
                [HOSTILE] * 2,
                HOSTILE,
                HOSTILE,
                HOSTILE,
                0,
                line=(1, HOSTILE),
            )
        ),
        lines(
            Lines(
                [Series(HOSTILE, "l-c", "●", [1, 2], [0, 1], [2, 3])],
                ["1", HOSTILE],
                HOSTILE,
                HOSTILE,
                HOSTILE,
                HOSTILE,
            )
        ),
        multiples(
            Multiples(
                [Panel(HOSTILE, "l-c", "×", [Line("main", [1.0])])],
                [HOSTILE],
                HOSTILE,
                HOSTILE,
                HOSTILE,
                reading,
                [("main", HOSTILE), ("band", HOSTILE)],
            )
        ),
    ]


@pytest.mark.parametrize("kind", range(5))
def test_every_kind_is_well_formed_and_named_whatever_the_labels(kind):
    chart = all_kinds()[kind]
    for drawing in filter(None, (chart.wide, chart.narrow)):
        root = ElementTree.fromstring(str(svg(chart, drawing, id="x", size="wide")))
        assert [child.tag for child in root[:2]] == ["title", "desc"]
        assert root[0].text == root[1].text == HOSTILE
        assert root.get("width")
        assert root.get("height")
        assert not root.findall(".//script")
        assert not [e for e in root.iter() if e.get("style")]
    assert chart.narrow is None or chart.narrow.width <= NARROW


def test_tinted_code_keeps_every_character_and_frames_the_strongest_token():
    tokens = ["def ", "f", "(<x>", ")", ":"]
    code = str(tinted(tokens, [0.0, 2.0, 1.0, 1.0, -3.0], strongest=2.0))
    assert re.sub(r"<[^>]*>", "", code) == "def f(&lt;x&gt;):"
    assert '<mark class="s12">f</mark>' in code
    assert '<b class="s6">(&lt;x&gt;)</b>' in code
    assert code.endswith(":")
    assert str(tinted(["a"], [None], strongest=1.0)) == "a"
