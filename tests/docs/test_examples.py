"""The examples of the documentation run: every block of Python, from top to bottom of its page.

A page's blocks share their names, as its reader's session would, and run in an empty folder. A
block that opens with "```python no-run" is shown only.
"""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```python[ \t]*([^\n]*)\n(.*?)^```[ \t]*$", re.MULTILINE | re.DOTALL)
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))


def blocks(text: str) -> list[tuple[int, str]]:
    """(first line, code) of every block that is to be run."""
    return [
        (text.count("\n", 0, found.start(2)) + 1, found[2])
        for found in BLOCK.finditer(text)
        if found[1].strip() != "no-run"
    ]


def run(page: Path) -> None:
    """All blocks of a page; an error shows the page's own line."""
    names = {"__name__": "example"}
    for first, code in blocks(page.read_text(encoding="utf-8")):
        # Lines before it count, so that a traceback names the line of the page.
        exec(compile("\n" * (first - 1) + code, str(page), "exec"), names)


@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if blocks(page.read_text(encoding="utf-8"))],
    ids=lambda page: str(page.relative_to(ROOT)),
)
def test_the_page_s_examples_run(page, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    run(page)


def test_the_readme_has_examples():
    assert len(blocks((ROOT / "README.md").read_text(encoding="utf-8"))) >= 2


def test_blocks_share_names_fail_at_their_line_and_may_be_left_out(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(
        "A page\n\n```python\na = 1\n```\n\n```python no-run\nraise KeyError\n```\n\n"
        "```sh\nnot python\n```\n\n```python\nassert a == 1\n\n1 / 0\n```\n"
    )
    assert [first for first, _ in blocks(page.read_text())] == [4, 16]
    with pytest.raises(ZeroDivisionError) as raised:
        run(page)
    assert raised.traceback[-1].lineno + 1 == 18
