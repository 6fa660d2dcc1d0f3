"""Claims C-1 to C-8: how a model closes parentheses.

Margins were fixed before the first run.
"""

from neuroglot.analyses.claim_rule import HOLDS, ClaimRule

PAPER_C = "arXiv 2502.18499"
PAPER_C2 = "arXiv 2507.00322"
CLOSING = "accuracy of 70% at two counts of missing closers"

RULES: tuple[ClaimRule, ...] = (
    ClaimRule(
        id="C-1",
        statement="The model closes parentheses.",
        source=PAPER_C,
        published="CodeLlama-7b closes 99, 100, 98 and 87% of prompts that want one to four "
        "(arXiv 2507.00322), GPT-2 small 100, 100, 49 and 0%.",
        statistic="accuracy over the whole vocabulary that at least two counts of missing closers "
        "reach: that of the second best count",
        margin=0.70,
        decision=HOLDS,
        unit="template",
        nulls=("the commonest count", "the closers seen last", "the untrained twin"),
        gates=("at least two counts whose closers are one token",),
    ),
    ClaimRule(
        id="C-2",
        statement="The model is confident only in the middle to late layers.",
        source=PAPER_C,
        published="The right closers' lead over wrong ones stays near zero until the middle to "
        "late layers of CodeLlama-7b, then grows.",
        statistic="relative depth from which the mean lead of the right closers over the best "
        "wrong ones, read off the last position, stays above 0; or from which putting in the last "
        "position's stream of a prompt with another count moves half of the difference between "
        "the two, if that is less deep",
        margin=0.4,
        decision=f"{HOLDS}; where the lead comes late and its cause early: cannot tell",
        unit="template",
        nulls=("the untrained twin",),
        gates=(CLOSING, "at least 8 layers"),
        variants=(
            "each depth by its own scale",
            "less than 0.2 of the final lead over the mean wrong closers at a quarter of the depth",
        ),
    ),
    ClaimRule(
        id="C-3",
        statement="Attention and MLPs both matter.",
        source=PAPER_C,
        published="Both kinds of sub-layers of CodeLlama-7b promote the right closers.",
        statistic="share of the difference between a prompt and one with another count that the "
        "attention sub-layers, or the MLPs if theirs is less, write into the logits at the last "
        "position, the final norm's scale frozen",
        margin=0.10,
        decision=HOLDS,
        unit="template",
        nulls=("another number in the prompt, the count the same",),
        gates=(CLOSING,),
    ),
    ClaimRule(
        id="C-4",
        statement="Attention matters more than MLPs.",
        source=PAPER_C,
        published="Attention sub-layers of CodeLlama-7b matter more than feed-forward ones.",
        statistic="the attention sub-layers' share, as in C-3, less that of the MLPs",
        margin=0.10,
        decision=f"{HOLDS}; direct effects alone, since a count can reach the last position "
        "through attention only",
        unit="template",
        nulls=("another number in the prompt, the count the same",),
        gates=(CLOSING,),
        variants=("the same sign at three counts of missing closers",),
    ),
    ClaimRule(
        id="C-5",
        statement="Some heads follow precisely how many calls are closed already.",
        source=PAPER_C,
        published="Some heads of CodeLlama-7b promote as many closers as are closed already.",
        statistic="least over 1 to 3 closed calls of how often the closers that a head raises most "
        "are as many, among prompts of equal length in which another count is missing; of the head "
        "that does so best in the templates of train and dev, on those of test",
        margin=0.9,
        decision="holds when the head reaches the margin on templates that did not choose it and "
        "the largest of all heads is beyond chance; does not hold when the interval lies below",
        unit="template",
        nulls=(
            "counts of closed calls dealt anew among prompts of one template, length and "
            "missing count, the largest of all heads",
        ),
        gates=(CLOSING,),
    ),
    ClaimRule(
        id="C-6",
        statement="Heads that follow closed calls help or hurt.",
        source=PAPER_C,
        published="Of the heads of CodeLlama-7b that follow closed calls, some help and some hurt.",
        statistic="change of the right closers' lead over the best wrong ones when a head gets "
        "what it has in a prompt with as many missing and another count of closed calls, over "
        "prompts in which the two counts differ",
        margin=0.0,
        decision="holds when one head's interval lies below 0 (it helped) and one's above (it "
        "hurt), Holm over the heads, each with a direct effect of the same sign and beyond the "
        "other heads of its layer; where there is one kind alone it is named",
        unit="template",
        nulls=("other heads of the same layer",),
        gates=(CLOSING, "a head that follows closed calls"),
    ),
    ClaimRule(
        id="C-7",
        statement="Sound heads and neurons are few, with high recall and low precision.",
        source=PAPER_C2,
        published="Of the heads of seven models 1 to 10 pass two counts or more, of hundreds; most "
        "components are faulty, few have high recall and none has high precision.",
        statistic="median recall less median precision over the heads and neurons that get at "
        "least two counts right in 70% of their prompts, with a closer among their first 100 "
        "tokens",
        margin=0.2,
        decision=f"{HOLDS}, and the upper bound of their share of all is at most 5%",
        unit="template",
        nulls=("missing counts dealt anew inside templates: as many components",),
        gates=(CLOSING,),
        variants=("at most 5% of all heads and neurons",),
    ),
    ClaimRule(
        id="C-8",
        statement="Amplifying sound heads repairs errors at no general cost.",
        source=PAPER_C2,
        published="With the first 60 heads amplified all models close all counts in about 100% of "
        "prompts, but for GPT-2 small at four; HumanEval changes by -1.5 to +5.5 points.",
        statistic="accuracy on test templates at counts with room, heads amplified, less that of "
        "the model as it is; number of heads and factor are chosen on dev, one pair for the model",
        margin=0.05,
        decision=HOLDS,
        unit="template",
        nulls=(
            "as many random heads of the same layers, at their own best factor",
            "the last heads of the ranking, at their own best factor",
            "a constant added to each closer's logit, chosen on dev",
        ),
        gates=(CLOSING, "a count that is right in 20 to 90% of the prompts of dev"),
        variants=("less than 0.01 nats per byte of held-out code",),
    ),
)
