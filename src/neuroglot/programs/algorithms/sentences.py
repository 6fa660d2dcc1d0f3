"""Sentences: a text written anew, with capitals, with shorter runs, with its words turned round."""

from numpy.random import Generator

from neuroglot.programs.algorithm import Algorithm, Exercise
from neuroglot.programs.algorithms.text import MARKS, TEXT, some_words
from neuroglot.programs.choices import chance, pick, text, whole
from neuroglot.programs.forms import (
    compose,
    count_up,
    each_letter,
    each_place,
    either,
    inside,
)
from neuroglot.programs.reading import read

DOWNWARDS = (
    "for {j} in range({after} - 1, {begin} - 1, -1):\n    {result} += {text}[{j}]",
    "{j} = {after}\nwhile {j} > {begin}:\n    {j} -= 1\n    {result} += {text}[{j}]",
)
LETTERS_TURNED = (
    """\
{begin} = 0
while {begin} < len({text}):
    {after} = {begin}
    while {after} < len({text}) and {text}[{after}] != {mark}:
        {after} += 1
    {body}
    if {after} < len({text}):
        {result} += {mark}
    {begin} = {after} + 1""",
    """\
{begin} = 0
for {after} in range(len({text}) + 1):
    if {after} == len({text}) or {text}[{after}] == {mark}:
        {body}
        if {after} < len({text}):
            {result} += {mark}
        {begin} = {after} + 1""",
)
WORDS_TURNED = (
    """\
{after} = len({text})
while {after} >= 0:
    {begin} = {after}
    while {begin} > 0 and {text}[{begin} - 1] != {mark}:
        {begin} -= 1
    {body}
    if {begin} > 0:
        {result} += {mark}
    {after} = {begin} - 1""",
    """\
{after} = len({text})
for {begin} in range(len({text}), -1, -1):
    if {begin} == 0 or {text}[{begin} - 1] == {mark}:
        {body}
        if {begin} > 0:
            {result} += {mark}
        {after} = {begin} - 1""",
)


def capital_words(rng: Generator) -> Exercise:
    """Capitals at the beginning of words, at their end, or at every second letter."""
    (mark, marks), capitals = pick(rng, MARKS), chance(rng)
    parts, where = chance(rng), pick(rng, ("first", "last", "second", "third"))
    low, high = ("a", "A") if capitals else ("A", "a")
    changed = f"chr(ord({{letter}}) - ord('{low}') + ord('{high}'))"
    test = {
        "first": f"{{i}} == 0 or {{text}}[{{i}} - 1] == '{mark}'",
        "last": f"{{i}} + 1 == len({{text}}) or {{text}}[{{i}} + 1] == '{mark}'",
        "second": f"{{i}} % 2 == {whole(rng, 0, 1)}",
        "third": f"{{i}} % 3 == {whole(rng, 0, 2)}",
    }[where]
    is_letter = f"'{low}' <= {{letter}} <= '{'z' if capitals else 'Z'}'"
    call = (
        f"if {test}:\n    {{result}} += {{helper}}({{letter}})\nelse:\n    {{result}} += {{letter}}"
    )
    first, second = either(rng, is_letter, "{here}" if " or " in test else test)
    inline = f"if {first} and {second}:\n    {{result}} += {changed}"
    inline += "\nelse:\n    {result} += {letter}"
    if " or " in test:
        inline = f"{{here}} = {test}\n{inline}"
    kinds = ("small letter", "capital") if capitals else ("capital", "small letter")
    helper = f"""
def {{helper}}({{letter}}: char) -> char:
    '''`{{letter}}`, as a {kinds[1]} if it is a {kinds[0]}'''
    {{change}}
"""
    guard = f"if {is_letter}:\n    return {changed}\nreturn {{letter}}"
    opposite = f"if not ({is_letter}):\n    return {{letter}}\nreturn {changed}"
    at = {
        "first": f"at the beginning of each word, words being separated by {marks},",
        "last": f"at the end of each word, words being separated by {marks},",
        "second": f"at those indices that leave {test[-1]} when divided by 2",
        "third": f"at those indices that leave {test[-1]} when divided by 3",
    }[where]
    source = compose(
        rng,
        (helper if parts else "")
        + """
def {entry}({text}: str) -> str:
    '''`{text}` with {kind} {at} made {other}

    {text}: the text to rewrite
    '''
    {result} = ""
    {loop}
    return {result}
""",
        roles={**TEXT, "helper": ("changed_letter", "other_case", "turn_letter")},
        **({"change": pick(rng, (guard, opposite))} if parts else {}),
        kind=kinds[0] + "s",
        other=kinds[1] + "s",
        at=at,
        loop=each_place(rng, "{letter} = {text}[{i}]\n" + (call if parts else inline), of="{text}"),
        entry=pick(rng, ("change_case", "rewrite_words", "recase_letters")),
    )
    program = read(source, title=pick(rng, ("case_changer", "title_writer")))
    letters = "abcz" if capitals else "ABCZ"
    return Exercise(
        program, lambda rng: (text(rng, letters + letters + "mM" + mark * 3),), (("",), ("a-B",))
    )


def squeeze_text(rng: Generator) -> Exercise:
    """Runs of one mark, or of any letter, cut down to one or two."""
    (mark, name), anything, most = pick(rng, MARKS), chance(rng), pick(rng, (1, 1, 2, 3))
    run = "{i} > 0 and {letter} == {text}[{i} - 1]"
    grow = f"if {run}:\n    {{size}} += 1\nelse:\n    {{size}} = 1"
    counted = f"{{letter}} = {{text}}[{{i}}]\n{grow}\nif {{size}} <= {most}"
    counted += ":" if anything else f" or {{letter}} != '{mark}':"
    counted = "{size} = 0\n" + each_place(rng, counted + "\n    {result} += {letter}", of="{text}")
    only_mark = f"if {{letter}} == '{mark}':\n    {{size}} += 1\nelse:\n    {{size}} = 0"
    by_letter = "{size} = 0\n" + each_letter(
        rng, f"{only_mark}\nif {{size}} <= {most}:\n    {{result}} += {{letter}}"
    )
    repeated = " or ".join(
        (f"{{i}} < {most}", "{letter} != {text}[{i} - " + str(most) + "]")
        + (() if anything else (f"{{letter}} != '{mark}'",))
    )
    back = each_place(
        rng,
        f"{{letter}} = {{text}}[{{i}}]\nif {repeated}:\n    {{result}} += {{letter}}",
        of="{text}",
    )
    ways = [counted] + ([] if anything else [by_letter]) + ([back] if most == 1 else [])
    several = ("one", "two", "three")[most - 1]
    source = compose(
        rng,
        """
def {entry}({text}: str) -> str:
    '''`{text}` with every run of {what} cut down to at most {several}

    {text}: the text to squeeze
    '''
    {result} = ""
    {steps}
    return {result}
""",
        roles=TEXT,
        what="equal characters" if anything else name,
        several=several,
        steps=pick(rng, ways),
        entry=pick(rng, ("squeeze_text", "shorten_runs", "cut_repeats")),
    )
    program = read(source, title=pick(rng, ("text_squeezer", "run_cutter")))
    return Exercise(
        program, lambda rng: (text(rng, "a" + mark * 3),), (("",), ("aaaa",), (mark * 5,))
    )


def turn_words(rng: Generator) -> Exercise:
    """Every word backwards in its place, or the words in the opposite order."""
    (mark, marks), letters = pick(rng, MARKS), chance(rng)
    scanned, nested = chance(rng), chance(rng)
    copied = "{result} += {text}[{j}]"
    if letters:
        steps = inside(LETTERS_TURNED[scanned], pick(rng, DOWNWARDS))
    else:
        steps = inside(
            WORDS_TURNED[scanned],
            count_up(rng, copied, counter="{j}", start="{begin}", stop="{after}"),
        )
    if scanned and letters and nested:
        steps = steps.replace(
            "for {after} in range(len({text}) + 1):", "{after} = 0\nwhile {after} <= len({text}):"
        )
        steps += "\n    {after} += 1"
    source = compose(
        rng,
        """
def {entry}({text}: str) -> str:
    '''{what}

    {text}: words separated by {marks}
    '''
    {result} = ""
    {steps}
    return {result}
""",
        roles={
            **TEXT,
            "begin": ("head", "start", "first"),
            "after": ("after", "stop", "limit"),
            "j": ("j", "k", "inner"),
        },
        what="`{text}` with the letters of each word in the opposite order"
        if letters
        else "`{text}` with its words in the opposite order",
        marks=marks,
        mark=f"'{mark}'",
        steps=steps,
        entry=pick(
            rng, ("turn_words", "mirror_words") if letters else ("reorder_words", "last_word_first")
        ),
    )
    program = read(source, title=pick(rng, ("word_turner", "sentence_mirror")))
    return Exercise(program, lambda rng: (some_words(rng, mark),), (("",), (f"ab{mark}c",)))


ALGORITHMS = (
    Algorithm("capital_words", "sentences", 2, capital_words),
    Algorithm("squeeze_text", "sentences", 2, squeeze_text),
    Algorithm("turn_words", "sentences", 3, turn_words),
)
