"""Code in brace languages and Python as a row of signs: which brackets are code, and which not.

Takes code and a language, gives its signs from left to right: words, literals, single characters.
Comments are passed over, and an interpolated string but for the code that it holds. Nothing looks
ahead, so code that goes on gives the same signs and more, but for the last one. A literal that is
not closed reaches to the end of its line, or of the code where it may have several lines.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from neuroglot.base.errors import ConfigError


class Sign(NamedTuple):
    """A word, a literal, a bracket or another character of code, and where it stands.

    depth: how many brackets are open before it; before one that closes, without those that were
    left open inside.
    """

    text: str
    start: int
    end: int
    depth: int


@dataclass(frozen=True)
class Template:
    """A string with code inside.

    inside: what is no code in it, though it may look so. entered: how its code begins, which ends
    with `}`. closed: how the string ends.
    """

    inside: str
    entered: str
    closed: str


@dataclass(frozen=True)
class Lexis:
    """What a language does not take for code.

    comments, literals: expressions of whole ones. nested: whether `/* */` nest. templates: by how
    they open.
    """

    comments: str
    literals: str
    nested: bool = False
    templates: Mapping[str, Template] | None = None


_LINE = r"//[^\n]*"
_BLOCK = r"/\*(?:.*?\*/|.*\Z)"
_C_COMMENTS = f"{_LINE}|{_BLOCK}"
_DOUBLE = r'"(?:\\.|[^"\\\n])*"?'
_SINGLE = r"'(?:\\.|[^'\\\n])*'?"
_RAW_LINES = r'"{3}(?:(?:\\.|[^\\])*?"{3}|.*\Z)'
_NUMBER = r"\b\d[\w']*"
"""Numbers of C++ may hold quotes."""
_CHARACTER = r"'(?:\\(?:u\{\w*\}|.)[^'\n]{0,8}'|[^'\\\n]'|(?:\\[^'\n]{0,10}|[^'\\\n]?)\Z)"
"""A character and never a lifetime of Rust."""
_JS_REGEX = (
    r"(?:(?<=[(,=:\[!&|?;+*%~^<>{-])|(?<=return)|(?<=typeof)|(?<=case))\s*"
    r"/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*(?:\]|\\?\Z)|[^/\\\n\[])+(?:/|\\?\Z)"
)
"""What begins with a slash where an operand has to come."""
_JS_STRINGS = f"{_JS_REGEX}|{_DOUBLE}|{_SINGLE}"
_JS_TEMPLATES = {"`": Template(r"\\.", r"\$\{", "`")}
_HEREDOC = r"<<<[ \t]*(?P<quote>[\"']?)(?P<name>\w+)(?P=quote)\n(?:.*?\n[ \t]*(?P=name)\b|.*\Z)"

LEXES: Mapping[str, Lexis] = {
    "c": Lexis(_C_COMMENTS, f"{_NUMBER}|{_DOUBLE}|{_SINGLE}"),
    "cpp": Lexis(
        _C_COMMENTS,
        rf'\bu?8?[LU]?R"(?P<mark>[^()\s]*)\((?:.*?\)(?P=mark)"|.*\Z)|'
        f"{_NUMBER}|{_DOUBLE}|{_SINGLE}",
    ),
    "csharp": Lexis(
        _C_COMMENTS,
        r'\$*(?P<many>"{3,})(?:.*?(?P=many)|.*\Z)|(?<!\$)@"(?:[^"]|"")*(?:"|\Z)|'
        rf"(?<![$@]){_DOUBLE}|{_SINGLE}",
        templates={
            '$"': Template(r"\\.|\{\{|\}\}", r"\{", '"'),
            '$@"': Template(r'""|\{\{|\}\}', r"\{", '"'),
            '@$"': Template(r'""|\{\{|\}\}', r"\{", '"'),
        },
    ),
    "go": Lexis(_C_COMMENTS, rf"`[^`]*(?:`|\Z)|{_DOUBLE}|{_SINGLE}"),
    "java": Lexis(_C_COMMENTS, f"{_RAW_LINES}|{_DOUBLE}|{_SINGLE}"),
    "javascript": Lexis(_C_COMMENTS, _JS_STRINGS, templates=_JS_TEMPLATES),
    "typescript": Lexis(_C_COMMENTS, _JS_STRINGS, templates=_JS_TEMPLATES),
    "kotlin": Lexis(
        _LINE,
        f"{_SINGLE}|`[^`\n]*`?",
        nested=True,
        templates={
            '"""': Template(r"(?!)", r"\$\{", '"{3,}'),
            '"': Template(r"\\.", r"\$\{", '["\n]'),
        },
    ),
    "php": Lexis(
        rf"{_C_COMMENTS}|#(?!\[)[^\n]*",
        rf"{_HEREDOC}|'(?:\\.|[^'\\])*(?:'|\\?\Z)",
        templates={'"': Template(r"\\.", r"\{(?=\$)", '"')},
    ),
    "python": Lexis(
        r"#[^\n]*",
        rf"{_RAW_LINES}|'{{3}}(?:(?:\\.|[^\\])*?'{{3}}|.*\Z)|{_DOUBLE}|{_SINGLE}",
    ),
    "rust": Lexis(
        _LINE,
        rf'\bb?r(?P<hashes>#*)"(?:.*?"(?P=hashes)|.*\Z)|"(?:\\.|[^"\\])*(?:"|\\?\Z)|{_CHARACTER}',
        nested=True,
    ),
}
"""Language id -> what is no code in it."""

_CLOSED_BY = {")": "(", "]": "[", "}": "{"}


def signs(code: str, language: str) -> Iterator[Sign]:
    """The signs of code, in order. Raises ConfigError for a language without a lexis.

    A closing bracket closes the last one of its kind, and those that were left open inside; one
    that closes nothing is a sign like any other.
    """
    if language not in LEXES:
        raise ConfigError(f"no signs of {language!r} are known: known are {', '.join(LEXES)}")
    open_: list[str] = []
    at = 0
    while at < len(code):
        inner = open_[-1] if open_ else ""
        pattern = _pattern(language, inner if inner not in "([{" else "")
        match = pattern.search(code, at)
        if match is None:
            return
        at, text = match.end(), match[0]
        match match.lastgroup:
            case "opened":
                open_.append(text)
            case "entered":
                open_.append("{")
            case "closed":
                open_.pop()
            case "literal":
                yield Sign(text, match.start(), at, len(open_))
            case "sign":
                place = _closed(open_, _CLOSED_BY[text]) if text in _CLOSED_BY else None
                if place is not None:
                    del open_[place + 1 :]
                yield Sign(text, match.start(), at, len(open_))
                if place is not None:
                    open_.pop()
                elif text in "([{":
                    open_.append(text)


def _closed(open_: Sequence[str], opener: str) -> int | None:
    """Where the last open bracket of a kind stands, none beyond the string around this code."""
    for place in range(len(open_) - 1, -1, -1):
        if open_[place] == opener:
            return place
        if open_[place] not in "([{":
            return None
    return None


@cache
def _pattern(language: str, inner: str) -> re.Pattern[str]:
    """What is looked for next: in code, in a nested comment or in a template."""
    lexis = LEXES[language]
    templates = lexis.templates or {}
    if inner == "/*":
        return re.compile(r"(?P<opened>/\*)|(?P<closed>\*/)")
    if inner:
        row = templates[inner]
        parts = f"(?P<passed>{row.inside})|(?P<entered>{row.entered})|(?P<closed>{row.closed})"
        return re.compile(parts, re.DOTALL)
    openers = [re.escape(each) for each in sorted(templates, key=len, reverse=True)]
    openers += [r"/\*"] if lexis.nested else []
    opened = f"|(?P<opened>{'|'.join(openers)})" if openers else ""
    passed = f"(?P<passed>{lexis.comments})|(?P<literal>{lexis.literals})"
    return re.compile(rf"{passed}{opened}|(?P<sign>\w+|\S)", re.DOTALL)
