"""States of chosen tokens: what each text gives alone, padded or not."""

import numpy as np
import pytest
import torch

from neuroglot.base.errors import ConfigError
from neuroglot.measure.token_states import token_states

TEXTS = ("a = 1\n", "def add(a, b):\n    return a + b\n", "x", "while (i < 10) { i++; }", "unread")
PLACES = tuple(np.array(each) for each in ([4, 0, 0], [30, 2, 7], [0], [1, 22], []))


def by_hand(lm, text):
    """States of a text alone, as the model itself hands them out: [level, token, width].

    The last state that transformers hands out is normed: the last layer's own is tapped.
    """
    bos = [] if lm.tokenizer.bos is None else [lm.tokenizer.bos]
    ids = torch.tensor([[*bos, *lm.tokenizer.encode(text).ids.tolist()]])
    with torch.no_grad(), lm.taps("resid_post", layers=[lm.n_layers - 1]) as seen:
        output = lm.body.backbone(input_ids=ids, output_hidden_states=True, use_cache=False)
    levels = [*output.hidden_states[: lm.n_layers], seen["resid_post", lm.n_layers - 1]]
    return torch.stack(levels)[:, 0, len(bos) :].float().numpy()


def expected(lm):
    each = [by_hand(lm, text)[:, own] for text, own in zip(TEXTS, PLACES, strict=True) if len(own)]
    return np.concatenate(each, axis=1)


@pytest.mark.parametrize("family", ["llama", "gpt2", "gemma2", "falcon", "gpt_neox", "phi"])
@pytest.mark.parametrize(
    ("dtype", "tolerance"), [(torch.float32, 1e-4), (torch.bfloat16, 3e-2)], ids=["f32", "bf16"]
)
def test_rows_are_what_each_text_gives_alone(make_lm, family, dtype, tolerance):
    lm = make_lm(family, dtype=dtype)
    found = token_states(lm, TEXTS, PLACES)
    assert found.shape == (lm.n_layers + 1, sum(map(len, PLACES)), lm.width)
    assert found.dtype == np.float32
    wanted = expected(lm)
    for level, states in enumerate(wanted):
        assert np.abs(found[level] - states).max() <= tolerance * np.abs(states).max()


def test_batches_do_not_matter_and_unread_texts_are_not_run(make_lm):
    lm = make_lm("llama")
    seen = []
    alone = token_states(
        lm, TEXTS, PLACES, batch_tokens=1, on_progress=lambda *done: seen.append(done)
    )
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]
    together = token_states(lm, TEXTS, PLACES, batch_tokens=10_000)
    assert np.abs(alone - together).max() <= 1e-4 * np.abs(together).max()
    assert token_states(lm, [], []).shape == (lm.n_layers + 1, 0, lm.width)


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("abc", 3, "text 2 has 3 tokens: give places from 0 to 2, not 3 to 3"),
        ("abc", -1, "not -1 to -1"),
        ("", 0, "text 2 has no tokens"),
        ("x = 1\n" * 400, 0, "positions for 512"),
    ],
)
def test_what_cannot_be_read_is_named(make_lm, text, place, said):
    with pytest.raises(ConfigError, match=said):
        token_states(make_lm("llama"), ["a", text], [np.array([0]), np.array([place])])
