"""Items under other names: the same items, every language renamed by itself."""

import re

import pytest

from neuroglot.base.errors import CorpusError
from neuroglot.text.parallel import ParallelCorpus
from neuroglot.text.renamed_items import renamed_items

PYTHON = "def add(a, b):\n    total = a + b + {}\n    return total\n"
GO = "package main\n\nfunc add(a int, b int) int {{\n\ttotal := a + b + {}\n\treturn total\n}}\n"
ROWS = [
    {
        "id": f"{n}",
        "problem": "p",
        "english": "adds",
        "python": PYTHON.format(n),
        "go": GO.format(n),
    }
    for n in range(3)
]
NAMELESS = {"id": "9", "problem": "q", "python": "1\n", "go": "2\n"}


def test_every_name_is_another_and_the_rest_stays():
    corpus = ParallelCorpus.from_rows(
        [*ROWS, {"id": "9", "problem": "q", "python": "1", "go": "1"}]
    )
    found = renamed_items(corpus)
    assert [item.id for item in found.items] == ["0", "1", "2"]
    assert found.languages == corpus.languages and found.items[0].problem == "p"
    for item, row in zip(found.items, ROWS, strict=True):
        for language in ("python", "go"):
            words = set(re.findall(r"\w+", item[language]))
            assert not words & {"total", "add", "a", "b"}
            assert len(item[language].splitlines()) == len(row[language].splitlines())
        assert "return " in item["python"] and "func " in item["go"]


def test_draws_differ_by_item_and_seed_and_repeat():
    corpus = ParallelCorpus.from_rows(ROWS)
    found = renamed_items(corpus)
    first, second = (item["python"].split("(")[0] for item in found.items[:2])
    assert first != second
    assert found.digest == renamed_items(corpus).digest != renamed_items(corpus, seed=1).digest


def test_items_without_names_are_refused():
    corpus = ParallelCorpus.from_rows([NAMELESS])
    with pytest.raises(CorpusError, match="has names of its own"):
        renamed_items(corpus)
