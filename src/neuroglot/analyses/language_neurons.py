"""Everything that is concluded about language neurons from recorded activity, in one call.

Takes NeuronActivity (and, where recorded, the same with licence headers and of the untrained twin),
gives the sets and the rows of seven tables with their intervals and verdicts. Needs no model.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

from neuroglot.analyses.bootstrap import resampled_n_star
from neuroglot.analyses.claims import Row
from neuroglot.analyses.draws import Tick, no_tick
from neuroglot.analyses.evidence import Effort
from neuroglot.analyses.grouped import grouped_counts
from neuroglot.analyses.lape import LanguageNeurons, language_neurons, with_nu
from neuroglot.analyses.layer_profile import layer_rows
from neuroglot.analyses.neuron_rates import activation_rates, lape_rows, rate_rows
from neuroglot.analyses.overlap import overlap_rows
from neuroglot.analyses.placement_claims import bottom_layers, top_layers
from neuroglot.analyses.readings import readings, sources
from neuroglot.analyses.selection import SelectionName, SelectionRule
from neuroglot.analyses.specificity import specific_neurons
from neuroglot.analyses.stability import SHARES, learning_curve, stability_rows
from neuroglot.base.errors import ConfigError
from neuroglot.stats.activity import NeuronActivity

Profile = Literal["quick", "full"]
EFFORTS: dict[Profile, Effort] = {
    "quick": Effort(permutations=199, resamples=500),
    "full": Effort(permutations=999, resamples=2000),
}
HALF = 1 / 2


@dataclass(frozen=True, eq=False)
class NeuronConclusions:
    """The sets, how many of each are real, and rows of tables (lists of dicts, None for no value).

    n_star: label -> neurons that are real at 5% false discovery. The names of the row fields are
    those of the tables.
    """

    neurons: LanguageNeurons
    n_star: dict[str, int]
    lape: list[Row]
    layers: list[Row]
    neuron_rates: list[Row]
    overlap: list[Row]
    stability: list[Row]
    claims: list[Row]
    claim_parts: list[Row]

    @property
    def tables(self) -> dict[str, list[Row]]:
        """Rows by table name."""
        return {
            "lape": self.lape,
            "layers": self.layers,
            "neuron_rates": self.neuron_rates,
            "overlap": self.overlap,
            "stability": self.stability,
            "claims": self.claims,
            "claim_parts": self.claim_parts,
        }


def conclude_neurons(
    activity: NeuronActivity,
    *,
    headers: NeuronActivity | None = None,
    untrained: NeuronActivity | None = None,
    tau: float = 0.95,
    nu: int | None = None,
    selection: SelectionName = "equal",
    top: float = 0.01,
    profile: Profile = "quick",
    seed: int = 0,
    on_progress: Callable[[int, int], None] | None = None,
) -> NeuronConclusions:
    """LAPE with its nulls, intervals, sensitivity and the claims A-1 to A-3.

    headers: activity over the same text with licence headers kept; untrained: of the same
    architecture with fresh weights over the same text. What is absent is named in the verdicts
    that need it. on_progress(done, total) counts selections. Equal arguments give equal results.
    Raises ConfigError.
    """
    if profile not in get_args(Profile):
        raise ConfigError(f"unknown profile {profile!r}: known are quick, full")
    counts = grouped_counts(activity)
    rule = with_nu(SelectionRule(tau, selection, nu or 1, top), counts, nu=nu)
    given = sources(activity, rule, headers=headers, untrained=untrained, quick=profile == "quick")
    effort = EFFORTS[profile]
    bounded = effort.bounded(counts)
    total = given.draws(effort) + bounded.permutations + bounded.resamples
    tick = _counted(total, on_progress)
    found = readings(given, rule, effort=effort, seed=seed, tick=tick)
    n_star_again = resampled_n_star(
        counts,
        rule,
        observed=found.main.ranking,
        draws=bounded.resamples,
        permutations=bounded.permutations,
        seed=seed,
        tick=tick,
    )
    curve = {share: learning_curve(counts, rule, share=share, seed=seed) for share in SHARES}
    answers = (
        specific_neurons(found, n_star_again=n_star_again, learned=curve[HALF].jaccard),
        bottom_layers(found),
        top_layers(found),
    )
    neurons = language_neurons(counts, rule)
    rates = activation_rates(neurons, counts, draws=bounded.resamples, seed=seed)
    return NeuronConclusions(
        neurons=neurons,
        n_star=dict(zip(counts.labels, found.main.n_star.tolist(), strict=True)),
        lape=lape_rows(neurons, rates, counts, n_star=found.main.n_star.tolist()),
        layers=layer_rows(found.main, untrained=found.present.get("untrained")),
        neuron_rates=rate_rows(rates, counts),
        overlap=overlap_rows(found.main, seed=seed),
        stability=stability_rows(found, curve),
        claims=[row for claims, _ in answers for row in claims],
        claim_parts=[row for _, parts in answers for row in parts],
    )


def _counted(total: int, on_progress: Callable[[int, int], None] | None) -> Tick:
    """Turns "so many more" into "so many of so many"."""
    if on_progress is None:
        return no_tick
    done = 0

    def tick(draws: int) -> None:
        nonlocal done
        done += draws
        on_progress(done, total)

    return tick
