"""`neuroglot mexa`: which languages share their representation, in a run directory."""

import shlex
import sys

from neuroglot.cli import options
from neuroglot.cli.console import tell
from neuroglot.cli.loading import open_model, open_parallel
from neuroglot.cli.progress import shown_progress
from neuroglot.cli.verdicts import present


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
    from neuroglot.base.languages import parse_languages
    from neuroglot.runs.writing import refuse_unusable
    from neuroglot.studies.parallel_study import mexa as study
    from neuroglot.studies.parameters import AlignmentParameters
    from neuroglot.studies.planning import alignment_sentence

    parameters = AlignmentParameters(
        profile=profile.value, items=items, batch_tokens=batch_tokens, seed=seed
    )
    if out is not None:
        refuse_unusable(out)
    asked = None if languages is None else parse_languages(languages)
    corpus = open_parallel(parallel, languages=asked, statements=False)
    lm = open_model(
        model,
        device=device,
        dtype=dtype,
        revision=revision,
        allow_pickle=allow_pickle,
        trust_remote_code=trust_remote_code,
    )
    tell(alignment_sentence(lm, corpus, parameters))
    with shown_progress() as watch:
        run = study(
            lm,
            corpus,
            out=out,
            parameters=parameters,
            command=shlex.join(["neuroglot", *sys.argv[1:]]),
            watch=watch,
        )
    present(run, as_json=as_json)
