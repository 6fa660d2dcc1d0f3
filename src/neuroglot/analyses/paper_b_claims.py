"""Claims B-1 to B-8: units by activation times gradient, concept layers, and their uses.

Margins were fixed before the first run.
"""

from neuroglot.analyses.claim_rule import HOLDS, ClaimRule

PAPER_B = "arXiv 2512.19980"

RULES: tuple[ClaimRule, ...] = (
    ClaimRule(
        id="B-1",
        statement="Units specialised for one language exist.",
        source=PAPER_B,
        published="315 to 4,656 units of a language in Llama-3.1-8B, 0.02% to 0.34% of all.",
        statistic="median over languages of n*/n, where n is the number of units chosen by "
        "threshold, ratio and top share, and n* how many are real at 5% false discovery against "
        "languages dealt anew inside tasks",
        margin=0.5,
        decision="holds when the lower bound exceeds the margin and the units from two halves of "
        "the tasks agree beyond the 95% quantile of languages dealt anew in at least 3/4 of the "
        "languages; does not hold when the upper bound is below the margin, or halves agree in "
        "fewer than 1/4",
        unit="bucket of tasks",
        nulls=(
            "languages dealt anew inside tasks",
            "the same over texts matched in length and surprise",
        ),
        gates=(
            "at least 100 parallel texts",
            "at least 10 buckets of tasks",
            "rank correlation of 0.5 between scores and the exact effect of zeroing single units",
        ),
    ),
    ClaimRule(
        id="B-2",
        statement="Ablating a language's units hurts that language most.",
        source=PAPER_B,
        published="Pass@3 falls by 18 to 41 points on the own language in Llama-3.1-8B, by 0 to 18 "
        "on the others.",
        statistic="selectivity as in A-5, of units chosen by PLS on the other half of the tasks, "
        "in nats per byte of solutions; the margin is half of the matched units' damage to their "
        "own language",
        margin=0.0,
        decision=HOLDS,
        unit="task",
        nulls=(
            "units matched by layer, projection and mean activation (exact rank test over "
            "languages)",
            "other languages' units on the same language",
        ),
        gates=("at least 19 matched draws", "mean change over all cells differs from 0"),
        variants=("resample ablation", "pass@1 agrees in sign"),
    ),
    ClaimRule(
        id="B-3",
        statement="PLS finds units that matter more for their language than LAPE does.",
        source=PAPER_B,
        published="Pass@3 on the own language falls by 0 to 41 points with PLS, rises or falls by "
        "up to 6 with LAPE.",
        statistic="selectivity of MLP units chosen by PLS less that of as many neurons chosen by "
        "LAPE from the same texts, each beyond its own matched sets; the margin is a quarter of "
        "the damage of LAPE's matched neurons",
        margin=0.0,
        decision=HOLDS,
        unit="task",
        nulls=("MLP units matched by layer and mean activation (exact rank test over languages)",),
        gates=("at least 19 matched draws", "every language has units by both"),
        variants=("PLS over all projections",),
    ),
    ClaimRule(
        id="B-4",
        statement="A universal subset of units supports all languages.",
        source=PAPER_B,
        published="Pass@3 falls to 0 in all five languages without 0.6% to 0.9% of the units.",
        statistic="least over languages of the universal units' damage less that of matched units, "
        "in nats per token",
        margin=0.1,
        decision=HOLDS,
        unit="task",
        nulls=(
            "units matched by layer, projection and score (rank of the least damage)",
            "as many units with the highest mean activation",
        ),
        gates=("at least 19 matched draws", "there are universal units"),
    ),
    ClaimRule(
        id="B-5a",
        statement="Lower layers encode language-specific syntax.",
        source=PAPER_B,
        published="Lower layers encode language-specific syntax; in the published curves syntax is "
        "read best in late layers.",
        statistic="mean over the bottom quarter of the layers less that over the middle half, of "
        "how often a linear probe tells the language of tokens that are identifiers in at least 5 "
        "languages, and of the balanced accuracy with which it tells a token's kind in the syntax "
        "tree less that of the control task; the smaller of the two; each task is told by probes "
        "trained on others",
        margin=0.03,
        decision=f"{HOLDS}; the control task and the twin must fall less, and the bottom layers "
        "tell more than the token's identity does",
        unit="task",
        nulls=("the control task", "the token's identity", "the untrained twin"),
        gates=("at least 10 tasks", "at least 8 layers", "at least 5 languages told apart"),
    ),
    ClaimRule(
        id="B-5b",
        statement="Middle layers are concept layers.",
        source=PAPER_B,
        published="Layers 8 to 15 of 32 in Llama-3.1-8B, 31 to 43 of 64 in Qwen2.5-Coder-32B.",
        statistic="share of texts that find their own task in another language among texts of like "
        "length, in a band of layers less that of the layers below or above it, whichever is "
        "higher; the band is the longest run within one standard error of the best level, chosen "
        "on half of the tasks and judged on the other",
        margin=0.03,
        decision=f"{HOLDS}; a band that reaches the embedding or the last layer has no middle: "
        "does not hold",
        unit="task",
        nulls=("the untrained twin", "shifted layers", "counts of tokens"),
        gates=("at least 10 tasks", "at least 8 layers"),
        variants=(
            "the band lies in the middle half of the depth in 80% of resampled tasks",
            "syntax is decoded less well inside the band than outside",
        ),
    ),
    ClaimRule(
        id="B-6",
        statement="Training a language's units forgets less than other trainings with the same "
        "gain.",
        source=PAPER_B,
        published="Pass@3 in the other languages falls by 2.6% on average where the modules with "
        "the target's units are trained, by 7.0% with LoRA (Llama-3.1-8B, one run of each).",
        statistic="along the way of each training F(g) is the worst rise of another language's "
        "surprise where the target has gained g, in nats per byte; F of the other training less F "
        "of the units at 80% of the smaller best gain, mean over seeds",
        margin=0.0,
        decision=f"{HOLDS}; against random units of the same modules it decides neuron-guided, "
        "against LoRA of as many numbers better than LoRA, each by itself; over all targets the "
        "sign has to be the same in 4 of 5 of them",
        unit="seed",
        nulls=("other languages' units (neuron-guided)",),
        gates=(
            "the gain in the target is above 0 for both trainings",
            "at least 10 task families are read, none of them trained on or scored",
        ),
        variants=("the same sign in 4 of 5 targets, at least 5",),
        minimum=5,
        minimum_each=5,
    ),
    ClaimRule(
        id="B-7",
        statement="Concept layers give the best vectors for telling clones.",
        source=PAPER_B,
        published="F1 of 0.82 at layer 9 of 32 in Llama-3.1-8B and 0.86 at layer 38 of 64 in "
        "Qwen2.5-Coder-32B, thresholds chosen on the scored pairs; calling every pair a clone "
        "gives 0.67.",
        statistic="area under the ROC curve, on test problems, of the cosine of two functions' "
        "mean vectors over the band of concept layers less that of whatever does best beside it: "
        "the embedding, the last layer, shared tokens, bands of the same width elsewhere; the band "
        "is the run's, without one it is chosen on validation problems",
        margin=0.02,
        decision=f"{HOLDS}; consistent where the band is ahead in 3/4 of the pairs of languages; "
        "F1 decides nothing",
        unit="problem",
        nulls=(
            "the embedding",
            "the last layer",
            "shared tokens",
            "bands of the same width elsewhere",
            "the untrained twin",
        ),
        gates=("at least 8 layers", "a band of the same width elsewhere"),
        variants=(
            "vectors less their language's mean",
            "clones and others of equal token overlap",
        ),
    ),
    ClaimRule(
        id="B-8",
        statement="Training the concept band transfers summaries best.",
        source=PAPER_B,
        published="BLEU-4 of Ruby summaries is 16.15 after two stages in the concept layers, 14.80 "
        "and 13.09 with other arms.",
        statistic="ROUGE-L, 0 to 100, of summaries in the target language after two stages of "
        "training in the band, less that of the best of the other arms (all layers, the same width "
        "low and high, a single stage), which train as many weights; each arm is tuned on other "
        "programs",
        margin=0.5,
        decision=HOLDS,
        unit="program family",
        nulls=("the first stage with foreign summaries",),
        gates=(
            "at least 5 seeds",
            "a single stage gains on the base model with examples",
            "the target's programs and language are absent from the first stage",
        ),
    ),
)
