"""The planted model's weights, set by hand: how evidence for a language reaches its neurons.

Block 0's first head averages the markers read so far; planted neurons compare the averages. Generic
neurons read clocks and the average subject of the words. docs/planted.md tells it in full.
Takes the plan of `base/planted`, gives arrays by tensor name. Knows no torch.
"""

from collections.abc import Iterable
from functools import cache

import numpy as np
from numpy.typing import NDArray

from neuroglot.base import planted_words as words
from neuroglot.base.planted import LAYERS, NEURONS, PLAN, PLANTED_LANGUAGES, Place
from neuroglot.base.seeds import generator
from neuroglot.lm.planted_frequencies import Frequencies, planted_frequencies
from neuroglot.lm.planted_tokenizer import BOS, planted_tokens

Array = NDArray[np.float64]

WIDTH, HEADS, HEAD_WIDTH, ROPE_THETA = 48, 2, 8, 10_000.0

# The residual stream's coordinates. FILL makes all embeddings equally long; START marks `<s>`.
CONSTANT, FILL, START, FREQUENCY = 0, 1, 2, 3
EVIDENCE, CONTEXT, OUTPUT = slice(4, 10), slice(10, 16), slice(16, 22)
CLOCKS, SUBJECT, TOPIC, CONTENT = slice(22, 30), slice(30, 34), slice(34, 38), slice(38, 48)
_CONTENT_WIDTH = 10

SCALE = 8.0
"""Root mean square of every embedding. Constant coordinates make most of it, so RMSNorm divides by
nearly this number in every block and position."""
# What a coordinate reads as behind the norm.
_CONSTANT, _START, _MARK, _WORD = 20.0 / SCALE, 6.0 / SCALE, 2.0 / SCALE, 6.0 / SCALE

_STRENGTH = {"english": 0.4, "javascript": 1.4}
"""Evidence per marker, 1 for the others: about 0.1 per token in each language's own texts."""
_PSEUDO_TOKENS = 10.0
"""The average of evidence counts `<s>` as this many tokens that say nothing."""
_CONTEXT_GAIN = 10.0
_TOPIC_GAIN = 16.0
"""Makes the average subject of a document's words about as large as 1."""
_TOPIC_PART = 1.0
"""How much the topic moves a generic neuron; its clocks move it by 1."""
_GATE_GAIN = 4.0
_CLOCK_SCORES = (11.0, 7.0, 3.0, 0.0)
"""Amplitudes, by rotary frequency in another order per block, of a clock's attention score."""
_CLOCK_HEIGHT = 2.0
_CLOCK_POSITIONS = np.arange(1, 401)
_SHARED_WRITE, _EXCLUSIVE_WRITE = 0.008, 0.024
_FREQUENCY_PART = 0.3
"""Part of the tokens' log frequency that comes from the generic neurons, not from the constant."""
_STEP = 2.0**-16
"""Weights are multiples of this, so that they do not depend on a machine's last bit."""


def planted_weights() -> dict[str, NDArray[np.float32]]:
    """Every tensor of the model by its Hugging Face name, float32."""
    weights = {
        "model.embed_tokens.weight": _embedding(),
        "model.norm.weight": np.ones(WIDTH),
        "lm_head.weight": _head(planted_frequencies()),
    }
    clocks = np.stack([_clock_shares(*_clock(layer)) for layer in range(LAYERS)])
    for layer in range(LAYERS):
        parts = _attention(layer) | _mlp(layer, clocks[: layer + 1])
        parts |= {f"{norm}_layernorm": np.ones(WIDTH) for norm in ("input", "post_attention")}
        weights |= {f"model.layers.{layer}.{part}.weight": part_ for part, part_ in parts.items()}
    return {
        name: (np.round(values / _STEP) * _STEP).astype(np.float32)
        for name, values in weights.items()
    }


def _embedding() -> Array:
    """[token, width]."""
    tokens = planted_tokens()
    rows = np.zeros((len(tokens), WIDTH))
    rows[:, CONSTANT] = SCALE * _CONSTANT
    rows[[token.text == BOS.encode() for token in tokens], START] = SCALE * _START
    rows[:, EVIDENCE] = SCALE * _MARK * _marks() * _strengths()
    rows[:, SUBJECT] = SCALE * _MARK * _subjects()
    rows[:, CONTENT] = SCALE * _WORD * _directions("reading")
    rows[:, FILL] = np.sqrt(WIDTH * SCALE**2 - (rows**2).sum(axis=1))
    return rows


def _head(frequencies: Frequencies) -> Array:
    """[token, width]: log frequency overall, and what it gains in each language.

    A language's OUTPUT reads 1 when all of its neurons write as much as they do in its texts; then
    the logits are the log frequencies of that language.
    """
    rows = np.zeros((len(frequencies.overall), WIDTH))
    rows[:, CONSTANT] = (1 - _FREQUENCY_PART) * frequencies.overall / _CONSTANT
    rows[:, FREQUENCY] = _FREQUENCY_PART * frequencies.overall * SCALE
    rows[:, OUTPUT] = frequencies.gain * SCALE / 2.0
    rows[:, CONTENT] = 0.3 * _directions("writing")
    return rows


@cache
def _directions(purpose: str) -> Array:
    """[token, content]: a drawn unit vector for words and letters, zero for signs and spaces."""
    tokens = planted_tokens()
    drawn = generator(0, "planted", purpose).standard_normal((len(tokens), _CONTENT_WIDTH))
    worded = np.array([token.kind in {"byte", "common", "word", "name"} for token in tokens])
    unit: Array = drawn / np.linalg.norm(drawn, axis=1, keepdims=True) * worded[:, None]
    return unit


@cache
def _marks() -> Array:
    """[token, language]: 1 where the token is a marker of the language."""
    return np.array(
        [
            [float(token.language == name) for name in PLANTED_LANGUAGES]
            for token in planted_tokens()
        ]
    )


def _subjects() -> Array:
    """[token, 4]: +1 or -1 for every form of a word of the texts, balanced over each word class."""
    signs: dict[str, Array] = {}
    source = generator(0, "planted", "subjects")
    for group in (words.NOUNS, words.VERBS, words.ADJECTIVES):
        for column in range(4):
            half = np.resize([1.0, -1.0], len(group))
            for word, sign in zip(group, source.permutation(half), strict=True):
                signs.setdefault(word, np.zeros(4))[column] = sign
    return np.array([signs.get(token.lemma, np.zeros(4)) for token in planted_tokens()])


def _strengths() -> Array:
    return np.array([_STRENGTH.get(name, 1.0) for name in PLANTED_LANGUAGES])


def _attention(layer: int) -> dict[str, Array]:
    """Head 0 averages evidence (block 0) and subjects (0 and 1), head 1 is the block's clock.

    Queries are constant and keys zero but for `<s>`: a score is a sum of cosines of the distance to
    `<s>` there, and zero at every other position.
    """
    shape = (HEADS * HEAD_WIDTH, WIDTH)
    query, key, value = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    output = np.zeros(shape[::-1])
    scores, phases = _clock(layer)
    _set_start_scores(query[8:16], key[8:16], scores, phases)
    value[8, START] = 1 / _START
    output[CLOCKS.start + layer, 8] = _CLOCK_HEIGHT
    slowest = np.array([0, 0, 0, np.log(_PSEUDO_TOKENS)])
    _set_start_scores(query[:8], key[:8], slowest, np.zeros(4))
    if layer == 0:
        value[:6, EVIDENCE] = np.eye(6) / _MARK
        output[CONTEXT, :6] = np.eye(6) * _CONTEXT_GAIN
    if layer in (0, 1):
        for row, column in ((6, 2 * layer), (7, 2 * layer + 1)):
            value[row, SUBJECT.start + column] = 1 / _MARK
            output[TOPIC.start + column, row] = _TOPIC_GAIN
    projections = (("q", query), ("k", key), ("v", value), ("o", output))
    return {f"self_attn.{name}_proj": matrix for name, matrix in projections}


def _set_start_scores(query: Array, key: Array, scores: Array, phases: Array) -> None:
    """One head's score at `<s>`: sum of scores x cos(frequency x distance + phase)."""
    half = HEAD_WIDTH // 2
    size = np.sqrt(HEAD_WIDTH) / _CONSTANT
    query[:half, CONSTANT] = size * scores * np.cos(phases)
    query[half:, CONSTANT] = size * scores * np.sin(phases)
    key[:half, START] = 1 / _START


def _clock(layer: int) -> tuple[Array, Array]:
    """Amplitudes and phases of a block's clock, one per rotary frequency."""
    source = generator(0, "planted", "clock", layer)
    fast = np.array(_CLOCK_SCORES[:2])[[0, 1] if layer % 2 else [1, 0]]
    return np.concatenate([fast, _CLOCK_SCORES[2:]]), source.uniform(0, 2 * np.pi, 4)


def _clock_shares(scores: Array, phases: Array) -> Array:
    """[position]: the share of attention that a clock gives to `<s>`."""
    half = HEAD_WIDTH // 2
    frequencies = ROPE_THETA ** (-np.arange(half) / half)
    waves = np.cos(_CLOCK_POSITIONS[:, None] * frequencies + phases)
    return np.asarray(1 / (1 + _CLOCK_POSITIONS * np.exp(-(waves * scores).sum(axis=1))))


def _mlp(layer: int, clocks: Array) -> dict[str, Array]:
    """The three projections. Up is constant: only gates differ, and what is written."""
    source = generator(0, "planted", "mlp", layer)
    gate, up, down = (np.zeros((NEURONS, WIDTH)) for _ in range(3))
    up[:, CONSTANT] = 1 / _CONSTANT
    down[:, CONTENT] = source.standard_normal((NEURONS, _CONTENT_WIDTH)) * 0.01
    for languages, places in _language_groups():
        for neuron in _here(places, layer):
            gate[neuron] = _language_gate(languages, source)
            down[neuron] = _language_write(languages, source)
    for name, places in PLAN.rare.items():
        for neuron in _here(places, layer):
            gate[neuron] = _rare_gate(name)
    for neuron in _here(PLAN.content, layer):
        gate[neuron] = _content_gate(source)
    generic = _here(PLAN.generic, layer)
    for neuron, quantile in zip(generic, _evenly(len(generic), layer), strict=True):
        gate[neuron], typical = _generic_gate(clocks, quantile, source)
        down[neuron, FREQUENCY] = 1 / (typical * len(PLAN.generic))
    for neuron in _here(PLAN.dead, layer):
        gate[neuron, CONSTANT] = -1 / _CONSTANT
    return {"mlp.gate_proj": gate, "mlp.up_proj": up, "mlp.down_proj": down.T}


def _language_groups() -> list[tuple[tuple[str, ...], tuple[Place, ...]]]:
    """(languages, neurons) of everything that is planted."""
    exclusive = [((name,), places) for name, places in PLAN.exclusive.items()]
    return [*exclusive, *PLAN.shared.items()]


def _here(places: Iterable[Place], layer: int) -> list[int]:
    return [neuron for at, neuron in places if at == layer]


def _is_one_of(languages: tuple[str, ...]) -> Array:
    return np.array([float(name in languages) for name in PLANTED_LANGUAGES])


def _language_gate(languages: tuple[str, ...], source: np.random.Generator) -> Array:
    """Own averages of evidence minus the others', minus a threshold; the word at hand is noise."""
    row = np.zeros(WIDTH)
    row[CONTEXT] = SCALE * (2 * _is_one_of(languages) - 1)
    row[CONSTANT] = -source.uniform(0.15, 0.35) / _CONSTANT
    row[CONTENT] = 0.1 * source.standard_normal(_CONTENT_WIDTH) / _WORD
    return _GATE_GAIN * row


def _language_write(languages: tuple[str, ...], source: np.random.Generator) -> Array:
    """Towards what its languages write, and a little more towards one of their markers."""
    row = np.zeros(WIDTH)
    strength = _EXCLUSIVE_WRITE if len(languages) == 1 else _SHARED_WRITE
    row[OUTPUT] = strength * _is_one_of(languages)
    own = np.flatnonzero(_marks() @ _is_one_of(languages))
    row[CONTENT] = strength * _directions("writing")[source.choice(own)]
    return row


def _rare_gate(language: str) -> Array:
    """Fires at the markers themselves."""
    row = np.zeros(WIDTH)
    row[EVIDENCE] = _is_one_of((language,)) / _MARK
    row[CONSTANT] = -0.5 * _STRENGTH.get(language, 1.0) / _CONSTANT
    return _GATE_GAIN * row


def _content_gate(source: np.random.Generator) -> Array:
    """Fires at the words on one side of a drawn plane."""
    row = np.zeros(WIDTH)
    direction = source.standard_normal(_CONTENT_WIDTH)
    row[CONTENT] = direction / np.linalg.norm(direction) / _WORD
    row[CONSTANT] = -source.uniform(0.3, 0.75) / _CONSTANT
    return _GATE_GAIN * row


def _evenly(count: int, layer: int) -> Array:
    """`count` numbers between 0 and 1 at equal distances, others in every layer."""
    return np.asarray((np.arange(count) + (layer + 0.5) / LAYERS) / count)


def _generic_gate(
    clocks: Array, quantile: float, source: np.random.Generator
) -> tuple[Array, float]:
    """A drawn mixture of clocks and topics, above a threshold; and its mean activation.

    Firing rates go from 0.48 to 0.99 without a gap, so that LAPE's bound falls among these neurons
    at any usual tau, below the planted ones.
    """
    mixture = source.standard_normal(len(clocks))
    mixture /= (mixture @ clocks).std()
    topic = source.standard_normal(4 if len(clocks) > 1 else 2)
    topic *= _TOPIC_PART / np.linalg.norm(topic)
    values = mixture @ clocks + _TOPIC_PART * source.standard_normal(clocks.shape[1])
    rate = np.interp(quantile, [0, 0.9, 1], [0.48, 0.86, 0.99])
    threshold = np.quantile(values, 1 - rate)
    row = np.zeros(WIDTH)
    row[CLOCKS.start : CLOCKS.start + len(clocks)] = mixture * SCALE / _CLOCK_HEIGHT
    row[TOPIC.start : TOPIC.start + len(topic)] = topic * SCALE
    row[CONSTANT] = -threshold / _CONSTANT
    gates = _GATE_GAIN * (values - threshold)
    return _GATE_GAIN * row, float((gates / (1 + np.exp(-gates))).mean())
