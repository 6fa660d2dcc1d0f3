import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from safetensors import safe_open
from safetensors.numpy import load_file

from neuroglot.base.errors import RunError, StorageError
from neuroglot.runs.tensors import read_metadata, read_tensors, write_tensors

quick = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None
)

dtypes = st.sampled_from(["?", "i1", "<i2", "<i4", "<i8", ">i8", "u1", "<f2", "<f4", ">f4", "<f8"])
shapes = hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4)
arrays_by_name = st.dictionaries(
    st.text(st.characters(codec="utf-8"), min_size=1).filter(lambda name: name != "__metadata__"),
    dtypes.flatmap(lambda dtype: hnp.arrays(dtype, shapes)),
    max_size=4,
)
words = st.dictionaries(st.text(st.characters(codec="utf-8")), st.text(), max_size=4)


@quick
@given(arrays_by_name, st.dictionaries(st.text(max_size=5), st.text(max_size=9), max_size=4))
def test_written_then_read_is_equal_here_and_through_the_library(tmp_path: Path, arrays, metadata):
    path = tmp_path / "tensors.safetensors"
    write_tensors(path, arrays, metadata=metadata)
    for read in (read_tensors(path), load_file(path)):
        assert set(read) == set(arrays)
        for name, array in arrays.items():
            assert read[name].dtype == array.dtype.newbyteorder("=")
            np.testing.assert_array_equal(read[name], array)
    assert read_metadata(path) == metadata
    assert list(read_tensors(path)) == sorted(arrays)


def test_every_array_starts_at_a_multiple_of_its_element(tmp_path: Path):
    path = tmp_path / "mixed.safetensors"
    arrays = {"a": np.ones(3, "i1"), "b": np.ones(3, "f4"), "c": np.arange(3, dtype="i8")}
    write_tensors(path, arrays, metadata={"odd": "length"})
    content = path.read_bytes()
    length = int.from_bytes(content[:8], "little")
    assert (8 + length) % 8 == 0
    assert content.index(arrays["c"].tobytes()) % 8 == 0
    assert content.index(arrays["b"].tobytes()) % 4 == 0
    with safe_open(path, framework="numpy") as file:
        assert file.metadata() == {"odd": "length"}


def test_views_and_transposes_are_written_as_they_read(tmp_path: Path):
    grid = np.arange(24).reshape(4, 6)
    write_tensors(tmp_path / "view.safetensors", {"t": grid.T, "every_other": grid[::2, 1::2]})
    read = read_tensors(tmp_path / "view.safetensors")
    np.testing.assert_array_equal(read["t"], grid.T)
    np.testing.assert_array_equal(read["every_other"], grid[::2, 1::2])


SAVE = """
import sys
from pathlib import Path
import numpy as np
from neuroglot.runs.tensors import write_tensors
names = sys.argv[2].split()
arrays = {name: np.arange(len(name)) * 1.5 for name in names}
write_tensors(Path(sys.argv[1]), arrays, metadata={name: name for name in names})
"""


def test_same_content_same_bytes_whatever_the_process_and_the_order(tmp_path: Path):
    names = "tokens active active_code tokens_code active_late labels groups format"
    digests = set()
    for seed, order in (("1", names), ("2", " ".join(reversed(names.split()))), ("3", names)):
        path = tmp_path / f"{seed}.safetensors"
        subprocess.run(
            [sys.executable, "-c", SAVE, str(path), order],
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        )
        digests.add(hashlib.sha256(path.read_bytes()).hexdigest())
    assert len(digests) == 1


def test_numbers_the_format_does_not_have_are_a_mistake(tmp_path: Path):
    with pytest.raises(ValueError, match="'z' is complex128: safetensors has no such numbers"):
        write_tensors(tmp_path / "no.safetensors", {"z": np.zeros(2, complex)})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("read", [read_tensors, read_metadata])
def test_a_damaged_file_is_named(tmp_path: Path, read):
    path = tmp_path / "cut.safetensors"
    write_tensors(path, {"a": np.arange(100)})
    path.write_bytes(path.read_bytes()[:-8])
    with pytest.raises(RunError, match=r"cut\.safetensors is damaged .*run the study again"):
        read(path)
    with pytest.raises(StorageError, match=r"cannot read .*gone\.safetensors: it is not there"):
        read(tmp_path / "gone.safetensors")
