"""Loading: what is good loads as it is; what is bad is one clear line and leaves nothing behind."""

import json
import logging
import shutil

import pytest
import torch
import transformers
from safetensors.torch import load_file, save_file

from neuroglot.base.errors import AnatomyError, ConfigError, ModelError, WeightsError
from neuroglot.lm import bundled
from neuroglot.lm.loading import load, wrap


@pytest.fixture
def folder(tmp_path, make_model, tiny_tokenizer):
    """A saved Llama with its tokenizer."""
    path = tmp_path / "tiny-llama"
    make_model("llama", torch.bfloat16).save_pretrained(path)
    tiny_tokenizer.save_pretrained(path)
    return path


def edit_weights(folder, change):
    """Rewrite the folder's tensors through `change(tensors)`."""
    file = folder / "model.safetensors"
    tensors = load_file(file)
    change(tensors)
    save_file(tensors, file, metadata={"format": "pt"})


def refused(kind, words, *given, **options):
    """The message of the error that loading ends with: one line that says `words`."""
    with pytest.raises(kind, match=words) as raised:
        load(*given, **options)
    assert "\n" not in str(raised.value)
    assert len(str(raised.value)) < 500
    return str(raised.value)


def test_a_folder_loads_as_it_was_saved(folder, make_model, ids):
    lm = load(folder)
    original = make_model("llama", torch.bfloat16)
    assert (lm.name, lm.source, lm.revision) == ("tiny-llama", str(folder), None)
    assert lm.dtype is torch.bfloat16
    assert lm.attention == "sdpa"
    assert not lm.hf.training
    assert torch.equal(lm.logits(ids), original(ids, use_cache=False).logits)
    assert lm.tokenizer.encode("ab").ids.tolist() == [ord("a") - 27, ord("b") - 27]


def test_loaded_and_wrapped_are_the_same_model(folder, make_model, tiny_tokenizer):
    wrapped = wrap(make_model("llama", torch.bfloat16), tiny_tokenizer)
    assert load(folder).fingerprint == wrapped.fingerprint


@pytest.mark.parametrize("family", ["gemma2", "codegen", "mixtral", "gpt2", "falcon"])
def test_other_families_load_from_disk(family, tmp_path, make_model, tiny_tokenizer, ids):
    model = make_model(family)
    model.save_pretrained(tmp_path)
    tiny_tokenizer.save_pretrained(tmp_path)
    lm = load(tmp_path)
    assert torch.equal(lm.logits(ids), model(ids, use_cache=False).logits)
    assert lm.attention == ("eager" if family in ("gemma2", "codegen") else "sdpa")


def test_sharded_weights_load(tmp_path, make_model, tiny_tokenizer, ids):
    model = make_model("llama")
    model.save_pretrained(tmp_path, max_shard_size="20KB")
    tiny_tokenizer.save_pretrained(tmp_path)
    assert (tmp_path / "model.safetensors.index.json").exists()
    assert torch.equal(load(tmp_path).logits(ids), model(ids, use_cache=False).logits)
    shards = sorted(tmp_path.glob("model-*.safetensors"))
    shards[1].unlink()
    refused(WeightsError, f"lacks 1 of {len(shards)} weight files", tmp_path)


@pytest.mark.parametrize("dtype", ["float32", torch.float32])
def test_dtype_and_attention_can_be_chosen(folder, dtype):
    lm = load(folder, dtype=dtype, attn_implementation="eager", device="cpu")
    assert lm.dtype is torch.float32
    assert lm.attention == "eager"


def test_the_planted_model_loads(ids):
    lm = load("planted")
    assert (lm.name, lm.source) == ("planted", "planted")
    assert all(check.passed for check in lm.checks)
    assert load("planted", dtype="bfloat16", attn_implementation="eager").attention == "eager"


def test_a_package_without_the_reference_model_says_so(monkeypatch, tmp_path):
    monkeypatch.setattr(bundled, "FOLDER", tmp_path)
    refused(ModelError, "without the reference model: use 'planted'", "reference")


def test_the_reference_model_is_its_folder_under_its_own_name(monkeypatch, folder):
    monkeypatch.setattr(bundled, "FOLDER", folder)
    lm = load("reference")
    assert (lm.name, lm.source) == ("reference", "reference")
    assert lm.fingerprint == load(folder).fingerprint


def test_loading_says_nothing_and_leaves_the_log_as_it_was(folder, capfd, recwarn):
    logger = logging.getLogger("transformers")
    level, bars = logger.level, transformers.utils.logging.is_progress_bar_enabled()
    edit_weights(folder, lambda tensors: tensors.update(surplus=torch.zeros(3)))
    load(folder)
    captured = capfd.readouterr()
    assert captured.out + captured.err == ""
    assert not recwarn.list
    assert logger.level == level
    assert transformers.utils.logging.is_progress_bar_enabled() == bars


def test_no_such_folder(tmp_path):
    refused(ModelError, "no folder", tmp_path / "nothing")
    refused(ModelError, "no folder", "./nothing/here")


def test_a_file_is_no_folder(folder):
    refused(ModelError, "is a file: give the model's folder", folder / "config.json")


def test_a_folder_without_config(folder):
    (folder / "config.json").unlink()
    refused(ModelError, "no config.json", folder)


def test_a_folder_without_weights(folder):
    (folder / "model.safetensors").unlink()
    refused(WeightsError, "no weights", folder)


def test_pickled_weights_only(folder, ids):
    torch.save(load_file(folder / "model.safetensors"), folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()
    refused(WeightsError, r"pickled weights only \(pytorch_model.bin\).*--allow-pickle", folder)
    assert load(folder, allow_pickle=True).n_layers == 3


def test_a_pickle_with_code_never_runs(folder, tmp_path):
    class Evil:
        def __reduce__(self):
            return (print, ("code ran",))

    (folder / "model.safetensors").unlink()
    torch.save({"model.norm.weight": Evil()}, folder / "pytorch_model.bin")
    refused(ModelError, "cannot be loaded", folder, allow_pickle=True)


def test_truncated_weights(folder):
    file = folder / "model.safetensors"
    whole = file.read_bytes()
    for length in (len(whole) - 100, 20, 0):
        file.write_bytes(whole[:length])
        refused(WeightsError, "damaged or cut short", folder)


def test_a_missing_tensor_is_not_made_up(folder):
    edit_weights(folder, lambda tensors: tensors.pop("model.layers.1.mlp.down_proj.weight"))
    refused(WeightsError, r"lacks 1 .*model\.layers\.1\.mlp\.down_proj\.weight", folder)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_weights_that_are_not_finite(folder, value):
    def spoil(tensors):
        tensors["model.layers.2.self_attn.v_proj.weight"][3, 4] = value

    edit_weights(folder, spoil)
    refused(WeightsError, r"layers\.2\.self_attn\.v_proj\.weight.*not finite", folder)


def edit_config(folder, **changes):
    file = folder / "config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | changes))


def test_config_of_another_model(folder):
    edit_config(folder, intermediate_size=40)
    refused(WeightsError, r"mlp.down_proj.*\(32, 48\) in the file and \(32, 40\)", folder)


def test_config_with_other_layers(folder):
    edit_config(folder, num_hidden_layers=4)
    refused(WeightsError, "lacks 16", folder)


def test_a_model_type_that_transformers_does_not_know(folder):
    edit_config(folder, model_type="of_next_year")
    refused(ModelError, "upgrade transformers", folder)


def test_config_that_is_no_json(folder):
    (folder / "config.json").write_text("{")
    refused(ModelError, "cannot be loaded", folder)


def test_config_without_a_model_type(folder):
    (folder / "config.json").write_text("{}")
    refused(ModelError, "no model_type", folder)


def test_a_model_with_code_of_its_own(folder):
    edit_config(
        folder,
        model_type="mine",
        auto_map={"AutoConfig": "mine.Config", "AutoModelForCausalLM": "mine.Model"},
    )
    (folder / "mine.py").write_text("raise SystemExit('code ran')")
    refused(ModelError, "--trust-remote-code", folder)


def test_an_encoder_is_refused_before_its_weights_are_read(tmp_path, tiny_tokenizer):
    config = transformers.BertConfig(
        vocab_size=101, hidden_size=32, num_hidden_layers=2, num_attention_heads=4
    )
    config.save_pretrained(tmp_path)
    tiny_tokenizer.save_pretrained(tmp_path)
    save_file({"nothing": torch.zeros(1)}, tmp_path / "model.safetensors")
    refused(AnatomyError, "encoder", tmp_path)


def test_not_a_language_model_at_all(tmp_path, tiny_tokenizer):
    transformers.ViTConfig(hidden_size=32).save_pretrained(tmp_path)
    save_file({"nothing": torch.zeros(1)}, tmp_path / "model.safetensors")
    refused(AnatomyError, "not a causal language model", tmp_path)


def test_no_tokenizer(folder):
    (folder / "tokenizer.json").unlink()
    refused(ModelError, "tokenizer", folder)


def test_a_tokenizer_that_is_too_large(folder, tiny_tokenizer):
    larger = tiny_tokenizer.__class__.from_pretrained(folder)
    larger.add_tokens([f"<more{number}>" for number in range(9)])
    larger.save_pretrained(folder)
    refused(AnatomyError, "109 in the tokenizer, 101 in the embedding", folder)


def test_attention_that_the_family_refuses(tmp_path, make_model, tiny_tokenizer):
    make_model("gemma2").save_pretrained(tmp_path)
    tiny_tokenizer.save_pretrained(tmp_path)
    refused(ModelError, "cannot be loaded", tmp_path, attn_implementation="sdpa")


def test_a_hub_id_without_a_network(monkeypatch):
    """No test goes to the network: the library's own error stands for it."""

    def offline(*_, **__):
        raise OSError("We couldn't connect to 'https://huggingface.co'\nCheck your connection")

    monkeypatch.setattr(transformers.AutoConfig, "from_pretrained", offline)
    refused(ModelError, "no folder here and could not be had", "someone/some-model")


def test_a_hub_id_with_pickles_only(monkeypatch):
    def pickled(*_, **__):
        raise OSError("someone/m does not appear to have a file named model.safetensors")

    monkeypatch.setattr(transformers.AutoConfig, "from_pretrained", pickled)
    refused(WeightsError, "--allow-pickle", "someone/some-model")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"dtype": "int3"}, "unknown dtype 'int3': known are float32"),
        ({"device": "tpu9"}, "no device 'tpu9'"),
        ({"device": "cpu", "device_map": "auto"}, "give one of them"),
    ],
)
def test_impossible_options(options, words, folder):
    refused(ConfigError, words, folder, **options)


def test_a_failed_load_leaves_the_folder_as_it_was(folder):
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    edit_config(folder, model_type="of_next_year")
    spoiled = {file.name: file.read_bytes() for file in folder.iterdir()}
    refused(ModelError, "upgrade", folder)
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == spoiled
    assert set(before) == set(spoiled)


@pytest.mark.data
def test_the_bootstrap_model_is_read(data):
    lm = load(data / "models" / "bootstrap")
    assert (lm.n_layers, lm.n_neurons, lm.width, lm.n_heads) == (12, 512, 192, 6)
    assert lm.dtype is torch.bfloat16
    assert lm.generate("def add(a, b):\n    return", max_new_tokens=3).strip()


def test_copying_a_folder_keeps_the_fingerprint(folder, tmp_path):
    copied = shutil.copytree(folder, tmp_path / "elsewhere")
    assert load(copied).fingerprint == load(folder).fingerprint


def test_a_wrapped_model_has_to_be_finite_too(make_model, tiny_tokenizer):
    model = make_model("llama")
    model.model.norm.weight[3] = float("nan")
    with pytest.raises(WeightsError, match=r"mine: tensor model\.norm\.weight .*not finite"):
        wrap(model, tiny_tokenizer, name="mine")
