# ruff: noqa: E501 (programs in other languages)
"""A program in each language that uses what the language makes hard for renaming."""

import sys

PROGRAMS = {
    "python": (
        "p.py",
        """
import json as text
count = 0
def scale(value, factor=2, *rest, **named):
    global count
    count += 1
    total = max([q for q in rest], default=value)
    def inner(total_of):
        nonlocal total
        total += total_of
        return total
    return inner(0) * factor
class Box:
    size = 3
    def __init__(self, size): self.size = size
    def grow(self, by: int) -> int: return self.size + by
total = scale(2) + scale(1, factor=3) + scale(1, 2, 4)
for i, (a, b) in enumerate([(1, 2), (3, 4)]):
    total += i * a + b
match [total, 1]:
    case [first, second]: total = first + second
print(f"{total + count + Box(6).grow(7) - len(text.dumps(1))!r:>2}")
""",
        [[sys.executable, "-I", "p.py"]],
    ),
    "javascript": (
        "p.js",
        """
const scale = (value, {factor = 2, add: extra = 0} = {}) => value * factor + extra;
function walk(rows, ...more) {
  let total = 0;
  for (const [i, row] of rows.entries()) { var last = row; total += i * row; }
  return {total, last, more};
}
class Box { constructor(size) { this.size = size; } grow(by) { return this.size + by; } }
const {total, last} = walk([1, 2, 3], 4);
let size = scale(total, {add: 1}), grown = new Box(size).grow(last);
[size, grown] = [grown, size];
console.log(`${size + grown + total - 2}`);
""",
        [["node", "p.js"]],
    ),
    "typescript": (
        "p.ts",
        """
function scale<T extends number>(value: T, factor?: number): number { return value * (factor ?? 2); }
class Box { constructor(private size: number, extra: number) { this.size += extra; }
  grow(by: number): number { return this.size + by; } }
interface Row { total: number; last: number }
const walk = (rows: number[], ...more: number[]): Row => {
  let total = 0, last = 0;
  for (const row of rows) { total += row; last = row as number; }
  return {total, last};
};
const {total, last}: Row = walk([1, 2, 3]);
console.log(`${scale(total) + new Box(20, 3).grow(7) + last}`);
""",
        [
            [
                *("tsc", "--strict", "--target", "es2020", "--lib", "es2020,dom"),
                *("--typeRoots", ".", "--skipLibCheck", "p.ts"),
            ],
            ["node", "p.js"],
        ],
    ),
    "java": (
        "Main.java",
        """
import java.util.*;
import java.util.function.*;
class Main {
  private int total = 1;
  Main(int total) { this.total = total; }
  private static int scale(int value, int... rest) { int scale = value * 2; return scale + rest.length; }
  static int max(int a, int b) { return a > b ? a : b; }
  int total() { return total; }
  public static void main(String[] args) {
    int max = max(3, 4), total = 0;
    for (int i = 0; i < 3; i++) { total += i; }
    Function<Integer, Integer> twice = x -> x * 2;
    for (String word : List.of("a", "bb")) total += word.length();
    try { total += Integer.parseInt("x"); } catch (NumberFormatException e) { total += 1; }
    BiFunction<Integer, Integer, Integer> add = (a, b) -> a + b;
    System.out.println(add.apply(scale(max, 1, 2), twice.apply(total)) + new Main(14).total() + Math.max(1, max) - 3);
  }
}
""",
        [["javac", "-J-XX:TieredStopAtLevel=1", "Main.java"], ["java", "-cp", ".", "Main"]],
    ),
    "c": (
        "p.c",
        """
#include <stdio.h>
#include <stdlib.h>
#define SQUARE(x) ((x) * (x) + offset)
static int offset = 1;
struct Row { int total; int last[2]; };
int scale(int value, int factor);
enum Kind { FIRST, SECOND = 4 };
static int twice(int (*step)(int, int), int value) { return step(value, 2); }
int scale(int value, int factor) { return value * factor; }
int *first(int *rows) { return rows; }
int main(void) {
  int rows[] = {1, 2, 3}, total = 0, *last = first(rows);
  for (int i = 0; i < (int)(sizeof(rows) / sizeof(rows[0])); i++) total += rows[i];
  struct Row row = {.total = total, .last = {4, 5}};
  if (!last) goto end;
  total = SQUARE(row.total) + twice(scale, *last) + row.last[0] + SECOND - abs(-2);
end:
  printf("%d\\n", total);
  return 0;
}
""",
        [["gcc", "-o", "p", "p.c"], ["./p"]],
    ),
    "cpp": (
        "p.cpp",
        """
#include <algorithm>
#include <iostream>
#include <map>
#include <vector>
using namespace std;
template <typename T> T scale(const T& value, int factor = 2) { return value * factor; }
class Box { int size_; public: Box(int size) : size_(size) {} int grow(int by) const { return size_ + by; } };
int main() {
  int n = 3, total = 0;
  vector<int> rows(n), more(n, 1);
  for (int i = 0; i < n; i++) { int max = i; rows[i] = max; }
  total = max(total, 1);
  map<int, int> seen{{1, 2}};
  for (const auto& [key, value] : seen) total += key + value;
  auto add = [&, n](int by) -> int { total += by; return n; };
  for (auto& row : rows) add(row);
  sort(rows.begin(), rows.end(), [](int a, int b) { return a > b; });
  cout << scale(total) + Box(20).grow(8) + add(0) + rows[0] - more[0] - 1 << endl;
}
""",
        [["g++", "-std=c++17", "-o", "p", "p.cpp"], ["./p"]],
    ),
    "csharp": (
        "p.cs",
        """
using System;
using System.Collections.Generic;
using System.Linq;
class Program {
  private int total = 1;
  public int Size { get; set; }
  Program(int total) { this.total = total; }
  static int Scale(int value, int factor = 2, params int[] rest) { return value * factor + rest.Length; }
  int Total() { return total; }
  static void Main(string[] args) {
    int total = 0, parsed;
    for (int i = 0; i < 3; i++) total += i;
    foreach (var word in new List<string> { "a", "bb" }) total += word.Length;
    Func<int, int> twice = x => x * 2;
    if (int.TryParse("4", out parsed)) total += parsed;
    object thing = total;
    if (thing is int held) total = held;
    var box = new Program(7) { Size = 2 };
    var query = from row in new[] { 1, 2 } where row > 1 select row;
    try { int.Parse("x"); } catch (FormatException error) { total += error.Message.Length > 0 ? 1 : 0; }
    Console.WriteLine($"{Scale(total) + Scale(1, factor: 3) + twice(box.Size) + box.Total() + query.First() + 7}");
  }
}
""",
        [["mcs", "-nologo", "-out:p.exe", "p.cs"], ["mono", "p.exe"]],
    ),
    "go": (
        "p.go",
        """
package main

import "fmt"

type Row struct{ total, last int }

var offset = 1

func (r *Row) grow(by int) (total int, err error) { total = r.total + by; return }

func scale(value int, rest ...int) int { return value*2 + len(rest) + offset }

func main() {
	total, max := 0, 3
	for i, row := range []int{1, 2, 3} { total += i * row }
	if max := max + 1; max > 2 { total += max }
	held := map[string]int{"a": 1}
	if value, ok := held["a"]; ok { total += value }
	var thing interface{} = total
	switch t := thing.(type) { case int: total = t }
	row := Row{total: total, last: 2}
	grown, err := row.grow(max)
	twice := func(x int) int { return x * 2 }
	fmt.Println(scale(grown, 1, 2), err == nil, twice(row.last)+total-10)
}
""",
        [["go", "run", "p.go"]],
    ),
    "php": (
        "p.php",
        """<?php
$offset = 1;
function scale($value, $factor = 2, ...$rest) { global $offset; return $value * $factor + count($rest) + $offset; }
function square($value) { return $value * $value; }
class Box { public $size = 3; static $made = 0;
  function __construct(private int $extra, $size) { $this->size = $size; self::$made++; }
  function grow($by) { return $this->size + $by + $this->extra; } }
$total = 0;
foreach (['a' => 1, 'b' => 2] as $key => $value) { $total += $value; }
[$first, [, $second]] = [1, [2, 3]];
$add = function ($by) use (&$total, $first) { $total += $by + $first; };
$add(4);
$twice = fn($x) => $x * $second;
preg_match('/b+/', 'abbb', $matches);
echo "{$matches[0]} ", "$total ", array_sum(array_map('square', [1, 2])) + scale($total) + $twice(2) + (new Box(2, 1))->grow(1) + Box::$made, "\\n";
""",
        [["php", "-n", "p.php"]],
    ),
    "ruby": (
        "p.rb",
        """
def scale(value, factor = 2, *rest, extra: 0, &block)
  total = value * factor + rest.length + extra
  total = block.call(total) if block
  total
end
def offset; 1; end
class Box
  attr_reader :size
  def initialize(size); @size = size; end
  def grow(by); size + by + offset_of(by); end
  def offset_of(by) = by
end
total = 0
[1, 2].each_with_index { |row, i| total += row * i }
[[1, [2, 3]]].each do |a, (b, c)| total += a + b + c end
first, (second, *third) = 1, [2, 3]
begin
  Integer("x")
rescue ArgumentError => error
  total += error.message.empty? ? 0 : 1
end
twice = ->(x) { x * 2 }
puts "#{total} #{scale(total, 2, 1, extra: 3) { |t| t + offset }} #{twice.call(first) + second + third[0] + Box.new(4).grow(2)} #{method(:scale).arity}"
""",
        [["ruby", "--disable-gems", "p.rb"]],
    ),
    "rust": (
        "p.rs",
        """
use std::cmp::{max, min};
const OFFSET: i32 = 1;
struct Row { total: i32, last: i32 }
impl Row { fn grow(&self, by: i32) -> i32 { self.total + by } fn make(total: i32) -> Self { let last = 2; Row { total, last } } }
fn scale(value: i32, (a, b): (i32, i32)) -> i32 { value * a + b + OFFSET }
fn main() {
    let max = max(3, 4);
    let mut total = 0;
    for (i, row) in [1, 2, 3].iter().enumerate() { total += i as i32 * row; }
    let Row { total: sum, last } = Row::make(total);
    if let Some(found) = Some(max) { total += found; }
    let add = |by: i32| by + last;
    match total { 0 => (), n if n > 100 => (), n @ 1..=99 => total = n, _ => () }
    let width = 3;
    println!("{total} {:>width$} {sum:>3} {} {{total}}", add(min(1, 2)), scale(1, (2, 3)) + Row::make(1).grow(1));
}
""",
        [["rustc", "--edition", "2021", "-Awarnings", "p.rs"], ["./p"]],
    ),
    "kotlin": (
        "p.kt",
        """
val offset = 1
class Box(val size: Int, extra: Int) { private val more = extra
  private fun twice(x: Int) = x * 2
  fun grow(by: Int): Int = size + by + more + twice(by)
}
fun scale(value: Int, factor: Int = 2, vararg rest: Int): Int { val total = value * factor; return total + rest.size + offset }
fun main() {
    var total = 0
    val max = maxOf(1, 2)
    for ((i, row) in listOf(1, 2).withIndex()) { total += i * row }
    listOf(3).map { x -> x + max }.forEach { total += it }
    val (first, second) = Pair(1, 2)
    val add: (Int) -> Int = fun(by: Int): Int { return by + first }
    val text = try { "x".toInt().toString() } catch (e: NumberFormatException) { "none" }
    when (val held = total) { is Int -> total = held }
    println("$total ${scale(total, factor = 3)} $text ${add(second)} ${Box(1, 2).grow(3)} \\$total")
}
""",
        [
            ["kotlinc", "-nowarn", "p.kt", "-d", "out.jar", "-include-runtime"],
            ["java", "-jar", "out.jar"],
        ],
    ),
}
"""language -> (file, program, how it is run). Each defines `scale` and `total`, and prints 45."""
