"""What the reference model reads, piece by piece: real code, English, programs, prompts, brackets.

Takes a corpus and drawn programs, gives endless streams of texts, one for each kind and language.
The same seed gives the same streams. Knows no tokens and no model.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from numpy.random import Generator

from neuroglot.base.seeds import generator
from neuroglot.programs.choices import chance, pick
from neuroglot.programs.descriptions import specification, summary
from neuroglot.programs.entries import entry_code
from neuroglot.programs.facts import PROCEDURAL
from neuroglot.programs.generation import Drawn, spelled
from neuroglot.programs.writing import STYLES, writer
from neuroglot.text.corpus import Corpus
from neuroglot.text.parallel import ENGLISH, ParallelCorpus, ParallelItem
from neuroglot.text.prompts import Demonstration, label
from neuroglot.text.prompts import function as function_prompt
from neuroglot.text.prompts import summary as summary_prompt
from neuroglot.text.prompts import translation as translation_prompt
from neuroglot.train.bracket_statements import statement

Group = tuple[str, str]
"""What kind of text, and its language."""

Stream = Callable[[], Iterator[str]]
"""Gives a stream of texts from its beginning; it never ends."""

MOST_SHOTS = 4
EASY = 1
"""The level whose programs are two in three docstrings and summaries."""

LABELS: Mapping[str, tuple[str, ...]] = {
    "javascript": ("JS", "JavaScript"),
    "typescript": ("TS",),
    "csharp": ("c#", "CSharp"),
    "cpp": ("c++", "CPP"),
    "python": ("python", "Python 3"),
    "go": ("Golang",),
}
"""Other names that languages go by, now and then, in translations."""


@dataclass(frozen=True)
class Pool:
    """Programs to make pieces of: all of them, and those of the lowest level."""

    programs: tuple[Drawn, ...]
    easy: tuple[Drawn, ...]


def streams(
    corpus: Corpus, pools: Mapping[str, Pool], snippets: ParallelCorpus | None, *, seed: int
) -> Mapping[Group, Stream]:
    """A stream for each kind and language that there is material for.

    corpus: its documents are read over and over, in another order each time. pools: the programs
    of each language, mostly the same ones. snippets: statements in several languages, for
    translations; None: there are no translations.
    """
    found: dict[Group, Stream] = {}
    for language in corpus.languages:
        kind = "english" if language == ENGLISH else "code"
        found[kind, language] = _of(_documents, corpus, language, seed)
        if language in STYLES:
            found["brackets", language] = _of(_brackets, corpus, language, seed)
    for language, pool in pools.items():
        found["programs", language] = _of(_programs, pool, language, seed)
        found["function", language] = _of(_functions, pool, language, seed)
        found["summary", language] = _of(_summaries, pool, language, seed)
    for source in () if snippets is None else snippets.languages:
        found["translation", source] = _of(_translations, snippets, source, seed)
    return found


def _of(make: Callable[..., Iterator[str]], material: object, language: str, seed: int) -> Stream:
    return lambda: make(material, language, generator(seed, make.__name__, language))


def _documents(corpus: Corpus, language: str, rng: Generator) -> Iterator[str]:
    texts = [each.text for each in corpus.documents if each.language == language]
    while True:
        for place in rng.permutation(len(texts)).tolist():
            yield texts[place]


def _programs(pool: Pool, language: str, rng: Generator) -> Iterator[str]:
    """Programs as they stand, in any style, one in three with comments."""
    while True:
        for place in rng.permutation(len(pool.programs)).tolist():
            style = pick(rng, STYLES[language])
            documented = chance(rng) and chance(rng)
            author = writer(language, style)
            yield author.code(pool.programs[place].program, style=style, documented=documented)


def _functions(pool: Pool, language: str, rng: Generator) -> Iterator[str]:
    """An English text as a comment, and the function that does it, where it needs no other."""
    author = writer(language, PROCEDURAL)
    while True:
        drawn = _one(pool, rng)
        if len(drawn.program.functions) > 1:
            continue
        whole = author.code(drawn.program, style=PROCEDURAL, documented=False)
        entry = spelled(drawn.program.entry.name, whole)
        code = entry_code(whole, language=language, entry=entry)
        yield function_prompt(_said(drawn, rng), code, language=language).text


def _summaries(pool: Pool, language: str, rng: Generator) -> Iterator[str]:
    """Code and one sentence about it."""
    while True:
        drawn = _one(pool, rng)
        style = pick(rng, STYLES[language])
        code = writer(language, style).code(drawn.program, style=style, documented=False)
        yield summary_prompt(code, summary(drawn.program, rng), language=language).text


def _one(pool: Pool, rng: Generator) -> Drawn:
    return pick(rng, pool.easy if pool.easy and rng.integers(3) else pool.programs)


def _said(drawn: Drawn, rng: Generator) -> str:
    """Mostly one sentence; now and then the specification with its signature."""
    return (summary if rng.integers(4) else specification)(drawn.program, rng)


def _translations(snippets: ParallelCorpus, source: str, rng: Generator) -> Iterator[str]:
    """A statement in two languages after none to four that are shown, as prompts have it."""
    targets = [each for each in snippets.languages if each != source]
    lines = _short_lines(snippets)
    for _ in count():
        item, target = pick(rng, snippets.items), pick(rng, targets)
        shown = _shown(lines, item, source, target, rng)
        if not item[source].strip() or not item[target].strip():
            continue
        text = translation_prompt(item, source=source, target=target, demonstrations=shown).text
        yield _relabelled(text, source, target, rng)


def _short_lines(snippets: ParallelCorpus) -> Sequence[ParallelItem]:
    """Items of one line in every language."""
    return [
        item
        for item in snippets.items
        if all(text.strip() and "\n" not in text.strip() for text in item.texts.values())
    ]


def _shown(
    lines: Sequence[ParallelItem], item: ParallelItem, source: str, target: str, rng: Generator
) -> list[Demonstration]:
    """Items of other problems; some say nothing new, so a few are drawn for each."""
    shown: list[Demonstration] = []
    for _ in range(int(rng.integers(MOST_SHOTS + 1))):
        other = pick(rng, lines)
        if other.problem != item.problem:
            shown.append((other[source].strip(), other[target].strip()))
    return shown


def _relabelled(text: str, source: str, target: str, rng: Generator) -> str:
    """The same under other names of the languages, in one of four."""
    if rng.integers(4):
        return text
    for language in (source, target):
        others = LABELS.get(language, (label(language).lower(),))
        text = text.replace(f"{label(language)}: ", f"{pick(rng, others)}: ")
    return text


def _brackets(corpus: Corpus, language: str, rng: Generator) -> Iterator[str]:
    """At most three lines of real code, and below them calls that are opened and closed."""
    texts = [each.text for each in corpus.documents if each.language == language]
    while True:
        lines = pick(rng, texts).split("\n")
        start = int(rng.integers(max(1, len(lines) - 3)))
        lines = lines[start : start + int(rng.integers(4))]
        for _ in range(int(rng.integers(3, 12))):
            lines = statement(lines, language, rng).split("\n")[:-1]
        yield "\n".join([*lines, ""])
