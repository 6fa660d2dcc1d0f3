"""Small bugs in code: an operator, an operand, a constant, a name or a call becomes another.

Takes the code as text, and gives it again with each bug in turn, in an order that a seed gives.
Whether a bug shows is not known here: some mutants do the same as the code, some do not compile.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from neuroglot.base.seeds import generator
from neuroglot.text.parsing import encoded, parse

if TYPE_CHECKING:
    from tree_sitter import Node

OPERATORS: Mapping[bytes, bytes] = {
    b"<": b">=", b"<=": b">", b">": b"<=", b">=": b"<", b"in": b"not in",
    b"==": b"!=", b"!=": b"==", b"===": b"!==", b"!==": b"===",
    b"+": b"-", b"-": b"+", b"*": b"+", b"/": b"*", b"%": b"/",
    b"&&": b"||", b"||": b"&&", b"and": b"or", b"or": b"and",
    b"+=": b"-=", b"-=": b"+=", b"*=": b"+=",
}  # fmt: skip
"""What an operator between two operands becomes."""

OPPOSITES = (
    *((b"true", b"false"), (b"True", b"False"), (b"min", b"max"), (b"Min", b"Max")),
    *((b"lower", b"upper"), (b"toLowerCase", b"toUpperCase"), (b"ToLower", b"ToUpper")),
    *((b"to_lowercase", b"to_uppercase"), (b"starts_with", b"ends_with"), (b"floor", b"ceil")),
)
WORDS: Mapping[bytes, bytes] = dict([*OPPOSITES, *((right, left) for left, right in OPPOSITES)])

# The names that tree-sitter's grammars give.
WHOLE_NUMBERS = frozenset(
    ("integer", "decimal_integer_literal", "int_literal", "integer_literal", "number_literal")
) | {"number"}
STRINGS = frozenset(
    ("string", "string_literal", "interpreted_string_literal", "template_string", "char_literal")
)
BINARY = frozenset(("binary_expression", "binary_operator", "boolean_operator"))
ARGUMENTS = frozenset(("argument_list", "arguments"))
RETURNS = frozenset(("return_statement", "return_expression"))
CALLS = frozenset(("call", "call_expression", "method_invocation")) | {
    "object_creation_expression",
    "new_expression",
}

Change = tuple[int, int, bytes]
"""First byte, end, and what stands there instead."""


def bugs(before: str, code: str, *, language: str, seed: int) -> Iterator[str]:
    """Each text that is one change away from `code`, in an order that `seed` gives.

    Changes that often do not compile (a call left out, 1 added to what is returned; then an operand
    left out, another argument) come last.
    before: what stands in front of the code, without which it could not be parsed; it stays as it
    is. Raises ConfigError for a language that is not parsed.
    """
    context, content = encoded(before), encoded(code)
    root = parse(before + code, language).root_node
    nodes = list(_nodes(root, len(context)))
    names = tuple(dict.fromkeys(node.text for node in _nodes(root, 0) if _is_argument(node)))
    kinds = {
        "_other_token": [_other_token(node) for node in nodes],
        "_other_result": [_other_result(node) for node in nodes],
        "_other_operand": [_other_operand(node, names) for node in nodes],
    }
    for kind, found in kinds.items():
        changes = [change for change in found if change is not None]
        draws = generator(seed, "bugs", kind, language, code)
        for place in draws.permutation(len(changes)).tolist():
            start, end, new = changes[place]
            start, end = start - len(context), end - len(context)
            yield (content[:start] + new + content[end:]).decode("utf-8", "surrogatepass")


def _nodes(root: "Node", start: int) -> Iterator["Node"]:
    """Every node that begins at byte `start` or after it, in order."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.end_byte <= start:
            continue
        if node.start_byte >= start:
            yield node
        waiting.extend(reversed(node.children))


def _other_token(node: "Node") -> Change | None:
    """Another operator, another word, the next number, or a string with one letter more."""
    text = node.text or b""
    new: bytes | None = None
    if node.type in STRINGS:
        new = _other_string(text)
    elif not node.children:
        if node.type in WHOLE_NUMBERS:
            new = str(int(text) + 1).encode() if text.isdigit() else None
        elif text in OPERATORS:
            new = OPERATORS[text] if _is_operator(node) else None
        else:
            new = WORDS.get(text)
    return None if new is None else (node.start_byte, node.end_byte, new)


def _is_operator(node: "Node") -> bool:
    """Whether it stands between two operands: no brackets of types, no sign, no loop's `in`."""
    is_between = node.prev_sibling is not None and node.next_sibling is not None
    is_of_loop = node.parent is not None and node.parent.type.startswith("for")
    return is_between and not is_of_loop


def _other_string(text: bytes) -> bytes | None:
    quote = text[:1]
    if quote == b"'" and len(text.decode("utf-8", "surrogatepass")) == 3:
        return b"'y'" if text == b"'x'" else b"'x'"
    return text[:-1] + b"x" + quote if quote in (b'"', b"'", b"`") else None


def _other_result(node: "Node") -> Change | None:
    """What a call was given, instead of the call, or nothing; 1 more than what is returned."""
    if node.type in RETURNS and node.named_children:
        end = node.named_children[-1].end_byte
        return end, end, b" + 1"
    if node.type not in CALLS:
        return None
    if node.parent is not None and node.parent.type == "expression_statement":
        has_end = len(node.parent.children) > 1
        return node.start_byte, node.end_byte, b"" if has_end else b"0"
    given = _given(node)
    return None if given is None else (node.start_byte, node.end_byte, given.text or b"")


def _given(call: "Node") -> "Node | None":
    """The object whose method is called, or the only argument of a function."""
    function = call.child_by_field_name("function")
    owner = call.child_by_field_name("object")
    if function is not None and len(function.named_children) == 2:
        owner = function.named_children[0]
    arguments = call.child_by_field_name("arguments")
    if owner is None and arguments is not None and len(arguments.named_children) == 1:
        return arguments.named_children[0]
    return owner


def _other_operand(node: "Node", names: Sequence[bytes | None]) -> Change | None:
    """The first of two operands alone; instead of an argument another one of the names."""
    new: bytes | None = None
    if node.type in BINARY:
        new = node.named_children[0].text
    elif _is_argument(node):
        new = next((name for name in names if name != node.text), None)
    return None if new is None else (node.start_byte, node.end_byte, new)


def _is_argument(node: "Node") -> bool:
    return node.type == "identifier" and node.parent is not None and node.parent.type in ARGUMENTS
