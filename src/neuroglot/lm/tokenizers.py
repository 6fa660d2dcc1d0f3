"""The project's tokenizer record, made from a Hugging Face tokenizer.

Takes a tokenizer with a fast backend, gives base.tokenizer.Tokenizer. It works on a copy of the
backend: no truncation, no padding, nothing added, and the words of special tokens inside a text
(`<s>` in a source file) are read as text. Offsets touch each other: leading space belongs to the
token that holds it.
"""

import json
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from tokenizers import Tokenizer as Backend

from neuroglot.base.digests import json_digest
from neuroglot.base.errors import ModelError
from neuroglot.base.tokenizer import Encoding, Tokenizer

_SURROGATE = re.compile("[\ud800-\udfff]")


def make_tokenizer(hf_tokenizer: Any) -> Tokenizer:
    """The record of a Hugging Face tokenizer.

    Raises ModelError for one without a fast backend, since it has no character offsets.
    """
    original = getattr(hf_tokenizer, "backend_tokenizer", None)
    if not isinstance(original, Backend):
        raise ModelError(
            f"{type(hf_tokenizer).__name__} gives no character offsets (it is a slow tokenizer): "
            "give one with a tokenizer.json, as AutoTokenizer makes where it can"
        )
    backend = _plain_copy(original)
    special_ids = _special_ids(hf_tokenizer)
    bos = hf_tokenizer.bos_token_id

    def encode(text: str) -> Encoding:
        # A lone surrogate is no character of any text; the replacement keeps every offset.
        found = backend.encode(_SURROGATE.sub("\ufffd", text), add_special_tokens=False)
        return Encoding(
            np.array(found.ids, dtype=np.int64),
            np.array(found.offsets, dtype=np.int64).reshape(-1, 2),
        )

    def decode(ids: Sequence[int]) -> str:
        return str(backend.decode([int(id) for id in ids], skip_special_tokens=True))

    return Tokenizer(
        encode=encode,
        decode=decode,
        token_text=lambda id: _token_text(backend, int(id)),
        bos=bos,
        special_ids=special_ids,
        size=max(backend.get_vocab(with_added_tokens=True).values()) + 1,
        digest=json_digest([json.loads(backend.to_str()), bos, sorted(special_ids)]),
    )


def _plain_copy(original: Backend) -> Backend:
    backend = Backend.from_str(original.to_str())
    backend.no_truncation()
    backend.no_padding()
    backend.encode_special_tokens = True
    # The post-processor adds special tokens and cuts spaces off the offsets: neither is wanted.
    backend.post_processor = None
    return backend


def _special_ids(hf_tokenizer: Any) -> frozenset[int]:
    added = getattr(hf_tokenizer, "added_tokens_decoder", {})
    marked = (id for id, token in added.items() if token.special)
    return frozenset(marked) | frozenset(hf_tokenizer.all_special_ids)


def _token_text(backend: Backend, id: int) -> str:
    """How a token reads after another one: decoders drop the space of the first token only."""
    name = backend.id_to_token(id)
    if name is None:
        return f"[{id}]"
    once = backend.decode([id], skip_special_tokens=False)
    twice = backend.decode([id, id], skip_special_tokens=False)
    return str(twice[len(once) :]) if twice.startswith(once) else str(name)
