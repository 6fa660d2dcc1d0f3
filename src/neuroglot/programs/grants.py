"""What a completion may use although nobody could see that its file imports it.

Takes a whole file and its language, gives the file with these imports. A model that completes a
function writes no imports; Go refuses those that are not used as well, so there they are made anew.
"""

import re
from collections.abc import Collection, Mapping

GO_GRANTED = (
    *("bytes", "container/heap", "container/list", "crypto/md5", "errors", "fmt", "math"),
    *("math/bits", "os", "regexp", "sort", "strconv", "strings", "time", "unicode"),
)
"""Packages of Go."""

_C_HEADERS = ("ctype.h", "limits.h", "stdbool.h", "stdio.h", "stdlib.h", "string.h")
_CPP_HEADERS = (
    *("algorithm", "cctype", "climits", "cmath", "cstdlib", "functional", "map", "numeric", "set"),
    *("string", "unordered_map", "unordered_set", "utility", "vector"),
)
_PYTHON_MODULES = (
    *("bisect", "collections", "functools", "heapq", "itertools", "math", "re", "string"),
)
_CSHARP = ("System", "System.Collections.Generic", "System.Linq", "System.Text")
_RUST_NAMES = ("BTreeMap", "BTreeSet", "HashMap", "HashSet", "VecDeque")

GRANTED: Mapping[str, tuple[str, ...]] = {
    "c": tuple(f"#include <{name}>" for name in _C_HEADERS),
    "cpp": tuple(f"#include <{name}>" for name in _CPP_HEADERS),
    "csharp": tuple(f"using {name};" for name in _CSHARP),
    "java": ("import java.util.*;", "import java.util.stream.*;"),
    "kotlin": ("import kotlin.math.*",),
    "python": tuple(f"import {name}" for name in _PYTHON_MODULES),
    "rust": tuple(f"use std::collections::{name};" for name in _RUST_NAMES),
}
"""Lines that are put in front of a file, where it has not got them. The languages that are missing
need none; Go's packages stand in GO_GRANTED."""

_GO_IMPORT = re.compile(r'^import (?:\([^)]*\)|"[^"]+")\n', re.MULTILINE)
_GO_PATH = re.compile(r'"([^"]+)"')
_GO_COMMENT = re.compile(r"^\s*//.*$", re.MULTILINE)


def with_grants(source: str, language: str) -> str:
    """The file with the imports that are granted in its language."""
    if language == "go":
        return _go(source)
    present = set(source.split("\n"))
    used = "\n".join(line for line in present if line.startswith("use "))
    lines = [
        line
        for line in GRANTED.get(language, ())
        if line not in present
        and not (language == "rust" and re.search(rf"\b{line.split('::')[-1][:-1]}\b", used))
    ]
    return "".join(f"{line}\n" for line in lines) + source


def go_imports(code: str, asked: Collection[str]) -> list[str]:
    """Which of these packages Go code uses, in order: all others have to be left out."""
    named = _GO_COMMENT.sub("", code)
    return [
        path for path in sorted(set(asked)) if re.search(rf"\b{path.rpartition('/')[2]}\.", named)
    ]


def _go(source: str) -> str:
    stated = _GO_IMPORT.search(source)
    body = _GO_IMPORT.sub("", source, count=1)
    paths = _GO_PATH.findall(stated[0]) if stated else []
    lines = "".join(f'\t"{path}"\n' for path in go_imports(body, [*paths, *GO_GRANTED]))
    head, newline, rest = body.partition("\n")
    return f"{head}{newline}\nimport (\n{lines})\n\n{rest.lstrip()}" if lines else body
