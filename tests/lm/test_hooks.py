"""Hooks: what is read is the model's own, what is written back changes nothing, nothing stays."""

import pytest
import torch
from torch.nn import functional

from neuroglot.base.errors import ModelError, SiteError
from neuroglot.lm.hooks import Change, editing, watching

BOTH = pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=["f32", "bf16"])


@BOTH
def test_writing_back_what_was_read_changes_no_bit(any_family, dtype, make_lm, ids, present):
    lm = make_lm(any_family, dtype)
    clean = lm.logits(ids)
    changes = [Change(site, layer, torch.clone) for site, layer in present(lm)]
    with editing(lm.body, changes):
        edited = lm.logits(ids)
    assert torch.equal(edited, clean)


def uneven(tensor: torch.Tensor) -> torch.Tensor:
    """No multiple of the tensor, which a norm would undo."""
    return tensor * torch.linspace(0.5, 2, tensor.shape[-1])


def test_every_edit_reaches_the_logits(any_family, make_lm, ids, present):
    """The last law could hold by edits that do nothing: each site, moved, moves the logits."""
    lm = make_lm(any_family)
    clean = lm.logits(ids)
    for site, layer in present(lm):
        with editing(lm.body, [Change(site, layer, uneven)]):
            moved = (lm.logits(ids) - clean).abs().flatten(1).amax(dim=1)
        assert (moved > 1e-5).all(), (site, layer, moved)


@pytest.mark.parametrize(
    ("family", "site"),
    [("llama", "q"), ("gpt_neox", "q"), ("codegen", "k"), ("phi3", "up"), ("granite", "attn_out"),
     ("gpt2", "head"), ("llama", "resid_mid"), ("llama", "neuron")],
)  # fmt: skip
def test_an_edit_in_place_counts_like_any_other(family, site, make_lm, ids):
    lm = make_lm(family)

    def in_place(tensor):
        tensor[..., 3] = 2.0
        return tensor

    def anew(tensor):
        return in_place(tensor.clone())

    logits = []
    for edit in (in_place, anew):
        with editing(lm.body, [Change(site, 1, edit)]):
            logits.append(lm.logits(ids))
    assert torch.equal(*logits)
    assert not torch.equal(logits[0], lm.logits(ids))


def test_no_hook_is_left_after_an_exception(any_family, make_lm, ids, present, n_hooks):
    lm = make_lm(any_family)
    before = n_hooks(lm.hf)
    clean = lm.logits(ids)

    def fail(_):
        raise ZeroDivisionError

    for site, layer in present(lm):
        with pytest.raises(ZeroDivisionError), watching(lm.body, [(site, layer, fail)]):
            lm.logits(ids)
        with pytest.raises(ZeroDivisionError), editing(lm.body, [Change(site, layer, fail)]):
            lm.logits(ids)
    assert n_hooks(lm.hf) == before
    assert torch.equal(lm.logits(ids), clean)


def test_no_hook_is_left_when_a_later_site_does_not_exist(make_lm, n_hooks):
    lm = make_lm("llama")
    with (
        pytest.raises(SiteError),
        watching(lm.body, [("neuron", 0, print), ("neuron", 99, print)]),
    ):
        pass
    assert n_hooks(lm.hf) == 0


@pytest.mark.parametrize("site", ["neuron", "neuron_out"])
def test_a_reader_gets_the_models_own_tensor(site, family, make_lm, ids):
    """No copy on the way: the memory is that of the module's output or input."""
    lm = make_lm(family)
    block = lm.body.blocks[1]
    own, read = [], []
    handle = (
        block.activation.register_forward_hook(lambda _, __, output: own.append(output))
        if site == "neuron"
        else block.down.register_forward_pre_hook(lambda _, args: own.append(args[0]))
    )
    with watching(lm.body, [(site, 1, read.append)]):
        lm.backbone(ids)
    handle.remove()
    assert read[0] is own[0]


def test_what_a_reader_returns_is_ignored(make_lm, ids):
    lm = make_lm("llama")
    clean = lm.logits(ids)
    with watching(lm.body, [("neuron", 0, torch.zeros_like)]):
        assert torch.equal(lm.logits(ids), clean)


def test_an_edit_of_a_block_changes_every_row(any_family, make_lm, ids):
    """Blocks return a bare tensor or a tuple: `output[0]` of a bare one is its first row."""
    lm = make_lm(any_family)
    kind = []
    handle = lm.body.blocks[0].block.register_forward_hook(lambda _, __, o: kind.append(type(o)))
    lm.backbone(ids)
    seen = {}
    with (
        editing(lm.body, [Change("resid_post", 0, torch.zeros_like)]),
        watching(lm.body, [("resid_pre", 1, lambda x: seen.update(pre=x.clone()))]),
    ):
        lm.backbone(ids)
    handle.remove()
    assert not seen["pre"].any()
    assert kind[0] is kind[1]


def test_blocks_of_both_kinds_were_among_them(make_lm, ids):
    kinds = {}
    for family in ("llama", "codegen", "falcon"):
        lm = make_lm(family)
        handle = lm.body.blocks[0].block.register_forward_hook(
            lambda _, __, output, family=family: kinds.update({family: type(output)})
        )
        lm.backbone(ids)
        handle.remove()
    assert kinds["llama"] is torch.Tensor
    assert kinds["codegen"] is tuple
    assert kinds["falcon"] is tuple


@pytest.mark.parametrize("family", ["llama", "gemma2", "olmo2", "gpt2", "gpt_neox_sequential"])
def test_resid_mid_is_edited_in_the_stream_and_not_only_before_the_norm(family, make_lm, ids):
    lm = make_lm(family)
    with (
        editing(lm.body, [Change("resid_mid", 1, lambda x: x + 1)]),
        lm.taps("resid_mid", "mlp_out", "resid_post", layers=[1]) as seen,
    ):
        lm.backbone(ids)
    torch.testing.assert_close(
        seen["resid_mid", 1] + seen["mlp_out", 1], seen["resid_post", 1], rtol=1e-5, atol=1e-5
    )


def test_the_first_block_is_not_where_the_embedding_module_ends(make_lm, ids):
    """Granite scales after it, GPT-2 adds positions: `embed` is the input of block 0."""
    for family in ("granite", "gpt2"):
        lm = make_lm(family)
        with lm.taps("embed", "resid_pre", layers=[0]) as seen:
            lm.backbone(ids)
        assert torch.equal(seen["embed", -1], seen["resid_pre", 0])
        assert not torch.allclose(seen["embed", -1], lm.body.embedding(ids))


@pytest.mark.parametrize("family", ["falcon", "falcon_groups"])
def test_a_kept_tensor_is_a_copy_where_the_model_overwrites_its_own(family, make_lm, ids):
    """Falcon adds attention onto the MLP's output in place, after the hook has seen it."""
    lm = make_lm(family)
    own = {}
    with (
        lm.taps("mlp_out", "attn_out", "resid_pre", "resid_post", layers=[0]) as seen,
        watching(lm.body, [("mlp_out", 0, lambda x: own.update(mlp=x))]),
    ):
        lm.backbone(ids)
    assert not torch.allclose(own["mlp"], seen["mlp_out", 0]), "the trap is gone: drop this test"
    parts = seen["resid_pre", 0] + seen["attn_out", 0] + seen["mlp_out", 0]
    torch.testing.assert_close(parts, seen["resid_post", 0])


def test_a_path_around_the_module_is_an_error(make_lm, ids, n_hooks):
    lm = make_lm("llama")
    mlp = lm.hf.model.layers[1].mlp

    def fused(x):
        return mlp.down_proj(functional.silu(mlp.gate_proj(x)) * mlp.up_proj(x))

    mlp.forward = fused
    with (
        pytest.raises(SiteError, match="neuron of layer 1 was passed 0 times"),
        watching(lm.body, [("neuron", layer, lambda _: None) for layer in range(3)]),
    ):
        lm.backbone(ids)
    with pytest.raises(SiteError, match="passed 0 times"), lm.edit(_zero_of(1)):
        lm.backbone(ids)
    assert n_hooks(lm.hf) == 0


def test_a_module_shared_by_layers_is_an_error(make_lm, ids):
    lm = make_lm("llama")
    shared = lm.hf.model.layers[0].mlp.act_fn
    lm.hf.model.layers[1].mlp.act_fn = shared
    with (
        pytest.raises(SiteError, match="neuron of layer 0 was passed 2 times"),
        watching(lm.body, [("neuron", 0, lambda _: None)]),
    ):
        lm.backbone(ids)


def test_reading_without_running_the_model_is_an_error(make_lm):
    lm = make_lm("llama")
    with pytest.raises(SiteError, match="no forward pass"), lm.taps("neuron"):
        pass


def test_logits_of_the_backbone_alone_are_an_error(make_lm, ids):
    lm = make_lm("llama")
    with pytest.raises(SiteError, match=r"lm\.logits"), lm.taps("logits"):
        lm.backbone(ids)


def test_an_edit_that_changes_the_shape_is_an_error(make_lm, ids):
    lm = make_lm("llama")
    with (
        pytest.raises(SiteError, match=r"resid_post of layer 0 gave shape \(3, 10, 5\)"),
        editing(lm.body, [Change("resid_post", 0, lambda x: x[..., :5])]),
    ):
        lm.backbone(ids)


def test_activation_checkpointing_is_refused(make_lm, ids):
    """Hooks inside would run twice, and an edit removed before backward gives wrong gradients."""
    lm = make_lm("llama")
    lm.hf.activation_checkpointing_enable()
    with watching(lm.body, [("neuron", 0, lambda _: None)]):
        lm.backbone(ids)
    lm.hf.train()
    with (
        pytest.raises(ModelError, match="activation_checkpointing_disable"),
        watching(lm.body, [("neuron", 0, lambda _: None)]),
    ):
        pass


def test_gradients_flow_through_edits(make_lm, ids):
    lm = make_lm("llama")
    with torch.enable_grad():
        move = torch.zeros(32, requires_grad=True)
        for site in ("resid_pre", "resid_mid", "attn_out", "resid_post"):
            with editing(lm.body, [Change(site, 1, lambda x: x + move)]):
                lm.logits(ids)[..., 7].sum().backward()
    assert torch.isfinite(move.grad).all()
    assert move.grad.abs().max() > 0


def test_an_early_stop_leaves_the_model_usable(make_lm, ids):
    class Stop(Exception):
        pass

    def stop(_):
        raise Stop

    lm = make_lm("llama")
    clean = lm.logits(ids)
    with watching(lm.body, [("resid_post", 2, lambda _: None)]):
        with pytest.raises(Stop), watching(lm.body, [("resid_post", 1, stop)]):
            lm.backbone(ids)
        assert torch.equal(lm.logits(ids), clean)


def _zero_of(layer):
    from neuroglot.base.units import NeuronSet
    from neuroglot.lm.edits import zero

    return zero(NeuronSet.of([(layer, 0)]))
