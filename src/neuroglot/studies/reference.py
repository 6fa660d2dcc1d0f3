"""What the reference model can do: brackets, functions, translations, summaries, held-out text.

Takes a model and the record of what it was trained on, gives rows of results. Every item is drawn
anew and stands in no training: other seeds, other programs after renaming, held-out repositories.
"""

import lzma
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice, permutations

import numpy as np

from neuroglot.analyses.bleu import bleu_scores
from neuroglot.analyses.pass_rates import pass_rate
from neuroglot.analyses.uncertainty import wilson_interval
from neuroglot.lm.model import LM
from neuroglot.measure.ablation import score_variants
from neuroglot.measure.answers import answered
from neuroglot.measure.completions import before_first, completions
from neuroglot.measure.execution import row_outcomes
from neuroglot.programs.catalogue import ALGORITHMS, TWINS, split_of
from neuroglot.programs.entries import entry_prompt
from neuroglot.programs.generation import Drawn, Row, draw_programs, rows
from neuroglot.programs.normalisation import digest
from neuroglot.programs.snippets import snippets
from neuroglot.programs.writing import STYLES
from neuroglot.text.bracket_templates import template_brackets
from neuroglot.text.brackets import BracketPrompt, published_brackets
from neuroglot.text.corpus import Corpus
from neuroglot.text.function_end import function_end
from neuroglot.text.parallel import ParallelCorpus
from neuroglot.text.prompts import drawn_demonstrations, summary, translation
from neuroglot.text.reading import read

SEED = 1_000
"""Far from the seeds of trainings."""

TRANSLATED = ("c", "cpp", "csharp", "java", "javascript", "php", "python")
"""The seven languages of CoST: 42 directions."""

NEW_TOKENS = 200
HELD_OUT_TOKENS = 16_000


@dataclass(frozen=True)
class Result:
    """One number: what was asked, in which language or direction, of how many, and its interval."""

    task: str
    part: str
    items: int
    value: float
    low: float
    high: float


Notice = Callable[[str, int, int], None]
"""Called with what is under way, how much is done, and of how much."""


def brackets(lm: LM, *, seed: int = SEED) -> list[Result]:
    """Share of unfinished calls after which the right number of closers is the likeliest token."""
    prompts = [*template_brackets(lm.tokenizer, seed=seed), *published_brackets(split="test")]
    written = completions(lm, [prompt.text for prompt in prompts], max_new_tokens=1)
    right = [made.text == prompt.target for made, prompt in zip(written, prompts, strict=True)]
    kinds = {"templates": lambda p: not _is_published(p), "published": _is_published}
    return [
        _share("brackets", f"{kind}, {k} missing", [r for p, r in pairs if of(p) and p.k == k])
        for kind, of in kinds.items()
        for k in (1, 2, 3, 4)
        for pairs in [list(zip(prompts, right, strict=True))]
    ]


def _is_published(prompt: BracketPrompt) -> bool:
    return prompt.template.startswith("published")


def unseen(
    count: int, *, split: str, trained_on: Collection[str], levels: Collection[int]
) -> list[Drawn]:
    """Programs of one function that are not among those trained on, by their digests.

    Held-out algorithms that only do again what others do are left out.
    """
    names = [
        each.name
        for each in ALGORITHMS
        if split_of(each) == split and each.level in levels and each.name not in TWINS
    ]
    drawn = draw_programs(40 * count, algorithms=names, seed=SEED)
    fitting = (
        each
        for each in drawn
        if len(each.program.functions) == 1 and digest(each.program) not in trained_on
    )
    return list(islice(fitting, count))


def functions(
    lm: LM, programs: Sequence[Drawn], *, part: str, notice: Notice | None = None
) -> list[Result]:
    """Share of programs whose tests pass with what the model writes after description and head."""
    found = []
    for language in STYLES:
        asked = _rows(programs, language)
        written = completions(
            lm,
            [entry_prompt(row).opening for row in asked],
            max_new_tokens=NEW_TOKENS,
            stop=partial(function_end, language),
            on_progress=_said(notice, f"functions, {language}"),
        )
        outcomes = row_outcomes(asked, [each.text for each in written])
        rate = pass_rate([outcome.status == "passed" for outcome in outcomes])
        found.append(
            Result("functions", f"{language}, {part}", rate.tasks, rate.share, rate.low, rate.high)
        )
    return found


def translations(
    lm: LM, programs: Sequence[Drawn], *, each_way: int = 50, notice: Notice | None = None
) -> list[Result]:
    """Statements of one line that differ between two languages: the model's against the true one.

    For each direction the share of exact translations, of true first tokens that are the likeliest,
    and of statements whose copy would be right but for what always differs: none here, by choice.
    """
    made = snippets(programs, languages=list(TRANSLATED))
    corpus = ParallelCorpus.from_rows(made, source="unseen programs")
    found: list[Result] = []
    directions = list(permutations(TRANSLATED, 2))
    for number, (source, target) in enumerate(directions):
        fitting = [
            item
            for item in corpus.items
            if item[source].strip() != item[target].strip()
            and "\n" not in item[source].strip() + item[target].strip()
        ]
        prompts = [
            translation(
                item,
                source=source,
                target=target,
                demonstrations=drawn_demonstrations(
                    corpus, item, source=source, target=target, seed=SEED
                ),
            )
            for item in fitting[:each_way]
        ]
        known = answered(lm, prompts)
        part = f"{source} to {target}"
        found += [
            _share("translations, exact", part, [each.whole for each in known]),
            _share("translations, first token", part, [each.begins for each in known]),
        ]
        if notice is not None:
            notice("translations", number + 1, len(directions))
    return found


def summaries(lm: LM, programs: Sequence[Drawn], *, notice: Notice | None = None) -> list[Result]:
    """BLEU-4 of one-sentence summaries of functions, per language, 0 to 100."""
    found = []
    for language in STYLES:
        asked = _rows(programs, language)
        prompts = [summary(row.code, row.description, language=language) for row in asked]
        written = completions(
            lm,
            [prompt.question.rstrip(" ") for prompt in prompts],
            max_new_tokens=80,
            stop=before_first("\n"),
            on_progress=_said(notice, f"summaries, {language}"),
        )
        texts = [each.text.strip() for each in written]
        scores = np.array(bleu_scores(texts, [prompt.answer for prompt in prompts]))
        error = 1.96 * float(scores.std(ddof=1)) / len(scores) ** 0.5
        mean = float(scores.mean())
        found.append(Result("summaries", language, len(scores), mean, mean - error, mean + error))
    return found


def held_out(lm: LM, corpus: Corpus) -> list[Result]:
    """Nats per token and per byte on held-out repositories, beside xz on the same bytes."""
    reading = read(
        corpus.documents,
        lm.tokenizer,
        labels=corpus.languages,
        tokens_per_language=HELD_OUT_TOKENS,
        least_tokens=1,
        least_documents=1,
    )
    scores = score_variants(lm, reading, [])
    found = []
    for label, language in enumerate(reading.labels):
        own = scores.label == label
        nats, tokens = float(scores.nll[0, own].sum()), int(scores.tokens[own].sum())
        size = int(scores.bytes[own].sum())
        texts = [d.text for d in reading.documents if d.language == language]
        packed = _xz_nats_per_byte("\n".join(texts).encode()[:size])
        for task, value in (
            ("nats per token", nats / tokens),
            ("nats per byte", nats / size),
            ("nats per byte, xz", packed),
        ):
            found.append(Result(task, language, tokens, value, value, value))
    return found


def _xz_nats_per_byte(content: bytes) -> float:
    packed = len(lzma.compress(content, preset=9 | lzma.PRESET_EXTREME))
    return float(packed * 8 * np.log(2) / len(content))


def _rows(programs: Sequence[Drawn], language: str) -> list[Row]:
    return [row for each in programs for row in rows(each, [(language, "procedural")])]


def _share(task: str, part: str, right: Sequence[bool]) -> Result:
    low, high = wilson_interval(sum(right), len(right))
    share = sum(right) / len(right) if right else float("nan")
    return Result(task, part, len(right), share, low, high)


def _said(notice: Notice | None, what: str) -> Callable[[int, int], None] | None:
    return None if notice is None else lambda done, total: notice(what, done, total)


def trained_on(made_of: Mapping[str, object]) -> frozenset[str]:
    """Digests of the programs that a training's record names."""
    found = made_of["programs"]
    return frozenset(map(str, found)) if isinstance(found, list) else frozenset()


def evaluate(
    lm: LM,
    corpus: Corpus | None,
    made_of: Mapping[str, object],
    *,
    programs: int = 150,
    notice: Notice | None = None,
) -> list[Result]:
    """Everything: `programs` functions, and a third as many for summaries and translations.

    corpus: held-out documents, None leaves them out.
    """
    known = trained_on(made_of)
    easy = unseen(programs, split="train", trained_on=known, levels=[1])
    strange = unseen(programs // 3, split="held_out", trained_on=known, levels=[1, 2])
    mixed = unseen(programs // 3, split="train", trained_on=known, levels=[1, 2, 3])
    found = [*brackets(lm)]
    if corpus is not None:
        found += held_out(lm, corpus)
    found += translations(lm, mixed, notice=notice)
    found += summaries(lm, mixed, notice=notice)
    found += functions(lm, easy, part="level 1", notice=notice)
    return found + functions(lm, strange, part="held-out families", notice=notice)
