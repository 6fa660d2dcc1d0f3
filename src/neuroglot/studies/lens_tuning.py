"""The tuned lens beside the plain one: a check of the lens, never evidence.

Trains a tuned lens on answers that are not asked for and reads the same items through it. Says how
much nearer to the model's own prediction it comes, and whether things happen at the same depths. It
is trained to look like the model's output: no claim may rest on it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from neuroglot.analyses.lens_curves import KEPT, curve_columns, depth_rows
from neuroglot.analyses.lens_fidelity import compared_depths, mean_divergences
from neuroglot.analyses.translations import Translations
from neuroglot.base.seeds import generator
from neuroglot.lm.model import LM
from neuroglot.measure.tuned_lens import TunedLens
from neuroglot.runs.writing import RunWriter
from neuroglot.studies.lens_directions import TUNED, Asked, fits, prompt_of
from neuroglot.studies.watching import Watcher
from neuroglot.text.parallel import ParallelItem
from neuroglot.text.prompts import Prompt, tokenized
from neuroglot.train.tuned_lens import train_tuned_lens

Row = dict[str, Any]
MAPS, TENSORS = "tuned_lens", f"lens.{TUNED}"
"""Tensor files: the lens itself, and what it said."""


def write_tuned_lens(
    writer: RunWriter,
    lm: LM,
    asked: Asked,
    *,
    plain: Translations,
    depths: Sequence[Row],
    watch: Watcher,
) -> dict[str, list[Any]]:
    """All of the check but its curves: tensors, the table `tuned_depths`, notes.

    plain, depths: what the plain lens said, and its rows of `lens_depths`. Gives the columns of
    `lens_curves`; none, and a note, where no item is left to train on.
    """
    answers = spare_answers(lm, asked)
    if not answers.prompts:
        writer.note(
            f"no tuned lens: {asked.corpus.source} has no item that is not asked for, to train it "
            "on; ask for fewer with --items"
        )
        return {}
    lens = _trained(lm, answers, asked, writer.checkpoint_path, watch)
    found = asked.measured(lm, TUNED, writer.checkpoint_path, watch, lens)
    writer.write_tensors(MAPS, lens.arrays(), lens.metadata())
    writer.write_tensors(TENSORS, found.arrays(), asked.metadata())
    drawn = {"resamples": asked.parameters.resamples, "seed": asked.parameters.seed}
    compared = compared_depths(depths, depth_rows(found, asked.named, **drawn))
    writer.write_table("tuned_depths", compared)
    writer.note(f"the tuned lens is a check, no claim rests on it: {answers.told()}")
    writer.note(fidelity_sentence(plain, found, compared))
    return curve_columns(found, asked.named, lens=TUNED, **drawn)


@dataclass(frozen=True)
class SpareAnswers:
    """Prompts whose answers a tuned lens may learn from: no text of theirs is asked for.

    wanted: tokens to train on. tokens: of the answers; where they are fewer, they are read again.
    problems: of how many. other: none of these problems is asked for.
    """

    prompts: tuple[Prompt, ...]
    wanted: int
    tokens: int
    problems: int
    other: bool

    def told(self) -> str:
        """What it was trained on, in words."""
        whose = "other" if self.other else "of the"
        why = "" if self.other else ", since all of them are asked for"
        return (
            f"trained for {self.wanted:,} tokens on {len(self.prompts):,} answers ({self.tokens:,} "
            f"tokens) that are not asked for, to {self.problems} {whose} problems{why}"
        )


def spare_answers(lm: LM, asked: Asked) -> SpareAnswers:
    """Answers of as many tokens as wanted, if there are; of problems not asked for, if there are.

    None where the parameters want no tuned lens.
    """
    wanted = asked.parameters.tuned or 0
    items = spare_items(asked)
    problems = {item.problem for each in asked.items.values() for item in each}
    pairs = [(pair, item) for pair in asked.items for item in items]
    prompts, n, seen = list[Prompt](), 0, set[str]()
    order = generator(asked.parameters.seed, "answers of the tuned lens").permutation(len(pairs))
    for (source, target), item in (pairs[place] for place in order.tolist()):
        if n >= wanted:
            break
        prompt = prompt_of(asked.corpus, item, source, target)
        if fits(lm, prompt):
            row = tokenized(prompt, lm.tokenizer)
            n += len(row.ids) - row.first
            prompts.append(prompt)
            seen.add(item.problem)
    return SpareAnswers(tuple(prompts), wanted, n, len(seen), not seen & problems)


def spare_items(asked: Asked) -> list[ParallelItem]:
    """Items none of whose texts is one of an item asked for; of other problems where there are."""
    used = [item for items in asked.items.values() for item in items]
    problems = {item.problem for item in used}
    texts = {text.strip() for item in used for text in item.texts.values()}
    unread = [
        item
        for item in asked.corpus.items
        if texts.isdisjoint(text.strip() for text in item.texts.values())
    ]
    return [item for item in unread if item.problem not in problems] or unread


def _trained(
    lm: LM, answers: SpareAnswers, asked: Asked, folder: Path, watch: Watcher
) -> TunedLens:
    """The tuned lens that the folder holds, or a new one, which is kept there."""
    file = folder / f"{MAPS}.safetensors"
    if not file.exists():
        train_tuned_lens(
            lm,
            answers.prompts,
            tokens=answers.wanted,
            batch_tokens=asked.parameters.batch_tokens,
            seed=asked.parameters.seed,
            on_progress=lambda done, total: watch("tuned lens", done, total, "tokens", ""),
        ).save(file)
    return TunedLens.load(file, lm)


def fidelity_sentence(plain: Translations, tuned: Translations, compared: Sequence[Row]) -> str:
    """How much nearer to the model's own prediction, and how many depths agree."""
    before, after = (mean_divergences(found)[:-1] for found in (plain, tuned))
    agree = [row["agrees"] for row in compared if row["identical"] == KEPT]
    known = [each for each in agree if each is not None]
    return (
        f"below the last layer the plain lens is {before.mean():.3g} nats from the model's own "
        f"prediction, the tuned one {after.mean():.3g} (mean KL over levels, on the items asked "
        f"for), and nearer at {(after < before).sum()} of {len(after)} levels; {sum(known)} of "
        f"{len(known)} depths that both locate agree"
    )
