"""Samples of tokens: drawn evenly, with the classes that the tree and the languages give."""

import numpy as np
import pytest

from neuroglot.base.errors import CorpusError
from neuroglot.text.parallel import ParallelCorpus
from neuroglot.text.probed_tokens import (
    LEAST_ROWS,
    TARGETS,
    _drawn,
    _turns,
    placed_tokens,
    samples,
)

FORMS = {
    "python": "ab{0} = {1} + x\nprint(x)\n",
    "java": "class A {{ int ab{0} = {1} + x; }}",
    "go": "package p\nvar ab{0} = {1} + y\n",
    "haskell": "ab{0} = {1}",
}


def corpus_of(*languages, n=24, tasks=6):
    return ParallelCorpus.from_rows(
        {"id": str(i), "problem": f"task {i % tasks}"}
        | {each: FORMS[each].format("c" * (i % 3), i) for each in languages}
        for i in range(n)
    )


@pytest.fixture(scope="module")
def placed(byte_tokenizer):
    return placed_tokens(corpus_of("python", "java", "go"), byte_tokenizer)


def test_a_token_knows_its_text_place_and_task(placed):
    items = corpus_of("python", "java", "go").items
    assert placed.tasks == tuple(f"task {n}" for n in range(6))
    assert len(placed.texts) == 3 * len(items)
    for at in range(0, len(placed.id), 7):
        item = items[placed.text[at] % len(items)]
        language = placed.languages[placed.language[at]]
        text = placed.texts[placed.text[at]]
        assert text == item[language]
        assert placed.tasks[placed.task[at]] == item.problem
        character = text[placed.place[at]]
        assert chr(placed.id[at]) == character and not character.isspace()
        assert bool(placed.identifier[at]) <= character.isalpha()
    # Every character that is no blank, and nothing else.
    assert len(placed.id) == sum(len("".join(text.split())) for text in placed.texts)


@pytest.mark.parametrize("most", [9, 18, 200, 450, 10_000])
def test_draws_are_as_even_as_the_texts_allow(placed, most):
    everything = np.arange(len(placed.id))
    rows = _drawn(placed, everything, most, seed=0, purpose="syntax")
    assert (np.diff(rows) > 0).all() and len(rows) == min(most, len(everything))
    cell = placed.language * len(placed.tasks) + placed.task
    there, drawn = np.bincount(cell), np.bincount(cell[rows], minlength=18)
    # No cell has fewer than another, but for one token, unless it has no more.
    short = drawn < drawn.max() - 1
    assert (drawn[short] == there[short]).all()


def test_draws_are_fixed_by_the_seed(placed):
    first, again, other = (samples(placed, 450, seed=seed)[0] for seed in (0, 0, 1))
    for target in TARGETS:
        assert np.array_equal(first[target].tokens, again[target].tokens)
    assert not np.array_equal(first["ast"].tokens, other["ast"].tokens)


def test_classes_are_what_the_tree_says_and_none_is_rare(placed):
    drawn, notes = samples(placed, 450, seed=0)
    for target, kinds in (("ast", placed.kind), ("parent", placed.parent)):
        sample = drawn[target]
        words = [placed.kinds[each] for each in kinds[sample.tokens]]
        assert [sample.names[each] for each in sample.classes] == words
        assert np.bincount(sample.classes, minlength=len(sample.names)).min() >= LEAST_ROWS
        assert "" not in sample.names
    assert any(note.startswith("ast: ") and "fewer than 30" in note for note in notes)
    sample = drawn["language"]
    languages = [placed.languages[each] for each in placed.language[sample.tokens]]
    assert [sample.names[each] for each in sample.classes] == languages


def test_languages_are_asked_of_identifiers_that_all_share(placed):
    drawn, notes = samples(placed, 10_000, seed=0)
    letters = {chr(each) for each in placed.id[drawn["language"].tokens]}
    # x is a name in two of the three languages, A and y in one.
    assert letters == {"a", "b", "c"}
    assert "language: of tokens that are identifiers in at least 3 languages" in notes


def test_turns_by_hand():
    assert _turns(np.array([5, 2, 5, 5, 2, 9])).tolist() == [0, 0, 1, 2, 1, 0]


def test_a_language_without_grammar_is_left_out(byte_tokenizer):
    found = placed_tokens(corpus_of("python", "java", "haskell"), byte_tokenizer)
    assert found.languages == ("java", "python")
    assert found.notes == ("no grammar for Haskell: left out of the probes",)
    with pytest.raises(CorpusError, match="has 1 languages with a grammar: give two or more"):
        placed_tokens(corpus_of("python", "haskell"), byte_tokenizer)


def test_too_few_tokens_are_refused(byte_tokenizer):
    found = placed_tokens(corpus_of("python", "java"), byte_tokenizer)
    with pytest.raises(CorpusError, match="20 tokens hold 0 classes of 'ast' with 30 tokens"):
        samples(found, 20, seed=0)
