import hashlib
import random
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from neuroglot.text.document import Document
from neuroglot.text.sampling import buckets, reading_order


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_repositories_take_turns_in_order_of_their_names_hash() -> None:
    documents = [Document(f"{repo}{n}", "c", repo=repo) for repo in "abc" for n in range(3)]
    documents = [d for d in documents if d.text not in ("a1", "a2", "b2")]
    order = [document.repo for document in reading_order(documents)]
    names = sorted("abc", key=sha)
    expected = names + [name for name in names if name != "a"] + ["c"]
    assert order == expected


def test_inside_a_repository_by_hash_of_the_text_then_path() -> None:
    documents = [Document(str(n), "c", repo="r", path=f"p{n}") for n in range(20)]
    twins = [Document("same", "c", repo="r", path=path) for path in ("z", "a")]
    order = reading_order(documents + twins)
    assert order == sorted(documents + twins, key=lambda d: (sha(d.text), d.path))


def test_documents_without_a_repository_are_their_own(documents: list[Document]) -> None:
    alone = [Document(f"text {n}", "c") for n in range(40)]
    assert sorted(buckets(alone, max_buckets=32).values()) == sorted(n % 32 for n in range(40))


def test_headers_do_not_change_the_order() -> None:
    bodies = [f"x = {n}\n" for n in range(30)]
    plain = [Document(body, "python", repo="r", path=str(n)) for n, body in enumerate(bodies)]
    headed = [Document("# Copyright X\n" + d.text, "python", repo="r", path=d.path) for d in plain]
    assert [d.path for d in reading_order(headed)] == [d.path for d in reading_order(plain)]


def test_buckets_are_ranks_modulo_their_number() -> None:
    documents = [Document(str(n), "c", repo=f"r{n % 15}") for n in range(60)]
    found = buckets(documents, max_buckets=4)
    ranked = sorted({f"r{n}" for n in range(15)}, key=sha)
    assert found == {name: rank % 4 for rank, name in enumerate(ranked)}
    assert Counter(found.values()) == {0: 4, 1: 4, 2: 4, 3: 3}


@given(st.randoms(use_true_random=False))
def test_the_order_of_files_does_not_matter(draw: random.Random) -> None:
    documents = [
        Document(f"{n}", "c", repo=draw.choice(["a", "b", "c", None]), path=str(n))
        for n in range(25)
    ]
    shuffled = draw.sample(documents, len(documents))
    assert reading_order(shuffled) == reading_order(documents)
    assert buckets(shuffled, max_buckets=3) == buckets(documents, max_buckets=3)
