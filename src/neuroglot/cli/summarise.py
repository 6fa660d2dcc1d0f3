"""`neuroglot summarise`: does learning to summarise in some languages help another?"""

from pathlib import Path
from typing import Annotated

import typer

from neuroglot.base.errors import ConfigError
from neuroglot.base.languages import parse_languages
from neuroglot.cli import options
from neuroglot.cli.console import tell
from neuroglot.cli.loading import open_model_of
from neuroglot.cli.running import carried_out
from neuroglot.cli.verdicts import present_anew


def summarise(
    run: options.Run,
    target: Annotated[
        str, typer.Option(metavar="LANGUAGE", help="The language that is transferred to.")
    ] = "ruby",
    sources: Annotated[
        str | None,
        typer.Option(
            metavar="LIST",
            help="Languages of the first stage. Default: python,java; five in the preset release.",
            show_default=False,
        ),
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Functions and summaries as .jsonl (CodeSearchNet's layout: language, code, "
            "docstring, partition, repo). Default: generated programs.",
            show_default=False,
        ),
    ] = None,
    preset: Annotated[
        options.Preset,
        typer.Option(
            metavar="|".join(options.Preset),
            help="sound: adapters in the band, beside other bands of equal size. published: in the "
            "band and all layers above. release: all weights of the band.",
        ),
    ] = options.Preset.sound,
    band: Annotated[
        str | None,
        typer.Option(
            metavar="FIRST-LAST", help="Layers. Default: the run's band.", show_default=False
        ),
    ] = None,
    sizes: Annotated[
        str | None,
        typer.Option(
            metavar="LIST",
            help="Examples of the target. Default: 100,1000,10000; 100,1000 in the quick profile.",
            show_default=False,
        ),
    ] = None,
    profile: options.ProfileOption = options.Profile.full,
    seeds: options.Seeds = None,
    batch_tokens: options.BatchTokens = 4096,
    out: options.ChildOut = None,
    seed: options.Seed = 0,
    device: options.Device = None,
    allow_pickle: options.AllowPickle = False,
    trust_remote_code: options.TrustRemoteCode = False,
    as_json: options.Json = False,
) -> None:
    """Train the concept band on summaries, in some languages first.

    Adds a step to a finished run of the study neuron-guided. Other layers, a single stage and
    foreign summaries are trained beside, with the same examples in the same order; what each model
    writes of functions that nobody trained on is scored by BLEU-4, ROUGE-L and chrF.

    Example: neuroglot summarise runs/mine --target ruby
    """
    from neuroglot.runs.directory import open_run
    from neuroglot.studies.summaries import band_of
    from neuroglot.studies.summaries import summarise as study
    from neuroglot.studies.summary_parameters import SummaryParameters

    (language,) = _one(target)
    parameters = SummaryParameters(
        profile=profile.value,
        preset=preset.value,
        target=language,
        sources=None if sources is None else parse_languages(sources),
        data=None if data is None else str(data),
        band=None if band is None else _band(band),
        sizes=None if sizes is None else _numbers(sizes),
        seeds=seeds,
        batch_tokens=batch_tokens,
        seed=seed,
    )
    parent = open_run(run)
    settled = parameters.settled(parameters.band or band_of(parent))
    lm = open_model_of(
        parent, device=device, allow_pickle=allow_pickle, trust_remote_code=trust_remote_code
    )
    tell(settled.sentence)
    made = carried_out(study, parent, lm=lm, parameters=parameters, out=out)
    present_anew(made, as_json=as_json)


def _one(text: str) -> tuple[str, ...]:
    found = parse_languages(text)
    if len(found) > 1:
        raise ConfigError(f"--target {text!r} names {len(found)} languages: give one")
    return found


def _band(text: str) -> tuple[int, int]:
    first, dash, last = text.partition("-")
    if not (dash and first.isdecimal() and last.isdecimal()):
        raise ConfigError(f"--band {text!r} names no layers: give the first and the last, as 4-7")
    return int(first), int(last)


def _numbers(text: str) -> tuple[int, ...]:
    words = [word.strip() for word in text.split(",")]
    if not all(word.isdecimal() for word in words):
        raise ConfigError(f"--sizes {text!r}: give whole numbers separated by commas, as 100,1000")
    return tuple(map(int, words))
