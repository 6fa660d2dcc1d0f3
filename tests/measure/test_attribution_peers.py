"""Direct logit attribution against TransformerLens; only where it is installed."""

from copy import deepcopy

import numpy as np
import pytest
import torch
from transformers import AutoTokenizer

from neuroglot.measure.attribution import direct_logit_attribution

FAMILIES = ("llama", "gpt_neox")
TEXT = "def add(a, b):\n    return a"
TARGET, OTHER = 33, 9


@pytest.mark.parametrize("family", FAMILIES)
def test_as_transformer_lens_attributes(family, make_lm, tmp_path):
    bridges = pytest.importorskip("transformer_lens.model_bridge", exc_type=ImportError)
    lm = make_lm(family)
    found = direct_logit_attribution(lm, [TEXT], targets=[TARGET], others=[OTHER])
    lm.hf_tokenizer.save_pretrained(tmp_path)
    bridge = bridges.TransformerBridge.boot_transformers(
        family,
        hf_model=deepcopy(lm.hf),
        tokenizer=AutoTokenizer.from_pretrained(tmp_path),
        device="cpu",
        dtype=torch.float32,
    )
    # Its attributions leave the final norm's gain out unless it is folded into the head.
    bridge.enable_compatibility_mode(
        disable_warnings=True,
        center_writing_weights=False,
        center_unembed=False,
        fold_value_biases=False,
    )
    ids = torch.tensor([[lm.tokenizer.bos, *lm.tokenizer.encode(TEXT).ids.tolist()]])
    with torch.no_grad():
        _, cache = bridge.run_with_cache(ids)
        stack, labels = cache.decompose_resid(return_labels=True)
        compared = {"tokens": TARGET, "incorrect_tokens": OTHER}
        parts = cache.logit_attrs(stack, **compared)[:, 0, -1]
        heads = cache.logit_attrs(cache.stack_head_results(), **compared)[:, 0, -1]
    theirs = dict(zip(labels, parts.tolist(), strict=True))
    ours = {"embed": found.embedding[0]}
    for layer in range(lm.n_layers):
        ours[f"{layer}_attn_out"] = found.attention[0, layer]
        ours[f"{layer}_mlp_out"] = found.mlp[0, layer]
    near = {"rtol": 1e-4, "atol": 1e-4 * max(map(abs, ours.values()))}
    assert theirs.keys() == ours.keys()
    np.testing.assert_allclose([theirs[name] for name in ours], list(ours.values()), **near)
    np.testing.assert_allclose(heads.reshape(lm.n_layers, -1).numpy(), found.heads[0], **near)
