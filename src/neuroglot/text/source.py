"""What a source hands over: its documents, what it left out and why, and what to tell the user."""

from collections import Counter
from dataclasses import dataclass, field

from neuroglot.text.document import Document


@dataclass(frozen=True)
class Source:
    """Documents as they were found, before headers, duplicates and order are seen to.

    name: how messages call the place (a path, a data set's name).
    skipped: reason -> how many. notes: sentences for the user and the report.
    """

    name: str
    documents: list[Document] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
