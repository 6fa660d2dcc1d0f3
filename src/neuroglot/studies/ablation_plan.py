"""What an ablation will cost, said before it starts: cells, tokens, operations, time."""

from neuroglot.lm.model import LM
from neuroglot.runs.directory import Run
from neuroglot.studies.ablation import Fold, planned, refuse_unfit
from neuroglot.studies.parameters import AblationParameters, NeuronsParameters
from neuroglot.studies.planning import spoken, tokens_per_second
from neuroglot.text.corpus import Corpus


def plan_sentences(run: Run, lm: LM, corpus: Corpus, parameters: AblationParameters) -> list[str]:
    """Cells and tokens, then operations and time; the time is from a short forward.

    Raises what the study raises for a run, model or text that do not fit.
    """
    refuse_unfit(run, lm, corpus)
    chosen = parameters.profiled(NeuronsParameters.from_json(run.manifest.parameters).profile)
    labels = tuple(run.manifest.data["languages"])
    _, folds = planned(run, lm, corpus.only(labels), chosen)
    cells = len({(v.effect, k) for v in folds[0].variants for k in v.evaluated})
    asked = sum(len(v.evaluated) for v in folds[0].variants)
    forwards = sum(_forwards(fold) for fold in folds)
    whole = sum(_per_token(lm, 0) * tokens for _, tokens in _passes(folds))
    needed = sum(_per_token(lm, first) * tokens for first, tokens in _passes(folds))
    seconds = forwards * needed / whole / tokens_per_second(lm, chosen.batch_tokens)
    return [
        f"{asked:,} cells ({cells:,} different ones) on {len(labels)} languages of "
        f"{chosen.tokens:,} tokens"
        + (f", in {len(folds)} folds" if len(folds) > 1 else "")
        + f": {forwards:,} tokens of forward passes",
        f"{needed / 1e12:,.1f} trillion multiplications, {needed / whole:.0%} of whole passes; "
        f"about {spoken(seconds)}",
    ]


def _passes(folds: list[Fold]) -> list[tuple[int, int]]:
    """(first layer run, tokens) of each different forward pass, the clean ones included."""
    found = []
    for fold in folds:
        for k, label in enumerate(fold.reading.labels):
            tokens = fold.reading.totals[k].tokens
            effects = {
                (v.effect, v.operation): v.first_layer
                for v in fold.variants
                if label in v.evaluated and len(v.units)
            }
            found += [(0, tokens), *((first, tokens) for first in effects.values())]
    return found


def _forwards(fold: Fold) -> int:
    return sum(tokens for _, tokens in _passes([fold]))


def _per_token(lm: LM, first: int) -> float:
    """Multiplications for a token from the MLP of layer `first` on, head included."""
    sizes = lm.body.sizes
    attention = sizes.head_width * sizes.width * (2 * sizes.heads + 2 * sizes.kv_heads)
    matrices = 2 if lm.body.blocks[0].gate is None else 3
    mlp = matrices * sizes.width * (sizes.neurons or 0)
    run = sizes.layers - first
    spared = 1 if first else 0
    return run * (attention + mlp) - spared * attention + sizes.width * sizes.vocabulary
