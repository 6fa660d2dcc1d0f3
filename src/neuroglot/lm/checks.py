"""Proof that a family's row is right for this very model: one short forward pass at load.

Takes a Body, gives Checks: what was compared, the figure, its bound. A row that is wrong is an
AnatomyError with family, part and numbers. The sums that must close are those by which the model
itself computes: residual stream, sub-layers from their parts, logits from the last residual.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor
from transformers import PreTrainedModel

from neuroglot.base.errors import AnatomyError, ModelError, SiteError
from neuroglot.base.tokenizer import Tokenizer
from neuroglot.lm.body import Body, width_out
from neuroglot.lm.hooks import Reader, Tap, watching
from neuroglot.lm.sites import NEURON_SITES, OUTSIDE, SITES
from neuroglot.lm.unembedding import unembed

_TOKENS = 12


@dataclass(frozen=True)
class Check:
    """One quick check: what the value is, the value, its upper bound, what to do when it fails."""

    name: str
    what: str
    value: float
    bound: float
    passed: bool
    remedy: str = ""


Seen = dict[tuple[str, int], Tensor]


class _Sum(NamedTuple):
    """A sum that must close in each layer: the worst relative error it may have and its check."""

    name: str
    what: str
    error: Callable[[Body, Seen, int], float]
    bound: Callable[[torch.dtype], float]


def prove(body: Body, tokenizer: Tokenizer) -> tuple[Check, ...]:
    """All checks at load, in order.

    Raises AnatomyError at the first that fails, ModelError where numbers overflow.
    """
    checks: list[Check] = []
    misfit = f"family {body.family!r} does not fit this model"
    try:
        for check in _all_checks(body, tokenizer):
            if not check.passed:
                raise AnatomyError(
                    f"{misfit}: {check.what}, {check.value:.3g} where at most {check.bound:.3g} is "
                    f"allowed; {check.remedy}"
                )
            checks.append(check)
    except torch.OutOfMemoryError:
        raise
    except (SiteError, RuntimeError, IndexError) as error:
        # A wrong row shows itself in modules that are passed by and in shapes that do not meet.
        raise AnatomyError(f"{misfit}: {str(error).splitlines()[0]}") from error
    return tuple(checks)


def finite_weights(n_tensors: int) -> Check:
    """The record of a read of all weights in which nothing was found; else they were refused."""
    return Check("weights", f"of {n_tensors} tensors: not finite", 0, 0, passed=True)


def tolerance(dtype: torch.dtype) -> float:
    """Largest difference, as a share of the largest value, of what is computed twice."""
    return 1e-4 if dtype in (torch.float32, torch.float64) else 3e-2


def rounding(dtype: torch.dtype) -> float:
    """Largest error of a sum of three, as a share of its terms' sizes."""
    return 4 * torch.finfo(dtype).eps


def largest_difference(found: Tensor, wanted: Tensor) -> float:
    """The largest difference as a share of the largest wanted value of its row (last axis)."""
    scale = wanted.abs().amax(dim=-1, keepdim=True).to(torch.float64).clamp_min(1e-30)
    return float(((found.to(torch.float64) - wanted.to(torch.float64)).abs() / scale).max())


@contextmanager
def evaluating(hf: PreTrainedModel) -> Iterator[None]:
    """The model without dropout and gradients, its mode given back afterwards."""
    training = hf.training
    hf.train(False)
    try:
        with torch.no_grad():
            yield
    finally:
        hf.train(training)


def probe_ids(body: Body, tokenizer: Tokenizer, *, tokens: int = _TOKENS) -> Tensor:
    """Two rows of ids spread over the vocabulary that differ in their last token alone."""
    limit = min(body.sizes.vocabulary, tokenizer.size)
    row = torch.linspace(0, limit - 1, tokens).long()
    other = row.clone()
    other[-1] = (row[-1] + limit // 2) % limit
    return torch.stack([row, other]).to(body.table.device)


def _all_checks(body: Body, tokenizer: Tokenizer) -> Iterator[Check]:
    yield from _counts(body, tokenizer)
    with evaluating(body.hf):
        seen = _one_pass(body, tokenizer)
        _refuse_overflow(seen["logits", OUTSIDE])
        for each in _sums(body):
            yield _worst(body, seen, each)
        yield _read_out(body, seen)
        yield _causal(body, seen)


def _refuse_overflow(logits: Tensor) -> None:
    if logits.isnan().any():
        name = str(logits.dtype).removeprefix("torch.")
        wide = logits.dtype in (torch.float32, torch.float64)
        remedy = "take another checkpoint" if wide else "load it with --dtype float32"
        raise ModelError(f"this model computes no numbers (NaN): they overflow in {name}; {remedy}")


def _one_pass(body: Body, tokenizer: Tokenizer) -> Seen:
    """Every site of every layer in one forward pass over the probe."""
    seen: Seen = {}

    def keeper(site: str, layer: int) -> Reader:
        def keep(tensor: Tensor) -> None:
            seen[site, layer] = tensor.clone()

        return keep

    absent = {
        "embed",
        *(() if not body.parallel else ("resid_mid",)),
        *(NEURON_SITES if body.sizes.neurons is None else ()),
        *(("gate",) if body.anatomy.gate is None else ()),
    }
    taps: list[Tap] = [("logits", OUTSIDE, keeper("logits", OUTSIDE))]
    for site in SITES:
        if site not in absent and site != "logits":
            layers = range(body.sizes.layers)
            taps += [(site, layer, keeper(site, layer)) for layer in layers]
    with watching(body, taps):
        body.hf(input_ids=probe_ids(body, tokenizer), use_cache=False, return_dict=True)
    return seen


def _counts(body: Body, tokenizer: Tokenizer) -> Iterator[Check]:
    """The sizes of the modules against what the configuration says, and the tokenizer's."""
    config: Any = body.hf.config.get_text_config()
    sizes, table = body.sizes, len(body.table)
    said: dict[str, tuple[int | None, int | None]] = {
        "layers": (sizes.layers, config.num_hidden_layers),
        "residual width": (sizes.width, config.hidden_size),
        "key/value heads": (sizes.kv_heads, getattr(config, "num_key_value_heads", None)),
        "head width": (sizes.head_width, _said_head_width(body)),
        "neurons": (sizes.neurons, getattr(config, "intermediate_size", None)),
        "outputs of the query projections": (
            width_out(body.blocks[0].q),
            (sizes.heads + (2 * sizes.kv_heads if body.anatomy.qkv else 0)) * sizes.head_width,
        ),
    }
    if sizes.neurons is not None:
        said["outputs of the up projections"] = (
            width_out(body.blocks[0].up),
            sizes.neurons * (2 if body.anatomy.fused_gate else 1),
        )
    for what, (found, wanted) in said.items():
        if found is not None and wanted is not None:
            yield Check(
                f"counts: {what}",
                f"{what}: {found} in the modules, {wanted} in the configuration",
                abs(found - wanted),
                0,
                found == wanted,
                "the weights and config.json belong to different models, or the row is wrong",
            )
    yield Check(
        "vocabulary",
        f"ids: {tokenizer.size} in the tokenizer, {table} in the embedding",
        tokenizer.size,
        table,
        tokenizer.size <= table,
        "give the tokenizer that belongs to the model",
    )


def _said_head_width(body: Body) -> int | None:
    attention = body.blocks[0].attention
    said = getattr(attention, "head_dim", getattr(attention, "head_size", None))
    return said if isinstance(said, int) else None


def _sums(body: Body) -> list[_Sum]:
    """The sums that this model's build has."""
    sums = [
        _Sum("residual", "resid_pre + attn_out + mlp_out = resid_post", _residual_error, rounding),
        _Sum("heads", "heads through the output projection = attn_out", _heads_error, tolerance),
    ]
    if not body.parallel:
        sums.append(_Sum("resid_mid", "resid_pre + attn_out = resid_mid", _mid_error, rounding))
    if body.sizes.neurons is not None:
        sums += [
            _Sum(
                "neurons",
                "neurons through the down projection = mlp_out",
                _neurons_error,
                tolerance,
            ),
            _Sum("activation", "neuron x up = neuron_out", _activation_error, tolerance),
        ]
    return sums


def _worst(body: Body, seen: Seen, each: _Sum) -> Check:
    errors = [each.error(body, seen, layer) for layer in range(body.sizes.layers)]
    worst = max(range(len(errors)), key=errors.__getitem__)
    bound = each.bound(seen["resid_post", 0].dtype)
    return Check(
        each.name,
        f"{each.what} (worst layer {worst}, relative error)",
        errors[worst],
        bound,
        errors[worst] <= bound,
        "give the right row: wrap(model, tokenizer, anatomy=Anatomy(...))",
    )


def _closing(total: Tensor, *terms: Tensor) -> float:
    """The error of total = sum of terms, as a share of the terms' sizes, by coordinate.

    So a few huge coordinates of the stream cannot hide an error in the others.
    """
    doubles = [term.to(torch.float64) for term in terms]
    size = torch.stack([term.abs() for term in doubles]).sum(dim=0).clamp_min(1e-30)
    error = (total.to(torch.float64) - torch.stack(doubles).sum(dim=0)).abs()
    return float((error / size).max())


def _residual_error(_: Body, seen: Seen, layer: int) -> float:
    terms = [seen[site, layer] for site in ("resid_pre", "attn_out", "mlp_out")]
    return _closing(seen["resid_post", layer], *terms)


def _mid_error(_: Body, seen: Seen, layer: int) -> float:
    return _closing(seen["resid_mid", layer], seen["resid_pre", layer], seen["attn_out", layer])


def _heads_error(body: Body, seen: Seen, layer: int) -> float:
    block = body.blocks[layer]
    rebuilt = block.o(seen["head", layer].flatten(-2))
    if block.attn_added is not block.attention:
        rebuilt = block.attn_added(rebuilt)
    return largest_difference(rebuilt * body.residual_scale, seen["attn_out", layer])


def _neurons_error(body: Body, seen: Seen, layer: int) -> float:
    block = body.blocks[layer]
    assert block.down is not None
    rebuilt = block.down(seen["neuron_out", layer])
    if block.mlp_added is not block.mlp:
        rebuilt = block.mlp_added(rebuilt)
    return largest_difference(rebuilt * body.residual_scale, seen["mlp_out", layer])


def _activation_error(body: Body, seen: Seen, layer: int) -> float:
    product = seen["neuron", layer]
    if body.anatomy.gate is not None:
        product = product * seen["up", layer]
    return largest_difference(product, seen["neuron_out", layer])


def _read_out(body: Body, seen: Seen) -> Check:
    last = seen["resid_post", body.sizes.layers - 1]
    error = largest_difference(unembed(body, last), seen["logits", OUTSIDE])
    bound = tolerance(last.dtype)
    return Check(
        "read_out",
        "final norm and head on the last resid_post = logits (relative error)",
        error,
        bound,
        error <= bound,
        "the family scales or caps its logits: name the fields in its row",
    )


def _causal(body: Body, seen: Seen) -> Check:
    """The probe's rows differ in the last token alone: nothing before it may differ."""
    last = seen["resid_post", body.sizes.layers - 1][:, :-1]
    error = largest_difference(last[1], last[0])
    bound = tolerance(last.dtype)
    return Check(
        "causal",
        "effect of the last token on earlier ones (relative)",
        error,
        bound,
        error <= bound,
        "neuroglot reads causal language models",
    )
