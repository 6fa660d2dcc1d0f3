"""Generated programs as docstring-to-function prompts: what is given, and what is asked for."""

import ast
import re

import pytest

from neuroglot.programs.generation import generate
from neuroglot.programs.writing import STYLES
from neuroglot.text.prompts import function

WORDS = "Does what nobody else does."


@pytest.mark.parametrize("language", STYLES)
def test_the_question_ends_with_the_signature_of_the_entry(language):
    for row in generate(30, languages=[language], seed=6):
        prompt = function(WORDS, row.code, language=language, entry=row.entry)
        lines = prompt.question.rstrip("\n").split("\n")
        said = [place for place, line in enumerate(lines) if WORDS in line]
        named = re.compile(rf"(?<![\w.]){re.escape(row.entry)}(?!\w)")
        signature = next(place for place, line in enumerate(lines) if named.search(line))
        assert len(said) == 1
        assert signature < said[0] if language == "python" else said[0] < signature
        without = [line for line in prompt.text.split("\n") if WORDS not in line]
        kept = [line for line in without if line.strip() not in ("/**", "*/")]
        assert kept == row.code.rstrip().split("\n")


def test_the_docstring_belongs_to_the_entry():
    for row in generate(30, languages=["python"], seed=6):
        tree = ast.parse(function(WORDS, row.code, language="python", entry=row.entry).text)
        said = {
            node.name
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef) and ast.get_docstring(node)
        }
        assert said == {row.entry}


def test_php_begins_with_its_tag():
    row = next(iter(generate(1, languages=["php"], styles=["procedural"])))
    question = function(WORDS, row.code, language="php", entry=row.entry).question
    assert question.startswith("<?php\n")
    assert question.endswith("{\n")
