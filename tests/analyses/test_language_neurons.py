"""The whole conclusion: planted truth, tables that keep their contract, what is absent named."""

from dataclasses import replace

import numpy as np
import pytest

from neuroglot.analyses.language_neurons import conclude_neurons
from neuroglot.analyses.lape import lape
from neuroglot.base.errors import ConfigError
from neuroglot.runs.schemas import TABLES
from neuroglot.stats.activity import NeuronActivity

OPTIONS = {"tau": 0.85, "nu": 24, "seed": 1}


@pytest.fixture(scope="module")
def world(simulation):
    """Four labels with 32 neurons each, three in four of them in the bottom quarter."""
    made = simulation(labels=4, neurons=64, groups=12, tokens=12_000, seed=8)
    made.planted = [
        set(made.plant([label], [12, 12, 2, 2, 1, 1, 1, 1]).tolist()) for label in range(4)
    ]
    return made


@pytest.fixture(scope="module")
def concluded(world):
    return conclude_neurons(
        world.record(),
        headers=world.record(headers=True),
        untrained=world.record(untrained=True),
        **OPTIONS,
    )


@pytest.fixture(scope="module")
def alone(world):
    """Concluded from one pass only, with the progress that was reported."""
    seen = []
    found = conclude_neurons(world.record(), **OPTIONS, on_progress=lambda *step: seen.append(step))
    return found, seen


def claims_of(conclusions, claim):
    return {row["scope"]: row for row in conclusions.claims if row["id"] == claim}


def test_planted_neurons_are_found_counted_and_located(world, concluded):
    for label, planted in enumerate(world.planted):
        mine = concluded.neurons[f"label{label}"]
        assert {layer * 64 + neuron for layer, neuron in mine} <= planted
        assert 30 <= concluded.n_star[f"label{label}"] <= 34
    first = claims_of(concluded, "A-1")
    assert {row["verdict"] for row in first.values()} == {"holds"}
    assert first["overall"]["value"] == pytest.approx(32 / 24, abs=0.06)


def test_gates_speak_before_numbers(concluded):
    """96 neurons over all sets are not enough for a statement about layers."""
    for claim in ("A-2", "A-3"):
        overall = claims_of(concluded, claim)["overall"]
        assert overall["verdict"] == "cannot tell"
        assert overall["reason"].startswith("gate: ")
    assert claims_of(concluded, "A-2")["overall"]["low"] > 0.3


@pytest.mark.parametrize(
    "name", ["lape", "layers", "neuron_rates", "overlap", "stability", "claims", "claim_parts"]
)
def test_tables_keep_their_contract(concluded, name):
    schema, rows = TABLES[name], concluded.tables[name]
    kinds = {"string": str, "int64": int, "float64": float, "bool": bool}
    assert rows
    for row in rows:
        assert list(row) == [column for column in schema.names if column in row]
        for column in schema.columns:
            value = row.get(column.name)
            if value is None:
                assert column.nullable, column.name
            else:
                assert type(value) is kinds[column.dtype], (column.name, value)
                assert column.dtype != "float64" or np.isfinite(value)
    keys = [tuple(row[part] for part in schema.key) for row in rows]
    assert len(set(keys)) == len(keys)


def test_lape_rows_are_the_sets_in_order(world, concluded):
    activity = world.record()
    neurons = lape(activity, tau=0.85, nu=24)
    summed, read = activity.by_language()
    for at, (label, mine) in enumerate(neurons.items()):
        rows = [row for row in concluded.lape if row["language"] == label]
        assert [(row["layer"], row["neuron"]) for row in rows] == list(mine)
        assert [row["rank"] for row in rows] == list(range(1, len(mine) + 1))
        for row in rows:
            rate = summed[at, row["layer"], row["neuron"]] / read[at]
            assert row["probability"] == pytest.approx(rate)
            assert row["low"] <= rate <= row["high"]
            assert row["real"] == (row["rank"] <= concluded.n_star[label])
    rates = {(row["layer"], row["neuron"]) for row in concluded.neuron_rates}
    assert rates == {(row["layer"], row["neuron"]) for row in concluded.lape}
    assert len(concluded.neuron_rates) == 4 * len(rates)


def test_layer_rows_add_up_to_the_sets(concluded):
    for label, mine in concluded.neurons.items():
        rows = [row for row in concluded.layers if row["language"] == label]
        for name, total in (
            ("all", len(mine)),
            ("exclusive", len(concluded.neurons.exclusive[label])),
        ):
            here = [row for row in rows if row["set"] == name]
            assert [row["layer"] for row in here] == list(range(8))
            assert sum(row["count"] for row in here) == total
            assert all(row["count"] <= row["candidates"] for row in here)
            assert all(row["permuted_low"] <= row["permuted_high"] for row in here)
        whole = [row for row in rows if row["set"] == "all"]
        assert sum(row["permuted_mean"] for row in whole) == pytest.approx(24)
        assert sum(row["untrained"] for row in whole) == 24


def test_stability_compares_every_choice_with_the_main_selection(concluded):
    rows = {
        (row["language"], row["tau"], row["nu"], row["tokens_share"], row["variant"]): row
        for row in concluded.stability
    }
    main = rows["label0", 0.85, 24, 1.0, "none"]
    assert (main["jaccard_full"], main["survives"], main["entropy_rho"]) == (1.0, 1.0, 1.0)
    assert main["n_star"] == concluded.n_star["label0"]
    assert main["last_entropy"] < main["permuted_last_entropy"]
    assert rows["label0", 0.85, 48, 1.0, "none"]["survives"] == 1.0
    assert rows["label0", 0.85, 12, 1.0, "none"]["survives"] == 0.5
    less, more = (rows["label0", 0.85, 24, share, "none"] for share in (1 / 8, 1 / 2))
    assert less["jaccard_full"] < more["jaccard_full"] < 1
    assert less["jaccard_halves"] is None
    variants = {row["variant"] for row in concluded.stability}
    assert variants == {
        "none",
        "headers",
        "code",
        "late",
        "standardised",
        *(f"without:label{label}" for label in range(4)),
    }
    assert {row["tau"] for row in concluded.stability} == {0.85, 0.9, 0.95, 0.98}


def test_equal_arguments_give_equal_tables(world, alone):
    assert conclude_neurons(world.record(), **OPTIONS).tables == alone[0].tables


def test_progress_runs_to_its_end(alone):
    done, totals = zip(*alone[1], strict=True)
    assert len(set(totals)) == 1
    assert done[-1] == totals[0]
    assert list(done) == sorted(done)


def test_what_was_not_recorded_is_named(alone):
    found = alone[0]
    parts = {
        part["name"]: part
        for part in found.claim_parts
        if (part["id"], part["scope"]) == ("A-2", "overall")
    }
    for name in ("untrained twin", "licence headers kept"):
        assert parts[name]["passed"] is None
        assert parts[name]["value"] is None
    assert {row["untrained"] for row in found.layers} == {None}
    assert "headers" not in {row["variant"] for row in found.stability}


def test_original_selection_is_concluded_the_same_way(world):
    found = conclude_neurons(world.record(), tau=0.85, selection="original", top=0.1, seed=1)
    neurons = lape(world.record(), tau=0.85, selection="original", top=0.1)
    for label, mine in neurons.items():
        rows = [row for row in found.lape if row["language"] == label]
        assert [(row["layer"], row["neuron"]) for row in rows] == list(mine)
    assert {row["selection"] for row in found.lape} == {"original"}


@pytest.mark.parametrize("labels", [1, 2, 5])
def test_one_group_per_label_is_concluded_without_verdicts(labels):
    rng = np.random.default_rng(0)
    activity = NeuronActivity.from_counts(
        languages=[f"label{one}" for one in range(labels)],
        active=rng.integers(0, 100, (labels, 2, 30)),
        tokens=np.full(labels, 120),
    )
    found = conclude_neurons(activity)
    assert {row["verdict"] for row in found.claims} == {"cannot tell"}
    assert len(found.overlap) == labels * (labels - 1) // 2


def test_text_shorter_than_the_late_positions_leaves_that_variant_out(world):
    activity = world.record()
    short = replace(activity, active_late=activity.active * 0, tokens_late=activity.tokens * 0)
    found = conclude_neurons(short, **OPTIONS)
    assert "late" not in {row["variant"] for row in found.stability}
    late = [part for part in found.claim_parts if part["name"] == "positions from 256 on"]
    assert {part["passed"] for part in late} == {None}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"labels": 3}, "record both over the same corpus"),
        ({"neurons": 32}, "record both with the same architecture"),
        ({"groups": 5}, "other groups of repositories"),
    ],
)
def test_a_twin_of_another_recording_is_refused(world, simulation, change, message):
    other = simulation(**{"labels": 4, "neurons": 64, "groups": 12} | change).record()
    with pytest.raises(ConfigError, match=message):
        conclude_neurons(world.record(), untrained=other, **OPTIONS)


def test_an_unknown_profile_is_refused(world):
    with pytest.raises(ConfigError, match="unknown profile 'slow': known are quick, full"):
        conclude_neurons(world.record(), profile="slow")
