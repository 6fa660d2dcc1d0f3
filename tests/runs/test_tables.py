import hashlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from neuroglot.base.errors import RunError, StorageError
from neuroglot.runs.columns import Column, TableSchema
from neuroglot.runs.schemas import TABLES, arrow_schema
from neuroglot.runs.tables import as_table, read_table, write_table

VALUES = {
    "string": st.text(max_size=5),
    "int64": st.integers(-(2**63), 2**63 - 1),
    "float64": st.floats(allow_nan=False),
    "bool": st.booleans(),
    "list<string>": st.lists(st.text(max_size=3), max_size=3),
    "list<int64>": st.lists(st.integers(-(2**40), 2**40), max_size=3),
    "list<float64>": st.lists(st.floats(allow_nan=False), max_size=3),
}


def row_of(table: TableSchema) -> st.SearchStrategy[dict[str, object]]:
    def values(column: Column) -> st.SearchStrategy[object]:
        return VALUES[column.dtype] | st.none() if column.nullable else VALUES[column.dtype]

    return st.fixed_dictionaries({column.name: values(column) for column in table.columns})


@st.composite
def table_and_rows(draw: st.DrawFn) -> tuple[TableSchema, list[dict[str, object]]]:
    table = draw(st.sampled_from(sorted(TABLES.values(), key=lambda table: table.name)))
    # -0.0 and 0.0 are one key: Arrow compares numbers, not bits.
    unique = st.lists(
        row_of(table), max_size=4, unique_by=lambda row: tuple(row[name] for name in table.key)
    )
    return table, draw(unique)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=80, deadline=None
)
@given(table_and_rows())
def test_written_then_read_is_equal(tmp_path: Path, drawn):
    table, rows = drawn
    made = as_table(table.name, rows)
    write_table(tmp_path / "table.parquet", made)
    read = read_table(tmp_path / "table.parquet")
    assert read.equals(made)
    assert read.to_pylist() == rows
    assert read.schema.equals(arrow_schema(table))
    columns = {name: [row[name] for row in rows] for name in table.names}
    assert as_table(table.name, columns).equals(made)
    assert as_table(table.name, made).equals(made)


def test_units_can_be_read_back_without_neuroglot(tmp_path: Path, corpus_row):
    write_table(tmp_path / "corpus.parquet", as_table("corpus", [corpus_row]))
    field = pq.read_schema(tmp_path / "corpus.parquet").field("bytes_per_token")
    assert field.metadata[b"unit"] == b"bytes per token"


def test_the_tail_may_be_left_out_and_nan_is_null(corpus_row):
    columns = {name: np.array([value]) for name, value in corpus_row.items()}
    columns["bytes_per_token"] = np.array([np.nan])
    for rows in (columns, pa.table(columns), [{**corpus_row, "bytes_per_token": float("nan")}]):
        table = as_table("corpus", rows)
        assert table["bytes_per_token"].to_pylist() == [None]
        assert table["low"].to_pylist() == [None]
        assert table.column_names == list(TABLES["corpus"].names)


def test_whole_numbers_may_come_as_floats_and_words_as_codes(corpus_row):
    columns = {name: [value] for name, value in corpus_row.items()}
    columns |= {"tokens": np.array([40.0]), "language": pa.array(["go"]).dictionary_encode()}
    table = as_table("corpus", columns | {"n": np.array([np.nan])})
    assert table.select(["tokens", "language", "n"]).to_pylist() == [
        {"tokens": 40, "language": "go", "n": None}
    ]


def test_rows_keep_their_order():
    order = ["rust", "c", "python", "go"]
    rates = {"layer": [0] * 4, "neuron": [7] * 4, "language": order, "probability": [0.5] * 4}
    assert as_table("neuron_rates", rates)["language"].to_pylist() == order


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"mood": [1]}, r"unknown: mood"),
        ({"tokens": None}, r"columns missing: tokens; unknown: none"),
        ({"tokens": [None]}, r"tokens has a null, and may have none"),
        ({"tokens": [1.5]}, r"tokens is not int64"),
        ({"tokens": np.array([1.5])}, r"tokens is not int64"),
        ({"tokens": pa.array([1.5])}, r"tokens is not int64"),
        ({"tokens": [True]}, r"tokens is not int64"),
        ({"tokens": ["1"]}, r"tokens is not int64"),
        ({"language": [3]}, r"language is not string"),
        ({"language": pa.array([3])}, r"language is not string"),
        ({"tokens": [1, 2]}, r"columns of different lengths"),
    ],
)
def test_what_breaks_the_schema_is_a_mistake(corpus_row, change, sentence):
    columns = {name: [value] for name, value in corpus_row.items()} | change
    columns = {name: values for name, values in columns.items() if values is not None}
    with pytest.raises(ValueError, match=f"table 'corpus': .*{sentence}"):
        as_table("corpus", columns)


def test_a_row_that_lacks_a_column_is_a_mistake_even_when_others_have_it(corpus_row):
    short = {name: value for name, value in corpus_row.items() if name != "bytes_per_token"}
    with pytest.raises(ValueError, match="a row lacks bytes_per_token"):
        as_table("corpus", [corpus_row, {**short, "split": "held_out"}])
    with pytest.raises(ValueError, match="has the unknown mood"):
        as_table("corpus", [{**corpus_row, "mood": 1}])


def test_a_key_that_stands_twice_is_a_mistake(corpus_row):
    other = {**corpus_row, "split": "held_out"}
    assert as_table("corpus", [corpus_row, other]).num_rows == 2
    with pytest.raises(
        ValueError, match=r"the key \{'language': 'python', 'split': 'train'\} stands twice"
    ):
        as_table("corpus", [corpus_row, other, {**corpus_row, "tokens": 1}])


def test_an_unknown_table_is_a_mistake():
    with pytest.raises(ValueError, match=r"no table 'moods': schemas\.py declares checks, claims"):
        as_table("moods", [])


SAVE = """
import sys
from pathlib import Path
from neuroglot.runs.tables import as_table, write_table
rows = [{"layer": n % 7, "neuron": n, "language": ["c", "go"][n % 2], "probability": n / 997}
        for n in range(5000)]
write_table(Path(sys.argv[1]), as_table("neuron_rates", rows))
"""


def test_same_table_same_bytes_in_every_process_and_every_chunking(tmp_path: Path):
    for name in ("one", "two"):
        subprocess.run([sys.executable, "-c", SAVE, str(tmp_path / name)], check=True)
    whole = read_table(tmp_path / "one")
    pieces = pa.concat_tables([whole.slice(0, 1234), whole.slice(1234, 1), whole.slice(1235)])
    write_table(tmp_path / "pieces", pieces)
    digests = {hashlib.sha256(file.read_bytes()).hexdigest() for file in tmp_path.iterdir()}
    assert len(digests) == 1


def test_a_damaged_file_is_named(tmp_path: Path, corpus_row):
    path = tmp_path / "corpus.parquet"
    write_table(path, as_table("corpus", [corpus_row]))
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(RunError, match=r"corpus\.parquet is damaged .*run the study again"):
        read_table(path)
    with pytest.raises(StorageError, match=r"cannot read .*gone\.parquet: it is not there"):
        read_table(tmp_path / "gone.parquet")
