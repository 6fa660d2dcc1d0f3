"""Every head ablated or patched, one at a time: neuroglot's sweep beside a full pass for each head.

All give the rank of one id after each prompt under each head's edit (its mix before the output
projection set to zero, or to what it is in another prompt), at the last token or at all. The base
is plain hooks on whole passes over all prompts at once, with the head over the vocabulary at the
last token only and no cache. neuroglot runs every head and, where it patches, the other prompts;
the others run every eighth head, so many in each layer, and are given the other prompts' mixes.
"""

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

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
from neuroglot.measure.sweep_variants import patch

HEADER = (*COSTS, "ranks")
BASE = "plain hooks, a full pass each"
EVERY = 8
"""Of so many heads one is run by what takes a full pass for each."""
AIMS = {"last": 1 / 5, "all": 1 / 1.8}
SHAPES = {
    "small": Shape("small", 12, 512, 1408, 8, 32_000, torch.float32, 8, 40),
    "quick": Shape("quick", 2, 64, 176, 4, 300, torch.float32, 2, 16),
}


@dataclass(frozen=True, eq=False)
class Work:
    """A model, prompts int64 [row, token], the id that is followed in each, and the tokens edited.

    tokens: of every prompt. fillings: what goes to the output projection of each layer in an edited
    head, [row, token, width]. sources: the prompts that it is of; None where it is zero.
    """

    model: LlamaForCausalLM
    tokenizer: PreTrainedTokenizerFast
    ids: Tensor
    followed: Tensor
    tokens: slice
    fillings: Sequence[Tensor]
    sources: Tensor | None

    @property
    def heads(self) -> list[tuple[int, int]]:
        """(layer, head) of all."""
        config = self.model.config
        return [
            (layer, head)
            for layer in range(config.num_hidden_layers)
            for head in range(config.num_attention_heads)
        ]

    @property
    def some(self) -> list[tuple[int, int]]:
        """The heads that are timed one by one: as many in every layer."""
        return self.heads[::EVERY]

    def filling(self, layer: int, head: int) -> Tensor:
        """That of one head at the tokens edited: [row, token, width of a head]."""
        return self.fillings[layer][:, self.tokens, self.columns(head)]

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
    parser.add_argument("--patch", action="store_true", help="heads from other prompts, not zero")


def run(arguments: argparse.Namespace) -> None:
    """Measure and print the table."""
    torch.set_num_threads(arguments.threads)
    shape = SHAPES["quick" if arguments.quick else "small"]
    rounds = rounds_of(arguments)
    before, ids, at = loads(), token_ids(shape), arguments.at
    tokens = slice(-1, None) if at == "last" else slice(None)
    sources = ids.flip(0) if arguments.patch else None
    model = random_llama(shape)
    fillings = _mixes(model, ids if sources is None else sources)
    if sources is None:
        fillings = [torch.zeros_like(each) for each in fillings]
    work = Work(model, word_tokenizer(shape), ids, ids[:, 0], tokens, fillings, sources)
    peers, absent = [Task(BASE, lambda: _full_passes(work), BASE)], []
    for name, make in PEERS.items():
        try:
            peers += make(work)
        except ImportError:
            absent.append(name)
    part = len(work.heads) // len(work.some)
    tasks = [_ours(work, at), *(replace(task, times=part) for task in peers)]
    timed = measure(tasks, rounds=rounds, tell=print)
    truth = timed[BASE].answer
    assert truth is not None
    publish(
        f"sweep-{at}-patch" if arguments.patch else f"sweep-{at}",
        about=f"{shape}. {len(work.heads)} heads, each "
        f"{'taken from another prompt' if arguments.patch else 'set to zero'} at "
        f"{'the last token' if at == 'last' else 'all tokens'}; others than neuroglot run every "
        f"{EVERY}th head, and their time is multiplied. Median of {rounds} rounds.",
        header=HEADER,
        lines=[
            (*line_against(each, timed[BASE]), agreement(each.answer, truth))
            for each in timed.values()
        ],
        before=before,
        command=f"sweep --at {at}{' --patch' if arguments.patch else ''} --rounds {rounds}",
        write=arguments.write,
        notes=not_installed(absent),
        packages=[name for name in PEERS if name not in absent],
    )


def _mixes(model: LlamaForCausalLM, ids: Tensor) -> list[Tensor]:
    """What goes to the output projection of each layer: [row, token, width]."""
    found: list[Tensor] = []

    def keep(_: object, arguments: tuple[Tensor]) -> None:
        found.append(arguments[0].clone())

    handles = [
        layer.self_attn.o_proj.register_forward_pre_hook(keep) for layer in model.model.layers
    ]
    with torch.no_grad():
        model(input_ids=ids, use_cache=False, logits_to_keep=1)
    for handle in handles:
        handle.remove()
    return found


def _full_passes(work: Work) -> Answer:
    """The whole model under a hook, head by head."""
    found = []
    for layer, head in work.some:

        def before(
            _: object, arguments: tuple[Tensor], layer: int = layer, head: int = head
        ) -> tuple[Tensor]:
            mixes = arguments[0].clone()
            mixes[:, work.tokens, work.columns(head)] = work.filling(layer, head)
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
    edit = zero if work.sources is None else patch
    variants = [edit(NeuronSet.of([pair], "head")) for pair in work.heads]
    prompts = list(work.ids.numpy())
    sources = None if work.sources is None else list(work.sources.numpy())

    def ranks() -> Answer:
        followed = work.followed.numpy()
        found = sweep(lm, prompts, variants, at=at, targets=followed, sources=sources)
        assert found.edited.rank is not None
        return found.edited.rank[::EVERY]

    return Task("neuroglot, sweep", ranks, BASE, AIMS[at])


def _transformer_lens(work: Work) -> list[Task]:
    bridge = transformer_bridge(work.model, work.tokenizer)

    def ranks(**options: object) -> Answer:
        found = []
        for layer, head in work.some:

            def edit(mixes: Tensor, hook: object, layer: int = layer, head: int = head) -> Tensor:
                mixes[:, work.tokens, head] = work.filling(layer, head)
                return mixes

            hooks = [(f"blocks.{layer}.attn.hook_z", edit)]
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
        for layer, head in work.some:
            with torch.no_grad(), model.trace(work.ids, **options):
                mixes = model.model.layers[layer].self_attn.o_proj.input
                mixes[:, work.tokens, work.columns(head)] = work.filling(layer, head)
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
