"""The parts of one model, looked up by its family's row.

Takes a Hugging Face model and an Anatomy, gives a Body: modules and sizes. The sizes are read from
the modules, not from the configuration, so that `checks` can hold one against the other. Runs
nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn
from transformers import PreTrainedModel

from neuroglot.base.errors import AnatomyError
from neuroglot.lm.anatomy import Anatomy


@dataclass(frozen=True, eq=False)
class Block:
    """The modules of one block. gate, up, down, activation: None in a block of experts."""

    block: nn.Module
    q: nn.Module
    k: nn.Module
    v: nn.Module
    o: nn.Module
    attn_added: nn.Module
    mid: nn.Module | None
    mlp: nn.Module
    mlp_added: nn.Module
    gate: nn.Module | None
    up: nn.Module | None
    down: nn.Module | None
    activation: nn.Module | None
    attention: nn.Module


@dataclass(frozen=True)
class Sizes:
    """How many of each: residual coordinates (width), heads and neurons per layer, coordinates per
    head, ids that logits exist for. neurons: None in a model of experts.
    """

    layers: int
    width: int
    heads: int
    kv_heads: int
    head_width: int
    neurons: int | None
    vocabulary: int


@dataclass(frozen=True, eq=False)
class Body:
    """A model taken apart: modules, sizes and the constants of its residual stream and logits."""

    hf: PreTrainedModel
    anatomy: Anatomy
    backbone: nn.Module
    blocks: tuple[Block, ...]
    embedding: nn.Module
    final_norm: nn.Module
    head: nn.Module
    sizes: Sizes
    parallel: bool
    n_experts: int
    residual_scale: float
    logit_scale: float
    logit_divisor: float
    logit_cap: float | None

    @property
    def family(self) -> str:
        """The family's name."""
        return self.anatomy.family

    @property
    def table(self) -> Tensor:
        """The embedding's rows [id, width]. Ids have to be on its device."""
        weight = self.embedding.weight
        assert isinstance(weight, Tensor)
        return weight


def dissect(hf: PreTrainedModel, anatomy: Anatomy) -> Body:
    """Find every part that the row names.

    Raises AnatomyError that names the family, the part and what stands there instead.
    """
    config = hf.config.get_text_config()
    backbone = hf.base_model
    layers = _part(backbone, anatomy.blocks, anatomy, "the backbone")
    parallel = _flag(config, anatomy.parallel)
    blocks = tuple(
        _block(block, anatomy, where=f"block {number}", parallel=parallel)
        for number, block in enumerate(_children(layers))
    )
    if not blocks:
        raise AnatomyError(f"family {anatomy.family!r}: no blocks under {anatomy.blocks!r}")
    model: Any = hf
    head = model.get_output_embeddings()
    if head is None:
        raise AnatomyError(
            f"family {anatomy.family!r}: the model has no head over the vocabulary; give a causal "
            "language model"
        )
    return Body(
        hf=hf,
        anatomy=anatomy,
        backbone=backbone,
        blocks=blocks,
        final_norm=_part(backbone, anatomy.final_norm, anatomy, "the backbone"),
        embedding=model.get_input_embeddings(),
        head=head,
        sizes=_sizes(config, anatomy, blocks, head),
        parallel=parallel,
        n_experts=max(_experts(block.mlp) for block in blocks),
        residual_scale=_number(config, anatomy.residual_scale_field) or 1.0,
        logit_scale=_number(config, anatomy.logit_scale_field) or 1.0,
        logit_divisor=_number(config, anatomy.logit_divisor_field) or 1.0,
        logit_cap=_number(config, anatomy.logit_cap_field),
    )


def width_in(projection: Any) -> int:
    """Number of inputs of a Linear or Conv1D."""
    return int(projection.in_features if hasattr(projection, "in_features") else projection.nx)


def width_out(projection: Any) -> int:
    """Number of outputs of a Linear or Conv1D."""
    return int(projection.out_features if hasattr(projection, "out_features") else projection.nf)


def _block(block: nn.Module, anatomy: Anatomy, *, where: str, parallel: bool) -> Block:
    def part(path: str) -> nn.Module:
        return _part(block, path, anatomy, where)

    mlp = part(anatomy.mlp)
    dense = not _experts(mlp)
    found = Block(
        block=block,
        q=part(anatomy.qkv or anatomy.q),
        k=part(anatomy.qkv or anatomy.k),
        v=part(anatomy.qkv or anatomy.v),
        o=part(anatomy.o),
        attn_added=part(anatomy.attn_added),
        mid=None if parallel else part(anatomy.mid),
        mlp=mlp,
        mlp_added=part(anatomy.mlp_added),
        gate=part(anatomy.gate) if dense and anatomy.gate else None,
        up=part(anatomy.up) if dense else None,
        down=part(anatomy.down) if dense else None,
        activation=part(anatomy.activation) if dense else None,
        attention=part(anatomy.attention),
    )
    for name in ("q", "k", "v", "o", "gate", "up", "down"):
        module = getattr(found, name)
        if module is not None and not _is_projection(module):
            raise AnatomyError(
                f"family {anatomy.family!r}: {name} of {where} is a {type(module).__name__}, not a "
                "linear layer, so its parts cannot be told apart"
            )
    return found


def _part(parent: nn.Module, path: str, anatomy: Anatomy, where: str) -> nn.Module:
    try:
        return parent.get_submodule(path)
    except AttributeError:
        there = ", ".join(name for name, _ in parent.named_children()) or "nothing"
        raise AnatomyError(
            f"family {anatomy.family!r}: {where} has no {path!r}; there are {there}"
        ) from None


def _sizes(config: Any, anatomy: Anatomy, blocks: tuple[Block, ...], head: nn.Module) -> Sizes:
    first = blocks[0]
    heads = getattr(config, "num_attention_heads", None)
    if not isinstance(heads, int):
        raise AnatomyError(
            f"family {anatomy.family!r}: the configuration names no number of attention heads"
        )
    head_width = width_in(first.o) // heads
    if anatomy.qkv:
        kv_heads = (width_out(first.q) // head_width - heads) // 2
    else:
        kv_heads = width_out(first.k) // head_width
    widths = {width_in(block.down) if block.down is not None else None for block in blocks}
    return Sizes(
        layers=len(blocks),
        width=width_out(first.o),
        heads=heads,
        kv_heads=kv_heads,
        head_width=head_width,
        neurons=widths.pop() if len(widths) == 1 else None,
        vocabulary=width_out(head),
    )


def _is_projection(module: nn.Module) -> bool:
    return hasattr(module, "in_features") or hasattr(module, "nf")


def _experts(mlp: nn.Module) -> int:
    """Number of experts that the MLP routes to, 0 where it is one dense layer."""
    experts = getattr(mlp, "experts", None)
    if experts is None:
        return 0
    return int(getattr(experts, "num_experts", 0) or len(list(experts.children())) or 1)


def _children(layers: nn.Module) -> Iterator[nn.Module]:
    return iter(layers.children())


def _flag(config: Any, value: bool | str) -> bool:
    return bool(getattr(config, value, False)) if isinstance(value, str) else value


def _number(config: Any, field: str) -> float | None:
    value = getattr(config, field, None) if field else None
    return None if value is None else float(value)
