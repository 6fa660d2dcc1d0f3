"""A folder tree of source files as documents.

Language by extension (`.h` by content), repository by the nearest folder with `.git` or the first
folder below the given one. What is no reading matter is left out and counted by reason.
"""

import os
from collections.abc import Collection, Iterator
from pathlib import Path

from neuroglot.base.errors import CorpusError
from neuroglot.base.languages import LANGUAGES, language_of_extension
from neuroglot.text.c_headers import header_language
from neuroglot.text.document import Document
from neuroglot.text.screening import LONGEST_FILE, damage, decoded, unwritten
from neuroglot.text.source import Source
from neuroglot.text.tables import is_table

VENDORED = frozenset(
    (
        *("node_modules", "bower_components", "jspm_packages", "Pods", "Carthage"),
        *("vendor", "third_party", "third-party", "thirdparty"),
        *("site-packages", "dist-packages", "venv", "virtualenv", "__pycache__"),
    )
)
"""Folders that hold other people's code, or what a program wrote."""

PROSE = "english"
_C_FAMILY = ("c", "cpp")


def read_folder(folder: Path, *, languages: Collection[str] | None = None) -> Source:
    """Every source file below a folder, in the order of their paths.

    languages: ids wanted; None for all of the table. Files in others are counted as such.
    Raises CorpusError for a folder that does not exist, is empty or cannot be listed.
    """
    _refuse_missing(folder)
    source = Source(str(folder))
    for file in _files(folder, source):
        found = _document(file, folder, languages)
        if isinstance(found, str):
            source.skipped[found] += 1
        else:
            source.documents.append(found)
    if not source.documents:
        raise CorpusError(_nothing_found(folder, source))
    return source


def holds_source_files(folder: Path) -> bool:
    """Whether a file with a language's extension stands at the folder's top level."""
    return any(
        file.is_file() and language_of_extension(file.suffix) is not None
        for file in folder.iterdir()
    )


def _refuse_missing(folder: Path) -> None:
    if not folder.exists():
        raise CorpusError(f"no folder {str(folder)!r}: give one that holds source files")
    if not folder.is_dir():
        raise CorpusError(f"{str(folder)!r} is not a folder: give one that holds source files")
    try:
        empty = next(iter(folder.iterdir()), None) is None
    except OSError as error:
        raise CorpusError(f"cannot list the folder {str(folder)!r}: {error.strerror}") from error
    if empty:
        raise CorpusError(f"the folder {str(folder)!r} is empty: give one that holds source files")


def _files(folder: Path, source: Source) -> Iterator[Path]:
    """Files worth opening, sorted; what is passed over is counted. Links are not followed."""

    def refused(_: OSError) -> None:
        source.skipped["unreadable folder"] += 1

    for at, folders, names in os.walk(folder, onerror=refused, followlinks=False):
        wanted: list[str] = []
        for name in sorted(folders):
            if reason := _folder_reason(Path(at, name)):
                source.skipped[reason] += 1
            else:
                wanted.append(name)
        folders[:] = wanted
        for name in sorted(names):
            file = Path(at, name)
            if reason := _file_reason(file):
                source.skipped[reason] += 1
            else:
                yield file


def _folder_reason(folder: Path) -> str | None:
    if folder.is_symlink():
        return "symbolic link"
    if folder.name.startswith("."):
        return "hidden folder"
    return "vendored folder" if folder.name in VENDORED else None


def _file_reason(file: Path) -> str | None:
    """Why a file is not even opened."""
    if file.is_symlink():
        return "symbolic link"
    if file.name.startswith("."):
        return "hidden file"
    if is_table(file):
        return "table"
    return "other extension" if language_of_extension(file.suffix) is None else None


def _document(file: Path, folder: Path, languages: Collection[str] | None) -> Document | str:
    """The file as a document, or the reason why it is none."""
    label = language_of_extension(file.suffix) or ""
    is_header = file.suffix.lower() == ".h"
    if languages is not None and not set(_C_FAMILY if is_header else (label,)) & set(languages):
        return "other language"
    content = _content(file)
    if isinstance(content, str):
        return content
    text = decoded(content)
    if text is None:
        return "invalid UTF-8"
    reason = damage(text) or (unwritten(text, name=file.name) if label != PROSE else None)
    if reason:
        return reason
    if is_header:
        label = header_language(text) or ""
        if not label or (languages is not None and label not in languages):
            return "other language"
    repo, path = _place(file, folder)
    return Document(text, label, repo=repo, path=path)


def _content(file: Path) -> bytes | str:
    """The file's bytes, or the reason why they are not read."""
    try:
        if not file.is_file():
            return "not a file"
        if file.stat().st_size > LONGEST_FILE:
            return "oversized"
        content = file.read_bytes()
    except OSError:
        return "unreadable"
    return "binary" if b"\0" in content else content


def _place(file: Path, folder: Path) -> tuple[str | None, str]:
    """(repository, path inside it): the nearest folder with `.git`, else the first one below."""
    inside = file.relative_to(folder)
    for parent in inside.parents:
        if (folder / parent / ".git").exists():
            name = parent.as_posix() if parent.parts else folder.resolve().name
            return name, inside.relative_to(parent).as_posix()
    if len(inside.parts) > 1:
        return inside.parts[0], Path(*inside.parts[1:]).as_posix()
    return None, inside.as_posix()


def _nothing_found(folder: Path, source: Source) -> str:
    skipped = ", ".join(f"{reason} {count}" for reason, count in source.skipped.most_common())
    known = " ".join(language.extensions[0] for language in LANGUAGES)
    return (
        f"no source file to read in {str(folder)!r} (left out: {skipped or 'nothing'}): "
        f"languages are told by extensions such as {known}"
    )
