"""The templates of the bracket study: enough of all kinds, and nothing shared between splits."""

import re
from collections import Counter
from itertools import combinations

import pytest

from neuroglot.base.errors import ConfigError
from neuroglot.base.languages import language
from neuroglot.text.bracket_prompts import OPENERS, SPLIT_NAMES
from neuroglot.text.bracket_templates import (
    TEMPLATES,
    WORDS,
    comment_line,
    split_numbers,
    templates_of,
    wrong_comment,
)

KEYWORDS = {"while", "if", "val"}


def identifiers(split: str) -> set[str]:
    """Every word that can stand in a statement of the split."""
    words = WORDS[split]
    texts = [
        *words.variables,
        *(name.upper() for name in words.variables),
        *words.keys,
        *(w for pair in words.others for w in pair),
    ]
    for template in TEMPLATES:
        if template.split == split:
            texts += [template.before, *template.names]
    return set(re.findall(r"[A-Za-z_]\w*", " ".join(texts))) - KEYWORDS


def test_there_are_enough_of_all_kinds():
    assert len({t.id for t in TEMPLATES}) == len(TEMPLATES) == 50
    kinds = Counter((t.syntax.closer, t.split) for t in TEMPLATES)
    assert kinds[")", "test"] == kinds[")", "train"] == 12 and kinds[")", "dev"] == 6
    assert {closer for closer, _ in kinds} == set(OPENERS)
    assert all(kinds[closer, split] >= 2 for closer in OPENERS for split in SPLIT_NAMES)
    for split in ("train", "test"):
        own = [t for t in templates_of(")") if t.split == split]
        assert len({t.language for t in own}) >= 11
        assert {t.argument for t in own} == {"number", "name", "pair", "index"}
    assert all(language(t.language) for t in TEMPLATES)


@pytest.mark.parametrize("one,other", list(combinations(SPLIT_NAMES, 2)))
def test_splits_share_no_name_no_number_and_no_comment(one, other):
    assert not identifiers(one) & identifiers(other)
    assert not set(WORDS[one].numbers) & set(WORDS[other].numbers)
    assert not set(split_numbers(one)) & set(split_numbers(other))
    said = [{t.comment for t in TEMPLATES if t.split == split} for split in (one, other)]
    assert not said[0] & said[1]


def test_every_number_of_three_digits_belongs_to_a_split():
    numbers = [n for split in SPLIT_NAMES for n in split_numbers(split)]
    assert sorted(numbers) == list(range(100, 1000))


def test_a_statement_opens_one_bracket_beside_its_places():
    for t in TEMPLATES:
        assert len(t.nested) == 3 and len(t.calls) in (1, 3)
        opener = OPENERS[t.syntax.closer]
        beginning = t.before + (t.syntax.opener.format(name=t.outer) if t.outer else "")
        assert beginning.count(opener) == 1 and t.syntax.closer not in beginning
        assert not set(t.nested) & set(t.calls)
        assert len(t.names) <= len(WORDS[t.split].others)


def test_a_wrong_comment_is_another_one_of_the_split():
    for t in TEMPLATES:
        wrong = wrong_comment(t)
        assert wrong != t.comment
        assert wrong in {o.comment for o in TEMPLATES if o.split == t.split}
    with pytest.raises(ConfigError, match="no comment is wrong for template 'train-python-1'"):
        wrong_comment(TEMPLATES[0], TEMPLATES[:1])
    assert comment_line("python", "x") == "# x\n" and comment_line("go", "x") == "// x\n"


def test_a_closer_without_templates_is_refused():
    with pytest.raises(ConfigError, match="no template is closed by '>'"):
        templates_of(">")
