"""Bracket prompts in tokens: ids, the closer that is right, wrong ones, and what each token is.

The roles are those whose share of attention is asked for: brackets still open and matched ones,
closers, function names, digits, comment. They are read from the characters by matching brackets.
Takes prompts and a tokenizer as a record; knows no model.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from neuroglot.base.errors import ConfigError
from neuroglot.base.tokenizer import Encoding, Tokenizer
from neuroglot.text.bracket_prompts import MOST_CLOSERS, OPENERS, BracketPrompt
from neuroglot.text.closers import Closers, closers, run_tokens

ROLES = (
    "bos",
    "open_bracket",
    "closing_bracket",
    "matched_bracket",
    "open_name",
    "matched_name",
    "number",
    "digits",
    "comment",
    "line_above",
    "other",
)
"""In the order of their numbers: a token that has several has the first of them.

open_bracket, open_name: a bracket that is still open, and the name or key before it. matched: of
one that is closed already. number: the last operand; digits: other numbers.
"""

ROLE = {name: number for number, name in enumerate(ROLES)}

_NAME = re.compile(r'([A-Za-z_$][\w$]*(?:(?:\.|::)[\w$]+)*)(?:"?: )?$')
_DIGITS = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?!\w)")
_COMMENT_MARKS = ("#", "//", "/*")


@dataclass(frozen=True)
class BracketTokens:
    """A prompt in tokens.

    ids: int64 [token], BOS in front where the tokenizer has one; the closers are predicted at the
    last of them. roles: int8 [token], numbers into ROLES. answer: the id of the right closers.
    wrong: every other count whose closers are one token, up to four -> its id.
    """

    prompt: BracketPrompt
    ids: NDArray[np.int64]
    roles: NDArray[np.int8]
    answer: int
    wrong: Mapping[int, int]

    @property
    def neighbours(self) -> Mapping[int, int]:
        """The counterfactual closers: one less and one more, where they are one token."""
        k = self.prompt.k
        return MappingProxyType({n: id for n, id in self.wrong.items() if abs(n - k) == 1})


def bracket_tokens(
    prompts: Sequence[BracketPrompt], tokenizer: Tokenizer, *, context: int | None = None
) -> tuple[BracketTokens, ...]:
    """The prompts in tokens, each encoded once as a whole.

    context: the most tokens that the model reads, BOS included; None where it is not known. Raises
    ConfigError for closers that are not one token behind their prompt, and for a prompt that leaves
    the context no place for them.
    """
    known = {closer: closers(tokenizer, closer) for closer in {p.closer for p in prompts}}
    return tuple(_tokens(each, tokenizer, known[each.closer], context) for each in prompts)


def _tokens(
    prompt: BracketPrompt, tokenizer: Tokenizer, known: Closers, context: int | None
) -> BracketTokens:
    answer = known.id_of(prompt.k)
    if run_tokens(prompt.text, prompt.target, tokenizer) != [answer]:
        raise ConfigError(
            f"{prompt.target!r} is not the token {answer} behind {prompt.text!r} "
            f"(template {prompt.template}): write the prompts with this tokenizer"
        )
    encoding = tokenizer.encode(prompt.text)
    ids, roles = encoding.ids, token_roles(prompt, encoding)
    if tokenizer.bos is not None:
        ids = np.concatenate([np.array([tokenizer.bos], dtype=np.int64), ids])
        roles = np.concatenate([np.array([ROLE["bos"]], dtype=np.int8), roles])
    if context is not None and len(ids) > context:
        raise ConfigError(
            f"a prompt of template {prompt.template} has {len(ids)} tokens, and the model reads "
            f"{context}: leave the template out"
        )
    wrong = {k: id for k, id in known.ids.items() if k != prompt.k and k <= MOST_CLOSERS}
    return BracketTokens(prompt, ids, roles, answer, MappingProxyType(wrong))


def token_roles(prompt: BracketPrompt, encoding: Encoding) -> NDArray[np.int8]:
    """The role of each token of a prompt's text: int8 [token], numbers into ROLES."""
    roles = character_roles(prompt)
    return np.array(
        [roles[start:end].min(initial=ROLE["other"]) for start, end in encoding.offsets],
        dtype=np.int8,
    )


def character_roles(prompt: BracketPrompt) -> NDArray[np.int8]:
    """The role of each character of a prompt's text: int8 [character], numbers into ROLES."""
    text, start = prompt.text, prompt.statement_start
    roles = np.full(len(text), ROLE["other"], dtype=np.int8)
    is_comment = text.startswith(_COMMENT_MARKS)
    roles[:start] = ROLE["comment" if is_comment else "line_above"]
    for found in _DIGITS.finditer(text, start):
        last = found.end() == len(text)
        roles[found.start() : found.end()] = ROLE["number" if last else "digits"]
    for place, closed_at in matched_brackets(text, start):
        kind = "open" if closed_at is None else "matched"
        roles[place] = ROLE[f"{kind}_bracket"]
        if closed_at is not None:
            roles[closed_at] = ROLE["closing_bracket"]
        name = _NAME.search(text, start, place)
        if name is not None:
            roles[name.start(1) : name.end(1)] = ROLE[f"{kind}_name"]
    return roles


def matched_brackets(text: str, start: int = 0) -> list[tuple[int, int | None]]:
    """Every opening bracket of a text from a place on, and where it is closed; None if it is not.

    Brackets inside strings and comments count: prompts have none. Raises ConfigError for a closer
    that closes nothing, or a bracket of another kind.
    """
    open_places: list[int] = []
    closed: dict[int, int | None] = {}
    for place in range(start, len(text)):
        if text[place] in OPENERS.values():
            open_places.append(place)
            closed[place] = None
        elif text[place] in OPENERS:
            if not open_places or text[open_places[-1]] != OPENERS[text[place]]:
                raise ConfigError(
                    f"{text[place]!r} at character {place} of {text!r} closes nothing"
                )
            closed[open_places.pop()] = place
    return list(closed.items())
