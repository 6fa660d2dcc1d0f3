"""Licence headers: comments at the top of a file that carry licence or copyright words.

They follow language families (most Java files have one, few Ruby files) and so would be found as
"language" by any statistic. Takes a text and its language, gives the text without them. What must
stay first stays: shebang, `<?php`, doctype, magic comments, package lines, include guards.
"""

import re
from dataclasses import dataclass
from functools import cache

LICENCE = re.compile(
    r"copyright|copyleft|spdx-license-identifier|\(c\)\s*(?:19|20)\d\d|©"
    r"|all\W+rights\W+reserved|permission\W+is\W+hereby\W+granted|redistribution\W+and\W+use"
    r"|licen[cs]ed\W+(?:under|to)\b|@licen[cs]e\b|\blicen[cs]e\s*:|\blicen[cs]e\W+agreement"
    r"|(?:mit|bsd|apache|isc|mozilla|eclipse|public|software|copying)\W+licen[cs]e"
    r"|(?:in|see|under|of)\W+(?:the\W+|this\W+)?(?:accompanying\W+)?licen[cs]e\b"
    r"|without\W+(?:any\W+)?warrant|software\W+is\W+provided|\bunlicense\b"
    r"|(?:in|into)\W+the\W+public\W+domain|neither\W+the\W+names?\W+of",
    re.IGNORECASE,
)

_SPACE = re.compile(r"[\s\ufeff]+")
_BLANK_LINES = re.compile(r"(?:[^\S\n]*\n)*")
_SLASHES = ("//",)
_STARS = (r"/\*.*?\*/",)
_ANGLES = (r"<!--.*?-->",)
_SHEBANG = r"\A#![^\n]*"
_PACKAGE = r"package\s+[\w.]+[ \t]*;?"
_GUARD = r"#[ \t]*(?:pragma|ifndef|define|if|region|endregion|nullable)\b[^\n]*"


@dataclass(frozen=True)
class CommentStyle:
    """How a language writes comments, and which lines may stand above its licence header.

    lines: patterns that open a comment to the end of the line. blocks: whole block comments.
    kept: what is stepped over and never taken off.
    """

    lines: tuple[str, ...] = ()
    blocks: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


STYLES: dict[str, CommentStyle] = {
    "c": CommentStyle(_SLASHES, _STARS, (_GUARD,)),
    "cpp": CommentStyle(_SLASHES, _STARS, (_GUARD,)),
    "csharp": CommentStyle(_SLASHES, _STARS, (_GUARD,)),
    "go": CommentStyle(_SLASHES, _STARS, (_PACKAGE, r"//go:build[^\n]*", r"//\s*\+build[^\n]*")),
    "html": CommentStyle(
        (),
        (*_ANGLES, r"\{#.*?#\}", r"\{%-?\s*comment.*?endcomment\s*-?%\}", r"<%--.*?--%>"),
        (r"<!doctype[^>]*>", r"<\?xml.*?\?>", r"<html[^>]*>", r"<head[^>]*>"),
    ),
    "java": CommentStyle(_SLASHES, _STARS, (_PACKAGE,)),
    "javascript": CommentStyle(_SLASHES, _STARS, (_SHEBANG, r"(['\"])use strict\1;?")),
    "kotlin": CommentStyle(_SLASHES, _STARS, (_SHEBANG, _PACKAGE, r"@file:[^\n]*")),
    "php": CommentStyle(
        ("//", r"\#(?!\[)"),
        (*_STARS, *_ANGLES),
        (_SHEBANG, r"<\?(?:php\b)?", r"declare\s*\([^)]*\)\s*;"),
    ),
    "python": CommentStyle((r"\#",), (), (_SHEBANG, r"#[^\n]*?coding[:=][^\n]*")),
    "ruby": CommentStyle(
        (r"\#",),
        (r"^=begin\b.*?^=end\b[^\n]*",),
        (_SHEBANG, r"#[^\n]*?coding[:=][^\n]*", r"#[ \t]*(?:frozen_string_literal|typed):[^\n]*"),
    ),
    "rust": CommentStyle(_SLASHES, _STARS, (_SHEBANG, r"#!\[[^\n]*\]")),
    "typescript": CommentStyle(_SLASHES, _STARS, (_SHEBANG, r"(['\"])use strict\1;?")),
    "scala": CommentStyle(_SLASHES, _STARS, (_SHEBANG, _PACKAGE)),
    "swift": CommentStyle(_SLASHES, _STARS, (_SHEBANG,)),
    "haskell": CommentStyle(("--",), (r"\{-(?!#).*?-\}",), (_SHEBANG, r"\{-#.*?#-\}")),
    "shell": CommentStyle((r"\#",), (), (_SHEBANG,)),
    "english": CommentStyle((), _ANGLES, ()),
}
"""One row per language of the table; texts with any other label are left as they are."""


def without_header(text: str, language: str) -> str:
    """The text without its leading licence header; the same text where it has none.

    Doing it twice changes nothing more: it is repeated until no header is left.
    """
    patterns = _patterns(language)
    if patterns is None:
        return text
    while headers := _header_spans(text, *patterns):
        text = _without(text, headers)
    return text


def has_header(text: str, language: str) -> bool:
    """Whether a licence header opens the text."""
    patterns = _patterns(language)
    return patterns is not None and bool(_header_spans(text, *patterns))


@cache
def _patterns(language: str) -> tuple[re.Pattern[str], re.Pattern[str]] | None:
    """(what is stepped over, one comment block): a block comment or a run of comment lines."""
    style = STYLES.get(language)
    if style is None:
        return None
    flags = re.DOTALL | re.MULTILINE | re.IGNORECASE
    kept = "|".join(style.kept) or "(?!)"
    opening = "|".join(style.lines) or "(?!)"
    run = rf"(?:(?!{kept})[^\S\n]*(?:{opening})[^\n]*(?:\n|\Z))+"
    # A kept pattern may use group 1 (a pair of quotes), so no other group may come before it.
    return re.compile(kept, flags), re.compile("|".join((run, *style.blocks)), flags)


def _header_spans(
    text: str, kept: re.Pattern[str], comment: re.Pattern[str]
) -> list[tuple[int, int]]:
    """Where the comments with licence words stand, from the top down to the first code."""
    spans: list[tuple[int, int]] = []
    at = 0
    while at < len(text):
        if (match := _SPACE.match(text, at)) or (match := kept.match(text, at)):
            at = match.end()
        elif match := comment.match(text, at):
            at = match.end()
            if LICENCE.search(match.group()):
                spans.append(match.span())
        else:
            break
    return spans


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    """The text without these spans and the blank lines that followed each."""
    parts: list[str] = []
    at = 0
    for start, end in spans:
        parts.append(text[at:start])
        blank = _BLANK_LINES.match(text, end)
        at = blank.end() if blank else end
    return "".join((*parts, text[at:]))
