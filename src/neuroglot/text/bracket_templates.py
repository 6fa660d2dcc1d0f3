"""The templates of the bracket study: statements with six places, in the syntax of many languages.

Each of three places either opens one more bracket or holds plain operands, each of three others
either holds a call that is closed already or plain operands. `text/bracket_crossing.py` writes
prompts from them. No identifier and no number of one split stands in another one. Knows no
tokenizer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from neuroglot.base.errors import ConfigError
from neuroglot.base.seeds import generator

NESTED = 3
"""Places that may open a bracket, beside the one that always does."""

CLOSED = 3
"""Places that may hold a closed call."""


@dataclass(frozen=True)
class Syntax:
    """How one kind of brackets is written.

    opener: a name and its bracket. entry: an operand, with a key where the kind wants one. joint:
    between operands. shorthand: operands without a key.
    """

    closer: str
    opener: str
    entry: str = "{value}"
    joint: str = " + "
    shorthand: tuple[str, ...] = ()

    @property
    def keyed(self) -> bool:
        """Whether operands have keys."""
        return "{key}" in self.entry


CALL = Syntax(")", "{name}(")
INDEX = Syntax("]", "{name}[")
LITERAL = Syntax("}", "{name}{{", joint=", ")
DICT = Syntax("}", '"{name}": {{', '"{key}": {value}', ", ", ("**{word}",))
OBJECT = Syntax("}", "{name}: {{", "{key}: {value}", ", ", ("{word}", "...{word}"))
HASH = Syntax("}", "{name}: {{", "{key}: {value}", ", ", ("**{word}",))


@dataclass(frozen=True)
class Template:
    """One way to write an unfinished statement.

    comment: what the statement does. before and outer: its beginning, and the name whose bracket is
    always open (empty: the beginning ends in that bracket). nested: names that open one more each.
    calls: names of closed calls. argument: what stands in these (number, name, pair, index).
    """

    id: str
    split: str
    language: str
    syntax: Syntax
    comment: str
    before: str
    outer: str
    nested: tuple[str, ...]
    calls: tuple[str, ...]
    argument: str

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that stands before a bracket, once."""
        return tuple(
            dict.fromkeys((*([self.outer] if self.outer else []), *self.nested, *self.calls))
        )


@dataclass(frozen=True)
class Words:
    """What plain operands and other names are made of: nothing of it stands in another split.

    variables and numbers: operands. keys: of entries. others: names in the place of a template's
    own, two words each.
    """

    variables: tuple[str, ...]
    numbers: tuple[str, ...]
    keys: tuple[str, ...]
    others: tuple[tuple[str, str], ...]


WORDS: Mapping[str, Words] = {
    "train": Words(
        ("n", "n2", "total", "row_size", "left"),
        ("7", "42", "12"),
        ("step", "gap"),
        (("amber", "rope"), ("basket", "mill"), ("copper", "lake"), ("drift", "wood"),
         ("ember", "dish"), ("fable", "moss"), ("ginger", "sail")),
    ),
    "dev": Words(
        ("m", "m2", "span", "col_width", "right"),
        ("8", "36", "64"),
        ("pace", "lag"),
        (("hazel", "cart"), ("island", "drum"), ("jungle", "pond"), ("kettle", "barn"),
         ("lemon", "coat"), ("marble", "sand"), ("nickel", "vine")),
    ),
    "test": Words(
        ("x", "x2", "size", "max_depth", "rest"),
        ("5", "80", "16"),
        ("rate", "pad"),
        (("olive", "gate"), ("pepper", "boat"), ("quartz", "hill"), ("ribbon", "lamp"),
         ("saddle", "corn"), ("tulip", "shed"), ("velvet", "rain")),
    ),
}  # fmt: skip

_NUMBER_SHARES = {"train": 450, "dev": 150, "test": 300}


@cache
def split_numbers(split: str) -> tuple[int, ...]:
    """The numbers of three digits that may be last operands of a split, the same for every seed."""
    shuffled = generator(0, "bracket number splits").permutation(np.arange(100, 1000))
    ends = np.cumsum(list(_NUMBER_SHARES.values()))[:-1]
    parts = dict(zip(_NUMBER_SHARES, np.split(shuffled, ends), strict=True))
    return tuple(int(number) for number in parts[split])


Row = tuple[str, Syntax, str, str, str, str, str, str]


def _templates(split: str, *rows: Row) -> tuple[Template, ...]:
    return tuple(
        Template(
            f"{split}-{language}-{place}",
            split,
            language,
            syntax,
            comment,
            before,
            outer,
            tuple(nested.split()),
            tuple(calls.split()),
            argument,
        )
        for place, (language, syntax, comment, before, outer, nested, calls, argument) in enumerate(
            rows, start=1
        )
    )


# fmt: off
TEMPLATES: tuple[Template, ...] = (
    *_templates(
        "train",
        ("python", CALL, "print the value", "", "print", "str abs round", "int", "number"),
        ("ruby", CALL, "show the row", "", "puts", "Integer format_row chomp_all", "ordinal",
         "name"),
        ("kotlin", CALL, "print the list", "", "println", "listOf maxOf sqrt", "cbrt", "pair"),
        ("go", CALL, "print the line", "", "fmt.Println", "float64 int64 clamp", "uint8", "number"),
        ("javascript", CALL, "stop at the limit", "while (limit < ", "",
         "Math.abs Number Math.round", "parseInt", "number"),
        ("typescript", CALL, "go on below the limit", "while (limit > ", "",
         "Math.floor BigInt Math.sqrt", "Math.exp", "name"),
        ("java", CALL, "compare with the limit", "if (limit == ", "",
         "Math.round Math.abs Math.cbrt", "Math.max", "pair"),
        ("c", CALL, "wait for the limit", "while (limit < ", "", "abs labs sqrt", "exp", "index"),
        ("cpp", CALL, "leave at the limit", "if (limit > ", "", "std::abs std::round std::sqrt",
         "std::max", "pair"),
        ("csharp", CALL, "reach the limit", "while (limit != ", "", "Math.Abs Math.Floor Math.Sqrt",
         "Math.Exp", "number"),
        ("php", CALL, "keep the limit", "while ($limit < ", "", "abs intval round", "sqrt", "name"),
        ("rust", CALL, "scale the row", "while limit < ", "scale", "i64::abs clamp shift", "area",
         "pair"),
        ("python", INDEX, "find the best row", "best = ", "rows", "order index parent", "used",
         "number"),
        ("ruby", INDEX, "take the best cell", "best = ", "cells", "order links owner", "used",
         "name"),
        ("kotlin", INDEX, "read the best table", "val best = ", "table", "index order links",
         "used", "number"),
        ("go", INDEX, "look up the best row", "best := ", "rows", "owner parent index", "cells",
         "name"),
        ("python", DICT, "set up the rows", "rows = {", "",
         "row_limit line_range table_span", "used_part kept_part free_part", "number"),
        ("javascript", OBJECT, "describe the table", "table = {", "",
         "rowLimit lineRange tableSpan", "usedPart keptPart freePart", "name"),
        ("ruby", HASH, "settings of the list", "list = {", "",
         "row_limit line_range table_span", "used_part kept_part free_part", "number"),
        ("go", LITERAL, "make a table", "table := ", "Table", "RowLimit LineRange TableSpan",
         "Pair", "pair"),
    ),
    *_templates(
        "dev",
        ("python", CALL, "measure the width", "width = ", "complex", "len sorted bool", "bin",
         "name"),
        ("javascript", CALL, "break off at the width", "if (width < ", "",
         "encodeURI escape decodeURI", "unescape", "number"),
        ("java", CALL, "hold the width", "while (width > ", "",
         "blurAll pickOne widenAll", "Objects.checkIndex", "pair"),
        ("c", CALL, "look at the width", "if (width == ", "", "toupper tolower isalpha", "atoi",
         "index"),
        ("go", CALL, "leave with a code", "", "os.Exit", "blend widen tint", "tally", "name"),
        ("rust", CALL, "cover the width", "if ", "covers", "blend widen tint", "tally", "pair"),
        ("python", INDEX, "find the next slot", "slot = ", "slots", "queue marks edges", "ports",
         "number"),
        ("go", INDEX, "get the next edge", "slot := ", "edges", "marks queue slots", "ports",
         "name"),
        ("python", DICT, "lay out the page", "page = {", "",
         "page_border text_margin head_frame", "foot_note side_note last_note", "number"),
        ("javascript", OBJECT, "draw the frame", "page = {", "",
         "pageBorder textMargin headFrame", "footNote sideNote lastNote", "name"),
    ),
    *_templates(
        "test",
        ("python", CALL, "collect the figures", "", "figures.append", "float hash divmod", "ord",
         "index"),
        ("ruby", CALL, "store the figures", "", "figures.push", "Float Rational wrap_text",
         "count_of", "pair"),
        ("kotlin", CALL, "test the figure", "", "check", "minOf setOf ceil", "depthOf", "name"),
        ("go", CALL, "give up", "", "panic", "string cap rune", "byte", "number"),
        ("javascript", CALL, "search the depth", "while (depth > ", "",
         "String parseFloat isNaN", "Symbol", "number"),
        ("typescript", CALL, "weigh the height", "if (height === ", "",
         "Boolean weigh isFinite", "gauge", "name"),
        ("java", CALL, "sink to the depth", "while (depth < ", "",
         "Byte.toUnsignedInt Long.hashCode Double.compare", "Short.valueOf", "number"),
        ("c", CALL, "raise the height", "if (height > ", "", "fabs tgamma lrint", "strlen", "name"),
        ("cpp", CALL, "fold the sheets", "while (height < ", "", "fold_up weigh_in merge_in",
         "count_of", "index"),
        ("csharp", CALL, "convert the depth", "if (depth != ", "",
         "Convert.ToInt32 Decimal.Truncate Weigh", "Gauge", "pair"),
        ("php", CALL, "judge the depth", "if ($depth == ", "", "strlen floatval ucfirst", "ord",
         "name"),
        ("rust", CALL, "fit the height", "if ", "fits", "f64::from usize::from u16::min", "gauge",
         "pair"),
        ("python", INDEX, "follow the path", "tile = ", "tiles", "path seats ranks", "codes",
         "number"),
        ("ruby", INDEX, "see the tile", "tile = ", "grid", "lanes path nodes", "seats", "name"),
        ("kotlin", INDEX, "seat by rank", "val tile = ", "ranks", "nodes lanes codes", "seats",
         "number"),
        ("go", INDEX, "walk the grid", "tile := ", "grid", "seats codes lanes", "tiles", "name"),
        ("python", DICT, "plan the house", "house = {", "",
         "wall_color door_handle roof_angle", "old_stair new_stair wet_stair", "number"),
        ("javascript", OBJECT, "build the house", "house = {", "",
         "wallColor doorHandle roofAngle", "oldStair newStair wetStair", "name"),
        ("typescript", OBJECT, "paint the house", "home = {", "",
         "roofAngle wallColor doorHandle", "newStair wetStair oldStair", "number"),
        ("go", LITERAL, "raise a house", "house := ", "House",
         "WallColor DoorHandle RoofAngle", "Stair", "pair"),
    ),
)
# fmt: on
"""Fifty: thirty with `)` in twelve languages, ten each with `]` and `}`. Where a statement with `)`
would end in a semicolon it is the head of a loop or a branch: closers and semicolon may be one
token."""


def templates_of(closer: str, templates: tuple[Template, ...] = TEMPLATES) -> tuple[Template, ...]:
    """The templates that want this closer. Raises ConfigError where there are none."""
    found = tuple(each for each in templates if each.syntax.closer == closer)
    if not found:
        raise ConfigError(f"no template is closed by {closer!r}: give one of ), ], }}")
    return found


def comment_line(language: str, text: str) -> str:
    """A comment as its language writes it, with its line break."""
    return f"{'#' if language in {'python', 'ruby'} else '//'} {text}\n"


def wrong_comment(template: Template, templates: tuple[Template, ...] = TEMPLATES) -> str:
    """What the next template of the same split says it does, the last one's being the first's.

    Raises ConfigError where no other template of the split says anything else.
    """
    own = [each.comment for each in templates if each.split == template.split]
    start = own.index(template.comment) if template.comment in own else -1
    others = [c for c in own[start + 1 :] + own[: start + 1] if c != template.comment]
    if not others:
        raise ConfigError(
            f"no comment is wrong for template {template.id!r}: the split {template.split!r} has "
            "no other template; give two or leave the wrong comments out"
        )
    return others[0]
