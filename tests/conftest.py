"""Tiny random models, one per family, and a tiny tokenizer: shared by the rooms' tests.

A test with an argument `family` runs once per dense family; with `any_family` also for the models
of experts.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import huggingface_hub.constants
import pytest
import torch
import transformers
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedModel, PreTrainedTokenizerFast

from killing import Killable

torch.set_num_threads(1)

VOCABULARY = 101
COMMON: dict[str, Any] = {
    "vocab_size": VOCABULARY,
    "bos_token_id": 0,
    "eos_token_id": 1,
    "pad_token_id": 2,
}
LLAMA: dict[str, Any] = COMMON | {
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 512,
}
FULL = {**LLAMA, "num_key_value_heads": 4}
GPT = COMMON | {"n_embd": 32, "n_layer": 3, "n_head": 4, "n_positions": 512, "n_inner": 48}
FALCON = COMMON | {
    "hidden_size": 32,
    "ffn_hidden_size": 48,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "multi_query": True,
    "parallel_attn": True,
    "alibi": False,
}
OWN_HEADS = LLAMA | {"head_dim": 12}

DENSE: dict[str, tuple[str, dict[str, Any]]] = {
    "llama": ("Llama", LLAMA | {"attention_bias": True, "mlp_bias": True}),
    "mistral": ("Mistral", LLAMA | {"sliding_window": 4}),
    "qwen2": ("Qwen2", LLAMA),
    "qwen3": ("Qwen3", OWN_HEADS),
    "gemma": ("Gemma", OWN_HEADS | {"tie_word_embeddings": True}),
    "gemma2": (
        "Gemma2",
        OWN_HEADS
        | {"query_pre_attn_scalar": 12, "sliding_window": 4, "final_logit_softcapping": 5.0},
    ),
    "gemma3_text": (
        "Gemma3",
        OWN_HEADS
        | {
            "query_pre_attn_scalar": 12,
            "sliding_window": 4,
            "layer_types": ["sliding_attention", "full_attention", "sliding_attention"],
        },
    ),
    "phi": ("Phi", LLAMA),
    "phi3": ("Phi3", LLAMA),
    "starcoder2": ("Starcoder2", LLAMA | {"sliding_window": None}),
    "gpt_bigcode": ("GPTBigCode", GPT | {"multi_query": True}),
    "gpt_bigcode_heads": ("GPTBigCode", GPT | {"multi_query": False}),
    "codegen": ("CodeGen", GPT | {"rotary_dim": 4, "n_ctx": 512}),
    "gptj": ("GPTJ", GPT | {"rotary_dim": 4}),
    "falcon": ("Falcon", FALCON | {"new_decoder_architecture": False}),
    "falcon_groups": (
        "Falcon",
        FALCON | {"new_decoder_architecture": True, "num_kv_heads": 2},
    ),
    "cohere2": ("Cohere2", LLAMA | {"logit_scale": 0.25, "sliding_window": 4}),
    "granite": (
        "Granite",
        LLAMA
        | {
            "residual_multiplier": 0.3,
            "embedding_multiplier": 3.0,
            "logits_scaling": 2.0,
            "attention_multiplier": 0.4,
        },
    ),
    "stablelm": ("StableLm", LLAMA),
    "stablelm_parallel": ("StableLm", LLAMA | {"use_parallel_residual": True}),
    "gpt_neox": ("GPTNeoX", FULL),
    "gpt_neox_sequential": ("GPTNeoX", FULL | {"use_parallel_residual": False}),
    "gpt2": ("GPT2", GPT),
    "olmo2": ("Olmo2", LLAMA),
}
EXPERTS: dict[str, tuple[str, dict[str, Any]]] = {
    "mixtral": ("Mixtral", LLAMA | {"num_local_experts": 4}),
    "qwen3_moe": (
        "Qwen3Moe",
        LLAMA
        | {"head_dim": 8, "num_experts": 4, "num_experts_per_tok": 2, "moe_intermediate_size": 16},
    ),
}
NAMES = {"Gemma3": "Gemma3TextConfig", "GPT2": "GPT2Config"}
CLASSES = {"GPT2": "GPT2LMHeadModel"}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    own = [str(mark.args[0]) for mark in metafunc.definition.iter_markers("parametrize")]
    for argument, families in {"family": DENSE, "any_family": DENSE | EXPERTS}.items():
        if argument in metafunc.fixturenames and not any(argument in names for names in own):
            metafunc.parametrize(argument, families)


@pytest.fixture(scope="session", autouse=True)
def no_network() -> None:
    """The hub is offline for every test, in this process and in those that it starts."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    huggingface_hub.constants.HF_HUB_OFFLINE = True


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of outside data that NEUROGLOT_DATA names; without it the test is skipped."""
    if "NEUROGLOT_DATA" not in os.environ:
        pytest.skip("NEUROGLOT_DATA names no folder of data")
    return Path(os.environ["NEUROGLOT_DATA"])


@pytest.fixture(scope="session")
def make_model() -> Callable[..., PreTrainedModel]:
    """(family, dtype=float32, **configuration) -> its random model: 3 layers, width 32, 4 heads,
    48 neurons, 101 ids. Always the same weights; each call builds anew."""

    def make(family: str, dtype: torch.dtype = torch.float32, **changes: Any) -> PreTrainedModel:
        prefix, settings = (DENSE | EXPERTS)[family]
        config_class = getattr(transformers, NAMES.get(prefix, f"{prefix}Config"))
        model_class = getattr(transformers, CLASSES.get(prefix, f"{prefix}ForCausalLM"))
        config = config_class(**(settings | changes))
        with torch.random.fork_rng():
            torch.manual_seed(0)
            model = model_class(config).eval()
            with torch.no_grad():
                for parameter in model.parameters():
                    # Loud weights, so that a wrong slice or a missing norm cannot hide.
                    noise = torch.randn_like(parameter)
                    parameter += 0.3 * noise if parameter.ndim == 1 else 0.25 * noise
        model.generation_config.eos_token_id = None
        # Not model.to(dtype): loading leaves the rotary table in float32, and so do we.
        for parameter in model.parameters():
            parameter.data = parameter.data.to(dtype)
        return model

    return make


@pytest.fixture(scope="session")
def tiny_tokenizer() -> PreTrainedTokenizerFast:
    """One token per printable ASCII character; BOS 0, EOS 1, PAD 2, unknown 3."""
    words = ["<s>", "</s>", "<pad>", "<unk>", "\n", *map(chr, range(32, 127))]
    backend = Tokenizer(models.WordLevel({word: id for id, word in enumerate(words)}, "<unk>"))
    backend.pre_tokenizer = pre_tokenizers.Split(Regex(r"[\s\S]"), "isolated")
    backend.decoder = decoders.Fuse()
    return PreTrainedTokenizerFast(
        tokenizer_object=backend,
        bos_token="<s>",
        eos_token="</s>",
        pad_token="<pad>",
        unk_token="<unk>",
    )


@pytest.fixture(scope="session")
def make_family(
    make_model: Callable[..., PreTrainedModel], tiny_tokenizer: PreTrainedTokenizerFast
) -> Callable[..., tuple[PreTrainedModel, PreTrainedTokenizerFast]]:
    """(family, dtype=float32, **configuration) -> (its random model, the tiny tokenizer)."""

    def make(
        family: str, dtype: torch.dtype = torch.float32, **changes: Any
    ) -> tuple[PreTrainedModel, PreTrainedTokenizerFast]:
        return make_model(family, dtype, **changes), tiny_tokenizer

    return make


@pytest.fixture(scope="session")
def make_lm(
    make_model: Callable[..., PreTrainedModel], tiny_tokenizer: PreTrainedTokenizerFast
) -> Callable[..., Any]:
    """(family, dtype=float32, **configuration) -> the LM of its random model."""
    from neuroglot.lm.loading import wrap

    def make(family: str, dtype: torch.dtype = torch.float32, **changes: Any) -> Any:
        return wrap(make_model(family, dtype, **changes), tiny_tokenizer, name=family)

    return make


@pytest.fixture(scope="session")
def code_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Source files in Go and Python, of four repositories each: 2,000 tokens and more of both."""
    from neuroglot.text.planted import planted_documents

    folder = tmp_path_factory.mktemp("code")
    endings = {"go": ".go", "python": ".py"}
    documents = planted_documents(
        repositories=4, held_out_repositories=0, documents_per_repository=3
    )
    for number, document in enumerate(documents):
        if document.language in endings:
            file = folder / str(document.repo) / f"file{number}{endings[document.language]}"
            file.parent.mkdir(exist_ok=True)
            file.write_text(document.text, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def planted_run(tmp_path_factory: pytest.TempPathFactory, code_folder: Path) -> Any:
    """A small finished run of the planted model, with its report. Not to be written to."""
    import neuroglot

    parameters = neuroglot.studies.NeuronsParameters(profile="quick", tokens_per_language=2_000)
    run = neuroglot.studies.neurons(
        neuroglot.load("planted"),
        neuroglot.Corpus.from_folder(code_folder),
        out=tmp_path_factory.mktemp("runs") / "run",
        parameters=parameters,
        command=f"neuroglot neurons --model planted --data {code_folder}",
    )
    neuroglot.write_report(run)
    return run


@pytest.fixture(scope="module")
def killable() -> Iterator[Killable]:
    """Runs lines of the command, and kills them."""
    with Killable() as found:
        yield found
