"""Simulated bracket prompts and heads whose truth is known."""

from itertools import product

import numpy as np

from neuroglot.analyses.bracket_answers import BracketAsked
from neuroglot.analyses.verdicts import gate

COUNTS = (1, 2, 3, 4)
CLOSING = gate("closes", 1.0, least=0.7)


def asked(*, train=12, dev=6, test=12, layouts=1, counts=COUNTS):
    """Closed calls 0 to 3 crossed with missing closers, in templates of three splits."""
    splits = ["train"] * train + ["dev"] * dev + ["test"] * test
    cells = list(product(range(len(splits)), range(layouts), range(4), counts))
    template, _, closed, k = np.array(cells).T
    return BracketAsked(
        templates=tuple(f"t{n}" for n in range(len(splits))),
        template=template,
        k=k,
        closed=closed,
        length=50 + template % 7,
        split=np.array([splits[n] for n in template]),
        counts=tuple(counts),
    )


def noise(seed):
    return np.random.default_rng([seed, 99])
