"""Texts for the planted model: small programs in five languages, and English prose about programs.

Takes a seed, gives documents in repositories that each have their own words and habits. Knows no
model and no tokenizer. The texts are neuroglot's own; nothing is copied from anywhere.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from itertools import chain

import numpy as np

from neuroglot.base.digests import text_digest
from neuroglot.base.errors import ConfigError
from neuroglot.base.planted import PLANTED_LANGUAGES
from neuroglot.base.planted_words import ADJECTIVES, NOUNS, PIECES, VERBS
from neuroglot.base.seeds import generator
from neuroglot.text.document import Document
from neuroglot.text.grammars import english, go, java, javascript, python, rust
from neuroglot.text.templates import PHRASES, Grammar, Pen, Taste, tastes, write

_SOURCES = {
    "python": python,
    "java": java,
    "javascript": javascript,
    "go": go,
    "rust": rust,
    "english": english,
}
_SHORTEST, _LONGEST = 100, 600
"""Tokens per document, drawn evenly between the two: alike in all languages, so that a position
says nothing of the language."""
_PIECE = re.compile(PIECES)
_A_BEFORE_VOWEL = re.compile(r"\b([Aa])(?= (?:[aeio]|up|ur))")
_BLANK_ENDS = re.compile(r"[ \t]+$", re.MULTILINE)


@cache
def planted_documents(
    *,
    seed: int = 0,
    repositories: int = 12,
    held_out_repositories: int = 2,
    documents_per_repository: int = 30,
) -> tuple[Document, ...]:
    """Documents of every language of the planted model, repository by repository.

    With the defaults: 6 languages x (12 + 2) repositories x 30 documents, more than 100,000 tokens
    per language in `train`. The split is by repository; with `held_out_repositories=0` every
    document says `train`. Same arguments, same texts. Raises ConfigError for counts below one.
    """
    if min(repositories, documents_per_repository) < 1 or held_out_repositories < 0:
        raise ConfigError(
            f"{repositories} repositories, {held_out_repositories} held out, "
            f"{documents_per_repository} documents each: give at least 1, 0 and 1"
        )
    total = repositories + held_out_repositories
    names = iter(_repository_names(seed, total * len(PLANTED_LANGUAGES)))
    return tuple(
        document
        for language in PLANTED_LANGUAGES
        for number in range(total)
        for document in _repository(
            language,
            next(names),
            split="train" if number < repositories else "held_out",
            count=documents_per_repository,
            seed=seed,
        )
    )


def _repository_names(seed: int, count: int) -> list[str]:
    """Names as `quiet-ledger`, each once over all languages."""
    chosen = generator(seed, "planted", "repositories").choice(
        len(ADJECTIVES) * len(NOUNS), count, replace=False
    )
    return [f"{ADJECTIVES[i // len(NOUNS)]}-{NOUNS[i % len(NOUNS)]}" for i in chosen.tolist()]


def _repository(
    language: str, repo: str, *, split: str, count: int, seed: int
) -> Iterator[Document]:
    draw = _uniform(generator(seed, "planted", language, repo))
    source = _SOURCES[language]
    grammar = {**PHRASES, **source.GRAMMAR}
    taste = _taste(grammar, draw)
    paths: set[str] = set()
    for _ in range(count):
        pen, path = _opened(source.PATH, Pen(grammar, source.STYLE, taste, draw), paths)
        paths.add(path)
        text = _document(source.START, source.MORE, pen)
        yield Document(
            text=text,
            language=language,
            id=text_digest(text)[:16],
            repo=repo,
            path=path,
            split=split,
            licence="MIT",
        )


def _opened(template: str, pen: Pen, taken: set[str]) -> tuple[Pen, str]:
    """A pen that knows the names in its document's path, and that path, not yet taken."""
    while True:
        fresh = replace(pen, names={})
        path = write(template, fresh)
        if path not in taken:
            return fresh, path


def _document(start: str, more: str, pen: Pen) -> str:
    """An opening and units, as many as bring the length nearest to the drawn one."""
    wanted = _SHORTEST + pen.draw() * (_LONGEST - _SHORTEST)
    parts, length = [write(start, pen)], 0
    while True:
        length += len(_PIECE.findall(parts[-1]))
        following = write(more, pen)
        if length + len(_PIECE.findall(following)) / 2 > wanted:
            text = _BLANK_ENDS.sub("", "".join(parts)) + "\n"
            return _A_BEFORE_VOWEL.sub(r"\1n", text) if pen.style == "prose" else text
        parts.append(following)


def _taste(grammar: Grammar, draw: Callable[[], float]) -> Taste:
    """What a repository likes: about a third of the words, and some constructs over others."""
    return Taste(
        nouns=_some(NOUNS, 50, draw),
        verbs=_some(VERBS, 25, draw),
        adjectives=_some(ADJECTIVES, 30, draw),
        sums=tastes(grammar, draw),
    )


def _some(words: tuple[str, ...], count: int, draw: Callable[[], float]) -> tuple[str, ...]:
    return tuple(sorted(words, key=lambda _: draw())[:count])


def _uniform(source: np.random.Generator) -> Callable[[], float]:
    """Uniform numbers one by one, drawn in blocks: a call of numpy per number would be slow."""
    blocks = (source.random(1024).tolist() for _ in iter(int, 1))
    return chain.from_iterable(blocks).__next__
