"""Random-weight Llamas of the sizes that are timed, and the tokens they read."""

import copy
from dataclasses import dataclass

import numpy as np
import torch
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from neuroglot.base.groups import Group
from neuroglot.base.seeds import generator
from neuroglot.text.document import Document
from neuroglot.text.reading import Reading, Row, Total
from neuroglot.text.token_classes import TOKEN_CLASSES

SEED = 0
N_SPECIAL = 3


@dataclass(frozen=True)
class Shape:
    """A model's size and the batch it reads. aim: what recording may cost, as a ratio."""

    name: str
    layers: int
    hidden: int
    mlp: int
    heads: int
    vocabulary: int
    dtype: torch.dtype
    rows: int
    tokens: int
    aim: float | None = None

    def __str__(self) -> str:
        dtype = str(self.dtype).removeprefix("torch.")
        return (
            f"{self.layers} layers x {self.hidden} hidden, MLP {self.mlp}, {self.heads} heads, "
            f"vocabulary {self.vocabulary}, {dtype}, random weights; "
            f"{self.rows} x {self.tokens} tokens"
        )

    def config(self, attention: str = "sdpa") -> LlamaConfig:
        """The configuration of a Llama of this size."""
        config = LlamaConfig(
            hidden_size=self.hidden,
            intermediate_size=self.mlp,
            num_hidden_layers=self.layers,
            num_attention_heads=self.heads,
            num_key_value_heads=self.heads,
            vocab_size=self.vocabulary,
            max_position_embeddings=2048,
            bos_token_id=1,
            eos_token_id=2,
            architectures=["LlamaForCausalLM"],
            dtype=str(self.dtype).removeprefix("torch."),
        )
        config._attn_implementation = attention
        return config


SHAPES = {
    shape.name: shape
    for shape in (
        Shape("small", 12, 512, 1408, 8, 32_000, torch.float32, 4, 512, aim=1.03),
        Shape("block7b", 1, 4096, 11_008, 32, 1_000, torch.float32, 2, 512, aim=1.01),
        Shape("quick", 2, 64, 176, 4, 300, torch.float32, 2, 64),
    )
}
LLAMA_7B = Shape("llama7b", 32, 4096, 11_008, 32, 32_000, torch.bfloat16, 2, 512)


def random_llama(shape: Shape) -> LlamaForCausalLM:
    """A Llama with transformers' own random initialisation, the same one every time."""
    torch.manual_seed(SEED)
    model = LlamaForCausalLM(shape.config())
    model.to(shape.dtype)
    model.eval()
    return model


def twin(model: LlamaForCausalLM, *, attention: str = "sdpa") -> LlamaForCausalLM:
    """Modules of its own over the same weights: some peers rebuild the modules they are given."""
    shared = {id(tensor): tensor for tensor in model.parameters()}
    other = copy.deepcopy(model, shared)
    other.set_attn_implementation(attention)
    return other


def word_tokenizer(shape: Shape) -> PreTrainedTokenizerFast:
    """A tokenizer whose words are numbers: the models here read ids, and loaders want one."""
    words = ["<unk>", "<s>", "</s>", *(f"w{i}" for i in range(shape.vocabulary - N_SPECIAL))]
    backend = Tokenizer(WordLevel({word: i for i, word in enumerate(words)}, unk_token="<unk>"))
    backend.pre_tokenizer = Whitespace()
    return PreTrainedTokenizerFast(
        tokenizer_object=backend,
        unk_token="<unk>",
        bos_token="<s>",
        eos_token="</s>",
        pad_token="</s>",
    )


def token_ids(shape: Shape) -> torch.Tensor:
    """Random ids, int64 [row, token]."""
    draws = generator(SEED, "benchmark ids").integers(
        N_SPECIAL, shape.vocabulary, size=(shape.rows, shape.tokens)
    )
    return torch.from_numpy(draws)


def reading_of(ids: torch.Tensor) -> Reading:
    """The same ids as neuroglot reads them: one label, a group per row, all classes of tokens."""
    n_rows, n_tokens = ids.shape
    classes = generator(SEED, "benchmark classes").integers(
        len(TOKEN_CLASSES), size=ids.shape, dtype=np.int8
    )
    rows = tuple(
        Row(
            label=0,
            group=number,
            ids=ids[number].numpy(),
            counted=np.ones(n_tokens, np.bool_),
            classes=classes[number],
            offsets=np.zeros((n_tokens, 2), np.int32),
            documents=np.full(n_tokens, number, np.int32),
        )
        for number in range(n_rows)
    )
    return Reading(
        labels=("random",),
        groups=tuple(Group("random", number, 1, 1) for number in range(n_rows)),
        rows=rows,
        documents=tuple(_document(number) for number in range(n_rows)),
        totals=(Total("random", n_rows, n_rows, 0, n_rows * n_tokens),),
        packing="documents",
        max_document_tokens=n_tokens,
        notes=(),
    )


def _document(number: int) -> Document:
    return Document(text="", language="random", id=str(number), repo=str(number))
