"""What a run says before it starts: passes, tokens, memory and time."""

import pytest

from neuroglot.base.errors import ConfigError, SiteError
from neuroglot.studies.bracket_parameters import BracketsParameters
from neuroglot.studies.parameters import GuidedParameters, NeuronsParameters
from neuroglot.studies.planning import brackets_sentence, guided_sentence, plan_sentences
from neuroglot.text.corpus import Corpus
from neuroglot.text.parallel import ParallelCorpus


@pytest.fixture
def corpus():
    return Corpus.from_mapping(
        {"python": ["a = 1\n", "b = 2\n"], "go": ["package a\n", "package b\n"]}
    )


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


def test_the_study_of_units_counts_its_probes(make_lm):
    items = ParallelCorpus.from_rows(
        {"id": f"{n}", "python": f"a = {n}", "java": f"int a = {n};"} for n in range(4)
    )
    # Three targets and their controls, three rounds, four levels; the twin in the full profile.
    for profile, probes in (("quick", 72), ("full", 144)):
        sentence = guided_sentence(make_lm("llama"), items, GuidedParameters(profile=profile))
        assert f"units edited, {probes} probes, about " in sentence


def test_the_study_of_brackets_counts_its_prompts(make_lm):
    lm, asked = make_lm("llama"), BracketsParameters(profile="quick")
    said = brackets_sentence(lm, asked)
    assert said.startswith("brackets: 480 prompts of 30 templates, 15 heads and MLPs, ")
    full = brackets_sentence(lm, BracketsParameters())
    assert full.startswith("brackets: 1,440 prompts of 30 templates")
    reference = BracketsParameters(templates="reference")
    assert "512 prompts of 32 templates" in brackets_sentence(lm, reference)
