"""What a run will cost, said before it starts: passes, tokens, memory, time."""

import time

import torch

from neuroglot.base.languages import display_name
from neuroglot.lm.model import LM
from neuroglot.measure.batches import N_BLOCKS
from neuroglot.studies.bracket_parameters import BracketsParameters
from neuroglot.studies.language_neurons import planned_passes, profiled, refuse_impossible
from neuroglot.studies.parameters import (
    AlignmentParameters,
    GuidedParameters,
    LensParameters,
    NeuronsParameters,
)
from neuroglot.studies.probing import planned_probes, seconds_per_probe
from neuroglot.text.bracket_templates import templates_of
from neuroglot.text.corpus import Corpus
from neuroglot.text.parallel import ENGLISH, ParallelCorpus
from neuroglot.text.reference_brackets import TEMPLATES as REFERENCE

GIB = 2**30
CELLS, PROMPT_TOKENS = 16, 65
"""Prompts of a template and layout, and tokens of one, of the study of brackets."""
BUCKETS = 12
"""Buckets that a language has in most corpora, for the estimate of memory."""


def plan_sentences(lm: LM, corpus: Corpus, parameters: NeuronsParameters) -> list[str]:
    """One sentence on the work, one on memory and time; the time is from a short forward.

    Raises what the study raises for a model that it cannot read.
    """
    chosen = profiled(parameters, corpus)
    refuse_impossible(lm, chosen)
    languages = chosen.languages or ()
    passes = planned_passes(lm, corpus, chosen)
    shard = chosen.part()
    tokens = len(passes) * len(languages) * chosen.tokens // shard.count
    seconds = tokens / tokens_per_second(lm, chosen.batch_tokens)
    named = ", ".join(name.replace("_", " ") for name in passes)
    neurons = lm.n_layers * (lm.n_neurons or 0)
    counts = len(languages) * BUCKETS * neurons * 8 * 4
    sums = (len(languages) + N_BLOCKS) * neurons * 8 * 2
    return [
        f"{lm.name}: {lm.n_layers} layers x {lm.n_neurons} neurons, "
        f"{str(lm.dtype).removeprefix('torch.')} on {lm.device}; "
        f"{len(languages)} languages: {', '.join(map(display_name, languages))}",
        f"{len(passes)} {'pass' if len(passes) == 1 else 'passes'} ({named}), "
        f"at most {tokens:,} tokens, about {spoken(seconds)}; "
        f"counts take about {_size(counts + sums)} beside the model",
    ]


def alignment_sentence(lm: LM, corpus: ParallelCorpus, parameters: AlignmentParameters) -> str:
    """What alignment will read, and for how long; the time is from a short forward."""
    some = corpus.sample(parameters.n_items, seed=parameters.seed)
    languages = some.languages + ((ENGLISH,) if some.has_english else ())
    tokens = sum(len(lm.tokenizer.encode(i[id]).ids) for i in some.items for id in languages)
    models = 1 + parameters.with_twin(lm.name)
    seconds = models * tokens / tokens_per_second(lm, parameters.batch_tokens)
    return (
        f"alignment: {len(some):,} items in {len(languages)} languages, "
        f"{models * tokens:,} tokens, about {spoken(seconds)}"
    )


def lens_sentence(lm: LM, corpus: ParallelCorpus, parameters: LensParameters) -> str:
    """What the lens will read, and for how long: tokens of prompts, and places times levels."""
    n = len(corpus.languages)
    directions = n * (n - 1)
    items = min(parameters.n_items or len(corpus), len(corpus))
    trained = parameters.tuned or 0
    arms = 1 + parameters.with_twin(lm.name) + parameters.with_nulls + bool(trained)
    answers = [len(lm.tokenizer.encode(i[id]).ids) for i in corpus.items for id in i.texts]
    mean = sum(answers) / len(answers)
    prompts = arms * directions * items
    # A prompt is four lines that are shown, read once for many, and the item in two languages.
    seconds = prompts * 2 * mean / tokens_per_second(lm, parameters.batch_tokens)
    # A row costs as much again to go back through.
    places = prompts * mean * (lm.n_layers + 1) + 2 * trained * lm.n_layers
    seconds += places * seconds_per_row(lm)
    tuned = f", {trained:,} tokens to train a tuned lens" if trained else ""
    return (
        f"the lens: {directions} directions, {items} items in each, {arms} "
        f"{'arm' if arms == 1 else 'arms'}: {prompts:,} prompts{tuned}, about {spoken(seconds)}"
    )


def guided_sentence(lm: LM, corpus: ParallelCorpus, parameters: GuidedParameters) -> str:
    """What the study of units will read, and for how long; the time is from a short forward."""
    some = corpus.sample(parameters.n_items, seed=parameters.seed)
    n = len(some.languages)
    tokens = sum(len(lm.tokenizer.encode(item[id]).ids) for item in some.items for id in item.texts)
    # A pass with gradients costs three without; edited passes start half-way up on average.
    twin = parameters.with_twin(lm.name)
    passes = 3 * (1 + parameters.with_nulls) + 4 * (1 + twin)
    variants = n * (3 * (n + parameters.n_draws) + 3 * (n + parameters.n_draws))
    edited = (variants + n * (parameters.n_draws + 2)) * parameters.eval_tokens_each
    edited += parameters.effect_units * n * parameters.effect_tokens
    # What the model goes on with is read twice, each time once without and once with gradients.
    written = 8 * min(parameters.written_items / len(some), 1.0)
    seconds = ((passes + written) * tokens + edited / 2) / tokens_per_second(
        lm, parameters.batch_tokens
    )
    probes = planned_probes(lm, twin=twin)
    seconds += probes * seconds_per_probe(lm, parameters.probe_tokens)
    asked = {
        "writing and running programs": parameters.tasks is not None,
        "training units": parameters.finetune,
        "telling clones": parameters.clones,
        "training on summaries": parameters.summarise,
    }
    more = " and ".join(name for name, wanted in asked.items() if wanted)
    return (
        f"units: {len(some):,} items in {n} languages, {tokens:,} tokens forward and back, then "
        f"{edited:,} tokens with units edited, {probes:,} probes, about {spoken(seconds)}"
        + (f", and the time of {more}" if more else "")
    )


def brackets_sentence(lm: LM, parameters: BracketsParameters) -> str:
    """What the study of brackets will read, and for how long; the time is from a short forward."""
    is_reference = parameters.templates == "reference"
    templates = len(REFERENCE if is_reference else templates_of(parameters.closer))
    layouts = 1 if is_reference else parameters.layouts
    prompts = templates * layouts * CELLS
    whole = prompts * PROMPT_TOKENS
    arms = 1 + parameters.with_twin(lm.name)
    pairs = templates * layouts * 6 * parameters.pairs_each / prompts
    # Answers and lens of each arm, parts, heads and neurons; then a prompt and its source in turn.
    passes = 2 * arms + 4 + pairs * 8
    components = lm.n_layers * (lm.n_heads + 1)
    # What is edited at all tokens starts half-way up on average.
    everywhere = parameters.sampled * PROMPT_TOKENS * (3 * components + 6 * 2 * 7) / 2
    factors = 3 if parameters.quick else 10
    steered = (6 + parameters.n_draws) * factors * whole / 5 + parameters.n_draws * whole * 2 / 5
    tokens = int(passes * whole + everywhere + steered)
    seconds = tokens / tokens_per_second(lm, parameters.batch_tokens)
    return (
        f"brackets: {prompts:,} prompts of {templates} templates, {components:,} heads and MLPs, "
        f"{tokens:,} tokens, about {spoken(seconds)}"
    )


def seconds_per_row(lm: LM) -> float:
    """What one place of one level costs: norm, head and a few passes over the vocabulary."""
    rows = torch.zeros(64, lm.width, dtype=lm.dtype, device=lm.device)
    with torch.no_grad():
        started = time.perf_counter()
        for _ in range(3):
            lm.unembed(rows).float().log_softmax(dim=-1).exp().topk(min(10, lm.vocabulary))
    return (time.perf_counter() - started) / 64


def tokens_per_second(lm: LM, batch_tokens: int) -> float:
    """Speed of the backbone on one warm batch of ordinary size."""
    length = min(512, batch_tokens, lm.max_positions or 512)
    ids = torch.arange(length, device=lm.device).remainder(lm.tokenizer.size)[None]
    with torch.no_grad():
        lm.backbone(ids)
        started = time.perf_counter()
        lm.backbone(ids)
        if lm.device.type == "cuda":
            torch.cuda.synchronize()
    return length / max(time.perf_counter() - started, 1e-6)


def _size(n_bytes: int) -> str:
    if n_bytes < GIB:
        return f"{max(n_bytes / 2**20, 1):.0f} MiB"
    return f"{n_bytes / GIB:.1f} GiB"


def spoken(seconds: float) -> str:
    """A time as one says it: 40 s, 25 minutes, 3.2 hours."""
    if seconds < 90:
        return f"{max(seconds, 1):.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} minutes"
    return f"{seconds / 3600:.1f} hours"
