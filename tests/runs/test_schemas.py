import pytest

from neuroglot.runs.columns import TAIL, Column, TableSchema
from neuroglot.runs.schemas import TABLES, arrow_schema

# What readers of the tables rely on, spelt out: a change here is a change for them.
INTERVAL = "n unit low high"
COMPARED = "n unit low high p p_holm"
COLUMNS = {
    "checks": f"name what value bound passed remedy {INTERVAL}",
    "claims": "id scope statement source published value margin verdict reason rule needed "
    + COMPARED,
    "claim_parts": f"id scope kind name value bound passed {COMPARED}",
    "corpus": "language split documents repos bytes tokens bytes_per_token dropped_exact "
    f"dropped_near dropped_other {INTERVAL}",
    "lape": "language layer neuron entropy probability exclusive rank real selection fold nu tau "
    + INTERVAL,
    "layers": "language layer set count candidates permuted_mean permuted_low permuted_high "
    f"untrained {COMPARED}",
    "neuron_rates": f"layer neuron language probability {INTERVAL}",
    "overlap": f"selection a b both jaccard odds_ratio independent self normalised {COMPARED}",
    "stability": "language tau nu tokens_share variant jaccard_halves jaccard_full survives "
    f"entropy_rho last_entropy permuted_last_entropy n_star {COMPARED}",
    "neuron_examples": "language layer neuron rank document path start tokens activations "
    + INTERVAL,
    "ablation": "selection fold ablated evaluated operation arm draw dose tokens bytes documents "
    "nll ppl nll_change ppl_change nll_per_byte_change n unit low high p p_holm",
    "ablation_documents": "selection fold ablated operation arm draw dose document repo language "
    "tokens bytes nll_sum n unit low high",
    "next_line": "ablated evaluated operation arm draw fold value change n unit low high p p_holm",
    "sufficiency": "raised read arm draw keyword_mass change n unit low high p p_holm",
    "pass_at_k": "suite selection ablated evaluated operation arm draw dose k tasks value "
    f"change_points change_relative {COMPARED}",
    "neuron_writes": f"layer neuron rank token_id token weight {INTERVAL}",
    "published_lape": f"language layer neuron rank entropy probability exclusive sound {INTERVAL}",
    "published_ablation": "preset ablated evaluated rows tokens nll ppl nll_change ppl_change "
    f"beyond_matched {INTERVAL}",
    "published_readings": f"id measure published sound verdict {INTERVAL}",
    "parallel": "data a b items problems identical duplicates_a duplicates_b suspicious "
    + INTERVAL,
    "mexa": "pivot language layer pooling centred identical score ceiling score_over_ceiling "
    f"shuffled bag_of_tokens untrained data {INTERVAL}",
    "surface": "data a b score token_overlap identical predicted beyond explained " + COMPARED,
    "lens": "source target item position layer gold_id gold_token gold_probability gold_rank "
    f"entropy top_ids top_tokens top_probabilities {INTERVAL}",
    "lens_prompts": f"source target item position token_id token is_target {INTERVAL}",
    "lens_curves": "source target layer lens category part scheme measure excluded identical side "
    f"value control_value set_size items {INTERVAL}",
    "lens_depths": "source target event category identical layer relative_depth located "
    + INTERVAL,
    "tuned_depths": "source target event category identical layer relative_depth located plain "
    f"agrees {INTERVAL}",
    "contributions": f"language layer part mode value {INTERVAL}",
    "written_units": "language layer part measure teacher generated agreement ceiling " + INTERVAL,
    "bracket_prompts": f"prompt template language k closed length split text {INTERVAL}",
    "brackets_accuracy": "model_arm template_set template k closed split accuracy "
    f"accuracy_among_closers {INTERVAL}",
    "logit_difference": f"template k counterfactual layer site value {INTERVAL}",
    "attribution": "template k counterfactual component layer head neuron position value "
    + INTERVAL,
    "heads": "component layer head role counting_r tracking probe position_probe generality "
    "precision_text recall_text f1_text precision_code recall_code f1_code direct_effect "
    f"ablation_effect patching_effect {INTERVAL}",
    "head_accuracy": f"component layer head k accuracy accuracy_ungated {INTERVAL}",
    "attention": f"prompt layer head position token weight {INTERVAL}",
    "attention_roles": f"layer head role weight weight_without_bos {INTERVAL}",
    "patching": "component layer head position_role k counterfactual direction effect "
    f"approximation {INTERVAL}",
    "faithfulness": f"ranking size k faithfulness completeness {INTERVAL}",
    "steering": "component count alpha choice arm draw split k accuracy nll_change pass_change "
    + COMPARED,
    "pls": "layer projection neuron language score ratio second_language rank selected_by "
    f"reduction {INTERVAL}",
    "pls_tasks": f"task bucket {INTERVAL}",
    "pls_scores": f"layer projection neuron language score {INTERVAL}",
    "pls_examples": "language layer projection neuron rank document path start tokens scores "
    + INTERVAL,
    "pls_writes": f"layer projection neuron rank token_id token weight {INTERVAL}",
    "pls_effects": f"layer projection neuron language score effect {INTERVAL}",
    "concept_layers": "corpus site layer measure kind a b value untrained items " + INTERVAL,
    "clones": "layer vectors language_a language_b split f1 auc average_precision "
    "balanced_accuracy threshold floor data " + INTERVAL,
    "concept_band": "corpus site start end rule layer share " + INTERVAL,
    "probe": f"corpus target layer features accuracy balanced_accuracy macro_f1 {INTERVAL}",
    "planted": f"language layer neuron exclusive {INTERVAL}",
    "finetune": f"arm target evaluated seed step trainable metric value change {INTERVAL}",
    "finetune_items": "arm target evaluated seed step rate trainable item family tokens bytes "
    "nll_sum",
    "summaries": f"arm stage target size seed bleu4 rouge_l chrf {INTERVAL}",
    "summary_items": "arm stage target size seed item family reference text bleu4 rouge_l chrf",
    "summary_trainings": "arm target size seed rate trainable dev",
}

each_table = pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)


def test_tables_and_columns_are_the_agreed_ones_in_order():
    assert {name: " ".join(table.names) for name, table in TABLES.items()} == COLUMNS


@each_table
def test_a_key_names_columns_that_always_have_a_value(table: TableSchema):
    assert table.key
    assert not [name for name in table.key if table.column(name).nullable]


@each_table
def test_columns_are_named_once_and_what_may_be_left_out_may_be_null(table: TableSchema):
    assert len(set(table.names)) == len(table.names)
    assert all(table.column(name).nullable for name in table.names if name in TAIL)


@each_table
def test_arrow_schema_carries_types_nulls_units_and_key(table: TableSchema):
    arrow = arrow_schema(table)
    assert arrow.names == list(table.names)
    for column, field in zip(table.columns, arrow, strict=True):
        assert field.nullable == column.nullable
        assert (field.metadata or {}).get(b"unit", b"").decode() == column.unit
    assert arrow.metadata[b"key"].decode().split() == list(table.key)


@each_table
def test_every_number_says_its_unit(table: TableSchema):
    numbers = [column for column in table.columns if column.dtype in ("int64", "float64")]
    assert all(column.unit for column in numbers)


def test_a_column_is_found_by_name():
    assert TABLES["lape"].column("entropy") == Column("entropy", "float64", "nats")
    with pytest.raises(KeyError):
        TABLES["lape"].column("mood")
