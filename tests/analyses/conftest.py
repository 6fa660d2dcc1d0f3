"""Simulated activity: grouped counts whose truth is known, with every reading of the text."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest

from neuroglot.analyses.bootstrap import resampled_n_star
from neuroglot.analyses.evidence import Effort
from neuroglot.analyses.placement_claims import bottom_layers, top_layers
from neuroglot.analyses.readings import HALVED, WITHOUT, Sources, readings, sources
from neuroglot.analyses.selection import SelectionRule
from neuroglot.analyses.specificity import specific_neurons
from neuroglot.analyses.stability import learning_curve
from neuroglot.base.groups import Group
from neuroglot.stats.activity import NeuronActivity

CLASSES = ("word", "operator", "comment")
COMMENT = CLASSES.index("comment")


class Simulation:
    """A model and the text it reads, from which any number of activities can be recorded.

    A neuron fires with probability sigmoid(base + of_label[label] + of_class[class] + noise of the
    repository). Everything is plain until something is planted.
    """

    def __init__(
        self, *, labels=6, layers=8, neurons=256, groups=8, tokens=25_000, noise=0.3, seed=0
    ):
        self.rng = np.random.default_rng([seed, 1])
        self.seed, self.groups, self.tokens, self.noise = seed, groups, tokens, noise
        self.labels = tuple(f"label{index}" for index in range(labels))
        self.layers, self.neurons = layers, neurons
        n_flat = layers * neurons
        self.base = self.rng.normal(-1, 1, n_flat)
        self.of_label = np.zeros((labels, n_flat))
        self.of_class = np.zeros((len(CLASSES), n_flat))
        self.class_shares = np.tile([0.6, 0.25, 0.15], (labels, 1))
        self.header_share = np.zeros(labels)
        self.free = [
            list(layer * neurons + self.rng.permutation(neurons)) for layer in range(layers)
        ]

    def take(self, per_layer: Sequence[int]):
        """Neurons that nothing was planted in yet, flat numbers."""
        return np.array(
            [self.free[layer].pop() for layer, n in enumerate(per_layer) for _ in range(n)], int
        )

    def plant(self, owners: Sequence[int], per_layer: Sequence[int]):
        """Neurons that fire at about 0.9 for some labels and at about 0.1 for the others."""
        chosen = self.take(per_layer)
        self.base[chosen] = -2 + self.rng.normal(0, 0.3, len(chosen))
        for owner in owners:
            self.of_label[owner, chosen] = 4 + self.rng.normal(0, 0.3, len(chosen))
        return chosen

    def plant_quarters(self, owners: Sequence[int], *, bottom: int, middle: int, top: int):
        """The same, with numbers per layer of the bottom quarter, the middle half and the top."""
        quarter = self.layers // 4
        rest = self.layers - 2 * quarter
        return self.plant(owners, [bottom] * quarter + [middle] * rest + [top] * quarter)

    def plant_in_class(self, name: str, per_layer: Sequence[int]):
        """Neurons that fire at about 0.95 on one class of tokens and at about 0.3 elsewhere."""
        chosen = self.take(per_layer)
        self.base[chosen] = -0.8
        self.of_class[CLASSES.index(name), chosen] = 3.8
        return chosen

    def record(self, *, headers=False, untrained=False) -> NeuronActivity:
        """What one pass over the text counts; `headers` keeps them, `untrained` forgets all."""
        rng = np.random.default_rng([self.seed, 2, headers, untrained])
        owner = np.repeat(np.arange(len(self.labels)), self.groups)
        shares = self.class_shares[owner].copy()
        if headers:
            shares *= 1 - self.header_share[owner, None]
            shares[:, COMMENT] += self.header_share[owner]
        size = rng.integers(self.tokens // 2, 2 * self.tokens, len(owner))
        tokens = np.round(size[:, None] * shares).astype(np.int64)
        logit = self.base + rng.normal(0, self.noise, (len(owner), len(self.base)))
        if not untrained:
            logit += self.of_label[owner]
        active = [
            rng.binomial(
                tokens[:, index, None],
                1 / (1 + np.exp(-logit - (0 if untrained else self.of_class[index]))),
            )
            for index in range(len(CLASSES))
        ]
        return self._activity(owner, np.stack(active), tokens)

    def _activity(self, owner, active, tokens):
        """Every reading, from counts [class, group, flat] and tokens [group, class]."""
        shape = (len(owner), self.layers, self.neurons)
        plain = NeuronActivity.from_counts(
            languages=self.labels,
            active=active.sum(0).reshape(shape),
            tokens=tokens.sum(1),
            groups=[
                Group(self.labels[label], index % self.groups, 1, 10)
                for index, label in enumerate(owner)
            ],
        )
        code = [index for index in range(len(CLASSES)) if index != COMMENT]
        by_label = np.stack([tokens[owner == one].sum(0) for one in range(len(self.labels))])
        share = by_label / by_label.sum(1, keepdims=True)
        weight = np.round(1024 * share.mean(0) / share).astype(np.int64)[owner]
        return replace(
            plain,
            active_code=active[code].sum(0).reshape(shape),
            tokens_code=tokens[:, code].sum(1),
            active_late=plain.active // 2,
            tokens_late=(plain.tokens + 1) // 2,
            active_std=np.einsum("gc,cgm->gm", weight, active).reshape(shape),
            tokens_std=(weight * tokens).sum(1),
        )


FEW_DRAWS = Effort(permutations=199, resamples=200)
NEEDED = {
    "A-1": ("code", "standardised"),
    "A-2": ("code", "late", "standardised", "headers", "untrained"),
    "A-3": (WITHOUT,),
}


def decide_claim(claim, world, *, nu=60, tau=0.85, seed=0, headers_in_text=False, twin=True):
    """Rows of `claims` and `claim_parts` of one claim, from only the readings that it needs."""
    rule = SelectionRule(tau=tau, nu=nu)
    further = claim == "A-2"
    given = sources(
        world.record(headers=headers_in_text),
        rule,
        headers=world.record(headers=True) if further else None,
        untrained=world.record(untrained=True) if further and twin else None,
    )
    counts = {
        name: one
        for name, one in given.counts.items()
        if name == "none" or name.startswith(NEEDED[claim])
    }
    found = readings(
        Sources(counts, given.absent),
        rule,
        effort=FEW_DRAWS,
        seed=seed,
        halved=HALVED if claim == "A-1" else (),
    )
    if claim == "A-2":
        return bottom_layers(found)
    if claim == "A-3":
        return top_layers(found)
    again = resampled_n_star(
        counts["none"],
        rule,
        observed=found.main.ranking,
        draws=FEW_DRAWS.resamples,
        permutations=FEW_DRAWS.permutations,
        seed=seed,
    )
    curve = learning_curve(counts["none"], rule, share=1 / 2, seed=seed)
    return specific_neurons(found, n_star_again=again, learned=curve.jaccard)


@pytest.fixture(scope="session")
def decided():
    """`decide_claim`, for tests that cannot import it."""
    return decide_claim


@pytest.fixture(scope="module")
def simulation() -> Callable[..., Simulation]:
    """The class, for tests that cannot import it."""
    return Simulation
