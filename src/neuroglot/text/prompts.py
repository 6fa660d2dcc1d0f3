"""Prompts: few-shot translation, docstring to function, function to summary, half a text.

Each is a text with its answer at the end and the place where the answer begins, in characters; the
text is turned into tokens once, as a whole. The bracket prompts have modules of their own, from
`text/bracket_prompts.py` on. Knows no model; a tokenizer comes as a record.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from neuroglot.base.errors import ConfigError
from neuroglot.base.languages import language
from neuroglot.base.seeds import generator
from neuroglot.base.tokenizer import Tokenizer
from neuroglot.text.parallel import ParallelCorpus, ParallelItem

Demonstration = tuple[str, str]
"""What is shown and its answer: code and code, a description and code, code and a summary."""

PUBLISHED = "published"

PUBLISHED_LINES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "c": (
            'char message[] = "";',
            "struct MyClass {};",
            "int value = 5;",
            "void do_something() {}",
        ),
        "cpp": (
            'std::string message = "";',
            "class MyClass {};",
            "int value = 5;",
            "void do_something() {}",
        ),
        "csharp": (
            'string message = "";',
            "class MyClass {}",
            "int value = 5;",
            "void do_something() {}",
        ),
        "java": (
            'String message = "";',
            "public class MyClass {}",
            "public int value = 5;",
            "public void doSomething() {}",
        ),
        "javascript": (
            'let message = "";',
            "class MyClass {}",
            "let value = 5;",
            "function do_something() {}",
        ),
        "php": ('$message = "";', "class MyClass {}", "$value = 5;", "function do_something() {}"),
        "python": ('message = ""', "class MyClass:", "value = 5", "def do_something():"),
        "rust": (
            'let message = "";',
            "struct MyClass {}",
            "let value: i32 = 5;",
            "fn do_something() {}",
        ),
        # In the published manner, for languages that were not part of it.
        "go": (
            'var message string = ""',
            "type MyClass struct {}",
            "var value int = 5",
            "func doSomething() {}",
        ),
        "kotlin": (
            'val message: String = ""',
            "class MyClass {}",
            "val value: Int = 5",
            "fun doSomething() {}",
        ),
        "ruby": ('message = ""', "class MyClass; end", "value = 5", "def do_something; end"),
        "typescript": (
            'let message: string = "";',
            "class MyClass {}",
            "let value: number = 5;",
            "function do_something(): void {}",
        ),
    }
)
"""The four demonstrations of arXiv 2506.01074, one line each, the same for every item."""

_LABELS = {"javascript": "Javascript"}


@dataclass(frozen=True)
class Prompt:
    """A text that ends with its answer. answer_start: where the answer begins, in characters.

    item: the id of what it was made from.
    """

    text: str
    answer_start: int
    item: str = ""

    @property
    def question(self) -> str:
        """What a model is given when it has to find the answer itself."""
        return self.text[: self.answer_start]

    @property
    def opening(self) -> str:
        """The question without the line break at its end: what a model writes on from.

        Many tokenizers join a line break with the indentation behind it; a model that is given the
        line break alone sees what no text holds.
        """
        return self.question.removesuffix("\n")

    @property
    def answer(self) -> str:
        """The answer."""
        return self.text[self.answer_start :]


@dataclass(frozen=True)
class PromptTokens:
    """A prompt in tokens: ids int64 [token], BOS in front where the tokenizer has one.

    first: the first token of the answer; it goes to the last one, `ids[first:]`. The prediction of
    the token at position t is read at t - 1.
    """

    ids: NDArray[np.int64]
    first: int


def tokenized(prompt: Prompt, tokenizer: Tokenizer) -> PromptTokens:
    """The prompt in tokens, encoded once as a whole.

    The answer's tokens are those that end after its first character begins: one that holds the end
    of the question as well is the answer's first. Raises ConfigError for an answer without tokens.
    """
    encoding = tokenizer.encode(prompt.text)
    ends = encoding.offsets[:, 1]
    first = int(np.argmax(ends > prompt.answer_start)) if len(ends) else 0
    if not len(ends) or ends[first] <= prompt.answer_start:
        raise ConfigError(f"the answer of prompt {prompt.item!r} has no token: {prompt.answer!r}")
    if tokenizer.bos is None:
        return PromptTokens(encoding.ids, first)
    return PromptTokens(np.concatenate([np.array([tokenizer.bos]), encoding.ids]), first + 1)


def label(language_id: str) -> str:
    """How prompts call a language: its name, and `Javascript` as the published ones have it.

    Raises ConfigError for a label that is no language.
    """
    row = language(language_id)
    if row is None:
        raise ConfigError(f"{language_id!r} is no language: prompts need an id, such as python")
    return _LABELS.get(language_id, row.name)


def published_demonstrations(source: str, target: str) -> tuple[Demonstration, ...]:
    """The four published demonstrations of a direction.

    Raises ConfigError for a language that has none.
    """
    for id in (source, target):
        if id not in PUBLISHED_LINES:
            raise ConfigError(
                f"no published demonstrations for {id!r}: they are there for "
                f"{', '.join(sorted(PUBLISHED_LINES))}; draw some from a corpus instead"
            )
    return tuple(zip(PUBLISHED_LINES[source], PUBLISHED_LINES[target], strict=True))


def drawn_demonstrations(
    corpus: ParallelCorpus,
    item: ParallelItem,
    *,
    source: str,
    target: str,
    n: int = 4,
    seed: int = 0,
) -> tuple[Demonstration, ...]:
    """N items of other problems that are one line in both languages and differ between them.

    The draw depends on the seed and the item alone. Raises CorpusError for a language that the
    corpus lacks, ConfigError where it holds too few such items.
    """
    pairs = {
        (other[source].strip(), other[target].strip()): None
        for other in corpus.only([source, target]).items
        if other.problem != item.problem
    }
    fit = [pair for pair in pairs if pair[0] != pair[1] and "\n" not in "".join(pair)]
    if not 0 < n <= len(fit):
        raise ConfigError(
            f"{n} demonstrations from {source} to {target} are asked for: {corpus.source} holds "
            f"{len(fit)} items of one line outside problem {item.problem!r}; give 1 to {len(fit)}"
        )
    drawn = generator(seed, "demonstrations", item.id, source, target).permutation(len(fit))[:n]
    return tuple(fit[index] for index in drawn)


def translation(
    item: ParallelItem,
    *,
    source: str,
    target: str,
    demonstrations: Sequence[Demonstration] | str = PUBLISHED,
) -> Prompt:
    """Few-shot translation: a line `<source>: <code> - <target>: <code>` per demonstration.

    The item's own line comes last and may span several; texts are stripped, nothing follows.
    demonstrations: pairs of code, or "published". Raises ConfigError for two equal languages and
    for a text that is blank.
    """
    if source == target:
        raise ConfigError(f"a translation from {source} to {target}: give two languages")
    given, wanted = item[source].strip(), item[target].strip()
    if not given or not wanted:
        raise ConfigError(f"item {item.id!r} is blank in {source if wanted else target}")
    lines = [
        f"{_asked(source, shown.strip(), target)}{answer.strip()}"
        for shown, answer in _pairs(demonstrations, source, target)
    ]
    return _prompt([*lines, _asked(source, given, target)], wanted, item.id)


def _asked(source: str, code: str, target: str) -> str:
    return f"{label(source)}: {code} - {label(target)}: "


def _pairs(
    demonstrations: Sequence[Demonstration] | str, source: str, target: str
) -> Sequence[Demonstration]:
    if isinstance(demonstrations, str):
        if demonstrations != PUBLISHED:
            raise ConfigError(f"demonstrations {demonstrations!r}: give pairs or {PUBLISHED!r}")
        return published_demonstrations(source, target)
    return demonstrations


def function(
    description: str, code: str, *, language: str, item: str = "", entry: str = ""
) -> Prompt:
    """Docstring to function: the description as the language's comment, then the code.

    The question ends with the signature, the answer is what follows. Without entry the first line
    is the signature, and code of one line is the answer as a whole. entry: the name of a function
    as the code spells it; the comment then stands above it, and what comes before it is part of the
    question. In Python the description stands inside, as a docstring. Raises ConfigError for code
    or a description that is blank, for a label that is no language, and for an entry that the code
    does not define.
    """
    stripped, text = code.strip("\n").rstrip(), description.strip()
    if not stripped or not text:
        raise ConfigError(
            f"{'code' if text else 'description'} of {item or 'the prompt'!r} is blank"
        )
    label(language)
    lines = stripped.split("\n")
    start, end = _signature(lines, entry) if entry else (0, 1)
    before, signature, body = lines[:start], lines[start:end], "\n".join(lines[end:])
    if language == "python" and body:
        return _prompt([*before, *signature, _docstring(text, body), ""], body, item)
    margin = _margin(signature[0])
    comment = [f"{margin}{line}".rstrip() for line in _comment(text, language).split("\n")]
    if not body:
        return _prompt([*before, *comment, ""], "\n".join(signature), item)
    return _prompt([*before, *comment, *signature, ""], body, item)


def _signature(lines: Sequence[str], entry: str) -> tuple[int, int]:
    """Where an entry's signature begins and ends, as lines.

    It ends with the first line from the name on in which no bracket is left open, or the next one
    where the body's brace stands there alone.
    """
    named = re.compile(rf"(?<![\w.$]){re.escape(entry)}(?!\w)")
    start = next((place for place, line in enumerate(lines) if named.search(line)), None)
    if start is None:
        raise ConfigError(f"the code defines no {entry!r}: give the name as the code spells it")
    depth = 0
    for place in range(start, len(lines)):
        depth += lines[place].count("(") - lines[place].count(")")
        if depth <= 0:
            alone = place + 1 < len(lines) and lines[place + 1].strip() == "{"
            return start, place + 1 + alone
    return start, len(lines)


def _margin(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _docstring(text: str, body: str) -> str:
    """The description as a docstring, as far in as the body."""
    indent = _margin(next(line for line in body.split("\n") if line.strip()))
    lines = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"').split("\n")
    quoted = "\n".join(f"{indent}{line}".rstrip() for line in ['"""' + lines[0], *lines[1:]])
    return quoted + ('"""' if len(lines) == 1 else f'\n{indent}"""')


def _comment(text: str, language: str) -> str:
    lines = text.split("\n")
    if language in {"ruby", "python"}:
        return "\n".join(f"# {line}".rstrip() for line in lines)
    if language in {"go", "rust", "csharp"}:
        mark = "//" if language == "go" else "///"
        return "\n".join(f"{mark} {line}".rstrip() for line in lines)
    body = "\n".join(f" * {line}".rstrip().replace("*/", "* /") for line in lines)
    return f"/**\n{body}\n */"


def summary(
    code: str,
    text: str,
    *,
    language: str,
    demonstrations: Sequence[Demonstration] = (),
    item: str = "",
) -> Prompt:
    """Function to summary: the code under its language's name, then `Summary:` and one line.

    The answer is the summary's text in one line. demonstrations: (code, summary) shown before, each
    set off by a blank line. Raises ConfigError for code or a summary that is blank.
    """
    if not code.strip() or not text.strip():
        raise ConfigError(
            f"{'summary' if code.strip() else 'code'} of {item or 'the prompt'!r} is blank"
        )
    shots = [
        f"{_shown(example, language)}{' '.join(said.split())}\n" for example, said in demonstrations
    ]
    return _prompt([*shots, _shown(code, language)], " ".join(text.split()), item)


def halved(text: str, *, item: str = "") -> Prompt:
    """A text that is to be gone on with: its first half, and the rest as the answer.

    It is cut before the line break that is nearest to its middle, in a text of one line before the
    blank that is; the question never ends in a blank. Raises ConfigError for a text of one word.
    """
    whole = text.strip("\n").rstrip()
    for mark in (r"\s*\n", r"\s+"):
        places = [found.start() for found in re.finditer(mark, whole) if found.start()]
        if places:
            middle = min(places, key=lambda place: abs(2 * place - len(whole)))
            return Prompt(whole, middle, item)
    raise ConfigError(f"{item or 'the text'!r} is one word: nothing is left to go on with")


def _shown(code: str, language: str) -> str:
    body = code.strip("\n").rstrip()
    return f"{label(language)}:\n{body}\nSummary: "


def _prompt(lines: Sequence[str], answer: str, item: str) -> Prompt:
    question = "\n".join(lines)
    return Prompt(question + answer, len(question), item)
