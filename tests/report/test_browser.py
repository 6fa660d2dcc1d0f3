"""The report in Chromium: what a reader sees and does on a desk, a phone, in the dark, on paper."""

import csv
import io
import shutil
from pathlib import Path
from xml.etree import ElementTree

import pytest

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(shutil.which(CHROMIUM) is None, reason="no Chromium at /usr/bin/chromium"),
]


@pytest.fixture(scope="module")
def browser():
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def file(tmp_path_factory, page) -> Path:
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(page, encoding="utf-8")
    return path


@pytest.fixture
def visit(browser, file):
    """Open the report; afterwards: no console message, no error, no request but the file itself."""
    contexts, messages, requests, opened_files = [], [], [], set()

    def opened(width=1000, *, path=file, fragment="", **options):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, accept_downloads=True, **options
        )
        contexts.append(context)
        opened_files.add(path.as_uri())
        tab = context.new_page()
        tab.on("console", lambda message: messages.append(message.text))
        tab.on("pageerror", lambda error: messages.append(str(error)))
        tab.on("request", lambda request: requests.append(request.url))
        tab.goto(path.as_uri() + fragment)
        return tab

    yield opened
    for context in contexts:
        context.close()
    assert messages == []
    assert {url.split("#")[0] for url in requests if not url.startswith("blob:")} <= opened_files


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1000, 380])
def test_every_figure_is_seen_and_nothing_scrolls_sideways(visit, width, scheme):
    tab = visit(width, color_scheme=scheme)
    assert tab.evaluate("document.documentElement.scrollWidth") == width
    seen = tab.evaluate("""[...document.querySelectorAll('section figure, header figure')]
        .filter(figure => !figure.closest('details:not([open])'))
        .map(figure => [...figure.querySelectorAll('.panel')].map(panel =>
            [...panel.querySelectorAll('svg')].map(svg => svg.getBoundingClientRect())
            .filter(box => box.width > 60 && box.height > 60 && box.right <= innerWidth + 1)
            .length))""")
    assert len(seen) >= 9
    assert all(count == 1 for figure in seen for count in figure), "one size of each chart, not two"


def test_the_page_is_light_on_elements(visit):
    tab = visit()
    assert tab.evaluate("document.querySelectorAll('*').length") <= 5000


def test_text_is_never_smaller_than_the_least_size(visit):
    tab = visit(380)
    least = tab.evaluate("""Math.min(...[...document.querySelectorAll('svg text')].map(text => {
        const svg = text.ownerSVGElement, box = svg.getBoundingClientRect();
        if (!box.width) return 99;
        return parseFloat(getComputedStyle(text).fontSize) * box.width / svg.viewBox.baseVal.width;
    }))""")
    assert least >= 9.4


def test_the_dark_scheme_is_dark_and_print_is_light(visit):
    tab = visit(color_scheme="dark")

    def colours():
        return tab.evaluate("""[getComputedStyle(document.body).backgroundColor,
            getComputedStyle(document.querySelector('.swatch')).fill,
            getComputedStyle(document.querySelector('.number text')).fill]""")

    dark = colours()
    assert dark[0] == "rgb(21, 23, 28)"
    tab.emulate_media(media="print", color_scheme="dark")
    printed = colours()
    assert printed[0] == "rgb(255, 255, 255)"
    tab.emulate_media(media="screen", color_scheme="light")
    assert colours() == printed != dark
    tab.get_by_label("Theme").select_option("dark")
    assert colours() == dark
    tab.emulate_media(media="print")
    assert colours() == printed
    hidden = tab.evaluate(
        "[...document.querySelectorAll('.tools, select')].every(b => !b.offsetParent)"
    )
    assert hidden


def test_a_saved_chart_opens_alone_in_light_colours(visit, browser, tmp_path):
    tab = visit(color_scheme="dark")
    panel = tab.locator("#overlap-jaccard .panel").first
    panel.locator("svg").focus()
    tab.keyboard.press("ArrowDown")
    with tab.expect_download() as waiting:
        panel.get_by_role("button", name="Save SVG").click()
    assert waiting.value.suggested_filename == "overlap-a.svg"
    saved = tmp_path / "overlap-a.svg"
    waiting.value.save_as(saved)
    text = saved.read_text(encoding="utf-8")
    root = ElementTree.fromstring(text)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "var(" not in text
    assert "class=" not in text
    assert 'fill="rgb(255, 255, 255)"' in text
    assert "rgb(249, 247, 228)" in text, "the light ramp, whatever the screen shows"
    assert "cursor" not in text
    alone = browser.new_page()
    alone.goto(saved.as_uri())
    assert alone.evaluate("document.documentElement.getBoundingClientRect().width") > 300
    assert alone.evaluate("document.querySelectorAll('text').length") > 140
    alone.close()


def test_values_are_read_with_the_pointer_and_the_arrow_keys(visit, run):
    tab = visit()
    figure = tab.locator("#overlap-jaccard")
    chart, output = figure.locator("svg").first, figure.locator("output")
    chart.focus()
    assert output.inner_text() == "C and C: –"
    for key in ("ArrowRight", "ArrowRight", "ArrowDown"):
        tab.keyboard.press(key)
    row = next(r for r in run.table("overlap").to_pylist() if (r["a"], r["b"]) == ("cpp", "csharp"))
    assert output.inner_text() == f"C++ and C#: {row['jaccard']:.3f}"
    tab.keyboard.press("ArrowUp")
    tab.keyboard.press("ArrowUp")
    assert output.inner_text().startswith("C and C#"), "the edge holds"
    count = next(
        r
        for r in run.table("layers").to_pylist()
        if (r["language"], r["layer"], r["set"]) == ("rust", 5, "all")
    )
    panel = tab.locator("#layers-by-language svg.wide")
    panel.scroll_into_view_if_needed()
    place = panel.evaluate("""svg => {
        const r = JSON.parse(svg.dataset.reach), b = svg.getBoundingClientRect();
        return [b.x + r.at[4][0] + 5.5 * r.step, b.y + r.at[4][1] + 20]; }""")
    tab.mouse.move(*place)
    told = tab.locator("#layers-by-language output").inner_text()
    assert told.startswith(f"Rust, layer 5: {count['count']} neurons")


def test_a_prompt_scrolls_in_its_own_box_and_is_read_with_the_arrow_keys(visit, make_run, tmp_path):
    from neuroglot.report.page import render
    from report import translated

    run = make_run(only=translated.lens(), study="lens", languages=translated.LANGUAGES)
    path = tmp_path / "lens.html"
    path.write_text(render(run), encoding="utf-8")
    tab = visit(380, path=path)
    assert tab.evaluate("document.documentElement.scrollWidth") == 380
    figure = tab.locator("#prompt-1-lens")
    holder, chart = figure.locator(".scroll"), figure.locator("svg")
    assert holder.evaluate("box => box.scrollWidth > 2 * box.clientWidth")
    chart.focus()
    row = next(
        row
        for row in run.table("lens").to_pylist()
        if (row["source"], row["item"], row["layer"]) == ("python", "17", -1)
    )
    told = figure.locator("output").inner_text()
    assert told.startswith(f"public at the embedding: rank {row['gold_rank']}, probability ")
    best = row["top_probabilities"][0]
    assert f"Likeliest: {row['top_tokens'][0].replace(' ', '·')} {best:.3f} · " in told
    for _ in range(12):
        tab.keyboard.press("ArrowRight")
    assert figure.locator("output").inner_text().startswith("public at layer 11: ")
    assert holder.evaluate("box => box.scrollLeft") > 0, "the cell that is read is in sight"
    assert tab.evaluate("document.documentElement.scrollWidth") == 380


def test_the_table_sorts_filters_and_grows(visit, run):
    tab = visit()
    table = tab.locator("#neurons-table")
    rows = table.locator("tbody tr")
    neurons = run.table("lape").to_pylist()
    assert rows.count() == 25
    table.get_by_role("button", name="Show 100 more").click()
    assert rows.count() == 125
    heading = table.locator("th").filter(has_text="entropy")
    heading.get_by_role("button").click()
    assert heading.get_attribute("aria-sort") == "descending", "numbers downwards first"
    entropies = sorted((row["entropy"] for row in neurons), reverse=True)
    column = [c.inner_text() for c in rows.locator("td:nth-child(5)").all()[:20]]
    assert column == [f"{value:.3f}" for value in entropies[:20]]
    heading.get_by_role("button").click()
    assert heading.get_attribute("aria-sort") == "ascending"
    table.get_by_label("Filter rows").fill("rust L03")
    wanted = [r for r in neurons if r["language"] == "rust" and r["layer"] == 3]
    assert rows.count() == len(wanted)
    assert f"{len(wanted)} of {len(wanted)} rows" in table.inner_text()


def test_a_table_is_saved_as_csv_that_is_no_formula(visit, run):
    tab = visit()
    with tab.expect_download() as waiting:
        tab.locator("#neurons-table").get_by_role("button", name="Save CSV").click()
    assert waiting.value.suggested_filename == "neurons-table.csv"
    rows = list(csv.reader(io.StringIO(Path(waiting.value.path()).read_text(encoding="utf-8"))))
    assert len(rows) == 1 + run.table("lape").num_rows
    entropies = sorted(float(row[rows[0].index("entropy")]) for row in rows[1:])
    assert entropies == sorted(run.table("lape")["entropy"].to_pylist()), "all digits"
    with tab.expect_download() as waiting:
        tab.locator("#checks-table").get_by_role("button", name="Save CSV").click()
    text = Path(waiting.value.path()).read_text(encoding="utf-8")
    assert '"""quoted"" & \'single\'"' in text


def test_cells_that_look_like_formulas_are_quoted(visit, make_run, tmp_path):
    from neuroglot.report.page import render

    checks = [
        {"name": name, "what": "x", "value": -0.5, "bound": None, "passed": True, "remedy": None}
        for name in ("=1+1", "+1", "-1", "@a", "\ttab", "plain")
    ]
    file = tmp_path / "formulas.html"
    file.write_text(
        render(make_run(changed={"checks": checks}, layers=4, languages=["go", "c"])),
        encoding="utf-8",
    )
    tab = visit(path=file)
    with tab.expect_download() as waiting:
        tab.locator("#checks-table").get_by_role("button", name="Save CSV").click()
    text = Path(waiting.value.path()).read_text(encoding="utf-8")
    rows = list(csv.reader(io.StringIO(text)))[1:]
    assert [row[0] for row in rows] == ["'=1+1", "'+1", "'-1", "'@a", "'\ttab", "plain"]
    assert {row[2] for row in rows} == {"-0.5"}, "a number keeps its hyphen"


def test_a_link_to_a_neuron_opens_its_card(visit, page):
    import re

    kept = re.findall(r'<template data-card="(L\d+-N\d+)"', page)
    tab = visit(fragment=f"#{kept[5]}")
    card = tab.locator(f"#{kept[5]}")
    assert card.evaluate("card => card.open")
    assert card.locator("pre mark").count() >= 1
    assert card.get_by_role("button", name="Save SVG").count() == 1
    box = card.bounding_box()
    assert -5 < box["y"] < 900
    first = tab.locator("#neurons-table tbody a").first
    name = first.inner_text()
    first.click()
    assert tab.locator(f"#{name}").evaluate("card => card.open")
    holder = tab.locator(".cards").last
    before = holder.locator(".card").count()
    holder.get_by_role("button", name="Show").first.click()
    assert holder.locator(".card").count() > before
    assert holder.locator(":scope > template").count() == 0


def test_everything_essential_is_there_without_javascript(visit):
    tab = visit(java_script_enabled=False)
    assert tab.locator("#neurons-table tbody tr").count() == 100
    assert tab.locator("section figure svg.wide:visible").count() >= 5
    assert tab.locator("button").count() == 0
    assert tab.locator("details.card pre").first.is_visible(), "the first card is unfolded"
    tab.locator("details.card summary").nth(1).click()
    assert tab.locator("details.card").nth(1).locator("pre").first.is_visible()
    tab.locator("#layers details.values summary").first.click()
    assert tab.locator("#layers-table").is_visible()


def test_the_policy_stops_what_an_attacker_adds(browser, page, tmp_path):
    attacked = tmp_path / "attacked.html"
    attack = (
        '<script>window.hit = 1</script><p id="p" style="color:red">x</p>'
        '<img src="https://example.org/x.png" onerror="window.hit = 2">'
    )
    attacked.write_text(page.replace("</main>", attack + "</main>"), encoding="utf-8")
    context = browser.new_context()
    tab = context.new_page()
    complaints = []
    tab.on("console", lambda message: complaints.append(message.text))
    tab.goto(attacked.as_uri())
    assert tab.evaluate("window.hit") is None
    assert tab.evaluate("getComputedStyle(document.getElementById('p')).color") == "rgb(27, 30, 36)"
    assert sum("Content Security Policy" in text for text in complaints) >= 3
    context.close()


def test_numbers_drawn_by_the_script_read_like_those_of_the_page(visit):
    """Rows that the script redraws after sorting twice are the rows that Python wrote."""
    tab = visit()
    for name in ("corpus-table", "checks-table", "claim-1-parts"):
        table = tab.locator(f"#{name}")
        read = f"""[...document.querySelectorAll('#{name} tbody tr')]
            .map(row => [...row.cells].map(cell => cell.textContent).join('|')).sort()"""
        before = tab.evaluate(read)
        tab.evaluate(f"document.querySelector('#{name} th button')?.click()")
        assert tab.evaluate(read) == before
        assert table.count() == 1
