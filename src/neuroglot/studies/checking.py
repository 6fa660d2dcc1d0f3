"""The quick checks that every study runs first, and that `neuroglot check` prints.

Of the model: what was proved when it was loaded, and what can go wrong without a sign. Of the text:
whether there is enough of it to decide anything.
"""

from collections.abc import Iterable
from dataclasses import asdict
from math import isfinite
from typing import Any

from neuroglot.analyses.specificity import LEAST_REPOSITORIES, LEAST_TOKENS
from neuroglot.lm.checks import Check
from neuroglot.lm.diagnosis import diagnose
from neuroglot.lm.model import LM
from neuroglot.text.corpus import Corpus
from neuroglot.text.inspection import holdings
from neuroglot.text.reading import Reading

MOST_HEADERS = 0.1
"""Share of texts with a licence header above which headers can pass for language."""
MOST_DUPLICATES = 0.5


def model_checks(lm: LM) -> list[Check]:
    """What was proved at load, and the diagnosis on a short text."""
    return [*lm.checks, *diagnose(lm)]


def text_checks(corpus: Corpus, reading: Reading, *, headers: str = "stripped") -> list[Check]:
    """Tokens and repositories against what verdicts need, licence headers, duplicates."""
    return [*_sizes(reading), _headers(corpus, headers), _duplicates(corpus)]


def check_rows(checks: Iterable[Check]) -> list[dict[str, Any]]:
    """Rows of the table `checks`; a figure that is not finite is None."""
    return [
        {
            name: None if isinstance(value, float) and not isfinite(value) else value
            for name, value in asdict(check).items()
        }
        for check in checks
    ]


def _sizes(reading: Reading) -> Iterable[Check]:
    for total in reading.totals:
        yield Check(
            f"tokens_{total.label}",
            "counted tokens, at least",
            total.tokens,
            LEAST_TOKENS,
            total.tokens >= LEAST_TOKENS,
            "add text, or raise --tokens-per-language: below it verdicts read 'cannot tell'",
        )
        yield Check(
            f"repositories_{total.label}",
            "repositories, at least",
            total.repositories,
            LEAST_REPOSITORIES,
            total.repositories >= LEAST_REPOSITORIES,
            "add repositories: a language told from few of them is told from their habits",
        )


def _headers(corpus: Corpus, headers: str) -> Check:
    shares = {row.language: row.header_share for row in holdings(corpus)}
    worst = max(shares, key=shares.__getitem__)
    return Check(
        "licence_headers",
        f"largest share of texts that came with a licence header ({worst}), "
        + ("taken off" if headers == "stripped" else "left in"),
        shares[worst],
        MOST_HEADERS,
        headers == "stripped" or shares[worst] <= MOST_HEADERS,
        "take them off: --headers stripped",
    )


def _duplicates(corpus: Corpus) -> Check:
    rows = holdings(corpus)
    dropped = sum(row.dropped_exact + row.dropped_near + row.dropped_other for row in rows)
    share = dropped / max(dropped + sum(row.documents for row in rows), 1)
    return Check(
        "duplicates",
        f"share of texts dropped as duplicates ({dropped:,})",
        share,
        MOST_DUPLICATES,
        share <= MOST_DUPLICATES,
        "look at the corpus: most of it is copies",
    )
