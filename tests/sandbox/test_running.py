"""Many programs at once: their order, their tokens, and what one of them can do to the others."""

import threading
import time
from typing import Any

import pytest

from neuroglot.base.errors import ConfigError
from neuroglot.sandbox import running
from neuroglot.sandbox.limits import Limits
from neuroglot.sandbox.outcomes import Program, passed_line, wrong_line
from neuroglot.sandbox.running import run_programs

GOOD = f'print("{passed_line()}")'


def statuses(*sources: str, **options: Any) -> list[str]:
    return [
        each.status for each in run_programs([Program("python", s) for s in sources], **options)
    ]


@pytest.mark.usefixtures("boxes")
class TestInBoxes:
    def test_outcomes_come_in_the_order_of_the_programs(self):
        sources = [f"print({number})\n{GOOD}" for number in range(20)]
        outcomes = run_programs([Program("python", source) for source in sources], workers=4)
        assert [int(each.stdout.split()[0]) for each in outcomes] == list(range(20))
        assert {each.status for each in outcomes} == {"passed"}

    def test_nothing_gives_nothing(self):
        assert run_programs([]) == []

    def test_progress_counts_every_program(self):
        seen: list[tuple[int, int]] = []
        programs = [Program("python", GOOD)] * 5
        run_programs(programs, on_progress=lambda done, total: seen.append((done, total)))
        assert seen == [(done, 5) for done in range(1, 6)]

    @pytest.mark.parametrize(
        ("source", "status"),
        [
            ("", "wrong"),
            ("import sys; sys.exit(0)\n" + GOOD, "wrong"),
            ("import os; os._exit(0)\n" + GOOD, "wrong"),
            ('print("passed")', "wrong"),
            ('print("0" * 32 + " passed")', "wrong"),
            ('print("@neuroglot-" + "token@ passed")', "wrong"),
            (GOOD + "\nprint(1)", "wrong"),
            (GOOD + "\nraise ValueError", "crashed"),
            (GOOD + "\nimport os; os.abort()", "crashed"),
            (f'print("{wrong_line()}")', "wrong"),
            ("print('noise', end='')\nprint()\n" + GOOD, "passed"),
        ],
    )
    def test_success_cannot_be_had_by_leaving_early_or_by_chance(self, source: str, status: str):
        assert statuses(source) == [status]

    def test_each_run_has_its_own_token_and_it_is_not_shown(self):
        reveal = "import hashlib; print(hashlib.sha256(b'" + passed_line() + "').hexdigest())"
        outcomes = run_programs([Program("python", f"{reveal}\n{GOOD}")] * 3)
        digests = {each.stdout.split()[0] for each in outcomes}
        assert len(digests) == 3
        assert {each.stdout.split("\n", 1)[1] for each in outcomes} == {passed_line() + "\n"}

    def test_stdin_is_read(self):
        source = f"if input() == 'given': {GOOD}"
        assert run_programs([Program("python", source, stdin="given\n")])[0].status == "passed"

    def test_limits_are_those_given(self):
        source = f"import time; time.sleep(50)\n{GOOD}"
        assert statuses(source, limits=Limits(wall_seconds=0.5)) == ["timeout"]

    def test_text_that_is_no_unicode_is_a_value_too(self):
        source = "import sys; sys.stdout.buffer.write(b'\\xff'); print('\ud800')"
        (outcome,) = run_programs([Program("python", source)])
        assert outcome.status in {"wrong", "crashed", "compile_error"}

    def test_an_interruption_stops_every_box_at_once(self, monkeypatch: pytest.MonkeyPatch):
        began = time.monotonic()

        def interrupt(done: int, total: int) -> None:
            raise KeyboardInterrupt

        sources = [GOOD] + ["import time; time.sleep(300)"] * 5
        with pytest.raises(KeyboardInterrupt):
            statuses(*sources, workers=2, limits=Limits(wall_seconds=300), on_progress=interrupt)
        assert time.monotonic() - began < 200
        assert not [each for each in threading.enumerate() if each.name.startswith("box")]

    def test_a_fault_of_ours_is_raised_and_not_kept(self, monkeypatch: pytest.MonkeyPatch):
        def broken(*_: object, **__: object) -> None:
            raise RuntimeError("ours")

        monkeypatch.setattr(running, "run_outcome", broken)
        with pytest.raises(RuntimeError, match="ours"):
            statuses(GOOD)


@pytest.mark.parametrize(
    ("program", "options", "said"),
    [
        (
            Program("klingon", ""),
            {},
            "no toolchain for 'klingon': programs are run in python, java",
        ),
        (Program("java", "", ("x",)), {}, "libraries x for java: they can be given to c, cpp, go"),
        (Program("c", "", ("m; rm",)), {}, "library 'm; rm': give a plain name"),
        (Program("c", "", ("-x",)), {}, "library '-x': give a plain name"),
        (Program("c", ""), {"workers": 0}, "workers is 0: give at least 1"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_one_line(program: Program, options: Any, said: str):
    with pytest.raises(ConfigError) as raised:
        run_programs([program], unsafe=True, **options)
    assert str(raised.value).startswith(said)
    assert "\n" not in str(raised.value)
