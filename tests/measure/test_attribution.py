"""Direct logit attribution: it adds up in every family, and is what loops over weights give."""

import numpy as np
import pytest
import torch

import neuroglot as ng
from neuroglot.base.errors import ConfigError, SiteError
from neuroglot.measure.attribution import direct_logit_attribution, logit_difference

PROMPTS = ("print(str(347", "def add(a, b):\n    return a", "x", "while (i < 10) {")
TARGETS = [20, 33, 60, 7]
OTHERS = [41, 9, 50, 88]
FLOAT32, BFLOAT16 = 1e-4, 3e-2


def ids_of(lm, prompt):
    return np.array([lm.tokenizer.bos, *lm.tokenizer.encode(prompt).ids.tolist()])


def logits_of(lm, ids):
    """Logits after a row of ids that is run alone, before the family's soft-cap: float64."""
    with torch.no_grad():
        logits = lm.hf(torch.from_numpy(ids)[None], use_cache=False).logits[0, -1].double()
    cap = lm.body.logit_cap
    return (logits if cap is None else cap * torch.atanh(logits / cap)).numpy()


def difference_of(lm, ids, target, other):
    """other: an id, ids whose mean is taken, None for the mean of all."""
    logits = logits_of(lm, ids)
    return logits[target] - (logits.mean() if other is None else logits[other].mean())


def size_of(found):
    """Sum of absolute contributions: what an error is a share of."""
    sublayers = np.abs(found.attention).sum(axis=-1) + np.abs(found.mlp).sum(axis=-1)
    return np.abs(found.embedding) + sublayers + np.abs(found.norm_bias) + np.abs(found.head_bias)


def assert_adds_up(lm, tolerance, others):
    dense = lm.n_neurons is not None
    asked = {"targets": TARGETS, "others": others}
    found = direct_logit_attribution(lm, PROMPTS, **asked, neurons=dense)
    levels = logit_difference(lm, PROMPTS, **asked)
    own = [None] * 4 if others is None else others
    wanted = [
        difference_of(lm, ids_of(lm, prompt), target, other)
        for prompt, target, other in zip(PROMPTS, TARGETS, own, strict=True)
    ]
    most = tolerance * size_of(found)
    for value in (found.total, found.difference, levels.difference):
        assert (np.abs(value - wanted) <= most).all()
    for value in (levels.own, levels.final):
        assert (np.abs(value[:, -1] - wanted) <= most).all()
    assert found.heads.shape == (4, 3, 4)
    of_heads = found.heads.sum(axis=-1) + found.attention_bias
    assert (np.abs(of_heads - found.attention).max(axis=-1) <= most).all()
    if dense:
        assert found.neurons.shape == (4, 3, 48)
        of_neurons = found.neurons.sum(axis=-1) + found.mlp_bias
        assert (np.abs(of_neurons - found.mlp).max(axis=-1) <= most).all()
    assert {each.dtype for each in vars(found).values() if each is not None} == {np.dtype(float)}


@pytest.mark.parametrize("others", [OTHERS, None], ids=["other", "mean"])
def test_parts_add_up_to_the_model_s_own_difference(make_lm, any_family, others):
    assert_adds_up(make_lm(any_family), FLOAT32, others)


def test_they_do_in_bfloat16(make_lm, any_family):
    assert_adds_up(make_lm(any_family, dtype=torch.bfloat16), BFLOAT16, OTHERS)


class Watched:
    """What hooks of plain torch see at the last position of one row."""

    def __init__(self, ids, final_norm, **modules):
        self.seen = {}
        self.handles = [
            module.register_forward_pre_hook(self.keeper(name))
            for name, module in {"final": final_norm, **modules}.items()
        ]
        self.ids = torch.from_numpy(ids)[None]

    def keeper(self, name):
        def keep(_, args):
            self.seen[name] = args[0][0, -1].double()

        return keep

    def run(self, hf):
        with torch.no_grad():
            hf(self.ids, use_cache=False)
        for handle in self.handles:
            handle.remove()
        return self.seen


def test_a_llama_by_hand(make_lm):
    """RMSNorm; biases on the output and down projections belong to no head and no neuron."""
    lm = make_lm("llama")
    hf, ids, target, other = lm.hf, ids_of(lm, PROMPTS[1]), 33, 9
    blocks = hf.model.layers
    seen = Watched(
        ids,
        hf.model.norm,
        embedding=blocks[0],
        **{f"z{n}": block.self_attn.o_proj for n, block in enumerate(blocks)},
        **{f"m{n}": block.mlp.down_proj for n, block in enumerate(blocks)},
    ).run(hf)
    weight = hf.lm_head.weight.detach().double()
    gain = hf.model.norm.weight.detach().double()
    rms = torch.sqrt((seen["final"] ** 2).mean() + hf.config.rms_norm_eps)

    def direct(vector):
        return float((vector / rms * gain) @ (weight[target] - weight[other]))

    found = direct_logit_attribution(
        lm, [PROMPTS[1]], targets=[target], others=[other], neurons=True
    )
    assert found.embedding[0] == pytest.approx(direct(seen["embedding"]), rel=1e-5)
    assert not found.norm_bias.any()
    assert not found.head_bias.any()
    for n, block in enumerate(blocks):
        z, m = seen[f"z{n}"], seen[f"m{n}"]
        out = block.self_attn.o_proj.weight.detach().double()
        down = block.mlp.down_proj.weight.detach().double()
        for head in range(4):
            own = slice(8 * head, 8 * head + 8)
            assert found.heads[0, n, head] == pytest.approx(direct(out[:, own] @ z[own]), rel=1e-4)
        for neuron in range(48):
            wanted = direct(down[:, neuron] * m[neuron])
            assert found.neurons[0, n, neuron] == pytest.approx(wanted, rel=1e-4, abs=1e-9)
        bias = direct(block.self_attn.o_proj.bias.detach().double())
        assert found.attention_bias[0, n] == pytest.approx(bias, rel=1e-5)
        bias = direct(block.mlp.down_proj.bias.detach().double())
        assert found.mlp_bias[0, n] == pytest.approx(bias, rel=1e-5)


def test_a_gpt_neox_by_hand(make_lm):
    """LayerNorm: each part is centred by its own mean, and the norm's bias counts once."""
    lm = make_lm("gpt_neox")
    hf, ids, target, other = lm.hf, ids_of(lm, PROMPTS[1]), 33, 9
    blocks, norm = hf.gpt_neox.layers, hf.gpt_neox.final_layer_norm
    seen = Watched(
        ids,
        norm,
        embedding=blocks[0],
        **{f"z{n}": block.attention.dense for n, block in enumerate(blocks)},
        **{f"m{n}": block.mlp.dense_4h_to_h for n, block in enumerate(blocks)},
    ).run(hf)
    weight = hf.get_output_embeddings().weight.detach().double()
    gain = norm.weight.detach().double()
    final = seen["final"]
    deviation = torch.sqrt(((final - final.mean()) ** 2).mean() + norm.eps)

    def direct(vector):
        centred = vector - vector.mean()
        return float((centred / deviation * gain) @ (weight[target] - weight[other]))

    found = direct_logit_attribution(
        lm, [PROMPTS[1]], targets=[target], others=[other], neurons=True
    )
    assert found.embedding[0] == pytest.approx(direct(seen["embedding"]), rel=1e-5)
    once = float(norm.bias.detach().double() @ (weight[target] - weight[other]))
    assert found.norm_bias[0] == pytest.approx(once, rel=1e-5)
    for n, block in enumerate(blocks):
        z, m = seen[f"z{n}"], seen[f"m{n}"]
        out = block.attention.dense.weight.detach().double()
        down = block.mlp.dense_4h_to_h.weight.detach().double()
        for head in range(4):
            own = slice(8 * head, 8 * head + 8)
            assert found.heads[0, n, head] == pytest.approx(direct(out[:, own] @ z[own]), rel=1e-4)
        for neuron in range(48):
            wanted = direct(down[:, neuron] * m[neuron])
            assert found.neurons[0, n, neuron] == pytest.approx(wanted, rel=1e-4, abs=1e-9)
        bias = direct(block.attention.dense.bias.detach().double())
        assert found.attention_bias[0, n] == pytest.approx(bias, rel=1e-5)
        bias = direct(block.mlp.dense_4h_to_h.bias.detach().double())
        assert found.mlp_bias[0, n] == pytest.approx(bias, rel=1e-5)


def test_planted_writers_are_found(make_model, tiny_tokenizer):
    """Head 2 of layer 1 writes what tells the target from the other id, a neuron its opposite."""
    model = make_model("llama")
    target, other, head, neuron, times = 33, 9, 2, 17, 3.0
    with torch.no_grad():
        direction = model.lm_head.weight[target] - model.lm_head.weight[other]
        model.model.norm.weight.fill_(1.0)
        for block in model.model.layers:
            for module in (block.self_attn.o_proj, block.mlp.down_proj):
                module.weight.zero_()
                module.bias.zero_()
        # All values are 1 whatever the tokens, so attention gives 1 in each coordinate.
        attention, mlp = model.model.layers[1].self_attn, model.model.layers[0].mlp
        attention.v_proj.weight.zero_()
        attention.v_proj.bias.fill_(1.0)
        attention.o_proj.weight[:, 8 * head] = times * direction
        # A neuron that is always at silu(2) * 1.
        for module, bias in ((mlp.gate_proj, 2.0), (mlp.up_proj, 1.0)):
            module.weight[neuron].zero_()
            module.bias[neuron] = bias
        mlp.down_proj.weight[:, neuron] = -direction
        coefficient = float(torch.nn.functional.silu(torch.tensor(2.0)))
    lm = ng.wrap(model, tiny_tokenizer)
    found = ng.direct_logit_attribution(
        lm, PROMPTS, targets=[target] * 4, others=[other] * 4, neurons=True
    )
    for number, prompt in enumerate(PROMPTS):
        with torch.no_grad(), lm.taps("resid_post", layers=[2]) as seen:
            lm.backbone(torch.from_numpy(ids_of(lm, prompt))[None])
        stream = seen["resid_post", 2][0, -1].double()
        length = float(direction.double() @ direction.double())
        unit = length / float(torch.sqrt((stream**2).mean() + model.config.rms_norm_eps))
        heads, neurons = found.heads[number].copy(), found.neurons[number].copy()
        assert heads[1, head] == pytest.approx(times * unit, rel=1e-5)
        assert neurons[0, neuron] == pytest.approx(-coefficient * unit, rel=1e-5)
        heads[1, head] = neurons[0, neuron] = 0.0
        assert not heads.any()
        assert not neurons.any()
    silenced = ng.NeuronSet.of([(1, head)], "head")
    with lm.edit(ng.zero(silenced)):
        assert not direct_logit_attribution(
            lm, PROMPTS, targets=[target] * 4, others=[other] * 4
        ).attention.any()


@pytest.mark.parametrize("family", ["llama", "gemma2", "gpt_neox", "granite", "falcon", "olmo2"])
def test_steps_between_levels_are_what_the_layers_add(family, make_lm):
    lm = make_lm(family)
    asked = {"targets": TARGETS, "others": OTHERS}
    levels = logit_difference(lm, PROMPTS, **asked)
    found = direct_logit_attribution(lm, PROMPTS, **asked, heads=False)
    parallel = lm.body.parallel
    kinds = ("resid_pre", "resid_post") if parallel else ("resid_pre", "resid_mid", "resid_post")
    assert levels.sites == tuple((kind, layer) for layer in range(3) for kind in kinds)
    at = {site: levels.final[:, place] for place, site in enumerate(levels.sites)}
    near = {"rtol": 0, "atol": 1e-5 * size_of(found).max()}
    start = found.embedding + found.norm_bias + found.head_bias
    np.testing.assert_allclose(at["resid_pre", 0], start, **near)
    for layer in range(3):
        before, after = at["resid_pre", layer], at["resid_post", layer]
        both = found.attention[:, layer] + found.mlp[:, layer]
        np.testing.assert_allclose(after - before, both, **near)
        if not parallel:
            middle = at["resid_mid", layer]
            np.testing.assert_allclose(middle - before, found.attention[:, layer], **near)
        if layer:
            np.testing.assert_array_equal(before, at["resid_post", layer - 1])
    assert found.heads is None
    assert found.attention_bias is None
    assert found.neurons is None


@pytest.mark.parametrize("family", ["llama", "gemma2", "gpt2", "cohere2", "granite", "phi"])
def test_the_own_scale_is_the_logit_lens(family, make_lm):
    lm = make_lm(family)
    levels = logit_difference(lm, PROMPTS, targets=TARGETS, others=OTHERS)
    cap = lm.body.logit_cap
    for number, prompt in enumerate(PROMPTS):
        with torch.no_grad(), lm.taps("resid_pre", "resid_post") as seen:
            lm.backbone(torch.from_numpy(ids_of(lm, prompt))[None])
            for place, site in enumerate(levels.sites):
                if site[0] == "resid_mid":
                    continue
                logits = lm.unembed(seen[site][0, -1]).double()
                logits = logits if cap is None else cap * torch.atanh(logits / cap)
                wanted = float(logits[TARGETS[number]] - logits[OTHERS[number]])
                near = 1e-4 * float(logits.abs().max())
                assert levels.own[number, place] == pytest.approx(wanted, abs=near)


def test_a_soft_cap_is_not_in_it(make_lm):
    """What is attributed is the difference before the cap, which is larger than the one behind."""
    lm = make_lm("gemma2")
    found = direct_logit_attribution(lm, PROMPTS, targets=TARGETS, others=OTHERS)
    with torch.no_grad():
        rows = [lm.logits(torch.from_numpy(ids_of(lm, each))[None])[0, -1] for each in PROMPTS]
    capped = [float(row[a] - row[b]) for row, a, b in zip(rows, TARGETS, OTHERS, strict=True)]
    assert (np.abs(found.difference) > np.abs(capped)).all()


def test_what_stands_beside_a_prompt_changes_nothing(make_lm):
    lm = make_lm("gemma3_text")
    asked = {"targets": TARGETS, "others": OTHERS}
    alone = direct_logit_attribution(lm, PROMPTS, **asked, neurons=True, batch_tokens=1)
    together = direct_logit_attribution(lm, PROMPTS, **asked, neurons=True, batch_tokens=10_000)
    for name, one in vars(alone).items():
        other = getattr(together, name)
        assert np.abs(one - other).max() <= 1e-5 * max(size_of(alone).max(), 1)
    one, other = (
        logit_difference(lm, PROMPTS, **asked, batch_tokens=tokens) for tokens in (1, 10_000)
    )
    assert np.abs(one.own - other.own).max() <= 1e-5 * np.abs(one.own).max()


def test_several_targets_and_the_mean_of_several_others(make_lm):
    lm = make_lm("gpt_neox")
    several = [[20, 33, 60]] * 4
    of_each = direct_logit_attribution(lm, PROMPTS, targets=several, others=None, neurons=True)
    assert of_each.heads.shape == (4, 3, 3, 4)
    pair = direct_logit_attribution(
        lm, PROMPTS, targets=[20] * 4, others=[[33, 60]] * 4, neurons=True
    )
    for name, values in vars(of_each).items():
        mean = (values[:, 1] + values[:, 2]) / 2
        np.testing.assert_allclose(values[:, 0] - mean, getattr(pair, name), rtol=0, atol=1e-5)
    levels = logit_difference(lm, PROMPTS, targets=several, others=None)
    assert levels.final.shape == (4, 3, 6)
    assert levels.difference.shape == (4, 3)
    one = logit_difference(lm, PROMPTS, targets=[33] * 4, others=None)
    np.testing.assert_allclose(levels.own[:, 1], one.own, rtol=0, atol=1e-6)


@pytest.mark.parametrize("family", ["llama", "gpt2"])
def test_a_position_is_where_the_prompt_would_end(family, make_lm):
    lm = make_lm(family)
    rows = [ids_of(lm, prompt) for prompt in PROMPTS[:2]]
    asked = {"targets": TARGETS[:2], "others": OTHERS[:2]}
    inside = direct_logit_attribution(lm, PROMPTS[:2], **asked, positions=[4, 0])
    cut = direct_logit_attribution(lm, [rows[0][:5], rows[1][:1]], **asked)
    for name, values in vars(cut).items():
        if values is not None:
            np.testing.assert_allclose(getattr(inside, name), values, rtol=0, atol=1e-4)
    levels = logit_difference(lm, rows, **asked, positions=[4, 0])
    np.testing.assert_allclose(levels.difference, cut.difference, rtol=0, atol=1e-4)


@pytest.mark.parametrize("family", ["llama", "gemma2", "olmo2", "falcon"])
def test_parts_add_up_while_the_stream_is_edited(family, make_lm):
    """An open edit is part of the model: what is attributed is what the edited model says."""
    lm = make_lm(family)
    asked = {"targets": TARGETS, "others": OTHERS}
    plain = direct_logit_attribution(lm, PROMPTS, **asked)
    row = np.random.default_rng(3).normal(size=lm.width)
    with lm.edit(ng.set(lm.stream("attn_out", 1), row)):
        found = direct_logit_attribution(lm, PROMPTS, **asked)
        wanted = [
            difference_of(lm, ids_of(lm, prompt), target, other)
            for prompt, target, other in zip(PROMPTS, TARGETS, OTHERS, strict=True)
        ]
    assert (np.abs(found.total - wanted) <= FLOAT32 * size_of(found)).all()
    assert np.abs(found.attention[:, 1] - plain.attention[:, 1]).min() > 1e-3
    # Nothing before the edit has changed but the scale at the end.
    ratio = found.attention[:, 0] / found.embedding
    np.testing.assert_allclose(ratio, plain.attention[:, 0] / plain.embedding, rtol=1e-3)


def test_progress_counts_prompts_and_no_hook_stays(make_lm):
    lm, told = make_lm("gemma2"), []
    direct_logit_attribution(
        lm, PROMPTS, targets=TARGETS, others=OTHERS, neurons=True, batch_tokens=20,
        on_progress=lambda done, total: told.append((done, total)),
    )  # fmt: skip
    assert told[-1] == (4, 4)
    assert len(told) > 1
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in lm.hf.modules())


def test_neurons_of_experts_are_refused(make_lm):
    with pytest.raises(SiteError, match="experts"):
        direct_logit_attribution(
            make_lm("mixtral"), PROMPTS, targets=TARGETS, others=None, neurons=True
        )


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"prompts": []}, "no prompts to read"),
        ({"targets": [1, 2, 3]}, r"targets have shape \[3\] for 4 prompts"),
        ({"targets": 5}, r"targets have shape \[\]"),
        ({"targets": [[]] * 4}, r"targets have shape \[4, 0\]"),
        ({"others": [1, 2, 3, 101]}, "others hold what is no id of the model: give 0 to 100"),
        ({"others": [0.5] * 4}, "others hold what is no id"),
        ({"positions": [0]}, "positions has 1 entries for 4 prompts"),
        ({"positions": [0, 0, 2, 0]}, "prompt 3 has no token 2: give positions from 0 to 1"),
        ({"positions": [0, -1, 0, 0]}, "prompt 2 has no token -1"),
        ({"prompts": [*PROMPTS[:3], np.array([], int)]}, "prompt 4 has no tokens"),
        ({"prompts": [*PROMPTS[:3], np.array([3, 101])]}, "prompt 4 holds what is no id"),
        ({"prompts": [*PROMPTS[:3], "x = 1\n" * 400]}, "positions for 512"),
    ],
)
def test_what_cannot_be_asked_is_said(make_lm, changed, said):
    lm = make_lm("llama")
    asked = {"prompts": PROMPTS, "targets": TARGETS, "others": OTHERS, **changed}
    for measure in (logit_difference, direct_logit_attribution):
        with pytest.raises(ConfigError, match=said):
            measure(lm, asked.pop("prompts", PROMPTS), **asked)
        asked["prompts"] = changed.get("prompts", PROMPTS)
