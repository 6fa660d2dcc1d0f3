"""Strings: the letters of one text counted, replaced, shifted, repeated, compressed."""

from numpy.random import Generator

from neuroglot.programs.algorithm import Algorithm, Exercise
from neuroglot.programs.choices import LETTERS, chance, pick, text, whole
from neuroglot.programs.forms import (
    MIXED,
    branch,
    compose,
    each_letter,
    each_place,
    inside,
    letter_class,
    verdict,
    within,
)
from neuroglot.programs.reading import read
from neuroglot.programs.words import Roles

BACKWARDS = """\
for {i} in range(len({text}) - 1, -1, -1):
    {letter} = {text}[{i}]
    {body}"""
HALFWAY = """\
for {low} in range(len({text}) // 2):
    {high} = len({text}) - 1 - {low}
    {body}"""
INWARDS = """\
{low} = 0
{high} = len({text}) - 1
while {low} < {high}:
    {body}
    {low} += 1
    {high} -= 1"""
TEXT: Roles = {"text": "text", "letter": "letter", "result": "result text"}


def count_letters(rng: Generator) -> Exercise:
    """Counts the characters of one class."""
    wording, test = letter_class(rng)
    source = compose(
        rng,
        """
def {entry}({text}: str) -> int:
    '''the number of {wording} in `{text}`

    {text}: the text to look through
    '''
    {total} = 0
    {loop}
    return {total}
""",
        roles={**TEXT, "total": "count"},
        loop=each_letter(rng, f"if {test}:\n    {{total}} += 1", ordered=False),
        wording=wording,
        entry=f"count_{wording.replace(' ', '_')}",
    )
    program = read(source, title=pick(rng, ("letter_counter", "text_statistics")))
    return Exercise(program, lambda rng: (text(rng, MIXED),), (("",),))


def change_letters(rng: Generator) -> Exercise:
    """Replaces or leaves out one character, everywhere or a few times at most."""
    most, drops = pick(rng, (0, 0, 1, 2, 3)), chance(rng)
    test, opposite = "{letter} == {old}", "{letter} != {old}"
    changes = [] if drops else ["{result} += {new}"]
    if most:
        test, opposite = f"{test} and {{seen}} < {most}", f"{opposite} or {{seen}} >= {most}"
        changes.append("{seen} += 1")
    body = branch(rng, test, opposite, "\n".join(changes), "{result} += {letter}")
    which = ("every occurrence", "the first occurrence", "the first two", "the first three")[most]
    source = compose(
        rng,
        """
def {entry}({text}: str, {old}: char{parameter}) -> str:
    '''`{text}` with {which} of `{old}` {done}

    {text}: the text to change
    {old}: the character to look for
    {meaning}
    '''
    {result} = ""
    {start}
    {loop}
    return {result}
""",
        roles={
            **TEXT,
            "old": ("old", "mark", "wanted"),
            "new": ("fresh", "substitute", "replacement"),
            "seen": ("seen", "changes", "used"),
        },
        parameter="" if drops else ", {new}: char",
        meaning="" if drops else "{new}: the character to put in its place",
        which=which,
        done="left out" if drops else "replaced by `{new}`",
        start="{seen} = 0" if most else "",
        loop=each_letter(rng, body),
        entry=pick(rng, ("remove_letter", "drop_mark") if drops else ("replace_letter", "swap_in")),
    )
    program = read(source, title=pick(rng, ("text_changer", "letter_editor")))

    def draw(rng: Generator) -> tuple[str, ...]:
        given = text(rng, "abcab"), pick(rng, "abc")
        return given if drops else (*given, pick(rng, "xyz*"))

    return Exercise(program, draw, (("", "a") if drops else ("", "a", "b"),))


def shift_letters(rng: Generator) -> Exercise:
    """Caesar's cipher on the letters of one case, or on the digits, with or without a helper."""
    first, last, size, kind = pick(
        rng,
        (("a", "z", 26, "small letter"), ("A", "Z", 26, "capital letter"), ("0", "9", 10, "digit")),
    )
    shift = whole(rng, 1, size - 1)
    by_place = chance(rng) and size == 26
    amount = "{i}" if by_place else str(shift)
    new = f"chr((ord({{letter}}) - ord('{first}') + {amount}) % {size} + ord('{first}'))"
    test = within(rng, f"'{first}'", f"'{last}'")
    outside = f"{{letter}} < '{first}' or {{letter}} > '{last}'"
    places = "`{i}` places" if by_place else f"{shift} place{'s'[: shift > 1]}"
    helper = f"""
def {{helper}}({{letter}}: char{", {i}: int" if by_place else ""}) -> char:
    '''the {kind} {places} after `{{letter}}` in a ring'''
    {{steps}}
"""
    guard = f"if {outside}:\n    return {{letter}}\nreturn {new}"
    choice = f"if {test}:\n    return {new}\nreturn {{letter}}"
    parts = chance(rng)
    call = "{result} += {helper}({letter}" + (", {i})" if by_place else ")")
    inline = f"if {test}:\n    {{result}} += {new}\nelse:\n    {{result}} += {{letter}}"
    body = call if parts else inline
    named = "{letter} = {text}[{i}]\n" + body
    loop = each_place(rng, named, of="{text}") if by_place else each_letter(rng, body)
    moved = "moved on by its index" if by_place else f"moved {shift} place{'s'[: shift > 1]} on"
    extra = {"steps": pick(rng, (guard, choice))} if parts else {}
    source = compose(
        rng,
        (helper if parts else "")
        + """
def {entry}({text}: str) -> str:
    '''`{text}` with every {kind} {moved}, on from {last} to {first}

    {text}: the text to change
    '''
    {result} = ""
    {loop}
    return {result}
""",
        roles={
            **TEXT,
            "helper": ("shift_letter", "move_letter", "turned_letter"),
            "i": ("i", "k", "spot"),
        },
        kind=kind,
        moved=moved,
        first=first,
        last=last,
        loop=loop,
        entry=pick(rng, ("shift_text", "encode_text", "move_letters")),
        **extra,
    )
    program = read(source, title=pick(rng, ("letter_shifter", "text_encoder")))
    return Exercise(program, lambda rng: (text(rng, LETTERS + "AMZAMZAMZ 059059"),), (("",),))


def count_runs(rng: Generator) -> Exercise:
    """Run-length coding: each stretch of one letter as the letter and its length."""
    number_first, least, mark = chance(rng), pick(rng, (1, 1, 2, 3)), pick(rng, ("", "", "-", " "))
    ahead = """
{i} = 0
while {i} < len({text}):
    {letter} = {text}[{i}]
    {after} = {i} + 1
    while {after} < len({text}) and {text}[{after}] == {letter}:
        {after} += 1
    {run} = {after} - {i}
    {parts}
    {i} = {after}
"""
    change = """
{letter} = {text}[{i}]
{after} = {i} + 1
if {after} < len({text}) and {text}[{after}] == {letter}:
    {run} += 1
else:
    {parts}
    {run} = 1
"""
    number = "{result} += str({run})"
    if least > 1:
        number = f"if {{run}} >= {least}:\n    {number}"
    parts = (number, "{result} += {letter}")[:: 1 if number_first else -1]
    steps = ahead if chance(rng) else "{run} = 1\n" + each_place(rng, change.strip(), of="{text}")
    wording = "its length and the letter" if number_first else "the letter and its length"
    details = [f"the length only where it is {least} or more"] if least > 1 else []
    details += [f"each followed by a {'hyphen' if mark == '-' else 'space'}"] if mark else []
    source = compose(
        rng,
        """
def {entry}({text}: str) -> str:
    '''`{text}` with each run of equal letters written as {wording}

    {text}: the text to compress
    '''
    {result} = ""
    {steps}
    return {result}
""",
        roles={
            **TEXT,
            "run": ("run", "size", "repeats"),
            "after": ("after", "following", "stop"),
        },
        steps=steps,
        parts="\n".join([*parts, *([f"{{result}} += '{mark}'"] if mark else [])]),
        wording=", ".join([wording, *details]),
        entry=pick(rng, ("encode_runs", "compress_text", "run_lengths_of")),
    )
    program = read(source, title=pick(rng, ("run_encoder", "text_compressor")))
    return Exercise(
        program, lambda rng: (text(rng, "ab"[: whole(rng, 1, 2)] + "c"),), (("",), ("aaabbc",))
    )


def reverse_text(rng: Generator) -> Exercise:
    """The letters backwards: all, every second or third, or all that pass a test."""
    wording, test = letter_class(rng)
    chosen, step = chance(rng), pick(rng, (1, 1, 2, 3))
    body = "{result} += {text}[{i}]"
    if chosen:
        step, body = 1, f"{{letter}} = {{text}}[{{i}}]\nif {test}:\n    {{result}} += {{letter}}"
    down = inside(f"for {{i}} in range(len({{text}}) - 1, -1, -{step}):\n    {{body}}", body)
    counted = inside(
        f"{{i}} = len({{text}}) - 1\nwhile {{i}} >= 0:\n    {{body}}\n    {{i}} -= {step}", body
    )
    mirrored = body.replace("[{i}]", "[len({text}) - 1 - {i}]")
    up = inside(f"for {{i}} in range(0, len({{text}}), {step}):\n    {{body}}", mirrored)
    every = ("the letters", "every second letter", "every third letter")[step - 1]
    source = compose(
        rng,
        """
def {entry}({text}: str) -> str:
    '''{what} of `{text}` from the last to the first

    {text}: the text to turn round
    '''
    {result} = ""
    {loop}
    return {result}
""",
        roles=TEXT,
        what=f"the {wording}" if chosen else every,
        loop=pick(rng, (down, counted, up)),
        entry=pick(rng, ("reverse_text", "read_backwards", "turn_round")),
    )
    program = read(source, title=pick(rng, ("text_reverser", "mirror_writer")))
    return Exercise(program, lambda rng: (text(rng, MIXED),), (("",), ("ab",)))


def mirrored_text(rng: Generator) -> Exercise:
    """Palindromes: whether a text reads the same backwards, or nearly so, or how far not."""
    counts, allowed = chance(rng), pick(rng, (0, 0, 1, 2))
    differs = pick(
        rng,
        (
            "{text}[{low}] != {text}[{high}]",
            "not {text}[{low}] == {text}[{high}]",
            "{text}[{high}] != {text}[{low}]",
        ),
    )
    before, body, last = verdict(rng, differs, found=False)
    if counts or allowed:
        before = "{misses} = 0"
        body = f"if {differs}:\n    {{misses}} += 1"
        last = "return {misses}" if counts else f"return {{misses}} <= {allowed}"
    ends = pick(rng, (("low", "high"), ("left", "right"), ("front", "back")))
    loop = inside(pick(rng, (INWARDS, HALFWAY)), body)
    purpose = "whether `{text}` reads the same forwards and backwards"
    if counts:
        purpose = "the number of letters of `{text}` to change until it reads the same backwards"
    elif allowed:
        purpose += f" once at most {('one letter is', 'two letters are')[allowed - 1]} changed"
    source = compose(
        rng,
        """
def {entry}({text}: str) -> {kind}:
    '''{purpose}

    {text}: the text to read
    '''
    {before}
    {loop}
    {last}
""",
        roles=TEXT,
        **dict(zip(("low", "high"), ends, strict=True)),
        kind="int" if counts else "bool",
        purpose=purpose,
        before=before,
        loop=loop,
        last=last,
        entry=pick(rng, ("count_changes", "mirror_distance"))
        if counts
        else pick(rng, ("is_palindrome", "is_mirrored", "reads_backwards")),
    )
    program = read(source, title=pick(rng, ("palindrome_test", "mirror_reader")))

    def draw(rng: Generator) -> tuple[str]:
        half = text(rng, "abc", length=(0, 5))
        other = "".join(pick(rng, "abc") if whole(rng, 0, 5) == 0 else each for each in half[::-1])
        return (half + pick(rng, ("", "c")) + other,)

    return Exercise(program, draw, (("",), ("ab",), ("abcba",), ("aaabbb",)))


def repeat_letters(rng: Generator) -> Exercise:
    """Each letter, or each of one class, several times."""
    wording, test = letter_class(rng)
    chosen, times = chance(rng), pick(rng, ("2", "3", "4", "{i} + 1"))
    by_place = times == "{i} + 1"
    once = "{result} += {letter}"
    fixed = "\n".join([once] * (2 if by_place else int(times)))
    again = f"for {{j}} in range({times}):\n    {{result}} += {{letter}}"
    several = again if by_place or chance(rng) else fixed
    body = branch(rng, test, f"not ({test})", several, once) if chosen else several
    named = "{letter} = {text}[{i}]\n" + body
    counted = {"2": "twice", "3": "three times", "4": "four times"}.get(
        times, "once more than its index"
    )
    source = compose(
        rng,
        """
def {entry}({text}: str) -> str:
    '''`{text}` with {each} written {times}

    {text}: the text to stretch
    '''
    {result} = ""
    {loop}
    return {result}
""",
        roles={**TEXT, "j": "other index"},
        each=f"those characters that are {wording}" if chosen else "each character",
        times=counted if not (by_place and chosen) else "once more often than their index",
        loop=each_place(rng, named, of="{text}") if by_place else each_letter(rng, body),
        entry=pick(rng, ("repeat_letters", "stretch_text", "multiply_letters")),
    )
    program = read(source, title=pick(rng, ("letter_repeater", "text_stretcher")))
    return Exercise(program, lambda rng: (text(rng, MIXED, length=(0, 8)),), (("",),))


def hash_text(rng: Generator) -> Exercise:
    """A number made of all letters: each step multiplies, adds and takes a remainder."""
    forwards = chance(rng)
    factor, start = pick(rng, (2, 3, 5, 7, 31, 33, 37)), pick(rng, (0, 1, 7, 17))
    size = pick(rng, (97, 101, 256, 1000, 1009, 10007))
    code, added = pick(
        rng,
        (
            ("ord({letter})", "the code of the letter"),
            ("ord({letter}) - 31", "the code of the letter, less 31"),
            ("ord({letter}) * ord({letter})", "the square of the code of the letter"),
        ),
    )
    one_step = f"{{total}} = ({{total}} * {factor} + {code}) % {size}"
    in_steps = f"{{total}} *= {factor}\n{{total}} += {code}\n{{total}} %= {size}"
    body = pick(rng, (one_step, in_steps))
    source = compose(
        rng,
        """
def {entry}({text}: str) -> int:
    '''{purpose}

    {text}: the text to reduce to a number
    '''
    {total} = {start}
    {loop}
    return {total}
""",
        roles={**TEXT, "total": ("total", "digest", "mixed", "checksum")},
        purpose=f"the checksum of `{{text}}`, which starts at {start} and with each letter,"
        f" {'from the first on' if forwards else 'from the last back'},"
        f" is multiplied by {factor} and increased by {added}, modulo {size}",
        start=start,
        loop=each_letter(rng, body) if forwards else inside(BACKWARDS, body),
        entry=pick(rng, ("text_checksum", "text_digest", "bucket_of_text")),
    )
    program = read(source, title=pick(rng, ("text_hasher", "checksum_maker")))
    return Exercise(program, lambda rng: (text(rng, MIXED),), (("",),))


ALGORITHMS = (
    Algorithm("count_letters", "strings", 1, count_letters),
    Algorithm("change_letters", "strings", 2, change_letters),
    Algorithm("shift_letters", "strings", 2, shift_letters),
    Algorithm("count_runs", "strings", 3, count_runs),
    Algorithm("reverse_text", "strings", 1, reverse_text),
    Algorithm("mirrored_text", "strings", 2, mirrored_text),
    Algorithm("repeat_letters", "strings", 2, repeat_letters),
    Algorithm("hash_text", "strings", 1, hash_text),
)
