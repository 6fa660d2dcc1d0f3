from dataclasses import replace
from pathlib import Path

import pytest

from neuroglot.runs.identity import changes, differences
from neuroglot.runs.manifest import Manifest, Step, read_manifest


@pytest.fixture
def there(finished: Path) -> Manifest:
    found = read_manifest(finished)
    assert found is not None
    return found


def with_parameters(manifest: Manifest, **changed: object) -> Manifest:
    return replace(manifest, parameters={**manifest.parameters, **changed})


def test_state_times_notes_and_machine_do_not_make_another_run(there: Manifest):
    asked = replace(
        there,
        steps=tuple(Step(step.name) for step in there.steps),
        complete=False,
        finished=None,
        started="later",
        notes=("noted",),
        machine={"host": "elsewhere"},
        code={"version": "9", "digest": "0"},
        command="the same, spelt otherwise",
    )
    assert differences(there, asked) == ()


def test_where_things_lie_does_not_make_another_run(there: Manifest):
    asked = with_parameters(there, model="/moved", data="/moved", out="x", json=True, device="cuda")
    asked = replace(
        asked,
        model={**there.model, "name": "renamed"},
        data={**there.data, "source": "moved"},
    )
    assert differences(there, asked) == ()


@pytest.mark.parametrize(
    ("change", "phrase"),
    [
        ({"tau": 0.9}, "tau 0.95 there, 0.9 asked"),
        ({"languages": ["python"]}, "languages python,java there, python asked"),
        ({"packing": "published"}, "packing absent there, published asked"),
        ({"nu": None}, "nu 4 there, None asked"),
        ({"nu": True}, "nu 4 there, True asked"),
    ],
)
def test_another_parameter_is_named_with_both_values(there: Manifest, change, phrase):
    assert differences(there, with_parameters(there, **change)) == (phrase,)


def test_other_models_data_formats_and_steps_are_named(there: Manifest):
    asked = replace(
        there,
        study="lens",
        seed=7,
        model={"name": "org/tiny", "fingerprint": "e" * 64},
        data={"source": "more", "digest": "c" * 64},
        formats={"activity": 2},
        steps=(Step("record"),),
    )
    assert differences(there, asked) == (
        "study neurons there, lens asked",
        "seed 0 there, 7 asked",
        "model org/tiny (ffffffffffff) there, org/tiny (eeeeeeeeeeee) asked",
        "data code (dddddddddddd) there, more (cccccccccccc) asked",
        "format of activity 1 there, 2 asked",
        "steps record,conclude there, record asked",
    )


def test_a_seed_that_is_also_a_parameter_is_named_once(there: Manifest):
    first, second = (replace(with_parameters(there, seed=seed), seed=seed) for seed in (0, 1))
    assert differences(first, second) == ("seed 0 there, 1 asked",)


def test_a_long_value_is_shortened(there: Manifest):
    (phrase,) = differences(there, with_parameters(there, note="x" * 500))
    assert len(phrase) < 130


def test_other_code_and_packages_are_changes_not_differences(there: Manifest):
    asked = replace(
        there,
        code={"version": "9.9", "digest": "abc"},
        machine={"packages": {**there.machine["packages"], "numpy": "99.0"}},
    )
    code, numpy = changes(there, asked)
    assert code.endswith(" there, 9.9 (abc) asked")
    assert numpy == f"numpy {there.machine['packages']['numpy']} there, 99.0 asked"
    assert changes(there, there) == ()
