"""Tables of the study `brackets`: prompts, answers, depth, heads, effects, steering.

A count of -1 stands for all counts of a kind, a layer or head of -1 for what has none.
"""

from neuroglot.runs.columns import (
    COMPARED,
    LAYER,
    Column,
    TableSchema,
    count,
    maybe,
    real,
    table,
    text,
)

_PROMPT = text("prompt", "number of the prompt, as p0012")
_TEMPLATE = text("template", "template, or all")
_K = count("k", "missing closers, -1 for all counts")
_CLOSED = count("closed", "calls closed already, -1 for all counts")
_SPLIT = text("split", "train, dev, test, or all")
_COUNTERFACTUAL = text("counterfactual", "what stands against the right closers")
_COMPONENT = text("component", "what writes: embedding, attention, mlp, head, neuron, bias")
_PLACE = (
    count("layer", "block index, -1 where there is none"),
    count("head", "index in its layer, -1 where there is none"),
)


def _score(name: str, unit: str = "share") -> Column:
    return maybe(real(name, unit))


BRACKET_TABLES: tuple[TableSchema, ...] = (
    table(
        "bracket_prompts",
        "prompt",
        _PROMPT,
        _TEMPLATE,
        text("language", "language of the statement"),
        _K,
        _CLOSED,
        count("length", "tokens without BOS"),
        _SPLIT,
        text("text"),
    ),
    table(
        "brackets_accuracy",
        "model_arm template_set template k closed split",
        text("model_arm", "model, untrained, majority, copy"),
        text("template_set", "which prompts"),
        _TEMPLATE,
        _K,
        _CLOSED,
        _SPLIT,
        real("accuracy", "share of prompts, likeliest of the whole vocabulary"),
        maybe(real("accuracy_among_closers", "share of prompts, likeliest of the closers")),
    ),
    table(
        "logit_difference",
        "template k counterfactual layer site",
        _TEMPLATE,
        _K,
        _COUNTERFACTUAL,
        LAYER,
        text("site", "resid_pre, resid_mid, resid_post; own: by the place's own scale"),
        real("value", "logits"),
    ),
    table(
        "attribution",
        "template k counterfactual component layer head neuron position",
        _TEMPLATE,
        _K,
        _COUNTERFACTUAL,
        _COMPONENT,
        *_PLACE,
        count("neuron", "index in its layer, -1 where there is none"),
        text("position", "where it is read: last"),
        real("value", "logits"),
    ),
    table(
        "heads",
        "component layer head",
        text("component", "head, neuron"),
        LAYER,
        count("head", "index of the head or neuron in its layer"),
        text("role", "what it does, several joined by commas, empty for nothing"),
        _score("counting_r", "correlation"),
        _score("tracking"),
        _score("probe"),
        _score("position_probe"),
        count("generality", "counts of missing closers that it gets right in 70% of prompts"),
        *(
            _score(f"{name}_{rule}")
            for rule in ("text", "code")
            for name in ("precision", "recall", "f1")
        ),
        _score("direct_effect", "logits"),
        _score("ablation_effect", "logits"),
        _score("patching_effect", "share of the difference"),
    ),
    table(
        "head_accuracy",
        "component layer head k",
        text("component", "head, neuron"),
        LAYER,
        count("head", "index of the head or neuron in its layer"),
        _K,
        real("accuracy", "share of prompts, among closers, the best of them among the first 100"),
        real("accuracy_ungated", "share of prompts, among closers"),
    ),
    table(
        "attention",
        "prompt layer head position",
        _PROMPT,
        LAYER,
        count("head", "head index"),
        count("position", "token of the prompt, from 0"),
        text("token", "decoded token"),
        real("weight", "share of the last token's attention"),
    ),
    table(
        "attention_roles",
        "layer head role",
        LAYER,
        count("head", "head index"),
        text("role", "what a token is"),
        real("weight", "share of the last token's attention"),
        maybe(real("weight_without_bos", "share of what BOS leaves")),
    ),
    table(
        "patching",
        "component layer head position_role k counterfactual direction",
        text("component", "resid_post, attention, mlp, head"),
        *_PLACE,
        text("position_role", "last, changed, between, all"),
        _K,
        _COUNTERFACTUAL,
        text("direction", "noising, denoising; zero, mean, resample"),
        real("effect", "share of the difference; of zero, mean, resample: logits"),
        maybe(real("approximation", "share of the difference, by gradients")),
    ),
    table(
        "faithfulness",
        "ranking size k",
        text("ranking", "effect, attribution, random"),
        count("size", "heads"),
        _K,
        real("faithfulness", "share of the difference that the heads alone keep"),
        real("completeness", "share of the difference that is left without them"),
    ),
    table(
        "steering",
        "component count alpha choice arm draw split k",
        text("component", "head"),
        count("count", "heads, from the first of the ranking on"),
        real("alpha", "what they are multiplied by"),
        text("choice", "grid, alpha_model, alpha_cell"),
        text("arm", "ranked, random, bottom, bias, none"),
        count("draw", "draw of random heads, from 0"),
        _SPLIT,
        _K,
        real("accuracy", "share of prompts"),
        maybe(real("nll_change", "nats per byte of held-out code")),
        maybe(real("pass_change", "percentage points")),
        tail=COMPARED,
    ),
)
