"""The lens over few-shot translation: what the middle of a model says while it translates code.

Takes a model and parallel items; asks for every direction between their languages what each level
gives to sets of tokens and to the true one, beside an untrained twin and sources that were
exchanged, and decides the claims. A tuned lens may stand beside the plain one, for comparison only.

Source: arXiv 2506.01074, with its traps avoided (docs/lens.md).
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.keyword_claims import KeywordMass, whatever_the_pair
from neuroglot.analyses.lens_claims import Curves, nearest, second_half
from neuroglot.analyses.lens_curves import Named, curve_columns, depth_rows
from neuroglot.analyses.translations import CONTEXT_OUT, Translations, faithful
from neuroglot.base.errors import ConfigError
from neuroglot.lm.model import LM
from neuroglot.lm.twin import untrained_twin
from neuroglot.runs.writing import RunWriter
from neuroglot.studies.claim_tables import add_parallel, replace_claims
from neuroglot.studies.lens_directions import EXCHANGED, MODEL, TWIN, Asked
from neuroglot.studies.lens_samples import sample_rows
from neuroglot.studies.lens_sets import CLAIMED
from neuroglot.studies.lens_tuning import write_tuned_lens
from neuroglot.studies.parameters import LensParameters
from neuroglot.studies.watching import Watcher
from neuroglot.text.parallel import ENGLISH, ParallelCorpus

STEP = "lens"
TENSORS = "lens"
TABLES = ("parallel", "lens", "lens_prompts", "lens_curves", "lens_depths", "tuned_depths")
CLAIMS = ("A-6", "A-7", "A-8")
NULLS = {TWIN: "the untrained twin", EXCHANGED: "the source exchanged"}
NAMES = "identifiers of equal frequency"


def write_translation_lens(
    writer: RunWriter, lm: LM, corpus: ParallelCorpus, parameters: LensParameters, watch: Watcher
) -> None:
    """All of the step: tensors and tables of the lens, and rows of `claims` and `claim_parts`."""
    corpus = corpus.only([each for each in corpus.languages if each != ENGLISH])
    if len(corpus.languages) < 2:
        raise ConfigError(
            f"{corpus.source} has {len(corpus.languages)} programming language: translation needs "
            "two"
        )
    asked = Asked.of(lm, corpus, parameters)
    found = asked.measured(lm, MODEL, writer.checkpoint_path, watch)
    beside = {}
    if parameters.with_twin(lm.name):
        twin = untrained_twin(lm, seed=parameters.seed)
        beside[TWIN] = asked.measured(twin, TWIN, writer.checkpoint_path, watch)
    if parameters.with_nulls:
        beside[EXCHANGED] = asked.measured(lm, EXCHANGED, writer.checkpoint_path, watch)
    writer.write_tensors(TENSORS, found.arrays(), asked.metadata())
    for name, other in beside.items():
        writer.write_tensors(f"{TENSORS}.{name}", other.arrays(), asked.metadata())
    drawn = {"resamples": parameters.resamples, "seed": parameters.seed}
    add_parallel(writer, corpus)
    curves = curve_columns(found, asked.named, lens="plain", **drawn)
    depths = depth_rows(found, asked.named, **drawn)
    if parameters.tuned is not None:
        tuned = write_tuned_lens(writer, lm, asked, plain=found, depths=depths, watch=watch)
        curves = {name: [*values, *tuned.get(name, ())] for name, values in curves.items()}
    writer.write_table("lens_curves", curves)
    writer.write_table("lens_depths", depths)
    prompts, samples = sample_rows(lm, asked.samples(), top_tokens=parameters.top_tokens)
    writer.write_table("lens_prompts", prompts)
    writer.write_table("lens", samples)
    for note in (*corpus.notes, *asked.notes()):
        writer.note(note)
    replace_claims(writer, CLAIMS, *lens_claims(found, beside, asked, **drawn))


def lens_claims(
    found: Translations,
    beside: Mapping[str, Translations],
    asked: Asked,
    *,
    resamples: int,
    seed: int,
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Rows of `claims` and `claim_parts` for A-6 to A-8."""
    named, first = asked.named, asked.first_half()
    curves = curves_of(found, named, first)
    others = {NULLS[name]: curves_of(other, named, first) for name, other in beside.items()}
    places = {name: place for place, name in enumerate(CLAIMED)}
    likely = {name: found.named[:, :, CONTEXT_OUT, place] for name, place in places.items()}
    names = {NAMES: replace(curves, mass=likely)}
    drawn = {"resamples": resamples, "seed": seed}
    claims, parts = second_half(curves, others, **drawn)
    twin = {name: each for name, each in others.items() if name == NULLS[TWIN]}
    for more, more_parts in (
        nearest(curves, twin | names, **drawn),
        whatever_the_pair(
            keyword_mass(found, asked), permutations=asked.parameters.permutations, seed=seed
        ),
    ):
        claims, parts = [*claims, *more], [*parts, *more_parts]
    return claims, parts


def keyword_mass(found: Translations, asked: Asked) -> KeywordMass:
    """What each direction gives to each keyword of the languages that have a list."""
    languages = asked.vocabulary.languages
    named = asked.named
    return KeywordMass(
        languages=languages,
        layers=named.layers,
        levels=named.levels,
        mass=np.asarray(found.by_id, dtype=np.float64),
        member=asked.vocabulary.keyword_members,
        ends=np.array([[each in pair for each in languages] for pair in named.directions]),
        faithful=faithful(found),
    )


def curves_of(found: Translations, named: Named, first: NDArray[np.bool_]) -> Curves:
    """What the claims look at: the context left out. first: bool [problem]."""
    at = {key[0]: place for place, key in enumerate(named.primary)}
    return Curves(
        layers=named.layers,
        levels=named.levels,
        direction=found.direction,
        problem=found.problem,
        count=found.count,
        mass={name: found.mass[:, :, CONTEXT_OUT, at[name]] for name in CLAIMED},
        expected={name: found.expected[:, :, CONTEXT_OUT, at[name]] for name in CLAIMED},
        first=first[found.problem],
        random={name: found.random[:, :, :, place] for place, name in enumerate(CLAIMED)},
        gold=np.asarray(found.gold[:, -1, 2], dtype=np.float64),
        identical=found.identical,
        faithful=faithful(found),
    )
