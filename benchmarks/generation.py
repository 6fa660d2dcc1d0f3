"""Writing after many prompts: neuroglot's batches beside `hf.generate`, one at a time and batched.

All write the likeliest tokens after the same prompts of different lengths, with the same weights in
one process, in interleaved rounds. Nothing ends a text early, so all write as many tokens.
"""

import argparse
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor
from transformers import LlamaForCausalLM

from benchmarks.interleaved import Answer, Task, agreement, measure
from benchmarks.machine import loads
from benchmarks.record import tell
from benchmarks.reports import COSTS, add_round_options, line_against, publish, rounds_of
from benchmarks.shapes import N_SPECIAL, SHAPES, Shape, random_llama, twin, word_tokenizer
from neuroglot.lm.loading import wrap
from neuroglot.measure.completions import completions

BASE = "hf.generate, one prompt at a time"
HEADER = (*COSTS, "tokens")
PROMPTS, LONGEST, SHORTEST = 16, 160, 40
NEW = 48


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this benchmark."""
    add_round_options(parser, rounds=7)


def run(arguments: argparse.Namespace) -> None:
    """Measure and print the table."""
    torch.set_num_threads(arguments.threads)
    shape = SHAPES["quick" if arguments.quick else "small"]
    rounds = rounds_of(arguments)
    before = loads()
    tasks = _tasks(shape)
    timed = measure(tasks, rounds=rounds, tell=tell)
    truth = timed[BASE].answer
    assert truth is not None
    publish(
        "generation",
        about=f"{shape.layers} layers x {shape.hidden} hidden, vocabulary {shape.vocabulary}, "
        f"random weights; {PROMPTS} prompts of {SHORTEST} to {LONGEST} tokens, {NEW} new ones "
        f"each. Median of {rounds} rounds.",
        header=HEADER,
        lines=[
            (*line_against(each, timed[BASE]), agreement(each.answer, truth))
            for each in timed.values()
        ],
        before=before,
        command=f"generation --rounds {rounds}",
        write=arguments.write,
    )


def _tasks(shape: Shape) -> list[Task]:
    model = random_llama(shape)
    # No id ends a text: all ways write the same number of tokens.
    model.config.eos_token_id = None
    model.generation_config.eos_token_id = None
    prompts = _prompts(shape)
    return [
        Task(BASE, _one_at_a_time(model, prompts), BASE),
        Task("hf.generate, padded on the left", _padded(model, prompts), BASE),
        Task("neuroglot", _ours(model, shape, prompts), BASE),
    ]


def _prompts(shape: Shape) -> list[Tensor]:
    """Random ids of prompts of different lengths, a first token and then words."""
    random = torch.Generator().manual_seed(0)
    lengths = torch.linspace(SHORTEST, LONGEST, PROMPTS).long().tolist()
    return [
        torch.cat(
            [
                torch.ones(1, dtype=torch.int64),
                torch.randint(N_SPECIAL, shape.vocabulary, (length - 1,), generator=random),
            ]
        )
        for length in lengths
    ]


def _settings() -> dict[str, Any]:
    return {"max_new_tokens": NEW, "do_sample": False, "pad_token_id": 2}


def _one_at_a_time(model: LlamaForCausalLM, prompts: list[Tensor]) -> Callable[[], Answer]:
    def run_alone() -> Answer:
        rows = []
        for ids in prompts:
            whole = model.generate(ids[None], attention_mask=torch.ones(1, len(ids)), **_settings())
            rows.append(whole[0, len(ids) :])
        return torch.stack(rows).numpy()

    return run_alone


def _padded(model: LlamaForCausalLM, prompts: list[Tensor]) -> Callable[[], Answer]:
    longest = max(map(len, prompts))
    ids = torch.full((len(prompts), longest), 2)
    mask = torch.zeros_like(ids)
    for row, prompt in enumerate(prompts):
        ids[row, longest - len(prompt) :] = prompt
        mask[row, longest - len(prompt) :] = 1

    def run_padded() -> Answer:
        whole = model.generate(ids, attention_mask=mask, **_settings())
        found: Answer = whole[:, longest:].numpy()
        return found

    return run_padded


def _ours(model: LlamaForCausalLM, shape: Shape, prompts: list[Tensor]) -> Callable[[], Answer]:
    tokenizer = word_tokenizer(shape)
    lm = wrap(twin(model), tokenizer)
    # The first token is BOS, which neuroglot puts there itself.
    texts = [tokenizer.decode(ids[1:]) for ids in prompts]

    def run_ours() -> Answer:
        written = completions(lm, texts, max_new_tokens=NEW)
        found = np.full((len(texts), NEW), -1, dtype=np.int64)
        for row, each in enumerate(written):
            ids = tokenizer.encode(each.text)
            found[row, : len(ids)] = ids
        return found

    return run_ours
