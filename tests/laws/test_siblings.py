"""Laws of siblings: what stands in one room has its counterpart in the others."""

import inspect
from pathlib import Path

import pytest

import neuroglot
from neuroglot.report.page import PAGES
from neuroglot.runs.bracket_schemas import BRACKET_TABLES
from neuroglot.runs.schemas import TABLES
from neuroglot.runs.transfer_schemas import TRANSFER_TABLES
from neuroglot.studies import alignment_run, translation_lens
from neuroglot.studies.language_neurons import PASSES, TENSORS

ROOT = Path(__file__).parents[2]
ROOMS = sorted(
    folder.name
    for folder in Path(str(neuroglot.__file__)).parent.iterdir()
    if (folder / "__init__.py").exists()
)
ADDED = {
    *("ablation", "ablation_documents", "next_line", "sufficiency", "pass_at_k", "clones"),
    *("finetune", "finetune_items"),
    *(each.name for each in TRANSFER_TABLES),
    *("published_ablation", "published_lape", "published_readings"),
    *alignment_run.TABLES,
    *translation_lens.TABLES,
}
"""Tables of the steps that are added to a run."""
GUIDED = {
    "pls",
    "pls_tasks",
    "pls_effects",
    "pls_scores",
    "pls_examples",
    "pls_writes",
    "probe",
    "concept_layers",
    "concept_band",
    "contributions",
    "written_units",
}
"""Tables that the study of units writes beside those of an ablation."""
BRACKETS = {each.name for each in BRACKET_TABLES}
"""Tables that the study of brackets writes beside checks and claims."""
TENSORS_LATER = {f"{name}{each.suffix}" for each in PASSES.values() for name in TENSORS.values()}


def test_every_table_is_written_by_the_study_or_by_a_step_added_to_it(planted_run):
    assert set(planted_run.tables) | ADDED | GUIDED | BRACKETS == set(TABLES)
    assert not set(planted_run.tables) & ADDED
    assert set(planted_run.tensor_files) <= TENSORS_LATER


def test_no_table_is_empty(planted_run):
    assert [name for name in planted_run.tables if not planted_run.table(name).num_rows] == []


def test_every_study_has_a_page_a_page_of_documentation_and_tests():
    studies = [
        name
        for name in neuroglot.studies.__all__
        if inspect.isfunction(getattr(neuroglot.studies, name))
    ]
    assert studies == [
        *("ablate", "brackets", "clones", "concept_space", "finetune", "lens", "mexa"),
        *("neuron_guided", "neurons", "published", "summarise"),
    ]
    assert {study.replace("-", "_") for study in PAGES} <= set(studies)
    for study in studies:
        assert (ROOT / "docs" / f"{study}.md").exists()
        assert (ROOT / "tests" / "studies" / f"test_{study}.py").exists()


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_has_tests_and_stands_in_the_documentation(room: str):
    assert list((ROOT / "tests" / room).glob("test_*.py"))
    assert f"| `{room}` |" in (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(set(neuroglot.__all__) - {"__version__"}))
def test_every_public_name_is_explained(name: str):
    thing = getattr(neuroglot, name)
    explained = inspect.getdoc(thing)
    assert explained, name
    assert explained.splitlines()[0].endswith("."), name
    own = vars(thing).get("__doc__") if inspect.isclass(thing) else thing.__doc__
    assert own, f"{name} only inherits its docstring"


@pytest.mark.parametrize("name", sorted(set(neuroglot.__all__) - {"__version__", "studies"}))
def test_every_public_method_is_explained(name: str):
    thing = getattr(neuroglot, name)
    if inspect.isclass(thing):
        bare = [
            method
            for method, value in vars(thing).items()
            if not method.startswith("_")
            and (inspect.isfunction(value) or isinstance(value, property | classmethod))
            and not inspect.getdoc(getattr(thing, method))
        ]
        assert bare == []
    else:
        parameters = inspect.signature(thing).parameters.values()
        positional = [each for each in parameters if each.kind is each.POSITIONAL_OR_KEYWORD]
        assert len(positional) <= 3
