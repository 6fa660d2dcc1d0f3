"""The one table of languages: ids, aliases, file extensions, colours, lexers and grammars.

An id never changes, and a colour belongs to a language for good, whatever a run holds. The colours
were found by search in OKLCH for distance under colour-blind sight; above seven languages a label
or a marker has to stand beside the colour. Knows no text and no model.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from neuroglot.base.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Language:
    """One row of the table.

    `light` and `dark` are the colours on a light and on a dark page; `marker` is the shape drawn on
    lines; `lexer` names a pygments lexer (empty: prose); `grammar` the package of its tree-sitter
    grammar (empty: none) and `grammar_function` the function in it that returns the grammar.
    """

    id: str
    name: str
    extensions: tuple[str, ...]
    light: str
    dark: str
    marker: str
    lexer: str
    grammar: str = ""
    grammar_function: str = "language"
    aliases: tuple[str, ...] = ()


GREY = ("#5a616c", "#a2a9b4")
_GREY_PAIR = {"light": GREY[0], "dark": GREY[1]}

LANGUAGES: tuple[Language, ...] = (
    Language("c", "C", (".c", ".h"), "#005a0e", "#05b427", "▶", "c", "tree_sitter_c"),
    Language(
        "cpp",
        "C++",
        (".cpp", ".cc", ".cxx", ".hpp", ".hh", ".hxx", ".c++", ".h++", ".ipp"),
        "#362cb2",
        "#7a87ff",
        "◆",
        "cpp",
        "tree_sitter_cpp",
        aliases=("c++", "cxx", "cplusplus"),
    ),
    Language(
        "csharp",
        "C#",
        (".cs",),
        "#397270",
        "#87c1be",
        "□",
        "csharp",
        "tree_sitter_c_sharp",
        aliases=("c#", "cs", "c-sharp"),
    ),
    Language(
        "go", "Go", (".go",), "#119c77", "#56f3c1", "▼", "go", "tree_sitter_go", aliases=("golang",)
    ),
    Language(
        "html",
        "HTML",
        (".html", ".htm", ".xhtml"),
        "#422800",
        "#9f6b1e",
        "◁",
        "html",
        "tree_sitter_html",
    ),
    Language("java", "Java", (".java",), "#ac3a3a", "#fe908a", "■", "java", "tree_sitter_java"),
    Language(
        "javascript",
        "JavaScript",
        (".js", ".mjs", ".cjs", ".jsx"),
        "#9c840d",
        "#f7d216",
        "▲",
        "javascript",
        "tree_sitter_javascript",
        aliases=("js",),
    ),
    Language(
        "kotlin",
        "Kotlin",
        (".kt", ".kts"),
        "#c778a1",
        "#fdd9ea",
        "▽",
        "kotlin",
        "tree_sitter_kotlin",
    ),
    Language(
        "php",
        "PHP",
        (".php", ".phtml"),
        "#744a57",
        "#c595a3",
        "△",
        "php",
        "tree_sitter_php",
        "language_php",
    ),
    Language(
        "python",
        "Python",
        (".py", ".pyi"),
        "#056ea2",
        "#5ebefd",
        "●",
        "python",
        "tree_sitter_python",
        aliases=("py", "python 3", "python3"),
    ),
    Language(
        "ruby",
        "Ruby",
        (".rb", ".rake", ".gemspec"),
        "#48211f",
        "#986a66",
        "◇",
        "ruby",
        "tree_sitter_ruby",
    ),
    Language("rust", "Rust", (".rs",), "#85005a", "#f63eaf", "◀", "rust", "tree_sitter_rust"),
    Language(
        "typescript",
        "TypeScript",
        (".ts", ".tsx", ".mts", ".cts"),
        "#437bfe",
        "#c0d5fd",
        "○",
        "typescript",
        "tree_sitter_typescript",
        "language_typescript",
        aliases=("ts",),
    ),
    Language(
        "scala",
        "Scala",
        (".scala", ".sc"),
        "#03363a",
        "#118791",
        "▷",
        "scala",
        "tree_sitter_scala",
    ),
    Language(
        "swift", "Swift", (".swift",), "#422800", "#9f6b1e", "◁", "swift", "tree_sitter_swift"
    ),
    Language(
        "haskell",
        "Haskell",
        (".hs",),
        *GREY,
        "◇",
        "haskell",
        "tree_sitter_haskell",
    ),
    Language(
        "shell",
        "Shell",
        (".sh", ".bash", ".zsh"),
        "#03363a",
        "#118791",
        "▷",
        "bash",
        "tree_sitter_bash",
        aliases=("sh", "bash"),
    ),
    Language("english", "English", (".txt", ".md", ".rst"), *GREY, "×", "", aliases=("en",)),
)

_BY_ID = {language.id: language for language in LANGUAGES}
LANGUAGE_IDS: tuple[str, ...] = tuple(_BY_ID)


@cache
def _names() -> dict[str, str]:
    """Every accepted spelling, in lower case, and the id it stands for."""
    names: dict[str, str] = {}
    for language in LANGUAGES:
        for spelling in (language.id, language.name, *language.aliases):
            names[spelling.lower()] = language.id
    return names


@cache
def _extensions() -> dict[str, str]:
    return {ending: language.id for language in LANGUAGES for ending in language.extensions}


def language_id(spelling: str) -> str | None:
    """The id a spelling stands for (`C++`, `py`, `Javascript` ...), or None."""
    return _names().get(spelling.strip().lower())


def language_of_extension(extension: str) -> str | None:
    """The language a file extension (with its dot) belongs to, or None. `.h` reads as C here."""
    return _extensions().get(extension.lower())


def language(id: str) -> Language | None:
    """The table's row of an id, or None for a label that is no language."""
    return _BY_ID.get(id)


def display_name(label: str) -> str:
    """What a reader sees for a label: a language's name, any other label as it is."""
    row = _BY_ID.get(label)
    return row.name if row else label


def parse_languages(text: str, *, known: Sequence[str] = LANGUAGE_IDS) -> tuple[str, ...]:
    """Ids from a comma-separated list, aliases accepted, order kept.

    known: which are named to who asks for an unknown one. Raises ConfigError for an unknown
    language, an empty list or a repetition.
    """
    spellings = [part.strip() for part in text.split(",") if part.strip()]
    if not spellings:
        raise ConfigError(f"no language in {text!r}: give ids separated by commas, as python,java")
    ids: list[str] = []
    for spelling in spellings:
        found = language_id(spelling)
        if found is None:
            raise ConfigError(f"unknown language {spelling!r}: known are {', '.join(known)}")
        if found in ids:
            raise ConfigError(f"language {found!r} stands twice in {text!r}: name each once")
        ids.append(found)
    return tuple(ids)
