"""What very many small interventions do to the next token: a sweep over heads, neurons, streams.

Takes prompts and variants (edits, patches from another prompt), gives the logits after each prompt
under each variant, equal to those of a full run of the edited model. One clean pass over a prompt
keeps the residual stream at every place where a variant starts, and all keys and values. A variant
starts at its first edited layer and first edited token; many ride as rows of one batch. Prompts of
one length are run together, so there is no padding.

Over brackets: arXiv 2502.18499, 2507.00322.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor
from transformers import DynamicCache

from neuroglot.base.errors import ConfigError
from neuroglot.lm.arithmetic import arithmetic
from neuroglot.lm.hooks import Reader, editing
from neuroglot.lm.model import LM
from neuroglot.lm.prefixes import shared_beginnings
from neuroglot.lm.resuming import Past, Start, keeping, last_token_only, resuming
from neuroglot.lm.unembedding import ranks, read_out
from neuroglot.measure.prompt_rows import Ints, ids_of_each, prompt_rows
from neuroglot.measure.sweep_variants import (
    Cell,
    Ready,
    SiteOfLayer,
    Variant,
    changes_of_cells,
    default_places,
    patched_sites,
    ready,
)

HELD = 2**22
"""Logits held at a time, at most (and one row at least)."""
KEPT_COST = 1 / 8
"""What a token that is only attended to takes of the room of one that is run."""


@dataclass(frozen=True, eq=False)
class LastLogits:
    """What the model says after the last token of prompts; `...` is prompt, or variant and prompt.

    logits: float32 [..., vocabulary], or of the ids asked for: [...] with one for each prompt,
    [..., target] with several. rank: int64 of the same shape, 1 is the likeliest and equal logits
    share the better rank; None where no ids were asked for. likeliest: int64 [...].
    """

    logits: NDArray[np.float32]
    rank: Ints | None
    likeliest: Ints


@dataclass(frozen=True, eq=False)
class Swept:
    """A sweep's answers: clean [prompt], and edited [variant, prompt]."""

    clean: LastLogits
    edited: LastLogits


def sweep(
    lm: LM,
    prompts: Sequence[str | Ints],
    variants: Sequence[Variant],
    *,
    at: str | Sequence[Sequence[int]] = "all",
    targets: ArrayLike | None = None,
    sources: Sequence[str | Ints] | None = None,
    batch_tokens: int = 4096,
    on_progress: Callable[[int, int], None] | None = None,
) -> Swept:
    """The logits after the last token of each prompt, clean and under each variant.

    prompts: texts, or rows of ids with BOS. variants: edits (`ng.zero`, `ng.mean`, `ng.scale`,
    `ng.set`), patches (`ng.patch`), or sequences of these that act together. at: tokens where those
    act that name no positions: "all", "last", or positions for each prompt. targets: ids [prompt],
    or [prompt, target], whose logits and ranks are wanted; None for all logits. sources: for each
    prompt another one of as many tokens, where patches take their values. batch_tokens: tokens in
    one forward pass, at most. on_progress: told how many prompts are done, of how many.

    No other edit may be open. Raises SiteError for units that the model does not have, ConfigError
    for what cannot be asked.
    """
    rows = prompt_rows(lm, prompts)
    lengths = [len(row) for row in rows]
    places = default_places(at, lengths)
    wanted = None if targets is None else ids_of_each(lm, "targets", targets, len(rows))
    done = [
        ready(lm.body, variant, number=number, shortest=min(lengths))
        for number, variant in enumerate(variants, start=1)
    ]
    donors = _sources(lm, rows, sources, needed=bool(patched_sites(done)))
    answers = _Answers(lm, len(done), len(rows), wanted)
    n_read = 0
    with torch.no_grad():
        for numbers in _of_one_length(lengths, batch_tokens):
            group = _read(
                lm,
                done,
                ids=_stacked(rows, numbers).to(lm.device),
                default=_stacked(places, numbers),
                sources=None if donors is None else _stacked(donors, numbers).to(lm.device),
            )
            answers.keep_clean(numbers, group.clean)
            for cells, states in group.edited(batch_tokens):
                answers.keep([(v, numbers[prompt]) for v, prompt in cells], states)
            n_read += len(numbers)
            if on_progress is not None:
                on_progress(n_read, len(rows))
    return answers.swept()


def _sources(
    lm: LM, rows: Sequence[Ints], sources: Sequence[str | Ints] | None, *, needed: bool
) -> list[Ints] | None:
    if not needed:
        return None
    if sources is None:
        raise ConfigError("a patch needs another prompt: give sources, one for each prompt")
    found = prompt_rows(lm, sources, what="source")
    if len(found) != len(rows):
        raise ConfigError(f"{len(found)} sources for {len(rows)} prompts: give one for each")
    for number, (row, source) in enumerate(zip(rows, found, strict=True), start=1):
        if len(row) != len(source):
            raise ConfigError(
                f"source {number} has {len(source)} tokens, its prompt {len(row)}: give one of the "
                "same length"
            )
    return found


def _of_one_length(lengths: Sequence[int], batch_tokens: int) -> Iterator[list[int]]:
    """Numbers of prompts of one length, as many as fit into a clean pass."""
    if batch_tokens < 1:
        raise ConfigError(f"batch_tokens is {batch_tokens}: give at least 1")
    for length in sorted(set(lengths)):
        alike = [number for number, each in enumerate(lengths) if each == length]
        at_once = max(batch_tokens // length, 1)
        yield from (alike[start : start + at_once] for start in range(0, len(alike), at_once))


def _stacked(rows: Sequence[NDArray[Any]], numbers: Sequence[int]) -> Tensor:
    return torch.from_numpy(np.stack([rows[number] for number in numbers]))


Work = dict[tuple[Start, int], list[Cell]]
"""(place, token) where passes start -> what starts there, variant by variant."""


@dataclass(frozen=True, eq=False)
class _Group:
    """Prompts of one length after their clean pass, ready for variants to start in it.

    ids: int64 [prompt, token]. default: bool [prompt, token], where steps without positions act.
    clean: normed states of the last tokens, [prompt, width]. past, donors: from the first token on
    that any variant edits; cache: of all.
    """

    lm: LM
    variants: Sequence[Ready]
    work: Work
    ids: Tensor
    default: Tensor
    clean: Tensor
    past: Past
    cache: DynamicCache
    donors: dict[SiteOfLayer, Tensor]

    def edited(self, batch_tokens: int) -> Iterator[tuple[list[Cell], Tensor]]:
        """Cells, and normed states of their last tokens, [cell, width]; one forward pass each."""
        length = self.ids.shape[1]
        for (start, first), cells in self.work.items():
            at_once = max(int(batch_tokens / (length - first + first * KEPT_COST)), 1)
            for begin in range(0, len(cells), at_once):
                some = cells[begin : begin + at_once]
                yield some, self._run(start, first, some)

    def _run(self, start: Start, first: int, cells: Sequence[Cell]) -> Tensor:
        rows = torch.tensor([prompt for _, prompt in cells])
        ids = self.ids[rows, first:]
        cache = shared_beginnings(self.cache, first, rows) if first else None
        changes = changes_of_cells(self.variants, cells, default=self.default, donors=self.donors)
        with (
            editing(self.lm.body, changes),
            last_token_only(self.lm.body),
            resuming(self.lm.body, self.past, start, rows=rows, tokens=ids.shape[1]),
        ):
            return self.lm.backbone(ids, cache=cache)[:, -1]


def _read(
    lm: LM, variants: Sequence[Ready], *, ids: Tensor, default: Tensor, sources: Tensor | None
) -> _Group:
    """Run prompts of one length, and their sources, clean."""
    work = _work(variants, default)
    first = min((first for _, first in work), default=0)
    cache = DynamicCache()
    with keeping(lm.body, {start for start, _ in work}, first=first) as past:
        clean = lm.backbone(ids, cache=cache)[:, -1]
    donors = {} if sources is None else _donors(lm, patched_sites(variants), sources, first)
    return _Group(lm, variants, work, ids, default, clean, past, cache, donors)


def _work(variants: Sequence[Ready], default: Tensor) -> Work:
    work: Work = {}
    for number, variant in enumerate(variants):
        if variant.start is None:
            continue
        acts = torch.stack([step.places(default) for step in variant.steps]).any(dim=0)
        # Of equals argmax gives the first.
        firsts = acts.int().argmax(dim=1).tolist()
        for prompt in acts.any(dim=1).nonzero()[:, 0].tolist():
            work.setdefault((variant.start, firsts[prompt]), []).append((number, prompt))
    return work


def _donors(
    lm: LM, sites: Iterable[SiteOfLayer], sources: Tensor, first: int
) -> dict[SiteOfLayer, Tensor]:
    """What sites hold in the sources: [prompt, token, unit, 1], heads' [.., head, head width]."""
    donors: dict[SiteOfLayer, Tensor] = {}

    def keeper(site: SiteOfLayer) -> Reader:
        def keep(tensor: Tensor) -> None:
            kept = tensor[:, first:].clone()
            donors[site] = kept if kept.ndim == 4 else kept.unsqueeze(-1)

        return keep

    with lm.watch([(*site, keeper(site)) for site in sites]):
        lm.backbone(sources)
    return donors


class _Answers:
    """The arrays of a sweep under way; row 0 is the clean model."""

    def __init__(self, lm: LM, n_variants: int, n_prompts: int, wanted: Ints | None) -> None:
        self.lm, self.wanted = lm, wanted
        rows = (n_variants + 1, n_prompts)
        each = (lm.vocabulary,) if wanted is None else wanted.shape[1:]
        self.logits = np.zeros((*rows, *each), dtype=np.float32)
        self.rank = None if wanted is None else np.zeros((*rows, *each), dtype=np.int64)
        self.likeliest = np.zeros(rows, dtype=np.int64)

    def keep_clean(self, prompts: Sequence[int], states: Tensor) -> None:
        """Keep clean answers, also for the variants: some do nothing to a prompt."""
        self.keep([(-1, prompt) for prompt in prompts], states)
        for each in (self.logits, self.rank, self.likeliest):
            if each is not None:
                each[1:, prompts] = each[0, prompts]

    def keep(self, cells: Sequence[Cell], states: Tensor) -> None:
        """Keep the answers of cells; variant -1 is the clean model. states: [cell, width]."""
        at_once = max(HELD // self.lm.vocabulary, 1)
        for start in range(0, len(cells), at_once):
            rows, prompts = np.array(cells[start : start + at_once]).T
            self._keep((rows + 1, prompts), states[start : start + at_once])

    def _keep(self, at: tuple[Ints, Ints], states: Tensor) -> None:
        with arithmetic(self.lm.hf):
            logits = read_out(self.lm.body, states).to(torch.float32)
        self.likeliest[at] = logits.argmax(dim=-1).cpu().numpy()
        if self.wanted is None or self.rank is None:
            self.logits[at] = logits.cpu().numpy()
            return
        own = self.wanted[at[1]]
        ids = torch.from_numpy(own.reshape(len(own), -1)).to(logits.device)
        self.logits[at] = logits.gather(1, ids).cpu().numpy().reshape(own.shape)
        self.rank[at] = ranks(logits, ids).cpu().numpy().reshape(own.shape)

    def swept(self) -> Swept:
        """The sweep's answers."""
        ranks = (None, None) if self.rank is None else (self.rank[0], self.rank[1:])
        return Swept(
            clean=LastLogits(self.logits[0], ranks[0], self.likeliest[0]),
            edited=LastLogits(self.logits[1:], ranks[1], self.likeliest[1:]),
        )
