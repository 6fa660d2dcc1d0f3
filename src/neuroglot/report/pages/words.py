"""How to read the page: every word that it uses in its own sense, in plain language."""

from neuroglot.report.pages.source import Source
from neuroglot.report.parts import Facts, Section

_NEURONS = (
    (
        "neuron",
        "One coordinate of a layer's MLP. It is active at a token when its activation is above "
        "zero. L07-N0123 is number 123 of layer 7; both count from 0.",
    ),
    (
        "probability",
        "The share of a language's tokens at which a neuron is active.",
    ),
    (
        "entropy",
        "How evenly a neuron's probability is spread over the languages, in nats: 0 if it is "
        "active in one language only, the logarithm of their number if it is active in all alike.",
    ),
    (
        "candidate",
        "A neuron whose probability in a language is above the threshold that the share τ of all "
        "probabilities stays below.",
    ),
    (
        "set of a language",
        "Its ν candidates of lowest entropy. A neuron may stand in several sets; it is exclusive "
        "if it stands in one.",
    ),
    (
        "n*",
        "How many neurons of a language are real: the largest number of lowest-entropy candidates "
        "of which selections with permuted labels explain at most 5%.",
    ),
    (
        "permuted labels",
        "The control: languages are dealt anew to whole groups of repositories and the selection "
        "is repeated. What it finds as well is chance or a habit of single repositories.",
    ),
    (
        "untrained twin",
        "The same architecture and tokenizer with fresh weights, given the same text.",
    ),
    (
        "overlap",
        "Jaccard: neurons in both sets, as a share of the neurons in either.",
    ),
    (
        "normalised sharing",
        "Overlap on a scale from 0 (random sets) to 1 (two halves of one language).",
    ),
    (
        "interval",
        "95% percentile bootstrap over repositories, with the selection repeated in every draw.",
    ),
)
_PARALLEL = (
    (
        "item",
        "One program or description, written in several languages. A problem has one item or more; "
        "whole problems are resampled for the intervals.",
    ),
)
_ALIGNMENT = (
    (
        "alignment",
        "The share of items whose two texts, as vectors of a layer, are nearer each other than "
        "either is to any other item's text (MEXA).",
    ),
    (
        "counts of tokens",
        "The same with vectors that only count which tokens a text holds: what shared text alone "
        "explains. What is possible is the share of items whose texts occur once.",
    ),
)
_LENS = (
    (
        "lens",
        "The model's own last step, final norm and head, applied to an earlier layer: what would "
        "be said if the model stopped there.",
    ),
    (
        "English only",
        "English words that are no language's keyword or built-in.",
    ),
    (
        "mass",
        "The probability that all tokens of a category have together.",
    ),
    (
        "random sets",
        "The control: sets drawn at random, of as many tokens as the category and as frequent.",
    ),
    (
        "onset, peak",
        "The layer where the log of a category's mass over that of random sets is largest, and the "
        "first layer with half of that.",
    ),
)
_PROBES = (
    (
        "probe",
        "A multinomial logistic regression that tells a class from a token's vector: what a "
        "straight cut can read. It is tested on tasks that it was not trained on.",
    ),
    (
        "labels dealt at random",
        "The control: every token of the vocabulary gets one class by chance. What a probe tells "
        "of these it has learned by heart.",
    ),
    (
        "balanced accuracy",
        "The share of a class that is told, mean over classes: rare ones count as much.",
    ),
)
_VERDICT = (
    (
        "verdict",
        "“Holds” when the interval lies above the margin and every control is beaten; “does not "
        "hold” when it lies below the margin; else “cannot tell”.",
    ),
)


def section(source: Source) -> Section:
    """The words of the sections that the run has tables for."""
    aligned, read = source.has("mexa"), source.has("lens") or source.has("lens_curves")
    words = [
        *(_NEURONS if source.manifest.study == "neurons" else ()),
        *(_PARALLEL if aligned or read else ()),
        *(_ALIGNMENT if aligned else ()),
        *(_LENS if read else ()),
        *(_PROBES if source.has("probe") else ()),
        *_VERDICT,
    ]
    return Section("words", "How to read this page", "", [Facts("", words, names="long")])
