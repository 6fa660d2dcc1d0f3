"""Content digests: the same thing has the same name on every machine."""

import hashlib
import json
from pathlib import Path
from typing import Any


def text_digest(text: str) -> str:
    """sha256 of a text's UTF-8 bytes, in hex. Lone surrogates are kept, not refused."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def json_digest(value: Any) -> str:
    """sha256 of a JSON value in its canonical form (sorted keys, no spaces), in hex."""
    return text_digest(json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False))


def file_digest(path: Path) -> str:
    """sha256 of a file's bytes, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
