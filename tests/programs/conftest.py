"""Specimens: small programs that together hold every node of the tree, in all its uses."""

import json

import pytest

from neuroglot.base.errors import SandboxError
from neuroglot.programs.algorithm import Exercise
from neuroglot.programs.choices import numbers, text, whole
from neuroglot.programs.reading import read
from neuroglot.sandbox.probing import require_box

ODD_SIGNS = " !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"

SPECIMENS = {
    "brackets": (
        """
def bind_tightly(a: int, b: int, c: int) -> int:
    '''a number in which every bracket counts'''
    total = (a + b) * c - (a - (b - c)) + a * (b // (c + 1)) * 2
    total += 2 * a + a * b % 7 * (b % (c + 2))
    total += (a // (b + 1)) // (c + 1) + (a - b) * -3 - (-a) - -2
    if not (a < b and b < c) and (a == b or b != c and c > 1 or a >= 3):
        total = -(total - 1)
    if (a < b or b < c) and not a == c and not (a <= 2):
        total = total * 2 - (1 - total)
    return total - (a + b - (c - 1))
""",
        lambda rng: tuple(whole(rng, 0, 9) for _ in range(3)),
        (),
    ),
    "ranges": (
        """
def walk_around(low: int, high: int) -> list:
    '''numbers counted in every way'''
    result = []
    for i in range(high):
        result.append(i)
    for i in range(low, high + 1):
        result.append(i * 2)
    for i in range(low, high, 3):
        result.append(i - low)
    for i in range(high, -1, -1):
        result.append(i)
    for i in range(high - 1, low - 1, -2):
        result.append(-i)
    for i in range(high, low, -1):
        for j in range(i):
            result.append(j * i)
    for unseen in range(2):
        result.append(7)
    result[0] = len(result)
    return result
""",
        lambda rng: (whole(rng, 0, 4), whole(rng, 1, 9)),
        (),
    ),
    "tables": (
        """
def add_table(sizes: list, limit: int) -> list:
    '''how many ways lead to each total'''
    ways = [0] * (limit + 1)
    ways[0] = 1
    for size in sizes:
        for total in range(size, limit + 1):
            ways[total] = (ways[total] + ways[total - size]) % 1000
    return ways

def least_parts(sizes: list, limit: int) -> list:
    '''the least parts for each total, and the ways'''
    least = [limit + 1] * (limit + 1)
    least[0] = 0
    for total in range(1, limit + 1):
        for size in sizes:
            if size <= total and least[total - size] + 1 < least[total]:
                least[total] = least[total - size] + 1
    ways = add_table(sizes, limit)
    first = [1, -2, limit]
    again = list(ways)
    again[0] = first[1] + len(first)
    for place in range(len(least)):
        if least[place] == ways[place]:
            again[place] = -1
        else:
            again[place] += least[place] * ways[place]
        again[place] -= 1
        again[place] *= 2
    first = list(again)
    first[0] = again[0]
    return first
""",
        lambda rng: (numbers(rng, length=(1, 3), values=(1, 5)), whole(rng, 1, 9)),
        (((), 1),),
    ),
    "kept": (
        """
def repeat_each(values: list, times: int) -> list:
    '''each value so many times'''
    result = []
    for value in values:
        for unseen in range(times):
            result.append(value)
    return result

def zip_up(values: list, other_values: list) -> list:
    '''values that meet their like, and more'''
    twice = repeat_each(values, 2)
    result = [0]
    least = len(twice)
    if len(other_values) < least:
        least = len(other_values)
    for i in range(least):
        if twice[i] == other_values[i]:
            result.append(twice[i])
        if twice[i] != twice[0] and other_values[i] > twice[i]:
            result[0] += 1
    filled = [3] * least
    for value in filled:
        result[0] = result[0] + value
    copied = list(result)
    copied.append(len(result))
    chosen = 0
    if least > 2:
        chosen = least
    else:
        chosen = 1
    copied.append(chosen)
    return copied
""",
        lambda rng: (
            numbers(rng, values=(300, 302)),
            numbers(rng, values=(300, 302)),
        ),
        (((), ()), ((300,), (300,)), ((1000, 5), (1000, 1000))),
    ),
    "odd signs": (
        f"""
def odd_text(number: int) -> str:
    '''a text full of signs'''
    if number == 0:
        return {ODD_SIGNS!r}
    elif number == 1:
        return "it's \\\\n \\"${{x}}\\" #{{y}} %d $z"
    elif number < 0:
        return ""
    return str(number)

def quote_text(text: str, mark: char, number: int) -> str:
    '''the text with signs between'''
    result = ""
    words = 0
    current = ""
    for letter in text:
        if letter == mark or letter == "'" or letter == '\\\\':
            result += current
            result += "-\\"-"
            result += "'"
            current = ""
            words += 1
        else:
            current += letter
    result += current
    result += str(words * number)
    result += odd_text(number)
    if result == text or text != "b":
        result += str(-1)
    if len(result) > 3 and result[3] == '"':
        result += result[len(result) - 1]
    label = "few"
    if words > 1:
        label = "many"
    result += label
    return result
""",
        lambda rng: (text(rng, "ab'\\\"c"), text(rng, "a'\\", length=(1, 1)), whole(rng, -1, 2)),
        (("", "a", 0), ("b", "b", 1)),
    ),
    "letters": (
        """
def is_open(letter: char, strict: bool) -> bool:
    '''whether a letter opens'''
    return letter == '(' or not strict and letter == '['

def code_total(text: str, strict: bool) -> int:
    '''a number made of letters'''
    total = 0
    low = chr(122)
    for letter in text:
        for other in text:
            if is_open(letter, strict) and letter < other:
                total += ord(other) - ord(letter)
        if letter < low:
            low = letter
    for i in range(len(text)):
        if is_open(text[i], True):
            total += i
    code = ord(low)
    seen = True
    if strict and seen:
        seen = False
    if not seen:
        total -= code
    return total
""",
        lambda rng: (text(rng, "([ab"), bool(whole(rng, 0, 1))),
        (("", True), ("", False)),
    ),
    "next letter": (
        """
def next_letter(text: str, place: int) -> char:
    '''the letter after the one at a place'''
    if place >= len(text):
        return '?'
    letter = text[place]
    while letter < 'c':
        letter = chr(ord(letter) + 1)
    return chr((ord(letter) - ord('a') + 1) % 26 + ord('a'))
""",
        lambda rng: (text(rng, "abcxyz"), whole(rng, 0, 12)),
        (("", 0),),
    ),
    "truth": (
        """
def is_even(number: int) -> bool:
    '''whether a number is even, the long way'''
    if number == 0:
        return True
    if number == 1:
        return False
    return is_even(number - 2)

def all_even(values: list, place: int) -> bool:
    '''whether all values from a place on are even'''
    if place >= len(values):
        return True
    if not is_even(values[place]):
        return False
    return all_even(values, place + 1)
""",
        lambda rng: (numbers(rng, length=(0, 3), values=(0, 9)), whole(rng, 0, 2)),
        (),
    ),
}


def pytest_generate_tests(metafunc):
    if "specimen" in metafunc.fixturenames:
        metafunc.parametrize("specimen", SPECIMENS, indirect=True)


def exercise(name):
    source, draw, corners = SPECIMENS[name]
    return Exercise(read(source, title="test_specimen"), draw, corners)


@pytest.fixture
def specimen(request):
    return exercise(request.param)


@pytest.fixture(scope="session")
def all_specimens():
    return {name: exercise(name) for name in SPECIMENS}


NEXT = {
    "python": {
        "task_id": "Python/7",
        "prompt": 'def next_number(n: int) -> int:\n    """ The number after n. """\n',
        "declaration": "def next_number(n: int) -> int:\n",
        "canonical_solution": "    return n + 1\n",
        "test": "def check(f):\n    assert f(1) == 2\n\ncheck(next_number)\n",
    },
    "java": {
        "task_id": "Java/7",
        "prompt": "import java.util.*;\n\nclass Solution {\n    // The number after n.\n"
        "    public int nextNumber(int n) {\n",
        "declaration": "class Solution {\n    public int nextNumber(int n) {\n",
        "canonical_solution": "        return n + 1;\n    }\n}",
        "test": "public class Main {\n    public static void main(String[] args) {\n"
        "        Solution s = new Solution();\n"
        "        if (s.nextNumber(1) != 2) throw new AssertionError();\n    }\n}\n",
    },
    "cpp": {
        "task_id": "CPP/7",
        "prompt": "// The number after n.\n#include<vector>\nusing namespace std;\n"
        "int next_number(int n){\n",
        "declaration": "#include<vector>\n#include<stdlib.h>\nint next_number(int n){\n",
        "canonical_solution": "    return abs(n + 1);\n}\n",
        "test": "#include<assert.h>\nint main(){\n    assert (next_number(1) == 2);\n}\n",
    },
    "go": {
        "task_id": "Go/7",
        "prompt": 'import (\n    "math"\n)\n\n// The number after n, as in math.\n'
        "func NextNumber(n int) int {\n",
        "import": 'import (\n    "math"\n)\n',
        "test_setup": 'package main\n\nimport (\n    "testing"\n    "math"\n'
        '    "github.com/stretchr/testify/assert"\n)\n',
        "declaration": "\nfunc NextNumber(n int) int {\n",
        "canonical_solution": "    return n + 1\n}\n",
        "test": "func TestNextNumber(t *testing.T) {\n    assert := assert.New(t)\n"
        "    assert.Equal(2, NextNumber(1))\n}\n",
    },
    "js": {
        "task_id": "JavaScript/7",
        "prompt": "/* The number after n. */\nconst nextNumber = (n) => {\n",
        "declaration": "\nconst nextNumber = (n) => {\n",
        "canonical_solution": "  return n + 1;\n}\n",
        "test": "const testNextNumber = () => {\n  console.assert(nextNumber(1) === 2)\n}\n\n"
        "testNextNumber()\n",
    },
    "rust": {
        "task_id": "Rust/7",
        "prompt": "/* The number after n. */\n",
        "declaration": "use rand::Rng;\nuse regex::Regex;\nuse md5;\n"
        "fn next_number(n: i32) -> i32 {\n",
        "canonical_solution": "    n + 1\n}\n",
        "test": "#[cfg(test)]\nmod tests {\n    use super::*;\n\n    #[test]\n    // simple\n"
        "    fn test_next() {\n        assert_eq!(next_number(1), 2);\n    }\n}\n",
    },
}
"""One task in six languages, laid out as HumanEval-X is."""


@pytest.fixture(scope="session")
def released(tmp_path_factory):
    """A folder as HumanEval-X is released, with one task in each language."""
    folder = tmp_path_factory.mktemp("released")
    for name, row in NEXT.items():
        (folder / f"humaneval_{name}.jsonl").write_text(json.dumps(row) + "\n")
    return folder


@pytest.fixture(scope="session")
def boxes():
    """Skips the test where no box can be made."""
    try:
        require_box()
    except SandboxError as error:
        pytest.skip(str(error))
