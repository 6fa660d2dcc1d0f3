"""Summaries beside their references: ROUGE-L and chrF, as well-kept packages compute them.

Takes texts and their references, gives a score of 0 to 100 for each; the mean is the set's. BLEU-4
stands in `bleu`. Knows no model.
"""

from collections.abc import Sequence

from neuroglot.base.errors import ConfigError, MissingExtraError


def rouge_l_scores(texts: Sequence[str], references: Sequence[str]) -> list[float]:
    """ROUGE-L of each text against its one reference: F1 of the longest common subsequence of words
    (Lin, 2004), lower case, without stemming. 0 for an empty text.

    Raises ConfigError for unequal numbers of both, MissingExtraError without rouge-score.
    """
    _refuse_unequal(texts, references)
    try:
        from rouge_score.rouge_scorer import RougeScorer
    except ImportError as error:
        raise MissingExtraError("ROUGE-L", "rouge-score", "text-metrics") from error
    scorer = RougeScorer(["rougeL"], use_stemmer=False)
    pairs = zip(texts, references, strict=True)
    return [100 * float(scorer.score(wanted, text)["rougeL"].fmeasure) for text, wanted in pairs]


def chrf_scores(texts: Sequence[str], references: Sequence[str]) -> list[float]:
    """chrF2 of each text against its one reference: n-grams of 1 to 6 characters (Popović, 2015).

    Raises ConfigError for unequal numbers of both, MissingExtraError without sacrebleu.
    """
    _refuse_unequal(texts, references)
    try:
        from sacrebleu.metrics.chrf import CHRF
    except ImportError as error:
        raise MissingExtraError("chrF", "sacrebleu", "text-metrics") from error
    metric = CHRF()
    pairs = zip(texts, references, strict=True)
    return [float(metric.sentence_score(text, [wanted]).score) for text, wanted in pairs]


def _refuse_unequal(texts: Sequence[str], references: Sequence[str]) -> None:
    if len(texts) != len(references):
        raise ConfigError(f"{len(texts)} texts for {len(references)} references: give one for each")
