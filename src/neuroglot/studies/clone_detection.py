"""Clones told by the run's concept layers: `neuroglot clones RUN`, a step that is added to a run.

Takes a finished run, its model and clone pairs; the band is the run's. Gives the tensors
`embeddings` and `clones`, the table `clones` and claim B-7. What follows from the tensors needs no
model.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.clone_claim import clone_claim
from neuroglot.analyses.clone_rows import clone_rows
from neuroglot.analyses.clone_scores import CloneScores, Pairs, clone_scores
from neuroglot.base.seeds import generator
from neuroglot.lm.model import LM
from neuroglot.lm.twin import untrained_twin
from neuroglot.measure.embeddings import Embeddings, layer_embeddings
from neuroglot.measure.yes_no import log_odds
from neuroglot.programs.clone_pairs import program_clones
from neuroglot.programs.clones import overlap
from neuroglot.programs.writing import STYLES
from neuroglot.runs.directory import Run, opened
from neuroglot.runs.writing import RunWriter, with_step
from neuroglot.studies.claim_tables import replace_claims
from neuroglot.studies.concept_layers import STREAM, found_band
from neuroglot.studies.copying import copied
from neuroglot.studies.language_neurons import refuse_other
from neuroglot.studies.parameters import ClonesParameters, GuidedParameters
from neuroglot.studies.watching import Watcher, unwatched
from neuroglot.text.clone_pairs import TEST, ClonePairs

STEP = TENSORS = "clones"
EMBEDDINGS = "embeddings"
CLAIMS = ("B-7",)
PROMPT = (
    "Do these two functions do the same? Answer yes or no.\n\n"
    "First function:\n{}\n\nSecond function:\n{}\n\nAnswer:"
)


def clones(
    run: Run | str | Path,
    *,
    lm: LM,
    pairs: ClonePairs,
    parameters: ClonesParameters | None = None,
    out: str | Path | None = None,
    command: str = "",
    watch: Watcher = unwatched,
) -> Run:
    """Add the step to a finished run of the same model.

    pairs: split already, or to be split by problem. out: folder of a child run that gets the step
    instead. Raises RunError for another model, OtherRunError where the step was made with other
    parameters, CorpusError for pairs that cannot be split.
    """
    parent = opened(run)
    refuse_other(parent, lm)
    asked = parameters or ClonesParameters()
    split = pairs.split(seed=asked.seed)
    chosen = replace(asked, source=split.source, digest=split.digest)
    if out is not None:
        parent = copied(parent, out, command=command, without=(STEP,))
    return with_step(
        parent.path,
        STEP,
        lambda writer: write_clones(writer, lm, split, chosen, watch),
        parameters=chosen.as_json(),
        command=command,
    )


def generated_pairs(
    run: Run, parameters: ClonesParameters, languages: Sequence[str] | None = None
) -> ClonePairs:
    """Clones of generated programs. languages: None takes the run's, or all that programs are
    written in where the run has none of them.
    """
    held = languages or [
        each for each in run.manifest.data.get("languages") or () if each in STYLES
    ]
    return program_clones(held or None, count=parameters.n_programs, seed=parameters.seed)


def write_default_clones(
    writer: RunWriter, lm: LM, parameters: GuidedParameters, watch: Watcher
) -> None:
    """The step as a part of the study: clones of generated programs, by the study's profile."""
    asked = ClonesParameters(
        profile=parameters.profile, batch_tokens=parameters.batch_tokens, seed=parameters.seed
    )
    pairs = generated_pairs(writer.run, asked).split(seed=asked.seed)
    write_clones(writer, lm, pairs, asked, watch)


def write_clones(
    writer: RunWriter, lm: LM, pairs: ClonePairs, parameters: ClonesParameters, watch: Watcher
) -> None:
    """All of the step. pairs: split."""

    def read(model: LM, name: str) -> Embeddings:
        found = layer_embeddings(
            model,
            [function.code for function in pairs.functions],
            batch_tokens=parameters.batch_tokens,
            checkpoint=writer.checkpoint_path / name,
            on_progress=_told(watch, name),
        )
        writer.write_tensors(
            name,
            {"vectors": found.vectors, "tokens": found.tokens},
            {"levels": ";".join(map(str, found.levels)), "site": STREAM, "pooling": "mean"},
        )
        return found

    mine = read(lm, EMBEDDINGS)
    twin = None
    if parameters.with_twin(lm.name):
        blank = untrained_twin(lm, seed=parameters.seed)
        twin = read(blank, f"{EMBEDDINGS}.untrained").vectors
    arrays, levels = pair_arrays(pairs), found_band(writer.run)
    found = clone_scores(
        arrays,
        mine.vectors,
        mine.levels,
        # Levels are counted from -1, places from 0.
        band=None if levels is None else (levels[0] + 1, levels[1] + 1),
        untrained=twin,
        asked=_asked(lm, pairs, parameters, watch),
        seed=parameters.seed,
    )
    writer.write_tensors(TENSORS, *score_arrays(found))
    for note in _notes(pairs, mine, found):
        writer.note(note)
    drawn = {"resamples": parameters.resamples, "seed": parameters.seed}
    writer.write_table("clones", clone_rows(found, pairs.source, **drawn))
    replace_claims(writer, CLAIMS, *clone_claim(found, **drawn))


def pair_arrays(pairs: ClonePairs) -> Pairs:
    """Pairs as the analyses take them."""
    place = {function.id: number for number, function in enumerate(pairs.functions)}
    language = {name: number for number, name in enumerate(pairs.languages)}
    problems = [pairs.problem(pair) for pair in pairs.pairs]
    named = {name: number for number, name in enumerate(dict.fromkeys(problems))}
    code = [function.code for function in pairs.functions]
    first = np.array([place[pair.first] for pair in pairs.pairs], dtype=np.int64)
    second = np.array([place[pair.second] for pair in pairs.pairs], dtype=np.int64)
    both = zip(first, second, strict=True)
    return Pairs(
        first=first,
        second=second,
        clone=np.array([pair.clone for pair in pairs.pairs]),
        is_test=np.array([pair.split == TEST for pair in pairs.pairs]),
        problem=np.array([named[name] for name in problems], dtype=np.int64),
        kind=tuple(pair.kind for pair in pairs.pairs),
        overlap=np.array([overlap(code[one], code[other]) for one, other in both]),
        languages=pairs.languages,
        of_function=np.array([language[f.language] for f in pairs.functions], dtype=np.int64),
    )


def score_arrays(found: CloneScores) -> tuple[dict[str, NDArray[Any]], dict[str, str]]:
    """Scores as the tensor file keeps them, so that they can be concluded from again."""
    pairs = found.pairs
    arrays: dict[str, NDArray[Any]] = {
        "first": pairs.first,
        "second": pairs.second,
        "clone": pairs.clone,
        "is_test": pairs.is_test,
        "problem": pairs.problem,
        "overlap": pairs.overlap,
        "of_function": pairs.of_function,
        "asked": found.asked,
        "band": np.array(found.band, dtype=np.int64),
    }
    for kind, own in (("single", found.single), ("bands", found.bands)):
        arrays |= {f"{kind}.{reading}": values for reading, values in own.items()}
    return arrays, {
        "languages": ";".join(pairs.languages),
        "kind": ";".join(pairs.kind),
        "levels": ";".join(map(str, found.levels)),
        "chosen_by": found.chosen_by,
    }


def scores_of(run: Run) -> CloneScores:
    """The scores of a run as they were measured. Raises RunError for a run without them."""
    arrays, metadata = run.tensors(TENSORS), run.tensor_metadata(TENSORS)

    def by_reading(kind: str) -> Mapping[str, NDArray[np.float64]]:
        start = f"{kind}."
        return {
            name.removeprefix(start): own for name, own in arrays.items() if name.startswith(start)
        }

    names = ("first", "second", "clone", "is_test", "problem", "overlap", "of_function")
    return CloneScores(
        pairs=Pairs(
            **{name: arrays[name] for name in names},
            kind=tuple(metadata["kind"].split(";")),
            languages=tuple(metadata["languages"].split(";")),
        ),
        levels=tuple(map(int, metadata["levels"].split(";"))),
        band=(int(arrays["band"][0]), int(arrays["band"][1])),
        chosen_by=metadata["chosen_by"],
        single=by_reading("single"),
        bands=by_reading("bands"),
        asked=arrays["asked"],
    )


def _asked(
    lm: LM, pairs: ClonePairs, parameters: ClonesParameters, watch: Watcher
) -> NDArray[np.float64]:
    """Log-odds of yes for pairs drawn by lot, nan for all others."""
    found = np.full(len(pairs.pairs), np.nan)
    order = generator(parameters.seed, "pairs that are asked").permutation(len(found))
    chosen = np.sort(order[: parameters.n_asked])
    code = {function.id: function.code.strip() for function in pairs.functions}
    prompts = [
        PROMPT.format(code[pair.first], code[pair.second])
        for pair in (pairs.pairs[number] for number in chosen)
    ]
    if prompts:
        found[chosen] = log_odds(
            lm,
            prompts,
            batch_tokens=parameters.batch_tokens,
            on_progress=_told(watch, "asked"),
        )
    return found


def _notes(pairs: ClonePairs, read: Embeddings, found: CloneScores) -> list[str]:
    first, last = (found.levels[place] for place in found.band)
    left = ", ".join(f"{reason} {n:,}" for reason, n in pairs.skipped.items())
    return [
        *pairs.notes,
        f"clones: the band is layers {first} to {last}, from {found.chosen_by}",
        *([f"clones: pairs left out: {left}"] if left else []),
        *([f"clones: {int(read.cut.sum())} functions were cut"] if read.cut.any() else []),
    ]


def _told(watch: Watcher, what: str) -> Callable[[int, int], None]:
    unit = "pairs" if what == "asked" else "functions"
    return lambda done, total: watch(f"{STEP} ({what})", done, total, unit, "")
