"""Crossed bracket prompts: one length, both counts, balanced, and nothing else tells a count."""

import re
from collections import Counter, defaultdict
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuroglot.base.errors import ConfigError
from neuroglot.base.tokenizer import Encoding, Tokenizer
from neuroglot.text.bracket_crossing import CLOSED_COUNTS, MISSING_COUNTS, template_brackets
from neuroglot.text.bracket_prompts import OPENERS
from neuroglot.text.bracket_sketches import BASE, VARIANTS, Variant, sketched
from neuroglot.text.bracket_templates import TEMPLATES, templates_of
from neuroglot.text.bracket_tokens import matched_brackets

CELLS = frozenset(product(CLOSED_COUNTS, MISSING_COUNTS))


def balanced(text: str) -> bool:
    """Whether striking out pairs that stand next to each other leaves no bracket."""
    left = re.sub(r"[^()\[\]{}]", "", text)
    while left != (fewer := re.sub(r"\(\)|\[\]|\{\}", "", left)):
        left = fewer
    return not left


@pytest.fixture(scope="module", params=["merging )", *(f"reference {c}" for c in OPENERS)])
def crossed(request, merging, reference_tokenizer):
    """(tokenizer, set) of a closer's templates in all variants, one layout each."""
    kind, closer = request.param.split()
    made = kind == "merging"
    tokenizer = merging(4, ")]}(") if made else reference_tokenizer
    return tokenizer, template_brackets(
        tokenizer,
        closer=closer,
        templates=TEMPLATES[::5] if made else TEMPLATES,
        variants=VARIANTS,
        layouts=1,
        seed=3,
    )


def test_all_counts_are_crossed_at_one_length(crossed):
    tokenizer, found = crossed
    single = found.closers.ids
    assert all(why.endswith("is not one token") for why in found.dropped)
    cells, lengths = defaultdict(set), defaultdict(set)
    for p in found.prompts:
        cells[p.template, p.comment, p.names].add((p.closed, p.k))
        lengths[p.template, p.comment, p.names].add(p.length)
        assert p.length == len(tokenizer.encode(p.text).ids)
    assert set(map(frozenset, cells.values())) == {frozenset(c for c in CELLS if c[1] in single)}
    assert len(cells) % len(VARIANTS) == 0
    assert {len(each) for each in lengths.values()} == {1}


def test_closers_balance_the_statement_and_are_one_token(crossed):
    tokenizer, found = crossed
    for p in found.prompts:
        statement = p.text[p.statement_start :]
        assert balanced(statement + p.target) and not balanced(statement)
        assert statement.count(p.closer) == p.closed
        assert p.text.endswith(f" {p.number}")
        ids = tokenizer.encode(p.text).ids.tolist()
        whole = [*ids, found.closers.id_of(p.k)]
        assert tokenizer.encode(p.text + p.target).ids.tolist() == whole
        assert tokenizer.encode(tokenizer.decode(whole)).ids.tolist() == whole


def test_variants_hold_the_brackets(crossed):
    """Comment and names change; the brackets, what they hold and the number do not."""
    _, found = crossed
    alike = defaultdict(dict)
    for p in found.prompts:
        alike[p.template, p.layout, p.closed, p.k][p.comment, p.names] = p
    for variants in alike.values():
        base = variants["right", "own"]
        statement = base.text[base.statement_start :]
        assert base.text.count("\n") == 1
        assert variants["absent", "own"].text == statement
        wrong = variants["wrong", "own"].text
        assert wrong.endswith("\n" + statement) and wrong != base.text
        other = variants["right", "other"].text
        assert other.startswith(base.text[: base.statement_start])
        skeletons = {re.sub(r"[^()\[\]{}]", "", p.text) for p in variants.values()}
        assert len(skeletons) == 1 and len({p.number for p in variants.values()}) == 1


def test_other_names_are_none_of_the_template_s(crossed):
    _, found = crossed
    names = {t.id: t.names for t in TEMPLATES}
    for p in found.prompts:
        if p.names == "other":
            statement = p.text[p.statement_start :]
            for name in names[p.template]:
                assert not re.search(rf"\b{re.escape(name)}(?:[(\[{{]|\"?: [{{])", statement)


def test_splits_share_no_word_and_no_number(crossed):
    _, found = crossed
    words = defaultdict(set)
    for p in found.prompts:
        statement = p.text[p.statement_start :]
        words[p.split] |= set(re.findall(r"[A-Za-z_]\w*|(?<![\w.])\d[\d.]*", statement))
    assert set(words) == {"train", "dev", "test"}
    for one, other in combinations(words.values(), 2):
        assert not one & other - {"while", "if", "val"}


def test_neither_count_tells_the_other_or_the_length(crossed):
    _, found = crossed
    k = np.array([p.k for p in found.prompts], dtype=float)
    for other in ([p.closed for p in found.prompts], [p.length for p in found.prompts]):
        assert abs(np.corrcoef(k, np.array(other, dtype=float))[0, 1]) < 1e-9


def test_layouts_move_the_brackets(merging):
    """Where the last open bracket stands does not say how many there are."""
    found = template_brackets(merging(4), templates=TEMPLATES[:1], layouts=12).prompts
    places = defaultdict(set)
    for p in found:
        open_places = [at for at, end in matched_brackets(p.text) if end is None]
        places[p.k].add(open_places[-1] / len(p.text))
    for one, other in combinations((2, 3, 4), 2):
        assert len(places[one]) >= 10
        assert min(places[one]) < max(places[other]) and min(places[other]) < max(places[one])


def test_layouts_and_numbers_are_drawn_apart(merging):
    tokenizer = merging(4)
    found = template_brackets(tokenizer, templates=TEMPLATES[:2], layouts=2, numbers=3).prompts
    by_layout = defaultdict(set)
    for p in found:
        by_layout[p.template, p.layout, p.k, p.closed].add(p.text.removesuffix(str(p.number)))
    assert {len(texts) for texts in by_layout.values()} == {1}
    assert Counter(p.layout for p in found) == {0: 96, 1: 96}
    assert len({p.number for p in found if p.template == found[0].template}) == 6


def test_the_seed_decides_and_templates_do_not_disturb_each_other(merging):
    tokenizer = merging(4)
    few = template_brackets(tokenizer, templates=TEMPLATES[:2], seed=1).prompts
    assert few == template_brackets(tokenizer, templates=TEMPLATES[:2], seed=1).prompts
    assert few != template_brackets(tokenizer, templates=TEMPLATES[:2], seed=2).prompts
    more = template_brackets(tokenizer, templates=TEMPLATES[:4], seed=1).prompts
    assert few == more[: len(few)]


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(TEMPLATES),
    st.integers(0, 10**6),
    st.integers(100, 999),
    st.sampled_from(VARIANTS),
)
def test_a_cell_with_one_more_has_one_place_more(template, seed, number, variant):
    sketch = sketched(template, number, variant, seed=seed)
    assert sorted(sketch.places) == list(range(6)) and sketch.places[-1] >= 3
    plain = dict.fromkeys(range(6), sketch.units[0])
    for closed, missing in CELLS:
        filled = sketch.filled(closed, missing)
        assert len(filled) == closed + missing - 1
        for more in ((closed + 1, missing), (closed, missing + 1)):
            if more in CELLS:
                assert len(sketch.filled(*more) - filled) == 1 and filled < sketch.filled(*more)
        text = sketch.text(filled, plain)
        assert balanced(text.split("\n")[-1] + template.syntax.closer * missing)


def test_counts_that_are_no_single_token_are_left_out_and_counted(merging):
    found = template_brackets(merging(2), templates=TEMPLATES[:3], layouts=1)
    assert {p.k for p in found.prompts} == {1, 2}
    assert found.dropped == {"')))' is not one token": 12, "'))))' is not one token": 12}


def test_a_tokenizer_without_single_closers_is_refused(merging):
    plain = merging(4)

    def encode(text: str) -> Encoding:
        """A last closer joins the digit before it."""
        ids, offsets = plain.encode(text)
        if text.endswith(")"):
            last = [[offsets[-2][0], offsets[-1][1]]]
            return Encoding(np.append(ids[:-2], 399), np.concatenate([offsets[:-2], last]))
        return Encoding(ids, offsets)

    joined = Tokenizer(encode, plain.decode, plain.token_text, None, frozenset(), 400, "joined")
    with pytest.raises(ConfigError, match=r"no run of '\)' is one token .*take another closer"):
        template_brackets(joined)


def test_a_tokenizer_in_which_nothing_is_levelled_is_refused(merging):
    """Tokens are brackets alone, so that no operand makes anything longer."""
    plain = merging(4)

    def encode(text: str) -> Encoding:
        found = plain.encode(text)
        kept = np.isin(found.ids, [ord("("), *range(301, 305)])
        return Encoding(found.ids[kept], found.offsets[kept])

    few = Tokenizer(encode, plain.decode, plain.token_text, None, frozenset(), 400, "few")
    with pytest.raises(ConfigError, match=r"no prompt with '\)' can be written .*python-1 has no"):
        template_brackets(few, templates=TEMPLATES[:1], layouts=1)


@pytest.mark.parametrize("layouts,numbers", [(0, 1), (1, 0), (151, 1), (16, 10)])
def test_wrong_numbers_are_refused(merging, layouts, numbers):
    with pytest.raises(ConfigError, match=f"{layouts} layouts with {numbers} numbers each"):
        template_brackets(merging(4), layouts=layouts, numbers=numbers)


def test_a_wrong_variant_is_refused():
    with pytest.raises(ConfigError, match="no variant 'rude': give right, absent, wrong"):
        Variant(comment="rude")
    assert Variant() == BASE


@pytest.mark.data
@pytest.mark.parametrize(
    "name",
    [
        "gpt2",
        *(
            pytest.param(name, marks=pytest.mark.slow)
            for name in (
                "codellama",
                "deepseek-coder",
                "gpt-neox",
                "llama3.1",
                "qwen2.5-coder",
                "starcoder2",
            )
        ),
    ],
)
def test_real_tokenizers_lose_no_template(data, name):
    from transformers import AutoTokenizer

    from neuroglot.lm.tokenizers import make_tokenizer

    tokenizer = make_tokenizer(AutoTokenizer.from_pretrained(data / "tokenizers" / name))
    for closer in OPENERS:
        found = template_brackets(tokenizer, closer=closer, layouts=1, variants=VARIANTS)
        single = [k for k in MISSING_COUNTS if k in found.closers.ids]
        assert all(why.endswith("is not one token") for why in found.dropped)
        wanted = len(VARIANTS) * len(templates_of(closer)) * len(CLOSED_COUNTS) * len(single)
        assert len(found.prompts) == wanted
        for p in found.prompts[::9]:
            ids = tokenizer.encode(p.text + p.target).ids
            assert ids[-1] == found.closers.ids[p.k] and len(ids) == p.length + 1
