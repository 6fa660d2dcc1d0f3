"""Laws of the doors: what `import neuroglot` offers, and what it must not load."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import neuroglot

HEAVY = ("torch", "transformers", "scipy.stats", "datasketch", "safetensors.torch", "datasets")


def loaded(statement: str, watched: tuple[str, ...], path: Path | None = None) -> set[str]:
    """Which of the watched modules a statement loads, in a process of its own."""
    code = f"import sys\n{statement}\nprint(*(name for name in {watched!r} if name in sys.modules))"
    environment = {**os.environ, "PYTHONPATH": str(path)} if path else None
    answer = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, env=environment
    )
    return set(answer.stdout.split())


def test_the_front_door_loads_nothing_heavy():
    assert loaded("import neuroglot", (*HEAVY, "numpy", "pyarrow", "jinja2")) == set()


@pytest.mark.parametrize(
    "module",
    [
        *("base.units", "text.corpus", "stats.activity", "analyses.lape", "runs.writing"),
        *("report.page", "cli.app"),
    ],
)
def test_rooms_without_a_model_load_none(module: str):
    assert loaded(f"import neuroglot.{module}", HEAVY) == set()


def test_reading_a_run_needs_neither_torch_nor_arrow_until_a_table_is_asked_for():
    assert (
        loaded("import neuroglot; neuroglot.open_run", (*HEAVY, "pyarrow", "safetensors")) == set()
    )


def test_the_watch_does_see_what_is_loaded(tmp_path: Path):
    (tmp_path / "torch.py").write_text("")
    (tmp_path / "room.py").write_text("def first():\n    import torch\n")
    assert loaded("import room", HEAVY, tmp_path) == set()
    assert loaded("import room; room.first()", HEAVY, tmp_path) == {"torch"}


def test_public_names_are_the_table_s():
    assert sorted(neuroglot.__all__) == sorted({*neuroglot._PLACES, "__version__"})
    assert dir(neuroglot) == sorted(neuroglot.__all__)


@pytest.mark.parametrize("name", neuroglot.__all__)
def test_every_public_name_is_there_and_stays_the_same(name: str):
    assert getattr(neuroglot, name) is getattr(neuroglot, name)


def test_what_the_type_checker_sees_is_what_there_is():
    source = Path(neuroglot.__file__).read_text(encoding="utf-8")
    for name, place in neuroglot._PLACES.items():
        module, _, attribute = place.rpartition(":")
        parent, _, leaf = place.rpartition(".")
        line = (
            f"from {module} import {attribute} as {name}\n"
            if attribute and module
            else f"from {parent} import {leaf} as {name}\n"
        )
        assert line in source


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'neuroglot' has no attribute 'moods'"):
        neuroglot.moods  # noqa: B018
