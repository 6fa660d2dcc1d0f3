"""Prompts are compared with the texts they must be, and their answers with what is tokenized."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuroglot.base.errors import ConfigError
from neuroglot.base.tokenizer import Encoding, Tokenizer
from neuroglot.text.parallel import ParallelCorpus, ParallelItem
from neuroglot.text.prompts import (
    PUBLISHED_LINES,
    Prompt,
    drawn_demonstrations,
    function,
    halved,
    published_demonstrations,
    summary,
    tokenized,
    translation,
)

PLAIN = st.text(st.characters(codec="utf-8", exclude_characters="\x01"), min_size=1)
ITEM = ParallelItem(
    "747-1",
    "747",
    {"python": "def f(a):\n    return a", "c": "int f(int C: )\n{ C: C; }", "javascript": " f(a) "},
)


def word_tokenizer(bos: int | None) -> Tokenizer:
    """Words with the blank before them, as merged tokenizers have it."""

    def encode(text: str) -> Encoding:
        spans = [m.span() for m in re.finditer(r" ?\w+| ?[^\w\s]|\s", text)]
        return Encoding(
            np.arange(len(spans), dtype=np.int64), np.array(spans, dtype=np.int64).reshape(-1, 2)
        )

    return Tokenizer(encode, lambda ids: "", str, bos, frozenset(), 1000, "words")


def test_translation_is_the_published_text_to_the_letter():
    prompt = translation(ITEM, source="python", target="c")
    assert prompt.text == (
        'Python: message = "" - C: char message[] = "";\n'
        "Python: class MyClass: - C: struct MyClass {};\n"
        "Python: value = 5 - C: int value = 5;\n"
        "Python: def do_something(): - C: void do_something() {}\n"
        "Python: def f(a):\n    return a - C: int f(int C: )\n{ C: C; }"
    )
    assert prompt.answer == ITEM["c"]
    assert prompt.item == "747-1"


def test_labels_are_the_published_ones():
    prompt = translation(ITEM, source="javascript", target="python", demonstrations=[("a", "b")])
    assert prompt.text == "Javascript: a - Python: b\nJavascript: f(a) - Python: " + ITEM["python"]
    sharp = ParallelItem("1", "1", {"csharp": "a", "cpp": "b", "php": "c"})
    assert translation(sharp, source="csharp", target="cpp").question.endswith("\nC#: a - C++: ")
    assert translation(sharp, source="php", target="cpp").text.startswith('PHP: $message = "";')


def test_there_are_four_demonstrations_of_one_line_for_all_languages():
    assert {len(lines) for lines in PUBLISHED_LINES.values()} == {4}
    assert len(PUBLISHED_LINES) == 12
    for lines in PUBLISHED_LINES.values():
        assert all(line == line.strip() and "\n" not in line for line in lines)


@pytest.mark.data
def test_the_demonstrations_are_those_that_were_released(data):
    files = {"c": "c", "cpp": "c++", "csharp": "c#", "rust": "rust", "python": "python"}
    for id in ("java", "javascript", "php", *files):
        file = data / "cost-parallel" / "prompts" / f"{files.get(id, id)}_fewshot.txt"
        lines = [line.strip() for line in file.read_text().strip().splitlines()]
        assert tuple(lines) == PUBLISHED_LINES[id]


def test_demonstrations_may_be_drawn():
    rows = [
        {"id": f"{n}-1", "problem": str(n), "python": f"x{n} = 1", "c": f"int x{n} = 1;"}
        for n in range(20)
    ]
    rows += [
        {"id": "50-1", "problem": "50", "python": "a\nb", "c": "a"},
        {"id": "51-1", "problem": "51", "python": "same", "c": "same"},
    ]
    corpus = ParallelCorpus.from_rows(rows)
    item = corpus.items[3]
    drawn = drawn_demonstrations(corpus, item, source="python", target="c", seed=1)
    assert len(set(drawn)) == 4
    assert all(a.startswith("x") and b == f"int {a};" for a, b in drawn)
    assert ("x3 = 1", "int x3 = 1;") not in drawn
    again = drawn_demonstrations(corpus, item, source="python", target="c", seed=1)
    other = drawn_demonstrations(corpus, item, source="python", target="c", seed=2)
    assert drawn == again != other
    every = drawn_demonstrations(corpus, item, source="python", target="c", n=19)
    assert ("x3 = 1", "int x3 = 1;") not in every and len(set(every)) == 19
    with pytest.raises(ConfigError, match=r"20 demonstrations from python to c.*holds 19 items"):
        drawn_demonstrations(corpus, item, source="python", target="c", n=20)


@pytest.mark.parametrize("bos", [None, 999])
def test_the_answer_s_tokens_go_to_the_last_one(bos):
    prompt = translation(ITEM, source="python", target="c")
    tokenizer = word_tokenizer(bos)
    tokens = tokenized(prompt, tokenizer)
    offsets = tokenizer.encode(prompt.text).offsets
    shift = 0 if bos is None else 1
    # The blank before the answer is the first token's own.
    assert prompt.text[offsets[tokens.first - shift][0] : offsets[-1][1]] == " " + prompt.answer
    assert len(tokens.ids) == len(offsets) + shift
    assert tokens.ids[-1] == len(offsets) - 1
    assert (tokens.ids[0] == 999) == (bos is not None)


@given(PLAIN, PLAIN)
def test_bytes_give_back_the_answer(byte_tokenizer, question, answer):
    tokens = tokenized(Prompt(question + answer, len(question)), byte_tokenizer)
    assert byte_tokenizer.decode(tokens.ids[tokens.first :].tolist()) == answer
    assert byte_tokenizer.decode(tokens.ids[: tokens.first].tolist()) == question


def test_an_answer_without_tokens_is_refused(byte_tokenizer):
    for text in ("question", ""):
        with pytest.raises(ConfigError, match="the answer of prompt 'x' has no token: ''"):
            tokenized(Prompt(text, len(text), "x"), byte_tokenizer)


def test_function_prompts_in_each_manner():
    python = function("Add one.", "def f(x):\n    return x + 1\n", language="python", item="f")
    assert python.question == 'def f(x):\n    """Add one."""\n'
    assert python.answer == "    return x + 1"
    two = function('Say "\\n".\n\nTwice.', "def f():\n    pass", language="python")
    assert two.question == 'def f():\n    """Say "\\\\n".\n\n    Twice.\n    """\n'
    compile(two.text, "prompt", "exec")
    java = function("Add one.\nNo */ more.", "int f(int x) {\n  return x + 1;\n}", language="java")
    assert java.question == "/**\n * Add one.\n * No * / more.\n */\nint f(int x) {\n"
    assert java.answer == "  return x + 1;\n}"
    assert function("Add.", "fn f() {\n}", language="rust").question == "/// Add.\nfn f() {\n"
    assert function("Add.", "func f() {\n}", language="go").question == "// Add.\nfunc f() {\n"
    assert function("Add.", "def f(x) = x", language="ruby").text == "# Add.\ndef f(x) = x"


def test_summary_prompts_with_and_without_demonstrations():
    prompt = summary("\ndef f(x):\n    return x\n", "Give x\n back.", language="python", item="f")
    assert prompt.text == "Python:\ndef f(x):\n    return x\nSummary: Give x back."
    assert prompt.answer == "Give x back."
    shown = summary("f", "g", language="go", demonstrations=[("a()", "A.\n"), ("b()", "B.")])
    assert shown.text == "Go:\na()\nSummary: A.\n\nGo:\nb()\nSummary: B.\n\nGo:\nf\nSummary: g"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: translation(ITEM, source="c", target="c"), "from c to c: give two languages"),
        (
            lambda: translation(
                ParallelItem("1", "1", {"c": " ", "go": "x"}), source="c", target="go"
            ),
            "item '1' is blank in c",
        ),
        (
            lambda: translation(ITEM, source="c", target="python", demonstrations="many"),
            "demonstrations 'many': give pairs or 'published'",
        ),
        (lambda: published_demonstrations("c", "scala"), "no published demonstrations for 'scala'"),
        (lambda: function(" ", "x", language="c"), "description of 'the prompt' is blank"),
        (lambda: function("x", "\n", language="c", item="7"), "code of '7' is blank"),
        (lambda: summary("x", " ", language="c"), "summary of 'the prompt' is blank"),
        (lambda: summary("x", "y", language="klingon"), "'klingon' is no language"),
    ],
)
def test_what_makes_no_prompt_is_refused(make, message):
    with pytest.raises(ConfigError, match=message):
        make()


def test_the_opening_leaves_the_line_break_to_the_model():
    prompt = function("Gives x.", "def f(x):\n    return x", language="python")
    assert prompt.opening + "\n" == prompt.question
    assert Prompt("a: b", 3).opening == "a: "


def test_a_text_is_cut_before_the_line_break_nearest_to_its_middle():
    text = "def f(x):\n    y = x + 1\n\n    return y\n"
    prompt = halved(text, item="7")
    assert prompt.question == "def f(x):\n    y = x + 1"
    assert prompt.answer == "\n\n    return y"
    assert prompt.item == "7"
    assert halved("    a = b + c").question == "    a ="
    assert halved("one two three").question == "one two"
    for word in ("word", "\n", "   word\n"):
        with pytest.raises(ConfigError, match="is one word: nothing is left to go on with"):
            halved(word, item="x")


@given(st.text(st.sampled_from("ab \n\t"), max_size=40))
def test_halves_make_the_text_again_and_no_cut_is_nearer(text):
    whole = text.strip("\n").rstrip()
    try:
        prompt = halved(text)
    except ConfigError:
        assert not re.search(r"\S\s+\S", whole)
        return
    assert prompt.question + prompt.answer == whole
    assert prompt.question and prompt.answer.strip()
    assert prompt.question == prompt.question.rstrip()
    mark = r"\s*\n" if "\n" in whole else r"\s+"
    cuts = [found.start() for found in re.finditer(mark, whole) if found.start()]
    away = abs(2 * prompt.answer_start - len(whole))
    assert all(abs(2 * cut - len(whole)) >= away for cut in cuts)
