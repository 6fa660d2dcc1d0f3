"""The logit lens: what the final norm and the head make of the residual stream after each layer.

Takes prompts and the places in them whose tokens are to be predicted, gives probabilities and ranks
per place and level. One forward pass for each prompt, with the true tokens before each place; what
the prompts of a batch all begin with is read once, and the head runs at the places asked for only.

Source: nostalgebraist, "interpreting GPT: the logit lens", 2020; over code translation
arXiv 2506.01074.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from neuroglot.base.errors import ConfigError
from neuroglot.lm.arithmetic import arithmetic
from neuroglot.lm.hooks import Reader, Tap
from neuroglot.lm.model import LM
from neuroglot.lm.prefixes import read_prefix, shared_length
from neuroglot.lm.sites import OUTSIDE
from neuroglot.lm.unembedding import likeliest, ranks
from neuroglot.measure.batches import longest_first, padded
from neuroglot.measure.tuned_lens import TunedLens
from neuroglot.text.prompts import Prompt, PromptTokens, tokenized

EMBED = OUTSIDE
"""The level of the embedding, below layer 0."""

HELD = 2**22
"""Logits held at a time, at most (and one row at least)."""
CACHED = 2**17
"""Logits that are looked at together: few enough to stay in a processor's cache between looks."""


@dataclass(frozen=True, eq=False)
class Lensed:
    """One prompt through the lens.

    ids: int64 [token], BOS in front where there is one. places: int64 [place], the tokens that are
    predicted, each from the token before it. levels: EMBED and layers, in order. targets: int64
    [place, target]. target_probability float64, target_rank int64 [place, level, target]; rank 1 is
    the likeliest, and equal logits share the better rank. top_ids int64, top_probability float64
    [place, level, top], likeliest first. entropy: float64 [place, level], in nats.
    """

    ids: NDArray[np.int64]
    places: NDArray[np.int64]
    levels: tuple[int, ...]
    targets: NDArray[np.int64]
    target_probability: NDArray[np.float64]
    target_rank: NDArray[np.int64]
    top_ids: NDArray[np.int64]
    top_probability: NDArray[np.float64]
    entropy: NDArray[np.float64]


@dataclass(frozen=True)
class LensRow:
    """A prompt in tokens, the places asked for, and the ids to follow at each."""

    ids: NDArray[np.int64]
    places: NDArray[np.int64]
    targets: NDArray[np.int64]


def logit_lens(
    lm: LM,
    prompts: Sequence[Prompt | str],
    *,
    positions: Sequence[Sequence[int]] | None = None,
    targets: Sequence[NDArray[np.int64]] | None = None,
    top_tokens: int = 10,
    layers: Sequence[int] | None = None,
    through: TunedLens | None = None,
    batch_tokens: int = 4096,
    on_progress: Callable[[int, int], None] | None = None,
) -> list[Lensed]:
    """Each prompt through the lens, in the order given.

    positions: for each prompt the tokens to be predicted, counted with BOS, from 1; None takes the
    answer of a Prompt and every token of a text. targets: for each prompt ids to follow, int64
    [place, target]; None follows the true tokens. layers: None takes all; EMBED (-1) is the
    embedding. through: a tuned lens; None reads the states as they are. batch_tokens: rows x
    longest row of a batch, at most.

    Raises ConfigError for a position or layer that is not there, a prompt longer than the model was
    made for, lists of another length than the prompts, and a tuned lens of another model.
    """
    levels = _levels(lm, layers)
    if not 1 <= top_tokens <= lm.vocabulary:
        raise ConfigError(f"top_tokens is {top_tokens}: give 1 to {lm.vocabulary:,}")
    rows = asked_rows(lm, prompts, positions, targets)
    found: dict[int, Lensed] = {}
    for batch in longest_first([len(row.ids) for row in rows], batch_tokens):
        some = _lensed(lm, [rows[place] for place in batch], levels, top_tokens, through)
        found |= dict(zip(batch, some, strict=True))
        if on_progress is not None:
            on_progress(len(found), len(rows))
    return [found[place] for place in range(len(rows))]


def _levels(lm: LM, layers: Sequence[int] | None) -> tuple[int, ...]:
    known = range(EMBED, lm.n_layers)
    asked = tuple(known if layers is None else sorted(set(layers)))
    absent = [str(layer) for layer in asked if layer not in known]
    if absent or not asked:
        raise ConfigError(
            f"no layer {', '.join(absent) or 'is given'}: layers are -1 (the embedding) to "
            f"{lm.n_layers - 1}"
        )
    return asked


def asked_rows(
    lm: LM,
    prompts: Sequence[Prompt | str],
    positions: Sequence[Sequence[int]] | None = None,
    targets: Sequence[NDArray[np.int64]] | None = None,
) -> list[LensRow]:
    """What `logit_lens` reads of each prompt; positions and targets as there, and its errors."""
    for name, given in (("positions", positions), ("targets", targets)):
        if given is not None and len(given) != len(prompts):
            raise ConfigError(f"{name} has {len(given)} entries for {len(prompts)} prompts")
    found = []
    for number, prompt in enumerate(prompts):
        tokens = _tokens(lm, prompt)
        lm.refuse_longer(len(tokens.ids), f"prompt {number + 1}")
        places = np.arange(tokens.first, len(tokens.ids))
        if positions is not None:
            places = np.asarray(positions[number], dtype=np.int64)
            wrong = [place for place in places.tolist() if not 1 <= place < len(tokens.ids)]
            if wrong:
                raise ConfigError(
                    f"prompt {number + 1} has no token {wrong[0]} to predict: give positions from "
                    f"1 to {len(tokens.ids) - 1}"
                )
        followed = tokens.ids[places][:, None]
        if targets is not None:
            followed = np.asarray(targets[number], dtype=np.int64)
            if followed.ndim != 2 or len(followed) != len(places):
                raise ConfigError(
                    f"targets of prompt {number + 1} have shape {followed.shape}: give "
                    f"[{len(places)}, targets]"
                )
        found.append(LensRow(tokens.ids, places, followed))
    return found


def _tokens(lm: LM, prompt: Prompt | str) -> PromptTokens:
    """A prompt in tokens; a bare text is an answer to nothing, from its second token on."""
    if isinstance(prompt, Prompt):
        return tokenized(prompt, lm.tokenizer)
    tokens = tokenized(Prompt(prompt, 0), lm.tokenizer)
    return PromptTokens(tokens.ids, max(tokens.first, 1))


def _lensed(
    lm: LM,
    rows: Sequence[LensRow],
    levels: tuple[int, ...],
    top_tokens: int,
    through: TunedLens | None,
) -> Iterator[Lensed]:
    """The rows of one batch."""
    with torch.no_grad():
        ids, places = [row.ids for row in rows], [row.places for row in rows]
        stack = states_before(lm, ids, places, levels, through)
        followed = _joined([row.targets for row in rows]).to(lm.device)
        read = _read(lm, stack, followed, top_tokens)
    ends = np.cumsum([len(row.places) for row in rows])
    for row, end in zip(rows, ends.tolist(), strict=True):
        mine = slice(end - len(row.places), end)
        n = row.targets.shape[1]
        yield Lensed(
            ids=row.ids,
            places=row.places,
            levels=levels,
            targets=row.targets,
            target_probability=read.target_probability[mine, :, :n],
            target_rank=read.target_rank[mine, :, :n],
            top_ids=read.top_ids[mine],
            top_probability=read.top_probability[mine],
            entropy=read.entropy[mine],
        )


def states_before(
    lm: LM,
    rows: Sequence[NDArray[np.int64]],
    places: Sequence[NDArray[np.int64]],
    levels: Sequence[int],
    through: TunedLens | None = None,
) -> Tensor:
    """The residual stream from which places are predicted: [place of all rows, level, width].

    One pass over the rows together, what they all begin with read once; at each level only the
    places asked for are kept. Here alone a tuned lens comes in.
    """
    owner = np.repeat(np.arange(len(rows)), [len(own) for own in places])
    before = np.concatenate(places) - 1
    # The states that are wanted have to be among those that follow the shared beginning.
    shared = shared_length([torch.from_numpy(row) for row in rows], most=int(before.min()))
    before = before - shared
    at = tuple(torch.from_numpy(each).to(lm.device) for each in (owner, before))
    states: dict[int, Tensor] = {}

    def keeper(level: int) -> Reader:
        def keep(stream: Tensor) -> None:
            states[level] = stream[at]

        return keep

    taps: list[Tap] = [
        ("embed", OUTSIDE, keeper(level))
        if level == EMBED
        else ("resid_post", level, keeper(level))
        for level in levels
    ]
    rest = padded([row[shared:] for row in rows]).to(lm.device)
    cache = None
    if shared:
        beginning = torch.from_numpy(rows[0][:shared]).to(lm.device)
        cache = read_prefix(lm.body, beginning, rows=len(rows))
    with torch.no_grad(), lm.watch(taps):
        lm.backbone(rest, cache=cache)
    stack = torch.stack([states[level] for level in levels], dim=1)
    return stack if through is None else through.translated(lm, stack, levels)


def _joined(targets: Sequence[NDArray[np.int64]]) -> Tensor:
    """All rows' targets [place, most targets]; what a row has fewer of is filled with id 0."""
    most = max(each.shape[1] for each in targets)
    wide = [np.pad(each, ((0, 0), (0, most - each.shape[1]))) for each in targets]
    return torch.from_numpy(np.concatenate(wide))


@dataclass(frozen=True, eq=False)
class _Read:
    """What the head said of all places of a batch; the fields of Lensed."""

    target_probability: NDArray[np.float64]
    target_rank: NDArray[np.int64]
    top_ids: NDArray[np.int64]
    top_probability: NDArray[np.float64]
    entropy: NDArray[np.float64]


def _read(lm: LM, stack: Tensor, targets: Tensor, top_tokens: int) -> _Read:
    """stack: [place, level, width]. targets: int64 [place, target]."""
    n_places, n_levels, width = stack.shape
    states = stack.reshape(-1, width)
    wanted = targets.repeat_interleave(n_levels, dim=0)
    parts = []
    with arithmetic(lm.hf):
        for some in torch.split(torch.arange(len(states)), max(1, HELD // lm.vocabulary)):
            logits = lm.unembed(states[some]).to(torch.float32)
            blocks = zip(_blocks(lm, logits), _blocks(lm, wanted[some]), strict=True)
            parts += [_of_logits(block, own, top_tokens) for block, own in blocks]
    shape = (n_places, n_levels)
    whole = [torch.cat(each).cpu().numpy() for each in zip(*parts, strict=True)]
    probability, rank, top, top_probability, entropy = (
        each.reshape(*shape, *each.shape[1:]) for each in whole
    )
    return _Read(probability, rank, top, top_probability, entropy)


def _blocks(lm: LM, rows: Tensor) -> Sequence[Tensor]:
    """Rows that are looked at together; all of them where there is no such cache."""
    size = max(1, CACHED // lm.vocabulary) if lm.device.type == "cpu" else len(rows)
    return torch.split(rows, size)


def _of_logits(logits: Tensor, targets: Tensor, top_tokens: int) -> tuple[Tensor, ...]:
    """Probability and rank of targets, ids and probabilities of the top, entropy; one row each."""
    wanted = logits.gather(1, targets)
    top, top_ids = likeliest(logits, top_tokens)
    above = logits - top[:, :1]
    weight = above.exp()
    total = weight.sum(dim=1, keepdim=True)
    logs = total.log() + top[:, :1]
    entropy = total.log() - weight.mul_(above).sum(dim=1, keepdim=True) / total
    return (
        (wanted - logs).double().exp(),
        ranks(logits, targets),
        top_ids,
        (top - logs).double().exp(),
        entropy[:, 0].double(),
    )
