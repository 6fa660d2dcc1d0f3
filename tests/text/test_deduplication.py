import random
from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from neuroglot.text.deduplication import SIMILARITY, deduplicate
from neuroglot.text.document import Document
from neuroglot.text.shingles import jaccard, shingles

Prose = Callable[[int, int], str]


def kinds(documents: list[Document]) -> list[str]:
    return [duplicate.kind for duplicate in deduplicate(documents).dropped]


def test_the_first_of_equal_texts_stays() -> None:
    first, second = Document("a b c", "c", path="1"), Document("a b c", "c", path="2")
    result = deduplicate([first, second])
    assert result.kept == (first,)
    assert [(d.document, d.kind, d.first) for d in result.dropped] == [(second, "exact", first)]


def test_a_text_under_two_labels_is_dropped_from_the_second(prose: Prose) -> None:
    text = prose(1, 60)
    assert kinds([Document(text, "c"), Document(text, "cpp")]) == ["other"]
    assert kinds([Document(text, "c"), Document(text + " x", "cpp")]) == ["other"]


def test_near_duplicates_are_told_by_their_true_similarity(prose: Prose) -> None:
    words = prose(2, 200).split()
    for n_changed in range(0, 60, 2):
        text = " ".join([*words[: len(words) - n_changed], *(f"new{k}" for k in range(n_changed))])
        similarity = jaccard(shingles(" ".join(words)), shingles(text))
        dropped = kinds([Document(" ".join(words), "c"), Document(text + "\n", "c")])
        assert (dropped == ["near"]) == (similarity >= SIMILARITY), (n_changed, similarity)


def test_a_near_duplicate_of_the_same_label_counts_there_though_another_has_one_too(
    prose: Prose,
) -> None:
    words = prose(3, 200).split()
    first = " ".join(words)
    second = " ".join([*words[:-20], *(f"b{k}" for k in range(20))])
    between = " ".join([*words[:-10], *(f"b{k}" for k in range(10, 20))])
    result = deduplicate([Document(first, "c"), Document(second, "go"), Document(between, "go")])
    assert jaccard(shingles(first), shingles(second)) < SIMILARITY
    assert [d.kind for d in result.dropped] == ["near"]


def test_texts_without_words_are_only_dropped_when_equal() -> None:
    assert kinds([Document("{}", "c"), Document("();", "c"), Document("{}", "c")]) == ["exact"]


def test_licence_headers_do_not_make_texts_alike_or_different(prose: Prose) -> None:
    header = "# Copyright X\n" + "# all rights reserved, and so on and on\n" * 40
    apart = [Document(header + prose(seed, 20), "python") for seed in (4, 5)]
    assert kinds(apart) == []
    alike = [Document(header + prose(4, 20), "python"), Document(prose(4, 20), "python")]
    assert kinds(alike) == ["exact"]


@settings(deadline=None, max_examples=40)
@given(st.randoms(use_true_random=False), st.integers(2, 30))
def test_twice_drops_nothing_more_and_those_kept_are_no_duplicates(
    draw: random.Random, n: int
) -> None:
    vocabulary = [f"w{k}" for k in range(12)]
    base = [draw.choice(vocabulary) for _ in range(60)]
    documents: list[Document] = []
    for at in range(n):
        words = list(base)
        for _ in range(draw.randrange(4)):
            words[draw.randrange(60)] = draw.choice(vocabulary)
        documents.append(Document(" ".join(words), draw.choice(["c", "go"]), path=str(at)))
    result = deduplicate(documents)
    assert len(result.kept) + len(result.dropped) == n
    assert deduplicate(result.kept).kept == result.kept
    sets = [shingles(document.text) for document in result.kept]
    for at, own in enumerate(sets):
        assert all(jaccard(own, other) < SIMILARITY for other in sets[:at])
