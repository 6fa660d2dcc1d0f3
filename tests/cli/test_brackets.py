"""`neuroglot study brackets`: what it refuses, in one line."""


def line(model, *more):
    return ("study", "brackets", "--model", model, "--profile", "quick", *more)


def test_wrong_inputs_are_said_in_one_line(neuroglot, good_model, tmp_path):
    (tmp_path / "file").write_text("")
    for words, said in (
        (line(good_model, "--closer", ">"), "no closing bracket"),
        (line(good_model, "--templates", "reference", "--closer", "]"), "--templates crossed"),
        (line(good_model, "--draws", "0"), "draws is 0: give at least 1"),
        (line(good_model, "--out", tmp_path / "file"), "is a file"),
        (line(good_model), "counting needs two"),
    ):
        neuroglot(*words).refusal(said)
