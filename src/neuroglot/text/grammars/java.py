"""How the planted Java looks: one class per file, or two."""

STYLE = "camel"
PATH = "src/main/java/org/$item/$Cls.java"
START = "package org.$item;\n\n$imports\n\n$opening"
MORE = "\n\n$unit"

GRAMMAR = {
    "imports": (
        "import java.util.List;\nimport java.util.Map;",
        "import java.util.ArrayList;\nimport java.util.List;\nimport org.$noun.$Other;",
        "import java.util.Optional;\nimport org.$noun.$Other;\nimport org.$noun.$noun.$Other;",
        "import java.util.HashMap;\nimport java.util.Map;\nimport java.time.Duration;",
    ),
    "opening": ("$doc$public", "$public"),
    "public": ("public $class",),
    "unit": ("$doc$class", "$class", "$doc$class", "$contract"),
    "doc": ("/** $Sentence. */\n", "/**\n * $Sentence.\n * $Sentence.\n */\n", "// $phrase\n"),
    "class": (
        "final class $Cls {\n    private final int $f;\n    private String $g;\n\n"
        "    public $Cls(int $f, String $g) {\n        this.$f = $f;\n        this.$g = $g;\n"
        "    }\n\n"
        "    $method\n\n    $method\n}",
        "class $Cls extends $Other {\n    private static final int $h = $k;\n"
        "    private final Map<String, Integer> $f = new HashMap<>();\n\n"
        "    $method\n\n    $method\n\n    $method\n}",
        "class $Cls implements $Other {\n    private final List<$Other> $f;\n\n"
        "    protected $Cls(List<$Other> $f) {\n        this.$f = new ArrayList<>($f);\n    }\n\n"
        "    $override\n\n    $method\n}",
    ),
    "contract": (
        "interface $Cls {\n    int $fn(String $a);\n\n    // $phrase\n"
        "    void $fn(List<Integer> $items);\n\n    static $Cls $fn() {\n"
        "        return new $Other($text);\n    }\n}",
    ),
    "method": (
        "public int $fn(int $a) {\n    $simple\n    return $a + $f;\n}",
        "public boolean $fn(String $a) {\n    if ($a == null) {\n        return false;\n    }\n"
        "    return $f.equals($a);\n}",
        "public void $fn(List<String> $items) {\n    for (String $item : $items) {\n"
        "        $body\n    }\n}",
        "private static long $fn(long $a, int $b) {\n    // $phrase\n    $simple\n"
        "    return $a * $n + $b;\n}",
        "public Optional<String> $fn(Map<String, String> $a) {\n"
        "    final String $b = $a.get($text);\n    $simple\n    return Optional.of($b);\n}",
        "protected void $fn() throws RuntimeException {\n    $simple\n    this.$g = null;\n}",
        "/** $Sentence. */\npublic String $fn() {\n    return String.format($text, this.$g);\n}",
    ),
    "override": (
        "@Override\npublic String toString() {\n    return $text + $f;\n}",
        "@Override\npublic void $fn(Integer $a) {\n    $simple\n    $f.add($a);\n}",
        "@Override\npublic boolean $fn($Other $a) {\n    return $a instanceof $Cls;\n}",
    ),
    "simple": (
        "final int $c = $value;",
        "int $c = Math.max($n, $k);",
        "if ($f > $k) {\n    throw new IllegalArgumentException($text);\n}",
        "for (int i = 0; i < $k; i++) {\n    System.out.println(i + $n);\n}",
        "final List<Integer> $c = new ArrayList<>();\n$c.add($value);",
        "try {\n    $fn($n);\n} catch (RuntimeException e) {\n    throw new $Other(e);\n}",
        "while ($f < $n) {\n    $f += $n;\n}",
        "// $phrase\nfinal boolean $c = $f == $n;",
    ),
    "body": (
        "if ($item.isEmpty()) {\n    continue;\n}",
        "$f.put($item, $value);",
        "System.out.println($text + $item);",
        "final String $c = $item.trim();\n$fn($c);",
    ),
    "value": ("$n", "$k", "$f.size()", "$fn($text)", "Integer.parse($text)", "$text.length()"),
}
