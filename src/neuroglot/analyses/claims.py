"""The one table of claims: what was published, and the rule by which neuroglot decides it.

A row names the statistic, margin, unit, nulls, gates and variants in words and numbers; the modules
that compute a claim take their numbers from here. Margins were fixed before the first run.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isfinite, nan
from typing import Any

from numpy.typing import ArrayLike

from neuroglot.analyses.verdicts import Decision, Part, decide

Row = dict[str, Any]


@dataclass(frozen=True)
class ClaimRule:
    """One claim.

    minimum: fewest units in all; minimum_each: fewest in each label, for a verdict over labels.
    """

    id: str
    statement: str
    source: str
    published: str
    statistic: str
    margin: float
    decision: str
    unit: str = "repository"
    nulls: tuple[str, ...] = ()
    gates: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()
    minimum: int = 10
    minimum_each: int = 3

    @property
    def rule(self) -> str:
        """The whole rule as one paragraph, as it stands beside a verdict."""
        parts = [
            f"Statistic: {self.statistic}.",
            f"Margin: {self.margin:g}.",
            f"Decision: {self.decision}.",
            f"Resampled unit: {self.unit}, at least {self.minimum}.",
        ]
        for name, words in (
            ("Nulls", self.nulls),
            ("Gates", self.gates),
            ("Variants", self.variants),
        ):
            if words:
                parts.append(f"{name}: {'; '.join(words)}.")
        return " ".join(parts)


PAPER_A = "arXiv 2506.01074"
PAPER_B = "arXiv 2512.19980"
PAPER_C = "arXiv 2502.18499"
PAPER_C2 = "arXiv 2507.00322"
_HOLDS = "holds when the lower bound exceeds the margin, every null is beaten and no variant denies"
_CLOSING = "accuracy of 70% at two counts of missing closers"
_NU_GRID = "half, twice and four times as many neurons per language"

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
        decision=f"{_HOLDS}, and the raw share itself lies above 1/4; a share above chance that "
        "does not exceed 1/4 is more than chance but not concentrated: does not hold",
        nulls=("labels permuted over whole groups of repositories", "the untrained twin"),
        gates=("at least 300 real neurons over all sets", "at least 8 layers"),
        variants=(
            "licence headers kept",
            "code tokens only",
            "positions from 256 on",
            "standardised token classes",
            _NU_GRID,
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
        decision=f"{_HOLDS}; the sign must stay whichever language is left out",
        nulls=("labels permuted over whole groups of repositories",),
        gates=("at least 100 exclusive neurons", "at least 8 layers"),
        variants=("one language left out", "English out of the union", _NU_GRID),
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
        decision=_HOLDS,
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
        decision=f"{_HOLDS}, under mean ablation (primary) and under resample ablation; the margin "
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
        decision=_HOLDS,
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
        decision=f"{_HOLDS}, for English words that are no keywords and for keywords of languages "
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
        decision=_HOLDS,
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
        decision=f"{_HOLDS}, each by itself; the margin of generation is 0.10",
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
        decision=_HOLDS,
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
        decision=_HOLDS,
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
        decision=_HOLDS,
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
        decision=f"{_HOLDS}; the control task and the twin must fall less, and the bottom layers "
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
        decision=f"{_HOLDS}; a band that reaches the embedding or the last layer has no middle: "
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
        id="C-1",
        statement="The model closes parentheses.",
        source=PAPER_C,
        published="CodeLlama-7b closes 99, 100, 98 and 87% of prompts that want one to four "
        "(arXiv 2507.00322), GPT-2 small 100, 100, 49 and 0%.",
        statistic="accuracy over the whole vocabulary that at least two counts of missing closers "
        "reach: that of the second best count",
        margin=0.70,
        decision=_HOLDS,
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
        decision=f"{_HOLDS}; where the lead comes late and its cause early: cannot tell",
        unit="template",
        nulls=("the untrained twin",),
        gates=(_CLOSING, "at least 8 layers"),
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
        decision=_HOLDS,
        unit="template",
        nulls=("another number in the prompt, the count the same",),
        gates=(_CLOSING,),
    ),
    ClaimRule(
        id="C-4",
        statement="Attention matters more than MLPs.",
        source=PAPER_C,
        published="Attention sub-layers of CodeLlama-7b matter more than feed-forward ones.",
        statistic="the attention sub-layers' share, as in C-3, less that of the MLPs",
        margin=0.10,
        decision=f"{_HOLDS}; direct effects alone, since a count can reach the last position "
        "through attention only",
        unit="template",
        nulls=("another number in the prompt, the count the same",),
        gates=(_CLOSING,),
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
        gates=(_CLOSING,),
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
        gates=(_CLOSING, "a head that follows closed calls"),
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
        decision=f"{_HOLDS}, and the upper bound of their share of all is at most 5%",
        unit="template",
        nulls=("missing counts dealt anew inside templates: as many components",),
        gates=(_CLOSING,),
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
        decision=_HOLDS,
        unit="template",
        nulls=(
            "as many random heads of the same layers, at their own best factor",
            "the last heads of the ranking, at their own best factor",
            "a constant added to each closer's logit, chosen on dev",
        ),
        gates=(_CLOSING, "a count that is right in 20 to 90% of the prompts of dev"),
        variants=("less than 0.01 nats per byte of held-out code",),
    ),
)
_BY_ID = {rule.id: rule for rule in RULES}


def claim_rule(claim_id: str) -> ClaimRule:
    """The row of a claim."""
    return _BY_ID[claim_id]


def claim_row(
    rule: ClaimRule,
    *,
    scope: str,
    decision: Decision,
    n: int,
    unit: str,
    p: float | None = None,
    p_holm: float | None = None,
) -> Row:
    """One row of the table `claims`; scope is `overall` or a label."""
    return {
        "id": rule.id,
        "scope": scope,
        "statement": rule.statement,
        "source": rule.source,
        "published": rule.published,
        "value": known(decision.value),
        "margin": rule.margin,
        "verdict": decision.verdict,
        "reason": decision.reason,
        "rule": rule.rule,
        "needed": decision.needed,
        "n": n,
        "unit": unit,
        "low": known(decision.low),
        "high": known(decision.high),
        "p": known(p),
        "p_holm": known(p_holm),
    }


def decided_rows(
    rule: ClaimRule,
    *,
    value: float,
    replicates: ArrayLike,
    parts: Sequence[Part],
    n: int,
    scope: str = "overall",
    p: float | None = None,
    p_holm: float | None = None,
) -> tuple[Row, list[Row]]:
    """The row of `claims` and those of `claim_parts` of one figure, in the units of the rule."""
    decision = decide(
        value=value,
        replicates=replicates,
        margin=rule.margin,
        parts=parts,
        units=n,
        minimum=rule.minimum,
        unit=rule.unit,
    )
    claim = claim_row(rule, scope=scope, decision=decision, n=n, unit=rule.unit, p=p, p_holm=p_holm)
    return claim, part_rows(rule, scope=scope, parts=parts, n=n, unit=rule.unit)


def over_scopes(rule: ClaimRule, claims: Sequence[Row], *, n: int, all_hold: str) -> Row:
    """The overall row of a claim that is decided in several scopes: all, some by name, or none.

    all_hold: what is said where every one holds.
    """
    verdicts = {claim["verdict"] for claim in claims}
    holding = [claim["scope"] for claim in claims if claim["verdict"] == "holds"]
    if len(holding) == len(claims):
        decision = Decision("holds", all_hold, nan, nan, nan)
    elif holding:
        decision = Decision("holds", f"{', '.join(holding)} alone", nan, nan, nan)
    elif verdicts == {"does not hold"}:
        decision = Decision("does not hold", "none of them", nan, nan, nan)
    else:
        decision = Decision("cannot tell", "see each", nan, nan, nan)
    return claim_row(rule, scope="overall", decision=decision, n=n, unit=rule.unit)


def part_rows(
    rule: ClaimRule, *, scope: str, parts: Iterable[Part], n: int, unit: str
) -> list[Row]:
    """Rows of the table `claim_parts`."""
    return [
        {
            "id": rule.id,
            "scope": scope,
            "kind": part.kind,
            "name": part.name,
            "value": known(part.value),
            "bound": known(part.bound),
            "passed": part.passed,
            "n": n,
            "unit": unit,
            "low": known(part.low),
            "high": known(part.high),
            "p": known(part.p),
            "p_holm": known(part.p_holm),
        }
        for part in parts
    ]


def known(value: float | None) -> float | None:
    """A finite number as it is; nan and infinity as None, which a table can hold."""
    return None if value is None or not isfinite(value) else float(value)
