"""The model that comes with neuroglot: where its weights and its card lie in the package."""

import json
from pathlib import Path
from typing import Any

from neuroglot.base.errors import ModelError

REFERENCE = "reference"
"""What it is called where a model is asked for."""

FOLDER = Path(__file__).parent / "reference"
CARD = "card.json"


def reference_folder() -> Path:
    """The folder of the bundled model. Raises ModelError where the package came without it."""
    if not (FOLDER / "model.safetensors").exists():
        raise ModelError(
            "this package came without the reference model: use 'planted', a folder or a hub id"
        )
    return FOLDER


def reference_card() -> dict[str, Any]:
    """What the bundled model was made of, how, and what it can do. Raises as the folder does."""
    found: dict[str, Any] = json.loads((reference_folder() / CARD).read_text(encoding="utf-8"))
    return found
