"""What C lacks and a program may use: integer lists, growing strings, numbers as text.

Takes the lines of a program, gives the definitions it mentions, each after those it needs. The
names are reserved in `names`, so that no program has a function of the same name.
"""

from collections.abc import Callable, Iterable, Mapping

from neuroglot.programs.layout import Lines, mentions


def c_runtime(lines: Iterable[str], *, grows: bool) -> list[Lines]:
    """The definitions that the lines mention; `grows` tells whether lists are appended to."""
    parts: list[Lines] = []
    needed = list(lines)
    for name, source in reversed(list(_RUNTIME.items())):
        if mentions(needed, name):
            part = source(grows).splitlines()
            parts.insert(0, part)
            needed += part
    return parts


_INT_LIST = """\
typedef struct {
    int *items;
    int length;
} IntList;"""

_GROWING_LIST = """\
typedef struct {
    int *items;
    int length;
    int capacity;
} IntList;"""

_APPEND_ITEM = """\
static void append_item(IntList *list, int item) {
    if (list->length == list->capacity) {
        list->capacity = 2 * list->capacity + 8;
        list->items = realloc(list->items, list->capacity * sizeof(int));
    }
    list->items[list->length++] = item;
}"""

_FILLED_LIST = """\
static IntList filled_list(int length, int item) {
    IntList list = {.items = malloc(length * sizeof(int)), .length = length@};
    for (int i = 0; i < length; i++) {
        list.items[i] = item;
    }
    return list;
}"""

_COPIED_LIST = """\
static IntList copied_list(const int *items, int length) {
    IntList list = {.items = malloc(length * sizeof(int)), .length = length@};
    for (int i = 0; i < length; i++) {
        list.items[i] = items[i];
    }
    return list;
}"""

_TEXT_BUFFER = """\
typedef struct {
    char *text;
    int length;
    int capacity;
} TextBuffer;"""

_NEW_BUFFER = """\
static TextBuffer new_buffer(void) {
    TextBuffer buffer = {.text = calloc(16, 1), .length = 0, .capacity = 16};
    return buffer;
}"""

_ADD_LETTER = """\
static void add_letter(TextBuffer *buffer, char letter) {
    if (buffer->length + 1 == buffer->capacity) {
        buffer->capacity *= 2;
        buffer->text = realloc(buffer->text, buffer->capacity);
    }
    buffer->text[buffer->length++] = letter;
    buffer->text[buffer->length] = '\\0';
}"""

_ADD_TEXT = """\
static void add_text(TextBuffer *buffer, const char *text) {
    for (int i = 0; text[i] != '\\0'; i++) {
        add_letter(buffer, text[i]);
    }
}"""

_ADD_NUMBER = """\
static void add_number(TextBuffer *buffer, int number) {
    char digits[12];
    snprintf(digits, sizeof digits, "%d", number);
    add_text(buffer, digits);
}"""

_DECIMAL_TEXT = """\
static const char *decimal_text(int number) {
    char *digits = malloc(12);
    snprintf(digits, 12, "%d", number);
    return digits;
}"""


def _capacity(source: str, grows: bool) -> str:
    return source.replace("@", ", .capacity = length" if grows else "")


_RUNTIME: Mapping[str, Callable[[bool], str]] = {
    "IntList": lambda grows: _GROWING_LIST if grows else _INT_LIST,
    "append_item": lambda grows: _APPEND_ITEM,
    "filled_list": lambda grows: _capacity(_FILLED_LIST, grows),
    "copied_list": lambda grows: _capacity(_COPIED_LIST, grows),
    "TextBuffer": lambda grows: _TEXT_BUFFER,
    "new_buffer": lambda grows: _NEW_BUFFER,
    "add_letter": lambda grows: _ADD_LETTER,
    "add_text": lambda grows: _ADD_TEXT,
    "add_number": lambda grows: _ADD_NUMBER,
    "decimal_text": lambda grows: _DECIMAL_TEXT,
}
