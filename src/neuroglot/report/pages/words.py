"""How to read the page: every word that it uses in its own sense, in plain language."""

from neuroglot.report.parts import Facts, Section

_WORDS = (
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
    (
        "verdict",
        "“Holds” when the interval lies above the margin and every control is beaten; “does not "
        "hold” when it lies below the margin; else “cannot tell”.",
    ),
)


def section() -> Section:
    """The section; the same in every run."""
    return Section("words", "How to read this page", "", [Facts("", _WORDS, names="long")])
