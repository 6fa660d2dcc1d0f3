"""Tables between memory and disk, held to their schemas.

Takes rows, columns or an Arrow table; gives an Arrow table that has exactly the columns, types,
nulls and unique keys that `schemas` declares, and Parquet files (zstd) of the same bytes for the
same table. A table that breaks its schema is a mistake in the program: ValueError.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from neuroglot.base.errors import RunError
from neuroglot.runs.columns import TAIL, TableSchema
from neuroglot.runs.schemas import TABLES, arrow_schema
from neuroglot.runs.storage import refusals, write_bytes

if TYPE_CHECKING:
    import pyarrow as pa

Rows = Mapping[str, Any] | Sequence[Mapping[str, Any]]
"""Values by column, or rows by column name."""


def as_table(name: str, rows: "pa.Table | Rows") -> "pa.Table":
    """The rows as a pyarrow.Table of the schema `name`, in the order given.

    rows: an Arrow table, values by column, or a sequence of rows by column name. The columns that
    every table ends in may be left out and are null then; NaN becomes null.
    Raises ValueError for an unknown table, columns missing or too many, a value of another type, a
    null where none may be, or a key that stands twice.
    """
    import pyarrow as pa

    schema = TABLES.get(name)
    if schema is None:
        raise ValueError(f"no table {name!r}: schemas.py declares {', '.join(TABLES)}")
    columns = _columns(schema, rows)
    lengths = {column: len(values) for column, values in columns.items()}
    length = max(lengths.values(), default=0)
    if set(lengths.values()) - {length}:
        raise ValueError(f"table {name!r}: columns of different lengths: {lengths}")
    arrow = arrow_schema(schema)
    arrays = [
        _array(name, field, columns[field.name])
        if field.name in columns
        else pa.nulls(length, field.type)
        for field in arrow
    ]
    table = pa.Table.from_arrays(arrays, schema=arrow)
    check_table(schema, table)
    return table


def check_table(schema: TableSchema, table: "pa.Table") -> None:
    """Raise ValueError unless an Arrow table is what its schema says."""
    import pyarrow.compute as pc

    arrow = arrow_schema(schema)
    if not table.schema.equals(arrow, check_metadata=False):
        raise ValueError(f"table {schema.name!r} has the columns {table.schema}: wanted {arrow}")
    for column in schema.columns:
        if not column.nullable and table[column.name].null_count:
            raise ValueError(f"table {schema.name!r}: {column.name} has a null, and may have none")
    counted = table.group_by(list(schema.key)).aggregate([([], "count_all")])
    if counted.num_rows < table.num_rows:
        twice = counted.filter(pc.greater(counted["count_all"], 1)).drop_columns("count_all")
        raise ValueError(f"table {schema.name!r}: the key {twice.to_pylist()[0]} stands twice")


def write_table(path: Path, table: "pa.Table") -> None:
    """Write an Arrow table as Parquet, whole or not at all. Raises StorageError."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = pa.BufferOutputStream()
    pq.write_table(table.combine_chunks(), sink, compression="zstd")
    write_bytes(path, sink.getvalue())


def read_table(path: Path) -> "pa.Table":
    """A Parquet file as a pyarrow.Table. Raises StorageError or RunError (a damaged file)."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    with refusals(path, "read"):
        content = path.read_bytes()
    try:
        return pq.ParquetFile(pa.BufferReader(content)).read()
    except (pa.ArrowException, OSError) as error:
        raise RunError(
            f"{path} is damaged ({error}): run the study again into another folder"
        ) from error


def _columns(schema: TableSchema, rows: Any) -> dict[str, Any]:
    """Values by column, with no column missing and none too many."""
    if isinstance(rows, Mapping):
        columns = dict(rows)
    elif hasattr(rows, "column_names"):
        columns = {name: rows[name] for name in rows.column_names}
    else:
        columns = _transposed(schema, rows)
    missing = [name for name in schema.names if name not in columns and name not in TAIL]
    unknown = [name for name in columns if name not in schema.names]
    if missing or unknown:
        raise ValueError(
            f"table {schema.name!r}: columns missing: {', '.join(missing) or 'none'}; "
            f"unknown: {', '.join(unknown) or 'none'}"
        )
    return columns


def _transposed(schema: TableSchema, rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Rows to columns; the columns of the tail may be missing from any row, others from none."""
    named = [name for name in schema.names if name not in TAIL]
    columns: dict[str, list[Any]] = {name: [] for name in schema.names}
    for row in rows:
        missing = [name for name in named if name not in row]
        unknown = [name for name in row if name not in columns]
        if missing or unknown:
            raise ValueError(
                f"table {schema.name!r}: a row lacks {', '.join(missing) or 'nothing'} "
                f"and has the unknown {', '.join(unknown) or 'nothing'}: {dict(row)}"
            )
        for name, values in columns.items():
            values.append(row.get(name))
    return columns


def _array(table: str, field: Any, values: Any) -> Any:
    """Values as one Arrow column of the field's type, NaN as null.

    The type is first inferred and only then changed: asked for a type at once, Arrow cuts 1.5 to 1
    and writes 3 as a word.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        given = isinstance(values, pa.Array | pa.ChunkedArray)
        array = values if given else pa.array(values, from_pandas=True)
        if not _alike(array.type, field.type):
            raise TypeError(f"its values are {array.type}")
        array = array.cast(field.type)
        if pa.types.is_floating(field.type):
            array = pc.if_else(pc.is_nan(array), None, array)
    except (pa.ArrowException, TypeError, ValueError) as error:
        raise ValueError(f"table {table!r}: {field.name} is not {field.type}: {error}") from error
    return array


def _alike(found: Any, wanted: Any) -> bool:
    """Whether values of one Arrow type may be read as another: numbers as numbers, and so on."""
    from pyarrow import types

    if types.is_dictionary(found):
        found = found.value_type
    if types.is_null(found):
        return True
    if types.is_list(found) and types.is_list(wanted):
        return _alike(found.value_type, wanted.value_type)
    if types.is_integer(wanted) or types.is_floating(wanted):
        return bool(types.is_integer(found) or types.is_floating(found))
    if types.is_string(wanted):
        return bool(types.is_string(found) or types.is_large_string(found))
    return bool(found == wanted)
