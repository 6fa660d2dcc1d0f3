"""What a step adds to tables that its run already has: claims, and counts of parallel items."""

from collections.abc import Collection, Sequence

from neuroglot.analyses.claims import RULES, Row
from neuroglot.runs.writing import RunWriter
from neuroglot.text.parallel import ParallelCorpus
from neuroglot.text.parallel_inspection import parallel_rows


def replace_claims(
    writer: RunWriter, ids: Collection[str], claims: Sequence[Row], parts: Sequence[Row]
) -> None:
    """Write rows of `claims` and `claim_parts` in place of those that have these ids.

    In the order of the table of rules, whichever step came first.
    """
    place = {rule.id: number for number, rule in enumerate(RULES)}
    for name, rows in (("claims", claims), ("claim_parts", parts)):
        there = writer.run.table(name).to_pylist() if writer.run.has(name) else []
        kept = [row for row in there if row["id"] not in ids]
        writer.write_table(name, sorted([*kept, *rows], key=lambda row: place[row["id"]]))


def add_parallel(writer: RunWriter, corpus: ParallelCorpus) -> None:
    """Write the rows of `parallel` that count a corpus, beside those of others."""
    name = "parallel"
    there = writer.run.table(name).to_pylist() if writer.run.has(name) else []
    others = [row for row in there if row["data"] != corpus.source]
    writer.write_table(name, [*others, *parallel_rows(corpus)])
