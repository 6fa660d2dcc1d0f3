import json
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from neuroglot.base.errors import CorpusError
from neuroglot.text.source import Source
from neuroglot.text.tables import read_tables

ROWS = [
    {"text": "a = 1\r\n", "language": "python", "repo": "r", "path": "a.py", "split": "train"},
    {"text": "int x;", "language": "C++", "repo": None, "path": None, "split": "held_out"},
]


def jsonl(rows: list[dict[str, object]]) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def as_parquet(file: Path, rows: list[dict[str, object]]) -> Path:
    parquet.write_table(pa.Table.from_pylist(rows), file)
    return file


def texts(source: Source) -> list[tuple[str, str]]:
    return [(d.text, d.language) for d in source.documents]


def test_all_kinds_of_tables_hold_the_same_documents(tmp_path: Path) -> None:
    content = jsonl(ROWS)
    (tmp_path / "a.jsonl").write_bytes(content)
    (tmp_path / "b.json").write_bytes(content)
    (tmp_path / "c.json").write_text(json.dumps(ROWS))
    with pa.output_stream(str(tmp_path / "d.jsonl.zst"), compression="zstd") as stream:
        stream.write(content)
    as_parquet(tmp_path / "e.parquet", ROWS)
    read = [read_tables(file).documents for file in sorted(tmp_path.iterdir())]
    assert len(read) == 5
    assert all(documents == read[0] for documents in read)
    assert texts(Source("", read[0])) == [("a = 1\r\n", "python"), ("int x;", "cpp")]


def test_two_zstd_frames_are_one_table(tmp_path: Path) -> None:
    codec = pa.Codec("zstd")
    frames = [codec.compress(jsonl([row]), asbytes=True) for row in ROWS]
    (tmp_path / "a.jsonl.zst").write_bytes(b"".join(frames))
    assert len(read_tables(tmp_path / "a.jsonl.zst").documents) == 2


def test_a_folder_of_tables_is_read_in_order_and_columns_are_named_once(tmp_path: Path) -> None:
    as_parquet(tmp_path / "b.parquet", [{**ROWS[1], "stars": 3}])
    (tmp_path / "a.jsonl").write_bytes(jsonl([{**ROWS[0], "stars": 3, "size": 1}]))
    (tmp_path / "README").write_text("no table")
    source = read_tables(tmp_path)
    assert texts(source) == [("a = 1\r\n", "python"), ("int x;", "cpp")]
    assert source.notes == [f"columns not used in {tmp_path}: stars, size"]


def test_rows_may_differ_in_their_columns(tmp_path: Path) -> None:
    rows = [{"text": "a", "language": "c"}, {"code": "b", "lang": "go", "repo_name": "r"}]
    (tmp_path / "a.jsonl").write_bytes(jsonl(rows))
    assert texts(read_tables(tmp_path / "a.jsonl")) == [("a", "c"), ("b", "go")]


def test_hostile_lines_are_counted_not_fatal(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    long_line = json.dumps({"text": "x" * 10_000_000, "language": "c"}).encode()
    file.write_bytes(
        b"\xef\xbb\xbf"
        + jsonl([ROWS[0]])
        + b'\n  \n{"text": "caf\xe9", "language": "c"}\n'
        + b'{"text": null, "language": "c"}\n{"text": "b"}\n'.replace(b'"b"}', b'"b", "lang": ""}')
        + long_line
    )
    source = read_tables(file)
    assert [len(d.text) for d in source.documents] == [7, 10_000_000]
    assert source.skipped == {"invalid UTF-8": 1, "no text": 1, "no label": 1}


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.jsonl", b'{"text": "a", "language": "c"}\n{"text": \n', "line 2 is not JSON"),
        ("a.jsonl", b"[1, 2]\n", "line 1 holds list where an object is wanted"),
        ("a.json", b"[1]", "the list holds int"),
        ("a.jsonl", b"", "it has no rows"),
        ("a.jsonl", b'{"a": 1}\n', "no column text or content or code.*columns are a"),
        ("a.parquet", b"PAR1 nonsense", "cannot read .*a.parquet"),
        ("a.parquet", b"", "cannot read .*a.parquet"),
        ("a.jsonl.zst", b"not zstd", "cannot read .*a.jsonl.zst"),
    ],
)
def test_damaged_files_are_named(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(CorpusError, match=message) as error:
        read_tables(tmp_path / name)
    assert "\n" not in str(error.value)


def test_parquet_without_rows_or_text_is_refused(tmp_path: Path) -> None:
    empty = pa.schema([("text", pa.string()), ("language", pa.string())]).empty_table()
    parquet.write_table(empty, tmp_path / "empty.parquet")
    with pytest.raises(CorpusError, match="no rows"):
        read_tables(tmp_path / "empty.parquet")
    as_parquet(tmp_path / "other.parquet", [{"language": "c", "body": "x"}])
    with pytest.raises(CorpusError, match=r"no column text .*language, body"):
        read_tables(tmp_path / "other.parquet")


def test_a_truncated_parquet_file_is_refused(tmp_path: Path) -> None:
    file = as_parquet(tmp_path / "a.parquet", ROWS * 100)
    file.write_bytes(file.read_bytes()[:-20])
    with pytest.raises(CorpusError, match="cannot read"):
        read_tables(file)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no file"):
        read_tables(tmp_path / "a.jsonl")
