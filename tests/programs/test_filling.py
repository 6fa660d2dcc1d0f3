"""Filling places of a source."""

import pytest

from neuroglot.base.errors import ProgramError
from neuroglot.programs.filling import fill


def test_places_in_a_line():
    assert fill("for {a} in {b}:", a="x", b="xs") == "for x in xs:"


def test_lines_go_as_far_in_as_their_place():
    source = "if a:\n    {body}\nend"
    assert fill(source, body="b\n    c\n\nd") == "if a:\n    b\n        c\n\n    d\nend"


def test_an_empty_text_alone_removes_the_line():
    assert fill("a\n  {nothing}\nb{nothing}", nothing="") == "a\nb"


def test_what_is_filled_in_may_have_places():
    assert fill("{a}", a="{b} + {c}", b="{c}", c=3) == "3 + 3"


def test_what_does_not_fit_is_refused():
    with pytest.raises(ProgramError, match=r"nothing was chosen for \{b\}"):
        fill("{a} {b}", a=1)
    with pytest.raises(ProgramError, match="no place for c, d in the source"):
        fill("{a}", a=1, c=2, d=3)
