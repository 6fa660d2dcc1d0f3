"""A-2 and A-3 on planted worlds: each verdict reached for the reason that was planted."""

import pytest


def scopes(rows):
    return {row["scope"]: row for row in rows}


def named(parts, name, scope="overall"):
    return next(one for one in parts if (one["scope"], one["name"]) == (scope, name))


@pytest.fixture(scope="module")
def at_the_bottom(simulation):
    """Eighty neurons per label, 65% of them in the two lowest of eight layers."""
    world = simulation(neurons=160, groups=10, seed=1)
    for label in range(6):
        world.plant_quarters([label], bottom=26, middle=4, top=6)
    return world


def test_neurons_planted_at_the_bottom_are_said_to_lie_there(decided, at_the_bottom):
    claims, parts = decided("A-2", at_the_bottom)
    verdicts = scopes(claims)
    assert verdicts["overall"]["verdict"] == "holds"
    assert "does not hold" not in {row["verdict"] for row in claims}
    assert verdicts["overall"]["low"] > 0.1
    assert (verdicts["overall"]["n"], verdicts["label3"]["n"]) == (60, 10)
    assert verdicts["label3"]["p_holm"] >= verdicts["label3"]["p"]
    assert named(parts, "untrained twin")["low"] > 0
    raw, centre = (
        named(parts, name)["value"]
        for name in ("without the permuted mean taken off", "mean under permuted labels")
    )
    assert verdicts["overall"]["value"] == pytest.approx(raw - centre)


def test_without_the_twin_it_cannot_hold_and_says_so(decided, at_the_bottom):
    claims, parts = decided("A-2", at_the_bottom, twin=False)
    overall = scopes(claims)["overall"]
    assert overall["verdict"] == "cannot tell"
    assert overall["reason"].startswith("not recorded: untrained twin")
    assert named(parts, "untrained twin")["passed"] is None


def test_more_than_chance_is_not_yet_concentrated(decided, simulation):
    """No other candidate lies at the bottom, so a share of a fifth exceeds what chance gives."""
    world = simulation(neurons=160, groups=8, seed=2)
    world.base[: 2 * 160] -= 4
    for label in range(6):
        world.plant_quarters([label], bottom=9, middle=8, top=15)
    overall = scopes(decided("A-2", world)[0])["overall"]
    assert overall["verdict"] == "does not hold"
    assert overall["low"] > 0.1
    assert overall["reason"].startswith("more than chance, not concentrated")


def test_a_shallow_model_gets_no_verdict_about_layers(decided, simulation):
    world = simulation(layers=4, neurons=320, seed=3)
    for label in range(6):
        world.plant_quarters([label], bottom=45, middle=10, top=10)
    for claim in ("A-2", "A-3"):
        overall = scopes(decided(claim, world)[0])["overall"]
        assert overall["verdict"] == "cannot tell"
        assert "layers 4, at least 8 wanted" in overall["reason"]


def test_exclusive_neurons_planted_at_the_top_are_said_to_lie_there(decided, simulation):
    world = simulation(neurons=160, groups=10, seed=4)
    for label in range(6):
        world.plant_quarters([label], bottom=4, middle=4, top=14)
        for other in (1, 2):
            world.plant_quarters([label, (label + other) % 6], bottom=2, middle=1, top=0)
    claims, parts = decided("A-3", world)
    overall = scopes(claims)["overall"]
    assert overall["verdict"] == "holds"
    signs = [one for one in parts if one["name"].startswith("without:")]
    assert {one["name"] for one in signs if one["scope"] == "label2"} == {
        f"without:label{other}" for other in range(6) if other != 2
    }
    assert all(one["passed"] for one in signs if one["scope"] == "overall")


def test_english_can_be_left_out_of_the_union(decided, simulation):
    world = simulation(neurons=160, seed=5)
    world.labels = ("c", "cpp", "java", "php", "go", "english")
    for label in range(6):
        world.plant_quarters([label], bottom=4, middle=4, top=14)
    for label in range(5):
        world.plant_quarters([label, 5], bottom=5, middle=2, top=0)
    parts = decided("A-3", world)[1]
    name = "English out of the union"
    assert named(parts, name)["value"] is None  # all that is shared is shared with English
    assert named(parts, name)["passed"] is False
    assert scopes(decided("A-3", world)[0])["overall"]["value"] > 0.1
