"""Silence for what transformers and the hub say while loading: what matters we say ourselves."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from huggingface_hub.utils.tqdm import (
    are_progress_bars_disabled,
    disable_progress_bars,
    enable_progress_bars,
)
from transformers.utils import logging as transformers_logging

_LOGGERS = ("transformers", "huggingface_hub", "accelerate", "httpx")


@contextmanager
def quiet() -> Iterator[None]:
    """No log lines, warnings or progress bars of the libraries inside; all as before after it."""
    loggers = [logging.getLogger(name) for name in _LOGGERS]
    levels = [logger.level for logger in loggers]
    library: Any = transformers_logging
    bars = library.is_progress_bar_enabled()
    hub_bars = not are_progress_bars_disabled()
    try:
        for logger in loggers:
            logger.setLevel(logging.CRITICAL + 1)
        library.disable_progress_bar()
        disable_progress_bars()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
        if bars:
            library.enable_progress_bar()
        if hub_bars:
            enable_progress_bars()
