"""Sites: every one has the shape that the table says, or is refused with the reason."""

import pytest
import torch

from neuroglot.base.errors import SiteError
from neuroglot.lm.sites import SITES, place

PARALLEL = {
    "phi", "codegen", "gptj", "cohere2", "falcon", "falcon_groups", "gpt_neox", "stablelm_parallel",
}  # fmt: skip
UNGATED = {
    "phi", "starcoder2", "gpt_bigcode", "gpt_bigcode_heads", "codegen", "gptj", "falcon",
    "falcon_groups", "gpt_neox", "gpt_neox_sequential", "gpt2",
}  # fmt: skip
HEAD_WIDTH = {"qwen3": 12, "gemma": 12, "gemma2": 12, "gemma3_text": 12}
KV_HEADS = {
    "gpt2": 4, "gpt_bigcode": 1, "gpt_bigcode_heads": 4, "codegen": 4, "gptj": 4, "falcon": 1,
    "gpt_neox": 4, "gpt_neox_sequential": 4,
}  # fmt: skip


def shapes(family: str) -> dict[str, tuple[int, ...]]:
    """What the table of sites says, written here by hand: 4 heads, width 32, 48 neurons."""
    d, k = HEAD_WIDTH.get(family, 8), KV_HEADS.get(family, 2)
    wide = dict.fromkeys(
        ["embed", "resid_pre", "resid_mid", "resid_post", "attn_out", "mlp_out", "o", "down"], (32,)
    )
    neurons = dict.fromkeys(["gate", "up", "neuron", "neuron_out"], (48,))
    heads = {"q": (4 * d,), "k": (k * d,), "v": (k * d,), "head": (4, d)}
    return {**wide, **neurons, **heads, "logits": (101,)}


def test_every_site_has_its_shape_or_is_refused(family, make_lm, ids):
    lm = make_lm(family)
    absent = {"resid_mid"} & ({"resid_mid"} if family in PARALLEL else set())
    absent |= {"gate"} if family in UNGATED else set()
    expected = shapes(family)
    assert set(expected) == set(SITES)
    with lm.taps(*(set(SITES) - absent)) as seen:
        lm.logits(ids)
    for (site, _), tensor in seen.items():
        assert tuple(tensor.shape) == (*ids.shape, *expected[site]), site
    assert {site for site, _ in seen} == set(SITES) - absent
    for site in absent:
        with pytest.raises(SiteError, match=site):
            place(lm.body, site, 0)


def test_counts_come_from_the_modules(family, make_lm):
    lm = make_lm(family)
    sizes = lm.body.sizes
    assert (lm.n_layers, lm.width, lm.n_heads, lm.n_neurons, lm.vocabulary) == (3, 32, 4, 48, 101)
    assert sizes.kv_heads == KV_HEADS.get(family, 2)
    assert sizes.head_width == HEAD_WIDTH.get(family, 8)


@pytest.mark.parametrize("family", ["mixtral", "qwen3_moe"])
def test_models_of_experts_have_all_but_neurons(family, make_lm, ids):
    lm = make_lm(family)
    assert lm.n_neurons is None
    with lm.taps("resid_pre", "resid_mid", "resid_post", "attn_out", "mlp_out", "head") as seen:
        lm.backbone(ids)
    assert len(seen) == 18
    for site in ("neuron", "neuron_out", "gate", "up", "down"):
        with pytest.raises(SiteError, match="4 experts"):
            place(lm.body, site, 0)


def test_a_model_with_some_blocks_of_experts_has_no_neurons_either(make_lm):
    lm = make_lm("qwen3_moe", mlp_only_layers=[0])
    with pytest.raises(SiteError, match="experts"):
        place(lm.body, "neuron", 0)


@pytest.mark.parametrize(
    ("site", "layer", "words"),
    [
        ("resid_between", 0, "unknown site 'resid_between'"),
        ("neuron", 3, "layers are 0-2"),
        ("neuron", -1, "layers are 0-2"),
        ("embed", 0, "layer -1"),
        ("logits", 2, "layer -1"),
    ],
)
def test_a_place_that_does_not_exist_says_so(site, layer, words, make_lm):
    with pytest.raises(SiteError, match=words):
        place(make_lm("llama").body, site, layer)


def test_resid_mid_in_a_parallel_model_says_why(make_lm):
    with pytest.raises(SiteError, match="parallel"):
        place(make_lm("phi").body, "resid_mid", 0)


def test_gate_without_a_gate_says_what_to_ask_for(make_lm):
    with pytest.raises(SiteError, match="ask for up or neuron"):
        place(make_lm("gpt2").body, "gate", 0)


def test_neuron_is_act_of_gate_by_hand(make_lm, ids):
    """The activation that LAPE counts, from the weights alone."""
    lm = make_lm("llama")
    mlp, norm = lm.hf.model.layers[1].mlp, lm.hf.model.layers[1].post_attention_layernorm
    with lm.taps("resid_mid", "neuron", "neuron_out", "gate", "up") as seen:
        lm.backbone(ids)
    gate = norm(seen["resid_mid", 1]) @ mlp.gate_proj.weight.T + mlp.gate_proj.bias
    torch.testing.assert_close(seen["gate", 1], gate)
    torch.testing.assert_close(seen["neuron", 1], gate * torch.sigmoid(gate))
    torch.testing.assert_close(seen["neuron_out", 1], seen["neuron", 1] * seen["up", 1])


def test_gate_is_the_first_half_of_a_fused_projection(make_lm, ids):
    lm = make_lm("phi3")
    with lm.taps("gate", "up", "neuron", "neuron_out", layers=[2]) as seen:
        lm.backbone(ids)
    gate = seen["gate", 2]
    torch.testing.assert_close(seen["neuron", 2], gate * torch.sigmoid(gate))
    torch.testing.assert_close(seen["neuron_out", 2], seen["neuron", 2] * seen["up", 2])
