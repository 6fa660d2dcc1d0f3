"""A corpus: documents with their labels, ready to be read, and an account of what was left out.

Made from a folder, tables, a Hugging Face data set, a mapping or documents; the same documents give
the same corpus and digest, whatever the order they came in. Knows no tokens and no model.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Self

from neuroglot.base.digests import json_digest, text_digest
from neuroglot.base.errors import ConfigError, CorpusError
from neuroglot.base.languages import LANGUAGE_IDS, display_name
from neuroglot.text.columns import label_id
from neuroglot.text.document import SPLITS, Document
from neuroglot.text.folder import holds_source_files, read_folder
from neuroglot.text.hub import DOCUMENTS_PER_LANGUAGE, LoadDataset, is_hub_name, read_hub
from neuroglot.text.preparation import Account, asked_labels, headed, prepare
from neuroglot.text.source import Source
from neuroglot.text.splitting import held_out_places
from neuroglot.text.tables import FILE_ENDINGS, holds_tables, read_tables

Languages = Sequence[str] | str | None
"""Labels wanted, as a list or separated by commas; None for all that are there."""


@dataclass(frozen=True, eq=False)
class Corpus:
    """Documents by label, in reading order.

    languages: the labels, in the order asked; without that the language table's, then by name.
    accounts: dropped duplicates per label and split. source: what the documents were read from.
    skipped: reason -> how many files or rows were left out. notes: sentences for the user.

    All constructors share three options. `languages` keeps these labels only. `headers`
    "stripped" takes leading licence headers off, "kept" leaves them; the documents and their order
    are the same either way. `deduplicate` drops exact and near duplicates. They raise CorpusError
    for text that cannot be read or is not there, ConfigError for an option that cannot be used.
    """

    documents: tuple[Document, ...] = field(repr=False)
    languages: tuple[str, ...]
    accounts: tuple[Account, ...] = field(default=(), repr=False)
    skipped: Mapping[str, int] = field(default_factory=dict, repr=False)
    notes: tuple[str, ...] = field(default=(), repr=False)
    source: str = ""

    @classmethod
    def from_folder(
        cls,
        folder: str | Path,
        *,
        languages: Languages = None,
        headers: str = "stripped",
        deduplicate: bool = True,
    ) -> Self:
        """From a tree of source files, or from the tables at a folder's top level.

        It is read as tables where a .parquet, .jsonl or .jsonl.zst stands there and no source file.
        """
        path = Path(folder)
        labels = asked_labels(languages)
        if path.is_dir() and holds_tables(path) and not holds_source_files(path):
            return cls._of(read_tables(path), labels, headers, deduplicate)
        _refuse_unknown(labels)
        return cls._of(read_folder(path, languages=labels), labels, headers, deduplicate)

    @classmethod
    def from_jsonl(
        cls,
        file: str | Path,
        *,
        languages: Languages = None,
        headers: str = "stripped",
        deduplicate: bool = True,
        label_column: str | None = None,
    ) -> Self:
        """From a .jsonl, .jsonl.zst or .json file with one document per row.

        label_column: the column whose values are the labels, instead of `language`.
        """
        source = read_tables(Path(file), label_column=label_column)
        return cls._of(source, asked_labels(languages), headers, deduplicate)

    @classmethod
    def from_parquet(
        cls,
        file: str | Path,
        *,
        languages: Languages = None,
        headers: str = "stripped",
        deduplicate: bool = True,
        label_column: str | None = None,
    ) -> Self:
        """From a .parquet file, or a folder of them; label_column as in `from_jsonl`."""
        source = read_tables(Path(file), label_column=label_column)
        return cls._of(source, asked_labels(languages), headers, deduplicate)

    @classmethod
    def from_hub(
        cls,
        name: str,
        *,
        languages: Languages = None,
        headers: str = "stripped",
        deduplicate: bool = True,
        label_column: str | None = None,
        documents_per_language: int = DOCUMENTS_PER_LANGUAGE,
        seed: int = 0,
        load_dataset: LoadDataset | None = None,
    ) -> Self:
        """From a Hugging Face data set, streamed through a shuffle buffer seeded with `seed`.

        documents_per_language: how many are taken before duplicates are dropped.
        load_dataset: stands in for `datasets.load_dataset`. Raises MissingExtraError without it.
        """
        labels = asked_labels(languages)
        source = read_hub(
            name,
            languages=labels,
            documents_per_language=documents_per_language,
            seed=seed,
            label_column=label_column,
            load_dataset=load_dataset,
        )
        return cls._of(source, labels, headers, deduplicate)

    @classmethod
    def from_mapping(
        cls,
        texts: Mapping[str, Iterable[str]],
        *,
        languages: Languages = None,
        headers: str = "stripped",
        deduplicate: bool = True,
    ) -> Self:
        """From label -> texts. Without `languages` the mapping's order is the labels' order."""
        for label, listed in texts.items():
            if isinstance(listed, str):
                raise ConfigError(f"the texts of {label!r} are one string: give a list of texts")
        documents = [
            Document(text, label_id(label)) for label, listed in texts.items() for text in listed
        ]
        labels = asked_labels(languages) or tuple(dict.fromkeys(d.language for d in documents))
        return cls._of(Source("the mapping", documents), labels, headers, deduplicate)

    @classmethod
    def from_documents(
        cls,
        documents: Iterable[Document],
        *,
        languages: Languages = None,
        headers: str = "stripped",
        deduplicate: bool = True,
    ) -> Self:
        """From documents made elsewhere."""
        source = Source("the documents", list(documents))
        return cls._of(source, asked_labels(languages), headers, deduplicate)

    @classmethod
    def _of(
        cls, source: Source, languages: Sequence[str] | None, headers: str, deduplicate: bool
    ) -> Self:
        ready = prepare(source, languages=languages, headers=headers, deduplicated=deduplicate)
        return cls(
            documents=ready.documents,
            languages=ready.languages,
            accounts=ready.accounts,
            skipped=ready.skipped,
            notes=ready.notes,
            source=source.name,
        )

    @cached_property
    def digest(self) -> str:
        """sha256 of every document and the labels: the same corpus, the same name."""
        rows = [
            [text_digest(d.text), d.language, d.id, d.repo, d.path, d.split, d.licence]
            for d in self.documents
        ]
        return json_digest([list(self.languages), rows])

    def only(self, languages: Sequence[str]) -> "Corpus":
        """The documents of some labels, in this order of labels; nothing else is changed.

        Raises CorpusError for a label that the corpus does not hold.
        """
        absent = [label for label in languages if label not in self.languages]
        if absent:
            raise CorpusError(
                f"no {', '.join(map(display_name, absent))} in {self.source!r}: it holds "
                f"{', '.join(self.languages)}"
            )
        return replace(
            self,
            documents=tuple(
                d for label in languages for d in self.documents if d.language == label
            ),
            languages=tuple(languages),
            accounts=tuple(a for label in languages for a in self.accounts if a.language == label),
        )

    def with_headers(self) -> "Corpus":
        """The same documents in the same order, with their licence headers."""
        return replace(self, documents=tuple(map(headed, self.documents)))

    @property
    def headed(self) -> bool:
        """Whether any document came with a licence header."""
        return any(document.whole is not None for document in self.documents)

    @property
    def has_both_splits(self) -> bool:
        """Whether the documents come with a train and a held-out part."""
        return {document.split for document in self.documents} == set(SPLITS)

    def training(self) -> "Corpus":
        """What to select on: the train part where both splits occur, else everything."""
        return self._part("train") if self.has_both_splits else self

    def held_out(self) -> "Corpus":
        """What to score on where both splits occur, else a corpus without documents."""
        return self._part("held_out") if self.has_both_splits else replace(self, documents=())

    def split(self, *, held_out: float = 0.1) -> "tuple[Corpus, Corpus]":
        """(train, held_out), with the documents' `split` set accordingly.

        Documents that come with both splits keep them. Else about a share `held_out` of each
        label's bytes goes out, in whole repositories, or, where a label has only one, by content;
        duplicates dropped before count as the train part's.
        """
        if not 0 < held_out < 1:
            raise ConfigError(f"held_out is {held_out}: give a share between 0 and 1")
        if self.has_both_splits:
            return self._part("train"), self._part("held_out")
        out = held_out_places(self.documents, held_out)
        marked = tuple(
            replace(document, split=SPLITS[place in out])
            for place, document in enumerate(self.documents)
        )
        accounts = tuple(replace(account, split="train") for account in self.accounts)
        whole = replace(self, documents=marked, accounts=accounts)
        return whole._part("train"), whole._part("held_out")

    def _part(self, split: str) -> "Corpus":
        return replace(
            self,
            documents=tuple(d for d in self.documents if d.split == split),
            accounts=tuple(a for a in self.accounts if a.split == split),
        )

    def __repr__(self) -> str:
        size = sum(document.n_bytes for document in self.documents)
        return (
            f"Corpus({len(self.documents)} documents, {size / 1e6:.1f} MB, "
            f"{', '.join(self.languages)})"
        )


def open_corpus(
    data: str | Path,
    *,
    languages: Languages = None,
    headers: str = "stripped",
    deduplicate: bool = True,
) -> Corpus:
    """A corpus from whatever the word means: a folder, a table, or a data set's name.

    A folder or file of that name comes first; owner/name is then a Hugging Face data set.
    Raises CorpusError where it is none of these.
    """
    if not str(data).strip():
        raise CorpusError("no name of a corpus: give a folder, a table or a data set")
    path = Path(data)
    if path.is_dir():
        return Corpus.from_folder(
            path, languages=languages, headers=headers, deduplicate=deduplicate
        )
    if path.exists():
        if not path.name.lower().endswith(FILE_ENDINGS):
            raise CorpusError(
                f"{str(data)!r} is no table of documents: give a folder of source files, "
                f"or a file that ends in {', '.join(FILE_ENDINGS)}"
            )
        return Corpus.from_jsonl(
            path, languages=languages, headers=headers, deduplicate=deduplicate
        )
    if is_hub_name(str(data)):
        return Corpus.from_hub(
            str(data), languages=languages, headers=headers, deduplicate=deduplicate
        )
    raise CorpusError(
        f"no file or folder {str(data)!r}: give a folder of source files, a table "
        "(.jsonl, .jsonl.zst, .parquet) or a Hugging Face data set as owner/name"
    )


def _refuse_unknown(labels: Sequence[str] | None) -> None:
    for label in labels or ():
        if label not in LANGUAGE_IDS:
            raise ConfigError(f"unknown language {label!r}: known are {', '.join(LANGUAGE_IDS)}")
