"""Rows of `logit_difference` and `attribution`: leads of the right closers by template and count.

Takes what a model's stream says at each place, or what its parts write, as arrays by prompt and
closer; each figure stands over the mean of the wrong closers and over the best of them.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.bootstrap import problem_weights
from neuroglot.analyses.bracket_answers import (
    EVERY,
    BracketAsked,
    averaged,
    closer_lead,
    closer_mean_lead,
)
from neuroglot.analyses.bracket_depth import LAST, Leads, Written
from neuroglot.analyses.claims import Row, known
from neuroglot.analyses.uncertainty import percentile_interval

Floats = NDArray[np.float64]
WRONG = {"mean": closer_mean_lead, "min": closer_lead}
"""What the right closer is compared with: the mean of the wrong ones, and the best of them."""
ALL = "all"


def stream_rows(asked: BracketAsked, leads: Leads, *, resamples: int, seed: int) -> list[Row]:
    """Rows of `logit_difference`; intervals over templates where the row is of all of them."""
    return [
        {**row, "layer": layer, "site": site + scale}
        for scale, values in (("", leads.final), ("_own", leads.own))
        for place, row in _leads(asked, values, resamples=resamples, seed=seed)
        for site, layer in (leads.sites[place],)
    ]


def attribution_rows(
    asked: BracketAsked,
    written: Written,
    heads: NDArray[np.floating],
    *,
    resamples: int,
    seed: int,
) -> list[Row]:
    """Rows of `attribution`: components of every template, heads over all templates.

    heads: [prompt, layer, head, closer].
    """
    n_layers, n_heads = heads.shape[1:3]
    flat = heads.reshape(len(heads), n_layers * n_heads, -1)
    whole = [(kind, layer, -1) for kind, layer in written.components]
    single = [("head", layer, head) for layer in range(n_layers) for head in range(n_heads)]
    return [
        {**row, "component": kind, "layer": layer, "head": head, "neuron": -1, "position": LAST}
        for places, values in ((whole, written.contribution), (single, flat))
        for place, row in _leads(asked, values, resamples=resamples, seed=seed)
        for kind, layer, head in (places[place],)
        if kind != "head" or row["template"] == ALL
    ]


def _leads(
    asked: BracketAsked, values: NDArray[np.floating], *, resamples: int, seed: int
) -> Iterator[tuple[int, Row]]:
    """Numbers of places, each with its mean lead over the prompts of a template and count.

    values: [prompt, place, closer].
    """
    unknown = {"n": None, "unit": None, "low": None, "high": None}
    for against, lead in WRONG.items():
        leads = lead(values, asked.right)
        for template, k, own in _cells(asked):
            known_of = [unknown] * leads.shape[1]
            if template == ALL:
                known_of = _intervals(asked, leads, own, resamples=resamples, seed=seed)
            same = {"template": template, "k": k, "counterfactual": against}
            for place, value in enumerate(leads[own].mean(axis=0).tolist()):
                yield place, {**same, "value": value, **known_of[place]}


def _cells(asked: BracketAsked) -> Iterator[tuple[str, int, NDArray[np.bool_]]]:
    """Which prompts are of a template and a count; of all templates, of every count too."""
    for k in asked.counts:
        for number, template in enumerate(asked.templates):
            own = (asked.k == k) & (asked.template == number)
            if own.any():
                yield template, k, own
        yield ALL, k, asked.k == k
    yield ALL, EVERY, np.full(len(asked.k), True)


def _intervals(
    asked: BracketAsked, leads: Floats, own: NDArray[np.bool_], *, resamples: int, seed: int
) -> list[Row]:
    """The bootstrap interval over templates at every place."""
    weights = problem_weights(asked.template[own], draws=resamples, seed=seed)
    ends = [percentile_interval(column) for column in averaged(weights, leads[own])[1:].T]
    same = {"n": asked.n_templates, "unit": "template"}
    return [{**same, "low": known(low), "high": known(high)} for low, high in ends]
