"""Syntax trees of source code, through tree-sitter.

Takes code and a language id, gives tree-sitter's tree; grammars are imported when first asked for.
Positions in a tree are bytes of the code in UTF-8. Knows nothing of names or scopes.
"""

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from neuroglot.base.errors import ConfigError
from neuroglot.base.languages import LANGUAGES, language

if TYPE_CHECKING:
    from tree_sitter import Language, Tree

PARSED: tuple[str, ...] = (
    *("python", "java", "c", "cpp", "csharp", "go"),
    *("javascript", "typescript", "php", "ruby", "rust", "kotlin"),
)
"""The programming languages whose grammars are installed with neuroglot."""

_PHP_TAG = b"<?"


def encoded(code: str) -> bytes:
    """Code as the bytes that a tree's positions count. Lone surrogates are kept, not refused."""
    return code.encode("utf-8", "surrogatepass")


def parse(code: str, language: str) -> "Tree":
    """The syntax tree of code in a language (an id of the language table).

    PHP is read with or without its opening tag. Code with errors gives a tree with ERROR nodes.
    Raises ConfigError for a language without a grammar and for a grammar that is not installed.
    """
    from tree_sitter import Parser

    content = encoded(code)
    return Parser(grammar(language, tagged=_PHP_TAG in content)).parse(content)


@cache
def grammar(id: str, *, tagged: bool = True) -> "Language":
    """tree-sitter's grammar of a language; tagged: PHP stands between tags, as in a web page.

    Raises ConfigError as `parse` does.
    """
    row = language(id)
    if row is None or not row.grammar:
        known = ", ".join(row.id for row in LANGUAGES if row.grammar)
        raise ConfigError(f"no grammar to parse {id!r}: languages with one are {known}")
    try:
        from tree_sitter import Language

        package = import_module(row.grammar)
    except ImportError as error:
        missing = str(error.name or row.grammar).replace("_", "-")
        raise ConfigError(
            f"parsing {row.name} needs the package {missing!r}, which is not installed: "
            f"pip install {missing}"
        ) from error
    bare_php = id == "php" and not tagged
    made = getattr(package, "language_php_only" if bare_php else row.grammar_function)
    return Language(made())
