"""Generated programs as a corpus: what the word `programs` stands for where data is asked for.

Takes languages, gives the same programs in each of them, and their English. Nothing is executed
here: what is generated has been proven by `neuroglot programs verify`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from neuroglot.base.errors import ConfigError
from neuroglot.programs.facts import OBJECT_ORIENTED, PROCEDURAL
from neuroglot.programs.generation import Row, draw_programs, generate
from neuroglot.programs.parallel import documents, parallel_items
from neuroglot.programs.snippets import snippets
from neuroglot.programs.writing import STYLES
from neuroglot.text.corpus import Corpus
from neuroglot.text.document import Document
from neuroglot.text.parallel import ENGLISH, ParallelCorpus, ParallelItem

NAME = "programs"
WRITTEN = (*STYLES, ENGLISH)
"""The languages there are."""

PROGRAMS = 300
"""How many there are: some 35,000 tokens of each language."""

ITEMS = 400
"""How many whole programs there are as parallel items."""

STATED = 150
"""How many programs' statements there are as parallel items."""

SEED = 2_000
"""Far from the seeds of trainings and of evaluations."""

JAVA_PROCEDURAL, JAVA_ORIENTED = f"java {PROCEDURAL}", f"java {OBJECT_ORIENTED}"
CSHARP_ORIENTED = f"csharp {OBJECT_ORIENTED}"
STYLED = (JAVA_PROCEDURAL, JAVA_ORIENTED, CSHARP_ORIENTED)
"""Columns of the programs in two styles that are aligned."""

FREE = ("javascript", "php", "python", "ruby")
"""Languages in which a program may have a class, or none."""

NOTE = (
    "the texts are programs that neuroglot generated, the same ones in every language; "
    "they were not executed in this study"
)


def program_corpus(
    languages: Sequence[str] | None = None, *, count: int = PROGRAMS, seed: int = SEED
) -> Corpus:
    """So many programs in each language, procedural ones, and their descriptions as English.

    languages: ids, or "english"; None takes all. A family of algorithms is a repository, in one
    split alone. Raises ConfigError for a language in which no programs are written.
    """
    asked = WRITTEN if languages is None else tuple(languages)
    written = _written(languages)
    rows = list(generate(count, languages=written or ["python"], styles=["procedural"], seed=seed))
    made = list(documents(row for row in rows if row.language in written))
    if ENGLISH in asked:
        made += described(rows)
    corpus = Corpus.from_documents(made, languages=asked, deduplicate=False)
    return replace(corpus, source=NAME, notes=(*corpus.notes, NOTE))


def program_items(
    languages: Sequence[str] | None = None, *, count: int = ITEMS, seed: int = SEED
) -> ParallelCorpus:
    """So many whole programs in each language, with what they do as English.

    Raises ConfigError for a language in which no programs are written.
    """
    written = _written(languages)
    rows = generate(count, languages=written, styles=["procedural"], seed=seed)
    return _named(ParallelCorpus.from_rows(parallel_items(rows), source=NAME))


def program_statements(
    languages: Sequence[str] | None = None, *, count: int = STATED, seed: int = SEED
) -> ParallelCorpus:
    """The statements of so many programs in each language, to be translated one by one.

    Raises ConfigError for a language in which no programs are written.
    """
    written = _written(languages)
    drawn = list(draw_programs(count, seed=seed))
    rows = snippets(drawn, languages=written)
    return _named(ParallelCorpus.from_rows(rows, source=f"{NAME} (statements)"))


def styled_items(*, count: int = ITEMS, seed: int = SEED) -> ParallelCorpus:
    """Programs in both styles: a column is a language and its style, `english` what they do.

    Programs whose two Java texts are the same are left out. `problem` is the algorithm.
    """
    rows = generate(count, languages=["java", "csharp", *FREE], seed=seed)
    items = []
    for program, group in groupby(rows, key=lambda row: row.program):
        listed = list(group)
        texts = {f"{row.language} {row.style}": row.code for row in listed}
        if texts[JAVA_PROCEDURAL] != texts[JAVA_ORIENTED]:
            first = listed[0]
            items.append(ParallelItem(program, first.algorithm, texts, first.description))
    columns = tuple(items[0].texts) if items else ()
    return ParallelCorpus(tuple(items), columns, f"{NAME} (styles)", notes=(NOTE,))


def _written(languages: Sequence[str] | None) -> list[str]:
    """The programming languages among these, all where none are named."""
    asked = WRITTEN if languages is None else tuple(languages)
    written = [each for each in asked if each != ENGLISH]
    unknown = [each for each in written if each not in STYLES]
    if unknown:
        raise ConfigError(
            f"no programs are generated in {', '.join(unknown)}: known are {', '.join(WRITTEN)}"
        )
    return written


def _named(corpus: ParallelCorpus) -> ParallelCorpus:
    return replace(corpus, notes=(*corpus.notes, NOTE))


def described(rows: Iterable[Row]) -> Iterator[Document]:
    """A document for each program: what it does, in a sentence and at length, without code."""
    seen: set[str] = set()
    for row in rows:
        if row.program in seen:
            continue
        seen.add(row.program)
        _, _, specified = row.signature.partition("\n")
        yield Document(
            f"{row.description}\n{specified}\n",
            ENGLISH,
            id=f"{row.program}.{ENGLISH}",
            repo=row.family,
            path=row.program,
            split=row.split,
        )
