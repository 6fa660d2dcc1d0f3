"""Text that wants to break out, and tokens that are no characters."""

import json
import math

from hypothesis import given
from hypothesis import strategies as st

from neuroglot.report.charts.drawing import escape
from neuroglot.report.escaping import data_block, label, visible


def test_what_cannot_be_seen_is_written_out():
    assert visible("a\x00b\x1b[0m\x7f") == "a\\x00b\\x1b[0m\\x7f"
    assert visible("\udcff\udc80") == "\\xff\\x80", "bytes that were not UTF-8 read as bytes"
    assert visible("\ud800") == "\\ud800"
    assert visible("if \u202eadmin") == "if \\u202eadmin", "code must not be turned around"


def test_what_can_be_seen_stays():
    text = "emoji 🦀, שלום, ünïcode\tand\nlines"
    assert visible(text) == text


def test_labels_show_their_spaces():
    assert label(" a\t\n") == "·a⇥⏎"


@given(st.text(st.characters(), max_size=40))
def test_visible_text_can_always_be_encoded(text):
    visible(text).encode("utf-8")
    label(text).encode("utf-8")


@given(st.text(st.characters(), max_size=40))
def test_escaped_text_has_no_markup(text):
    escaped = escape(text)
    assert not set(escaped) & set("<>\"'")


@given(
    st.recursive(
        st.text(st.characters(), max_size=20) | st.none() | st.integers(),
        lambda inner: st.lists(inner, max_size=4),
        max_leaves=8,
    )
)
def test_data_blocks_are_json_and_cannot_end_their_element(value):
    block = str(data_block(value))
    assert not set(block) & set("<>&\u2028\u2029")
    block.encode("utf-8")
    assert json.loads(block) == value


def test_numbers_that_are_none_become_null():
    assert data_block({"a": [math.nan, math.inf, 1.5]}) == '{"a":[null,null,1.5]}'
