"""What a corpus holds, counted: the table `corpus` of a run, and what `corpus inspect` prints.

Takes a corpus, and for the table what was read of it. Knows no model.
"""

from collections.abc import Collection
from dataclasses import dataclass

from neuroglot.text.corpus import Corpus
from neuroglot.text.document import SPLITS
from neuroglot.text.preparation import Account
from neuroglot.text.reading import Reading

ALL = "all"
"""Stands in tables for the split of documents that come without one."""


@dataclass(frozen=True, slots=True)
class Holding:
    """One label in one split: documents, repositories, UTF-8 bytes, and what was dropped.

    header_share: share of the documents that came with a licence header, 0-1.
    """

    language: str
    split: str
    documents: int
    repos: int
    bytes: int
    header_share: float
    dropped_exact: int
    dropped_near: int
    dropped_other: int


def holdings(corpus: Corpus) -> tuple[Holding, ...]:
    """The corpus per label and split, without any tokenizer."""
    found: list[Holding] = []
    for language in corpus.languages:
        for split in (None, *SPLITS):
            documents = [d for d in corpus.documents if d.language == language and d.split == split]
            account = _account(corpus, language, {split})
            if not documents and account == Account(language, split, 0, 0, 0):
                continue
            headers = sum(document.whole is not None for document in documents)
            found.append(
                Holding(
                    language=language,
                    split=split or ALL,
                    documents=len(documents),
                    repos=len({document.repository for document in documents}),
                    bytes=sum(document.n_bytes for document in documents),
                    header_share=headers / len(documents) if documents else 0.0,
                    dropped_exact=account.dropped_exact,
                    dropped_near=account.dropped_near,
                    dropped_other=account.dropped_other,
                )
            )
    return tuple(found)


def corpus_rows(corpus: Corpus, reading: Reading) -> list[dict[str, str | int | float]]:
    """The rows of table `corpus` for one reading: what was read of each label, what was dropped.

    corpus: the part that was read (`training()`, `held_out()`, or a part of `split()`).
    """
    rows: list[dict[str, str | int | float]] = []
    for total in reading.totals:
        splits = {d.split for d in reading.documents if d.language == total.label}
        account = _account(corpus, total.label, splits)
        rows.append(
            {
                "language": total.label,
                "split": account.split or ALL,
                "documents": total.documents,
                "repos": total.repositories,
                "bytes": total.bytes,
                "tokens": total.tokens,
                "bytes_per_token": total.bytes / total.tokens,
                "dropped_exact": account.dropped_exact,
                "dropped_near": account.dropped_near,
                "dropped_other": account.dropped_other,
            }
        )
    return rows


def _account(corpus: Corpus, language: str, splits: Collection[str | None]) -> Account:
    """A label's account over these splits; its split is None where they are none or several."""
    fitting = [a for a in corpus.accounts if a.language == language and a.split in splits]
    return Account(
        language,
        next(iter(splits)) if len(splits) == 1 else None,
        sum(account.dropped_exact for account in fitting),
        sum(account.dropped_near for account in fitting),
        sum(account.dropped_other for account in fitting),
    )
