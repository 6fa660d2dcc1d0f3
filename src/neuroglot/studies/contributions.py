"""What each layer adds to the next token: in given texts, and in what the model writes itself.

A step of the study `neuron-guided`. The model is shown the first half of a text; the given second
half (`teacher`) and its own (`generated`) are then read alike. Gives the tables `contributions` and
`written_units`, and of each of both the tensors contributions, activity and pls.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from neuroglot.analyses.contributions import contribution_rows
from neuroglot.analyses.written_units import activity_rows, pls_rows
from neuroglot.base.errors import ConfigError
from neuroglot.lm.generation import prompt_ids
from neuroglot.lm.model import LM
from neuroglot.measure.completions import completions
from neuroglot.measure.contributions import Contributions, sublayer_contributions, written
from neuroglot.measure.recording import Recorded, record
from neuroglot.runs.writing import RunWriter
from neuroglot.stats.activity import NeuronActivity
from neuroglot.stats.pls import PLS
from neuroglot.stats.statistic import Statistic
from neuroglot.studies.parameters import GuidedParameters
from neuroglot.studies.watching import Watcher
from neuroglot.text.answers import read_answers
from neuroglot.text.parallel import ParallelCorpus
from neuroglot.text.prompts import Prompt, PromptTokens, halved, tokenized
from neuroglot.text.reading import Reading

STEP = "contributions"
TEACHER, GENERATED = "teacher", "generated"
PARTS = ("attention", "mlp")
STATISTICS: dict[str, type[Statistic]] = {"activity": NeuronActivity, "pls": PLS}


@dataclass(frozen=True, eq=False)
class Halves:
    """Texts cut in two. prompts: the first halves; given: the whole in tokens, of the second half
    no more than is read. languages, tasks: of each. left_out: texts that could not be cut.
    """

    prompts: tuple[Prompt, ...]
    given: tuple[PromptTokens, ...]
    languages: tuple[str, ...]
    tasks: tuple[str, ...]
    left_out: int


def write_contributions(
    writer: RunWriter,
    lm: LM,
    corpus: ParallelCorpus,
    parameters: GuidedParameters,
    watch: Watcher,
) -> None:
    """All of the step."""
    some = corpus.sample(parameters.written_items, seed=parameters.seed)
    halves = halves_of(lm, some, most=parameters.written_tokens)
    if halves.left_out:
        writer.note(
            f"{halves.left_out} texts are one word or too long: the model does not go on with them"
        )
    if not halves.prompts:
        return

    def told(what: str) -> Callable[[int, int], None]:
        return lambda done, total: watch(STEP, done, total, "texts", what)

    own = written_halves(
        lm, halves, batch_tokens=parameters.batch_tokens, on_progress=told("written")
    )
    answers = {TEACHER: halves.given, GENERATED: own}
    rows = []
    for mode, each in answers.items():
        found = sublayer_contributions(
            lm, each, batch_tokens=parameters.batch_tokens, on_progress=told(mode)
        )
        _keep(writer, mode, halves, each, found)
        rows += contribution_rows(
            {part: getattr(found, part) for part in PARTS},
            found.tokens,
            languages=halves.languages,
            tasks=halves.tasks,
            mode=mode,
            resamples=parameters.resamples,
            seed=parameters.seed,
        )
    writer.write_table("contributions", rows)
    readings = {
        mode: read_answers(each, lm.tokenizer, languages=halves.languages, tasks=halves.tasks)
        for mode, each in answers.items()
    }
    _write_units(writer, lm, readings, batch_tokens=parameters.batch_tokens, watch=watch)


def halves_of(lm: LM, corpus: ParallelCorpus, *, most: int) -> Halves:
    """The texts of all items, language by language. most: tokens that are read of a second half."""
    prompts, given, languages, tasks = [], [], [], []
    for language in corpus.languages:
        for item in corpus.items:
            try:
                prompt = halved(item[language])
                whole = tokenized(prompt, lm.tokenizer)
            except ConfigError:
                continue
            shown = max(whole.first, len(prompt_ids(lm.tokenizer, prompt.question)))
            if lm.max_positions is None or shown + most <= lm.max_positions:
                prompts.append(prompt)
                given.append(PromptTokens(whole.ids[: whole.first + most], whole.first))
                languages.append(language)
                tasks.append(item.problem)
    left_out = len(corpus) * len(corpus.languages) - len(prompts)
    return Halves(tuple(prompts), tuple(given), tuple(languages), tuple(tasks), left_out)


def written_halves(
    lm: LM, halves: Halves, *, batch_tokens: int, on_progress: Callable[[int, int], None] | None
) -> list[PromptTokens]:
    """The first halves with what the model writes after them, the likeliest token each time.

    As many tokens as the given second half has, fewer where the model ends the text before.
    """
    prompts = [prompt.question for prompt in halves.prompts]
    sizes = [len(given.ids) - given.first for given in halves.given]
    found = completions(
        lm,
        prompts,
        max_new_tokens=max(sizes),
        batch_tokens=batch_tokens,
        on_progress=on_progress,
    )
    return [
        PromptTokens(row.ids[: row.first + size], row.first)
        for row, size in zip(written(lm, prompts, found), sizes, strict=True)
    ]


def _keep(
    writer: RunWriter,
    mode: str,
    halves: Halves,
    answers: Sequence[PromptTokens],
    found: Contributions,
) -> None:
    """Tensors: what the parts add to each text, and its tokens in a line."""
    tokens = {
        "ids": np.concatenate([answer.ids for answer in answers]),
        "length": np.array([len(answer.ids) for answer in answers], dtype=np.int64),
        "first": np.array([answer.first for answer in answers], dtype=np.int64),
    }
    about = {"languages": halves.languages, "tasks": halves.tasks}
    metadata = {name: json.dumps(values) for name, values in about.items()}
    writer.write_tensors(f"{STEP}.{mode}", vars(found) | tokens, metadata)


def _write_units(
    writer: RunWriter,
    lm: LM,
    readings: Mapping[str, Reading],
    *,
    batch_tokens: int,
    watch: Watcher,
) -> None:
    """Activity and PLS at the tokens of second halves: tensors, and the table `written_units`."""
    if not all(reading.rows for reading in readings.values()):
        writer.note("the model wrote nothing: its units are not compared with those of given texts")
        return
    recorded: list[Recorded] = []
    for mode, reading in readings.items():
        found = record(
            lm,
            reading,
            list(STATISTICS.values()),
            batch_tokens=batch_tokens,
            checkpoint=writer.checkpoint_path / f"{mode}.safetensors",
            on_progress=lambda at: watch(STEP, at.done, at.total, "tokens", at.label),
        )
        for name, kind in STATISTICS.items():
            settled = found[kind].settled()
            writer.write_tensors(f"{name}.{mode}", settled.arrays(), settled.metadata())
        recorded.append(found)
    given, wrote = recorded
    writer.write_table(
        "written_units",
        [
            *activity_rows(given[NeuronActivity], wrote[NeuronActivity]),
            *pls_rows(given[PLS], wrote[PLS]),
        ],
    )
