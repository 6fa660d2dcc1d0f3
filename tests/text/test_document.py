import hashlib

import pytest

from neuroglot.text.document import Document


def test_id_is_the_beginning_of_the_texts_sha256() -> None:
    text = "naïve\r\n"
    assert Document(text, "c").id == hashlib.sha256(text.encode()).hexdigest()[:16]
    assert Document(text, "c", id="mine").id == "mine"


def test_repository_is_the_document_itself_where_it_has_none() -> None:
    assert Document("a", "c", repo="o/r").repository == "o/r"
    assert Document("a", "c").repository != Document("b", "c").repository


def test_is_frozen_and_small() -> None:
    document = Document("a", "c")
    with pytest.raises(AttributeError):
        document.text = "b"  # type: ignore[misc]
    assert not hasattr(document, "__dict__")
    assert Document("é", "c").n_bytes == 2


def test_names_that_no_table_can_hold_are_written_out() -> None:
    odd = Document("a\udcff", "x\ud800", id="i\udc80", repo="r\udcfe", path="p\udcff", licence="l")
    assert (odd.language, odd.id, odd.repo) == ("x\\ud800", "i\\udc80", "r\\udcfe")
    assert (odd.path, odd.licence, odd.text) == ("p\\udcff", "l", "a\udcff")
