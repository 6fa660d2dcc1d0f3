"""A reference model's card: what it was made of, how, what it can do and what it cannot.

Takes the folder in which it was trained and evaluated, or the bundled one; gives a record that
travels with the weights, and the same as text.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from neuroglot.base.errors import ConfigError
from neuroglot.base.languages import display_name
from neuroglot.programs.catalogue import HELD_OUT
from neuroglot.studies.reference import EVALUATION
from neuroglot.studies.reference_items import SEED
from neuroglot.train.reference import MADE_OF, SHAPES
from neuroglot.train.training import LAST, outcome

KINDS: Mapping[str, str] = {
    "code": "real code",
    "english": "English",
    "programs": "generated programs",
    "translation": "few-shot translation",
    "function": "docstring to function",
    "summary": "function to summary",
    "brackets": "brackets in statements",
}

ONE_NUMBER = ("nats per token", "nats per byte", "runs of eight tokens seen")
"""Tasks whose values have no interval."""

REACH = (
    "More text and more room would bring it nearer: another `reference train --after` reads more "
    "of what is learned least (the loss was still falling at the end), and `--shape large` on a "
    "GPU learns more from each token."
)
"""What would bring the model nearer to its aims."""

LIMITS = (
    "It is small and has read little: it writes short functions of the kinds it has seen, and "
    "nothing else that is of use.",
    "What it learned of programs it learned from neuroglot's own: its failures on other code say "
    "nothing of methods that work on larger models.",
    "Ruby has few docstrings and summaries on purpose, so that transfer to it can be studied.",
    "It follows no instructions. What it writes is to be run in the sandbox only.",
)


def made_card(folder: Path) -> dict[str, Any]:
    """The card of a model that was trained in a folder; results where it was evaluated there.

    Raises ConfigError where no finished training is.
    """
    weights = folder / "model" / "model.safetensors"
    if not weights.exists() or not (folder / MADE_OF).exists():
        raise ConfigError(f"{folder} holds no finished training: run `neuroglot reference train`")
    made_of = json.loads((folder / MADE_OF).read_text(encoding="utf-8"))
    found = folder / EVALUATION
    evaluated = json.loads(found.read_text(encoding="utf-8")) if found.exists() else {}
    return {
        **{key: value for key, value in made_of.items() if key != "programs"},
        "programs": len(made_of["programs"]),
        **outcome(folder),
        "weights": sha256(weights.read_bytes()).hexdigest(),
        "bytes": weights.stat().st_size,
        "held_out": {
            "repositories": evaluated.get("held_out_repositories", []),
            "families": sorted(HELD_OUT),
            "seed_of_evaluation": SEED,
        },
        "results": evaluated.get("results", []),
    }


def card_text(card: Mapping[str, Any]) -> str:
    """The card as Markdown."""
    recipe = card["recipe"]
    shape = SHAPES[recipe["shape"]]
    return "\n".join(
        [
            "# The reference model",
            "",
            f"A Llama of {shape['num_hidden_layers']} layers x {shape['hidden_size']} "
            f"({shape['num_attention_heads']} heads of 32, {shape['num_key_value_heads']} for keys "
            f"and values, MLP {shape['intermediate_size']}), {recipe['vocabulary']:,} tokens in "
            f"its vocabulary, bfloat16, {card['bytes'] / 1e6:.1f} MB. "
            f"sha256 of the weights: `{card['weights'][:16]}`.",
            "",
            "## How it was made",
            "",
            *_trainings(card),
            f"{card['programs']:,} different programs were read. Licences of the real code and "
            f"English: {_counted(card['licences'])}.",
            "",
            "## What it has not read",
            "",
            f"* repositories: {_listed(card['held_out']['repositories'])}",
            f"* families of programs: {_listed(card['held_out']['families'])}",
            f"* programs drawn with seed {card['held_out']['seed_of_evaluation']:,}, from which "
            "evaluations take theirs; one that is the same as a program read is left out",
            "",
            "## What it can do",
            "",
            *_abilities(card["results"]),
            "",
            "## What was aimed at",
            "",
            *_aims(card["results"]),
            "",
            "## What it cannot do",
            "",
            *(f"* {limit}" for limit in LIMITS),
            "",
            "## Repositories read",
            "",
            _listed(card["repositories"]),
            "",
        ]
    )


def _trainings(card: Mapping[str, Any]) -> list[str]:
    """Command and text of each training, the first one first."""
    before = card.get("before")
    recipe = card["recipe"]
    begun = "--after first " if before else f"--shape {recipe['shape']} "
    name = f"training `{card['name']}`" + (f", after `{before['name']}`" if before else "")
    return [
        *([] if before is None else _trainings(before)),
        f"`neuroglot reference train --data corpus --tokens {recipe['tokens']} {begun}"
        f"--seed {recipe['seed']}`: {card['steps']:,} steps, the last {LAST} at "
        f"{card['loss']:.3f} nats per token. The corpus's digest is `{card['corpus'][:16]}`; "
        f"{name}.",
        "",
        *_text_read(card["groups"]),
        "",
    ]


def _text_read(groups: Sequence[Mapping[str, Any]]) -> list[str]:
    """Tokens per kind, languages and epochs side by side."""
    total = sum(group["tokens"] for group in groups)
    lines = ["| kind | tokens | share | languages | times read |", "|---|---|---|---|---|"]
    for kind, name in KINDS.items():
        own = [group for group in groups if group["kind"] == kind]
        if own:
            tokens = sum(group["tokens"] for group in own)
            epochs = [group["epochs"] for group in own if group["epochs"] is not None]
            often = f"{min(epochs)} to {max(epochs)}" if epochs else "drawn anew"
            lines.append(f"| {name} | {tokens:,} | {tokens / total:.1%} | {len(own)} | {often} |")
    return lines


def _abilities(results: Sequence[Mapping[str, Any]]) -> list[str]:
    """A table for each task; directions of translation as one row with their spread."""
    if not results:
        return ["Not evaluated yet: `neuroglot reference evaluate`."]
    lines: list[str] = []
    for task in dict.fromkeys(row["task"] for row in results):
        rows = [row for row in results if row["task"] == task]
        lines += ["", f"### {task}", ""] if lines else [f"### {task}", ""]
        if task.startswith("translations"):
            lines.append(_spread([row["value"] for row in rows]))
            continue
        exact = task.startswith(ONE_NUMBER)
        lines += ["| part | items | value |" + ("" if exact else " 95% |")]
        lines += ["|---|---|---|" + ("" if exact else "---|")]
        for row in rows:
            interval = "" if exact else f" {row['low']:.3f} to {row['high']:.3f} |"
            part = display_name(row["part"]) if row["part"].isalpha() else row["part"]
            lines.append(f"| {part} | {row['items']:,} | {row['value']:.3f} |{interval}")
    return lines


def _aims(results: Sequence[Mapping[str, Any]]) -> list[str]:
    """A row for each aim: what was wanted, what was reached, and whether that is enough.

    Studies that need more than was reached say so at their gates, and answer "cannot tell".
    """
    if not results:
        return ["Not evaluated yet: `neuroglot reference evaluate`."]
    found = {(row["task"], row["part"]): float(row["value"]) for row in results}
    lines = ["| aim | wanted | reached | |", "|---|---|---|---|"]
    for k, wanted in ((1, 0.95), (2, 0.95), (3, 0.80), (4, 0.50)):
        reached = found.get(("brackets", f"templates, {k} missing"))
        lines.append(_aim(f"brackets, {k} missing, unseen templates", wanted, reached))
    passing = [v for (task, part), v in found.items() if task == "functions" and "level 1" in part]
    lines.append(_aim("languages with 25% of functions right", 4, sum(v >= 0.25 for v in passing)))
    first = [v for (task, _), v in found.items() if task == "translations, first token"]
    lines.append(
        _aim("directions with 30% of first tokens right", 30, sum(v >= 0.3 for v in first))
    )
    for language in ("python", "java"):
        lines.append(
            _aim(f"BLEU-4 of summaries, {language}", 20, found.get(("summaries", language)))
        )
    low = found.get(("summaries", "ruby"))
    others = [
        found[key] for key in (("summaries", "python"), ("summaries", "java")) if key in found
    ]
    if low is not None and others:
        lines.append(_aim("Ruby's summaries lower than theirs by", 5, min(others) - low))
    return [*lines, "", REACH]


def _aim(name: str, wanted: float, reached: float | None) -> str:
    if reached is None:
        return f"| {name} | {wanted:g} | not measured | |"
    return f"| {name} | {wanted:g} | {reached:.3g} | {'yes' if reached >= wanted else 'no'} |"


def _spread(values: Sequence[float]) -> str:
    ordered = sorted(values)
    middle = ordered[len(ordered) // 2]
    return (
        f"{len(ordered)} directions: lowest {ordered[0]:.3f}, median {middle:.3f}, "
        f"highest {ordered[-1]:.3f}"
    )


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} ({count:,} files)" for name, count in counts.items()) or "unknown"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"
