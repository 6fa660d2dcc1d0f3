"""`neuroglot ablate`: are the neurons of a run needed by their language?"""

from typing import Annotated

import typer

from neuroglot.cli import options
from neuroglot.cli.console import tell
from neuroglot.cli.loading import open_again
from neuroglot.cli.presets import beside_parameters
from neuroglot.cli.running import carried_out
from neuroglot.cli.verdicts import present_anew


def ablate(
    run: options.Run,
    profile: Annotated[
        options.Profile | None,
        typer.Option(
            metavar="|".join(options.Profile), help="How much is run. Default: as the run."
        ),
    ] = None,
    eval_tokens: options.EvalTokens = None,
    draws: options.Draws = None,
    preset: options.PresetOption = options.Preset.sound,
    batch_tokens: options.BatchTokens = 4096,
    out: options.ChildOut = None,
    seed: options.Seed = 0,
    device: options.Device = None,
    allow_pickle: options.AllowPickle = False,
    trust_remote_code: options.TrustRemoteCode = False,
    as_json: options.Json = False,
) -> None:
    """Remove each language's neurons and see which language suffers.

    Adds a step to a finished neurons run: its model and texts are used again. Matched neurons are
    removed beside, so that what any busy neuron would do is told apart.

    Example: neuroglot ablate runs/planted
    """
    from neuroglot.runs.directory import open_run
    from neuroglot.studies.ablation import ablate as study
    from neuroglot.studies.ablation_plan import plan_sentences
    from neuroglot.studies.parameters import AblationParameters
    from neuroglot.studies.published_procedure import published

    parameters = AblationParameters(
        profile=None if profile is None else profile.value,
        eval_tokens=eval_tokens,
        draws=draws,
        batch_tokens=batch_tokens,
        seed=seed,
    )
    parent = open_run(run)
    lm, corpus = open_again(
        parent, device=device, allow_pickle=allow_pickle, trust_remote_code=trust_remote_code
    )
    for sentence in plan_sentences(parent, lm, corpus, parameters):
        tell(sentence)
    beside = beside_parameters(preset, parameters)
    made = carried_out(study, parent, lm=lm, corpus=corpus, parameters=parameters, out=out)
    if beside is not None:
        made = carried_out(published, made, lm=lm, corpus=corpus, parameters=beside)
    present_anew(made, as_json=as_json)
