"""How far all trainings of a step are, counted as one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from neuroglot.studies.watching import Watcher


@dataclass(eq=False)
class TrainingSteps:
    """The steps of trainings that are done one after the other, of all that there will be."""

    watch: Watcher
    step: str
    total: int
    done: int = 0

    def of(self, name: str) -> Callable[[int, int, float], None]:
        """Tells how far a training is: to be called with steps done, of how many, and the loss."""

        def tell(done: int, _: int, loss: float) -> None:
            said = f"{name}, {loss:.2f} nats"
            self.watch(self.step, self.done + done, self.total, "steps", said)

        return tell

    def over(self, steps: int) -> None:
        """So many more are done."""
        self.done += steps

    @contextmanager
    def training(self, steps: int) -> Iterator[None]:
        """A training of so many steps, all of them done at its end: also one that was kept."""
        end = self.done + steps
        yield
        self.done = end
