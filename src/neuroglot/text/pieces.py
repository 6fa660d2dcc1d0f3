"""One document as a model reads it: its token ids, which of them count, and what each one is.

Takes a document and a tokenizer record, gives a `Piece`. Knows no order and no rows.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neuroglot.base.tokenizer import Tokenizer
from neuroglot.text.document import Document
from neuroglot.text.token_classes import CLASS_NUMBER, token_classes

CHARACTERS_PER_TOKEN = 64
"""No more of a text is encoded than this times the tokens wanted: a file of megabytes costs no
more than what is read of it."""


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """The beginning of a document, cut to the tokens wanted.

    ids int64 [token], counted bool [token], classes int8 [token] (numbers into TOKEN_CLASSES),
    offsets int32 [token, 2] (characters in the document's text; (0, 0) for BOS).
    """

    document: Document
    ids: NDArray[np.int64]
    counted: NDArray[np.bool_]
    classes: NDArray[np.int8]
    offsets: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.ids)


def piece(
    document: Document,
    tokenizer: Tokenizer,
    *,
    most_tokens: int,
    most_counted: int,
    count_all: bool,
) -> Piece:
    """A document's first tokens: at most `most_tokens` with BOS, at most `most_counted` counted.

    Special ids (BOS among them) do not count, unless `count_all`.
    """
    encoding = tokenizer.encode(document.text[: CHARACTERS_PER_TOKEN * most_tokens])
    ids, offsets = np.asarray(encoding.ids), np.asarray(encoding.offsets).reshape(-1, 2)
    if tokenizer.bos is not None:
        ids = np.concatenate(([tokenizer.bos], ids))
        offsets = np.concatenate((np.zeros((1, 2), dtype=np.int64), offsets))
    special = np.isin(ids, sorted(tokenizer.special_ids | {tokenizer.bos} - {None}))
    counted = np.full(len(ids), True) if count_all else ~special
    end = min(most_tokens, int(np.searchsorted(np.cumsum(counted), most_counted)) + 1)
    ids, offsets, counted, special = ids[:end], offsets[:end], counted[:end], special[:end]
    classes = token_classes(document.text, document.language, offsets)
    classes[special] = CLASS_NUMBER["other"]
    return Piece(document, ids.astype(np.int64), counted.copy(), classes, offsets.astype(np.int32))
