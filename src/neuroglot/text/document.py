"""A document: one text with its label and where it came from.

Every source (folder, table, hub, mapping) gives these, and everything in this room works on them.
"""

from dataclasses import KW_ONLY, dataclass

from neuroglot.base.digests import text_digest

SPLITS = ("train", "held_out")
"""The two values a document's `split` may have beside None, in order of precedence."""


@dataclass(frozen=True, slots=True)
class Document:
    r"""One text and its label.

    text: as it came, line ends kept. language: the label, usually a language id.
    id: defaults to the first 16 hex digits of sha256 of the text given here; it stays when a
    licence header is taken off later, so it names the file as its author published it.
    repo: repository name. path: inside the repository. split: "train", "held_out" or None.
    licence: as the source states it. whole: the text with its licence header, where the header
    was taken off; None where there was none.

    What is no character in a name (a lone surrogate, as stands for an undecodable byte of a file's
    name) is written out, as `\udcff`: tables hold text only.
    """

    text: str
    language: str
    _: KW_ONLY
    id: str = ""
    repo: str | None = None
    path: str | None = None
    split: str | None = None
    licence: str | None = None
    whole: str | None = None

    def __post_init__(self) -> None:
        if not self.id:
            object.__setattr__(self, "id", text_digest(self.text)[:16])
        for name in ("language", "id", "repo", "path", "licence"):
            value = getattr(self, name)
            if value is not None:
                written = value.encode("utf-8", "backslashreplace").decode()
                object.__setattr__(self, name, written)

    @property
    def repository(self) -> str:
        """The name it is grouped by: its repository, or itself where it has none."""
        return self.repo if self.repo else f"document:{self.id}"

    @property
    def n_bytes(self) -> int:
        """Length of the text in UTF-8."""
        return len(self.text.encode("utf-8", "surrogatepass"))
