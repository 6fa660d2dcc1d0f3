"""Claims A-1 to A-8 and O-1 to O-3: languages' neurons, the concept space, alignment.

Margins were fixed before the first run.
"""

from neuroglot.analyses.claim_rule import HOLDS, ClaimRule

PAPER_A = "arXiv 2506.01074"
NU_GRID = "half, twice and four times as many neurons per language"

RULES: tuple[ClaimRule, ...] = (
    ClaimRule(
        id="A-1",
        statement="Each language has specific neurons.",
        source=PAPER_A,
        published="The same number is taken for every language; languages that align closely, "
        "C# and Java, are said to have no specific neurons that can be identified.",
        statistic="median over languages of n*/nu, where n* is the number of neurons that are "
        "real at 5% false discovery against permuted labels",
        margin=1.0,
        decision="holds for a language when n* reaches nu and its split-half agreement exceeds "
        "the 95% quantile under permuted labels, in the counts as they are, on code tokens only "
        "and on standardised counts; over languages it holds when it holds in at least 3/4 of "
        "them, and does not hold when it holds in fewer than 1/4",
        nulls=("labels permuted over whole groups of repositories",),
        gates=(
            "at least 100,000 tokens per language",
            "at least 6 repositories per language",
            "half of the groups give at least half of the set (Jaccard 0.5)",
        ),
        variants=("code tokens only", "standardised token classes"),
        minimum=6,
        minimum_each=6,
    ),
    ClaimRule(
        id="A-2",
        statement="Specific neurons are concentrated in the bottom layers.",
        source=PAPER_A,
        published="Specific neurons lie mainly in the bottom layers.",
        statistic="mean over languages of the share of the set, cut at n*, in the bottom quarter "
        "of the layers, minus the mean of the same under permuted labels",
        margin=0.10,
        decision=f"{HOLDS}, and the raw share itself lies above 1/4; a share above chance that "
        "does not exceed 1/4 is more than chance but not concentrated: does not hold",
        nulls=("labels permuted over whole groups of repositories", "the untrained twin"),
        gates=("at least 300 real neurons over all sets", "at least 8 layers"),
        variants=(
            "licence headers kept",
            "code tokens only",
            "positions from 256 on",
            "standardised token classes",
            NU_GRID,
        ),
    ),
    ClaimRule(
        id="A-3",
        statement="Neurons exclusive to one language sit in the top layers.",
        source=PAPER_A,
        published="Neurons exclusive to one language lie in the top layers.",
        statistic="share of exclusive neurons in the top quarter of the layers minus the same "
        "share of shared ones, pooled over languages, sets cut at n*, minus the mean of the same "
        "difference under permuted labels",
        margin=0.10,
        decision=f"{HOLDS}; the sign must stay whichever language is left out",
        nulls=("labels permuted over whole groups of repositories",),
        gates=("at least 100 exclusive neurons", "at least 8 layers"),
        variants=("one language left out", "English out of the union", NU_GRID),
    ),
    ClaimRule(
        id="A-4a",
        statement="C# and Java align closely, above what their shared text explains.",
        source=PAPER_A,
        published="C# and Java align with each other and with other languages more than the rest.",
        statistic="alignment of C# with Java minus the mean alignment of Python and PHP with all "
        "other languages; alignment is MEXA less the same with counts of tokens for vectors, mean "
        "over the middle layers, identical pairs and duplicates dropped",
        margin=0.05,
        decision=HOLDS,
        unit="problem",
        nulls=("shuffled pairs", "the untrained twin"),
        gates=("at least 300 items left for C# and Java", "at least 8 layers"),
        variants=("vectors less their language's mean", "the last token's vector"),
    ),
    ClaimRule(
        id="A-4b",
        statement="Languages that align with many others lack specific neurons.",
        source=PAPER_A,
        published="For languages that align closely with others no specific neurons can be found.",
        statistic="minus Spearman's correlation over programming languages of the mean alignment "
        "with all others and n*, the number of neurons that are real",
        margin=0.3,
        decision="holds when the exact p over permutations of languages is at most 0.05 and the "
        "correlation is beyond the margin; with 7 languages that takes -0.71",
        unit="language",
        nulls=("orders of the languages",),
        gates=("at least 7 programming languages with both",),
        minimum=7,
        minimum_each=1,
    ),
    ClaimRule(
        id="A-5",
        statement="Specific neurons are needed by their own language.",
        source=PAPER_A,
        published="Zeroing a language's specific neurons raises its own perplexity most.",
        statistic="mean over languages of the selectivity, in nats per byte: damage of a "
        "language's set to its own text minus its mean damage to other languages, each minus the "
        "damage of a matched control",
        margin=0.001,
        decision=f"{HOLDS}, under mean ablation (primary) and under resample ablation; the margin "
        "is half of the matched control's damage to its own language where that is larger; holding "
        "says that the set contributes to prediction, not that it is necessary or sufficient",
        nulls=(
            "matched neurons, 19 draws: exact rank test over languages",
            "the candidates of highest entropy",
        ),
        gates=("ablation changes the prediction at all", "at least 19 matched draws"),
        variants=("resample ablation", "exclusive neurons only"),
    ),
    ClaimRule(
        id="A-6",
        statement="English and keyword tokens appear in the second half of the layers.",
        source=PAPER_A,
        published="When a model translates code, tokens of English and of programming languages' "
        "keywords get high probability in the second half of the layers.",
        statistic="log of the mass of English words and keywords over the mean mass of random sets "
        "of equal size and frequency, mean over the second half of the layers but the last, minus "
        "the mean over the first half; forms of the true token and of the context's do not count",
        margin=0.4054651081081644,
        decision=HOLDS,
        unit="problem",
        nulls=("random sets", "the untrained twin", "the source exchanged"),
        gates=(
            "true tokens are the likeliest in 30% of places where source and target differ",
            "at least 8 layers",
            "a layer in either half that is nearer the prediction than frequencies of tokens are",
        ),
    ),
    ClaimRule(
        id="A-7",
        statement="The concept space is nearer English or keywords than other tokens.",
        source=PAPER_A,
        published="The concept space is nearest English, programming keywords included.",
        statistic="log of the mass over that of random sets of equal size and frequency, at the "
        "layer that half of the problems choose, on the other half",
        margin=0.6931471805599453,
        decision=f"{HOLDS}, for English words that are no keywords and for keywords of languages "
        "that are neither source nor target, each by itself; overall it says which",
        unit="problem",
        nulls=("random sets", "the untrained twin", "identifiers of equal frequency"),
        gates=(
            "true tokens are the likeliest in 30% of places where source and target differ",
            "at least 8 layers",
        ),
    ),
    ClaimRule(
        id="A-8",
        statement="The same languages are near the concept space whatever the pair, those with "
        "large keyword sets.",
        source=PAPER_A,
        published="Languages that align closely and have large keyword sets are closest to the "
        "concept space, whatever the pair.",
        statistic="Kendall's W over directions of the order of languages that are neither source "
        "nor target, by mass for each keyword token, mean over the middle layers; forms of the "
        "true token and of the context's do not count",
        margin=0.5,
        decision="holds when W reaches the margin, is beyond chance, and mass still follows the "
        "size of the list once sizes are matched (correlation 0.3); where it follows size only as "
        "long as sizes are not matched, it does not hold (list size)",
        unit="language",
        nulls=("keywords dealt anew",),
        gates=(
            "at least 5 languages with 10 keyword tokens",
            "at least 8 layers",
            "a middle layer that is nearer the prediction than frequencies of tokens are",
        ),
        minimum=5,
        minimum_each=1,
    ),
    ClaimRule(
        id="O-1",
        statement="A model that read more code shares more neurons between its languages.",
        source=PAPER_A,
        published="An open question: specific neurons are harder to find in a model that was "
        "trained on more code.",
        statistic="mean normalised sharing over pairs of programming languages, of the model that "
        "read more code less that of its twin of the same seed",
        margin=0.0,
        decision=HOLDS,
        unit="pair of models",
        nulls=("models of equal mixture and other seeds",),
        gates=("at least 3 pairs of models",),
        minimum=3,
        minimum_each=1,
    ),
    ClaimRule(
        id="O-2",
        statement="Paradigm makes languages align, and biases what is generated.",
        source=PAPER_A,
        published="An open question: whether object orientation makes C# and Java align.",
        statistic="alignment: that of object-oriented Java with object-oriented C# less that of "
        "procedural Java with the same C#, over the same programs (MEXA less the same with counts "
        "of tokens for vectors, mean over the middle layers); generation: share of answers with a "
        "class after object-oriented examples less that after procedural ones",
        margin=0.03,
        decision=f"{HOLDS}, each by itself; the margin of generation is 0.10",
        unit="algorithm",
        nulls=("styles swapped inside a program",),
        gates=("at least 8 layers", "a class in 5% of the answers after one of the styles"),
    ),
    ClaimRule(
        id="O-3",
        statement="Patterns carry over to generated programs.",
        source=PAPER_A,
        published="An open question: whether the findings hold for more languages, with synthetic "
        "data.",
        statistic="rank correlation of two runs of one model: over layers of mean alignment and of "
        "English and keywords against random sets, over pairs of languages of alignment in the "
        "middle layers",
        margin=0.5,
        decision="holds for a pattern when the correlation reaches the margin and p is at most "
        "0.05, does not hold below the margin; overall when it holds for all of them. Curves of 12 "
        "layers have 12 shifts, so their p is 1/12 at best: they cannot hold with fewer than 20",
        unit="layer or language",
        nulls=("shifted layers, or languages dealt anew",),
        gates=("at least 8 layers", "at least 5 languages in common"),
        minimum=5,
        minimum_each=1,
    ),
)
