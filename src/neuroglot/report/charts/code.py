"""Real code with every token tinted by its activation, in the light end of the ramp only.

Above level 12 ink on the tint would be hard to read. The strongest token is framed where asked.
Code stands as it is: spaces stay spaces.
"""

from collections.abc import Sequence

from markupsafe import Markup

from neuroglot.report.charts.drawing import escape
from neuroglot.report.numbers import is_known

_DEEPEST, _STEP = 12, 2


def tinted(
    tokens: Sequence[str],
    activations: Sequence[float | None],
    *,
    strongest: float,
    framed: bool = True,
) -> Markup:
    """Tokens in a row, tinted from 0 (no tint) to `strongest` (level 12)."""
    levels = [_level(value, strongest) for value in activations]
    peak = _peak(activations) if framed else -1
    drawn, index = "", 0
    while index < len(tokens):
        end = index + 1
        while index != peak and end < len(tokens) and end != peak and levels[end] == levels[index]:
            end += 1
        words = escape("".join(tokens[index:end]))
        if index == peak:
            drawn += f'<mark class="s{levels[index]}">{words}</mark>'
        else:
            drawn += f'<b class="s{levels[index]}">{words}</b>' if levels[index] else words
        index = end
    return Markup(drawn)


def _level(value: float | None, strongest: float) -> int:
    if not is_known(value) or value <= 0 or strongest <= 0:
        return 0
    return _STEP * min(_DEEPEST // _STEP, max(1, round(_DEEPEST / _STEP * value / strongest)))


def _peak(activations: Sequence[float | None]) -> int:
    known = [(value, -index) for index, value in enumerate(activations) if is_known(value)]
    return -max(known)[1] if known else -1
