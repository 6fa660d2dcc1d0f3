"""Prompts as rows of ids, and ids that are asked about them, checked against the model."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from neuroglot.base.errors import ConfigError
from neuroglot.lm.generation import prompt_ids
from neuroglot.lm.model import LM

Ints = NDArray[np.int64]


def prompt_rows(lm: LM, prompts: Sequence[str | Ints], *, what: str = "prompt") -> list[Ints]:
    """Each prompt as int64 [token]: a text's ids with BOS, a row of ids as it is.

    what: what they are called in messages. Raises ConfigError for none at all, one without tokens
    or longer than the model was made for, and for what is no id.
    """
    if not len(prompts):
        raise ConfigError(f"no {what}s to read: give at least one")
    return [_row(lm, f"{what} {number}", each) for number, each in enumerate(prompts, start=1)]


def _row(lm: LM, name: str, prompt: str | Ints) -> Ints:
    given = prompt_ids(lm.tokenizer, prompt) if isinstance(prompt, str) else prompt
    ids = np.asarray(given, dtype=np.int64)
    if ids.ndim != 1 or not len(ids):
        raise ConfigError(f"{name} has no tokens: give a text, or a row of ids")
    lm.refuse_unknown(ids.tolist(), name)
    lm.refuse_longer(len(ids), name)
    return ids


def ids_of_each(lm: LM, name: str, given: ArrayLike, n_prompts: int) -> Ints:
    """Ids asked for of each prompt, int64 [prompt] or [prompt, id]. Raises ConfigError."""
    ids = np.asarray(given)
    if ids.ndim not in (1, 2) or len(ids) != n_prompts or not ids.size:
        raise ConfigError(
            f"{name} have shape {list(ids.shape)} for {n_prompts} prompts: give one id for each, "
            "or [prompt, id]"
        )
    if ids.dtype.kind not in "iu" or ids.min() < 0 or ids.max() >= lm.vocabulary:
        raise ConfigError(f"{name} hold what is no id of the model: give 0 to {lm.vocabulary - 1}")
    return ids.astype(np.int64)
