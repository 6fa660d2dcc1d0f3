"""Pieces: every kind reads as it should, and nothing held out is in any of them."""

import itertools
import re

import pytest

from neuroglot.programs.catalogue import ALGORITHMS, split_of
from neuroglot.programs.generation import draw_programs
from neuroglot.programs.snippets import snippets
from neuroglot.programs.writing import STYLES
from neuroglot.text.corpus import Corpus
from neuroglot.text.parallel import ParallelCorpus
from neuroglot.train.pieces import Pool, streams

LANGUAGES = ("python", "java", "ruby")


@pytest.fixture(scope="module")
def found():
    names = [each.name for each in ALGORITHMS if split_of(each) == "train"][:20]
    programs = tuple(draw_programs(20, algorithms=names, seed=0))
    pool = Pool(programs, tuple(each for each in programs if each.algorithm.level == 1))
    parallel = ParallelCorpus.from_rows(snippets(programs[:8], languages=LANGUAGES))
    texts = {
        language: [f"{language} text {n}\nof two lines\n" for n in range(5)]
        for language in (*LANGUAGES, "english")
    }
    return streams(
        Corpus.from_mapping(texts, deduplicate=False), dict.fromkeys(STYLES, pool), parallel, seed=0
    )


def first(found, group, n=12):
    return list(itertools.islice(found[group](), n))


def test_there_is_a_stream_for_each_kind_and_language(found):
    kinds = {kind for kind, _ in found}
    assert kinds == {
        "code", "english", "programs", "function", "summary", "translation", "brackets",
    }  # fmt: skip
    assert {language for kind, language in found if kind == "programs"} == set(STYLES)


def test_streams_begin_anew_and_are_the_same(found):
    for group in found:
        assert first(found, group, 4) == first(found, group, 4)


def test_documents_come_again_in_another_order(found):
    texts = first(found, ("code", "java"), 10)
    assert sorted(texts[:5]) == sorted(texts[5:])
    assert len(set(texts)) == 5


def test_functions_have_their_comment_and_their_end(found):
    for text in first(found, ("function", "python")):
        assert text.startswith("def ")
        assert '"""' in text
        compile(text, "piece", "exec")
    for text in first(found, ("function", "java")):
        assert text.startswith("/**\n") and text.endswith("}")
        assert text.count("{") == text.count("}")


def test_summaries_end_with_one_line(found):
    for text in first(found, ("summary", "ruby")):
        code, _, said = text.rpartition("\nSummary: ")
        assert code.startswith("Ruby:\n")
        assert said.endswith(".") and "\n" not in said


def test_translations_show_none_to_four_others(found):
    texts = first(found, ("translation", "python"), 60)
    shown = {len(re.findall(r" - (?:java|ruby): ", text.lower())) - 1 for text in texts}
    assert {0, 4} <= shown <= {0, 1, 2, 3, 4}
