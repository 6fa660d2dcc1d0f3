"""Log-odds of two answers are those of the model's own logits."""

import numpy as np
import pytest
import torch

from neuroglot.base.errors import ConfigError
from neuroglot.measure.yes_no import log_odds

PROMPTS = ["is it? ", "x", "a longer question, which is in the same batch? "]


@pytest.mark.parametrize("family", ["llama", "gpt2", "gemma2"])
def test_each_is_the_difference_of_two_logits(make_lm, family):
    lm = make_lm(family)
    # Each character is a token here: what both answers share stands before the question of which.
    found = log_odds(lm, PROMPTS, (" yes", " no"))
    for prompt, value in zip(PROMPTS, found, strict=True):
        ids = [lm.tokenizer.bos, *lm.tokenizer.encode(f"{prompt} ").ids.tolist()]
        with torch.no_grad():
            logits = torch.log_softmax(lm.logits(torch.tensor([ids]))[0, -1].double(), dim=-1)
        y, n = (int(lm.tokenizer.encode(each).ids[0]) for each in "yn")
        assert value == pytest.approx(float(logits[y] - logits[n]), abs=1e-4)


def test_too_long_prompts_have_no_value_and_equal_answers_are_refused(make_lm):
    lm = make_lm("llama")
    found = log_odds(lm, ["a", "a" * 600], ("y", "n"))
    assert np.isfinite(found).tolist() == [True, False]
    with pytest.raises(ConfigError, match="one is the beginning of the other"):
        log_odds(lm, ["a"], ("no", "no way"))
