"""A training step: the rows of single units beside LoRA by peft and beside all weights.

All tasks learn from the same batches in one process, in interleaved rounds, by the same loop with
AdamW. The base is LoRA of rank 16 on all seven projections. Rows stand there twice: as many numbers
as that LoRA has, and a hundredth of all units. Each run makes its optimiser anew, so that its state
is in the peak.
"""

import argparse
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import torch
from torch.optim import AdamW

from benchmarks.interleaved import Answer, Task, measure
from benchmarks.machine import loads
from benchmarks.record import tell
from benchmarks.reports import (
    COSTS,
    add_round_options,
    line_against,
    publish,
    rounds_of,
)
from benchmarks.shapes import SHAPES, Shape, random_llama, token_ids, word_tokenizer
from neuroglot.base.seeds import generator
from neuroglot.base.units import Place, Units
from neuroglot.lm.deltas import changed, merged
from neuroglot.lm.entries import PROJECTIONS
from neuroglot.lm.loading import wrap
from neuroglot.lm.model import LM
from neuroglot.lm.sites import n_units
from neuroglot.train.adapters import adapted
from neuroglot.train.examples import Example
from neuroglot.train.finetuning import TuningPlan, take_step
from neuroglot.train.moving import pieces_of
from neuroglot.train.selection import (
    Everything,
    LoRA,
    Selection,
    UnitRows,
    choose,
    hosted_lora,
)

STEPS = 2
BASE = "LoRA, rank 16 (peft)"
SHARE = 0.01
AIM = 1.0
HEADER = (*COSTS, "numbers trained", "file MiB")


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
    with ExitStack() as stack:
        tasks, sizes = _tasks(shape, stack)
        timed = measure(tasks, rounds=rounds, tell=tell)
    lines = [
        (*line_against(each, timed[BASE]), f"{sizes[name][0]:,}", f"{sizes[name][1] / 2**20:.2f}")
        for name, each in timed.items()
    ]
    publish(
        f"training-{shape.name}",
        about=f"{shape}. {STEPS} steps. Median of {rounds} interleaved rounds.",
        header=HEADER,
        lines=lines,
        before=before,
        command="training --quick"
        if arguments.quick
        else f"training --shape {shape.name} --rounds {rounds}",
        write=arguments.write,
        packages=["peft"],
    )


def _tasks(shape: Shape, stack: ExitStack) -> tuple[list[Task], dict[str, tuple[int, int]]]:
    """The tasks, and of each how many numbers it trains and how large a file it leaves."""
    ids = token_ids(shape)
    examples = [Example(row.numpy(), 1) for row in ids]
    body = _lm(shape).body
    lora = LoRA(16, alpha=32.0)
    wanted = choose(body, lora).n_trainable
    few = _spread(shape, body, share=SHARE)
    # As many numbers as LoRA has: units in proportion.
    many = _spread(shape, body, share=SHARE * wanted / choose(body, UnitRows(few)).n_trainable)
    count = choose(body, UnitRows(few)).n_trainable
    selections: dict[str, Selection] = {
        BASE: lora,
        "rows, as many numbers as LoRA, rank 16": UnitRows(many),
        "LoRA (peft), as many numbers as 1% of the units": hosted_lora(body, few, count),
        "rows of 1% of the units": UnitRows(few),
        "all weights": Everything(),
    }
    tasks, sizes = [], {}
    for name, selection in selections.items():
        lm = _lm(shape)
        sizes[name] = (choose(lm.body, selection).n_trainable, _file_bytes(lm, selection))
        aim = AIM if isinstance(selection, UnitRows) else None
        tasks.append(Task(name, _stepping(lm, selection, examples, stack), BASE, aim=aim))
    return tasks, sizes


def _lm(shape: Shape) -> LM:
    return wrap(random_llama(shape), word_tokenizer(shape))


def _spread(shape: Shape, body: object, *, share: float) -> Units:
    """A share of the units of every projection of every layer, drawn."""
    places: list[Place] = []
    for layer in range(shape.layers):
        for site in PROJECTIONS:
            held = n_units(body, site)  # type: ignore[arg-type]
            drawn = generator(0, "rows", layer, site).permutation(held)[: round(share * held)]
            places += [(site, layer, int(index)) for index in sorted(drawn)]
    return Units.of(places)


def _stepping(
    lm: LM, selection: Selection, examples: list[Example], stack: ExitStack
) -> Callable[[], Answer | None]:
    choice = choose(lm.body, selection)
    if isinstance(selection, LoRA):
        pieces = stack.enter_context(adapted(lm, choice, seed=0)).pieces
    else:
        pieces = pieces_of(lm, choice)
    plan = TuningPlan(batch_tokens=sum(len(each.ids) for each in examples))

    def take_steps() -> None:
        adam = AdamW([piece.leaf for piece in pieces], weight_decay=0.01)
        for _ in range(STEPS):
            take_step(lm, choice, pieces, adam, examples, plan=plan, rate=1e-4)

    return take_steps


def _file_bytes(lm: LM, selection: Selection) -> int:
    """The size of what a training leaves on disk."""
    choice = choose(lm.body, selection)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "delta.safetensors"
        if isinstance(selection, LoRA):
            with adapted(lm, choice, seed=0) as adapters:
                updates = adapters.updates()
            merged(lm, updates).save(file)
        else:
            changed(lm, [piece.entry for piece in pieces_of(lm, choice)]).save(file)
        return file.stat().st_size
