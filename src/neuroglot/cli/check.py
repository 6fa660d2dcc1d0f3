"""`neuroglot check`: can this model be read, and is there enough text?"""

from typing import TYPE_CHECKING, Annotated

import typer

from neuroglot.base.languages import parse_languages
from neuroglot.cli import options
from neuroglot.cli.console import print_json, print_table, say
from neuroglot.cli.loading import open_data, open_model

if TYPE_CHECKING:
    from neuroglot.lm.checks import Check


def check(
    model: Annotated[
        str, typer.Argument(metavar="MODEL", help="A Hugging Face id, a folder, or planted.")
    ],
    data: Annotated[
        str | None, typer.Option(metavar="DATA", help="Texts to check too, as for neurons.")
    ] = None,
    languages: options.Languages = None,
    tokens_per_language: Annotated[
        int, typer.Option(metavar="N", help="Counted tokens read of each language.")
    ] = 200_000,
    max_document_tokens: options.MaxDocumentTokens = 2048,
    headers: options.HeadersOption = options.Headers.stripped,
    device: options.Device = None,
    dtype: options.Dtype = None,
    revision: options.Revision = None,
    delta: options.Delta = None,
    allow_pickle: options.AllowPickle = False,
    trust_remote_code: options.TrustRemoteCode = False,
    as_json: options.Json = False,
) -> None:
    """Check that a model is read right and texts suffice.

    Status 1 when a check fails.

    Example: neuroglot check planted --data planted
    """
    wanted = None if languages is None else parse_languages(languages)
    corpus = None if data is None else open_data(data, languages=wanted, headers=headers.value)
    lm = open_model(
        model,
        device=device,
        dtype=dtype,
        revision=revision,
        delta=delta,
        allow_pickle=allow_pickle,
        trust_remote_code=trust_remote_code,
    )

    from neuroglot.measure.recording import read_for
    from neuroglot.studies.checking import check_rows, model_checks, text_checks

    checks = model_checks(lm)
    if corpus is not None:
        reading = read_for(
            lm,
            corpus,
            tokens_per_language=tokens_per_language,
            max_document_tokens=max_document_tokens,
        )
        checks += text_checks(corpus, reading, headers=headers.value)
    if as_json:
        print_json(check_rows(checks))
    else:
        _print(checks)
    if not all(each.passed for each in checks):
        raise typer.Exit(1)


def _print(checks: "list[Check]") -> None:
    print_table(
        ["", "check", "value", "bound", "what"],
        [
            [
                "✓" if each.passed else "✗",
                each.name,
                _number(each.value),
                _number(each.bound),
                each.what,
            ]
            for each in checks
        ],
        right=["value", "bound"],
    )
    remedies: dict[str, list[str]] = {}
    for each in checks:
        if not each.passed:
            remedies.setdefault(each.remedy, []).append(each.name)
    for remedy, names in remedies.items():
        say(f"✗ {', '.join(names)}: {remedy}", indent=2)
    passed = sum(each.passed for each in checks)
    say(f"{passed} of {len(checks)} checks passed")


def _number(value: float) -> str:
    """Counts in full, measurements to three digits."""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:.3g}"
