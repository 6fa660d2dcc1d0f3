"""Programs that trained models write, run in the tests of their tasks.

A part of the step `finetune`: one greedy answer to each task, in the target and in the other
language that the untrained model reads best, by the first training of every arm and by the model
as it was. Tasks are of families that are read, never trained on. Samples and scores are files of
the run, so that they are found again and can be scored anew.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from neuroglot.analyses.trained_passes import BASE, Answer, answers
from neuroglot.base.seeds import generator
from neuroglot.lm.model import LM
from neuroglot.runs.directory import Run
from neuroglot.runs.storage import read_jsonl
from neuroglot.studies.sample_scoring import score_samples, scored_path
from neuroglot.studies.sampled_sets import asked, scored_halves
from neuroglot.studies.sampling import Asked, Settings, fitting, write_samples
from neuroglot.studies.task_suites import Suite, suite, suite_word, whole_of
from neuroglot.studies.tuning_texts import READ, halves_of_families
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
        run: Run,
        *,
        name: str,
        languages: Sequence[str],
        each: int,
        seed: int,
        watch: Watcher,
    ) -> "WrittenPrograms":
        """name: of the suite. languages: the target first. each: tasks in a language, at most.

        Raises what `suite`, `asked` and `fitting` raise.
        """
        halves = halves_of_families(scored_halves(run))
        known, word = suite(name), suite_word(name)
        found = asked(known, suite=word, languages=languages, scored=halves)
        taken: list[Asked] = []
        for language in languages:
            own = [task for task in found if task.language == language and task.half == READ]
            drawn = generator(seed, "tasks for trained models", language).permutation(len(own))
            taken += [own[at] for at in sorted(drawn[:each].tolist())]
        return cls(
            tasks={task.id: known[task.id] for task in taken},
            asked=tuple(taken),
            settings=fitting(lm, taken, Settings(seed=seed)),
            start=run.path / FOLDER / f"finetune-{languages[0]}",
            watch=watch,
        )

    def write(self, lm: LM, name: str) -> None:
        """The programs of a model; name: its arm, or BASE."""
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

    def judged(self, arms: Sequence[str]) -> dict[str, list[Answer]]:
        """What became of the programs of the untrained model and of every arm."""
        return {name: self._judged(name) for name in (BASE, *arms)}

    def _judged(self, name: str) -> list[Answer]:
        samples = self._file(name)
        out = scored_path(samples)
        if not out.exists():
            score_samples(samples, self.tasks, out=out, on_progress=self._told("tests", name))
        rows = read_jsonl(out)
        wholes = {task.id: whole_of(task.id) for task in self.asked}
        return answers(rows, wholes, {task.id: task.language for task in self.asked})

    def _file(self, name: str) -> Path:
        return self.start.with_name(f"{self.start.name}-{name}.jsonl")

    def _told(self, step: str, name: str) -> Callable[[int, int], None]:
        return lambda done, total: self.watch(step, done, total, "programs", name)
