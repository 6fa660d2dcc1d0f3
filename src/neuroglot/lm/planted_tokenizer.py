"""The planted model's tokenizer: the plan's words are one token each, everything else is bytes.

Takes the words of `base/planted_words`, gives the list of tokens and a Hugging Face fast tokenizer
built in memory. Any text comes back unchanged, one with `<s>` written in it too. Knows no weights.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from neuroglot.base import planted_words as words

PAD, BOS, EOS = "<pad>", "<s>", "</s>"
_SPACES = tuple(" " * n for n in range(1, 33)) + tuple("\t" * n for n in range(1, 7))
_LINES = ("\n", "\n\n", "\n\n\n")


@dataclass(frozen=True, slots=True)
class Token:
    """One entry of the vocabulary.

    text: what it reads as, in bytes. kind: special, byte, space, sign, digit, common, word or
    name (a word with a capital). language: the one it is a marker of, "" for none. lemma: the word
    of the texts that it is a form of, "" for none.
    """

    text: bytes
    kind: str
    language: str = ""
    lemma: str = ""


@cache
def planted_tokens() -> tuple[Token, ...]:
    """The vocabulary in the order of ids: specials, the 256 bytes, then everything longer."""
    tokens = {
        token.text: token for token in (Token(s.encode(), "special") for s in (PAD, BOS, EOS))
    }
    for token in (*_bytes(), *_longer()):
        tokens.setdefault(token.text, token)
    return tuple(tokens.values())


def _bytes() -> Iterator[Token]:
    for value in range(256):
        sign = chr(value)
        if sign in "\n\t ":
            yield Token(bytes([value]), "space")
        elif sign.isascii() and sign.isdigit():
            yield Token(bytes([value]), "digit")
        elif sign.isascii() and sign.isprintable() and not sign.isalpha():
            yield _token(sign, "sign")
        else:
            yield _token(sign, "byte") if sign.isascii() else Token(bytes([value]), "byte")


def _longer() -> Iterator[Token]:
    yield from (Token(text.encode(), "space") for text in (*_SPACES, *_LINES))
    yield from (Token(b" %d" % digit, "digit") for digit in range(10))
    signs = [chr(n) for n in range(33, 127) if not chr(n).isalnum()]
    for text, kind in (
        *((sign, "sign") for sign in (*words.SIGNS, *signs)),
        *((word, "common") for group in words.MARKERS.values() for word in group),
        *((word, "common") for word in words.COMMON),
    ):
        yield from _forms(text, kind)
    for form, lemma in _written_words():
        yield from _forms(form, "word", lemma)


def _forms(text: str, kind: str, lemma: str = "") -> Iterator[Token]:
    """With a space in front and without, and with a capital."""
    for form, kind_of_form in ((text, kind), (text.capitalize(), "name")):
        if form == text or text.islower():
            yield _token(form, kind_of_form, lemma)
            yield _token(" " + form, kind_of_form, lemma)


def _token(text: str, kind: str, lemma: str = "") -> Token:
    marked = [name for name, group in words.MARKERS.items() if text.strip(" ") in group]
    return Token(text.encode(), kind, marked[0] if marked else "", lemma)


def _written_words() -> Iterator[tuple[str, str]]:
    """(form, lemma)."""
    for noun in words.NOUNS:
        yield from ((noun, noun), (words.plural(noun), noun))
    for verb in words.VERBS:
        forms = (verb, words.third_person(verb), words.past(verb), words.progressive(verb))
        yield from ((form, verb) for form in forms)
    yield from ((adjective, adjective) for adjective in words.ADJECTIVES)


def planted_tokenizer() -> Any:
    """A PreTrainedTokenizerFast with `<s>`, `</s>` and `<pad>`; `<s>` is put in front by default.

    No merges are learnt: a piece that is in the vocabulary is one token, any other is its bytes.
    """
    from tokenizers import AddedToken, Regex, decoders, models, pre_tokenizers, processors
    from tokenizers import Tokenizer as Backend
    from transformers import PreTrainedTokenizerFast

    tokens = planted_tokens()
    written = {token.text: _byte_letters(token) for token in tokens}
    vocabulary = {written[token.text]: id for id, token in enumerate(tokens)}
    backend = Backend(models.BPE(vocab=vocabulary, merges=[], ignore_merges=True))
    backend.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(words.PIECES), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    backend.decoder = decoders.ByteLevel()
    backend.post_processor = processors.TemplateProcessing(
        single=f"{BOS} $A",
        pair=f"{BOS} $A {BOS} $B",
        special_tokens=[(BOS, vocabulary[BOS])],
    )
    backend.add_special_tokens([AddedToken(text, special=True) for text in (PAD, BOS, EOS)])
    fast: Any = PreTrainedTokenizerFast
    return fast(
        tokenizer_object=backend,
        bos_token=BOS,
        eos_token=EOS,
        pad_token=PAD,
        clean_up_tokenization_spaces=False,
        padding_side="right",
        split_special_tokens=True,
    )


def _byte_letters(token: Token) -> str:
    """How byte-level tokenizers write bytes: printable ones as they are, the rest from U+0100."""
    if token.kind == "special":
        return token.text.decode()
    return "".join(_letter_of_byte()[value] for value in token.text)


@cache
def _letter_of_byte() -> tuple[str, ...]:
    printable = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    rest = iter(range(0x100, 0x200))
    return tuple(chr(value) if value in printable else chr(next(rest)) for value in range(256))
