"""In which order documents are read, and which bucket a repository falls into.

Both follow from names and contents alone (sha256), never from the order of files, so that the same
corpus is read in the same order on every machine.
"""

from collections import defaultdict
from collections.abc import Iterable

from neuroglot.base.digests import text_digest
from neuroglot.text.document import Document
from neuroglot.text.headers import without_header

_Key = tuple[str, ...]


def reading_order(documents: Iterable[Document]) -> list[Document]:
    """Documents of one label in the order they are read.

    Inside a repository by (sha256 of the text, path); repositories, ordered by sha256 of their
    name, take turns. The text is taken without its licence header, so that a corpus is read in
    the same order with headers as without.
    """
    by_repository: dict[str, list[tuple[_Key, Document]]] = defaultdict(list)
    for document in documents:
        by_repository[document.repository].append((_key(document), document))
    turns: list[tuple[int, int, Document]] = []
    for rank, name in enumerate(sorted(by_repository, key=text_digest)):
        in_turn = sorted(by_repository[name], key=lambda entry: entry[0])
        turns.extend((turn, rank, document) for turn, (_, document) in enumerate(in_turn))
    return [document for _, _, document in sorted(turns, key=lambda entry: entry[:2])]


def buckets(documents: Iterable[Document], *, max_buckets: int) -> dict[str, int]:
    """Repository name -> bucket, for the documents of one label.

    Repositories in order of sha256 of their name; bucket = rank mod max_buckets.
    """
    return dealt({document.repository for document in documents}, into=max_buckets)


def dealt(names: Iterable[str], *, into: int) -> dict[str, int]:
    """Each name's rank by sha256 among all of them, mod `into`."""
    ordered = sorted(set(names), key=text_digest)
    return {name: rank % into for rank, name in enumerate(ordered)}


def _key(document: Document) -> _Key:
    body = without_header(document.text, document.language)
    rest = (document.id, document.split or "", document.licence or "")
    return (text_digest(body), document.path or "", *rest)
