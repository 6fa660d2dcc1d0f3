"""The functions of source files, by their syntax trees: text, name and line of each.

Takes documents, gives every function or method that has a body and a name and stands in no other
one; those inside a function belong to it. Functions without a name are looked into. Text is taken
off its indentation. Knows no model.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from textwrap import dedent
from typing import TYPE_CHECKING

from neuroglot.base.digests import text_digest
from neuroglot.text.document import Document
from neuroglot.text.parsing import PARSED, encoded, parse

if TYPE_CHECKING:
    from tree_sitter import Node

KINDS: dict[str, frozenset[str]] = {
    "python": frozenset({"function_definition"}),
    "java": frozenset({"method_declaration", "constructor_declaration"}),
    "c": frozenset({"function_definition"}),
    "cpp": frozenset({"function_definition"}),
    "csharp": frozenset({"method_declaration", "constructor_declaration"}),
    "go": frozenset({"function_declaration", "method_declaration"}),
    "javascript": frozenset(
        {"function_declaration", "generator_function_declaration", "method_definition"}
    ),
    "php": frozenset({"function_definition", "method_declaration"}),
    "ruby": frozenset({"method", "singleton_method"}),
    "rust": frozenset({"function_item"}),
    "kotlin": frozenset({"function_declaration"}),
}
KINDS["typescript"] = KINDS["javascript"]
"""Nodes that are functions, by language."""

HOLDERS = {"variable_declarator": "value", "pair": "value", "assignment_expression": "right"}
"""Nodes of JavaScript and TypeScript that give a function without a name one, and its field."""
UNNAMED = frozenset({"arrow_function", "function_expression", "generator_function"})
NAME_OF_HOLDER = ("name", "key", "left")


@dataclass(frozen=True)
class Function:
    """A function of a document. line: where it begins, from 1; lines: those that are not blank.

    bare: its code without comments, docstrings and blank lines.
    """

    document: Document
    name: str
    line: int
    lines: int
    code: str
    bare: str

    @property
    def language(self) -> str:
        """Its document's."""
        return self.document.language

    @property
    def place(self) -> str:
        """`repository/path:line`; a document without a path is named by its id."""
        document = self.document
        path = document.path or document.id
        return f"{document.repo}/{path}:{self.line}" if document.repo else f"{path}:{self.line}"

    @cached_property
    def text(self) -> str:
        """A digest of its words and signs: equal where two differ in blanks and comments alone."""
        return text_digest("\x1f".join(re.findall(r"\w+|[^\w\s]", self.bare)))


def functions_of(documents: Iterable[Document], *, least_lines: int = 5) -> Iterator[Function]:
    """Functions of documents in languages with a grammar, in order; others have none.

    least_lines: the fewest lines that are not blank; shorter functions say little.
    """
    for document in documents:
        if document.language in PARSED:
            yield from _functions(document, least_lines)


def _functions(document: Document, least_lines: int) -> Iterator[Function]:
    content = encoded(document.text)
    for node, name in _found(parse(document.text, document.language).root_node, document.language):
        before = content[content.rfind(b"\n", 0, node.start_byte) + 1 : node.start_byte]
        # With the indentation of its first line, which the others share; no word before it.
        margin = before[: len(before) - len(before.lstrip())]
        code = _text_of(margin + content[node.start_byte : node.end_byte])
        lines = sum(bool(line.strip()) for line in code.splitlines())
        if lines >= least_lines:
            bare = _text_of(margin + _without(content, node, list(_remarks(node))))
            said = "\n".join(line for line in bare.splitlines() if line.strip())
            yield Function(document, name, node.start_point[0] + 1, lines, code, said)


def _text_of(content: bytes) -> str:
    return dedent(content.decode("utf-8", "surrogatepass"))


def _without(content: bytes, node: "Node", left_out: Sequence["Node"]) -> bytes:
    """The text of a node without some nodes in it, which are given in their order."""
    starts = [node.start_byte, *(each.end_byte for each in left_out)]
    ends = [*(each.start_byte for each in left_out), node.end_byte]
    return b"".join(content[start:end] for start, end in zip(starts, ends, strict=True))


def _remarks(node: "Node") -> Iterator["Node"]:
    """Comments in a function, and docstrings of Python, in the order of the text."""
    ahead = [node]
    while ahead:
        inner = ahead.pop()
        if inner.type.endswith("comment") or _is_docstring(inner):
            yield inner
        else:
            ahead.extend(reversed(inner.children))


def _is_docstring(node: "Node") -> bool:
    """Whether a statement is a string alone at the head of a block that says more."""
    if node.type != "expression_statement" or node.parent is None or node.parent.type != "block":
        return False
    said = [each for each in node.parent.named_children if not each.type.endswith("comment")]
    is_string = node.named_child_count == 1 and node.named_children[0].type == "string"
    return is_string and len(said) > 1 and said[0].start_byte == node.start_byte


def _found(root: "Node", language: str) -> Iterator[tuple["Node", str]]:
    """Functions that stand in no other, in the order of the text, with their names."""
    kinds = KINDS[language]
    ahead = [root]
    while ahead:
        node = ahead.pop()
        name = _name(node) if node.type in kinds and _has_body(node) else _given_name(node)
        if name:
            yield node, name
        else:
            ahead.extend(reversed(node.named_children))


def _has_body(node: "Node") -> bool:
    return node.child_by_field_name("body") is not None or any(
        child.type in ("function_body", "block", "body_statement") for child in node.named_children
    )


def _name(node: "Node") -> str:
    """A function's own name; in C it stands inside its declarator."""
    found = node.child_by_field_name("name")
    inner = node.child_by_field_name("declarator")
    while found is None and inner is not None:
        below = inner.child_by_field_name("declarator")
        if below is None and not inner.named_children:
            found = inner
        elif below is None:
            # A qualified name, or a pointer or reference whose grammar has no field for it.
            below = inner if inner.type == "qualified_identifier" else inner.named_children[-1]
            found = below if below is inner or not below.named_children else None
        inner = below if below is not inner else None
    return _text(found)


def _given_name(node: "Node") -> str:
    """The name that a function without one is given where it stands, empty for anything else."""
    field = HOLDERS.get(node.type)
    value = node.child_by_field_name(field) if field else None
    if value is None or value.type not in UNNAMED:
        return ""
    names = (node.child_by_field_name(field) for field in NAME_OF_HOLDER)
    return next((_text(each) for each in names if each is not None), "")


def _text(node: "Node | None") -> str:
    return "" if node is None or node.text is None else node.text.decode("utf-8", "replace")
