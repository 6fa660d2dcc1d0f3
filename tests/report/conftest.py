"""A made-up run of 12 languages and 12 layers, seeded, with hostile words where words can stand."""

from pathlib import Path

import numpy as np
import pytest

from neuroglot.runs.directory import Run
from neuroglot.runs.writing import open_for_writing

LANGUAGES = [
    "c",
    "cpp",
    "csharp",
    "java",
    "rust",
    "python",
    "javascript",
    "php",
    "html",
    "go",
    "ruby",
    "english",
]
LAYERS, NEURONS, NU = 12, 512, 50
HOSTILE = [
    "</script><img src=x onerror=alert(1)>",
    "\"quoted\" & 'single'",
    "emoji 🦀 and שלום עולם",
    "nul \x00 bell \x07 override \u202e mark",
    "=HYPERLINK(1)",
    "line\u2028separator <!-- </style>",
]
CODE = {
    "python": "def merge(left, right):\n    result = []\n    while left and right:\n"
    "        result.append(left.pop(0))\n",
    "html": '<div class="row">\n  <a href="https://example.org">go</a>\n</div>\n',
    "c": "static int hash(const char *name)\n{\n\tunsigned value = 5381;\n"
    "\twhile (*name) value = value * 33 + *name++;\n",
    "rust": "impl Iterator for Walk {\n    fn next(&mut self) -> Option<usize> {\n"
    "        self.at.checked_sub(1)\n",
}


def tables(languages: list[str], layers: int) -> dict[str, list[dict]]:
    """Every table of a `neurons` run, plausible and the same each time."""
    chance = np.random.default_rng(7)
    peaks = {label: chance.integers(0, layers) for label in languages}
    n_star = {label: int(chance.integers(18, 96)) for label in languages}
    made: dict[str, list[dict]] = {
        "lape": [],
        "layers": [],
        "neuron_rates": [],
        "neuron_examples": [],
        "neuron_writes": [],
        "corpus": [],
        "overlap": [],
        "stability": [],
    }
    sets = {}
    for label in languages:
        spread = np.exp(-0.5 * ((np.arange(layers) - peaks[label]) / 2.2) ** 2) + 0.25
        units: dict[tuple[int, int], None] = {}
        while len(units) < NU:
            layer = chance.choice(layers, p=spread / spread.sum())
            units[int(layer), int(chance.integers(0, 140))] = None
        sets[label] = list(units)
    owners: dict[tuple[int, int], list[str]] = {}
    for label, units in sets.items():
        for unit in units:
            owners.setdefault(unit, []).append(label)
    entropies = {unit: float(chance.uniform(0.4, 2.2)) for unit in owners}
    for label, units in sets.items():
        units.sort(key=lambda unit: entropies[unit])
        for rank, (layer, neuron) in enumerate(units, start=1):
            made["lape"].append(
                {
                    "language": label,
                    "layer": layer,
                    "neuron": neuron,
                    "entropy": entropies[layer, neuron],
                    "probability": 0.5 + 0.3 / rank,
                    "low": 0.45,
                    "high": 0.85,
                    "n": 19,
                    "unit": "repositories",
                    "exclusive": len(owners[layer, neuron]) == 1,
                    "rank": rank,
                    "real": rank <= n_star[label],
                    "selection": "equal",
                    "fold": -1,
                    "nu": NU,
                    "tau": 0.95,
                }
            )
        _layers(made, label, units, owners, layers, chance)
        _stability(made, label, languages, n_star[label], chance)
        made["corpus"] += [
            {
                "language": label,
                "split": split,
                "documents": documents,
                "repos": repos,
                "bytes": documents * 6100,
                "tokens": documents * 1730 + 7,
                "bytes_per_token": 3.52,
                "dropped_exact": 3,
                "dropped_near": 11,
                "dropped_other": 1,
                "n": repos,
                "unit": "repositories",
            }
            for split, documents, repos in (("train", 412, 19), ("held_out", 103, 7))
        ]
    for (layer, neuron), labels in sorted(owners.items()):
        _neuron(made, layer, neuron, labels, languages, chance)
    made["overlap"] = _overlap(languages, sets, chance)
    made["claims"], made["claim_parts"] = _claims(languages, n_star)
    made["checks"] = [
        {
            "name": "residual",
            "what": "residual bookkeeping",
            "value": 1.2e-6,
            "bound": 1e-4,
            "passed": True,
            "remedy": None,
        },
        {
            "name": "headers",
            "what": HOSTILE[0],
            "value": 0.74,
            "bound": 0.5,
            "passed": False,
            "remedy": HOSTILE[1],
        },
    ]
    return made


def _layers(made, label, units, owners, layers, chance):
    for layer in range(layers):
        inside = [unit for unit in units if unit[0] == layer]
        mean = NU / layers * (1.3 - 0.6 * layer / layers)
        for kind, found in (
            ("all", len(inside)),
            ("exclusive", sum(len(owners[unit]) == 1 for unit in inside)),
        ):
            share = 1 if kind == "all" else 0.7
            made["layers"].append(
                {
                    "language": label,
                    "layer": layer,
                    "set": kind,
                    "count": found,
                    "candidates": int(40 + 4 * layer),
                    "permuted_mean": mean * share,
                    "permuted_low": mean * share * 0.4,
                    "permuted_high": mean * share * 1.7,
                    "untrained": int(chance.integers(2, 6)),
                }
            )


def _stability(made, label, languages, n_star, chance):
    def row(variant="none", tau=0.95, nu=NU, part=1.0, survives=None):
        steady = float(np.clip(chance.normal(0.55 + 0.02 * np.log2(nu / NU), 0.06), 0, 1))
        return {
            "language": label,
            "tau": tau,
            "nu": nu,
            "tokens_share": part,
            "variant": variant,
            "jaccard_halves": steady,
            "jaccard_full": 0.4 + 0.2 * steady + 0.4 * part**0.7 if part < 1 else 1.0,
            "survives": survives,
            "entropy_rho": 0.9,
            "last_entropy": 1.3 + steady / 4,
            "permuted_last_entropy": 2.1,
            "n_star": max(0, int(n_star * chance.uniform(0.75, 1.05))),
        }

    made["stability"].append(row() | {"n_star": n_star, "survives": 1.0})
    for tau in (0.9, 0.95, 0.98):
        for factor in (0.5, 1, 2, 4):
            if (tau, factor) != (0.95, 1):
                made["stability"].append(row(tau=tau, nu=int(NU * factor)))
    for part in (0.125, 0.25, 0.5):
        made["stability"].append(row(part=part))
    variants = ["headers", "code", "late", "standardised"]
    for variant in [*variants, *(f"without:{other}" for other in languages if other != label)]:
        made["stability"].append(row(variant=variant, survives=float(chance.uniform(0.5, 1))))


def _neuron(made, layer, neuron, labels, languages, chance):
    for label in languages:
        made["neuron_rates"].append(
            {
                "layer": layer,
                "neuron": neuron,
                "language": label,
                "probability": float(
                    chance.uniform(0.3, 0.9) if label in labels else chance.uniform(0, 0.12)
                ),
            }
        )
    for rank in range(1, 4):
        code = CODE.get(labels[0], CODE["python"])
        tokens = [code[i : i + 4] for i in range(0, len(code), 4)]
        if rank == 2:
            tokens = [*tokens[:6], *HOSTILE, *tokens[6:]]
        values = np.round(np.maximum(0, chance.normal(-0.4, 1.2, len(tokens))), 3)
        made["neuron_examples"].append(
            {
                "language": labels[0],
                "layer": layer,
                "neuron": neuron,
                "rank": rank,
                "document": f"{layer:08x}{neuron:08x}",
                "path": "src/" + HOSTILE[rank % 3],
                "start": 120 * rank,
                "tokens": tokens,
                "activations": values.tolist(),
            }
        )
    words = [*HOSTILE, " return", "\n", "\t\tif", "ünïcode"]
    for rank, word in enumerate(words, start=1):
        made["neuron_writes"].append(
            {
                "layer": layer,
                "neuron": neuron,
                "rank": rank,
                "token_id": 100 + rank,
                "token": word,
                "weight": 0.41 / rank,
            }
        )


def _overlap(languages, sets, chance):
    rows = []
    for i, a in enumerate(languages):
        for b in languages[i + 1 :]:
            both = len(set(sets[a]) & set(sets[b]))
            union = len(set(sets[a]) | set(sets[b]))
            rows.append(
                {
                    "selection": "equal",
                    "a": a,
                    "b": b,
                    "both": both,
                    "jaccard": both / union,
                    "odds_ratio": 2.4,
                    "independent": 0.02 + float(chance.uniform(0, 0.02)),
                    "low": 0.8 * both / union,
                    "high": 1.2 * both / union,
                    "n": 228,
                    "unit": "repositories",
                    "self": 0.55,
                    "normalised": (both / union - 0.03) / 0.5,
                }
            )
    return rows


def _claims(languages, n_star):
    rule = "n* is the largest n of which permuted selections explain at most 5%; margin as below."
    common = {
        "source": "Kargaran et al. 2025",
        "published": "They exist.",
        "rule": rule,
        "unit": "repositories",
    }
    rows = [
        common
        | {
            "id": "A-1",
            "scope": "overall",
            "statement": "Each language has specific neurons",
            "value": 0.91,
            "margin": 1.0,
            "verdict": "cannot tell",
            "needed": 410,
            "n": 228,
            "low": 0.71,
            "high": 1.12,
            "reason": "7 of 12 languages hold: more than a quarter, fewer than three quarters.",
            "p": 0.001,
        },
        common
        | {
            "id": "A-2",
            "scope": "overall",
            "statement": "Specific neurons are concentrated in the bottom layers",
            "value": -0.034,
            "margin": 0.1,
            "verdict": "does not hold",
            "needed": None,
            "n": 228,
            "low": -0.081,
            "high": 0.012,
            "reason": "The upper bound lies below the margin.",
            "p": 0.71,
        },
        common
        | {
            "id": "A-3",
            "scope": "overall",
            "statement": "Exclusive neurons sit in the top layers " + HOSTILE[0],
            "value": 0.212,
            "margin": 0.1,
            "verdict": "holds",
            "needed": None,
            "n": 228,
            "low": 0.148,
            "high": 0.266,
            "reason": "Interval above the margin; every control is beaten.",
            "p": 0.001,
        },
    ]
    rows += [
        common
        | {
            "id": "A-1",
            "scope": label,
            "statement": rows[0]["statement"],
            "value": n_star[label] / NU,
            "margin": 1.0,
            "verdict": "holds" if n_star[label] >= NU else "does not hold",
            "needed": None,
            "n": 19,
            "low": 0.8 * n_star[label] / NU,
            "high": 1.2 * n_star[label] / NU,
            "p": 0.001,
            "p_holm": 0.012,
            "reason": "n* against what was asked for.",
        }
        for label in languages
    ]
    parts = [
        {
            "id": id,
            "scope": "overall",
            "kind": kind,
            "name": name,
            "value": value,
            "bound": bound,
            "passed": passed,
            "p": p,
        }
        for id in ("A-1", "A-2", "A-3")
        for kind, name, value, bound, passed, p in (
            ("null", "permuted labels", 0.052, 0.05, True, 0.001),
            ("null", "untrained twin", 0.04, 0.0, False, None),
            ("gate", "tokens per language", 180_000, 100_000, True, None),
            ("variant", "code tokens only", 0.33, 0.0, True, None),
        )
    ]
    return rows, parts


@pytest.fixture(scope="session")
def make_run(tmp_path_factory):
    """Write a run of the made-up tables, less the ones named, and open it."""

    def make(
        *,
        languages=None,
        layers=LAYERS,
        without=(),
        changed=None,
        only=None,
        study="neurons",
        name="made-up",
    ) -> Run:
        folder: Path = tmp_path_factory.mktemp("runs") / "run"
        made = tables(languages or LANGUAGES, layers) | (changed or {}) if only is None else only
        with open_for_writing(
            folder,
            study=study,
            command="neuroglot neurons --model models/small --data corpus " + HOSTILE[0],
            parameters={
                "languages": languages or LANGUAGES,
                "tau": 0.95,
                "selection": "equal",
                "nu": None,
                "profile": "full",
                "label": "lone \ud800 surrogate",
            },
            seed=0,
            model={"name": name, "fingerprint": "f" * 16, "layers": layers, "neurons": NEURONS},
            data={"source": "corpus", "digest": "d" * 16},
            steps=["conclude"],
        ) as writer:
            with writer.step("conclude") as todo:
                if todo:
                    for table, rows in made.items():
                        if table not in without:
                            writer.write_table(table, rows)
            writer.note("Ruby has fewer tokens than asked for: " + HOSTILE[3])
            return writer.finish()

    return make


@pytest.fixture(scope="session")
def run(make_run) -> Run:
    return make_run()


@pytest.fixture(scope="session")
def page(run) -> str:
    from neuroglot.report.page import render

    return render(run)
