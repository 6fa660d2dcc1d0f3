"""The step `contributions`: given and written halves read alike, down to the tables."""

import json

import numpy as np
import pytest

from neuroglot.measure.completions import completions
from neuroglot.measure.contributions import sublayer_contributions
from neuroglot.runs.writing import open_for_writing
from neuroglot.studies.contributions import STEP, halves_of, write_contributions, written_halves
from neuroglot.studies.parameters import GuidedParameters
from neuroglot.text.parallel import ParallelCorpus
from neuroglot.text.prompts import PromptTokens

LANGUAGES = ("java", "python")
ASKED = GuidedParameters(profile="quick", batch_tokens=2_048)


def corpus(n=6, **texts):
    rows = [
        {"id": f"p{k}", "problem": f"problem {k // 2}"}
        | {
            "python": f"def f{k}(x):\n    y = x + {k}\n    return y\n",
            "java": f"int f{k}(int x) {{\n    return x + {k};\n}}\n",
        }
        for k in range(n)
    ]
    rows[0] |= texts
    return ParallelCorpus.from_rows(rows, source="hand")


def write(lm, items, folder, parameters=ASKED):
    told = []

    def watch(step, done, total, unit, detail):
        told.append((step, detail, done <= total))

    with open_for_writing(
        folder,
        study="neuron-guided",
        command="",
        parameters={},
        seed=0,
        model={},
        data={},
        steps=[STEP],
    ) as writer:
        with writer.step(STEP):
            write_contributions(writer, lm, items, parameters, watch)
        return writer.finish(), told


@pytest.fixture(scope="module")
def made(make_lm, tmp_path_factory):
    lm = make_lm("llama")
    run, told = write(lm, corpus(), tmp_path_factory.mktemp("contributions") / "run")
    return lm, run, told


def test_every_layer_part_and_mode_of_each_language_has_a_row(made):
    _, run, told = made
    rows = run.table("contributions").to_pylist()
    assert {(row["language"], row["layer"], row["part"], row["mode"]) for row in rows} == {
        (language, layer, part, mode)
        for language in LANGUAGES
        for layer in range(3)
        for part in ("attention", "mlp")
        for mode in ("teacher", "generated")
    }
    assert all(row["low"] <= row["value"] <= row["high"] for row in rows)
    assert {(row["n"], row["unit"]) for row in rows} == {(3, "task")}
    units = run.table("written_units").to_pylist()
    assert len(units) == len(LANGUAGES) * 3 * 3
    assert {detail for _, detail, _ in told} >= {"written", "teacher", "generated"}
    assert all(step == STEP and fits for step, _, fits in told)


@pytest.mark.parametrize("mode", ["teacher", "generated"])
def test_the_table_is_what_the_kept_tokens_give(made, mode):
    """From the tensors alone, the texts can be read again and come to the table's values."""
    lm, run, _ = made
    kept = run.tensors(f"contributions.{mode}")
    languages = json.loads(run.tensor_metadata(f"contributions.{mode}")["languages"])
    starts = np.cumsum(kept["length"]) - kept["length"]
    again = np.zeros((len(LANGUAGES), 3))
    tokens = np.zeros(len(LANGUAGES))
    for start, length, first, language in zip(
        starts, kept["length"], kept["first"], languages, strict=True
    ):
        row = PromptTokens(kept["ids"][start : start + length], int(first))
        found = sublayer_contributions(lm, [row])
        again[LANGUAGES.index(language)] += found.mlp[0]
        tokens[LANGUAGES.index(language)] += found.tokens[0]
    rows = [
        row
        for row in run.table("contributions").to_pylist()
        if row["mode"] == mode and row["part"] == "mlp"
    ]
    for row in rows:
        at = LANGUAGES.index(row["language"])
        assert row["value"] == pytest.approx(again[at, row["layer"]] / tokens[at], abs=1e-4)


def test_the_model_writes_as_much_as_was_given(made):
    lm, run, _ = made
    halves = halves_of(lm, corpus(), most=8)
    own = written_halves(lm, halves, batch_tokens=2_048, on_progress=None)
    for prompt, given, wrote in zip(halves.prompts, halves.given, own, strict=True):
        assert len(given.ids) - given.first <= 8
        assert len(wrote.ids) - wrote.first <= len(given.ids) - given.first
        (alone,) = completions(lm, [prompt.question], max_new_tokens=8)
        n = len(wrote.ids) - wrote.first
        assert wrote.ids[wrote.first :].tolist() == list(alone.ids[:n])
        assert prompt.text == prompt.question + prompt.answer
        shown = lm.tokenizer.decode(wrote.ids[1 : wrote.first].tolist())
        assert shown == prompt.question
    one, other = (run.tensors(f"contributions.{mode}") for mode in ("teacher", "generated"))
    assert (other["tokens"] <= one["tokens"]).all()
    assert one["tokens"].min() > 0


def test_what_cannot_be_gone_on_with_is_left_out_and_said(make_lm, tmp_path):
    lm = make_lm("llama")
    items = corpus(python="word", java="a b\n" * 300)
    halves = halves_of(lm, items, most=48)
    assert halves.left_out == 2
    assert len(halves.prompts) == 10
    run, _ = write(lm, items, tmp_path / "run")
    assert any("2 texts are one word or too long" in note for note in run.manifest.notes)
    nothing = ParallelCorpus.from_rows(
        [{"id": "a", "python": "word", "java": "other"}], source="hand"
    )
    run, _ = write(lm, nothing, tmp_path / "nothing")
    assert run.tables == ()


def test_a_model_that_writes_nothing_has_given_text_alone(make_lm, tmp_path, monkeypatch):
    lm = make_lm("llama")
    monkeypatch.setattr(
        lm.hf.generation_config, "eos_token_id", list(range(lm.vocabulary)), raising=False
    )
    run, _ = write(lm, corpus(), tmp_path / "run")
    rows = run.table("contributions").to_pylist()
    assert all((row["value"] is None) == (row["mode"] == "generated") for row in rows)
    assert not run.has("written_units")
    assert any("the model wrote nothing" in note for note in run.manifest.notes)


def test_the_profiles_say_how_much_is_read():
    assert (ASKED.written_items, ASKED.written_tokens) == (15, 48)
    full = GuidedParameters()
    assert (full.written_items, full.written_tokens) == (100, 128)
