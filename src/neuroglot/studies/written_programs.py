"""Programs that one model writes, and another, or the same under an edit: run in their tests.

One greedy answer to each task. Samples and scores are files of the run, so that they are found
again and can be scored anew.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from neuroglot.analyses.trained_passes import BASE, Answer, answers
from neuroglot.base.seeds import generator
from neuroglot.lm.model import LM
from neuroglot.runs.storage import read_jsonl
from neuroglot.studies.sample_scoring import score_samples, scored_path
from neuroglot.studies.sampling import Asked, Settings, fitting, write_samples
from neuroglot.studies.task_suites import Suite, whole_of
from neuroglot.studies.watching import Watcher

EACH = {"quick": 40, "full": 150}
"""Tasks in each language, at most."""
FOLDER = "samples"


@dataclass(frozen=True, eq=False)
class WrittenPrograms:
    """Tasks, and files of what each model wrote for them. start: how the files' paths begin."""

    tasks: Suite
    asked: tuple[Asked, ...]
    settings: Settings
    start: Path
    watch: Watcher

    @classmethod
    def of(
        cls,
        lm: LM,
        known: Suite,
        candidates: Sequence[Asked],
        *,
        each: int,
        seed: int,
        start: Path,
        watch: Watcher,
    ) -> "WrittenPrograms":
        """Some of the candidates, which are tasks of the suite `known`: so many of each language.

        Raises ConfigError for a task that is too long for the model.
        """
        taken: list[Asked] = []
        for language in dict.fromkeys(task.language for task in candidates):
            own = [task for task in candidates if task.language == language]
            drawn = generator(seed, "tasks for written programs", language).permutation(len(own))
            taken += [own[at] for at in sorted(drawn[:each].tolist())]
        tasks = {task.id: known[task.id] for task in taken}
        return cls(tasks, tuple(taken), fitting(lm, taken, Settings(seed=seed)), start, watch)

    def write(self, lm: LM, name: str) -> None:
        """The programs of a model; name: what was done to it, or BASE."""
        file = self._file(name)
        if not file.exists():
            write_samples(
                lm,
                self.asked,
                [],
                out=file,
                settings=self.settings,
                on_progress=self._told("programs", name),
            )

    def judged(self, names: Sequence[str]) -> dict[str, list[Answer]]:
        """What became of the programs of the untouched model and of those named."""
        return {name: self._judged(name) for name in (BASE, *names)}

    def _judged(self, name: str) -> list[Answer]:
        samples = self._file(name)
        out = scored_path(samples)
        if not out.exists():
            score_samples(samples, self.tasks, out=out, on_progress=self._told("tests", name))
        wholes = {task.id: whole_of(task.id) for task in self.asked}
        languages = {task.id: task.language for task in self.asked}
        return answers(read_jsonl(out), wholes, languages)

    def _file(self, name: str) -> Path:
        return self.start.with_name(f"{self.start.name}-{name}.jsonl")

    def _told(self, step: str, name: str) -> Callable[[int, int], None]:
        return lambda done, total: self.watch(step, done, total, "programs", name)
