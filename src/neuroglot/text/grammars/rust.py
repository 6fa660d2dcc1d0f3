"""How the planted Rust looks: structs, impl blocks and functions."""

STYLE = "snake"
PATH = "src/$noun/$verb_$noun.rs"
START = "$imports\n\n$unit"
MORE = "\n\n$unit"

GRAMMAR = {
    "imports": (
        "use std::collections::HashMap;\nuse crate::$noun::$Other;",
        "//! $Sentence.\n\nuse std::io;\nuse crate::$noun::{$Other, $fn};",
        "use std::fmt;\nuse std::sync::Mutex;\n\nmod $noun;\npub mod $nouns;",
        "use super::$Other;\nuse crate::$nouns::$fn;\n\npub static $Noun: usize = $k;",
    ),
    "unit": ("$function", "$function", "$type\n\n$impl", "$type\n\n$impl", "$choice", "$check"),
    "function": (
        "/// $Sentence.\npub fn $fn($a: &String, $b: usize) -> Option<String> {\n    $simple\n"
        "    Some($a.clone())\n}",
        "fn $fn($items: &[u32]) -> Vec<u32> {\n    let mut $c = Vec::new();\n"
        "    for $item in $items.iter() {\n        $body\n    }\n    $c\n}",
        "pub fn $fn($items: &[$Other]) -> usize {\n"
        "    $items.iter().filter(|x| x.$f > $n).map(|x| x.$g).sum()\n}",
        "fn $fn($a: u64, $b: &mut $Other) -> Result<(), Error> {\n    // $phrase\n    $simple\n"
        "    $b.$f += $a;\n    Ok(())\n}",
        "pub fn $fn($a: Option<i64>) -> i64 {\n    match $a {\n        Some($b) => $b * $n,\n"
        "        None => $k,\n    }\n}",
    ),
    "type": (
        "#[derive(Debug, Clone)]\npub struct $Cls {\n    pub $f: String,\n    $g: u32,\n"
        "    $h: Vec<$Other>,\n}",
        "/// $Sentence.\npub struct $Cls {\n    $f: u64,\n    $g: HashMap<String, usize>,\n}",
        "#[derive(Debug)]\nstruct $Cls {\n    $f: Option<$Other>,\n    $g: usize,\n}",
    ),
    "choice": (
        "#[derive(Debug, Clone, Copy)]\npub enum $Cls {\n    $Noun(u32),\n    $Noun,\n"
        "    $Noun { $f: usize },\n}\n\n$function",
    ),
    "impl": (
        "impl $Cls {\n    pub fn new($f: u64) -> Self {\n"
        "        Self { $f, $g: Default::default() }\n    }\n\n    $method\n\n    $method\n}",
        "impl $Other for $Cls {\n    $method\n}",
        "impl $Cls {\n    $method\n\n    $method\n\n    $method\n}",
    ),
    "method": (
        "pub fn $fn(&self) -> usize {\n    self.$g\n}",
        "pub fn $fn(&mut self, $a: u32) {\n    $simple\n    self.$g += $a;\n}",
        "fn $fn(&self, $item: &String) -> Option<&$Other> {\n    self.$f.get($item)\n}",
        "// $phrase\npub fn $fn(&mut self) -> Result<u64, Error> {\n    $simple\n"
        "    Ok(self.$f)\n}",
    ),
    "check": (
        "#[test]\nfn $fn() {\n    let $a = $Other::new($n);\n"
        "    assert_eq!($a.$f, $k);\n    assert!($fn(&$a).is_none());\n}",
    ),
    "simple": (
        "let $c = $value;",
        "let mut $c = Vec::new();\n$c.push($value);",
        'println!("{:?} $noun", $n);',
        "if let Some($c) = $fn($n) {\n    return $c;\n}",
        "for i in 0..$k {\n    $fn(i as usize);\n}",
        "// $phrase\nlet $c: Vec<_> = (0..$n).collect();",
        "let $c = match $fn($text) {\n    Ok($d) => $d,\n    Err(e) => return Err(e),\n};",
        "let $c = $fn($n).unwrap();",
        "while $fn($n) < $k as u64 {\n    $fn($n);\n}",
    ),
    "body": (
        "$c.push(*$item + $n);",
        "if *$item > $k {\n    continue;\n}",
        "let $d = $fn($item).unwrap();\n$c.push($d);",
        "match $item {\n    $n => $c.push($n),\n    _ => $c.clear(),\n}",
    ),
    "value": ("$n", "$k", "$fn($text)", "$Other::new($n)", "$text.len()", "Some($n)", "$k as u32"),
}
