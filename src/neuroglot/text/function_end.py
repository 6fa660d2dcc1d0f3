"""Where a function ends that is being written.

Takes the text before, which ends where the body of a function begins, and what was written after
it; gives the place in the latter where the function has ended. An end that is found stays the same
whatever is written after it, so the question can be asked while a model writes.

Braces are counted as signs of code (`text.lexis`); Python goes by indentation; in Ruby the first
`end` is taken with which the method is whole to its grammar.
"""

import re

from neuroglot.base.errors import ConfigError
from neuroglot.text.lexis import LEXES, signs
from neuroglot.text.parsing import parse

FUNCTION_LANGUAGES: tuple[str, ...] = (*LEXES, "ruby")
"""Languages whose functions' ends are known."""

_RUBY_DEF = re.compile(r"^[ \t]*(?:\w+[ \t]+)*?(?P<method>def\b)", re.MULTILINE)
_RUBY_END = re.compile(r"(?<![\w.:@$=])end\b(?![\w?!:=])")
_TYPES_FOLLOW = frozenset((":", "struct", "interface"))
"""A brace behind one of these in a signature holds a type, not a body."""
_ENDS = frozenset((("}", 1, True), (";", 0, False)))
"""(sign, how deep it stands, whether the body has begun) where a function ends."""

_OPENING = {"python": "def", "kotlin": "fun"}
"""What a function of these languages begins with."""


def function_end(language: str, before: str, completion: str) -> int | None:
    """Where in `completion` the function ends that `before` has begun; None where it has not.

    before: a doc comment and a signature, a signature alone, or nothing of the function yet; its
    opening brace may be in it or not. In brace languages and Ruby the end stands behind the closing
    brace or `end`, behind a `;` where there is no body; in Python behind the last word of the body
    that is no comment, and is known when a line begins that is indented no deeper than the `def`.
    A body of Kotlin that follows `=` ends like one of Python; one of Ruby has no end that is known.
    Raises ConfigError for a language not in FUNCTION_LANGUAGES.
    """
    if language not in FUNCTION_LANGUAGES:
        known = ", ".join(FUNCTION_LANGUAGES)
        raise ConfigError(f"where a function of {language!r} ends is not known, only in {known}")
    if language == "ruby":
        return _ruby_end(before, completion)
    text, start = before + completion, len(before)
    if language == "python":
        end = _line_end(text, start, language)
    else:
        end = _brace_end(text, start, language)
    return None if end is None else max(end - start, 0)


def _brace_end(text: str, start: int, language: str) -> int | None:
    """Behind the brace that closes the function whose body begins at or after `start`.

    base: how many brackets are open around the function, known when its body is reached.
    """
    base, has_body, last = None, False, ""
    signature: list[str] = []
    for sign in signs(text, language):
        if sign.start < start:
            signature = [*signature[: sign.depth], sign.text] if sign.text in "([{" else signature
        elif base is None:
            has_body = last == "{"
            base = _around(signature, sign.depth, has_body=has_body)
        if base is not None:
            if sign.text == "{" and sign.depth == base and last not in _TYPES_FOLLOW:
                has_body = True
            elif sign.text == "}" and sign.depth <= base:
                return sign.start
            elif (sign.text, sign.depth - base, has_body) in _ENDS:
                return sign.end
            elif last == "=" and sign.depth == base and not has_body and language == "kotlin":
                return _line_end(text, start, language)
        last = sign.text
    return None


def _around(opened: list[str], depth: int, *, has_body: bool) -> int:
    """How many of the brackets that are open stand around the function: no parameter's do."""
    if has_body:
        return depth - 1
    while depth and opened[depth - 1] != "{":
        depth -= 1
    return depth


def _line_end(text: str, start: int, language: str) -> int | None:
    """Behind the last line of the last function before `start`, or of the first one after."""
    opened: tuple[int, int] | None = None
    column, end, last = 0, start, ""
    for sign in signs(text, language):
        indent = text[text.rfind("\n", 0, sign.start) + 1 : sign.start]
        if not indent.strip() and last != "\\":
            column = len(indent.expandtabs())
            if opened and sign.start >= start and (sign.depth, column) <= opened:
                return end
        if sign.text == _OPENING[language] and (sign.start < start or opened is None):
            opened = sign.depth, column
        end, last = max(sign.end, start), sign.text
    return None


def _ruby_end(before: str, completion: str) -> int | None:
    """Behind the first `end` with which the last method of `before` is whole."""
    text = before + completion
    defs = [each.start("method") for each in _RUBY_DEF.finditer(before)]
    first = defs[-1] if defs else len(before)
    for end in _RUBY_END.finditer(text, len(before)):
        root = parse(text[first : end.end()], "ruby").root_node
        if not root.has_error and any("method" in node.type for node in root.named_children):
            return end.end() - len(before)
    return None
