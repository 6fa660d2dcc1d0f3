"""The step `heads` of the study `brackets`: what every head and neuron knows, C-5 and C-7.

Writes the tensors of every unit and the table head_accuracy; roles are told later, when it is known
what units do.
"""

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.bracket_answers import BracketAsked
from neuroglot.analyses.bracket_heads import Followed, followed, sound_claim, tracking_claim
from neuroglot.analyses.bracket_units import UnitAnswers, UnitCounts, unit_answers, unit_counts
from neuroglot.analyses.claims import Row
from neuroglot.analyses.probe import CHOOSE, TRAIN, rounds, trained
from neuroglot.analyses.verdicts import Part, arm
from neuroglot.base.seeds import generator
from neuroglot.lm.model import LM
from neuroglot.measure.bracket_units import UnitLogits, head_logits, last_inputs, neuron_logits
from neuroglot.runs.directory import Run
from neuroglot.runs.writing import RunWriter
from neuroglot.studies.bracket_data import BracketData
from neuroglot.studies.bracket_readings import closing_of
from neuroglot.studies.claim_tables import replace_claims
from neuroglot.studies.watching import Watcher

Ints = NDArray[np.int64]
HEADS = "heads"
KINDS = ("head", "neuron")
PROBED = 6
"""Heads that a probe is trained on: those that follow closed calls best."""
SELECTED_ON = "train"


def write_heads(writer: RunWriter, lm: LM, data: BracketData, watch: Watcher) -> None:
    """All of the step."""
    parameters, asked = data.parameters, data.asked
    drawn = {"resamples": parameters.resamples, "seed": parameters.seed}
    units = _measured(writer, lm, data, watch)
    closing = closing_of(writer.run, data)
    heads = unit_answers(asked, units["head"].logits, units["head"].most, units["head"].rank)
    found = followed(
        asked, heads.preferred, permutations=parameters.permutations, seed=parameters.seed
    )
    probes = _probes(lm, data, units["head"], found, watch)
    writer.write_tensors(
        "bracket_probes",
        {"head": probes[0], "probe": probes[1], "position": probes[2], "control": probes[3]},
    )
    claims, rows = tracking_claim(
        asked,
        heads.preferred,
        found,
        names=[head_name(*place) for place in places(units["head"])],
        probes=_probe_arms(units["head"], probes),
        closing=closing,
        **drawn,
    )
    replace_claims(writer, ("C-5",), claims, rows)
    train = asked.only(SELECTED_ON)
    both = [judged(asked, units[kind], SELECTED_ON) for kind in KINDS if kind in units]
    claims, rows = sound_claim(
        train,
        UnitAnswers(
            *(
                np.concatenate([getattr(each[0], name) for each in both], axis=1)
                for name in ("preferred", "right", "gated", "promoted")
            )
        ),
        UnitCounts(
            both[0][1].prompts,
            *(
                np.concatenate([getattr(each[1], name) for each in both], axis=-1)
                for name in ("gated", "free", "promoted")
            ),
        ),
        n_units=sum(each.n_units for each in units.values()),
        closing=closing,
        permutations=parameters.permutations,
        **drawn,
    )
    replace_claims(writer, ("C-7",), claims, rows)
    writer.write_table(
        "head_accuracy",
        [
            row
            for kind, each in zip((kind for kind in KINDS if kind in units), both, strict=True)
            for row in _accuracy_rows(kind, units[kind], each[1], asked.counts)
        ],
    )


def judged(asked: BracketAsked, units: UnitLogits, *splits: str) -> tuple[UnitAnswers, UnitCounts]:
    """What units answer in the prompts of some splits, and its sums."""
    own = np.isin(asked.split, splits)
    some = asked.only(*splits)
    answers = unit_answers(some, units.logits[own], units.most[own], units.rank[own])
    return answers, unit_counts(some, answers)


def _measured(
    writer: RunWriter, lm: LM, data: BracketData, watch: Watcher
) -> dict[str, UnitLogits]:
    found = {}
    for kind, measure in (("head", head_logits), ("neuron", neuron_logits)):
        if kind == "neuron" and lm.n_neurons is None:
            writer.note("tokens are routed to experts: heads are looked at, no neurons")
            continue
        found[kind] = measure(
            lm,
            data.rows,
            data.ids,
            batch_tokens=data.parameters.batch_tokens,
            on_progress=lambda done, total, kind=kind: watch(  # type: ignore[misc]
                HEADS, done, total, "prompts", f"{kind}s"
            ),
        )
        writer.write_tensors(
            f"bracket_{kind}s",
            {name: np.asarray(value) for name, value in vars(found[kind]).items()},
        )
    return found


def kept_units(run: Run, kind: str) -> UnitLogits | None:
    """The units of one kind as the run holds them; None where they were not measured."""
    if not run.has_tensors(f"bracket_{kind}s"):
        return None
    found = run.tensors(f"bracket_{kind}s")
    return UnitLogits(
        layers=found["layers"],
        indices=found["indices"],
        logits=found["logits"],
        most=found["most"],
        rank=found["rank"],
        n_units=int(found["n_units"]),
    )


def places(units: UnitLogits) -> list[tuple[int, int]]:
    """(layer, index) of each unit."""
    return list(zip(units.layers.tolist(), units.indices.tolist(), strict=True))


def head_name(layer: int, head: int) -> str:
    """A head as it is written: L3H2."""
    return f"L{layer}H{head}"


Probes = tuple[Ints, NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]
"""Places of heads, and accuracies [head]: of the head, of position alone, of counts dealt anew."""


def _probes(
    lm: LM, data: BracketData, units: UnitLogits, found: Followed, watch: Watcher
) -> Probes:
    """How well a straight cut tells the closed calls from what the best heads give, by head."""
    asked = data.asked
    chosen = np.argsort(-found.choosing, kind="stable")[:PROBED]
    if asked.n_templates < 3:
        nothing = np.zeros(0)
        return chosen[:0], nothing, nothing, nothing
    inputs = last_inputs(lm, data.rows, "head", batch_tokens=data.parameters.batch_tokens)
    parts = rounds(asked.template, seed=data.parameters.seed)
    draw = generator(data.parameters.seed, "control task of heads")
    dealt = draw.permutation(asked.closed)
    position = np.stack([asked.length, asked.length**2], axis=1).astype(np.float64)
    values: list[tuple[float, float, float]] = []
    alone = _probed(position, asked.closed, parts)
    for number, at in enumerate(chosen.tolist()):
        own = inputs[:, units.layers[at], units.indices[at]]
        values.append((_probed(own, asked.closed, parts), alone, _probed(own, dealt, parts)))
        watch(HEADS, number + 1, len(chosen), "heads", "probes")
    probe, place, control = np.array(values).T
    return chosen, probe, place, control


def _probed(features: NDArray[np.floating], closed: Ints, parts: list[Ints]) -> float:
    """Accuracy over all templates, each told by a probe that was trained on others."""
    right = n = 0
    for part in parts:
        probe = trained(features, closed, part, n_classes=int(closed.max()) + 1)
        tested = (part != TRAIN) & (part != CHOOSE)
        right += int((probe.predicted(features[tested]) == closed[tested]).sum())
        n += int(tested.sum())
    return right / n


def _probe_arms(units: UnitLogits, probes: Probes) -> list[Part]:
    chosen, probe, position, control = probes
    if not len(chosen):
        return []
    best = int(np.argmax(probe))
    name = head_name(*places(units)[int(chosen[best])])
    return [
        arm(f"closed calls told from {name} by a probe", float(probe[best])),
        arm("from position alone", float(position[best])),
        arm("counts dealt anew, from the same head", float(control[best])),
    ]


def _accuracy_rows(
    kind: str, units: UnitLogits, counts: UnitCounts, closers: tuple[int, ...]
) -> list[Row]:
    """Rows of `head_accuracy`: every head, and the neurons that pass a count."""
    gated, free = counts.accuracy(), counts.accuracy(gate=False)
    shown = np.full(len(units.layers), True) if kind == "head" else counts.generality() > 0
    return [
        {
            "component": kind,
            "layer": int(units.layers[at]),
            "head": int(units.indices[at]),
            "k": k,
            "accuracy": float(gated[column, at]),
            "accuracy_ungated": float(free[column, at]),
            "n": len(counts.prompts),
            "unit": "template",
        }
        for at in np.flatnonzero(shown)
        for column, k in enumerate(closers)
    ]
