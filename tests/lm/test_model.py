"""The loaded model: its passes, its read-out, what its neurons write, what it writes itself."""

import pytest
import torch

from neuroglot.base.errors import ConfigError, ModelError, SiteError
from neuroglot.lm.loading import wrap
from neuroglot.lm.projections import written_rows
from neuroglot.lm.unembedding import norm_gain

BOTH = pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=["f32", "bf16"])


@BOTH
def test_the_last_residual_gives_the_models_logits(any_family, dtype, make_lm, ids):
    lm = make_lm(any_family, dtype)
    with lm.taps("resid_post", "logits", layers=[2]) as seen:
        logits = lm.logits(ids)
    assert torch.equal(seen["logits", -1], logits)
    assert torch.equal(lm.unembed(seen["resid_post", 2]), logits)
    assert torch.equal(logits, lm.hf(ids, use_cache=False).logits)


def test_hidden_states_of_the_library_agree_and_end_normed(any_family, make_lm, ids):
    """The last entry of hidden_states is after the final norm in every family; ours is before."""
    lm = make_lm(any_family)
    with lm.taps("resid_pre", "resid_post") as seen:
        states = lm.hf(ids, output_hidden_states=True).hidden_states
    assert torch.equal(states[0], seen["resid_pre", 0])
    for layer in (0, 1):
        assert torch.equal(states[layer + 1], seen["resid_post", layer])
    assert torch.equal(states[3], lm.body.final_norm(seen["resid_post", 2]))


@BOTH
def test_right_padding_without_a_mask_changes_no_real_token(any_family, dtype, make_lm, ids):
    lm = make_lm(any_family, dtype)
    padded = torch.cat([ids, torch.zeros_like(ids)], dim=1)
    alone, beside = lm.backbone(ids).float(), lm.backbone(padded)[:, :10].float()
    bound = 1e-4 if dtype is torch.float32 else 3e-2
    assert (alone - beside).abs().max() <= bound * alone.abs().max()


@pytest.mark.parametrize("implementation", ["eager", "sdpa"])
def test_padding_holds_under_both_attentions(implementation, make_lm, ids):
    for family in ("llama", "mistral", "gemma3_text", "gpt2", "gpt_bigcode"):
        lm = make_lm(family)
        lm.hf.set_attn_implementation(implementation)
        assert lm.attention == implementation
        padded = torch.cat([ids, torch.zeros_like(ids)], dim=1)
        torch.testing.assert_close(
            lm.backbone(padded)[:, :10], lm.backbone(ids), rtol=1e-4, atol=1e-4
        )


def test_the_backbone_runs_no_head(make_lm, ids):
    lm = make_lm("llama")
    calls = []
    handle = lm.hf.lm_head.register_forward_hook(lambda *_: calls.append(1))
    states = lm.backbone(ids)
    handle.remove()
    assert not calls
    assert states.shape == (3, 10, 32)
    assert torch.equal(lm.hf.lm_head(states), lm.logits(ids))


def test_taps_keep_the_last_pass(make_lm, ids):
    lm = make_lm("llama")
    with lm.taps("neuron", "embed", layers=[1]) as seen:
        lm.backbone(ids)
        lm.backbone(ids[:1])
    assert set(seen) == {("neuron", 1), ("embed", -1)}
    assert seen["neuron", 1].shape == (1, 10, 48)


def test_taps_of_an_unknown_site_say_which_exist(make_lm):
    with pytest.raises(SiteError, match="known are embed"), make_lm("llama").taps("neurons"):
        pass


def test_a_model_in_training_mode_is_not_read(make_lm, ids):
    lm = make_lm("llama")
    lm.hf.train()
    with pytest.raises(ModelError, match="training mode"):
        lm.backbone(ids)
    with pytest.raises(ModelError, match="training mode"):
        lm.logits(ids)


def test_wrapping_keeps_the_mode(make_model, tiny_tokenizer):
    model = make_model("gpt2").train()
    assert wrap(model, tiny_tokenizer).hf is model
    assert model.training


def test_one_row_of_ids_has_to_be_a_batch(make_lm, ids):
    with pytest.raises(ConfigError, match=r"\[row, token\]"):
        make_lm("llama").backbone(ids[0])


def test_output_rows_add_up_to_the_mlp(family, make_lm, ids):
    lm = make_lm(family)
    down = lm.body.blocks[1].down
    with lm.taps("neuron_out", "down", layers=[1]) as seen:
        lm.backbone(ids)
    rows = lm.output_rows(1)
    assert rows.shape == (48, 32)
    total = seen["neuron_out", 1] @ rows + (0 if down.bias is None else down.bias)
    torch.testing.assert_close(total, seen["down", 1], rtol=1e-4, atol=1e-5)


def test_output_rows_of_experts_are_refused(make_lm):
    with pytest.raises(SiteError, match="experts"):
        make_lm("mixtral").output_rows(0)


def test_rows_of_a_packed_projection_are_found_by_probing():
    """A quantised layer: its weight is no matrix of floats, but it can be run."""

    class Packed(torch.nn.Module):
        in_features, out_features = 2_500, 7

        def __init__(self) -> None:
            super().__init__()
            self.weight = torch.nn.Parameter(
                torch.randint(-9, 9, (7, 2_500)).to(torch.int8), requires_grad=False
            )
            self.bias = torch.nn.Parameter(torch.randn(7))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x @ (self.weight.float() * 0.5).T + self.bias

    packed = Packed()
    torch.testing.assert_close(written_rows(packed), (packed.weight.float() * 0.5).T)


@pytest.mark.parametrize("family", ["llama", "gemma", "gpt2", "cohere2"])
def test_the_gain_of_a_norm_is_its_weight_in_the_form_it_is_used(family, make_lm):
    """Gemma multiplies by (1 + weight), GPT-2 subtracts the mean and adds a bias."""
    lm = make_lm(family)
    norm = lm.body.final_norm
    gain, centres = norm_gain(norm, torch.zeros(1, 32))
    wanted = 1 + norm.weight if family == "gemma" else norm.weight
    torch.testing.assert_close(gain, wanted, rtol=1e-4, atol=1e-4)
    assert centres == (family in ("gpt2", "cohere2"))


def test_what_a_neuron_promotes_is_the_slope_of_the_logits(make_lm):
    """Along a direction at right angles to the stream the norm's scale stays as it is."""
    lm = make_lm("llama", torch.float64)
    residual = torch.randn(32, dtype=torch.float64, generator=torch.Generator().manual_seed(2))
    row = lm.output_rows(1)[5]
    row = row - residual * (row @ residual) / (residual @ residual)
    with torch.enable_grad():
        _, slope = torch.autograd.functional.jvp(lm.unembed, residual, row)
    rms = residual.square().mean().sqrt()
    promoted = lm.promoted(row[None])[0].double() / rms
    torch.testing.assert_close(promoted, slope, rtol=1e-4, atol=1e-5)


def test_generation_is_greedy_and_leaves_chance_alone(make_lm):
    lm = make_lm("gpt2")
    torch.manual_seed(5)
    before = torch.random.get_rng_state()
    text = lm.generate("x = ", max_new_tokens=8)
    start = [0, *lm.tokenizer.encode("x = ").ids.tolist()]
    ids = torch.tensor([start])
    for _ in range(8):
        ids = torch.cat([ids, lm.logits(ids)[:, -1:].argmax(-1)], dim=1)
    assert text == lm.tokenizer.decode(ids[0, len(start) :].tolist())
    sampled = lm.generate("x = ", max_new_tokens=8, temperature=1.0, seed=1)
    assert sampled == lm.generate("x = ", max_new_tokens=8, temperature=1.0, seed=1)
    others = {lm.generate("x = ", max_new_tokens=8, temperature=1.0, seed=s) for s in range(2, 6)}
    assert others != {sampled}
    assert torch.equal(torch.random.get_rng_state(), before)


def test_a_checkpoints_own_habits_of_generation_are_not_taken_over(make_lm):
    lm = make_lm("llama")
    clean = lm.generate("a", max_new_tokens=10)
    own = lm.hf.generation_config
    own.repetition_penalty, own.do_sample, own.temperature, own.top_k = 5.0, True, 3.0, 2
    own.no_repeat_ngram_size = 1
    assert lm.generate("a", max_new_tokens=10) == clean


def test_generation_stops_at_the_end_of_text(make_lm):
    lm = make_lm("llama")
    start = torch.tensor([[0, *lm.tokenizer.encode("a").ids.tolist()]])
    first = int(lm.logits(start)[0, -1].argmax())
    lm.hf.generation_config.eos_token_id = [1, first]
    written = lm.generate("a", max_new_tokens=10)
    assert len(written) <= 1


@pytest.mark.parametrize(
    "wrong", [{"temperature": -1.0}, {"max_new_tokens": 0}, {"top_p": 0.0}, {"top_p": 1.5}]
)
def test_impossible_generation_is_refused(wrong, make_lm):
    with pytest.raises(ConfigError, match="temperature"):
        make_lm("llama").generate("a", **wrong)


def test_the_record_says_what_it_is(make_lm):
    lm = make_lm("llama", torch.bfloat16)
    assert repr(lm) == "LM('llama': llama, 3 layers x 48 neurons, width 32, bfloat16 on cpu)"
    assert "experts" in repr(make_lm("mixtral"))
    assert (lm.device.type, lm.dtype, lm.max_positions) == ("cpu", torch.bfloat16, 512)
    with pytest.raises(AttributeError):
        lm.name = "other"
