"""Tables in Markdown, and the blocks of docs/performance.md that benchmarks write.

A block stands between `<!-- NAME:begin -->` and `<!-- NAME:end -->`; the rest of the page is
written by hand.
"""

from collections.abc import Sequence
from pathlib import Path

PAGE = Path("docs/performance.md")


def markdown(header: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """A table, its columns padded so that it can be read as plain text too."""
    cells = [list(header), *[list(line) for line in lines]]
    widths = [max(len(line[place]) for line in cells) for place in range(len(header))]
    rule = ["-" * max(width, 3) for width in widths]
    return "\n".join(
        "| "
        + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        + " |"
        for line in [cells[0], rule, *cells[1:]]
    )


def put_block(page: Path, name: str, text: str) -> None:
    """Replace what stands between the marks of `name`. Raises ValueError where they are missing."""
    begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
    whole = page.read_text(encoding="utf-8")
    if begin not in whole or end not in whole:
        raise ValueError(f"{page} has no marks {begin} and {end}: add them where the table belongs")
    before, after = whole.split(begin)[0], whole.split(end)[1]
    page.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8")
