import json
import re
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuroglot.base.errors import RunError, StorageError
from neuroglot.runs.manifest import (
    FORMAT,
    MANIFEST_NAME,
    Manifest,
    Step,
    from_json,
    now,
    plain,
    read_manifest,
    seconds_since,
    this_code,
    this_machine,
    to_json,
    write_manifest,
)

text = st.text(st.characters(exclude_categories=()), max_size=8)
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=5,
)
mappings = st.dictionaries(text, json_values, max_size=3)
named = st.fixed_dictionaries({"name": text, "fingerprint": text}).flatmap(
    lambda fixed: mappings.map(lambda more: {**more, **fixed})
)
sourced = st.fixed_dictionaries({"source": text, "digest": text})
steps = st.builds(
    Step,
    name=text,
    state=st.sampled_from(["planned", "started", "done"]),
    started=st.none() | text,
    finished=st.none() | text,
    seconds=st.none() | st.floats(0, 1e6),
)
manifests = st.builds(
    Manifest,
    study=text,
    command=text,
    parameters=mappings,
    seed=st.integers(),
    model=named,
    data=sourced,
    formats=st.dictionaries(text, st.integers(), max_size=2),
    code=st.dictionaries(text, text, max_size=2),
    machine=mappings,
    steps=st.lists(steps, max_size=3).map(tuple),
    notes=st.lists(text, max_size=2).map(tuple),
    parents=st.lists(text, max_size=2).map(tuple),
    started=text,
    finished=st.none() | text,
    complete=st.booleans(),
    format=st.just(FORMAT),
)


@settings(deadline=None)
@given(manifests)
def test_written_then_read_is_equal_and_canonical(manifest: Manifest):
    written = to_json(manifest)
    assert from_json(written) == manifest
    assert to_json(from_json(written)) == written
    written.encode("utf-8")


@pytest.fixture
def manifest(finished: Path) -> Manifest:
    found = read_manifest(finished)
    assert found is not None
    return found


def test_equal_manifests_are_equal_texts_whatever_the_order(manifest: Manifest):
    backwards = dict(reversed(list(manifest.parameters.items())))
    assert to_json(replace(manifest, parameters=backwards)) == to_json(manifest)


def test_a_folder_has_one_or_none(tmp_path: Path, manifest: Manifest):
    assert read_manifest(tmp_path) is None
    write_manifest(tmp_path, manifest)
    assert read_manifest(tmp_path) == manifest


def test_steps_and_notes(manifest: Manifest):
    assert manifest.remaining == ()
    again = manifest.with_step(Step("record", "started", now()))
    assert again.remaining == ("record",)
    assert [step.name for step in again.steps] == ["record", "conclude"]
    assert again.step("conclude").state == "done"
    with pytest.raises(KeyError):
        again.step("lunch")
    assert manifest.with_note("a").with_note("b").with_note("a").notes == ("a", "b")


def test_a_newer_format_is_refused_with_what_to_do(finished: Path):
    path = finished / MANIFEST_NAME
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": 99, "mood": "new"}))
    with pytest.raises(RunError) as caught:
        read_manifest(finished)
    assert str(caught.value) == (
        f"{path}: the run is of format 99, this neuroglot reads up to {FORMAT}: update neuroglot"
    )


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"seed": "0"}, "seed is '0'"),
        ({"seed": True}, "seed is True"),
        ({"complete": 1}, "complete is 1"),
        ({"mood": 1}, r"missing \[\], unknown \['mood'\]"),
        ({"model": {"name": "m"}}, "model lacks name or fingerprint"),
        ({"data": {"source": "s", "digest": 3}}, "data lacks source or digest"),
        ({"notes": [3]}, "notes and parents are lists of texts"),
        ({"steps": ["record"]}, "a step is 'record'"),
        ({"steps": [{"name": "record"}]}, "a step is {'name': 'record'}"),
        ({"format": None}, "format is None"),
    ],
)
def test_an_edited_manifest_says_what_is_wrong(finished: Path, change, reason):
    path = finished / MANIFEST_NAME
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(RunError, match=rf"manifest is damaged \({reason}\): .*run the study again"):
        read_manifest(finished)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe\x00", b"null"])
def test_a_cut_manifest_is_damaged_too(tmp_path: Path, content: bytes):
    (tmp_path / MANIFEST_NAME).write_bytes(content)
    with pytest.raises(RunError, match=f"^{re.escape(str(tmp_path))}.*the manifest is damaged"):
        read_manifest(tmp_path)


def test_every_cut_of_a_manifest_is_noticed(finished: Path):
    whole = (finished / MANIFEST_NAME).read_text()
    for length in range(0, len(whole) - 1, 37):
        with pytest.raises(RunError):
            from_json(whole[:length])


def test_a_manifest_that_cannot_be_read_is_a_matter_of_the_disk(tmp_path: Path):
    (tmp_path / MANIFEST_NAME).mkdir()
    with pytest.raises(StorageError, match=r"cannot read .*manifest\.json: "):
        read_manifest(tmp_path)


def test_only_what_json_has_may_be_asked():
    assert plain({"languages": ("python", "go")}) == {"languages": ["python", "go"]}
    for value in (Path("x"), float("nan"), {1, 2}):
        with pytest.raises((TypeError, ValueError)):
            plain({"value": value})


def test_times_are_utc_and_never_run_backwards():
    assert datetime.fromisoformat(now()).utcoffset() == timedelta(0)
    assert seconds_since("2020-01-01T00:00:00.000+00:00") > 3600
    assert seconds_since("2999-01-01T00:00:00.000+00:00") == 0.0


def test_versions_come_without_importing_the_packages():
    machine = this_machine()
    assert machine["packages"].keys() >= {"torch", "numpy", "pyarrow"}
    assert machine["host"]
    assert this_code()["version"]
    assert len(this_code()["digest"]) == 16
