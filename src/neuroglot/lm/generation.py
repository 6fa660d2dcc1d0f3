"""Text written by the model after one text.

Edits and taps act in it as in any forward pass. Chance comes from the seed alone and leaves torch's
own generator as it was.
"""

from collections.abc import Sequence

from neuroglot.base.errors import ConfigError
from neuroglot.base.seeds import generator
from neuroglot.base.tokenizer import Tokenizer
from neuroglot.lm.body import Body
from neuroglot.lm.decoding import end_ids, write
from neuroglot.lm.sampling import chooser


def generate(
    body: Body,
    tokenizer: Tokenizer,
    text: str,
    *,
    max_new_tokens: int,
    temperature: float,
    top_p: float,
    seed: int,
) -> str:
    """What the model writes after `text`, without the text itself.

    temperature 0 takes the likeliest token each time. Raises ConfigError for an empty prompt
    without a BOS, a negative temperature or no tokens to write.
    """
    if temperature < 0 or not 0 < top_p <= 1 or max_new_tokens < 1:
        raise ConfigError(
            f"temperature {temperature}, top_p {top_p}, max_new_tokens {max_new_tokens}: give a "
            "temperature of at least 0, a top_p in (0, 1] and at least 1 token"
        )
    prompt = prompt_ids(tokenizer, text)
    ends = end_ids(body)
    choose = chooser([generator(seed, "generate")], temperature=temperature, top_p=top_p)
    (written,) = write(
        body,
        [prompt],
        max_new_tokens=max_new_tokens,
        choose=choose,
        ended=lambda _, ids: ids[-1] in ends,
    )
    return written_text(tokenizer, prompt, written if written[-1] not in ends else written[:-1])


def prompt_ids(tokenizer: Tokenizer, text: str) -> list[int]:
    """A text's ids, BOS in front where the tokenizer has one."""
    ids: list[int] = tokenizer.encode(text).ids.tolist()
    return ids if tokenizer.bos is None else [tokenizer.bos, *ids]


def written_text(tokenizer: Tokenizer, prompt: Sequence[int], written: Sequence[int]) -> str:
    """How new ids read after their prompt.

    They are decoded together: many decoders drop the space that a text begins with.
    """
    before = tokenizer.decode(prompt)
    return tokenizer.decode([*prompt, *written])[len(before) :]
