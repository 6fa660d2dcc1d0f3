"""A tokenizer as a record of functions, so that `text` can use one without knowing transformers.

`lm` makes one from the model's own tokenizer; tests make one from bytes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Encoding(NamedTuple):
    """Ids of a text and where each token stands in it.

    `ids` int64 [token]; `offsets` int64 [token, 2], character positions (start, end) in the text.
    No special token is added.
    """

    ids: NDArray[np.int64]
    offsets: NDArray[np.int64]


@dataclass(frozen=True)
class Tokenizer:
    """What neuroglot asks of a tokenizer.

    encode: text -> Encoding, without special tokens.
    decode: ids -> text.
    token_text: one id -> how the token reads inside code, leading space kept.
    bos: id put in front of every row, None where the tokenizer has none.
    special_ids: ids that never count.
    size: number of ids.
    digest: changes when any encoding could.
    """

    encode: Callable[[str], Encoding]
    decode: Callable[[Sequence[int]], str]
    token_text: Callable[[int], str]
    bos: int | None
    special_ids: frozenset[int]
    size: int
    digest: str
