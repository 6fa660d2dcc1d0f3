"""The step `effects` of the study `brackets`: what components do, by taking them away or over.

Writes the tables patching and faithfulness, and decides C-6. Everything runs through one sweep for
each question; what is run at every token is run on a sample.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.bracket_answers import EVERY, BracketAsked, closer_lead
from neuroglot.analyses.bracket_effects import (
    PairEffects,
    Place,
    Removed,
    Swapped,
    agreement,
    help_or_hurt_claim,
    kept_and_left,
    overall_shares,
    removed_rows,
    share_rows,
)
from neuroglot.analyses.bracket_heads import CHOOSING, FOLLOWS_LOOSELY
from neuroglot.analyses.bracket_units import tracking, unit_answers
from neuroglot.analyses.claims import Row
from neuroglot.base.seeds import generator
from neuroglot.base.units import NeuronSet
from neuroglot.lm.edits import mean, zero
from neuroglot.lm.model import LM
from neuroglot.measure.attribution_patching import patching_approximation
from neuroglot.measure.bracket_units import last_inputs, mean_inputs
from neuroglot.measure.sweep import sweep
from neuroglot.measure.sweep_variants import Variant, patch
from neuroglot.runs.writing import RunWriter
from neuroglot.studies.bracket_data import BracketData
from neuroglot.studies.bracket_heads import head_name, kept_units
from neuroglot.studies.bracket_readings import PAIRS, PARTS, TENSORS, closing_of, pair_lead
from neuroglot.studies.claim_tables import replace_claims
from neuroglot.studies.watching import Watcher

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
EFFECTS = "effects"
OPERATIONS = ("zero", "mean", "resample")
RANKINGS = ("effect", "attribution", "random")
LAST, CHANGED, BETWEEN, ALL = "last", "changed", "between", "all"


@dataclass(frozen=True, eq=False)
class HeadEffects:
    """What the step tells of every head, in the order of layers and heads: float64.

    removed: [head, prompt], change of the lead where its output is the mean, at the last token.
    prompts: int64 [prompt]. patched: [head], share of the difference between two counts.
    """

    removed: Floats
    prompts: Ints
    patched: Floats


def write_effects(writer: RunWriter, lm: LM, data: BracketData, watch: Watcher) -> None:
    """All of the step."""
    parameters, asked = data.parameters, data.asked
    drawn = {"resamples": parameters.resamples, "seed": parameters.seed}
    last = _patched_last(writer, lm, data, watch)
    rows: list[Row] = []
    for effects in (last, *_patched_before(writer, lm, data, watch)):
        rows += share_rows(asked, effects, **drawn)
    removed = _removed(writer, lm, data, watch)
    for each in removed:
        rows += removed_rows(asked, each, **drawn)
    writer.write_table("patching", rows)
    writer.write_table("faithfulness", _faithfulness(lm, data, last, watch))
    _note_agreement(writer, asked, last)
    swapped = _swapped(writer, lm, data, watch)
    claims, parts = help_or_hurt_claim(
        asked, swapped, closing=closing_of(writer.run, data), **drawn
    )
    replace_claims(writer, ("C-6",), claims, parts)
    every = np.ones((1, len(asked.k)))
    is_head = [at for at, (component, _, _) in enumerate(last.places) if component == "head"]
    by_mean = next(r for r in removed if (r.operation, r.role) == ("mean", LAST))
    own = [at for at, (component, _, _) in enumerate(by_mean.places) if component == "head"]
    writer.write_tensors(
        "bracket_effects",
        {
            "removed": by_mean.change[own],
            "prompts": by_mean.prompts,
            "patched": overall_shares(asked, last, every)[0, is_head],
        },
    )


def kept_effects(writer: RunWriter) -> HeadEffects:
    """What the step told of every head, from the run."""
    found = writer.run.tensors("bracket_effects")
    return HeadEffects(found["removed"], found["prompts"], found["patched"])


def _places(lm: LM) -> tuple[Place, ...]:
    """Attention, MLPs and heads."""
    layers = range(lm.n_layers)
    return (
        *(("attention", layer, -1) for layer in layers),
        *(("mlp", layer, -1) for layer in layers),
        *(("head", layer, head) for layer in layers for head in range(lm.n_heads)),
    )


def _units(lm: LM, place: Place) -> NeuronSet:
    component, layer, head = place
    if component == "head":
        return NeuronSet.of([(layer, head)], "head")
    site = {"attention": "attn_out", "mlp": "mlp_out", "resid_post": "resid_post"}[component]
    return lm.stream(site, layer)


def _patched_last(writer: RunWriter, lm: LM, data: BracketData, watch: Watcher) -> PairEffects:
    """Every component at the last token, from the prompt with another count."""
    stored, chosen = writer.run.tensors(PAIRS), _of_some_templates(data, data.count_pairs)
    pairs, places = data.count_pairs[chosen], _places(lm)
    one, other = pairs.T
    batch = data.parameters.batch_tokens
    rows, sources = _rows(data, one), _rows(data, other)
    targets = _targets(data, pairs)
    swept = sweep(
        lm,
        rows,
        [patch(_units(lm, place)) for place in places],
        at="last",
        targets=targets,
        sources=sources,
        batch_tokens=batch,
        on_progress=lambda done, total: watch(EFFECTS, done, total, "pairs", "patches"),
    )
    near = patching_approximation(lm, rows, sources, targets, batch_tokens=batch)
    streams = tuple(("resid_post", layer, -1) for layer in range(lm.n_layers))
    by_gradient = np.concatenate(
        [
            np.full((lm.n_layers, len(pairs)), np.nan),
            near["attn_out"].T,
            near["mlp_out"].T,
            near["head"].reshape(len(pairs), -1).T,
        ]
    )
    return PairEffects(
        places=(*streams, *places),
        role=LAST,
        pairs=pairs,
        clean=stored["clean"][chosen],
        counterfactual=stored["counterfactual"][chosen],
        patched=np.concatenate([stored["patched"][:, chosen], pair_lead(swept.edited.logits)]),
        approximation=by_gradient,
    )


def _patched_before(
    writer: RunWriter, lm: LM, data: BracketData, watch: Watcher
) -> list[PairEffects]:
    """The stream of each layer where the two differ, and between there and the last token."""
    stored = writer.run.tensors(PAIRS)
    chosen = _sampled(data, data.count_pairs, "patched places")
    pairs = data.count_pairs[chosen]
    changed = data.changed(pairs)
    lengths = data.asked.length[pairs[:, 0]]
    between = [
        list(range(max(own) + 1, int(n) - 1)) for own, n in zip(changed, lengths, strict=True)
    ]
    places = tuple(("resid_post", layer, -1) for layer in range(lm.n_layers))
    found = []
    for role, at in ((CHANGED, changed), (BETWEEN, between)):
        swept = sweep(
            lm,
            _rows(data, pairs[:, 0]),
            [patch(_units(lm, place)) for place in places],
            at=at,
            targets=_targets(data, pairs),
            sources=_rows(data, pairs[:, 1]),
            batch_tokens=data.parameters.batch_tokens,
            on_progress=lambda done, total, role=role: watch(  # type: ignore[misc]
                EFFECTS, done, total, "pairs", f"streams, {role}"
            ),
        )
        found.append(
            PairEffects(
                places,
                role,
                pairs,
                stored["clean"][chosen],
                stored["counterfactual"][chosen],
                pair_lead(swept.edited.logits),
            )
        )
    return found


def _removed(writer: RunWriter, lm: LM, data: BracketData, watch: Watcher) -> list[Removed]:
    """Every component at zero, at its mean, and as in another prompt of the same length."""
    asked, parameters = data.asked, data.parameters
    logits = writer.run.tensors(TENSORS)["logits"]
    places = _places(lm)
    train = np.flatnonzero(asked.split == "train")
    rows = _rows(data, train)
    batch = parameters.batch_tokens
    sites = {"head": "head", "mlp": "mlp_out", "attention": "attn_out"}
    means = {
        LAST: {
            kind: last_inputs(lm, rows, site, batch_tokens=batch).mean(axis=0)
            for kind, site in sites.items()
        },
        ALL: {
            kind: mean_inputs(lm, rows[: 4 * parameters.sampled], site, batch_tokens=batch)
            for kind, site in sites.items()
        },
    }
    found = []
    for role, n in ((LAST, 4 * parameters.sampled), (ALL, parameters.sampled)):
        prompts = _sampled_prompts(data, n, f"removed at {role}")
        variants: list[Variant] = []
        for operation in OPERATIONS:
            for place in places:
                units = _units(lm, place)
                variants.append(
                    zero(units)
                    if operation == "zero"
                    else mean(units, means[role][place[0]])
                    if operation == "mean"
                    else patch(units)
                )
        swept = sweep(
            lm,
            _rows(data, prompts),
            variants,
            at=role,
            targets=np.tile(np.array(data.ids), (len(prompts), 1)),
            sources=_rows(data, _others(data, prompts)),
            batch_tokens=batch,
            on_progress=lambda done, total, role=role: watch(  # type: ignore[misc]
                EFFECTS, done, total, "prompts", f"without, {role}"
            ),
        )
        lead = fixed_lead(swept.edited.logits, logits[prompts], asked.right[prompts])
        change = lead - fixed_lead(swept.clean.logits, logits[prompts], asked.right[prompts])
        for number, operation in enumerate(OPERATIONS):
            own = slice(number * len(places), (number + 1) * len(places))
            found.append(Removed(places, operation, role, prompts, change[own]))
    return found


def fixed_lead(values: NDArray[np.floating], clean: NDArray[np.floating], right: Ints) -> Floats:
    """Lead of the right closers over those that are the best wrong ones in the clean model.

    values: [..., prompt, closer]; clean: [prompt, closer]; right: int64 [prompt]. Linear in values,
    so that parts add up.
    """
    at = np.arange(len(right))
    wrong = np.array(clean, dtype=np.float64)
    wrong[at, right] = -np.inf
    found = np.asarray(values, dtype=np.float64)
    lead: Floats = found[..., at, right] - found[..., at, wrong.argmax(axis=1)]
    return lead


def _faithfulness(lm: LM, data: BracketData, effects: PairEffects, watch: Watcher) -> list[Row]:
    """How much of the difference sets of heads keep alone, and leave when they are gone."""
    asked = data.asked
    of_train = np.isin(asked.split[effects.pairs[:, 0]], CHOOSING)
    judged = np.flatnonzero(~of_train)
    judged = judged if len(judged) else np.arange(len(effects.pairs))
    chosen = _sampled(data, effects.pairs, "faithfulness", among=judged)
    pairs = effects.pairs[chosen]
    heads = [at for at, (component, _, _) in enumerate(effects.places) if component == "head"]
    orders = _rankings(data, effects, heads, of_train)
    n = len(heads)
    sizes = sorted({0, n, *(2**power for power in range(12) if 2**power < n)})
    variants: list[Variant] = []
    for order in orders.values():
        for size in sizes:
            variants += [patch(_set(lm, order[size:])), patch(_set(lm, order[:size]))]
    swept = sweep(
        lm,
        _rows(data, pairs[:, 0]),
        variants,
        targets=_targets(data, pairs),
        sources=_rows(data, pairs[:, 1]),
        batch_tokens=data.parameters.batch_tokens,
        on_progress=lambda done, total: watch(EFFECTS, done, total, "pairs", "sets of heads"),
    )
    lead = pair_lead(swept.edited.logits).reshape(len(orders), len(sizes), 2, len(pairs))
    rows = []
    for number, ranking in enumerate(orders):
        for k in (*asked.counts, EVERY):
            own = np.flatnonzero((asked.k[pairs[:, 0]] == k) | (k == EVERY))
            if not len(own):
                continue
            share = kept_and_left(
                {"kept": lead[number, :, 0, own].T, "left": lead[number, :, 1, own].T},
                effects.clean[chosen][own],
                effects.counterfactual[chosen][own],
            )
            rows += [
                {
                    "ranking": ranking,
                    "size": size,
                    "k": k,
                    "faithfulness": float(share["kept"][at]),
                    "completeness": float(share["left"][at]),
                    "n": len(np.unique(asked.template[pairs[own, 0]])),
                    "unit": "template",
                }
                for at, size in enumerate(sizes)
            ]
    return rows


def _rankings(
    data: BracketData, effects: PairEffects, heads: Sequence[int], of_train: NDArray[np.bool_]
) -> dict[str, Ints]:
    """Numbers of heads, those that matter most first, by the pairs of train and dev."""
    assert effects.approximation is not None
    exact = effects.noised[heads][:, of_train].sum(axis=1)
    near = -effects.approximation[heads][:, of_train].sum(axis=1)
    draw = generator(data.parameters.seed, "random heads of a circuit")
    return {
        "effect": np.argsort(-exact, kind="stable"),
        "attribution": np.argsort(-near, kind="stable"),
        "random": draw.permutation(len(heads)),
    }


def _note_agreement(writer: RunWriter, asked: BracketAsked, effects: PairEffects) -> None:
    assert effects.approximation is not None
    own = [at for at, (component, _, _) in enumerate(effects.places) if component != "resid_post"]
    exact = effects.noised[own].sum(axis=1)
    value = agreement(exact, -effects.approximation[own].sum(axis=1))
    if not np.isnan(value):
        writer.note(
            f"attribution patching at the last token correlates with exact patching by {value:.2f} "
            f"over {len(own)} components"
        )


def _swapped(writer: RunWriter, lm: LM, data: BracketData, watch: Watcher) -> Swapped:
    """Heads that follow closed calls, and those beside them, with another count's values."""
    asked, run = data.asked, writer.run
    heads = kept_units(run, "head")
    assert heads is not None
    preferred = unit_answers(asked, heads.logits, heads.most, heads.rank).preferred
    first = np.isin(asked.split, CHOOSING)
    follows = tracking(preferred[first], asked.only(*CHOOSING))[0] >= FOLLOWS_LOOSELY
    chosen = np.flatnonzero(np.isin(heads.layers, heads.layers[follows]))
    pairs = data.closed_pairs if len(chosen) else np.zeros((0, 2), dtype=np.int64)
    # Where both counts are the same, a head that follows the one is right about the other.
    pairs = pairs[asked.closed[pairs[:, 0]] != asked.k[pairs[:, 0]]]
    one, other = pairs.T
    total = direct = np.zeros((len(chosen), len(pairs)))
    if len(chosen):
        swept = sweep(
            lm,
            _rows(data, one),
            [patch(_units(lm, ("head", *_place(heads, at)))) for at in chosen.tolist()],
            at="last",
            targets=np.tile(np.array(data.ids), (len(one), 1)),
            sources=_rows(data, other),
            batch_tokens=data.parameters.batch_tokens,
            on_progress=lambda done, total: watch(EFFECTS, done, total, "pairs", "closed calls"),
        )
        clean, right = run.tensors(TENSORS)["logits"][one], asked.right[one]
        edited = np.moveaxis(swept.edited.logits, 0, 1)
        total = closer_lead(edited, right).T - closer_lead(swept.clean.logits, right)
        written = run.tensors(PARTS)["head_logits"].reshape(len(asked.k), len(heads.layers), -1)
        written = np.moveaxis(written[:, chosen], 0, 1)
        direct = fixed_lead(written[:, other], clean, right) - fixed_lead(
            written[:, one], clean, right
        )
    return Swapped(
        prompts=one,
        names=tuple(head_name(*_place(heads, at)) for at in chosen.tolist()),
        layers=heads.layers[chosen],
        followers=follows[chosen],
        total=total,
        direct=direct,
    )


def _place(units: object, at: int) -> tuple[int, int]:
    layers, indices = (getattr(units, name) for name in ("layers", "indices"))
    return int(layers[at]), int(indices[at])


def _set(lm: LM, heads: Ints) -> NeuronSet:
    return NeuronSet.of_flat(heads, lm.n_heads, "head")


def _rows(data: BracketData, numbers: Ints) -> list[Ints]:
    return [data.tokens[number].ids for number in numbers.tolist()]


def _targets(data: BracketData, pairs: Ints) -> Ints:
    """The right closers of both prompts of each pair: int64 [pair, 2]."""
    ids, right = np.array(data.ids), data.asked.right
    return np.stack([ids[right[pairs[:, 0]]], ids[right[pairs[:, 1]]]], axis=1)


def _of_some_templates(data: BracketData, pairs: Ints) -> Ints:
    """Numbers of the pairs of every template, in the quick profile of every second one."""
    template = data.asked.template[pairs[:, 0]]
    found: Ints = np.flatnonzero((template % 2 == 0) | (not data.parameters.quick))
    return found


def _sampled(data: BracketData, pairs: Ints, what: str, *, among: Ints | None = None) -> Ints:
    """Some pairs, with their mirrors: numbers, at most as many as the profile runs."""
    every = np.arange(len(pairs)) if among is None else among
    place = {(int(a), int(b)): number for number, (a, b) in enumerate(pairs.tolist())}
    upward = [at for at in every.tolist() if pairs[at, 0] < pairs[at, 1]]
    draw = generator(data.parameters.seed, "sampled pairs", what)
    chosen = [upward[at] for at in draw.permutation(len(upward))[: data.parameters.sampled // 2]]
    both = [*chosen, *(place[int(pairs[at, 1]), int(pairs[at, 0])] for at in chosen)]
    return np.array(sorted(both), dtype=np.int64)


def _sampled_prompts(data: BracketData, n: int, what: str) -> Ints:
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


def _others(data: BracketData, prompts: Ints) -> Ints:
    """For each prompt another one of the same length, drawn; itself where there is none."""
    length = data.asked.length
    draw = generator(data.parameters.seed, "resampled prompts")
    found = []
    for own in prompts.tolist():
        like = np.flatnonzero(length == length[own])
        like = like[like != own]
        found.append(int(draw.choice(like)) if len(like) else own)
    return np.array(found, dtype=np.int64)
