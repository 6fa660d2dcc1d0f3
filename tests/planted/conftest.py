"""A naive reading of the planted model: plain forward hooks and NumPy, nothing of the rooms."""

from collections import defaultdict

import numpy as np
import pytest
import torch

from neuroglot.base.planted import LAYERS, NEURONS, PLANTED_LANGUAGES
from neuroglot.lm.planted import planted
from neuroglot.text.planted import planted_documents


@pytest.fixture(scope="session")
def planted_model():
    return planted()


@pytest.fixture(scope="session")
def small_texts():
    return planted_documents(
        seed=3, repositories=4, held_out_repositories=2, documents_per_repository=6
    )


@pytest.fixture(scope="session")
def count_firing(planted_model):
    """documents -> {repo: (active int64 [layer, neuron], tokens)}, from position `after` on."""
    model, tokenizer = planted_model

    def count(documents, after=0):
        fired = {}

        def hook_of(layer):
            def hook(module, inputs, output):
                fired[layer] = output > 0

            return hook

        blocks = model.model.layers
        handles = [b.mlp.act_fn.register_forward_hook(hook_of(i)) for i, b in enumerate(blocks)]
        totals = defaultdict(lambda: [np.zeros((LAYERS, NEURONS), dtype=np.int64), 0])
        try:
            with torch.inference_mode():
                for document in documents:
                    ids = torch.tensor([tokenizer(document.text)["input_ids"]])
                    model.model(ids)
                    kept = slice(1 + after, None)
                    total = totals[document.repo]
                    total[0] += np.stack(
                        [fired[i][0, kept].sum(dim=0).numpy() for i in range(LAYERS)]
                    )
                    total[1] += max(0, ids.shape[1] - 1 - after)
        finally:
            for handle in handles:
                handle.remove()
        return dict(totals)

    return count


@pytest.fixture(scope="session")
def rates_by_language():
    """(documents, counts by repository, repositories kept) -> float64 [language, layer, neuron]."""

    def rates(documents, counts, kept=lambda repo: True):
        language_of = {document.repo: document.language for document in documents}
        rows = []
        for name in PLANTED_LANGUAGES:
            chosen = [
                counts[repo] for repo, lang in language_of.items() if lang == name and kept(repo)
            ]
            rows.append(sum(active for active, _ in chosen) / sum(tokens for _, tokens in chosen))
        return np.stack(rows)

    return rates


@pytest.fixture(scope="session")
def naive_lape():
    """probabilities [language, layer, neuron] -> (entropy, bound, candidates by entropy)."""

    def lape(probability, tau=0.95):
        ordered = np.sort(probability.reshape(-1))
        bound = ordered[round(tau * len(ordered)) - 1]
        total = probability.sum(axis=0)
        entropy = np.full(total.shape, np.nan)
        for layer, neuron in np.argwhere(total > 0):
            shares = probability[:, layer, neuron] / total[layer, neuron]
            entropy[layer, neuron] = -sum(q * np.log(q) for q in shares if q > 0)
        candidates = [
            sorted(
                ((int(at), int(n)) for at, n in np.argwhere(of_language > bound)),
                key=lambda place: (entropy[place], place),
            )
            for of_language in probability
        ]
        return entropy, bound, candidates

    return lape


@pytest.fixture(scope="session")
def small_counts(count_firing, small_texts):
    return count_firing(small_texts)
