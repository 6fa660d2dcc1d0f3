"""How far a training is, and its checkpoint: from one file it goes on to the same bits.

Takes the pieces that are trained and their optimiser; keeps losses, looks and the best weights.
"""

import json
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import inf
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.optim import AdamW

from neuroglot.base.errors import RunError
from neuroglot.runs.tensors import read_metadata, read_tensors, write_tensors
from neuroglot.train.moving import Piece

CHECKPOINT = "checkpoint.safetensors"
CHECKPOINT_SECONDS = 60.0
SECONDS_VARIABLE = "NEUROGLOT_CHECKPOINT_SECONDS"

Looked = dict[str, Any]
"""What was seen of a model on its way, as plain JSON."""


@dataclass(eq=False)
class State:
    """How far a training is: all that a checkpoint keeps beside the weights."""

    name: str
    file: Path | None
    done: int = 0
    losses: list[float] = field(default_factory=list)
    looks: list[tuple[int, Looked]] = field(default_factory=list)
    best: float = inf
    best_step: int | None = None
    worse: int = 0
    stopped: bool = False
    kept: dict[str, Tensor] = field(default_factory=dict)
    saved: float = field(default_factory=time.monotonic)

    def judge(self, loss: float, pieces: Sequence[Piece], patience: int) -> None:
        """Take a dev loss: keep the weights where it is the best, stop where it is too late."""
        if loss < self.best:
            self.best, self.best_step, self.worse = loss, self.done, 0
            self.kept = {piece.name: piece.leaf.detach().clone() for piece in pieces}
        else:
            self.worse += 1
            self.stopped = self.worse >= patience

    def take_best(self, pieces: Sequence[Piece]) -> None:
        """Put the best weights into the model, where any were kept."""
        for piece in pieces:
            if piece.name in self.kept:
                piece.leaf.detach().copy_(self.kept[piece.name])
                piece.push()

    def save(self, pieces: Sequence[Piece], adam: AdamW, *, now: bool) -> None:
        """Write the checkpoint, on a time rule unless it is wanted now. Raises StorageError."""
        seconds = float(os.environ.get(SECONDS_VARIABLE, CHECKPOINT_SECONDS))
        if self.file is None or not (now or time.monotonic() - self.saved >= seconds):
            return
        tensors = {f"leaf/{piece.name}": piece.leaf.detach() for piece in pieces}
        tensors |= {f"best/{name}": leaf for name, leaf in self.kept.items()}
        for piece in pieces:
            for key, value in adam.state[piece.leaf].items():
                tensors[f"{key}/{piece.name}"] = value
        record = {
            "name": self.name,
            "done": self.done,
            "losses": self.losses,
            "looks": self.looks,
            "best": None if self.best == inf else self.best,
            "best_step": self.best_step,
            "worse": self.worse,
            "stopped": self.stopped,
        }
        arrays = {name: each.cpu().numpy() for name, each in tensors.items()}
        write_tensors(self.file, arrays, metadata={"training": json.dumps(record)})
        self.saved = time.monotonic()

    def resume(self, pieces: Sequence[Piece], adam: AdamW) -> None:
        """Take up the checkpoint, if there is one. Raises RunError for that of another training."""
        if self.file is None or not self.file.exists():
            return
        record = json.loads(read_metadata(self.file).get("training", "{}"))
        if record.get("name") != self.name:
            raise RunError(
                f"{self.file} is of another training (other weights, data, selection or plan): "
                "give another folder, or remove it"
            )
        arrays = {name: torch.from_numpy(each) for name, each in read_tensors(self.file).items()}
        own = {piece.name: piece for piece in pieces}
        for key, value in arrays.items():
            kind, _, name = key.partition("/")
            leaf = own[name].leaf
            if kind == "leaf":
                leaf.detach().copy_(value)
            elif kind == "best":
                self.kept[name] = value.to(leaf.device)
            else:
                adam.state[leaf][kind] = value if kind == "step" else value.to(leaf.device)
        # In their own order: where two cross, the later one has the last word.
        for piece in pieces:
            piece.push()
        self.done, self.losses = record["done"], record["losses"]
        self.looks = [(step, seen) for step, seen in record["looks"]]
        self.best = inf if record["best"] is None else record["best"]
        self.best_step, self.worse = record["best_step"], record["worse"]
        self.stopped = record["stopped"]
