"""Parallel items from every source, and what is counted about them."""

import json
from collections import Counter
from itertools import combinations
from pathlib import Path

import pytest

import neuroglot as ng
from neuroglot.base.errors import CorpusError

ROWS = [
    {"id": "7-1", "problem": "sum", "python": "a = 1", "java": "int a = 1;", "C++": "int a = 1;"},
    {"id": "7-2", "problem": "sum", "python": "b", "java": "b", "C++": "b ", "english": "a name"},
    {"id": "9-1", "problem": "max", "python": " a = 1\n", "java": "int c;", "C++": "int d;"},
    {"id": "9-2", "problem": "max", "python": "e", "java": None, "C++": "f"},
]


@pytest.fixture
def corpus() -> ng.ParallelCorpus:
    return ng.ParallelCorpus.from_rows(ROWS)


def test_rows_become_items_with_all_languages(corpus):
    assert corpus.languages == ("cpp", "java", "python")
    assert [item.id for item in corpus.items] == ["7-1", "7-2", "9-1"]
    assert corpus.items[0]["cpp"] == "int a = 1;"
    assert corpus.items[1]["english"] == "a name" and not corpus.has_english
    assert corpus.problems == ("sum", "max")
    assert dict(corpus.skipped) == {"a language is missing": 1}
    assert corpus.notes == ("1 of 4 items lack a language",)
    assert repr(corpus) == "ParallelCorpus(3 items of 2 problems in C++, Java, Python)"


def test_fewer_languages_leave_more_items(corpus):
    asked = ng.ParallelCorpus.from_rows(ROWS, languages="py,c++")
    assert asked.languages == ("python", "cpp") and len(asked) == 4
    assert corpus.only(["java"]).languages == ("java",)


def test_duplicates_and_identical_items_are_counted_and_dropped(corpus):
    assert corpus.duplicates == {"cpp": 0, "java": 0, "python": 1}
    assert corpus.identical == {("cpp", "java"): 2, ("cpp", "python"): 1, ("java", "python"): 1}
    single = corpus.without_duplicates()
    assert [item.id for item in single.items] == ["7-1", "7-2"]
    assert single.skipped["duplicate"] == 1
    assert [i.id for i in corpus.without_identical().items] == ["9-1"]
    assert len(corpus.only(["java", "python"]).without_identical()) == 2
    with pytest.raises(CorpusError, match="every item of the rows is identical in two languages"):
        ng.ParallelCorpus.from_rows(ROWS[1:2]).without_identical()


@pytest.mark.parametrize("seed", range(5))
def test_problems_take_turns_in_a_sample(seed):
    rows = [{"id": f"{n}", "problem": f"p{n % 7 if n < 28 else 0}", "c": str(n)} for n in range(60)]
    whole = ng.ParallelCorpus.from_rows(rows)
    order = whole.shuffled(seed=seed)
    assert sorted(item.id for item in order) == sorted(item.id for item in whole.items)
    for n in (7, 14, 21, 28):
        assert set(Counter(item.problem for item in order[:n]).values()) == {n // 7}
    some = whole.sample(10, seed=seed)
    assert {item.id for item in some.items} == {item.id for item in order[:10]}
    assert [int(item.id) for item in some.items] == sorted(int(item.id) for item in some.items)


def test_the_digest_is_of_what_is_in_it(corpus):
    assert corpus.digest == ng.ParallelCorpus.from_rows(ROWS).digest
    for changed in (
        ROWS[:2],
        [ROWS[1], ROWS[0], *ROWS[2:]],
        [{**ROWS[0], "python": "a = 2"}, *ROWS[1:]],
        [{**ROWS[0], "problem": "other"}, *ROWS[1:]],
    ):
        assert ng.ParallelCorpus.from_rows(changed).digest != corpus.digest


def test_jsonl_reads_the_same_as_rows(corpus, tmp_path):
    file = tmp_path / "items.jsonl"
    file.write_text("\n".join(map(json.dumps, ROWS)), encoding="utf-8")
    assert ng.ParallelCorpus.from_jsonl(file).digest == corpus.digest


def test_the_published_layout_of_cost(tmp_path):
    for label in ("C", "C#", "Javascript"):
        (tmp_path / label).mkdir()
        for name in ("10-1", "9-2", "9-1"):
            if (label, name) != ("C#", "9-2"):
                row = {"snippet": f"{label} {name}", "comment": f"// {name}", "code": "other"}
                (tmp_path / label / f"{name}.json").write_text(json.dumps(row))
    corpus = ng.ParallelCorpus.from_cost(tmp_path)
    assert [item.id for item in corpus.items] == ["9-1", "10-1"]
    assert corpus.problems == ("9", "10")
    assert corpus.items[1].texts == {
        "c": "C 10-1",
        "csharp": "C# 10-1",
        "javascript": "Javascript 10-1",
    }
    assert corpus.items[1].english == "// 10-1"


def test_humaneval_x_is_joined_by_the_task(tmp_path):
    for name, prefix in (("python", "Python"), ("js", "JavaScript")):
        rows = [
            {
                "task_id": f"{prefix}/{n}",
                "declaration": f"{name} {n}\n",
                "canonical_solution": "x",
                "text": "Say.",
            }
            for n in (10, 2)
        ]
        (tmp_path / f"humaneval_{name}.jsonl").write_text("\n".join(map(json.dumps, rows)))
    corpus = ng.ParallelCorpus.from_humaneval_x(tmp_path)
    assert corpus.languages == ("javascript", "python") and corpus.has_english
    assert [item.id for item in corpus.items] == ["2", "10"]
    assert corpus.items[0]["javascript"] == "js 2\nx"


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([], "no column of the rows is a language: its columns are none"),
        (
            [{"id": "1", "text": "x"}],
            "no column of the rows is a language: its columns are id, text",
        ),
        ([{"python": "x"}], "an item of the rows has no id"),
        ([{"id": "1", "python": "x"}] * 2, "id '1' stands twice"),
        ([{"id": "1", "python": 3}], "item '1' of the rows has no text for python: 3"),
        (
            [{"id": "1", "python": "x", "go": " "}],
            "no item of the rows has a text in each of go, python",
        ),
    ],
)
def test_rows_that_are_no_items_are_refused(rows, message):
    with pytest.raises(CorpusError, match=message):
        ng.ParallelCorpus.from_rows(rows)


def test_places_that_hold_no_items_are_refused(tmp_path, corpus):
    with pytest.raises(CorpusError, match=r"nothing at '.*nowhere': give a file or folder"):
        ng.ParallelCorpus.from_jsonl(tmp_path / "nowhere")
    with pytest.raises(CorpusError, match=r"cannot read .*neither snippets.jsonl nor folders"):
        ng.ParallelCorpus.from_cost(tmp_path)
    with pytest.raises(CorpusError, match=r"cannot read .*no file humaneval_<language>.jsonl"):
        ng.ParallelCorpus.from_humaneval_x(tmp_path)
    broken = tmp_path / "broken.jsonl"
    broken.write_text('{"id": "1"\n')
    with pytest.raises(CorpusError, match="line 1 is not JSON"):
        ng.ParallelCorpus.from_jsonl(broken)
    with pytest.raises(CorpusError, match="no go in the rows: it holds cpp, java, python"):
        corpus.only(["go"])
    with pytest.raises(CorpusError, match="no rust in the rows"):
        ng.ParallelCorpus.from_rows(ROWS, languages="rust")


@pytest.mark.data
def test_the_published_snippets_have_their_known_counts(data: Path):
    corpus = ng.ParallelCorpus.from_jsonl(data / "cost-parallel" / "snippets_released.jsonl")
    assert len(corpus) == 581 and len(corpus.languages) == 7
    assert len({item.id.split("-")[0] for item in corpus.items}) == 118
    distinct = [len({item[id] for item in corpus.items}) for id in corpus.languages]
    assert distinct == [561, 559, 559, 563, 564, 563, 562]
    assert corpus.identical["c", "cpp"] == 292
    assert corpus.identical["csharp", "java"] == 217
    assert corpus.identical["java", "javascript"] == 109
    once = {
        id: sum(1 for n in Counter(item[id].strip() for item in corpus.items).values() if n == 1)
        for id in corpus.languages
    }
    assert list(once.values()) == [541, 541, 543, 547, 550, 549, 550]


@pytest.mark.data
def test_real_folders_are_read(data: Path):
    cost = ng.ParallelCorpus.from_cost(data / "cost-parallel")
    assert len(cost) == 581 and cost.identical["c", "cpp"] == 262
    tasks = ng.ParallelCorpus.from_humaneval_x(data / "humaneval-x")
    assert len(tasks) == 164 and tasks.has_english
    assert tasks.languages == ("cpp", "go", "java", "javascript", "python", "rust")
    assert all(a != b for a, b in combinations(tasks.items[0].texts.values(), 2))
