"""How often each token occurs in the planted model's texts: what its head knows.

Takes a small sample of the texts, drawn with a seed of its own, gives log frequencies over all
languages and each language's gain over that. Knows no weights.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neuroglot.base.planted import PLANTED_LANGUAGES
from neuroglot.lm.planted_tokenizer import planted_tokenizer, planted_tokens
from neuroglot.text.planted import planted_documents

_SEED = 1
_PRIOR_TOKENS = 2000.0
"""A language's counts are mixed with this many tokens of the overall frequencies."""


@dataclass(frozen=True)
class Frequencies:
    """overall: float64 [token], log frequency, about mean 0. gain: float64 [token, language]."""

    overall: NDArray[np.float64]
    gain: NDArray[np.float64]


def planted_frequencies() -> Frequencies:
    """From 4 repositories of 6 documents per language; no token has frequency zero."""
    counts = np.zeros((len(planted_tokens()), len(PLANTED_LANGUAGES)))
    tokenizer = planted_tokenizer()
    documents = planted_documents(
        seed=_SEED, repositories=4, held_out_repositories=0, documents_per_repository=6
    )
    for document in documents:
        ids = tokenizer(document.text, add_special_tokens=False)["input_ids"]
        np.add.at(counts[:, PLANTED_LANGUAGES.index(document.language)], ids, 1)
    totals = counts.sum(axis=0)
    words = np.array([token.kind in {"word", "name"} for token in planted_tokens()])
    overall = (counts / totals).mean(axis=1) + np.where(words, 5e-5, 5e-6)
    overall /= overall.sum()
    each = (counts + _PRIOR_TOKENS * overall[:, None]) / (totals + _PRIOR_TOKENS)
    log = np.log(overall)
    return Frequencies(log - log.mean(), np.log(each) - log[:, None])
