import random

from hypothesis import given, settings
from hypothesis import strategies as st

from neuroglot.text.document import Document
from neuroglot.text.splitting import held_out_places


def corpus(draw: random.Random, repos: list[str | None]) -> list[Document]:
    return [
        Document(
            f"{n} " * draw.randrange(1, 50),
            draw.choice(["c", "cpp", "go"]),
            repo=draw.choice(repos),
            id=str(n),
        )
        for n in range(draw.randrange(12, 80))
    ]


@settings(deadline=None)
@given(st.randoms(use_true_random=False), st.sampled_from([0.05, 0.1, 0.3, 0.5]))
def test_whole_repositories_go_out_and_every_label_keeps_one(
    draw: random.Random, share: float
) -> None:
    documents = corpus(draw, [f"r{n}" for n in range(9)])
    out = held_out_places(documents, share)
    n_repos = {
        d.language: len({e.repo for e in documents if e.language == d.language}) for d in documents
    }
    sides = {(d.repo, place in out) for place, d in enumerate(documents) if n_repos[d.language] > 1}
    assert len(sides) == len({repo for repo, _ in sides})
    for label in n_repos:
        inside = [place in out for place, d in enumerate(documents) if d.language == label]
        assert not all(inside)


@settings(deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_files_does_not_matter(draw: random.Random) -> None:
    documents = corpus(draw, ["a", "b", "c", None])
    shuffled = draw.sample(documents, len(documents))
    out = {documents[place].id for place in held_out_places(documents, 0.2)}
    assert {shuffled[place].id for place in held_out_places(shuffled, 0.2)} == out


def test_many_small_repositories_come_near_the_share() -> None:
    documents = [Document(f"{n:05d} " * 10, "c", repo=f"r{n // 3}") for n in range(900)]
    out = held_out_places(documents, 0.1)
    assert 0.08 < len(out) / 900 < 0.13


def test_documents_without_repositories_are_split_by_content() -> None:
    documents = [Document(f"text number {n:04d}", "c") for n in range(500)]
    assert 0.08 < len(held_out_places(documents, 0.1)) / 500 < 0.13


def test_a_single_repository_is_split_by_content() -> None:
    documents = [Document(f"text number {n:04d}", "c", repo="only") for n in range(500)]
    assert 0.08 < len(held_out_places(documents, 0.1)) / 500 < 0.13


def test_of_two_repositories_the_smaller_goes_out() -> None:
    documents = [Document("large " * 100, "c", repo="a"), Document("small", "c", repo="b")]
    assert held_out_places(documents, 0.1) == {1}


def test_one_document_stays() -> None:
    assert held_out_places([Document("a", "c")], 0.1) == frozenset()
    assert held_out_places([], 0.1) == frozenset()
