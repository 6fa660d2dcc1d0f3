"""What is removed when code is written, and which tasks are asked: no set meets its own tasks."""

import numpy as np
import pytest

from neuroglot.base.errors import ConfigError, RunError
from neuroglot.programs.generation import generate
from neuroglot.programs.tasks import Task
from neuroglot.studies.guided_steps import reading_of, task_rows
from neuroglot.studies.pls_sets import half_of
from neuroglot.studies.sampled_sets import (
    asked,
    own_variants,
    run_tasks,
    run_variants,
    scored_halves,
    strangers_note,
)
from neuroglot.studies.unit_ablation import half_sets
from neuroglot.text.parallel import ParallelCorpus
from neuroglot.text.sampling import dealt
from pls_run import pls_of, write_pls_run

LABELS = ("python", "java", "go")
WIDTHS = np.array([40, 20, 20, 40, 60, 60, 40])


@pytest.fixture
def pls():
    """A unit of each language, the same in every bucket."""
    sums = np.random.default_rng(0).uniform(0.9, 1.1, (3, 4, 2, 280))
    for k in range(len(LABELS)):
        sums[k, :, 1, 50 * k] = 500
    return pls_of(sums, labels=LABELS, widths=WIDTHS)


@pytest.fixture
def run(pls, tmp_path):
    return write_pls_run(tmp_path / "run", pls, languages=list(LABELS))


def test_each_language_s_set_stands_beside_its_draws_in_both_halves(run):
    found = run_variants(run, operation="zero", draws=2)
    assert [(v.fold, v.ablated, v.arm, v.draw) for v in found] == [
        (fold, label, arm, draw)
        for fold in (0, 1)
        for label in LABELS
        for arm, draw in (("neurons", 0), ("matched", 0), ("matched", 1))
    ]
    assert {v.operation for v in found} == {"zero"}
    again = run_variants(run, operation="zero", draws=2)
    assert [v.effect for v in found] == [v.effect for v in again]


def test_fewer_draws_are_the_first_of_more(run):
    sets = [half_sets(run, fold=fold, draws=5, seed=0) for fold in (0, 1)]
    many = own_variants(sets, operations=["mean", "zero"], draws=5)
    few = own_variants(sets, operations=["mean", "zero"], draws=2)
    assert [v.effect for v in few] == [v.effect for v in many if v.draw < 2]
    assert {v.operation for v in few} == {"mean", "zero"}


def test_empty_sets_are_not_asked_anything(pls, tmp_path):
    real = {"python": 0, "java": 1, "go": 1}
    some = write_pls_run(tmp_path / "some", pls, languages=list(LABELS), real=real)
    found = run_variants(some, operation="mean", draws=1)
    assert {v.ablated for v in found} == {"java", "go"}
    assert all(len(v.units) for v in found)
    none = write_pls_run(
        tmp_path / "none", pls, languages=list(LABELS), real=dict.fromkeys(LABELS, 0)
    )
    with pytest.raises(RunError, match=r"no language of .* has a unit that is real"):
        run_variants(none, operation="mean", draws=1)


def items(n):
    rows = [
        {"id": f"{i}", "python": f"x = {i} + {i}\n" * 60, "java": f"x = {i} + {i};\n" * 60}
        for i in range(n)
    ]
    return ParallelCorpus.from_rows(rows, source="hand")


@pytest.fixture
def tasks():
    """Forty tasks by their numbers, in two languages, as HumanEval-X names them."""
    names = [(name, n) for name in ("Python", "Java") for n in range(40)]
    return {
        f"{name}/{n}": Task(f"{name}/{n}", name.lower(), f"task {n}\n", "", "", "")
        for name, n in names
    }


@pytest.mark.parametrize("seed", range(3))
def test_a_task_stands_in_the_half_in_which_its_units_were_scored(seed, make_lm, tasks):
    """Of the tasks of a suite a study may have read a part: no set is asked what chose it."""
    reading = reading_of(make_lm("llama"), items(40).sample(25, seed=seed))
    scored = {row["task"]: half_of(row["bucket"]) for row in task_rows(reading)}
    assert len(scored) == 25
    found = asked(tasks, suite="s", languages=("python", "java"), scored=scored)
    half = {task.id: task.half for task in found}
    for row in reading.rows:
        document = reading.documents[row.document]
        name = f"{document.language.capitalize()}/{document.repo}"
        assert half[name] == half_of(reading.groups[row.group].bucket)
    others = dealt((str(n) for n in range(40) if str(n) not in scored), into=2)
    assert all(half[f"Java/{name}"] == half[f"Python/{name}"] == h for name, h in others.items())
    assert abs(sum(task.half for task in found) - 40) <= 4


def test_a_run_says_which_tasks_it_scored(run, tmp_path):
    assert scored_halves(run) == {"0": 0, "1": 1, "2": 0, "3": 1}
    bare = write_pls_run(tmp_path / "bare", None, languages=list(LABELS))
    with pytest.raises(RunError, match=r"does not say which tasks .*\(table pls_tasks\)"):
        scored_halves(bare)


def test_strange_tasks_are_told(tasks):
    found = asked(tasks, suite="s", languages=("java",), scored={})
    everything = {str(n): n % 2 for n in range(40)}
    assert strangers_note(found, everything) == []
    (note,) = strangers_note(found, {name: 0 for name in everything if name != "7"})
    assert note.startswith("1 task of 40: units were not scored on these")
    (note,) = strangers_note(found, {})
    assert note.startswith("40 tasks of 40")


def test_tasks_are_asked_in_the_languages_wanted():
    made = generate(6, languages=["go", "ruby", "c"], styles=["procedural"], levels=[1], seed=4)
    programs = {row.id: row for row in made}
    scored = {row.family: n % 2 for n, row in enumerate(programs.values())}
    found = asked(programs, suite="programs", languages=("go", "ruby"), scored=scored)
    assert {task.language for task in found} == {"go", "ruby"}
    assert len(found) == 12
    assert all(task.half == scored[programs[task.id].family] for task in found)
    assert not any(task.opening.endswith("\n") for task in found)
    with pytest.raises(
        ConfigError, match="no task of programs is in haskell: it has tasks in c, go"
    ):
        asked(programs, suite="programs", languages=("haskell",), scored=scored)


def test_what_cannot_be_is_refused_in_one_line(run, tmp_path):
    for wrong, said in (
        ({"operation": "raise", "draws": 1}, "unknown operation 'raise': known are mean, zero"),
        ({"operation": "zero", "draws": 0}, "draws is 0: give at least 1"),
    ):
        with pytest.raises(ConfigError, match=said):
            run_variants(run, **wrong)
    bare = write_pls_run(tmp_path / "bare", None, languages=list(LABELS))
    with pytest.raises(RunError, match=r"holds no tensors/pls\.safetensors"):
        run_variants(bare, operation="zero", draws=1)
    with pytest.raises(ConfigError, match="has no units of rust: its languages are python, java"):
        run_tasks(run, "programs", languages=["rust"])
