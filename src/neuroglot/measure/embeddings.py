"""Texts as vectors for comparison: the mean of the residual stream over a text's own tokens.

Takes texts, gives a float32 vector for each text and level, or one over a band of levels. A text's
own tokens are all that its tokenizer makes of it: a BOS in front, padding behind and special tokens
do not count. Texts are cut at the model's positions. What was read is kept on disk in parts, so a
pass that is killed goes on where it stopped and ends with the same bits.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from neuroglot.base.digests import json_digest
from neuroglot.base.errors import ConfigError
from neuroglot.lm.generation import prompt_ids
from neuroglot.lm.hooks import Reader
from neuroglot.lm.model import LM
from neuroglot.lm.resuming import ending
from neuroglot.lm.sites import OUTSIDE
from neuroglot.measure.batches import longest_first, padded
from neuroglot.measure.recording import CHECKPOINT_SECONDS
from neuroglot.runs.tensors import read_metadata, read_tensors, write_tensors

Ints = NDArray[np.int64]
OnProgress = Callable[[int, int], None]
FORMAT = "1"
"""Format of the parts on disk; those of another are not taken up."""


@dataclass(frozen=True, eq=False)
class Embeddings:
    """vectors: float32 [text, level, width]. levels: -1 for the embedding, then layers. tokens:
    int64 [text], how many counted. cut: bool [text], texts longer than the model's positions.
    """

    vectors: NDArray[np.float32]
    levels: tuple[int, ...]
    tokens: Ints
    cut: NDArray[np.bool_]


def layer_embeddings(
    lm: LM,
    texts: Sequence[str],
    *,
    batch_tokens: int = 4096,
    checkpoint: Path | None = None,
    on_progress: OnProgress | None = None,
) -> Embeddings:
    """Each text's vector at the embedding and after every layer (`resid_post`).

    batch_tokens: texts x longest text of a batch, at most. checkpoint: a folder for the parts; when
    it holds parts of this very pass, they are taken up. on_progress: called with texts done and in
    all. Raises ConfigError for a text without tokens.
    """
    levels = (OUTSIDE, *range(lm.n_layers))
    found = _Pass.of(lm, texts, levels, batch_tokens).run(checkpoint, on_progress)
    return Embeddings(found[0], levels, found[1], found[2])


def band_embeddings(
    lm: LM,
    texts: Sequence[str],
    band: tuple[int, int],
    *,
    batch_tokens: int = 4096,
    checkpoint: Path | None = None,
    on_progress: OnProgress | None = None,
) -> Embeddings:
    """Each text's mean over the levels of a band, first to last, both in it; -1 is the embedding.

    `levels` of what comes out is the first of the band alone. Blocks above the band are not run.
    Otherwise as `layer_embeddings`. Also raises ConfigError for a band that the model has not.
    """
    first, last = band
    if not OUTSIDE <= first <= last < lm.n_layers:
        raise ConfigError(
            f"no layers {first}-{last} in this model: give the first and the last of a band, from "
            f"{OUTSIDE} (the embedding) to {lm.n_layers - 1}"
        )
    asked = _Pass.of(lm, texts, tuple(range(first, last + 1)), batch_tokens, is_band=True)
    found = asked.run(checkpoint, on_progress)
    return Embeddings(found[0], (first,), found[1], found[2])


@dataclass(frozen=True, eq=False)
class _Pass:
    """One pass over texts: ids of each, and the batches in their order."""

    lm: LM
    ids: list[Ints]
    cut: NDArray[np.bool_]
    levels: tuple[int, ...]
    is_band: bool
    batches: list[tuple[int, ...]]

    @classmethod
    def of(
        cls,
        lm: LM,
        texts: Sequence[str],
        levels: tuple[int, ...],
        batch_tokens: int,
        *,
        is_band: bool = False,
    ) -> "_Pass":
        whole = [_ids(lm, number, text) for number, text in enumerate(texts, start=1)]
        ids = [each[: lm.max_positions] for each in whole]
        cut = np.array([len(a) < len(b) for a, b in zip(ids, whole, strict=True)], dtype=bool)
        batches = list(longest_first([len(each) for each in ids], batch_tokens))
        return cls(lm, ids, cut, levels, is_band, batches)

    def identity(self) -> str:
        """What parts on disk must agree with to be taken up."""
        asked = [FORMAT, self.lm.fingerprint, str(self.lm.dtype), list(self.levels), self.is_band]
        return json_digest([asked, self.batches, [each.tolist() for each in self.ids]])

    def run(
        self, checkpoint: Path | None, on_progress: OnProgress | None
    ) -> tuple[NDArray[np.float32], Ints, NDArray[np.bool_]]:
        """Vectors [text, level, width], tokens and cut [text]."""
        n_levels = 1 if self.is_band else len(self.levels)
        vectors = np.zeros((len(self.ids), n_levels, self.lm.width), dtype=np.float32)
        tokens = np.array([int(self._content(each).sum()) for each in self.ids], dtype=np.int64)
        parts = _Parts(checkpoint, self.identity() if checkpoint else "", self.batches)
        position = parts.restore(vectors)
        done = sum(map(len, self.batches[:position]))
        try:
            for batch in self.batches[position:]:
                vectors[list(batch)] = self._read(batch)
                done += len(batch)
                position += 1
                parts.keep(vectors, position)
                if on_progress is not None:
                    on_progress(done, len(self.ids))
        except KeyboardInterrupt:
            parts.keep(vectors, position, at_once=True)
            raise
        return vectors, tokens, self.cut

    def _read(self, batch: tuple[int, ...]) -> NDArray[np.float32]:
        """Means of one batch, padded on the right: [row, level, width]."""
        rows = [self.ids[number] for number in batch]
        ids = padded(rows)
        weights = torch.zeros(ids.shape, dtype=torch.float64)
        for number, row in enumerate(rows):
            content = torch.from_numpy(self._content(row))
            weights[number, : len(row)] = content / content.sum()
        weights = weights.to(self.lm.device)
        found: dict[int, Tensor] = {}

        def keeper(level: int) -> Reader:
            def keep(stream: Tensor) -> None:
                # One row at a time: float64 of a whole batch would be twice the stream itself.
                each = zip(weights, stream, strict=True)
                found[level] = torch.stack([own @ row.double() for own, row in each])

            return keep

        taps = [
            ("embed", OUTSIDE, keeper(level))
            if level == OUTSIDE
            else ("resid_post", level, keeper(level))
            for level in self.levels
        ]
        top = max(self.levels[-1], 0)
        upper = nullcontext() if top == self.lm.n_layers - 1 else ending(self.lm.body, top)
        with torch.no_grad(), upper, self.lm.watch(taps):
            self.lm.backbone(ids.to(self.lm.device))
        means = torch.stack([found[level] for level in self.levels], dim=1)
        wanted = means.mean(dim=1, keepdim=True) if self.is_band else means
        vectors: NDArray[np.float32] = wanted.float().cpu().numpy()
        return vectors

    def _content(self, ids: Ints) -> NDArray[np.bool_]:
        """Which tokens count; of a text of special tokens alone all do."""
        own = ~np.isin(ids, sorted(self.lm.tokenizer.special_ids))
        return own if own.any() else np.ones(len(ids), dtype=bool)


class _Parts:
    """Vectors on disk, each file those of consecutive batches; nothing where there is no folder."""

    def __init__(self, folder: Path | None, identity: str, batches: list[tuple[int, ...]]) -> None:
        self.folder, self.identity, self.batches = folder, identity, batches
        self.kept = 0
        self.saved = time.monotonic()

    def restore(self, vectors: NDArray[np.float32]) -> int:
        """Fill in what earlier passes kept; gives how many batches that is."""
        for file in self._files():
            if read_metadata(file).get("identity") != self.identity:
                break
            held = read_tensors(file)
            vectors[held["text"]] = held["vectors"]
            self.kept = int(held["position"][0])
        return self.kept

    def keep(self, vectors: NDArray[np.float32], position: int, *, at_once: bool = False) -> None:
        """Write what is new since the last part, where it is time."""
        if self.folder is None or position == self.kept:
            return
        if not at_once and time.monotonic() - self.saved < CHECKPOINT_SECONDS:
            return
        new = np.array([text for batch in self.batches[self.kept : position] for text in batch])
        write_tensors(
            self.folder / f"part-{self.kept:08d}.safetensors",
            {"text": new, "vectors": vectors[new], "position": np.array([position])},
            metadata={"identity": self.identity},
        )
        self.kept, self.saved = position, time.monotonic()

    def _files(self) -> Iterator[Path]:
        """Parts in order, as long as each goes on where the one before ended."""
        while self.folder is not None:
            file = self.folder / f"part-{self.kept:08d}.safetensors"
            if not file.exists():
                return
            yield file


def _ids(lm: LM, number: int, text: str) -> Ints:
    ids = prompt_ids(lm.tokenizer, text)
    if len(ids) == (lm.tokenizer.bos is not None):
        raise ConfigError(f"text {number} has no tokens: leave it out")
    return np.array(ids, dtype=np.int64)
