"""A whole report: from the run alone, the same every time, safe, honest about what is missing."""

import json
import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from neuroglot.base.errors import RunError
from neuroglot.report import page as page_module
from neuroglot.report.page import LARGEST, content_hash, render, write_report
from neuroglot.report.pages import answer, planted
from neuroglot.report.pages.source import Source

TABLES = (
    "claims",
    "claim_parts",
    "corpus",
    "lape",
    "layers",
    "neuron_rates",
    "overlap",
    "stability",
    "neuron_examples",
    "neuron_writes",
    "checks",
)


class Reader(HTMLParser):
    """All elements with their attributes, the text of the page, inline scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.raw: dict[str, list[str]] = {"script": [], "style": []}
        self.text = ""
        self._open = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        assert len({name for name, _ in attrs}) == len(attrs), (tag, attrs)
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag in self.raw:
            self.raw[tag].append("")
            self._open = tag

    def handle_endtag(self, tag):
        self._open = "" if tag == self._open else self._open

    def handle_data(self, data):
        if self._open:
            self.raw[self._open][-1] += data
        else:
            self.text += data


@pytest.fixture(scope="session")
def read(page):
    return Reader(page)


def test_the_same_run_gives_the_same_bytes(run, page):
    assert render(run) == page
    program = """
import sys
from neuroglot.report.page import render
from neuroglot.runs.directory import open_run
sys.stdout.buffer.write(render(open_run(sys.argv[1])).encode())
"""
    again = subprocess.run(
        [sys.executable, "-c", program, run.path],
        capture_output=True,
        check=True,
        env={"PYTHONHASHSEED": "77", "PATH": ""},
    )
    assert again.stdout.decode() == page


def test_a_report_needs_no_torch(run, tmp_path):
    program = """
import sys
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("torch", "transformers", "pandas"):
            raise ImportError("refused: " + name)
sys.meta_path.insert(0, Refuse())
if sys.argv[2] == "first":
    import torch
from neuroglot.report.page import write_report
print(write_report(sys.argv[1]))
"""
    done = subprocess.run(
        [sys.executable, "-c", program, run.path, "no"], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == str(run.path / "report.html")
    refused = subprocess.run(
        [sys.executable, "-c", program, run.path, "first"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "refused: torch" in refused.stderr, "the test can fail"


def test_the_report_lies_in_the_run(run, page):
    assert write_report(run).read_text(encoding="utf-8") == page
    assert write_report(run.path) == run.report_path
    assert [p.name for p in run.path.iterdir() if p.name.startswith(".")] == []


def test_nothing_is_fetched(read):
    fetching = {
        "img",
        "iframe",
        "object",
        "embed",
        "audio",
        "video",
        "source",
        "track",
        "link",
        "base",
        "form",
        "image",
        "use",
        "foreignobject",
        "frame",
        "applet",
    }
    assert not {tag for tag, _ in read.elements} & fetching
    for tag, attributes in read.elements:
        for name, value in attributes.items():
            assert name not in ("src", "srcset", "action", "data", "poster", "style"), (tag, name)
            assert not name.startswith("on"), (tag, name)
            if name in ("href", "xlink:href"):
                assert value.startswith("#"), value
    (style,) = read.raw["style"]
    assert "url(" not in style
    assert "@import" not in style


def test_the_policy_allows_exactly_the_pages_own_style_and_script(read):
    policies = [
        a["content"]
        for tag, a in read.elements
        if tag == "meta" and a.get("http-equiv") == "Content-Security-Policy"
    ]
    (style,) = read.raw["style"]
    scripts = [
        text
        for (tag, a), text in zip(
            [e for e in read.elements if e[0] == "script"], read.raw["script"], strict=True
        )
        if a.get("type") != "application/json"
    ]
    (script,) = scripts
    assert policies == [
        f"default-src 'none'; script-src '{content_hash(script)}'; "
        f"style-src '{content_hash(style)}'; base-uri 'none'; form-action 'none'"
    ]
    order = [tag for tag, _ in read.elements]
    metas = [a for tag, a in read.elements[: order.index("style")] if tag == "meta"]
    assert list(metas[2]) == ["http-equiv", "content"], "the policy stands before any style"


def test_no_data_becomes_markup(read, page):
    assert not [a for tag, a in read.elements if "onerror" in a]
    assert "</script><img src=x onerror=alert(1)>" in read.text
    assert "emoji 🦀 and שלום עולם" in read.text
    assert "lone \\ud800 surrogate" in read.text
    assert "nul \\x00 bell \\x07 override \\u202e mark" in read.text
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\u202e]", page)


def test_templates_mark_nothing_as_safe():
    folder = Path(page_module.__file__).parent
    for template in (folder / "templates").glob("*.html"):
        text = template.read_text(encoding="utf-8")
        assert "safe" not in re.sub(r"\{#.*?#\}", "", text)
        assert "autoescape" not in re.sub(r"\{#.*?#\}", "", text)
    script = (folder / "assets" / "page.js").read_text(encoding="utf-8")
    for word in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "Function(",
        "fetch(",
        "XMLHttpRequest",
        "import(",
    ):
        assert word not in script


def test_ids_are_unique_and_links_lead_somewhere(read):
    ids = [a["id"] for _, a in read.elements if "id" in a]
    assert len(ids) == len(set(ids))
    targets = {a["href"][1:] for _, a in read.elements if "href" in a}
    assert targets <= set(ids)
    referred = " ".join(a.get("aria-labelledby", "") for _, a in read.elements).split()
    assert set(referred) <= set(ids)


def test_every_chart_has_a_title_and_a_description(page):
    charts = re.findall(r"<svg [^>]*>(.{0,2000})", page, re.S)
    assert len(charts) > 20
    for start in charts:
        assert re.match(
            r"<title id=\"[^\"]+\">[^<]+</title><desc id=\"[^\"]+\">[^<]+</desc>", start
        )


def test_every_number_of_the_answer_is_in_the_tables(run):
    """Each number of the two sentences is recomputed here from the Parquet files."""
    stable = [
        row
        for row in run.table("stability").to_pylist()
        if row["variant"] == "none"
        and row["tokens_share"] == 1
        and (row["tau"], row["nu"]) == (0.95, 50)
    ]
    within = sorted(min(row["n_star"], 50) for row in stable)
    middle = (within[5] + within[6]) / 2
    full = sum(row["n_star"] >= 50 for row in stable)
    claims = {r["id"]: r for r in run.table("claims").to_pylist() if r["scope"] == "overall"}
    two = [
        f"{claims[i][k]:.2f}".replace("-", "−")
        for i in ("A-2", "A-3")
        for k in ("value", "low", "high")
    ]
    wanted = ["50", f"{middle:g}", "5", str(full), "12", str(within[0]), *two]
    said = " ".join(answer.sentences(Source(run)))
    found = [n.strip(".") for n in re.findall(r"−?\d[\d.]*", said)]
    assert found == wanted


@pytest.mark.parametrize(
    "verdict", ["holds", "does not hold", "cannot tell", "cannot tell (quick)"]
)
def test_the_answer_follows_the_verdicts(make_run, run, verdict):
    claims = [row | {"verdict": verdict} for row in run.table("claims").to_pylist()]
    told = " ".join(answer.sentences(Source(make_run(changed={"claims": claims}))))
    expected = {"holds": "They gather", "does not hold": "They do not gather"}
    assert expected.get(verdict, "cannot be told here") in told


def test_every_verdict_is_a_word_and_a_symbol(read):
    for words in ("✓ holds", "✗ does not hold", "? cannot tell"):
        assert words in re.sub(r"\s+", " ", read.text)


def test_budgets_are_kept(page, read):
    assert len(page.encode()) < LARGEST
    style, script = len(read.raw["style"][0]), len(read.raw["script"][-1])
    assert style + script < 30_000
    charts = re.findall(r"<svg .*?</svg>", page, re.S)
    assert max(map(len, charts)) < 50_000


def test_a_large_run_stays_within_its_size_and_says_what_it_left_out(make_run, monkeypatch, run):
    monkeypatch.setattr("neuroglot.report.pages.cards.ROOM", 130_000)
    text = render(run)
    cards = set(re.findall(r'<details class="card" id="(L\d+-N\d+)"', text))
    assert 5 < len(cards) < 30
    assert f"{len(cards)} of " in text
    linked = set(re.findall(r'href="#(L\d+-N\d+)"', text))
    assert linked <= cards


def test_many_layers_are_drawn_too(make_run):
    text = render(make_run(layers=40))
    assert len(text.encode()) < LARGEST
    charts = re.findall(r"<svg .*?</svg>", text, re.S)
    assert max(map(len, charts)) < 50_000


def test_labels_that_are_no_language_have_a_place(make_run):
    text = render(make_run(languages=["a<b>", "style & 'form'", "python"]))
    reader = Reader(text)
    assert "a<b>" in reader.text
    assert "l-other" in text
    assert not [tag for tag, a in reader.elements if "l-a<b>" in a.get("class", "")]


@pytest.mark.parametrize("absent", TABLES)
def test_a_table_that_was_not_written_leaves_a_gap_not_an_error(make_run, absent):
    without = {"claims": ("claims", "claim_parts")}.get(absent, (absent,))
    text = render(make_run(without=without, layers=4, languages=["python", "go", "english"]))
    if absent in ("neuron_examples", "neuron_writes"):
        assert "not run" in text
    ids = re.findall(r'<section id="(\w+)"', text)
    gone = {
        "claims": "claims",
        "layers": "layers",
        "overlap": "overlap",
        "stability": "stability",
        "lape": "neurons",
    }.get(absent)
    assert (gone not in ids) if gone else len(ids) >= 9


def test_a_run_without_any_table_still_says_what_it_is(make_run):
    text = render(make_run(without=TABLES))
    assert "holds no finding yet" in text
    assert "How it was made" in text


def test_an_unknown_study_is_named(run):
    other = replace(run, manifest=replace(run.manifest, study="colours"))
    known = "pages exist for brackets, lens, mexa, neuron-guided, neurons"
    with pytest.raises(RunError, match=f"'colours', which has no page: {known}"):
        render(other)


def test_planted_neurons_are_compared_with_those_found(make_run, run):
    real = [row for row in run.table("lape").to_pylist() if row["real"]]
    rows = [{k: row[k] for k in ("language", "layer", "neuron", "exclusive")} for row in real]
    dropped = next(row for row in rows if row["language"] == "go")
    rows.remove(dropped)
    rows.append({"language": "rust", "layer": 3, "neuron": 511, "exclusive": True})
    section = planted.section(Source(make_run(changed={"planted": rows})))
    (table,) = section.blocks
    by_language = {row[0]: row for row in table.rows}
    assert by_language["Go"][3:5] == [0, 1]
    assert by_language["Rust"][3:6] == [1, 0, "L03-N0511"]
    assert by_language["Python"][3:] == [0, 0, "–", "–"]
    assert "1 missed, and 1 others" in section.lead
    assert "exact in 10 of 12" in section.lead


def test_tables_hold_unrounded_values_for_the_script(run, page):
    block = re.search(
        r'<div class="table" id="neurons-table">.*?<script type="application/json">(.*?)</script>',
        page,
        re.S,
    )[1]
    data = json.loads(block)
    titles = [title for title, *_ in data["columns"]]
    entropies = data["values"][titles.index("entropy")]
    assert len(entropies) == run.table("lape").num_rows
    assert sorted(entropies) == sorted(run.table("lape")["entropy"].to_pylist())
