"""Tables of documents: JSONL, JSONL.zst, JSON and Parquet, one file or a folder of them.

Takes a path, gives a source with one document per row. Decompression and Parquet are pyarrow's.
"""

import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from neuroglot.base.errors import CorpusError
from neuroglot.text.columns import Columns, document_of, match_columns
from neuroglot.text.screening import decoded
from neuroglot.text.source import Source

ENDINGS = (".parquet", ".jsonl", ".jsonl.zst")
"""What makes a file in a folder a table."""

FILE_ENDINGS = (*ENDINGS, ".json")
"""What may be given as a file by itself."""

_BATCH_ROWS = 1_024


def is_table(file: Path) -> bool:
    """Whether a file's name says that it is a table of documents."""
    return file.name.lower().endswith(ENDINGS)


def holds_tables(folder: Path) -> bool:
    """Whether a table stands at the folder's top level. A folder that cannot be listed has none."""
    try:
        return any(is_table(file) and file.is_file() for file in folder.iterdir())
    except OSError:
        return False


def read_tables(path: Path, *, label_column: str | None = None) -> Source:
    """Every row of a table, or of the tables at a folder's top level in order of their names.

    label_column: the column whose values are the labels, instead of `language`.
    Raises CorpusError for a path that does not exist, a damaged file, a table without a column of
    text or labels, and tables without any row.
    """
    if not path.exists():
        raise CorpusError(f"no file {str(path)!r}: give a .jsonl, .jsonl.zst or .parquet file")
    files = sorted(file for file in path.iterdir() if is_table(file)) if path.is_dir() else [path]
    source = Source(str(path))
    ignored: dict[str, None] = {}
    for file in files:
        ignored.update(dict.fromkeys(_read_table(file, source, label_column)))
    if ignored:
        source.notes.append(f"columns not used in {path}: {', '.join(ignored)}")
    if not source.documents:
        left_out = ", ".join(f"{reason} {count}" for reason, count in source.skipped.items())
        raise CorpusError(
            f"no document in {str(path)!r} (left out: {left_out or 'nothing, it has no rows'})"
        )
    return source


def _read_table(file: Path, source: Source, label_column: str | None) -> tuple[str, ...]:
    """Add a table's rows to the source; gives the names of columns that were not used."""
    try:
        if file.name.lower().endswith(".parquet"):
            return _add_parquet(file, source, label_column)
        return _add_json(file, source, label_column)
    except (OSError, ValueError) as error:
        # pyarrow's own errors are kinds of these two.
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise CorpusError(f"cannot read {str(file)!r}: {reason}") from error


def _add_parquet(file: Path, source: Source, label_column: str | None) -> tuple[str, ...]:
    from pyarrow import parquet

    with parquet.ParquetFile(file) as table:
        columns = match_columns(
            table.schema_arrow.names, place=str(file), label_column=label_column
        )
        wanted = list(columns.of.values())
        for batch in table.iter_batches(batch_size=_BATCH_ROWS, columns=wanted):
            for row in batch.to_pylist():
                _add(row, columns, source, place=str(file))
    return columns.ignored


def _add_json(file: Path, source: Source, label_column: str | None) -> tuple[str, ...]:
    """Rows of a JSON file may differ in their columns: each set of names is matched once."""
    matched: dict[tuple[str, ...], Columns] = {}
    for row in json_rows(file, source):
        names = tuple(row)
        if names not in matched:
            matched[names] = match_columns(names, place=str(file), label_column=label_column)
        _add(row, matched[names], source, place=str(file))
    return tuple(name for columns in matched.values() for name in columns.ignored)


def _add(row: Mapping[str, Any], columns: Columns, source: Source, *, place: str) -> None:
    found = document_of(row, columns, place=place)
    if isinstance(found, str):
        source.skipped[found] += 1
    else:
        source.documents.append(found)


def json_rows(file: Path, source: Source) -> Iterator[dict[str, Any]]:
    """Objects of a file with one per line, or of a `.json` file that holds one list."""
    if file.suffix.lower() == ".json":
        content = file.read_bytes()
        if content.lstrip().startswith(b"["):
            yield from (_object(row, "the list") for row in json.loads(content))
            return
    for number, content in enumerate(_lines(file), start=1):
        line = decoded(content)
        if line is None:
            source.skipped["invalid UTF-8"] += 1
        elif line.strip():
            try:
                row = json.loads(line)
            except ValueError as error:
                raise ValueError(f"line {number} is not JSON ({error})") from error
            yield _object(row, f"line {number}")


def _lines(file: Path) -> Iterator[bytes]:
    import pyarrow

    compression = "zstd" if file.suffix.lower() == ".zst" else None
    with pyarrow.input_stream(str(file), compression=compression) as stream:
        yield from io.BufferedReader(stream)


def _object(row: Any, place: str) -> dict[str, Any]:
    if not isinstance(row, dict):
        raise ValueError(f"{place} holds {type(row).__name__} where an object is wanted")
    return row
