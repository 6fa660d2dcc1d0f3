"""Fine-tuning: what is selected moves as in a naive run that puts all else back after each step."""

import errno
import os
import sys

import numpy as np
import pytest
import torch

from neuroglot.base.errors import (
    ConfigError,
    CorpusError,
    MissingExtraError,
    ModelError,
    RunError,
    SiteError,
    StorageError,
)
from neuroglot.base.units import NeuronSet, Units
from neuroglot.lm.decoding import end_ids
from neuroglot.lm.deltas import Delta, edited_weights
from neuroglot.lm.edits import mean, scale, zero
from neuroglot.lm.hooks import Change, editing, watching
from neuroglot.lm.loading import wrap
from neuroglot.runs import storage
from neuroglot.text.prompts import Prompt
from neuroglot.train import finetuning
from neuroglot.train.finetuning import TuningPlan, finetune
from neuroglot.train.selection import (
    Everything,
    HostingModules,
    LayerBand,
    LoRA,
    UnitRows,
    choose,
    hosted_lora,
)
from neuroglot.train.tuning_state import CHECKPOINT

PLAN = TuningPlan(
    steps=3, rate=1e-2, examples_per_step=3, batch_tokens=30, weight_decay=0.1, look_every=2
)
PROMPTS = [
    Prompt("add one\nx + 1", 8),
    Prompt("half\nx / 2", 5),
    Prompt("say it twice\nprint(x, x)", 13),
    Prompt("none\npass", 5),
]


def units_of(lm):
    """A few units of every projection in two layers; two of them share a matrix where fused."""
    sites = ["q", "k", "v", "o", "up", "down"] + (["gate"] if lm.anatomy.gate else [])
    pairs = [(site, layer, index) for site in sites for layer, index in ((0, 1), (2, 0), (2, 5))]
    return Units.of(pairs)


def mask_of(lm, units, *, columns):
    """Which entries are the units', found by what depends on what: parameter -> bool."""
    names = {id(parameter): name for name, parameter in lm.hf.named_parameters()}
    masks = {n: torch.zeros_like(p, dtype=torch.bool) for n, p in lm.hf.named_parameters()}
    ids = torch.arange(3, 12)[None]

    def add(site, layer, part, edit=None):
        seen = []
        changes = [] if edit is None else [Change(*edit)]
        with (
            torch.enable_grad(),
            editing(lm.body, [Change("embed", -1, torch.Tensor.detach), *changes]),
            watching(lm.body, [(site, layer, seen.append)]),
        ):
            lm.backbone(ids)
        block = lm.body.blocks[layer]
        own = [p for p in getattr(block, site).parameters() if id(p) in names]
        total = part(seen[0]).double()
        weights = torch.rand(total.shape, dtype=torch.float64, generator=torch.manual_seed(0))
        found = torch.autograd.grad((total * weights).sum(), own, allow_unused=True)
        for p, g in zip(own, found, strict=True):
            if g is not None and (edit is None or p.ndim == 2):
                masks[names[id(p)]] |= g != 0

    for site, layer, index in units.places():
        add(site, layer, lambda tensor, index=index: tensor[..., index])
        if columns and site in ("gate", "up"):

            def alone(tensor, index=index):
                kept = torch.zeros_like(tensor)
                kept[..., index] = 1.0
                return kept

            add("down", layer, lambda tensor: tensor, ("neuron_out", layer, alone))
    return masks


def naive(lm, masks, plan=PLAN, prompts=PROMPTS):
    """The same training with gradients and optimiser state of all weights; gives its weights."""
    hf = lm.hf
    hf.requires_grad_(True)
    start = {name: p.detach().clone() for name, p in hf.named_parameters()}
    adam = torch.optim.AdamW(hf.parameters(), betas=plan.betas, weight_decay=plan.weight_decay)
    rows = []
    for prompt in prompts:
        ids = torch.tensor(
            np.append(lm.tokenizer.encode(prompt.text).ids, sorted(end_ids(lm.body)))
        )
        ids = torch.cat([torch.tensor([lm.tokenizer.bos]), ids]).long()
        rows.append((ids, prompt.answer_start + 1))
    for step in range(plan.steps):
        at = range(step * plan.examples_per_step, (step + 1) * plan.examples_per_step)
        order = [finetuning._order(len(rows), n // len(rows), plan.seed)[n % len(rows)] for n in at]
        nats, n_tokens = 0.0, 0
        for ids, first in (rows[number] for number in order):
            logits = hf(input_ids=ids[None], use_cache=False).logits[0]
            nats += torch.nn.functional.cross_entropy(
                logits[first - 1 : -1], ids[first:], reduction="sum"
            )
            n_tokens += len(ids) - first
        hf.zero_grad()
        (nats / n_tokens).backward()
        for name, p in hf.named_parameters():
            p.grad = torch.where(masks[name], p.grad, 0.0) if p.grad is not None else None
        torch.nn.utils.clip_grad_norm_(hf.parameters(), plan.clip)
        warm = max(round(plan.warm_up * plan.steps), 1)
        rise, fall = (step + 1) / warm, (plan.steps - step) / (plan.steps - warm)
        for group in adam.param_groups:
            group["lr"] = plan.rate * min(rise, fall)
        adam.step()
        with torch.no_grad():
            for name, p in hf.named_parameters():
                p.copy_(torch.where(masks[name], p, start[name]))
    return {name: p.detach().clone() for name, p in hf.named_parameters()}


def weights(lm):
    return {name: p.detach().clone() for name, p in lm.hf.named_parameters()}


def same(one, other):
    return one.keys() == other.keys() and all(torch.equal(one[k], other[k]) for k in one)


def test_rows_of_units_move_as_if_all_else_were_put_back_after_each_step(make_lm, family):
    lm = make_lm(family, torch.float64)
    units, before = units_of(lm), weights(lm)
    masks = mask_of(lm, units, columns=True)
    tuned = finetune(lm, PROMPTS, UnitRows(units, columns=True), plan=PLAN)
    assert same(weights(lm), before)
    assert tuned.n_trainable == sum(int(mask.sum()) for mask in masks.values())
    after = weights(tuned.delta.apply(lm))
    wanted = naive(make_lm(family, torch.float64), masks)
    for name, mask in masks.items():
        assert torch.equal(after[name][~mask], before[name][~mask]), name
        torch.testing.assert_close(after[name][mask], wanted[name][mask], rtol=1e-6, atol=1e-8)
        assert bool((after[name] != before[name]).any()) == bool(mask.any()), name


@pytest.mark.parametrize("family", ["gemma", "gpt2"])
def test_whole_parameters_move_as_in_a_naive_run(make_lm, family):
    for selection in (Everything(), LayerBand(1, 2), HostingModules(NeuronSet.of([(1, 3)], "up"))):
        lm = make_lm(family, torch.float64)
        chosen = set(choose(lm.body, selection).whole)
        masks = {
            name: torch.full_like(p, name in chosen, dtype=torch.bool)
            for name, p in weights(lm).items()
        }
        tuned = finetune(lm, PROMPTS, selection, plan=PLAN)
        assert tuned.n_trainable == sum(int(mask.sum()) for mask in masks.values())
        after = weights(tuned.delta.apply(lm))
        wanted = naive(make_lm(family, torch.float64), masks)
        for name in after:
            torch.testing.assert_close(after[name], wanted[name], rtol=1e-6, atol=1e-8)


def selections(lm):
    units = units_of(lm)
    return {
        "rows": UnitRows(units, columns=True),
        "neurons": UnitRows(NeuronSet.of([(0, 3), (1, 7)])),
        "modules": HostingModules(units),
        "band": LayerBand(1, 1),
        "lora": LoRA(2, alpha=8),
        "hosted": hosted_lora(lm.body, units, 700),
        "all": Everything(),
    }


@pytest.mark.parametrize(
    ("family", "dtype"),
    [
        ("llama", torch.bfloat16),
        ("gemma", torch.float32),
        ("gpt2", torch.bfloat16),
    ],
)
def test_interrupted_or_not_and_loaded_from_its_file_it_is_the_same_bits(
    make_lm, family, dtype, tmp_path
):
    lm = make_lm(family, dtype)
    before = weights(lm)
    for name, selection in selections(lm).items():
        once = finetune(lm, PROMPTS, selection, plan=PLAN)
        for last in (2, None):
            again = finetune(lm, PROMPTS, selection, plan=PLAN, folder=tmp_path / name, last=last)
        assert same(weights(lm), before)
        assert again.losses == once.losses
        file = tmp_path / f"{name}.safetensors"
        again.delta.save(file)
        read = Delta.load(file)
        fresh = read.apply(make_lm(family, dtype), source=str(file))
        trained = once.delta.apply(make_lm(family, dtype))
        assert same(weights(fresh), weights(trained))
        assert fresh.fingerprint == trained.fingerprint != lm.fingerprint
        assert fresh.delta == str(file)
        assert not same(weights(fresh), before)
        once.delta.save(tmp_path / "twice.safetensors")
        assert (tmp_path / "twice.safetensors").read_bytes() == file.read_bytes()


def test_what_adapters_do_is_what_the_merged_weights_do(make_lm, ids_of):
    for family in ("llama", "gpt2"):
        lm = make_lm(family)
        seen = []
        plan = TuningPlan(steps=2, rate=3e-2, examples_per_step=4, look_every=2)
        tuned = finetune(
            lm, PROMPTS, LoRA(3, alpha=12), plan=plan,
            look=lambda seen=seen, lm=lm: {"at": seen.append(lm.logits(ids_of).detach())},
        )  # fmt: skip
        assert torch.equal(seen[0], lm.logits(ids_of))
        with torch.no_grad():
            torch.testing.assert_close(
                tuned.delta.apply(lm).logits(ids_of), seen[1], rtol=1e-4, atol=1e-4
            )
        assert (seen[1] - seen[0]).abs().max() > 0.1


@pytest.fixture
def ids_of():
    return torch.arange(3, 30)[None]


def test_adapters_of_hosts_are_as_many_numbers_as_can_be(make_lm):
    lm = make_lm("llama")
    units = Units.of([("up", 0, n) for n in range(9)] + [("down", 2, 1)])
    for wanted in (10, 80, 130, 161, 400, 1000):
        selection = hosted_lora(lm.body, units, wanted)
        own = choose(lm.body, selection).n_trainable
        others = [
            choose(lm.body, LoRA(rank, hosts=units, most_hosts=hosts)).n_trainable
            for rank in range(1, 9)
            for hosts in ((1, 2) if rank == 1 else (2,))
        ]
        assert abs(own - wanted) == min(abs(other - wanted) for other in others)


def test_it_learns_and_stops_at_the_best(make_lm):
    lm = make_lm("llama")
    plan = TuningPlan(steps=30, rate=3e-2, examples_per_step=4, look_every=3, patience=2)
    own = finetune(lm, PROMPTS, Everything(), plan=plan, dev=PROMPTS)
    losses = [seen["dev"] for _, seen in own.looks]
    assert losses[-1] < 0.2 * losses[0]
    other = [Prompt("add one\n#######", 8)]
    stopped = finetune(lm, PROMPTS, Everything(), plan=plan, dev=other)
    losses = [seen["dev"] for _, seen in stopped.looks]
    best = int(np.argmin(losses))
    assert len(losses) == best + 3 < 11
    assert stopped.best == stopped.looks[best][0]
    seen = finetune(stopped.delta.apply(lm), PROMPTS, Everything(), plan=plan, dev=other, last=0)
    assert seen.looks[0][1]["dev"] == pytest.approx(min(losses), rel=1e-6)


def test_the_optimiser_remembers_the_selection_alone(make_lm, tmp_path):
    lm = make_lm("llama")
    units = NeuronSet.of([(1, 3)], "gate")
    tuned = finetune(lm, PROMPTS, UnitRows(units), plan=PLAN, folder=tmp_path)
    assert tuned.n_trainable == lm.width + 1
    # Three copies of 33 numbers: the row, and two moments.
    assert (tmp_path / CHECKPOINT).stat().st_size < 3 * 33 * 4 + 2_000
    assert tuned.delta.n_bytes == 33 * 4


def test_a_whole_model_trained_in_parts_is_one_trained_at_once(make_lm):
    found = []
    for batch_tokens in (1, 4096):
        lm = make_lm("qwen2", torch.float64)
        plan = TuningPlan(steps=2, rate=1e-2, examples_per_step=4, batch_tokens=batch_tokens)
        found.append(weights(finetune(lm, PROMPTS, Everything(), plan=plan).delta.apply(lm)))
    for name in found[0]:
        torch.testing.assert_close(found[0][name], found[1][name], rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("family", ["llama", "gpt2", "phi3", "gpt_bigcode", "codegen", "granite"])
def test_an_edit_as_weights_does_what_the_edit_does(make_lm, family, ids_of, tmp_path):
    lm = make_lm(family)
    units = units_of(lm)
    asked = [zero(each) for each in units.sets()] + [scale(NeuronSet.of([(0, 4), (1, 2)]), 0.5)]
    before = weights(lm)
    with torch.no_grad(), lm.edit(*asked):
        wanted = lm.logits(ids_of)
    delta = edited_weights(lm, *asked)
    assert same(weights(lm), before)
    delta.save(tmp_path / "ablated.safetensors")
    made = Delta.load(tmp_path / "ablated.safetensors").apply(lm)
    with torch.no_grad():
        torch.testing.assert_close(made.logits(ids_of), wanted, rtol=1e-4, atol=1e-4)


def test_edits_that_no_weights_stand_for_are_refused(make_lm):
    lm = make_lm("llama")
    units = NeuronSet.of([(0, 1)], "gate")
    for edit, words in (
        (mean(units, [0.5]), "other values than 0"),
        (zero(units, positions=[1]), "leave out positions"),
        (zero(NeuronSet.of([(0, 1)], "head")), "'head' have no weights of their own"),
    ):
        with pytest.raises(ConfigError, match=words):
            edited_weights(lm, edit)


def test_what_cannot_be_trained_is_refused_in_one_line(make_lm, tmp_path, monkeypatch):
    lm = make_lm("llama")
    units = NeuronSet.of([(1, 3)], "gate")
    for selection, kind, words in (
        (UnitRows(NeuronSet.of([], "gate")), ConfigError, "matches nothing"),
        (UnitRows(NeuronSet.of([(1, 3)], "head")), ConfigError, "no weights of their own"),
        (UnitRows(NeuronSet.of([(1, 48)], "gate")), SiteError, "no gate 48"),
        (LayerBand(1, 3), SiteError, "no layer 3"),
        (LayerBand(2, 1), ConfigError, "the lower one first"),
    ):
        with pytest.raises(kind, match=words):
            finetune(lm, PROMPTS, selection, plan=PLAN)
    with pytest.raises(CorpusError, match="nothing to train on: none was given"):
        finetune(lm, [], UnitRows(units), plan=PLAN)
    with pytest.raises(CorpusError, match="all 4 are longer than 5 tokens"):
        finetune(lm, PROMPTS, UnitRows(units), plan=PLAN, max_tokens=5)
    with pytest.raises(CorpusError, match="the answer of a is empty"):
        finetune(lm, [Prompt("no", 2, item="a")], UnitRows(units), plan=PLAN)
    with pytest.raises(ConfigError, match="patience needs dev"):
        finetune(lm, PROMPTS, UnitRows(units), plan=TuningPlan(patience=1))
    for wrong in ({"steps": 0}, {"rate": 0.0}, {"warm_up": 1.0}):
        with pytest.raises(ConfigError, match=next(iter(wrong))):
            TuningPlan(**wrong)
    with pytest.raises(ConfigError, match="rank is 0"):
        LoRA(0)
    with pytest.raises(ConfigError, match="no projection moods"):
        LoRA(1, sites=("moods",))
    finetune(lm, PROMPTS, UnitRows(units), plan=PLAN, folder=tmp_path, last=1)
    with pytest.raises(RunError, match="of another training"):
        finetune(lm, PROMPTS[:2], UnitRows(units), plan=PLAN, folder=tmp_path)
    monkeypatch.setitem(sys.modules, "peft", None)
    with pytest.raises(MissingExtraError, match=r"neuroglot\[train\]"):
        finetune(lm, PROMPTS, LoRA(1), plan=PLAN)

    def no_memory(*_, **__):
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried ...")

    monkeypatch.setattr(finetuning, "gradients", no_memory)
    before = weights(lm)
    with pytest.raises(MemoryError, match="not enough memory for batches of 30 tokens"):
        finetune(lm, PROMPTS, UnitRows(units), plan=PLAN)
    assert same(weights(lm), before)


def test_a_full_disk_leaves_the_last_checkpoint(make_lm, tmp_path, monkeypatch):
    lm = make_lm("llama")
    selection = UnitRows(NeuronSet.of([(1, 3)], "gate"))
    once = finetune(lm, PROMPTS, selection, plan=PLAN)
    finetune(lm, PROMPTS, selection, plan=PLAN, folder=tmp_path, last=1)
    kept = (tmp_path / CHECKPOINT).read_bytes()

    def full(_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(storage.os, "fsync", full)
        with pytest.raises(StorageError, match="the disk is full"):
            finetune(lm, PROMPTS, selection, plan=PLAN, folder=tmp_path)
        with pytest.raises(StorageError, match="the disk is full"):
            once.delta.save(tmp_path / "delta.safetensors")
    assert [file.name for file in tmp_path.iterdir()] == [CHECKPOINT]
    assert (tmp_path / CHECKPOINT).read_bytes() == kept
    resumed = finetune(lm, PROMPTS, selection, plan=PLAN, folder=tmp_path)
    assert resumed.losses == once.losses
    assert resumed.delta.made == once.delta.made


def test_a_delta_of_another_model_or_of_something_else_is_refused(make_lm, tmp_path):
    lm = make_lm("llama")
    delta = finetune(lm, PROMPTS, LayerBand(0, 0), plan=PLAN).delta
    file = tmp_path / "delta.safetensors"
    delta.save(file)
    with pytest.raises(ModelError, match=r"belongs to another model .* than qwen2"):
        Delta.load(file).apply(make_lm("qwen2"), source=str(file))
    with pytest.raises(ModelError, match="float32"):
        Delta.load(file).apply(make_lm("llama", torch.bfloat16))
    with pytest.raises(StorageError, match="not there"):
        Delta.load(tmp_path / "nowhere.safetensors")
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2])
    with pytest.raises(ConfigError, match="damaged"):
        Delta.load(file)
    storage.write_bytes(file, b"\2\0\0\0\0\0\0\0{}")
    with pytest.raises(ConfigError, match="is no delta"):
        Delta.load(file)


def test_weights_outside_that_something_else_moves_are_found_out(make_lm, tiny_tokenizer):
    lm = make_lm("llama")
    lm = wrap(lm.hf, tiny_tokenizer)

    def meddle():
        lm.hf.model.norm.weight.data[0] += 1
        return {"n": 1}

    with pytest.raises(ModelError, match="outside the selection changed"):
        finetune(lm, PROMPTS, UnitRows(NeuronSet.of([(1, 3)], "gate")), plan=PLAN, look=meddle)
