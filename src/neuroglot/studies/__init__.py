"""Recipes: what to measure and what to conclude for one study."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from neuroglot.studies.ablation import ablate as ablate
    from neuroglot.studies.bracket_parameters import BracketsParameters as BracketsParameters
    from neuroglot.studies.brackets_study import brackets as brackets
    from neuroglot.studies.clone_detection import clones as clones
    from neuroglot.studies.concept_space_study import concept_space as concept_space
    from neuroglot.studies.language_neurons import neurons as neurons
    from neuroglot.studies.neuron_guided_study import neuron_guided as neuron_guided
    from neuroglot.studies.parallel_study import lens as lens
    from neuroglot.studies.parallel_study import mexa as mexa
    from neuroglot.studies.parameters import AblationParameters as AblationParameters
    from neuroglot.studies.parameters import AlignmentParameters as AlignmentParameters
    from neuroglot.studies.parameters import ClonesParameters as ClonesParameters
    from neuroglot.studies.parameters import GuidedParameters as GuidedParameters
    from neuroglot.studies.parameters import LensParameters as LensParameters
    from neuroglot.studies.parameters import NeuronsParameters as NeuronsParameters
    from neuroglot.studies.parameters import PublishedParameters as PublishedParameters
    from neuroglot.studies.published_procedure import published as published
    from neuroglot.studies.summaries import summarise as summarise
    from neuroglot.studies.summary_parameters import SummaryParameters as SummaryParameters
    from neuroglot.studies.tuning import finetune as finetune
    from neuroglot.studies.tuning_parameters import FinetuneParameters as FinetuneParameters

__all__ = [
    "AblationParameters",
    "AlignmentParameters",
    "BracketsParameters",
    "ClonesParameters",
    "FinetuneParameters",
    "GuidedParameters",
    "LensParameters",
    "NeuronsParameters",
    "PublishedParameters",
    "SummaryParameters",
    "ablate",
    "brackets",
    "clones",
    "concept_space",
    "finetune",
    "lens",
    "mexa",
    "neuron_guided",
    "neurons",
    "published",
    "summarise",
]


_HOMES = {
    "ablate": "neuroglot.studies.ablation",
    "brackets": "neuroglot.studies.brackets_study",
    "clones": "neuroglot.studies.clone_detection",
    "concept_space": "neuroglot.studies.concept_space_study",
    "finetune": "neuroglot.studies.tuning",
    "lens": "neuroglot.studies.parallel_study",
    "mexa": "neuroglot.studies.parallel_study",
    "neuron_guided": "neuroglot.studies.neuron_guided_study",
    "neurons": "neuroglot.studies.language_neurons",
    "published": "neuroglot.studies.published_procedure",
    "summarise": "neuroglot.studies.summaries",
    "AblationParameters": "neuroglot.studies.parameters",
    "AlignmentParameters": "neuroglot.studies.parameters",
    "BracketsParameters": "neuroglot.studies.bracket_parameters",
    "ClonesParameters": "neuroglot.studies.parameters",
    "FinetuneParameters": "neuroglot.studies.tuning_parameters",
    "GuidedParameters": "neuroglot.studies.parameters",
    "LensParameters": "neuroglot.studies.parameters",
    "NeuronsParameters": "neuroglot.studies.parameters",
    "SummaryParameters": "neuroglot.studies.summary_parameters",
    "PublishedParameters": "neuroglot.studies.parameters",
}


def __getattr__(name: str) -> Any:
    """Studies are imported when they are first asked for: each brings torch with it."""
    if name not in _HOMES:
        raise AttributeError(f"module 'neuroglot.studies' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
