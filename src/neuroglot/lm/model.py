"""A loaded model: a record of its parts, with the few things one does with it.

    with lm.taps("neuron", "resid_post", layers=[3]) as seen:
        lm.backbone(ids)
    seen["neuron", 3]                                        # [row, token, neuron]

Rows of ids are padded on the right and need no mask: a causal model cannot see what comes after,
so every real token reads as it would alone.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from transformers import Cache, PreTrainedModel

from neuroglot.base.errors import ConfigError, ModelError, SiteError
from neuroglot.base.tokenizer import Tokenizer
from neuroglot.base.units import STREAM_SITES, NeuronSet
from neuroglot.lm import generation, projections, unembedding
from neuroglot.lm.anatomy import Anatomy
from neuroglot.lm.arithmetic import arithmetic
from neuroglot.lm.backward import backward
from neuroglot.lm.body import Body
from neuroglot.lm.checks import Check
from neuroglot.lm.edits import Edit, changes_of
from neuroglot.lm.hooks import GradientTap, Reader, Tap, editing, watching
from neuroglot.lm.sites import layers_of


@dataclass(frozen=True, eq=False, repr=False)
class LM:
    """A causal language model that can be read and edited; `load` and `wrap` make one.

    body: the model taken apart. hf_tokenizer: the tokenizer it came with, None where it was given
    as a record. source, revision: what it was loaded by, empty and None for a wrapped one.
    delta: the file of changes that its weights hold, empty where there is none. checks: what was
    proved when it was loaded. fingerprint: changes with the configuration, the tokenizer and the
    weights.
    """

    body: Body
    tokenizer: Tokenizer
    hf_tokenizer: Any
    name: str
    fingerprint: str
    checks: tuple[Check, ...]
    source: str = ""
    revision: str | None = None
    delta: str = ""

    @property
    def hf(self) -> PreTrainedModel:
        """The Hugging Face model itself."""
        return self.body.hf

    @property
    def anatomy(self) -> Anatomy:
        """The row of its family."""
        return self.body.anatomy

    @property
    def n_layers(self) -> int:
        """Number of blocks."""
        return self.body.sizes.layers

    @property
    def n_neurons(self) -> int | None:
        """Neurons per layer; None in a model of experts."""
        return self.body.sizes.neurons

    @property
    def width(self) -> int:
        """Width of the residual stream."""
        return self.body.sizes.width

    @property
    def n_heads(self) -> int:
        """Attention heads per layer."""
        return self.body.sizes.heads

    @property
    def vocabulary(self) -> int:
        """Number of ids that logits exist for."""
        return self.body.sizes.vocabulary

    @property
    def dtype(self) -> torch.dtype:
        """Number format of the weights."""
        return self.hf.dtype

    @property
    def device(self) -> torch.device:
        """Where ids have to be."""
        return self.body.table.device

    @property
    def max_positions(self) -> int | None:
        """Longest row the model was made for; None where its configuration does not say."""
        longest = getattr(self.hf.config.get_text_config(), "max_position_embeddings", None)
        return None if longest is None else int(longest)

    def refuse_longer(self, n_tokens: int, what: str) -> None:
        """Raise ConfigError for a text of more tokens than the model was made for."""
        if self.max_positions is not None and n_tokens > self.max_positions:
            raise ConfigError(
                f"{what} has {n_tokens:,} tokens, the model has positions for "
                f"{self.max_positions:,}: shorten it, or leave it out"
            )

    def refuse_unknown(self, ids: Sequence[int], what: str) -> None:
        """Raise ConfigError for an id that the model has no embedding of."""
        if min(ids) < 0 or max(ids) >= len(self.body.table):
            raise ConfigError(
                f"{what} holds what is no id of the model: give 0 to {len(self.body.table) - 1}"
            )

    @property
    def attention(self) -> str:
        """The attention implementation in use (`sdpa`, `eager`, ...)."""
        return str(self.hf.config._attn_implementation)

    @contextmanager
    def taps(
        self, *sites: str, layers: Iterable[int] | None = None
    ) -> Iterator[dict[tuple[str, int], Tensor]]:
        """Keep what sites hold: a mapping (site, layer) -> tensor of the last forward pass.

        layers: None for all; `embed` and `logits` stand at layer -1 and need none. Opened inside
        an edit, it sees the edited values. Tensors are copies, cut from the gradient's graph.
        """
        seen: dict[tuple[str, int], Tensor] = {}
        chosen = None if layers is None else list(layers)

        def keeper(site: str, layer: int) -> Reader:
            def keep(tensor: Tensor) -> None:
                seen[site, layer] = tensor.detach().clone()

            return keep

        asked: list[Tap] = []
        for site in sites:
            here = layers_of(self.body, site)
            at = here if chosen is None or here.start < 0 else chosen
            asked += [(site, layer, keeper(site, layer)) for layer in at]
        with watching(self.body, asked):
            yield seen

    def watch(self, taps: Sequence[Tap]) -> AbstractContextManager[None]:
        """Run functions on sites as the model runs: taps are (site, layer, function of a tensor).

        Each gets the model's own tensor, without a copy, and has to reduce or copy it at once.
        """
        return watching(self.body, taps)

    def edit(self, *edits: Edit) -> AbstractContextManager[None]:
        """Run the model with units edited, in forward passes and in generation.

        Nests: edits of contexts opened earlier act first.
        """
        return editing(self.body, changes_of(self.body, edits))

    def stream(self, site: str, layer: int) -> NeuronSet:
        """All coordinates of the residual stream at a site of one layer, to be edited.

        `lm.edit(ng.set(lm.stream("resid_post", 3), row, positions=[7]))` writes a row [width]
        over the stream of one token. site: resid_pre, resid_mid, resid_post, attn_out, mlp_out.
        """
        if site not in STREAM_SITES:
            raise SiteError(f"no stream at {site!r}: give {', '.join(STREAM_SITES)}")
        return NeuronSet.of(((layer, at) for at in range(self.width)), site)

    def backbone(self, ids: Tensor, *, cache: Cache | None = None) -> Tensor:
        """Run the blocks without the head.

        int64 [row, token] to the normed states [row, token, width] that the head would read. cache:
        keys and values of what stands before these tokens; theirs are added to it.
        """
        self._must_be_ready(ids)
        with arithmetic(self.hf):
            output = self.body.backbone(
                input_ids=ids,
                past_key_values=cache,
                use_cache=cache is not None,
                return_dict=True,
            )
        states: Tensor = output.last_hidden_state
        return states

    def logits(self, ids: Tensor) -> Tensor:
        """Run all of the model: int64 [row, token] to logits [row, token, vocabulary]."""
        self._must_be_ready(ids)
        with arithmetic(self.hf):
            output = self.hf(input_ids=ids, use_cache=False, return_dict=True)
        logits: Tensor = output.logits
        return logits

    def backward(
        self,
        ids: Tensor,
        scored: Tensor,
        taps: Sequence[GradientTap],
        *,
        beside: Sequence[Tap] = (),
        one_block_at_a_time: bool = False,
    ) -> Tensor:
        """Run functions on the values of sites and on the gradients of the surprise there.

        ids: int64 [row, token]; scored: bool, tokens whose surprise is summed. Gives nats, float64
        [row]. one_block_at_a_time: hold the inside of one block alone, and compute each twice.
        """
        self._must_be_ready(ids)
        return backward(
            self.body, ids, scored, taps, beside=beside, one_block_at_a_time=one_block_at_a_time
        )

    def unembed(self, residual: Tensor) -> Tensor:
        """Logits of residual rows [..., width] through the final norm and the head."""
        return unembedding.unembed(self.body, residual)

    def output_rows(self, layer: int) -> Tensor:
        """What each neuron of a layer writes: [neuron, width], columns of the down projection."""
        return projections.output_rows(self.body, layer)

    def promoted(self, directions: Tensor) -> Tensor:
        """How much directions [n, width] of the residual stream raise each id: [n, vocabulary]."""
        return unembedding.promotion(self.body, directions)

    def generate(
        self,
        text: str,
        *,
        max_new_tokens: int = 40,
        temperature: float = 0.0,
        top_p: float = 1.0,
        seed: int = 0,
    ) -> str:
        """What the model writes after `text`; temperature 0 takes the likeliest token each time."""
        return generation.generate(
            self.body,
            self.tokenizer,
            text,
            max_new_tokens=max_new_tokens,
            temperature=temperature,
            top_p=top_p,
            seed=seed,
        )

    def _must_be_ready(self, ids: Tensor) -> None:
        if self.hf.training:
            raise ModelError(
                "the model is in training mode, where dropout changes what is read: call "
                "lm.hf.eval() first"
            )
        if ids.ndim != 2:
            raise ConfigError(f"ids of shape {tuple(ids.shape)}: give [row, token]")

    def __repr__(self) -> str:
        neurons = "experts" if self.n_neurons is None else f"{self.n_neurons} neurons"
        return (
            f"LM({self.name!r}: {self.anatomy.family}, {self.n_layers} layers x {neurons}, width "
            f"{self.width}, {str(self.dtype).removeprefix('torch.')} on {self.device})"
        )
