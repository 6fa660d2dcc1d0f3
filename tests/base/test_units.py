"""Units of several sites: an order, each once, and the sets of one site that edits take."""

import pytest

from neuroglot.base.errors import ConfigError
from neuroglot.base.units import NeuronSet, Units


def test_units_of_several_sites_split_into_sets_in_the_order_of_sites():
    places = [("up", 3, 1), ("q", 0, 2), ("up", 1, 5), ("o", 2, 2)]
    units = Units.of(places)
    assert units.places() == places and len(units) == 4
    assert [each.site for each in units.sets()] == ["q", "o", "up"]
    assert list(units.sets()[2]) == [(3, 1), (1, 5)]
    assert repr(units) == "Units(1 at 'q', 1 at 'o', 2 at 'up')"
    assert repr(Units.of([])) == "Units(none)"
    alone = NeuronSet.of([(3, 1), (1, 5)], "up")
    assert alone.places() == units.sets()[2].places()


@pytest.mark.parametrize(
    ("places", "message"),
    [
        ([("up", 0, 1), ("up", 0, 1)], "stands twice"),
        ([("attic", 0, 1)], "no units at site 'attic'"),
        ([("q", -1, 0)], "negative"),
    ],
)
def test_units_that_cannot_be_are_refused(places, message):
    with pytest.raises(ConfigError, match=message):
        Units.of(places)
