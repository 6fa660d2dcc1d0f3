"""Clone pairs: what is refused and at which line, and splits that share no problem."""

import json

import pytest

from neuroglot.base.errors import CorpusError
from neuroglot.text.clone_files import read_clone_pairs
from neuroglot.text.clone_pairs import SPLITS, TEST, VALIDATION, CloneFunction, ClonePair, paired


def function(id, problem="", language="python", code=None):
    return CloneFunction(id, language, code or f"def {id}(): pass", problem)


def pairs_of(*rows):
    return [(f"pair {n}", ClonePair(*row)) for n, row in enumerate(rows)]


def many(n_problems=30, *, stated=True):
    """Of each problem three functions and two clones; beside each one of the next problem."""
    functions, rows = [], []
    for p in range(n_problems):
        functions += [function(f"f{p}_{n}", f"p{p}" if stated else "") for n in range(3)]
        for n in (1, 2):
            rows.append((f"f{p}_0", f"f{p}_{n}", True))
            rows.append((f"f{p}_{n}", f"f{(p + 1) % n_problems}_0", False))
    return paired(functions, pairs_of(*rows))


@pytest.mark.parametrize("stated", [True, False])
def test_splits_share_no_problem_and_are_balanced(stated):
    found = many(stated=stated).split(seed=3)
    where = {}
    for pair in found.pairs:
        for id in (pair.first, pair.second):
            where.setdefault(id.split("_")[0], set()).add(pair.split)
    assert all(len(own) == 1 for own in where.values())
    for split in SPLITS:
        labels = [pair.clone for pair in found.pairs if pair.split == split]
        assert sum(labels) * 2 == len(labels) > 0
    clones = [pair.split for pair in found.pairs if pair.clone]
    assert clones.count(VALIDATION) < clones.count(TEST)
    assert found.skipped["across the splits"] > 0
    total = len(found.pairs) + sum(found.skipped.values())
    assert total == len(many(stated=stated).pairs)
    assert many(stated=stated).split(seed=3).digest == found.digest
    assert many(stated=stated).split(seed=4).digest != found.digest


def test_without_stated_problems_clones_are_one_problem_however_far_apart():
    chain = [function(f"c{n}") for n in range(6)] + [function(f"d{n}") for n in range(6)]
    rows = [(f"{name}{n}", f"{name}{n + 1}", True) for name in "cd" for n in range(5)]
    rows += [("c0", "c5", False), ("d0", "d5", False)]
    # Two problems of five clones each: neither fits into a third of ten.
    with pytest.raises(CorpusError, match="no pairs for validation"):
        paired(chain, pairs_of(*rows)).split()


def test_one_text_under_two_problems_keeps_both_together():
    found = many()
    copies = [
        CloneFunction(f.id, f.language, "def same(): pass", f.problem)
        if f.id in {"f0_2", "f7_2", "f9_1"}
        else f
        for f in found.functions
    ]
    split = paired(copies, pairs_of(*[(p.first, p.second, p.clone) for p in found.pairs])).split()
    where = {split.by_id[p.first].problem: p.split for p in split.pairs if p.clone}
    assert len({where[p] for p in ("p0", "p7", "p9") if p in where}) == 1


def test_stated_splits_are_kept_and_refused_where_a_problem_is_in_both():
    functions = [function(f"a{n}", f"p{n // 2}") for n in range(8)]
    rows = [
        ("a0", "a1", True, "", VALIDATION), ("a0", "a2", False, "", VALIDATION),
        ("a4", "a5", True, "", TEST), ("a4", "a6", False, "", TEST),
    ]  # fmt: skip
    found = paired(functions, pairs_of(*rows)).split()
    assert [pair.split for pair in found.pairs] == [VALIDATION, VALIDATION, TEST, TEST]
    assert [found.problem(pair) for pair in found.pairs] == ["p0", "p0", "p2", "p2"]
    shared = [*rows, ("a1", "a3", True, "", TEST)]
    with pytest.raises(CorpusError, match="problem 'p0' of the pairs has clones in validation and"):
        paired(functions, pairs_of(*shared)).split()
    with pytest.raises(CorpusError, match="the split of some pairs alone"):
        paired(functions, pairs_of(*rows, ("a6", "a7", True))).split()


def test_pairs_in_some_languages():
    functions = [
        function(f"{id}{n}", language=id) for id in ("python", "go", "java") for n in (0, 1)
    ]
    rows = [("python0", "go0", True), ("python0", "python1", False), ("java0", "go1", True)]
    found = paired(functions, pairs_of(*rows))
    assert found.languages == ("python", "go", "java")
    some = found.only(["go", "python"])
    assert [(p.first, p.second) for p in some.pairs] == [row[:2] for row in rows[:2]]
    assert {f.id for f in some.functions} == {"python0", "python1", "go0"}
    with pytest.raises(CorpusError, match=r"in Rust alone: it holds Python, Go, Java"):
        found.only(["rust"])


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([("a", "x", True)], "pair 0: no function has the id 'x'"),
        ([("a", "a", True)], "pair 0: 'a' is paired with itself"),
        ([("a", "b", True), ("b", "a", False)], "pair 1: the same two functions as pair 0"),
        ([("a", "copy", True)], "no pair of two different texts"),
    ],
)
def test_what_is_no_pair_is_refused(rows, said):
    functions = [function("a"), function("b"), function("copy", code="\ndef a(): pass \n")]
    with pytest.raises(CorpusError, match=said):
        paired(functions, pairs_of(*rows))
    with pytest.raises(CorpusError, match="'a' of the pairs stands for two functions"):
        paired([*functions, function("a", code="y")], pairs_of(("a", "b", True)))


def written(folder, name, *rows):
    (folder / name).write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder / name


FUNCTIONS = (
    {"id": "1", "lang": "Python", "code": "a", "problem_id": 7},
    {"id": "2", "lang": "C++", "code": "b"},
    {"id": 3, "language": "go", "text": "c"},
)


def test_functions_are_found_beside_their_pairs(tmp_path):
    written(tmp_path, "mine_functions.jsonl", *FUNCTIONS)
    rows = ({"id1": 1, "id2": "2", "label": 1, "level": 4}, {"id1": "3", "id2": "1", "label": "0"})
    found = read_clone_pairs(written(tmp_path, "mine_pairs.jsonl", *rows))
    assert found.pairs == (ClonePair("1", "2", True, "4"), ClonePair("3", "1", False))
    assert [f.language for f in found.functions] == ["python", "cpp", "go"]
    assert [f.problem for f in found.functions] == ["7", "", ""]
    named = read_clone_pairs(
        written(tmp_path, "others.jsonl", *rows), functions=tmp_path / "mine_functions.jsonl"
    )
    assert named.digest == found.digest


def test_csv_with_code_in_its_rows(tmp_path):
    file = tmp_path / "pairs.csv"
    file.write_text(
        "\ufefflabel,language1,language2,code1,code2,split,problem\n"
        '1,py,go,"a = 1\nb = 2","a := 1",valid,p\n'
        'False,py,py,"a = 1\nb = 2",c,test,q\n'
    )
    found = read_clone_pairs(file)
    assert [(p.clone, p.split) for p in found.pairs] == [(True, VALIDATION), (False, TEST)]
    assert [found.by_id[p.first].code for p in found.pairs] == ["a = 1\nb = 2"] * 2
    assert {f.language for f in found.functions} == {"python", "go"}


GOOD = {"id1": "1", "id2": "2", "label": 1}


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("{", "line 3 of x_pairs.jsonl is not JSON"),
        ("[1]", "line 3 of x_pairs.jsonl holds no object"),
        ({**GOOD, "label": 2}, "line 3 of x_pairs.jsonl: label is '2': give 1"),
        ({**GOOD, "id2": "9"}, "line 3 of x_pairs.jsonl: no function has the id '9'"),
        ({**GOOD, "split": "train"}, "line 3 of x_pairs.jsonl: split is 'train'"),
        (
            {"id1": "1", "label": 1},
            "line 3 of x_pairs.jsonl has no id2: its columns are id1, label",
        ),
        ({**GOOD, "id1": "2", "id2": "1"}, "line 3 .*: the same two functions as line 1 of"),
    ],
)
def test_the_line_that_cannot_be_used_is_named(tmp_path, row, said):
    written(tmp_path, "x_functions.jsonl", *FUNCTIONS)
    file = written(tmp_path, "x_pairs.jsonl", GOOD)
    bad = row if isinstance(row, str) else json.dumps(row)
    file.write_text(f"{file.read_text()}\n{bad}\n")
    with pytest.raises(CorpusError, match=said):
        read_clone_pairs(file)


def test_files_that_are_not_there_or_hold_no_pairs_are_named(tmp_path):
    with pytest.raises(CorpusError, match="is no table of pairs"):
        read_clone_pairs(tmp_path / "pairs.txt")
    with pytest.raises(CorpusError, match="no file"):
        read_clone_pairs(tmp_path / "x_pairs.jsonl")
    empty = written(tmp_path, "x_pairs.jsonl")
    with pytest.raises(CorpusError, match="has no rows"):
        read_clone_pairs(empty)
    with pytest.raises(CorpusError, match=r"lay it beside as x_functions\.jsonl"):
        read_clone_pairs(written(tmp_path, "x_pairs.jsonl", GOOD))
    written(tmp_path, "x_files.jsonl", {"id": "1", "language": "go"})
    with pytest.raises(CorpusError, match=r"line 1 of x_files\.jsonl has no code"):
        read_clone_pairs(tmp_path / "x_pairs.jsonl")
    (tmp_path / "a.csv").write_text("id1,id2,label\n1,2\n")
    with pytest.raises(CorpusError, match=r"line 2 of a\.csv: its cells are not those"):
        read_clone_pairs(tmp_path / "a.csv")


@pytest.mark.data
@pytest.mark.parametrize("name", ["bcb_sample", "irplag", "crosslang"])
def test_published_pairs_are_read_and_split(data, name):
    found = read_clone_pairs(data / "clones" / f"{name}_pairs.jsonl")
    assert len(found.pairs) >= 450
    assert {pair.split for pair in found.split().pairs} == set(SPLITS)
