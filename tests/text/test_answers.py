"""Readings of answers: what counts, in which group, and what is left out."""

import numpy as np
import pytest

from neuroglot.base.errors import ConfigError
from neuroglot.text.answers import read_answers
from neuroglot.text.prompts import PromptTokens
from text.conftest import BOS, MARK


def answer(text, first, *, more=()):
    return PromptTokens(np.array([BOS, *text.encode(), *more], dtype=np.int64), first)


ANSWERS = [
    answer("abcd", 3),
    answer("ef", 2),
    answer("ghi", 1, more=[MARK]),
    answer("jk", 3),
    answer("lmnop", 4),
    answer("q", 1),
]
LANGUAGES = ["python", "go", "python", "python", "go", "go"]
TASKS = ["one", "one", "two", "three", "two", "three"]


@pytest.fixture
def reading(byte_tokenizer):
    return read_answers(ANSWERS, byte_tokenizer, languages=LANGUAGES, tasks=TASKS)


def test_only_answers_count_and_prompts_are_read(reading):
    counted = {
        bytes(row.ids[row.ids < BOS].tolist()).decode(): bytes(row.ids[row.counted].tolist())
        for row in reading.rows
    }
    # Nothing was written after "jk": its row is not read.
    assert counted == {"abcd": b"cd", "ef": b"f", "ghi": b"ghi", "lmnop": b"op", "q": b"q"}
    assert [(total.label, total.tokens, total.documents) for total in reading.totals] == [
        ("python", 5, 2),
        ("go", 4, 3),
    ]
    assert reading.n_tokens == 9
    assert reading.max_document_tokens == 6


def test_rows_stand_by_language_and_bucket_and_a_task_is_in_one_bucket(reading):
    assert reading.labels == ("python", "go")
    places = [(row.label, row.group) for row in reading.rows]
    assert places == sorted(places)
    buckets = {}
    for at, row in enumerate(reading.rows):
        group = reading.groups[row.group]
        document = reading.documents[row.document]
        assert row.document == at
        assert reading.labels[row.label] == group.label == document.language
        buckets.setdefault(document.repo, set()).add(group.bucket)
    assert all(len(own) == 1 for own in buckets.values())
    assert {bucket for own in buckets.values() for bucket in own} == {0, 1}
    assert sum(group.documents for group in reading.groups) == 5
    assert sum(group.repositories for group in reading.groups if group.label == "go") == 3


def test_a_language_without_answers_keeps_its_place(byte_tokenizer):
    found = read_answers(
        [answer("ab", 3), answer("cd", 1)],
        byte_tokenizer,
        languages=["go", "python"],
        tasks=["one", "one"],
    )
    assert found.labels == ("go", "python")
    assert [row.label for row in found.rows] == [1]
    assert [total.tokens for total in found.totals] == [0, 2]


def test_what_does_not_fit_together_is_refused(byte_tokenizer):
    with pytest.raises(ConfigError, match="1 languages and 2 tasks for 2 answers"):
        read_answers(ANSWERS[:2], byte_tokenizer, languages=["go"], tasks=["one", "two"])
