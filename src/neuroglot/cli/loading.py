"""From the words of --model and --data to a model and a corpus; and what to write to."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from neuroglot.cli.console import tell

if TYPE_CHECKING:
    from neuroglot.lm.model import LM
    from neuroglot.runs.directory import Run
    from neuroglot.text.corpus import Corpus
    from neuroglot.text.parallel import ParallelCorpus

PLANTED = "planted"
BUNDLED = (PLANTED, "reference")


def open_model(
    model: str,
    *,
    device: str | None = None,
    dtype: str | None = None,
    revision: str | None = None,
    delta: str | Path | None = None,
    allow_pickle: bool = False,
    trust_remote_code: bool = False,
) -> "LM":
    """The model that --model names, with the changes of --delta."""
    from neuroglot.lm.loading import load

    if model in BUNDLED or Path(model).expanduser().exists():
        tell(f"loading the model {model}")
    else:
        tell(f"there is no folder {model}: asking the Hugging Face hub for a model of that name")
    return load(
        model,
        device=device,
        dtype=dtype,
        revision=revision,
        delta=delta,
        allow_pickle=allow_pickle,
        trust_remote_code=trust_remote_code,
    )


def open_model_of(
    run: "Run", *, device: str | None, allow_pickle: bool, trust_remote_code: bool
) -> "LM":
    """The model that a run was made with, by its manifest."""
    model = run.manifest.model
    return open_model(
        model["source"],
        device=device,
        dtype=model["dtype"],
        revision=model["revision"],
        delta=model.get("delta") or None,
        allow_pickle=allow_pickle,
        trust_remote_code=trust_remote_code,
    )


def open_again(
    run: "Run", *, device: str | None, allow_pickle: bool, trust_remote_code: bool
) -> "tuple[LM, Corpus]":
    """The model and the texts that a run was made from, by its manifest."""
    manifest = run.manifest
    lm = open_model_of(
        run, device=device, allow_pickle=allow_pickle, trust_remote_code=trust_remote_code
    )
    corpus = open_data(
        manifest.data["source"],
        languages=manifest.data["languages"],
        headers=manifest.parameters["headers"],
    )
    return lm, corpus


def open_data(
    data: str,
    *,
    languages: Sequence[str] | None = None,
    headers: Literal["stripped", "kept"] = "stripped",
) -> "Corpus":
    """The corpus that --data names.

    `planted` are the texts that go with the planted model, `programs` those that are generated.
    """
    from neuroglot.programs.corpus import NAME, program_corpus
    from neuroglot.text.corpus import Corpus, open_corpus
    from neuroglot.text.hub import is_hub_name
    from neuroglot.text.planted import planted_documents

    if data == NAME:
        tell("generating programs")
    elif Path(data).exists() or not is_hub_name(data):
        tell(f"reading the texts {data}")
    else:
        tell(f"there is no folder {data}: asking the Hugging Face hub for a data set of that name")
    if data == NAME:
        return program_corpus(languages)
    if data == PLANTED:
        corpus = replace(Corpus.from_documents(planted_documents()), source=data)
        return corpus if languages is None else corpus.only(languages)
    return open_corpus(data, languages=languages, headers=headers)


def open_parallel(
    source: str, *, languages: Sequence[str] | None = None, statements: bool
) -> "ParallelCorpus":
    """The parallel items that --parallel names.

    `programs` are those that are generated: their statements, or the whole programs with what they
    do in English.
    """
    from neuroglot.programs.corpus import NAME, program_items, program_statements
    from neuroglot.text.parallel_sources import open_parallel as open_source

    if source == NAME:
        tell("generating programs")
        return program_statements(languages) if statements else program_items(languages)
    tell(f"reading the parallel items {source}")
    return open_source(source, languages=languages)
