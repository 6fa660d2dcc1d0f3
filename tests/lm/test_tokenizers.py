"""Tokenizers as records: text is text, spaces are kept, offsets point into the text."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, processors
from transformers import AutoTokenizer, PreTrainedTokenizerFast

from neuroglot.base.errors import ModelError
from neuroglot.lm.tokenizers import make_tokenizer

FAMOUS = [
    "codellama", "llama3.1", "qwen2.5-coder", "starcoder2", "deepseek-coder", "gpt2", "gpt-neox",
]  # fmt: skip


def byte_level() -> PreTrainedTokenizerFast:
    """All bytes and a few merges, as GPT-2 and its kin; adds BOS and EOS, trims offsets."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    merges = [("Ġ", "i"), ("Ġi", "f"), ("Ġ", "Ġ"), ("ĠĠ", "ĠĠ"), ("<", "s")]
    words = ["<s>", "</s>", *alphabet, *(a + b for a, b in merges)]
    backend = Tokenizer(models.BPE({word: id for id, word in enumerate(words)}, merges))
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    backend.decoder = decoders.ByteLevel()
    backend.post_processor = processors.Sequence(
        [
            processors.ByteLevel(trim_offsets=True),
            processors.TemplateProcessing("<s> $A </s>", None, [("<s>", 0), ("</s>", 1)]),
        ]
    )
    backend.enable_truncation(4)
    made = PreTrainedTokenizerFast(tokenizer_object=backend, bos_token="<s>", eos_token="</s>")
    made.add_tokens([AddedToken("]]]", normalized=False)])
    made.add_special_tokens({"additional_special_tokens": ["<fim_prefix>"]})
    return made


def pieces() -> PreTrainedTokenizerFast:
    """Word pieces with a space mark and bytes for the rest, as Llama 2's."""
    words = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256))]
    words += ["▁", *map(chr, range(33, 127)), "▁i", "▁if", "▁▁"]
    merges = [("▁", "i"), ("▁i", "f"), ("▁", "▁")]
    backend = Tokenizer(
        models.BPE(
            {word: id for id, word in enumerate(words)},
            merges,
            unk_token="<unk>",
            byte_fallback=True,
            fuse_unk=True,
        )
    )
    backend.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first", split=False)
    backend.decoder = decoders.Sequence(
        [
            decoders.Replace("▁", " "),
            decoders.ByteFallback(),
            decoders.Fuse(),
            decoders.Strip(" ", 1, 0),
        ]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=backend, bos_token="<s>", eos_token="</s>", unk_token="<unk>"
    )


@pytest.fixture(params=[byte_level, pieces], ids=["bytes", "pieces"])
def made(request):
    return request.param()


TEXT = "if x:\n    return '<s>é漢😀</s>' if y ]]] <fim_prefix>\t#  <unk> end"


def test_text_comes_back(made):
    record = make_tokenizer(made)
    assert record.decode(record.encode(TEXT).ids) == TEXT
    assert record.encode("").ids.shape == (0,)
    assert record.encode("").offsets.shape == (0, 2)


@given(text=st.text(max_size=60))
def test_any_text_comes_back(text):
    record = make_tokenizer(byte_level())
    assert record.decode(record.encode(text).ids.tolist()) == text


def test_special_words_in_a_source_file_are_text(made):
    record = make_tokenizer(made)
    for text in ("<s>", "a</s>b", "x <s> y", "if (a<s>b)", "<fim_prefix>", "<unk>"):
        ids = record.encode(text).ids
        assert not record.special_ids & set(ids.tolist()), text
        assert record.decode(ids) == text


def test_nothing_is_added_cut_or_padded(made):
    record = make_tokenizer(made)
    long = "if " * 500
    ids = record.encode(long).ids
    assert ids.dtype == np.int64
    assert len(ids) > 400
    assert record.bos not in ids
    assert record.decode(ids) == long


def test_offsets_tile_the_text(made):
    record = make_tokenizer(made)
    found = record.encode(TEXT)
    assert found.offsets.shape == (len(found.ids), 2)
    starts, ends = found.offsets[:, 0], found.offsets[:, 1]
    assert starts[0] == 0
    assert ends[-1] == len(TEXT)
    # The next token begins where this one ends, or shares its character.
    assert all(
        start == end or (start, after) == (before, end)
        for before, end, start, after in zip(starts, ends, starts[1:], ends[1:], strict=False)
    )


def test_a_lone_surrogate_keeps_the_offsets_of_what_follows(made):
    record = make_tokenizer(made)
    text = "a\ud800b"
    found = record.encode(text)
    assert found.offsets[-1].tolist() == [2, 3]
    assert record.decode(found.ids) == "a\ufffdb"


def test_token_text_keeps_the_space_and_never_fails(made):
    record = make_tokenizer(made)
    text = "x if"
    assert [record.token_text(id) for id in record.encode(text).ids][-1] == " if"
    texts = [record.token_text(id) for id in range(record.size + 5)]
    assert all(isinstance(each, str) and each for each in texts)
    assert texts[record.bos] == "<s>"
    assert texts[-1] == f"[{record.size + 4}]"


def test_token_texts_put_together_are_the_text(made):
    record = make_tokenizer(made)
    text = "x = if  (a)  \n\t if"
    shown = "".join(record.token_text(id) for id in record.encode(text).ids)
    # A piece tokenizer puts a space of its own in front of the first word.
    assert shown.removeprefix(" ") == text


def test_added_words_that_are_not_special_are_one_token():
    record = make_tokenizer(byte_level())
    ids = record.encode("a]]]b").ids
    assert [record.token_text(id) for id in ids] == ["a", "]]]", "b"]


def test_special_ids_size_and_bos(made):
    record = make_tokenizer(made)
    assert record.bos == made.bos_token_id
    assert set(made.all_special_ids) <= record.special_ids
    assert record.size == len(made)
    if "<fim_prefix>" in made.get_vocab():
        assert made.convert_tokens_to_ids("<fim_prefix>") in record.special_ids
        assert made.convert_tokens_to_ids("]]]") not in record.special_ids


def test_a_tokenizer_without_bos_has_none():
    record = make_tokenizer(
        PreTrainedTokenizerFast(tokenizer_object=byte_level().backend_tokenizer, eos_token="</s>")
    )
    assert record.bos is None


def test_the_users_tokenizer_is_left_as_it_was(made):
    ids = made("<s> if")["input_ids"]
    before = made.backend_tokenizer.to_str()
    make_tokenizer(made).encode("<s> if")
    assert made.backend_tokenizer.to_str() == before
    assert made("<s> if")["input_ids"] == ids


def test_the_digest_follows_the_encoding(made):
    digest = make_tokenizer(made).digest
    assert make_tokenizer(made).digest == digest
    made.add_tokens(["return"])
    assert make_tokenizer(made).digest != digest


def test_a_slow_tokenizer_is_refused():
    class Slow:
        bos_token_id = None

    with pytest.raises(ModelError, match="Slow gives no character offsets"):
        make_tokenizer(Slow())


@pytest.mark.data
@pytest.mark.parametrize("name", FAMOUS)
def test_tokenizers_of_real_models(name, data):
    record = make_tokenizer(AutoTokenizer.from_pretrained(data / "tokenizers" / name))
    found = record.encode(TEXT)
    assert record.decode(found.ids) == TEXT
    assert not record.special_ids & set(found.ids.tolist())
    assert found.offsets[-1, 1] == len(TEXT)
    assert record.token_text(record.encode("x if").ids[-1]) == " if"
    shown = "".join(record.token_text(id) for id in record.encode("def f(x):\n\tif x").ids)
    assert shown.removeprefix(" ") == "def f(x):\n\tif x"
