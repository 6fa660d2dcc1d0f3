"""`neuroglot corpus inspect`: what would be read, what is left out, and why."""

from pathlib import Path


def test_texts_by_language_and_what_is_left_out(neuroglot, code_folder, is_narrow):
    answer = neuroglot("corpus", "inspect", code_folder)
    assert answer.status == 0
    assert is_narrow(answer.out)
    rows = [line.split() for line in answer.out.splitlines() if line[:2] in ("Go", "Py")]
    assert [row[:4] for row in rows] == [["Go", "all", "12", "4"], ["Python", "all", "12", "4"]]
    assert answer.err == f"reading the texts {code_folder}\n"


def test_wide_numbers_and_long_notes_fit_80_columns(neuroglot, is_narrow):
    Path("code").mkdir()
    for number in range(40):
        Path(f"code/{number}.py").write_text("x = 1\n" * 300)
    Path("code/image.rs").write_bytes(b"\0")
    answer = neuroglot("corpus", "inspect", "code")
    assert is_narrow(answer.out)
    assert "left out: binary 1" in answer.out
    assert answer.out.splitlines()[2].split()[-3:] == ["39", "0", "0"]


def test_json(neuroglot, code_folder):
    found = neuroglot("corpus", "inspect", code_folder, "--languages", "go", "--json").json
    assert [row["documents"] for row in found["holdings"]] == [12]
    assert found["skipped"] == {"other language": 12}
    assert len(found["digest"]) == 64


def test_bad_input(neuroglot):
    Path("empty").mkdir()
    line = ("corpus", "inspect")
    neuroglot(*line).refusal("missing argument 'DATA'", "neuroglot corpus inspect --help")
    neuroglot(*line, "nothing").refusal("no file or folder 'nothing'", "give a folder")
    neuroglot(*line, "empty").refusal("'empty' is empty")
    neuroglot(*line, "planted", "--languages", "klingon").refusal("'klingon'", "known are c, cpp")
    neuroglot(*line, "").refusal("no name of a corpus")
    neuroglot("corpus", "frobnicate").refusal("'frobnicate'", "neuroglot corpus --help")


def test_a_data_set_that_needs_what_is_not_installed(neuroglot, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "datasets", None)
    answer = neuroglot("corpus", "inspect", "someone/code")
    answer.refusal("'someone/code'", "'datasets'", "pip install 'neuroglot[hub]'")
    assert "asking the Hugging Face hub for a data set" in answer.err


def test_without_a_verb_it_says_what_there_is(neuroglot):
    answer = neuroglot("corpus")
    assert answer.status == 0
    assert "inspect" in answer.out
