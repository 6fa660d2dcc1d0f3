"""The ends of functions in generated programs and in HumanEval-X, against their syntax trees."""

import pytest

from neuroglot.programs.generation import generate
from neuroglot.programs.suites import humaneval_x
from neuroglot.programs.writing import STYLES
from neuroglot.text.function_end import function_end
from neuroglot.text.parsing import encoded, parse

FUNCTIONS = {
    *("function_definition", "function_declaration", "function_item"),
    *("method", "method_definition", "method_declaration"),
}

MORE_FUNCTIONS = {
    "CPP/94", "Go/72", "Rust/10", "Rust/32", "Rust/38", "Rust/50", "Rust/137", "Rust/145"
}  # fmt: skip
"""Tasks of HumanEval-X whose solution goes on behind the function."""


def functions(code, language):
    """(code up to the function's body, up to the end of its first line, the rest) of each."""
    content = encoded(code)
    waiting = [parse(code, language).root_node]
    while waiting:
        node = waiting.pop()
        waiting += node.children
        if node.type in FUNCTIONS and node.is_named:
            # A function of one line is cut in front of its body alone.
            line = content.index(b"\n", node.start_byte) + 1
            bodies = [
                each for each in node.named_children if "bod" in each.type or "block" in each.type
            ]
            bodies = [node.child_by_field_name("body"), *bodies]
            body = next((each.start_byte for each in bodies if each is not None), line)
            for cut in {line, body}:
                if cut >= node.end_byte:
                    continue
                yield content[:cut].decode(), content[cut : node.end_byte].decode()


@pytest.mark.parametrize("language", STYLES)
def test_every_function_that_is_generated_ends_where_its_tree_says(language):
    n = 0
    for row in generate(40, languages=[language], seed=8, documented=True):
        for before, rest in functions(row.code, language):
            n += 1
            assert function_end(language, before, f"{rest}\n\nx = 1\n") == len(rest), row.id
    assert n > 70


@pytest.mark.data
def test_every_solution_of_humaneval_x_ends_where_it_ends(data):
    tasks = humaneval_x(data / "humaneval-x")
    missed = set()
    for task in tasks:
        solution = task.canonical.rstrip()
        if task.language == "java":
            solution = solution.removesuffix("}").rstrip()
        end = function_end(task.language, task.prompt, f"{task.canonical}\nprint(1)\n")
        if end != len(solution):
            missed.add(task.id)
            assert function_end(task.language, task.prompt, task.canonical[:end]) == end
    assert missed == MORE_FUNCTIONS
    assert len(tasks) == 6 * 164
