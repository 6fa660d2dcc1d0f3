"""Alignment as a run of its own, and as a step of another: tensors, tables, claims.

Takes a model and parallel items; everything that follows from hits is done from what is stored.
"""

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.aligned_claims import Aligned, close_pair, lacking_neurons
from neuroglot.analyses.alignment import ceilings
from neuroglot.analyses.surface import over_surface, token_overlap
from neuroglot.lm.model import LM
from neuroglot.runs.directory import Run
from neuroglot.runs.writing import RunWriter
from neuroglot.studies.alignment import mexa, mexa_rows
from neuroglot.studies.claim_tables import add_parallel, replace_claims
from neuroglot.studies.parameters import AlignmentParameters
from neuroglot.studies.watching import Watcher
from neuroglot.text.parallel import ENGLISH, ParallelCorpus

STEP = TENSORS = "mexa"
TABLES = ("parallel", "mexa", "surface")
CLAIMS = ("A-4a", "A-4b")
POOLINGS = ("weighted", "last")
VARIANTS = ("raw", "centred", "bag", "shuffled")
READINGS = {
    ("weighted", "raw"): "raw",
    ("weighted", "centred"): "centred",
    ("weighted", "bag"): "bag",
    ("weighted", "shuffled"): "shuffled",
    ("last", "raw"): "last",
    ("last", "centred"): "last centred",
    ("last", "bag"): "bag",
    ("last", "shuffled"): "last shuffled",
}
"""The reading of each pooling and variant of the tensor file."""


def write_alignment(
    writer: RunWriter,
    lm: LM,
    corpus: ParallelCorpus,
    parameters: AlignmentParameters,
    watch: Watcher,
) -> None:
    """All of the step: tensors, the tables of alignment, rows of `claims` and `claim_parts`."""
    corpus = corpus.sample(parameters.n_items, seed=parameters.seed)
    found = mexa(
        lm,
        corpus,
        twin=parameters.with_twin(lm.name),
        seed=parameters.seed,
        batch_tokens=parameters.batch_tokens,
        notice=lambda what, done, total: watch(STEP, done, total, "texts", what),
    )
    for name, own in alignment_arrays(found).items():
        writer.write_tensors(name, own, alignment_metadata(found, corpus))
    drawn = {"resamples": parameters.resamples, "seed": parameters.seed}
    add_parallel(writer, corpus)
    writer.write_table("mexa", mexa_rows(found, data=corpus.source, **drawn))
    writer.write_table("surface", surface_rows(lm, found, corpus, parameters))
    for note in corpus.notes:
        writer.note(note)
    claims, parts = close_pair(found, **drawn)
    n_star = real_neurons(writer.run)
    if n_star:
        more, more_parts = lacking_neurons(found, n_star, seed=parameters.seed)
        claims, parts = [*claims, *more], [*parts, *more_parts]
    replace_claims(writer, CLAIMS, claims, parts)


def surface_rows(
    lm: LM, found: Aligned, corpus: ParallelCorpus, parameters: AlignmentParameters
) -> list[dict[str, Any]]:
    """Rows of the table `surface`: each pair beside what its texts share, programming languages."""
    languages = [each for each in found.languages if each != ENGLISH]
    at = [found.languages.index(each) for each in languages]
    ids = {
        each: [lm.tokenizer.encode(item[each]).ids for item in corpus.items] for each in languages
    }
    alike = found.texts[:, None] == found.texts[None]
    most = ceilings(found.texts)
    align = (found.middle("raw").mean(axis=-1) / np.where(most, most, np.nan))[np.ix_(at, at)]
    identical = alike.mean(axis=-1)[np.ix_(at, at)]
    overlap = np.ones(align.shape)
    pairs = list(combinations(range(len(languages)), 2))
    for i, j in pairs:
        overlap[i, j] = overlap[j, i] = token_overlap(ids[languages[i]], ids[languages[j]])
    line = over_surface(
        align, overlap, identical, permutations=parameters.permutations, seed=parameters.seed
    )
    return [
        {
            "data": corpus.source,
            "a": languages[i],
            "b": languages[j],
            "score": align[i, j],
            "token_overlap": overlap[i, j],
            "identical": identical[i, j],
            "predicted": predicted,
            "beyond": align[i, j] - predicted,
            "explained": line.explained,
            "n": len(languages),
            "unit": "language",
            "p": line.p,
        }
        for (i, j), predicted in zip(pairs, line.predicted.tolist(), strict=True)
    ]


def real_neurons(run: Run) -> dict[str, int]:
    """n* of each programming language that a run found neurons of; none where it did not look."""
    if not run.has("lape"):
        return {}
    found: dict[str, int] = {}
    for row in run.table("lape").select(["language", "real"]).to_pylist():
        if row["language"] != ENGLISH:
            found[row["language"]] = found.get(row["language"], 0) + row["real"]
    return found


def alignment_arrays(found: Aligned) -> dict[str, dict[str, NDArray[Any]]]:
    """Tensor files by name: `hits` is bool [pivot, language, level, pooling, variant, item]."""
    hits = np.stack(
        [
            np.stack([found.hits[READINGS[pooling, variant]] for variant in VARIANTS], axis=-2)
            for pooling in POOLINGS
        ],
        axis=-3,
    )
    files = {
        TENSORS: {
            "hits": np.ascontiguousarray(np.moveaxis(hits, 0, 2)),
            "problems": found.problems.astype(np.int64),
            "texts": found.texts,
        }
    }
    if "untrained" in found.hits:
        own = np.moveaxis(found.hits["untrained"], 0, 2)[:, :, :, None, None]
        files[f"{TENSORS}.untrained"] = {"hits": np.ascontiguousarray(own)}
    return files


def alignment_metadata(found: Aligned, corpus: ParallelCorpus) -> dict[str, str]:
    """What the axes hold."""
    return {
        "languages": ";".join(found.languages),
        "levels": ";".join(map(str, found.levels)),
        "layers": str(found.layers),
        "poolings": ";".join(POOLINGS),
        "variants": ";".join(VARIANTS),
        "data": corpus.source,
    }


def aligned_of(run: Run) -> Aligned:
    """The hits of a run as they were measured. Raises RunError for a run without them."""
    arrays, metadata = run.tensors(TENSORS), run.tensor_metadata(TENSORS)
    hits: dict[str, NDArray[np.bool_]] = {
        name: _levels_first(arrays["hits"][:, :, :, p, v])
        for (pooling, variant), name in READINGS.items()
        for p, v in ((POOLINGS.index(pooling), VARIANTS.index(variant)),)
    }
    untrained = f"{TENSORS}.untrained"
    if run.has_tensors(untrained):
        hits["untrained"] = _levels_first(run.tensors(untrained)["hits"][:, :, :, 0, 0])
    return _aligned(hits, arrays, metadata)


def _levels_first(hits: NDArray[Any]) -> NDArray[np.bool_]:
    return np.moveaxis(hits, 2, 0).astype(bool)


def _aligned(
    hits: Mapping[str, NDArray[np.bool_]],
    arrays: Mapping[str, NDArray[Any]],
    metadata: Mapping[str, str],
) -> Aligned:
    return Aligned(
        languages=tuple(metadata["languages"].split(";")),
        layers=int(metadata["layers"]),
        levels=tuple(map(int, metadata["levels"].split(";"))),
        problems=arrays["problems"],
        texts=arrays["texts"],
        hits=hits,
    )
