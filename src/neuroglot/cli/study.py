"""`neuroglot study`: everything of one paper, in one run."""

from typing import TYPE_CHECKING, Annotated

import typer

from neuroglot.cli import options
from neuroglot.cli.console import tell
from neuroglot.cli.loading import open_data, open_model, open_parallel
from neuroglot.cli.parallel_runs import run_over_parallel
from neuroglot.cli.presets import beside_parameters
from neuroglot.cli.running import carried_out
from neuroglot.cli.verdicts import present, present_anew

if TYPE_CHECKING:
    from neuroglot.studies.concept_space_study import ParallelTexts
    from neuroglot.studies.parameters import LensParameters
    from neuroglot.text.corpus import Corpus

study_app = typer.Typer(
    help="Everything of one paper, in one run.", no_args_is_help=True, rich_markup_mode=None
)


@study_app.command("concept-space")
def concept_space(
    model: options.Model,
    data: options.Data,
    languages: options.Languages = None,
    out: options.Out = None,
    profile: options.ProfileOption = options.Profile.full,
    tokens_per_language: options.TokensPerLanguage = None,
    eval_tokens: options.EvalTokens = None,
    draws: options.Draws = None,
    parallel: options.MaybeParallel = None,
    items: options.Items = None,
    keywords: options.Keywords = None,
    english: options.English = None,
    tuned: options.Tuned = None,
    preset: options.PresetOption = options.Preset.sound,
    tau: options.Tau = 0.95,
    nu: options.Nu = None,
    headers: options.HeadersOption = options.Headers.stripped,
    max_document_tokens: options.MaxDocumentTokens = 2048,
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
    """Neurons, alignment, lens and ablation (arXiv 2506.01074).

    One run with the neurons of each language, which languages align and what each layer says while
    the model translates (both with --parallel, or with --data programs), the ablation of the
    neurons beside matched controls, and the claims A-1 to A-8. The same line again goes on where it
    was stopped.

    Example: neuroglot study concept-space --model planted --data planted
    """
    from neuroglot.base.languages import parse_languages
    from neuroglot.programs.corpus import NAME
    from neuroglot.runs.writing import refuse_unusable
    from neuroglot.studies.concept_space_study import concept_space as study
    from neuroglot.studies.parameters import (
        AblationParameters,
        LensParameters,
        NeuronsParameters,
    )

    chosen = NeuronsParameters(
        languages=None if languages is None else parse_languages(languages),
        tokens_per_language=tokens_per_language,
        tau=tau,
        nu=nu,
        profile=profile.value,
        headers=headers.value,
        max_document_tokens=max_document_tokens,
        batch_tokens=batch_tokens,
        seed=seed,
    )
    ablated = AblationParameters(
        profile=profile.value,
        eval_tokens=eval_tokens,
        draws=draws,
        batch_tokens=batch_tokens,
        seed=seed,
    )
    lens = LensParameters(
        profile=profile.value,
        items=items,
        keywords=None if keywords is None else str(keywords),
        english=None if english is None else str(english),
        tuned=tuned,
        batch_tokens=batch_tokens,
        seed=seed,
    )
    if out is not None:
        refuse_unusable(out)
    corpus = open_data(data, languages=chosen.languages, headers=headers.value)
    lm = open_model(
        model,
        device=device,
        dtype=dtype,
        revision=revision,
        delta=delta,
        allow_pickle=allow_pickle,
        trust_remote_code=trust_remote_code,
    )
    texts = _parallel_texts(parallel or (data if data == NAME else None), corpus, lens)
    run = carried_out(
        study,
        lm,
        corpus,
        out=out,
        parameters=chosen,
        ablation=ablated,
        parallel=texts,
        beside=beside_parameters(preset, ablated),
        say=tell,
    )
    present_anew(run, as_json=as_json)


@study_app.command("neuron-guided")
def neuron_guided(
    model: options.Model,
    parallel: options.Parallel,
    languages: options.Languages = None,
    out: options.Out = None,
    profile: options.ProfileOption = options.Profile.full,
    items: options.MexaItems = None,
    ratio: options.Ratio = 1.5,
    top: options.TopUnits = 0.01,
    eval_tokens: options.EvalTokens = None,
    draws: options.Draws = None,
    tasks: options.MaybeTasks = None,
    finetune: Annotated[
        bool,
        typer.Option(
            "--finetune",
            help="Also train the units of the language that is read worst, beside others.",
        ),
    ] = False,
    clones: Annotated[
        bool, typer.Option("--clones", help="Also tell generated clones by the concept layers.")
    ] = False,
    summarise: Annotated[
        bool,
        typer.Option(
            "--summarise", help="Also train the concept layers on summaries, beside others."
        ),
    ] = False,
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
    """Units by activation times gradient, concept layers (2512.19980).

    One run with each language's units, what single ones and all of them do to the prediction of
    solutions, at which layers the same task looks the same, and the claims B-1 to B-5. With --tasks
    models without units also write programs, which are run in boxes; --finetune, --clones and
    --summarise put what is found to use, for B-6 to B-8. The same line again goes on where it was
    stopped.

    Example: neuroglot study neuron-guided --model reference --parallel programs --profile quick
    """
    from neuroglot.studies.neuron_guided_study import neuron_guided as study
    from neuroglot.studies.parameters import GuidedParameters
    from neuroglot.studies.planning import guided_sentence

    if tasks is None:
        tell("no --tasks: what units cost in programs that pass is left out")
    run_over_parallel(
        study,
        GuidedParameters(
            profile=profile.value,
            items=items,
            ratio=ratio,
            top=top,
            eval_tokens=eval_tokens,
            draws=draws,
            tasks=tasks,
            finetune=finetune,
            clones=clones,
            summarise=summarise,
            batch_tokens=batch_tokens,
            seed=seed,
        ),
        sentence=guided_sentence,
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


@study_app.command("brackets")
def brackets(
    model: options.Model,
    out: options.Out = None,
    profile: options.ProfileOption = options.Profile.full,
    templates: options.TemplatesOption = options.Templates.crossed,
    closer: options.Closer = ")",
    draws: options.HeadDraws = None,
    tasks: options.MaybeTasks = None,
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
    """How the model closes brackets (2502.18499, 2507.00322).

    The prompts are written for the model's tokenizer. One run with what it answers, at which depth
    and by which sub-layers and heads, which heads count and which mislead, what happens without
    them and when they are amplified, and the claims C-1 to C-8. With --tasks the model also writes
    programs with the heads amplified. The same line again goes on where it was stopped.

    Example: neuroglot study brackets --model reference --profile quick
    """
    from neuroglot.runs.writing import refuse_unusable
    from neuroglot.studies.bracket_parameters import BracketsParameters
    from neuroglot.studies.brackets_study import brackets as study
    from neuroglot.studies.planning import brackets_sentence

    parameters = BracketsParameters(
        profile=profile.value,
        templates=templates.value,
        closer=closer,
        draws=draws,
        tasks=tasks,
        batch_tokens=batch_tokens,
        seed=seed,
    )
    if out is not None:
        refuse_unusable(out)
    lm = open_model(
        model,
        device=device,
        dtype=dtype,
        revision=revision,
        delta=delta,
        allow_pickle=allow_pickle,
        trust_remote_code=trust_remote_code,
    )
    tell(brackets_sentence(lm, parameters))
    run = carried_out(study, lm, out=out, parameters=parameters)
    present(run, as_json=as_json)


def _parallel_texts(
    source: str | None, corpus: "Corpus", lens: "LensParameters"
) -> "ParallelTexts | None":
    """The parallel texts of the corpus's languages; None where no source is named."""
    from neuroglot.base.errors import ConfigError
    from neuroglot.programs.corpus import ITEMS, NAME, WRITTEN, styled_items
    from neuroglot.studies.concept_space_study import ParallelTexts
    from neuroglot.studies.parameters import QUICK_LANGUAGES, AlignmentParameters

    if source is None:
        tell("no --parallel: which languages align, and what the middle layers say, is left out")
        return None
    most = QUICK_LANGUAGES if lens.profile == "quick" else None
    generated = [each for each in corpus.languages if each in WRITTEN][:most]
    items = open_parallel(source, languages=generated if source == NAME else None, statements=False)
    wanted = [each for each in corpus.languages if each in items.languages][:most]
    if len(wanted) < 2:
        raise ConfigError(
            f"{source} holds {len(wanted)} of the languages of the data: alignment and translation "
            "need two; give other items with --parallel"
        )
    statements = open_parallel(source, languages=wanted, statements=True)
    styled = None
    if source == NAME and {"java", "csharp"} <= set(wanted):
        asked = AlignmentParameters(profile=lens.profile).n_items
        styled = styled_items(count=asked or ITEMS)
    return ParallelTexts(items.only(wanted), statements, styled, lens)
