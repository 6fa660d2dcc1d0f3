"""bfloat16 where the processor has no bfloat16 arithmetic: torch's own products, ours, float32.

One backbone, the same tokens. Where the processor has it, the first two are the same.
"""

import argparse
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

import torch
from torch import Tensor, nn
from transformers import LlamaForCausalLM

from benchmarks.interleaved import Task, measure, ratio, verdict
from benchmarks.machine import loads, machine_words
from benchmarks.shapes import SHAPES, random_llama, token_ids
from benchmarks.tables import PAGE, markdown, put_block
from neuroglot.lm.arithmetic import arithmetic, has_bfloat16

HEADER = ("", "CPU-time ratio [95%]", "verdict", "wall ratio [95%]", "CPU s", "peak MiB")
BASE = "float32"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this benchmark."""
    parser.add_argument("--rounds", type=int, default=7, help="default: 7")
    parser.add_argument("--threads", type=int, default=1, help="default: 1")
    parser.add_argument("--quick", action="store_true", help="a tiny model, 2 rounds")
    parser.add_argument("--write", action="store_true", help=f"put the table into {PAGE}")


def run(arguments: argparse.Namespace) -> None:
    """Measure and print the table."""
    torch.set_num_threads(arguments.threads)
    shape = SHAPES["quick" if arguments.quick else "small"]
    rounds = 2 if arguments.quick else arguments.rounds
    ids, before = token_ids(shape), loads()
    wide, narrow = random_llama(shape), random_llama(shape).to(torch.bfloat16)
    tasks = [
        Task(BASE, _backbone(wide, ids, _plainly), BASE),
        Task("bfloat16, torch's products", _backbone(narrow, ids, _plainly), BASE),
        Task("bfloat16, neuroglot", _backbone(narrow, ids, arithmetic), BASE),
    ]
    timed = measure(tasks, rounds=rounds, tell=print)
    lines = []
    for name, each in timed.items():
        cpu = ratio(each.cpu_seconds, timed[BASE].cpu_seconds)
        wall = ratio(each.wall_seconds, timed[BASE].wall_seconds)
        seconds = sorted(each.cpu_seconds)[rounds // 2]
        peak = "" if each.extra_bytes is None else f"{each.extra_bytes / 2**20:.0f}"
        lines.append(
            (name, str(cpu), verdict(cpu, None), str(wall), f"{seconds:.2f}", peak)
            if name != BASE
            else (name, "1", "", "1", f"{seconds:.2f}", peak)
        )
    has = "has" if has_bfloat16() else "has no"
    table = "\n".join(
        [
            f"{shape}. This processor {has} bfloat16 arithmetic. Median of {rounds} rounds.",
            "",
            markdown(HEADER, lines),
            "",
            machine_words(),
            f"Load average before and after: {before}, {loads()}.",
            f"Command: `python -m benchmarks arithmetic --rounds {rounds}`.",
        ]
    )
    print(table)
    if arguments.write:
        put_block(PAGE, "arithmetic", table)


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
