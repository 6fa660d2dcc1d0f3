"""The transfer step on the planted model: what is trained, kept, resumed and refused."""

import json

import pytest

from neuroglot.base.errors import ConfigError, CorpusError, RunError
from neuroglot.lm.loading import load
from neuroglot.programs.summary_pairs import families_of, program_summaries
from neuroglot.runs.directory import open_run
from neuroglot.runs.writing import open_for_writing
from neuroglot.studies import summaries
from neuroglot.studies.language_neurons import described_model
from neuroglot.studies.summaries import STEP, summarise
from neuroglot.studies.summary_arms import arms_of
from neuroglot.studies.summary_parameters import SummaryParameters
from neuroglot.text.summary_pairs import SummaryPair, SummaryPairs, read_summary_pairs
from neuroglot.train.finetuning import finetune
from neuroglot.train.selection import LoRA, choose

pytest.importorskip("peft", reason="needs neuroglot[train]")
pytest.importorskip("sacrebleu", reason="needs neuroglot[text-metrics]")


def lines(languages=("python", "java", "ruby"), each=4):
    """Rows of a file in CodeSearchNet's layout; every repository is in one part."""
    rows = []
    for part, n in (("train", each), ("valid", 2), ("test", 3)):
        for language in languages:
            for number in range(n):
                word = f"{part}{number}"
                rows.append(
                    {
                        "language": language,
                        "code": f"def {word}(x)\n  x + {number} # {language}\nend\n",
                        "docstring": f"Adds {number} to x.\n\nMore of it.",
                        "partition": part,
                        "repo": f"{part}/{number % 2}",
                    }
                )
    return rows


@pytest.fixture
def data(tmp_path):
    file = tmp_path / "pairs.jsonl"
    file.write_text("\n".join(map(json.dumps, lines())))
    return file


@pytest.fixture(scope="module")
def lm():
    return load("planted")


def empty_run(path, lm):
    """A finished run of the study, without a table."""
    with open_for_writing(
        path,
        study="neuron-guided",
        command="",
        parameters={},
        seed=0,
        model=described_model(lm),
        data={"source": "programs", "languages": ["python"], "digest": ""},
        steps=[],
    ) as writer:
        return writer.finish()


@pytest.fixture
def run(tmp_path, lm):
    return empty_run(tmp_path / "run", lm)


def asked(data, **more):
    given = {"band": (1, 2), "sizes": (3,), "seeds": 2, "items": 3, "profile": "quick"}
    return SummaryParameters(data=str(data), examples_per_step=2, **given | more)


def test_every_arm_writes_every_test_item(run, lm, data):
    before = lm.fingerprint
    made = summarise(run, lm=lm, parameters=asked(data))
    items = made.table("summary_items").to_pylist()
    arms = {(row["arm"], row["stage"], row["size"], row["seed"]) for row in items}
    assert arms == {
        ("base", 0, 0, 0),
        *((arm, stage, 3, seed) for arm, stage in TRAINED for seed in (0, 1)),
    }
    assert len(items) == 3 * len(arms)
    assert {row["reference"] for row in items} == {f"Adds {n} to x." for n in range(3)}
    claims = [row for row in made.table("claims").to_pylist() if row["id"] == "B-8"]
    assert [claim["scope"] for claim in claims] == ["overall", "3 examples"]
    assert {claim["verdict"] for claim in claims} == {"cannot tell"}
    trained = made.table("summary_trainings").to_pylist()
    assert {row["arm"] for row in trained} == {arm for arm, _ in TRAINED}
    assert load("planted").fingerprint == before == lm.fingerprint


TRAINED = (("band", 2), ("all", 2), ("single", 1))


def test_the_same_call_again_changes_nothing_and_another_is_refused(run, lm, data):
    made = summarise(run, lm=lm, parameters=asked(data, seeds=1))
    digest = made.table("summary_items").to_pylist()
    again = summarise(open_run(run.path), lm=lm, parameters=asked(data, seeds=1))
    assert again.table("summary_items").to_pylist() == digest
    with pytest.raises(RunError):
        summarise(open_run(run.path), lm=lm, parameters=asked(data, seeds=2))


def test_a_child_run_takes_the_step_with_other_parameters(run, lm, data, tmp_path):
    made = summarise(run, lm=lm, parameters=asked(data, seeds=1))
    before = made.table("summary_items").to_pylist()
    child = summarise(run.path, lm=lm, parameters=asked(data, seeds=2), out=tmp_path / "child")
    assert child.manifest.parents == (str(run.path),)
    assert {row["seed"] for row in child.table("summary_items").to_pylist()} == {0, 1}
    assert open_run(run.path).table("summary_items").to_pylist() == before


def test_a_killed_step_goes_on_to_the_same_texts(run, lm, data, tmp_path, monkeypatch):
    class Killed(BaseException):
        pass

    steps = 0

    def watch(step, done, total, unit, label):
        nonlocal steps
        steps += step == STEP
        if steps == 6:
            raise Killed

    with pytest.raises(Killed):
        summarise(run, lm=lm, parameters=asked(data), watch=watch)
    made = summarise(open_run(run.path), lm=lm, parameters=asked(data))
    whole = summarise(empty_run(tmp_path / "whole", lm), lm=lm, parameters=asked(data))
    for table in ("summary_items", "summary_trainings", "claims"):
        assert made.table(table).to_pylist() == whole.table(table).to_pylist()


def test_all_trainings_are_one_count_that_ends_at_its_total(run, lm, data):
    told = []

    def watch(step, done, total, unit, label):
        told.append((step, done, total, unit))

    more = {"sizes": (2, 3), "rates": (1e-3, 1e-2), "seeds": 2}
    summarise(run, lm=lm, parameters=asked(data, **more), watch=watch)
    ((step, total, unit),) = {(step, total, unit) for step, _, total, unit in told}
    counts = [done for _, done, _, _ in told]
    assert (step, unit) == (STEP, "steps")
    assert counts == sorted(counts)
    # Rates are chosen by two trainings, of which the first seed's is told again as it is kept.
    assert 0.5 * total < counts[-1] <= total


def test_arms_of_a_recipe_train_as_many_numbers(make_lm):
    lm = make_lm("llama")
    layers = lm.body.sizes.layers
    arms = arms_of("sound", layers=layers, band=(0, 0), quick=False)
    counts = {name: choose(lm.body, arm.selection).n_trainable for name, arm in arms.items()}
    assert counts["band"] == counts["low"] == counts["high"] == counts["shuffled"]
    assert 0.5 <= counts["all"] / counts["band"] <= 2
    assert isinstance(arms["band"].selection, LoRA)
    assert arms["band"].selection.layers == (0,)


@pytest.mark.parametrize(
    ("band", "low", "high"),
    [
        ((4, 7), (0, 1, 2, 3), (8, 9, 10, 11)),
        ((8, 10), (0, 1, 2), (5, 6, 7)),
        ((11, 11), (0,), (10,)),
        ((0, 1), (2, 3), (10, 11)),
        # So wide that no others of this width are free of it.
        ((2, 9), (0, 1, 2, 3, 4, 5, 6, 7), (4, 5, 6, 7, 8, 9, 10, 11)),
    ],
)
def test_bands_elsewhere_are_never_the_band_itself(band, low, high):
    arms = arms_of("sound", layers=12, band=band, quick=False)
    assert arms["low"].selection.layers == low
    assert arms["high"].selection.layers == high


def test_the_first_stage_ends_at_its_last_step_and_knows_nothing_of_the_target(
    run, lm, data, monkeypatch
):
    first, second = [], []

    def watched(lm, texts, selection, *, dev, **more):
        stage = second if dev else first
        stage.append(finetune(lm, texts, selection, dev=dev, **more))
        said = {prompt.text for prompt in (*texts, *dev)}
        assert any("# ruby" in text for text in said) == bool(dev)
        return stage[-1]

    monkeypatch.setattr(summaries, "finetune", watched)
    made = summarise(run, lm=lm, parameters=asked(data, seeds=1))
    # The band and all layers have a first stage, the single stage has none.
    assert (len(first), len(second)) == (2, 3)
    trained = (*first, *second)
    assert all(tuned.best is None and tuned.delta.made != tuned.delta.base for tuned in trained)
    dev = {row["arm"]: row["dev"] for row in made.table("summary_trainings").to_pylist()}
    assert dev["band"] != dev["single"]


def test_rates_are_tried_with_few_examples_alone(run, lm, data, monkeypatch):
    monkeypatch.setattr(summaries, "MOST_TRIED", 2)
    more = {"sizes": (2, 3), "rates": (1e-3, 1e-2), "seeds": 1}
    made = summarise(run, lm=lm, parameters=asked(data, **more))
    devs = {arm: {2: {}, 3: {}} for arm, _ in TRAINED}
    for row in made.table("summary_trainings").to_pylist():
        devs[row["arm"]][row["size"]][row["rate"]] = row["dev"]
    for of_size in devs.values():
        assert set(of_size[2]) == {1e-3, 1e-2}
        assert list(of_size[3]) == [min(of_size[2], key=of_size[2].__getitem__)]


def test_functions_that_the_model_has_no_positions_for_are_not_tested(
    run, lm, tmp_path, monkeypatch
):
    rows = lines()
    last = max(number for number, row in enumerate(rows) if row["partition"] == "test")
    rows[last]["code"] = "x = 1\n" * lm.max_positions
    file = tmp_path / "long.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)))
    made = summarise(run, lm=lm, parameters=asked(file, seeds=1))
    (base,) = (row for row in made.table("summaries").to_pylist() if row["arm"] == "base")
    items = [row for row in made.table("summary_items").to_pylist() if row["arm"] == "base"]
    assert len(items) == 2
    assert base["n"] <= 2
    assert "functions not tested, too long for the model's positions: 1" in made.manifest.notes
    monkeypatch.setattr(summaries, "NEW_TOKENS", lm.max_positions)
    with pytest.raises(CorpusError, match="no function to be tested fits into"):
        summarise(run, lm=lm, parameters=asked(file), out=tmp_path / "child")


def test_a_band_as_wide_as_the_model_is_refused():
    with pytest.raises(ConfigError, match="leaves no other layers"):
        arms_of("sound", layers=4, band=(0, 3), quick=True)


def test_a_run_without_a_band_says_so(run, lm, data):
    with pytest.raises(RunError, match="has no concept band"):
        summarise(run, lm=lm, parameters=asked(data, band=None))


def test_generated_parts_share_no_family_and_no_program():
    found = program_summaries(
        target="ruby", sources=["python", "java"], most=12, first=8, dev=5, test=6, seed=3
    )
    parts = found.parts
    assert {name: len(pairs) for name, pairs in parts.items()} == {
        "sources": 8,
        "target": 12,
        "dev": 5,
        "test": 6,
    }
    assert {pair.language for pair in parts["sources"]} == {"python", "java"}
    families = families_of(3)
    for name, part in (("target", "train"), ("dev", "dev"), ("test", "test")):
        assert {pair.family for pair in parts[name]} <= set(families[part])
    assert len({pair.program for pairs in parts.values() for pair in pairs}) == 31


def pair(language, number, family):
    return SummaryPair(language, f"code {number}", "Says it.", family, f"p{number}")


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"dev": ()}, "no pairs for dev"),
        ({"sources": (pair("ruby", 1, "a"),)}, "ruby stands in the first stage"),
        ({"test": (pair("go", 4, "d"),)}, "give one language"),
        ({"test": (pair("ruby", 3, "d"),)}, "share the program"),
        ({"test": (pair("ruby", 9, "b"),)}, "share the family"),
        ({"sources": (pair("python", 4, "a"),)}, "share the program"),
    ],
)
def test_mixed_parts_are_refused(changed, message):
    parts = {
        "sources": (pair("python", 1, "a"),),
        "target": (pair("ruby", 2, "b"),),
        "dev": (pair("ruby", 3, "c"),),
        "test": (pair("ruby", 4, "d"),),
    }
    with pytest.raises(CorpusError, match=message):
        SummaryPairs(**parts | changed, source="these")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "line 3 of x.jsonl is not JSON"),
        ("[]", "line 3 of x.jsonl holds no object"),
        ('{"language": "klingon"}', "no language is called 'klingon'"),
        ('{"language": "ruby", "partition": "later"}', "give partition as one of"),
        ('{"language": "ruby", "partition": "test", "code": " "}', "has no code"),
        ('{"language": "ruby", "partition": "test", "code": "x"}', "has no summary"),
        ('{"language": "ruby", "split": "test", "code": "x", "summary": "s"}', "has no repo"),
    ],
)
def test_a_bad_line_is_named(tmp_path, line, message):
    rows = [json.dumps(row) for row in lines()[:2]]
    file = tmp_path / "x.jsonl"
    file.write_text("\n".join([*rows, line]))
    with pytest.raises(CorpusError, match=message):
        read_summary_pairs(file, target="ruby")


def test_parameters_that_cannot_be_are_refused():
    for wrong in ({"target": "klingon"}, {"seeds": 0}, {"rates": (0.0,)}, {"sizes": ()}):
        with pytest.raises(ConfigError):
            SummaryParameters(**wrong)
