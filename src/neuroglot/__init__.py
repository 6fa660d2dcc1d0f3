"""Which neurons of a code language model carry which programming language, and what editing does.

    import neuroglot as ng

Public names are resolved on first use, so that importing neuroglot loads no torch and costs little.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from neuroglot._version import __version__

if TYPE_CHECKING:
    from neuroglot import studies as studies
    from neuroglot.analyses.lape import lape as lape
    from neuroglot.analyses.pls import pls_neurons as pls_neurons
    from neuroglot.base.errors import NeuroglotError as NeuroglotError
    from neuroglot.base.units import NeuronSet as NeuronSet
    from neuroglot.lm.deltas import Delta as Delta
    from neuroglot.lm.deltas import edited_weights as edited_weights
    from neuroglot.lm.edits import mean as mean
    from neuroglot.lm.edits import scale as scale
    from neuroglot.lm.edits import set as set
    from neuroglot.lm.edits import zero as zero
    from neuroglot.lm.loading import load as load
    from neuroglot.lm.loading import wrap as wrap
    from neuroglot.measure.attribution import direct_logit_attribution as direct_logit_attribution
    from neuroglot.measure.attribution import logit_difference as logit_difference
    from neuroglot.measure.lens import logit_lens as logit_lens
    from neuroglot.measure.recording import record as record
    from neuroglot.measure.requests import GradientRequest as GradientRequest
    from neuroglot.measure.requests import Request as Request
    from neuroglot.measure.sweep import sweep as sweep
    from neuroglot.measure.sweep_variants import patch as patch
    from neuroglot.measure.tuned_lens import TunedLens as TunedLens
    from neuroglot.report.page import write_report as write_report
    from neuroglot.runs.directory import Run as Run
    from neuroglot.runs.directory import open_run as open_run
    from neuroglot.stats.activity import NeuronActivity as NeuronActivity
    from neuroglot.stats.moments import NeuronMoments as NeuronMoments
    from neuroglot.stats.pls import PLS as PLS
    from neuroglot.studies.ablation_matrix import ablation_matrix as ablation_matrix
    from neuroglot.studies.alignment import mexa as mexa
    from neuroglot.studies.clone_search import clone_search as clone_search
    from neuroglot.studies.compare import compare as compare
    from neuroglot.studies.concept_layers import concept_layers as concept_layers
    from neuroglot.studies.conclude import conclude as conclude
    from neuroglot.studies.merge import merge as merge
    from neuroglot.studies.probing import probes as probes
    from neuroglot.text.corpus import Corpus as Corpus
    from neuroglot.text.parallel import ParallelCorpus as ParallelCorpus
    from neuroglot.train.finetuning import TuningPlan as TuningPlan
    from neuroglot.train.finetuning import finetune as finetune
    from neuroglot.train.selection import Everything as Everything
    from neuroglot.train.selection import HostingModules as HostingModules
    from neuroglot.train.selection import LayerBand as LayerBand
    from neuroglot.train.selection import LoRA as LoRA
    from neuroglot.train.selection import UnitRows as UnitRows
    from neuroglot.train.tuned_lens import train_tuned_lens as train_tuned_lens

# Where each public name lives: "module:attribute", or a module.
_PLACES = {
    "Corpus": "neuroglot.text.corpus:Corpus",
    "Delta": "neuroglot.lm.deltas:Delta",
    "Everything": "neuroglot.train.selection:Everything",
    "GradientRequest": "neuroglot.measure.requests:GradientRequest",
    "HostingModules": "neuroglot.train.selection:HostingModules",
    "LayerBand": "neuroglot.train.selection:LayerBand",
    "LoRA": "neuroglot.train.selection:LoRA",
    "NeuroglotError": "neuroglot.base.errors:NeuroglotError",
    "NeuronActivity": "neuroglot.stats.activity:NeuronActivity",
    "NeuronMoments": "neuroglot.stats.moments:NeuronMoments",
    "NeuronSet": "neuroglot.base.units:NeuronSet",
    "PLS": "neuroglot.stats.pls:PLS",
    "ParallelCorpus": "neuroglot.text.parallel:ParallelCorpus",
    "Request": "neuroglot.measure.requests:Request",
    "Run": "neuroglot.runs.directory:Run",
    "TunedLens": "neuroglot.measure.tuned_lens:TunedLens",
    "TuningPlan": "neuroglot.train.finetuning:TuningPlan",
    "UnitRows": "neuroglot.train.selection:UnitRows",
    "ablation_matrix": "neuroglot.studies.ablation_matrix:ablation_matrix",
    "clone_search": "neuroglot.studies.clone_search:clone_search",
    "compare": "neuroglot.studies.compare:compare",
    "concept_layers": "neuroglot.studies.concept_layers:concept_layers",
    "conclude": "neuroglot.studies.conclude:conclude",
    "direct_logit_attribution": "neuroglot.measure.attribution:direct_logit_attribution",
    "edited_weights": "neuroglot.lm.deltas:edited_weights",
    "finetune": "neuroglot.train.finetuning:finetune",
    "lape": "neuroglot.analyses.lape:lape",
    "load": "neuroglot.lm.loading:load",
    "logit_difference": "neuroglot.measure.attribution:logit_difference",
    "logit_lens": "neuroglot.measure.lens:logit_lens",
    "mean": "neuroglot.lm.edits:mean",
    "merge": "neuroglot.studies.merge:merge",
    "mexa": "neuroglot.studies.alignment:mexa",
    "open_run": "neuroglot.runs.directory:open_run",
    "patch": "neuroglot.measure.sweep_variants:patch",
    "pls_neurons": "neuroglot.analyses.pls:pls_neurons",
    "probes": "neuroglot.studies.probing:probes",
    "record": "neuroglot.measure.recording:record",
    "scale": "neuroglot.lm.edits:scale",
    "set": "neuroglot.lm.edits:set",
    "studies": "neuroglot.studies",
    "sweep": "neuroglot.measure.sweep:sweep",
    "train_tuned_lens": "neuroglot.train.tuned_lens:train_tuned_lens",
    "wrap": "neuroglot.lm.loading:wrap",
    "write_report": "neuroglot.report.page:write_report",
    "zero": "neuroglot.lm.edits:zero",
}

__all__ = [
    "PLS",
    "Corpus",
    "Delta",
    "Everything",
    "GradientRequest",
    "HostingModules",
    "LayerBand",
    "LoRA",
    "NeuroglotError",
    "NeuronActivity",
    "NeuronMoments",
    "NeuronSet",
    "ParallelCorpus",
    "Request",
    "Run",
    "TunedLens",
    "TuningPlan",
    "UnitRows",
    "__version__",
    "ablation_matrix",
    "clone_search",
    "compare",
    "concept_layers",
    "conclude",
    "direct_logit_attribution",
    "edited_weights",
    "finetune",
    "lape",
    "load",
    "logit_difference",
    "logit_lens",
    "mean",
    "merge",
    "mexa",
    "open_run",
    "patch",
    "pls_neurons",
    "probes",
    "record",
    "scale",
    "set",
    "studies",
    "sweep",
    "train_tuned_lens",
    "wrap",
    "write_report",
    "zero",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for."""
    place = _PLACES.get(name)
    if place is None:
        raise AttributeError(f"module 'neuroglot' has no attribute {name!r}")
    module, _, attribute = place.partition(":")
    value = import_module(module)
    if attribute:
        value = getattr(value, attribute)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
