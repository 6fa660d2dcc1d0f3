"""The section of alignment: what stands in the tables is what a reader sees and hears."""

import json
import re

import pytest

from neuroglot.report.page import LARGEST, render
from neuroglot.report.pages import alignment
from neuroglot.report.pages.source import Source
from report import translated
from report.test_page import Reader

MIDDLE = range(3, 9)
"""Layers of twelve whose depth is from a quarter to three quarters."""


@pytest.fixture(scope="module")
def aligned(make_run):
    tables = {
        "mexa": translated.mexa(),
        "parallel": translated.parallel(),
        "surface": translated.surface(),
    }
    return make_run(only=tables, study="mexa", languages=translated.LANGUAGES)


@pytest.fixture(scope="module")
def text(aligned):
    return render(aligned)


@pytest.fixture(scope="module")
def section(aligned):
    return alignment.section(Source(aligned))


def middle(aligned, column, *, pivot=None, language=None):
    """Means over the middle layers, pair by pair, computed here from the table."""
    found = {}
    for row in aligned.table("mexa").to_pylist():
        counts = (row["pooling"], row["centred"], row["identical"]) == (
            "weighted",
            False,
            "dropped",
        )
        if counts and row["layer"] in MIDDLE and row["pivot"] != row["language"]:
            key = row["pivot"], row["language"]
            if pivot in (None, key[0]) and language in (None, key[1]):
                found[key] = found.get(key, 0.0) + row[column] / len(MIDDLE)
    return found


def figure(section, id):
    return next(block for block in section.blocks if block.id == id)


def test_the_lead_names_the_planted_pair_and_language_with_their_numbers(aligned, section):
    score, ceiling = middle(aligned, "score"), 0.99
    bag = middle(aligned, "bag_of_tokens")
    alone = middle(aligned, "score", pivot="english")
    pair = ("java", "csharp")
    assert max(score, key=lambda key: score[key] - bag[key]) in (pair, pair[::-1])
    assert section.lead.startswith(
        "In the middle layers (layers 3 to 8) Java and C# align most beyond their shared tokens: "
        f"{score[pair] / ceiling:.2f} of what is possible, where counts of tokens alone give "
        f"{bag[pair] / ceiling:.2f}."
    )
    assert f"English least ({sum(alone.values()) / len(alone):.2f})" in section.lead


def test_where_no_pair_beats_its_tokens_the_lead_says_so(make_run):
    rows = [row | {"bag_of_tokens": 1.0} for row in translated.mexa()]
    section = alignment.section(Source(make_run(only={"mexa": rows}, study="mexa")))
    assert "no two languages align more than counts of their tokens" in section.lead


def test_each_language_has_a_panel_of_its_mean_with_the_others(aligned, section):
    (panel,) = figure(section, "alignment-levels").panels
    block = panel.chart.reading.block()
    names = ["Python", "Java", "C#", "Go", "Rust", "C", "PHP", "English"]
    assert block["rows"] == names
    assert block["columns"][:2] == ["the embedding", "layer 0"]
    rows = [
        row
        for row in aligned.table("mexa").to_pylist()
        if (row["pivot"], row["layer"]) == ("go", 6)
        and (row["pooling"], row["centred"], row["identical"]) == ("weighted", False, "dropped")
        and row["language"] != "go"
    ]
    for slot, column in enumerate(("score", "bag_of_tokens", "shuffled", "untrained")):
        mean = sum(row[column] for row in rows) / len(rows)
        assert block["slots"][slot][names.index("Go")][7] == round(1000 * mean)
    drawn = panel.chart.wide.body
    for style in ("main", "second", "null", "twin"):
        assert drawn.count(f'class="line {style}"') == len(names) + 1, "each panel, and the key"
    assert 'class="band"' in drawn


def test_without_bounds_and_a_twin_neither_is_drawn_nor_named(make_run):
    rows = [row | {"untrained": None} for row in translated.mexa(bounds=False)]
    section = alignment.section(Source(make_run(only={"mexa": rows}, study="mexa")))
    (panel,) = figure(section, "alignment-levels").panels
    assert 'class="band"' not in panel.chart.wide.body
    assert "untrained twin" not in panel.chart.wide.body
    assert "No interval in this run." in figure(section, "alignment-levels").caption


def test_the_matrix_has_a_blank_diagonal_and_the_scale_of_its_control(aligned, section):
    whole, bag = figure(section, "alignment-pairs").panels
    score = middle(aligned, "score_over_ceiling")
    values = whole.chart.reading.slots[0]
    order = translated.LANGUAGES
    for i, a in enumerate(order):
        for j, b in enumerate(order):
            wanted = None if a == b else pytest.approx(score[a, b])
            assert values[i][j] == wanted
    keys = [re.findall(r'class="key"(.*)', panel.chart.wide.body)[0] for panel in (whole, bag)]
    assert keys[0] == keys[1]
    assert "layers 3 to 8" in figure(section, "alignment-pairs").caption


def test_a_pair_without_a_score_is_blank_and_its_language_not_in_the_tree(make_run):
    rows = [
        row | {"score": None, "score_over_ceiling": None}
        if {row["pivot"], row["language"]} == {"c", "php"}
        else row
        for row in translated.mexa()
    ]
    section = alignment.section(Source(make_run(only={"mexa": rows}, study="mexa")))
    whole = figure(section, "alignment-pairs").panels[0].chart.reading
    names = list(whole.rows)
    assert whole.slots[0][names.index("C")][names.index("PHP")] is None
    tree = figure(section, "alignment-tree")
    assert "left out: PHP." in tree.caption
    assert "PHP" not in tree.panels[0].chart.reading.rows


def test_the_tree_joins_the_planted_pair_first(section):
    reading = figure(section, "alignment-tree").panels[0].chart.reading
    partners, heights = reading.slots
    joined = {
        row: (reading.words[partner[0]], height[0])
        for row, partner, height in zip(reading.rows, partners, heights, strict=True)
    }
    assert joined["Java"][0] == "C#"
    assert joined["C#"][0] == "Java"
    assert joined["Java"][1] == min(height for _, height in joined.values())
    assert joined["English"][1] == max(height for _, height in joined.values())


def test_every_reading_stands_in_a_table(section):
    table = figure(section, "alignment-pairs").table
    read = {(row[2], row[3], row[4]) for row in table.rows}
    assert ("last token", False, "dropped") in read
    assert ("weighted mean", True, "dropped") in read
    assert ("weighted mean", False, "kept") in read
    assert len(table.rows) == 4 * 28


def test_a_deep_model_keeps_the_page_small_and_says_what_it_left_out(make_run):
    rows = translated.mexa(levels=range(-1, 40))
    run = make_run(only={"mexa": rows}, study="mexa")
    table = figure(alignment.section(Source(run)), "alignment-levels").table
    assert len(table.rows) <= 2000
    assert "tables/mexa.parquet holds all of them" in table.note
    assert len(render(run).encode()) < LARGEST


def test_the_page_stands_alone_and_says_what_was_read(text):
    read = Reader(text)
    ids = re.findall(r'<section id="(\w+)"', text)
    assert ids == ["alignment", "parallel", "making", "words"]
    assert "31" in re.search(r'id="parallel-table".*?</table>', text, re.S)[0]
    assert "most of them in Java and C#" in read.text
    named = [a["id"] for _, a in read.elements if "id" in a]
    assert len(named) == len(set(named))
    assert not [a for tag, a in read.elements if "style" in a]
    assert max(map(len, re.findall(r"<svg .*?</svg>", text, re.S))) < 50_000
    block = re.search(
        r'id="alignment-table">.*?<script type="application/json">(.*?)</script>', text, re.S
    )[1]
    words = json.loads(block)["values"][0]
    assert len(words["codes"]) == 8 * 7 * 13


def test_a_page_of_neurons_shows_alignment_where_it_was_measured(make_run):
    changed = {"mexa": translated.mexa(), "parallel": translated.parallel()}
    page = render(make_run(changed=changed, layers=4, languages=["go", "c", "python"]))
    ids = re.findall(r'<section id="(\w+)"', page)
    assert ids.index("alignment") < ids.index("neurons")
    assert "parallel" in ids
    assert "3 languages: Go, C, Python" in page
    section = page[page.index('<section id="alignment"') :]
    assert section.index("Go") < section.index("Python"), "the page's own order"


def test_verdicts_stand_in_the_first_lines_and_in_full_below(make_run, run):
    claims = [
        row | {"id": "A-4a", "statement": "C# and Java align closely."}
        for row in run.table("claims").to_pylist()
        if (row["id"], row["scope"]) == ("A-2", "overall")
    ]
    tables = {"mexa": translated.mexa(), "claims": claims}
    page = render(make_run(only=tables, study="mexa"))
    assert "A-4a, “C# and Java align closely”: does not hold." in Reader(page).text
    assert page.index('<section id="claims"') < page.index('<section id="alignment"')


def test_only_words_that_the_page_uses_are_explained(text, page):
    explained = [part[part.index('<section id="words"') :] for part in (text, page)]
    assert "counts of tokens" in explained[0]
    assert "candidate" not in explained[0]
    assert "counts of tokens" not in explained[1]
    assert "candidate" in explained[1]


def test_without_the_table_there_is_no_section(make_run):
    run = make_run(only={"parallel": translated.parallel()}, study="mexa")
    assert alignment.section(Source(run)) is None
    assert alignment.picture(Source(run)) is None
    assert "holds no finding yet" in render(run)


def test_the_pair_with_most_beyond_its_text_comes_first(section):
    table = next(b for b in section.blocks if getattr(b, "id", "") == "alignment-surface")
    assert list(table.rows[0][:2]) == ["Java", "C#"]
    assert table.rows[0][-1] == pytest.approx(0.21)
    assert "explains 0.62 of the differences" in table.note
