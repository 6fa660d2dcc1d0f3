import pytest

from neuroglot.base.groups import Group


def test_a_group_is_a_value() -> None:
    group = Group("python", 3, 2, 17)
    assert group == Group(label="python", bucket=3, repositories=2, documents=17)
    assert len({group, Group("python", 3, 2, 17), Group("python", 4, 2, 17)}) == 2
    with pytest.raises(AttributeError):
        group.bucket = 4  # type: ignore[misc]
