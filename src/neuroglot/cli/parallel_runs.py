"""What verbs over parallel texts do alike: open model and texts, run the study, show the run."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from neuroglot.cli.console import tell
from neuroglot.cli.loading import open_model, open_parallel
from neuroglot.cli.running import carried_out
from neuroglot.cli.verdicts import present

if TYPE_CHECKING:
    from neuroglot.lm.model import LM
    from neuroglot.runs.directory import Run
    from neuroglot.text.parallel import ParallelCorpus

Parameters = TypeVar("Parameters")


def run_over_parallel(
    study: "Callable[..., Run]",
    parameters: Parameters,
    *,
    sentence: "Callable[[LM, ParallelCorpus, Parameters], str]",
    model: str,
    parallel: str,
    statements: bool,
    languages: str | None,
    out: Path | None,
    as_json: bool,
    **loading: Any,
) -> None:
    """Run a study over parallel texts as the command line asks.

    sentence: what it will do, said before it begins. statements: whether generated programs are
    taken statement by statement. loading: how the model is opened, as for `open_model`.
    """
    from neuroglot.base.languages import parse_languages
    from neuroglot.runs.writing import refuse_unusable

    if out is not None:
        refuse_unusable(out)
    asked = None if languages is None else parse_languages(languages)
    corpus = open_parallel(parallel, languages=asked, statements=statements)
    lm = open_model(model, **loading)
    tell(sentence(lm, corpus, parameters))
    run = carried_out(study, lm, corpus, out=out, parameters=parameters)
    present(run, as_json=as_json)
