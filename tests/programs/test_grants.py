"""Imports that a completion may count on."""

from neuroglot.programs.grants import GO_GRANTED, GRANTED, go_imports, with_grants
from neuroglot.programs.writing import STYLES


def test_go_imports_what_it_uses_and_nothing_else():
    code = "func f() {\n\tfmt.Println(math.Abs(1))\n}\n"
    found = with_grants(f'package main\n\nimport (\n\t"fmt"\n\t"os"\n)\n\n{code}', "go")
    assert found == f'package main\n\nimport (\n\t"fmt"\n\t"math"\n)\n\n{code}'
    assert with_grants(found, "go") == found
    assert go_imports("x := rand.Int() // os.Exit\n// sort.Ints", ["math/rand", *GO_GRANTED]) == [
        "math/rand",
        "os",
    ]


def test_a_line_that_stands_is_not_put_in_again():
    for language, lines in GRANTED.items():
        source = f"{lines[0]}\n\ncode\n"
        granted = with_grants(source, language)
        assert granted.endswith(source)
        assert sorted(granted.split("\n")[: len(lines)]) == sorted(lines)
        assert with_grants(granted, language) == granted


def test_rust_takes_no_name_twice():
    source = "use std::collections::{HashMap, VecDeque};\n"
    granted = with_grants(source, "rust")
    assert "collections::HashSet;" in granted
    assert granted.count("HashMap") == granted.count("VecDeque") == 1


def test_only_languages_that_are_written_have_grants():
    assert set(GRANTED) <= set(STYLES)
    assert with_grants("x\n", "ruby") == "x\n"
