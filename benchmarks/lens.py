"""The logit lens over answers: neuroglot beside other libraries and beside the released code's way.

All give the rank of the true token at each place of an answer after every layer. The base is what
it takes at the least: one forward pass of all tokens, the final norm and the head at every layer
and place asked for. `every prefix` runs the model anew for each token of the answer; it is timed on
one row, times the number of rows.
"""

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
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
from benchmarks.shapes import N_SPECIAL, SEED, Shape, random_llama, token_ids, twin, word_tokenizer
from neuroglot.base.seeds import generator
from neuroglot.lm.loading import wrap
from neuroglot.measure.lens import logit_lens
from neuroglot.measure.mass import TokenSets, category_mass
from neuroglot.text.prompts import Prompt

HEADER = (*COSTS, "ranks of the first row")
BASE = "forward, norm and head alone"
ONE_BY_ONE = "every prefix by itself, as released (one row)"
AIM, CATEGORIES_AIM = 1.15, 2.0
BOS = 1
SHAPES = {
    "wide": Shape("wide", 8, 1024, 2816, 16, 32_000, torch.float32, 8, 256),
    "reference": Shape("reference", 12, 192, 512, 6, 8_192, torch.float32, 16, 256),
    "quick": Shape("quick", 2, 64, 176, 4, 300, torch.float32, 2, 64),
}
COLUMNS, MEMBERS, FORMS = 860, 26, 3
"""Sets whose mass is asked for, sets that ten tokens are looked through for, ids of one word."""


@dataclass(frozen=True, eq=False)
class Work:
    """A model and what it is asked: ids int64 [row, token]; answers begin at token `first`."""

    model: LlamaForCausalLM
    tokenizer: PreTrainedTokenizerFast
    ids: Tensor
    first: int

    @property
    def layers(self) -> int:
        """How many there are."""
        return int(self.model.config.num_hidden_layers)

    def ranks(self, states: Tensor) -> Tensor:
        """Ranks of the true tokens: states [row, place, width] to int64 [row, place]."""
        logits = self.model.lm_head(self.model.model.norm(states))
        truth = logits.gather(-1, self.ids[:, self.first :, None])
        found: Tensor = (logits > truth).sum(dim=-1) + 1
        return found

    def before(self, states: Tensor) -> Tensor:
        """The states from which the answer is predicted."""
        return states[:, self.first - 1 : -1]

    def whole(self, by_layer: Mapping[int, Tensor]) -> Answer:
        """int64 [row, place, layer]."""
        return torch.stack([by_layer[layer] for layer in range(self.layers)], dim=-1).numpy()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this benchmark."""
    add_round_options(parser, rounds=7)
    parser.add_argument(
        "--shape", choices=("wide", "reference"), default="wide", help="default: wide"
    )


def run(arguments: argparse.Namespace) -> None:
    """Measure and print the table."""
    torch.set_num_threads(arguments.threads)
    shape = SHAPES["quick" if arguments.quick else arguments.shape]
    rounds = rounds_of(arguments)
    before = loads()
    ids = token_ids(shape)
    ids[:, 0] = BOS
    work = Work(random_llama(shape), word_tokenizer(shape), ids, shape.tokens * 7 // 8)
    absent = []
    tasks = [
        Task(BASE, lambda: _at_least(work), BASE),
        Task("its forward pass", lambda: _forward(work), BASE),
        *_ours(work),
    ]
    for name, make in PEERS.items():
        try:
            tasks += make(work)
        except ImportError:
            absent.append(name)
    tasks.append(
        Task(
            ONE_BY_ONE,
            lambda: _every_prefix(work),
            BASE,
            times=shape.rows,
        )
    )
    timed = measure(tasks, rounds=rounds, tell=print)
    truth = timed[ONE_BY_ONE].answer
    assert truth is not None
    n = shape.tokens - work.first
    publish(
        f"lens-{shape.name}",
        about=f"{shape}; the last {n} tokens of each row are the answer. "
        f"Median of {rounds} rounds.",
        header=HEADER,
        lines=[
            (*line_against(each, timed[BASE]), agreement(_first(each.answer), truth))
            for each in timed.values()
        ],
        before=before,
        command=f"lens --shape {shape.name} --rounds {rounds}",
        write=arguments.write,
        notes=not_installed(absent),
        packages=[name for name in PEERS if name not in absent],
    )


def _at_least(work: Work) -> Answer:
    """Hidden states by hooks, then norm and head at the places asked for."""
    found: dict[int, Tensor] = {}

    def hook_of(layer: int) -> Callable[..., None]:
        def hook(module: object, arguments: object, output: Tensor) -> None:
            found[layer] = work.ranks(work.before(output))

        return hook

    blocks = work.model.model.layers
    handles = [block.register_forward_hook(hook_of(n)) for n, block in enumerate(blocks)]
    with torch.no_grad():
        work.model.model(input_ids=work.ids, use_cache=False)
    for handle in handles:
        handle.remove()
    return work.whole(found)


def _forward(work: Work) -> None:
    with torch.no_grad():
        work.model.model(input_ids=work.ids, use_cache=False)


def _every_prefix(work: Work) -> Answer:
    """The model anew for each token of the first row's answer."""
    tokens = work.ids.shape[1]
    found = torch.zeros(1, tokens - work.first, work.layers, dtype=torch.int64)
    for place in range(work.first, tokens):
        with torch.no_grad():
            out = work.model.model(
                input_ids=work.ids[:1, :place], use_cache=False, output_hidden_states=True
            )
        # The last of the tuple has been through the final norm.
        states = [*out.hidden_states[1:-1], out.last_hidden_state]
        for layer, state in enumerate(states):
            last = state[0, -1]
            normed = last if layer == work.layers - 1 else work.model.model.norm(last)
            logits = work.model.lm_head(normed)
            truth = logits[work.ids[0, place]]
            found[0, place - work.first, layer] = (logits > truth).sum() + 1
    return found.numpy()


def _first(answer: Answer | None) -> Answer | None:
    return None if answer is None else answer[:1]


def _ours(work: Work) -> list[Task]:
    lm = wrap(twin(work.model), work.tokenizer)
    prompts = []
    for row in work.ids.tolist():
        # The first token is BOS, which neuroglot puts there itself.
        words = [f"w{id - N_SPECIAL}" for id in row[1:]]
        question = " ".join(words[: work.first - 1]) + " "
        prompts.append(Prompt(question + " ".join(words[work.first - 1 :]), len(question)))
    layers = range(work.layers)

    def ranks(top_tokens: int) -> Answer:
        found = logit_lens(lm, prompts, top_tokens=top_tokens, layers=layers)
        return torch.stack([torch.from_numpy(each.target_rank[..., 0]) for each in found]).numpy()

    draw = generator(SEED, "sets of tokens")
    n = lm.vocabulary
    sets = TokenSets(
        (draw.random((n, COLUMNS)) < 0.1).astype(np.float32),
        np.arange(n) // FORMS,
        draw.random((n, MEMBERS)) < 0.02,
        frequency=draw.integers(0, 50, n).astype(np.float64),
    )

    def masses() -> None:
        category_mass(lm, prompts, sets)

    return [
        Task("neuroglot: rank, probability, likeliest", lambda: ranks(1), BASE, AIM),
        Task("neuroglot: the same with the first ten", lambda: ranks(10), BASE),
        Task(f"neuroglot: masses of {COLUMNS} sets, three ways", masses, BASE, CATEGORIES_AIM),
    ]


def _transformer_lens(work: Work) -> list[Task]:
    bridge = transformer_bridge(work.model, work.tokenizer)
    names = [f"blocks.{layer}.hook_out" for layer in range(work.layers)]

    def ranks() -> Answer:
        with torch.no_grad():
            _, cache = bridge.run_with_cache(
                work.ids, names_filter=names, return_type=None, use_cache=False
            )
            found = {n: work.ranks(work.before(cache[name])) for n, name in enumerate(names)}
        return work.whole(found)

    return [Task("TransformerLens, run_with_cache", ranks, BASE)]


def _nnsight(work: Work) -> list[Task]:
    from nnsight import NNsight, save

    backbone = NNsight(twin(work.model).model)

    def ranks() -> Answer:
        with torch.no_grad(), backbone.trace(work.ids, use_cache=False):
            found = save([])
            for layer in range(work.layers):
                found.append(work.ranks(work.before(backbone.layers[layer].output)))
        return work.whole(dict(enumerate(found)))

    return [Task("nnsight, trace of the backbone", ranks, BASE)]


def _interp_engine(work: Work) -> list[Task]:
    from interp_engine import Address, EagerModel, capture

    engine = EagerModel("llama", hf_model=twin(work.model), tokenizer=work.tokenizer)
    points = [Address("resid_post", layer) for layer in range(work.layers)]

    def ranks() -> Answer:
        cache = capture(engine, work.ids, points)
        with torch.no_grad():
            found = {point.layer: work.ranks(work.before(cache[point])) for point in points}
        return work.whole(found)

    return [Task("interp-engine, capture, sdpa", ranks, BASE)]


PEERS: Mapping[str, Callable[[Work], list[Task]]] = {
    "transformer-lens": _transformer_lens,
    "nnsight": _nnsight,
    "interp-engine": _interp_engine,
}
"""Name of the package on PyPI -> its tasks."""
