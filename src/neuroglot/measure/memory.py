"""Memory: how running out of it is told from other errors, and whether a pass will fit."""

from pathlib import Path

import torch

from neuroglot.lm.model import LM

OUT_OF_MEMORY = (torch.OutOfMemoryError, MemoryError, RuntimeError)
"""What may mean it; `is_out_of_memory` tells whether it does."""


def is_out_of_memory(error: BaseException) -> bool:
    """Whether memory ran out: on the CPU torch says so in the words of a RuntimeError only."""
    return isinstance(error, torch.OutOfMemoryError | MemoryError) or (
        "not enough memory" in str(error) or "can't allocate memory" in str(error)
    )


def fits_at_once(lm: LM, tokens: int) -> bool:
    """Whether half of the free memory holds what a backward pass keeps of all blocks at once."""
    return tokens * lm.n_layers * inside_bytes(lm) <= free_bytes(lm.device) // 2


def inside_bytes(lm: LM) -> int:
    """Bytes that autograd and the readers keep of one token in one block, generously."""
    neurons = lm.n_neurons or 4 * lm.width
    return (12 * lm.width + 6 * neurons) * lm.dtype.itemsize


def free_bytes(device: torch.device) -> int:
    """Memory that can still be had; where the system does not say, 4 GiB."""
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    known = Path("/proc/meminfo")
    if known.exists():
        for line in known.read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    return 4 * 2**30
