"""Which coordinates are q, k and v of which head: shown by what zeroing them does to the heads.

A head without values gives nothing; one without queries, or without keys, attends evenly to all
that it may see. So no rotary embedding has to be computed to know the layout.
"""

import pytest
import torch

from neuroglot.lm.hooks import Change, editing

# Layer norms with a bias on q and k (none by default) would make zeroed queries uneven.
COUPLED = {"olmo2"}


@pytest.fixture
def lm(family, make_lm):
    # A window as wide as the text: the mean below is over all earlier tokens.
    windowed = family in ("mistral", "gemma2", "gemma3_text", "cohere2")
    return make_lm(family, **({"sliding_window": 64} if windowed else {}))


def heads_of(lm, ids, *changes: Change) -> torch.Tensor:
    """Layer 0's heads [row, token, head, width] and its values [row, token, kv head, width]."""
    with editing(lm.body, changes), lm.taps("head", layers=[0]) as seen:
        lm.backbone(ids)
    return seen["head", 0]


def values_of(lm, ids) -> torch.Tensor:
    with lm.taps("v", layers=[0]) as seen:
        lm.backbone(ids)
    sizes = lm.body.sizes
    return seen["v", 0].unflatten(-1, (sizes.kv_heads, sizes.head_width))


def zeroed(site: str, lm, head: int) -> Change:
    width = lm.body.sizes.head_width

    def zero(tensor: torch.Tensor) -> torch.Tensor:
        edited = tensor.clone()
        edited[..., head * width : (head + 1) * width] = 0
        return edited

    return Change(site, 0, zero)


def even_attention(values: torch.Tensor) -> torch.Tensor:
    """The mean of the values up to each token."""
    counts = torch.arange(1, values.shape[1] + 1).view(1, -1, 1)
    return values.cumsum(dim=1) / counts


def groups_of(lm) -> list[list[int]]:
    """Query heads that share each key/value head."""
    share = lm.n_heads // lm.body.sizes.kv_heads
    return [list(range(k * share, (k + 1) * share)) for k in range(lm.body.sizes.kv_heads)]


def test_values_of_a_head_are_where_the_row_says(lm, ids):
    clean = heads_of(lm, ids)
    for kv_head, heads in enumerate(groups_of(lm)):
        without = heads_of(lm, ids, zeroed("v", lm, kv_head))
        others = [head for head in range(lm.n_heads) if head not in heads]
        assert not without[..., heads, :].any()
        assert clean[..., heads, :].any()
        assert torch.equal(without[..., others, :], clean[..., others, :])


def test_queries_of_a_head_are_where_the_row_says(lm, ids, family):
    clean, values = heads_of(lm, ids), values_of(lm, ids)
    for kv_head, heads in enumerate(groups_of(lm)):
        for head in heads:
            even = heads_of(lm, ids, zeroed("q", lm, head))
            others = [other for other in range(lm.n_heads) if other != head]
            torch.testing.assert_close(even[:, :, head], even_attention(values[:, :, kv_head]))
            assert not torch.allclose(clean[:, :, head], even[:, :, head], atol=1e-3)
            if family not in COUPLED:
                assert torch.equal(even[:, :, others], clean[:, :, others])


def test_keys_of_a_head_are_where_the_row_says(lm, ids, family):
    clean, values = heads_of(lm, ids), values_of(lm, ids)
    for kv_head, heads in enumerate(groups_of(lm)):
        even = heads_of(lm, ids, zeroed("k", lm, kv_head))
        others = [head for head in range(lm.n_heads) if head not in heads]
        for head in heads:
            torch.testing.assert_close(even[:, :, head], even_attention(values[:, :, kv_head]))
        if family not in COUPLED:
            assert torch.equal(even[:, :, others], clean[:, :, others])


def test_heads_add_up_to_the_attention_module(family, make_lm, ids):
    """Sum over heads of z_h W_O[h], plus the bias that belongs to no head."""
    lm = make_lm(family)
    o = lm.body.blocks[1].o
    weight = o.weight if hasattr(o, "nf") else o.weight.T
    with lm.taps("head", "o", layers=[1]) as seen:
        lm.backbone(ids)
    d = lm.body.sizes.head_width
    total = sum(seen["head", 1][:, :, h] @ weight[h * d : (h + 1) * d] for h in range(4))
    total = total + (o.bias if o.bias is not None else 0)
    torch.testing.assert_close(total, seen["o", 1], rtol=1e-4, atol=1e-5)
