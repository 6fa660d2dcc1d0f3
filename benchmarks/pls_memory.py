"""Memory of a PLS pass over a model of the shape of a 1B one, block by block, random weights.

The bound: above the weights at most the residual streams of all blocks plus what autograd keeps of
two blocks. What it keeps of one is counted by its own hooks.
"""

import argparse
from unittest.mock import patch

import torch
from torch import Tensor
from transformers import LlamaForCausalLM

from benchmarks.interleaved import Answer
from benchmarks.machine import loads
from benchmarks.reports import publish
from benchmarks.resident import peak_extra_bytes, restart_returning_freed_memory
from benchmarks.shapes import Shape, random_llama, reading_of, token_ids, word_tokenizer
from benchmarks.tables import PAGE
from neuroglot.lm.loading import wrap
from neuroglot.measure import recording
from neuroglot.stats.pls import PLS

MIB = 2**20
LLAMA_1B = Shape("llama1b", 16, 2048, 8192, 32, 32_000, torch.float32, 4, 512)
HEADER = ("", "MiB")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this benchmark."""
    parser.add_argument("--threads", type=int, default=1, help="default: 1")
    parser.add_argument("--write", action="store_true", help=f"put the table into {PAGE}")


def run(arguments: argparse.Namespace) -> None:
    """Measure and print the table."""
    restart_returning_freed_memory()
    torch.set_num_threads(arguments.threads)
    shape, before = LLAMA_1B, loads()
    model = random_llama(shape)
    model.requires_grad_(False)
    one_block = _kept_of_a_block(model, shape)
    streams = shape.layers * shape.rows * shape.tokens * shape.hidden * shape.dtype.itemsize
    bound = streams + 2 * one_block
    ways = (("PLS block by block", False), ("PLS at once", True))
    held = {name: _peak(model, shape, at_once=at_once) for name, at_once in ways}
    weights = sum(each.nbytes for each in model.parameters())
    rows = [
        ("weights", weights),
        ("residual streams of all blocks", streams),
        ("what autograd keeps of one block", one_block),
        ("bound: streams and two blocks", bound),
        *((f"{name}, above the weights", value) for name, value in held.items()),
    ]
    verdict = "holds" if held["PLS block by block"] <= bound else "does not hold"
    publish(
        "pls-memory",
        about=f"{shape}.",
        header=HEADER,
        lines=[(name, f"{value / MIB:,.0f}") for name, value in rows],
        before=before,
        command="pls-memory",
        write=arguments.write,
        notes=[f"Block by block within the bound: {verdict}. What is freed is returned at once."],
    )


def _peak(model: LlamaForCausalLM, shape: Shape, *, at_once: bool) -> int:
    lm, reading = wrap(model, word_tokenizer(shape)), reading_of(token_ids(shape))

    def run_pls() -> Answer | None:
        with patch.object(recording, "fits_at_once", lambda *_: at_once):
            recording.record(lm, reading, PLS, batch_tokens=shape.rows * shape.tokens)
        return None

    found = peak_extra_bytes(run_pls)
    if found is None:
        raise SystemExit("memory is read from Linux's /proc, which this machine has not")
    return found


def _kept_of_a_block(model: LlamaForCausalLM, shape: Shape) -> int:
    """Bytes of all tensors but parameters that autograd keeps of the first block's forward pass."""
    parameters = {each.untyped_storage().data_ptr() for each in model.parameters()}
    kept: dict[int, Tensor] = {}

    def pack(tensor: Tensor) -> Tensor:
        at = tensor.untyped_storage().data_ptr()
        if at not in parameters:
            kept[at] = tensor
        return tensor

    stream = torch.randn(shape.rows, shape.tokens, shape.hidden, requires_grad=True)
    positions = torch.arange(shape.tokens)[None]
    rotary = model.model.rotary_emb(stream, positions)
    with torch.enable_grad(), torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        out = model.model.layers[0](stream, position_embeddings=rotary)
    found = sum(each.untyped_storage().nbytes() for each in kept.values())
    del out
    return found
