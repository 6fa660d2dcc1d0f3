"""`neuroglot check`: can this model be read, and is there enough text?"""

from typing import Annotated

import typer

from neuroglot.cli import options
from neuroglot.cli.console import print_json, print_table
from neuroglot.cli.loading import open_data, open_model


def check(
    model: Annotated[
        str, typer.Argument(help="A Hugging Face id, a folder, or planted.", show_default=False)
    ],
    data: Annotated[
        str | None, typer.Option(help="Texts to check too, as for neurons.", show_default=False)
    ] = None,
    languages: options.Languages = None,
    tokens_per_language: options.TokensPerLanguage = 200_000,
    max_document_tokens: options.MaxDocumentTokens = 2048,
    headers: options.HeadersOption = options.Headers.stripped,
    device: options.Device = None,
    dtype: options.Dtype = None,
    revision: options.Revision = None,
    allow_pickle: options.AllowPickle = False,
    trust_remote_code: options.TrustRemoteCode = False,
    as_json: options.Json = False,
) -> None:
    """Check that a model is read right, and that texts suffice, in under a minute.

    Example: neuroglot check planted --data planted
    """
    from neuroglot.base.languages import parse_languages
    from neuroglot.measure.recording import read_for
    from neuroglot.studies.checking import check_rows, model_checks, text_checks

    wanted = None if languages is None else parse_languages(languages)
    corpus = None if data is None else open_data(data, languages=wanted, headers=headers.value)
    lm = open_model(
        model,
        device=device,
        dtype=dtype,
        revision=revision,
        allow_pickle=allow_pickle,
        trust_remote_code=trust_remote_code,
    )
    checks = model_checks(lm)
    if corpus is not None:
        reading = read_for(
            lm,
            corpus,
            tokens_per_language=tokens_per_language or 200_000,
            max_document_tokens=max_document_tokens,
        )
        checks += text_checks(corpus, reading, headers=headers.value)
    if as_json:
        print_json(check_rows(checks))
    else:
        print_table(
            ["", "check", "value", "bound", "what"],
            [
                [
                    "✓" if each.passed else "✗",
                    each.name,
                    f"{each.value:.4g}",
                    f"{each.bound:.4g}",
                    each.what if each.passed else f"{each.what}. {each.remedy}",
                ]
                for each in checks
            ],
            right=["value", "bound"],
        )
    if not all(each.passed for each in checks):
        raise typer.Exit(1)
