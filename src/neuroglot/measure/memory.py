"""Running out of memory: how it is told from other errors."""

import torch

OUT_OF_MEMORY = (torch.OutOfMemoryError, MemoryError, RuntimeError)
"""What may mean it; `is_out_of_memory` tells whether it does."""


def is_out_of_memory(error: BaseException) -> bool:
    """Whether memory ran out: on the CPU torch says so in the words of a RuntimeError only."""
    return isinstance(error, torch.OutOfMemoryError | MemoryError) or (
        "not enough memory" in str(error) or "can't allocate memory" in str(error)
    )
