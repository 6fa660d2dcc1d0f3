"""`neuroglot lens`: in which language a model works while it translates code."""

from neuroglot.cli import options
from neuroglot.cli.parallel_runs import run_over_parallel


def lens(
    model: options.Model,
    parallel: options.Parallel,
    languages: options.Languages = None,
    out: options.Out = None,
    profile: options.ProfileOption = options.Profile.full,
    items: options.Items = None,
    keywords: options.Keywords = None,
    english: options.English = None,
    tuned: options.Tuned = None,
    top_tokens: options.TopTokens = 10,
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
    """Read every layer's prediction while the model translates code.

    All directions between the languages are asked. What each layer gives to English words and to
    the keywords of source, target and other languages stands beside random sets of tokens of equal
    size and frequency. The same line again goes on where it was stopped.

    Example: neuroglot lens --model planted --parallel programs --languages python,java
    """
    from neuroglot.studies.parallel_study import lens as study
    from neuroglot.studies.parameters import LensParameters
    from neuroglot.studies.planning import lens_sentence

    parameters = LensParameters(
        profile=profile.value,
        items=items,
        top_tokens=top_tokens,
        keywords=None if keywords is None else str(keywords),
        english=None if english is None else str(english),
        tuned=tuned,
        batch_tokens=batch_tokens,
        seed=seed,
    )
    run_over_parallel(
        study,
        parameters,
        sentence=lens_sentence,
        model=model,
        parallel=parallel,
        statements=True,
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
