import ast
import re
from collections import Counter, defaultdict

import pytest
from datasketch import MinHash, MinHashLSH

from neuroglot.base.errors import ConfigError
from neuroglot.base.planted import PLANTED_LANGUAGES
from neuroglot.base.planted_words import MARKERS
from neuroglot.text.planted import planted_documents

SMALL = {"repositories": 2, "held_out_repositories": 1, "documents_per_repository": 4}


@pytest.fixture(scope="module")
def full_texts():
    return planted_documents()


def test_the_same_seed_writes_the_same_texts_and_another_seed_others():
    first, other = (planted_documents(seed=seed, **SMALL) for seed in (0, 1))
    # Not the ones that are kept from the first call.
    assert first == planted_documents.__wrapped__(seed=0, **SMALL)
    assert not {document.text for document in first} & {document.text for document in other}


def test_more_documents_begin_with_the_same_ones():
    few = planted_documents(**SMALL)
    more = planted_documents(**(SMALL | {"documents_per_repository": 5}))
    assert {document.id for document in few} <= {document.id for document in more}


def test_every_language_has_enough_repositories_and_text(full_texts, planted_model):
    _, tokenizer = planted_model
    tokens, repositories = Counter(), defaultdict(set)
    for document in full_texts:
        if document.split == "train":
            ids = tokenizer(document.text, add_special_tokens=False)["input_ids"]
            tokens[document.language] += len(ids)
            repositories[document.language].add(document.repo)
    assert set(tokens) == set(PLANTED_LANGUAGES)
    assert min(tokens.values()) > 120_000
    assert max(tokens.values()) < 1.05 * min(tokens.values())
    assert {len(repos) for repos in repositories.values()} == {12}


def test_a_repository_belongs_to_one_language_and_one_split(full_texts):
    kinds = defaultdict(set)
    for document in full_texts:
        kinds[document.repo].add((document.language, document.split))
    assert len(kinds) == 6 * 14
    assert all(len(kind) == 1 for kind in kinds.values())
    assert Counter(split for ((_, split),) in kinds.values()) == {"train": 72, "held_out": 12}


def test_without_held_out_repositories_everything_is_train():
    documents = planted_documents(
        repositories=1, held_out_repositories=0, documents_per_repository=2
    )
    assert {document.split for document in documents} == {"train"}
    assert len(documents) == 12


def test_no_text_and_no_path_of_a_repository_stands_twice(full_texts):
    assert len({document.text for document in full_texts}) == len(full_texts)
    assert len({(document.repo, document.path) for document in full_texts}) == len(full_texts)


@pytest.mark.slow
def test_no_two_texts_are_near_duplicates(full_texts):
    index, near = MinHashLSH(threshold=0.85, num_perm=128), 0
    for document in full_texts:
        words = document.text.split()
        shingles = {" ".join(words[i : i + 5]).encode() for i in range(len(words) - 4)}
        sketch = MinHash(num_perm=128)
        sketch.update_batch(list(shingles))
        near += bool(index.query(sketch))
        index.insert(document.id, sketch)
    assert near == 0


def test_the_python_programs_are_python(full_texts):
    for document in full_texts:
        if document.language == "python":
            ast.parse(document.text)


def test_signs_are_balanced_in_the_other_programs(full_texts):
    for document in full_texts:
        if document.language in {"java", "javascript", "go", "rust"}:
            for opening, closing in ("()", "[]", "{}"):
                assert document.text.count(opening) == document.text.count(closing)


def test_nothing_of_the_grammar_and_no_licence_is_left_in_a_text(full_texts):
    leftover = re.compile(r"\$[A-Za-z]|copyright|licen[cs]e", re.IGNORECASE)
    assert not any(leftover.search(document.text) for document in full_texts)


def test_repositories_of_a_language_prefer_different_words(small_texts):
    words = defaultdict(set)
    for document in small_texts:
        if document.language == "python":
            words[document.repo].update(re.findall("[a-z]+", document.text))
    sets = list(words.values())
    for i, one in enumerate(sets):
        for other in sets[i + 1 :]:
            assert len(one & other) / len(one | other) < 0.6


@pytest.mark.parametrize("language", PLANTED_LANGUAGES)
def test_a_languages_markers_are_found_in_its_own_texts_far_more_than_elsewhere(
    language, small_texts
):
    words = {marker for marker in MARKERS[language] if marker.isalpha()}
    share = {}
    for name in PLANTED_LANGUAGES:
        found = re.findall(
            "[A-Z]?[a-z]+", "".join(d.text for d in small_texts if d.language == name)
        )
        share[name] = sum(word in words for word in found) / len(found)
    own = share.pop(language)
    assert own > 0.08
    assert max(share.values()) < own / 4


@pytest.mark.parametrize("wrong", [{"repositories": 0}, {"held_out_repositories": -1}])
def test_counts_below_one_are_refused(wrong):
    with pytest.raises(ConfigError, match="give at least 1, 0 and 1"):
        planted_documents(**wrong)
