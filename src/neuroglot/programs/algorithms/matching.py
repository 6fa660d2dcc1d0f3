"""Matching: two texts compared place by place, from either end or in turn."""

from numpy.random import Generator

from neuroglot.programs.algorithm import Algorithm, Exercise
from neuroglot.programs.choices import chance, pick, text, whole
from neuroglot.programs.forms import (
    both,
    branch,
    compose,
    count_up,
    each_place,
    inside,
    verdict,
)
from neuroglot.programs.reading import read

PAIRS = (("first", "second"), ("left", "right"), ("former", "latter"), ("one", "two"))


COPIED_START = """\
{result} = ""
for {k} in range({i}):
    {body}
return {result}"""
COPIED_END = COPIED_START.replace("range({i})", "range({i} + 1, len({a}))")


def a_pair(rng: Generator) -> dict[str, str]:
    """Names for two texts."""
    return dict(zip(("a", "b"), pick(rng, PAIRS), strict=True))


def like_texts(rng: Generator, letters: str = "ab") -> tuple[str, str]:
    """Two texts of which one is made from the other."""
    first = text(rng, letters + "c", length=(0, 8))
    cut, extra = whole(rng, 0, len(first)), text(rng, letters, length=(0, 3))
    return (first, first[:cut] + extra) if chance(rng) else (extra + first[cut:], first)


def common_start(rng: Generator) -> Exercise:
    """How far two texts agree from their beginning or from their end, as a length or a text."""
    at_end, length = chance(rng), chance(rng)
    inside_both = "{i} < len({a}) and {i} < len({b})"
    step, start, size = "{i} += 1", "{i} = 0", "{i}"
    one, other = "{a}[{i}]", "{b}[{i}]"
    if at_end:
        inside_both, step, size = (
            "{i} >= 0 and {j} >= 0",
            "{i} -= 1\n{j} -= 1",
            "len({a}) - 1 - {i}",
        )
        start, other = "{i} = len({a}) - 1\n{j} = len({b}) - 1", "{b}[{j}]"
    steps = step.replace("\n", "\n    ")
    while_equal = f"while {inside_both} and {one} == {other}:\n    {steps}"
    flagged = branch(rng, f"{one} == {other}", f"{one} != {other}", step, "{going} = False")
    until_flag = f"{{going}} = True\nwhile {{going}} and {inside_both}:\n    {{flagged}}"
    until_return = (
        f"while {inside_both}:\n    if {one} != {other}:\n        return {size}\n    {steps}"
    )
    collected = inside(COPIED_END if at_end else COPIED_START, "{result} += {a}[{k}]")
    loop = pick(rng, (while_equal, until_flag, until_return if length else until_flag))
    source = compose(
        rng,
        """
def {entry}({a}: str, {b}: str) -> {kind}:
    '''{what} that `{a}` and `{b}` share at their {where}

    {a}: a text
    {b}: the text to compare it with
    '''
    {start}
    {loop}
    {last}
""",
        roles={
            "going": ("alike", "going", "equal_so_far"),
            "i": ("i", "m"),
            "j": ("j", "n"),
            "k": ("k", "copied"),
            "result": "result text",
        },
        **a_pair(rng),
        **({"flagged": flagged} if loop is until_flag else {}),
        kind="int" if length else "str",
        what="the number of letters" if length else "the letters",
        where="end" if at_end else "beginning",
        start=start,
        loop=loop,
        last=f"return {size}" if length else collected,
        entry=pick(
            rng, ("common_suffix", "shared_tail") if at_end else ("common_prefix", "shared_head")
        ),
    )
    program = read(source, title=pick(rng, ("text_comparer", "overlap_finder")))
    return Exercise(program, like_texts, (("", ""), ("abc", "abc"), ("ab", "b"), ("ab", "aa")))


def starts_with(rng: Generator) -> Exercise:
    """Whether one text begins or ends with another."""
    at_end = chance(rng)
    there = "{whole}[{gap} + {i}]" if at_end else "{whole}[{i}]"
    differs = pick(rng, (f"{there} != {{part}}[{{i}}]", f"{{part}}[{{i}}] != {there}"))
    before, body, last = verdict(rng, differs, found=False)
    too_long = pick(rng, ("len({part}) > len({whole})", "len({whole}) < len({part})"))
    if at_end:
        too_long = "{gap} < 0"
    whole_text, part = pick(
        rng,
        (("text", "part"), ("sentence", "ending" if at_end else "beginning"), ("word", "piece")),
    )
    source = compose(
        rng,
        """
def {entry}({whole}: str, {part}: str) -> bool:
    '''whether `{whole}` {verb} with `{part}`

    {whole}: the text to look at
    {part}: what it may {verb_root} with
    '''
    {gap_line}
    if {too_long}:
        return False
    {before}
    {loop}
    {last}
""",
        roles={"gap": ("gap", "shift", "start")},
        gap_line="{gap} = len({whole}) - len({part})" if at_end else "",
        whole=whole_text,
        part=part,
        verb="ends" if at_end else "begins",
        verb_root="end" if at_end else "begin",
        too_long=too_long,
        before=before,
        loop=each_place(rng, body, of="{part}", ordered=False),
        last=last,
        entry=pick(
            rng,
            ("ends_with", "has_suffix") if at_end else ("starts_with", "begins_with", "has_prefix"),
        ),
    )
    program = read(source, title=pick(rng, ("prefix_test", "text_edge")))

    def draw(rng: Generator) -> tuple[str, str]:
        given = text(rng, "abc", length=(1, 7))
        cut = whole(rng, 0, len(given))
        part = given[cut:] if at_end else given[:cut]
        return given, pick(
            rng, (part, part, part + "a", "b" + part, text(rng, "abc", length=(1, 3)))
        )

    return Exercise(program, draw, (("", ""), ("", "a"), ("abc", "c"), ("abc", "a")))


def differing_places(rng: Generator) -> Exercise:
    """Counts the places at which two texts differ or agree; what is left over may count too."""
    relation, wording = pick(rng, (("!=", "differ"), ("==", "agree"), ("<", "")))
    what = f"the number of places at which `{{a}}` and `{{b}}` {wording}"
    if not wording:
        what = "the number of places at which the letter of `{a}` comes before that of `{b}`"
    rest, named = chance(rng), chance(rng)
    test = f"{{a}}[{{i}}] {relation} {{b}}[{{i}}]"
    body = f"if {test}:\n    {{count}} += 1"
    least = "{least} = len({a})\nif len({b}) < {least}:\n    {least} = len({b})"
    while_both = f"""
{{i}} = 0
while {{i}} < len({{a}}) and {{i}} < len({{b}}):
    if {test}:
        {{count}} += 1
    {{i}} += 1
"""
    loop = least + "\n" + count_up(rng, body, counter="{i}", start="0", stop="{least}")
    guarded = each_place(rng, both(rng, "{i} < len({b})", test, "{count} += 1"), of="{a}")
    left = ""
    if rest:
        what += ", plus the difference of their lengths"
        left = branch(
            rng,
            "len({a}) > len({b})",
            "len({a}) <= len({b})",
            "{count} += len({a}) - len({b})",
            "{count} += len({b}) - len({a})",
        )
    source = compose(
        rng,
        """
def {entry}({a}: str, {b}: str) -> int:
    '''{what}

    {a}: a text
    {b}: another text
    '''
    {count} = 0
    {loop}
    {left}
    return {count}
""",
        roles={"count": "count", "least": ("least", "shorter", "shared_size")},
        **a_pair(rng),
        what=what,
        loop=pick(rng, (while_both, loop, guarded if named else loop)),
        left=left,
        entry=pick(rng, ("compare_places", "count_places", "text_distance")),
    )
    program = read(source, title=pick(rng, ("text_comparer", "place_counter")))
    return Exercise(program, like_texts, (("", ""), ("abc", "abc"), ("ab", ""), ("", "ab")))


def weave_texts(rng: Generator) -> Exercise:
    """The letters of two texts in turn, with or without the rest of the longer one."""
    rest, mark = chance(rng), pick(rng, ("", "", "-", "+"))
    add = "{{result}} += {{{}}}[{{i}}]"
    marks = [f"{{result}} += '{mark}'"] if mark else []
    pair = "\n".join([add.format("a"), add.format("b"), *marks])
    guarded = "\n".join(
        [f"if {{i}} < len({{{each}}}):\n    {add.format(each)}" for each in ("a", "b")] + marks
    )
    longest = "{n} = len({a})\nif len({b}) {relation} {n}:\n    {n} = len({b})\n"
    relation = ">" if rest else "<"
    longest += count_up(rng, guarded if rest else pair, counter="{i}", start="0", stop="{n}")
    test = " or " if rest else " and "
    together = (
        "{i} = 0\nwhile "
        + test.join(("{i} < len({a})", "{i} < len({b})"))
        + ":\n    {body}\n    {i} += 1"
    )
    body = (guarded if rest else pair).replace("\n", "\n    ")
    measured = chance(rng)
    source = compose(
        rng,
        """
def {entry}({a}: str, {b}: str) -> str:
    '''{what}

    {a}: the text whose letter comes first
    {b}: the text whose letter comes second
    '''
    {result} = ""
    {steps}
    return {result}
""",
        roles={"result": "result text", "n": ("size", "most" if rest else "least", "pairs")},
        **a_pair(rng),
        **({"relation": relation} if measured else {}),
        what="the letters of `{a}` and `{b}` in turn, "
        + ("what is left of the longer one included" if rest else "as long as both last")
        + (f", with '{mark}' after each turn" if mark else ""),
        steps=longest if measured else together.replace("{body}", body),
        entry=pick(rng, ("weave_texts", "mix_letters", "interleave_texts")),
    )
    program = read(source, title=pick(rng, ("text_weaver", "letter_mixer")))

    def draw(rng: Generator) -> tuple[str, str]:
        return text(rng, "abcdef", length=(0, 6)), text(rng, "uvwxyz", length=(0, 6))

    return Exercise(program, draw, (("", ""), ("ab", "wxyz"), ("abcd", "w")))


ALGORITHMS = (
    Algorithm("common_start", "matching", 2, common_start),
    Algorithm("starts_with", "matching", 2, starts_with),
    Algorithm("differing_places", "matching", 1, differing_places),
    Algorithm("weave_texts", "matching", 2, weave_texts),
)
