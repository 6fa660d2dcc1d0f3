"""The only source of chance: one generator per seed and purpose; no draw disturbs another."""

import hashlib

import numpy as np


def generator(seed: int, *purpose: str | int) -> np.random.Generator:
    """A generator that depends on the run's seed and on what it is for, and on nothing else."""
    words = hashlib.sha256("\x1f".join(map(str, purpose)).encode()).digest()
    return np.random.default_rng([seed, *np.frombuffer(words, dtype=np.uint32).tolist()])
