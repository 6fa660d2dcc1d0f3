"""Language-specific neurons, by the entropy of their activation probabilities (LAPE).

Takes stats.activity, gives one ordered NeuronSet per label. Knows no model and no text.
Method: Tang et al., ACL 2024 (`original`); equal counts per language as in arXiv 2506.01074
(`equal`). A neuron that never fires has no entropy (nan); the released code gives it the best.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from neuroglot.analyses.draws import identity, label_sums
from neuroglot.analyses.grouped import GroupedCounts, grouped_counts
from neuroglot.analyses.selection import (
    Floats,
    Ints,
    SelectionName,
    SelectionRule,
    default_nu,
    entropies,
    probabilities,
    ranked,
    selected,
    set_sizes,
)
from neuroglot.base.units import NeuronSet
from neuroglot.stats.activity import NeuronActivity, Variant


@dataclass(frozen=True, eq=False)
class LanguageNeurons(Mapping[str, NeuronSet]):
    """The sets, as a mapping from label to NeuronSet, most specific neuron first.

    probability float64 [label, layer, neuron]; entropy float64 [layer, neuron] in nats, nan where a
    neuron never fires; bound: what a probability must exceed; candidates int64 [label]: how many
    do; nu: neurons per label asked for (`equal`), or over all labels together (`original`).
    """

    labels: tuple[str, ...]
    sets: tuple[NeuronSet, ...]
    probability: Floats
    entropy: Floats
    bound: float
    candidates: Ints
    nu: int
    rule: SelectionRule
    variant: Variant

    def __getitem__(self, label: str) -> NeuronSet:
        if label not in self.labels:
            raise KeyError(label)
        return self.sets[self.labels.index(label)]

    def __iter__(self) -> Iterator[str]:
        return iter(self.labels)

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def tau(self) -> float:
        """The quantile of all probabilities that gave the bound."""
        return self.rule.tau

    @property
    def selection(self) -> SelectionName:
        """`equal` or `original`."""
        return self.rule.selection

    @property
    def short(self) -> tuple[str, ...]:
        """Labels with fewer candidates than asked for: their set is all they have."""
        if self.rule.selection == "original":
            return ()
        few = self.candidates < self.nu
        return tuple(label for label, is_few in zip(self.labels, few, strict=True) if is_few)

    @property
    def exclusive(self) -> dict[str, NeuronSet]:
        """Each label's neurons that are in no other label's set, order kept."""
        return {
            label: NeuronSet.of(
                unit
                for unit in mine
                if not any(unit in other for name, other in self.items() if name != label)
            )
            for label, mine in self.items()
        }

    def entropies_of(self, label: str) -> Floats:
        """Entropy of each of a label's neurons, in the set's order."""
        mine = self[label]
        return self.entropy[mine.layers, mine.indices]

    def __repr__(self) -> str:
        sizes = ", ".join(f"{label} {len(mine)}" for label, mine in self.items())
        return f"LanguageNeurons({self.selection}, tau={self.tau}, nu={self.nu}: {sizes})"


def lape(
    activity: NeuronActivity,
    *,
    tau: float = 0.95,
    nu: int | None = None,
    selection: SelectionName = "equal",
    top: float = 0.01,
    variant: Variant = "none",
) -> LanguageNeurons:
    """The neurons of each label whose activation is most specific to few labels.

    Candidates of a label are the neurons whose activation probability on it is strictly above the
    value at position round(tau x size) of all probabilities sorted upwards. `equal` takes the `nu`
    with the lowest entropy per label (None: 400 of 352,256, scaled; at least 50; never more than
    half of the smallest candidate set); `original` takes the share `top` of all neurons that are
    somebody's candidate, and gives each to every label it is a candidate of. Ties go by layer,
    then neuron. `variant` names the reading of the text. Raises ConfigError.
    """
    rule_without_nu = SelectionRule(tau, selection, 1 if nu is None else nu, top)
    counts = grouped_counts(activity, variant)
    rule = with_nu(rule_without_nu, counts, nu=nu)
    return language_neurons(counts, rule, variant=variant)


def with_nu(rule: SelectionRule, counts: GroupedCounts, *, nu: int | None) -> SelectionRule:
    """The rule with its number of neurons per label settled."""
    if nu is not None:
        return SelectionRule(rule.tau, rule.selection, nu, rule.top)
    active, tokens = label_sums(counts, identity(counts))
    found = ranked(probabilities(active[0], tokens[0]), rule.tau)
    settled = default_nu(counts.n_flat, found.n_candidates)
    return SelectionRule(rule.tau, rule.selection, settled, rule.top)


def language_neurons(
    counts: GroupedCounts, rule: SelectionRule, *, variant: Variant = "none"
) -> LanguageNeurons:
    """The same from matrices and a settled rule."""
    active, tokens = label_sums(counts, identity(counts))
    probability = probabilities(active[0], tokens[0])
    found = ranked(probability, rule.tau)
    sizes = set_sizes(found, rule, n_flat=counts.n_flat)
    shape = (counts.n_layers, counts.n_neurons)
    return LanguageNeurons(
        labels=counts.labels,
        sets=tuple(NeuronSet.of_flat(ids, counts.n_neurons) for ids in selected(found, sizes)),
        probability=probability.reshape(-1, *shape),
        entropy=entropies(probability).reshape(shape),
        bound=found.bound,
        candidates=found.n_candidates,
        nu=rule.asked(counts.n_flat),
        rule=rule,
        variant=variant,
    )


def neuron_numbers(neurons: NeuronSet, *, n_neurons: int) -> Ints:
    """Flat numbers layer * n_neurons + neuron of a set, order kept."""
    return np.asarray(neurons.layers * n_neurons + neurons.indices)
