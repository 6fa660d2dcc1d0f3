"""The marks of languages: seven filled shapes, the same seven hollow, and a cross."""

from collections.abc import Iterable

from neuroglot.report.charts.drawing import at, path

_FILLED = "●■▲◆▼◀▶"
_HOLLOW = "○□△◇▽◁▷"


def marks(shape: str, places: Iterable[tuple[float, float]], *, radius: float = 3) -> str:
    """One path with the shape at every place, in the colour of the class around it."""
    outline = _FILLED[_HOLLOW.index(shape)] if shape in _HOLLOW else shape
    drawn = "".join(_outline(outline, x, y, radius) for x, y in places)
    if shape == "×":
        return path(drawn, "cross")
    return path(drawn, "mark hollow" if shape in _HOLLOW else "mark")


def _outline(shape: str, x: float, y: float, r: float) -> str:
    if shape == "●":
        half = f"a{at(r)} {at(r)} 0 1 1 "
        return f"M{at(x - r)} {at(y)}{half}{at(2 * r)} 0{half}{at(-2 * r)} 0z"
    if shape == "×":
        long, back = at(2 * r), at(-2 * r)
        return f"M{at(x - r)} {at(y - r)}l{long} {long}m0 {back}l{back} {long}"
    if shape == "■":
        side = 1.8 * r
        return f"M{at(x - side / 2)} {at(y - side / 2)}h{at(side)}v{at(side)}h{at(-side)}z"
    corners = {
        "▲": ((0, -1.2), (1.2, 0.9), (-1.2, 0.9)),
        "▼": ((0, 1.2), (1.2, -0.9), (-1.2, -0.9)),
        "◀": ((-1.2, 0), (0.9, 1.2), (0.9, -1.2)),
        "▶": ((1.2, 0), (-0.9, 1.2), (-0.9, -1.2)),
        "◆": ((0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)),
    }[shape]
    return "M" + "L".join(f"{at(x + dx * r)} {at(y + dy * r)}" for dx, dy in corners) + "z"
