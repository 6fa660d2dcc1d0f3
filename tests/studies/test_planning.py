"""What a run says before it starts: passes, tokens, memory, and what would make it faster."""

import pytest
import torch

from neuroglot.base.errors import ConfigError, SiteError
from neuroglot.studies import planning
from neuroglot.studies.parameters import NeuronsParameters
from neuroglot.studies.planning import has_bfloat16, plan_sentences
from neuroglot.text.corpus import Corpus

ADVICE = "--dtype float32 runs the same weights several times faster"


@pytest.fixture
def corpus():
    return Corpus.from_mapping(
        {"python": ["a = 1\n", "b = 2\n"], "go": ["package a\n", "package b\n"]}
    )


@pytest.fixture
def processor(monkeypatch):
    """Set what torch says of the processor."""

    def has(**capabilities):
        monkeypatch.setattr(planning, "get_capabilities", lambda: capabilities)

    return has


@pytest.mark.parametrize(
    ("capabilities", "expected"),
    [
        ({"avx512_bf16": True, "amx_bf16": False}, True),
        ({"avx512_bf16": False, "amx_bf16": True}, True),
        ({"avx512_bf16": False, "amx_bf16": False, "avx2": True}, False),
        ({"architecture": "unheard of"}, True),
    ],
)
def test_whether_a_processor_has_bfloat16(processor, capabilities, expected):
    processor(**capabilities)
    assert has_bfloat16() is expected


def test_what_this_processor_says_is_understood():
    assert has_bfloat16() in (True, False)
    assert any("bf16" in name for name in planning.get_capabilities())


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float32])
@pytest.mark.parametrize("native", [False, True])
def test_a_bfloat16_model_on_a_processor_without_it_is_told_what_is_faster(
    make_lm, corpus, processor, dtype, native
):
    processor(avx512_bf16=native)
    said = plan_sentences(make_lm("llama", dtype), corpus, NeuronsParameters())
    slow = dtype is torch.bfloat16 and not native
    assert [sentence for sentence in said if ADVICE in sentence] == said[2:]
    assert len(said) == (3 if slow else 2)


def test_passes_tokens_and_memory(make_lm, corpus):
    full = NeuronsParameters(tokens_per_language=5_000)
    quick = NeuronsParameters(tokens_per_language=5_000, profile="quick", shard="1/2")
    first, second = plan_sentences(make_lm("llama"), corpus, full)[:2]
    assert first == "llama: 3 layers x 48 neurons, float32 on cpu; 2 languages: Python, Go"
    assert second.startswith("2 passes (record, record untrained), at most 20,000 tokens, about ")
    assert second.endswith("counts take about 1 MiB beside the model")
    assert plan_sentences(make_lm("llama"), corpus, quick)[1].startswith(
        "1 pass (record), at most 5,000 tokens"
    )


def test_what_the_model_cannot_give_is_said_first(make_lm, corpus):
    with pytest.raises(SiteError, match="4 experts"):
        plan_sentences(make_lm("mixtral"), corpus, NeuronsParameters())
    with pytest.raises(ConfigError, match="nu is 145, and the model has 144 neurons"):
        plan_sentences(make_lm("llama"), corpus, NeuronsParameters(nu=145))
