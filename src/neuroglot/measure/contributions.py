"""What attention and MLP of each layer add directly to the tokens of whole texts.

Takes texts, gives sums over each text's counted tokens of what every sub-layer adds to the logit of
the token that follows, less the mean logit of the vocabulary: a shift of all logits counts for
nothing. The final norm is frozen at each position, so the parts sum to the model's own figure. A
text may be given, or one that the model wrote itself: what it read while it wrote is what it reads
when all of it is given.

Source: layerwise contributions as in arXiv 2512.19980; frozen norms as in `measure/attribution`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from neuroglot.base.errors import ConfigError
from neuroglot.lm.frozen import (
    FrozenNorm,
    HeadRows,
    directions_of,
    final_norm,
    head_rows,
    mean_head_row,
)
from neuroglot.lm.generation import prompt_ids
from neuroglot.lm.model import LM
from neuroglot.measure.batches import longest_first, padded
from neuroglot.measure.completions import Completion
from neuroglot.measure.direct_parts import Compared, direct_parts
from neuroglot.text.prompts import Prompt, PromptTokens, tokenized

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Contributions:
    """Sums over each text's counted tokens, float64, of logits less the mean logit.

    attention, mlp: [text, layer]. embedding, biases (of final norm and head): [text]. These sum to
    `logit`, [text], the model's own. tokens: int64 [text], counted ones.
    """

    attention: Floats
    mlp: Floats
    embedding: Floats
    biases: Floats
    logit: Floats
    tokens: NDArray[np.int64]


def sublayer_contributions(
    lm: LM,
    texts: Sequence[str | Prompt | PromptTokens],
    *,
    batch_tokens: int = 4096,
    on_progress: Callable[[int, int], None] | None = None,
) -> Contributions:
    """Contributions to each token from the second on; of a Prompt, to the tokens of its answer.

    texts: PromptTokens are read from `first` on, as `written` gives them. Special tokens do not
    count. batch_tokens: texts x longest text of a batch, at most. One forward pass for a batch,
    without the head. Raises ConfigError for a text without tokens, or with more than the model was
    made for.
    """
    if not len(texts):
        raise ConfigError("no texts to read: give at least one")
    rows = [_tokens(lm, number, text) for number, text in enumerate(texts)]
    norm, mean = final_norm(lm.body), mean_head_row(lm.body)
    special = np.array(sorted(lm.tokenizer.special_ids), dtype=np.int64)
    n_texts, shape = len(rows), (len(rows), lm.n_layers)
    found = Contributions(
        attention=np.zeros(shape),
        mlp=np.zeros(shape),
        embedding=np.zeros(n_texts),
        biases=np.zeros(n_texts),
        logit=np.zeros(n_texts),
        tokens=np.zeros(n_texts, dtype=np.int64),
    )
    done = 0
    for chosen in longest_first([len(row.ids) for row in rows], batch_tokens):
        numbers = list(chosen)
        batch = _batch(lm, [rows[number] for number in numbers], special, norm, mean)
        if len(batch.at[0]):
            with torch.no_grad():
                _add(lm, norm, batch, np.array(numbers), found)
        done += len(numbers)
        if on_progress is not None:
            on_progress(done, n_texts)
    return found


def written(
    lm: LM, prompts: Sequence[str], completions: Sequence[Completion]
) -> list[PromptTokens]:
    """Prompts with what the model wrote after them, each token as it was written.

    completions: what `measure.completions` gave for these prompts. A text in which nothing was
    written counts no token. Raises ConfigError for unequal numbers of both.
    """
    if len(prompts) != len(completions):
        raise ConfigError(f"{len(completions)} completions for {len(prompts)} prompts")
    found = []
    for prompt, completion in zip(prompts, completions, strict=True):
        asked = prompt_ids(lm.tokenizer, prompt)
        ids = np.array([*asked, *completion.ids], dtype=np.int64)
        found.append(PromptTokens(ids, len(asked)))
    return found


def _tokens(lm: LM, number: int, text: str | Prompt | PromptTokens) -> PromptTokens:
    if isinstance(text, PromptTokens):
        tokens = text
    elif isinstance(text, Prompt):
        tokens = tokenized(text, lm.tokenizer)
    else:
        tokens = PromptTokens(np.array(prompt_ids(lm.tokenizer, text), dtype=np.int64), 0)
    if not len(tokens.ids):
        raise ConfigError(f"text {number + 1} has no tokens: leave it out")
    lm.refuse_unknown(tokens.ids.tolist(), f"text {number + 1}")
    lm.refuse_longer(len(tokens.ids), f"text {number + 1}")
    # The first token of a row is predicted by nothing.
    return PromptTokens(tokens.ids, max(tokens.first, 1))


def _batch(
    lm: LM,
    rows: Sequence[PromptTokens],
    special: NDArray[np.int64],
    norm: FrozenNorm,
    mean: HeadRows,
) -> Compared:
    """Rows side by side; each counted token is read at the position that predicts it."""
    counted = [_counted(number, row, special) for number, row in enumerate(rows)]
    owner, place = torch.from_numpy(np.concatenate(counted)).T
    ids = padded([row.ids for row in rows])
    raised, bias = head_rows(lm.body, ids[owner, place].unsqueeze(1))
    return Compared(
        ids=ids.to(lm.device),
        at=(owner, place - 1),
        directions=directions_of(norm, raised - mean[0], bias - mean[1]),
    )


def _counted(number: int, row: PromptTokens, special: NDArray[np.int64]) -> NDArray[np.int64]:
    """Row and position of each token that counts: int64 [place, 2]."""
    places = np.arange(row.first, len(row.ids))
    kept = places[~np.isin(row.ids[places], special)]
    return np.stack([np.full(len(kept), number), kept], axis=1)


def _add(
    lm: LM, norm: FrozenNorm, batch: Compared, numbers: NDArray[np.int64], found: Contributions
) -> None:
    """Read one batch and put down its texts' sums."""
    parts = direct_parts(lm, norm, batch)
    owner = batch.at[0]

    def by_text(name: str) -> Floats:
        values = parts[name][:, 0]
        total = values.new_zeros(len(numbers), *values.shape[1:])
        summed: Floats = total.index_add_(0, owner.to(values.device), values).cpu().numpy()
        return summed

    found.attention[numbers] = by_text("attention")
    found.mlp[numbers] = by_text("mlp")
    found.embedding[numbers] = by_text("embedding")
    found.biases[numbers] = by_text("norm_bias") + by_text("head_bias")
    found.logit[numbers] = by_text("difference")
    found.tokens[numbers] = np.bincount(owner.numpy(), minlength=len(numbers))
