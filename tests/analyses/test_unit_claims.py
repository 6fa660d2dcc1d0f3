"""Claims B-2 to B-4 on simulated damage: planted effects hold, their absence does not."""

import numpy as np
import pytest

from neuroglot.analyses.damage import damage
from neuroglot.analyses.unit_claims import better_than_lape, hurt_most, universal_units
from neuroglot.analyses.verdicts import Part

LABELS = ("go", "java", "javascript", "python", "rust")
TASKS = 20
BYTES = 900
NAMES = (
    *("ablated", "operation", "arm", "draw", "dose"),
    *("document", "repo", "language", "bytes", "nll_sum"),
)
PASSED = Part("variant", "pass@1 agrees in sign", 1.0, 0.0, True)


def found(variations, seed, *, noise=0.001):
    """Damage of variations (ablated, operation, arm, draw, evaluated, per_byte(language))."""
    rng = np.random.default_rng([seed, 5])
    rows, clean = [], {}
    for k in LABELS:
        for task in range(TASKS):
            clean[k, task] = BYTES * rng.normal(0.7, 0.1)
            where = (f"{k}{task}", f"task {task}", k, BYTES)
            rows.append(("none", "none", "none", 0, 0.0, *where, clean[k, task]))
    for ablated, operation, arm, draw, evaluated, per_byte in variations:
        luck = rng.normal(0, 0.0005)
        for k in evaluated:
            for task in range(TASKS):
                more = BYTES * (per_byte(k) + luck + rng.normal(0, noise))
                where = (f"{k}{task}", f"task {task}", k, BYTES)
                rows.append((ablated, operation, arm, draw, 1.0, *where, clean[k, task] + more))
    columns = dict(zip(NAMES, zip(*rows, strict=True), strict=True))
    return damage(columns, labels=LABELS, resamples=200, seed=seed)


def own_sets(seed, *, own, other, matched, draws=19, operations=("mean", "resample")):
    """Each language's set does `own` to it and `other` to the rest; controls do `matched`."""
    variations = []
    for label in LABELS:
        for operation in operations:
            hurt = lambda k, label=label: own if k == label else other  # noqa: E731
            variations.append((label, operation, "neurons", 0, LABELS, hurt))
            for draw in range(draws):
                evaluated = (label,) if draw else LABELS
                variations.append((label, operation, "matched", draw, evaluated, lambda k: matched))
    return found(variations, seed)


def overall(claims):
    return next(claim for claim in claims if claim["scope"] == "overall")


def test_units_that_hurt_their_own_language_hold():
    claims, parts = hurt_most(own_sets(0, own=0.02, other=0.002, matched=0.002), passes=PASSED)
    assert overall(claims)["verdict"] == "holds", overall(claims)["reason"]
    assert overall(claims)["value"] == pytest.approx(0.018, abs=0.002)
    assert {claim["scope"]: claim["verdict"] for claim in claims} == {
        "overall": "holds",
        **dict.fromkeys(LABELS, "holds"),
    }
    assert all(part["passed"] for part in parts if part["kind"] != "arm")


def test_without_programs_that_pass_or_fail_it_cannot_be_told():
    claims, _ = hurt_most(own_sets(0, own=0.02, other=0.002, matched=0.002), passes=None)
    assert overall(claims)["verdict"] == "cannot tell"
    assert "pass@1 agrees in sign (not run)" in overall(claims)["reason"]


@pytest.mark.parametrize(
    ("own", "other", "matched"),
    [(0.002, 0.002, 0.002), (0.02, 0.02, 0.02), (0.02, 0.02, 0.002)],
    ids=["nothing", "large controls", "large everywhere"],
)
def test_units_that_hurt_all_alike_hold_almost_never(own, other, matched):
    held = [
        overall(hurt_most(own_sets(seed, own=own, other=other, matched=matched), passes=PASSED)[0])[
            "verdict"
        ]
        == "holds"
        for seed in range(50)
    ]
    assert sum(held) <= 6


def test_few_draws_shut_the_gate():
    claims, _ = hurt_most(own_sets(1, own=0.02, other=0.0, matched=0.0, draws=5), passes=PASSED)
    assert "matched draws" in overall(claims)["reason"]


def compared(seed, *, pls, lape):
    sides = [
        own_sets(seed + n, own=own, other=0.001, matched=0.001, operations=("mean",))
        for n, own in enumerate((pls, lape, pls))
    ]
    return better_than_lape(*sides, sizes=dict.fromkeys(LABELS, 8))


def test_pls_is_better_where_it_is():
    (claim,), _ = compared(0, pls=0.02, lape=0.005)
    assert claim["verdict"] == "holds", claim["reason"]
    assert claim["value"] == pytest.approx(0.015, abs=0.002)
    (claim,), _ = compared(0, pls=0.005, lape=0.02)
    assert claim["verdict"] == "does not hold"
    held = [compared(3 * s, pls=0.01, lape=0.01)[0][0]["verdict"] == "holds" for s in range(50)]
    assert sum(held) <= 6


def test_a_language_without_units_shuts_the_gate():
    sides = [own_sets(n, own=0.02, other=0.0, matched=0.0, operations=("mean",)) for n in range(3)]
    (claim,), _ = better_than_lape(*sides, sizes=dict.fromkeys(LABELS, 8) | {"go": 0})
    assert claim["verdict"] == "cannot tell" and "fewest" in claim["reason"]


def shared(seed, *, universal, matched, largest, draws=19):
    """Universal units do universal(language); matched and largest units do as much to all."""
    variations = [("universal", "mean", "neurons", 0, LABELS, universal)]
    variations += [
        ("universal", "mean", "matched", draw, LABELS, lambda k: matched) for draw in range(draws)
    ]
    variations.append(("universal", "mean", "highest_magnitude", 0, LABELS, lambda k: largest))
    return universal_units(
        found(variations, seed), bytes_per_token=dict.fromkeys(LABELS, 3.0), size=9
    )


def test_universal_units_must_hurt_every_language():
    (claim,), _ = shared(0, universal=lambda k: 0.1, matched=0.01, largest=0.02)
    assert claim["verdict"] == "holds", claim["reason"]
    assert claim["value"] == pytest.approx(0.27, abs=0.01)  # nats per token: three bytes
    (claim,), _ = shared(0, universal=lambda k: 0.1 * (k != "go"), matched=0.01, largest=0.02)
    assert claim["verdict"] == "does not hold"


def test_large_units_are_no_universal_ones():
    (claim,), _ = shared(1, universal=lambda k: 0.1, matched=0.1, largest=0.02)
    assert claim["verdict"] == "does not hold"
    (claim,), _ = shared(1, universal=lambda k: 0.1, matched=0.01, largest=0.2)
    assert claim["verdict"] == "cannot tell" and "highest mean activation" in claim["reason"]


def test_sets_like_their_controls_hold_almost_never():
    held = [
        shared(seed, universal=lambda k: 0.05, matched=0.05, largest=0.0)[0][0]["verdict"]
        == "holds"
        for seed in range(50)
    ]
    assert sum(held) <= 6
