"""`neuroglot mexa`: which languages share their representation, in a run directory."""

from neuroglot.cli import options
from neuroglot.cli.parallel_runs import run_over_parallel


def mexa(
    model: options.Model,
    parallel: options.Parallel,
    languages: options.Languages = None,
    out: options.Out = None,
    profile: options.ProfileOption = options.Profile.full,
    items: options.MexaItems = None,
    batch_tokens: options.BatchTokens = 4096,
    seed: options.Seed = 0,
    device: options.Device = None,
    dtype: options.Dtype = None,
    revision: options.Revision = None,
    delta: options.Delta = None,
    allow_pickle: options.AllowPickle = False,
    trust_remote_code: options.TrustRemoteCode = False,
    as_json: options.Json = False,
) -> None:
    """Say which languages align over parallel texts, layer by layer.

    An item aligns two languages when its texts are nearer each other than any other's (MEXA).
    Beside it stand shuffled pairs, vectors that only count tokens, and an untrained twin. The same
    line again goes on where it was stopped.

    Example: neuroglot mexa --model planted --parallel programs
    """
    from neuroglot.studies.parallel_study import mexa as study
    from neuroglot.studies.parameters import AlignmentParameters
    from neuroglot.studies.planning import alignment_sentence

    parameters = AlignmentParameters(
        profile=profile.value, items=items, batch_tokens=batch_tokens, seed=seed
    )
    run_over_parallel(
        study,
        parameters,
        sentence=alignment_sentence,
        model=model,
        parallel=parallel,
        statements=False,
        languages=languages,
        out=out,
        as_json=as_json,
        device=device,
        dtype=dtype,
        revision=revision,
        delta=delta,
        allow_pickle=allow_pickle,
        trust_remote_code=trust_remote_code,
    )
