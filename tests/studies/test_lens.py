"""The studies over parallel texts: what is asked, what is stored, and runs that go on."""

import re
from types import SimpleNamespace

import numpy as np
import pytest

import neuroglot as ng
from neuroglot.analyses.aligned_claims import Aligned
from neuroglot.base.errors import ConfigError, RunError
from neuroglot.measure.mass import TokenSets, category_mass
from neuroglot.programs.corpus import (
    STYLED,
    program_items,
    program_statements,
    styled_items,
)
from neuroglot.studies.alignment import mexa
from neuroglot.studies.alignment_run import aligned_of
from neuroglot.studies.compare_patterns import ALIGNED, PAIRS, compare_patterns
from neuroglot.studies.lens_directions import reduced
from neuroglot.studies.lens_sets import CLAIMED, PRIMARY, SETS, Vocabulary, direction_sets
from neuroglot.studies.lens_tuning import spare_items, write_tuned_lens
from neuroglot.studies.parallel_study import add_step, lens
from neuroglot.studies.parallel_study import mexa as alignment
from neuroglot.studies.parameters import AlignmentParameters, LensParameters
from neuroglot.text.categories import token_words
from neuroglot.text.keywords import bundled_lists, english_words
from neuroglot.text.parallel import ParallelCorpus
from neuroglot.text.prompts import Prompt

LANGUAGES = ["java", "python", "go"]
FEW = LensParameters(profile="quick", items=4, sampled=2, english=None)


@pytest.fixture(scope="module")
def lm():
    return ng.load("planted")


@pytest.fixture(scope="module")
def statements():
    return program_statements(LANGUAGES, count=20)


@pytest.fixture(scope="module")
def words(tmp_path_factory):
    file = tmp_path_factory.mktemp("english") / "words.txt"
    file.write_text("\n".join(["the", "list", "number", "value", "print", "return", "sum"]))
    return str(file)


@pytest.fixture(scope="module")
def vocabulary(lm, words):
    frequency = np.arange(lm.vocabulary) % 50
    english = english_words(words)
    return Vocabulary.of(bundled_lists(), english, lm.tokenizer, frequency, size=lm.vocabulary)


def test_columns_hold_the_words_they_are_named_after(lm, vocabulary):
    sets = direction_sets(vocabulary, "python", "java", seed=0)
    words = token_words(lm.tokenizer)
    lists = bundled_lists()
    known = {id: lists[id].words for id in vocabulary.languages}
    names = [each.category for each in sets.columns]
    at = {names[n]: n for n in sets.primary}
    third = set().union(*(known[id] for id in known if id not in ("python", "java")))
    ends = known["python"] | known["java"]
    for id, word in words.items():
        assert (sets.weights[id, at["source keywords"]] == 1) == (word in known["python"])
        assert (sets.weights[id, at["target keywords"]] == 1) == (word in known["java"])
        assert (sets.weights[id, at["third languages"]] == 1) == (word in third - ends)
        holders = sum(word in own for own in known.values())
        share = 1 / holders if word in known["python"] else 0
        assert sets.weights[id, at["python"]] == pytest.approx(share)
    assert not sets.weights[sorted(lm.tokenizer.special_ids)].any()


def test_random_sets_are_as_heavy_and_outside(vocabulary):
    sets = direction_sets(vocabulary, "python", "java", seed=0)
    names = [each.category for each in sets.columns]
    for place, name in enumerate(CLAIMED):
        column = next(n for n in sets.primary if names[n] == name)
        own = sets.weights[:, column]
        drawn = sets.random[:, place * SETS : (place + 1) * SETS]
        np.testing.assert_allclose(drawn.sum(axis=0), own.sum())
        assert not drawn[own > 0].any()
        assert not sets.named[:, place][~vocabulary.names].any()
    np.testing.assert_allclose(sets.expected.sum(axis=0), sets.weights[:, sets.primary].sum(axis=0))


def test_a_language_without_a_list_is_refused(vocabulary):
    with pytest.raises(ConfigError, match="english has no keyword list"):
        direction_sets(vocabulary, "english", "java", seed=0)


def test_reduced_is_the_mean_over_a_problems_items(lm, vocabulary):
    sets = direction_sets(vocabulary, "python", "java", seed=0)
    texts = ("Python: x = 1 - Java: int x = 1;", "Python: y - Java: y", "a - b")
    prompts = [Prompt(text, text.rindex(" ") + 1) for text in texts]
    _, members = vocabulary.members
    asked = TokenSets(sets.whole, vocabulary.forms, members, frequency=vocabulary.frequency)
    masses = category_mass(lm, prompts, asked)
    problem, identical = np.array([5, 5, 7]), np.array([False, False, True])
    found = reduced(
        masses,
        sets,
        problem,
        identical,
        half=np.array([0, 0, 1]),
        keywords=members.any(axis=1),
    )
    assert found.problem.tolist() == [5, 7]
    assert found.count.tolist() == [2, 1]
    assert found.items.tolist() == [[2, 1]]
    primary = masses.mass[:2][..., sets.primary].mean(axis=0)
    np.testing.assert_allclose(found.mass[0], primary, rtol=1e-5)
    np.testing.assert_allclose(found.ten[0, 1], masses.top[2], rtol=1e-5)
    first = sets.weights.shape[1] + sets.expected.shape[1] + sets.named.shape[1]
    np.testing.assert_allclose(
        found.random[0, 0, :, 0, 3], masses.mass[:2, :, 2, first + 3].mean(axis=0), rtol=1e-5
    )


def results(run):
    files = [*(run.path / "tables").iterdir(), *(run.path / "tensors").iterdir()]
    return {file.name: file.read_bytes() for file in files}


def test_a_stopped_lens_goes_on_with_the_next_direction(lm, statements, words, tmp_path):
    asked = LensParameters(profile="quick", items=3, sampled=2, english=words)
    seen = []

    def stop(step, done, total, unit, detail):
        seen.append((step, detail))
        if len(seen) == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        lens(lm, statements, out=tmp_path / "run", parameters=asked, watch=stop)
    again = []
    run = lens(
        lm,
        statements,
        out=tmp_path / "run",
        parameters=asked,
        watch=lambda step, *rest: again.append((step, rest[-1])),
    )
    assert not {pair for pair in seen[:3] if pair[1]} & {pair for pair in again if pair[1]}
    whole = lens(lm, statements, out=tmp_path / "whole", parameters=asked)
    assert results(run) == results(whole)
    claims = {row["id"] for row in run.table("claims").to_pylist()}
    assert claims == {"A-6", "A-7", "A-8"}
    curves = run.table("lens_curves")
    directions = {(row["source"], row["target"]) for row in curves.to_pylist()}
    assert len(directions) == 6 + 1 + 6, "each, all, and a language with all others"
    samples = run.table("lens").to_pylist()
    assert {row["layer"] for row in samples} == set(range(-1, lm.n_layers))
    prompts = run.table("lens_prompts").to_pylist()
    where = ("source", "target", "item")
    first = [row for row in prompts if all(row[name] == prompts[0][name] for name in where)]
    text = "".join(row["token"] for row in first if row["is_target"])
    item = next(item for item in statements.items if item.id == prompts[0]["item"])
    assert text.strip() == item[prompts[0]["target"]].strip()


def test_a_tuned_lens_stands_beside_and_no_claim_rests_on_it(lm, statements, words, tmp_path):
    asked = {"profile": "quick", "items": 2, "sampled": 1, "english": words}
    pair = statements.only(["java", "python"])
    plain = lens(lm, pair, out=tmp_path / "plain", parameters=LensParameters(**asked))
    wanted = LensParameters(**asked, tuned=300)

    def stop(step, done, total, unit, detail):
        if step == "lens tuned" and done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        lens(lm, pair, out=tmp_path / "run", parameters=wanted, watch=stop)
    again = []
    run = lens(
        lm,
        pair,
        out=tmp_path / "run",
        parameters=wanted,
        watch=lambda step, *rest: again.append((step, rest[-1])),
    )
    assert "tuned lens" not in {step for step, _ in again}, "it had been trained"
    assert [detail for step, detail in again if step == "lens tuned"] == ["python to java", ""]
    for name in ("claims", "claim_parts", "lens_depths", "lens"):
        assert run.table(name).equals(plain.table(name)), name
    rows = run.table("lens_curves").to_pylist()
    assert [row for row in rows if row["lens"] == "plain"] == plain.table("lens_curves").to_pylist()
    where = {"source": "all", "target": "all", "measure": "divergence", "identical": "kept"}
    far = {
        name: [
            row["value"]
            for row in rows
            if row["lens"] == name and all(row[key] == value for key, value in where.items())
        ]
        for name in ("plain", "tuned")
    }
    assert far["tuned"][-1] == far["plain"][-1]
    assert not np.isclose(far["tuned"][:-1], far["plain"][:-1]).any()
    depths, compared = (run.table(name).to_pylist() for name in ("lens_depths", "tuned_depths"))
    assert [row["plain"] for row in compared] == [row["layer"] for row in depths]
    through = ng.TunedLens.load(run.path / "tensors" / "tuned_lens.safetensors", lm)
    assert through.weight.abs().sum() > 0
    notes = "\n".join(run.manifest.notes)
    assert "trained for 300 tokens on" in notes
    assert re.search(r"not asked for, to \d+ other problems\n", notes)
    nearer = sum(t < p for t, p in zip(far["tuned"], far["plain"], strict=True))
    assert f"and nearer at {nearer} of {lm.n_layers} levels" in notes


def test_a_tuned_lens_needs_items_that_are_not_asked_for(lm):
    rows = [{"id": f"{n}", "python": f"x = {n}", "java": f"int x = {n};"} for n in range(4)]
    corpus, notes = ParallelCorpus.from_rows(rows), []
    asked = SimpleNamespace(
        corpus=corpus,
        items={("python", "java"): corpus.items},
        parameters=LensParameters(tuned=50),
    )
    writer = SimpleNamespace(note=notes.append)
    assert write_tuned_lens(writer, lm, asked, plain=None, depths=[], watch=None) == {}
    assert "has no item that is not asked for" in notes[0]


def test_what_is_asked_for_is_not_trained_on():
    rows = [
        {"id": "a", "problem": "1", "python": "x = 1", "java": "int x = 1;"},
        {"id": "b", "problem": "1", "python": "y = 1", "java": "int y = 1;"},
        {"id": "c", "problem": "2", "python": " x = 1\n", "java": "int z = 1;"},
        {"id": "d", "problem": "3", "python": "z = 3", "java": "int z = 3;"},
    ]
    corpus = ParallelCorpus.from_rows(rows)

    def spare(*asked):
        used = [item for item in corpus.items if item.id in asked]
        items = {("python", "java"): used[:1], ("java", "python"): used[1:]}
        return [item.id for item in spare_items(SimpleNamespace(corpus=corpus, items=items))]

    assert spare("a") == ["d"], "another problem, and no text that is asked for"
    assert spare("a", "d") == ["b"], "the same problem where there is no other"
    assert spare("a", "b", "d") == []


def test_alignment_is_stored_as_it_was_measured(lm, tmp_path):
    corpus = program_items(["java", "python"], count=12)
    run = alignment(
        lm, corpus, out=tmp_path / "run", parameters=AlignmentParameters(profile="quick")
    )
    measured = mexa(lm, corpus)
    stored: Aligned = aligned_of(run)
    assert stored.languages == measured.languages
    assert stored.levels == measured.levels
    assert set(stored.hits) == set(measured.hits)
    for name, hits in measured.hits.items():
        assert np.array_equal(stored.hits[name], hits), name
    rows = run.table("mexa").to_pylist()
    assert {row["language"] for row in rows} == {"java", "python", "english"}
    assert run.table("parallel").num_rows == 1
    (pair,) = run.table("surface").to_pylist()
    assert (pair["a"], pair["b"]) == ("java", "python")
    assert 0 < pair["token_overlap"] < 1
    assert pair["explained"] is None


def test_a_step_of_another_model_is_refused(lm, make_lm, tmp_path):
    corpus = program_items(["java", "python"], count=6)
    run = alignment(
        lm, corpus, out=tmp_path / "run", parameters=AlignmentParameters(profile="quick")
    )
    with pytest.raises(RunError, match="not the one of"):
        add_step(run, "mexa", lm=make_lm("llama"), corpus=corpus, parameters=AlignmentParameters())


def test_one_language_cannot_be_translated(lm, tmp_path):
    one = ParallelCorpus.from_rows([{"id": "1", "python": "a"}])
    with pytest.raises(ConfigError, match="translation needs two"):
        lens(lm, one, out=tmp_path / "run", parameters=FEW)


def test_readings_share_their_names(vocabulary):
    for found, weights in vocabulary.readings.values():
        assert weights.shape[1] == len(found.names)
    assert vocabulary.readings[PRIMARY][0].names[-2:] == ("english", "english only")


def test_the_question_of_paradigm_is_a_step_beside(lm, tmp_path):
    run = alignment(
        lm,
        program_items(["java", "csharp"], count=6),
        out=tmp_path / "run",
        parameters=AlignmentParameters(profile="quick"),
    )
    styled = styled_items(count=12)
    assert all(item[STYLED[0]] != item[STYLED[1]] for item in styled.items)
    asked = AlignmentParameters(profile="quick")
    run = add_step(run, "paradigm", lm=lm, corpus=styled, parameters=asked)
    claims = [row for row in run.table("claims").to_pylist() if row["id"] == "O-2"]
    assert [claim["scope"] for claim in claims] == ["overall", "alignment", "generation"]
    assert {claim["unit"] for claim in claims} == {"algorithm"}
    arms = {row["name"] for row in run.table("claim_parts").to_pylist() if row["kind"] == "arm"}
    assert {"tokens, object-oriented Java", "brackets, procedural Java"} <= arms
    assert "classes after procedural examples" in arms
    again = add_step(run, "paradigm", lm=lm, corpus=styled, parameters=asked)
    assert again.table("claims").equals(run.table("claims"))


def test_patterns_of_two_runs_of_one_model(lm, make_lm, tmp_path):
    asked = AlignmentParameters(profile="quick")
    languages = ["java", "python", "go", "csharp", "rust"]
    runs = [
        alignment(
            lm,
            program_items(languages, count=8, seed=seed),
            out=tmp_path / f"{seed}",
            parameters=asked,
        )
        for seed in (1, 2)
    ]
    found = compare_patterns(*runs)
    assert set(found.languages) == set(languages)
    assert [claim["scope"] for claim in found.claims] == ["overall", ALIGNED, PAIRS]
    same = compare_patterns(runs[0], runs[0])
    assert same.claims[2]["value"] == pytest.approx(1)
    other = alignment(
        make_lm("llama"),
        ParallelCorpus.from_rows(
            {"id": f"{n}", "problem": f"{n}", "python": f"a{n}", "java": f"b{n}"} for n in range(4)
        ),
        out=tmp_path / "other",
        parameters=asked,
    )
    with pytest.raises(RunError, match="two models"):
        compare_patterns(runs[0], other)
