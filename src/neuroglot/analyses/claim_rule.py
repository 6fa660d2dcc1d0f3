"""A row of the table of claims: what was published, and the rule by which it is decided here."""

from dataclasses import dataclass

HOLDS = "holds when the lower bound exceeds the margin, every null is beaten and no variant denies"


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
