import re

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from neuroglot.text.shingles import WIDTH, jaccard, shingles


def naive(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"[A-Za-z0-9_\u0080-\U0010ffff]+", text)
    width = min(WIDTH, len(words))
    return (
        {tuple(words[at : at + width]) for at in range(len(words) - width + 1)} if words else set()
    )


TEXTS = st.lists(
    st.sampled_from(["a", "b", "ab", "ba", "é", " ", "\n", "(", "_", "x1"]), max_size=60
)


@given(TEXTS.map("".join))
def test_there_are_as_many_as_distinct_runs_of_words(text: str) -> None:
    own = shingles(text)
    assert len(own) == len(naive(text))
    assert np.array_equal(own, np.unique(own))


@given(TEXTS.map(" ".join), TEXTS.map(" ".join))
def test_similarity_is_that_of_the_runs_themselves(a: str, b: str) -> None:
    both, either = naive(a) & naive(b), naive(a) | naive(b)
    expected = len(both) / len(either) if either else 0.0
    assert jaccard(shingles(a), shingles(b)) == expected


def test_one_word_of_megabytes_is_one_shingle() -> None:
    assert len(shingles("x" * 3_000_000)) == 1
    assert shingles("x" * 3_000_000)[0] != shingles("x" * 3_000_001)[0]


def test_no_words_no_shingles() -> None:
    assert len(shingles("{}();\n")) == 0
    assert len(shingles("")) == 0
