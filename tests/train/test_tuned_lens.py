"""The tuned lens: what it starts as, what it learns, what it leaves alone, and its files."""

import numpy as np
import pytest
import torch

import neuroglot as ng
from neuroglot.base.errors import ConfigError
from neuroglot.measure.lens import EMBED, asked_rows, states_before
from neuroglot.measure.mass import TokenSets, category_mass
from neuroglot.runs.tensors import write_tensors
from neuroglot.text.prompts import Prompt

TEXTS = [f"def f{n}(a, b):\n    return a + {n} * b\n" for n in range(12)]
UNREAD = ["while (i < 10) { i++; } // more", "class A { int x = 7; }"]
PROMPTS = [
    Prompt("C: int x = 7; - Python: x = 7", 24),
    Prompt("Go: a := f(b) - Ruby: a = f(b)", 22),
]


@pytest.fixture(scope="module")
def lm(make_lm):
    return make_lm("llama")


def random_lens(lm):
    draw = torch.Generator().manual_seed(3)
    size = (lm.n_layers, lm.width, lm.width)
    return ng.TunedLens(
        lm.fingerprint,
        0.1 * torch.randn(size, generator=draw),
        torch.randn(size[:2], generator=draw),
    )


def divergences(lm, texts, through=None):
    """Mean KL of the model's own distribution from each level's, over all places of texts."""
    rows = asked_rows(lm, texts)
    levels = range(EMBED, lm.n_layers)
    ids, places = [row.ids for row in rows], [row.places for row in rows]
    with torch.no_grad():
        states = states_before(lm, ids, places, levels, through)
        logs = lm.unembed(states).double().log_softmax(-1)
    own = logs[:, -1:]
    return (own.exp() * (own - logs)).sum(-1).mean(0).numpy()


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_the_identity_is_the_plain_lens(make_lm, dtype):
    lm = make_lm("gpt2", dtype=dtype)
    through = ng.TunedLens.identity(lm)
    for plain, same in zip(
        ng.logit_lens(lm, TEXTS[:2]), ng.logit_lens(lm, TEXTS[:2], through=through), strict=True
    ):
        assert np.array_equal(plain.top_ids, same.top_ids)
        assert np.array_equal(plain.top_probability, same.top_probability)
        assert np.array_equal(plain.target_probability, same.target_probability)


def test_the_last_level_stays_the_model_s_own(lm):
    through = random_lens(lm)
    plain, other = (ng.logit_lens(lm, TEXTS[:1], through=each)[0] for each in (None, through))
    assert np.array_equal(plain.top_probability[:, -1], other.top_probability[:, -1])
    assert not np.isclose(plain.target_probability[:, :-1], other.target_probability[:, :-1]).all()
    some = ng.logit_lens(lm, TEXTS[:1], through=through, layers=[1])[0]
    np.testing.assert_allclose(some.entropy[:, 0], other.entropy[:, 2], rtol=1e-5)


def test_training_comes_nearer_on_unread_text_and_the_model_stays(make_lm):
    lm = make_lm("gemma2")
    before = {name: tensor.clone() for name, tensor in lm.hf.state_dict().items()}
    done = []
    tuned = ng.train_tuned_lens(
        lm, TEXTS, tokens=3_000, on_progress=lambda *progress: done.append(progress)
    )
    assert done[-1] == (3_000, 3_000)
    for name, tensor in lm.hf.state_dict().items():
        assert torch.equal(tensor, before[name]), name
    assert all(parameter.grad is None for parameter in lm.hf.parameters())
    plain, through = divergences(lm, UNREAD), divergences(lm, UNREAD, tuned)
    assert (through[:-1] < 0.9 * plain[:-1]).any()
    assert divergences(lm, TEXTS, tuned)[:-1].mean() < 0.7 * divergences(lm, TEXTS)[:-1].mean()


def test_the_same_seed_gives_the_same_bits(lm):
    first, again, other = (
        ng.train_tuned_lens(lm, TEXTS, tokens=400, seed=seed) for seed in (1, 1, 2)
    )
    assert torch.equal(first.weight, again.weight)
    assert torch.equal(first.bias, again.bias)
    assert not torch.equal(first.weight, other.weight)


def test_only_the_answers_of_prompts_are_learned_from(lm, monkeypatch):
    seen = []
    monkeypatch.setattr(
        "neuroglot.train.tuned_lens._add_gradients", lambda lm, stack, _: seen.append(len(stack))
    )
    monkeypatch.setattr("neuroglot.train.tuned_lens._Learner.move", lambda *_: None)
    answers = sum(len(row.places) for row in asked_rows(lm, PROMPTS))
    ng.train_tuned_lens(lm, PROMPTS, tokens=answers)
    assert sum(seen) == answers == len("x = 7") + len("a = f(b)")


def test_written_and_read(lm, make_lm, tmp_path):
    tuned = random_lens(lm)
    file = tmp_path / "lens.safetensors"
    tuned.save(file)
    again = ng.TunedLens.load(file, lm)
    assert again.fingerprint == lm.fingerprint
    assert torch.equal(again.weight, tuned.weight)
    assert torch.equal(again.bias, tuned.bias)
    with pytest.raises(ConfigError, match=r"is of another model \(.{12}\) than gpt2"):
        ng.TunedLens.load(file, make_lm("gpt2"))
    with pytest.raises(ConfigError, match="is of another model"):
        ng.logit_lens(make_lm("gpt2"), TEXTS[:1], through=tuned)
    write_tensors(file, {"other": np.zeros(3)})
    with pytest.raises(ConfigError, match="holds no tuned lens"):
        ng.TunedLens.load(file, lm)


def test_masses_through_it_equal_those_by_hand(lm):
    through = random_lens(lm)
    rng = np.random.default_rng(0)
    columns = rng.integers(0, 2, (lm.vocabulary, 4)).astype(float)
    sets = TokenSets(columns, np.arange(lm.vocabulary))
    found = category_mass(lm, PROMPTS, sets, through=through)
    for number, row in enumerate(asked_rows(lm, PROMPTS)):
        masses = np.zeros((lm.n_layers + 1, 4))
        for place in row.places.tolist():
            with torch.no_grad(), lm.taps("embed", "resid_post") as seen:
                lm.backbone(torch.from_numpy(row.ids[None, :place]))
            for at in range(lm.n_layers + 1):
                state = seen[("embed", -1) if at == 0 else ("resid_post", at - 1)][0, -1]
                if at < lm.n_layers:
                    state = state + through.weight[at] @ state + through.bias[at]
                with torch.no_grad():
                    masses[at] += lm.unembed(state).double().softmax(-1).numpy() @ columns
        masses /= len(row.places)
        np.testing.assert_allclose(found.mass[number, :, 0], masses, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(
    ("texts", "options", "said"),
    [
        (TEXTS, {"tokens": 0}, "tokens is 0"),
        ([], {}, "0 texts hold no token to predict"),
        (["x = 1\n" * 400], {}, "prompt 1 has"),
    ],
)
def test_what_cannot_be_learned_from_is_named(lm, texts, options, said):
    with pytest.raises(ConfigError, match=said):
        ng.train_tuned_lens(lm, texts, **options)
