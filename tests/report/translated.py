"""Made-up tables of runs over parallel texts, with planted values and hostile tokens."""

import numpy as np

LAYERS = 12
LEVELS = range(-1, LAYERS)
LANGUAGES = ["python", "java", "csharp", "go", "rust", "c", "php", "english"]
NEAR, FAR = ("java", "csharp"), "english"
"""Planted: the pair that aligns most beyond its tokens, the language that aligns least."""
HOSTILE = [
    "</script><img src=x onerror=alert(1)>",
    " \"q\" & 'a'",
    "🦀",
    "\x00\x07\u202e",
    "\n\t",
    "\ufffd",
    "関数の名前の長い",
    "a" * 60,
]
SAMPLED = [("python", "java"), ("java", "go"), ("c", "rust"), ("go", "python")]


def parallel(languages=LANGUAGES):
    rows = []
    for i, a in enumerate(languages):
        for b in languages[i + 1 :]:
            rows.append(
                {
                    "data": "items.jsonl",
                    "a": a,
                    "b": b,
                    "items": 400,
                    "problems": 100,
                    "identical": 31 if (a, b) == NEAR else 2,
                    "duplicates_a": 4,
                    "duplicates_b": 3,
                    "suspicious": 1,
                }
            )
    return rows


def mexa(languages=LANGUAGES, *, levels=LEVELS, bounds=True):
    """Alignment that rises towards the middle, in every reading."""
    chance = np.random.default_rng(3)
    strength = {label: 0.35 + 0.3 * chance.random() for label in languages} | {FAR: 0.12}
    family = {"java": 1, "csharp": 1, "c": 2, "rust": 2, "go": 2}
    readings = [
        ("weighted", False, "dropped"),
        ("weighted", False, "kept"),
        ("weighted", True, "dropped"),
        ("last", False, "dropped"),
    ]
    rows = []
    for p, pivot in enumerate(languages):
        for q, language in enumerate(languages):
            draw = np.random.default_rng(100 * min(p, q) + max(p, q))
            kin = pivot in family and family.get(pivot) == family.get(language)
            whole = min(0.9, (strength[pivot] + strength[language]) / 2 + 0.2 * kin)
            if {pivot, language} == set(NEAR):
                whole = 0.97
            bag = min(0.6 * whole, 0.3 + 0.05 * draw.random())
            for layer in levels:
                height = np.exp(-(((layer - 6.0) / 4.5) ** 2))
                score = 1.0 if pivot == language else float(whole * (0.3 + 0.7 * height))
                for pooling, centred, identical in readings:
                    shown = score * (0.8 if pooling == "last" else 1)
                    rows.append(
                        {
                            "pivot": pivot,
                            "language": language,
                            "layer": layer,
                            "pooling": pooling,
                            "centred": centred,
                            "identical": identical,
                            "score": shown,
                            "ceiling": 0.99,
                            "score_over_ceiling": shown / 0.99,
                            "shuffled": 0.003,
                            "bag_of_tokens": bag,
                            "untrained": 0.5 * bag,
                            "data": "made-up",
                            "n": 350,
                            "unit": "problems",
                            "low": max(0.0, shown - 0.05) if bounds else None,
                            "high": min(1.0, shown + 0.05) if bounds else None,
                        }
                    )
    return rows


def surface(languages=LANGUAGES[:-1]):
    rows = []
    for i, a in enumerate(languages):
        for b in languages[i + 1 :]:
            beyond = 0.21 if (a, b) == NEAR else -0.01
            rows.append(
                {
                    "data": "made-up",
                    "a": a,
                    "b": b,
                    "score": 0.5 + beyond,
                    "token_overlap": 0.3,
                    "identical": 0.02,
                    "predicted": 0.5,
                    "beyond": beyond,
                    "explained": 0.625,
                    "n": len(languages),
                    "unit": "language",
                    "p": 0.004,
                }
            )
    return rows


def curves(languages=LANGUAGES[:-1]):
    """English and keywords in the middle, the target's keywords at the end."""
    shapes = {
        "english": (0.002, 0.05, 7, 2.5),
        "english only": (0.001, 0.02, 7, 2.5),
        "english and keywords": (0.003, 0.1, 8, 2.5),
        "keywords": (0.004, 0.09, 9, 2.5),
        "source keywords": (0.001, 0.02, 6, 3.0),
        "target keywords": (0.001, 0.3, 12, 3.0),
        "third languages": (0.002, 0.03, 8, 2.5),
    }
    rows = []

    def row(category, layer, value, control, **changed):
        made = {
            "source": "all",
            "target": "all",
            "layer": layer,
            "lens": "plain",
            "category": category,
            "part": "both",
            "scheme": "fractional",
            "measure": "mass",
            "excluded": "context",
            "identical": "kept",
            "side": None,
            "value": value,
            "control_value": control,
            "set_size": 412,
            "items": 4000,
            "n": 100,
            "unit": "problems",
            "low": 0.8 * value,
            "high": min(1.0, 1.25 * value),
        }
        rows.append(made | changed)

    for category, (base, height, peak, width) in shapes.items():
        first = category.split()[0]
        side = first if first in ("source", "target", "third") else None
        for layer in LEVELS:
            value = float(base + height * np.exp(-(((layer - peak) / width) ** 2)))
            for excluded, factor in (("context", 1.0), ("gold", 1.4), ("none", 2.2)):
                row(category, layer, min(1, value * factor), 0.004, excluded=excluded, side=side)
            row(category, layer, value * 1.5, 0.004, scheme="multi", side=side)
            row(category, layer, value / 2, 0.002, part="keywords", side=side)
            row(category, layer, value * 3, 0.02, measure="top1", side=side)
    for language in languages:
        for layer in LEVELS:
            rise = float(np.exp(-(((layer - 11) / 3) ** 2)))
            row(language, layer, 0.002 + 0.2 * rise, 0.003, target=language, side="target")
            row(language, layer, 0.004 - 0.002 * rise, 0.003, source=language, side="source")
            row(language, layer, 0.002 + 0.01 * rise, 0.003, side="third")
    for layer in LEVELS:
        known = float(1 / (1 + np.exp(-(layer - 8.5))))
        for kind, most in (("probability", 0.7), ("reciprocal_rank", 0.85), ("top1", 0.8)):
            changed = {"measure": kind, "excluded": "none", "scheme": "multi"}
            row("gold", layer, most * known, None, **changed)
    return rows


def depths():
    rows = []
    for category, start in (("english", 3.0), ("keywords", 5.0), ("target keywords", 8.0)):
        for number, event in enumerate(("first", "onset", "peak", "passes")):
            located = (category, event) != ("english", "passes")
            layer = start + number
            rows.append(
                {
                    "source": "all",
                    "target": "all",
                    "event": event,
                    "category": category,
                    "identical": "kept",
                    "layer": layer if located else None,
                    "relative_depth": layer / LAYERS if located else None,
                    "located": located,
                    "n": 100,
                    "unit": "problems",
                    "low": layer - 0.6 if located else None,
                    "high": layer + 0.9 if located else None,
                }
            )
    return rows


def read_prompts(levels=LEVELS, places=20):
    """Rows of `lens` and `lens_prompts`: hostile tokens among those that are likeliest."""
    vocabulary = [*HOSTILE, " return", "def", "(", ")", "public", " static", " int", "fmt"]
    chance = np.random.default_rng(5)
    rows, texts = [], []
    for source, target in SAMPLED:
        for item in ("17", HOSTILE[0]):
            code = ["def", " add", "(", "a", ")", ":", "\n    ", "return", " a", "\n", "Java", ": "]
            answer = ["public", " static", " int", " add", "(", "int", " a", ")", " {", "\n"]
            answer = ([*answer, *HOSTILE, "}", "\n"] * (1 + places // 20))[:places]
            key = {"source": source, "target": target, "item": item}
            start = len(code)
            for position, token in enumerate([*code, *answer]):
                place = {"position": position, "token_id": position, "token": token}
                texts.append(key | place | {"is_target": position >= start})
            for place, token in enumerate(answer):
                for level in levels:
                    known = 1 / (1 + np.exp(-(level - 7 - chance.normal())))
                    right = bool(chance.random() < known)
                    order = chance.permutation(len(vocabulary))[:9]
                    others = [vocabulary[number] for number in order]
                    most = float(0.1 + 0.85 * known * chance.random())
                    at = 0 if right else 3
                    ids = [2000 + int(number) for number in order]
                    rows.append(
                        key
                        | {
                            "position": start + place,
                            "layer": level,
                            "gold_id": 1000,
                            "gold_token": token,
                            "gold_probability": most / (1 + at),
                            "gold_rank": 1 + at,
                            "entropy": float(6 * (1 - known)),
                            "top_ids": [*ids[:at], 1000, *ids[at:]],
                            "top_tokens": [*others[:at], token, *others[at:]],
                            "top_probabilities": [most / (1 + n) for n in range(10)],
                        }
                    )
    return rows, texts


def lens():
    rows, texts = read_prompts()
    return {
        "parallel": parallel(),
        "lens": rows,
        "lens_prompts": texts,
        "lens_curves": curves(),
        "lens_depths": depths(),
    }
