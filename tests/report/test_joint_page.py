"""The picture of everything over the depth: what it says, and when it is left out."""

import pytest

from neuroglot.report.pages import joint
from neuroglot.report.pages.source import Source
from report import translated


@pytest.fixture(scope="module")
def tables():
    return translated.lens() | {"mexa": translated.mexa()}


def test_each_curve_is_over_its_largest_value(make_run, tables):
    source = Source(make_run(only=tables, study="lens", languages=translated.LANGUAGES))
    section = joint.section(source)
    assert section is not None
    (figure,) = section.blocks
    reading = figure.panels[0].chart.reading
    assert len(reading.slots) == 3
    for (values,) in reading.slots:
        known = [value for value in values if value is not None]
        assert max(known) == pytest.approx(1)
        assert min(known) >= 0
    assert "alignment in layer" in section.lead


def test_one_part_alone_is_no_joint_picture(make_run):
    source = Source(make_run(only=translated.lens(), study="lens", languages=translated.LANGUAGES))
    assert joint.section(source) is None
