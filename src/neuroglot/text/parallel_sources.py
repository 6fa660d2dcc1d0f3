"""Where parallel items come from: one word or path, the reader that fits.

Takes a file of rows, a folder in the layout of CoST or HumanEval-X, or one of their names, which
stand for folders below the one that NEUROGLOT_DATA names. Gives a ParallelCorpus.
"""

import os
from collections.abc import Sequence
from pathlib import Path

from neuroglot.base.errors import CorpusError
from neuroglot.text.parallel import ParallelCorpus

FOLDER_VARIABLE = "NEUROGLOT_DATA"
FOLDERS = {"cost": "cost-parallel", "humaneval-x": "humaneval-x"}
"""Names of data sets, and the folders that hold them."""


def open_parallel(source: str | Path, *, languages: Sequence[str] | None = None) -> ParallelCorpus:
    """The items that a name, file or folder holds.

    Raises CorpusError for a name whose folder nobody gave, a place where nothing is, and what the
    readers refuse.
    """
    place = _folder(str(source)) if str(source) in FOLDERS else Path(source)
    if place.is_file():
        return ParallelCorpus.from_jsonl(place, languages=languages)
    if any(place.glob("humaneval_*.jsonl")):
        return ParallelCorpus.from_humaneval_x(place, languages=languages)
    return ParallelCorpus.from_cost(place, languages=languages)


def _folder(name: str) -> Path:
    above = os.environ.get(FOLDER_VARIABLE)
    if not above:
        raise CorpusError(
            f"{name!r} is looked for below the folder that {FOLDER_VARIABLE} names, and it names "
            "none: set it, or give the folder of the items itself"
        )
    return Path(above) / FOLDERS[name]
