"""Texts that are as long and as surprising in every language: what a difference in scores could
otherwise come from.

Takes a model and a reading, gives the reading with some of its texts: of each bin of length and
surprise as many in every language.
"""

import numpy as np
from numpy.typing import NDArray

from neuroglot.lm.model import LM
from neuroglot.measure.ablation import score_variants
from neuroglot.text.reading import Reading, read

BINS = 4
"""Of length, and of surprise per token."""


def matched_reading(lm: LM, reading: Reading, *, batch_tokens: int = 4096) -> Reading:
    """The texts left, in their order. reading: one text in a row.

    Bins are cut at quantiles over all languages together. Raises CorpusError where too little is
    left of a language.
    """
    scored = score_variants(lm, reading, [], batch_tokens=batch_tokens)
    tokens = np.maximum(scored.tokens, 1)
    chosen = matched(scored.label, tokens.astype(np.float64), scored.nll[0] / tokens)
    rows = [reading.rows[place] for place in chosen.tolist()]
    return read(
        [reading.documents[row.document] for row in rows],
        lm.tokenizer,
        labels=reading.labels,
        tokens_per_language=reading.n_tokens,
        max_document_tokens=reading.max_document_tokens,
    )


def matched(
    labels: NDArray[np.int64], lengths: NDArray[np.float64], surprise: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Places of texts that every label has as many of, in each bin of length and surprise.

    Of a label with more the first ones are taken. int64, ascending.
    """
    place = _binned(lengths) * BINS + _binned(surprise)
    n_labels = int(labels.max()) + 1
    kept: list[int] = []
    for here in np.unique(place).tolist():
        members = [np.flatnonzero((place == here) & (labels == k)) for k in range(n_labels)]
        fewest = min(map(len, members))
        kept += [at for own in members for at in own[:fewest].tolist()]
    return np.array(sorted(kept), dtype=np.int64)


def _binned(values: NDArray[np.float64]) -> NDArray[np.int64]:
    edges = np.quantile(values, np.linspace(0, 1, BINS + 1)[1:-1])
    return np.searchsorted(edges, values).astype(np.int64)
