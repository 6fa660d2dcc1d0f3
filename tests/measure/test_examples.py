"""Where units count most, against every token of every text by hand."""

import numpy as np
import pytest
import torch

import neuroglot as ng
from neuroglot.base.units import NeuronSet, Units
from neuroglot.lm.sites import place
from neuroglot.measure import examples
from neuroglot.measure.examples import strongest_examples, telling_examples
from neuroglot.measure.recording import read_for, record
from neuroglot.stats.pls import PLS, PROJECTIONS
from neuroglot.text.document import Document
from neuroglot.text.reading import read

CODE = {
    "python": "def f{i}(x):\n    return x + {i}\n",
    "go": "func f{i}(x int) int {{ return x }}\n",
}


@pytest.fixture(scope="module")
def corpus():
    """Two languages, six texts each of very different lengths."""
    return ng.Corpus.from_documents(
        [
            Document("".join(line.format(i=97 * k + j) for j in range(1 + 3 * k)), language)
            for language, line in CODE.items()
            for k in range(6)
        ],
        deduplicate=False,
    )


def values_by_hand(lm, row, site, layer, index):
    """A unit's value and gradient at each token of one row, by Hugging Face's own loss."""
    where = place(lm.body, site, layer)
    kept = []

    def keep(module, _, output):
        kept.append(output)
        return output.clone()

    handle = where.module.register_forward_hook(keep)
    ids = torch.from_numpy(np.array(row.ids))[None]
    with torch.enable_grad():
        loss = lm.hf(input_ids=ids, labels=ids, use_cache=False).loss
        (gradient,) = torch.autograd.grad(loss, kept)
    handle.remove()
    read = where.view.read
    value, slope = (read(x.detach().contiguous())[0, :, index] for x in (kept[0], gradient))
    return value.numpy(), slope.numpy()


def best_by_hand(reading, label, count, values_of):
    """(row, token, value) of a label's highest values, one for each row, highest first."""
    found = []
    for number, row in enumerate(reading.rows):
        if reading.labels[row.label] == label:
            values = np.where(row.counted, values_of(row), -np.inf)
            found.append((number, int(values.argmax()), float(values.max())))
    found.sort(key=lambda one: -one[2])
    return found[:count]


@pytest.mark.parametrize("name", ["llama", "gpt_neox", "phi3"])
def test_examples_of_units_are_where_activation_times_gradient_is_highest(name, make_lm, corpus):
    lm = make_lm(name)
    reading = read_for(lm, corpus)
    sites = [site for site in PROJECTIONS if site != "gate" or lm.anatomy.gate is not None]
    units = Units.of((site, number % lm.n_layers, 3 + number) for number, site in enumerate(sites))
    found = telling_examples(lm, reading, {"python": units, "go": units})
    assert {key for key, _ in found} == {"python", "go"}
    for (label, (site, layer, index)), own in found.items():

        def product(row, site=site, layer=layer, index=index):
            value, slope = values_by_hand(lm, row, site, layer, index)
            return np.abs(value * slope)

        expected = best_by_hand(reading, label, 3, product)
        assert [one.row for one in own] == [row for row, _, _ in expected]
        assert [one.token for one in own] == [token for _, token, _ in expected]
        assert [one.peak for one in own] == pytest.approx(
            [value for *_, value in expected], rel=1e-3
        )


def test_a_texts_score_is_the_mean_of_its_tokens_values(make_lm, monkeypatch):
    """With all of a text shown around the highest token."""
    monkeypatch.setattr(examples, "BEFORE", 10_000)
    monkeypatch.setattr(examples, "AFTER", 10_000)
    lm = make_lm("llama")
    text = Document("def f(x):\n    return x + 1\n", "python")
    reading = read(
        [text],
        lm.tokenizer,
        labels=["python"],
        tokens_per_language=1_000,
        max_document_tokens=100,
        least_tokens=0,
        least_documents=0,
    )
    pls = record(lm, reading, PLS)[PLS]
    flat = int(pls.widths[: PROJECTIONS.index("up")].sum()) + 5
    found = telling_examples(lm, reading, {"python": Units.of([("up", 1, 5)])})
    ((example,),) = found.values()
    mean = example.values[reading.rows[0].counted].mean()
    assert mean == pytest.approx(float(pls.scores()[0, 1, flat]), rel=1e-4)


def test_examples_of_neurons_are_where_they_fire_most(make_lm, corpus):
    lm = make_lm("llama")
    reading = read_for(lm, corpus)
    neurons = NeuronSet.of([(0, 3), (1, 7), (1, 2)])
    found = strongest_examples(lm, reading, {"go": neurons})
    for (label, (site, layer, index)), own in found.items():

        def fires(row, layer=layer, index=index):
            seen = []
            ids = torch.from_numpy(np.array(row.ids))[None]
            with torch.no_grad(), lm.watch([("neuron", layer, lambda x: seen.append(x.clone()))]):
                lm.backbone(ids)
            return seen[0][0, :, index].float().numpy()

        expected = [one for one in best_by_hand(reading, label, 3, fires) if one[2] > 0]
        assert site == "neuron"
        assert [(one.row, one.token) for one in own] == [one[:2] for one in expected]


def test_examples_stop_after_so_many_tokens(make_lm, corpus):
    lm = make_lm("llama")
    reading = read_for(lm, corpus)
    neurons = NeuronSet.of([(0, index) for index in range(8)])
    found = strongest_examples(lm, reading, {"go": neurons}, tokens=1)
    first = next(n for n, row in enumerate(reading.rows) if reading.labels[row.label] == "go")
    assert {one.row for own in found.values() for one in own} == {first}
