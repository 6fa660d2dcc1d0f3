"""The step `roles` of the study `brackets`: the table of heads and neurons, and where heads look.

Puts together what earlier steps measured of each head; runs the model for attention, and for what
neurons do.
"""

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.bootstrap import problem_weights
from neuroglot.analyses.bracket_answers import averaged, fixed_lead
from neuroglot.analyses.bracket_effects import RoleEvidence, roles_of
from neuroglot.analyses.bracket_heads import CHOOSING
from neuroglot.analyses.bracket_units import (
    code_scores,
    counting,
    text_scores,
    tracking,
    unit_answers,
)
from neuroglot.analyses.claims import Row, known
from neuroglot.analyses.uncertainty import percentile_interval
from neuroglot.base.units import NeuronSet
from neuroglot.lm.model import LM
from neuroglot.measure.attention import last_attention
from neuroglot.runs.writing import RunWriter
from neuroglot.studies.bracket_data import BracketData
from neuroglot.studies.bracket_effects import kept_effects
from neuroglot.studies.bracket_heads import KINDS, SELECTED_ON, judged, kept_units
from neuroglot.studies.bracket_neurons import ROLE_STEP, UnitEffects, neuron_effects
from neuroglot.studies.bracket_readings import PARTS, TENSORS, prompt_name
from neuroglot.studies.watching import Watcher
from neuroglot.text.bracket_tokens import ROLES

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
LOOKED_AT = 8
"""Heads whose attention is looked at, those with a role and the largest effects first."""
SHOWN = 4
"""Prompts whose attention is kept token by token."""
Ends = tuple[float, float, float]


def write_roles(writer: RunWriter, lm: LM, data: BracketData, watch: Watcher) -> None:
    """Tables heads, attention, attention_roles."""
    rows: list[Row] = []
    for kind in KINDS:
        rows += _unit_rows(writer, lm, data, kind, watch)
    writer.write_table("heads", rows)
    heads = _looked_at(rows)
    shown, masses = _attention(lm, data, heads, watch)
    writer.write_table("attention", shown)
    writer.write_table("attention_roles", masses)


def _unit_rows(
    writer: RunWriter, lm: LM, data: BracketData, kind: str, watch: Watcher
) -> list[Row]:
    """Rows of `heads`: every head, and the neurons that pass a count."""
    run, asked = writer.run, data.asked
    units = kept_units(run, kind)
    if units is None:
        return []
    answers, counts = judged(asked, units, SELECTED_ON)
    general, free = counts.generality(), counts.generality(gate=False)
    shown = np.arange(len(general)) if kind == "head" else np.flatnonzero(general > 0)
    if not len(shown):
        return []
    text, code = (rule(counts.promotion()) for rule in (text_scores, code_scores))
    first = np.isin(asked.split, CHOOSING)
    preferred = unit_answers(asked, units.logits, units.most, units.rank).preferred
    follows = tracking(preferred[first], asked.only(*CHOOSING))[0]
    follows_count = counting(units.logits[:, shown], asked)
    same = np.array(
        [np.bincount(answers.preferred[:, at]).max() / len(answers.preferred) for at in shown]
    )
    if kind == "head":
        effects = _head_effects(writer, data)
    else:
        neurons = NeuronSet(units.layers[shown], units.indices[shown])
        effects = neuron_effects(writer, lm, data, neurons, watch)
    direct, ablation = _intervals(data, effects)
    probes = _probes(writer) if kind == "head" else {}
    lead = float(np.abs(_leads(writer, data)).mean())
    rows = []
    for place, at in enumerate(shown.tolist()):
        evidence = RoleEvidence(
            generality=int(general[at]),
            generality_ungated=int(free[at]),
            counting=float(follows_count[place]),
            tracking=float(np.nan_to_num(follows[at])),
            preferred_share=float(same[place]),
            direct=direct[place],
            ablation=ablation[place],
        )
        probe, position = probes.get(at, (None, None))
        rows.append(
            {
                "component": kind,
                "layer": int(units.layers[at]),
                "head": int(units.indices[at]),
                "role": roles_of(evidence, lead=lead),
                "counting_r": known(evidence.counting),
                "tracking": known(float(follows[at])),
                "probe": probe,
                "position_probe": position,
                "generality": evidence.generality,
                "precision_text": float(text.precision[at]),
                "recall_text": float(text.recall[at]),
                "f1_text": float(text.f1[at]),
                "precision_code": float(code.precision[at]),
                "recall_code": float(code.recall[at]),
                "f1_code": float(code.f1[at]),
                "direct_effect": known(evidence.direct[0]),
                "ablation_effect": known(evidence.ablation[0]),
                "patching_effect": known(float(effects.patched[place])),
                "n": len(counts.prompts),
                "unit": "template",
                "low": known(evidence.direct[1]),
                "high": known(evidence.direct[2]),
            }
        )
    return rows


def _leads(writer: RunWriter, data: BracketData) -> Floats:
    """The model's own lead over the best wrong closers: [prompt]."""
    logits = writer.run.tensors(TENSORS)["logits"]
    return fixed_lead(logits, logits, data.asked.right)


def _head_effects(writer: RunWriter, data: BracketData) -> UnitEffects:
    """What every head does, as earlier steps kept it."""
    asked, run, kept = data.asked, writer.run, kept_effects(writer)
    written = run.tensors(PARTS)["head_logits"].reshape(len(asked.k), -1, len(asked.counts))
    lead = fixed_lead(np.moveaxis(written, 0, 1), run.tensors(TENSORS)["logits"], asked.right)
    return UnitEffects(lead, kept.removed, kept.prompts, kept.patched)


def _intervals(data: BracketData, effects: UnitEffects) -> tuple[list[Ends], list[Ends]]:
    """Mean, low and high of what each unit writes, and of the change without it."""
    template = data.asked.template
    draws = {"draws": data.parameters.resamples, "seed": data.parameters.seed}
    every = problem_weights(template, **draws)
    some = problem_weights(template[effects.prompts], **draws)
    return _ends(averaged(every, effects.written.T)), _ends(averaged(some, effects.removed.T))


def _ends(drawn: Floats) -> list[Ends]:
    return [(float(own[0]), *percentile_interval(own[1:])) for own in drawn.T]


def _probes(writer: RunWriter) -> dict[int, tuple[float, float]]:
    found = writer.run.tensors("bracket_probes")
    return {
        int(at): (float(own), float(place))
        for at, own, place in zip(found["head"], found["probe"], found["position"], strict=True)
    }


def _looked_at(rows: list[Row]) -> list[tuple[int, int]]:
    """Heads with a role first, the largest effects first among them."""
    heads = [row for row in rows if row["component"] == "head"]
    heads.sort(key=lambda row: (not row["role"], -abs(row["patching_effect"] or 0.0)))
    return [(row["layer"], row["head"]) for row in heads[:LOOKED_AT]]


def _attention(
    lm: LM, data: BracketData, heads: list[tuple[int, int]], watch: Watcher
) -> tuple[list[Row], list[Row]]:
    """Rows of `attention`, of a few prompts, and of `attention_roles`, the mean over more."""
    numbers = _looked_prompts(data)
    layers = sorted({layer for layer, _ in heads})
    mass = {place: np.zeros(len(ROLES)) for place in heads}
    rest = {place: np.zeros(len(ROLES)) for place in heads}
    rows: list[Row] = []
    for place, number in enumerate(numbers):
        tokens = data.tokens[number]
        found = last_attention(lm, tokens.ids[None], layers)
        for layer, head in heads:
            weights = found[layer][0, head].astype(np.float64)
            of_role = np.bincount(tokens.roles, weights=weights, minlength=len(ROLES))
            mass[layer, head] += of_role / len(numbers)
            without = of_role.copy()
            without[0] = 0
            rest[layer, head] += without / max(float(without.sum()), 1e-12) / len(numbers)
            if place < SHOWN:
                rows += [
                    {
                        "prompt": prompt_name(number),
                        "layer": layer,
                        "head": head,
                        "position": position,
                        "token": data.tokenizer.token_text(int(id)),
                        "weight": float(weight),
                    }
                    for position, (id, weight) in enumerate(zip(tokens.ids, weights, strict=True))
                ]
        watch(ROLE_STEP, place + 1, len(numbers), "prompts", "attention")
    masses = [
        {
            "layer": layer,
            "head": head,
            "role": name,
            "weight": float(mass[layer, head][at]),
            "weight_without_bos": None if name == "bos" else float(rest[layer, head][at]),
            "n": len(numbers),
            "unit": "prompt",
        }
        for layer, head in heads
        for at, name in enumerate(ROLES)
    ]
    return rows, masses


def _looked_prompts(data: BracketData) -> list[int]:
    """Prompts of the templates that judge, those with most missing and most closed first."""
    asked = data.asked
    own = np.flatnonzero(asked.split == "test")
    own = own if len(own) else np.arange(len(asked.k))
    order = sorted(own.tolist(), key=lambda at: (-int(asked.closed[at]), -int(asked.k[at])))
    seen: dict[int, int] = {}
    turn: list[tuple[int, int, int]] = []
    for at in order:
        template = int(asked.template[at])
        seen[template] = seen.get(template, 0) + 1
        turn.append((seen[template], len(turn), at))
    return [at for _, _, at in sorted(turn)][: data.parameters.sampled]
