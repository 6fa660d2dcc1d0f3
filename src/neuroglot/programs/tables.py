"""Tables of programs: JSONL and Parquet, one row per program, language and style.

Takes rows and an open file, gives the same rows back from a path. The columns are the fields of
`Row`, in their order; the same rows have the same bytes. Parquet is pyarrow's.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, fields
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from neuroglot.base.errors import ConfigError, CorpusError
from neuroglot.programs.generation import Row

ENDINGS = (".jsonl", ".parquet")
COLUMNS: Mapping[str, Any] = {field.name: field.type for field in fields(Row)}

_BATCH_ROWS = 1_024


def ending_of(path: Path) -> str:
    """The ending that says a table's format. Raises ConfigError for another one."""
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise ConfigError(f"{str(path)!r} is no table: give a name that ends in .jsonl or .parquet")
    return ending


def write_rows(rows: Iterable[Row], file: BinaryIO, *, ending: str) -> None:
    """Write rows as they come, in the format of an ending."""
    if ending == ".parquet":
        _write_parquet(iter(rows), file)
    else:
        for row in rows:
            file.write(json.dumps(asdict(row), separators=(",", ":")).encode() + b"\n")


def read_rows(path: Path) -> list[Row]:
    """All rows of a table. Raises CorpusError where there are none, or no rows of programs."""
    read = _read_parquet if ending_of(path) == ".parquet" else _read_jsonl
    if not path.exists():
        raise CorpusError(f"no table {str(path)!r}: write it with `neuroglot programs generate`")
    try:
        found = [_row(values, path) for values in read(path)]
    except (OSError, ValueError) as error:
        # pyarrow's own errors are kinds of these two.
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise CorpusError(f"cannot read {str(path)!r}: {reason}") from error
    if not found:
        raise CorpusError(f"{str(path)!r} has no rows: write it with `neuroglot programs generate`")
    return found


def _write_parquet(rows: Iterator[Row], file: BinaryIO) -> None:
    import pyarrow
    from pyarrow import parquet

    kinds = {int: pyarrow.int64(), str: pyarrow.string()}
    schema = pyarrow.schema([(name, kinds[kind]) for name, kind in COLUMNS.items()])
    with parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        while batch := [asdict(row) for row in islice(rows, _BATCH_ROWS)]:
            writer.write_table(pyarrow.Table.from_pylist(batch, schema=schema))


def _read_parquet(path: Path) -> Iterator[dict[str, Any]]:
    from pyarrow import parquet

    with parquet.ParquetFile(path) as table:
        for batch in table.iter_batches(batch_size=_BATCH_ROWS):
            yield from batch.to_pylist()


def _read_jsonl(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            values = json.loads(line)
            if not isinstance(values, dict):
                raise ValueError(f"line {number} holds no object")
            yield values


def _row(values: dict[str, Any], path: Path) -> Row:
    wrong = [name for name, kind in COLUMNS.items() if type(values.get(name)) is not kind]
    if wrong:
        raise CorpusError(
            f"{str(path)!r} is no table of programs (column {', '.join(wrong)}): "
            "write it with `neuroglot programs generate`"
        )
    return Row(**{name: values[name] for name in COLUMNS})
