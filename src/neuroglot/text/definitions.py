"""What a piece of code defines: names of functions, methods and types behind a place.

Takes code and a language, gives names through tree-sitter; nothing where the code is not whole.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from neuroglot.text.parsing import encoded, parse

if TYPE_CHECKING:
    from tree_sitter import Node

_KINDS = ("function", "method", "class", "struct", "enum", "interface", "trait", "type", "record")
_ENDS = ("definition", "declaration", "item", "specifier", "declarator", "spec")
_NAMED_BY = ("name", "declarator")


def defined_behind(code: str, language: str, start: int) -> frozenset[str]:
    """Names that are defined at character `start` or later; none where the code has errors.

    Raises ConfigError for a language without a grammar.
    """
    root = parse(code, language).root_node
    if root.has_error:
        return frozenset()
    first = len(encoded(code[:start]))
    return frozenset(
        name for node in _definitions(root) if node.start_byte >= first for name in _name(node)
    )


def _definitions(node: "Node") -> Iterator["Node"]:
    for child in node.named_children:
        words = child.type.split("_")
        if words[0] in _KINDS and words[-1] in _ENDS:
            yield child
        yield from _definitions(child)


def _name(node: "Node") -> Iterator[str]:
    """The name of a definition; in C and C++ it stands inside its declarator."""
    for field in _NAMED_BY:
        found = node.child_by_field_name(field)
        while found is not None and found.child_by_field_name("declarator") is not None:
            found = found.child_by_field_name("declarator")
        if found is not None and found.text is not None:
            yield found.text.decode("utf-8", "replace")
            return
