"""Strings: letters counted, replaced, shifted, compressed."""

from numpy.random import Generator

from neuroglot.programs.algorithm import Algorithm, Exercise
from neuroglot.programs.choices import LETTERS, pick, text, whole
from neuroglot.programs.filling import fill
from neuroglot.programs.reading import read
from neuroglot.programs.words import draw_names


def count_letters(rng: Generator) -> Exercise:
    """Counts the characters of one class."""
    wording, test = pick(
        rng,
        (
            ("digits", "'0' <= {letter} <= '9'"),
            ("capital letters", "'A' <= {letter} <= 'Z'"),
            ("small letters", "'a' <= {letter} <= 'z'"),
            ("spaces", "{letter} == ' '"),
        ),
    )
    names = draw_names(rng, text="text", letter="letter", total="count")
    source = fill(
        """
def {entry}({text}: str) -> int:
    '''the number of {wording} in `{text}`

    {text}: the text to look through
    '''
    {total} = 0
    for {letter} in {text}:
        if {test}:
            {total} += 1
    return {total}
""",
        **names,
        test=test,
        wording=wording,
        entry=f"count_{wording.replace(' ', '_')}",
    )
    program = read(source, title=pick(rng, ("letter_counter", "text_statistics")))
    return Exercise(program, lambda rng: (text(rng, "aei xyz AB 019"),), (("",),))


def shift_letters(rng: Generator) -> Exercise:
    """Caesar's cipher on small letters, with a helper for one letter."""
    shift = whole(rng, 1, 25)
    names = draw_names(rng, text="text", letter="letter", result="result text")
    source = fill(
        """
def {helper}({letter}: char) -> char:
    '''the letter {shift} places after `{letter}` in a ring of small letters'''
    if {letter} < 'a' or {letter} > 'z':
        return {letter}
    return chr((ord({letter}) - ord('a') + {shift}) % 26 + ord('a'))

def {entry}({text}: str) -> str:
    '''`{text}` with every small letter moved {shift} places on

    {text}: the text to change
    '''
    {result} = ""
    for {letter} in {text}:
        {result} += {helper}({letter})
    return {result}
""",
        **names,
        shift=shift,
        helper=pick(rng, ("shift_letter", "move_letter", "next_letter")),
        entry=pick(rng, ("shift_text", "encode_text", "move_letters")),
    )
    program = read(source, title=pick(rng, ("letter_shifter", "text_encoder")))
    return Exercise(program, lambda rng: (text(rng, LETTERS + "AZ 09"),), (("",),))


def count_runs(rng: Generator) -> Exercise:
    """Run-length coding: each stretch of one letter as the letter and its length."""
    names = draw_names(rng, text="text", result="result text", i="index", letter="letter")
    number_first = bool(whole(rng, 0, 1))
    parts = ["{result} += str({after} - {i})", "{result} += {letter}"]
    source = fill(
        """
def {entry}({text}: str) -> str:
    '''`{text}` with each run of equal letters written as {wording}

    {text}: the text to compress
    '''
    {result} = ""
    {i} = 0
    while {i} < len({text}):
        {letter} = {text}[{i}]
        {after} = {i} + 1
        while {after} < len({text}) and {text}[{after}] == {letter}:
            {after} += 1
        {parts}
        {i} = {after}
    return {result}
""",
        **names,
        after=pick(rng, ("after", "following", "stop")),
        parts="\n".join(parts if number_first else reversed(parts)),
        wording="its length and the letter" if number_first else "the letter and its length",
        entry=pick(rng, ("encode_runs", "compress_text", "run_lengths_of")),
    )
    program = read(source, title=pick(rng, ("run_encoder", "text_compressor")))
    return Exercise(program, lambda rng: (text(rng, "ab"[: whole(rng, 1, 2)] + "c"),), (("",),))


ALGORITHMS = (
    Algorithm("count_letters", "strings", 1, count_letters),
    Algorithm("shift_letters", "strings", 2, shift_letters),
    Algorithm("count_runs", "strings", 3, count_runs),
)
