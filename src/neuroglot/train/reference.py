"""The reference model's recipe from text to weights, in a folder that goes on where it was stopped.

Takes a corpus, gives a small Llama with its tokenizer and a record of what it has read. Everything
that is drawn follows from the recipe's seed; families of programs that are held out, and the
corpus's held-out repositories, are never read.
"""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from neuroglot.base.digests import json_digest
from neuroglot.base.errors import ConfigError, OtherRunError
from neuroglot.lm.bundled import reference_folder
from neuroglot.lm.quiet import quiet
from neuroglot.programs.catalogue import ALGORITHMS, split_of
from neuroglot.programs.generation import Drawn, draw_programs
from neuroglot.programs.normalisation import digest
from neuroglot.programs.snippets import snippets
from neuroglot.programs.writing import STYLES
from neuroglot.runs.storage import replacing, write_text
from neuroglot.text.corpus import Corpus
from neuroglot.text.parallel import ParallelCorpus
from neuroglot.train import optimisation
from neuroglot.train.mixture import LAST_SHARES, SHARES, Layout, group_shares, lay_out, with_english
from neuroglot.train.pieces import Group, Pool, Stream, streams
from neuroglot.train.tokenizer import train_tokenizer
from neuroglot.train.training import OnStep, Plan, gradients, outcome, train

SHAPES: Mapping[str, Mapping[str, int]] = {
    "tiny": {
        "num_hidden_layers": 8,
        "hidden_size": 128,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "intermediate_size": 352,
    },
    "small": {
        "num_hidden_layers": 12,
        "hidden_size": 192,
        "num_attention_heads": 6,
        "num_key_value_heads": 2,
        "intermediate_size": 512,
    },
    "large": {
        "num_hidden_layers": 12,
        "hidden_size": 320,
        "num_attention_heads": 10,
        "num_key_value_heads": 5,
        "intermediate_size": 896,
    },
}
HEAD = 32
LEARNED, BUNDLED = "learned", "bundled"
TWINS: Mapping[str, Mapping[str, Any]] = {
    "no-parallel": {
        "tokenizer": BUNDLED,
        "parallel": False,
        "shares": {kind: share for kind, share in SHARES.items() if kind != "translation"},
    },
    "english-50": {"tokenizer": BUNDLED, "shares": with_english(0.5)},
    "english-3": {"tokenizer": BUNDLED, "shares": with_english(0.03)},
}
"""Models that differ from the reference in one ingredient, as what their recipes change. All read
with the tokens of the reference that comes with the package."""

TOKENS_PER_PROGRAM = 2_000
"""Tokens of the training for which one more program is drawn."""

TOKENIZER_CHARACTERS = 12_000_000
"""Characters that the tokenizer is learned from, in the shares of the mixture."""

TIMED_STEPS = 20
ROWS, ROWS_BEFORE, MADE_OF = "rows.npy", "rows_before.npy", "made_of.json"
MODEL, TOKENIZER = "model", "tokenizer"


@dataclass(frozen=True)
class Recipe:
    """All that decides what a training gives, but for the corpus.

    tokens: how many are read. length: of a row. shares: of each kind of text. parallel: whether
    the languages share their programs; then there are translations too, if these have a share.
    tokenizer: learned from the texts, or that of the bundled model. after: the name of the
    training whose weights and tokenizer this one goes on from.
    """

    tokens: int
    seed: int = 0
    shape: str = "small"
    vocabulary: int = 8_192
    length: int = 1_024
    shares: Mapping[str, float] = field(default_factory=lambda: dict(SHARES))
    parallel: bool = True
    plan: Plan = field(default_factory=Plan)
    tokenizer: str = LEARNED
    after: str | None = None

    def __post_init__(self) -> None:
        if self.shape not in SHAPES:
            raise ConfigError(f"no shape {self.shape!r}: known are {', '.join(SHAPES)}")
        least = self.length * self.plan.rows_per_step
        if self.tokens < least:
            raise ConfigError(f"tokens is {self.tokens}: give at least the {least:,} of one step")

    def name(self, corpus: Corpus) -> str:
        """What is trained on what: changes with anything that changes the weights."""
        return json_digest([asdict(self), corpus.digest])[:16]


def recipe_of(twin: str | None, **chosen: Any) -> Recipe:
    """The reference's recipe, or that of one of its twins. Raises ConfigError for other names."""
    if twin is None:
        return Recipe(**chosen)
    if twin not in TWINS:
        raise ConfigError(f"no twin {twin!r}: known are {', '.join(TWINS)}")
    return Recipe(**TWINS[twin], **chosen)


def recipe_after(before: Path, *, tokens: int, seed: int) -> Recipe:
    """The recipe of a second training, from the weights and the tokenizer of a finished one.

    before: its folder. Raises ConfigError where none was finished there, and for the same seed,
    which would give the same texts again.
    """
    made_of = record_of(before)
    if not (before / MODEL).exists():
        raise ConfigError(f"the training in {before} is not finished: run its line again first")
    first = made_of["recipe"]
    if seed == first["seed"]:
        raise ConfigError(f"seed {seed} is that of {before}: give another --seed, for other texts")
    return Recipe(
        tokens=tokens,
        seed=seed,
        shape=first["shape"],
        vocabulary=first["vocabulary"],
        shares=dict(LAST_SHARES),
        plan=Plan(decay=optimisation.DECAY_AFTER),
        after=made_of["name"],
    )


def record_of(folder: Path) -> dict[str, Any]:
    """What a training is made of. Raises ConfigError where a folder holds none."""
    file = folder / MADE_OF
    if not file.exists():
        raise ConfigError(f"no {file}: give the folder that `neuroglot reference train` made")
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


def train_reference(
    recipe: Recipe,
    corpus: Corpus,
    *,
    folder: Path,
    device: torch.device,
    before: Path | None = None,
    last: int | None = None,
    on_step: OnStep | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Path:
    """Train by the recipe, or go on; gives the folder of the model once all steps are done.

    before: the folder of the training that the recipe comes after, if it comes after one. last:
    stop after this step as if interrupted. Raises OtherRunError where the folder holds another
    training, CorpusError or ConfigError where the corpus lacks a kind of text.
    """
    name = recipe.name(corpus)
    rows, tokenizer = _prepared(recipe, corpus, folder, name=name, before=before, say=say)
    model = new_model(recipe, vocabulary=len(tokenizer))
    if before is not None:
        with quiet():
            trained = LlamaForCausalLM.from_pretrained(before / MODEL, dtype=torch.float32)
        model.load_state_dict(trained.state_dict())
    model.to(device)
    done = train(
        model, rows, folder=folder, plan=recipe.plan, name=name, last=last, on_step=on_step
    )
    finished = folder / MODEL
    if done == recipe.plan.steps(len(rows)):
        with quiet():
            model.to(torch.bfloat16).save_pretrained(finished)
            tokenizer.save_pretrained(finished)
    return finished


def new_model(recipe: Recipe, *, vocabulary: int) -> Any:
    """The model before its first step: a Llama with float32 weights that the seed gives.

    vocabulary: how many tokens there are; the first three are BOS, EOS and padding.
    """
    config = LlamaConfig.from_dict(
        {
            **SHAPES[recipe.shape],
            "vocab_size": vocabulary,
            "head_dim": HEAD,
            "max_position_embeddings": 2 * recipe.length,
            "rms_norm_eps": 1e-5,
            "tie_word_embeddings": False,
            "bos_token_id": 0,
            "eos_token_id": 1,
            "pad_token_id": 2,
        }
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(recipe.seed)
        return LlamaForCausalLM(config)


def tokens_in(minutes: float, recipe: Recipe, device: torch.device) -> int:
    """How many tokens are read in so many minutes, by the time of a few steps on this machine."""
    model = new_model(recipe, vocabulary=recipe.vocabulary).to(device)
    found = optimisation.optimisers(model)
    plan = recipe.plan
    batch = np.zeros((plan.rows_per_step, recipe.length), dtype=np.uint16)
    times = []
    for _ in range(TIMED_STEPS):
        start = time.monotonic()
        gradients(model, batch, plan.rows_at_a_time)
        optimisation.step(found, list(model.parameters()), done=0.5)
        times.append(time.monotonic() - start)
    return int(minutes * 60 / float(np.median(times))) * plan.rows_per_step * recipe.length


def program_pool(recipe: Recipe) -> Pool:
    """Programs of the families that are not held out, and half as many of the lowest level."""
    names = [each.name for each in ALGORITHMS if split_of(each) == "train"]
    easy = [each.name for each in ALGORITHMS if split_of(each) == "train" and each.level == 1]
    count = max(len(names), recipe.tokens // TOKENS_PER_PROGRAM)
    return Pool(
        tuple(draw_programs(count, algorithms=names, seed=recipe.seed)),
        tuple(draw_programs(max(len(easy), count // 2), algorithms=easy, seed=recipe.seed)),
    )


def _prepared(
    recipe: Recipe,
    corpus: Corpus,
    folder: Path,
    *,
    name: str,
    before: Path | None,
    say: Callable[[str], None],
) -> tuple[NDArray[np.uint16], PreTrainedTokenizerFast]:
    """Rows and tokenizer of the recipe: read where they have been made already."""
    if (folder / MADE_OF).exists():
        if record_of(folder)["name"] != name:
            raise OtherRunError(
                f"{folder} holds another training (other recipe or corpus): give another --out"
            )
        rows = np.load(folder / ROWS, mmap_mode="r", allow_pickle=False)
        return rows, saved_tokenizer(folder / TOKENIZER)
    say("drawing programs")
    pool = program_pool(recipe)
    found = _streams(recipe, corpus, pool)
    if before is not None:
        tokenizer = saved_tokenizer(before / TOKENIZER)
    elif recipe.tokenizer == BUNDLED:
        tokenizer = saved_tokenizer(reference_folder())
    else:
        say("learning the tokenizer")
        tokenizer = train_tokenizer(_sample(found, recipe.shares), size=recipe.vocabulary)
    say(f"laying out {recipe.tokens:,} tokens")
    layout = lay_out(
        found,
        recipe.shares,
        tokens=recipe.tokens,
        length=recipe.length,
        encode=lambda texts: tokenizer(list(texts), add_special_tokens=False)["input_ids"],
        bos=tokenizer.bos_token_id,
        eos=tokenizer.eos_token_id,
        seed=recipe.seed,
    )
    tokenizer.save_pretrained(folder / TOKENIZER)
    _save_rows(folder / ROWS, layout.rows)
    made_of = _made_of(recipe, corpus, layout, pool, name)
    if before is not None:
        _save_rows(folder / ROWS_BEFORE, rows_read(before))
        earlier = record_of(before)
        made_of["programs"] = sorted({*made_of["programs"], *earlier.pop("programs")})
        made_of["before"] = earlier | outcome(before)
    write_text(folder / MADE_OF, json.dumps(made_of, indent=1))
    return layout.rows, tokenizer


def rows_read(folder: Path) -> NDArray[np.uint16]:
    """All rows that a model has read, those of the training before it included."""
    files = (folder / ROWS_BEFORE, folder / ROWS)
    found = [np.load(file, allow_pickle=False) for file in files if file.exists()]
    return np.concatenate(found)


def _save_rows(path: Path, rows: NDArray[np.uint16]) -> None:
    with replacing(path) as file:
        np.save(file, rows, allow_pickle=False)


def saved_tokenizer(folder: Path) -> PreTrainedTokenizerFast:
    """The tokenizer that was saved in this folder."""
    found: PreTrainedTokenizerFast = PreTrainedTokenizerFast.from_pretrained(folder)
    # How it was read would be written with it.
    for word in ("is_local", "local_files_only"):
        found.init_kwargs.pop(word, None)
    return found


def _streams(recipe: Recipe, corpus: Corpus, pool: Pool) -> Mapping[Group, Stream]:
    """All text there is; without parallel text each language has programs of its own."""
    if recipe.parallel:
        parallel = _snippets(pool.programs[: max(60, len(pool.programs) // 4)])
        return streams(corpus, dict.fromkeys(STYLES, pool), parallel, seed=recipe.seed)
    n = len(STYLES)
    pools = {
        language: Pool(pool.programs[place::n], pool.easy[place::n])
        for place, language in enumerate(STYLES)
    }
    return streams(corpus, pools, None, seed=recipe.seed)


def _snippets(programs: Sequence[Drawn]) -> ParallelCorpus:
    rows = snippets(programs, languages=list(STYLES))
    return ParallelCorpus.from_rows(rows, source="the generated programs")


def _sample(found: Mapping[Group, Stream], shares: Mapping[str, float]) -> Iterator[str]:
    """Texts of every group in its share, from the beginning of its stream."""
    for group, share in group_shares(list(found), shares).items():
        left = share * TOKENIZER_CHARACTERS
        for text in islice(found[group](), 100_000):
            yield text[: int(left)]
            left -= len(text)
            if left <= 0:
                break


def _made_of(
    recipe: Recipe, corpus: Corpus, layout: Layout, pool: Pool, name: str
) -> dict[str, Any]:
    """What the training reads, and what it must not be tested on."""
    documents = {
        language: sum(each.language == language for each in corpus.documents)
        for language in corpus.languages
    }
    programs = {digest(each.program) for each in (*pool.programs, *pool.easy)}
    return {
        "name": name,
        "recipe": asdict(recipe),
        "corpus": corpus.digest,
        "repositories": sorted({str(each.repo) for each in corpus.documents if each.repo}),
        "licences": dict(Counter(str(each.licence) for each in corpus.documents).most_common()),
        "groups": [
            {
                "kind": kind,
                "language": language,
                "tokens": layout.tokens[kind, language],
                "texts": layout.texts[kind, language],
                "epochs": round(layout.texts[kind, language] / documents[language], 2)
                if kind in ("code", "english")
                else None,
            }
            for kind, language in layout.tokens
        ],
        "programs": sorted(programs),
    }
