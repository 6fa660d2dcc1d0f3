"""`neuroglot neurons`: the main job, and every bad input that it may be given."""

import json
import os
import shutil
import signal
from pathlib import Path

import pytest
import torch
import transformers
from safetensors.torch import load_file

from neuroglot.base.errors import StorageError
from neuroglot.runs.directory import open_run
from neuroglot.runs.storage import write_bytes

SMALL = ("--profile", "quick", "--tokens-per-language", "2000")


@pytest.fixture
def line(code_folder):
    """A good line, without --out."""
    return ("neurons", "--model", "planted", "--data", code_folder, *SMALL)


@pytest.fixture
def held_run(planted_run, tmp_path):
    """A copy of the run that may be written to."""
    return shutil.copytree(planted_run.path, tmp_path / "held")


def test_results_on_stdout_the_plan_and_progress_on_stderr(neuroglot, line, is_narrow):
    answer = neuroglot(*line, "--out", "out")
    assert answer.status == 0
    assert is_narrow(answer.out)
    for words in ("real", "A-1 Each", "run:    out", "report: out/report.html"):
        assert words in answer.out
        assert words not in answer.err
    for words in ("8 layers x 320 neurons", "at most 8,000 tokens", "record: 4,000 tokens"):
        assert words in answer.err
    run = open_run("out")
    assert run.manifest.command == f"neuroglot {' '.join(map(str, line))} --out out"
    assert run.report_path.exists()
    assert neuroglot(*line, "--out", "out").out == answer.out


def test_json_is_one_document(neuroglot, line):
    found = neuroglot(*line, "--out", "out", "--json").json
    assert found["report"] == "out/report.html"
    assert [row["language"] for row in found["languages"]] == ["go", "python"]
    assert {claim["id"] for claim in found["claims"]} == {"A-1", "A-2", "A-3"}


def test_the_default_folder_is_named_by_the_parameters(neuroglot, line):
    shard = (*line, "--shard", "1/2")
    first = neuroglot(*shard)
    assert "shard 1/2: join all with `neuroglot merge" in first.out
    assert neuroglot(*shard).out == first.out
    assert len(list(Path("runs").iterdir())) == 1


def test_more_neurons_than_pass_the_bound_is_said(neuroglot, line):
    found = neuroglot(*line, "--out", "out", "--nu", "500", "--json").json
    assert [note for note in found["notes"] if "are above the bound, 500 were asked for" in note]


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (("--shard", "5/4"), ("no shard 5/4", "1 <= I <= N")),
        (("--shard", "x"), ("no shard 'x'", "give I/N, as 2/4")),
        (("--tau", "2"), ("tau is 2.0", "between 0 and 1")),
        (("--tau", "x"), ("'--tau'", "number", "neuroglot neurons --help")),
        (("--nu", "0"), ("nu is 0", "at least 1")),
        (("--nu", "99999"), ("nu is 99,999", "8 layers of 320", "give fewer")),
        (("--top", "0"), ("top is 0.0", "above 0")),
        (("--tokens-per-language", "10"), ("tokens_per_language is 10", "1,000")),
        (("--max-document-tokens", "1"), ("max_document_tokens is 1", "at least 2")),
        (("--batch-tokens", "0"), ("batch_tokens is 0", "at least 1")),
        (("--seed", "-1"), ("seed is -1", "at least 0")),
        (("--selection", "best"), ("'--selection'", "'best'", "equal")),
        (("--languages", "klingon"), ("unknown language 'klingon'", "known are c, cpp")),
        (("--languages", ","), ("no language in ','", "python,java")),
        (("--languages", "python,py"), ("'python' stands twice",)),
        (("--languages", "python,rust"), ("no document in Rust", "it holds: python 12")),
        (("--dtype", "int3"), ("unknown dtype 'int3'", "float32")),
        (("--device", "tpu9"), ("no device 'tpu9'",)),
        (("--frobnicate",), ("no such option: --frobnicate", "neuroglot neurons --help")),
    ],
)
def test_a_value_that_cannot_be_used(neuroglot, line, flags, words):
    neuroglot(*line, "--out", "out", *flags).refusal(*words)
    assert not Path("out").exists()


def test_a_flag_that_is_missing(neuroglot):
    neuroglot("neurons", "--data", "planted").refusal("missing option '--model'", "--help")
    neuroglot("neurons", "--model", "planted").refusal("missing option '--data'", "--help")


def test_texts_that_are_not_there(neuroglot, tmp_path):
    line = ("neurons", "--model", "planted", "--out", "out", "--data")
    (tmp_path / "empty").mkdir()
    neuroglot(*line, "nothere").refusal("no file or folder 'nothere'", "give a folder")
    neuroglot(*line, tmp_path / "empty").refusal("empty' is empty", "source files")
    neuroglot(*line, "planted", "--languages", "php").refusal("no PHP in 'planted'", "python")
    neuroglot(*line, "x" * 300).refusal("File name too long", "give another path")
    assert not Path("out").exists()


def test_texts_that_are_none(neuroglot, tmp_path):
    (tmp_path / "binary.py").write_bytes(b"x\0y")
    (tmp_path / "latin.py").write_bytes(b"x = '\xff\xfe'\n")
    line = ("neurons", "--model", "planted", "--out", "out", "--data", tmp_path)
    neuroglot(*line).refusal("no source file to read", "binary 1", "invalid UTF-8 1")
    (tmp_path / "good.go").write_text("package good\n")
    neuroglot(*line, "--languages", "go,python").refusal(
        "no document in Python", "it holds: go 1", "binary 1, invalid UTF-8 1"
    )
    assert not Path("out").exists()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.jsonl", b'{"text": "a", "language": "go"}\n{', ("a.jsonl'", "line 2 is not JSON")),
        ("a.jsonl", b"", ("no document in", "it has no rows")),
        ("a.jsonl", b'{"body": "a", "language": "go"}\n', ("no column text", "body, language")),
        ("a.parquet", b"PAR1 nothing", ("cannot read", "a.parquet")),
        ("a.csv", b"text,language\n", ("is no table", ".jsonl")),
    ],
)
def test_tables_that_cannot_be_read(neuroglot, name, content, words):
    Path(name).write_bytes(content)
    neuroglot("neurons", "--model", "planted", "--data", name, "--out", "out").refusal(*words)
    assert not Path("out").exists()


def test_one_language_with_too_little_text_does_not_block_the_folder(neuroglot, line, code_folder):
    shutil.copytree(code_folder, "code")
    for file in sorted(Path("code").rglob("*.go"))[1:]:
        file.unlink()
    words = [str(word) if word != code_folder else "code" for word in line]
    neuroglot(*words, "--out", "out").refusal(
        "too little text: Go has 1 documents", "1,000 tokens of each", "leave the language out"
    )
    again = neuroglot(*words, "--out", "out", "--languages", "python", "--shard", "1/1")
    assert again.status == 0


def test_names_that_are_no_text_are_written_out(neuroglot, code_folder):
    rows = [
        {"text": file.read_text(), "language": "go", "repo": "r\ud800", "path": f"{n}\udcff"}
        for n, file in enumerate(sorted(code_folder.rglob("*.go")))
    ]
    Path("odd.jsonl").write_text("\n".join(map(json.dumps, rows)))
    line = ("neurons", "--model", "planted", "--data", "odd.jsonl", *SMALL)
    assert neuroglot(*line, "--out", "out").status == 0
    paths = set(open_run("out").table("neuron_examples")["path"].to_pylist())
    assert paths <= {f"{n}\\udcff" for n in range(len(rows))}


class TestModels:
    """Model folders that cannot give a model."""

    @pytest.fixture
    def refused(self, neuroglot, code_folder):
        def run(folder, *words):
            line = ("neurons", "--model", folder, "--data", code_folder, *SMALL, "--out", "out")
            said = neuroglot(*line).refusal(*words)
            assert not Path("out").exists()
            return said

        return run

    def test_missing(self, refused):
        refused("./nothing", "no folder ./nothing", "id on the hub")

    def test_a_name_without_a_network_says_what_is_tried(self, neuroglot):
        answer = neuroglot("neurons", "--model", "someone/model", "--data", "planted")
        answer.refusal("someone/model is no folder here", "could not be had", "network")
        assert "asking the Hugging Face hub for a model of that name" in answer.err

    def test_without_weights(self, refused, good_model):
        (good_model / "model.safetensors").unlink()
        refused(good_model, str(good_model), "no weights", "*.safetensors")

    def test_pickled_only_loads_where_that_is_allowed(
        self, refused, neuroglot, good_model, code_folder
    ):
        torch.save(load_file(good_model / "model.safetensors"), good_model / "pytorch_model.bin")
        (good_model / "model.safetensors").unlink()
        refused(good_model, "pickled weights only (pytorch_model.bin)", "--allow-pickle")
        line = ("neurons", "--model", good_model, "--data", code_folder, *SMALL, "--shard", "1/2")
        assert neuroglot(*line, "--allow-pickle").status == 0

    def test_not_finite(self, refused, good_model, change_weights):
        name = "model.layers.2.self_attn.v_proj.weight"
        change_weights(good_model, lambda tensors: tensors[name].fill_(float("nan")))
        refused(good_model, str(good_model), name, "not finite", "download it again")

    def test_truncated(self, refused, good_model):
        file = good_model / "model.safetensors"
        file.write_bytes(file.read_bytes()[:-100])
        refused(good_model, str(file), "damaged or cut short", "download it again")

    def test_a_tensor_is_missing(self, refused, good_model, change_weights):
        name = "model.layers.1.mlp.down_proj.weight"
        change_weights(good_model, lambda tensors: tensors.pop(name))
        refused(good_model, str(good_model), "lacks 1", name)

    def test_no_tokenizer(self, refused, good_model):
        for file in good_model.glob("*token*"):
            file.unlink()
        refused(good_model, str(good_model), "no tokenizer", "tokenizer.json")

    def test_a_state_space_model(self, refused, save_model):
        config = transformers.MambaConfig(
            vocab_size=101, hidden_size=32, num_hidden_layers=2, state_size=4
        )
        folder = save_model(transformers.MambaForCausalLM(config))
        refused(folder, str(folder), "state-space", "decoder-only transformers")

    def test_an_encoder_and_decoder(self, refused, save_model):
        config = transformers.T5Config(
            vocab_size=101, d_model=32, d_kv=8, d_ff=64, num_layers=2, num_heads=4
        )
        folder = save_model(transformers.T5ForConditionalGeneration(config))
        refused(folder, str(folder), "not a causal language model")

    def test_experts_have_no_fixed_neurons(self, refused, save_model, make_model):
        refused(save_model(make_model("mixtral")), "no site 'neuron'", "4 experts")

    def test_numbers_that_overflow(self, refused, good_model, change_weights):
        name = "model.layers.1.mlp.{}_proj.weight"
        change_weights(
            good_model,
            lambda tensors: [tensors[name.format(part)].mul_(1e30) for part in ("up", "down")],
        )
        refused(good_model, "NaN", "overflow in float32")

    def test_a_model_that_does_not_fit(self, refused, good_model, monkeypatch):
        def to(*_):
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 9 GiB")

        monkeypatch.setattr(transformers.PreTrainedModel, "to", to)
        refused(good_model, "not enough memory", "--dtype bfloat16", "--device")


class TestPlaces:
    """Folders that a run cannot be written to. What is there stays as it is, to the byte."""

    def test_another_run(self, neuroglot, line, held_run, contents):
        before = contents(held_run)
        said = neuroglot(*line, "--tau", "0.9", "--out", held_run).refusal(
            str(held_run), "another run", "tau 0.95 there, 0.9 asked", "--out"
        )
        assert "nu" not in said.split("another run")[1].split(")")[0]
        assert contents(held_run) == before

    def test_other_texts(self, neuroglot, line, held_run, code_folder, contents):
        before = contents(held_run)
        shutil.copytree(code_folder, "code")
        next(Path("code").rglob("*.go")).unlink()
        words = [word if word != code_folder else "code" for word in line]
        neuroglot(*words, "--out", held_run).refusal("another run (data ", "code (", "asked)")
        assert contents(held_run) == before

    def test_a_file(self, neuroglot, line):
        Path("file").write_text("mine")
        neuroglot(*line, "--out", "file").refusal("file is a file", "choose a folder")
        neuroglot(*line, "--out", "file/run").refusal("a part of the path is a file")
        assert Path("file").read_text() == "mine"

    def test_a_folder_of_other_things(self, neuroglot, line, contents):
        Path("thesis").mkdir()
        Path("thesis/thesis.tex").write_text("mine")
        answer = neuroglot(*line, "--out", "thesis")
        answer.refusal("thesis is not empty", "holds no run", "thesis.tex", "--out")
        assert "loading" not in answer.err
        assert contents(Path("thesis")) == {"thesis.tex": b"mine"}

    def test_a_damaged_manifest(self, neuroglot, line, held_run, contents):
        (held_run / "manifest.json").write_text("{")
        before = contents(held_run)
        neuroglot(*line, "--out", held_run).refusal("manifest.json", "damaged", "restore it")
        assert contents(held_run) == before

    def test_a_read_only_disk(self, neuroglot, line, mount):
        disk = mount("size=20m")
        run = disk / "run"
        assert neuroglot(*line, "--shard", "1/2", "--out", run).status == 0
        mount("ro")
        answer = neuroglot(*line, "--out", disk / "new")
        answer.refusal(str(disk / "new"), "read-only", "choose another folder")
        assert "loading" not in answer.err
        assert neuroglot(*line, "--shard", "1/2", "--out", run).status == 0

    def test_a_full_disk_and_the_same_line_when_there_is_space(self, neuroglot, line, mount):
        disk = mount("size=300k")
        words = (*line, "--shard", "1/1", "--out", disk / "run")
        neuroglot(*words).refusal("cannot write", "the disk is full", "start the same line again")
        mount("size=20m")
        assert neuroglot(*words).status == 0

    @pytest.mark.parametrize(
        ("code", "words"), [("ENOSPC", "the disk is full"), ("EROFS", "the disk is read-only")]
    )
    def test_a_disk_that_refuses_any_file_on_the_way(
        self, neuroglot, line, monkeypatch, code, words
    ):
        number = getattr(__import__("errno"), code)

        def refuse(*_):
            raise OSError(number, os.strerror(number))

        with monkeypatch.context() as refusing:
            refusing.setattr(os, "fsync", refuse)
            with pytest.raises(StorageError, match=words):
                write_bytes(Path("probe"), b"")
            neuroglot(*line, "--out", "out").refusal("cannot write out/manifest.json", words)
        assert neuroglot(*line, "--out", "out", "--shard", "1/1").status == 0


def killing(number):
    """Something to stand for a function that is interrupted."""

    def interrupted(*_, **__):
        os.kill(os.getpid(), number)

    return interrupted


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_stopped_before_anything_is_measured(neuroglot, line, monkeypatch, number, status):
    monkeypatch.setattr("neuroglot.cli.neurons.open_data", killing(number))
    before = signal.getsignal(number)
    answer = neuroglot(*line, "--out", "out")
    assert signal.getsignal(number) is before
    assert (answer.status, answer.out) == (status, "")
    assert answer.err.splitlines()[-1] == (
        "neuroglot: stopped; what was measured is kept: the same line goes on from there"
    )
    assert not Path("out").exists()


@pytest.mark.slow
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_stopped_during_a_pass(start, tmp_path, number, status):
    words = ("--model", "planted", "--data", "planted", "--batch-tokens", "512", "--shard", "1/1")
    process = start("neurons", *words, "--out", "out", stdout=None)
    said = ""
    while "record: " not in said:
        said = process.stderr.readline()
        assert said, "the command left before its pass began"
    process.send_signal(number)
    _, err = process.communicate()
    assert process.returncode == status
    assert err.splitlines()[-1].endswith("the same line goes on from there")
    assert "Traceback" not in err
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert [step["state"] for step in manifest["steps"]][:2] == ["done", "started"]
