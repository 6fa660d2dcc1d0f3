"""Lists of words: those that come with neuroglot, a folder of one's own, English."""

import json
import keyword

import pytest

from neuroglot.base.errors import ConfigError
from neuroglot.text.keywords import bundled_lists, english_words, is_word, read_lists

PUBLISHED = {
    *("c", "cpp", "csharp", "dart", "elixir", "erlang", "fortran", "go", "java", "javascript"),
    *("kotlin", "lua", "matlab", "objective-c", "php", "python", "python2", "r", "ruby", "rust"),
    *("scala", "swift", "visualbasic"),
}
"""The languages of arXiv 2506.01074."""


def test_every_published_language_has_both_kinds_and_its_sources():
    lists = bundled_lists()
    assert set(lists) >= PUBLISHED
    for own in lists.values():
        assert len(own.keywords) >= 20, own.name
        assert len(own.builtins) >= 15, own.name
        assert own.sources
        assert not own.keywords & own.builtins
        assert all(is_word(word) for word in own.words)


def test_python_s_keywords_are_python_s():
    assert set(keyword.kwlist) <= bundled_lists()["python"].keywords
    assert {"print", "len", "ValueError"} & bundled_lists()["python"].words >= {"print", "len"}


def test_go_has_its_twenty_five():
    go = (
        "break default func interface select case defer go map struct chan else goto package "
        "switch const fallthrough if range type continue for import return var"
    )
    assert set(go.split()) <= bundled_lists()["go"].keywords


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("c", "while struct sizeof"),
        ("cpp", "template namespace virtual"),
        ("csharp", "foreach namespace sealed"),
        ("java", "implements synchronized extends"),
        ("javascript", "function typeof const"),
        ("kotlin", "fun val when"),
        ("php", "foreach echo elseif"),
        ("ruby", "elsif unless def"),
        ("rust", "impl fn match"),
        ("fortran", "SUBROUTINE subroutine do"),
        ("elixir", "defmodule cond fn"),
    ],
)
def test_words_that_each_must_have(language, words):
    assert set(words.split()) <= bundled_lists()[language].keywords


def test_a_folder_in_the_published_form(tmp_path):
    own = {"name": "Python", "keywords": ["def", "two words", "#if", "7"], "sources": ["mine"]}
    (tmp_path / "first.json").write_text(json.dumps(own))
    (tmp_path / "tongue.json").write_text(json.dumps({"name": "Tongue", "keywords": ["ja"]}))
    found = read_lists(tmp_path)
    assert set(found) == {"python", "tongue"}
    assert found["python"].keywords == {"def"}
    assert found["python"].sources == ("mine",)
    assert found["tongue"].builtins == frozenset()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[]", "is no keyword list"),
        ('{"keywords": ["a"]}', "is no keyword list"),
        ('{"name": "X", "keywords": "def"}', "is no keyword list"),
        ('{"name": "X", "keywords": [7]}', "is no keyword list"),
        ('{"name": "X", "keywords": ["+"]}', "holds no words"),
        ("{", "cannot read"),
    ],
)
def test_a_file_of_another_form_is_named(tmp_path, content, said):
    (tmp_path / "odd.json").write_text(content)
    with pytest.raises(ConfigError, match=said) as refused:
        read_lists(tmp_path)
    assert "odd.json" in str(refused.value)


def test_a_folder_without_lists_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"no \.json files in"):
        read_lists(tmp_path)


def test_english_from_a_file(tmp_path):
    file = tmp_path / "words.txt"
    file.write_text("while\n42\n  house \n;\n")
    found = {"while", "While", "WHILE", "house", "House", "HOUSE"}
    assert english_words(file) == found
    file.write_text("1\n2\n")
    with pytest.raises(ConfigError, match="holds no words"):
        english_words(file)
    with pytest.raises(ConfigError, match="cannot read"):
        english_words(tmp_path / "nothing")


def test_english_from_the_package():
    pytest.importorskip("wordfreq", reason="needs neuroglot[lens]")
    words = english_words()
    assert {"the", "return", "House"} <= words
    assert len(words) > 50_000
