"""Mass of sets of tokens: against one token after the other, through the model's own logits."""

import numpy as np
import pytest
import torch

from neuroglot.measure import mass as module
from neuroglot.measure.lens import EMBED
from neuroglot.measure.mass import EXCLUDED, TokenSets, category_mass
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


def first_ten_by_hand(lm, prompt, members):
    """mass10, reciprocal rank and top1 of each set, and the true token's, nothing left out."""
    encoding = lm.tokenizer.encode(prompt.text)
    ids = encoding.ids.tolist()
    first = int(np.argmax(encoding.offsets[:, 1] > prompt.answer_start))
    if lm.tokenizer.bos is not None:
        ids, first = [lm.tokenizer.bos, *ids], first + 1
    sets = np.zeros((lm.n_layers + 1, 3, members.shape[1]))
    gold = np.zeros((lm.n_layers + 1, 3))
    for place in range(first, len(ids)):
        with torch.no_grad(), lm.taps("embed", "resid_post") as seen:
            lm.backbone(torch.tensor([ids[:place]]))
            for row, level in enumerate(range(-1, lm.n_layers)):
                site = ("embed", -1) if level == EMBED else ("resid_post", level)
                p = lm.unembed(seen[site][0, -1]).double().softmax(-1).numpy()
                order = np.argsort(-p, kind="stable")[:10]
                for column in range(members.shape[1]):
                    hits = [k for k, id in enumerate(order) if members[id, column]]
                    sets[row, 0, column] += sum(p[order[k]] for k in hits)
                    sets[row, 1, column] += 1 / (hits[0] + 1) if hits else 0
                    sets[row, 2, column] += bool(hits) and hits[0] == 0
                rank = 1 + (p > p[ids[place]]).sum()
                gold[row] += p[ids[place]], 1 / rank, rank == 1
    n = len(ids) - first
    return sets / n, gold / n


@pytest.mark.parametrize("held", [2**22, 1])
def test_equals_one_token_after_the_other(make_lm, family, columns, held, monkeypatch):
    monkeypatch.setattr(module, "HELD", held)
    lm = make_lm(family)
    forms = same_words(lm.vocabulary)
    found = category_mass(lm, PROMPTS, TokenSets(columns, forms))
    assert found.levels == (EMBED, *range(lm.n_layers))
    for number, prompt in enumerate(PROMPTS):
        masses, distance = by_hand(lm, prompt, columns, forms)
        np.testing.assert_allclose(found.mass[number], masses, rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(found.divergence[number], distance, rtol=1e-3, atol=1e-5)


def test_whole_and_nothing(make_lm):
    lm = make_lm("gpt2")
    every = np.stack([np.ones(lm.vocabulary), np.zeros(lm.vocabulary)], axis=1)
    found = category_mass(lm, PROMPTS[:2], TokenSets(every, np.arange(lm.vocabulary)))
    np.testing.assert_allclose(found.mass[:, :, 0, 0], 1, rtol=1e-5)
    assert (found.mass[:, :, :, 1] == 0).all()
    assert (np.diff(found.mass[..., 0], axis=2) < 0).all()
    np.testing.assert_allclose(found.divergence[:, -1], 0, atol=1e-6)


def test_first_ten_and_the_true_token_by_hand(make_lm, family, columns):
    lm = make_lm(family)
    members = columns[:, :3] > 0
    found = category_mass(lm, PROMPTS[:2], TokenSets(columns, np.arange(lm.vocabulary), members))
    for number, prompt in enumerate(PROMPTS[:2]):
        sets, gold = first_ten_by_hand(lm, prompt, members)
        np.testing.assert_allclose(found.top[number, :, 0], sets, rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(found.gold[number], gold, rtol=1e-4, atol=1e-6)


def test_mass_by_id_and_distance_from_frequencies(make_lm):
    lm = make_lm("llama")
    n = lm.vocabulary
    alike = np.arange(n)
    flat = TokenSets(np.eye(n), alike, frequency=np.ones(n))
    found = category_mass(lm, PROMPTS[:2], flat)
    np.testing.assert_allclose(found.by_id, found.mass[:, :, -1].mean(axis=0), rtol=1e-5, atol=1e-9)
    for number, prompt in enumerate(PROMPTS[:2]):
        entropies = []
        ids = lm.tokenizer.encode(prompt.text).ids.tolist()
        whole = ids if lm.tokenizer.bos is None else [lm.tokenizer.bos, *ids]
        with torch.no_grad():
            logs = lm.logits(torch.tensor([whole]))[0].double().log_softmax(-1)
        entropies = -(logs.exp() * logs).sum(-1)[-found.tokens[number] - 1 : -1]
        assert found.by_frequency[number] == pytest.approx(
            np.log(n) - float(entropies.mean()), rel=1e-4
        )
