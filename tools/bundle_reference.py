"""Put a trained and evaluated reference model into the package, with its card.

`python tools/bundle_reference.py DIR`: DIR is what `neuroglot reference train` made. The card goes
beside the weights and to docs/reference.md.
"""

import argparse
import json
import shutil
from pathlib import Path

from neuroglot.lm.bundled import CARD, FOLDER
from neuroglot.studies.reference_card import card_text, made_card

MOST_BYTES = 40_000_000
FILES = ("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json")
DOCUMENT = Path(__file__).parent.parent / "docs" / "reference.md"


def main() -> None:
    """Copy the files, write the card twice."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    card = made_card(folder)
    if card["bytes"] > MOST_BYTES:
        raise SystemExit(f"{card['bytes']:,} bytes of weights: at most {MOST_BYTES:,} fit")
    FOLDER.mkdir(exist_ok=True)
    for name in FILES:
        shutil.copyfile(folder / "model" / name, FOLDER / name)
    (FOLDER / CARD).write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    DOCUMENT.write_text(card_text(card), encoding="utf-8")


if __name__ == "__main__":
    main()
