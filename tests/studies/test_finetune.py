"""The step `finetune` on a small random model: texts apart, arms alike, the way stored, resumed."""

import json
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import torch

from neuroglot.analyses.tuning_claims import ARMS
from neuroglot.base.errors import ConfigError, CorpusError, OtherRunError, RunError
from neuroglot.lm.deltas import Delta
from neuroglot.programs.catalogue import ALGORITHMS, FAMILIES
from neuroglot.programs.generation import generate
from neuroglot.programs.tables import write_rows
from neuroglot.programs.tasks import Task
from neuroglot.report.page import write_report
from neuroglot.runs.directory import open_run
from neuroglot.sandbox.outcomes import Outcome
from neuroglot.studies import sample_scoring, sampled_sets, tuning, written_programs
from neuroglot.studies.export import exported
from neuroglot.studies.sampled_sets import scored_halves
from neuroglot.studies.sampling import Settings
from neuroglot.studies.tuning import delta_path, finetune, settled
from neuroglot.studies.tuning_arms import Arms
from neuroglot.studies.tuning_parameters import FinetuneParameters, rates_of, selected_languages
from neuroglot.studies.tuning_texts import (
    READ,
    halves_of_families,
    read_items,
    read_tasks,
    trained_texts,
)
from neuroglot.text.instructions import read_instructions
from neuroglot.train.examples import examples_of, surprise
from neuroglot.train.selection import choose
from pls_run import pls_of, write_pls_run

LANGUAGES = ["python", "java"]
WIDTHS = np.array([32, 16, 16, 32, 48, 48, 32])
ASKED = FinetuneParameters(
    profile="quick",
    targets=("python",),
    arms=("units", "random", "lora"),
    seeds=2,
    steps=2,
    rates=(1e-3, 1e-2),
    examples_per_step=2,
)


@pytest.fixture(scope="module")
def lm(make_lm):
    return replace(make_lm("llama", max_position_embeddings=2048), source="")


@pytest.fixture(scope="module")
def some_items():
    """Few programs to read, so that a test takes seconds."""
    found = read_items(LANGUAGES, {}, each=1, seed=0)
    families = sorted({item.family for item in found})[:3]
    return tuple(item for item in found if item.family in families)


@pytest.fixture(scope="module")
def some_texts():
    return trained_texts("python", {}, count=4, data=None, seed=0)


def run_of(folder, lm, *, real=None):
    rng = np.random.default_rng(0)
    sums = rng.exponential(size=(2, 4, 3, WIDTHS.sum()))
    sums[0, :, :, 10:20] *= 30
    sums[1, :, :, 150:160] *= 30
    pls = pls_of(sums, labels=tuple(LANGUAGES), widths=WIDTHS)
    model = {"name": "llama", "fingerprint": lm.fingerprint}
    return write_pls_run(folder, pls, languages=LANGUAGES, model=model, real=real)


@pytest.fixture
def few(monkeypatch, some_items, some_texts):
    monkeypatch.setattr(tuning, "read_items", lambda *_, **__: some_items)
    monkeypatch.setattr(tuning, "trained_texts", lambda *_, **__: some_texts)


@pytest.fixture(scope="module")
def made(lm, some_items, some_texts, tmp_path_factory):
    run = run_of(tmp_path_factory.mktemp("tuned") / "run", lm)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tuning, "read_items", lambda *_, **__: some_items)
        patch.setattr(tuning, "trained_texts", lambda *_, **__: some_texts)
        return finetune(run, lm=lm, parameters=ASKED)


def test_the_whole_way_of_every_arm_is_stored(made, some_items, lm):
    rows = made.table("finetune_items").to_pylist()
    assert len(rows) == 3 * 2 * 3 * len(some_items)
    found = made.table("finetune").to_pylist()
    assert {(row["arm"], row["evaluated"], row["seed"], row["step"]) for row in found} == {
        (arm, label, seed, step)
        for arm in ASKED.arms
        for label in LANGUAGES
        for seed in range(2)
        for step in range(3)
    }
    assert all(row["change"] == 0 for row in found if row["step"] == 0)
    nats = surprise(
        lm, examples_of(lm, [i.prompt for i in some_items], ended=False), batch_tokens=99
    )
    first = [row["nll_sum"] for row in rows[: len(some_items)]]
    assert first == pytest.approx(nats.tolist(), rel=1e-5)
    sizes = {row["arm"]: row["trainable"] for row in found}
    assert sizes["units"] == sizes["random"] > 0
    rates = {row["arm"]: {r["rate"] for r in rows if r["arm"] == row["arm"]} for row in rows}
    assert all(len(own) == 1 and own <= set(ASKED.rates) for own in rates.values())


def test_all_trainings_are_one_count_that_ends_at_its_total(lm, few, tmp_path):
    told = []

    def watch(step, done, total, unit, label):
        told.append((step, done, total, unit))

    finetune(run_of(tmp_path / "run", lm), lm=lm, parameters=ASKED, watch=watch)
    # 3 arms, each with 2 rates to choose from and 2 seeds to compare, of 2 steps.
    assert told == [("finetune", done, 24, "steps") for done in range(1, 25)]


def test_the_claim_says_why_nothing_can_be_told(made):
    claims = {r["scope"]: r for r in made.table("claims").to_pylist() if r["id"] == "B-6"}
    assert set(claims) == {"overall", "neuron-guided", "better than LoRA"}
    assert {row["verdict"] for row in claims.values()} == {"cannot tell"}
    assert "2 seeds" in claims["neuron-guided"]["reason"]


def test_a_kept_delta_gives_what_was_read_at_the_end(made, make_lm, some_items):
    fresh = replace(make_lm("llama", max_position_embeddings=2048), source="")
    trained = Delta.load(delta_path(made.path, "python", "units")).apply(fresh)
    items = examples_of(trained, [item.prompt for item in some_items], ended=False)
    rows = [
        row["nll_sum"]
        for row in made.table("finetune_items").to_pylist()
        if (row["arm"], row["seed"], row["step"]) == ("units", 0, 2)
    ]
    assert rows == surprise(trained, items, batch_tokens=4096).tolist()


def test_a_killed_step_goes_on_to_the_same_tables(lm, few, tmp_path, made, monkeypatch):
    run = run_of(tmp_path / "run", lm)
    monkeypatch.setenv("NEUROGLOT_CHECKPOINT_SECONDS", "0")

    class Killed(BaseException):
        pass

    def killed_at(step):
        seen = []

        def watch(*_):
            seen.append(1)
            if len(seen) == step:
                raise Killed

        return watch

    # In the middle of a training, and where one has ended.
    for step in (3, 4, 6):
        with pytest.raises(Killed):
            finetune(run, lm=lm, parameters=ASKED, watch=killed_at(step))
    again = finetune(run, lm=lm, parameters=ASKED)
    for name in ("finetune_items", "finetune", "claims"):
        assert again.table(name).equals(made.table(name))
    with pytest.raises(OtherRunError, match="steps"):
        finetune(again, lm=lm, parameters=replace(ASKED, steps=3))


@pytest.fixture
def judged(monkeypatch):
    """The box replaced: programs in Python pass, those in Java do not."""

    def run(programs, *, on_progress, **_):
        on_progress(len(programs), len(programs))
        return [
            Outcome("passed" if program.language == "python" else "wrong", "run")
            for program in programs
        ]

    monkeypatch.setattr(sample_scoring, "run_programs", run)
    monkeypatch.setattr(sampled_sets, "require_box", lambda: None)
    monkeypatch.setattr(written_programs, "Settings", partial(Settings, max_new_tokens=2))


def test_trained_models_write_programs_of_families_that_nobody_trained_on(
    lm, few, judged, tmp_path, monkeypatch
):
    monkeypatch.setattr(tuning, "EACH", {"quick": 2})
    table = tmp_path / "tasks.jsonl"
    rows = list(generate(24, languages=LANGUAGES, styles=["procedural"], levels=[1], seed=3))
    with table.open("wb") as opened:
        write_rows(rows, opened, ending=".jsonl")
    asked = replace(ASKED, arms=("units", "full"), tasks=str(table))
    made = finetune(run_of(tmp_path / "run", lm), lm=lm, parameters=asked)
    found = [row for row in made.table("finetune").to_pylist() if row["metric"] == "pass1"]
    shares = {(row["arm"], row["evaluated"], row["step"]): row["value"] for row in found}
    assert shares == {
        (arm, label, step): float(label == "python")
        for arm in ("units", "full")
        for label in LANGUAGES
        for step in (0, 2)
    }
    files = {file.name for file in (made.path / "samples").iterdir()}
    assert files == {
        f"finetune-python-{name}{end}.jsonl"
        for name in ("base", "units", "full")
        for end in ("", ".scored")
    }
    families = {row.id: row.family for row in rows}
    halves = halves_of_families(scored_halves(made))
    samples = [
        json.loads(line)
        for line in (made.path / "samples" / "finetune-python-full.jsonl").read_text().splitlines()
    ]
    assert len(samples) == 4
    assert {halves[families[each["task_id"]]] for each in samples} == {READ}
    page = write_report(made).read_text()
    assert "Programs that pass, Python trained" in page


def test_a_child_run_takes_the_step_with_other_parameters(lm, few, made, tmp_path):
    asked = replace(ASKED, arms=("units",), seeds=1, rates=(1e-3,))
    child = finetune(made, lm=lm, parameters=asked, out=tmp_path / "child")
    assert child.path == tmp_path / "child"
    assert {row["arm"] for row in child.table("finetune").to_pylist()} == {"units"}
    assert child.table("pls_tasks").equals(made.table("pls_tasks"))
    again = finetune(made.path, lm=lm, parameters=asked, out=tmp_path / "child")
    assert again.table("finetune").equals(child.table("finetune"))


def test_tasks_that_chose_units_are_not_asked():
    known = {
        f"{name}/{number}": Task(f"{name}/{number}", label, "prompt", "f", "pass", "")
        for number in range(40)
        for name, label in (("Python", "python"), ("Java", "java"))
    }
    scored = {str(number): number % 2 for number in range(20)}
    found = read_tasks(known, "humaneval-x", ("python",), scored)
    numbers = {int(task.id.split("/")[1]) for task in found}
    assert {number for number in numbers if number < 20} == {n for n in range(20) if n % 2 == READ}
    # Those that no unit was scored on are dealt to both halves.
    assert 0 < len([number for number in numbers if number >= 20]) < 20
    assert {task.language for task in found} == {"python"}


def test_tasks_that_are_not_there_are_refused_before_anything_is_trained(lm, tmp_path, judged):
    run = run_of(tmp_path / "run", lm)
    with pytest.raises(CorpusError, match="absent"):
        finetune(run, lm=lm, parameters=replace(ASKED, tasks=str(tmp_path / "absent")))
    assert open_run(run.path).manifest.added == ()


def test_texts_that_are_read_are_of_families_that_are_not_trained_on(lm):
    halves = halves_of_families({"primes": 0, "sorting": 1, "HumanEval/3": 1})
    assert set(halves) == set(FAMILIES) and (halves["primes"], halves["sorting"]) == (0, 1)
    items = read_items(LANGUAGES, {"sorting": 1}, each=1, seed=0)
    per_family = {}
    for item in items:
        assert halves_of_families({"sorting": 1})[item.family] == READ
        per_family.setdefault((item.family, item.language), []).append(item.id)
    assert {len(own) for own in per_family.values()} == {1} and len(per_family) >= 20
    trained, dev = trained_texts("java", {"sorting": 1}, count=4, data=None, seed=0)
    family = {each.name: each.family for each in ALGORITHMS}
    learned, choosing = (
        {family[prompt.item.split("-")[0]] for prompt in part} for part in (trained, dev)
    )
    read = {item.family for item in items}
    assert not learned & choosing and not (learned | choosing) & read
    assert len(choosing) >= 2
    assert len(trained) == 4 and not {p.text for p in trained} & {p.text for p in dev}


def test_arms_are_as_large_as_they_say(lm, tmp_path):
    run = run_of(tmp_path / "run", lm)
    sets = tuning._sets(run, ASKED.settled(("python",)))
    arms = Arms(lm, sets, "python", 2)
    size = {arm: choose(lm.body, arms.selection(arm, 0)).n_trainable for arm in ARMS}
    assert size["units"] == size["random"] < size["modules"] < size["full"]
    assert abs(size["lora"] - size["units"]) < 64
    own, drawn = (arms.selection(arm, 0).units.places() for arm in ("units", "random"))
    assert not set(own) & set(drawn)
    assert sorted((site, layer) for site, layer, _ in own) == sorted(
        (site, layer) for site, layer, _ in drawn
    )
    assert drawn != arms.selection("random", 1).units.places()
    others = arms.selection("other", 0).units.places()
    assert set(others) <= set(sets.units(sets.choice.chosen[1]).places())
    unreal = Arms(
        lm, tuning._sets(run_of(tmp_path / "none", lm, real={"python": 0}), ASKED), "python", 1
    )
    assert unreal.n_real == 0 and len(unreal.units)


def test_without_a_target_the_language_that_is_read_worst_is_taken(lm, few, tmp_path, some_items):
    run = run_of(tmp_path / "run", lm)
    chosen = settled(run, lm, replace(ASKED, targets=None))
    nats = surprise(
        lm, examples_of(lm, [i.prompt for i in some_items], ended=False), batch_tokens=4096
    )
    per_byte = {
        label: sum(n for n, i in zip(nats, some_items, strict=True) if i.language == label)
        / sum(len(i.prompt.answer.encode()) for i in some_items if i.language == label)
        for label in LANGUAGES
    }
    assert chosen.targets == (max(per_byte, key=per_byte.get),)
    with pytest.raises(ConfigError, match="no units of ruby"):
        settled(run, lm, replace(ASKED, targets=("ruby",)))


def test_parameters_that_cannot_be_are_refused():
    assert selected_languages("pls:python,c++") == ("python", "cpp")
    assert rates_of("1e-3,2e-3") == (1e-3, 2e-3)
    for select in ("python", "lape:python", "pls:"):
        with pytest.raises(ConfigError, match="unknown selection"):
            selected_languages(select)
    for wrong, words in (
        ({"arms": ("units", "mood")}, "no arm mood"),
        ({"arms": ("random",)}, "name it too"),
        ({"rates": (0.0,)}, "above 0"),
        ({"seeds": 0}, "seeds is 0"),
    ):
        with pytest.raises(ConfigError, match=words):
            FinetuneParameters(**wrong)
    with pytest.raises(ConfigError, match="give numbers"):
        rates_of("much")


def test_instructions_of_both_layouts_are_read(tmp_path):
    file = tmp_path / "pairs.jsonl"
    rows = [
        {"instruction": "Add. ", "output": "x + 1", "language": "Python"},
        {"question": "def half(x):\n", "answer": "    return x / 2", "id": "a"},
        {"instruction": "Add.", "output": "x + 1;", "language": "Java"},
    ]
    file.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    one, two = read_instructions(file, language="python")
    assert one.text == "Add.\n\ncode:\nx + 1" and one.answer == "x + 1"
    assert (two.item, two.question, two.answer) == ("a", "def half(x):\n", "    return x / 2")
    assert len(read_instructions(file)) == 3
    for content, words in (
        ("", "is empty"),
        ('{"instruction": "Add."}\n', "row 1 .* no text as output"),
        ('{"question": "Add.", "answer": " "}\n', "no text as answer"),
        ('{"mood": 1}\n', "neither instruction nor question: it has mood"),
        (
            '{"instruction": "Add.", "output": "x", "language": "go"}\n',
            "no pair in python: it has go",
        ),
        ("{", "cannot read"),
    ):
        file.write_text(content)
        with pytest.raises(CorpusError, match=words):
            read_instructions(file, language="python")
    with pytest.raises(CorpusError, match="no file"):
        read_instructions(tmp_path / "nowhere.jsonl")


def test_a_model_without_units_is_exported(lm, tmp_path, make_lm):
    run = run_of(tmp_path / "run", lm, real={"python": 3, "java": 2})
    # The run's table of units is written by the study; here by hand.
    with pytest.raises(RunError, match="holds no units"):
        exported(open_run(run.path), lm, out=tmp_path / "a.safetensors", without=["python"])
    with pytest.raises(ConfigError, match="nothing is to be exported"):
        exported(run, lm, out=tmp_path / "a.safetensors")
    delta = tmp_path / "delta.safetensors"
    torch.manual_seed(0)
    from neuroglot.base.units import NeuronSet
    from neuroglot.lm.deltas import edited_weights
    from neuroglot.lm.edits import zero

    edited_weights(lm, zero(NeuronSet.of([(0, 1)]))).save(delta)
    assert exported(run, lm, out=tmp_path / "whole", delta=delta) > 10_000
    import neuroglot as ng

    found = ng.load(tmp_path / "whole")
    assert found.hf.model.layers[0].mlp.down_proj.weight[:, 1].abs().sum() == 0
    with pytest.raises(ConfigError, match="is there already"):
        exported(run, lm, out=tmp_path / "whole", delta=delta)
