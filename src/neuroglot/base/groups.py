"""What statistics are kept per: a label and one bucket of its repositories."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Group:
    """A label x one of at most 32 buckets of whole repositories, and what was read of it.

    Resampling and permuting groups stands for resampling and permuting repositories, so nulls,
    folds and intervals need no second pass of the model.
    """

    label: str
    bucket: int
    repositories: int
    documents: int
