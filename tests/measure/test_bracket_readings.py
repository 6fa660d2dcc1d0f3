"""What is said behind prompts, by places and parts, against the model's own logits."""

import numpy as np
import pytest
import torch

from neuroglot.measure.bracket_readings import bracket_answer, bracket_parts, bracket_stream

IDS = (45, 60, 77)


def rows():
    draw = np.random.default_rng(1)
    return [draw.integers(4, 101, n) for n in (9, 12, 9, 15)]


@pytest.mark.parametrize("family", ["llama", "gpt_neox"])
def test_places_and_parts_end_in_the_answer(make_lm, family):
    lm = make_lm(family)
    answer = bracket_answer(lm, rows(), IDS)
    with torch.no_grad():
        logits = np.stack([lm.logits(torch.from_numpy(r)[None])[0, -1].numpy() for r in rows()])
    assert answer.logits == pytest.approx(logits[:, IDS], abs=1e-4)
    assert (answer.likeliest == logits.argmax(axis=1)).all()
    others = np.delete(logits, IDS, axis=1)
    assert answer.other == pytest.approx(others.max(axis=1), abs=1e-4)
    less = logits[:, IDS] - logits.mean(axis=1, keepdims=True)
    stream, parts = bracket_stream(lm, rows(), IDS), bracket_parts(lm, rows(), IDS)
    assert stream.sites[-1] == ("resid_post", lm.n_layers - 1)
    assert stream.final[:, -1] == pytest.approx(less, abs=1e-3)
    assert parts.contribution.sum(axis=1) == pytest.approx(less, abs=1e-3)
    assert parts.heads.shape == (4, lm.n_layers, lm.n_heads, len(IDS))
