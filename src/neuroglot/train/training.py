"""The training loop: rows in order, some at a time, with a checkpoint that resumes exactly.

Takes a model and rows of tokens, moves the weights, writes a line per step. Two trainings with the
same model, rows and plan give the same weights bit for bit, interrupted or not, on one machine with
one number of threads.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.torch import save
from torch import Tensor

from neuroglot.base.errors import RunError
from neuroglot.runs.storage import write_bytes
from neuroglot.train import optimisation

CHECKPOINT = "checkpoint.safetensors"
LOG = "steps.jsonl"
CHECKPOINT_SECONDS = 60.0
LAST = 50
"""Steps over which the loss at the end is taken."""

OnStep = Callable[[int, int, float], None]
"""Called after each step with the steps done, all steps, and the step's loss."""


@dataclass(frozen=True)
class Plan:
    """How many rows a step reads, how many of them at a time, and when the rate begins to fall.

    Muon's own work is the same for any number of rows, so several parts make one step. decay: the
    share of the training over which the rate falls.
    """

    rows_per_step: int = 6
    rows_at_a_time: int = 3
    decay: float = optimisation.DECAY

    def steps(self, n_rows: int) -> int:
        """Whole steps that the rows fill."""
        return n_rows // self.rows_per_step


def train(
    model: Any,
    rows: NDArray[np.uint16],
    *,
    folder: Path,
    plan: Plan,
    name: str,
    last: int | None = None,
    on_step: OnStep | None = None,
) -> int:
    """Train from the checkpoint in `folder`, or from the beginning; gives the steps done in all.

    rows: uint16 [row, token]. name: what the training is of; a checkpoint of another is refused
    with RunError. last: stop after this step as if interrupted; None goes to the end.
    """
    total = plan.steps(len(rows))
    found = optimisation.optimisers(model)
    done = _resumed(model, found, folder, name)
    model.train()
    saved = time.monotonic()
    end = total if last is None else min(last, total)
    for step in range(done, end):
        batch = rows[step * plan.rows_per_step : (step + 1) * plan.rows_per_step]
        loss = gradients(model, batch, plan.rows_at_a_time)
        share = (step + 1) / total
        optimisation.step(found, list(model.parameters()), done=share, decay=plan.decay)
        _note(folder, step, loss)
        if on_step is not None:
            on_step(step + 1, total, loss)
        if time.monotonic() - saved > CHECKPOINT_SECONDS or step + 1 == end:
            _save(model, found, folder, name, step + 1)
            saved = time.monotonic()
    model.eval()
    return max(done, end)


def outcome(folder: Path) -> dict[str, float]:
    """The `steps` done in a folder, and the mean `loss` of the last ones, from its log."""
    lines = (folder / LOG).read_text(encoding="utf-8").splitlines()
    losses = [json.loads(line)["loss"] for line in lines[-LAST:]]
    return {"steps": len(lines), "loss": round(sum(losses) / len(losses), 4)}


def gradients(model: Any, batch: NDArray[np.uint16], at_a_time: int) -> float:
    """The loss of a step's rows, in nats per token; its gradients are added up in the model."""
    ids = torch.from_numpy(batch.astype(np.int64)).to(model.device)
    parts = torch.chunk(ids, max(1, len(ids) // at_a_time))
    total = 0.0
    for part in parts:
        loss = model(input_ids=part, labels=part, use_cache=False).loss * (len(part) / len(ids))
        loss.backward()
        total += loss.item()
    return total


def _note(folder: Path, step: int, loss: float) -> None:
    with (folder / LOG).open("a", encoding="utf-8") as file:
        file.write(json.dumps({"step": step + 1, "loss": round(loss, 4)}) + "\n")


def _save(model: Any, found: optimisation.Optimisers, folder: Path, name: str, done: int) -> None:
    weights = {f"model.{key}": tensor for key, tensor in model.state_dict().items()}
    tensors = {key: tensor.contiguous() for key, tensor in weights.items()}
    tensors |= {key: tensor.contiguous() for key, tensor in optimisation.state(found).items()}
    content = save(tensors, metadata={"name": name, "steps": str(done)})
    write_bytes(folder / CHECKPOINT, content)


def _resumed(model: Any, found: optimisation.Optimisers, folder: Path, name: str) -> int:
    """Take up the checkpoint, if there is one: the steps done so far."""
    file = folder / CHECKPOINT
    if not file.exists():
        (folder / LOG).unlink(missing_ok=True)
        return 0
    with safe_open(file, framework="pt") as content:
        metadata = content.metadata()
        if metadata["name"] != name:
            raise RunError(
                f"{file} is of another training ({metadata['name']}, not {name}): "
                "give another --out, or remove it"
            )
        tensors = {key: content.get_tensor(key) for key in content.keys()}  # noqa: SIM118
    weights = {k.removeprefix("model."): v for k, v in tensors.items() if k.startswith("model.")}
    model.load_state_dict(weights)
    remembered = {k: v for k, v in tensors.items() if not k.startswith("model.")}
    optimisation.remember(found, _on(remembered, model.device))
    done = int(metadata["steps"])
    _forget_steps_after(folder, done)
    return done


def _on(tensors: dict[str, Tensor], device: torch.device) -> dict[str, Tensor]:
    return {name: tensor.to(device) for name, tensor in tensors.items()}


def _forget_steps_after(folder: Path, done: int) -> None:
    """Lines of steps that came after the checkpoint: they will be done again."""
    file = folder / LOG
    if file.exists():
        lines = file.read_text(encoding="utf-8").splitlines()[:done]
        write_bytes(file, "".join(f"{line}\n" for line in lines).encode())
