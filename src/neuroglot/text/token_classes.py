"""What kind of word each token is: twelve coarse classes that all languages share.

Takes a text, its label and the tokens' character offsets; gives one class per token. Programs are
cut by pygments, and its fine types, which differ from language to language, are folded here. Prose
and unknown labels are cut by a few rules. A token has the class of its first non-blank character.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import Token

from neuroglot.base.languages import language

TOKEN_CLASSES = (
    "keyword",
    "builtin",
    "type",
    "identifier",
    "operator",
    "bracket",
    "separator",
    "number",
    "string",
    "comment",
    "whitespace",
    "other",
)
"""In the order of their numbers."""

CLASS_NUMBER = {name: number for number, name in enumerate(TOKEN_CLASSES)}
NOT_CODE = ("string", "comment")
"""Classes that do not count where only code tokens count."""

_WHITESPACE = CLASS_NUMBER["whitespace"]
_OTHER = CLASS_NUMBER["other"]

_T: Any = Token
_FOLDED = {
    _T.Keyword: "keyword",
    _T.Keyword.Type: "type",
    _T.Name: "identifier",
    _T.Name.Builtin: "builtin",
    _T.Name.Exception: "builtin",
    _T.Name.Class: "type",
    _T.Name.Tag: "keyword",
    _T.Literal.Number: "number",
    _T.Literal.Date: "number",
    _T.Literal.String: "string",
    _T.Literal.String.Symbol: "identifier",
    _T.Operator.Word: "keyword",
    _T.Comment: "comment",
    _T.Comment.PreprocFile: "string",
    _T.Text.Whitespace: "whitespace",
    _T.Error: "other",
    _T.Other: "other",
}
"""The nearest ancestor in this table decides; the types below are cut again by the rules."""

_PREPROCESSOR = _T.Comment.Preproc
_DOCUMENTATION = _T.Literal.String.Doc
_CUT_BY_RULES = (_T.Text, _T.Operator, _T.Punctuation, _T.Generic, _PREPROCESSOR, _DOCUMENTATION)
_TAG_MARKS = ("<", "</", ">", "/>")

_RULES = (
    r"(?P<whitespace>\s+)|(?P<identifier>[^\W\d]\w*(?:['’][^\W\d_]+)*)|(?P<number>\d[\w.]*)"
    r"|(?P<bracket>[()\[\]{}]+)|(?P<operator>[,;:.]*[-+*/=<>&|^~%$@#\\!?]+[-+*/=<>&|^~%$@#\\!?:.]*)"
    r"|(?P<separator>[,;:.]+)|(?P<other>.)"
)
_PROGRAM = re.compile(_RULES, re.DOTALL)
_PROSE = re.compile(r"(?P<separator_>[.!?,;:…]+)|" + _RULES, re.DOTALL)
_DIRECTIVE = re.compile(
    r"(?P<keyword>#\s*\w+|<\?(?:php|xml|=)?|\?>|<!\w*|%>|<%)"
    r'|(?P<string>"(?:[^"\\\n]|\\.)*")|' + _RULES,
    re.DOTALL,
)

_BLANKS = np.array([c for c in range(0x3001) if chr(c).isspace()], dtype=np.uint32)


def token_classes(text: str, label: str, offsets: NDArray[np.integer]) -> NDArray[np.int8]:
    """The class of each token: int8 [token], numbers into TOKEN_CLASSES.

    offsets: [token, 2], start and end of each token in the text. A blank token is whitespace
    wherever it stands; an empty one has the class of the character it stands before.
    """
    if not len(offsets):
        return np.zeros(0, dtype=np.int8)
    classes = _character_classes(text, label, int(offsets[:, 1].max()) + 1)
    first = first_solid(text, offsets)
    solid = classes[np.minimum(first, len(classes) - 1)]
    return np.where(first >= 0, solid, _WHITESPACE).astype(np.int8)


def first_solid(text: str, offsets: NDArray[np.integer]) -> NDArray[np.int64]:
    """Where in the text each token's first character stands that is no blank: int64 [token].

    offsets as for `token_classes`. -1 for a blank token; an empty one has the character it stands
    before.
    """
    end = int(offsets[:, 1].max(initial=0))
    points = np.frombuffer(text[: end + 1].encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    places = np.arange(len(points) + 1)
    places[:-1][np.isin(points, _BLANKS)] = len(points)
    next_solid = np.minimum.accumulate(places[::-1])[::-1]
    first = next_solid[np.minimum(offsets[:, 0], len(points))]
    inside = first < np.maximum(offsets[:, 1], offsets[:, 0] + 1)
    return np.where(inside, first, -1).astype(np.int64)


def _character_classes(text: str, label: str, until: int) -> NDArray[np.int8]:
    """The class of each character before `until`: int8 [character], at least one."""
    starts: list[int] = [0]
    classes: list[int] = [_OTHER]
    for start, number in _spans(text, label):
        if start >= until:
            break
        starts.append(start)
        classes.append(number)
    length = max(min(until, len(text)), 1)
    edges = np.maximum.accumulate([*starts, length])
    return np.repeat(np.array(classes, dtype=np.int8), np.diff(edges))


def _spans(text: str, label: str) -> Iterator[tuple[int, int]]:
    """(start, class) of each piece of the text, from the left, lazily."""
    row = language(label)
    if row is None or not row.lexer:
        yield from _by_rules(_PROSE, text, 0)
        return
    # Carriage returns are blanks to us and an error to some lexers; lengths must not change, and a
    # backslash must still stand at the end of its line.
    lines = text.replace("\\\r\n", "\\\n ").replace("\r\n", " \n").replace("\r", "\n")
    words = _PROSE if row.id == "html" else _PROGRAM
    hash_mark = ""
    for start, kind, value in _lexer(row.lexer, "<?" in text).get_tokens_unprocessed(lines):
        folded = _folded(kind)
        if folded is not None:
            yield start, folded
        elif kind is _DOCUMENTATION:  # a docstring in Python, a comment elsewhere
            yield start, CLASS_NUMBER["string" if value[:1] in "\"'" else "comment"]
        elif kind in _PREPROCESSOR:
            # Some lexers cut "#include" after its first character: it is one word to us.
            yield from _by_rules(_DIRECTIVE, hash_mark + value, start - len(hash_mark))
            hash_mark = "#" if value.strip() == "#" else ""
        elif kind is _T.Punctuation and value in _TAG_MARKS:
            yield start, CLASS_NUMBER["bracket"]
        else:
            yield from _by_rules(words if kind in _T.Text else _PROGRAM, value, start)


def _by_rules(rules: re.Pattern[str], text: str, start: int) -> Iterator[tuple[int, int]]:
    for match in rules.finditer(text):
        name = match.lastgroup or "other"
        yield start + match.start(), CLASS_NUMBER[name.rstrip("_")]


@cache
def _folded(kind: Any) -> int | None:
    """The class of a pygments type; None where the rules have to cut its text again."""
    while kind not in _FOLDED:
        if kind in _CUT_BY_RULES or kind.parent is None:
            return None
        kind = kind.parent
    return CLASS_NUMBER[_FOLDED[kind]]


@cache
def _lexer(name: str, has_php_tag: bool) -> Lexer:
    """The lexer of a language. PHP is cut as a template where it opens a tag, else as bare code."""
    if name != "php":
        return get_lexer_by_name(name)
    if has_php_tag:
        return get_lexer_by_name("html+php")
    return get_lexer_by_name("php", startinline=True)
