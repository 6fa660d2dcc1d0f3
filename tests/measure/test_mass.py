"""Mass of sets of tokens: against one token after the other, through the model's own logits."""

import numpy as np
import pytest
import torch

from neuroglot.measure import mass as module
from neuroglot.measure.lens import EMBED
from neuroglot.measure.mass import EXCLUDED, category_mass
from neuroglot.text.prompts import Prompt

PROMPTS = (
    Prompt("C: int x = 7; - Python: x = 7", 24),
    Prompt("Go: a := f(b) - Ruby: a = f(b)\n", 22),
    Prompt("x", 0),
)


@pytest.fixture
def columns(make_lm):
    rng = np.random.default_rng(0)
    return rng.integers(0, 2, (make_lm("llama").vocabulary, 5)).astype(float)


def same_words(n):
    """Every third id is a form of the one before."""
    return np.where(np.arange(n) % 3 == 2, np.arange(n) - 1, np.arange(n))


def by_hand(lm, prompt, columns, forms):
    encoding = lm.tokenizer.encode(prompt.text)
    ids = encoding.ids.tolist()
    first = int(np.argmax(encoding.offsets[:, 1] > prompt.answer_start))
    if lm.tokenizer.bos is not None:
        ids, first = [lm.tokenizer.bos, *ids], first + 1
    levels = range(-1, lm.n_layers)
    found = np.zeros((lm.n_layers + 1, len(EXCLUDED), columns.shape[1]))
    distance = np.zeros(lm.n_layers + 1)
    for place in range(first, len(ids)):
        with torch.no_grad(), lm.taps("embed", "resid_post") as seen:
            lm.backbone(torch.tensor([ids[:place]]))
            final = lm.logits(torch.tensor([ids[:place]]))[0, -1].double().log_softmax(-1).numpy()
            for row, level in enumerate(levels):
                site = ("embed", -1) if level == EMBED else ("resid_post", level)
                logs = lm.unembed(seen[site][0, -1]).double().log_softmax(-1).numpy()
                distance[row] += (np.exp(final) * (final - logs)).sum()
                p = np.exp(logs)
                gold = forms == forms[ids[place]]
                context = np.isin(forms, forms[ids[:first]])
                for number, out in enumerate((gold & False, gold, gold | context)):
                    found[row, number] += np.where(out, 0, p) @ columns
    n = len(ids) - first
    return found / n, distance / n


@pytest.mark.parametrize("held", [2**22, 1])
def test_equals_one_token_after_the_other(make_lm, family, columns, held, monkeypatch):
    monkeypatch.setattr(module, "HELD", held)
    lm = make_lm(family)
    forms = same_words(lm.vocabulary)
    found = category_mass(lm, PROMPTS, columns, forms)
    assert found.levels == (EMBED, *range(lm.n_layers))
    for number, prompt in enumerate(PROMPTS):
        masses, distance = by_hand(lm, prompt, columns, forms)
        np.testing.assert_allclose(found.mass[number], masses, rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(found.divergence[number], distance, rtol=1e-3, atol=1e-5)


def test_whole_and_nothing(make_lm):
    lm = make_lm("gpt2")
    every = np.stack([np.ones(lm.vocabulary), np.zeros(lm.vocabulary)], axis=1)
    found = category_mass(lm, PROMPTS[:2], every, np.arange(lm.vocabulary))
    np.testing.assert_allclose(found.mass[:, :, 0, 0], 1, rtol=1e-5)
    assert (found.mass[:, :, :, 1] == 0).all()
    assert (np.diff(found.mass[..., 0], axis=2) < 0).all()
    np.testing.assert_allclose(found.divergence[:, -1], 0, atol=1e-6)
