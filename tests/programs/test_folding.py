"""Folding: only long lines are broken, no word is lost, parts begin where their bracket does."""

from neuroglot.programs.folding import WIDTH, folded

CONDITION = "        while (" + " && ".join(f"values[position_{c}] == '('" for c in "abcd") + ") {"
HEAD = "    int add_up(" + ", ".join(f"const std::vector<int>& values_{c}" for c in "abcd") + ") {"
RETURN = "    return " + " || ".join(f"(first_{c} < last_{c} && is_open)" for c in "abcd") + ";"
NESTED = "    result += shown(" + ", ".join(f"sum_up(one_{c}, two_{c})" for c in "abcdef") + ");"


def test_short_lines_stay_as_they_are():
    lines = ["if (a && b) {", "", "}"]
    assert folded(lines) == lines


def test_long_lines_are_broken_after_a_separator_and_aligned():
    for line, opening in ((CONDITION, "("), (HEAD, "("), (RETURN, "return "), (NESTED, "(")):
        first, *rest = folded([line])
        assert rest
        assert all(len(part) <= WIDTH for part in (first, *rest))
        assert " ".join([first, *(part.strip() for part in rest)]) == line
        place = line.index(opening) + len(opening)
        assert all(len(part) - len(part.lstrip()) == place for part in rest)
        assert first.endswith(("&&", "||", ","))


def test_brackets_inside_stay_whole():
    assert all(part.count("(") == part.count(")") for part in folded([RETURN]))
    _, *rest = folded([NESTED])
    assert all(part.count("(") == part.count(")") for part in rest[:-1])


def test_a_value_that_fits_goes_below_its_name():
    long = "    int a_very_long_name_for_a_total = " + " + ".join(["count"] * 9) + ";"
    first, second = folded([long])
    assert first == "    int a_very_long_name_for_a_total ="
    assert second == "        " + " + ".join(["count"] * 9) + ";"


def test_a_line_without_separators_stays_long():
    line = "x" * 120
    assert folded([line]) == [line]
