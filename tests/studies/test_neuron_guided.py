"""The study `neuron-guided` end to end on a small random model: tables, claims, halves."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from neuroglot.base.errors import NeuroglotError, OtherRunError
from neuroglot.programs.clone_pairs import program_clones
from neuroglot.programs.generation import generate
from neuroglot.programs.tables import write_rows
from neuroglot.runs.directory import open_run
from neuroglot.sandbox.outcomes import Outcome
from neuroglot.stats.pls import PLS
from neuroglot.studies import (
    clone_detection,
    sample_scoring,
    sampled_sets,
    summaries,
    unit_passes,
)
from neuroglot.studies.guided_steps import CARDS_EACH, reading_of
from neuroglot.studies.matched_texts import matched
from neuroglot.studies.neuron_guided_study import neuron_guided
from neuroglot.studies.parameters import GuidedParameters
from neuroglot.studies.passing import add_passes
from neuroglot.studies.pls_sets import HALVES, half_of, half_variants
from neuroglot.studies.sampled_sets import scored_halves
from neuroglot.studies.sampling import Settings
from neuroglot.studies.unit_ablation import half_sets, kept
from neuroglot.text.parallel import ParallelCorpus
from neuroglot.text.summary_pairs import SummaryPair, SummaryPairs

LANGUAGES = ("python", "java")
WORDS = ("total", "count", "place", "limit", "value", "width")


def corpus(n=24):
    """Short functions in two languages, four of each of six problems."""
    rows = []
    for number in range(n):
        name = f"{WORDS[number % 6]}{number}"
        python = f"def {name}(x):\n    return x + {number}\n" * 3
        java = f"int {name}(int x) {{\n    return x + {number};\n}}\n" * 3
        rows.append(
            {"id": f"p{number}", "problem": f"problem {number % 12}"}
            | {"python": python, "java": java}
        )
    return ParallelCorpus.from_rows(rows, source="hand")


ASKED = GuidedParameters(
    profile="quick", draws=2, eval_tokens=1_000, batch_tokens=2_048, clones=True, summarise=True
)


SHORT = Settings(max_new_tokens=3)


def with_tasks(folder):
    """The parameters, with two programs in each language to be written as well."""
    file = folder / "tasks.jsonl"
    if not file.exists():
        rows = generate(2, languages=LANGUAGES, styles=["procedural"], levels=[1], seed=3)
        with file.open("wb") as opened:
            write_rows(rows, opened, ending=".jsonl")
    return replace(ASKED, tasks=str(file))


def six_programs(languages, *, count, seed):
    return program_clones(languages, count=6, seed=seed)


def few_summaries(parameters):
    def part(name, *languages):
        return tuple(
            SummaryPair(language, f"f({n})", f"Does {n}.", f"{name}{n % 2}", f"{name}{language}{n}")
            for language in languages
            for n in range(3)
        )

    return SummaryPairs(
        sources=part("first", *parameters.sources),
        target=part("train", parameters.target),
        dev=part("dev", parameters.target),
        test=part("test", parameters.target),
        source="hand",
    )


def study(lm, folder, **changes):
    """The study, with a box in which every program passes, few clones and fewer summaries."""

    def run(programs, *, on_progress, **_):
        on_progress(len(programs), len(programs))
        return [Outcome("passed", "run") for _ in programs]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sample_scoring, "run_programs", run)
        for module in (unit_passes, sampled_sets):
            patch.setattr(module, "require_box", lambda: None)
        patch.setattr(unit_passes, "fitting", lambda lm, tasks, settings: SHORT)
        patch.setattr(clone_detection, "program_clones", six_programs)
        patch.setattr(summaries, "pairs_of", few_summaries)
        patch.setattr(summaries, "band_of", lambda run: (1, 1))
        parameters = replace(with_tasks(folder), **changes)
        return neuron_guided(
            lm, corpus(), out=folder / "run", parameters=parameters, command="here"
        )


@pytest.fixture(scope="module")
def made(make_lm, tmp_path_factory):
    lm = make_lm("llama")
    return lm, study(lm, tmp_path_factory.mktemp("guided"))


def test_every_part_is_written_and_every_claim_decided(made):
    _, run = made
    claims = {(row["id"], row["scope"]): row for row in run.table("claims").to_pylist()}
    assert {id for id, _ in claims} == {
        *("B-1", "B-2", "B-3", "B-4", "B-5a", "B-5b"),
        *("B-7", "B-8"),
    }
    # Three random layers, few draws: nothing can be told, and each says why.
    assert {row["verdict"] for row in claims.values()} <= {"cannot tell", "does not hold"}
    assert all(row["reason"] for row in claims.values())
    tables = {"pls", "pls_effects", "ablation", "concept_layers", "concept_band", "parallel"}
    tables |= {"pls_tasks", "pls_scores", "pls_examples", "pls_writes"}
    tables |= {"contributions", "written_units"}
    tables |= {"probe", "clones", "summaries", "summary_items"}
    assert tables <= set(run.tables)
    assert len({row["layer"] for row in run.table("concept_band").to_pylist()}) == 4
    assert set(kept(run, PLS).labels) == set(LANGUAGES)


def test_the_uses_are_of_the_runs_languages_band_and_profile(made):
    _, run = made
    pairs = {(row["language_a"], row["language_b"]) for row in run.table("clones").to_pylist()}
    assert {label for pair in pairs for label in pair} == {"all", *LANGUAGES}
    found = run.table("summaries").to_pylist()
    assert {row["arm"] for row in found} == {"base", "band", "all", "single"}
    assert {row["size"] for row in found} == {0, 3}
    assert {row["seed"] for row in found} == {0, 1, 2}


def test_the_first_units_of_each_language_have_scores_examples_and_what_they_write(made):
    lm, run = made
    rows = [row for row in run.table("pls").to_pylist() if row["language"] != "universal"]
    shown = {unit_of(row) for row in rows if row["rank"] <= CARDS_EACH}
    scores = run.table("pls_scores").to_pylist()
    assert {unit_of(row) for row in scores} == shown
    assert {row["language"] for row in scores} == set(LANGUAGES)
    best = {(unit_of(row), row["language"]): row["score"] for row in scores}
    for row in rows:
        if row["rank"] <= CARDS_EACH:
            own, other = (
                best[unit_of(row), label] for label in (row["language"], row["second_language"])
            )
            assert own == row["score"] and own / other == pytest.approx(row["ratio"])
    examples = run.table("pls_examples").to_pylist()
    assert {unit_of(row) for row in examples} == shown
    assert all(len(row["tokens"]) == len(row["scores"]) for row in examples)
    writes = run.table("pls_writes").to_pylist()
    assert {unit_of(row) for row in writes} == {u for u in shown if u[1] not in ("q", "k", "v")}
    rows_out = lm.output_rows(1)
    for row in writes:
        if (row["layer"], row["projection"], row["rank"]) == (1, "gate", 1):
            assert int(lm.promoted(rows_out[[row["neuron"]]]).argmax()) == row["token_id"]
        if (row["projection"], row["rank"]) == ("down", 1):
            unit = torch.zeros(1, lm.width)
            unit[0, row["neuron"]] = 1
            assert int(lm.promoted(unit).argmax()) == row["token_id"]


def unit_of(row):
    return row["layer"], row["projection"], row["neuron"]


def test_the_same_line_goes_on_and_another_is_refused(made):
    lm, run = made
    before = (run.path / "manifest.json").read_bytes()
    study(lm, run.path.parent)
    assert (run.path / "manifest.json").read_bytes() == before
    with pytest.raises(OtherRunError):
        study(lm, run.path.parent, ratio=2.0)


def test_the_model_wrote_the_tasks_as_it_is_and_without_units(made):
    _, run = made
    rows = run.table("pass_at_k").to_pylist()
    assert {(row["evaluated"], row["arm"], row["value"]) for row in rows} == {
        (label, arm, 1.0) for label in LANGUAGES for arm in ("none", "neurons", "matched")
    }
    assert len(list((run.path / "samples").iterdir())) == 2


def test_tasks_that_are_not_there_are_refused_before_anything_is_read(make_lm, tmp_path):
    asked = replace(ASKED, tasks=str(tmp_path / "nowhere.jsonl"))
    with pytest.raises(NeuroglotError, match="nowhere"):
        neuron_guided(make_lm("llama"), corpus(), out=tmp_path / "run", parameters=asked)
    assert not (tmp_path / "run").exists()


def test_a_half_is_read_without_what_the_other_half_chose(made):
    """Units chosen for a half do not change when the texts of that half do."""
    _, run = made
    sets = half_sets(run, fold=0, draws=1, seed=0)
    halves = [half_of(group.bucket) for group in sets.pls.groups]
    assert set(halves) == set(range(HALVES))
    loud = sets.pls.sum.copy()
    inside = np.array(halves) == 0
    loud[inside] *= np.random.default_rng(0).uniform(0.1, 10, loud[inside].shape)
    changed = replace(sets, pls=replace(sets.pls, sum=loud))
    assert np.array_equal(sets.scores, changed.scores)
    assert not np.array_equal(replace(sets, fold=1).scores, replace(changed, fold=1).scores)


def test_the_run_says_in_which_half_each_task_was_scored(made):
    lm, run = made
    reading = reading_of(lm, corpus())
    known = scored_halves(run)
    assert set(known) == {item.problem for item in corpus().items}
    for row in reading.rows:
        name = reading.documents[row.document].repo
        assert known[name] == half_of(reading.groups[row.group].bucket)


def scored_file(file, suite, *, own, tasks=150):
    """Clean and matched models pass half of the tasks; own sets so large a share."""
    rows = []
    for language in LANGUAGES:
        for arm, share in (("none", 0.5), ("neurons", own), ("matched", 0.5)):
            clean = arm == "none"
            rows += [
                {
                    "task_id": f"{language}/{task}",
                    "suite": suite,
                    "language": language,
                    "selection": "none" if clean else "pls",
                    "ablated": "none" if clean else language,
                    "operation": "none" if clean else "mean",
                    "arm": arm,
                    "draw": 0,
                    "dose": 0.0 if clean else 1.0,
                    "sample": 0,
                    "status": "passed" if task < share * tasks else "wrong",
                }
                for task in range(tasks)
            ]
    file.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return file


def test_samples_that_pass_decide_b2_anew(made, tmp_path):
    _, run = made
    copy = Path(shutil.copytree(run.path, tmp_path / "run"))

    def added(name, **shares):
        add_passes(open_run(copy), scored_file(tmp_path / name, name, **shares), resamples=50)
        now = open_run(copy)
        claims, parts = (now.table(n).to_pylist() for n in ("claims", "claim_parts"))
        (part,) = [row for row in parts if row["id"] == "B-2" and row["name"].startswith("pass@1")]
        return claims, part

    before = run.table("claims").to_pylist()
    claims, part = added("one", own=0.3)
    assert (part["kind"], part["name"]) == ("variant", "pass@1 agrees in sign, one")
    assert part["value"] == pytest.approx(20) and part["passed"] and part["low"] > 0
    for old, new in zip(before, claims, strict=True):
        if old["id"] != "B-2":
            assert new == old
        assert (new["value"], new["low"], new["p"]) == (old["value"], old["low"], old["p"])
    assert not [row for row in claims if "not run" in row["reason"] and row["id"] == "B-2"]
    # A suite below its gates says nothing, one that contradicts counts, whatever comes after.
    assert added("few", own=0.3, tasks=100)[1]["name"].endswith(", one")
    assert added("against", own=0.7)[1]["passed"] is False
    assert added("later", own=0.3)[1]["name"].endswith(", against")
    assert {row["suite"] for row in open_run(copy).table("pass_at_k").to_pylist()} == {
        *("tasks", "one", "few", "against", "later")
    }


def test_sets_and_controls_are_as_large_and_apart(made):
    _, run = made
    sets = replace(half_sets(run, fold=1, draws=3, seed=0), real=dict.fromkeys(LANGUAGES, 4))
    found = half_variants(sets, operations=("mean", "zero"))
    assert {variant.fold for variant in found} == {1}
    for variant in found:
        if variant.arm != "matched":
            continue
        (own,) = [
            v
            for v in found
            if (v.ablated, v.operation, v.selection, v.arm)
            == (variant.ablated, variant.operation, variant.selection, "neurons")
        ]
        mine, other = own.units.places(), variant.units.places()
        assert len(mine) == len(other) and not set(mine) & set(other)
        assert sorted(site for site, *_ in mine) == sorted(site for site, *_ in other)
        if variant.draw and variant.ablated != "universal":
            assert variant.evaluated == (variant.ablated,)
    equal = {
        (v.ablated, v.selection): len(v.units)
        for v in found
        if v.arm == "neurons" and v.selection != "pls"
    }
    for label in LANGUAGES:
        assert len({equal[label, selection] for selection in ("pls_mlp", "pls_equal", "lape")}) == 1


def test_reading_keeps_problems_together_in_every_language(make_lm):
    reading = reading_of(make_lm("llama"), corpus())
    buckets = {}
    for row in reading.rows:
        document = reading.documents[row.document]
        buckets.setdefault(document.repo, set()).add(reading.groups[row.group].bucket)
    assert all(len(own) == 1 for own in buckets.values())


def test_matched_texts_have_equal_counts_in_every_bin():
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1, 2], 200)
    lengths = rng.normal(100 + 30 * labels, 20)
    surprise = rng.normal(2 + 0.3 * labels, 0.5)
    kept_ = matched(labels, lengths, surprise)
    assert len(set(np.bincount(labels[kept_]).tolist())) == 1
    means = [lengths[kept_][labels[kept_] == k].mean() for k in range(3)]
    before = [lengths[labels == k].mean() for k in range(3)]
    assert max(means) - min(means) < 0.25 * (max(before) - min(before))
