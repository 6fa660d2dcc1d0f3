"""Parallel items under other names: what similarity of form alone would not find.

Takes parallel items, gives the same ones with every program's own names renamed, each language by
itself. Items of which no name changes in some language are left out: they would be their own copy.
"""

from dataclasses import replace

from neuroglot.base.digests import json_digest
from neuroglot.base.errors import CorpusError
from neuroglot.text.parallel import ParallelCorpus, ParallelItem
from neuroglot.text.parsing import PARSED
from neuroglot.text.renaming import rename


def renamed_items(corpus: ParallelCorpus, *, seed: int = 0) -> ParallelCorpus:
    """The items with names of two words drawn by `seed`, in the languages that have rules for it.

    Raises CorpusError where no item is left.
    """
    languages = [each for each in corpus.languages if each in PARSED]
    items = []
    for item in corpus.items:
        texts = {each: _renamed(item, each, seed) for each in languages}
        if languages and all(texts[each] != item[each] for each in languages):
            items.append(replace(item, texts=texts))
    if not items:
        raise CorpusError(f"no item of {corpus.source} has names of its own in every language")
    source = f"{corpus.source} (renamed)"
    return ParallelCorpus(tuple(items), tuple(languages), source, notes=corpus.notes)


def _renamed(item: ParallelItem, language: str, seed: int) -> str:
    # Another draw for each item and language, so that names tell neither.
    own = int(json_digest([item.id, language, seed])[:8], 16)
    return rename(item[language], language, seed=own).code
