"""Limits that cannot be meant are refused."""

import pytest

from neuroglot.base.errors import ConfigError
from neuroglot.sandbox.limits import Limits, limited


@pytest.mark.parametrize("name", ["cpu_seconds", "wall_seconds", "memory_bytes", "output_bytes"])
def test_a_limit_of_nothing_is_refused(name: str):
    with pytest.raises(ConfigError, match=f"{name} is 0: give a limit above 0"):
        Limits(**{name: 0})


def test_one_process_may_reserve_more_than_all_may_hold():
    argv = limited(("true",), Limits(memory_bytes=2**30))
    numbers = {word.split("=")[0]: word.split("=")[1] for word in argv if "=" in word}
    assert int(numbers["--as"]) > int(numbers["--data"]) > 2**30
    assert argv[-1] == "true"
