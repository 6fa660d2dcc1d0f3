import sys
from collections.abc import Iterator
from typing import Any

import pytest

from neuroglot.base.errors import ConfigError, CorpusError, MissingExtraError
from neuroglot.text.hub import is_hub_name, read_hub, shelves


class FakeStream:
    """Rows that are handed out one by one; `read` says how many were."""

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        self.rows = rows
        self.read = 0
        self.shuffled: tuple[int, int] | None = None

    def shuffle(self, *, seed: int, buffer_size: int) -> Iterator[dict[str, Any]]:
        self.shuffled = (seed, buffer_size)
        for row in self.rows:
            self.read += 1
            yield row


class FakeHub:
    """Stands in for datasets.load_dataset; remembers what was asked."""

    def __init__(self, streams: dict[tuple[str, str | None, str | None], FakeStream]) -> None:
        self.streams = streams

    def __call__(
        self, name: str, config: str | None, *, data_dir: str | None, split: str, streaming: bool
    ) -> FakeStream:
        assert split == "train"
        assert streaming
        if (name, config, data_dir) not in self.streams:
            raise FileNotFoundError(f"Dataset {name!r} has no {data_dir}\nsecond line")
        return self.streams[name, config, data_dir]


def stack(language: str, n: int) -> FakeStream:
    return FakeStream(
        [
            {
                "content": f"{language} {k}",
                "lang": "something else",
                "max_stars_repo_name": f"o/{k}",
                "max_stars_repo_path": "a",
                "max_stars_repo_licenses": ["MIT"],
                "size": 3,
            }
            for k in range(n)
        ]
    )


WIKI = ("wikimedia/wikipedia", "20231101.en", None)


def wiki(n: int) -> FakeStream:
    return FakeStream(
        [{"id": str(k), "url": "u", "title": "t", "text": f"Words {k}."} for k in range(n)]
    )


def test_the_stack_is_read_folder_by_folder_and_english_from_wikipedia() -> None:
    name = "bigcode/the-stack-smol"
    hub = FakeHub(
        {
            (name, None, "data/c++"): stack("cpp", 5),
            (name, None, "data/c-sharp"): stack("csharp", 2),
            WIKI: wiki(9),
        }
    )
    source = read_hub(
        name,
        languages=["cpp", "csharp", "english"],
        documents_per_language=3,
        seed=7,
        load_dataset=hub,
    )
    assert [(d.text, d.language) for d in source.documents] == [
        *((f"cpp {k}", "cpp") for k in range(3)),
        *((f"csharp {k}", "csharp") for k in range(2)),
        *((f"Words {k}.", "english") for k in range(3)),
    ]
    first = source.documents[0]
    assert (first.repo, first.path, first.licence) == ("o/0", "a", "MIT")
    assert hub.streams[WIKI].shuffled == (7, 10_000)
    assert hub.streams[WIKI].read == 3  # no row more than was wanted
    assert source.notes == [
        "columns not used in bigcode/the-stack-smol: size",
        "columns not used in wikimedia/wikipedia: url, title",
    ]


def test_github_code_is_one_stream_of_many_languages() -> None:
    languages = ["Python", "C++", "COBOL", "Go", "Python", "Python", "C++", "Go", "Python"]
    rows = [
        {
            "code": f"text {n}",
            "repo_name": "o/r",
            "path": "p",
            "language": spelled,
            "license": "mit",
        }
        for n, spelled in enumerate(languages)
    ]
    hub = FakeHub({("codeparrot/github-code", None, None): FakeStream(rows)})
    source = read_hub(
        "codeparrot/github-code",
        languages=["python", "cpp"],
        documents_per_language=2,
        load_dataset=hub,
    )
    assert [d.text for d in source.documents] == ["text 0", "text 1", "text 4", "text 6"]
    assert source.skipped == {"other language": 2}
    assert next(iter(hub.streams.values())).read == 7


def test_wikipedia_alone_is_english() -> None:
    source = read_hub("wikimedia/wikipedia", load_dataset=FakeHub({WIKI: wiki(2)}))
    assert {d.language for d in source.documents} == {"english"}
    assert source.documents[1].id == "1"


def test_any_other_set_is_read_by_its_columns() -> None:
    stream = FakeStream([{"text": "a", "label": "x"}, {"text": None, "label": "x"}])
    source = read_hub("some/set", load_dataset=FakeHub({("some/set", None, None): stream}))
    assert [d.language for d in source.documents] == ["x"]
    assert source.skipped == {"no text": 1}


def test_sets_of_hundreds_of_languages_want_them_named() -> None:
    with pytest.raises(ConfigError, match="name those wanted"):
        shelves("bigcode/the-stack", None)
    assert [shelf.name for shelf in shelves("codeparrot/github-code", ["english"])] == [WIKI[0]]


def test_a_set_that_cannot_be_read_is_named_in_one_line() -> None:
    with pytest.raises(CorpusError, match=r"cannot read the data set 'no/such'.*no None$"):
        read_hub("no/such", load_dataset=FakeHub({}))
    empty = FakeHub({("an/empty", None, None): FakeStream([])})
    with pytest.raises(CorpusError, match="no document to read in the data set 'an/empty'"):
        read_hub("an/empty", load_dataset=empty)


def test_without_the_package_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "datasets", None)
    with pytest.raises(MissingExtraError, match=r"'a/b' is here.*datasets.*neuroglot\[hub\]"):
        read_hub("a/b")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("bigcode/the-stack", True), ("a/b.c-d_e", True), ("/a/b", False), ("./a", False),
     ("a", False), ("a/b/c", False), ("../a", False), ("~/a", False), ("", False)],
)  # fmt: skip
def test_names_of_data_sets(text: str, expected: bool) -> None:
    assert is_hub_name(text) == expected
