"""Which prompts and pairs the step `effects` runs, the components it touches, and its sweeps.

What is run at every token is run on a sample: pairs come with their mirrors, prompts from all
templates and counts in turn.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.bracket_effects import Place
from neuroglot.base.seeds import generator
from neuroglot.base.units import NeuronSet
from neuroglot.lm.model import LM
from neuroglot.measure.sweep import Swept, sweep
from neuroglot.measure.sweep_variants import Variant
from neuroglot.studies.bracket_data import BracketData
from neuroglot.studies.watching import Watcher

Ints = NDArray[np.int64]
EFFECTS = "effects"
LAST, CHANGED, BETWEEN, ALL = "last", "changed", "between", "all"


def swept_pairs(
    lm: LM,
    data: BracketData,
    pairs: Ints,
    variants: Sequence[Variant],
    *,
    targets: Ints,
    at: str | Sequence[Sequence[int]] = LAST,
    watch: Watcher,
    what: str,
    step: str = EFFECTS,
) -> Swept:
    """The first prompts of pairs under every variant, which may take from the second ones.

    pairs: int64 [pair, 2]. at: as `sweep` takes it. targets: int64 [pair, id], the ids
    whose logits are read.
    """
    return sweep(
        lm,
        data.rows_of(pairs[:, 0]),
        variants,
        at=at,
        targets=targets,
        sources=data.rows_of(pairs[:, 1]),
        batch_tokens=data.parameters.batch_tokens,
        on_progress=lambda done, total: watch(step, done, total, "pairs", what),
    )


def components(lm: LM) -> tuple[Place, ...]:
    """Attention, MLPs and heads."""
    layers = range(lm.n_layers)
    return (
        *(("attention", layer, -1) for layer in layers),
        *(("mlp", layer, -1) for layer in layers),
        *(("head", layer, head) for layer in layers for head in range(lm.n_heads)),
    )


def units_of(lm: LM, place: Place) -> NeuronSet:
    """The units that a component is."""
    component, layer, head = place
    if component == "head":
        return NeuronSet.of([(layer, head)], "head")
    site = {"attention": "attn_out", "mlp": "mlp_out", "resid_post": "resid_post"}[component]
    return lm.stream(site, layer)


def right_ids(data: BracketData, pairs: Ints) -> Ints:
    """The right closers of both prompts of each pair: int64 [pair, 2]."""
    ids, right = np.array(data.ids), data.asked.right
    return np.stack([ids[right[pairs[:, 0]]], ids[right[pairs[:, 1]]]], axis=1)


def every_id(data: BracketData, pairs: Ints) -> Ints:
    """All closers, for each pair: int64 [pair, closer]."""
    return np.tile(np.array(data.ids), (len(pairs), 1))


def of_some_templates(data: BracketData, pairs: Ints) -> Ints:
    """Numbers of the pairs of every template, in the quick profile of every second one."""
    template = data.asked.template[pairs[:, 0]]
    found: Ints = np.flatnonzero((template % 2 == 0) | (not data.parameters.quick))
    return found


def sampled_pairs(data: BracketData, pairs: Ints, what: str, *, among: Ints | None = None) -> Ints:
    """Some pairs, with their mirrors: numbers, at most as many as the profile runs."""
    every = np.arange(len(pairs)) if among is None else among
    place = {(int(a), int(b)): number for number, (a, b) in enumerate(pairs.tolist())}
    upward = [at for at in every.tolist() if pairs[at, 0] < pairs[at, 1]]
    draw = generator(data.parameters.seed, "sampled pairs", what)
    chosen = [upward[at] for at in draw.permutation(len(upward))[: data.parameters.sampled // 2]]
    both = [*chosen, *(place[int(pairs[at, 1]), int(pairs[at, 0])] for at in chosen)]
    return np.array(sorted(both), dtype=np.int64)


def sampled_prompts(data: BracketData, n: int, what: str) -> Ints:
    """Some prompts, templates and counts in turn: numbers."""
    asked = data.asked
    draw = generator(data.parameters.seed, "sampled prompts", what)
    order = draw.permutation(len(asked.k))
    seen: dict[tuple[int, int], int] = {}
    turn = []
    for at in order.tolist():
        cell = (int(asked.template[at]), int(asked.k[at]))
        seen[cell] = seen.get(cell, 0) + 1
        turn.append(seen[cell])
    found: Ints = np.sort(order[np.argsort(turn, kind="stable")][:n])
    return found


def equally_long(data: BracketData, prompts: Ints) -> Ints:
    """For each prompt another one of the same length, drawn; itself where there is none."""
    length = data.asked.length
    draw = generator(data.parameters.seed, "resampled prompts")
    found = []
    for own in prompts.tolist():
        like = np.flatnonzero(length == length[own])
        like = like[like != own]
        found.append(int(draw.choice(like)) if len(like) else own)
    return np.array(found, dtype=np.int64)
