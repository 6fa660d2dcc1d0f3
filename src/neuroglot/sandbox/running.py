"""Programs in, outcomes out: finds toolchains, compiles, runs, each in a box, many at a time."""

import os
import re
import secrets
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from queue import SimpleQueue

from neuroglot.base.errors import ConfigError
from neuroglot.sandbox.command import Command, Ending
from neuroglot.sandbox.compiling import Compiled, Workshop, compiled, prepared, shipped
from neuroglot.sandbox.discovery import filled_in, find_toolchain
from neuroglot.sandbox.execution import execute
from neuroglot.sandbox.judging import compile_outcome, detail, run_outcome
from neuroglot.sandbox.limits import Limits
from neuroglot.sandbox.outcomes import TOKEN, Outcome, Program
from neuroglot.sandbox.probing import require_box
from neuroglot.sandbox.toolchains import toolchain

BATCH = 40
"""Programs that one driver compiles: enough to forget its start, few enough to share out."""
LIBRARY = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./+-]*")
LIBRARY_PACKAGES = (
    "Debian's packages are golang-github-stretchr-testify-dev, and cargo with "
    "librust-rand+default-dev, librust-regex+default-dev, librust-md5+default-dev"
)

Job = tuple[Workshop, list[int]]
"""Programs, by their places, that are compiled together."""


def run_programs(
    programs: Sequence[Program],
    *,
    limits: Limits | None = None,
    workers: int | None = None,
    unsafe: bool = False,
    on_progress: Callable[[int, int], None] | None = None,
) -> list[Outcome]:
    """Compile and run each program, `workers` at a time (default: one for each core).

    Gives one Outcome each, in their order, whatever the programs do; on_progress(done, total)
    counts them. `limits` are of a run; compilers have their own. With `unsafe` there is no box, and
    programs may do whatever the caller may. Raises SandboxError where no box can be made, and
    ConfigError for a language without a toolchain, libraries where none can be given, or no worker.
    """
    n_workers = len(os.sched_getaffinity(0)) if workers is None else workers
    if n_workers < 1:
        raise ConfigError(f"workers is {n_workers}: give at least 1")
    if not unsafe:
        require_box()
    for program in programs:
        _check(program)
    interrupted = threading.Event()
    jobs, outcomes = _jobs(programs, n_workers, interrupted, unsafe=unsafe)
    ended: SimpleQueue[tuple[int, Outcome] | BaseException] = SimpleQueue()

    def finish(job: Job) -> None:
        try:
            for place, outcome in _outcomes(programs, job, limits or Limits()):
                ended.put((place, outcome))
        except BaseException as error:
            ended.put(error)

    # The pool's threads wait for the boxes they start: a box ends with the thread that made it.
    with ThreadPoolExecutor(n_workers, thread_name_prefix="box") as pool:
        try:
            for job in jobs:
                pool.submit(finish, job)
            while len(outcomes) < len(programs):
                told = ended.get()
                if isinstance(told, BaseException):
                    raise told
                outcomes[told[0]] = told[1]
                if on_progress is not None:
                    on_progress(len(outcomes), len(programs))
        except BaseException:
            interrupted.set()
            pool.shutdown(cancel_futures=True)
            raise
    return [outcomes[place] for place in range(len(programs))]


def _check(program: Program) -> None:
    """Raise ConfigError for what no program can be asked."""
    row = toolchain(program.language)
    if program.libraries and not row.compile_with_libraries:
        raise ConfigError(
            f"libraries {', '.join(program.libraries)} for {program.language}: they can be given "
            "to c, cpp, go and rust; put the code into the program"
        )
    for name in program.libraries:
        if not LIBRARY.fullmatch(name):
            raise ConfigError(f"library {name!r}: give a plain name, as ssl or rand")


def _jobs(
    programs: Sequence[Program], n_workers: int, interrupted: threading.Event, *, unsafe: bool
) -> tuple[list[Job], dict[int, Outcome]]:
    """What there is to do, the longest first, and what cannot be done for want of a toolchain."""
    places: dict[tuple[str, tuple[str, ...]], list[int]] = defaultdict(list)
    for place, program in enumerate(programs):
        places[program.language, program.libraries].append(place)
    jobs: list[Job] = []
    outcomes: dict[int, Outcome] = {}
    for (language, libraries), group in places.items():
        found = find_toolchain(language, unsafe=unsafe)
        workshop = Workshop(found, libraries, unsafe=unsafe, interrupted=interrupted)
        if found.lack is not None:
            lack = Outcome(found.lack, "compile", found.remedy)
            outcomes |= dict.fromkeys(group, lack)
            continue
        if libraries and found.toolchain.prepare_libraries:
            ending = prepared(workshop)
            if ending.code != 0:
                outcomes |= dict.fromkeys(group, _without_libraries(workshop, ending))
                continue
            workshop = replace(workshop, prepared=ending.stdout)
        size = min(BATCH, -(-len(group) // n_workers)) if found.toolchain.driver else 1
        jobs += [(workshop, group[at : at + size]) for at in range(0, len(group), size)]
    return sorted(jobs, key=lambda job: -len(job[1])), outcomes


def _without_libraries(workshop: Workshop, ending: Ending) -> Outcome:
    wanted = ", ".join(workshop.libraries)
    why = f"libraries {wanted} are not all there: {detail(ending)}; {LIBRARY_PACKAGES}"
    said = ending.stderr.decode("utf-8", "replace")
    return Outcome("no_toolchain", "compile", why, ending.code, "", said, ending.seconds)


def _outcomes(
    programs: Sequence[Program], job: Job, limits: Limits
) -> Iterator[tuple[int, Outcome]]:
    """Compile the job's programs and run those that compiled."""
    workshop, group = job
    # Not a draw of the study's: it must not be foreseen, and nothing that is kept depends on it.
    tokens = [secrets.token_hex(16) for _ in group]
    sources = [
        programs[place].source.replace(TOKEN, token).encode("utf-8", "surrogatepass")
        for place, token in zip(group, tokens, strict=True)
    ]
    if not workshop.found.toolchain.artifact:
        made = [Compiled(source, Ending(b"", b"", 0.0, code=0)) for source in sources]
    else:
        made = compiled(sources, workshop)
    for place, token, each in zip(group, tokens, made, strict=True):
        program = programs[place]
        if each.artifact is None:
            yield place, compile_outcome(each.ending, workshop.found, program.source)
        else:
            ending = _run(each.artifact, program.stdin, workshop, limits)
            outcome = run_outcome(ending, workshop.found.toolchain, token, limits)
            yield place, replace(outcome, seconds=outcome.seconds + each.ending.seconds)


def _run(artifact: bytes, stdin: str, workshop: Workshop, limits: Limits) -> Ending:
    """Run one program, from its artifact or as it stands."""
    row = workshop.found.toolchain
    files = {row.artifact or row.source: artifact}
    if row.beside:
        files[row.beside] = shipped(row.beside)
    tools = workshop.found.tools
    environment = {}
    if tools is not None and row.run.startswith("node "):
        environment["NODE_PATH"] = filled_in("{tools}/node_modules", tools, unsafe=workshop.unsafe)
    argv = tuple(filled_in(row.run, tools, unsafe=workshop.unsafe).split())
    command = Command(argv, files, stdin.encode("utf-8", "surrogatepass"), environment, tools)
    return execute(command, limits, unsafe=workshop.unsafe, interrupted=workshop.interrupted)
