import random
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from neuroglot.base.errors import ConfigError, CorpusError
from neuroglot.base.tokenizer import Tokenizer
from neuroglot.text.document import Document
from neuroglot.text.reading import Reading, read
from neuroglot.text.sampling import buckets, reading_order
from neuroglot.text.standardisation import class_counts

LABELS = ("python", "go", "english")
BOS = 256


def counted(reading: Reading, label: int) -> int:
    return sum(int(row.counted.sum()) for row in reading.rows if row.label == label)


@pytest.fixture(scope="module")
def reading(documents: list[Document], byte_tokenizer: Tokenizer) -> Reading:
    return read(
        documents, byte_tokenizer, labels=LABELS, tokens_per_language=1_500, max_document_tokens=300
    )


def test_exactly_the_tokens_asked_for_are_read(reading: Reading) -> None:
    assert [counted(reading, label) for label in range(3)] == [1_500] * 3
    assert [total.tokens for total in reading.totals] == [1_500] * 3
    assert reading.n_tokens == 4_500
    assert reading.notes == ()


def test_rows_are_documents_in_reading_order_with_bos_in_front(
    reading: Reading, documents: list[Document]
) -> None:
    for label, name in enumerate(LABELS):
        order = reading_order(d for d in documents if d.language == name)
        rows = [row for row in reading.rows if row.label == label]
        for row, document in zip(rows, order, strict=False):
            assert reading.documents[row.document] is document
            assert row.ids[0] == BOS
            assert not row.counted[0]
            assert bytes(row.ids[1:].tolist()) == document.text.encode()[: len(row) - 1]
            assert (row.documents == row.document).all()
        for row, document in zip(rows[:-1], order, strict=False):
            assert len(row) == min(300, len(document.text.encode()) + 1)
    assert [row.label for row in reading.rows] == sorted(row.label for row in reading.rows)


def test_offsets_lead_back_to_the_text(reading: Reading) -> None:
    for row in reading.rows:
        text = reading.documents[row.document].text
        for token, (start, end) in list(zip(row.ids, row.offsets, strict=True))[1:]:
            assert text[start:end] == chr(token)


def test_groups_count_what_was_read_and_follow_label_and_bucket(
    reading: Reading, documents: list[Document]
) -> None:
    seen: dict[int, Counter[str]] = {}
    for row in reading.rows:
        document = reading.documents[row.document]
        seen.setdefault(row.group, Counter())[document.repository] += 1
        group = reading.groups[row.group]
        own = [d for d in documents if d.language == group.label]
        assert group.label == LABELS[row.label] == document.language
        assert group.bucket == buckets(own, max_buckets=32)[document.repository]
    assert sorted(seen) == list(range(len(reading.groups)))
    for number, group in enumerate(reading.groups):
        assert group.repositories == len(seen[number])
        assert group.documents == sum(seen[number].values())
    keys = [(LABELS.index(group.label), group.bucket) for group in reading.groups]
    assert keys == sorted(set(keys))


def test_few_buckets_hold_several_repositories(
    documents: list[Document], byte_tokenizer: Tokenizer
) -> None:
    small = read(
        documents, byte_tokenizer, labels=("go",), tokens_per_language=3_000, max_buckets=2
    )
    assert [group.bucket for group in small.groups] == [0, 1]
    assert sum(group.repositories for group in small.groups) == 6


def test_totals_count_the_bytes_that_were_read(reading: Reading) -> None:
    # The byte tokenizer counts one token per byte.
    assert [total.bytes for total in reading.totals] == [1_500] * 3
    for label, total in enumerate(reading.totals):
        own = [row for row in reading.rows if row.label == label]
        assert total.documents == len(own)
        names = {reading.documents[row.document].repository for row in own}
        assert total.repositories == len(names)


def test_special_tokens_in_the_text_never_count(byte_tokenizer: Tokenizer) -> None:
    texts = [("ab\x01" * 300) + str(n) for n in range(4)]
    own = [Document(text, "c", repo=str(n)) for n, text in enumerate(texts)]
    result = read(own, byte_tokenizer, labels=("c",), tokens_per_language=1_000)
    assert counted(result, 0) == 1_000
    for row in result.rows:
        assert np.array_equal(row.counted, row.ids < BOS)


def test_arrays_cannot_be_written(reading: Reading) -> None:
    row = reading.rows[0]
    for array in (row.ids, row.counted, row.classes, row.offsets, row.documents):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_the_digest_tells_readings_apart(
    reading: Reading, documents: list[Document], byte_tokenizer: Tokenizer
) -> None:
    def again(tokenizer: Tokenizer = byte_tokenizer, **changed: int) -> str:
        options = {"tokens_per_language": 1_500, "max_document_tokens": 300, **changed}
        return read(documents[::-1], tokenizer, labels=LABELS, **options).digest

    assert again() == reading.digest
    others = {
        again(tokens_per_language=1_499),
        again(max_document_tokens=299),
        again(max_buckets=2),
        again(replace(byte_tokenizer, bos=None)),
        read(
            documents,
            byte_tokenizer,
            labels=LABELS[::-1],
            tokens_per_language=1_500,
            max_document_tokens=300,
        ).digest,
    }
    assert len(others) == 5
    assert reading.digest not in others


@settings(
    deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.randoms(use_true_random=False),
    st.integers(1, 3_000),
    st.integers(2, 400),
    st.integers(1, 32),
)
def test_any_order_of_files_and_any_size_gives_the_exact_count(
    documents: list[Document],
    byte_tokenizer: Tokenizer,
    draw: random.Random,
    tokens: int,
    length: int,
    max_buckets: int,
) -> None:
    def once(given_: list[Document]) -> Reading:
        return read(
            given_,
            byte_tokenizer,
            labels=("python", "go"),
            tokens_per_language=max(tokens, length + 1),
            max_document_tokens=length,
            max_buckets=max_buckets,
            least_tokens=1,
        )

    first = once(documents)
    for total in first.totals:
        own = [d for d in documents if d.language == total.label]
        there = sum(min(len(d.text.encode()), length - 1) for d in own)
        assert total.tokens == min(max(tokens, length + 1), there)
        assert (total.tokens < max(tokens, length + 1)) == any(
            note.lower().startswith(total.label) for note in first.notes
        )
    assert max(len(row) for row in first.rows) <= length
    assert once(draw.sample(documents, len(documents))).digest == first.digest


def test_less_text_than_asked_is_noted(
    documents: list[Document], byte_tokenizer: Tokenizer
) -> None:
    result = read(documents, byte_tokenizer, labels=("python",))
    there = sum(len(d.text.encode()) for d in documents if d.language == "python")
    assert result.notes == (
        f"Python: {there:,} tokens in 21 documents are all there is; 200,000 were asked for",
    )


def test_too_little_text_names_every_language_and_its_figures(byte_tokenizer: Tokenizer) -> None:
    documents = [Document("x" * 5_000, "python"), Document("y", "go"), Document("zz", "go")]
    with pytest.raises(CorpusError) as error:
        read(documents, byte_tokenizer, labels=("python", "go", "rust"))
    message = str(error.value)
    assert "Python has 1 documents with 2,047 tokens" in message
    assert "Go has 2 documents with 3 tokens" in message
    assert "Rust has 0 documents with 0 tokens" in message
    assert "1,000 tokens" in message


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("packing", "tight"),
        ("max_document_tokens", 1),
        ("max_buckets", 0),
        ("tokens_per_language", 999),
        ("tokens_per_language", 0),
    ],
)
def test_unusable_parameters_are_refused(
    documents: list[Document], byte_tokenizer: Tokenizer, option: str, value: int | str
) -> None:
    with pytest.raises(ConfigError, match=str(value)):
        read(documents, byte_tokenizer, labels=("go",), **{option: value})


@pytest.fixture(scope="module")
def published(documents: list[Document], byte_tokenizer: Tokenizer) -> Reading:
    return read(
        documents,
        byte_tokenizer,
        labels=LABELS,
        tokens_per_language=2_000,
        max_document_tokens=150,
        packing="published",
        max_buckets=5,
    )


def test_published_rows_are_the_joined_documents(
    published: Reading, documents: list[Document]
) -> None:
    for label, name in enumerate(LABELS):
        order = reading_order(d for d in documents if d.language == name)
        line = [token for d in order for token in [BOS, *d.text.encode()][:150]]
        rows = [row for row in published.rows if row.label == label]
        assert len(rows) == 2_000 // 150
        for number, row in enumerate(rows):
            assert row.ids.tolist() == line[number * 150 : (number + 1) * 150]
            assert row.counted.all()
            assert published.groups[row.group].bucket == number % 5


def test_published_positions_know_their_document(published: Reading) -> None:
    for row in published.rows:
        for token, place, (start, end) in zip(row.ids, row.documents, row.offsets, strict=True):
            document = published.documents[place]
            assert document.language == LABELS[row.label]
            assert token == BOS or document.text[start:end] == chr(token)
    shown = {int(place) for row in published.rows for place in row.documents}
    assert shown == set(range(len(published.documents)))


def test_published_groups_count_documents_once_each(published: Reading) -> None:
    for number, group in enumerate(published.groups):
        places = {int(p) for row in published.rows if row.group == number for p in row.documents}
        assert group.documents == len(places)
        assert group.repositories == len({published.documents[p].repository for p in places})
    assert [total.tokens for total in published.totals] == [1_950] * 3


def test_published_drops_the_remainder_and_notes_what_is_missing(
    documents: list[Document], byte_tokenizer: Tokenizer
) -> None:
    result = read(
        documents,
        byte_tokenizer,
        labels=("go",),
        tokens_per_language=100_000,
        max_document_tokens=500,
        packing="published",
    )
    there = sum(min(len(d.text.encode()) + 1, 500) for d in documents if d.language == "go")
    assert len(result.rows) == there // 500
    assert len(result.notes) == 1


def test_class_counts_are_those_of_counted_positions(reading: Reading) -> None:
    counts = class_counts(reading)
    assert counts.shape == (3, 12)
    assert counts.sum(axis=1).tolist() == [1_500] * 3
