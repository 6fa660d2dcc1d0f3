"""The tables of a run: names, columns, units and keys.

The contract between those who measure and those who draw: a writer is held to it, a reader may rely
on it. A new table is one row here. Knows no values; pyarrow is loaded when a schema is asked for.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pyarrow as pa

Dtype = Literal[
    "string", "int64", "float64", "bool", "list<string>", "list<int64>", "list<float64>"
]


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `unit` is what its values count or are measured in, empty for plain words."""

    name: str
    dtype: Dtype
    unit: str = ""
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class TableSchema:
    """One table: its columns in order, and the columns that together name a row (no two alike)."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Column names, in order."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """The column of that name; KeyError if there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


def _text(name: str, unit: str = "") -> Column:
    return Column(name, "string", unit)


def _count(name: str, unit: str) -> Column:
    return Column(name, "int64", unit)


def _real(name: str, unit: str) -> Column:
    return Column(name, "float64", unit)


def _flag(name: str) -> Column:
    return Column(name, "bool")


def _maybe(column: Column) -> Column:
    """The same column where a row may have no value: null, never NaN."""
    return replace(column, nullable=True)


INTERVAL = (
    _maybe(_count("n", "units of resampling")),
    _maybe(_text("unit")),
    _maybe(_real("low", "as the value")),
    _maybe(_real("high", "as the value")),
)
"""What every table ends in: how many units of which kind, and the 95% interval of the value."""

COMPARED = (*INTERVAL, _maybe(_real("p", "probability")), _maybe(_real("p_holm", "probability")))
"""The end of a table that holds several comparisons: p, and p after Holm inside its family."""

TAIL = tuple(column.name for column in COMPARED)
"""Columns that a writer may leave out; they are null then."""

_LANGUAGE = _text("language", "label")
_LAYER = _count("layer", "block index, from 0")
_LEVEL = _count("layer", "block index, -1 the embedding")
_NEURON = _count("neuron", "index in its layer, from 0")
_PROJECTION = _text("projection", "q, k, v, o, gate, up, down")
_UNIT = _count("neuron", "output coordinate of the projection, from 0")
_RANK = _count("rank", "place, from 1")
_SELECTION = _text("selection", "rule of selection")
_TAU = _real("tau", "share of all probabilities below the threshold")
_NU = _count("nu", "neurons per language")
_PASSED = _maybe(_flag("passed"))
_FOLD = _count("fold", "fold index, -1 where one split")
_ABLATED = _text("ablated", "label whose set is ablated, none for the clean model")
_IDENTICAL = _text("identical", "pairs that read alike: kept, dropped")
_DIRECTION = (_text("source", "label, or all"), _text("target", "label, or all"))
_VARIATION = (
    _text("operation", "mean, resample, zero, raise, none"),
    _text("arm", "which set"),
    _count("draw", "draw of the set, from 0"),
    _real("dose", "size of the set, in multiples of nu"),
)


def _table(
    name: str, key: str, *columns: Column, tail: tuple[Column, ...] = INTERVAL
) -> TableSchema:
    return TableSchema(name, (*columns, *tail), tuple(key.split()))


_ROWS = (
    _table(
        "checks",
        "name",
        _text("name"),
        _text("what"),
        _maybe(_real("value", "as the check says")),
        _maybe(_real("bound", "as the value")),
        _PASSED,
        _maybe(_text("remedy")),
    ),
    _table(
        "claims",
        "id scope",
        _text("id", "claim id"),
        _text("scope", "label, or overall"),
        _text("statement"),
        _text("source"),
        _maybe(_text("published")),
        _maybe(_real("value", "as the rule says")),
        _maybe(_real("margin", "as the value")),
        _text("verdict", "holds, does not hold, cannot tell"),
        _text("reason"),
        _text("rule"),
        _maybe(_count("needed", "units of resampling")),
        tail=COMPARED,
    ),
    _table(
        "claim_parts",
        "id scope kind name",
        _text("id", "claim id"),
        _text("scope", "label, or overall"),
        _text("kind", "null, gate, variant, arm"),
        _text("name"),
        _maybe(_real("value", "as the part says")),
        _maybe(_real("bound", "as the value")),
        _PASSED,
        tail=COMPARED,
    ),
    _table(
        "corpus",
        "language split",
        _LANGUAGE,
        _text("split", "train, held_out"),
        _count("documents", "documents"),
        _count("repos", "repositories"),
        _count("bytes", "bytes"),
        _count("tokens", "counted tokens"),
        _maybe(_real("bytes_per_token", "bytes per token")),
        _count("dropped_exact", "documents"),
        _count("dropped_near", "documents"),
        _count("dropped_other", "documents"),
    ),
    _table(
        "lape",
        "selection fold nu tau language layer neuron",
        _LANGUAGE,
        _LAYER,
        _NEURON,
        _real("entropy", "nats"),
        _real("probability", "share of tokens"),
        _flag("exclusive"),
        _RANK,
        _flag("real"),
        _SELECTION,
        _FOLD,
        _NU,
        _TAU,
    ),
    _table(
        "layers",
        "language set layer",
        _LANGUAGE,
        _LAYER,
        _text("set", "all, exclusive"),
        _count("count", "neurons"),
        _count("candidates", "neurons"),
        _maybe(_real("permuted_mean", "neurons")),
        _maybe(_real("permuted_low", "neurons")),
        _maybe(_real("permuted_high", "neurons")),
        _maybe(_count("untrained", "neurons")),
        tail=COMPARED,
    ),
    _table(
        "neuron_rates",
        "layer neuron language",
        _LAYER,
        _NEURON,
        _LANGUAGE,
        _real("probability", "share of tokens"),
    ),
    _table(
        "overlap",
        "selection a b",
        _SELECTION,
        _text("a", "label"),
        _text("b", "label"),
        _count("both", "neurons"),
        _maybe(_real("jaccard", "share of the union")),
        _maybe(_real("odds_ratio", "ratio")),
        _maybe(_real("independent", "share of the union")),
        _maybe(_real("self", "share of the union")),
        _maybe(_real("normalised", "0 as independent, 1 as with itself")),
        tail=COMPARED,
    ),
    _table(
        "stability",
        "language tau nu tokens_share variant",
        _LANGUAGE,
        _TAU,
        _NU,
        _real("tokens_share", "share of the tokens"),
        _text("variant", "none, headers, code, late, standardised, without:<label>"),
        _maybe(_real("jaccard_halves", "share of the union")),
        _maybe(_real("jaccard_full", "share of the union")),
        _maybe(_real("survives", "share of the set")),
        _maybe(_real("entropy_rho", "rank correlation")),
        _maybe(_real("last_entropy", "nats")),
        _maybe(_real("permuted_last_entropy", "nats")),
        _maybe(_count("n_star", "neurons")),
        tail=COMPARED,
    ),
    _table(
        "neuron_examples",
        "language layer neuron rank",
        _LANGUAGE,
        _LAYER,
        _NEURON,
        _RANK,
        _text("document", "document id"),
        _maybe(_text("path")),
        _count("start", "character offset"),
        Column("tokens", "list<string>", "decoded tokens"),
        Column("activations", "list<float64>", "activation"),
    ),
    _table(
        "ablation",
        "selection fold ablated evaluated operation arm draw dose",
        _SELECTION,
        _FOLD,
        _ABLATED,
        _text("evaluated", "label"),
        *_VARIATION,
        _count("tokens", "scored tokens"),
        _count("bytes", "bytes of scored tokens"),
        _count("documents", "documents"),
        _real("nll", "nats per token"),
        _real("ppl", "perplexity per token"),
        _maybe(_real("nll_change", "nats per token")),
        _maybe(_real("ppl_change", "perplexity per token")),
        _maybe(_real("nll_per_byte_change", "nats per byte")),
        tail=COMPARED,
    ),
    _table(
        "ablation_documents",
        "selection fold ablated operation arm draw dose document",
        _SELECTION,
        _FOLD,
        _ABLATED,
        *_VARIATION,
        _text("document", "document id"),
        _maybe(_text("repo")),
        _LANGUAGE,
        _count("tokens", "scored tokens"),
        _count("bytes", "bytes of scored tokens"),
        _real("nll_sum", "nats"),
    ),
    _table(
        "next_line",
        "fold ablated evaluated operation arm draw",
        _ABLATED,
        _text("evaluated", "label"),
        _text("operation", "mean, resample, zero, none"),
        _text("arm", "which set"),
        _count("draw", "draw of the set, from 0"),
        _FOLD,
        _real("value", "share of whole lines"),
        _maybe(_real("change", "share of whole lines")),
        tail=COMPARED,
    ),
    _table(
        "sufficiency",
        "raised read arm draw",
        _text("raised", "label whose set is raised"),
        _text("read", "label of the text"),
        _text("arm", "which set"),
        _count("draw", "draw of the set, from 0"),
        _real("keyword_mass", "probability per position"),
        _real("change", "probability per position"),
        tail=COMPARED,
    ),
    # Only where samples of ablated models were run in their tests. low and high are of `value` for
    # the clean model and of `change_points` for all others.
    _table(
        "pass_at_k",
        "suite selection ablated evaluated operation arm draw dose k",
        _text("suite"),
        _SELECTION,
        _ABLATED,
        _text("evaluated", "label"),
        *_VARIATION,
        _count("k", "samples of a task"),
        _count("tasks", "tasks"),
        _real("value", "share of tasks"),
        _maybe(_real("change_points", "percentage points")),
        _maybe(_real("change_relative", "share of the clean model's value")),
        tail=COMPARED,
    ),
    # Only where parallel texts were read: alignment, and the lens over translations.
    _table(
        "parallel",
        "data a b",
        _text("data"),
        _text("a", "label"),
        _text("b", "label"),
        _count("items", "items"),
        _count("problems", "problems"),
        _count("identical", "items"),
        _count("duplicates_a", "items"),
        _count("duplicates_b", "items"),
        _count("suspicious", "items"),
    ),
    _table(
        "mexa",
        "pivot language layer pooling centred identical data",
        _text("pivot", "label"),
        _LANGUAGE,
        _LEVEL,
        _text("pooling", "weighted, last"),
        _flag("centred"),
        _IDENTICAL,
        _maybe(_real("score", "share of items")),
        _maybe(_real("ceiling", "share of items")),
        _maybe(_real("score_over_ceiling", "share of the ceiling")),
        _maybe(_real("shuffled", "share of items")),
        _maybe(_real("bag_of_tokens", "share of items")),
        _maybe(_real("untrained", "share of items")),
        _text("data"),
    ),
    _table(
        "surface",
        "data a b",
        _text("data"),
        _text("a", "label"),
        _text("b", "label"),
        _maybe(_real("score", "share of the ceiling")),
        _real("token_overlap", "share of the union"),
        _real("identical", "share of items"),
        _maybe(_real("predicted", "share of the ceiling")),
        _maybe(_real("beyond", "share of the ceiling")),
        _maybe(_real("explained", "share of the variance")),
        tail=COMPARED,
    ),
    _table(
        "lens",
        "source target item position layer",
        *_DIRECTION,
        _text("item", "item id"),
        _count("position", "token of the prompt, from 0"),
        _LEVEL,
        _count("gold_id", "token id"),
        _text("gold_token"),
        _real("gold_probability", "probability"),
        _count("gold_rank", "place, from 1"),
        _real("entropy", "nats"),
        Column("top_ids", "list<int64>", "token ids"),
        Column("top_tokens", "list<string>", "decoded tokens"),
        Column("top_probabilities", "list<float64>", "probability"),
    ),
    _table(
        "lens_prompts",
        "source target item position",
        *_DIRECTION,
        _text("item", "item id"),
        _count("position", "token of the prompt, from 0"),
        _count("token_id", "token id"),
        _text("token"),
        _flag("is_target"),
    ),
    _table(
        "lens_curves",
        "source target layer lens category part scheme measure excluded identical",
        *_DIRECTION,
        _LEVEL,
        _text("lens", "plain, tuned"),
        _text("category", "a language, english, english only, gold, or a sum of these"),
        _text("part", "keywords, builtins, both"),
        _text("scheme", "multi, fractional, exclusive"),
        _text("measure", "mass, mass10, reciprocal_rank, top1, probability, divergence"),
        _text("excluded", "none, gold, context"),
        _IDENTICAL,
        _maybe(_text("side", "source, target, third")),
        _maybe(_real("value", "as the measure says")),
        _maybe(_real("control_value", "as the measure says")),
        _maybe(_count("set_size", "token ids")),
        _count("items", "items"),
    ),
    _table(
        "lens_depths",
        "source target event category identical",
        *_DIRECTION,
        _text("event", "first, peak, onset, passes"),
        _text("category", "as in lens_curves"),
        _IDENTICAL,
        _maybe(_real("layer", "block index, -1 the embedding")),
        _maybe(_real("relative_depth", "share of the depth")),
        _flag("located"),
    ),
    # Only where the texts of tasks were read, given or written by the model.
    _table(
        "contributions",
        "language layer part mode",
        _LANGUAGE,
        _LAYER,
        _text("part", "attention, mlp"),
        _text("mode", "teacher, generated"),
        _maybe(_real("value", "logit less the mean logit, per token")),
    ),
    _table(
        "written_units",
        "language layer part measure",
        _LANGUAGE,
        _LAYER,
        _text("part", "attention, mlp"),
        _text("measure", "activity (share of tokens), pls (mean of all units is 1)"),
        _maybe(_real("teacher", "as the measure says")),
        _maybe(_real("generated", "as the measure says")),
        _maybe(_real("agreement", "rank correlation, given with written")),
        _maybe(_real("ceiling", "rank correlation, given with given")),
    ),
    # Only where the published procedure was run beside the sound one.
    _table(
        "published_lape",
        "language layer neuron",
        _LANGUAGE,
        _LAYER,
        _NEURON,
        _RANK,
        _real("entropy", "nats"),
        _real("probability", "share of positions"),
        _flag("exclusive"),
        _flag("sound"),
    ),
    _table(
        "published_ablation",
        "preset ablated evaluated",
        _text("preset", "published, release"),
        _ABLATED,
        _text("evaluated", "label"),
        _count("rows", "rows of text"),
        _count("tokens", "scored tokens"),
        _real("nll", "nats per token"),
        _real("ppl", "perplexity per token"),
        _maybe(_real("nll_change", "nats per token")),
        _maybe(_real("ppl_change", "perplexity per token")),
        _maybe(_real("beyond_matched", "nats per token, held at the mean")),
    ),
    _table(
        "published_readings",
        "id",
        _text("id", "claim id"),
        _text("measure"),
        _maybe(_real("published", "as the measure says")),
        _maybe(_real("sound", "as the measure says")),
        _maybe(_text("verdict", "holds, does not hold, cannot tell")),
    ),
    _table(
        "neuron_writes",
        "layer neuron rank",
        _LAYER,
        _NEURON,
        _RANK,
        _count("token_id", "token id"),
        _text("token"),
        _real("weight", "logit per unit of activation"),
    ),
    _table(
        "pls",
        "language layer projection neuron selected_by reduction",
        _LAYER,
        _PROJECTION,
        _UNIT,
        _text("language", "label, or universal"),
        _real("score", "mean of all units of a label is 1"),
        _real("ratio", "best label over second"),
        _text("second_language", "label"),
        _RANK,
        _text("selected_by", "all, language, universal"),
        _text("reduction", "how tokens become one number"),
    ),
    _table(
        "pls_tasks",
        "task",
        _text("task", "problem of the parallel items"),
        _count("bucket", "bucket of tasks, from 0; its parity is the half"),
    ),
    _table(
        "pls_scores",
        "layer projection neuron language",
        _LAYER,
        _PROJECTION,
        _UNIT,
        _LANGUAGE,
        _real("score", "mean of all units of a label is 1"),
    ),
    _table(
        "pls_examples",
        "language layer projection neuron rank",
        _LANGUAGE,
        _LAYER,
        _PROJECTION,
        _UNIT,
        _RANK,
        _text("document", "document id"),
        _maybe(_text("path")),
        _count("start", "character offset"),
        Column("tokens", "list<string>", "decoded tokens"),
        Column("scores", "list<float64>", "nats per token"),
    ),
    _table(
        "pls_writes",
        "layer projection neuron rank",
        _LAYER,
        _PROJECTION,
        _UNIT,
        _RANK,
        _count("token_id", "token id"),
        _text("token"),
        _real("weight", "logit per unit of activation"),
    ),
    _table(
        "pls_effects",
        "language layer projection neuron",
        _LAYER,
        _PROJECTION,
        _UNIT,
        _LANGUAGE,
        _real("score", "nats per token"),
        _real("effect", "nats per token"),
    ),
    _table(
        "concept_layers",
        "corpus site kind measure layer a b",
        _text("corpus", "where the texts come from"),
        _text("site", "resid_post, mlp_out, update"),
        _LEVEL,
        _text("measure", "how alike"),
        _text("kind", "cross (two languages), intra (other names)"),
        _text("a", "label"),
        _text("b", "label"),
        _maybe(_real("value", "as the measure says")),
        _maybe(_real("untrained", "as the measure says")),
        _count("items", "items"),
    ),
    _table(
        "concept_band",
        "corpus site layer",
        _text("corpus", "where the texts come from"),
        _text("site", "resid_post, mlp_out, update"),
        _count("start", "first level of the band"),
        _count("end", "last level of the band"),
        _text("rule", "how the band is chosen"),
        _LEVEL,
        _real("share", "of resamples whose band holds the level"),
    ),
    _table(
        "probe",
        "corpus target features layer",
        _text("corpus", "where the texts come from"),
        _text("target", "ast, parent, language"),
        _LEVEL,
        _text(
            "features",
            "hidden, majority, token_identity, shuffled_labels, untrained, untrained_shuffled",
        ),
        _maybe(_real("accuracy", "share of tokens")),
        _maybe(_real("balanced_accuracy", "mean share of a class; low and high are of this")),
        _maybe(_real("macro_f1", "mean F1 of a class")),
    ),
    # Only in runs of a model whose answer is known: which neurons were put there by hand.
    _table("planted", "language layer neuron", _LANGUAGE, _LAYER, _NEURON, _flag("exclusive")),
)

TABLES: dict[str, TableSchema] = {row.name: row for row in _ROWS}


def arrow_schema(table: TableSchema) -> "pa.Schema":
    """The table as a pyarrow schema; a column's unit and the key stand in its metadata."""
    import pyarrow as pa

    types = {
        "string": pa.string(),
        "int64": pa.int64(),
        "float64": pa.float64(),
        "bool": pa.bool_(),
        "list<string>": pa.list_(pa.string()),
        "list<int64>": pa.list_(pa.int64()),
        "list<float64>": pa.list_(pa.float64()),
    }
    fields = [
        pa.field(
            column.name,
            types[column.dtype],
            nullable=column.nullable,
            metadata={"unit": column.unit} if column.unit else None,
        )
        for column in table.columns
    ]
    return pa.schema(fields, metadata={"table": table.name, "key": " ".join(table.key)})
