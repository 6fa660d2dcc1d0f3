"""Recording neuron activity: time and memory beside the bare backbone, plain hooks and peers.

All tasks read the same tokens with the same weights in one process, in interleaved rounds. Each
counts how often each neuron's activation is above zero; neuroglot counts in its four readings of
the text at once.
"""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor
from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

from benchmarks.interleaved import Task, Timed, agreement, measure, ratio, verdict
from benchmarks.machine import loads
from benchmarks.peers import BARE, BARE_EAGER, PEERS, Tasks, counted
from benchmarks.reports import peak_mib, publish, rounds_of
from benchmarks.shapes import (
    SHAPES,
    Shape,
    random_llama,
    reading_of,
    token_ids,
    twin,
    word_tokenizer,
)
from benchmarks.tables import PAGE
from neuroglot.lm.loading import wrap
from neuroglot.measure.observers import neuron_moments
from neuroglot.measure.recording import record
from neuroglot.measure.requests import Request
from neuroglot.stats.activity import NeuronActivity
from neuroglot.stats.statistic import Statistic

REFERENCE = "plain hooks, counting"
HEADER = (
    "",
    "CPU-time ratio [95%]",
    "to",
    "verdict",
    "wall ratio [95%]",
    "CPU s",
    "peak MiB",
    "counts",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this benchmark."""
    parser.add_argument("--shape", choices=SHAPES, default="small", help="default: small")
    parser.add_argument("--rounds", type=int, default=15, help="default: 15")
    parser.add_argument(
        "--threads", type=int, default=1, help="default: 1, see docs/performance.md"
    )
    parser.add_argument(
        "--only",
        default="",
        metavar="WORDS",
        help="tasks whose name holds one of these words, separated by commas (and their bases)",
    )
    parser.add_argument("--no-peers", action="store_true", help="leave other libraries out")
    parser.add_argument("--quick", action="store_true", help="a tiny model, 2 rounds, no peers")
    parser.add_argument("--write", action="store_true", help=f"put the table into {PAGE}")


def run(arguments: argparse.Namespace) -> None:
    """Measure and print the table."""
    shape = SHAPES["quick" if arguments.quick else arguments.shape]
    rounds = rounds_of(arguments)
    torch.set_num_threads(arguments.threads)
    before = loads()
    tasks, missing = _chosen(shape, arguments)
    timed = measure(tasks, rounds=rounds, tell=tell)
    lines = [_line(timed, each) for each in timed.values()]
    lines += [(f"{package}: not installed", *[""] * (len(HEADER) - 1)) for package in missing]
    publish(
        f"record-{shape.name}",
        about=f"{shape}. Median of {rounds} interleaved rounds.",
        header=HEADER,
        lines=lines,
        before=before,
        command=_command(arguments),
        write=arguments.write,
        packages=_peers_among(tasks),
    )


def _chosen(shape: Shape, arguments: argparse.Namespace) -> tuple[Tasks, list[str]]:
    """The tasks asked for, with their bases, and the packages that are not installed."""
    model, tokenizer, ids = random_llama(shape), word_tokenizer(shape), token_ids(shape)
    words = [word.strip().lower() for word in arguments.only.split(",") if word.strip()]
    tasks = own_tasks(shape, model, tokenizer, ids)
    missing: list[str] = []
    if not (arguments.quick or arguments.no_peers):
        for package, tasks_of in PEERS.items():
            try:
                tasks += tasks_of(model, tokenizer, ids)
            except ImportError:
                missing.append(package)
    kept = [task for task in tasks if not words or any(w in task.name.lower() for w in words)]
    needed = {task.name for task in kept} | {task.base for task in kept} | {BARE}
    if any(task.name != BARE for task in kept):
        needed.add(REFERENCE)
    return [task for task in tasks if task.name in needed], missing


def own_tasks(
    shape: Shape, model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast, ids: Tensor
) -> Tasks:
    """Everything that needs no other library."""
    eager = twin(model, attention="eager")
    return [
        Task(BARE, _backbone(model, ids), BARE),
        Task("whole model with its head", _whole(model, ids), BARE),
        Task(REFERENCE, _count_in_hooks(model, ids), BARE),
        Task("plain hooks, keeping, then counting", _keep_then_count(model, ids), BARE),
        *_neuroglot(shape, model, tokenizer, ids),
        Task(BARE_EAGER, _backbone(eager, ids), BARE),
        Task("plain hooks, counting, eager attention", _count_in_hooks(eager, ids), BARE_EAGER),
    ]


def _neuroglot(
    shape: Shape, model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast, ids: Tensor
) -> Tasks:
    """`record` from a reading to a statistic. What a pass does once for any amount of text (the
    norms of what neurons write) is done beforehand.
    """
    lm, reading = wrap(model, tokenizer), reading_of(ids)
    requests: list[type[Statistic] | Request] = [NeuronActivity, *neuron_moments(lm)]

    def activity(asked: Any) -> Callable[[], Any]:
        return lambda: record(lm, reading, asked)[NeuronActivity].active.sum(axis=0)

    return [
        Task("neuroglot, activity", activity(NeuronActivity), BARE, aim=shape.aim),
        Task("neuroglot, activity and moments", activity(requests), BARE),
    ]


def _backbone(model: LlamaForCausalLM, ids: Tensor) -> Callable[[], None]:
    def run_backbone() -> None:
        with torch.no_grad():
            model.model(ids, use_cache=False)

    return run_backbone


def _whole(model: LlamaForCausalLM, ids: Tensor) -> Callable[[], None]:
    def run_whole() -> None:
        with torch.no_grad():
            model(ids, use_cache=False)

    return run_whole


def _count_in_hooks(model: LlamaForCausalLM, ids: Tensor) -> Callable[[], Any]:
    return lambda: counted(_hooked(model, ids, lambda neuron: (neuron > 0).sum((0, 1))))


def _keep_then_count(model: LlamaForCausalLM, ids: Tensor) -> Callable[[], Any]:
    def count() -> Any:
        kept = _hooked(model, ids, lambda neuron: neuron)
        return counted({layer: (neuron > 0).sum((0, 1)) for layer, neuron in kept.items()})

    return count


def _hooked(
    model: LlamaForCausalLM, ids: Tensor, reduce: Callable[[Tensor], Tensor]
) -> dict[int, Tensor]:
    """What `reduce` gives of each layer's activation, by hooks as anyone would write them."""
    found: dict[int, Tensor] = {}

    def hook_of(layer: int) -> Callable[..., None]:
        def hook(module: object, inputs: object, neuron: Tensor) -> None:
            found[layer] = reduce(neuron)

        return hook

    handles = [
        block.mlp.act_fn.register_forward_hook(hook_of(layer))
        for layer, block in enumerate(model.model.layers)
    ]
    try:
        with torch.no_grad():
            model.model(ids, use_cache=False)
    finally:
        for handle in handles:
            handle.remove()
    return found


def _peers_among(tasks: Tasks) -> list[str]:
    """Packages that have a task here."""
    names = "".join(task.name for task in tasks).lower()
    return [package for package in PEERS if package.replace("-", "") in names.replace("-", "")]


def _line(timed: Mapping[str, Timed], each: Timed) -> Sequence[str]:
    """One task's row of the table."""
    base = timed[each.task.base]
    reference = timed[REFERENCE].answer if REFERENCE in timed else None
    memory = peak_mib(each)
    seconds = f"{np.median(each.cpu_seconds):.2f}"
    counts = "" if reference is None else agreement(each.answer, reference)
    if each.task.name == each.task.base:
        return each.task.name, "1", "", "", "1", seconds, memory, counts
    by_cpu = ratio(each.cpu_seconds, base.cpu_seconds)
    return (
        each.task.name,
        str(by_cpu),
        each.task.base,
        verdict(by_cpu, each.task.aim),
        str(ratio(each.wall_seconds, base.wall_seconds)),
        seconds,
        memory,
        counts,
    )


def _command(arguments: argparse.Namespace) -> str:
    """The line that does this again."""
    if arguments.quick:
        return "record --quick"
    words = ["record", f"--shape {arguments.shape}"]
    words += [f"--rounds {arguments.rounds}", f"--threads {arguments.threads}"]
    words += [f'--only "{arguments.only}"'] if arguments.only else []
    words += ["--no-peers"] if arguments.no_peers else []
    return " ".join(words)


def tell(text: str) -> None:
    """Progress, on standard error."""
    print(text, file=sys.stderr, flush=True)
