"""What neuroglot knows of a model family: one row of paths, no code of its own.

Takes a model type, gives the row. A new family is a new row: paths stand relative to the backbone
(`blocks`, `final_norm`) or to a block (all others), names of configuration fields end in `_field`.
Knows no model: `body` looks the parts up in one, and `checks` proves that the row is right for it.
"""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Anatomy:
    """Where the parts of a family are.

    q, k, v: the projection modules, unused where one module, `qkv`, computes all three. Its output
    is cut into `qkv_groups` equal groups (None: one per key/value head), each holding its q, k and
    v in the order of `qkv_order`. gate: None where the MLP has none, the same as `up` where the
    two are fused (gate first).
    attn_added, mlp_added: the modules whose output is added to the residual stream.
    mid: the module whose input is the residual stream between the two; unused in parallel blocks.
    parallel: attention and MLP read the same stream; a name means that configuration field.
    residual_scale_field: what both outputs are multiplied by before they are added.
    logit_scale_field, logit_divisor_field, logit_cap_field: applied to the head's output.
    """

    family: str
    blocks: str = "layers"
    final_norm: str = "norm"
    attention: str = "self_attn"
    q: str = "self_attn.q_proj"
    k: str = "self_attn.k_proj"
    v: str = "self_attn.v_proj"
    qkv: str = ""
    qkv_order: str = "qkv"
    qkv_groups: int | None = 1
    o: str = "self_attn.o_proj"
    mlp: str = "mlp"
    gate: str | None = "mlp.gate_proj"
    up: str = "mlp.up_proj"
    down: str = "mlp.down_proj"
    activation: str = "mlp.act_fn"
    attn_added: str = "self_attn"
    mlp_added: str = "mlp"
    mid: str = "post_attention_layernorm"
    parallel: bool | str = False
    residual_scale_field: str = ""
    logit_scale_field: str = ""
    logit_divisor_field: str = ""
    logit_cap_field: str = ""

    @property
    def fused_gate(self) -> bool:
        """Whether one module computes gate and up."""
        return self.gate == self.up


_LLAMA = Anatomy("llama")

_SANDWICH = replace(
    _LLAMA,
    attn_added="post_attention_layernorm",
    mlp_added="post_feedforward_layernorm",
    mid="pre_feedforward_layernorm",
)

_GPT2 = Anatomy(
    "gpt2",
    blocks="h",
    final_norm="ln_f",
    attention="attn",
    qkv="attn.c_attn",
    o="attn.c_proj",
    gate=None,
    up="mlp.c_fc",
    down="mlp.c_proj",
    activation="mlp.act",
    attn_added="attn",
    mid="ln_2",
)

_GPTJ = replace(
    _GPT2,
    q="attn.q_proj",
    k="attn.k_proj",
    v="attn.v_proj",
    o="attn.out_proj",
    up="mlp.fc_in",
    down="mlp.fc_out",
    qkv="",
    parallel=True,
)

_GPT_NEOX = Anatomy(
    "gpt_neox",
    final_norm="final_layer_norm",
    attention="attention",
    qkv="attention.query_key_value",
    qkv_groups=None,
    o="attention.dense",
    gate=None,
    up="mlp.dense_h_to_4h",
    down="mlp.dense_4h_to_h",
    activation="mlp.act",
    attn_added="attention",
    parallel="use_parallel_residual",
)

_FALCON = replace(
    _GPT_NEOX,
    blocks="h",
    final_norm="ln_f",
    attention="self_attention",
    qkv="self_attention.query_key_value",
    o="self_attention.dense",
    attn_added="self_attention",
    parallel="parallel_attn",
)

_PHI = replace(
    _LLAMA,
    final_norm="final_layernorm",
    o="self_attn.dense",
    gate=None,
    up="mlp.fc1",
    down="mlp.fc2",
    activation="mlp.activation_fn",
    parallel=True,
)

_PHI3 = replace(
    _LLAMA,
    qkv="self_attn.qkv_proj",
    gate="mlp.gate_up_proj",
    up="mlp.gate_up_proj",
    activation="mlp.activation_fn",
)

_STARCODER2 = replace(_LLAMA, gate=None, up="mlp.c_fc", down="mlp.c_proj", activation="mlp.act")

FAMILIES: dict[str, Anatomy] = {
    row.family: row
    for row in (
        _LLAMA,
        replace(_LLAMA, family="mistral"),
        replace(_LLAMA, family="mixtral"),
        replace(_LLAMA, family="qwen2"),
        replace(_LLAMA, family="qwen3"),
        replace(_LLAMA, family="qwen3_moe"),
        replace(_LLAMA, family="gemma"),
        replace(_SANDWICH, family="gemma2", logit_cap_field="final_logit_softcapping"),
        replace(_SANDWICH, family="gemma3_text", logit_cap_field="final_logit_softcapping"),
        replace(_SANDWICH, family="olmo2", mid="mlp"),
        replace(
            _LLAMA,
            family="granite",
            residual_scale_field="residual_multiplier",
            logit_divisor_field="logits_scaling",
        ),
        replace(_LLAMA, family="stablelm", parallel="use_parallel_residual"),
        replace(_LLAMA, family="cohere2", parallel=True, logit_scale_field="logit_scale"),
        replace(_PHI, family="phi"),
        replace(_PHI3, family="phi3"),
        replace(_STARCODER2, family="starcoder2"),
        _GPT2,
        replace(_GPT2, family="gpt_bigcode", qkv_groups=None),
        replace(_GPTJ, family="gptj"),
        replace(_GPTJ, family="codegen", qkv="attn.qkv_proj", qkv_order="qvk", qkv_groups=4),
        _GPT_NEOX,
        replace(_FALCON, family="falcon"),
    )
}
"""model_type of the configuration -> its family's row."""


def distinct_rows() -> tuple[Anatomy, ...]:
    """One row of each build: what a model of an unknown family is held against."""
    seen: dict[Anatomy, Anatomy] = {}
    for row in FAMILIES.values():
        seen.setdefault(replace(row, family=""), row)
    return tuple(seen.values())
