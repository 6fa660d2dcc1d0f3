from dataclasses import replace

import numpy as np

from neuroglot.base.tokenizer import Tokenizer
from neuroglot.text.document import Document
from neuroglot.text.pieces import CHARACTERS_PER_TOKEN, Piece, piece
from neuroglot.text.token_classes import CLASS_NUMBER

MANY = 10**9
MARK, BOS = 257, 256


def cut(tokenizer: Tokenizer, text: str, tokens: int = MANY, counted: int = MANY) -> Piece:
    return piece(
        Document(text, "python"),
        tokenizer,
        most_tokens=min(tokens, 10**6),
        most_counted=counted,
        count_all=False,
    )


def test_bos_stands_in_front_and_does_not_count(byte_tokenizer: Tokenizer) -> None:
    one = cut(byte_tokenizer, "x = 1")
    assert one.ids.tolist() == [BOS, *b"x = 1"]
    assert one.counted.tolist() == [False, *[True] * 5]
    assert one.offsets.tolist() == [[0, 0], *([n, n + 1] for n in range(5))]
    assert one.classes[0] == CLASS_NUMBER["other"]
    assert (one.ids.dtype, one.counted.dtype, one.classes.dtype, one.offsets.dtype) == (
        *(np.int64, np.bool_, np.int8, np.int32),
    )


def test_without_bos_nothing_stands_in_front(byte_tokenizer: Tokenizer) -> None:
    one = cut(replace(byte_tokenizer, bos=None), "ab", tokens=1)
    assert one.ids.tolist() == list(b"a")


def test_bos_never_counts_even_if_it_is_not_named_special(byte_tokenizer: Tokenizer) -> None:
    assert cut(replace(byte_tokenizer, special_ids=frozenset()), "ab").counted.tolist() == [
        *(False, True, True),
    ]


def test_rows_are_cut_at_their_length_with_bos(byte_tokenizer: Tokenizer) -> None:
    assert cut(byte_tokenizer, "abcdef", tokens=4).ids.tolist() == [BOS, *b"abc"]


def test_exactly_the_counted_tokens_wanted_are_kept(byte_tokenizer: Tokenizer) -> None:
    one = cut(byte_tokenizer, "a\x01b\x01c", counted=2)
    assert one.ids.tolist() == [BOS, ord("a"), MARK, ord("b")]
    assert one.counted.tolist() == [False, True, False, True]


def test_all_positions_count_where_asked(byte_tokenizer: Tokenizer) -> None:
    document = Document("a\x01", "c")
    one = piece(document, byte_tokenizer, most_tokens=9, most_counted=9, count_all=True)
    assert one.counted.all()
    assert len(one) == 3


def test_a_long_line_is_not_encoded_to_its_end(byte_tokenizer: Tokenizer) -> None:
    seen: list[int] = []

    def encode(text: str):
        seen.append(len(text))
        return byte_tokenizer.encode(text)

    one = cut(replace(byte_tokenizer, encode=encode), "x" * 10_000_000, tokens=100)
    assert len(one) == 100
    assert seen == [100 * CHARACTERS_PER_TOKEN]
