"""How well a model predicts text: per document, in nats, and by whole lines.

Takes the normed states of a batch, gives the surprise of every token and whether it was the
likeliest; and from these, sums per document. Logits exist for a slice of positions at a time.

A line is right when each of its tokens is the likeliest given the true text before it: exactly when
greedy generation from there would write its tokens. So next-line exact match costs no generation.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from neuroglot.lm.arithmetic import arithmetic
from neuroglot.lm.body import Body
from neuroglot.lm.unembedding import read_out
from neuroglot.text.reading import Reading, Row

POSITIONS = 512
"""Positions whose logits exist at a time."""


@dataclass(frozen=True)
class Target:
    """What is scored of one document: its row's tokens, bytes and lines.

    scored: bool [T], False at the row's first token and at special ones. lines int64 [T]: number of
    the line that a token begins in, -1 for tokens outside any. n_lines: whole, non-blank lines.
    bytes: UTF-8 bytes of the scored tokens.
    """

    document: int
    scored: NDArray[np.bool_]
    lines: NDArray[np.int64]
    n_lines: int
    tokens: int
    bytes: int


@dataclass(frozen=True)
class DocumentScores:
    """Sums over one document: surprise in nats, lines that are right, mass on the ids asked for."""

    nll: NDArray[np.float64]
    lines_right: NDArray[np.int64]
    mass: NDArray[np.float64]


def target_of(reading: Reading, row: Row) -> Target:
    """What is scored of a row. One that joins documents has no whole lines to judge."""
    scored = np.array(row.counted)
    scored[:1] = False
    places = np.flatnonzero(scored)
    if reading.packing != "documents":
        no_lines = np.full(len(row), -1, dtype=np.int64)
        return Target(row.document, scored, no_lines, 0, len(places), _bytes(reading, row, scored))
    text = reading.documents[row.document].text
    start, end = (
        (int(row.offsets[places[0], 0]), int(row.offsets[places[-1], 1])) if len(places) else (0, 0)
    )
    lines, n_lines = _lines(text, row, scored, end)
    return Target(row.document, scored, lines, n_lines, len(places), len(text[start:end].encode()))


def _bytes(reading: Reading, row: Row, scored: NDArray[np.bool_]) -> int:
    """UTF-8 bytes of the scored tokens of a row that joins documents."""
    total = 0
    for document in np.unique(row.documents).tolist():
        ends = row.offsets[scored & (row.documents == document)]
        if len(ends):
            text = reading.documents[document].text
            total += len(text[int(ends[:, 0].min()) : int(ends[:, 1].max())].encode())
    return total


def _lines(
    text: str, row: Row, scored: NDArray[np.bool_], end: int
) -> tuple[NDArray[np.int64], int]:
    """Line number of each token by its first character, for the whole non-blank lines read."""
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    breaks = np.flatnonzero(points == ord("\n"))
    starts = row.offsets[:, 0]
    line = np.searchsorted(breaks, starts)
    n_whole = int(np.searchsorted(breaks, end)) + (end >= len(text))
    blank = np.array([not text[start:stop].strip() for start, stop in row.offsets], dtype=bool)
    judged = scored & ~np.isin(starts, breaks) & (line < n_whole)
    # A line whose first token is not scored could not have been written from its beginning.
    begun = np.unique(line[row.counted & ~scored])
    kept = np.setdiff1d(np.unique(line[judged & ~blank]), begun)
    judged &= np.isin(line, kept)
    return np.where(judged, np.searchsorted(kept, line), -1).astype(np.int64), len(kept)


def score(
    body: Body,
    states: Tensor,
    ids: Tensor,
    targets: Sequence[Target],
    mass_of: Tensor | None = None,
) -> DocumentScores:
    """Scores of the rows of a batch.

    states: normed [row, token, width]; ids: int64 [row, token]; targets: one per row. mass_of:
    bool [vocabulary], ids whose probability is summed over positions.
    """
    n_rows, n_tokens = ids.shape
    scored = np.zeros((n_rows, n_tokens), dtype=bool)
    for number, target in enumerate(targets):
        scored[number, : len(target.scored)] = target.scored
    rows, places = (torch.from_numpy(each).to(ids.device) for each in np.nonzero(scored))
    wanted = ids[rows, places]
    nll = torch.empty(len(rows), dtype=torch.float64)
    right = torch.empty(len(rows), dtype=torch.bool)
    mass = torch.zeros(len(rows), dtype=torch.float64)
    with arithmetic(body.hf):
        for start in range(0, len(rows), POSITIONS):
            part = slice(start, start + POSITIONS)
            logits = read_out(body, states[rows[part], places[part] - 1]).float()
            top = logits.amax(dim=-1, keepdim=True)
            given = (logits.gather(1, wanted[part, None]) - top)[:, 0]
            right[part] = _likeliest(logits, wanted[part], given == 0).cpu()
            # In place: a second array of positions x vocabulary costs more than the sums.
            total = logits.sub_(top).exp_().sum(dim=-1).double()
            nll[part] = (total.log() - given.double()).cpu()
            if mass_of is not None:
                mass[part] = (logits[:, mass_of].sum(dim=-1, dtype=torch.float64) / total).cpu()
    return _by_document(scored, targets, nll.numpy(), right.numpy(), mass.numpy())


def _likeliest(logits: Tensor, wanted: Tensor, at_top: Tensor) -> Tensor:
    """Whether greedy choice takes the wanted id: bool [n]. at_top: it reaches the highest logit.

    Among equal logits, common in bfloat16, greedy choice takes one: only those rows are searched.
    """
    found = at_top.clone()
    found[at_top] = logits[at_top].argmax(dim=-1) == wanted[at_top]
    return found


def _by_document(
    scored: NDArray[np.bool_],
    targets: Sequence[Target],
    nll: NDArray[np.float64],
    right: NDArray[np.bool_],
    mass: NDArray[np.float64],
) -> DocumentScores:
    ends = np.cumsum(scored.sum(axis=1))
    parts = [slice(int(end - n), int(end)) for end, n in zip(ends, scored.sum(axis=1), strict=True)]
    return DocumentScores(
        nll=np.array([nll[part].sum() for part in parts]),
        lines_right=np.array(
            [
                _lines_right(target, right[part])
                for target, part in zip(targets, parts, strict=True)
            ],
            dtype=np.int64,
        ),
        mass=np.array([mass[part].sum() for part in parts]),
    )


def _lines_right(target: Target, right: NDArray[np.bool_]) -> int:
    lines = target.lines[target.scored]
    wrong = lines[(lines >= 0) & ~right]
    return target.n_lines - len(np.unique(wrong))
