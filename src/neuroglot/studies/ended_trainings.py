"""What trainings that ended gave, kept in a step's folder so that a killed step goes on."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from neuroglot.runs.storage import append_jsonl, read_jsonl

Line = dict[str, Any]


@dataclass(frozen=True)
class EndedTrainings:
    """Lines of a file in the folder of a step's checkpoint, by name."""

    folder: Path

    @property
    def file(self) -> Path:
        """Where they are kept."""
        return self.folder / "trainings.jsonl"

    def known(self, key: str) -> Line | None:
        """What a training gave, None where it has not ended."""
        rows = read_jsonl(self.file) if self.file.exists() else []
        return next((row for row in rows if row["key"] == key), None)

    def kept(self, key: str, do: Callable[[], Line]) -> Line:
        """What a training gave: from the file where it has ended, else it is done."""
        known = self.known(key)
        if known is None:
            known = {"key": key, **do()}
            append_jsonl(self.file, known)
        return known
