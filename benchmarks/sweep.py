"""Every head ablated, one at a time: neuroglot's sweep beside one full pass for each head.

All give the rank of one id after each prompt under each head's ablation (its mix before the output
projection set to zero), at the last token or at all. The base is plain hooks on whole passes over
all prompts at once, with the head over the vocabulary at the last token only and no cache.
"""

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from torch import Tensor
from transformers import AutoTokenizer, LlamaForCausalLM, PreTrainedTokenizerFast

from benchmarks.interleaved import Answer, Task, agreement, measure, ratio, verdict
from benchmarks.machine import loads, machine_words
from benchmarks.shapes import Shape, random_llama, token_ids, twin, word_tokenizer
from benchmarks.tables import PAGE, markdown, put_block
from neuroglot.base.units import NeuronSet
from neuroglot.lm.edits import zero
from neuroglot.lm.loading import wrap
from neuroglot.measure.sweep import sweep

HEADER = ("", "CPU-time ratio [95%]", "verdict", "wall ratio [95%]", "CPU s", "peak MiB", "ranks")
BASE = "plain hooks, a full pass each"
AIMS = {"last": 1 / 5, "all": 1 / 1.8}
SHAPES = {
    "small": Shape("small", 12, 512, 1408, 8, 32_000, torch.float32, 8, 40),
    "quick": Shape("quick", 2, 64, 176, 4, 300, torch.float32, 2, 16),
}


@dataclass(frozen=True, eq=False)
class Work:
    """A model, prompts int64 [row, token], the id that is followed in each, and the tokens edited.

    tokens: of every prompt.
    """

    model: LlamaForCausalLM
    tokenizer: PreTrainedTokenizerFast
    ids: Tensor
    followed: Tensor
    tokens: slice

    @property
    def heads(self) -> list[tuple[int, int]]:
        """(layer, head) of all."""
        config = self.model.config
        return [
            (layer, head)
            for layer in range(config.num_hidden_layers)
            for head in range(config.num_attention_heads)
        ]

    def columns(self, head: int) -> slice:
        """The head's coordinates in the input of the output projection."""
        width = self.model.config.hidden_size // self.model.config.num_attention_heads
        return slice(head * width, (head + 1) * width)

    def ranks(self, logits: Tensor) -> Tensor:
        """Ranks of the ids followed: logits [row, vocabulary] to int64 [row]."""
        own = logits.gather(1, self.followed[:, None])
        return (logits > own).sum(dim=1) + 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this benchmark."""
    parser.add_argument("--rounds", type=int, default=6, help="default: 6")
    parser.add_argument("--threads", type=int, default=1, help="default: 1")
    parser.add_argument("--at", choices=tuple(AIMS), default="last", help="default: last")
    parser.add_argument("--quick", action="store_true", help="a tiny model, 2 rounds")
    parser.add_argument("--write", action="store_true", help=f"put the table into {PAGE}")


def run(arguments: argparse.Namespace) -> None:
    """Measure and print the table."""
    torch.set_num_threads(arguments.threads)
    shape = SHAPES["quick" if arguments.quick else "small"]
    rounds = 2 if arguments.quick else arguments.rounds
    before, ids, at = loads(), token_ids(shape), arguments.at
    tokens = slice(-1, None) if at == "last" else slice(None)
    work = Work(random_llama(shape), word_tokenizer(shape), ids, ids[:, 0], tokens)
    tasks, absent = [Task(BASE, lambda: _full_passes(work), BASE), _ours(work, at)], []
    for name, make in PEERS.items():
        try:
            tasks += make(work)
        except ImportError:
            absent.append(name)
    timed = measure(tasks, rounds=rounds, tell=print)
    truth = timed[BASE].answer
    assert truth is not None
    lines = []
    for name, each in timed.items():
        cpu = ratio(each.cpu_seconds, timed[BASE].cpu_seconds)
        wall = ratio(each.wall_seconds, timed[BASE].wall_seconds)
        seconds = sorted(each.cpu_seconds)[rounds // 2]
        peak = "" if each.extra_bytes is None else f"{each.extra_bytes / 2**20:.0f}"
        shown = ("1", "", "1")
        if name != BASE:
            shown = (str(cpu), verdict(cpu, each.task.aim), str(wall))
        lines.append((name, *shown, f"{seconds:.2f}", peak, agreement(each.answer, truth)))
    table = "\n".join(
        [
            f"{shape}. {len(work.heads)} heads, each set to zero at "
            f"{'the last token' if at == 'last' else 'all tokens'}. Median of {rounds} rounds.",
            "",
            markdown(HEADER, lines),
            "",
            *([f"Not installed: {', '.join(absent)}."] if absent else []),
            machine_words(tuple(name for name in PEERS if name not in absent)),
            f"Load average before and after: {before}, {loads()}.",
            f"Command: `python -m benchmarks sweep --at {at} --rounds {rounds}`.",
        ]
    )
    print(table)
    if arguments.write:
        put_block(PAGE, f"sweep-{at}", table)


def _full_passes(work: Work) -> Answer:
    """The whole model under a hook, head by head."""
    found = []
    for layer, head in work.heads:

        def before(_: object, arguments: tuple[Tensor], head: int = head) -> tuple[Tensor]:
            mixes = arguments[0].clone()
            mixes[:, work.tokens, work.columns(head)] = 0
            return (mixes,)

        projection = work.model.model.layers[layer].self_attn.o_proj
        handle = projection.register_forward_pre_hook(before)
        with torch.no_grad():
            logits = work.model(input_ids=work.ids, use_cache=False, logits_to_keep=1).logits
        handle.remove()
        found.append(work.ranks(logits[:, -1]))
    return torch.stack(found).numpy()


def _ours(work: Work, at: str) -> Task:
    lm = wrap(twin(work.model), work.tokenizer)
    variants = [zero(NeuronSet.of([pair], "head")) for pair in work.heads]
    prompts = list(work.ids.numpy())

    def ranks() -> Answer:
        found = sweep(lm, prompts, variants, at=at, targets=work.followed.numpy())
        assert found.edited.rank is not None
        return found.edited.rank

    return Task("neuroglot, sweep", ranks, BASE, AIMS[at])


def _transformer_lens(work: Work) -> list[Task]:
    from transformer_lens.model_bridge import TransformerBridge

    with TemporaryDirectory() as folder:
        work.tokenizer.save_pretrained(folder)
        bridge = TransformerBridge.boot_transformers(
            "llama",
            hf_model=twin(work.model, attention="eager"),
            tokenizer=AutoTokenizer.from_pretrained(Path(folder)),
            device="cpu",
            dtype=work.model.dtype,
        )

    def ranks(**options: object) -> Answer:
        found = []
        for layer, head in work.heads:

            def ablate(mixes: Tensor, hook: object, head: int = head) -> Tensor:
                mixes[:, work.tokens, head] = 0
                return mixes

            hooks = [(f"blocks.{layer}.attn.hook_z", ablate)]
            with torch.no_grad():
                logits = bridge.run_with_hooks(work.ids, fwd_hooks=hooks, **options)
            found.append(work.ranks(logits[:, -1]))
        return torch.stack(found).numpy()

    return [
        Task("TransformerLens, run_with_hooks", ranks, BASE),
        Task(
            "TransformerLens, last logits and no cache",
            lambda: ranks(logits_to_keep=1, use_cache=False),
            BASE,
        ),
    ]


def _nnsight(work: Work) -> list[Task]:
    from nnsight import TransformersModel, save

    model = TransformersModel(twin(work.model), tokenizer=work.tokenizer)

    def ranks(**options: object) -> Answer:
        found = []
        for layer, head in work.heads:
            with torch.no_grad(), model.trace(work.ids, **options):
                mixes = model.model.layers[layer].self_attn.o_proj.input
                mixes[:, work.tokens, work.columns(head)] = 0
                logits = save(model.lm_head.output[:, -1])
            found.append(work.ranks(logits))
        return torch.stack(found).numpy()

    return [
        Task("nnsight, trace", ranks, BASE),
        Task(
            "nnsight, last logits and no cache",
            lambda: ranks(logits_to_keep=1, use_cache=False),
            BASE,
        ),
    ]


PEERS: Mapping[str, Callable[[Work], list[Task]]] = {
    "transformer-lens": _transformer_lens,
    "nnsight": _nnsight,
}
"""Name of the package on PyPI -> its tasks."""
