"""The section of the lens: curves beside random sets, events, single prompts of hostile tokens."""

import json
import re

import pytest

from neuroglot.report.charts.drawing import WORD
from neuroglot.report.escaping import label
from neuroglot.report.page import LARGEST, render
from neuroglot.report.pages import lens
from neuroglot.report.pages.source import Source
from report import translated
from report.test_page import Reader


@pytest.fixture(scope="module")
def run_of_lens(make_run):
    return make_run(only=translated.lens(), study="lens", languages=translated.LANGUAGES)


@pytest.fixture(scope="module")
def text(run_of_lens):
    return render(run_of_lens)


@pytest.fixture(scope="module")
def section(run_of_lens):
    return lens.section(Source(run_of_lens))


def block(section, id):
    return next(part for part in section.blocks if getattr(part, "id", "") == id)


def curve(run, category, column, **where):
    """A category's values over the levels, read here from the table."""
    wanted = {
        "source": "all",
        "target": "all",
        "category": category,
        "part": "both",
        "scheme": "fractional",
        "measure": "mass",
        "excluded": "context",
    } | where
    return {
        row["layer"]: row[column]
        for row in run.table("lens_curves").to_pylist()
        if all(row[name] == value for name, value in wanted.items())
    }


def test_the_first_sentences_give_the_farthest_layer_and_its_numbers(run_of_lens, section):
    mass, random = (curve(run_of_lens, "english", name) for name in ("value", "control_value"))
    peak = max(mass, key=lambda layer: mass[layer] / random[layer])
    assert f"English stands farthest above random sets after layer {peak}" in section.lead
    assert (
        f"a mass of {mass[peak]:.4f}, {mass[peak] / random[peak]:.1f} times theirs" in section.lead
    )
    gold = curve(run_of_lens, "gold", "value", scheme="multi", measure="top1", excluded="none")
    assert f"the true token is the likeliest at {gold[11]:.2f} of the places" in section.lead


def test_a_category_below_random_sets_is_not_said_to_stand_above(make_run):
    rows = [row | {"control_value": 0.9} for row in translated.curves()]
    section = lens.section(Source(make_run(only={"lens_curves": rows}, study="lens")))
    assert "English comes nearest to random sets" in section.lead
    assert "farthest above" not in section.lead


def test_every_category_stands_beside_its_random_sets(run_of_lens, section):
    (panel,) = block(section, "lens-masses").panels
    reading = panel.chart.reading
    assert list(reading.rows) == [
        "English",
        "English only",
        "Keywords",
        "Source keywords",
        "Target keywords",
        "Third languages",
    ]
    for row, category in enumerate(("english", "english only", "keywords", "source keywords")):
        for slot, column in enumerate(("value", "low", "high", "control_value")):
            assert reading.slots[slot][row] == list(curve(run_of_lens, category, column).values())
    assert panel.chart.wide.body.count('class="line null"') == 7, "each panel, and the key"
    assert "10⁻²" in panel.chart.wide.body


def test_what_is_left_out_is_read_from_its_own_rows(run_of_lens, section):
    reading = block(section, "lens-left-out").panels[0].chart.reading
    for slot, excluded in enumerate(("context", "gold", "none")):
        wanted = curve(run_of_lens, "keywords", "value", excluded=excluded)
        assert reading.slots[slot][2] == list(wanted.values())


def test_each_language_is_shown_by_its_part_in_the_order_of_the_page(section):
    reading = block(section, "lens-languages").panels[0].chart.reading
    assert list(reading.rows) == ["Python", "Java", "C#", "Go", "Rust", "C", "PHP"]
    assert len(reading.slots) == 3
    target, source, third = (slot[0][-1] for slot in reading.slots)
    assert target > third > source


def test_the_true_token_has_its_three_measures(run_of_lens, section):
    reading = block(section, "lens-gold").panels[0].chart.reading
    for slot, kind in enumerate(("top1", "reciprocal_rank", "probability")):
        where = {"scheme": "multi", "measure": kind, "excluded": "none"}
        assert reading.slots[slot] == [list(curve(run_of_lens, "gold", "value", **where).values())]


def test_an_event_that_was_not_located_has_words_and_no_dot(section):
    figure = block(section, "lens-depths")
    reading = figure.panels[0].chart.reading
    assert reading.rows[2] == "English, passes"
    assert reading.slots[0][2] == [None]
    assert reading.slots[0][0] == [3.0]
    assert figure.panels[0].chart.wide.body.count("not located") == 1
    located = {(row[2], row[3]): row[-2] for row in figure.table.rows}
    assert located["English", "passes"] is False


def tuned_tables():
    """The plain lens at 2 nats, the tuned one at 0.5; of three depths two are located by both."""
    gold = {"category": "gold", "scheme": "multi", "measure": "divergence", "excluded": "none"}
    layers = translated.curves()[: 3 * len(translated.LEVELS) : 3]
    curves = [
        row | gold | {"layer": layer, "lens": lens, "value": value, "control_value": 3.0}
        for lens, value in (("plain", 2.0), ("tuned", 0.5))
        for layer, row in zip(translated.LEVELS, layers, strict=True)
    ]
    depths = [
        row | {"plain": row["layer"], "agrees": agrees}
        for row, agrees in zip(translated.depths(), (True, False, None), strict=False)
    ]
    return {"lens_curves": [*translated.curves(), *curves], "tuned_depths": depths}


def test_a_tuned_lens_has_a_figure_where_there_was_one(make_run, section):
    assert not [part for part in section.blocks if getattr(part, "id", "") == "lens-tuned"]
    run = make_run(only=translated.lens() | tuned_tables(), study="lens")
    found = lens.section(Source(run))
    figure = block(found, "lens-tuned")
    reading = figure.panels[0].chart.reading
    assert [slot[0] for slot in reading.slots] == [[2.0] * 13, [0.5] * 13]
    assert "Of 2 depths that both lenses locate, 1 agree." in figure.caption
    assert "no claim rests on it" in figure.caption
    assert figure.table.rows[0] == [-1, 2.0, 0.5, 3.0]
    masses = block(found, "lens-masses").panels[0].chart.reading.slots
    assert masses == block(section, "lens-masses").panels[0].chart.reading.slots
    assert 'id="lens-tuned"' in render(run)


def test_other_readings_stand_in_the_table_alone(section):
    table = block(section, "lens-masses").table
    columns = [column.title for column in table.columns]
    schemes = {row[columns.index("scheme")] for row in table.rows}
    assert schemes == {"fractional", "multi"}
    first = [row[columns.index(name)] for row in table.rows[:1] for name in ("scheme", "measure")]
    assert first == ["fractional", "mass"], "the reading that counts comes first"
    assert len(table.rows) == sum(
        row["source"] == row["target"] == "all" for row in translated.curves()
    )


def test_the_grid_of_a_prompt_holds_all_its_cells(run_of_lens, section):
    rows = run_of_lens.table("lens").to_pylist()
    prompt = block(section, "prompt-2")
    reading = prompt.figure.panels[0].chart.reading
    own = [
        row for row in rows if (row["source"], row["target"], row["item"]) == ("java", "go", "17")
    ]
    assert prompt.title == "Java to Go, 17"
    assert len(reading.rows) * len(reading.columns) == len(own)
    assert list(reading.columns[:2]) == ["the embedding", "layer 0"]
    positions = sorted({row["position"] for row in own})
    for row in own:
        at = positions.index(row["position"]), row["layer"] + 1

        def cell(slot, at=at):
            return reading.slots[slot][at[0]][at[1]]

        assert cell(0) == row["gold_rank"]
        assert cell(1) == row["gold_probability"]
        assert cell(2) == row["entropy"]
        words = [reading.words[cell(3 + 2 * rank)] for rank in range(10)]
        assert words == [label(token) for token in row["top_tokens"]]
        assert [cell(4 + 2 * rank) for rank in range(10)] == row["top_probabilities"]
    assert list(reading.digits[3:5]) == [WORD, 3]
    assert reading.say.count("{") == 2 + 3 + 20


def test_prompts_are_taken_from_every_direction_in_turn(section):
    titles = [part.title for part in section.blocks if part.kind == "prompt"]
    assert len(titles) == 6
    assert titles[:4] == [
        "Python to Java, 17",
        "Java to Go, 17",
        "C to Rust, 17",
        "Go to Python, 17",
    ]


def test_the_code_of_a_prompt_is_whole_and_its_answer_tinted(section):
    code = str(block(section, "prompt-1").code)
    assert re.sub(r"<[^>]*>", "", code).startswith("def add(a):\n    return a\nJava: public static")
    assert re.search(r'<b class="s\d+">[^<]*public', code)
    assert not re.search(r"<b [^>]*>def", code)
    assert "<mark" not in code


def test_no_token_becomes_markup(text):
    read = Reader(text)
    assert not [a for tag, a in read.elements if "onerror" in a]
    assert not [tag for tag, _ in read.elements if tag == "img"]
    assert "</script><img src=x onerror=alert(1)>" in read.text
    assert not re.search("[\x00-\x08\u202e]", text)
    for data in re.findall(r'<script type="application/json">(.*?)</script>', text, re.S):
        json.loads(data)
    assert "⏎⇥" in read.text, "white space can be seen"


def test_the_page_stands_alone_within_its_size(text):
    read = Reader(text)
    assert re.findall(r'<section id="(\w+)"', text) == ["lens", "parallel", "making", "words"]
    named = [a["id"] for _, a in read.elements if "id" in a]
    assert len(named) == len(set(named))
    assert not [a for _, a in read.elements if "style" in a]
    assert len(text.encode()) < LARGEST
    assert len(read.elements) <= 5000
    assert max(map(len, re.findall(r"<svg .*?</svg>", text, re.S))) < 50_000


def test_long_answers_and_deep_models_are_thinned_and_say_so(make_run):
    rows, texts = translated.read_prompts(levels=range(-1, 40), places=60)
    run = make_run(only={"lens": rows, "lens_prompts": texts}, study="lens")
    section = lens.section(Source(run))
    figure = block(section, "prompt-1").figure
    reading = figure.panels[0].chart.reading
    assert (len(reading.rows), len(reading.columns)) == (28, 14)
    assert reading.columns[-1] == "layer 39"
    assert "The first 28 of 60 tokens of the answer." in figure.caption
    assert "14 of the levels, the last among them." in figure.caption
    page = render(run)
    assert len(page.encode()) < LARGEST
    assert max(map(len, re.findall(r"<svg .*?</svg>", page, re.S))) < 50_000


@pytest.mark.parametrize(
    ("absent", "gone"),
    [
        ("lens_curves", ["lens-masses", "lens-gold"]),
        ("lens_depths", ["lens-depths"]),
        ("lens", ["prompt-1"]),
        ("lens_prompts", []),
        ("parallel", []),
    ],
)
def test_a_table_that_was_not_written_leaves_a_gap_not_an_error(make_run, absent, gone):
    tables = {name: rows for name, rows in translated.lens().items() if name != absent}
    page = render(make_run(only=tables, study="lens"))
    for id in ("lens-masses", "lens-gold", "lens-depths", "prompt-1"):
        assert (f'id="{id}"' in page) == (id not in gone)
    assert ('id="parallel"' in page) == (absent != "parallel")


def test_a_page_of_neurons_shows_the_lens_where_it_was_used(make_run):
    page = render(make_run(changed=translated.lens(), layers=4, languages=["go", "c", "python"]))
    ids = re.findall(r'<section id="(\w+)"', page)
    assert ids.index("lens") < ids.index("neurons")
    assert len(page.encode()) < LARGEST
