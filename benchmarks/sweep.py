"""Every head ablated, one at a time: neuroglot's sweep beside one full pass for each head.

All give the rank of one id after each prompt under each head's ablation (its mix before the output
projection set to zero), at the last token or at all. The base is plain hooks on whole passes over
all prompts at once, with the head over the vocabulary at the last token only and no cache.
"""

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor
from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

from benchmarks.interleaved import Answer, Task, agreement, measure
from benchmarks.machine import loads
from benchmarks.peers import transformer_bridge
from benchmarks.reports import (
    COSTS,
    add_round_options,
    line_against,
    not_installed,
    publish,
    rounds_of,
)
from benchmarks.shapes import Shape, random_llama, token_ids, twin, word_tokenizer
from neuroglot.base.units import NeuronSet
from neuroglot.lm.edits import zero
from neuroglot.lm.loading import wrap
from neuroglot.measure.sweep import sweep

HEADER = (*COSTS, "ranks")
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
    add_round_options(parser, rounds=6)
    parser.add_argument("--at", choices=tuple(AIMS), default="last", help="default: last")


def run(arguments: argparse.Namespace) -> None:
    """Measure and print the table."""
    torch.set_num_threads(arguments.threads)
    shape = SHAPES["quick" if arguments.quick else "small"]
    rounds = rounds_of(arguments)
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
    publish(
        f"sweep-{at}",
        about=f"{shape}. {len(work.heads)} heads, each set to zero at "
        f"{'the last token' if at == 'last' else 'all tokens'}. Median of {rounds} rounds.",
        header=HEADER,
        lines=[
            (*line_against(each, timed[BASE]), agreement(each.answer, truth))
            for each in timed.values()
        ],
        before=before,
        command=f"sweep --at {at} --rounds {rounds}",
        write=arguments.write,
        notes=not_installed(absent),
        packages=[name for name in PEERS if name not in absent],
    )


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
    bridge = transformer_bridge(work.model, work.tokenizer)

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
