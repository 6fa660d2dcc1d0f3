"""Scores under many variants: each equals a full run of the edited model, one text at a time."""

import numpy as np
import pytest
import torch

import neuroglot as ng
from neuroglot.base.errors import ConfigError
from neuroglot.base.units import NeuronSet, Units
from neuroglot.lm import arithmetic
from neuroglot.lm.edits import set as set_units
from neuroglot.lm.hooks import Change, editing
from neuroglot.measure import ablation
from neuroglot.measure.ablation import score_variants
from neuroglot.measure.bank import POSITIONS, bank_picks, make_bank
from neuroglot.measure.recording import read_for
from neuroglot.measure.variants import Variant

CODE = {
    "python": "def f{i}(a, b):\n    return a + {i}\n\n",
    "go": "func f{i}(a int) int {{\n\treturn a + {i}\n}}\n",
    "rust": "fn f{i}(a: i64) -> i64 {{\n    a * {i}\n}}\n",
}
LABELS = tuple(CODE)


@pytest.fixture(scope="module")
def corpus():
    return ng.Corpus.from_mapping(
        {
            language: [
                "".join(line.format(i=97 * k + j) for j in range(1 + 3 * (k % 4)))
                for k in range(24)
            ]
            for language, line in CODE.items()
        },
        deduplicate=False,
    )


MIXED = Units.of([("o", 1, 4), ("q", 1, 0), ("up", 0, 9), ("down", 2, 1), ("q", 0, 3)])


def reading_of(lm, corpus, tokens=1_000):
    return read_for(
        lm, corpus, tokens_per_language=tokens, max_document_tokens=120, least_tokens=tokens
    )


def variant(units, *, ablated="python", operation="zero", values=None, **more):
    if operation != "resample" and values is None:
        values = np.zeros(len(units))
    settings = {"arm": "neurons", "draw": 0, "dose": 1.0, "evaluated": LABELS} | more
    return Variant(ablated, operation, units=units, values=values, **settings)


def sets(lm):
    """Sets that start at different layers."""
    last = lm.n_layers - 1
    return [
        NeuronSet.of([(0, 1), (0, 7), (1, 3), (last, 5)]),
        NeuronSet.of([(last, 2), (last, 9), (last, 11)]),
        NeuronSet.of([(1, n) for n in range(8)]),
    ]


def full_nll(lm, row) -> float:
    """Surprise of a row's counted tokens after the first, by one full run and log-softmax."""
    with torch.no_grad():
        logits = lm.logits(torch.tensor(row.ids)[None])[0].double()
    each = -logits[:-1].log_softmax(dim=-1).gather(1, torch.tensor(row.ids[1:])[:, None])[:, 0]
    return float(each[torch.tensor(row.counted[1:])].sum())


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_scores_equal_full_runs(family, dtype, make_lm, corpus, monkeypatch):
    monkeypatch.setattr(arithmetic, "has_bfloat16", lambda: True)
    lm = make_lm(family, dtype)
    reading = reading_of(lm, corpus, tokens=300)
    draw = np.random.default_rng(0)
    variants = [variant(s, values=draw.normal(size=len(s)), operation="mean") for s in sets(lm)]
    scores = score_variants(lm, reading, variants, batch_tokens=300)
    bound = 1e-4 if dtype is torch.float32 else 3e-2
    for number, row in list(enumerate(reading.rows))[::2]:
        clean = full_nll(lm, row)
        assert abs(scores.nll[0, number] - clean) <= bound * clean
        for v, each in enumerate(variants, start=1):
            with lm.edit(set_units(each.units, each.values)):
                edited = full_nll(lm, row)
            assert abs(scores.nll[v, number] - edited) <= bound * edited, (number, v)
            assert dtype is not torch.float32 or scores.nll[v, number] != scores.nll[0, number]


def test_resampled_units_take_whole_vectors_from_other_languages(make_lm, corpus):
    lm = make_lm("llama")
    reading = reading_of(lm, corpus)
    units = sets(lm)[0]
    scores = score_variants(
        lm, reading, [variant(units, operation="resample")], source=reading, seed=3
    )
    bank = make_bank(lm, reading, NeuronSet.of(sorted(units)), seed=3)
    for number, row in list(enumerate(reading.rows))[::7]:
        picks = bank_picks(
            [reading.documents[row.document].id], row.label, labels=3, n_tokens=len(row), seed=3
        )
        assert (picks[..., 0] != row.label).all()
        wanted = bank.drawn(picks, units)

        def written(layer, wanted=wanted):
            here = np.flatnonzero(units.layers == layer)

            def edit(tensor):
                edited = tensor.clone()
                edited[..., torch.from_numpy(units.indices[here])] = wanted[..., here]
                return edited

            return Change("neuron", layer, edit)

        with editing(lm.body, [written(layer) for layer in (0, 1, lm.n_layers - 1)]):
            edited = full_nll(lm, row)
        assert scores.nll[1, number] == pytest.approx(edited, rel=1e-5)


def test_the_bank_holds_what_units_do_in_text(make_lm, corpus):
    lm = make_lm("llama")
    reading = reading_of(lm, corpus)
    units = NeuronSet.of([(0, 3), (2, 1), (2, 8)])
    bank = make_bank(lm, reading, units, seed=1)
    assert bank.values.shape == (3, POSITIONS, 3)
    for label in range(3):
        seen = []
        for row in (row for row in reading.rows if row.label == label):
            with torch.no_grad(), lm.taps("neuron") as taps:
                lm.backbone(torch.tensor(row.ids)[None])
            vectors = torch.stack([taps["neuron", layer][0, :, n] for layer, n in units], dim=1)
            seen.append(vectors[torch.tensor(row.counted)])
        there = torch.cat(seen)
        distances = (
            torch.cdist(
                bank.values[label, ::64], there, compute_mode="donot_use_mm_for_euclid_dist"
            )
            .min(dim=1)
            .values
        )
        assert distances.max() < 1e-4


def test_a_position_takes_the_same_values_however_its_row_is_padded():
    short, long = (bank_picks(["a", "b"], 1, labels=4, n_tokens=n, seed=3) for n in (17, 400))
    assert torch.equal(short, long[:, :17])
    assert set(long[..., 0].unique().tolist()) == {0, 2, 3}
    assert not torch.equal(long[0], long[1])


def test_an_empty_set_changes_nothing_to_the_last_bit(make_lm, corpus):
    lm = make_lm("llama")
    scores = score_variants(lm, reading_of(lm, corpus), [variant(NeuronSet.of([]))])
    assert np.array_equal(scores.nll[1], scores.nll[0])
    assert np.array_equal(scores.lines_right[1], scores.lines_right[0])


def test_all_neurons_at_zero_leave_the_bias_of_the_mlp(family, make_lm, ids=None):
    lm = make_lm(family)
    ids = torch.randint(3, 90, (2, 9), generator=torch.Generator().manual_seed(0))
    all_units = NeuronSet.of(
        (layer, n) for layer in range(lm.n_layers) for n in range(lm.n_neurons)
    )
    with torch.no_grad(), lm.edit(ng.zero(all_units)):
        edited = lm.logits(ids)
    replaced = []

    def only_bias(down):
        bias = getattr(down, "bias", None)

        def forward(hidden):
            shape = (*hidden.shape[:-1], lm.width)
            return hidden.new_zeros(shape) if bias is None else bias.expand(shape).clone()

        return forward

    for block in lm.body.blocks:
        replaced.append(block.down)
        block.down.forward = only_bias(block.down)
    try:
        with torch.no_grad():
            assert torch.equal(lm.logits(ids), edited)
    finally:
        for module in replaced:
            del module.forward


def test_the_same_effect_is_run_once(make_lm, corpus, monkeypatch):
    lm = make_lm("llama")
    reading = reading_of(lm, corpus)
    units = sets(lm)[0]
    ran = []
    run = ablation._Work._run_together

    def counted(self, effects, *rest):
        ran.extend(effects)
        return run(self, effects, *rest)

    monkeypatch.setattr(ablation._Work, "_run_together", counted)
    alike = [variant(units), variant(units, arm="exclusive"), variant(sets(lm)[1])]
    scores = score_variants(lm, reading, alike, batch_tokens=4096)
    assert np.array_equal(scores.nll[1], scores.nll[2])
    assert {frozenset(numbers) for numbers in ran} == {frozenset({0, 1}), frozenset({2})}


def test_a_variant_is_scored_where_it_is_asked_for(make_lm, corpus):
    lm = make_lm("llama")
    reading = reading_of(lm, corpus)
    scores = score_variants(lm, reading, [variant(sets(lm)[0], evaluated=("go",))])
    of_go = scores.label == reading.labels.index("go")
    assert np.isfinite(scores.nll[0]).all()
    assert np.array_equal(np.isfinite(scores.nll[1]), of_go)
    assert np.array_equal(scores.lines_right[1] >= 0, of_go)


def test_killed_work_goes_on_to_the_same_bits(make_lm, corpus, tmp_path, monkeypatch):
    monkeypatch.setattr(ablation, "CHECKPOINT_SECONDS", 0)
    lm = make_lm("llama")
    reading = reading_of(lm, corpus)
    variants = [variant(s) for s in sets(lm)] + [variant(sets(lm)[0], operation="resample")]
    settings = {"source": reading, "batch_tokens": 400}
    whole = score_variants(lm, reading, variants, **settings)
    stop_after = 12

    def stop(progress, seen=[]):  # noqa: B006 - one list for all calls is the point
        seen.append(progress)
        if len(seen) > stop_after:
            raise KeyboardInterrupt

    path = tmp_path / "scores.safetensors"
    with pytest.raises(KeyboardInterrupt):
        score_variants(lm, reading, variants, checkpoint=path, on_progress=stop, **settings)
    assert path.exists()
    again = score_variants(lm, reading, variants, checkpoint=path, **settings)
    for name in ("nll", "lines_right", "mass"):
        assert np.array_equal(getattr(whole, name), getattr(again, name), equal_nan=True)
    other = score_variants(lm, reading, variants[:1], checkpoint=path, **settings)
    assert np.array_equal(other.nll[1], whole.nll[1])


def test_running_out_of_memory_runs_fewer_at_once_and_says_so(
    make_lm, corpus, tmp_path, monkeypatch
):
    lm = make_lm("llama")
    reading = reading_of(lm, corpus)
    variants = [variant(s) for s in sets(lm)] + [variant(sets(lm)[0], operation="resample")]
    settings = {"source": reading, "batch_tokens": 800}
    whole = score_variants(lm, reading, variants, **settings)
    forward, failed = type(lm).backbone, []

    def tight(self, ids):
        if ids.numel() > 200:
            failed.append(ids.shape)
            raise torch.OutOfMemoryError("no more")
        return forward(self, ids)

    monkeypatch.setattr(type(lm), "backbone", tight)
    monkeypatch.setattr(
        ablation, "make_bank", lambda *a, **k: make_bank(*a, **k | {"batch_tokens": 120})
    )
    halved = score_variants(lm, reading, variants, **settings)
    assert 0 < len(failed) == len(halved.notes) < 6, "the smaller budget was forgotten"
    assert all("out of memory" in note for note in halved.notes)
    assert np.allclose(halved.nll, whole.nll, rtol=1e-5)
    monkeypatch.setattr(type(lm), "backbone", lambda *_: tight(lm, torch.zeros(1, 999)))
    with pytest.raises(ConfigError, match="not enough memory for one row"):
        score_variants(lm, reading, variants, **settings)


def test_other_errors_are_not_taken_for_a_lack_of_memory(make_lm, corpus, monkeypatch):
    lm = make_lm("llama")
    reading = reading_of(lm, corpus)

    def broken(*_):
        raise RuntimeError("shapes do not fit")

    monkeypatch.setattr(type(lm), "backbone", broken)
    with pytest.raises(RuntimeError, match="shapes do not fit"):
        score_variants(lm, reading, [variant(sets(lm)[0])])


def test_joined_rows_are_scored_as_one_text(make_lm, corpus):
    lm = make_lm("llama")
    reading = read_for(
        lm, corpus, tokens_per_language=1_000, max_document_tokens=100, packing="published"
    )
    chosen = sets(lm)[0]
    scores = score_variants(lm, reading, [variant(chosen)])
    for place, row in enumerate(reading.rows[::7]):
        at = 7 * place
        assert np.isclose(scores.nll[0, at], full_nll(lm, row), rtol=1e-4)
        with lm.edit(set_units(chosen, 0.0)):
            assert np.isclose(scores.nll[1, at], full_nll(lm, row), rtol=1e-4)
        assert scores.tokens[at] == len(row) - 1 and scores.lines[at] == 0


def test_rounds_with_a_small_bank_equal_one_round(make_lm, corpus, monkeypatch):
    lm = make_lm("llama")
    reading = reading_of(lm, corpus)
    variants = [
        variant(s, operation="resample", ablated=k) for s, k in zip(sets(lm), LABELS, strict=True)
    ]
    settings = {"source": reading}
    whole = score_variants(lm, reading, variants, **settings)
    monkeypatch.setattr(ablation, "BANK_BYTES", 1)
    assert np.allclose(score_variants(lm, reading, variants, **settings).nll, whole.nll)


def test_lines_that_are_right_are_those_greedy_generation_writes(make_lm, corpus):
    lm = make_lm("llama")
    reading = reading_of(lm, corpus)
    scores = score_variants(lm, reading, [])
    for number, row in list(enumerate(reading.rows))[::9]:
        text = reading.documents[row.document].text
        with torch.no_grad():
            best = lm.logits(torch.tensor(row.ids)[None])[0].argmax(dim=-1)
        right = [False, *(best[:-1] == torch.tensor(row.ids[1:])).tolist()]
        end = int(row.offsets[row.counted][-1, 1])
        whole, position = 0, 0
        good = 0
        for line in text.splitlines(keepends=True):
            start, position = position, position + len(line)
            inside = [
                t
                for t in range(len(row))
                if row.counted[t] and start <= row.offsets[t, 0] < position - line.endswith("\n")
            ]
            done = position - line.endswith("\n") <= end
            if not line.strip() or not inside or not done or inside[0] == 0:
                continue
            whole += 1
            good += all(right[t] for t in inside)
        assert (scores.lines[number], scores.lines_right[0, number]) == (whole, good)


def test_mass_is_the_probability_of_the_ids(make_lm, corpus):
    lm = make_lm("llama")
    reading = reading_of(lm, corpus)
    some = np.zeros(lm.body.sizes.vocabulary, dtype=bool)
    some[[5, 17, 40]] = True
    raised = variant(sets(lm)[1], operation="raise", values=np.full(3, 2.0), evaluated=("go",))
    clean = variant(NeuronSet.of([]), operation="raise", evaluated=("go",), dose=0.0)
    scores = score_variants(lm, reading, [raised, clean], mass_ids={("python", "go"): some})
    number = int(np.flatnonzero(scores.label == reading.labels.index("go"))[0])
    row = reading.rows[number]
    kept = torch.tensor(row.counted[1:])
    for place, edits in ((1, [set_units(raised.units, 2.0)]), (2, [])):
        with torch.no_grad(), lm.edit(*edits):
            shares = lm.logits(torch.tensor(row.ids)[None])[0].double().softmax(dim=-1)
        assert scores.mass[place, number] == pytest.approx(
            float(shares[:-1][kept][:, torch.from_numpy(some)].sum()), rel=1e-4
        )


def test_resampling_without_a_source_and_unknown_operations_are_refused(make_lm, corpus):
    lm = make_lm("llama")
    units = sets(lm)[0]
    with pytest.raises(ConfigError, match="source of activations"):
        score_variants(lm, reading_of(lm, corpus), [variant(units, operation="resample")])
    with pytest.raises(ConfigError, match="unknown operation 'explode'"):
        variant(units, operation="explode")
    with pytest.raises(ConfigError, match="at least two"):
        bank_picks(["a"], 0, labels=1, n_tokens=3, seed=0)


def test_among_equal_logits_a_token_is_right_where_greedy_choice_takes_it():
    from neuroglot.measure.scoring import _likeliest

    logits = torch.tensor([[1.0, 3.0, 3.0], [1.0, 3.0, 3.0], [5.0, 0.0, 0.0], [0.0, 1.0, 2.0]])
    wanted = torch.tensor([1, 2, 0, 1])
    top = logits.amax(dim=1) == logits.gather(1, wanted[:, None])[:, 0]
    expected = logits.argmax(dim=1) == wanted
    assert torch.equal(_likeliest(logits, wanted, top), expected)


def written_over(index, value):
    """An edit of one unit."""

    def edit(tensor):
        edited = tensor.clone()
        edited[..., index] = value
        return edited

    return edit


@pytest.mark.parametrize("operation", ["zero", "resample"])
def test_units_of_several_sites_are_edited_together(operation, make_lm, corpus):
    lm = make_lm("llama")
    reading = reading_of(lm, corpus)
    beside = variant(NeuronSet.of([(1, 2), (2, 7)], "down"))
    scores = score_variants(
        lm, reading, [variant(MIXED, operation=operation), beside], source=reading, seed=3
    )
    bank = make_bank(lm, reading, MIXED, seed=3)
    for number, row in list(enumerate(reading.rows))[::9]:
        picks = bank_picks(
            [reading.documents[row.document].id],
            row.label,
            labels=len(LABELS),
            n_tokens=len(row.ids),
            seed=3,
        )
        wanted = bank.drawn(picks, MIXED) * (operation == "resample")
        changes = [
            Change(site, layer, written_over(index, wanted[..., at]))
            for at, (site, layer, index) in enumerate(MIXED.places())
        ]
        ids, scored = (torch.from_numpy(np.array(each)) for each in (row.ids, row.counted))
        with torch.no_grad(), editing(lm.body, changes):
            logits = lm.logits(ids[None])[0, :-1].double()
        each = torch.nn.functional.cross_entropy(logits, ids[1:], reduction="none")
        assert scores.nll[1, number] == pytest.approx(float(each[scored[1:]].sum()), rel=1e-4)
