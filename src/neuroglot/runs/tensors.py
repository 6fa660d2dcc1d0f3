"""Arrays in safetensors files, the same bytes for the same content in every process.

Takes and gives NumPy arrays by name, with text metadata. The file is written here, by the published
format (8 bytes of header length, a JSON header, the arrays): the library's own writer orders the
metadata by a hash that changes from process to process, and first builds the whole file in memory.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from neuroglot.base.errors import RunError
from neuroglot.runs.storage import refusals, replacing

if TYPE_CHECKING:
    import numpy as np

Arrays = Mapping[str, "np.ndarray[Any, np.dtype[Any]]"]

_CODES = {
    "bool": "BOOL",
    "int8": "I8",
    "int16": "I16",
    "int32": "I32",
    "int64": "I64",
    "uint8": "U8",
    "uint16": "U16",
    "uint32": "U32",
    "uint64": "U64",
    "float16": "F16",
    "float32": "F32",
    "float64": "F64",
}


def write_tensors(path: Path, arrays: Arrays, *, metadata: Mapping[str, str] | None = None) -> None:
    """Write arrays whole, or not at all.

    Raises StorageError when the disk refuses, ValueError for a dtype the format does not have.
    """
    import numpy as np

    # Wide elements first: each array then starts at a multiple of its element's size.
    names = sorted(arrays, key=lambda name: (-arrays[name].dtype.itemsize, name))
    with replacing(path) as file:
        file.write(_header(arrays, names, metadata or {}))
        for name in names:
            array = arrays[name]
            little = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
            file.write(little.reshape(-1).view(np.uint8).data)


def read_tensors(path: Path) -> "dict[str, np.ndarray[Any, np.dtype[Any]]]":
    """All arrays of a file by name, sorted. Raises StorageError or RunError (a damaged file)."""
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    with refusals(path, "read"):
        try:
            return dict(sorted(load_file(path).items()))
        except SafetensorError as error:
            raise _damaged(path, error) from error


def read_metadata(path: Path) -> dict[str, str]:
    """The text metadata of a file. Raises StorageError or RunError (a damaged file)."""
    from safetensors import SafetensorError, safe_open

    with refusals(path, "read"):
        try:
            with safe_open(path, framework="numpy") as file:
                return dict(sorted((file.metadata() or {}).items()))
        except SafetensorError as error:
            raise _damaged(path, error) from error


def _header(arrays: Arrays, names: list[str], metadata: Mapping[str, str]) -> bytes:
    """Length and JSON of the header, padded so that the arrays start at a multiple of 8."""
    entries: dict[str, Any] = {}
    if metadata:
        entries["__metadata__"] = dict(sorted(metadata.items()))
    start = 0
    for name in names:
        array = arrays[name]
        code = _CODES.get(array.dtype.name)
        if code is None:
            raise ValueError(f"array {name!r} is {array.dtype}: safetensors has no such numbers")
        end = start + array.nbytes
        entries[name] = {"dtype": code, "shape": list(array.shape), "data_offsets": [start, end]}
        start = end
    text = json.dumps(entries, separators=(",", ":"), ensure_ascii=True).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text


def _damaged(path: Path, error: Exception) -> RunError:
    return RunError(f"{path} is damaged ({error}): run the study again into another folder")
