"""Tables of the step `summaries`: what was transferred from language to language."""

from neuroglot.runs.columns import TableSchema, count, real, table, text

_TRAINED = (
    text("arm", "band, all, low, high, single, shuffled, direct, base"),
    count("stage", "stages of training: 0, 1, 2"),
    text("target", "label"),
    count("size", "examples of the target"),
    count("seed", "training, from 0"),
)
_SCORES = (
    real("bleu4", "0 to 100, smoothed as CodeXGLUE does"),
    real("rouge_l", "0 to 100"),
    real("chrf", "0 to 100"),
)

TRANSFER_TABLES: tuple[TableSchema, ...] = (
    # low and high are of rouge_l.
    table("summaries", "arm target size seed", *_TRAINED, *_SCORES),
    table(
        "summary_items",
        "arm target size seed item",
        *_TRAINED,
        text("item", "test item"),
        text("family", "what is resampled: family of programs, repository"),
        text("reference"),
        text("text", "what the model wrote"),
        *_SCORES,
        tail=(),
    ),
    table(
        "summary_trainings",
        "arm target size seed rate",
        *_TRAINED[:1],
        *_TRAINED[2:],
        real("rate", "highest learning rate"),
        count("trainable", "numbers trained"),
        real("dev", "nats per token of dev summaries at the end"),
        tail=(),
    ),
)
