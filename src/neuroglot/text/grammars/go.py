"""How the planted Go looks: packages of structs, methods and functions."""

STYLE = "camel"
PATH = "internal/$item/$verb_$noun.go"
START = "package $item\n\n$imports\n\n$unit"
MORE = "\n\n$unit"

GRAMMAR = {
    "imports": (
        'import (\n\t"fmt"\n\t"$lib"\n)',
        'import (\n\t"errors"\n\t"fmt"\n\t"sync"\n)',
        'import "fmt"\n\n// $phrase\nvar $fn = errors.New($text)',
        'import (\n\t"context"\n\t"fmt"\n\n\t"$noun.io/$noun/$noun"\n)',
    ),
    "lib": ("os", "time", "strings", "sort", "math", "io"),
    "unit": ("$function", "$function", "$type", "$type\n\n$method", "$method", "$check"),
    "function": (
        "// $Do $phrase\nfunc $Do($a string, $b int) (string, error) {\n\t$simple\n"
        '\treturn fmt.Sprintf("%s", $a), nil\n}',
        "func $fn($items []string) map[string]int {\n\t$c := make(map[string]int)\n"
        "\tfor _, $item := range $items {\n\t\t$body\n\t}\n\treturn $c\n}",
        "func $fn($a int, $b *$Other) error {\n\tif $b == nil {\n"
        "\t\treturn fmt.Errorf($text)\n\t}\n\t$simple\n\treturn nil\n}",
        "func New$Cls($f string) *$Cls {\n\treturn &$Cls{$f: $f, $g: $k}\n}",
        "func $fn($a <-chan int, $b chan<- string) {\n\tdefer close($b)\n"
        "\tfor $c := range $a {\n\t\t$b <- fmt.Sprint($c)\n\t}\n}",
    ),
    "type": (
        "// $Cls $phrase\ntype $Cls struct {\n\t$f string\n\t$g int\n\t$h []*$Other\n}",
        "type $Cls struct {\n\tsync.Mutex\n\t$f map[string]int\n\t$g chan error\n}",
        "type $Cls interface {\n\t$Fn($a string) error\n\t$Fn() ($Other, error)\n}",
    ),
    "method": (
        "func (s *$Cls) $Fn($a int) error {\n\ts.Lock()\n\tdefer s.Unlock()\n\t$simple\n"
        "\ts.$g += $a\n\treturn nil\n}",
        "func (s *$Cls) $Fn($items []int) int {\n\t$c := $n\n"
        "\tfor _, $item := range $items {\n\t\t$c += $item\n\t}\n\treturn $c\n}",
        "// $Do $phrase\nfunc (s $Cls) $Do() string {\n\treturn s.$f\n}",
        "func (s *$Cls) $fn($a string) (*$Other, error) {\n\t$b, err := s.$f.$Fn($a)\n"
        "\tif err != nil {\n\t\treturn nil, err\n\t}\n\t$simple\n\treturn $b, nil\n}",
    ),
    "check": (
        "func Test$Fn(t *testing.T) {\n\t$a := $fn($text)\n\tif $a != $k {\n"
        "\t\tt.Errorf($text, $a)\n\t}\n}",
    ),
    "simple": (
        "$c := $value\nfmt.Println($c)",
        "if err := $fn($text); err != nil {\n\treturn $fn(err)\n}",
        "var $c []string\n$c = append($c, $text)",
        "for i := 0; i < $k; i++ {\n\t$fn(i)\n}",
        "// $phrase\n$c := len($text) * $n\n$fn($c)",
        "switch $a {\ncase $n:\n\t$fn($text)\ndefault:\n\tgo $fn(nil)\n}",
        "go func() {\n\tdefer $fn()\n\t$fn($value)\n}()",
        "$c, ok := $fn[$text]\nif !ok {\n\t$c = $n\n}",
    ),
    "body": (
        "$c[$item] = $value",
        "$c[$item]++",
        'if $item == "" {\n\tcontinue\n}',
        "$d := strings.Trim($item, $text)\n$c[$d] += $n",
        "fmt.Println($item)",
    ),
    "value": ("$n", "$k", "$fn($text)", "len($text)", "$fn(nil)", "make([]int, $n)"),
}
