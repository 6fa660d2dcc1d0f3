"""`neuroglot finetune`: a language's units are trained, beside other trainings."""

from pathlib import Path
from typing import Annotated

import typer

from neuroglot.cli import options
from neuroglot.cli.console import say, tell
from neuroglot.cli.loading import open_model_of
from neuroglot.cli.running import carried_out
from neuroglot.cli.verdicts import present_anew


def finetune(
    run: options.Run,
    select: Annotated[
        str,
        typer.Option(
            metavar="pls:LIST",
            help="The languages whose units are trained, as pls:python.",
            show_default=False,
        ),
    ],
    data: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Questions and answers to train on, as .jsonl (McEval-Instruct's layout, or "
            "question and answer). Default: generated programs.",
            show_default=False,
        ),
    ] = None,
    arms: Annotated[
        str | None,
        typer.Option(
            metavar="LIST",
            help="What is trained: units, random, other, modules, lora, lora16, full. Default: "
            "all; units, random, lora and full in the quick profile.",
            show_default=False,
        ),
    ] = None,
    profile: options.ProfileOption = options.Profile.full,
    seeds: options.Seeds = None,
    steps: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            help="Steps of each training. Default: 100; 12 in the quick profile.",
            show_default=False,
        ),
    ] = None,
    rates: Annotated[
        str | None,
        typer.Option(
            metavar="LIST",
            help="Learning rates that each arm chooses from, as 1e-4,1e-3. Default: four of them; "
            "three in the quick profile.",
            show_default=False,
        ),
    ] = None,
    tasks: options.MaybeTasks = None,
    columns: Annotated[
        bool,
        typer.Option("--columns", help="Train the column that reads each unit of an MLP too."),
    ] = False,
    batch_tokens: options.BatchTokens = 4096,
    out: options.ChildOut = None,
    seed: options.Seed = 0,
    device: options.Device = None,
    allow_pickle: options.AllowPickle = False,
    trust_remote_code: options.TrustRemoteCode = False,
    as_json: options.Json = False,
) -> None:
    """Train a language's units; see what other languages forget.

    Adds a step to a finished run of the study neuron-guided. Random units, LoRA of as many numbers
    and others are trained beside, with the same texts in the same order; what every language gains
    or loses is read all along the way. With --tasks each trained model also writes programs, which
    are run in boxes. The changed weights of each training are kept as a small file, which --delta
    takes.

    Example: neuroglot finetune runs/mine --select pls:python
    """
    from neuroglot.runs.directory import open_run
    from neuroglot.studies.tuning import DELTAS
    from neuroglot.studies.tuning import finetune as study
    from neuroglot.studies.tuning_parameters import (
        FinetuneParameters,
        rates_of,
        selected_languages,
    )

    parameters = FinetuneParameters(
        profile=profile.value,
        targets=selected_languages(select),
        data=None if data is None else str(data),
        arms=None if arms is None else tuple(arms.split(",")),
        seeds=seeds,
        steps=steps,
        rates=None if rates is None else rates_of(rates),
        columns=columns,
        tasks=tasks,
        batch_tokens=batch_tokens,
        seed=seed,
    )
    if tasks is None:
        tell("no --tasks: what training does to programs that pass is left out")
    parent = open_run(run)
    lm = open_model_of(
        parent, device=device, allow_pickle=allow_pickle, trust_remote_code=trust_remote_code
    )
    tell(parameters.settled(parameters.targets or ()).sentence)
    made = carried_out(study, parent, lm=lm, parameters=parameters, out=out)
    present_anew(made, as_json=as_json)
    if not as_json:
        say(f"deltas: {made.path / DELTAS}")
