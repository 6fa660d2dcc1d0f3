"""What a reference model can do: brackets, functions, translations, summaries, held-out text.

Takes a model and what it was trained on, gives rows of results. Every item is drawn anew and stands
in no training: other seeds, other programs after renaming, held-out repositories.
"""

import lzma
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import permutations

import numpy as np

from neuroglot.analyses.bigrams import Bigrams
from neuroglot.analyses.bleu import bleu_scores
from neuroglot.analyses.pass_rates import pass_rate
from neuroglot.base.errors import ConfigError
from neuroglot.lm.model import LM
from neuroglot.measure.ablation import score_variants
from neuroglot.measure.completions import before_first, completions
from neuroglot.measure.execution import row_outcomes
from neuroglot.measure.lens import logit_lens
from neuroglot.programs.generation import Drawn
from neuroglot.programs.writing import STYLES
from neuroglot.studies.reference_items import (
    SEED,
    Training,
    direction_asked,
    functions_asked,
    statements,
    summaries_asked,
    unseen,
    written,
)
from neuroglot.text.bracket_prompts import MOST_CLOSERS, BracketPrompt
from neuroglot.text.corpus import Corpus
from neuroglot.text.function_end import function_end
from neuroglot.text.published_brackets import published_brackets
from neuroglot.text.reading import read
from neuroglot.text.reference_brackets import reference_brackets

TRANSLATED = ("c", "cpp", "csharp", "java", "javascript", "php", "python")
"""The seven languages of CoST: 42 directions."""

EVALUATION = "evaluation.json"
"""Where results lie, in the folder of a training."""

EACH_WAY = 50
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


def evaluate(
    lm: LM,
    corpus: Corpus | None,
    training: Training,
    *,
    programs: int = 150,
    notice: Notice | None = None,
) -> list[Result]:
    """Everything: `programs` functions, and a third as many for summaries and translations.

    corpus: its held-out documents are read; None leaves them out. Raises ConfigError for no
    programs.
    """
    if programs < 1:
        raise ConfigError(f"programs is {programs}: give at least 1")
    some = max(programs // 3, 20)
    easy = unseen(programs, training, split="train", levels=[1])
    strange = unseen(some, training, split="held_out", levels=[1, 2])
    mixed = unseen(some, training, split="train", levels=[1, 2, 3])
    found = brackets(lm, training)
    if corpus is not None:
        found += held_out(lm, corpus.held_out(), training)
    found += translations(lm, mixed, training, notice=notice)
    found += summaries(lm, mixed, training, notice=notice)
    found += functions(lm, easy, training, part="level 1", notice=notice)
    return found + functions(lm, strange, training, part="held-out families", notice=notice)


def brackets(lm: LM, training: Training) -> list[Result]:
    """Share of unfinished calls after which the right number of closers is the likeliest token."""
    kinds: dict[str, Sequence[BracketPrompt]] = {
        "templates": reference_brackets(lm.tokenizer, seed=SEED),
        "published": published_brackets(split="test"),
    }
    found = []
    for kind, drawn in kinds.items():
        asked = [each for each in drawn if not training.holds(each.text + each.target)]
        made = completions(lm, [prompt.text for prompt in asked], max_new_tokens=1)
        right = [each.text == prompt.target for each, prompt in zip(made, asked, strict=True)]
        for k in range(1, MOST_CLOSERS + 1):
            own = [good for good, prompt in zip(right, asked, strict=True) if prompt.k == k]
            found.append(_share("brackets", f"{kind}, {k} missing", own))
        found += _overlap(f"brackets, {kind}", [p.text + p.target for p in asked], training)
    return found


def functions(
    lm: LM,
    programs: Sequence[Drawn],
    training: Training,
    *,
    part: str,
    notice: Notice | None = None,
) -> list[Result]:
    """Share of programs whose tests pass with what the model writes after description and head."""
    found, texts = [], []
    for language in STYLES:
        asked = functions_asked(written(programs, language), training)
        made = completions(
            lm,
            [prompt.opening for _, prompt in asked],
            max_new_tokens=NEW_TOKENS,
            stop=partial(function_end, language),
            on_progress=_said(notice, f"functions, {language}"),
        )
        outcomes = row_outcomes([row for row, _ in asked], [each.text for each in made])
        passed = [outcome.status == "passed" for outcome in outcomes]
        found.append(_share("functions", f"{language}, {part}", passed))
        texts += [prompt.text for _, prompt in asked]
    return found + _overlap(f"functions, {part}", texts, training)


def translations(
    lm: LM, programs: Sequence[Drawn], training: Training, *, notice: Notice | None = None
) -> list[Result]:
    """Statements of one line that differ between two languages: the model's against the true one.

    For each direction the share of exact translations, that of true first tokens that are the
    likeliest, and the share of all statements that are the same in both languages: what copying
    would get right, where none of those that are asked would be.
    """
    corpus = statements(programs, TRANSLATED)
    found: list[Result] = []
    texts: list[str] = []
    directions = list(permutations(TRANSLATED, 2))
    for number, (source, target) in enumerate(directions):
        asked = direction_asked(corpus, source, target, training, most=EACH_WAY)
        read = logit_lens(lm, asked.prompts, layers=[lm.n_layers - 1], top_tokens=1)
        likeliest = [each.target_rank[:, 0, 0] == 1 for each in read]
        part = f"{source} to {target}"
        n, copies = len(read), asked.copies
        found += [
            _share("translations, exact", part, [bool(each.all()) for each in likeliest]),
            _share("translations, first token", part, [bool(each[0]) for each in likeliest]),
            Result("translations, the same in both", part, n, copies, copies, copies),
        ]
        texts += asked.alone
        if notice is not None:
            notice("translations", number + 1, len(directions))
    return found + _overlap("translations", texts, training)


def summaries(
    lm: LM, programs: Sequence[Drawn], training: Training, *, notice: Notice | None = None
) -> list[Result]:
    """BLEU-4 of one-sentence summaries of functions, per language, 0 to 100."""
    found, texts = [], []
    for language in STYLES:
        prompts = summaries_asked(written(programs, language), training)
        made = completions(
            lm,
            [prompt.question.rstrip(" ") for prompt in prompts],
            max_new_tokens=80,
            stop=before_first("\n"),
            on_progress=_said(notice, f"summaries, {language}"),
        )
        answers = [each.text.strip() for each in made]
        scores = np.array(bleu_scores(answers, [prompt.answer for prompt in prompts]))
        error = 1.96 * float(scores.std(ddof=1)) / len(scores) ** 0.5
        mean = float(scores.mean())
        found.append(Result("summaries", language, len(scores), mean, mean - error, mean + error))
        texts += [prompt.text for prompt in prompts]
    return found + _overlap("summaries", texts, training)


def held_out(lm: LM, corpus: Corpus, training: Training) -> list[Result]:
    """Nats per token and per byte of held-out text, beside pairs of tokens and xz on the same."""
    reading = read(
        corpus.documents,
        lm.tokenizer,
        labels=corpus.languages,
        tokens_per_language=HELD_OUT_TOKENS,
        least_tokens=1,
        least_documents=1,
    )
    scores = score_variants(lm, reading, [])
    pairs = None
    if training.text is not None:
        pairs = Bigrams.counted(training.text.rows, vocabulary=lm.body.sizes.vocabulary)
    found = []
    for label, language in enumerate(reading.labels):
        own = scores.label == label
        nats, tokens = float(scores.nll[0, own].sum()), int(scores.tokens[own].sum())
        size = int(scores.bytes[own].sum())
        texts = [d.text for d in reading.documents if d.language == language]
        values = {
            "nats per token": nats / tokens,
            "nats per byte": nats / size,
            "nats per byte, xz": _xz_nats_per_byte("\n".join(texts).encode()[:size]),
        }
        if pairs is not None:
            rows = [row for row in reading.rows if row.label == label]
            costs = [pairs.nats(row.ids)[row.counted[1:]] for row in rows]
            values["nats per token, pairs"] = float(np.concatenate(costs).mean())
        found += [
            Result(task, language, tokens, value, value, value) for task, value in values.items()
        ]
    return found


def _xz_nats_per_byte(content: bytes) -> float:
    packed = len(lzma.compress(content, preset=9 | lzma.PRESET_EXTREME))
    return float(packed * 8 * np.log(2) / len(content))


def _overlap(task: str, texts: Sequence[str], training: Training) -> list[Result]:
    """How much of the items stands in the training, where that is at hand."""
    if training.text is None:
        return []
    share = training.shared(texts)
    return [Result("runs of eight tokens seen", task, len(texts), share, share, share)]


def _share(task: str, part: str, right: Sequence[bool]) -> Result:
    rate = pass_rate(right)
    return Result(task, part, rate.tasks, rate.share, rate.low, rate.high)


def _said(notice: Notice | None, what: str) -> Callable[[int, int], None] | None:
    return None if notice is None else lambda done, total: notice(what, done, total)
