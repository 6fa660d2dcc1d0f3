"""Samples of edited models against greedy writing by hand; folds, resuming, refusals."""

import json

import numpy as np
import pytest
import torch

import neuroglot as ng
from neuroglot.base.errors import ConfigError
from neuroglot.base.units import NeuronSet, Units
from neuroglot.lm.generation import prompt_ids
from neuroglot.measure.variants import Variant
from neuroglot.studies.sampling import Asked, Settings, fitting, write_samples
from neuroglot.text.function_end import function_end

TASKS = [
    Asked(f"{name}/{n}", "tiny", language, opening.format(n=n), n % 2)
    for name, language, opening in (
        ("Python", "python", "def f{n}(x):\n    '''Adds.'''"),
        ("Go", "go", "func f{n}(x int) int {{"),
    )
    for n in range(4)
]
UNITS = Units.of([("down", 2, 3), ("q", 0, 1), ("down", 0, 5), ("v", 1, 2)])
VALUES = np.array([9.0, -7.0, 4.0, 30.0])


def variant(**changed):
    settings = {
        "ablated": "python",
        "operation": "zero",
        "arm": "neurons",
        "draw": 0,
        "dose": 1.0,
        "units": UNITS,
        "evaluated": ("python", "go"),
        "values": VALUES,
        "selection": "pls",
    }
    return Variant(**settings | changed)


@pytest.fixture(scope="module")
def lm(make_lm):
    return make_lm("llama")


def written(lm, tmp_path, variants, *, name="out.jsonl", on_progress=None, **settings):
    chosen = Settings(**{"max_new_tokens": 10, **settings})
    return write_samples(
        lm, TASKS, variants, out=tmp_path / name, settings=chosen, on_progress=on_progress
    )


def by_hand(lm, task, n):
    """Greedy writing by whole forward passes, up to where the function ends."""
    start = [0, *lm.tokenizer.encode(task.opening).ids.tolist()]
    ids = list(start)
    with torch.no_grad():
        while len(ids) < len(start) + n:
            ids.append(int(lm.logits(torch.tensor([ids]))[0, -1].argmax()))
            if ids[-1] == 0:
                ids.pop()
                break
    text = lm.tokenizer.decode(ids)[len(lm.tokenizer.decode(start)) :]
    return text[: function_end(task.language, task.opening, text)]


@pytest.mark.parametrize("family", ["llama", "gpt_neox"])
@pytest.mark.parametrize("batch_tokens", [1, 8192])
def test_an_edit_is_in_force_at_every_step(family, batch_tokens, make_lm, tmp_path):
    lm = make_lm(family)
    rows = written(lm, tmp_path, [variant(operation="mean")], batch_tokens=batch_tokens)
    clean, edited = rows[: len(TASKS)], rows[len(TASKS) :]
    assert [row["completion"] for row in clean] == [by_hand(lm, task, 10) for task in TASKS]
    by_site = [
        ng.set(NeuronSet.of([(2, 3), (0, 5)], "down"), [9.0, 4.0]),
        ng.set(NeuronSet.of([(0, 1)], "q"), -7.0),
        ng.set(NeuronSet.of([(1, 2)], "v"), 30.0),
    ]
    with lm.edit(*by_site):
        assert [row["completion"] for row in edited] == [by_hand(lm, task, 10) for task in TASKS]
    assert [row["completion"] for row in edited] != [row["completion"] for row in clean]


def test_an_edit_does_not_outlive_its_variant(lm, tmp_path):
    nothing = variant(units=NeuronSet.of([]), values=np.zeros(0), draw=1)
    rows = written(lm, tmp_path, [variant(), nothing])
    texts = [[row["completion"] for row in rows[at : at + 8]] for at in (0, 8, 16)]
    assert texts[0] == texts[2] != texts[1]


def test_a_fold_is_asked_its_half_in_its_languages(lm, tmp_path):
    variants = [
        variant(fold=0),
        variant(fold=1, evaluated=("go",), arm="matched", draw=3),
        variant(evaluated=("java",)),
    ]
    rows = written(lm, tmp_path, variants, max_new_tokens=2)
    by_set = {}
    for row in rows:
        by_set.setdefault((row["arm"], row["fold"]), []).append(row["task_id"])
    assert by_set == {
        ("none", -1): [task.id for task in TASKS],
        ("neurons", 0): ["Python/0", "Python/2", "Go/0", "Go/2"],
        ("matched", 1): ["Go/1", "Go/3"],
    }


def test_rows_say_what_was_done_to_the_model(lm, tmp_path):
    rows = written(lm, tmp_path, [variant(fold=1)], max_new_tokens=2, seed=5)
    lines = (tmp_path / "out.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == rows
    assert {**rows[-1], "completion": ""} == {
        "task_id": "Go/3",
        "suite": "tiny",
        "language": "go",
        "selection": "pls",
        "ablated": "python",
        "operation": "zero",
        "arm": "neurons",
        "draw": 0,
        "dose": 1.0,
        "fold": 1,
        "sample": 0,
        "greedy": True,
        "seed": 5,
        "completion": "",
    }
    assert {rows[0][name] for name in ("selection", "ablated", "operation", "arm")} == {"none"}


def test_samples_differ_and_variants_share_their_draws(lm, tmp_path):
    nothing = variant(units=NeuronSet.of([]), values=np.zeros(0), fold=0)
    settings = {"samples": 3, "temperature": 1.0, "seed": 2}
    rows = written(lm, tmp_path, [nothing], **settings)
    clean = {(row["task_id"], row["sample"]): row["completion"] for row in rows[:24]}
    assert len(clean) == 24 and len(set(clean.values())) > 20
    half = {(row["task_id"], row["sample"]): row["completion"] for row in rows[24:]}
    assert len(half) == 12
    assert all(clean[key] == text for key, text in half.items())
    other = written(lm, tmp_path, [nothing], name="other.jsonl", **{**settings, "seed": 3})
    assert [row["completion"] for row in other] != [row["completion"] for row in rows]


@pytest.mark.parametrize("settings", [{}, {"samples": 2, "temperature": 1.0}])
def test_stopped_anywhere_it_ends_with_the_same_bytes(settings, lm, tmp_path):
    variants = [variant(fold=0), variant(fold=1, arm="matched")]
    settings = {"batch_tokens": 120, "max_new_tokens": 6, **settings}
    told = []
    written(
        lm, tmp_path, variants, name="whole.jsonl", **settings,
        on_progress=lambda done, total: told.append((done, total)),
    )  # fmt: skip
    assert told[-1] == (told[-1][1],) * 2
    assert [done for done, _ in told] == sorted({done for done, _ in told})
    whole = (tmp_path / "whole.jsonl").read_bytes()
    for stop in range(0, len(told), 3):
        out = tmp_path / f"{stop}.jsonl"
        part = tmp_path / f"{stop}.jsonl.part"
        seen = []

        def watch(done, total, seen=seen, stop=stop):
            seen.append(done)
            if len(seen) > stop:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            written(lm, tmp_path, variants, name=out.name, **settings, on_progress=watch)
        assert not out.exists()
        # A kill may come in the middle of a line.
        part.write_bytes(part.read_bytes()[: -stop or None])
        written(lm, tmp_path, variants, name=out.name, **settings)
        assert out.read_bytes() == whole
        assert not part.exists()


def test_other_samples_under_way_are_not_taken_up(lm, tmp_path):
    def stop(*_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        written(lm, tmp_path, [variant()], on_progress=stop)
    before = (tmp_path / "out.jsonl.part").read_bytes()
    for changed in ({"seed": 1}, {"max_new_tokens": 9}):
        with pytest.raises(ConfigError, match="were asked for otherwise"):
            written(lm, tmp_path, [variant()], **changed)
    with pytest.raises(ConfigError, match="were asked for otherwise"):
        written(lm, tmp_path, [variant(values=VALUES + 1)])
    assert (tmp_path / "out.jsonl.part").read_bytes() == before


def test_nothing_is_written_over(lm, tmp_path):
    (tmp_path / "out.jsonl").write_text("mine")
    with pytest.raises(ConfigError, match="is never written over"):
        written(lm, tmp_path, [])
    assert (tmp_path / "out.jsonl").read_text() == "mine"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"samples": 0}, "samples is 0: give at least 1"),
        ({"samples": 2}, "2 samples at temperature 0 are all the same"),
        ({"temperature": -1.0}, "temperature -1.0"),
        ({"max_new_tokens": 0}, "max_new_tokens is 0"),
        ({"batch_tokens": 0}, "batch_tokens is 0"),
        ({"max_new_tokens": 500}, "Python/0 with 500 new ones has 5"),
    ],
)
def test_settings_that_cannot_be_are_refused(wrong, said, lm, tmp_path):
    with pytest.raises(ConfigError, match=said):
        written(lm, tmp_path, [], **wrong)
    assert list(tmp_path.iterdir()) == []


def test_resampled_values_and_no_tasks_are_refused(lm, tmp_path):
    with pytest.raises(ConfigError, match="resample has no fixed values to write with"):
        written(lm, tmp_path, [variant(operation="resample", values=None)])
    with pytest.raises(ConfigError, match="no task is asked"):
        write_samples(lm, [], [], out=tmp_path / "out.jsonl")


def test_settings_are_made_to_fit_the_longest_task(make_lm):
    lm = make_lm("llama")
    tasks = [Asked(str(n), "mine", "python", "x = 1 " * n, 0) for n in (1, 40)]
    longest = len(prompt_ids(lm.tokenizer, tasks[1].opening))
    found = fitting(lm, tasks, Settings(max_new_tokens=5_000))
    assert found == Settings(max_new_tokens=lm.max_positions - longest)
    assert fitting(lm, tasks, Settings(max_new_tokens=7)) == Settings(max_new_tokens=7)
    with pytest.raises(ConfigError, match="positions"):
        fitting(lm, [Asked("long", "mine", "python", "x = 1 " * 5_000, 0)], Settings())
