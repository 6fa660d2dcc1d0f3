"""The table of claims: complete, and the rule of a claim readable by itself."""

import pytest

from neuroglot.analyses.claims import RULES, claim_row, claim_rule, known, part_rows
from neuroglot.analyses.verdicts import Decision, arm, missing
from neuroglot.runs.schemas import TABLES


def test_ids_name_one_rule_each():
    paper_a = "A-1 A-2 A-3 A-4a A-4b A-5 A-6 A-7 A-8 O-1 O-2 O-3"
    paper_b = "B-1 B-2 B-3 B-4 B-5a B-5b"
    paper_c = [f"C-{number}" for number in range(1, 9)]
    assert [rule.id for rule in RULES] == [*paper_a.split(), *paper_b.split(), *paper_c]
    assert claim_rule("A-2").margin == 0.10


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_says_statistic_margin_nulls_gates_and_unit(rule):
    for words in (rule.statistic, f"Margin: {rule.margin:g}", rule.decision, rule.unit):
        assert words in rule.rule
    for words in (*rule.nulls, *rule.gates, *rule.variants):
        assert words in rule.rule
    assert rule.nulls
    assert rule.gates
    assert rule.statement.endswith(".")


def test_rows_have_the_columns_of_their_tables():
    rule = claim_rule("A-3")
    row = claim_row(
        rule,
        scope="overall",
        decision=Decision("cannot tell", "why", float("nan"), float("-inf"), 1.0),
        n=3,
        unit="repository",
    )
    assert set(row) == set(TABLES["claims"].names)
    assert (row["value"], row["low"], row["high"]) == (None, None, 1.0)
    parts = [arm("share", 0.2), missing("null", "twin", "not run")]
    rows = part_rows(rule, scope="overall", parts=parts, n=3, unit="repository")
    assert all(set(one) == set(TABLES["claim_parts"].names) for one in rows)
    assert [one["passed"] for one in rows] == [None, None]


def test_only_finite_numbers_are_known():
    assert [known(x) for x in (1, float("nan"), float("inf"), None)] == [1.0, None, None, None]
