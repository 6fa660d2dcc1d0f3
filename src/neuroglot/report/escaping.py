"""How text from data becomes safe to show: hostile labels, tokens that are no text, data blocks.

Takes any string, also with control characters and lone surrogates; gives text for a page. HTML
characters are escaped where the text is placed (by the template, or by the chart's writer).
"""

import json
import math
import re
from typing import Any

from markupsafe import Markup

_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_BYTE_SURROGATES = range(0xDC80, 0xDD00)


def visible(text: str) -> str:
    r"""Text with every character that cannot be seen or encoded written out as `\xNN`.

    Tab and line feed stay. A surrogate that stands for an undecodable byte reads as that byte;
    marks that turn the direction of reading are written out too, because code must read as it is.
    """
    return _SURROGATE.sub(_surrogate, _UNSEEN.sub(_code_point, text))


def label(text: str) -> str:
    """A token as a label: space `·`, indent `⇥`, line end `⏎`, the rest as in `visible`."""
    return visible(text).replace(" ", "·").replace("\t", "⇥").replace("\n", "⏎")


def data_block(value: Any) -> Markup:
    """JSON that cannot end the script element it stands in. Not finite numbers become null."""
    text = json.dumps(
        _finite(value), ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
    )
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(_SURROGATE.sub(lambda match: f"\\u{ord(match[0]):04x}", text))


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value


def _code_point(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def _surrogate(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code - 0xDC00:02x}" if code in _BYTE_SURROGATES else f"\\u{code:04x}"
