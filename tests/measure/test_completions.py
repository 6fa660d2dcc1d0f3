"""Completions against a loop over one prompt at a time, without a cache."""

from functools import cache

import pytest
import torch

import neuroglot as ng
from neuroglot.base.errors import ConfigError
from neuroglot.measure.completions import Completion, before_first, completions

PROMPTS = ["int f(", "x", "def value(items):", "for i in", "x", "while (true) {", ""]


@pytest.fixture(autouse=True)
def _no_gradients():
    with torch.no_grad():
        yield


def alone(lm, prompt, n):
    """The greedy completion by whole forward passes; BOS and EOS end it."""
    start = [0, *lm.tokenizer.encode(prompt).ids.tolist()]
    ids = list(start)
    while len(ids) < len(start) + n:
        ids.append(int(lm.logits(torch.tensor([ids]))[0, -1].argmax()))
        if ids[-1] in (0, *(lm.hf.generation_config.eos_token_id or ())):
            return Completion(
                lm.tokenizer.decode(ids[len(start) :]), len(ids) - len(start) - 1, "eos"
            )
    return Completion(lm.tokenizer.decode(ids[len(start) :]), n, "length")


def edit_of(lm):
    return ng.scale(lm.stream("mlp_out", 0), 3.0, positions=range(2, 12))


@pytest.fixture(scope="module")
def all_alone(make_lm):
    """Family -> the completions of the prompts one by one, without and with the edit."""

    @cache
    def made(family):
        lm = make_lm(family)
        with torch.no_grad():
            clean = [alone(lm, prompt, 20) for prompt in PROMPTS]
            with lm.edit(edit_of(lm)):
                return clean, [alone(lm, prompt, 20) for prompt in PROMPTS]

    return made


@pytest.mark.parametrize("batch_tokens", [1, 70, 8192])
@pytest.mark.parametrize("family", ["llama", "gpt2", "mistral", "mixtral"])
def test_each_is_what_the_model_writes_alone(family, batch_tokens, make_lm, all_alone):
    lm = make_lm(family)
    clean, changed = all_alone(family)
    found = completions(lm, PROMPTS, max_new_tokens=20, batch_tokens=batch_tokens)
    assert found == clean
    with lm.edit(edit_of(lm)):
        edited = completions(lm, PROMPTS, max_new_tokens=20, batch_tokens=batch_tokens)
    assert edited == changed != found


def test_a_text_ends_where_the_model_ends_it(make_lm):
    lm = make_lm("llama")
    (whole,) = completions(lm, ["while"], max_new_tokens=20)
    (fifth,) = lm.tokenizer.encode(whole.text[4]).ids.tolist()
    lm.hf.generation_config.eos_token_id = [1, fifth]
    n = whole.text.index(whole.text[4])
    assert completions(lm, ["while"], max_new_tokens=20) == [Completion(whole.text[:n], n, "eos")]


def test_a_stop_cuts_and_spares_the_rest(make_lm):
    lm = make_lm("gpt2")
    full = completions(lm, PROMPTS, max_new_tokens=24)
    marks = [each.text[7:9] for each in full]
    found = completions(lm, PROMPTS, max_new_tokens=24, stop=[before_first(mark) for mark in marks])
    for each, whole, mark in zip(found, full, marks, strict=True):
        assert each.text == whole.text[: whole.text.index(mark)]
        assert each.ended == "stop"
        assert each.tokens <= 12
    # Found only when there is no more to write.
    last = completions(
        lm, ["x"], max_new_tokens=9, stop=lambda _, text: 8 if len(text) > 8 else None
    )
    assert last == [Completion(full[1].text[:8], 9, "stop")]


def cut_at(place):
    return lambda _, text: place if len(text) >= place else None


def test_ids_are_those_that_were_written_up_to_the_cut(make_lm):
    lm = make_lm("gpt2")
    for prompt, found in zip(PROMPTS, completions(lm, PROMPTS, max_new_tokens=24), strict=True):
        assert lm.tokenizer.decode(list(found.ids)) == found.text
        assert len(found.ids) == found.tokens
        for cut in (0, 1, 7):
            (again,) = completions(lm, [prompt], max_new_tokens=24, stop=cut_at(cut))
            assert again.ids == found.ids[:cut]
            assert again.text == found.text[:cut]


def test_an_id_that_reaches_beyond_the_cut_is_the_last(make_lm, monkeypatch):
    lm = make_lm("gpt2")
    (whole,) = completions(lm, ["x"], max_new_tokens=10)
    monkeypatch.setattr(
        "neuroglot.measure.completions.written_text",
        lambda _, __, new: "".join(f"<{id:02}>" for id in new),
    )
    for cut, n in ((0, 0), (1, 1), (4, 1), (5, 2), (40, 10)):
        (found,) = completions(lm, ["x"], max_new_tokens=10, stop=cut_at(cut))
        assert found.ids == whole.ids[:n]


def test_a_stop_is_given_the_prompt_and_the_text(make_lm):
    lm, seen = make_lm("llama"), set()
    completions(lm, ["ab", "cde"], max_new_tokens=8, stop=lambda *given: seen.add(given))
    assert {prompt for prompt, _ in seen} == {"ab", "cde"}
    assert {len(text) for _, text in seen} <= {4, 8}


def test_draws_do_not_depend_on_what_else_is_asked(make_lm):
    lm = make_lm("llama")
    settings = {"max_new_tokens": 12, "temperature": 1.0, "top_p": 0.95}
    drawn = completions(lm, PROMPTS, seed=3, **settings)
    assert drawn == completions(lm, PROMPTS, seed=3, batch_tokens=1, **settings)
    backwards = completions(lm, [PROMPTS[3], PROMPTS[0]], seed=3, **settings)
    assert backwards == [drawn[3], drawn[0]]
    assert drawn[1] != drawn[4], "the same prompt twice gives two draws"
    assert completions(lm, PROMPTS, seed=4, **settings) != drawn
    assert completions(lm, ["x"], seed=3, **settings) == [drawn[1]]


def test_progress_counts_prompts(make_lm):
    told = []
    completions(
        make_lm("llama"), PROMPTS, max_new_tokens=2, batch_tokens=10,
        on_progress=lambda done, total: told.append((done, total)),
    )  # fmt: skip
    assert told[-1] == (len(PROMPTS), len(PROMPTS))
    assert [done for done, _ in told] == sorted({done for done, _ in told})
    assert len(told) > 1


def test_no_prompt_no_completion(make_lm):
    assert completions(make_lm("llama"), [], max_new_tokens=3) == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"batch_tokens": 0}, "batch_tokens is 0"),
        ({"max_new_tokens": 0}, "max_new_tokens is 0"),
        ({"temperature": -1}, "temperature -1"),
        ({"stop": [before_first("\n")]}, "1 stops for 7 prompts"),
        ({"max_new_tokens": 600}, "positions for 512"),
    ],
)
def test_impossible_settings_are_refused(wrong, said, make_lm):
    with pytest.raises(ConfigError, match=said):
        completions(make_lm("llama"), PROMPTS, **{"max_new_tokens": 3, **wrong})


def test_the_first_of_several_marks_ends_an_answer():
    stop = before_first("\n", " - ")
    assert stop("q", "a - b\nc") == 1
    assert stop("q", "a\n - b") == 1
    assert stop("q\n", "a -b") is None
    for marks in ((), ("",)):
        with pytest.raises(ConfigError, match="texts to stop at"):
            before_first(*marks)
