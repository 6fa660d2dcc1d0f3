"""Targets of translation prompts, in tokens of real tokenizers: they read like the target text."""

from itertools import permutations

import pytest
from transformers import AutoTokenizer

from neuroglot.lm.tokenizers import make_tokenizer
from neuroglot.text.parallel import ParallelCorpus
from neuroglot.text.prompts import tokenized, translation

NAMES = (
    "codellama",
    "llama3.1",
    "qwen2.5-coder",
    "starcoder2",
    "deepseek-coder",
    "gpt2",
    "gpt-neox",
)
EVERY = 7
"""Each direction looks at every seventh item, each at others."""


@pytest.mark.slow
@pytest.mark.data
@pytest.mark.parametrize("name", NAMES)
def test_target_tokens_read_like_the_target_in_all_directions(data, name):
    tokenizer = make_tokenizer(AutoTokenizer.from_pretrained(data / "tokenizers" / name))
    corpus = ParallelCorpus.from_cost(data / "cost-parallel")
    directions = list(permutations(corpus.languages, 2))
    assert len(directions) == 42
    for number, (source, target) in enumerate(directions):
        for item in corpus.items[number % EVERY :: EVERY]:
            prompt = translation(item, source=source, target=target)
            tokens = tokenized(prompt, tokenizer)
            before, answer = (
                tokenizer.decode(ids.tolist())
                for ids in (tokens.ids[: tokens.first], tokens.ids[tokens.first :])
            )
            assert answer.lstrip(" ") == prompt.answer, (source, target, item.id)
            assert before.rstrip(" ").endswith(":"), (source, target, item.id)
