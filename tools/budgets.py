"""Print how large the code is, against the budgets it was given. Fails nothing."""

import ast
from pathlib import Path
from statistics import median, quantiles

SOURCE = Path(__file__).parent.parent / "src" / "neuroglot"


def main() -> None:
    """One line per budget, then the files and functions above theirs."""
    files = {path: path.read_text() for path in sorted(SOURCE.rglob("*.py"))}
    lines = {path: text.count("\n") for path, text in files.items() if text}
    functions = [
        (node.end_lineno - node.lineno + 1, f"{path.relative_to(SOURCE)}:{node.lineno} {node.name}")
        for path, text in files.items()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef)
    ]
    lengths = [length for length, _ in functions]
    n_tests = sum(
        path.read_text().count("\n") for path in (SOURCE.parent.parent / "tests").rglob("*.py")
    )
    n_source = sum(lines.values())
    print(f"files      {len(lines)}, median {median(lines.values()):.0f} lines (budget 150)")
    print(f"functions  {len(lengths)}, median {median(lengths):.0f} lines (12), ", end="")
    print(f"95% {quantiles(lengths, n=20)[-1]:.0f} (45), longest {max(lengths)} (80)")
    print(f"tests      {n_tests / n_source:.2f} lines for one of source (about 1)")
    for path, length in lines.items():
        if length > 400:
            print(f"long file      {path.relative_to(SOURCE)} {length}")
    for length, name in sorted(functions, reverse=True):
        if length > 80:
            print(f"long function  {name} {length}")


if __name__ == "__main__":
    main()
