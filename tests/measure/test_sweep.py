"""Sweeps: every answer equals a full run of the edited model, one prompt at a time."""

import numpy as np
import pytest
import torch

import neuroglot as ng
from neuroglot.base.errors import ConfigError, SiteError
from neuroglot.lm import arithmetic
from neuroglot.lm.edits import Edit
from neuroglot.lm.hooks import Change, editing

LENGTHS = (9, 6, 9, 6)
FLOAT32, BFLOAT16 = 1e-4, 3e-2
HEADS = [(0, 1), (1, 0), (1, 3), (2, 2)]


@pytest.fixture(scope="module")
def prompts():
    return rows_of(LENGTHS, 0)


@pytest.fixture(scope="module")
def sources():
    return rows_of(LENGTHS, 1)


def rows_of(lengths, seed):
    draw = np.random.default_rng(seed)
    return [draw.integers(3, 100, size=length) for length in lengths]


def heads(*pairs):
    return ng.NeuronSet.of(pairs, "head")


def tokens_of(edit, at, number, length):
    """The tokens at which an edit acts in a prompt."""
    if edit.positions is not None:
        return list(edit.positions)
    if isinstance(at, str):
        return list(range(length)) if at == "all" else [length - 1]
    return list(at[number])


def full_run(lm, ids, edits, tokens, source=None):
    """Logits after a prompt that is run alone, whole, under hooks: float64."""
    changes = []
    for edit, own in zip(edits, tokens, strict=True):
        for layer in sorted(set(edit.units.layers.tolist())):
            site = edit.units.site
            tokens_here = torch.tensor(own, dtype=torch.int64)[:, None]
            at = (0, tokens_here, torch.from_numpy(edit.units.in_layer(layer)))
            if isinstance(edit, Edit):
                new = edit.values
                if new is not None:
                    new = torch.from_numpy(new[edit.units.layers == layer])
                    new = new[:, None] if site == "head" and new.ndim == 1 else new
            else:
                with torch.no_grad(), lm.taps(site, layers=[layer]) as seen:
                    lm.backbone(torch.from_numpy(source)[None])
                new = seen[site, layer][at]

            def change(tensor, edit=edit, at=at, new=new):
                tensor = tensor.clone()
                tensor[at] = tensor[at] * edit.factor if new is None else new.to(tensor)
                return tensor

            if own:
                changes.append(Change(site, layer, change))
    with torch.no_grad(), editing(lm.body, changes):
        return lm.logits(torch.from_numpy(ids)[None])[0, -1].double().numpy()


def assert_equal(lm, prompts, variants, tolerance, *, at="all", sources=None, **options):
    """The sweep against full runs; gives the sweep's answers."""
    found = ng.sweep(lm, prompts, variants, at=at, sources=sources, **options)
    for number, ids in enumerate(prompts):
        source = None if sources is None else sources[number]
        for v, variant in enumerate([(), *variants]):
            edits = variant if isinstance(variant, list | tuple) else [variant]
            tokens = [tokens_of(edit, at, number, len(ids)) for edit in edits]
            wanted = full_run(lm, ids, edits, tokens, source)
            own = found.edited.logits[v - 1, number] if v else found.clean.logits[number]
            assert np.abs(own - wanted).max() <= tolerance * np.abs(wanted).max()
    moved = np.abs(found.edited.logits - found.clean.logits).max(axis=(1, 2))
    assert (moved > 1e-3).all()
    return found


def every_kind(lm):
    """One variant of each kind, in several layers."""
    draw = np.random.default_rng(2)
    table = draw.normal(size=(3, lm.n_heads, lm.body.sizes.head_width))
    row = draw.normal(size=lm.width)
    return [
        *(ng.zero(heads(pair)) for pair in HEADS),
        ng.mean(heads((0, 2), (2, 1)), table),
        ng.patch(heads((1, 1))),
        ng.zero(lm.stream("mlp_out", 1)),
        ng.patch(lm.stream("attn_out", 0)),
        ng.set(lm.stream("resid_post", 1), row),
        ng.patch(lm.stream("resid_pre", 2)),
        [ng.scale(heads((0, 0)), 0.5), ng.patch(lm.stream("mlp_out", 2))],
        *(
            [ng.zero(ng.NeuronSet.of([(0, 3), (2, 5)])), ng.patch(ng.NeuronSet.of([(1, 7)]))]
            if lm.n_neurons
            else []
        ),
    ]


def test_a_sweep_equals_full_runs(make_lm, any_family, prompts, sources):
    lm = make_lm(any_family)
    variants = every_kind(lm)
    for at in ("all", "last"):
        assert_equal(lm, prompts[:2], variants, FLOAT32, at=at, sources=sources[:2])


def test_it_does_in_bfloat16(make_lm, family, prompts, sources, monkeypatch):
    monkeypatch.setattr(arithmetic, "has_bfloat16", lambda: True)
    lm = make_lm(family, torch.bfloat16)
    some = [*every_kind(lm)[::4], ng.patch(heads((0, 1)))]
    for at in ("all", "last"):
        assert_equal(lm, prompts[:2], some, BFLOAT16, at=at, sources=sources[:2])


@pytest.mark.parametrize("family", ["gemma3_text", "falcon"])
def test_given_positions(make_lm, family, prompts, sources):
    """Positions of each prompt, positions of a variant, and prompts where nothing is edited."""
    lm = make_lm(family)
    variants = [*every_kind(lm)[::2], ng.zero(heads((1, 2)), positions=[2, 4])]
    variants.append([ng.patch(heads((2, 0)), positions=[0]), ng.zero(heads((0, 0)))])
    at = [[3], [2, 5], [], [0, 4]]
    found = assert_equal(lm, prompts, variants, FLOAT32, at=at, sources=sources)
    idle = len(variants) - 2
    np.testing.assert_array_equal(
        found.edited.logits[:idle, 2], np.broadcast_to(found.clean.logits[2], (idle, 101))
    )


@pytest.mark.parametrize("at", ["all", "last"])
def test_how_rows_share_batches_changes_nothing(make_lm, prompts, sources, at):
    lm = make_lm("qwen3")
    asked, variants = {"at": at, "sources": sources}, every_kind(lm)[::3]
    found = assert_equal(lm, prompts, variants, FLOAT32, **asked)
    for batch_tokens in (1, 7, 40):
        again = ng.sweep(lm, prompts, variants, **asked, batch_tokens=batch_tokens)
        apart = np.abs(again.edited.logits - found.edited.logits).max()
        assert apart <= FLOAT32 * np.abs(found.edited.logits).max()


def test_patching_everything_gives_the_other_prompt(make_lm, any_family, prompts, sources):
    lm = make_lm(any_family)
    begun = ng.patch(lm.stream("resid_pre", 0))
    added = [ng.patch(lm.stream("mlp_out", layer)) for layer in range(3)]
    mixes = ng.NeuronSet.of(((layer, head) for layer in range(3) for head in range(4)), "head")
    everything = [
        begun,
        ng.patch(lm.stream("resid_post", 1)),
        [begun, *added, *(ng.patch(lm.stream("attn_out", layer)) for layer in range(3))],
        [begun, *added, ng.patch(mixes)],
    ]
    found = ng.sweep(lm, prompts, everything, sources=sources)
    other = ng.sweep(lm, sources, [])
    wanted = other.clean.logits
    assert np.abs(found.edited.logits - wanted).max() <= FLOAT32 * np.abs(wanted).max()
    assert (found.edited.likeliest == other.clean.likeliest).all()


def test_patching_nothing_changes_nothing(make_lm, family, prompts):
    lm = make_lm(family)
    nothing = [ng.patch(heads()), [], ng.zero(heads((0, 0)), positions=[])]
    itself = [ng.patch(heads(*HEADS)), ng.patch(lm.stream("resid_pre", 1))]
    found = ng.sweep(lm, prompts, [*nothing, *itself], sources=prompts, at="last")
    for same in found.edited.logits[: len(nothing)]:
        np.testing.assert_array_equal(same, found.clean.logits)
    for same in found.edited.logits[len(nothing) :]:
        assert np.abs(same - found.clean.logits).max() <= FLOAT32 * np.abs(same).max()


def test_ranks_and_logits_of_the_ids_asked_for(make_lm, prompts):
    lm = make_lm("llama")
    variants = [ng.zero(heads(pair)) for pair in HEADS]
    whole = ng.sweep(lm, prompts, variants)
    assert whole.clean.rank is None
    assert whole.edited.logits.shape == (4, 4, 101)
    assert whole.edited.logits.dtype == np.float32
    targets = np.array([[5, 9], [70, 3], [8, 8], [99, 100]])
    several = ng.sweep(lm, prompts, variants, targets=targets)
    for asked, full in ((several.clean, whole.clean), (several.edited, whole.edited)):
        np.testing.assert_array_equal(asked.likeliest, full.logits.argmax(axis=-1))
        for number, ids in enumerate(targets):
            own = full.logits[..., number, :]
            np.testing.assert_array_equal(asked.logits[..., number, :], own[..., ids])
            above = (own[..., None, :] > own[..., ids, None]).sum(axis=-1)
            np.testing.assert_array_equal(asked.rank[..., number, :], above + 1)
    one = ng.sweep(lm, prompts, variants, targets=targets[:, 0])
    assert one.edited.rank.shape == (4, 4)
    np.testing.assert_array_equal(one.edited.logits, several.edited.logits[..., 0])


def test_texts_are_read_with_bos(make_lm):
    lm = make_lm("llama")
    text = "print(str("
    ids = np.array([lm.tokenizer.bos, *lm.tokenizer.encode(text).ids.tolist()])
    of_text, of_ids = (ng.sweep(lm, [each], [ng.zero(heads((0, 1)))]) for each in (text, ids))
    np.testing.assert_array_equal(of_text.edited.logits, of_ids.edited.logits)


@pytest.mark.parametrize(("at", "tokens"), [("last", 1), ("all", 9)])
def test_only_what_an_edit_can_change_is_run(make_lm, prompts, at, tokens, monkeypatch):
    lm = make_lm("llama")
    seen = []

    def watched(number, forward):
        def run(hidden, *args, **kwargs):
            seen.append((number, tuple(hidden.shape[:2])))
            return forward(hidden, *args, **kwargs)

        return run

    for number, block in enumerate(lm.body.blocks):
        for part in (block.q, block.down):
            monkeypatch.setattr(part, "forward", watched(number, part.forward))
    ng.sweep(lm, prompts[:1], [ng.zero(heads((1, head))) for head in range(4)], at=at)
    clean = [(number, (1, 9)) for number in (0, 0, 1, 1, 2, 2)]
    # Then all four heads at once: the MLP of layer 1, and of the last layer's the last token.
    assert seen == [*clean, (1, (4, tokens)), (2, (4, tokens)), (2, (4, 1))]


def test_no_hook_stays_and_progress_counts_prompts(make_lm, prompts):
    lm, told = make_lm("gemma2"), []
    ng.sweep(lm, prompts, [ng.zero(heads((0, 1)))], on_progress=lambda *done: told.append(done))
    assert told == [(2, 4), (4, 4)]
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in lm.hf.modules())
    assert not any("forward" in module.__dict__ for module in lm.hf.modules())


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"prompts": []}, "no prompts to read"),
        ({"at": "first"}, "at is 'first': give 'all', 'last', or positions for each prompt"),
        ({"at": [[0]]}, "at has 1 entries for 4 prompts"),
        ({"at": [[0], [6], [0], [0]]}, r"prompt 2 has 6 tokens: at names \[6\], give positions"),
        ({"positions": [1, 6]}, "variant 1 acts at token 6, but the shortest prompt has 6"),
        ({"targets": [1, 2]}, r"targets have shape \[2\] for 4 prompts"),
        ({"sources": None}, "a patch needs another prompt: give sources"),
        ({"sources": rows_of((9,), 1)}, "1 sources for 4 prompts"),
        ({"sources": rows_of((9, 6, 9, 5), 1)}, "source 4 has 5 tokens, its prompt 6"),
        ({"batch_tokens": 0}, "batch_tokens is 0: give at least 1"),
    ],
)
def test_what_cannot_be_asked_is_said(make_lm, prompts, sources, changed, said):
    positions = changed.pop("positions", None)
    asked = {"prompts": prompts, "sources": sources, **changed}
    with pytest.raises(ConfigError, match=said):
        ng.sweep(
            make_lm("llama"),
            asked.pop("prompts"),
            [ng.patch(heads((0, 1)), positions=positions)],
            **asked,
        )


@pytest.mark.parametrize(
    ("units", "family", "said"),
    [
        (heads((0, 4)), "llama", "no head 4 in this model: each layer has 4, counted from 0"),
        (heads((3, 0)), "llama", "no layer 3 in this model: layers are 0-2"),
        (ng.NeuronSet.of([(0, 1)]), "mixtral", "experts"),
        (ng.NeuronSet.of([(0, 1)], "resid_mid"), "phi", "no site 'resid_mid'"),
    ],
)
def test_units_that_are_not_there(make_lm, prompts, units, family, said):
    for variant in (ng.zero(units), [ng.patch(units)]):
        with pytest.raises(SiteError, match=said):
            ng.sweep(make_lm(family), prompts, [variant], sources=prompts)
