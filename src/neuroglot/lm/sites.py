"""Sites: the places in a model that can be read and edited, and where each is found in a Body.

Takes a site's name and a layer, gives a Place: a module, its input or output, and the part of that
tensor which is the site. `embed` and `logits` stand outside the blocks, at layer -1. Asking for a
place that a model does not have is a SiteError that says why. Runs nothing.
"""

from dataclasses import dataclass
from typing import Literal

from torch import nn

from neuroglot.base.errors import SiteError
from neuroglot.base.units import STREAM_SITES
from neuroglot.lm.body import Block, Body, width_out
from neuroglot.lm.views import Heads, Scaled, Split, View, Whole

Side = Literal["input", "output"]
OUTSIDE = -1
"""The layer of the sites that belong to no block."""


@dataclass(frozen=True)
class Site:
    """One kind of place: which part of a block it belongs to, and the axes of its tensor."""

    name: str
    part: str
    side: Side
    axes: str


@dataclass(frozen=True)
class Place:
    """One site of one layer.

    in_place: an edit has to overwrite the tensor, because the model keeps a second reference to it.
    """

    site: str
    layer: int
    module: nn.Module
    side: Side
    view: View
    in_place: bool = False

    def __str__(self) -> str:
        return self.site if self.layer == OUTSIDE else f"{self.site} of layer {self.layer}"


SITES: dict[str, Site] = {
    site.name: site
    for site in (
        Site("embed", "block", "input", "row token width"),
        Site("resid_pre", "block", "input", "row token width"),
        Site("resid_mid", "mid", "input", "row token width"),
        Site("resid_post", "block", "output", "row token width"),
        Site("attn_out", "attn_added", "output", "row token width"),
        Site("mlp_out", "mlp_added", "output", "row token width"),
        Site("q", "q", "output", "row token heads*head_width"),
        Site("k", "k", "output", "row token kv_heads*head_width"),
        Site("v", "v", "output", "row token kv_heads*head_width"),
        Site("o", "o", "output", "row token width"),
        Site("gate", "gate", "output", "row token neuron"),
        Site("up", "up", "output", "row token neuron"),
        Site("down", "down", "output", "row token width"),
        Site("head", "o", "input", "row token head head_width"),
        Site("neuron", "activation", "output", "row token neuron"),
        Site("neuron_out", "down", "input", "row token neuron"),
        Site("logits", "hf", "output", "row token vocabulary"),
    )
}
"""All sites. `neuron` is act(gate), without a gate act(up); `neuron_out` is what enters the down
projection; q and k are taken before rotary embedding; `attn_out` and `mlp_out` are what is added to
the residual stream, after a post-norm or multiplier where the family has one."""

NEURON_SITES = frozenset({"gate", "up", "down", "neuron", "neuron_out"})
OUTSIDE_SITES = frozenset({"embed", "logits"})


def layers_of(body: Body, site: str) -> range:
    """The layers at which a site can be asked for."""
    return range(OUTSIDE, 0) if site in OUTSIDE_SITES else range(body.sizes.layers)


def place(body: Body, site: str, layer: int) -> Place:
    """Where `site` of `layer` is in this model.

    Raises SiteError for an unknown site, a layer that does not exist, or a site that this model's
    build does not have.
    """
    if site not in SITES:
        raise SiteError(f"unknown site {site!r}: known are {', '.join(SITES)}")
    _refuse_absent(body, site)
    if layer not in layers_of(body, site):
        if site in OUTSIDE_SITES:
            raise SiteError(f"site {site!r} belongs to no layer: ask for it at layer {OUTSIDE}")
        raise SiteError(f"no layer {layer} in this model: layers are 0-{body.sizes.layers - 1}")
    if site == "logits":
        return Place(site, layer, body.hf, "output", Whole())
    block = body.blocks[max(layer, 0)]
    kind = SITES[site]
    return Place(
        site,
        layer,
        module=getattr(block, kind.part),
        side=kind.side,
        view=_view(body, block, site),
        in_place=site == "resid_mid",
    )


def n_units(body: Body, site: str) -> int:
    """How many units a layer has at a site of units."""
    sizes = body.sizes
    counts = {
        "head": sizes.heads,
        "q": sizes.heads * sizes.head_width,
        "k": sizes.kv_heads * sizes.head_width,
        "v": sizes.kv_heads * sizes.head_width,
    }
    if site in ("o", "down", *STREAM_SITES):
        return sizes.width
    return counts.get(site) or sizes.neurons or 0


def _refuse_absent(body: Body, site: str) -> None:
    if site == "resid_mid" and body.parallel:
        raise SiteError(
            f"no site 'resid_mid' in family {body.family!r}: attention and MLP read the same "
            "residual stream (parallel blocks); ask for resid_pre or resid_post"
        )
    if site in NEURON_SITES and body.n_experts:
        raise SiteError(
            f"no site {site!r} in family {body.family!r}: tokens are routed to {body.n_experts} "
            "experts, so a layer has no fixed neurons; the sites of the residual stream and of "
            "attention exist"
        )
    if site in NEURON_SITES and body.sizes.neurons is None:
        raise SiteError(f"no site {site!r} in this model: its layers differ in number of neurons")
    if site == "gate" and body.anatomy.gate is None:
        raise SiteError(
            f"no site 'gate' in family {body.family!r}: its MLP has no gate; ask for up or neuron"
        )


def _view(body: Body, block: Block, site: str) -> View:
    sizes, anatomy = body.sizes, body.anatomy
    if site == "head":
        return Heads(sizes.heads, sizes.head_width)
    if site in ("attn_out", "mlp_out") and body.residual_scale != 1.0:
        return Scaled(body.residual_scale)
    if site in ("q", "k", "v") and anatomy.qkv:
        groups = anatomy.qkv_groups or sizes.kv_heads
        width = width_out(block.q) // groups
        each = {"q": sizes.heads * sizes.head_width // groups}
        each["k"] = each["v"] = (width - each["q"]) // 2
        before = anatomy.qkv_order[: anatomy.qkv_order.index(site)]
        start = sum(each[name] for name in before)
        return Split(groups, start, start + each[site])
    if site in ("gate", "up") and anatomy.fused_gate:
        half = n_units(body, site)
        return Split(1, 0, half) if site == "gate" else Split(1, half, 2 * half)
    return Whole()
