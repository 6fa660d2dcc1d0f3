"""Which runs of closing brackets are one token of a tokenizer, and for the others, why not.

Ids are read from whole statements, `print(str(347))`, never from the bare brackets: a tokenizer may
put a blank in front of those. Takes a tokenizer as a record, gives a report.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from neuroglot.base.errors import ConfigError
from neuroglot.base.tokenizer import Tokenizer
from neuroglot.text.bracket_prompts import check_closer

LONGEST_RUN = 8
"""Runs are looked for up to here."""

ENDINGS = ("\n", ";", ":", ",", ".", ")", "]", "}", " {", " +")
"""What may stand behind the closers of a statement."""

_STATEMENTS = {
    ")": (("print(", "str(", "347"), ("total = scale(", "abs(", "n + 58")),
    "]": (("best = rows[", "order[", "347"), ("print_all[", "index[", "n + 58")),
    "}": (("row := Row{", "Size{", "347"), ('row = {"size": ', '{"limit": ', "58")),
}
"""Of each closer: what opens the first bracket, what opens one more, and the last operand."""


@dataclass(frozen=True)
class Closers:
    """The runs of one closer in one tokenizer.

    ids: how many brackets -> token id, for the runs that are one token behind a number. refused:
    how many -> why that run is none. fused: how many -> the endings that the tokenizer takes into
    the same token, so that the true next token of a longer text is another one (`))` + line break).
    """

    closer: str
    ids: Mapping[int, int]
    refused: Mapping[int, str]
    fused: Mapping[int, tuple[str, ...]]

    def id_of(self, k: int) -> int:
        """The token of k closers. Raises ConfigError where they are not one token."""
        if k not in self.ids:
            raise ConfigError(
                f"{self.closer * k!r} is not one token of this tokenizer: "
                f"{self.refused.get(k, 'it was not looked for')}; the counts that are: "
                f"{', '.join(map(str, self.ids)) or 'none'}"
            )
        return self.ids[k]

    def __str__(self) -> str:
        """One line for each count: its id and what it joins, or why it has none."""
        return "\n".join(
            f"{self.closer * k}  "
            + (f"{self.ids[k]}{self._joined(k)}" if k in self.ids else self.refused[k])
            for k in sorted((*self.ids, *self.refused))
        )

    def _joined(self, k: int) -> str:
        endings = self.fused.get(k, ())
        return f", joins {' '.join(map(repr, endings))}" if endings else ""


def closers(tokenizer: Tokenizer, closer: str = ")") -> Closers:
    """The runs of 1 to LONGEST_RUN closers that are one token behind a number, with their ids.

    A run counts where every statement tried gives the same single token for it and keeps the tokens
    before it. Raises ConfigError for what is no closing bracket; a tokenizer that has none of the
    runs is no error here.
    """
    check_closer(closer)
    ids: dict[int, int] = {}
    refused: dict[int, str] = {}
    fused: dict[int, tuple[str, ...]] = {}
    for k in range(1, LONGEST_RUN + 1):
        found = _single(tokenizer, closer, k)
        if isinstance(found, str):
            refused[k] = found
            continue
        ids[k] = found
        joined = [e for e in ENDINGS if e != closer and _fuses(tokenizer, closer, k, found, e)]
        if joined:
            fused[k] = tuple(joined)
    return Closers(
        closer, MappingProxyType(ids), MappingProxyType(refused), MappingProxyType(fused)
    )


def run_tokens(text: str, run: str, tokenizer: Tokenizer) -> list[int] | None:
    """The tokens of a run of closers behind a text; None where they change the text's own."""
    before = tokenizer.encode(text).ids
    whole = tokenizer.encode(text + run).ids
    kept = np.array_equal(whole[: len(before)], before)
    return [int(id) for id in whole[len(before) :]] if kept else None


def _statements(closer: str, k: int) -> list[str]:
    return [outer + inner * (k - 1) + last for outer, inner, last in _STATEMENTS[closer]]


def _single(tokenizer: Tokenizer, closer: str, k: int) -> int | str:
    """The id of k closers, or why there is none."""
    seen: dict[int, str] = {}
    for statement in _statements(closer, k):
        tokens = run_tokens(statement, closer * k, tokenizer)
        if not tokens:
            return f"it joins the tokens before it in {statement + closer * k!r}"
        if len(tokens) > 1:
            pieces = " + ".join(repr(tokenizer.token_text(id)) for id in tokens)
            return f"it is {len(tokens)} tokens in {statement + closer * k!r}: {pieces}"
        seen[tokens[0]] = statement
    if len(seen) > 1:
        return f"it is different tokens behind {' and '.join(map(repr, seen.values()))}"
    return next(iter(seen))


def _fuses(tokenizer: Tokenizer, closer: str, k: int, id: int, ending: str) -> bool:
    """Whether the token of k closers is another one when the ending follows."""
    statement = _statements(closer, k)[0]
    tokens = run_tokens(statement, closer * k + ending, tokenizer)
    return not tokens or tokens[0] != id
