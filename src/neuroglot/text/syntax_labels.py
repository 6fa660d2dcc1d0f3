"""What each token is in the syntax tree of its text: the kind of its node, and of the node around.

Takes code, its language and the tokens' character offsets; gives two words per token, and which
tokens begin in an identifier. A token belongs to the innermost node that holds its first character
that is no blank: most often a leaf. Kinds are tree-sitter's own words, as each grammar has them.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from neuroglot.text.parsing import encoded, parse
from neuroglot.text.token_classes import first_solid

_UNREAD = "ERROR"
_IDENTIFIER_ENDS = ("identifier", "identifier_pattern")
_OTHER_IDENTIFIERS = {
    "php": ("name",),
    "ruby": ("constant", "instance_variable", "class_variable", "global_variable"),
}
"""What else is an identifier in grammars that have other words for it."""

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class SyntaxLabels:
    """kinds, parents: of each token's node and of the node around that, "" where there is none: at
    blanks, at the root, and where the parser met what is not of the language. identifiers: bool
    [token].
    """

    kinds: tuple[str, ...]
    parents: tuple[str, ...]
    identifiers: NDArray[np.bool_]


def syntax_labels(code: str, language: str, offsets: NDArray[np.integer]) -> SyntaxLabels:
    """The labels of each token. offsets: [token, 2], start and end in characters of the code.

    Raises ConfigError for a language without a grammar and for a grammar that is not installed.
    """
    nodes = _nodes(code, language)
    places = first_solid(code, offsets)
    found = nodes.innermost[np.where(places < 0, -1, _byte_of(code)[places])].tolist()
    return SyntaxLabels(
        tuple(nodes.kinds[node] for node in found),
        tuple(nodes.kinds[nodes.parents[node]] if nodes.kinds[node] else "" for node in found),
        np.array([nodes.identifiers[node] for node in found], dtype=np.bool_),
    )


@dataclass
class _Nodes:
    """The nodes of a tree by number, the last of which is none.

    innermost: int64 [byte + 1], the innermost node that holds each byte, -1 for none.
    """

    innermost: Ints
    kinds: list[str] = field(default_factory=list)
    parents: list[int] = field(default_factory=list)
    identifiers: list[bool] = field(default_factory=list)


def _nodes(code: str, language: str) -> _Nodes:
    ends = (*_IDENTIFIER_ENDS, *_OTHER_IDENTIFIERS.get(language, ()))
    found = _Nodes(np.full(len(encoded(code)) + 1, -1, dtype=np.int64))
    waiting = [(parse(code, language).root_node, -1)]
    while waiting:
        node, parent = waiting.pop()
        number = len(found.kinds)
        # Whoever comes later lies inside, or beside.
        found.innermost[node.start_byte : node.end_byte] = number
        found.kinds.append("" if node.type == _UNREAD else node.type)
        found.parents.append(parent)
        leaf = node.is_named and not node.child_count
        found.identifiers.append(leaf and node.type.endswith(ends))
        waiting += [(child, number) for child in node.children]
    found.kinds.append("")
    found.parents.append(-1)
    found.identifiers.append(False)
    return found


def _byte_of(code: str) -> Ints:
    """Where each character begins in UTF-8, and the end: int64 [character + 1]."""
    points = np.frombuffer(code.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    widths = 1 + (points >= 0x80).astype(np.int64) + (points >= 0x800) + (points >= 0x10000)
    return np.concatenate([[0], np.cumsum(widths)]).astype(np.int64)
