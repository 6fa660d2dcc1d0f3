"""Models that neuroglot does not read, told by what they are built of and never by their name.

Takes a Hugging Face model (its weights may be absent), raises AnatomyError with the reason. Knows
no family: a model that passes here still has to prove its family's row in `checks`.
"""

from collections.abc import Callable
from typing import Any

from transformers import PreTrainedModel

from neuroglot.base.errors import AnatomyError

_ATTENTION = {"full_attention", "sliding_attention", "chunked_attention"}


def refuse_what_cannot_be_read(hf: PreTrainedModel, name: str) -> None:
    """Raise AnatomyError for encoders, state spaces, ALiBi, latent attention and fused kernels.

    name: how messages call the model.
    """
    config = hf.config.get_text_config()
    for is_so, why in _REASONS:
        if is_so(hf, config):
            raise AnatomyError(
                f"{name} ({type(hf).__name__}) {why}; neuroglot reads decoder-only transformers "
                "with rotary or learned positions: give one"
            )


def _other_layers(_: PreTrainedModel, config: Any) -> bool:
    return not set(getattr(config, "layer_types", None) or ()) <= _ATTENTION


def _stateful(hf: PreTrainedModel, config: Any) -> bool:
    return bool(getattr(hf, "_is_stateful", False)) or (
        getattr(config, "num_attention_heads", None) is None
    )


def _two_sided(hf: PreTrainedModel, config: Any) -> bool:
    attends_ahead = any(getattr(part, "is_causal", True) is False for part in hf.modules())
    has_decoder_switch = getattr(config, "is_decoder", None) is False
    return attends_ahead or (has_decoder_switch and _has_part(hf, "encoder"))


def _has_part(hf: PreTrainedModel, name: str) -> bool:
    return any(path.rsplit(".", 1)[-1] == name for path, _ in hf.named_modules())


def _alibi(hf: PreTrainedModel, config: Any) -> bool:
    nested = getattr(config, "attn_config", None)
    return (
        bool(getattr(config, "alibi", False) or getattr(nested, "alibi", False))
        or getattr(config, "position_embedding_type", "") == "alibi"
        # Bloom and MPT name a method so; Falcon has a switch, which may be off.
        or any("alibi" in name and getattr(hf.base_model, name) for name in dir(hf.base_model))
    )


_REASONS: tuple[tuple[Callable[[PreTrainedModel, Any], bool], str], ...] = (
    (
        lambda _, config: bool(
            getattr(config, "is_encoder_decoder", False)
            or getattr(config, "add_cross_attention", False)
        ),
        "has an encoder or cross-attention",
    ),
    (_stateful, "keeps a state instead of attending (a state-space or recurrent model)"),
    (_other_layers, "has layers that are not attention (a state-space or linear-attention hybrid)"),
    (_two_sided, "attends to later tokens too (an encoder)"),
    (_alibi, "adds ALiBi biases to its attention"),
    (
        lambda hf, _: _has_part(hf, "kv_a_proj_with_mqa"),
        "computes keys and values from one shared latent",
    ),
    (
        lambda hf, _: bool(getattr(hf, "use_kernels", False)),
        "runs fused kernels that go around its modules (load it with use_kernels=False)",
    ),
)
