"""The reference model's tokenizer: byte-level BPE in which digits and brackets can be counted.

Takes texts, gives a Hugging Face tokenizer. A digit is one token. One to four `)` are one token,
and so are `((`, one to three `]` and one to three `}`; none of them ever joins anything else, so
what a model predicts after an open call is a count. A line break and its indentation are joined in
the same way in every language.
"""

import json
from collections.abc import Iterable

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast

BOS, EOS, PAD = "<s>", "</s>", "<pad>"

RUNS = ("))", ")))", "))))", "((", "]]", "]]]", "}}", "}}}")
"""Brackets in a row that are one token, each after the shorter one that it begins with."""

WORDS = "|".join(
    (
        r"\){1,4}",
        r"\(\(",
        r"\]{1,3}",
        r"\}{1,3}",
        r"\d",
        r" ?[\p{L}_]+",
        r"\n[ \t]*",
        r" ?\((?!\()",
        r" ?[\[{]",
        r" ?[^\s\p{L}_\d()\[\]{}]+",
        r"[ \t]+",
    )
)
"""What is never joined across: the first that fits stands, at each place of a text."""


def train_tokenizer(texts: Iterable[str], *, size: int = 8_192) -> PreTrainedTokenizerFast:
    """A tokenizer of `size` tokens, learned from the texts; the same for the same texts.

    Its first ids are BOS, EOS and padding. Texts too small for so many tokens give fewer.
    """
    backend = Tokenizer(models.BPE())
    backend.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(WORDS), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    backend.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size - len(RUNS),
        special_tokens=[BOS, EOS, PAD],
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    backend.train_from_iterator(texts, trainer)
    complete = _with_runs(backend)
    complete.post_processor = processors.TemplateProcessing(
        single=f"{BOS} $A", special_tokens=[(BOS, complete.token_to_id(BOS))]
    )
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=complete,
        bos_token=BOS,
        eos_token=EOS,
        pad_token=PAD,
        clean_up_tokenization_spaces=False,
    )


def _with_runs(backend: Tokenizer) -> Tokenizer:
    """The same tokenizer with every run of brackets, whether or not the texts held enough of them.

    Their merges come first. Only brackets of one kind stand in their words, so no other merge is
    touched by that.
    """
    content = json.loads(backend.to_str())
    vocabulary, merges = content["model"]["vocab"], content["model"]["merges"]
    for run in RUNS:
        vocabulary.setdefault(run, len(vocabulary))
    own = [[run[:-1], run[-1]] for run in RUNS] + [["))", "))"]]
    content["model"]["merges"] = own + [pair for pair in merges if pair not in own]
    return Tokenizer.from_str(json.dumps(content))
