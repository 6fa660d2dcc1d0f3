"""Which names of a program are its own, and everywhere they stand.

Takes code and a language, gives the occurrences of variables, parameters and functions that are
defined in the code, each resolved through the scopes around it. What the queries in `text/names`
capture is explained at `CAPTURES`. Knows no new names and changes nothing.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from neuroglot.text.parsing import grammar, parse

if TYPE_CHECKING:
    from tree_sitter import Node, Query

CAPTURES: Mapping[str, str] = {
    "scope": "a part of the tree with names of its own",
    "scope.comprehension": "the same, and what is carried out of it belongs to the scope around",
    "scope.closed": "the same, and the variables around it cannot be seen from inside",
    "object": "a scope whose names are members: they stay, but for methods",
    "object.closed": "the same, and the variables around it cannot be seen from inside",
    "object.hidden": "the same, and the scopes inside do not see its names",
    "outside": "a part of a scope's head whose uses are looked up around that scope",
    "declaration": "what it defines is known only after its end",
    "variable": "a variable defined, known in the whole of its scope",
    "local": "a variable defined, known from here on (or after its declaration)",
    "carried": "a variable defined that belongs to the scope around comprehensions",
    "function": "a function defined; its name belongs around its own scope",
    "method": "a function defined that has a new name even as a member",
    "kept": "a variable-like name that is defined here and stays",
    "kept.function": "a function-like name that is defined here and stays",
    "outer": "a variable that belongs to a scope further out, though it is assigned here",
    "reference": "a use of a variable or a function",
    "value": "a use of a variable",
    "call": "a use of a function",
    "member": "an identifier that is no use: a field, a label, a type",
    "shorthand": "a use that is a member's name too: `{x}` for `{x: x}`",
    "opaque": "text whose words nothing is known about: these names stay everywhere",
    "opaque.function": "the same, for functions' names only",
    "embedded": "a string that may name variables",
    "reflection": "code that may find variables by their names in strings",
    "string": "a string",
}
"""What a capture of a query means. Captures that begin with `_` are for predicates only."""

_QUERIES = {
    "cpp": ("c", "cpp"),
    "javascript": ("ecmascript", "javascript"),
    "typescript": ("ecmascript", "typescript"),
}
_EMBEDDED = {
    "kotlin": re.compile(rb"(?<!\\)\$([A-Za-z_]\w*)"),
    "rust": re.compile(rb"(?<!\{)(?:\{\{)*\{(\w+)[:}]|(\w+)\$"),
}
_APART = frozenset({"java", "php", "ruby"})
"""Languages in which a variable and a function of one name do not hide each other."""

_FIXED = frozenset({"_", "self", "cls", "this", "super", "main", "Main", "init"})
_DUNDER = re.compile(r"(?:__\w+__|_+)\Z")
_WORD = re.compile(r"\w+")
_FUNCTIONS = ("function", "method", "kept.function")
_VARIABLES = ("variable", "local", "carried", "kept")
_USES = {"reference": (False, True), "value": (False,), "call": (True,)}

Captured = Mapping[str, list["Node"]]


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One place where a name stands: bytes [start, end) of the code in UTF-8.

    function: whether it names a function. shorthand: whether it is a member's name as well.
    """

    name: str
    start: int
    end: int
    function: bool
    shorthand: bool = False


@dataclass(frozen=True)
class Names:
    """The names that a program defines.

    occurrences: of those that may be given new names, in the order of the text.
    left: names that are defined here too and must stay -> why.
    broken: whether the parser met what is not of the language.
    """

    occurrences: tuple[Occurrence, ...]
    left: Mapping[str, str]
    broken: bool


@dataclass(slots=True)
class _Definition:
    function: bool
    renamed: bool
    visible_from: int


@dataclass(slots=True)
class _Scope:
    start: int
    end: int
    kind: str
    parent: int
    names: dict[str, list[_Definition]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Use:
    """An identifier and the definition it resolves to, None for one from elsewhere."""

    name: str
    start: int
    end: int
    found: _Definition | None
    called: bool


def own_names(code: str, language: str) -> Names:
    """The variables, parameters and functions that a program defines, and where they stand.

    Raises ConfigError for a language without rules or a grammar that is not installed.
    """
    root = parse(code, language).root_node
    captured = _captures(root, language)
    scopes = _Scopes(root, captured)
    uses = [*_uses(captured, scopes, language), *_embedded(captured, scopes, language)]
    left = _left(captured, uses)
    shorthands = {node.start_byte for node in captured.get("shorthand", ())}
    occurrences = {
        use.start: Occurrence(
            use.name, use.start, use.end, use.found.function, use.start in shorthands
        )
        for use in uses
        if use.found is not None and use.found.renamed and use.name not in left
    }
    return Names(
        tuple(occurrences[start] for start in sorted(occurrences)),
        left,
        root.has_error,
    )


@cache
def _query(language: str, *, tagged: bool) -> "Query":
    from tree_sitter import Query

    folder = files("neuroglot.text.names")
    parts = [
        (folder / f"{name}.scm").read_text(encoding="utf-8")
        for name in _QUERIES.get(language, (language,))
    ]
    return Query(grammar(language, tagged=tagged), "\n".join(["(ERROR) @opaque", *parts]))


def _captures(root: "Node", language: str) -> dict[str, list["Node"]]:
    from tree_sitter import QueryCursor

    tagged = b"<?" in (root.text or b"")
    return QueryCursor(_query(language, tagged=tagged)).captures(root)


class _Scopes:
    """The scopes of a text with what is defined in each; looks names up from the inside out."""

    def __init__(self, root: "Node", captured: Captured) -> None:
        found = [
            (node.start_byte, -node.end_byte, kind)
            for kind, nodes in captured.items()
            if kind.split(".")[0] in {"scope", "object"}
            for node in nodes
        ]
        self.all = [_Scope(0, root.end_byte + 1, "scope", -1)]
        for start, end, kind in sorted(found):
            parent = len(self.all) - 1
            while self.all[parent].end < -end:
                parent = self.all[parent].parent
            self.all.append(_Scope(start, -end, kind, parent))
        self.starts = [scope.start for scope in self.all]
        self.declarations = sorted(
            (node.start_byte, node.end_byte) for node in captured.get("declaration", ())
        )
        self.outside = [
            (node.start_byte, node.end_byte, self.around(node.start_byte, node.end_byte))
            for node in captured.get("outside", ())
        ]
        self.defined_at: dict[int, int] = {}
        self._define(captured)

    def around(self, start: int, end: int) -> int:
        """The innermost scope that holds these bytes."""
        index = bisect_right(self.starts, start) - 1
        while self.all[index].end < end:
            index = self.all[index].parent
        return index

    def _define(self, captured: Captured) -> None:
        self.outer = {
            (self.around(node.start_byte, node.end_byte), _text(node))
            for node in captured.get("outer", ())
        }
        members = _members(captured)
        methods = {node.start_byte for node in captured.get("method", ())}
        for kind in (*_FUNCTIONS, *_VARIABLES):
            for node in captured.get(kind, ()):
                if node.start_byte in members and not kind.startswith("kept"):
                    continue
                if kind in {"function", "kept.function"} and node.start_byte in methods:
                    continue
                index = self._home(node, kind)
                if (index, _text(node)) in self.outer:
                    continue
                definition = self._definition(node, kind, self.all[index])
                self.all[index].names.setdefault(_text(node), []).append(definition)
                self.defined_at[node.start_byte] = index

    def _home(self, node: "Node", kind: str) -> int:
        """The scope that a definition belongs to: for a function, the one around its own."""
        index = self.around(node.start_byte, node.end_byte)
        while kind == "carried" and self.all[index].kind == "scope.comprehension":
            index = self.all[index].parent
        own = kind in _FUNCTIONS and self.all[index].kind != "object"
        return self.all[index].parent if own and self.all[index].parent >= 0 else index

    def _definition(self, node: "Node", kind: str, scope: _Scope) -> _Definition:
        member = scope.kind.startswith("object") and kind != "method"
        hoisted = kind != "local" or scope.parent < 0 or member
        return _Definition(
            function=kind in _FUNCTIONS,
            renamed=not kind.startswith("kept") and not member,
            visible_from=0 if hoisted else self._known_from(node, scope),
        )

    def _known_from(self, node: "Node", scope: _Scope) -> int:
        ends = [
            end
            for start, end in self.declarations
            if scope.start <= start <= node.start_byte and node.end_byte <= end
        ]
        return min(ends, default=node.end_byte)

    def resolve(
        self, name: str, start: int, end: int, kinds: tuple[bool, ...]
    ) -> _Definition | None:
        """What a use of a name refers to, or None for a name that is not defined here.

        kinds: False for variables, True for functions. What stays wins over what does not.
        """
        own = self.defined_at.get(start)
        index = first = self.around(start, end) if own is None else own
        passed = {scope for head, tail, scope in self.outside if head <= start and end <= tail}
        open_variables = True
        while index >= 0:
            scope = self.all[index]
            if index not in passed and (index == first or scope.kind != "object.hidden"):
                found = [
                    definition
                    for definition in scope.names.get(name, ())
                    if definition.function in kinds
                    and (definition.function or open_variables)
                    and (definition.visible_from <= start or own == index)
                ]
                if found:
                    return next((d for d in found if not d.renamed), found[0])
            if scope.kind.endswith("closed") and (index, name) not in self.outer:
                open_variables = False
            index = scope.parent
        return None


def _uses(captured: Captured, scopes: _Scopes, language: str) -> Iterator[_Use]:
    """Every identifier that is a use or a definition, resolved."""
    both = (False, True)
    members = _members(captured)
    kinds: dict[int, tuple[Node, tuple[bool, ...]]] = {}
    for capture, wanted in _USES.items():
        for node in captured.get(capture, ()):
            kinds[node.start_byte] = (node, wanted)
    for capture in (*_VARIABLES, *_FUNCTIONS):
        for node in captured.get(capture, ()):
            defined = (capture in _FUNCTIONS,) if language in _APART else both
            kinds[node.start_byte] = (node, defined)
    for node, wanted in kinds.values():
        if node.start_byte not in members:
            name = _text(node)
            found = scopes.resolve(name, node.start_byte, node.end_byte, wanted)
            yield _Use(name, node.start_byte, node.end_byte, found, True in wanted)


def _embedded(captured: Captured, scopes: _Scopes, language: str) -> Iterator[_Use]:
    """Uses inside strings that a language reads as code although the parser does not."""
    pattern = _EMBEDDED.get(language)
    if pattern is None:
        return
    for node in captured.get("embedded", ()):
        for match in pattern.finditer(node.text or b""):
            group = match.lastindex or 0
            start, end = node.start_byte + match.start(group), node.start_byte + match.end(group)
            name = match[group].decode()
            yield _Use(name, start, end, scopes.resolve(name, start, end, (False,)), False)


def _left(captured: Captured, uses: list[_Use]) -> dict[str, str]:
    """Names that are defined here and must stay, and why."""
    opaque = _words(captured.get("opaque", ()))
    if captured.get("reflection"):
        opaque |= _words(captured.get("string", ()))
    named = _words(captured.get("opaque.function", ()))
    members = {_text(node) for node in captured.get("member", ())}
    foreign = {use.name for use in uses if use.called and use.found is None}
    left: dict[str, str] = {}
    for use in uses:
        if use.found is None or not use.found.renamed:
            continue
        reason = (
            "a name that the language or its customs fix"
            if use.name in _FIXED or _DUNDER.match(use.name)
            else "it stands where nothing is known about names"
            if use.name in opaque or (use.found.function and use.name in named)
            else "a member has the same name"
            if use.found.function and use.name in members
            else "it is used where it is not defined"
            if use.found.function and use.name in foreign
            else None
        )
        if reason:
            left[use.name] = reason
    return left


def _members(captured: Captured) -> set[int]:
    return {node.start_byte for node in captured.get("member", ())}


def _text(node: "Node") -> str:
    return (node.text or b"").decode("utf-8", "surrogatepass")


def _words(nodes: "list[Node] | tuple[()]") -> set[str]:
    return {word for node in nodes for word in _WORD.findall(_text(node))}
