"""bfloat16 where the processor has no bfloat16 arithmetic: torch's own products, ours, float32.

One backbone, the same tokens. Where the processor has it, the first two are the same.
"""

import argparse
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

import torch
from torch import Tensor, nn
from transformers import LlamaForCausalLM

from benchmarks.interleaved import Task, measure
from benchmarks.machine import loads
from benchmarks.reports import COSTS, add_round_options, line_against, publish, rounds_of
from benchmarks.shapes import SHAPES, random_llama, token_ids
from neuroglot.lm.arithmetic import arithmetic, has_bfloat16

BASE = "float32"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this benchmark."""
    add_round_options(parser, rounds=7)


def run(arguments: argparse.Namespace) -> None:
    """Measure and print the table."""
    torch.set_num_threads(arguments.threads)
    shape = SHAPES["quick" if arguments.quick else "small"]
    rounds = rounds_of(arguments)
    ids, before = token_ids(shape), loads()
    wide, narrow = random_llama(shape), random_llama(shape).to(torch.bfloat16)
    tasks = [
        Task(BASE, _backbone(wide, ids, _plainly), BASE),
        Task("bfloat16, torch's products", _backbone(narrow, ids, _plainly), BASE),
        Task("bfloat16, neuroglot", _backbone(narrow, ids, arithmetic), BASE),
    ]
    timed = measure(tasks, rounds=rounds, tell=print)
    has = "has" if has_bfloat16() else "has no"
    publish(
        "arithmetic",
        about=f"{shape}. This processor {has} bfloat16 arithmetic. Median of {rounds} rounds.",
        header=COSTS,
        lines=[line_against(each, timed[BASE]) for each in timed.values()],
        before=before,
        command=f"arithmetic --rounds {rounds}",
        write=arguments.write,
    )


def _plainly(_: nn.Module) -> AbstractContextManager[object]:
    return nullcontext()


def _backbone(
    model: LlamaForCausalLM,
    ids: Tensor,
    way: Callable[[nn.Module], AbstractContextManager[object]],
) -> Callable[[], None]:
    def once() -> None:
        with torch.no_grad(), way(model):
            model.model(input_ids=ids, use_cache=False)

    return once
