"""A small reference model made and judged: resumed exactly, asked nothing that it has read."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from neuroglot.base.errors import ConfigError, OtherRunError
from neuroglot.lm.loading import load
from neuroglot.programs.catalogue import ALGORITHMS, split_of
from neuroglot.programs.writing import STYLES
from neuroglot.studies.reference import TRANSLATED, brackets, held_out, summaries, translations
from neuroglot.studies.reference_card import card_text, made_card
from neuroglot.studies.reference_items import (
    direction_asked,
    functions_asked,
    statements,
    summaries_asked,
    training_of,
    unseen,
    written,
)
from neuroglot.text.corpus import Corpus
from neuroglot.text.document import Document
from neuroglot.train.mixture import with_english
from neuroglot.train.reference import (
    TWINS,
    Recipe,
    recipe_after,
    recipe_of,
    tokens_in,
    train_reference,
)
from neuroglot.train.training import Plan

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("reference")]
SMALL = Recipe(
    tokens=30_000,
    shape="tiny",
    vocabulary=1_024,
    length=256,
    plan=Plan(rows_per_step=13, rows_at_a_time=13),
)
CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def corpus():
    """A few lines in every language, in repositories of both splits."""
    return Corpus.from_documents(
        [
            Document(
                f"{language} line {number}: total = count({number})\n" * 12,
                language,
                repo=f"{language}-{number % 3}",
                split="held_out" if number % 3 == 2 else "train",
                licence="MIT",
            )
            for language in (*STYLES, "english")
            for number in range(6)
        ],
        deduplicate=False,
    )


@pytest.fixture(scope="module")
def made(corpus, tmp_path_factory):
    """A folder with a training that was stopped twice."""
    folder = tmp_path_factory.mktemp("made")
    for last in (3, 5, None):
        train_reference(SMALL, corpus.training(), folder=folder, device=CPU, last=last)
    return folder


@pytest.fixture(scope="module")
def lm(made):
    return load(made / "model", dtype="float32")


@pytest.fixture(scope="module")
def training(made):
    return training_of(made)


@pytest.fixture(scope="module")
def programs(training):
    return unseen(12, training, split="train", levels=[1, 2])


def test_stopped_or_not_the_weights_are_the_same_bits(made, corpus, tmp_path):
    train_reference(SMALL, corpus.training(), folder=tmp_path, device=CPU)
    once, stopped = (load_file(f / "model" / "model.safetensors") for f in (tmp_path, made))
    assert once.keys() == stopped.keys()
    assert all(torch.equal(once[name], stopped[name]) for name in once)
    assert (tmp_path / "steps.jsonl").read_bytes() == (made / "steps.jsonl").read_bytes()


def test_another_recipe_is_refused(made, corpus):
    with pytest.raises(OtherRunError, match="holds another training"):
        train_reference(replace(SMALL, seed=1), corpus.training(), folder=made, device=CPU)


@pytest.fixture(scope="module")
def gone_on(made, corpus, tmp_path_factory):
    """A second training after the first, of six steps."""
    folder = tmp_path_factory.mktemp("gone_on")
    recipe = replace(recipe_after(made, tokens=20_000, seed=5), length=256, plan=SMALL.plan)
    train_reference(recipe, corpus.training(), folder=folder, device=CPU, before=made)
    return folder


def test_a_second_training_goes_on_from_the_weights_and_tokens_of_the_first(made, gone_on):
    first, second = (
        [json.loads(line)["loss"] for line in (folder / "steps.jsonl").read_text().splitlines()]
        for folder in (made, gone_on)
    )
    assert second[0] < first[0] - 1
    read, again = (folder / "tokenizer" / "tokenizer.json" for folder in (made, gone_on))
    assert read.read_bytes() == again.read_bytes()


def test_what_both_trainings_read_is_not_asked(made, gone_on):
    before, both = training_of(made), training_of(gone_on)
    assert before.programs < both.programs
    rows = np.load(made / "rows.npy")
    assert all(both.text.share(row[:40]) == 1 for row in rows[:5])
    assert both.text.whole(np.load(gone_on / "rows.npy")[0, 3:30])
    record = json.loads((gone_on / "made_of.json").read_text())
    assert record["before"]["name"] == json.loads((made / "made_of.json").read_text())["name"]
    assert record["recipe"]["after"] == record["before"]["name"]


def test_the_card_names_both_trainings(made, gone_on):
    text = card_text(made_card(gone_on))
    first, second = (text.index(f"--seed {seed}`") for seed in (SMALL.seed, 5))
    assert first < text.index("--after first") < second
    assert text.count("| real code |") == 2
    assert f"{made_card(made)['loss']:.3f} nats" in text


def test_a_second_training_needs_a_finished_first_and_other_texts(made, tmp_path):
    with pytest.raises(ConfigError, match="give the folder"):
        recipe_after(tmp_path, tokens=40_000, seed=5)
    (tmp_path / "made_of.json").write_bytes((made / "made_of.json").read_bytes())
    with pytest.raises(ConfigError, match="is not finished"):
        recipe_after(tmp_path, tokens=40_000, seed=5)
    with pytest.raises(ConfigError, match="give another --seed"):
        recipe_after(made, tokens=40_000, seed=SMALL.seed)


def test_the_record_says_what_was_read(made, corpus):
    record = json.loads((made / "made_of.json").read_text())
    assert record["repositories"] == sorted({d.repo for d in corpus.training().documents})
    assert record["licences"] == {"MIT": len(corpus.training().documents)}
    rows = np.load(made / "rows.npy")
    assert sum(group["tokens"] for group in record["groups"]) == rows.size
    assert {group["kind"] for group in record["groups"]} == set(SMALL.shares)
    ruby = [g for g in record["groups"] if g["language"] == "ruby" and g["kind"] == "function"]
    java = [g for g in record["groups"] if g["language"] == "java" and g["kind"] == "function"]
    assert ruby[0]["tokens"] < java[0]["tokens"] / 2


def test_no_item_that_is_evaluated_stands_in_the_training(training, programs):
    strange = unseen(6, training, split="held_out", levels=[1, 2])
    assert all(each.algorithm.name in held_out_names() for each in strange)
    corpus = statements(programs, TRANSLATED)
    texts = []
    for language in STYLES:
        rows = written([*programs, *strange], language)
        texts += [prompt.text for _, prompt in functions_asked(rows, training)]
        texts += [prompt.text for prompt in summaries_asked(rows, training)]
    for source, target in (("python", "java"), ("c", "cpp"), ("php", "javascript")):
        texts += direction_asked(corpus, source, target, training, most=30).alone
    assert len(texts) > 300
    assert not [text for text in texts if training.holds(text)]
    assert 0 < training.shared(texts) < 1


def held_out_names():
    return {each.name for each in ALGORITHMS if split_of(each) == "held_out"}


def test_what_was_read_is_known_as_read(training):
    piece = training.text.rows[3, 20:60]
    assert training.text.whole(piece)
    assert training.text.share(piece) == 1


def test_results_have_the_items_they_say(lm, corpus, training, programs):
    found = brackets(lm, training)
    assert {r.part for r in found if r.task == "brackets"} >= {"templates, 1 missing"}
    assert all(r.items == 150 for r in found if r.part.startswith("published"))
    found += held_out(lm, corpus.held_out(), training)
    by_task = {r.task: r.value for r in found if r.part == "python"}
    assert 0 < by_task["nats per token"] < np.log(1_024) + 1
    assert by_task["nats per token, pairs"] > 0
    found += translations(lm, programs, training)
    exact = [r for r in found if r.task == "translations, exact"]
    assert len(exact) == 42
    assert all(0 <= r.low <= r.value <= r.high <= 1 for r in exact if r.items)


def test_summaries_are_scored_in_every_language(lm, training, programs):
    found = [r for r in summaries(lm, programs[:4], training) if r.task == "summaries"]
    assert [r.part for r in found] == list(STYLES)
    assert all(0 <= r.value <= 100 for r in found)


def test_the_card_says_how_it_was_made(made):
    card = made_card(made)
    text = card_text(card)
    assert "Not evaluated yet" in text
    assert f"{card['programs']:,} different programs" in text
    assert "recursion" in text
    assert card["steps"] == len((made / "steps.jsonl").read_text().splitlines())
    results = [
        {"task": "brackets", "part": "1 missing", "items": 9, "value": 0.5, "low": 0.2, "high": 0.8}
    ]
    shown = card_text({**card, "results": results})
    assert "| 1 missing | 9 | 0.500 | 0.200 to 0.800 |" in shown
    assert "| brackets, 1 missing, unseen templates | 0.95 | not measured | |" in shown
    judged = [
        {"task": "brackets", "part": "templates, 1 missing", "items": 9, "value": 0.97},
        {"task": "summaries", "part": "java", "items": 9, "value": 12.0},
    ]
    shown = card_text({**card, "results": [{**row, "low": 0, "high": 1} for row in judged]})
    assert "| brackets, 1 missing, unseen templates | 0.95 | 0.97 | yes |" in shown
    assert "| BLEU-4 of summaries, java | 20 | 12 | no |" in shown


def test_a_folder_without_a_training_is_named(tmp_path):
    with pytest.raises(ConfigError, match="holds no finished training"):
        made_card(tmp_path)
    with pytest.raises(ConfigError, match="give the folder that"):
        training_of(tmp_path)


@pytest.mark.parametrize("twin", TWINS)
def test_a_twin_differs_in_one_ingredient(twin, corpus, tmp_path):
    recipe = replace(
        recipe_of(twin, tokens=60_000), vocabulary=1_024, length=256, shape="tiny", plan=SMALL.plan
    )
    train_reference(recipe, corpus.training(), folder=tmp_path, device=CPU, last=0)
    record = json.loads((tmp_path / "made_of.json").read_text())
    tokens = dict.fromkeys(SMALL.shares, 0)
    for group in record["groups"]:
        tokens[group["kind"]] += group["tokens"]
    english = tokens["english"] / sum(tokens.values())
    if twin == "no-parallel":
        assert tokens["translation"] == 0
    else:
        # Texts are taken whole, which moves the shares of so few tokens by several points.
        least, most = {"english-50": (0.4, 0.6), "english-3": (0.01, 0.06)}[twin]
        assert least < english < most


def test_other_shares_keep_their_proportions():
    shares = with_english(0.5)
    assert sum(shares.values()) == pytest.approx(1)
    assert shares["code"] / shares["brackets"] == pytest.approx(
        SMALL.shares["code"] / SMALL.shares["brackets"]
    )


def test_an_unknown_twin_or_shape_is_named():
    with pytest.raises(ConfigError, match="no twin 'evil': known are no-parallel"):
        recipe_of("evil", tokens=60_000)
    with pytest.raises(ConfigError, match="no shape 'huge': known are tiny"):
        Recipe(tokens=60_000, shape="huge")


def test_minutes_become_whole_steps(monkeypatch):
    from neuroglot.train import reference

    ticks = iter(range(1_000))
    monkeypatch.setattr(reference.time, "monotonic", lambda: 3.0 * next(ticks))
    monkeypatch.setattr(reference, "gradients", lambda *_: 0.0)
    monkeypatch.setattr(reference.optimisation, "step", lambda *_, done: None)
    per_step = SMALL.plan.rows_per_step * SMALL.length
    assert tokens_in(2, SMALL, CPU) == 40 * per_step
