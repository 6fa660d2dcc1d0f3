"""A group: one label x one bucket of whole repositories, the unit that statistics are kept in.

`text` counts what was read in each group, `stats` keeps one row of counts per group, and nulls,
folds and intervals resample them. Knows no text and no statistic.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Group:
    """One label's share of the repositories that fell into one bucket.

    label: usually a language id. bucket: 0-based, below the number of buckets of the reading.
    repositories, documents: how many of each were read in this group.
    """

    label: str
    bucket: int
    repositories: int
    documents: int
