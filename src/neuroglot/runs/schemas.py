"""The tables of a run: names, columns, units and keys.

The contract between those who measure and those who draw: a writer is held to it, a reader may rely
on it. A new table is one row in the module of its study. Knows no values; pyarrow is loaded when a
schema is asked for.
"""

from typing import TYPE_CHECKING

from neuroglot.runs.bracket_schemas import BRACKET_TABLES
from neuroglot.runs.columns import TableSchema
from neuroglot.runs.neuron_schemas import NEURON_TABLES
from neuroglot.runs.parallel_schemas import PARALLEL_TABLES
from neuroglot.runs.transfer_schemas import TRANSFER_TABLES
from neuroglot.runs.unit_schemas import UNIT_TABLES

if TYPE_CHECKING:
    import pyarrow as pa

TABLES: dict[str, TableSchema] = {
    each.name: each
    for each in (
        *NEURON_TABLES,
        *PARALLEL_TABLES,
        *UNIT_TABLES,
        *TRANSFER_TABLES,
        *BRACKET_TABLES,
    )
}


def arrow_schema(table: TableSchema) -> "pa.Schema":
    """The table as a pyarrow schema; a column's unit and the key stand in its metadata."""
    import pyarrow as pa

    types = {
        "string": pa.string(),
        "int64": pa.int64(),
        "float64": pa.float64(),
        "bool": pa.bool_(),
        "list<string>": pa.list_(pa.string()),
        "list<int64>": pa.list_(pa.int64()),
        "list<float64>": pa.list_(pa.float64()),
    }
    fields = [
        pa.field(
            column.name,
            types[column.dtype],
            nullable=column.nullable,
            metadata={"unit": column.unit} if column.unit else None,
        )
        for column in table.columns
    ]
    return pa.schema(fields, metadata={"table": table.name, "key": " ".join(table.key)})
