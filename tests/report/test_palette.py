"""The colours on the page, recomputed from its stylesheet: contrast, order, distance, sight."""

import re
from importlib.resources import files
from itertools import pairwise

import numpy as np
import pytest

from neuroglot.base.languages import LANGUAGES
from neuroglot.report.palette import (
    DIVERGING_LEVELS,
    LEVELS,
    colour_rules,
    contrast,
    ink_class,
)

PAPER = ("#ffffff", "#15171c")
# Full dichromacy, Machado, Oliveira and Fernandes 2009.
SIGHT = {
    "normal": np.eye(3),
    "deutan": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "protan": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "tritan": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


@pytest.fixture(scope="module")
def colours():
    """Class -> (light, dark), read back from the stylesheet."""
    found = re.findall(r"\.([\w-]+)\{--[cv]:light-dark\((#\w{6}),(#\w{6})\)\}", colour_rules())
    return {name: (light, dark) for name, light, dark in found}


def test_every_level_and_language_has_a_colour(colours):
    assert {f"s{i}" for i in range(LEVELS)} <= set(colours)
    assert {f"d{i}" for i in range(DIVERGING_LEVELS)} <= set(colours)
    for row in LANGUAGES:
        assert colours[f"l-{row.id}"] == (row.light, row.dark)


@pytest.mark.parametrize("theme", [0, 1])
@pytest.mark.parametrize("sight", SIGHT)
def test_lightness_of_the_sequential_ramp_is_monotone(colours, theme, sight):
    lightness = [lab(colours[f"s{i}"][theme], sight)[0] for i in range(LEVELS)]
    steps = np.diff(lightness) * (-1 if theme == 0 else 1)
    assert (steps > 0).all()


@pytest.mark.parametrize("theme", [0, 1])
def test_neighbouring_levels_differ_evenly(colours, theme):
    ramp = [lab(colours[f"s{i}"][theme]) for i in range(LEVELS)]
    distances = [delta_e(a, b) for a, b in pairwise(ramp)]
    assert min(distances) > 2.3
    assert max(distances) < 5.5


@pytest.mark.parametrize("theme", [0, 1])
@pytest.mark.parametrize("sight", SIGHT)
def test_the_two_ends_of_the_diverging_ramp_are_far_apart(colours, theme, sight):
    ramp = [lab(colours[f"d{i}"][theme], sight) for i in range(DIVERGING_LEVELS)]
    middle = DIVERGING_LEVELS // 2
    assert delta_e(ramp[0], ramp[-1]) > 35
    assert delta_e(ramp[middle // 2], ramp[middle + middle // 2]) > 20
    assert delta_e(ramp[middle], lab(PAPER[theme])) < 14, "zero lies near the page"


@pytest.mark.parametrize("theme", [0, 1])
@pytest.mark.parametrize("diverging", [False, True])
def test_numbers_in_cells_are_readable(colours, theme, diverging):
    for level in range(DIVERGING_LEVELS if diverging else LEVELS):
        ink = "#000000" if ink_class(level, diverging=diverging)[theme] == "b" else "#ffffff"
        background = colours[f"{'d' if diverging else 's'}{level}"][theme]
        assert contrast(background, ink) >= 4.5, (level, background)


@pytest.mark.parametrize("theme", [0, 1])
def test_ink_on_tinted_code_is_readable(colours, theme):
    ink = ("#1b1e24", "#e8eaee")[theme]
    assert min(contrast(colours[f"s{level}"][theme], ink) for level in range(13)) >= 4.5


@pytest.mark.parametrize("theme", [0, 1])
def test_marks_stand_out_from_the_page(colours, theme):
    languages = [name for name in colours if name.startswith("l-")]
    assert min(contrast(colours[name][theme], PAPER[theme]) for name in languages) >= 3


@pytest.mark.parametrize("theme", [0, 1])
@pytest.mark.parametrize("sight", ["normal", "deutan", "protan"])
def test_the_first_seven_languages_are_told_apart(colours, theme, sight):
    first = ["python", "java", "javascript", "cpp", "go", "rust", "c"]
    seen = [lab(colours[f"l-{name}"][theme], sight) for name in first]
    distances = [delta_e(a, b) for i, a in enumerate(seen) for b in seen[i + 1 :]]
    assert min(distances) > (20 if sight == "normal" else 11)


def test_text_colours_are_readable():
    rules = dict(re.findall(r"--(\w+):light-dark\((#\w{6},#\w{6})\)", colour_rules()))
    for theme in (0, 1):
        paper = rules["paper"].split(",")[theme]
        assert contrast(rules["ink"].split(",")[theme], paper) >= 12
        assert contrast(rules["soft"].split(",")[theme], paper) >= 4.5


def test_the_tones_of_lines_and_verdicts_stand_out():
    style = files("neuroglot.report").joinpath("assets", "page.css").read_text(encoding="utf-8")
    tones = re.findall(r"--(?:c|yes|no):light-dark\((#\w{6}),(#\w{6})\)", style)
    assert len(tones) >= 5
    for pair in tones:
        assert all(contrast(tone, paper) >= 3 for tone, paper in zip(pair, PAPER, strict=True))


def lab(colour: str, sight: str = "normal") -> np.ndarray:
    """CIELAB (D65) of a colour as it is seen."""
    channels = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    linear = np.clip(np.array(SIGHT[sight]) @ linear, 0, 1)
    xyz = (
        np.array(
            [
                [0.4124564, 0.3575761, 0.1804375],
                [0.2126729, 0.7151522, 0.0721750],
                [0.0193339, 0.1191920, 0.9503041],
            ]
        )
        @ linear
    )
    ratio = xyz / [0.95047, 1.0, 1.08883]
    f = np.where(ratio > 216 / 24389, np.cbrt(ratio), (24389 / 27 * ratio + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def delta_e(first: np.ndarray, second: np.ndarray) -> float:
    """CIEDE2000."""
    (l1, a1, b1), (l2, a2, b2) = first, second
    mean_c = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    g = 0.5 * (1 - np.sqrt(mean_c**7 / (mean_c**7 + 25**7)))
    a1, a2 = a1 * (1 + g), a2 * (1 + g)
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)
    h1, h2 = np.degrees(np.arctan2(b1, a1)) % 360, np.degrees(np.arctan2(b2, a2)) % 360
    dh = 0 if c1 * c2 == 0 else (h2 - h1 + 180) % 360 - 180
    dl, dc = l2 - l1, c2 - c1
    dbig = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(dh / 2))
    ml, mc = (l1 + l2) / 2, (c1 + c2) / 2
    mh = h1 + h2 if c1 * c2 == 0 else (h1 + dh / 2) % 360
    t = (
        1
        - 0.17 * np.cos(np.radians(mh - 30))
        + 0.24 * np.cos(np.radians(2 * mh))
        + 0.32 * np.cos(np.radians(3 * mh + 6))
        - 0.20 * np.cos(np.radians(4 * mh - 63))
    )
    sl = 1 + 0.015 * (ml - 50) ** 2 / np.sqrt(20 + (ml - 50) ** 2)
    sc, sh = 1 + 0.045 * mc, 1 + 0.015 * mc * t
    turn = 30 * np.exp(-(((mh - 275) / 25) ** 2))
    rt = -2 * np.sqrt(mc**7 / (mc**7 + 25**7)) * np.sin(np.radians(2 * turn))
    return float(
        np.sqrt((dl / sl) ** 2 + (dc / sc) ** 2 + (dbig / sh) ** 2 + rt * (dc / sc) * (dbig / sh))
    )


def test_delta_e_is_the_published_one():
    # Sharma, Wu and Dalal 2005, pairs 1 and 7.
    assert delta_e(np.array([50, 2.6772, -79.7751]), np.array([50, 0, -82.7485])) == pytest.approx(
        2.0425, abs=1e-4
    )
    assert delta_e(np.array([50, 0, 0]), np.array([50, -1, 2])) == pytest.approx(2.3669, abs=1e-4)
