"""The first steps of the study `brackets`: answers, and where in depth they come from.

Each takes the run's writer, the model and the prompts, and writes tensors, tables and claims: C-1;
then C-2 to C-4. What a later step needs is read back from the run.
"""

import json
from collections.abc import Callable
from dataclasses import asdict

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.bracket_answers import (
    MODEL,
    UNTRAINED,
    BracketAnswers,
    BracketAsked,
    accuracy_rows,
    closing_claim,
    closing_gate,
    simple_answers,
)
from neuroglot.analyses.bracket_depth import (
    KINDS,
    Leads,
    Moved,
    Written,
    depth_claim,
    shares_claims,
)
from neuroglot.analyses.bracket_depth_rows import attribution_rows, stream_rows
from neuroglot.analyses.claims import Row
from neuroglot.analyses.verdicts import Part
from neuroglot.lm.model import LM
from neuroglot.lm.twin import untrained_twin
from neuroglot.measure.bracket_readings import bracket_answer, bracket_parts, bracket_stream
from neuroglot.measure.sweep_variants import patch
from neuroglot.runs.directory import Run
from neuroglot.runs.writing import RunWriter
from neuroglot.studies.bracket_data import (
    PUBLISHED,
    BracketData,
    closers_seen_last,
    published_asked,
    published_tokens,
)
from neuroglot.studies.bracket_samples import right_ids, swept_pairs
from neuroglot.studies.claim_tables import replace_claims
from neuroglot.studies.watching import Watcher

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
ANSWERS, DEPTH = "answers", "depth"
TENSORS, TWIN, PUBLISHED_TENSORS = "brackets", "brackets.untrained", "brackets.published"
PARTS, PAIRS = "bracket_parts", "bracket_pairs"


def write_answers(writer: RunWriter, lm: LM, data: BracketData, watch: Watcher) -> None:
    """What the model says behind every prompt: tables bracket_prompts, brackets_accuracy, C-1."""
    parameters, asked = data.parameters, data.asked
    writer.write_table("bracket_prompts", prompt_rows(data))
    for why, n in data.dropped.items():
        writer.note(f"{n:,} prompts left out: {why}")
    batch = parameters.batch_tokens
    drawn = {"resamples": parameters.resamples, "seed": parameters.seed}

    def told(what: str) -> Callable[[int, int], None]:
        return lambda done, total: watch(ANSWERS, done, total, "prompts", what)

    arms = {MODEL: lm}
    if parameters.with_twin(lm.name):
        arms[UNTRAINED] = untrained_twin(lm, seed=parameters.seed)
    answers: dict[str, BracketAnswers] = {}
    for name, model in arms.items():
        said = bracket_answer(
            model, data.rows, data.ids, batch_tokens=batch, on_progress=told(name)
        )
        stream = bracket_stream(
            model, data.rows, data.ids, batch_tokens=batch, on_progress=told(f"{name}, lens")
        )
        right = said.likeliest == np.array([each.answer for each in data.tokens])
        arrays = {"logits": said.logits, "other": said.other, "right": right}
        arrays |= {"lens": stream.final, "lens_own": stream.own}
        writer.write_tensors(
            TENSORS if name == MODEL else TWIN, arrays, _described(asked, sites=stream.sites)
        )
        answers[name] = _answers(right, said.logits, asked)
    answers |= simple_answers(asked, closers_seen_last(data.tokens))
    rows = accuracy_rows(asked, answers, template_set=parameters.templates, **drawn)
    rows += _published(writer, lm, data, watch)
    writer.write_table("brackets_accuracy", rows)
    replace_claims(writer, ("C-1",), *closing_claim(asked, answers, **drawn))


def _answers(right: NDArray[np.bool_], logits: Floats, asked: BracketAsked) -> BracketAnswers:
    return BracketAnswers(right, logits.argmax(axis=1) == asked.right)


def _published(writer: RunWriter, lm: LM, data: BracketData, watch: Watcher) -> list[Row]:
    """The published prompts beside: a replication, on which no claim rests."""
    if data.parameters.closer != ")":
        return []
    tokens = published_tokens(lm, data)
    asked = published_asked(tokens, data.asked.counts)
    said = bracket_answer(
        lm,
        [each.ids for each in tokens],
        data.ids,
        batch_tokens=data.parameters.batch_tokens,
        on_progress=lambda done, total: watch(ANSWERS, done, total, "prompts", PUBLISHED),
    )
    right = said.likeliest == np.array([each.answer for each in tokens])
    answers = {MODEL: _answers(right, said.logits, asked)}
    return [
        # One template for each count: there is nothing to resample.
        row | ({} if row["unit"] == "prompt" else dict.fromkeys(("n", "unit", "low", "high")))
        for row in accuracy_rows(
            asked, answers, template_set=PUBLISHED, resamples=1, seed=data.parameters.seed
        )
    ]


def prompt_rows(data: BracketData) -> list[Row]:
    """Rows of `bracket_prompts`."""
    return [
        {
            "prompt": prompt_name(number),
            "template": each.prompt.template,
            "language": each.prompt.language,
            "k": each.prompt.k,
            "closed": each.prompt.closed,
            "length": len(each.ids) - (data.tokenizer.bos is not None),
            "split": each.prompt.split,
            "text": each.prompt.text,
        }
        for number, each in enumerate(data.tokens)
    ]


def prompt_name(number: int) -> str:
    """What a prompt is called in tables."""
    return f"p{number:04d}"


def closing_of(run: Run, data: BracketData) -> Part:
    """The gate of C-1, from what the run holds."""
    found = run.tensors(TENSORS)
    return closing_gate(data.asked, BracketAnswers(found["right"]))


def write_depth(writer: RunWriter, lm: LM, data: BracketData, watch: Watcher) -> None:
    """Where the closers' lead comes from: tables logit_difference, attribution, C-2 to C-4."""
    parameters, asked, run = data.parameters, data.asked, writer.run
    drawn = {"resamples": parameters.resamples, "seed": parameters.seed}
    found = run.tensors(TENSORS)
    leads = _leads(run, TENSORS)
    batch = parameters.batch_tokens
    parts = bracket_parts(
        lm,
        data.rows,
        data.ids,
        batch_tokens=batch,
        on_progress=lambda done, total: watch(DEPTH, done, total, "prompts", "parts"),
    )
    written = Written(parts.components, parts.contribution)
    pairs = data.count_pairs
    moved = _moved(lm, data, pairs, found["logits"], watch)
    changes, prompts = _renumbered(lm, data, written, watch)
    writer.write_tensors(
        PARTS,
        {"contribution": parts.contribution, "head_logits": parts.heads},
        _described(asked, components=parts.components),
    )
    writer.write_tensors(
        PAIRS,
        {"pairs": pairs}
        | {name: value for name, value in asdict(moved).items() if name != "prompt"}
        | {f"renumbered_{kind}": each for kind, each in changes.items()}
        | {"renumbered_prompt": prompts},
    )
    writer.write_table("logit_difference", stream_rows(asked, leads, **drawn))
    writer.write_table("attribution", attribution_rows(asked, written, parts.heads, **drawn))
    closing = closing_of(run, data)
    untrained = _leads(run, TWIN) if run.has_tensors(TWIN) else None
    claims, rows = depth_claim(
        asked,
        leads,
        moved,
        closing=closing,
        untrained=untrained,
        n_layers=lm.n_layers,
        **drawn,
    )
    replace_claims(writer, ("C-2",), claims, rows)
    claims, rows = shares_claims(
        asked,
        written,
        pairs,
        renumbered=changes,
        renumbered_prompt=prompts,
        closing=closing,
        **drawn,
    )
    replace_claims(writer, ("C-3", "C-4"), claims, rows)


def _leads(run: Run, name: str) -> Leads:
    found, told = run.tensors(name), run.tensor_metadata(name)
    sites = tuple((site, int(layer)) for site, layer in json.loads(told["sites"]))
    return Leads(sites, found["lens_own"], found["lens"])


def _moved(lm: LM, data: BracketData, pairs: Ints, logits: Floats, watch: Watcher) -> Moved:
    """The last position's stream of each layer, put in from the counterfactual."""
    one, other = pairs[:, 0], pairs[:, 1]
    variants = [patch(lm.stream("resid_post", layer)) for layer in range(lm.n_layers)]
    targets = right_ids(data, pairs)
    swept = swept_pairs(
        lm, data, pairs, variants, targets=targets, watch=watch, what="streams", step=DEPTH
    )
    lead, right = logits.astype(np.float64), data.asked.right
    return Moved(
        prompt=one,
        clean=pair_lead(swept.clean.logits),
        counterfactual=lead[other, right[one]] - lead[other, right[other]],
        patched=pair_lead(swept.edited.logits),
    )


def pair_lead(logits: Floats) -> NDArray[np.float64]:
    """The first of two logits less the second: [..., 2] to float64 [...]."""
    lead: NDArray[np.float64] = logits[..., 0].astype(np.float64) - logits[..., 1]
    return lead


def _renumbered(
    lm: LM, data: BracketData, written: Written, watch: Watcher
) -> tuple[dict[str, NDArray[np.float64]], Ints]:
    """How much each kind of component moves with the number alone: by kind [pair], and prompts.

    Of the lead of the right closers over those of a neighbouring count, without its sign.
    """
    pairs = data.number_pairs()
    if not len(pairs):
        return {kind: np.zeros(0) for kind in KINDS}, np.zeros(0, dtype=np.int64)
    parts = bracket_parts(
        lm,
        [each.ids for each in data.renumbered],
        data.ids,
        batch_tokens=data.parameters.batch_tokens,
        on_progress=lambda done, total: watch(DEPTH, done, total, "prompts", "other numbers"),
    )
    theirs = Written(parts.components, parts.contribution)
    one, other = pairs[:, 0], pairs[:, 1]
    right = data.asked.right[one]
    beside = np.where(right > 0, right - 1, right + 1)
    at = np.arange(len(one))

    def change(kind: str) -> NDArray[np.float64]:
        mine, its = written.of(kind)[one], theirs.of(kind)[other]
        lead = mine[at, right] - mine[at, beside] - (its[at, right] - its[at, beside])
        return np.abs(lead)

    return {kind: change(kind) for kind in KINDS}, one


def _described(asked: BracketAsked, **more: object) -> dict[str, str]:
    told = {"templates": asked.templates, "counts": asked.counts, **more}
    return {name: json.dumps(value) for name, value in told.items()}
