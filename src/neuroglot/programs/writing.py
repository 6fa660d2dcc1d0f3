"""Every language's writer, and what a writer has to be.

A writer is one file `writers/<language>.py` that imports `tree`, `facts` and `layout` and no other
writer. It has three names:

    STYLES      the styles the language is written in here (the table STYLES below is made of them)
    code        (program, *, style, documented) -> str     the program alone, a whole file
    executable  (program, *, style, cases, token) -> str   the program and its test, a whole file

`writers/python.py` and `writers/java.py` are the models: read one of them beside this page.

The code
- As the language's own formatter would leave it: its indentation, its naming case (names of the
  tree are snake_case: `layout.camel`, `layout.pascal`), imports only of what is used
  (`layout.mentions` on the undocumented lines), nothing that is never called. No line is longer
  than 100 columns: algorithms see to that.
- Functions come in the program's order, helpers first; in a class the entry comes first. Helpers
  are private (`static` in C, a small letter in Go). The entry is public.
- Procedural: free functions, or static methods of a class named by `program.title` where the
  language has no free functions (Java, C#). Object-oriented: a class (Go: a struct with methods;
  Rust: a struct with an impl) named by the title. `Facts.field` is the parameter that its
  constructor takes; None means there is no constructor. Helpers are private static methods, in Go
  plain functions. C is written procedurally only.
- With `documented`, each function has a doc comment in the language's convention: one sentence made
  of `purpose` ("Returns " + purpose, Go: "CountAbove returns ..."), and for the entry the meaning
  of each written parameter and the result. `layout.prose` spells the names in backticks.

The tree, and where languages differ
- INT is the 32-bit integer (`int`, `Int`, `i32`; Go's `int`; a plain number in JavaScript). Nothing
  overflows. `//` and `%` have operands without sign: the plain operators of integers, but
  `Math.floor(a / b)` in JavaScript and `intdiv` in PHP.
- CHAR is one ASCII character: the `char` of a typed language (a byte in Go), else a string of
  length one. `Code` and `FromCode` convert; where characters are numbers `Code` may vanish.
- STR is never changed in place, but for a string that is *built* (`Facts.built`): it is declared
  "", extended by CHAR or STR pieces (`Extend`), and assigned only "" again. It is the language's
  builder (StringBuilder, strings.Builder, a mutable String), or `+=` where that is the custom; read
  as a value it becomes a string. `Decimal` inside `Extend` often needs no conversion.
- Comparison of STR is by content (`equals`, `strcmp`, `===`). Only INT and CHAR are ordered.
- LIST holds integers. A parameter is never changed. What is declared or assigned is always new:
  `Numbers`, `Filled`, `Copy` or a call's result, so no list has two names; these four stand only as
  the whole value of Declare, Assign or Return (`Filled` never in Return). `Facts.grown` and
  `Facts.written` tell a mutable list from one that is only read; `appends(program)` tells whether
  plain arrays will do for the whole program.
- `facts.element_update` recognises `values[i] = values[i] + 1`, which most languages shorten.
- `Item` and `Length` take a Variable, of LIST or STR, which may be built.
- A name has one type in a function and is declared once, counters excepted, which may come again in
  a later loop. `Facts.changed` tells `var` from `val`. Blocks are scopes.
- `ForRange`: upwards `start <= i < stop` (or `<= stop` if `inclusive`), downwards
  `start >= i >= stop`. Counter and bounds do not change inside. A counter may be unread
  (`facts.is_read`): `_`, `repeat`, `times`. `tree.shifted` adds to a bound and keeps it short.
- `ForEach` runs over a list or a string that is not built and does not change.
- In a call write `Facts.arguments(call)`, not `call.arguments`: a field is not passed on.
- One lone `If` in `otherwise` is an `else if`.
- A new kind of node would be a new row in every writer: the tree is closed.

The executable
- The lines of the code stand in it unchanged and undocumented, but for imports, which are merged,
  and the name of a package in Go.
- It calls the entry on every case in order; `facts.shared_out` splits the arguments between
  constructor and entry. Values are compared by content and type.
- A wrong result: one line on stderr (case, found, expected) and exit status `layout.WRONG_EXIT`.
  All right: `token` alone on a line of stdout, and exit status 0. Anything else is a crash.

Prove it: `tests/programs/test_writers.py` runs whatever stands in WRITERS. Add the language there
to COMPILERS with its commands.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from neuroglot.base.errors import ConfigError
from neuroglot.programs.facts import Style
from neuroglot.programs.layout import Case
from neuroglot.programs.tree import Program
from neuroglot.programs.writers import (
    c,
    cpp,
    csharp,
    go,
    java,
    javascript,
    kotlin,
    php,
    python,
    ruby,
    rust,
    typescript,
)


class Writer(Protocol):
    """What each file of `writers/` is."""

    @property
    def STYLES(self) -> tuple[Style, ...]:  # noqa: N802 - a constant of a module
        """The styles the language is written in."""

    def code(self, program: Program, *, style: Style, documented: bool) -> str:
        """The program alone, a whole file."""

    def executable(
        self, program: Program, *, style: Style, cases: Sequence[Case], token: str
    ) -> str:
        """The program and its test, a whole file."""


WRITERS: Mapping[str, Writer] = {
    "c": c,
    "cpp": cpp,
    "csharp": csharp,
    "go": go,
    "java": java,
    "javascript": javascript,
    "kotlin": kotlin,
    "php": php,
    "python": python,
    "ruby": ruby,
    "rust": rust,
    "typescript": typescript,
}

STYLES: Mapping[str, tuple[Style, ...]] = {
    language: writer.STYLES for language, writer in WRITERS.items()
}
"""The styles of each language."""


def writer(language: str, style: Style) -> Writer:
    """The writer of a language. Raises ConfigError for a language or a style it has not."""
    if language not in WRITERS:
        known = ", ".join(WRITERS)
        raise ConfigError(f"no programs in language {language!r}: they are written in {known}")
    if style not in STYLES[language]:
        known = ", ".join(STYLES[language])
        raise ConfigError(f"{language} is not written in style {style!r}, but in {known}")
    return WRITERS[language]
