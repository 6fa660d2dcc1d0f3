"""How the planted Python looks: modules of functions and small classes."""

STYLE = "snake"
PATH = "src/$noun/$fn.py"
START = "$intro$imports\n\n$unit"
MORE = "\n\n\n$unit"

GRAMMAR = {
    "intro": ('"""$Sentence."""\n\n', "# $phrase\n\n", "", '"""$Sentence.\n\n$Sentence.\n"""\n\n'),
    "imports": (
        "import $lib\nimport $lib\n\nfrom $noun.$noun import $Other",
        "from __future__ import annotations\n\nimport $lib\nfrom $noun import $fn",
        "import $lib\nfrom dataclasses import dataclass\n\nfrom .$noun import $Other, $fn",
        "from typing import Any\n\nfrom $noun.$nouns import $fn",
    ),
    "lib": ("json", "logging", "math", "os", "re", "time", "collections", "pathlib"),
    "unit": ("$function", "$function", "$class", "$class", "$record", "$check"),
    "function": (
        "def $fn($item: str, $b: int = $n) -> str:\n"
        '    """$Sentence."""\n    $simple\n    return str($c)',
        "def $fn($items: list[str]) -> dict[str, int]:\n    $c = {}\n"
        "    for $item in $items:\n        $body\n        $c[$item] = $value\n    return $c",
        "def $fn($a, $b=None):\n    if $a is None:\n        raise ValueError($text)\n"
        "    $simple\n    $simple\n    return $fn($c)",
        "def $fn($items, *, $b=True):\n    # $phrase\n    $c = [$item.$f for $item in $items"
        " if $item.$g]\n    return sorted($c, key=lambda $d: $d.$h)",
        "def $fn($items):\n    for $b, $item in enumerate($items):\n"
        "        if not isinstance($item, $Other):\n            continue\n"
        "        yield $b, $item.$f",
        "def $fn($a: $Other, $b: tuple[int, ...] = ()) -> bool:\n    $simple\n"
        "    $guard\n    return $a.$f in $b and $c is not None",
    ),
    "class": (
        'class $Cls($Other):\n    """$Sentence."""\n\n'
        "    def __init__(self, $f, $g=None):\n        self.$f = $f\n        self.$g = $g or {}\n\n"
        "    $method\n\n    $method",
        "class $Cls:\n    def __init__(self, $f: int = $n) -> None:\n        self.$f = $f\n"
        "        self._$g = []\n\n    $method\n\n    $method\n\n    def __len__(self):\n"
        "        return len(self._$g)",
    ),
    "method": (
        "def $fn(self, $a):\n    self.$f += $a\n    return self",
        "def $fn(self, $item):\n    if $item in self.$g:\n        return self.$g[$item]\n"
        "    $simple\n    self.$g[$item] = $c\n    return $c",
        "@property\ndef $adj_$noun(self) -> str:\n    return self.$f.$h",
        "def $fn(self, $items):\n    # $phrase\n    for $item in $items:\n"
        "        self.$fn($item)\n        $body",
        'def $fn(self) -> None:\n    """$Sentence."""\n    self.$f = None\n    self.$g.clear()',
        "def $fn(self, $a=False):\n    with self.$f as $b:\n        $c = $b.$verb($a)\n"
        "    return $c if $a else None",
    ),
    "record": (
        "@dataclass\nclass $Cls:\n    $f: str\n    $g: int = $k\n    $h: bool = False\n\n"
        "    def $fn(self) -> dict[str, str]:\n"
        "        return {$text: self.$f, $text: str(self.$g)}",
    ),
    "check": (
        "def test_$fn():\n    $a = $Other($n, $text)\n    assert $a.$f == $k\n"
        "    assert $fn($a) is None",
        "def test_$adj_$noun():\n    $items = [$n, $n, $k]\n    assert $fn($items) == {$text: $n}\n"
        "    assert not $fn([])",
    ),
    "simple": (
        "$c = $fn($a, $b)",
        "$c = $value",
        "$c = $a.$f if $a else None",
        "# $phrase\n$c = len($a) * $n",
        "try:\n    $c = $a[$text]\nexcept KeyError:\n    $c = $value",
        "if $a > $k:\n    $c = $b\nelif $b is None:\n    $c = $n\nelse:\n    $c = $fn($b)",
        "while $b < $k:\n    $b += $n\n$c = $b",
        "with open($a) as $d:\n    $c = json.load($d)",
        "$c = {$d: $fn($d) for $d in $a}",
    ),
    "guard": (
        "if $c is None:\n    return False",
        "if not $c:\n    raise ValueError($text)",
        'print(f"{$c} $noun")',
    ),
    "body": (
        "if $item is None:\n    continue",
        "$d = $item.$verb($text)",
        "print($item, $value)",
        "if len($item) > $n:\n    $item = $item[:$n]\nelif not $item:\n    pass",
        "logging.debug($text, $item)",
    ),
    "value": ("$n", "$k", "None", "True", "$fn($text)", "str($n)", "len($text)", "$a.$f"),
}
