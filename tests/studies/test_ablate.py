"""Ablation as a step of a run: on the planted model, whose selective damage is known."""

import shutil
from collections import defaultdict

import pytest

import neuroglot as ng
from neuroglot.base.errors import OtherRunError, RunError
from neuroglot.report.page import render
from neuroglot.runs.directory import open_run
from neuroglot.studies import AblationParameters, NeuronsParameters, ablate, neurons
from neuroglot.studies import ablation as study
from neuroglot.text.planted import planted_documents

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("ablate")]
SMALL = AblationParameters(eval_tokens=1_000, draws=2, profile="full")
SMALLER = AblationParameters(eval_tokens=1_000, draws=1, profile="quick")


@pytest.fixture(scope="module")
def lm():
    return ng.load("planted")


@pytest.fixture(scope="module")
def corpus():
    return ng.Corpus.from_documents(planted_documents())


@pytest.fixture(scope="module")
def planted_run(lm, corpus, tmp_path_factory):
    """Neurons of the planted model, chosen on enough text to find all of them."""
    return neurons(
        lm,
        corpus,
        out=tmp_path_factory.mktemp("planted") / "run",
        parameters=NeuronsParameters(profile="quick", tokens_per_language=30_000),
    )


@pytest.fixture(scope="module")
def ablated(planted_run, lm, corpus, tmp_path_factory):
    """A copy of the planted run with the step added."""
    folder = tmp_path_factory.mktemp("ablated") / "run"
    shutil.copytree(planted_run.path, folder)
    return ablate(folder, lm=lm, corpus=corpus, parameters=SMALL, command="neuroglot ablate")


def cells(run, **wanted):
    rows = run.table("ablation").to_pylist()
    return [row for row in rows if all(row[name] == value for name, value in wanted.items())]


def test_each_language_needs_its_planted_neurons_and_no_other_does(ablated):
    labels = ablated.manifest.data["languages"]
    for operation in ("mean", "zero", "resample"):
        for row in cells(ablated, operation=operation, arm="neurons", dose=1.0):
            if row["ablated"] == row["evaluated"]:
                assert row["nll_change"] > 0.1, row
            elif operation == "zero":
                assert row["nll_change"] < 0.1, row
    assert len(cells(ablated, operation="zero", arm="neurons")) == len(labels) ** 2
    for row in cells(ablated, operation="zero", arm="matched"):
        assert row["nll_change"] < 0.1


def test_own_damage_is_as_the_planted_model_promises(ablated):
    """docs/planted.md: silencing a set costs its language 0.37 to 0.81 nats per token."""
    own = [
        row["nll_change"]
        for row in cells(ablated, operation="zero", arm="neurons", dose=1.0)
        if row["ablated"] == row["evaluated"]
    ]
    assert len(own) == 6
    assert min(own) > 0.25
    assert max(own) < 0.9


def test_the_cells_are_the_sums_of_the_documents(ablated):
    key = ("ablated", "operation", "arm", "draw", "dose")
    documents = defaultdict(list)
    for row in ablated.table("ablation_documents").to_pylist():
        documents[(row["language"], *(row[k] for k in key))].append(row)
    for cell in cells(ablated, arm="exclusive")[:4] + cells(ablated, ablated="none"):
        mine = documents[(cell["evaluated"], *(cell[k] for k in key))]
        total = sum(row["nll_sum"] for row in mine)
        assert len(mine) == cell["documents"]
        assert total / sum(row["tokens"] for row in mine) == pytest.approx(cell["nll"])


def test_doses_grow(ablated):
    for label in ablated.manifest.data["languages"]:
        rows = cells(ablated, ablated=label, evaluated=label, operation="mean", arm="neurons")
        by_dose = {row["dose"]: row["nll_change"] for row in rows}
        assert sorted(by_dose) == [0.25, 0.5, 1.0, 2.0, 4.0]
        assert by_dose[0.25] < by_dose[1.0]


def test_the_claim_stands_beside_those_of_the_run(ablated, planted_run):
    claims = ablated.table("claims").to_pylist()
    before = planted_run.table("claims").to_pylist()
    assert [row for row in claims if row["id"] != "A-5"] == before
    overall = next(row for row in claims if row["id"] == "A-5" and row["scope"] == "overall")
    assert overall["value"] > overall["margin"] and overall["verdict"] == "cannot tell"
    assert "matched draws 2" in overall["reason"]
    parts = {r["name"]: r for r in ablated.table("claim_parts").to_pylist() if r["id"] == "A-5"}
    assert parts["resample ablation"]["value"] > parts["resample ablation"]["bound"]
    assert parts["variance of the interaction"]["value"] > 0.5


def test_raising_a_set_brings_its_language_s_words(ablated):
    rows = ablated.table("sufficiency").to_pylist()
    raised = [row["change"] for row in rows if row["arm"] == "neurons"]
    matched = [row["change"] for row in rows if row["arm"] == "matched"]
    assert sum(raised) / len(raised) > 5 * abs(sum(matched) / len(matched))


def test_its_page_shows_the_matrix_beside_its_control(ablated):
    page = render(ablated)
    for words in ("Are they needed", "Control: matched neurons", "A-5", "Damage to the own"):
        assert words in page


def test_the_same_again_is_done_and_other_parameters_are_refused(ablated, lm, corpus, monkeypatch):
    monkeypatch.setattr(study, "_ablation", lambda *_: pytest.fail("it was done already"))
    again = ablate(ablated.path, lm=lm, corpus=corpus, parameters=SMALL)
    assert again.manifest.addition("ablation").step.state == "done"
    assert again.manifest.complete
    with pytest.raises(OtherRunError, match="draws 2 there, 4 asked"):
        ablate(
            ablated.path,
            lm=lm,
            corpus=corpus,
            parameters=AblationParameters(eval_tokens=1_000, draws=4, profile="full"),
        )


def test_a_child_run_leaves_its_parent_alone(
    ablated, planted_run, lm, corpus, tmp_path, monkeypatch
):
    monkeypatch.setattr(
        study,
        "_ablation",
        lambda writer, *_: writer.write_table("claims", writer.run.table("claims")),
    )
    child = ablate(planted_run, lm=lm, corpus=corpus, parameters=SMALL, out=tmp_path / "child")
    assert child.path == tmp_path / "child" and child.manifest.parents == (str(planted_run.path),)
    assert child.manifest.addition("ablation").step.state == "done"
    assert open_run(planted_run.path).manifest.addition("ablation") is None
    assert child.table("lape").equals(planted_run.table("lape"))


def test_a_killed_step_goes_on_to_the_same_bytes(planted_run, lm, corpus, tmp_path, monkeypatch):
    from neuroglot.measure import ablation

    monkeypatch.setattr(ablation, "CHECKPOINT_SECONDS", 0)
    for name in ("whole", "killed"):
        shutil.copytree(planted_run.path, tmp_path / name)
    told = []
    whole = ablate(
        tmp_path / "whole",
        lm=lm,
        corpus=corpus,
        parameters=SMALLER,
        watch=lambda *said: told.append(said),
    )
    seen = []

    def stop(*said):
        seen.append(said)
        if len(seen) > len(told) // 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ablate(tmp_path / "killed", lm=lm, corpus=corpus, parameters=SMALLER, watch=stop)
    assert open_run(tmp_path / "killed").manifest.addition("ablation").step.state == "started"
    run = ablate(tmp_path / "killed", lm=lm, corpus=corpus, parameters=SMALLER)
    assert {"ablation", "ablation_documents", "claims"} <= set(whole.tables)
    for name in whole.tables:
        mine, other = (r.path / "tables" / f"{name}.parquet" for r in (run, whole))
        assert mine.read_bytes() == other.read_bytes(), name


def test_wrong_inputs_are_refused_in_one_line(planted_run, lm, corpus, make_lm, tmp_path):
    with pytest.raises(RunError, match="the model is not the one of"):
        ablate(planted_run, lm=make_lm("llama"), corpus=corpus)
    others = ng.Corpus.from_mapping(
        {k: ["x = 1\n"] for k in planted_run.manifest.data["languages"]}
    )
    with pytest.raises(RunError, match="the data are not those of"):
        ablate(planted_run, lm=lm, corpus=others)
    bare = tmp_path / "bare"
    shutil.copytree(planted_run.path, bare)
    (bare / "tensors" / "activity.safetensors").unlink()
    with pytest.raises(RunError, match="holds no activity to choose neurons by"):
        ablate(bare, lm=lm, corpus=corpus)
    with pytest.raises(RunError):
        ablate(tmp_path / "nowhere", lm=lm, corpus=corpus)
