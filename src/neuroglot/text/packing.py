"""Rows: what stands in one line of a batch.

"documents": one document per row. "published": documents joined with their BOS inside, cut into
full rows, the remainder dropped, as the released code of the LAPE study on code models does.
Takes the pieces of one label, gives stretches of positions. Knows no tokenizer and no order.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from neuroglot.text.pieces import Piece

PACKINGS = ("documents", "published")


class Stretch(NamedTuple):
    """T positions that stand in one row, and the bucket they belong to.

    ids int64 [T], counted bool [T], classes int8 [T], offsets int32 [T, 2], documents int32 [T]
    (the place of each position's piece among the pieces given).
    """

    bucket: int
    ids: NDArray[np.int64]
    counted: NDArray[np.bool_]
    classes: NDArray[np.int8]
    offsets: NDArray[np.int32]
    documents: NDArray[np.int32]


def apart(pieces: Sequence[Piece], buckets: Sequence[int]) -> list[Stretch]:
    """One stretch per piece, in the bucket of its repository."""
    return [
        Stretch(
            bucket,
            piece.ids,
            piece.counted,
            piece.classes,
            piece.offsets,
            np.full(len(piece), place, dtype=np.int32),
        )
        for place, (piece, bucket) in enumerate(zip(pieces, buckets, strict=True))
    ]


def joined(pieces: Sequence[Piece], *, row_length: int, max_buckets: int) -> list[Stretch]:
    """Full rows cut from all pieces in a line; a row mixes files, so buckets go by its number."""
    if not pieces:
        return []
    line = [np.concatenate([getattr(piece, name) for piece in pieces]) for name in _PARTS]
    line.append(np.repeat(np.arange(len(pieces), dtype=np.int32), [len(p) for p in pieces]))
    return [
        Stretch(
            row % max_buckets, *(part[row * row_length : (row + 1) * row_length] for part in line)
        )
        for row in range(len(line[0]) // row_length)
    ]


_PARTS = ("ids", "counted", "classes", "offsets")
