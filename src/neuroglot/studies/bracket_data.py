"""The prompts of the study `brackets` as its steps need them: tokens, arrays, and pairs.

Takes a model's tokenizer and the parameters, gives the same data every time. Pairs are numbers of
two prompts that are equally long.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from neuroglot.analyses.bracket_answers import BracketAsked
from neuroglot.base.digests import json_digest
from neuroglot.base.errors import ConfigError
from neuroglot.base.seeds import generator
from neuroglot.base.tokenizer import Tokenizer
from neuroglot.lm.model import LM
from neuroglot.studies.bracket_parameters import BracketsParameters
from neuroglot.text.bracket_crossing import template_brackets
from neuroglot.text.bracket_pairs import bracket_pairs
from neuroglot.text.bracket_prompts import MOST_CLOSERS, BracketPrompt
from neuroglot.text.bracket_tokens import BracketTokens, bracket_tokens
from neuroglot.text.closers import closers
from neuroglot.text.published_brackets import published_brackets
from neuroglot.text.reference_brackets import reference_brackets

Ints = NDArray[np.int64]
PUBLISHED = "published"


@dataclass(frozen=True, eq=False)
class BracketData:
    """Prompts, and the same with another number, which belong to the null of C-3 alone.

    ids: of the closers, in the order of `asked.counts`. dropped: why prompts were left out -> how
    many.
    """

    tokens: tuple[BracketTokens, ...]
    renumbered: tuple[BracketTokens, ...]
    asked: BracketAsked
    ids: tuple[int, ...]
    dropped: dict[str, int]
    tokenizer: Tokenizer
    parameters: BracketsParameters

    @property
    def rows(self) -> list[Ints]:
        """The ids of each prompt, with BOS."""
        return [each.ids for each in self.tokens]

    def rows_of(self, numbers: Ints) -> list[Ints]:
        """The same of these prompts."""
        return [self.tokens[number].ids for number in numbers.tolist()]

    @property
    def digest(self) -> str:
        """Changes with every text."""
        return json_digest([each.prompt.text for each in (*self.tokens, *self.renumbered)])

    @cached_property
    def count_pairs(self) -> Ints:
        """Pairs with one closer more or less, both ways: int64 [pair, 2], a prompt and its
        counterfactual. `pairs_each` counts of closed calls for each two counts of a template.
        """
        return self._pairs("k", each=self.parameters.pairs_each)

    @cached_property
    def closed_pairs(self) -> Ints:
        """Pairs with as many missing and another count of closed calls: int64 [pair, 2]."""
        return self._pairs("closed", each=2 * self.parameters.pairs_each)

    def changed(self, pairs: Ints) -> list[list[int]]:
        """The tokens in which the two of each pair differ."""
        return [
            np.flatnonzero(self.tokens[one].ids != self.tokens[other].ids).tolist()
            for one, other in pairs.tolist()
        ]

    def _pairs(self, factor: str, *, each: int) -> Ints:
        place = {tokens.prompt: number for number, tokens in enumerate(self.tokens)}
        prompts = [tokens.prompt for tokens in self.tokens]
        found = bracket_pairs(prompts, self.tokenizer, factor=factor)
        groups: dict[tuple[object, ...], dict[object, list[tuple[int, int]]]] = {}
        for pair in found.pairs:
            one, other = pair.prompt, pair.counterfactual
            # A pair and its mirror go together: what mends one breaks the other.
            low = (min(one.k, other.k), min(one.closed, other.closed))
            high = (max(one.k, other.k), max(one.closed, other.closed))
            of = (one.template, one.layout, low[0], high[0])
            groups.setdefault(of, {}).setdefault((low[1], high[1]), []).append(
                (place[one], place[other])
            )
        chosen = []
        draw = generator(self.parameters.seed, "bracket pairs", factor)
        for kinds in groups.values():
            names = list(kinds)
            for at in draw.permutation(len(names))[:each].tolist():
                chosen += kinds[names[at]]
        return np.array(sorted(chosen), dtype=np.int64)

    def number_pairs(self) -> Ints:
        """Pairs of a prompt and the renumbered one of the same counts: int64 [pair, 2]."""
        place = {_unnumbered(tokens.prompt): at for at, tokens in enumerate(self.tokens)}
        return np.array(
            [
                (place[_unnumbered(tokens.prompt)], at)
                for at, tokens in enumerate(self.renumbered)
                if _unnumbered(tokens.prompt) in place
            ],
            dtype=np.int64,
        ).reshape(-1, 2)


def bracket_data(lm: LM, parameters: BracketsParameters) -> BracketData:
    """The prompts for a model. Raises ConfigError where it cannot be asked at all.

    That is: where fewer than two runs of the closer are one token, no template comes to one length,
    or a prompt is longer than the model reads.
    """
    tokenizer = lm.tokenizer
    known = closers(tokenizer, parameters.closer)
    counts = tuple(k for k in sorted(known.ids) if k <= MOST_CLOSERS)
    if len(counts) < 2:
        told = "; ".join(f"{parameters.closer * k}: {why}" for k, why in known.refused.items())
        raise ConfigError(
            f"{len(counts)} of the runs of {parameters.closer!r} is one token of this tokenizer, "
            f"and counting needs two ({told[:160]}): take another --closer or another model"
        )
    prompts, dropped = _written(tokenizer, parameters)
    first: dict[tuple[object, ...], int] = {}
    for prompt in prompts:
        first.setdefault((prompt.template, prompt.layout), prompt.number)
    main = [p for p in prompts if p.number == first[p.template, p.layout]]
    others = [p for p in prompts if p.number != first[p.template, p.layout]]
    tokens = bracket_tokens(main, tokenizer, context=lm.max_positions)
    return BracketData(
        tokens=tokens,
        renumbered=bracket_tokens(
            _one_of_each(others, parameters.seed), tokenizer, context=lm.max_positions
        ),
        asked=_asked(tokens, counts),
        ids=tuple(known.ids[k] for k in counts),
        dropped=dropped,
        tokenizer=tokenizer,
        parameters=parameters,
    )


def published_tokens(lm: LM, data: BracketData) -> tuple[BracketTokens, ...]:
    """The first published test prompts of each count whose closers are one token."""
    most = data.parameters.published_each
    found = published_brackets(split="test")
    chosen: list[BracketPrompt] = []
    for k in data.asked.counts:
        chosen += [prompt for prompt in found if prompt.k == k][:most]
    return bracket_tokens(chosen, data.tokenizer, context=lm.max_positions)


def published_asked(tokens: Sequence[BracketTokens], counts: tuple[int, ...]) -> BracketAsked:
    """The same as arrays."""
    return _asked(tokens, counts)


def closers_seen_last(tokens: Iterable[BracketTokens]) -> list[int]:
    """Of each prompt, how many closers stood together where closers stood last; 0 for none."""
    found = []
    for each in tokens:
        runs = re.findall(f"{re.escape(each.prompt.closer)}+", each.prompt.text)
        found.append(len(runs[-1]) if runs else 0)
    return found


def _written(
    tokenizer: Tokenizer, parameters: BracketsParameters
) -> tuple[tuple[BracketPrompt, ...], dict[str, int]]:
    """All prompts, with two numbers each, and what was left out."""
    if parameters.templates == "reference":
        found = reference_brackets(tokenizer, numbers=2, seed=parameters.seed)
        return found, {}
    written = template_brackets(
        tokenizer,
        closer=parameters.closer,
        layouts=parameters.layouts,
        numbers=2,
        seed=parameters.seed,
    )
    return written.prompts, dict(written.dropped)


def _one_of_each(prompts: Sequence[BracketPrompt], seed: int) -> list[BracketPrompt]:
    """Of each template, layout and missing count the prompt of one count of closed calls."""
    draw = generator(seed, "renumbered prompts")
    groups: dict[tuple[object, ...], list[BracketPrompt]] = {}
    for prompt in prompts:
        groups.setdefault((prompt.template, prompt.layout, prompt.k), []).append(prompt)
    return [own[int(draw.integers(len(own)))] for own in groups.values()]


def _unnumbered(prompt: BracketPrompt) -> tuple[object, ...]:
    return prompt.template, prompt.layout, prompt.k, prompt.closed


def _asked(tokens: Sequence[BracketTokens], counts: tuple[int, ...]) -> BracketAsked:
    names = tuple(dict.fromkeys(each.prompt.template for each in tokens))
    place = {name: number for number, name in enumerate(names)}

    def column(value: Callable[[BracketTokens], int]) -> Ints:
        return np.array([value(each) for each in tokens], dtype=np.int64)

    return BracketAsked(
        templates=names,
        template=column(lambda each: place[each.prompt.template]),
        k=column(lambda each: each.prompt.k),
        closed=column(lambda each: each.prompt.closed),
        length=column(lambda each: len(each.ids)),
        split=np.array([each.prompt.split for each in tokens]),
        counts=counts,
    )
