"""BLEU-4 of summaries, as the code summarisation task of CodeXGLUE takes it.

Takes texts and their references, gives a score of 0 to 100 for each; the mean is the set's. N-grams
are counted by sacrebleu. Knows no model.

Lower case; words and single punctuation marks are tokens; one is added to the matches and to the
number of n-grams of 2, 3 and 4 tokens (Lin and Och, 2004), and one to either length before their
ratio is taken: a text of 5 tokens for a reference of 10 is punished by exp(1 - 11/6).
"""

import math
import re
from collections.abc import Sequence
from statistics import fmean
from typing import Any

from neuroglot.base.errors import ConfigError, MissingExtraError

_TOKEN = re.compile(r"\w+|[^\s\w]")


def bleu_scores(texts: Sequence[str], references: Sequence[str]) -> list[float]:
    """Smoothed BLEU-4 of each text against its one reference, 0 to 100; 0 for an empty text.

    Raises ConfigError for unequal numbers of both, MissingExtraError without sacrebleu.
    """
    if len(texts) != len(references):
        raise ConfigError(f"{len(texts)} texts for {len(references)} references: give one for each")
    try:
        from sacrebleu.metrics.bleu import BLEU
    except ImportError as error:
        raise MissingExtraError("BLEU", "sacrebleu", "text-metrics") from error
    metric = BLEU(tokenize="none", smooth_method="add-k", smooth_value=1, effective_order=False)
    pairs = zip(map(_tokens, texts), map(_tokens, references), strict=True)
    return [_score(metric.corpus_score([text], [[wanted]])) for text, wanted in pairs]


def _score(counted: Any) -> float:
    """The geometric mean of the precisions, less for a text that is too short."""
    if not min(counted.precisions):
        return 0.0
    mean = math.exp(fmean(map(math.log, counted.precisions)))
    return mean * math.exp(min(0.0, 1 - (counted.ref_len + 1) / (counted.sys_len + 1)))


def _tokens(text: str) -> str:
    return " ".join(_TOKEN.findall(text.lower()))
