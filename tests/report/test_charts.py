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
from neuroglot.report.charts.dendrogram import Leaf, Tree, average_linkage, dendrogram
from neuroglot.report.charts.dots import Dots, Row, dots
from neuroglot.report.charts.drawing import NARROW, Reading, svg
from neuroglot.report.charts.heat import HeatMap, heat
from neuroglot.report.charts.lines import Lines, Series, lines
from neuroglot.report.charts.marks import marks
from neuroglot.report.charts.panels import Line, Multiples, Panel, multiples
from neuroglot.report.charts.tokens import TokenGrid, fitting, token_grid

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
        dendrogram(
            Tree(
                [Leaf(HOSTILE, "l-c", "×")] * 3,
                [[0, 0.1, 0.5], [0.1, 0, 0.7], [0.5, 0.7, 0]],
                HOSTILE,
                HOSTILE,
                HOSTILE,
            )
        ),
        token_grid(
            TokenGrid(
                [[HOSTILE, HOSTILE]],
                [[0.5, None]],
                [[True, False]],
                [HOSTILE],
                ["E", "0"],
                HOSTILE,
                HOSTILE,
                HOSTILE,
                reading,
            )
        ),
    ]


@pytest.mark.parametrize("kind", range(7))
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


def joined(distances):
    return [
        (merge.first, merge.second, round(merge.height, 9)) for merge in average_linkage(distances)
    ]


def test_average_linkage_joins_as_by_hand():
    """0 and 1 join at 0.1; 2 and 3 at 0.2; the two pairs at the mean of 0.5, 0.7, 0.6, 1.0."""
    distances = [
        [0.0, 0.1, 0.5, 0.7],
        [0.1, 0.0, 0.6, 1.0],
        [0.5, 0.6, 0.0, 0.2],
        [0.7, 1.0, 0.2, 0.0],
    ]
    assert joined(distances) == [((0,), (1,), 0.1), ((2,), (3,), 0.2), ((0, 1), (2, 3), 0.7)]


def test_of_equal_distances_the_first_counts_and_one_thing_joins_nothing():
    assert joined([[0, 1, 1], [1, 0, 1], [1, 1, 0]]) == [((0,), (1,), 1), ((0, 1), (2,), 1)]
    assert joined([[0.0]]) == []


def test_average_linkage_has_the_heights_of_scipy():
    from scipy.cluster.hierarchy import average
    from scipy.spatial.distance import squareform

    drawn = np.random.default_rng(1).random((9, 9))
    distances = np.triu(drawn, 1) + np.triu(drawn, 1).T
    heights = [merge.height for merge in average_linkage(distances.tolist())]
    assert heights == pytest.approx(average(squareform(distances))[:, 2])


def test_a_dendrogram_tells_whom_each_leaf_joins_and_grows_to_the_left():
    leaves = [Leaf(name, "l-c", "●") for name in ("far", "a", "b")]
    chart = dendrogram(
        Tree(leaves, [[0, 0.8, 0.6], [0.8, 0, 0.1], [0.6, 0.1, 0]], "distance", "t", "d")
    )
    block = chart.reading.block()
    assert block["rows"] == ["far", "a", "b"]
    partners, heights = block["slots"]
    assert [block["words"][partner] for (partner,) in partners] == ["a and b", "b", "a"]
    assert heights == [[700], [100], [100]]
    branches = re.search(r'class="branch" d="([^"]*)"', chart.wide.body)[1]
    near, far = (float(x) for x in re.findall(r"M[\d.]+ [\d.]+H([\d.]+)V", branches))
    assert far < near, "the greater distance is farther left"


def test_a_logarithmic_axis_has_powers_of_ten_and_takes_six_of_them_at_most():
    assert scale.decades([0.02, 0.5, None, 0.0]) == pytest.approx((0.01, 1))
    assert scale.decades([1e-30, 0.5]) == pytest.approx((1e-6, 1))
    assert scale.decades([0.1]) == pytest.approx((0.01, 0.1))
    assert scale.powers(0.001, 1, 4)[1] == ["1", "10⁻¹", "10⁻²", "10⁻³"]
    assert scale.powers(1e-6, 1, 3)[1] == ["1", "10⁻²", "10⁻⁴", "10⁻⁶"]
    reading = Reading(["a"], ["0"], "{0}", [[[0.5]]], [2])
    panel = Panel("a", "l-c", "●", [Line("main", [1.0, 0.1, 0.01, 0.0])])
    chart = multiples(
        Multiples([panel], list("0123"), "layer", "t", "d", reading, logarithmic=True)
    )
    d = re.search(r'class="line main" d="([^"]*)"', chart.wide.body)[1]
    heights = [float(y) for y in re.findall(r"[ML][\d.]+ ([\d.]+)", d)]
    steps = [b - a for a, b in pairwise(heights)]
    assert steps[0] == pytest.approx(steps[1], abs=0.11)
    assert steps[2] == 0, "nothing lies below the axis"


@given(
    st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=6).filter(
        lambda values: max(values) - min(values) > 1e-3
    )
)
def test_an_axis_that_need_not_start_at_zero_goes_from_tick_to_tick(values):
    low, high = min(values), max(values)
    marks = scale.ticks(low, high, 3)
    first, last = scale.outwards(marks, low, high)
    assert first <= low + 1e-6 and high - 1e-6 <= last
    reading = Reading(["a"], ["0"], "{0}", [[[0.5]]], [2])
    panel = Panel("a", "l-c", "●", [Line("main", values)])
    columns = [str(n) for n in range(len(values))]
    picture = Multiples([panel], columns, "layer", "t", "d", reading, zero=False)
    numbers = re.findall(r'class="end tick">(.*?)</g>', multiples(picture).wide.body)[0]
    assert numbers.count("<text") <= 7


@pytest.mark.parametrize(("title", "rows"), [("c++", 2), ("functions of other languages", 4)])
def test_panels_on_a_phone_leave_room_for_their_titles(title, rows):
    reading = Reading(["a"], ["0"], "{0}", [[[0.5]]], [2])
    panels = [Panel(title, "l-c", "●", [Line("main", [0.1, 0.5])])] * 4
    chart = multiples(Multiples(panels, ["0", "1"], "layer", "t", "d", reading))
    origins = chart.narrow.reach.origins
    assert len({y for _, y in origins}) == rows
    assert len({y for _, y in chart.wide.reach.origins}) <= 2


@pytest.mark.parametrize("most", [0.5, 4e-5])
def test_the_numbers_of_an_axis_stand_inside_the_picture(most):
    reading = Reading(["a"], ["0"], "{0}", [[[0.5]]], [2])
    panel = Panel("a", "l-c", "●", [Line("main", [0.0, most])])
    narrow = multiples(Multiples([panel], ["0", "1"], "layer", "t", "d", reading)).narrow
    numbers = re.findall(r'class="end tick">(.*?)</g>', narrow.body)[0]
    ends = re.findall(r'<text x="([\d.]+)"[^>]*>([^<]*)<', numbers)
    assert ends and all(len(words) * 0.6 * 10.5 < float(x) for x, words in ends)


def test_dots_of_layers_have_whole_ticks_and_a_note_where_there_is_no_dot():
    rows = [Row("a", "l-c", [3.5], 2.9, 11.2), Row("b", "l-c", [None], note="not located")]
    drawn = dots(Dots(rows, ["layer"], "layer", "t", "d", 1, whole=True)).wide.body
    assert "not located" in drawn
    assert ">2.5<" not in drawn
    assert ">5<" in drawn


def grid_of(words, probabilities, true):
    rows = [f"row {number}" for number in range(len(words))]
    columns = [str(number) for number in range(len(words[0]))]
    reading = Reading(rows, columns, "{0}", [probabilities], [3])
    return token_grid(
        TokenGrid(words, probabilities, true, rows, columns, "layer", "t", "d", reading)
    )


def test_every_cell_of_a_grid_of_tokens_holds_its_word_and_the_true_ones_a_frame():
    chart = grid_of(
        [["one", "two"], ["three", "four"]], [[0.1, 0.9], [None, 1.0]], [[0, 1], [1, 0]]
    )
    body = chart.wide.body
    assert [word for word in ("one", "two", "three", "four") if f">{word}<" in body] == [
        "one",
        "two",
        "four",
    ], "a cell without a value stays blank"
    frames = re.findall(r'class="frame \w+" d="([^"]*)"', body)
    assert "".join(frames).count("M") == 2, "one frame: a box and the hole in it"
    assert cells(body) == {(0, 0): 3, (0, 1): 28, (1, 1): 31}
    assert chart.scrolls
    assert chart.narrow is None


@given(st.text(max_size=30), st.integers(2, 20))
def test_a_word_is_cut_to_its_cell_and_never_lengthened(word, letters):
    cut = fitting(word, letters)
    assert len(cut) <= max(letters, 1)
    assert cut == word or (cut.endswith("…") and word.startswith(cut[:-1]))


def test_wide_letters_take_the_room_of_two():
    assert fitting("関数の名前", 10) == "関数の名前"
    assert fitting("関数の名前", 9) == "関数の名…"
    assert fitting("関数の名前", 8) == "関数の…"
