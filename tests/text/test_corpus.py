import json
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from neuroglot.base.digests import text_digest
from neuroglot.base.errors import ConfigError, CorpusError, MissingExtraError
from neuroglot.text.corpus import Corpus, open_corpus
from neuroglot.text.document import Document
from neuroglot.text.preparation import Account
from neuroglot.text.sampling import reading_order

Prose = Callable[[int, int], str]


def accounts(corpus: Corpus) -> dict[tuple[str, str | None], tuple[int, int, int]]:
    return {
        (a.language, a.split): (a.dropped_exact, a.dropped_near, a.dropped_other)
        for a in corpus.accounts
    }


def test_documents_stand_by_label_in_reading_order(documents: list[Document]) -> None:
    corpus = Corpus.from_documents(documents, languages=["go", "english"])
    assert corpus.languages == ("go", "english")
    expected = [
        document
        for label in ("go", "english")
        for document in reading_order(d for d in documents if d.language == label)
    ]
    assert list(corpus.documents) == expected
    assert corpus.skipped == {"other language": 21}


def test_labels_come_in_the_tables_order_and_others_by_name() -> None:
    texts = {"zebra": ["a b"], "python": ["c d"], "apple": ["e f"], "c": ["g h"]}
    made = [Document(t, label) for label, listed in texts.items() for t in listed]
    assert Corpus.from_documents(made).languages == ("c", "python", "apple", "zebra")
    assert Corpus.from_mapping(texts).languages == ("zebra", "python", "apple", "c")


@settings(
    deadline=None, max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.randoms(use_true_random=False))
def test_the_order_of_documents_does_not_matter(
    documents: list[Document], draw: random.Random
) -> None:
    twins = [Document(d.text, d.language, repo="twin", path=d.path) for d in documents[::5]]
    others = [Document(d.text + " x", "c", repo="other", path=d.path) for d in documents[::7]]
    given_ = [*documents, *twins, *others]
    labels = ["english", "python", "go", "c"]
    first = Corpus.from_documents(given_, languages=labels)
    second = Corpus.from_documents(draw.sample(given_, len(given_)), languages=labels)
    assert second.documents == first.documents
    assert second.digest == first.digest
    assert accounts(second) == accounts(first)


def test_digest_changes_with_every_field(documents: list[Document]) -> None:
    def digest(**changed: str) -> str:
        fields = {"text": "a", "language": "c", "id": "1", "repo": "r", "path": "p",
                  "split": "train", "licence": "MIT"}  # fmt: skip
        return Corpus.from_documents([Document(**{**fields, **changed})]).digest

    changes = [{"text": "b"}, {"language": "go"}, {"id": "2"}, {"repo": "s"}, {"path": "q"},
               {"split": "held_out"}, {"licence": "BSD"}]  # fmt: skip
    assert len({digest(), *(digest(**change) for change in changes)}) == 8


def test_duplicates_are_counted_where_they_were_dropped(prose: Prose) -> None:
    a, b = prose(1, 60), prose(2, 60)
    first, second = sorted(["2", "3"], key=text_digest)
    corpus = Corpus.from_documents(
        [
            Document(a, "go", repo="1", split="held_out"),
            Document(a, "go", repo=first, split="train"),
            Document(a + " x", "go", repo=second, split="train"),
            Document(a, "c", repo="4", split="train"),
            Document(b, "c", repo="5", split="held_out"),
        ],
        languages=["go", "c"],
    )
    kept = {(d.language, d.split, d.repo) for d in corpus.documents}
    assert len(kept) == 2
    assert ("c", "held_out", "5") in kept
    assert ("go", "held_out", "1") not in kept  # train stays before held_out
    assert accounts(corpus) == {
        ("go", "train"): (0, 1, 0),
        ("go", "held_out"): (1, 0, 0),
        ("c", "train"): (0, 0, 1),
        ("c", "held_out"): (0, 0, 0),
    }


def test_the_second_label_asked_for_loses_a_shared_text(prose: Prose) -> None:
    texts = {"c": [prose(1, 50), prose(3, 50)], "cpp": [prose(1, 50), prose(2, 50)]}
    first = Corpus.from_mapping(texts, languages="c,cpp")
    second = Corpus.from_mapping(texts, languages="cpp,c")
    assert [d.language for d in first.documents] == ["c", "c", "cpp"]
    assert [d.language for d in second.documents] == ["cpp", "cpp", "c"]
    assert accounts(second)["c", None] == (0, 0, 1)


def test_duplicates_stay_where_asked(prose: Prose) -> None:
    corpus = Corpus.from_mapping({"c": [prose(1, 50)] * 3}, deduplicate=False)
    assert len(corpus.documents) == 3
    assert accounts(corpus) == {("c", None): (0, 0, 0)}


def test_headers_come_off_and_the_same_documents_are_read_either_way(prose: Prose) -> None:
    header = "# Copyright X\n# Licensed under the MIT License\n\n"
    bodies = [prose(n, 30) for n in range(20)]
    given_ = [
        Document((header if n % 2 else "") + body, "python", repo=f"r{n % 3}", path=str(n))
        for n, body in enumerate(bodies)
    ]
    stripped = Corpus.from_documents(given_)
    kept = Corpus.from_documents(given_, headers="kept")
    assert sorted(d.text for d in stripped.documents) == sorted(bodies)
    assert sorted(d.text for d in kept.documents) == sorted(d.text for d in given_)
    assert [d.id for d in stripped.documents] == [d.id for d in kept.documents]
    assert {d.id for d in stripped.documents if d.whole} == {d.id for d in given_[1::2]}
    assert stripped.headed
    assert [d.text for d in stripped.with_headers().documents] == [d.text for d in kept.documents]
    assert stripped.digest != kept.digest


def test_headers_go_back_to_their_own_documents_whatever_their_ids(prose: Prose) -> None:
    header = "# Copyright X\n"
    given_ = [
        Document(header + prose(1, 30), "python", id="1"),
        Document(prose(2, 30), "ruby", id="1"),
        Document(header * 2 + prose(3, 30), "ruby", id="1"),
    ]
    corpus = Corpus.from_documents(given_, deduplicate=False)
    assert {d.text for d in corpus.with_headers().documents} == {d.text for d in given_}
    again = Corpus.from_documents(corpus.documents, headers="kept")
    assert {d.text for d in again.documents} == {d.text for d in given_}


def test_only_keeps_some_labels(documents: list[Document]) -> None:
    corpus = Corpus.from_documents(documents)
    some = corpus.only(["go", "python"])
    assert some.languages == ("go", "python")
    assert some.documents == Corpus.from_documents(documents, languages="go,python").documents
    assert [a.language for a in some.accounts] == ["go", "python"]
    with pytest.raises(CorpusError, match="no Rust in 'the documents': it holds go, python"):
        corpus.only(["rust"])


def test_damaged_texts_are_counted(prose: Prose) -> None:
    corpus = Corpus.from_mapping(
        {"python": [prose(1, 20), "", " \n", "a\0b", "a\ud800", "# Copyright X\n"]}
    )
    assert len(corpus.documents) == 1
    assert corpus.skipped == {"empty": 2, "binary": 1, "invalid UTF-8": 1, "licence only": 1}


def test_text_that_is_not_there_is_refused(documents: list[Document]) -> None:
    with pytest.raises(CorpusError, match=r"no document in Kotlin, COBOL .*go 21.*python 21"):
        Corpus.from_documents(documents, languages=["python", "go", "kotlin", "COBOL"])
    with pytest.raises(ConfigError, match="'python' stands 2 times"):
        Corpus.from_documents(documents, languages="python,go,py")
    with pytest.raises(ConfigError, match="no language"):
        Corpus.from_documents(documents, languages=[])
    with pytest.raises(ConfigError, match="headers is 'on'"):
        Corpus.from_documents(documents, headers="on")
    with pytest.raises(ConfigError, match="list of texts"):
        Corpus.from_mapping({"c": "int x;"})


def test_splits_are_for_all_documents_or_none() -> None:
    with pytest.raises(CorpusError, match=r"1 of 2 documents .* have no split"):
        Corpus.from_documents([Document("a", "c", split="train"), Document("b", "c")])
    with pytest.raises(CorpusError, match="split 'dev'"):
        Corpus.from_documents([Document("a", "c", split="dev")])


def test_a_column_of_splits_is_obeyed(documents: list[Document]) -> None:
    from dataclasses import replace

    marked = [
        replace(d, split="held_out" if d.repo and d.repo.endswith("5") else "train")
        for d in documents
    ]
    corpus = Corpus.from_documents(marked)
    train, held_out = corpus.split(held_out=0.9)
    assert {d.repo for d in held_out.documents} == {"python-5", "go-5", "english-5"}
    assert len(train.documents) + len(held_out.documents) == len(documents)
    assert corpus.training().documents == train.documents
    assert corpus.held_out().documents == held_out.documents
    assert {a.split for a in train.accounts} == {"train"}


def test_without_splits_whole_repositories_are_held_out(documents: list[Document]) -> None:
    corpus = Corpus.from_documents(documents)
    train, held_out = corpus.split(held_out=0.2)
    assert {d.split for d in train.documents} == {"train"}
    assert {d.split for d in held_out.documents} == {"held_out"}
    assert not {d.repo for d in train.documents} & {d.repo for d in held_out.documents}
    for label in corpus.languages:
        size = sum(d.n_bytes for d in corpus.documents if d.language == label)
        out = sum(d.n_bytes for d in held_out.documents if d.language == label)
        assert 0 < out <= 0.3 * size
    assert {d.id for d in (*train.documents, *held_out.documents)} == {d.id for d in documents}
    assert corpus.training() is corpus
    assert corpus.held_out().documents == ()
    assert held_out.accounts == ()


@pytest.mark.parametrize("share", [0, 1, -0.1, 1.5, float("nan")])
def test_impossible_shares_are_refused(documents: list[Document], share: float) -> None:
    with pytest.raises(ConfigError, match="held_out is"):
        Corpus.from_documents(documents).split(held_out=share)


ROWS = [{"text": f"words number {n} here", "language": "C++", "repo": f"r{n}"} for n in range(4)]


def test_open_corpus_takes_folders_tables_and_files(tmp_path: Path) -> None:
    tables, code = tmp_path / "tables", tmp_path / "code"
    for folder in (tables, code):
        folder.mkdir()
    parquet.write_table(pa.Table.from_pylist(ROWS), tables / "a.parquet")
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    for row in ROWS:
        (code / str(row["repo"])).mkdir()
        (code / str(row["repo"]) / "a.cpp").write_text(str(row["text"]))
    opened = [
        open_corpus(str(tables), languages="c++"),
        open_corpus(tables / "a.parquet"),
        open_corpus(tmp_path / "a.jsonl"),
        open_corpus(code, languages=["cpp"]),
        Corpus.from_folder(tables),
        Corpus.from_jsonl(tmp_path / "a.jsonl"),
        Corpus.from_parquet(tables / "a.parquet"),
    ]
    for corpus in opened:
        assert [d.id for d in corpus.documents] == [d.id for d in opened[0].documents]
        assert [d.repo for d in corpus.documents] == [d.repo for d in opened[0].documents]
        assert corpus.languages == ("cpp",)


def test_tables_beside_source_files_are_skipped(tmp_path: Path) -> None:
    parquet.write_table(pa.Table.from_pylist(ROWS), tmp_path / "a.parquet")
    (tmp_path / "a.py").write_text("a = 1\n")
    corpus = open_corpus(tmp_path)
    assert corpus.languages == ("python",)
    assert corpus.skipped == {"table": 1}


def test_open_corpus_refuses_what_it_cannot_read(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_text("x")
    with pytest.raises(CorpusError, match="no file or folder"):
        open_corpus(str(tmp_path / "nowhere"))
    with pytest.raises(CorpusError, match="is no table of documents"):
        open_corpus(tmp_path / "a.xlsx")
    (tmp_path / "empty").mkdir()
    with pytest.raises(CorpusError, match="is empty"):
        open_corpus(tmp_path / "empty")
    (tmp_path / "a.py").write_text("a = 1\n")
    with pytest.raises(ConfigError, match="unknown language 'klingon': known are c, cpp"):
        open_corpus(tmp_path, languages="python,klingon")
    with pytest.raises(CorpusError, match="no document in Go"):
        open_corpus(tmp_path, languages="python,go")


def test_a_folder_that_cannot_be_listed_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(CorpusError, match=r"cannot list the folder .*Permission denied"):
        open_corpus(tmp_path)


class FakeStream:
    """A data set of three programs."""

    def shuffle(self, *, seed: int, buffer_size: int) -> list[dict[str, str]]:
        texts = [f"a = {n}\n" for n in range(3)]
        return [{"content": text, "lang": "Python"} for text in (texts if seed else texts[::-1])]


def test_a_data_set_gives_a_corpus() -> None:
    def load(*_: object, **__: object) -> FakeStream:
        return FakeStream()

    corpora = [Corpus.from_hub("some/set", seed=seed, load_dataset=load) for seed in (0, 1)]
    assert corpora[0].languages == ("python",)
    assert corpora[0].digest == corpora[1].digest  # of what was taken, in any order
    some = Corpus.from_hub("some/set", documents_per_language=2, languages="py", load_dataset=load)
    assert len(some.documents) == 2
    assert some.digest != corpora[0].digest


def test_a_folder_that_is_not_there_may_be_a_data_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "datasets", None)
    with pytest.raises(MissingExtraError, match=r"no file or folder 'code/mine' is here"):
        open_corpus("code/mine")
    with pytest.raises(CorpusError, match="no name"):
        open_corpus(" ")


def test_opening_a_corpus_loads_no_model_library(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("a = 1\n")
    code = (
        "import sys; from neuroglot.text.corpus import open_corpus;"
        "import neuroglot.text.reading, neuroglot.text.inspection;"
        "early = {'datasketch', 'scipy', 'pyarrow', 'datasets'} & set(sys.modules);"
        f"open_corpus({str(tmp_path)!r});"
        "late = {'torch', 'transformers', 'datasets'} & set(sys.modules);"
        "sys.exit(str(early | late) if early | late else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_label_column(tmp_path: Path) -> None:
    rows = [{"text": f"text {n}", "author": "Ann" if n % 2 else "Bob"} for n in range(4)]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    corpus = Corpus.from_jsonl(tmp_path / "a.jsonl", label_column="author")
    assert corpus.languages == ("Ann", "Bob")


def test_representation_is_short(documents: list[Document]) -> None:
    text = repr(Corpus.from_documents(documents))
    assert text.startswith("Corpus(63 documents, ")
    assert len(text) < 100
    assert Account("c", None, 0, 0, 0) == Account("c", None, 0, 0, 0)
