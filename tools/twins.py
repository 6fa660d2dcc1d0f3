"""Train the reference model's twins, study them, and write docs/twins.md.

`python tools/twins.py --data corpus --out DIR [--tokens 750000] [--jobs 2]`: small models of one
recipe that differ in one ingredient. The same line goes on where it was stopped; only the page is
kept.
"""

import argparse
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from neuroglot.runs.directory import Run, open_run
from neuroglot.train.training import outcome

PAGE = Path(__file__).parent.parent / "docs" / "twins.md"
SHAPE = "tiny"
SEEDS = (0, 1, 2)
LANGUAGES = "c,cpp,csharp,go,java,javascript,php,python,english"
TOKENS_READ = 40_000
"""Of each language, by the studies."""


@dataclass(frozen=True)
class Twin:
    """One model: what is other than in the reference's recipe, and its seed."""

    ingredient: str | None
    seed: int

    @property
    def name(self) -> str:
        """Its folder."""
        return f"{self.ingredient or 'plain'}-{self.seed}"


TWINS = (
    Twin(None, 0),
    Twin("no-parallel", 0),
    *(Twin(share, seed) for seed in SEEDS for share in ("english-50", "english-3")),
)


def main() -> None:
    """Train, study, compare, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--tokens", type=int, default=750_000, help="of each twin")
    parser.add_argument("--jobs", type=int, default=1, help="twins at a time")
    asked = parser.parse_args()
    with ThreadPoolExecutor(asked.jobs) as pool:
        list(pool.map(lambda twin: trained_and_read(twin, asked), TWINS))
    for twin in TWINS[:2]:
        folder = asked.out / twin.name
        call(
            *("mexa", "--model", str(folder / "model"), "--parallel", "programs"),
            *("--profile", "full", "--items", "100", "--out", str(folder / "mexa")),
        )
    PAGE.write_text(page(asked.out, asked.tokens), encoding="utf-8")


def trained_and_read(twin: Twin, asked: argparse.Namespace) -> None:
    """Train one twin and look for its neurons."""
    folder = asked.out / twin.name
    line = ["reference", "train", "--data", asked.data, "--tokens", str(asked.tokens)]
    line += ["--shape", SHAPE, "--seed", str(twin.seed), "--out", str(folder)]
    call(*line, *([] if twin.ingredient is None else ["--twin", twin.ingredient]))
    call(
        *("neurons", "--model", str(folder / "model"), "--data", asked.data),
        *("--languages", LANGUAGES, "--profile", "quick"),
        *("--tokens-per-language", str(TOKENS_READ), "--out", str(folder / "neurons")),
    )


def call(*words: str) -> str:
    """What a neuroglot command prints on stdout; its progress goes to stderr as always."""
    line = [sys.executable, "-m", "neuroglot", *words]
    return subprocess.run(line, check=True, stdout=subprocess.PIPE, text=True).stdout


def page(out: Path, tokens: int) -> str:
    """docs/twins.md."""
    return "\n".join(
        [
            "# The reference model's twins",
            "",
            "Written by `tools/twins.py`; only the reference model is in the package.",
            "",
            f"Models of the reference's recipe in the shape `{SHAPE}` (8 layers x 128), {tokens:,} "
            "tokens each, that differ in one ingredient: no translations and no program that two "
            "languages share, half English, or 3% English. All read with the reference's tokens.",
            "",
            *models(out),
            "",
            "## O-1: does more code make a model share more?",
            "",
            *shared(out),
            "",
            "## Without parallel text",
            "",
            *aligned(out),
            "",
        ]
    )


def models(out: Path) -> list[str]:
    """A row for each: what it read, how well it ended, its digest, its neurons."""
    lines = [
        "| twin | seed | loss at the end | sha256 of the weights | real neurons, median "
        "| each language has neurons of its own (A-1) |",
        "|---|---|---|---|---|---|",
    ]
    for twin in TWINS:
        folder = out / twin.name
        weights = (folder / "model" / "model.safetensors").read_bytes()
        run = open_run(folder / "neurons")
        (overall,) = (row for row in claims(run, "A-1") if row["scope"] == "overall")
        real = sorted(real_neurons(run).values())
        lines.append(
            f"| {twin.ingredient or 'plain'} | {twin.seed} | {outcome(folder)['loss']:.3f} | "
            f"`{sha256(weights).hexdigest()[:16]}` | {real[len(real) // 2]} | "
            f"{overall['verdict']}: {overall['reason']} |"
        )
    return lines


def claims(run: Run, id: str) -> list[dict[str, Any]]:
    """A claim's rows of a run."""
    return [row for row in run.table("claims").to_pylist() if row["id"] == id]


def real_neurons(run: Run) -> dict[str, int]:
    """How many neurons of each language are real."""
    found: dict[str, int] = {}
    for row in run.table("lape").to_pylist():
        found[row["language"]] = found.get(row["language"], 0) + row["real"]
    return found


def shared(out: Path) -> list[str]:
    """The verdict over pairs of seeds, as `neuroglot compare` gives it."""
    code, general = (
        [str(out / Twin(share, seed).name / "neurons") for seed in SEEDS]
        for share in ("english-3", "english-50")
    )
    against = [word for run in general for word in ("--against", run)]
    found = json.loads(call("compare", *code, *against, "--json"))
    claim = found["claim"]
    return [
        "| seed | sharing, 3% English | sharing, 50% English |",
        "|---|---|---|",
        *(
            f"| {seed} | {row['sharing']:.3f} | {row['sharing_general']:.3f} |"
            for seed, row in zip(SEEDS, found["pairs"], strict=True)
        ),
        "",
        f"**{claim['verdict']}**: {claim['reason']}.",
    ]


def aligned(out: Path) -> list[str]:
    """Alignment of generated programs, with and without parallel text, in the middle layers."""
    lines = ["| twin | A-4a | value |", "|---|---|---|"]
    for twin in TWINS[:2]:
        for row in claims(open_run(out / twin.name / "mexa"), "A-4a"):
            if row["scope"] == "overall":
                value = "–" if row["value"] is None else f"{row['value']:.3f}"
                lines.append(f"| {twin.ingredient or 'plain'} | {row['verdict']} | {value} |")
    return lines


if __name__ == "__main__":
    main()
