"""The flags that verbs share: each is named, typed and explained once.

What a value may be is said by the records that take them, in one place for Python and the command.
"""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Profile(StrEnum):
    """How much is run."""

    quick = "quick"
    full = "full"


class Selection(StrEnum):
    """How neurons are chosen."""

    equal = "equal"
    original = "original"


class Headers(StrEnum):
    """What happens to licence headers."""

    stripped = "stripped"
    kept = "kept"


class Packing(StrEnum):
    """How documents become rows."""

    documents = "documents"
    published = "published"


class Preset(StrEnum):
    """Whose definitions are run."""

    sound = "sound"
    published = "published"
    release = "release"


class Templates(StrEnum):
    """Whose bracket prompts are asked."""

    crossed = "crossed"
    reference = "reference"


Model = Annotated[
    str,
    typer.Option(
        metavar="MODEL",
        help="A Hugging Face id, a folder, or planted (hand-set weights whose answer is known).",
        show_default=False,
    ),
]
Data = Annotated[
    str,
    typer.Option(
        metavar="DATA",
        help="A folder of source files, a folder or file of .parquet or .jsonl tables, a data set "
        "id, planted, or programs (generated ones, the same in every language).",
        show_default=False,
    ),
]
Languages = Annotated[
    str | None,
    typer.Option(
        metavar="LIST",
        help="Ids separated by commas, in the order of axes and plots, as python,java,go,english. "
        "Default: all that the data holds.",
        show_default=False,
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        metavar="FOLDER",
        help="Run directory. Default: runs/STUDY-MODEL-PARAMETERS, so that the same line goes on "
        "with the same run.",
        show_default=False,
    ),
]
ChildOut = Annotated[
    Path | None,
    typer.Option(
        "--out",
        metavar="FOLDER",
        help="A new run with this step, the given one left as it is.",
        show_default=False,
    ),
]
Run = Annotated[
    Path,
    typer.Argument(metavar="RUN", help="A finished run directory.", show_default=False),
]
Seed = Annotated[int, typer.Option(metavar="N", help="Seed of every draw.")]
Device = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="cpu, cuda, cuda:1, mps. Default: cuda where there is one.",
        show_default=False,
    ),
]
Dtype = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="float32, bfloat16, float16 or float64. Default: the checkpoint's.",
        show_default=False,
    ),
]
Revision = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Revision of a Hugging Face id.", show_default=False),
]
Delta = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Changed weights of the model, as finetune and export write them.",
        show_default=False,
    ),
]
TokensPerLanguage = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        help="Counted tokens read of each language. Default: 200000; 100000 in the quick profile.",
        show_default=False,
    ),
]
EvalTokens = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        help="Tokens scored of each language. Default: 20000; 5000 in the quick profile.",
        show_default=False,
    ),
]
Draws = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        help="Matched sets per language. Default: 19; 5 in the quick profile.",
        show_default=False,
    ),
]
Tau = Annotated[
    float,
    typer.Option(metavar="SHARE", help="Quantile of all probabilities that must be passed."),
]
Nu = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        help="Neurons per language. Default: by the size of the model.",
        show_default=False,
    ),
]
SelectionOption = Annotated[
    Selection,
    typer.Option(
        "--selection",
        metavar="|".join(Selection),
        help="equal: nu for each language. original: the top share of all, split by language.",
    ),
]
Top = Annotated[
    float,
    typer.Option(metavar="SHARE", help="Share of neurons taken by the original selection."),
]
Ratio = Annotated[
    float,
    typer.Option(metavar="TIMES", help="How many times the second language's a score must be."),
]
TopUnits = Annotated[
    float, typer.Option("--top", metavar="SHARE", help="Share of all units taken by score.")
]
ProfileOption = Annotated[
    Profile,
    typer.Option(
        "--profile",
        metavar="|".join(Profile),
        help="quick: fewer draws, one pass, at most six languages unless named. full: every "
        "control.",
    ),
]
HeadersOption = Annotated[
    Headers,
    typer.Option(
        "--headers", metavar="|".join(Headers), help="Leading licence headers of the texts."
    ),
]
MaxDocumentTokens = Annotated[
    int, typer.Option(metavar="N", help="Longest row; documents are cut here.")
]
PackingOption = Annotated[
    Packing,
    typer.Option(
        "--packing",
        metavar="|".join(Packing),
        help="documents: one a row. published: joined and cut, as the release does.",
    ),
]
_TASKS = typer.Option(
    "--tasks",
    metavar="TASKS",
    help="HumanEval-X or McEval as released (a folder or file), humaneval-x (below "
    "NEUROGLOT_DATA), a table that `programs generate` wrote, or 'programs': those generated "
    "for evaluations.",
)
Tasks = Annotated[str, _TASKS]
MaybeTasks = Annotated[str | None, _TASKS]
Seeds = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        help="Trainings of each arm. Default: 5; 3 in the quick profile.",
        show_default=False,
    ),
]
BatchTokens = Annotated[int, typer.Option(metavar="N", help="Padded tokens in one batch.")]
ShardOption = Annotated[
    str | None,
    typer.Option(
        "--shard",
        metavar="I/N",
        help="Only this part of the pass, for several machines; join the parts with merge.",
        show_default=False,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
AllowPickle = Annotated[
    bool, typer.Option("--allow-pickle", help="Load weights that are pickled (they can run code).")
]
TrustRemoteCode = Annotated[
    bool, typer.Option("--trust-remote-code", help="Run code that comes with the model.")
]

PresetOption = Annotated[
    Preset,
    typer.Option(
        "--preset",
        metavar="|".join(Preset),
        help="published: also what the paper did, shown beside. release: scored as its base "
        "script does.",
    ),
]
_PARALLEL = typer.Option(
    "--parallel",
    metavar="DATA",
    help="Items that say the same in several languages: a .jsonl file, a folder as CoST or "
    "HumanEval-X have it, cost or humaneval-x (below NEUROGLOT_DATA), or programs.",
    show_default=False,
)
Parallel = Annotated[str, _PARALLEL]
MaybeParallel = Annotated[str | None, _PARALLEL]
Items = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        help="Items in each direction. Default: 100; 20 in the quick profile.",
        show_default=False,
    ),
]
MexaItems = Annotated[
    int | None,
    typer.Option(
        "--items",
        metavar="N",
        help="Items looked at. Default: all; 150 in the quick profile.",
        show_default=False,
    ),
]
TopTokens = Annotated[
    int, typer.Option(metavar="N", help="Likeliest tokens kept of items shown one by one.")
]
Keywords = Annotated[
    Path | None,
    typer.Option(
        metavar="FOLDER",
        help="Keyword lists of your own, one .json file per language. Default: those that come "
        "with neuroglot.",
        show_default=False,
    ),
]
English = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="English words of your own, one on each line. Default: the most frequent ones.",
        show_default=False,
    ),
]
Tuned = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        help="Also train a tuned lens on N tokens of answers that are not asked for, and compare "
        "the lens with it; 20000 take a few minutes. Default: no tuned lens.",
        show_default=False,
    ),
]
TemplatesOption = Annotated[
    Templates,
    typer.Option(
        "--templates",
        metavar="|".join(Templates),
        help="crossed: the study's own, in twelve languages. reference: those that the reference "
        "model is judged on.",
    ),
]
Closer = Annotated[
    str, typer.Option(metavar="BRACKET", help="The bracket that is missing: ), ] or }.")
]
HeadDraws = Annotated[
    int | None,
    typer.Option(
        "--draws",
        metavar="N",
        help="Sets of random heads. Default: 19; 5 in the quick profile.",
        show_default=False,
    ),
]
