"""Samples that a model wrote, run in the tests of their tasks: what became of each.

Takes lines of JSON with a `task_id` and a `completion` (or a `generation`, as CodeGeeX has it: the
body alone or the whole program), and the tasks of a suite; gives the same lines with `passed`,
`status`, `seconds` and `detail`. A line that cannot be scored says why and spoils no other. What is
done goes to a file of its own between batches, so the same line of command goes on.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from neuroglot.analyses.pass_rates import pass_at
from neuroglot.analyses.passing import UNJUDGED
from neuroglot.base.errors import ConfigError, CorpusError
from neuroglot.measure.execution import cut
from neuroglot.programs.entries import completed
from neuroglot.programs.generation import Row
from neuroglot.programs.suites import defect
from neuroglot.programs.tasks import Task, program
from neuroglot.runs.storage import append_jsonl, read_jsonl, write_jsonl
from neuroglot.sandbox.outcomes import Outcome, Program
from neuroglot.sandbox.running import run_programs
from neuroglot.studies.task_suites import Suite

BATCH = 240
"""Samples between two looks at what is done."""
MOST_CHARACTERS = 1_000_000
"""A longer answer is no program that anyone would run."""
UNSCORED = "unscored"
"""Status of a line that no program came of."""
HEAD = re.compile(r"[{:]\s*$")
CONTROL = re.compile(r"\s*(?:\}\s*)?(?:if|else|for|while|switch|do|try|catch|with)\b")
"""Lines that may be a signature, and those that are none."""
Line = dict[str, Any]


@dataclass(frozen=True)
class Scored:
    """rows: every line of the file, scored. rates: a row for each language, as `rates` gives."""

    rows: list[Line]
    rates: list[Line]


def score_samples(
    samples: Path,
    tasks: Suite,
    *,
    out: Path,
    workers: int | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> Scored:
    """Score each line of `samples` and write all of them to `out`.

    Raises CorpusError for a file without lines, and ConfigError where `out` is there already.
    """
    if out.exists():
        raise ConfigError(f"{out} is there already: it is never written over, give another --out")
    lines = list(_lines(samples))
    if not lines:
        raise CorpusError(f"{samples} has no line: give samples as JSON, one object a line")
    part = out.with_name(f"{out.name}.part")
    done = _resumed(part, _digest(lines, tasks))
    for start in range(len(done), len(lines), BATCH):
        batch = lines[start : start + BATCH]
        told = None if on_progress is None else _shifted(on_progress, start, len(lines))
        for row in _batch(batch, tasks, workers=workers, on_progress=told):
            append_jsonl(part, row)
            done.append(row)
    write_jsonl(out, done)
    part.unlink()
    return Scored(done, rates(done, tasks))


def scored_path(samples: Path) -> Path:
    """Where scores go if nobody says: the name of the samples with `.scored` in it."""
    return samples.with_suffix(f".scored{samples.suffix}")


def rates(rows: Sequence[Line], tasks: Suite) -> list[Line]:
    """A row for each language: samples, tasks, passed, pass@1, pass@k, and how often each status.

    k is the least number of samples that a task has. Lines that were not judged (no program came of
    them, or there is no toolchain for it) count in `samples` and `statuses` alone.
    """
    by_language: dict[str, list[Line]] = defaultdict(list)
    for row in rows:
        task = tasks.get(str(row.get("task_id")))
        by_language["" if task is None else task.language].append(row)
    found = []
    for language, own in sorted(by_language.items()):
        tries: dict[str, list[bool]] = defaultdict(list)
        for row in own:
            if row["status"] not in UNJUDGED:
                tries[row["task_id"]].append(bool(row["passed"]))
        k = min(map(len, tries.values()), default=0)
        found.append(
            {
                "language": language,
                "samples": len(own),
                "tasks": len(tries),
                "passed": sum(map(sum, tries.values())),
                "k": k,
                "pass_1": _mean_pass(tries, 1) if k else None,
                "pass_k": _mean_pass(tries, k) if k > 1 else None,
                "statuses": dict(Counter(row["status"] for row in own).most_common()),
            }
        )
    return found


def _mean_pass(tries: Mapping[str, Sequence[bool]], k: int) -> float:
    each = [pass_at(k, tries=len(own), passed=sum(own)) for own in tries.values()]
    return sum(each) / len(each)


def _lines(samples: Path) -> Iterator[Line]:
    """Every line as an object; what is none is kept as text under `line`."""
    try:
        content = samples.read_bytes()
    except OSError as error:
        raise CorpusError(f"cannot read {samples}: {error.strerror}") from error
    for number, raw in enumerate(content.splitlines(), start=1):
        if not raw.strip():
            continue
        try:
            row = json.loads(raw, parse_constant=_refused)
        except (ValueError, RecursionError):
            row = None
        if isinstance(row, dict):
            yield row
        else:
            shown = raw[:200].decode("utf-8", "replace")
            yield {"line": number, "text": shown, "detail": f"line {number} is no JSON object"}


def _refused(word: str) -> None:
    """NaN and infinity are no JSON, and could not be written again."""
    raise ValueError(word)


def _batch(
    lines: Sequence[Line],
    tasks: Suite,
    *,
    workers: int | None,
    on_progress: Callable[[int, int], None] | None,
) -> Iterable[Line]:
    programs: dict[int, Program] = {}
    why: dict[int, str] = {}
    for place, line in enumerate(lines):
        made = _program(line, tasks)
        if isinstance(made, Program):
            programs[place] = made
        else:
            why[place] = made
    different = list(dict.fromkeys(programs.values()))
    outcomes = run_programs(different, workers=workers, on_progress=on_progress)
    by_program = dict(zip(different, outcomes, strict=True))
    for place, line in enumerate(lines):
        if place in why:
            yield line | {"passed": False, "status": UNSCORED, "seconds": 0.0, "detail": why[place]}
            continue
        outcome = by_program[programs[place]]
        yield line | {
            "passed": outcome.status == "passed",
            "status": outcome.status,
            "seconds": round(outcome.seconds, 3),
            "detail": _detail(tasks[str(line["task_id"])], outcome),
        }


def _detail(task: Task | Row, outcome: Outcome) -> str:
    """Why a program ended so, and what is known of its task where that may be the cause."""
    known = defect(task) if isinstance(task, Task) and outcome.status != "passed" else None
    if known is None or outcome.status not in known.statuses:
        return outcome.detail
    return "; ".join(filter(None, (outcome.detail, f"known of this task: {known.cause}")))


def _program(line: Line, tasks: Suite) -> Program | str:
    """The program of a line, or why there is none."""
    answer = line.get("completion", line.get("generation"))
    if "task_id" not in line:
        return str(line.get("detail", "the line has no task_id"))
    if str(line["task_id"]) not in tasks:
        return f"no task {line['task_id']!r} in the suite"
    if not isinstance(answer, str):
        return "the line has no text as completion or generation"
    if len(answer) > MOST_CHARACTERS:
        return f"{len(answer):,} characters: at most {MOST_CHARACTERS:,} are run"
    return _answered(tasks[str(line["task_id"])], answer)


def _answered(task: Task | Row, answer: str) -> Program:
    """A task's tests on an answer: a body, or for a Task the whole program."""
    if isinstance(task, Row):
        return completed(task, answer)
    if is_whole(task, answer):
        return program(replace(task, prompt=answer), "")
    return program(task, cut(task, answer))


def is_whole(task: Task, answer: str) -> bool:
    """Whether an answer holds the task's signature: then it is the program, not the body alone."""
    lines = [line for line in task.declaration.splitlines() if "(" in line]
    heads = [line for line in lines if HEAD.search(line) and not CONTROL.match(line)]
    signature = next(reversed(heads or lines), task.declaration)
    return _plain(signature) in _plain(answer)


def _plain(text: str) -> str:
    return "".join(text.split())


def _digest(lines: Sequence[Line], tasks: Suite) -> str:
    text = json.dumps([lines, sorted(tasks)], sort_keys=True)
    return sha256(text.encode()).hexdigest()


def _resumed(part: Path, digest: str) -> list[Line]:
    """What an interrupted scoring of the same lines has done."""
    if part.exists():
        found = read_jsonl(part)
        if found and found[0].get("samples") == digest:
            return found[1:]
        part.unlink()
    append_jsonl(part, {"samples": digest})
    return []


def _shifted(
    tell: Callable[[int, int], None], start: int, total: int
) -> Callable[[int, int], None]:
    return lambda done, _: tell(start + done, total)
