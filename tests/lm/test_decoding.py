"""Batched, cached writing against whole passes that have neither batch nor cache."""

import pytest
import torch

import neuroglot as ng
from neuroglot.base.errors import ConfigError, ModelError
from neuroglot.lm.decoding import greedy, write

PROMPTS = [[5, 9, 14, 22, 31, 40, 55], [7], [60, 61, 62, 63], [8, 30, 77, 21, 90]]
NEW = 9


def alone(lm, prompt, written):
    """The likeliest ids after a prompt and each beginning of what was written, and their logits.

    By one whole pass over one row: if these ids are the written ones, greedy writing gives them.
    """
    logits = lm.logits(torch.tensor([[*prompt, *written]]))[0, len(prompt) - 1 : -1]
    return logits.argmax(dim=1).tolist(), logits


def together(lm, prompts=PROMPTS, *, n=NEW, ended=lambda row, ids: False):
    """Ids written in one batch and, by row, the logits they were chosen by."""
    logits = {row: [] for row in range(len(prompts))}

    def choose(rows, found):
        for row, each in zip(rows, found, strict=True):
            logits[row].append(each)
        return greedy(rows, found)

    written = write(lm.body, prompts, max_new_tokens=n, choose=choose, ended=ended)
    return written, [torch.stack(each) for each in logits.values()]


def test_a_batch_writes_what_each_row_would_alone(make_lm, any_family):
    lm = make_lm(any_family)
    written, logits = together(lm)
    for prompt, ids, seen in zip(PROMPTS, written, logits, strict=True):
        wanted, exact = alone(lm, prompt, ids)
        assert ids == wanted
        torch.testing.assert_close(seen, exact, rtol=1e-3, atol=1e-3)


def test_in_bfloat16_each_id_is_as_likely_as_the_likeliest(make_lm, family):
    lm = make_lm(family, torch.bfloat16)
    written, _ = together(lm)
    for prompt, ids in zip(PROMPTS, written, strict=True):
        exact = lm.logits(torch.tensor([prompt + ids]))[0, len(prompt) - 1 : -1].float()
        chosen = exact.gather(1, torch.tensor(ids)[:, None])[:, 0]
        assert (exact.amax(dim=1) - chosen <= 0.06 * exact.abs().amax()).all()


def test_edits_act_and_at_positions_they_mean_each_rows_own_tokens(make_lm, any_family):
    lm = make_lm(any_family)
    clean, _ = together(lm)
    for edit in (
        ng.scale(lm.stream("mlp_out", 1), -2.0),
        ng.set(lm.stream("resid_post", 0), 0.5, positions=[0, 3, 6, 8, 9]),
    ):
        with lm.edit(edit):
            written, logits = together(lm)
            for prompt, ids, seen in zip(PROMPTS, written, logits, strict=True):
                wanted, exact = alone(lm, prompt, ids)
                assert ids == wanted
                torch.testing.assert_close(seen, exact, rtol=1e-3, atol=1e-3)
        assert written != clean
    assert together(lm)[0] == clean


def test_rows_that_have_ended_leave_the_batch(make_lm):
    lm = make_lm("llama")
    full, _ = together(lm)
    rows = []

    def choose(alive, logits):
        assert len(alive) == len(logits)
        rows.append(list(alive))
        return greedy(alive, logits)

    lengths = [4, 2, 9, 2]
    written = write(
        lm.body,
        PROMPTS,
        max_new_tokens=NEW,
        choose=choose,
        ended=lambda row, ids: len(ids) == lengths[row],
    )
    assert written == [ids[:n] for ids, n in zip(full, lengths, strict=True)]
    assert rows == [[0, 1, 2, 3]] * 2 + [[0, 2]] * 2 + [[2]] * 5


def test_positions_hold_when_one_padded_row_is_left(make_lm):
    lm = make_lm("llama")
    with lm.edit(ng.set(lm.stream("resid_post", 0), 0.5, positions=[0, 3, 6, 8, 9])):
        written, _ = together(lm, ended=lambda row, ids: row != 1 and len(ids) == 2)
        assert written[1] == alone(lm, PROMPTS[1], written[1])[0]


def test_no_pass_is_run_when_all_have_ended(make_lm):
    lm = make_lm("gpt2")
    written, logits = together(lm, ended=lambda row, ids: len(ids) == 3)
    assert {len(each) for each in written} == {3}
    assert {len(each) for each in logits} == {3}


def test_what_cannot_be_written_is_refused(make_lm):
    lm = make_lm("llama")
    with pytest.raises(ConfigError, match=r"505 tokens and 9 new ones.*512"):
        together(lm, [[5] * 505])
    assert len(together(lm, [[5] * 511], n=1)[0][0]) == 1
    with pytest.raises(ConfigError, match="empty prompt"):
        together(lm, [[5], []])
    with pytest.raises(ConfigError, match="max_new_tokens is 0"):
        together(lm, n=0)
    lm.hf.train()
    with pytest.raises(ModelError, match="training mode"):
        together(lm)
