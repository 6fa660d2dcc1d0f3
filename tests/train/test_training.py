"""Training: it learns, two runs are bit-equal, and one that was interrupted is equal to both."""

import json

import numpy as np
import pytest
import torch
from transformers import LlamaConfig, LlamaForCausalLM

from neuroglot.base.errors import RunError
from neuroglot.train.optimisation import DECAY, DECAY_AFTER, optimisers, rate
from neuroglot.train.training import LOG, Plan, train

PLAN = Plan(rows_per_step=4, rows_at_a_time=2)
STEPS = 40


def new_model(seed=0):
    torch.manual_seed(seed)
    shape = {
        "vocab_size": 120,
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "num_key_value_heads": 1,
        "head_dim": 16,
        "max_position_embeddings": 64,
    }
    return LlamaForCausalLM(LlamaConfig(**shape))


@pytest.fixture(scope="module")
def rows():
    """Sequences that go on by one of three steps: to be learned, but not by heart."""
    rng = np.random.default_rng(0)
    return (np.cumsum(rng.integers(1, 4, (4 * STEPS, 32)), axis=1) % 120).astype(np.uint16)


def run(folder, rows, stops=(None,), model=new_model):
    for last in stops:
        made = model()
        train(made, rows, folder=folder, plan=PLAN, name="one", last=last)
    return made, [json.loads(line) for line in (folder / LOG).read_text().splitlines()]


def test_it_learns(tmp_path, rows):
    _, steps = run(tmp_path, rows)
    assert len(steps) == STEPS
    assert steps[0]["loss"] > 4.5
    seen = np.bincount(rows.ravel()) / rows.size
    without_context = -float(np.sum(seen[seen > 0] * np.log(seen[seen > 0])))
    assert steps[-1]["loss"] < without_context - 0.5


def test_interrupted_or_not_the_weights_are_the_same_bits(tmp_path, rows):
    for name in ("once", "again", "broken"):
        (tmp_path / name).mkdir()
    once, log = run(tmp_path / "once", rows)
    again, _ = run(tmp_path / "again", rows)
    broken, broken_log = run(tmp_path / "broken", rows, stops=(7, 23, None))
    for one, other, third in zip(
        once.state_dict().values(),
        again.state_dict().values(),
        broken.state_dict().values(),
        strict=True,
    ):
        assert torch.equal(one, other)
        assert torch.equal(one, third)
    assert log == broken_log


def test_a_step_in_parts_is_the_step_as_a_whole(tmp_path, rows):
    found = []
    for at_a_time in (4, 1):
        folder = tmp_path / str(at_a_time)
        folder.mkdir()
        model = new_model()
        plan = Plan(rows_per_step=4, rows_at_a_time=at_a_time)
        train(model, rows, folder=folder, plan=plan, name="one", last=1)
        found.append(model.state_dict())
    for one, other in zip(found[0].values(), found[1].values(), strict=True):
        assert torch.allclose(one, other, atol=2e-4)


def test_another_training_is_refused(tmp_path, rows):
    run(tmp_path, rows, stops=(2,))
    with pytest.raises(RunError, match=r"is of another training \(one, not other\)"):
        train(new_model(), rows, folder=tmp_path, plan=PLAN, name="other")


def test_the_rate_rises_holds_and_falls():
    assert rate(0.001) < rate(0.005) < rate(0.02) == rate(1 - DECAY) == 1
    assert 1 > rate(0.5) > rate(0.9) > rate(1) == 0
    after = [rate(done, DECAY_AFTER) for done in (0.02, 0.1, 0.35, 0.5, 1)]
    assert after == sorted(after, reverse=True) and after[-1] == 0 < after[-2]


def test_each_parameter_is_moved_by_one_of_the_two():
    model = new_model()
    found = optimisers(model)
    moved = [p for optimiser in found.both for g in optimiser.param_groups for p in g["params"]]
    assert sorted(map(id, moved)) == sorted(map(id, model.parameters()))
    inside = [p for group in found.muon.param_groups for p in group["params"]]
    assert len(inside) == 2 * 7
