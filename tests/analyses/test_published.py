"""What the published procedure would say, computed again by hand."""

import pytest

from neuroglot.analyses.published import beyond_matched, published_readings

LABELS = ("go", "rust")


def unit(language, layer, neuron, exclusive):
    return {"language": language, "layer": layer, "neuron": neuron, "exclusive": exclusive}


SETS = [
    unit("go", 0, 1, True),
    unit("go", 0, 2, False),
    unit("go", 7, 3, True),
    unit("go", 4, 3, False),
    unit("rust", 7, 9, True),
    unit("rust", 0, 2, False),
]
SOUND = [unit("go", 7, 3, True)]
CLAIMS = [
    {"id": "A-2", "scope": "overall", "verdict": "does not hold"},
    {"id": "A-2", "scope": "go", "verdict": "holds"},
]


def cell(ablated, evaluated, change):
    return {"ablated": ablated, "evaluated": evaluated, "nll_change": change}


MATRIX = [
    cell("none", "go", None),
    cell("go", "go", 0.3),
    cell("go", "rust", 0.2),
    cell("rust", "go", 0.4),
    cell("rust", "rust", 0.1),
]


def found(**changed):
    given = {
        "sets": SETS,
        "matrix": MATRIX,
        "sound_sets": SOUND,
        "sound_matrix": {("go", "go"): -0.1, ("go", "rust"): 0.2},
        "claims": CLAIMS,
        "labels": LABELS,
        "n_layers": 8,
    } | changed
    return {row["id"]: row for row in published_readings(**given)}


def test_every_figure_is_the_one_counted_by_hand():
    rows = found()
    assert rows["A-1"]["published"] == 3 and rows["A-1"]["sound"] == 0.5
    # Go: layers 0, 0, 7, 4; Rust: 7, 0. The bottom quarter of eight layers is layers 0 and 1.
    assert rows["A-2"]["published"] == pytest.approx((2 / 4 + 1 / 2) / 2)
    assert rows["A-2"]["sound"] == 0 and rows["A-2"]["verdict"] == "does not hold"
    # Exclusive ones lie in layers 0, 7, 7; the others in 0, 4, 0.
    assert rows["A-3"]["published"] == pytest.approx(2 / 3)
    assert rows["A-5"]["published"] == 0.5, "Go loses most to its own set, Rust does not"
    assert rows["A-5"]["sound"] == 0


def test_what_is_not_there_is_no_figure():
    rows = found(sound_sets=[], sound_matrix={}, claims=[])
    assert rows["A-2"]["sound"] is None and rows["A-3"]["sound"] is None
    assert rows["A-5"]["sound"] is None and rows["A-5"]["verdict"] is None
    assert found()["A-3"]["sound"] is None, "one kind of neuron has nothing to be compared with"


def test_damage_beyond_matched_takes_the_mean_of_all_draws_and_no_dose():
    def row(arm, change, *, operation="mean", dose=1.0):
        return cell("go", "rust", change) | {"arm": arm, "operation": operation, "dose": dose}

    rows = [
        row("neurons", 0.5),
        row("matched", 0.1),
        row("matched", 0.2),
        row("neurons", 9.0, dose=2.0),
        row("neurons", 9.0, operation="zero"),
        cell("none", "go", None) | {"arm": "none", "operation": "none", "dose": 0.0},
    ]
    assert beyond_matched(rows, LABELS) == {("go", "rust"): pytest.approx(0.35)}
