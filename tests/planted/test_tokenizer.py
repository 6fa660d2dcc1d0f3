import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuroglot.base import planted_words as words
from neuroglot.base.planted import PLANTED_LANGUAGES
from neuroglot.lm.planted_tokenizer import planted_tokenizer, planted_tokens

TOKENIZER = planted_tokenizer()


def ids_of(text):
    return TOKENIZER(text, add_special_tokens=False)["input_ids"]


@given(st.text() | st.text(alphabet="<s>/pad \n\t.é日aB9_()"))
def test_any_text_comes_back_unchanged_and_without_special_tokens(text):
    ids = ids_of(text)
    assert TOKENIZER.decode(ids) == text
    assert not set(ids) & set(TOKENIZER.all_special_ids)


def test_the_planted_texts_come_back_unchanged_and_are_hardly_ever_spelled(small_texts):
    tokens = planted_tokens()
    spelled = total = 0
    for document in small_texts:
        ids = ids_of(document.text)
        assert TOKENIZER.decode(ids) == document.text
        spelled += sum(tokens[id].kind == "byte" for id in ids)
        total += len(ids)
    assert spelled / total < 0.01


@pytest.mark.parametrize("language", PLANTED_LANGUAGES)
def test_a_marker_is_one_token_that_knows_its_language_with_a_space_and_without(language):
    for marker in words.MARKERS[language]:
        for text in (marker, " " + marker):
            (id,) = ids_of(text)
            assert planted_tokens()[id].language == language


def test_words_are_one_token_in_every_form():
    forms = [
        *words.NOUNS,
        *map(words.plural, words.NOUNS),
        *words.VERBS,
        *map(words.third_person, words.VERBS),
        *map(words.past, words.VERBS),
        *map(words.progressive, words.VERBS),
        *words.ADJECTIVES,
        *words.COMMON,
    ]
    for form in forms:
        for text in (form, " " + form, form.capitalize(), " " + form.capitalize()):
            if form.islower() or form == text.strip():
                assert len(ids_of(text)) == 1, text


def test_no_word_but_a_marker_carries_a_language():
    marked = {token.text.decode().strip(" ") for token in planted_tokens() if token.language}
    assert marked == {marker for group in words.MARKERS.values() for marker in group}


def test_a_row_begins_with_the_start_token_and_offsets_point_into_the_text():
    text = "def load_orders(self):\n    return self.orders"
    encoded = TOKENIZER(text, return_offsets_mapping=True)
    assert encoded["input_ids"][0] == TOKENIZER.bos_token_id
    pieces = [text[start:end] for start, end in encoded["offset_mapping"][1:]]
    assert "".join(pieces) == text
    assert pieces[:6] == ["def", " load", "_", "orders", "(", "self"]


def test_the_tokens_ids_are_their_places():
    backend = TOKENIZER.backend_tokenizer
    assert backend.get_vocab_size() == len(planted_tokens())
    assert len({token.text for token in planted_tokens()}) == len(planted_tokens())
    assert TOKENIZER.convert_tokens_to_ids(["<pad>", "<s>", "</s>"]) == [0, 1, 2]


@pytest.mark.parametrize(
    ("verb", "forms"),
    [
        ("load", ("loads", "loaded", "loading")),
        ("merge", ("merges", "merged", "merging")),
        ("apply", ("applies", "applied", "applying")),
        ("fetch", ("fetches", "fetched", "fetching")),
        ("deploy", ("deploys", "deployed", "deploying")),
    ],
)
def test_verbs_are_inflected_by_the_regular_rules(verb, forms):
    assert (words.third_person(verb), words.past(verb), words.progressive(verb)) == forms
