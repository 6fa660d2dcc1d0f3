"""Edits of the residual stream: a row written over one token's stream, in every family."""

import numpy as np
import pytest
import torch

import neuroglot as ng
from neuroglot.base.errors import SiteError
from neuroglot.base.units import STREAM_SITES


def sites_of(lm):
    return [site for site in STREAM_SITES if site != "resid_mid" or not lm.body.parallel]


def test_a_row_is_written_at_its_position_and_nowhere_else(make_lm, any_family, ids):
    lm = make_lm(any_family)
    row = np.linspace(-1, 1, lm.width)
    for site in sites_of(lm):
        with lm.taps(site, layers=[1]) as clean:
            lm.backbone(ids)
        with lm.edit(ng.set(lm.stream(site, 1), row, positions=[4])), lm.taps(site) as seen:
            lm.backbone(ids)
        written, before = seen[site, 1], clean[site, 1]
        assert torch.allclose(written[:, 4].double(), torch.tensor(row), atol=1e-6)
        assert torch.equal(written[:, :4], before[:, :4])
        assert torch.equal(written[:, 5:], before[:, 5:])


def test_tokens_before_it_do_not_change_and_those_after_it_do(make_lm, any_family, ids):
    lm = make_lm(any_family)
    plain = lm.backbone(ids)
    with lm.edit(ng.set(lm.stream("resid_post", 0), 0.5, positions=[4])):
        edited = lm.backbone(ids)
    assert torch.equal(edited[:, :4], plain[:, :4])
    assert (edited[:, 4:] != plain[:, 4:]).any(dim=2).any(dim=0).all()


def test_cached_generation_is_edited_alike(make_lm, any_family, ids):
    lm = make_lm(any_family)
    at = [5, 11]
    with lm.edit(ng.set(lm.stream("resid_post", 1), 0.25, positions=at)):
        written = lm.hf.generate(
            ids[:1],
            attention_mask=torch.ones_like(ids[:1]),
            max_new_tokens=4,
            do_sample=False,
            output_logits=True,
            return_dict_in_generate=True,
        )
        whole = lm.logits(written.sequences)[0, ids.shape[1] - 1 : -1]
    torch.testing.assert_close(torch.cat(written.logits), whole, rtol=1e-3, atol=1e-3)


def test_coordinates_may_be_scaled_alone(make_lm, ids):
    lm = make_lm("llama")
    some = ng.NeuronSet.of([(1, 3), (1, 8)], "resid_mid")
    with lm.taps("resid_mid", layers=[1]) as clean:
        lm.backbone(ids)
    with lm.edit(ng.scale(some, 2.0)), lm.taps("resid_mid", layers=[1]) as seen:
        lm.backbone(ids)
    factor = torch.ones(lm.width)
    factor[[3, 8]] = 2.0
    assert torch.equal(seen["resid_mid", 1], clean["resid_mid", 1] * factor)


def test_where_there_is_no_stream(make_lm):
    lm = make_lm("llama")
    with pytest.raises(SiteError, match="no stream at 'neuron'"):
        lm.stream("neuron", 0)
    with pytest.raises(SiteError, match="no layer 3"), lm.edit(ng.zero(lm.stream("resid_pre", 3))):
        pass
    parallel = make_lm("gpt_neox")
    units = parallel.stream("resid_mid", 0)
    with pytest.raises(SiteError, match="resid_mid"), parallel.edit(ng.zero(units)):
        pass
