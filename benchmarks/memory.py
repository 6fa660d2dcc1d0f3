"""Memory of recording a 7B model: random weights written in shards, loaded by ng.load, recorded.

Writes about 13.5 GB to a temporary folder and takes it away again, needs about 16 GiB of memory,
and takes half an hour on two cores without bfloat16 arithmetic. Loading and recording happen in a
process of their own, so that nothing of the writing counts.
"""

import argparse
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from safetensors.torch import save_file
from transformers import LlamaForCausalLM

from benchmarks.machine import cores, loads
from benchmarks.reports import publish
from benchmarks.resident import Peak, memory_now, sampled
from benchmarks.shapes import LLAMA_7B, SEED, Shape, reading_of, token_ids, word_tokenizer
from benchmarks.tables import PAGE
from neuroglot.lm.loading import load
from neuroglot.measure.recording import record
from neuroglot.stats.activity import NeuronActivity

GIB = 2**30
ALLOWED = 2 * GIB
"""What may be resident above the weights, whether these are mapped from their files or copied."""
SPARE_DISK = 5 * GIB
HEADER = ("peak GiB", "anonymous", "resident", "resident above the weights", "seconds")


Stages = Mapping[str, Mapping[str, float]]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this benchmark."""
    parser.add_argument("--layers", type=int, default=LLAMA_7B.layers, help="default: 32")
    parser.add_argument("--threads", type=int, default=cores(), help="default: one per core")
    parser.add_argument("--folder", type=Path, help="where the temporary folder is made")
    parser.add_argument("--write", action="store_true", help=f"put the table into {PAGE}")
    parser.add_argument("--inside", type=Path, help=argparse.SUPPRESS)


def run(arguments: argparse.Namespace) -> None:
    """Write the model, record it in another process, print the table."""
    shape = replace(LLAMA_7B, layers=arguments.layers)
    torch.set_num_threads(arguments.threads)
    if arguments.inside:
        print(json.dumps(_recorded(shape, arguments.inside)))
        return
    before = loads()
    with TemporaryDirectory(dir=arguments.folder) as folder:
        weights = write_random_llama(shape, Path(folder))
        seen = _in_another_process(arguments, folder)
    publish(
        "memory",
        about=f"{shape}. Weights: {weights / GIB:.2f} GiB.",
        header=HEADER,
        lines=_lines(seen, weights),
        before=before,
        command=f"memory --layers {arguments.layers} --threads {arguments.threads}",
        write=arguments.write,
        notes=[_verdict(seen, weights)],
    )


def write_random_llama(shape: Shape, folder: Path) -> int:
    """A model folder with one shard per layer; gives the bytes of the weights.

    Each tensor is drawn, written and forgotten, so that writing needs the memory of one layer.
    """
    with torch.device("meta"):
        skeleton = LlamaForCausalLM(shape.config())
    shards = _shards(skeleton, shape.dtype)
    total = sum(tensor.nbytes for names in shards.values() for tensor in names.values())
    free = shutil.disk_usage(folder).free
    if free < total + SPARE_DISK:
        raise SystemExit(f"{folder} has {free / GIB:.0f} GiB free, {total / GIB:.0f} are written")
    random = torch.Generator().manual_seed(SEED)
    for number, (file, tensors) in enumerate(shards.items()):
        print(f"writing shard {number + 1} of {len(shards)}", file=sys.stderr, flush=True)
        drawn = {name: _drawn(name, tensor, random) for name, tensor in tensors.items()}
        save_file(drawn, folder / file, metadata={"format": "pt"})
    weight_map = {name: file for file, tensors in shards.items() for name in tensors}
    (folder / "model.safetensors.index.json").write_text(
        json.dumps({"metadata": {"total_size": total}, "weight_map": weight_map})
    )
    shape.config().save_pretrained(folder)
    word_tokenizer(shape).save_pretrained(folder)
    return total


def _shards(skeleton: LlamaForCausalLM, dtype: torch.dtype) -> dict[str, dict[str, torch.Tensor]]:
    """File -> its tensors (without values): a file per layer, and one for the rest."""
    shards: dict[str, dict[str, torch.Tensor]] = {}
    for name, tensor in skeleton.state_dict().items():
        parts = name.split(".")
        part = f"layer-{int(parts[2]):02}" if parts[1] == "layers" else "rest"
        shards.setdefault(f"model-{part}.safetensors", {})[name] = tensor.to(dtype)
    return shards


def _drawn(name: str, tensor: torch.Tensor, random: torch.Generator) -> torch.Tensor:
    if "norm" in name:
        return torch.ones(tensor.shape, dtype=tensor.dtype)
    return torch.empty(tensor.shape, dtype=tensor.dtype).normal_(0, 0.02, generator=random)


def _in_another_process(arguments: argparse.Namespace, folder: str) -> Stages:
    command = [
        *(sys.executable, "-m", "benchmarks", "memory", "--inside", folder),
        *("--layers", str(arguments.layers), "--threads", str(arguments.threads)),
    ]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    seen: Stages = json.loads(done.stdout.splitlines()[-1])
    return seen


def _recorded(shape: Shape, folder: Path) -> dict[str, dict[str, float]]:
    """Load and record here; what was seen of each stage, in bytes and seconds."""
    seen = {"before loading (Python, torch, neuroglot)": _stage(memory_now(), 0.0)}
    started = time.monotonic()
    with sampled() as peak:
        lm = load(folder, device="cpu")
    seen["loading, with the checks"] = _stage(peak, time.monotonic() - started)
    reading = reading_of(token_ids(shape))
    started = time.monotonic()
    with sampled() as peak:
        activity = record(lm, reading, NeuronActivity)[NeuronActivity]
    seen[f"recording {reading.n_tokens:,} tokens"] = _stage(peak, time.monotonic() - started)
    if activity.active.shape[1:] != (shape.layers, shape.mlp):
        raise SystemExit(f"the counts have shape {activity.active.shape}")
    return seen


def _stage(peak: Peak, seconds: float) -> dict[str, float]:
    return {"anonymous": peak.anonymous, "resident": peak.resident, "seconds": seconds}


def _lines(seen: Stages, weights: int) -> list[tuple[str, ...]]:
    return [
        (
            name,
            f"{stage['anonymous'] / GIB:.2f}",
            f"{stage['resident'] / GIB:.2f}",
            f"{(stage['resident'] - weights) / GIB:+.2f}" if stage["seconds"] else "",
            f"{stage['seconds']:.0f}" if stage["seconds"] else "",
        )
        for name, stage in seen.items()
    ]


def _verdict(seen: Stages, weights: int) -> str:
    most = max(stage["resident"] for stage in seen.values()) - weights
    held = "holds" if most <= ALLOWED else "does not hold"
    return f"At most {ALLOWED / GIB:.0f} GiB above the weights: {held} ({most / GIB:.2f} GiB)."
