from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuroglot.base.digests import json_digest
from neuroglot.runs.naming import default_path

PARAMETERS = {"model": "org/Tiny-7b", "tau": 0.95, "shard": None}


def test_the_folder_names_study_model_and_parameters():
    path = default_path("neurons", model="codellama/CodeLlama-7b-hf", parameters=PARAMETERS)
    assert path == Path("runs") / f"neurons-CodeLlama-7b-hf-{json_digest(PARAMETERS)[:8]}"


def test_where_and_how_it_is_shown_does_not_count_but_the_shard_does():
    plain = default_path("neurons", model="m", parameters=PARAMETERS)
    shown = {**PARAMETERS, "out": "x", "json": True, "device": "cuda"}
    assert default_path("neurons", model="m", parameters=shown) == plain
    sharded = {**PARAMETERS, "shard": "1/4"}
    assert default_path("neurons", model="m", parameters=sharded) != plain


def test_the_order_of_parameters_and_the_kind_of_sequence_do_not_count():
    one = {"a": 1, "languages": ("c", "go")}
    two = {"languages": ["c", "go"], "a": 1}
    paths = {default_path("neurons", model="m", parameters=given) for given in (one, two)}
    assert len(paths) == 1


@pytest.mark.parametrize(
    ("model", "named"),
    [
        ("/data/models/bootstrap/", "bootstrap"),
        ("C:\\models\\my model", "my-model"),
        ("..", "model"),
        ("org/naïve;rm -rf", "na-ve-rm--rf"),
        ("", "model"),
    ],
)
def test_a_model_that_is_a_path_gives_its_last_part(model: str, named: str):
    path = default_path("neurons", model=model, parameters={})
    assert path.name.startswith(f"neurons-{named}-")


@settings(deadline=None)
@given(st.text())
def test_whatever_the_model_the_folder_lies_directly_in_runs(model: str):
    path = default_path("neurons", model=model, parameters={})
    assert path.parent == Path("runs")
    assert path.name.isascii()
