"""The page's colours as CSS variables, for a light and a dark page.

Both ramps start near the page; lightness falls (light page) or rises (dark page) strictly, in
normal and in colour-blind sight. Languages take their colours from the one table in `base`. A
number inside a cell is black or white, whichever contrasts more. Knows no chart and no run.
"""

from neuroglot.base.languages import GREY, LANGUAGES, language

PAPER = ("#ffffff", "#15171c")
INK = ("#1b1e24", "#e8eaee")
SECONDARY = GREY
RULE = ("#e3e6ea", "#2c3038")


def _colours(words: str) -> list[str]:
    return words.split()


SEQUENTIAL_LIGHT = _colours(
    "f9f7e4 eef1d5 e2ecc7 d6e7bc c7e2b3 b6dead a3d9a7 90d5a2 7dd09d 69cb9b 51c59c 33bf9d "
    "0ab89e 00b09d 00a89c 099f9a 129698 128e95 118592 0f7d8e 0e758a 0a6d86 056683 045e7f "
    "075779 104f71 174869 1c4060 1e3957 1f334d 202d41 202735"
)
SEQUENTIAL_DARK = _colours(
    "161925 171e32 18243e 192a49 193053 18375c 143f64 0b476c 014f74 00577a 005f7e 006881 "
    "037084 047888 05818b 06898e 089290 029b91 00a590 00ae8f 1bb68e 3fbd8d 5fc28c 7bc78c "
    "90cc90 a2d197 b4d59f c4daa8 d3dfb1 e0e5bd eaebcb f4f1dc"
)
DIVERGING_LIGHT = _colours(
    "1358a5 2562ab 346cb2 4276b8 5080be 5d8ac4 6b94ca 789ed0 86a8d5 94b2db a2bde0 afc7e5 "
    "bdd0e9 ccd9ec dde3ed eceaec f5ece8 f6e6dd f0d9cc e7cab9 dfbca8 d9b099 d3a48a cd987b "
    "c68c6c c0805c b9734c b2683c aa5e2f a25625 9a4e1b 934710 8c4105"
)
DIVERGING_DARK = _colours(
    "92c1fd 85b6f4 79aaea 6e9fdf 6394d3 5a89c5 547fb5 4f74a4 4a6a93 436083 3d5574 374b64 "
    "324256 2e3947 2b2f37 292829 2b2421 332620 402e25 50392c 604232 6e4a36 7c523b 8a5b3f "
    "996344 a96c49 b9744d c97d52 d68658 e18e5f ec9666 f69e6c fea573"
)

LEVELS = len(SEQUENTIAL_LIGHT)
DIVERGING_LEVELS = len(DIVERGING_LIGHT)


def level_class(level: int, *, diverging: bool) -> str:
    """The class of a cell's colour: s0 ... s31 upwards, d0 ... d32 from blue to orange."""
    return f"{'d' if diverging else 's'}{level}"


def ink_class(level: int, *, diverging: bool) -> str:
    """The class of a number on that level: black (b) or white (w), on a light and a dark page."""
    light, dark = (
        (DIVERGING_LIGHT, DIVERGING_DARK) if diverging else (SEQUENTIAL_LIGHT, SEQUENTIAL_DARK)
    )
    return _ink(light[level]) + _ink(dark[level])


def language_class(label: str) -> str:
    """The class that carries a label's colour: a language's own, `other` for any other label."""
    return f"l-{label}" if language(label) else "l-other"


def colour_rules() -> str:
    """Every colour of the page as CSS; `light-dark()` names both themes at once.

    `--c` is a language's colour, `--v` the colour of a value on a ramp.
    """
    page = zip(("paper", "ink", "soft", "rule"), (PAPER, INK, SECONDARY, RULE), strict=True)
    variables = ";".join(_variable(name, *colours) for name, colours in page)
    languages = [(f"l-{row.id}", "c", row.light, row.dark) for row in LANGUAGES]
    classes = [
        *languages,
        ("l-other", "c", *GREY),
        *_levels("s", SEQUENTIAL_LIGHT, SEQUENTIAL_DARK),
        *_levels("d", DIVERGING_LIGHT, DIVERGING_DARK),
    ]
    rules = [f".{name}{{{_variable(role, *colours)}}}" for name, role, *colours in classes]
    return "\n".join([f":root{{{variables}}}", *rules, ""])


def contrast(first: str, second: str) -> float:
    """WCAG 2 contrast ratio of two `#rrggbb` colours, 1 to 21."""
    brighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def _variable(name: str, light: str, dark: str) -> str:
    return f"--{name}:light-dark({light},{dark})"


def _levels(letter: str, light: list[str], dark: list[str]) -> list[tuple[str, str, str, str]]:
    pairs = enumerate(zip(light, dark, strict=True))
    return [(f"{letter}{level}", "v", f"#{day}", f"#{night}") for level, (day, night) in pairs]


def _ink(background: str) -> str:
    return "b" if contrast(background, "#000000") >= contrast(background, "#ffffff") else "w"


def _luminance(colour: str) -> float:
    digits = colour.removeprefix("#")
    channels = [int(digits[start : start + 2], 16) / 255 for start in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
