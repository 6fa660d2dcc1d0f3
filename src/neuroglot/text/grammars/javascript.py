"""How the planted JavaScript looks: modules of functions, arrows and classes."""

STYLE = "camel"
PATH = "lib/$noun/$fn.js"
START = "$imports\n\n$unit"
MORE = "\n\n$unit"

GRAMMAR = {
    "imports": (
        "const $lib = require('$lib');\nconst { $fn } = require('./$noun');",
        "import { $fn, $fn } from './$noun.js';\nimport $Other from '../$nouns.js';",
        "// $phrase\nconst $lib = require('$lib');",
        "import $lib from '$lib';\n\nconst $h = $k;",
    ),
    "lib": ("fs", "path", "http", "events", "assert", "util", "stream"),
    "unit": ("$function", "$function", "$arrow", "$class", "$class", "$suite"),
    "function": (
        "/** $Sentence. */\nfunction $fn($a, $b = $n) {\n  $simple\n  return $a + $b;\n}",
        "async function $fn($a) {\n  const $c = await $fn($a, $text);\n  $simple\n"
        "  return $c.$f;\n}",
        "export function $fn($items) {\n  const $c = {};\n  for (const $item of $items) {\n"
        "    $body\n  }\n  return $c;\n}",
        "function $fn({ $f, $g }, $b) {\n  if ($b === undefined) {\n    return null;\n  }\n"
        "  $simple\n  return { $f, $h: $g };\n}\n\nmodule.exports = { $fn };",
    ),
    "arrow": (
        "const $fn = ($a) => {\n  $simple\n  return $a.$f;\n};",
        "export const $fn = ($items) =>\n  $items.filter(($item) => $item.$f !== null)"
        ".map(($d) => $d.$g);",
        "const $fn = async ($a, $b) => {\n  // $phrase\n  $simple\n"
        "  return Promise.all([$fn($a), $fn($b)]);\n};",
    ),
    "class": (
        "class $Cls {\n  constructor($f, $g) {\n    this.$f = $f;\n    this.$g = $g || [];\n  }\n\n"
        "  $method\n\n  $method\n}\n\nmodule.exports = $Cls;",
        "export default class $Cls extends $Other {\n  $method\n\n  $method\n\n"
        "  get $h() {\n    return this.$f === undefined ? $n : this.$f;\n  }\n}",
    ),
    "method": (
        "$fn($a) {\n  this.$f += $a;\n  return this;\n}",
        "async $fn($a) {\n  const $c = await this.$g.$verb($a);\n  $simple\n  return $c;\n}",
        "$fn($items) {\n  $items.forEach(($item) => {\n    $body\n  });\n}",
        "// $phrase\n$fn() {\n  const { $f, $g } = this;\n  return $f === $k ? $g : null;\n}",
        "static $fn($a) {\n  return new $Cls(JSON.parse($a), $n);\n}",
    ),
    "suite": (
        "describe('$noun', () => {\n  it('$phrase', async () => {\n"
        "    const $a = await $fn($text);\n    expect($a.$f).toEqual($k);\n  });\n});",
    ),
    "simple": (
        "const $c = $value;",
        "let $c = $value;\n$c += $n;",
        "if (typeof $a !== 'object') {\n  throw new Error($text);\n}",
        "console.log($text, $a);",
        "const $c = Object.keys($a).filter(($d) => $d.length > $n);",
        "for (let i = 0; i < $k; i++) {\n  $fn(i);\n}",
        "try {\n  await $fn($a);\n} catch (e) {\n  console.error($text);\n}",
        "const $c = `${$a.$f} $noun`;",
        "// $phrase\nconst $c = Array.from($a).reduce((t, x) => t + x, $n);",
    ),
    "body": (
        "$c[$item.$f] = $value;",
        "if ($item === undefined) {\n  return;\n}",
        "this.$g.push($item);",
        "const $d = $fn($item);\nconsole.log($d);",
    ),
    "value": (
        "$n",
        "$k",
        "$text",
        "null",
        "undefined",
        "$fn($text)",
        "[$n, $n]",
        "Object.create({})",
    ),
}
