"""Quick checks of a loaded model that need a little text: what `neuroglot check` prints of it.

Takes an LM and a text, gives Checks and raises nothing where one fails. They stand beside those
that were proved at load (`lm.checks`).
"""

import math
from contextlib import suppress

import torch
from torch import Tensor

from neuroglot.lm.checks import Check, evaluating, largest_difference, tolerance
from neuroglot.lm.model import LM
from neuroglot.lm.quiet import quiet
from neuroglot.lm.sample import SAMPLE
from neuroglot.lm.unembedding import read_out

_TOKENS = 64


def diagnose(lm: LM, *, text: str = SAMPLE) -> tuple[Check, ...]:
    """All quick checks, on the first 64 tokens of a text."""
    ids = sample_ids(lm, text)
    with evaluating(lm.hf):
        checks = [
            lens_is_logits(lm, ids),
            lens_entropy(lm, ids),
            padding_is_harmless(lm, ids),
            attention_agrees(lm, ids),
            chat_template(lm),
        ]
        if lm.n_neurons is not None:
            checks.append(neurons_are_alive(lm, ids))
    return tuple(checks)


def sample_ids(lm: LM, text: str, *, tokens: int = _TOKENS) -> Tensor:
    """The first ids of a text with BOS, int64 [1, token]; a short text is repeated."""
    start = [] if lm.tokenizer.bos is None else [lm.tokenizer.bos]
    of_text = lm.tokenizer.encode(text).ids.tolist() or [0]
    ids = (start + of_text * math.ceil(tokens / len(of_text)))[:tokens]
    return torch.tensor([ids], device=lm.device)


def wrong_variants(lm: LM, residual: Tensor) -> dict[str, Tensor]:
    """Logits that a wrong lens would give for rows of the last residual stream, by its mistake."""
    norm = lm.body.final_norm
    normed = norm(residual)
    return {
        "no norm": read_out(lm.body, residual),
        "norm twice": read_out(lm.body, norm(normed)),
        "embedding as head": normed @ lm.body.table.T,
    }


def lens_is_logits(lm: LM, ids: Tensor) -> Check:
    """The lens at the last layer against the logits, and which wrong lens would pass for it."""
    last = lm.n_layers - 1
    with lm.taps("resid_post", "logits", layers=[last]) as seen:
        lm.logits(ids)
    logits, residual = seen["logits", -1], seen["resid_post", last]
    error = largest_difference(lm.unembed(residual), logits)
    bound = tolerance(logits.dtype)
    wrong = {
        name: largest_difference(found, logits)
        for name, found in wrong_variants(lm, residual).items()
    }
    same = [name for name, difference in wrong.items() if difference <= bound]
    told = ", ".join(f"{name} {difference:.2g}" for name, difference in wrong.items())
    return Check(
        "lens",
        f"lens at the last layer = logits; wrong variants are off by: {told}",
        error,
        bound,
        error <= bound,
        f"the logits match a wrong variant: {', '.join(same)}" if same else "report this model",
    )


def lens_entropy(lm: LM, ids: Tensor) -> Check:
    """Entropy of the lens at every layer, in nats; the last layer's against a uniform guess."""
    with lm.taps("resid_post") as seen:
        lm.backbone(ids)
    entropies = []
    for layer in range(lm.n_layers):
        logs = torch.log_softmax(lm.unembed(seen["resid_post", layer]).to(torch.float64), dim=-1)
        entropies.append(float(-(logs.exp() * logs).sum(dim=-1).mean()))
    return Check(
        "lens_entropy",
        f"nats per layer: {' '.join(f'{entropy:.2f}' for entropy in entropies)}",
        entropies[-1],
        math.log(lm.vocabulary),
        all(math.isfinite(entropy) for entropy in entropies),
        "the logits are not finite: load the model in another dtype",
    )


def neurons_are_alive(lm: LM, ids: Tensor) -> Check:
    """The largest share of a layer's neurons that never fire on the text."""
    with lm.taps("neuron") as seen:
        lm.backbone(ids)
    silent = [
        1 - float((seen["neuron", layer] > 0).any(dim=1).double().mean())
        for layer in range(lm.n_layers)
    ]
    worst = max(range(lm.n_layers), key=silent.__getitem__)
    return Check(
        "live_neurons",
        f"share of neurons of layer {worst} that never fire on {ids.shape[1]} tokens",
        silent[worst],
        0.99,
        silent[worst] <= 0.99,
        "hardly any neuron fires: is the text code, are the weights those of a trained model?",
    )


def padding_is_harmless(lm: LM, ids: Tensor) -> Check:
    """A row padded on the right, without a mask, against the row alone."""
    alone = lm.backbone(ids)
    padded = torch.cat([ids, torch.zeros_like(ids[:, : ids.shape[1] // 2])], dim=1)
    error = largest_difference(lm.backbone(padded)[:, : ids.shape[1]], alone)
    bound = tolerance(alone.dtype)
    return Check(
        "padding",
        "right-padded = unpadded, real tokens (relative)",
        error,
        bound,
        error <= bound,
        "the model sees its padding: it is not causal, or its rotary scaling depends on length",
    )


def attention_agrees(lm: LM, ids: Tensor) -> Check:
    """Logits under eager and under sdpa attention."""
    used = lm.attention
    found: dict[str, Tensor] = {}
    with quiet():
        try:
            for name in ("eager", "sdpa"):
                with suppress(ValueError):
                    lm.hf.set_attn_implementation(name)
                # Some families keep what they have without a word.
                if lm.attention == name:
                    found[name] = lm.logits(ids)
        finally:
            lm.hf.set_attn_implementation(used)
    both = len(found) == 2
    error = largest_difference(found["sdpa"], found["eager"]) if both else 0.0
    bound = 10 * tolerance(lm.dtype)
    return Check(
        "attention",
        "eager against sdpa, logits (relative)" if both else f"only {used} attention is possible",
        error,
        bound,
        error <= bound,
        "compare runs of one attention implementation only",
    )


def chat_template(lm: LM) -> Check:
    """Whether the tokenizer brings a chat template: 1 or 0. Either is fine."""
    present = bool(getattr(lm.hf_tokenizer, "chat_template", None))
    what = "has a chat template (an instructed model)" if present else "no chat template"
    return Check("chat_template", what, float(present), 1.0, passed=True)
