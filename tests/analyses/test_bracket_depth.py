"""Depth of a lead and of its cause, shares of sub-layers: C-2, C-3, C-4."""

import numpy as np
import pytest

from analyses.bracket_worlds import CLOSING, asked, noise
from neuroglot.analyses.bracket_answers import closer_lead
from neuroglot.analyses.bracket_depth import (
    KINDS,
    Leads,
    Moved,
    Written,
    count_changes,
    depth_claim,
    depths,
    shares_claims,
    stays_above,
)
from neuroglot.analyses.bracket_depth_rows import attribution_rows, stream_rows

LAYERS = 12
SITES = tuple((site, layer) for layer in range(LAYERS) for site in ("resid_pre", "resid_post"))
DRAWN = {"resamples": 60, "seed": 3}


def pairs_of(world):
    """Neighbouring counts of the same template and closed calls, both ways."""
    template, closed = (each[:, None] == each for each in (world.template, world.closed))
    return np.argwhere(template & closed & (np.abs(world.k[:, None] - world.k) == 1))


def leads(world, begins, seed=0, *, size=4.0):
    """The right closers rise from a layer on; before it there is noise about nothing."""
    draw = noise(seed)
    values = draw.normal(0, 0.2, (len(world.k), len(SITES), len(world.counts)))
    for place, (_, layer) in enumerate(SITES):
        if layer >= begins:
            values[np.arange(len(world.k)), place, world.right] += size
        else:
            values[np.arange(len(world.k)), place, world.right] -= 0.2
    return Leads(SITES, values, values)


def moved(world, begins, seed=0):
    pairs = pairs_of(world)
    draw = noise(seed + 1)
    clean = 4 + draw.normal(0, 0.3, len(pairs))
    share = (np.arange(LAYERS) >= begins)[:, None] * np.ones(len(pairs))
    return Moved(pairs[:, 0], clean, -clean, clean - share * 2 * clean)


def decided(world, lens, cause, *, seed=0, twin=True):
    untrained = leads(world, LAYERS, seed + 5) if twin else None
    claims, parts = depth_claim(
        world,
        leads(world, lens, seed),
        moved(world, cause, seed),
        closing=CLOSING,
        untrained=untrained,
        n_layers=LAYERS,
        **DRAWN,
    )
    return claims[0], parts


def test_a_curve_stays_above_from_the_place_after_its_last_fall():
    at = np.array([0.1, 0.2, 0.3, 0.4])
    curves = np.array([[1, -1, 2, 3], [1, 1, 1, 1], [1, 1, 1, -1], [-1, -1, 0, 1.0]])
    found = stays_above(curves, at)
    assert found[[0, 1, 3]].tolist() == [0.3, 0.1, 0.4]
    assert np.isnan(found[2])


def test_a_place_has_the_depth_of_its_layer():
    assert depths([("resid_pre", 0), ("resid_post", 11)], 12).tolist() == [0.5 / 12, 11.5 / 12]


@pytest.mark.parametrize(
    ("lens", "cause", "verdict"),
    [(8, 8, "holds"), (1, 1, "does not hold"), (8, 1, "cannot tell"), (1, 8, "does not hold")],
)
def test_c_2_asks_for_lead_and_cause(lens, cause, verdict):
    claim, _ = decided(asked(), lens, cause)
    assert claim["verdict"] == verdict
    if (lens, cause) == (8, 1):
        assert "lens late, cause early" in claim["reason"]
    if lens == cause:
        assert claim["value"] == pytest.approx((lens + 0.5) / LAYERS)


def test_c_2_needs_layers_a_twin_and_a_lead():
    claim, _ = decided(asked(), 8, 8, twin=False)
    assert (claim["verdict"], "twin" in claim["reason"]) == ("cannot tell", True)
    claim, _ = decided(asked(), LAYERS, 8)
    assert "no value" in claim["reason"]


def written(world, attention, mlp, seed=0):
    """A sub-layer of each kind that writes so much of the right closers, beside embedding, bias."""
    draw = noise(seed)
    values = draw.normal(0, 0.1, (len(world.k), 4, len(world.counts)))
    at = np.arange(len(world.k))
    values[at, 1, world.right] += attention
    values[at, 2, world.right] += mlp
    return Written((("embedding", -1), ("attention", 0), ("mlp", 0), ("bias", -1)), values)


def shares(world, attention, mlp, seed=0, *, null=0.05):
    renumbered = np.flatnonzero(world.closed == 0)
    draw = noise(seed + 7)
    changes = {kind: np.abs(draw.normal(0, null, len(renumbered))) for kind in KINDS}
    claims, parts = shares_claims(
        world,
        written(world, attention, mlp, seed),
        pairs_of(world),
        renumbered=changes,
        renumbered_prompt=renumbered,
        closing=CLOSING,
        **DRAWN,
    )
    return {row["id"]: row for row in claims}, parts


def test_kinds_add_up_to_the_difference_of_each_pair():
    world = asked(train=2, dev=0, test=0)
    found, pairs = written(world, 2, 1), pairs_of(world)
    total = found.contribution.sum(axis=1)
    changes = count_changes(found, world, pairs)
    for number, (one, other) in enumerate(pairs):
        a, b = world.right[one], world.right[other]
        whole = total[one, a] - total[one, b] - (total[other, a] - total[other, b])
        assert sum(changes[kind][number] for kind in KINDS) == pytest.approx(whole)


@pytest.mark.parametrize(
    ("attention", "mlp", "both", "more"),
    [
        (3.0, 1.0, "holds", "holds"),
        (1.0, 3.0, "holds", "does not hold"),
        (4.0, 0.0, "does not hold", "holds"),
    ],
)
def test_c_3_and_c_4_go_by_the_shares(attention, mlp, both, more):
    claims, _ = shares(asked(), attention, mlp)
    assert (claims["C-3"]["verdict"], claims["C-4"]["verdict"]) == (both, more)
    assert claims["C-4"]["value"] == pytest.approx((attention - mlp) / (attention + mlp), abs=0.05)


def test_what_a_number_moves_as_much_does_not_count():
    claims, _ = shares(asked(), 3.0, 1.0, null=8.0)
    assert claims["C-3"]["verdict"] == "cannot tell"


def test_rows_are_means_of_leads_and_heads_stand_once_over_all_templates():
    world = asked(train=3, dev=0, test=0)
    stream = leads(world, 6)
    rows = stream_rows(world, stream, resamples=20, seed=0)
    one = next(
        row
        for row in rows
        if (row["template"], row["k"], row["counterfactual"]) == ("t1", 2, "min")
        and (row["layer"], row["site"]) == (7, "resid_post")
    )
    own = (world.template == 1) & (world.k == 2)
    place = SITES.index(("resid_post", 7))
    assert one["value"] == pytest.approx(closer_lead(stream.final, world.right)[own, place].mean())
    heads = noise(4).normal(size=(len(world.k), 2, 3, 4))
    found = attribution_rows(world, written(world, 1, 1), heads, resamples=20, seed=0)
    of_heads = [row for row in found if row["component"] == "head"]
    assert {row["template"] for row in of_heads} == {"all"}
    assert len(of_heads) == 2 * 5 * 6
    assert all(row["low"] <= row["value"] <= row["high"] for row in of_heads)
