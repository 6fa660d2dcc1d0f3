"""A delta: what a training or an edit changed in a model's weights, as a small file.

Holds the changed entries, the fingerprint of the model that they belong to and that of the model
they make. `save` and `load` are a safetensors file; `apply` puts the entries into a model. Low-rank
updates are added up one product after the other in float64, so that every machine gets the same
bits.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from neuroglot.base.errors import ConfigError, ModelError
from neuroglot.lm.checkpoints import refuse_not_finite
from neuroglot.lm.edits import Edit
from neuroglot.lm.entries import Entry, lines_of
from neuroglot.lm.fingerprint import fingerprint
from neuroglot.lm.model import LM
from neuroglot.runs.storage import refusals, write_bytes

FORMAT = 1
RECORD = "neuroglot"
KINDS = ("whole", "axis0", "axis1", "low_rank")


@dataclass(frozen=True, eq=False)
class LowRank:
    """An update of a projection's weight: scale * b a, with a [rank, input], b [output, rank].

    name: of the weight. outputs: the axis of it that counts outputs.
    """

    name: str
    outputs: int
    a: Tensor
    b: Tensor
    scale: float

    def added(self, weight: Tensor) -> Tensor:
        """The weight with the update, rounded once."""
        wide = weight.detach().double()
        rows = wide if self.outputs == 0 else wide.T
        for a, b in zip(self.a.to(wide), self.b.T.to(wide), strict=True):
            rows += torch.outer(b * self.scale, a)
        return wide.to(weight.dtype)


@dataclass(frozen=True, eq=False)
class Delta:
    """Changed entries with their values, in the model's own format.

    base: fingerprint of the model that they were taken from. made: of the one they make. about: how
    it came about, plain JSON.
    """

    base: str
    made: str
    dtype: str
    entries: tuple[tuple[Entry, Tensor], ...]
    low_rank: tuple[LowRank, ...] = ()
    about: Mapping[str, Any] | None = None

    @property
    def n_bytes(self) -> int:
        """Bytes of all values, places apart."""
        factors = sum(each.a.nbytes + each.b.nbytes for each in self.low_rank)
        return factors + sum(values.nbytes for _, values in self.entries)

    def save(self, path: str | Path) -> None:
        """Write the file whole, or leave the old one. Raises StorageError."""
        tensors: dict[str, Tensor] = {}
        for entry, values in self.entries:
            kind = "whole" if entry.axis is None else f"axis{entry.axis}"
            tensors[f"{kind}/{entry.name}"] = values.cpu().contiguous()
            if entry.at is not None:
                # A copy: rows and their biases share their places, which the library refuses.
                tensors[f"{kind}-at/{entry.name}"] = entry.at.cpu().clone()
        for each in self.low_rank:
            tensors[f"low_rank-a/{each.name}"] = each.a.cpu().contiguous()
            tensors[f"low_rank-b/{each.name}"] = each.b.cpu().contiguous()
        record = {
            "format": FORMAT,
            "base": self.base,
            "made": self.made,
            "dtype": self.dtype,
            "low_rank": {each.name: [each.outputs, each.scale] for each in self.low_rank},
            "about": dict(self.about or {}),
        }
        text = json.dumps(record, sort_keys=True)
        # One entry of metadata alone: the library writes several in an order that changes.
        write_bytes(Path(path), save(tensors, metadata={RECORD: text}))

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """What `save` wrote. Raises ConfigError for another file, StorageError."""
        file = Path(path)
        with refusals(file, "read"):
            if not file.is_file():
                raise FileNotFoundError(file)
            try:
                with safe_open(file, framework="pt") as content:
                    record = json.loads((content.metadata() or {}).get(RECORD, "null"))
                    tensors = {key: content.get_tensor(key) for key in content.keys()}  # noqa: SIM118
            except (SafetensorError, ValueError) as error:
                raise ConfigError(f"{file} is damaged ({error}): make the delta again") from None
        if record is None or record.get("format") != FORMAT:
            raise ConfigError(f"{file} is no delta of weights: give a file that Delta.save wrote")
        entries = []
        for key, values in sorted(tensors.items()):
            kind, _, name = key.partition("/")
            if kind in KINDS:
                axis = None if kind == "whole" else int(kind[-1])
                entries.append((Entry(name, axis, tensors.get(f"{kind}-at/{name}")), values))
        low_rank = tuple(
            LowRank(name, *_pair(tensors, name, outputs), scale)
            for name, (outputs, scale) in sorted(record["low_rank"].items())
        )
        dtype, about = record["dtype"], record["about"]
        return cls(record["base"], record["made"], dtype, tuple(entries), low_rank, about)

    def apply(self, lm: LM, *, source: str = "") -> LM:
        """The model with these weights, changed in place; the record given before is out of date.

        source: the file, for whoever loads it again. Raises ModelError for another model than the
        one that the delta belongs to.
        """
        self._refuse_other(lm, source)
        parameters = dict(lm.hf.named_parameters())
        for entry, values in self.entries:
            entry.write(parameters[entry.name], values)
        for each in self.low_rank:
            parameters[each.name].detach().copy_(each.added(parameters[each.name]))
        refuse_not_finite(lm.hf, source or lm.name)
        made = fingerprint(lm.hf, lm.tokenizer)
        if made != self.made:
            raise ModelError(
                f"{source or 'the delta'} made other weights ({made[:12]}) than those that it was "
                f"taken from ({self.made[:12]}): the file was changed, make the delta again"
            )
        return replace(lm, fingerprint=made, delta=source)

    @contextmanager
    def inside(self, lm: LM) -> Iterator[LM]:
        """The model with these weights inside the context, and as it was behind it.

        Raises ModelError for another model than the one that the delta belongs to.
        """
        self._refuse_other(lm)
        names = {entry.name for entry, _ in self.entries} | {each.name for each in self.low_rank}
        parameters = dict(lm.hf.named_parameters())
        with _holding(lm, {name: parameters[name].detach().clone() for name in sorted(names)}):
            yield self.apply(lm)

    def _refuse_other(self, lm: LM, source: str = "") -> None:
        if lm.fingerprint != self.base:
            raise ModelError(
                f"{source or 'the delta'} belongs to another model ({self.base[:12]}, "
                f"{self.dtype}) than {lm.name} ({lm.fingerprint[:12]}, {_word(lm.dtype)}): load "
                "the one that it was made from, in its number format (--dtype)"
            )


def changed(
    lm: LM,
    entries: Iterable[Entry],
    *,
    low_rank: Sequence[LowRank] = (),
    about: Mapping[str, Any] | None = None,
) -> Delta:
    """A delta of what stands at these entries now, in a model whose record is of the time before.

    low_rank: updates that are in the weights already.
    """
    parameters = dict(lm.hf.named_parameters())
    values = tuple((entry, entry.read(parameters[entry.name]).cpu()) for entry in entries)
    made = fingerprint(lm.hf, lm.tokenizer)
    return Delta(lm.fingerprint, made, _word(lm.dtype), values, tuple(low_rank), about)


def merged(lm: LM, updates: Sequence[LowRank], *, about: Mapping[str, Any] | None = None) -> Delta:
    """The delta of low-rank updates of the weights. The model stays as it is."""
    parameters = dict(lm.hf.named_parameters())
    with _holding(lm, {each.name: each.added(parameters[each.name]) for each in updates}):
        return changed(lm, [], low_rank=updates, about=about)


def edited_weights(lm: LM, *edits: Edit) -> Delta:
    """Edits as weights: a delta with which the model computes as it does inside `lm.edit`.

    Units of projections are zeroed or scaled by their rows, MLP neurons by their columns of the
    down projection. The model stays as it is. Raises ConfigError for edits that no weights stand
    for: other values than 0, single positions, heads and the residual stream.
    """
    parameters = dict(lm.hf.named_parameters())
    touched: dict[str, Tensor] = {}
    for edit in edits:
        factor = _factor(edit)
        of_neurons = edit.units.site == "neuron"
        for line in lines_of(lm.body, edit.units, columns=of_neurons):
            if of_neurons and line.side == "rows":
                continue
            for entry in line.entries:
                whole = touched.setdefault(entry.name, parameters[entry.name].detach().clone())
                entry.write(whole, entry.read(whole) * factor)
    narrow = [
        _narrowed(name, parameters[name].detach() != touched[name]) for name in sorted(touched)
    ]
    with _holding(lm, touched):
        return changed(lm, narrow, about={"made by": "edits"})


@contextmanager
def _holding(lm: LM, weights: Mapping[str, Tensor]) -> Iterator[None]:
    """The model with other weights of these names, inside the context."""
    parameters = dict(lm.hf.named_parameters())
    before = {name: parameters[name].detach().clone() for name in weights}
    try:
        for name, whole in weights.items():
            parameters[name].detach().copy_(whole)
        yield
    finally:
        for name, whole in before.items():
            parameters[name].detach().copy_(whole)


def _narrowed(name: str, differs: Tensor) -> Entry:
    """The lines of a parameter that differ, along the axis with fewer of them."""
    lines = [differs] if differs.ndim == 1 else [differs.any(dim=1), differs.any(dim=0)]
    axis = min(range(len(lines)), key=lambda n: float(lines[n].double().mean()))
    return Entry(name, axis, lines[axis].nonzero()[:, 0].cpu())


def _factor(edit: Edit) -> float:
    if edit.positions is not None:
        raise ConfigError("an edit of some positions has no weights: leave out positions")
    if edit.values is None:
        return edit.factor
    if edit.values.any():
        raise ConfigError(
            "an edit that sets units to other values than 0 has no weights: export zero or scale"
        )
    return 0.0


def _pair(tensors: Mapping[str, Tensor], name: str, outputs: int) -> tuple[int, Tensor, Tensor]:
    return outputs, tensors[f"low_rank-a/{name}"], tensors[f"low_rank-b/{name}"]


def _word(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")
