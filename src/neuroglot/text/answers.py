"""A reading in which answers count and their prompts do not: what was written, given or by a model.

Takes prompts in tokens with the language and the task of each; gives a Reading, so that whatever is
recorded of texts can be recorded of answers alone: its gradients are those of the surprise at the
answers. Tokens that a model wrote have no place in a text: none is told apart by its class.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from neuroglot.base.errors import ConfigError
from neuroglot.base.groups import Group
from neuroglot.base.tokenizer import Tokenizer
from neuroglot.text.document import Document
from neuroglot.text.prompts import PromptTokens
from neuroglot.text.reading import Reading, Row, Total
from neuroglot.text.sampling import buckets
from neuroglot.text.token_classes import CLASS_NUMBER

PACKING = "answers"


def read_answers(
    answers: Sequence[PromptTokens],
    tokenizer: Tokenizer,
    *,
    languages: Sequence[str],
    tasks: Sequence[str],
    max_buckets: int = 2,
) -> Reading:
    """All answers, language by language and bucket by bucket, each in a row behind its prompt.

    languages, tasks: of each answer. A task falls into the same bucket in every language. Special
    tokens do not count, and an answer in which nothing counts is left out. Raises ConfigError for
    lists of another length.
    """
    if not len(answers) == len(languages) == len(tasks):
        raise ConfigError(
            f"{len(languages)} languages and {len(tasks)} tasks for {len(answers)} answers: give "
            "one of each"
        )
    labels = tuple(dict.fromkeys(languages))
    documents = [
        Document(tokenizer.decode(answer.ids.tolist()), language, id=f"{task}.{n}", repo=task)
        for n, (answer, language, task) in enumerate(zip(answers, languages, tasks, strict=True))
    ]
    bucket_of = buckets(documents, max_buckets=max_buckets)
    counted = [_counted(answer, tokenizer) for answer in answers]

    def place(n: int) -> tuple[int, int]:
        return labels.index(languages[n]), bucket_of[documents[n].repository]

    order = sorted((n for n, own in enumerate(counted) if own.any()), key=place)
    groups = sorted({place(n) for n in order})

    def inside(label: int, *bucket: int) -> list[int]:
        return [n for n in order if place(n)[: 1 + len(bucket)] == (label, *bucket)]

    return Reading(
        labels=labels,
        groups=tuple(
            Group(labels[label], bucket, len({tasks[n] for n in own}), len(own))
            for label, bucket in groups
            for own in [inside(label, bucket)]
        ),
        rows=tuple(
            _row(answers[n], counted[n], label=place(n)[0], group=groups.index(place(n)), at=at)
            for at, n in enumerate(order)
        ),
        documents=tuple(documents[n] for n in order),
        totals=tuple(
            Total(
                label,
                documents=len(own),
                repositories=len({tasks[n] for n in own}),
                bytes=sum(documents[n].n_bytes for n in own),
                tokens=sum(int(counted[n].sum()) for n in own),
            )
            for number, label in enumerate(labels)
            for own in [inside(number)]
        ),
        packing=PACKING,
        max_document_tokens=max((len(answers[n].ids) for n in order), default=0),
        notes=(),
    )


def _counted(answer: PromptTokens, tokenizer: Tokenizer) -> NDArray[np.bool_]:
    counted: NDArray[np.bool_] = ~np.isin(answer.ids, sorted(tokenizer.special_ids))
    counted[: answer.first] = False
    return counted


def _row(
    answer: PromptTokens, counted: NDArray[np.bool_], *, label: int, group: int, at: int
) -> Row:
    n = len(answer.ids)
    return Row(
        label=label,
        group=group,
        ids=answer.ids.astype(np.int64),
        counted=counted,
        classes=np.full(n, CLASS_NUMBER["other"], dtype=np.int8),
        offsets=np.zeros((n, 2), dtype=np.int32),
        documents=np.full(n, at, dtype=np.int32),
    )
