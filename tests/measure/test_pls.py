"""PLS scores against sums over tokens by hand, by Hugging Face's loss and torch's gradients."""

import numpy as np
import pytest
import torch

import neuroglot as ng
from neuroglot.lm.sites import place
from neuroglot.measure import recording
from neuroglot.measure.batches import Shard
from neuroglot.measure.memory import fits_at_once
from neuroglot.measure.recording import read_for, record
from neuroglot.stats.activity import NeuronActivity
from neuroglot.stats.pls import PLS, PROJECTIONS, REDUCTIONS
from neuroglot.text.document import Document

TOLERANCE = {torch.float32: 1e-4, torch.bfloat16: 3e-2}
CODE = {
    "python": "def f{i}(x):\n    return x + {i}\n",
    "go": "func f{i}(x int) int {{ return x }}\n",
}


def texts_of(lengths):
    """Two languages, texts of so many functions, two to a repository."""
    return ng.Corpus.from_documents(
        [
            Document(
                "".join(line.format(i=97 * k + j) for j in range(length)),
                language,
                repo=f"task {k // 2}",
            )
            for language, line in CODE.items()
            for k, length in enumerate(lengths)
        ],
        deduplicate=False,
    )


@pytest.fixture(scope="module")
def corpus():
    return texts_of([1 + 3 * (k % 4) for k in range(9)])


@pytest.fixture(scope="module")
def few():
    """Texts for what is done in every family: of different lengths, in more than one batch."""
    return texts_of([1, 4, 2])


def by_hand(lm, row):
    """The four reductions of one row, {reduction: [layer, unit]}, float64."""
    ids = torch.from_numpy(np.array(row.ids))[None]
    wheres = [
        place(lm.body, site, layer)
        for layer in range(lm.n_layers)
        for site in PROJECTIONS
        if site != "gate" or lm.anatomy.gate is not None
    ]
    outputs = {}

    def keep(module, _, output):
        outputs[module] = output
        # Falcon adds to it in place.
        return output.clone()

    handles = [module.register_forward_hook(keep) for module in {w.module for w in wheres}]
    loss = lm.hf(input_ids=ids, labels=ids, use_cache=False).loss
    gradients = dict(zip(outputs, torch.autograd.grad(loss, list(outputs.values())), strict=True))
    for handle in handles:
        handle.remove()
    counted = torch.from_numpy(np.array(row.counted))
    found = {name: [] for name in REDUCTIONS}
    for where in wheres:
        a, g = (
            where.view.read(each[where.module].detach().contiguous())[0].double()[counted]
            for each in (outputs, gradients)
        )
        found["mean_abs_prod"].append((a * g).abs().mean(0))
        found["abs_mean_prod"].append((a * g).mean(0).abs())
        found["prod_mean_abs"].append(a.abs().mean(0) * g.abs().mean(0))
        found["prod_means"].append((a.mean(0) * g.mean(0)).abs())
    return {k: torch.cat(v).reshape(lm.n_layers, -1).numpy() for k, v in found.items()}


@pytest.mark.parametrize(
    ("dtype", "at_once"),
    [(torch.float32, True), (torch.float32, False), (torch.bfloat16, False)],
    ids=["float32-at-once", "float32-block-by-block", "bfloat16-block-by-block"],
)
def test_scores_are_sums_over_tokens_by_hand(family, dtype, at_once, make_lm, few, monkeypatch):
    monkeypatch.setattr(recording, "fits_at_once", lambda lm, tokens: at_once)
    lm = make_lm(family, dtype=dtype)
    reading = read_for(lm, few, least_tokens=100)
    found = record(lm, reading, PLS, batch_tokens=200)[PLS]
    expected = {name: np.zeros((2, *found.sum.shape[1:])) for name in REDUCTIONS}
    by_group = np.zeros_like(found.sum)
    for row in reading.rows:
        scores = by_hand(lm, row)
        for name, values in scores.items():
            expected[name][row.label] += values
        by_group[row.group] += scores[REDUCTIONS[0]]
    assert np.abs(found.sum - by_group).max() <= TOLERANCE[dtype] * by_group.max()
    for name in REDUCTIONS:
        ours = found.scores(name) * found.texts()[:, None, None]
        assert np.abs(ours - expected[name]).max() <= TOLERANCE[dtype] * expected[name].max(), name
    assert found.texts().tolist() == [3, 3]
    assert found.widths[PROJECTIONS.index("gate")] == (
        0 if lm.anatomy.gate is None else lm.n_neurons
    )


@pytest.fixture
def lm(make_lm):
    return make_lm("llama")


def same(one, other):
    mine, theirs = one.arrays(), other.arrays()
    return mine.keys() == theirs.keys() and all(np.array_equal(mine[k], theirs[k]) for k in mine)


@pytest.mark.parametrize("count", [2, 5])
def test_shards_merge_to_the_bits_of_one_run(lm, corpus, count):
    reading = read_for(lm, corpus)
    whole = record(lm, reading, PLS)[PLS]
    parts = [record(lm, reading, PLS, shard=Shard(n, count))[PLS] for n in range(count)]
    merged = parts[-1]
    for each in parts[:-1]:
        merged = merged.merge(each)
    assert same(merged.settled(), whole.settled())


@pytest.mark.parametrize("after", [1, 4])
def test_a_pass_that_was_cut_ends_with_the_same_bits(lm, corpus, after, tmp_path, monkeypatch):
    whole = record(lm, corpus, PLS)[PLS]
    monkeypatch.setattr(recording, "CHECKPOINT_SECONDS", 0.0)
    file, seen = tmp_path / "checkpoint", []

    def stop(progress):
        seen.append(progress)
        if len(seen) > after:
            raise RuntimeError("cut")

    with pytest.raises(RuntimeError, match="cut"):
        record(lm, corpus, PLS, checkpoint=file, on_progress=stop)
    assert same(record(lm, corpus, PLS, checkpoint=file)[PLS].settled(), whole.settled())


def test_other_statistics_are_recorded_in_the_same_pass(lm, corpus, monkeypatch):
    alone = record(lm, corpus, NeuronActivity)[NeuronActivity]
    for at_once in (True, False):
        monkeypatch.setattr(recording, "fits_at_once", lambda lm, tokens, now=at_once: now)
        both = record(lm, corpus, [PLS, NeuronActivity])
        assert np.array_equal(both[NeuronActivity].tokens, alone.tokens)
        apart = both[NeuronActivity].active != alone.active
        assert apart.mean() < 1e-3
        assert both[PLS].sum.any()


def test_blocks_are_gone_through_one_by_one_where_memory_is_short(lm):
    assert fits_at_once(lm, 100)
    assert not fits_at_once(lm, 10**12)


def test_scores_come_with_the_place_of_their_unit(lm, corpus):
    found = record(lm, corpus, PLS)[PLS]
    assert found.projection_of().tolist() == [
        number for number, width in enumerate(found.widths.tolist()) for _ in range(width)
    ]
    up = found.projection_of() == PROJECTIONS.index("up")
    assert found.index_of()[up].tolist() == list(range(lm.n_neurons))
    assert (found.means("magnitude") >= np.abs(found.means("activation"))).all()
