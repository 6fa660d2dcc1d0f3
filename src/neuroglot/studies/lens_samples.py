"""Some prompts through the lens, token by token: rows for the tables `lens` and `lens_prompts`."""

from collections.abc import Sequence
from typing import Any

from neuroglot.lm.model import LM
from neuroglot.measure.lens import Lensed, logit_lens
from neuroglot.text.parallel import ParallelItem
from neuroglot.text.prompts import Prompt

Row = dict[str, Any]
Sample = tuple[str, str, ParallelItem, Prompt]
"""Source, target, the item and its prompt."""


def sample_rows(
    lm: LM, samples: Sequence[Sample], *, top_tokens: int
) -> tuple[list[Row], list[Row]]:
    """Rows of `lens_prompts`, every token of each prompt; and of `lens`, the answers' tokens."""
    found = logit_lens(lm, [prompt for *_, prompt in samples], top_tokens=top_tokens)
    prompts: list[Row] = []
    rows: list[Row] = []
    for (source, target, item, _), lensed in zip(samples, found, strict=True):
        where = {"source": source, "target": target, "item": item.id}
        prompts += _prompt_rows(lm, where, lensed)
        rows += _rows(lm, where, lensed)
    return prompts, rows


def _prompt_rows(lm: LM, where: Row, lensed: Lensed) -> list[Row]:
    targets = set(lensed.places.tolist())
    return [
        where
        | {
            "position": position,
            "token_id": id,
            "token": lm.tokenizer.token_text(id),
            "is_target": position in targets,
        }
        for position, id in enumerate(lensed.ids.tolist())
    ]


def _rows(lm: LM, where: Row, lensed: Lensed) -> list[Row]:
    rows = []
    for place, position in enumerate(lensed.places.tolist()):
        gold = int(lensed.ids[position])
        for level, layer in enumerate(lensed.levels):
            top = lensed.top_ids[place, level].tolist()
            rows.append(
                where
                | {
                    "position": position,
                    "layer": layer,
                    "gold_id": gold,
                    "gold_token": lm.tokenizer.token_text(gold),
                    "gold_probability": float(lensed.target_probability[place, level, 0]),
                    "gold_rank": int(lensed.target_rank[place, level, 0]),
                    "entropy": float(lensed.entropy[place, level]),
                    "top_ids": top,
                    "top_tokens": [lm.tokenizer.token_text(id) for id in top],
                    "top_probabilities": lensed.top_probability[place, level].tolist(),
                }
            )
    return rows
