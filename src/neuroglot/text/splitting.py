"""Which documents are held out: whole repositories, the same ones whatever the order of files.

Takes documents, gives the held-out ones' places. A repository stands on one side for all its
labels. Where a label has one repository only, its documents are held out one by one, by content.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from neuroglot.base.digests import text_digest
from neuroglot.text.document import Document

_MOST = 1.25
"""A repository that would bring a label above this multiple of the wanted share is passed over."""


@dataclass(frozen=True)
class _Unit:
    """What stays together: a repository, or one document. `size` in bytes per label."""

    key: str
    places: tuple[int, ...]
    size: Counter[str]


def held_out_places(documents: Sequence[Document], share: float) -> frozenset[int]:
    """Places of the documents to hold out, about `share` of each label's bytes.

    Units are taken in order of sha256 of their name while a label has less than its share; a unit
    too large for one of its labels is passed over, and a label left with nothing gives its
    smallest. At least one unit of every label is always kept for training.
    """
    units = _units(documents)
    labels = sorted({document.language for document in documents})
    total: Counter[str] = sum((unit.size for unit in units), Counter())
    keeping = Counter(label for unit in units for label in unit.size)
    out: Counter[str] = Counter()
    taken: list[_Unit] = []

    def take(unit: _Unit) -> None:
        taken.append(unit)
        out.update(unit.size)
        keeping.subtract(unit.size.keys())

    def spared(unit: _Unit) -> bool:
        return all(keeping[label] > 1 for label in unit.size)

    for unit in units:
        wanted = any(out[label] < share * total[label] for label in unit.size)
        fits = all(
            out[label] + size <= _MOST * share * total[label] for label, size in unit.size.items()
        )
        if wanted and fits and spared(unit):
            take(unit)
    for label in labels:
        if out[label] == 0:
            able = [unit for unit in units if label in unit.size and spared(unit)]
            if able:
                take(min(able, key=lambda unit: (unit.size[label], unit.key)))
    return frozenset(place for unit in taken for place in unit.places)


def _units(documents: Sequence[Document]) -> list[_Unit]:
    """Repositories, and the documents of labels with one repository, in order of their key."""
    repositories: dict[str, set[str]] = defaultdict(set)
    for document in documents:
        repositories[document.language].add(document.repository)
    members: dict[str, list[int]] = defaultdict(list)
    for place, document in enumerate(documents):
        alone = len(repositories[document.language]) == 1
        members[document.id if alone else document.repository].append(place)
    units: list[_Unit] = []
    for name, places in members.items():
        size: Counter[str] = Counter()
        for place in places:
            size[documents[place].language] += documents[place].n_bytes
        units.append(_Unit(text_digest("held out\x1f" + name), tuple(places), size))
    return sorted(units, key=lambda unit: unit.key)
