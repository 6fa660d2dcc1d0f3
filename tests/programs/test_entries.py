"""Prompts of generated programs, and the files that test what was written after them."""

import pytest

from neuroglot.base.errors import ProgramError
from neuroglot.programs.entries import completed, entry_code, entry_prompt
from neuroglot.programs.generation import generate
from neuroglot.programs.writing import STYLES
from neuroglot.text.parsing import parse

MORE = {"python": "\n\n\nx = 1\n", "ruby": "\n\nx = 1\n"}


def plain(source):
    """Code without white space, which the answer's new place may have changed."""
    return "".join(source.split())


@pytest.mark.parametrize("language", STYLES)
def test_the_programs_own_answer_gives_its_own_tests_back(language):
    for row in generate(25, languages=[language], seed=4):
        prompt = entry_prompt(row)
        own = plain(row.tests).replace("NEUROGLOT-TOKEN", "@neuroglot-token@passed")
        more = MORE.get(language, "\n\nint x() { }")
        for answer in (prompt.answer, prompt.answer + more, f"\n{prompt.answer}{more}"):
            found = completed(row, answer)
            assert found.language == language
            if language == "go":
                assert own.partition(")")[2] in plain(found.source)
            else:
                assert plain(found.source).endswith(own)


@pytest.mark.parametrize("language", STYLES)
def test_a_prompt_is_description_and_signature_and_the_answer_the_body(language):
    for row in generate(15, languages=[language], seed=4):
        prompt, code = (
            entry_prompt(row),
            entry_code(row.code, language=row.language, entry=row.entry),
        )
        assert row.description in prompt.question
        assert row.entry in prompt.text
        assert code.endswith(prompt.answer)
        assert not code[0].isspace()
        assert code in row.code or all(line.strip() in row.code for line in code.split("\n"))
        assert (code.split("\n")[0] in prompt.question) == ("\n" in code)


def test_another_body_takes_the_place_of_the_entrys():
    for row in generate(30, languages=["python", "java"], seed=4):
        body = {"python": "    return 17.25", "java": "    return 17.25;\n}"}[row.language]
        source = completed(row, body).source
        assert source.count("17.25") == 1
        assert entry_prompt(row).answer not in source
        assert not parse(source, row.language).root_node.has_error
        if row.language == "python":
            compile(source, row.id, "exec")


def test_rows_that_do_not_fit_are_refused():
    (row,) = generate(1, languages=["python"], styles=["procedural"], documented=True)
    with pytest.raises(ProgramError, match="generated without comments"):
        completed(row, "    pass")
    with pytest.raises(ProgramError, match="no function 'other'"):
        entry_code(row.code, language=row.language, entry="other")
