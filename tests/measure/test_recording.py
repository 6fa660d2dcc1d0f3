"""The pass against a naive loop with plain PyTorch hooks, one row at a time, for every family."""

import numpy as np
import pytest
import torch

import neuroglot as ng
from neuroglot.base.errors import ConfigError
from neuroglot.measure.batches import Shard
from neuroglot.measure.recording import Progress, read_for, record
from neuroglot.stats.activity import NeuronActivity
from neuroglot.stats.moments import NeuronMoments
from neuroglot.text.token_classes import TOKEN_CLASSES

# Where each family computes its activation, written here by hand and not taken from the package.
ACTIVATION = {
    "llama": "model.layers.{}.mlp.act_fn",
    "mistral": "model.layers.{}.mlp.act_fn",
    "qwen2": "model.layers.{}.mlp.act_fn",
    "qwen3": "model.layers.{}.mlp.act_fn",
    "gemma": "model.layers.{}.mlp.act_fn",
    "gemma2": "model.layers.{}.mlp.act_fn",
    "gemma3_text": "model.layers.{}.mlp.act_fn",
    "phi": "model.layers.{}.mlp.activation_fn",
    "phi3": "model.layers.{}.mlp.activation_fn",
    "starcoder2": "model.layers.{}.mlp.act",
    "gpt_bigcode": "transformer.h.{}.mlp.act",
    "codegen": "transformer.h.{}.mlp.act",
    "granite": "model.layers.{}.mlp.act_fn",
    "stablelm": "model.layers.{}.mlp.act_fn",
    "stablelm_parallel": "model.layers.{}.mlp.act_fn",
    "cohere2": "model.layers.{}.mlp.act_fn",
    "falcon": "transformer.h.{}.mlp.act",
    "falcon_groups": "transformer.h.{}.mlp.act",
    "gptj": "transformer.h.{}.mlp.act",
    "gpt_bigcode_heads": "transformer.h.{}.mlp.act",
    "gpt_neox_sequential": "gpt_neox.layers.{}.mlp.act",
    "gpt_neox": "gpt_neox.layers.{}.mlp.act",
    "gpt2": "transformer.h.{}.mlp.act",
    "olmo2": "model.layers.{}.mlp.act_fn",
}
DOWN = {
    "starcoder2": "model.layers.{}.mlp.c_proj",
    "gpt_bigcode": "transformer.h.{}.mlp.c_proj",
    "gpt2": "transformer.h.{}.mlp.c_proj",
    "gpt_bigcode_heads": "transformer.h.{}.mlp.c_proj",
    "codegen": "transformer.h.{}.mlp.fc_out",
    "gptj": "transformer.h.{}.mlp.fc_out",
    "falcon": "transformer.h.{}.mlp.dense_4h_to_h",
    "falcon_groups": "transformer.h.{}.mlp.dense_4h_to_h",
    "gpt_neox_sequential": "gpt_neox.layers.{}.mlp.dense_4h_to_h",
    "phi": "model.layers.{}.mlp.fc2",
    "gpt_neox": "gpt_neox.layers.{}.mlp.dense_4h_to_h",
}
CODE = {
    "python": "# note {i}\ndef f{i}(x):\n    return x + {i} * 'text'\n",
    "go": "// note {i}\nfunc f{i}(x int) int {{ return x + {i} }}\n",
    "english": "A function takes a number {i} and gives back another one, as before.\n",
}


@pytest.fixture(scope="module")
def corpus():
    """Three languages, rows of very different lengths, some of them past position 256."""
    return ng.Corpus.from_mapping(
        {
            language: [
                "".join(line.format(i=97 * k + j) for j in range(1 + 7 * (k % 4)))
                for k in range(24)
            ]
            for language, line in CODE.items()
        },
        deduplicate=False,
    )


def longer(family: str) -> dict[str, int]:
    """The configuration of a context that reaches past position 256."""
    gpt = ("gpt2", "gpt_bigcode", "gpt_bigcode_heads", "codegen", "gptj")
    return {"n_positions" if family in gpt else "max_position_embeddings": 300}


def naive(model, family: str, reading, standard) -> dict[str, np.ndarray]:
    """Counts and sums by one forward pass per row, without padding, in plain Python loops."""
    path, down_path = ACTIVATION[family], DOWN.get(family, "model.layers.{}.mlp.down_proj")
    n_layers = model.config.num_hidden_layers
    seen, before, written = {}, {}, {}
    handles = []
    for layer in range(n_layers):

        def keep(module, inputs, output, layer=layer):
            seen[layer] = output[0].detach().clone()
            before[layer] = inputs[0][0].detach().clone()

        def keep_in(module, inputs, layer=layer):
            written[layer] = inputs[0][0].detach().clone()

        handles.append(model.get_submodule(path.format(layer)).register_forward_hook(keep))
        handles.append(
            model.get_submodule(down_path.format(layer)).register_forward_pre_hook(keep_in)
        )
    found = None
    margin = None
    for row in reading.rows:
        with torch.no_grad():
            model(torch.tensor(row.ids.astype(np.int64))[None], use_cache=False)
        if found is None:
            width = seen[0].shape[1]
            shape = (len(reading.groups), n_layers, width)
            found = {name: np.zeros(shape, np.int64) for name in ("", "_code", "_late", "_std")}
            sums = {
                name: np.zeros((len(reading.labels), n_layers, width))
                for name in ("sum", "magnitude")
            }
            margin = np.full(shape, np.inf)
        for layer in range(n_layers):
            values = seen[layer].float().numpy()
            inputs = before[layer].float().numpy()
            outs = written[layer].double().abs().numpy()
            for position in range(len(row.ids)):
                if not row.counted[position]:
                    continue
                fires = (values[position] > 0).astype(np.int64)
                kind = TOKEN_CLASSES[row.classes[position]]
                found[""][row.group, layer] += fires
                if kind not in ("comment", "string"):
                    found["_code"][row.group, layer] += fires
                if position >= 256:
                    found["_late"][row.group, layer] += fires
                found["_std"][row.group, layer] += (
                    fires * standard[row.label, row.classes[position]]
                )
                sums["sum"][row.label, layer] += values[position].astype(np.float64)
                sums["magnitude"][row.label, layer] += outs[position]
                margin[row.group, layer] = np.minimum(
                    margin[row.group, layer], np.abs(inputs[position])
                )
    for handle in handles:
        handle.remove()
    return {f"active{name}": counts for name, counts in found.items()} | sums | {"margin": margin}


def by_label(reading, counts: np.ndarray) -> np.ndarray:
    """Sums over the groups of each label."""
    owner = np.array([reading.labels.index(group.label) for group in reading.groups])
    return np.stack([counts[owner == label].sum(axis=0) for label in range(len(reading.labels))])


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=["float32", "bfloat16"])
def test_activity_and_moments_equal_a_naive_loop(family, dtype, make_family, corpus, monkeypatch):
    from neuroglot.lm import arithmetic
    from neuroglot.text.standardisation import standard_weights

    # Both sides multiply as torch does: what neuroglot does where a processor has no bfloat16 is
    # compared with it in tests/lm/test_arithmetic.py.
    monkeypatch.setattr(arithmetic, "has_bfloat16", lambda: True)
    model, tokenizer = make_family(family, dtype, **longer(family))
    lm = ng.wrap(model, tokenizer)
    # In bfloat16 a sign that falls the other way has to stay within a hundredth of a count.
    tokens = 600 if dtype is torch.float32 else 1_200
    reading = read_for(
        lm, corpus, tokens_per_language=tokens, max_document_tokens=300, least_tokens=tokens
    )
    assert sum(len(row.ids) > 256 for row in reading.rows) > 2
    recorded = record(lm, reading, [NeuronActivity, NeuronMoments], batch_tokens=1024)
    activity, moments = recorded[NeuronActivity], recorded[NeuronMoments]
    expected = naive(model, family, reading, standard_weights(reading))
    for name in ("active", "active_code", "active_late", "active_std"):
        got = getattr(activity, name)
        if dtype is torch.float32:
            # A sign within rounding of zero may fall either way when the batch shape differs.
            sure = expected["margin"] > 1e-5
            assert sure.mean() > 0.9
            assert np.array_equal(got[sure], expected[name][sure]), name
        else:
            mine, theirs = by_label(reading, got), by_label(reading, expected[name])
            assert (np.abs(mine - theirs) <= 0.01 * theirs).mean() >= 0.999, name
    bound = 1e-4 if dtype is torch.float32 else 3e-2
    for name in ("sum", "magnitude"):
        got, wanted = moments.summed(name), expected[name]
        assert np.abs(got - wanted).max() <= bound * np.abs(wanted).max(), name
    tokens = [
        sum(int(row.counted.sum()) for row in reading.rows if row.group == group)
        for group in range(len(reading.groups))
    ]
    assert activity.tokens.tolist() == moments.tokens.tolist() == tokens


@pytest.fixture
def small(make_family, corpus):
    lm = ng.wrap(*make_family("llama", max_position_embeddings=300))
    return lm, read_for(lm, corpus, tokens_per_language=2_000, max_document_tokens=300)


def same_bits(a, b) -> bool:
    mine, theirs = a.arrays(), b.arrays()
    return mine.keys() == theirs.keys() and all(np.array_equal(mine[k], theirs[k]) for k in mine)


def test_two_statistics_in_one_pass_equal_two_passes(small):
    lm, reading = small
    both = record(lm, reading, [NeuronActivity, NeuronMoments])
    assert same_bits(both[NeuronActivity], record(lm, reading, NeuronActivity)[NeuronActivity])
    assert same_bits(both[NeuronMoments], record(lm, reading, NeuronMoments)[NeuronMoments])


@pytest.mark.parametrize("count", [2, 4, 7])
def test_shards_merge_to_the_bits_of_one_run(small, count):
    lm, reading = small
    kinds = [NeuronActivity, NeuronMoments]
    whole = record(lm, reading, kinds, batch_tokens=512)
    parts = [
        record(lm, reading, kinds, batch_tokens=512, shard=Shard(index, count))
        for index in range(count)
    ]
    for kind in kinds:
        merged = parts[-1][kind]
        for part in parts[:-1]:
            merged = merged.merge(part[kind])
        assert same_bits(merged, whole[kind])
        assert same_bits(merged.settled(), whole[kind].settled())


class Stop(BaseException):
    """Stands for the power going off: nothing below may catch it and save."""


def test_ctrl_c_keeps_every_batch_that_was_done(small, tmp_path, monkeypatch):
    lm, reading = small
    path = tmp_path / "pass.safetensors"
    whole = record(lm, reading, NeuronActivity, batch_tokens=512)
    forward, calls = type(lm).backbone, []

    def interrupted(self, ids):
        calls.append(ids)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return forward(self, ids)

    monkeypatch.setattr(type(lm), "backbone", interrupted)
    with pytest.raises(KeyboardInterrupt):
        record(lm, reading, NeuronActivity, batch_tokens=512, checkpoint=path)
    seen: list[Progress] = []
    again = record(
        lm, reading, NeuronActivity, batch_tokens=512, checkpoint=path, on_progress=seen.append
    )
    assert seen[0].done > 0
    assert len(calls) == 4 + len(seen) - 1
    assert same_bits(again[NeuronActivity], whole[NeuronActivity])


@pytest.mark.parametrize("after", [1, 3, 6])
def test_a_pass_cut_between_batches_resumes_to_the_same_bits(small, tmp_path, monkeypatch, after):
    lm, reading = small
    kinds = [NeuronActivity, NeuronMoments]
    whole = record(lm, reading, kinds, batch_tokens=512)
    path = tmp_path / "pass.safetensors"
    monkeypatch.setattr("neuroglot.measure.recording.CHECKPOINT_SECONDS", 0.0)
    calls = 0

    def cut(progress: Progress) -> None:
        nonlocal calls
        calls += 1
        if calls > after:
            raise Stop

    with pytest.raises(Stop):
        record(lm, reading, kinds, batch_tokens=512, checkpoint=path, on_progress=cut)
    seen: list[Progress] = []
    resumed = record(lm, reading, kinds, batch_tokens=512, checkpoint=path, on_progress=seen.append)
    assert seen[0].done > 0, "the second pass began at the beginning"
    for kind in kinds:
        assert same_bits(resumed[kind], whole[kind])


def test_a_checkpoint_of_another_pass_is_not_taken_up(small, tmp_path, monkeypatch):
    lm, reading = small
    path = tmp_path / "pass.safetensors"
    monkeypatch.setattr("neuroglot.measure.recording.CHECKPOINT_SECONDS", 0.0)
    record(lm, reading, NeuronActivity, batch_tokens=512, checkpoint=path)
    seen: list[Progress] = []
    record(lm, reading, NeuronActivity, batch_tokens=700, checkpoint=path, on_progress=seen.append)
    assert seen[0].done == 0


def test_running_out_of_memory_halves_the_batch_and_says_so(small, monkeypatch):
    lm, reading = small
    whole = record(lm, reading, NeuronActivity, batch_tokens=1024)
    forward = type(lm).backbone
    failed = []

    def tight(self, ids):
        if ids.numel() > 300:
            failed.append(ids.shape)
            raise torch.OutOfMemoryError("no more")
        return forward(self, ids)

    monkeypatch.setattr(type(lm), "backbone", tight)
    halved = record(lm, reading, NeuronActivity, batch_tokens=1024)
    assert len(failed) == len(halved.notes) < 5, "the smaller budget was forgotten"
    assert all("out of memory" in note for note in halved.notes)
    assert halved[NeuronActivity].tokens.tolist() == whole[NeuronActivity].tokens.tolist()
    difference = np.abs(halved[NeuronActivity].active - whole[NeuronActivity].active)
    assert difference.max() <= 3


def test_a_visitors_own_statistic_is_recorded_beside_ours(small):
    from dataclasses import dataclass

    from neuroglot.stats.statistic import Statistic, by_block, counted

    @dataclass(frozen=True, eq=False, kw_only=True)
    class Energy(Statistic):
        squares: np.ndarray = by_block("label layer")
        positions: np.ndarray = counted("label")

    def observe(tensor, rows):
        energy = tensor.double().square().sum(-1) * rows.counted
        return {"squares": energy.sum(-1), "positions": rows.counted.sum(-1)}

    lm, reading = small
    recorded = record(lm, reading, [ng.Request("resid_post", observe, Energy), NeuronActivity])
    energy = recorded[Energy]
    assert energy.summed("squares").shape == (3, lm.n_layers)
    assert energy.positions.tolist() == [2_000] * 3
    row = reading.rows[0]
    with lm.taps("resid_post", layers=[1]) as seen:
        lm.backbone(torch.tensor(row.ids.astype(np.int64))[None])
    one = ng.record(lm, _only(reading, 0), ng.Request("resid_post", observe, Energy))[Energy]
    expected = (
        seen["resid_post", 1][0].double().square().sum(-1) * torch.tensor(row.counted)
    ).sum()
    assert one.summed("squares")[row.label, 1] == pytest.approx(float(expected), rel=1e-12)


def _only(reading, number):
    from dataclasses import replace

    return replace(reading, rows=(reading.rows[number],))


def test_what_cannot_be_recorded_is_said_in_one_line(small):
    lm, reading = small
    with pytest.raises(ConfigError, match="nothing to record"):
        record(lm, reading, [])
    with pytest.raises(ConfigError, match="was not recorded here: recorded are NeuronActivity"):
        record(lm, reading, NeuronActivity)[NeuronMoments]
    with pytest.raises(ConfigError, match="use fewer shards"):
        record(lm, _only(reading, 0), NeuronActivity, shard=Shard(1, 16))
