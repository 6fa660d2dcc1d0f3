"""The same function under another look: other names for everything, another layout of its text.

Takes a program or code and a generator. What comes out does the same. Knows no language: only
indentation and empty lines change in a text, never a line's own words.
"""

from collections.abc import Iterator

from numpy.random import Generator

from neuroglot.programs.choices import pick, whole
from neuroglot.programs.filling import margin_of
from neuroglot.programs.names import is_name
from neuroglot.programs.normalisation import renamed
from neuroglot.programs.tree import Program, walk
from neuroglot.programs.words import ROLES

FUNCTIONS = (
    "run_step", "apply_rule", "work_out", "get_answer", "make_result", "handle_case", "do_work",
    "next_stage", "solve_part", "give_back", "treat_input", "take_turn",
)  # fmt: skip
TITLES = ("task_runner", "job_worker", "case_solver", "step_maker", "rule_keeper", "part_handler")
WORDS = tuple(sorted({word for words in ROLES.values() for word in words if is_name(word)}))
"""Neutral names: none says what the program does."""


def disguised(program: Program, rng: Generator) -> Program:
    """The program with other names for its class, its functions and all variables."""
    taken = {getattr(node, "name", "") for node in walk(program)}
    taken |= {each.name for function in program.functions for each in function.parameters}
    names = _shuffled(WORDS, taken, rng)
    functions = _shuffled(FUNCTIONS, taken, rng)
    return renamed(
        program,
        title=pick(rng, [title for title in TITLES if title != program.title]),
        functions={function.name: next(functions) for function in program.functions},
        fresh=lambda _: next(names),
    )


def relaid(code: str, rng: Generator) -> str:
    """Code with indentation of another width and empty lines at other places."""
    filled = [line.replace("\t", "    ") for line in code.split("\n") if line.strip()]
    step = min((n for n in (len(margin_of(line)) for line in filled) if n), default=4)
    width = pick(rng, [each for each in (2, 3, 4, 8) if each != step])
    lines: list[str] = []
    for line in filled:
        steps, rest = divmod(len(margin_of(line)), step)
        lines.append(" " * (steps * width + rest) + line.lstrip())
        if whole(rng, 1, 5) == 1:
            lines.append("")
    return "\n".join(lines).rstrip("\n") + "\n"


def _shuffled(words: tuple[str, ...], taken: set[str], rng: Generator) -> Iterator[str]:
    """The words that are not taken, in an order by chance, and then the same again in pairs."""
    free = [word for word in words if word not in taken]
    order = [free[place] for place in rng.permutation(len(free))]
    yield from order
    yield from (f"other_{word}" for word in order)
