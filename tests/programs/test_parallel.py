"""Programs as documents and as parallel items."""

from neuroglot.programs.generation import generate
from neuroglot.programs.parallel import documents, parallel_items


def test_documents():
    rows = list(generate(3))
    found = list(documents(rows))
    assert [(d.text, d.language, d.repo, d.split, d.id) for d in found] == [
        (row.code, row.language, row.family, row.split, row.id) for row in rows
    ]


def test_parallel_items():
    rows = list(generate(4, languages=["python", "java", "c"]))
    items = list(parallel_items(rows))
    assert [item["id"] for item in items] == list(dict.fromkeys(row.program for row in rows))
    for item in items:
        assert set(item) == {"id", "problem", "python", "java", "c", "english"}
        for row in rows:
            if (row.program, row.style) == (item["id"], "procedural"):
                assert item[row.language] == row.code
                assert (item["problem"], item["english"]) == (row.family, row.description)


def test_parallel_items_of_a_style():
    items = list(parallel_items(generate(2), style="object-oriented"))
    assert len(items) == 2
    assert all("c" not in item and "class " in item["python"] for item in items)
