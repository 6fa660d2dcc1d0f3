"""Probes of small models: counts that are those of probes trained by hand, task by task, and
planted streams whose answers are known.
"""

from dataclasses import replace

import numpy as np
import pytest

from neuroglot.analyses.probe import TEST, TRAIN, rounds, trained
from neuroglot.analyses.probe_counts import (
    CONTROL,
    FEATURES,
    HIDDEN,
    MAJORITY,
    TOKEN,
    UNTRAINED,
    UNTRAINED_CONTROL,
    ProbeCounts,
    TargetCounts,
    syntax_of_tasks,
)
from neuroglot.analyses.syntax_claim import lower_layers_claim
from neuroglot.base.errors import CorpusError
from neuroglot.lm.twin import untrained_twin
from neuroglot.measure.token_states import token_states
from neuroglot.studies import probing
from neuroglot.studies.probing import probes
from neuroglot.text.parallel import ParallelCorpus
from neuroglot.text.probed_tokens import TARGETS, placed_tokens, samples

N, TASKS, MOST, SEED = 24, 8, 400, 3
FORMS = {
    "python": "ab = {0} + {1}\nprint(ab)\n",
    "java": "class A {{ int ab = {0} + {1}; }}",
}


def corpus_of(n=N, tasks=TASKS, languages=("python", "java")):
    return ParallelCorpus.from_rows(
        {"id": str(i), "problem": f"p{i % tasks}"}
        | {each: FORMS[each].format(i, "x" * (1 + i % 3)) for each in languages}
        for i in range(n)
    )


@pytest.fixture(scope="module")
def lm(make_lm):
    return make_lm("llama", num_hidden_layers=2)


@pytest.fixture(scope="module")
def seen():
    return []


@pytest.fixture(scope="module")
def found(lm, seen):
    return probes(lm, corpus_of(), most_tokens=MOST, seed=SEED, notice=lambda *at: seen.append(at))


@pytest.fixture(scope="module")
def drawn(lm):
    tokens = placed_tokens(corpus_of(), lm.tokenizer)
    return tokens, samples(tokens, MOST, seed=SEED)[0]


@pytest.mark.parametrize(("target", "feature"), [("ast", HIDDEN), ("language", UNTRAINED)])
def test_counts_are_those_of_probes_trained_by_hand(lm, found, drawn, target, feature):
    tokens, each = drawn
    sample = each[target]
    model = untrained_twin(lm, seed=SEED) if feature == UNTRAINED else lm
    tasks = tokens.task[sample.tokens]
    at = FEATURES.index(feature)
    places = [
        tokens.place[sample.tokens[tokens.text[sample.tokens] == n]]
        for n in range(len(tokens.texts))
    ]
    states = token_states(model, tokens.texts, places)
    for level, stream in enumerate(states):
        right = np.zeros((TASKS, len(sample.names)), np.int64)
        for parts in rounds(tasks, seed=SEED):
            probe = trained(stream, sample.classes, parts, n_classes=len(sample.names))
            for row in np.flatnonzero(parts == TEST):
                own = sample.classes[row]
                right[tasks[row], own] += probe.predicted(stream[row : row + 1])[0] == own
        # Another batch gives other roundings, and one token may change sides.
        assert np.abs(found.targets[target].correct[level, at] - right).sum() <= 1
    rows = np.zeros_like(right)
    np.add.at(rows, (tasks, sample.classes), 1)
    assert np.array_equal(found.targets[target].rows[at], rows)


def test_what_needs_no_stream_is_the_same_at_every_level(found, drawn):
    tokens, each = drawn
    sample = each["ast"]
    tasks, ids = tokens.task[sample.tokens], tokens.id[sample.tokens]
    common = by_id = 0
    for parts in rounds(tasks, seed=SEED):
        train, test = parts == TRAIN, parts == TEST
        most = np.bincount(sample.classes[train]).argmax()
        common += (sample.classes[test] == most).sum()
        for row in np.flatnonzero(test):
            same = sample.classes[train & (ids == ids[row])]
            by_id += sample.classes[row] == (np.bincount(same).argmax() if len(same) else most)
    for name, right in ((MAJORITY, common), (TOKEN, by_id)):
        own = found.targets["ast"].correct[:, FEATURES.index(name)].sum(axis=(1, 2))
        assert own.tolist() == [right] * len(found.levels)


def test_a_random_model_still_reads_its_tokens(found):
    assert found.levels == (-1, 0, 1)
    assert found.features == FEATURES and tuple(found.targets) == TARGETS
    assert found.tasks == tuple(f"p{n}" for n in range(TASKS))
    once = np.ones((1, TASKS))
    embedding = found.accuracy("ast", HIDDEN, once)[0, 0]
    # One token per character: what the embedding tells is what the token tells.
    assert embedding == pytest.approx(found.accuracy("ast", TOKEN, once)[0, 0], abs=0.05)
    assert embedding > found.accuracy("ast", MAJORITY, once)[0, 0] + 0.1
    control = found.targets["ast"].rows[FEATURES.index(CONTROL)]
    assert control.sum() == found.targets["ast"].rows[0].sum()
    assert not np.array_equal(control, found.targets["ast"].rows[0])


def test_progress_is_told_to_its_end(seen):
    last = {name: (done, total) for name, done, total in seen}
    models = ("texts", "untrained twin", "probes of texts", "probes of untrained twin")
    assert set(last) == set(models)
    assert all(done == total for done, total in last.values())


def test_the_same_seed_gives_the_same_counts_and_both_claims_take_them(lm, found):
    again = probes(lm, corpus_of(), most_tokens=MOST, twin=False, seed=SEED)
    assert again.features == FEATURES[:4]
    for target in TARGETS:
        assert np.array_equal(again.targets[target].correct, found.targets[target].correct[:, :4])
    claims, parts = lower_layers_claim(found, resamples=20, seed=0)
    assert claims[0]["verdict"] == "cannot tell" and "8 tasks" in claims[0]["reason"] and parts
    assert syntax_of_tasks(found, found.tasks).shape == (3, TASKS)
    stored = ProbeCounts.from_arrays(found.arrays(), found.metadata())
    assert stored.rows("x", resamples=5, seed=0) == found.rows("x", resamples=5, seed=0)


def test_what_cannot_be_probed_is_refused(lm):
    with pytest.raises(CorpusError, match="languages with a grammar"):
        probes(lm, corpus_of(languages=("python",)))
    with pytest.raises(CorpusError, match="on different tasks: 2"):
        probes(lm, corpus_of(tasks=2), most_tokens=MOST)
    with pytest.raises(CorpusError, match="classes of 'ast'"):
        probes(lm, corpus_of(n=3), most_tokens=MOST)


DEEP, WIDE = 8, 24
BOTTOM = (0, 1)
"""Layers of eight that lie in the bottom quarter."""
FIVE = {
    "python": "a = {0}\nab(b, 'baba')\n# baab\n",
    "java": 'class A {{ int a = {0}; void b() {{ ab(b, "baba"); }} }} // baab\n',
    "go": 'package b\nvar a = {0}\nfunc ab() {{ b("baba") }} // baab\n',
    "javascript": "let a = {0};\nab(b, 'baba'); // baab\n",
    "c": 'int a = {0};\nint ab(int b) {{ return b("baba"); }} // baab\n',
}
"""A letter is a name, a string or a comment: its identity does not tell its kind."""


def planted(codes):
    """What stands for `token_states`: a code of what `codes` takes from a token at BOTTOM, beside
    noise; noise alone at all other levels, and everywhere in an untrained model.
    """
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(1_000, WIDE))

    def states(lm, texts, places, **_):
        tokens = placed_tokens(five(), lm.tokenizer)
        number = {
            key: at
            for at, key in enumerate(zip(tokens.text.tolist(), tokens.place.tolist(), strict=True))
        }
        rows = [
            number[at, place] for at, own in enumerate(places) for place in np.asarray(own).tolist()
        ]
        found = rng.normal(size=(DEEP + 1, len(rows), WIDE))
        if "untrained" not in lm.name:
            for layer in BOTTOM:
                found[layer + 1] += 4 * sum(vectors[each[rows]] for each in codes(tokens))
        return found.astype(np.float32)

    return states


def five():
    return ParallelCorpus.from_rows(
        {"id": str(i), "problem": f"p{i % 12}"} | {k: v.format(i) for k, v in FIVE.items()}
        for i in range(24)
    )


def probed(make_lm, monkeypatch, codes):
    lm = make_lm("llama", num_hidden_layers=DEEP)
    monkeypatch.setattr(probing, "token_states", planted(codes))
    return probes(lm, five(), most_tokens=2 * MOST, seed=0)


def judged(found):
    claims, parts = lower_layers_claim(found, resamples=200, seed=0)
    return {row["scope"]: row for row in claims}, parts


def test_planted_syntax_and_language_are_found_where_they_lie(make_lm, monkeypatch):
    found = probed(make_lm, monkeypatch, lambda own: (own.kind, 500 + own.language))
    once = np.ones((1, 12))
    for target in ("ast", "language"):
        read = found.balanced_accuracy(target, HIDDEN, once)[0]
        others = [found.balanced_accuracy(target, each, once)[0] for each in FEATURES[1:]]
        assert all(read[layer + 1] > 0.9 for layer in BOTTOM)
        # Chance, and a token's identity, wherever nothing was planted.
        assert all(read[level] < 0.4 for level in range(DEEP + 1) if level - 1 not in BOTTOM)
        assert all(other.max() < 0.9 for other in others)
    by_scope, parts = judged(found)
    assert {row["verdict"] for row in by_scope.values()} == {"holds"}, by_scope["overall"]["reason"]
    assert all(part["passed"] for part in parts if part["kind"] != "arm")
    syntax = syntax_of_tasks(found, found.tasks).mean(axis=1)
    assert set(np.argsort(syntax)[-2:] - 1) == set(BOTTOM)

    # The same curves in a model without training: architecture, not learning.
    own = [FEATURES.index(each) for each in (UNTRAINED, UNTRAINED_CONTROL)]
    theirs = [FEATURES.index(each) for each in (HIDDEN, CONTROL)]
    like_the_twin = {}
    for target, counts in found.targets.items():
        rows, said, correct = counts.rows.copy(), counts.said.copy(), counts.correct.copy()
        rows[own], said[:, own], correct[:, own] = (
            rows[theirs],
            said[:, theirs],
            correct[:, theirs],
        )
        like_the_twin[target] = TargetCounts(counts.classes, rows, said, correct)
    by_scope, _ = judged(replace(found, targets=like_the_twin))
    assert {row["verdict"] for row in by_scope.values()} == {"cannot tell"}
    assert "the untrained twin" in by_scope["overall"]["reason"]


def test_what_only_the_token_tells_does_not_hold(make_lm, monkeypatch):
    found = probed(make_lm, monkeypatch, lambda own: (own.id,))
    once = np.ones((1, 12))
    for layer in BOTTOM:
        # The stream says as much as the token's identity does, and labels dealt to tokens as well.
        read, token = (found.accuracy("ast", each, once)[0, layer + 1] for each in (HIDDEN, TOKEN))
        assert read == pytest.approx(token, abs=0.1)
        assert found.accuracy("ast", CONTROL, once)[0, layer + 1] > 0.9
    by_scope, _ = judged(found)
    assert "holds" not in {row["verdict"] for row in by_scope.values()}
