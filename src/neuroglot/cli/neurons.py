"""`neuroglot neurons`: the neurons of each language, in a run directory with a report."""

from neuroglot.cli import options
from neuroglot.cli.console import tell
from neuroglot.cli.loading import open_data, open_model
from neuroglot.cli.running import carried_out
from neuroglot.cli.verdicts import present


def neurons(
    model: options.Model,
    data: options.Data,
    languages: options.Languages = None,
    out: options.Out = None,
    profile: options.ProfileOption = options.Profile.full,
    tokens_per_language: options.TokensPerLanguage = None,
    tau: options.Tau = 0.95,
    nu: options.Nu = None,
    selection: options.SelectionOption = options.Selection.equal,
    top: options.Top = 0.01,
    headers: options.HeadersOption = options.Headers.stripped,
    packing: options.PackingOption = options.Packing.documents,
    max_document_tokens: options.MaxDocumentTokens = 2048,
    batch_tokens: options.BatchTokens = 4096,
    shard: options.ShardOption = None,
    seed: options.Seed = 0,
    device: options.Device = None,
    dtype: options.Dtype = None,
    revision: options.Revision = None,
    delta: options.Delta = None,
    allow_pickle: options.AllowPickle = False,
    trust_remote_code: options.TrustRemoteCode = False,
    as_json: options.Json = False,
) -> None:
    """Find each language's neurons and say how many are real.

    Makes a run directory with tables and a report. The same line again goes on where it was
    stopped.

    Example: neuroglot neurons --model planted --data planted
    """
    from neuroglot.base.languages import parse_languages
    from neuroglot.runs.writing import refuse_unusable
    from neuroglot.studies.parameters import NeuronsParameters

    parameters = NeuronsParameters(
        languages=None if languages is None else parse_languages(languages),
        tokens_per_language=tokens_per_language,
        tau=tau,
        nu=nu,
        selection=selection.value,
        top=top,
        profile=profile.value,
        headers=headers.value,
        max_document_tokens=max_document_tokens,
        packing=packing.value,
        batch_tokens=batch_tokens,
        seed=seed,
        shard=shard,
    )
    if out is not None:
        refuse_unusable(out)
    corpus = open_data(data, languages=parameters.languages, headers=headers.value)
    lm = open_model(
        model,
        device=device,
        dtype=dtype,
        revision=revision,
        delta=delta,
        allow_pickle=allow_pickle,
        trust_remote_code=trust_remote_code,
    )

    from neuroglot.studies.language_neurons import neurons as study
    from neuroglot.studies.planning import plan_sentences

    for sentence in plan_sentences(lm, corpus, parameters):
        tell(sentence)
    run = carried_out(study, lm, corpus, out=out, parameters=parameters)
    present(run, as_json=as_json)
