"""The record of a bracket prompt: a text that ends where closing brackets must follow.

Knows no tokenizer. Who writes them: `text/published_brackets.py` (the published data),
`text/bracket_crossing.py` (the templates of the study), `text/reference_brackets.py` (those that
the reference model is judged on).
"""

from dataclasses import dataclass

from neuroglot.base.errors import ConfigError

OPENERS = {")": "(", "]": "[", "}": "{"}
"""Which bracket each closer closes."""

MOST_CLOSERS = 4
"""Prompts want one to four closing brackets."""

SPLIT_NAMES = ("train", "dev", "test")


@dataclass(frozen=True)
class BracketPrompt:
    """A text that ends in a number, behind which k brackets of one kind have to be closed.

    k: how many are missing. closed: how many calls in it are closed already. template: what it was
    made from, the unit to resample. number: the last operand. length: its tokens without BOS, None
    before a tokenizer has read it. closer: the bracket that is missing. comment: whether the line
    above says what the statement does (right), what another one does (wrong), or is absent. names:
    the template's own, or other words in their place. layout: which draw of places and operands.
    """

    text: str
    template: str
    language: str
    k: int
    closed: int
    number: int
    split: str
    length: int | None = None
    closer: str = ")"
    comment: str = "right"
    names: str = "own"
    layout: int = 0

    @property
    def target(self) -> str:
        """The closing brackets, one token where `closers` holds k."""
        return self.closer * self.k

    @property
    def statement_start(self) -> int:
        """Where the unfinished statement begins, in characters: behind the last line break."""
        return self.text.rfind("\n") + 1


def check_split(split: str | None) -> None:
    """Raises ConfigError for a split that there is not; None stands for all of them."""
    if split is not None and split not in SPLIT_NAMES:
        raise ConfigError(f"no split {split!r}: give {', '.join(SPLIT_NAMES)}")


def check_closer(closer: str) -> None:
    """Raises ConfigError for what is no closing bracket."""
    if closer not in OPENERS:
        raise ConfigError(f"{closer!r} is no closing bracket: give {', '.join(OPENERS)}")
