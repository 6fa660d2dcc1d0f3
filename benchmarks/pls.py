"""PLS: activation times gradient of all projections beside the bare forward and backward pass.

All tasks read the same tokens with the same weights in one process, in interleaved rounds. The base
is a forward pass with the head, the loss, and the way back to the embeddings, parameters frozen;
once at once, and once with torch's checkpointing of every block.
"""

import argparse
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import torch
from torch import Tensor
from transformers import LlamaForCausalLM

from benchmarks.interleaved import Answer, Task, measure
from benchmarks.machine import loads
from benchmarks.record import tell
from benchmarks.reports import add_round_options, line_against, not_installed, publish, rounds_of
from benchmarks.shapes import SHAPES, Shape, random_llama, reading_of, token_ids, word_tokenizer
from neuroglot.base.groups import Group
from neuroglot.lm.loading import wrap
from neuroglot.measure import recording
from neuroglot.stats.pls import PLS, PROJECTIONS
from neuroglot.text.reading import Reading

AT_ONCE = "forward and backward to the embeddings"
CHECKPOINTED = "the same, every block checkpointed"
AIM = 1.25
HEADER = ("", "CPU-time ratio [95%]", "to", "verdict", "wall ratio [95%]", "CPU s", "peak MiB")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this benchmark."""
    add_round_options(parser, rounds=9)
    parser.add_argument("--shape", choices=SHAPES, default="small", help="default: small")


def run(arguments: argparse.Namespace) -> None:
    """Measure and print the table."""
    shape = SHAPES["quick" if arguments.quick else arguments.shape]
    rounds = rounds_of(arguments)
    torch.set_num_threads(arguments.threads)
    before = loads()
    tasks, missing = _tasks(shape)
    timed = measure(tasks, rounds=rounds, tell=tell)
    lines = []
    for each in timed.values():
        base = timed[each.task.base]
        name, cpu, *rest = line_against(each, base)
        lines.append((name, cpu, "" if each is base else base.task.name, *rest))
    publish(
        f"pls-{shape.name}",
        about=f"{shape}. Median of {rounds} interleaved rounds.",
        header=HEADER,
        lines=lines,
        before=before,
        command="pls --quick" if arguments.quick else f"pls --shape {shape.name} --rounds {rounds}",
        write=arguments.write,
        notes=not_installed(missing),
        packages=[] if missing else ["captum"],
    )


def _tasks(shape: Shape) -> tuple[list[Task], list[str]]:
    model, ids = random_llama(shape), token_ids(shape)
    model.requires_grad_(False)
    tasks = [
        Task(AT_ONCE, _bare(model, ids), AT_ONCE),
        Task(CHECKPOINTED, _checkpointed(model, ids), AT_ONCE),
        Task("neuroglot, PLS", _pls(model, shape, ids, at_once=True), AT_ONCE, aim=AIM),
        Task(
            "neuroglot, PLS block by block",
            _pls(model, shape, ids, at_once=False),
            CHECKPOINTED,
            aim=AIM,
        ),
        Task("plain hooks, keeping, then reducing", _plain(model, ids), AT_ONCE),
    ]
    try:
        tasks.append(Task("captum, LayerGradientXActivation", _captum(model, ids), AT_ONCE))
    except ImportError:
        return tasks, ["captum"]
    return tasks, []


def _loss(model: LlamaForCausalLM, ids: Tensor) -> Tensor:
    embedded = model.get_input_embeddings()(ids).detach().requires_grad_()
    loss = model(inputs_embeds=embedded, labels=ids, use_cache=False).loss
    assert isinstance(loss, Tensor)
    return loss


def _bare(model: LlamaForCausalLM, ids: Tensor) -> Callable[[], None]:
    return lambda: torch.autograd.backward(_loss(model, ids))


def _checkpointed(model: LlamaForCausalLM, ids: Tensor) -> Callable[[], None]:
    def run_checkpointed() -> None:
        # Only in training mode; a Llama has no dropout.
        model.train()
        model.gradient_checkpointing_enable({"use_reentrant": False})
        try:
            torch.autograd.backward(_loss(model, ids))
        finally:
            model.gradient_checkpointing_disable()
            model.eval()

    return run_checkpointed


def _one_group(reading: Reading) -> Reading:
    """All rows in one group, so that they are one batch as they are for the others."""
    rows = tuple(replace(row, group=0) for row in reading.rows)
    return replace(reading, rows=rows, groups=(Group("random", 0, 1, len(rows)),))


def _pls(
    model: LlamaForCausalLM, shape: Shape, ids: Tensor, *, at_once: bool
) -> Callable[[], Answer | None]:
    lm, reading = wrap(model, word_tokenizer(shape)), _one_group(reading_of(ids))

    def run_pls() -> None:
        with patch.object(recording, "fits_at_once", lambda *_: at_once):
            recording.record(lm, reading, PLS)

    return run_pls


def _modules(model: LlamaForCausalLM) -> list[Any]:
    return [
        getattr(part, f"{name}_proj")
        for block in model.model.layers
        for part, names in ((block.self_attn, PROJECTIONS[:4]), (block.mlp, PROJECTIONS[4:]))
        for name in names
    ]


def _plain(model: LlamaForCausalLM, ids: Tensor) -> Callable[[], None]:
    """One reduction, as anyone would write it: keep every output, then ask for the gradients."""

    def run_plain() -> None:
        kept: list[Tensor] = []
        handles = [
            module.register_forward_hook(lambda *got: kept.append(got[2]))
            for module in _modules(model)
        ]
        try:
            gradients = torch.autograd.grad(_loss(model, ids), kept)
        finally:
            for handle in handles:
                handle.remove()
        for value, gradient in zip(kept, gradients, strict=True):
            (value.detach() * gradient).abs().mean(dim=1).double().sum(dim=0)

    return run_plain


def _captum(model: LlamaForCausalLM, ids: Tensor) -> Callable[[], None]:
    from captum.attr import LayerGradientXActivation

    def loss_of(embedded: Tensor) -> Tensor:
        logits = model(inputs_embeds=embedded, use_cache=False).logits[:, :-1].float()
        each = torch.nn.functional.cross_entropy(
            logits.transpose(1, 2), ids[:, 1:], reduction="none"
        )
        return each.mean(dim=1)

    asked = LayerGradientXActivation(loss_of, _modules(model), multiply_by_inputs=True)

    def run_captum() -> None:
        embedded = model.get_input_embeddings()(ids).detach().requires_grad_()
        for each in asked.attribute(embedded):
            each.abs().mean(dim=1).double().sum(dim=0)

    return run_captum
