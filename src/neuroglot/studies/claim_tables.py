"""What a step adds to tables that its run already has: claims, and counts of parallel items."""

from collections.abc import Collection, Sequence

from neuroglot.analyses.claims import Row
from neuroglot.runs.writing import RunWriter
from neuroglot.text.parallel import ParallelCorpus
from neuroglot.text.parallel_inspection import parallel_rows


def replace_claims(
    writer: RunWriter, ids: Collection[str], claims: Sequence[Row], parts: Sequence[Row]
) -> None:
    """Write rows of `claims` and `claim_parts` in place of those that have these ids."""
    for name, rows in (("claims", claims), ("claim_parts", parts)):
        there = writer.run.table(name).to_pylist() if writer.run.has(name) else []
        writer.write_table(name, [*(row for row in there if row["id"] not in ids), *rows])


def add_parallel(writer: RunWriter, corpus: ParallelCorpus) -> None:
    """Write the rows of `parallel` that count a corpus, beside those of others."""
    name = "parallel"
    there = writer.run.table(name).to_pylist() if writer.run.has(name) else []
    others = [row for row in there if row["data"] != corpus.source]
    writer.write_table(name, [*others, *parallel_rows(corpus)])
