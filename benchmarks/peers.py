"""The same count made with other libraries: as their documentation shows it, and at their fairest.

Each gets modules of its own over the same weights. Each function gives the library's tasks, or
raises ImportError where it is not installed. Fairest means whatever makes the library cheaper
without leaving its interface: no head over the vocabulary, no cache, the faster attention.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from torch import Tensor
from transformers import AutoTokenizer, LlamaForCausalLM, PreTrainedTokenizerFast

from benchmarks.interleaved import Answer, Task
from benchmarks.shapes import twin

BARE, BARE_EAGER = "bare backbone", "bare backbone, eager attention"

Tasks = list[Task]


def counted(counts: Mapping[int, Tensor]) -> Answer:
    """Counts of all layers, int64 [layer, neuron]."""
    return torch.stack([counts[layer] for layer in range(len(counts))]).numpy()


def transformer_bridge(model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast) -> Any:
    """TransformerLens' model over the same weights. Raises ImportError."""
    from transformer_lens.model_bridge import TransformerBridge

    with TemporaryDirectory() as folder:
        tokenizer.save_pretrained(folder)
        return TransformerBridge.boot_transformers(
            "llama",
            hf_model=twin(model, attention="eager"),
            tokenizer=AutoTokenizer.from_pretrained(Path(folder)),
            device="cpu",
            dtype=model.dtype,
        )


def transformer_lens(
    model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast, ids: Tensor
) -> Tasks:
    """TransformerBridge: hooks that count. It computes attention step by step, without sdpa.

    The gate's output has the sign of its SiLU; the bridge's own `mlp.hook_post` is gate times up.
    """
    bridge = transformer_bridge(model, tokenizer)
    n_layers = model.config.num_hidden_layers

    def count(**options: object) -> Answer:
        found: dict[int, Tensor] = {}

        def hook_of(layer: int) -> Callable[..., None]:
            def hook(gate: Tensor, hook: object) -> None:
                found[layer] = (gate > 0).sum((0, 1))

            return hook

        hooks = [(f"blocks.{layer}.mlp.gate.hook_out", hook_of(layer)) for layer in range(n_layers)]
        with torch.no_grad():
            bridge.run_with_hooks(ids, fwd_hooks=hooks, **options)
        return counted(found)

    return [
        Task("TransformerLens, run_with_hooks", count, BARE),
        Task(
            "TransformerLens, without head and cache",
            lambda: count(return_type=None, logits_to_keep=1, use_cache=False),
            BARE_EAGER,
        ),
    ]


def nnsight(model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast, ids: Tensor) -> Tasks:
    """A trace that counts inside; at its fairest of the backbone alone."""
    from nnsight import NNsight, TransformersModel, save

    whole = TransformersModel(twin(model), tokenizer=tokenizer)
    backbone = NNsight(twin(model).model)
    n_layers = model.config.num_hidden_layers

    def count_in_whole() -> Answer:
        with torch.no_grad(), whole.trace(ids):
            counts = save([])
            for layer in range(n_layers):
                active = whole.model.layers[layer].mlp.act_fn.output > 0
                counts.append(active.sum((0, 1)))
        return torch.stack(list(counts)).numpy()

    def count_in_backbone() -> Answer:
        with torch.no_grad(), backbone.trace(ids, use_cache=False):
            counts = save([])
            for layer in range(n_layers):
                active = backbone.layers[layer].mlp.act_fn.output > 0
                counts.append(active.sum((0, 1)))
        return torch.stack(list(counts)).numpy()

    return [
        Task("nnsight, trace", count_in_whole, BARE),
        Task("nnsight, trace of the backbone alone", count_in_backbone, BARE),
    ]


def interp_engine(
    model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast, ids: Tensor
) -> Tasks:
    """`capture` keeps all of `mlp_pre` for counting afterwards; its loader sets eager attention.

    At its fairest: sdpa, and its HookManager counting while the backbone alone runs.
    """
    from interp_engine import Address, EagerModel, HookManager, capture

    documented = EagerModel("llama", hf_model=twin(model, attention="eager"), tokenizer=tokenizer)
    fairest = EagerModel("llama", hf_model=twin(model), tokenizer=tokenizer)
    points = [Address("mlp_pre", layer) for layer in range(model.config.num_hidden_layers)]

    def count_captured() -> Answer:
        cache = capture(documented, ids, points)
        return counted({point.layer: (cache[point] > 0).sum((0, 1)) for point in points})

    def count_in_hooks() -> Answer:
        found: dict[int, Tensor] = {}

        def reader(layer: int) -> Callable[[Tensor], None]:
            def read(gate: Tensor) -> None:
                found[layer] = (gate > 0).sum((0, 1))

            return read

        with HookManager() as hooks, torch.no_grad():
            for point in points:
                module, side = fairest.resolve_point(point.name, point.layer)
                hooks.read(module, reader(point.layer), point=side)
            fairest.hf_model.model(ids, use_cache=False)
        return counted(found)

    return [
        Task("interp-engine, capture", count_captured, BARE),
        Task("interp-engine, HookManager on the backbone, sdpa", count_in_hooks, BARE),
    ]


PEERS: Mapping[str, Callable[[LlamaForCausalLM, PreTrainedTokenizerFast, Tensor], Tasks]] = {
    "transformer-lens": transformer_lens,
    "nnsight": nnsight,
    "interp-engine": interp_engine,
}
"""Name of the package on PyPI -> its tasks."""
