"""From the words of --model and --data to a model and a corpus."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from neuroglot.lm.model import LM
    from neuroglot.text.corpus import Corpus


def open_model(
    model: str,
    *,
    device: str | None = None,
    dtype: str | None = None,
    revision: str | None = None,
    allow_pickle: bool = False,
    trust_remote_code: bool = False,
) -> "LM":
    """The model that --model names."""
    from neuroglot.lm.loading import load

    return load(
        model,
        device=device,
        dtype=dtype,
        revision=revision,
        allow_pickle=allow_pickle,
        trust_remote_code=trust_remote_code,
    )


def open_data(
    data: str,
    *,
    languages: Sequence[str] | None = None,
    headers: Literal["stripped", "kept"] = "stripped",
) -> "Corpus":
    """The corpus that --data names; `planted` are the texts that go with the planted model."""
    from neuroglot.text.corpus import Corpus, open_corpus
    from neuroglot.text.planted import planted_documents

    if data == "planted":
        documents = planted_documents()
        return replace(Corpus.from_documents(documents, languages=languages), source=data)
    return open_corpus(data, languages=languages, headers=headers)
