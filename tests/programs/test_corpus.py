"""Generated programs as a corpus: the same ones in every language, families kept apart."""

import pytest

from neuroglot.base.errors import ConfigError
from neuroglot.programs.corpus import NOTE, program_corpus
from neuroglot.programs.generation import generate


@pytest.fixture(scope="module")
def corpus():
    return program_corpus(["python", "english", "c"], count=130)


def test_the_same_programs_in_every_language_and_in_english(corpus):
    by_language = {
        language: {d.path for d in corpus.documents if d.language == language}
        for language in corpus.languages
    }
    assert list(by_language) == ["python", "english", "c"]
    assert len(by_language["python"]) == 130
    assert by_language["python"] == by_language["c"] == by_language["english"]


def test_texts_are_what_is_generated(corpus):
    rows = generate(130, languages=["c"], styles=["procedural"], seed=2_000)
    written = {d.id: d.text for d in corpus.documents if d.language == "c"}
    assert {row.id: row.code for row in rows} == written


def test_english_holds_no_signature(corpus):
    for document in corpus.documents:
        if document.language == "english":
            first, second = document.text.rstrip("\n").split("\n", 1)
            assert first.endswith(".")
            assert second.startswith(("The result is", "Returns", "It ")) or "`" in second
            assert "->" not in document.text


def test_a_family_is_in_one_split(corpus):
    splits = {}
    for document in corpus.documents:
        splits.setdefault(document.repo, set()).add(document.split)
    assert all(len(found) == 1 for found in splits.values())
    assert corpus.has_both_splits


def test_it_says_what_it_is(corpus):
    assert corpus.source == "programs"
    assert NOTE in corpus.notes


def test_english_alone():
    corpus = program_corpus(["english"], count=3)
    assert [d.language for d in corpus.documents] == ["english"] * 3


def test_a_language_in_which_nothing_is_written_is_named():
    with pytest.raises(ConfigError, match=r"no programs are generated in perl: known are c, cpp"):
        program_corpus(["python", "perl"])
