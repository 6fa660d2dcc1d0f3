"""Which readings of the text a study of neurons looks at, and the evidence of each.

`none` is the text as it is; `code`, `late` and `standardised` were counted in the same pass;
`headers` and `untrained` come from further passes and may be absent; `without:<label>` leaves one
label out; `tau:<value>` is the same text under another bound. What is absent keeps its reason.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from neuroglot.analyses.draws import Tick, no_tick
from neuroglot.analyses.evidence import Effort, Evidence, evidence
from neuroglot.analyses.grouped import GroupedCounts, grouped_counts
from neuroglot.analyses.selection import SelectionRule
from neuroglot.base.errors import ConfigError
from neuroglot.stats.activity import NeuronActivity, Variant

SAME_PASS: tuple[Variant, ...] = ("code", "late", "standardised")
HALVED = ("none", "code", "standardised")
"""Readings in which a language's split-half agreement has to beat permuted labels."""
WITHOUT = "without:"
TAU = "tau:"
TAUS = (0.9, 0.95, 0.98)
"""Bounds that the stability table looks at, beside the one that was asked for."""


@dataclass(frozen=True, eq=False)
class Readings:
    """Evidence by name, and why a name is absent."""

    present: Mapping[str, Evidence]
    absent: Mapping[str, str]

    @property
    def main(self) -> Evidence:
        """The text as it is."""
        return self.present["none"]

    @property
    def left_out(self) -> dict[str, Evidence]:
        """Evidence without each label, by label."""
        return {
            name.removeprefix(WITHOUT): found
            for name, found in self.present.items()
            if name.startswith(WITHOUT)
        }

    @property
    def by_tau(self) -> dict[float, Evidence]:
        """Evidence of the text as it is under each bound, ascending."""
        names = ("none", *(name for name in self.present if name.startswith(TAU)))
        found = {self.present[name].rule.tau: self.present[name] for name in names}
        return dict(sorted(found.items()))


def has_interval(name: str) -> bool:
    """Whether a reading is bootstrapped: where only a sign or a count is asked for, it is not."""
    return not name.startswith((WITHOUT, TAU))


@dataclass(frozen=True, eq=False)
class Sources:
    """The matrices of every reading that can be had, and why the others cannot."""

    counts: Mapping[str, GroupedCounts]
    absent: Mapping[str, str]

    def draws(self, effort: Effort) -> int:
        """How many selections `readings` will make: what a progress bar counts."""
        total = 0
        for name, counts in self.counts.items():
            bounded = effort.bounded(counts)
            total += bounded.permutations + bounded.resamples * has_interval(name)
        return total


def sources(
    activity: NeuronActivity,
    rule: SelectionRule,
    *,
    headers: NeuronActivity | None = None,
    untrained: NeuronActivity | None = None,
    quick: bool = False,
) -> Sources:
    """Matrices of all readings. Raises ConfigError when a second activity does not fit the first.

    `headers`: the same text with its licence headers; `untrained`: the same text read by the same
    architecture with fresh weights.
    """
    counts = {"none": grouped_counts(activity)}
    absent: dict[str, str] = {}
    for variant in SAME_PASS:
        try:
            counts[variant] = grouped_counts(activity, variant)
        except ConfigError as error:
            absent[variant] = str(error).split(":", maxsplit=1)[0]
    profile = "quick: " if quick else ""
    for name, other in (("headers", headers), ("untrained", untrained)):
        if other is None:
            absent[name] = f"{profile}it needs another pass of the model"
        else:
            _refuse_other(activity, other, name, same_groups=name == "untrained")
            counts[name] = grouped_counts(other)
    if len(activity.labels) > 2:
        for label in activity.labels:
            counts[WITHOUT + label] = counts["none"].without(label)
    counts |= {f"{TAU}{tau:g}": counts["none"] for tau in TAUS if tau != rule.tau}
    return Sources(counts, absent)


def readings(
    given: Sources,
    rule: SelectionRule,
    *,
    effort: Effort,
    seed: int,
    halved: Collection[str] = HALVED,
    tick: Tick = no_tick,
) -> Readings:
    """Evidence of every source: permutations and, unless a label is left out, resamples.

    halved: the sources whose permutations are also split in halves, which only A-1 asks for.
    """
    present = {
        name: evidence(
            counts,
            replace(rule, tau=float(name.removeprefix(TAU))) if name.startswith(TAU) else rule,
            effort=effort.bounded(counts),
            seed=seed,
            halves=name in halved,
            intervals=has_interval(name),
            tick=tick,
        )
        for name, counts in given.counts.items()
    }
    return Readings(present, given.absent)


def _refuse_other(
    activity: NeuronActivity, other: NeuronActivity, name: str, *, same_groups: bool
) -> None:
    if other.labels != activity.labels:
        raise ConfigError(
            f"the activity {name!r} has the labels {', '.join(other.labels)}, the main one "
            f"{', '.join(activity.labels)}: record both over the same corpus"
        )
    if other.active.shape[1:] != activity.active.shape[1:]:
        raise ConfigError(
            f"the activity {name!r} has {other.active.shape[1:]} layers and neurons, the main one "
            f"{activity.active.shape[1:]}: record both with the same architecture"
        )
    if same_groups and other.groups != activity.groups:
        raise ConfigError(
            f"the activity {name!r} has other groups of repositories than the main one: "
            "record both over the same corpus"
        )
