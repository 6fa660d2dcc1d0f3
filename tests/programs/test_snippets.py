"""Snippets: each is one statement, whole, in every language."""

import ast

import pytest

from neuroglot.base.errors import ConfigError
from neuroglot.programs.generation import draw_programs, named
from neuroglot.programs.snippets import BEGIN, MARK, cut, snippets
from neuroglot.programs.writing import STYLES, writer

LANGUAGES = tuple(STYLES)


def test_by_hand():
    drawn = named("greatest_divisor-0-0")
    texts = cut(drawn.program, "python")
    code = writer("python", "procedural").code(drawn.program, style="procedural", documented=False)
    body = ast.parse(code).body[0].body
    assert len(texts) == len(body)
    for number, statement in enumerate(body, 1):
        assert ast.dump(ast.parse(texts[number])) == ast.dump(
            ast.Module([statement], type_ignores=[])
        )


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_statement_stands_in_the_code(language):
    for drawn in draw_programs(12, seed=1):
        code = writer(language, "procedural").code(
            drawn.program, style="procedural", documented=False
        )
        squeezed = " ".join(code.split())
        texts = cut(drawn.program, language)
        n_statements = sum(len(function.body) for function in drawn.program.functions)
        assert sorted(texts) == list(range(1, n_statements + 1))
        for text in texts.values():
            assert " ".join(text.split()) in squeezed
            assert MARK not in text and str(BEGIN) not in text
            assert text.strip() and text[0] != " "
            assert text.count("{") == text.count("}")


def test_items():
    items = list(snippets(draw_programs(12), languages=LANGUAGES))
    assert len({item["id"] for item in items}) == len(items)
    texts = [tuple(item[language] for language in LANGUAGES) for item in items]
    assert len(set(texts)) == len(texts), "one that reads the same everywhere comes once"
    for item in items:
        assert set(item) == {"id", "problem", *LANGUAGES}
        name, _, number = item["id"].rpartition(".")
        assert item["problem"] == named(name).algorithm.family
        assert number.isdecimal()


def test_statements_correspond():
    """What returns in one language returns in all."""
    for item in snippets(draw_programs(12), languages=["python", "java", "c"]):
        returns = {item[language].startswith("return") for language in ("python", "java", "c")}
        loops = {item[language].startswith(("for", "while")) for language in ("python", "java")}
        assert len(returns) == len(loops) == 1, item


def test_unknown_language():
    with pytest.raises(ConfigError, match="no programs in language 'cobol'"):
        list(snippets(draw_programs(1), languages=["cobol"]))
