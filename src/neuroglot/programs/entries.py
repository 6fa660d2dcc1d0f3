"""The entry function of a written program by itself: as a prompt, and with another body in place.

Takes rows as `generate` makes them without comments, gives prompts, and whole files that test what
a model wrote. Runs nothing and knows no model.
"""

import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING

from neuroglot.base.errors import ProgramError
from neuroglot.programs.generation import TOKEN, Row
from neuroglot.programs.grants import with_grants
from neuroglot.sandbox.outcomes import Program, passed_line
from neuroglot.text import prompts
from neuroglot.text.function_end import function_end
from neuroglot.text.parsing import encoded, parse

if TYPE_CHECKING:
    from tree_sitter import Node

FUNCTIONS = frozenset(
    (
        *("function_definition", "function_declaration", "function_item"),
        *("method", "method_definition", "method_declaration"),
    )
)
"""What a named function is called in the grammars of the twelve languages."""


def entry_code(code: str, *, language: str, entry: str) -> str:
    """The entry function from the beginning of its line to its end, as if it stood by itself.

    Raises ProgramError for code that holds no such function.
    """
    return textwrap.dedent(_entry_lines(code, language, entry))


def entry_prompt(row: Row) -> prompts.Prompt:
    """Docstring to function: the program's description, and its entry function as the answer."""
    code = entry_code(row.code, language=row.language, entry=row.entry)
    return prompts.function(row.description, code, language=row.language, item=row.id)


def completed(row: Row, completion: str) -> Program:
    """The program's tests on what a model wrote after `entry_prompt`, its question or its opening.

    completion: cut where the function ends. It takes the place of the entry's body; of all of it
    where that has one line, as in the prompt. It may use what is granted (`programs.grants`).
    Raises ProgramError for a row that was written with comments, whose tests are without.
    """
    lines = _entry_lines(row.code, row.language, row.entry)
    if row.tests.count(lines) != 1:
        raise ProgramError(
            f"the tests of {row.id} do not hold its function {row.entry!r} as it stands in its "
            "code: give rows that were generated without comments"
        )
    head, line_break, _ = textwrap.dedent(lines).partition("\n")
    begun = f"{head}\n" if line_break else ""
    written = begun + completion[: function_end(row.language, begun, completion)]
    if row.language == "python":
        # The one language here in which a method has to stand as deep as its class asks.
        written = textwrap.indent(written, lines[: len(lines) - len(lines.lstrip())])
    source = with_grants(row.tests.replace(lines, written), row.language)
    return Program(row.language, source.replace(TOKEN, passed_line()))


def _entry_lines(code: str, language: str, entry: str) -> str:
    """The entry function as it stands in the code, its first line whole."""
    content = encoded(code)
    for node in _functions(parse(code, language).root_node):
        if _name(node) == entry:
            start = content.rfind(b"\n", 0, node.start_byte) + 1
            return content[start : node.end_byte].decode("utf-8", "surrogatepass").rstrip()
    raise ProgramError(f"the code has no function {entry!r}: give rows of programs")


def _functions(root: "Node") -> "Iterator[Node]":
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.is_named and node.type in FUNCTIONS:
            yield node
        waiting += node.children


def _name(function: "Node") -> str:
    """A function's name; in C and C++ it stands inside what declares the function."""
    node: Node | None = function
    while node is not None:
        found = node.child_by_field_name("name")
        if found is not None or not node.named_children:
            text = (found or node).text
            return "" if text is None else text.decode()
        node = node.child_by_field_name("declarator")
    return ""
