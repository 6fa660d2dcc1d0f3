"""Functions with their summaries, in the parts that a transfer from language to language needs.

Takes pairs, or a JSONL file of them (as CodeSearchNet has it: language, code, docstring, partition,
repo); gives SummaryPairs: the first stage in the source languages, and the target's training, dev
and test part. What may not be mixed is refused here, whoever made the pairs.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from neuroglot.base.digests import json_digest, text_digest
from neuroglot.base.errors import CorpusError
from neuroglot.base.languages import language_id
from neuroglot.text.json_lines import json_lines

TRAIN, DEV, TEST = "train", "dev", "test"
PARTITIONS = {TRAIN: TRAIN, DEV: DEV, "valid": DEV, "validation": DEV, TEST: TEST}
"""A row's word for its part -> the part."""
SUMMARY_COLUMNS = ("summary", "docstring")


@dataclass(frozen=True)
class SummaryPair:
    """A function and what is said of it, in one line.

    family: what must not stand in two parts, and what is resampled: the algorithms' family, the
    repository. program: the same for one program in two languages.
    """

    language: str
    code: str
    summary: str
    family: str
    program: str


@dataclass(frozen=True)
class SummaryPairs:
    """The parts. target: pairs to train on, in the order in which smaller sizes take them.

    Raises CorpusError where a part is empty, a family or program of the dev or test part stands in
    another, or the target's language or programs stand in the first stage.
    """

    sources: tuple[SummaryPair, ...]
    target: tuple[SummaryPair, ...]
    dev: tuple[SummaryPair, ...]
    test: tuple[SummaryPair, ...]
    source: str
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        parts = self.parts
        empty = [name for name, pairs in parts.items() if not pairs]
        if empty:
            raise CorpusError(f"{self.source} has no pairs for {empty[0]}: give some")
        languages = {pair.language for pair in (*self.target, *self.dev, *self.test)}
        if len(languages) > 1:
            raise CorpusError(f"the target is {' and '.join(sorted(languages))}: give one language")
        if any(pair.language in languages for pair in self.sources):
            raise CorpusError(
                f"{self.language} stands in the first stage: nothing could be transferred to it"
            )
        for one, other in (("test", "dev"), ("test", "target"), ("dev", "target")):
            _refuse_shared(parts[one], parts[other], f"the parts {one} and {other}", families=True)
        for name in ("target", "dev", "test"):
            _refuse_shared(
                parts[name],
                parts["sources"],
                f"the part {name} and the first stage",
                families=False,
            )

    @property
    def parts(self) -> dict[str, tuple[SummaryPair, ...]]:
        """Each part by its name."""
        names = ("sources", "target", "dev", "test")
        return {name: getattr(self, name) for name in names}

    @property
    def language(self) -> str:
        """The target's."""
        return self.target[0].language

    @cached_property
    def digest(self) -> str:
        """Changes with any pair and its place."""
        return json_digest(
            [
                [[p.language, p.code, p.summary, p.family] for p in part]
                for part in self.parts.values()
            ]
        )


def read_summary_pairs(
    file: str | Path, *, target: str, sources: Sequence[str] | None = None
) -> SummaryPairs:
    """The pairs of a JSONL file: language, code, summary (or docstring: its first paragraph),
    partition (or split: train, dev or valid, test), and repo or family.

    target: the language that is transferred to. sources: those of the first stage; None takes all
    others. Rows of other languages are left out, and code of the first stage or of the target's
    training that stands in a later part. Raises CorpusError with the line.
    """
    path = Path(file)
    parts: dict[str, list[SummaryPair]] = {"sources": [], "target": [], DEV: [], TEST: []}
    for part, pair in _read(path):
        if pair.language == target:
            parts["target" if part == TRAIN else part].append(pair)
        elif part == TRAIN and (sources is None or pair.language in sources):
            parts["sources"].append(pair)
    held = {pair.program for part in (DEV, TEST) for pair in parts[part]}
    for name in ("target", "sources"):
        parts[name] = [pair for pair in parts[name] if pair.program not in held]
        held |= {pair.program for pair in parts[name]}
    return SummaryPairs(
        tuple(parts["sources"]),
        tuple(parts["target"]),
        tuple(parts[DEV]),
        tuple(parts[TEST]),
        str(path),
    )


def _read(path: Path) -> Iterator[tuple[str, SummaryPair]]:
    try:
        with path.open(encoding="utf-8-sig") as lines:
            for place, row in json_lines(path, lines, columns="language, code and summary"):
                yield _placed(row, place)
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(f"cannot read {str(path)!r}: {error}") from error


def _placed(row: Mapping[str, Any], place: str) -> tuple[str, SummaryPair]:
    """A pair and its part."""
    language = language_id(str(row.get("language", "")))
    if language is None:
        raise CorpusError(f"{place}: no language is called {row.get('language')!r}")
    part = PARTITIONS.get(str(row.get("partition") or row.get("split")))
    if part is None:
        raise CorpusError(f"{place}: give partition as one of {', '.join(PARTITIONS)}")
    code = row.get("code")
    said = next((row[name] for name in SUMMARY_COLUMNS if row.get(name)), None)
    if not isinstance(code, str) or not code.strip():
        raise CorpusError(f"{place} has no code: give the function's text")
    if not isinstance(said, str) or not said.strip():
        raise CorpusError(f"{place} has no summary: give one as {' or '.join(SUMMARY_COLUMNS)}")
    family = str(row.get("family") or row.get("repo") or "")
    if not family:
        raise CorpusError(f"{place} has no repo: parts are kept apart by it, give one")
    summary = " ".join(said.strip().split("\n\n")[0].split())
    return part, SummaryPair(language, code, summary, family, text_digest(code))


def _refuse_shared(
    some: Iterable[SummaryPair], others: Iterable[SummaryPair], words: str, *, families: bool
) -> None:
    for what in ("program", "family") if families else ("program",):
        shared = {getattr(each, what) for each in some} & {getattr(each, what) for each in others}
        if shared:
            raise CorpusError(f"{words} share the {what} {min(shared)[:40]}: keep them apart")
