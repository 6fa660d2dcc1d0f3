"""The lens against other libraries on a Llama and a GPT-NeoX; only where they are installed."""

from copy import deepcopy

import numpy as np
import pytest
import torch
from transformers import AutoTokenizer

from neuroglot.measure.lens import EMBED, logit_lens

FAMILIES = ("llama", "gpt_neox")
TEXT = "def add(a, b):\n    return a + b\n"


def probabilities(lm, states):
    """What states [place, width] say of the next token: float64 [place, id], by hand."""
    hf = lm.hf
    norm = hf.model.norm if hasattr(hf, "model") else hf.gpt_neox.final_layer_norm
    with torch.no_grad():
        return hf.get_output_embeddings()(norm(states)).double().softmax(dim=-1).numpy()


def agrees(lm, found, by_level):
    """by_level: level -> states [token, width] of another library, for the lens's own ids."""
    for row, level in enumerate(found.levels):
        theirs = probabilities(lm, by_level[level])[found.places - 1]
        ours = found.target_probability[:, row, 0]
        own = theirs[np.arange(len(found.places)), found.ids[found.places]]
        np.testing.assert_allclose(ours, own, rtol=1e-4, atol=1e-7)
        order = np.sort(theirs, axis=1)[:, ::-1][:, :3]
        np.testing.assert_allclose(found.top_probability[:, row], order, rtol=1e-4, atol=1e-7)


@pytest.fixture(params=FAMILIES)
def lm(request, make_lm):
    return make_lm(request.param)


def test_as_nnsight_reads_it(lm):
    nnsight = pytest.importorskip("nnsight", exc_type=ImportError)
    found = logit_lens(lm, [TEXT], top_tokens=3)[0]
    backbone = nnsight.NNsight(lm.hf.base_model)
    layers = range(lm.n_layers)
    with torch.no_grad(), backbone.trace(torch.from_numpy(found.ids)[None], use_cache=False):
        states = nnsight.save([backbone.layers[layer].output for layer in layers])
    shown = [state[0] if isinstance(state, tuple) else state for state in states]
    by_level = {layer: state.reshape(-1, lm.width) for layer, state in enumerate(shown)}
    with torch.no_grad():
        by_level[EMBED] = lm.hf.get_input_embeddings()(torch.from_numpy(found.ids))
    agrees(lm, found, by_level)


def test_as_transformer_lens_reads_it(lm, tmp_path):
    bridges = pytest.importorskip("transformer_lens.model_bridge", exc_type=ImportError)
    found = logit_lens(lm, [TEXT], top_tokens=3)[0]
    lm.hf_tokenizer.save_pretrained(tmp_path)
    bridge = bridges.TransformerBridge.boot_transformers(
        lm.anatomy.family,
        hf_model=deepcopy(lm.hf),
        tokenizer=AutoTokenizer.from_pretrained(tmp_path),
        device="cpu",
        dtype=torch.float32,
    )
    names = [f"blocks.{layer}.hook_out" for layer in range(lm.n_layers)]
    with torch.no_grad():
        _, cache = bridge.run_with_cache(
            torch.from_numpy(found.ids)[None], names_filter=names, return_type=None
        )
        by_level = {layer: cache[name][0] for layer, name in enumerate(names)}
        by_level[EMBED] = lm.hf.get_input_embeddings()(torch.from_numpy(found.ids))
    agrees(lm, found, by_level)
