"""The items that a reference model is judged on: none of them stands in its training.

Takes the record of a training and, where it is at hand, the text itself; gives programs, prompts
and statements that are drawn from other seeds. What was trained on all the same is left out.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from neuroglot.base.tokenizer import Tokenizer
from neuroglot.lm.tokenizers import make_tokenizer
from neuroglot.programs.catalogue import ALGORITHMS, TWINS, split_of
from neuroglot.programs.entries import entry_prompt
from neuroglot.programs.generation import Drawn, Row, draw_programs, rows
from neuroglot.programs.normalisation import digest
from neuroglot.programs.snippets import snippets
from neuroglot.text.parallel import ParallelCorpus
from neuroglot.text.prompts import Prompt, drawn_demonstrations, summary, translation
from neuroglot.train.overlap import Seen
from neuroglot.train.reference import TOKENIZER, record_of, rows_read, saved_tokenizer

SEED = 1_000
"""Far from the seeds of trainings."""


@dataclass(frozen=True)
class Training:
    """What a model has read: programs as digests, and the text where it is at hand."""

    programs: frozenset[str]
    tokenizer: Tokenizer
    text: Seen | None = None

    def holds(self, item: str) -> bool:
        """Whether a text stands in the training as a whole; never, where that is not at hand."""
        return self.text is not None and self.text.whole(self.tokenizer.encode(item).ids)

    def shared(self, items: Sequence[str]) -> float:
        """The mean share of the items' runs of eight tokens that stand in the training."""
        if self.text is None:
            return float("nan")
        shares = [self.text.share(self.tokenizer.encode(item).ids) for item in items]
        known = [share for share in shares if not np.isnan(share)]
        return float(np.mean(known)) if known else float("nan")


def training_of(folder: Path) -> Training:
    """What `neuroglot reference train` left in a folder. Raises ConfigError where it did not."""
    record = record_of(folder)
    tokenizer = make_tokenizer(saved_tokenizer(folder / TOKENIZER))
    return Training(frozenset(record["programs"]), tokenizer, Seen(rows_read(folder)))


def unseen(count: int, training: Training, *, split: str, levels: Collection[int]) -> list[Drawn]:
    """Programs of one function that are not among those trained on, by their digests.

    Held-out algorithms that only do again what others do are left out.
    """
    names = [
        each.name
        for each in ALGORITHMS
        if split_of(each) == split and each.level in levels and each.name not in TWINS
    ]
    drawn = draw_programs(40 * count, algorithms=names, seed=SEED)
    fitting = (
        each
        for each in drawn
        if len(each.program.functions) == 1 and digest(each.program) not in training.programs
    )
    return list(islice(fitting, count))


def written(programs: Sequence[Drawn], language: str) -> list[Row]:
    """The programs in a language, procedural."""
    return [row for each in programs for row in rows(each, [(language, "procedural")])]


def functions_asked(asked: Sequence[Row], training: Training) -> list[tuple[Row, Prompt]]:
    """Rows with their prompts, docstring to function."""
    pairs = [(row, entry_prompt(row)) for row in asked]
    return [(row, prompt) for row, prompt in pairs if not training.holds(prompt.text)]


def summaries_asked(asked: Sequence[Row], training: Training) -> list[Prompt]:
    """Prompts, function to summary."""
    prompts = [summary(row.code, row.description, language=row.language) for row in asked]
    return [prompt for prompt in prompts if not training.holds(prompt.text)]


def statements(programs: Sequence[Drawn], languages: Sequence[str]) -> ParallelCorpus:
    """Statements of the programs in several languages."""
    return ParallelCorpus.from_rows(
        snippets(programs, languages=list(languages)), source="unseen programs"
    )


@dataclass(frozen=True)
class Direction:
    """From one language to another.

    copies: the share of one-line statements that are the same in both, which are left out of the
    prompts. alone: each item without its demonstrations.
    """

    source: str
    target: str
    prompts: tuple[Prompt, ...]
    alone: tuple[str, ...]
    copies: float


def direction_asked(
    corpus: ParallelCorpus, source: str, target: str, training: Training, *, most: int
) -> Direction:
    """Statements of one line that differ between two languages, after four that are shown."""
    lines = [
        item
        for item in corpus.items
        if item[source].strip()
        and item[target].strip()
        and "\n" not in item[source].strip() + item[target].strip()
    ]
    differing = [item for item in lines if item[source].strip() != item[target].strip()]
    asked: dict[str, Prompt] = {}
    for item in differing:
        if len(asked) == most:
            break
        bare = translation(item, source=source, target=target, demonstrations=()).text
        if bare in asked or training.holds(bare):
            continue
        shown = drawn_demonstrations(corpus, item, source=source, target=target, seed=SEED)
        asked[bare] = translation(item, source=source, target=target, demonstrations=shown)
    copies = 1 - len(differing) / len(lines) if lines else float("nan")
    return Direction(source, target, tuple(asked.values()), tuple(asked), copies)
