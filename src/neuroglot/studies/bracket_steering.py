"""The step `steering` of the study `brackets`: heads amplified, against random ones and constants.

Heads are ranked on train, how many and by how much is chosen on dev, both are judged on test, and
the cost is read off held-out code. Heads are multiplied at all tokens, BOS among them, as they
enter the output projection; a bias of values is multiplied with them. Table steering, claim C-8.
"""

from collections.abc import Callable, Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.bracket_answers import EVERY, BracketAsked
from neuroglot.analyses.bracket_steering import (
    Choice,
    Steered,
    accuracy_of,
    best_choice,
    best_shift,
    counts_with_room,
    shifted,
    steering_claim,
)
from neuroglot.analyses.bracket_units import steering_order
from neuroglot.analyses.claims import Row, known
from neuroglot.analyses.trained_passes import BASE, PassChange, pass_change
from neuroglot.analyses.uncertainty import wilson_interval
from neuroglot.base.seeds import generator
from neuroglot.base.units import NeuronSet
from neuroglot.lm.edits import Edit, scale
from neuroglot.lm.generation import prompt_ids
from neuroglot.lm.model import LM
from neuroglot.measure.surprise import surprise
from neuroglot.measure.sweep import sweep
from neuroglot.programs.corpus import program_corpus
from neuroglot.runs.writing import RunWriter
from neuroglot.studies.bracket_data import BracketData
from neuroglot.studies.bracket_heads import SELECTED_ON, judged, kept_units
from neuroglot.studies.bracket_readings import TENSORS, closing_of
from neuroglot.studies.claim_tables import replace_claims
from neuroglot.studies.sampled_sets import tasks_of
from neuroglot.studies.task_suites import suite
from neuroglot.studies.watching import Watcher
from neuroglot.studies.written_programs import EACH, FOLDER, WrittenPrograms

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
STEERING = "steering"
SIZES = (5, 10, 20, 30, 40, 50, 60)
ALPHAS = tuple(round(1 + step / 10, 1) for step in range(1, 11))
QUICK_SIZES, QUICK_ALPHAS = (5, 10, 20), (1.2, 1.5, 2.0)
CODE = ("python", "java", "javascript", "c")
"""Languages of the held-out code."""
DEV, TEST = "dev", "test"
AMPLIFIED = "amplified"


def write_steering(writer: RunWriter, lm: LM, data: BracketData, watch: Watcher) -> None:
    """All of the step."""
    parameters = data.parameters
    asked, closing = data.asked, closing_of(writer.run, data)
    stored = writer.run.tensors(TENSORS)
    heads = kept_units(writer.run, "head")
    assert heads is not None
    order = steering_order(judged(asked, heads, SELECTED_ON)[1])
    drawn = {"resamples": parameters.resamples, "seed": parameters.seed}
    own = {split: np.flatnonzero(asked.split == split) for split in (DEV, TEST)}
    dev, test = (asked.only(split) for split in (DEV, TEST))
    clean = {split: stored["right"][numbers] for split, numbers in own.items()}
    if not len(order) or not len(own[DEV]) or not len(own[TEST]):
        claims, parts = steering_claim(test, None, room=(), closing=closing, **drawn)
        replace_claims(writer, ("C-8",), claims, parts)
        writer.write_table("steering", [])
        return
    rows: list[Row] = []
    for split, some in ((DEV, dev), (TEST, test)):
        rows += _rows(
            some, clean[split], Choice(0, 1.0), how="alpha_model", arm="none", split=split
        )

    def steered(sets: dict[Choice, Ints], split: str, what: str) -> dict[Choice, Bools]:
        return _answers(lm, data, own[split], sets, _telling(watch, what))

    grid = _grid(len(order), quick=parameters.quick)
    tried = steered({choice: order[: choice.count] for choice in grid}, DEV, "the first heads")
    for choice, right in tried.items():
        rows += _rows(dev, right, choice, how="grid", arm="ranked", split=DEV)
    model = best_choice(dev, tried)
    cells = {k: best_choice(dev, tried, k=k) for k in asked.counts}
    chosen = {each: order[: each.count] for each in (model, *cells.values())}
    judged_on = steered(chosen, TEST, "the chosen heads")
    for k, choice in cells.items():
        of_cell = _rows(test, judged_on[choice], choice, how="alpha_cell", arm="ranked", split=TEST)
        rows += [row for row in of_cell if row["k"] == k]
    bottom, random = _controls(
        lm, data, order, model, layers=heads.layers, own=own, watch=watch, rows=rows
    )
    logits, other = stored["logits"], stored["other"]
    shift = best_shift(dev, logits[own[DEV]], other[own[DEV]])
    by_shift = shifted(logits[own[TEST]], other[own[TEST]], shift, test.right)
    rows += _rows(test, by_shift, Choice(0, 1.0), how="alpha_model", arm="bias", split=TEST)
    texts = _held_out(lm, quick=parameters.quick)
    batch = parameters.batch_tokens
    edit = scale(_set(lm, order[: model.count]), model.alpha)
    found = Steered(
        clean=clean[TEST],
        steered=judged_on[model],
        bottom=bottom,
        shifted=by_shift,
        random=random,
        nats=surprise(lm, texts.ids, [edit], batch_tokens=batch),
        nats_clean=surprise(lm, texts.ids, batch_tokens=batch),
        bytes=texts.bytes,
        cluster=texts.cluster,
        passes=_passes(writer, lm, data, edit, watch),
    )
    cost = float(found.cost(draws=1, seed=0)[0])
    rows += _rows(
        test,
        found.steered,
        model,
        how="alpha_model",
        arm="ranked",
        split=TEST,
        cost=cost,
        pass_change=None if found.passes is None else float(found.passes.changes[0]),
    )
    writer.write_table("steering", rows)
    room = counts_with_room(dev, clean[DEV])
    claims, parts = steering_claim(test, found, room=room, closing=closing, **drawn)
    replace_claims(writer, ("C-8",), claims, parts)


def _controls(
    lm: LM,
    data: BracketData,
    order: Ints,
    model: Choice,
    *,
    layers: Ints,
    own: dict[str, Ints],
    watch: Watcher,
    rows: list[Row],
) -> tuple[Bools | None, Bools]:
    """The last heads, and sets of random heads of the same layers, each at its own best factor.

    Which test prompts are right, [prompt] and [draw, prompt]. Adds their rows.
    """
    asked, parameters = data.asked, data.parameters
    dev, test = (asked.only(split) for split in (DEV, TEST))
    alphas = QUICK_ALPHAS if parameters.quick else ALPHAS

    def at_its_best(set_: Ints, what: str) -> tuple[Choice, Bools]:
        sets = {Choice(len(set_), alpha): set_ for alpha in alphas}
        tried = _answers(lm, data, own[DEV], sets, _telling(watch, what))
        best = best_choice(dev, tried)
        return best, _answers(lm, data, own[TEST], {best: set_}, _telling(watch, what))[best]

    bottom = None
    if len(order) >= 2 * model.count:
        choice, bottom = at_its_best(order[-model.count :], "the last heads")
        rows += _rows(test, bottom, choice, how="alpha_model", arm="bottom", split=TEST)
    first = order[: model.count]
    pool = np.setdiff1d(np.flatnonzero(np.isin(layers, layers[first])), first)
    drawn = []
    for number in range(parameters.n_draws if len(pool) else 0):
        draw = generator(parameters.seed, "random heads to amplify", number)
        some = draw.choice(pool, size=min(model.count, len(pool)), replace=False)
        choice, right = at_its_best(some, f"random heads {number + 1}")
        drawn.append(right)
        rows += _rows(test, right, choice, how="alpha_model", arm="random", split=TEST, draw=number)
    nothing = np.zeros((0, len(own[TEST])), dtype=bool)
    return bottom, np.array(drawn) if drawn else nothing


def _passes(
    writer: RunWriter, lm: LM, data: BracketData, edit: Edit, watch: Watcher
) -> PassChange | None:
    """Programs that pass with heads amplified, and as it is; None where no tasks are asked."""
    parameters = data.parameters
    if parameters.tasks is None:
        return None
    written = WrittenPrograms.of(
        lm,
        suite(parameters.tasks),
        tasks_of(parameters.tasks, CODE, scored={}),
        each=EACH[parameters.profile] // len(CODE),
        seed=parameters.seed,
        start=writer.path / FOLDER / STEERING,
        watch=watch,
    )
    written.write(lm, BASE)
    with lm.edit(edit):
        written.write(lm, AMPLIFIED)
    judged_on = written.judged([AMPLIFIED])
    drawn = {"resamples": parameters.resamples, "seed": parameters.seed}
    return pass_change(judged_on[BASE], judged_on[AMPLIFIED], **drawn)


def _grid(n_heads: int, *, quick: bool) -> list[Choice]:
    sizes = sorted({min(size, n_heads) for size in (QUICK_SIZES if quick else SIZES)})
    return [Choice(*each) for each in product(sizes, QUICK_ALPHAS if quick else ALPHAS)]


def _answers(
    lm: LM,
    data: BracketData,
    numbers: Ints,
    sets: dict[Choice, Ints],
    told: Callable[[int, int], None],
) -> dict[Choice, Bools]:
    """Which prompts are right under each choice."""
    tokens = [data.tokens[number] for number in numbers.tolist()]
    answers = np.array([each.answer for each in tokens])
    swept = sweep(
        lm,
        [each.ids for each in tokens],
        [scale(_set(lm, set_), choice.alpha) for choice, set_ in sets.items()],
        targets=answers,
        batch_tokens=data.parameters.batch_tokens,
        on_progress=told,
    )
    return {choice: swept.edited.likeliest[at] == answers for at, choice in enumerate(sets)}


def _set(lm: LM, heads: Ints) -> NeuronSet:
    return NeuronSet.of_flat(heads, lm.n_heads, "head")


def _telling(watch: Watcher, what: str) -> Callable[[int, int], None]:
    return lambda done, total: watch(STEERING, done, total, "prompts", what)


class _Texts:
    """Held-out code in ids, its bytes, and the family of algorithms that each text is of."""

    def __init__(
        self, ids: Sequence[Ints], lengths: Sequence[int], families: Sequence[str]
    ) -> None:
        self.ids = list(ids)
        self.bytes = np.array(lengths, dtype=np.int64)
        self.cluster = np.unique(families, return_inverse=True)[1].astype(np.int64)


def _held_out(lm: LM, *, quick: bool) -> _Texts:
    """Generated programs, as long as the model reads."""
    corpus = program_corpus(list(CODE), count=24 if quick else 120)
    most = min(lm.max_positions or 2048, 2048)
    ids, lengths, families = [], [], []
    for number, document in enumerate(corpus.documents):
        row = np.asarray(prompt_ids(lm.tokenizer, document.text), dtype=np.int64)
        if 1 < len(row) <= most and (not quick or number % 2 == 0):
            ids.append(row)
            lengths.append(len(document.text.encode()))
            families.append(document.repo or document.id)
    return _Texts(ids, lengths, families)


def _rows(
    asked: BracketAsked,
    right: Bools,
    choice: Choice,
    *,
    how: str,
    arm: str,
    split: str,
    draw: int = 0,
    cost: float | None = None,
    pass_change: float | None = None,
) -> list[Row]:
    """Rows of `steering`: each count by itself, and all of them; Wilson's interval over prompts."""
    shares = [*accuracy_of(asked, right).tolist(), float(np.nanmean(accuracy_of(asked, right)))]
    rows = []
    for k, share in zip((*asked.counts, EVERY), shares, strict=True):
        own = (asked.k == k) | (k == EVERY)
        if not own.any():
            continue
        low, high = wilson_interval(int(right[own].sum()), int(own.sum()))
        rows.append(
            {
                "component": "head",
                "count": choice.count,
                "alpha": choice.alpha,
                "choice": how,
                "arm": arm,
                "draw": draw,
                "split": split,
                "k": k,
                "accuracy": share,
                "nll_change": cost if k == EVERY else None,
                "pass_change": pass_change if k == EVERY else None,
                "n": int(own.sum()),
                "unit": "prompt",
                "low": known(low),
                "high": known(high),
                "p": None,
                "p_holm": None,
            }
        )
    return rows
