"""Roles of tokens against the characters they stand for; ids and closers; refusals."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuroglot.base.errors import ConfigError
from neuroglot.text.bracket_crossing import template_brackets
from neuroglot.text.bracket_prompts import OPENERS, BracketPrompt
from neuroglot.text.bracket_tokens import (
    ROLE,
    ROLES,
    bracket_tokens,
    character_roles,
    matched_brackets,
)
from neuroglot.text.published_brackets import published_brackets

LETTER = {
    "open_bracket": "O",
    "closing_bracket": "C",
    "matched_bracket": "M",
    "open_name": "n",
    "matched_name": "m",
    "number": "9",
    "digits": "1",
    "comment": "c",
    "line_above": "a",
    "other": ".",
}


def prompt(text: str, k: int = 1, closer: str = ")", **more) -> BracketPrompt:
    return BracketPrompt(text, "t", "python", k, 0, 347, "train", closer=closer, **more)


@pytest.mark.parametrize(
    "text,roles",
    [
        (
            "# print 347\nprint(abs(n2 + int(12) + 347",
            "ccccccccccccnnnnnOnnnO.....mmmM11C...999",
        ),
        (
            "x = 1\nwhile (n < std::abs(xs[3.5] + 347",
            "aaaaaa......O....nnnnnnnnOmmM111C...999",
        ),
        (
            'rows = {"used_part": {"gap": 42}, "row": {"gap": 347',
            '.......O.mmmmmmmmm...M.......11C...nnn...O.......999',
        ),
        (
            "t := Row{Cell{$n, 7}, 347",
            ".....nnnOmmmmM....1C..999",
        ),
    ],
)  # fmt: skip
def test_roles_of_characters(text, roles):
    found = character_roles(prompt(text))
    assert "".join(LETTER[ROLES[role]] for role in found) == roles


def names_still_open(text: str) -> str:
    """What stands before the brackets that are open, found from the right."""
    names, depth = [], 0
    for at in range(len(text) - 1, text.rfind("\n"), -1):
        if text[at] in ")]}":
            depth += 1
        elif text[at] in "([{":
            if not depth:
                names.append(re.search(r"[\w.:$]*$", text[:at])[0])
            depth = max(depth - 1, 0)
    return "".join(reversed(names))


@pytest.mark.parametrize("closer", OPENERS)
def test_roles_point_at_their_tokens(reference_tokenizer, closer):
    prompts = template_brackets(reference_tokenizer, closer=closer, layouts=1).prompts
    for t in bracket_tokens(prompts, reference_tokenizer):
        p, texts = t.prompt, [reference_tokenizer.token_text(id) for id in t.ids]
        assert t.ids[0] == reference_tokenizer.bos and t.roles[0] == ROLE["bos"]
        by_role = {
            name: [text for text, role in zip(texts, t.roles, strict=True) if role == n]
            for name, n in ROLE.items()
        }
        opener = OPENERS[closer]
        assert "".join(by_role["open_bracket"]).count(opener) == p.k
        assert "".join(by_role["matched_bracket"]).count(opener) == p.closed
        assert "".join(by_role["closing_bracket"]).count(closer) == p.closed
        assert "".join(by_role["number"]).strip() == str(p.number)
        assert "".join(by_role["comment"]).strip() == p.text.split("\n", maxsplit=1)[0]
        if closer != "}":
            assert "".join(by_role["open_name"]).replace(" ", "") == names_still_open(p.text)
        assert len("".join(by_role["matched_name"]).strip()) >= 3 * p.closed


def test_ids_and_answers(merging):
    tokenizer = merging(4)
    for t in bracket_tokens(published_brackets(split="dev")[::50], tokenizer):
        k = t.prompt.k
        assert t.answer == 300 + k
        assert dict(t.wrong) == {n: 300 + n for n in range(1, 5) if n != k}
        assert set(t.neighbours) == {k - 1, k + 1} & {1, 2, 3, 4}
        assert tokenizer.decode([*t.ids[1:], t.answer]) == t.prompt.text + t.prompt.target
        assert len(t.ids) == len(t.roles) == len(tokenizer.encode(t.prompt.text).ids) + 1
        # No bracket is closed in the published prompts, and their comment holds the number.
        assert not set(t.roles) & {ROLE[name] for name in ROLES if name.startswith("matched")}


def test_what_is_no_single_token_is_refused(merging):
    with pytest.raises(ConfigError, match=r"'\)\)\)' is not one token .*counts that are: 1, 2"):
        bracket_tokens([prompt("f(g(h(347", 3)], merging(2))
    with pytest.raises(ConfigError, match=r"is not the token 302 behind 'f\(g\(h\(1\)'"):
        bracket_tokens([prompt("f(g(h(1)", 2)], merging(4))


def test_a_prompt_longer_than_the_context_is_refused(merging):
    text = "print(str(347"
    assert len(bracket_tokens([prompt(text, 2)], merging(4), context=14)[0].ids) == 14
    with pytest.raises(ConfigError, match="template t has 14 tokens, and the model reads 13"):
        bracket_tokens([prompt(text, 2)], merging(4), context=13)


def test_a_closer_that_closes_nothing_is_refused():
    for text, place in (("a)", 1), ("(]", 1), ("f(1))", 4)):
        with pytest.raises(ConfigError, match=f"at character {place} of .* closes nothing"):
            matched_brackets(text)


nested = st.recursive(
    st.sampled_from(["", "a", "1 "]),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(st.sampled_from(["()", "[]", "{}"]), inner).map(
            lambda both: both[0][0] + both[1] + both[0][1]
        ),
    ),
    max_leaves=12,
)


@given(nested, st.lists(st.sampled_from("([{"), max_size=4), nested)
def test_matched_brackets_are_those_of_a_text_made_of_pairs(before, opened, behind):
    text = before + "".join(opened) + behind
    found = matched_brackets(text)
    assert [text[at] for at, end in found if end is None] == opened
    for at, end in found:
        if end is not None:
            assert OPENERS[text[end]] == text[at] and at < end
            assert not [
                1
                for other, other_end in matched_brackets(text[at + 1 : end])
                if other_end is None and other >= 0
            ]
