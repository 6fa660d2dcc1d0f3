"""Activity and PLS at answers, given or written, against hooks and gradients of plain torch."""

import numpy as np
import pytest
import torch

from neuroglot.measure.completions import completions
from neuroglot.measure.contributions import written
from neuroglot.measure.recording import record
from neuroglot.stats.activity import NeuronActivity
from neuroglot.stats.pls import PLS, PROJECTIONS
from neuroglot.text.answers import read_answers
from neuroglot.text.prompts import Prompt, tokenized

PROMPTS = ["def add(a, b):", "x", "int f(", "while (i < 10)"]
REST = ["\n    return a", " = 1", "int a) {", " { i++; }"]
LANGUAGES = ["python", "python", "c", "c"]
TASKS = ["one", "two", "one", "two"]


def given(lm):
    pairs = zip(PROMPTS, REST, strict=True)
    return [tokenized(Prompt(shown + rest, len(shown)), lm.tokenizer) for shown, rest in pairs]


def generated(lm):
    return written(lm, PROMPTS, completions(lm, PROMPTS, max_new_tokens=10))


def by_hand(lm, answer):
    """Of one answer: neurons above 0 [layer, neuron], counted, and mean |a g| [layer, unit]."""
    outputs = {}

    def keeper(at):
        def keep(_, __, output):
            outputs[at] = output

        return keep

    handles = []
    for layer, block in enumerate(lm.hf.model.layers):
        for name in PROJECTIONS:
            module = getattr(block.self_attn if name in "qkvo" else block.mlp, f"{name}_proj")
            handles.append(module.register_forward_hook(keeper((layer, name))))
    ids, first = torch.from_numpy(answer.ids), answer.first
    logits = lm.hf(ids[None], use_cache=False).logits[0]
    for handle in handles:
        handle.remove()
    loss = torch.nn.functional.cross_entropy(logits[first - 1 : -1], ids[first:])
    slopes = torch.autograd.grad(loss, list(outputs.values()))
    scores = [
        (output[0, first:].double() * slope[0, first:].double()).abs().mean(dim=0)
        for output, slope in zip(outputs.values(), slopes, strict=True)
    ]
    active = [(outputs[layer, "gate"][0, first:] > 0).sum(dim=0) for layer in range(lm.n_layers)]
    return torch.stack(active).numpy(), torch.cat(scores).detach().view(lm.n_layers, -1).numpy()


@pytest.mark.parametrize("answers_of", [given, generated])
def test_they_are_those_of_the_answer_s_own_tokens(answers_of, make_lm):
    lm = make_lm("llama")
    answers = answers_of(lm)
    reading = read_answers(answers, lm.tokenizer, languages=LANGUAGES, tasks=TASKS)
    found = record(lm, reading, [NeuronActivity, PLS])
    for number, group in enumerate(reading.groups):
        (own,) = [
            answer
            for answer, language, task in zip(answers, LANGUAGES, TASKS, strict=True)
            if language == group.label and task == reading.documents[number].repo
        ]
        active, scores = by_hand(lm, own)
        assert found[NeuronActivity].tokens[number] == len(own.ids) - own.first
        assert np.array_equal(found[NeuronActivity].active[number], active)
        near = 1e-4 * scores.max()
        np.testing.assert_allclose(found[PLS].sum[number], scores, rtol=0, atol=near)
    assert found[PLS].count.tolist() == [1, 1, 1, 1]


def test_what_stands_in_the_prompt_alone_does_not_count(make_lm):
    """The same answer behind another prompt has other activations, not more of them."""
    lm = make_lm("llama")
    rows = [
        tokenized(Prompt(shown + " = 1", len(shown)), lm.tokenizer) for shown in ("x", "abcdef")
    ]
    counts = [
        record(
            lm,
            read_answers([row], lm.tokenizer, languages=["c"], tasks=["one"]),
            NeuronActivity,
        )[NeuronActivity]
        for row in rows
    ]
    assert [each.tokens.tolist() for each in counts] == [[4], [4]]
    assert not np.array_equal(counts[0].active, counts[1].active)
