"""Objects that are asked for before they are needed are those that are read."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patchkit.sources.git import location_of
from patchkit.sources.objects import GitObject, NotRead, ObjectReader

COUNT = 150
CONTENTS = [b"%d\n" % number * (number * number) for number in range(COUNT)]
"""Up to 90 kB: more than a pipe holds where it cannot be widened."""
MISSING = "0" * 39 + "1"
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("expect"), st.integers(0, COUNT), st.integers(1, COUNT)),
        st.tuples(st.just("read"), st.integers(0, COUNT), st.integers(1, 5)),
        st.tuples(st.just("close"), st.just(0), st.just(0)),
    ),
    max_size=12,
)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """A repository of blobs, and the id of each of CONTENTS, with one between that is not there."""
    git_dir = tmp_path_factory.mktemp("blobs") / "git"
    subprocess.run(["git", "init", "-q", "--bare", git_dir], check=True)
    folder = git_dir.parent / "files"
    folder.mkdir()
    for number, content in enumerate(CONTENTS):
        (folder / str(number)).write_bytes(content)
    names = "".join(f"{folder / str(number)}\n" for number in range(COUNT))
    said = subprocess.run(
        ["git", "--git-dir", git_dir, "hash-object", "-w", "--stdin-paths"],
        input=names.encode(), stdout=subprocess.PIPE, check=True,
    ).stdout  # fmt: skip
    ids = said.decode("ascii").split()
    return git_dir, [*ids[:70], MISSING, *ids[70:]]


def _read(reader: ObjectReader, object_id: str, known: dict[str, bytes]) -> None:
    found = reader.read(object_id)
    if object_id == MISSING:
        assert isinstance(found, NotRead)
    else:
        assert found == GitObject("blob", known[object_id])


def _known(ids: list[str]) -> dict[str, bytes]:
    return dict(zip([one for one in ids if one != MISSING], CONTENTS, strict=True))


@settings(max_examples=25, deadline=None)
@given(steps=STEPS)
def test_what_was_expected_and_what_was_not(
    repository: tuple[Path, list[str]], steps: list[tuple[str, int, int]]
) -> None:
    """In whatever order things are expected and read, each object is itself, and so is each that
    came along."""
    git_dir, ids = repository
    known = _known(ids)

    def keep(object_id: str, found: GitObject) -> None:
        assert found == GitObject("blob", known[object_id])

    reader = ObjectReader(location_of(git_dir), keep)
    try:
        for what, start, count in steps:
            if what == "expect":
                reader.expect(ids[start : start + count])
            elif what == "read":
                for object_id in ids[start : start + count]:
                    _read(reader, object_id, known)
            else:
                reader.close()
    finally:
        reader.close()


def test_two_runs_in_turn(
    repository: tuple[Path, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As two versions of a tree are read: nearly all has come along when it is asked for."""
    git_dir, ids = repository
    known = _known(ids)
    kept = set()
    reader = ObjectReader(location_of(git_dir), lambda one, _: kept.add(one))
    half = len(ids) // 2
    both = [one for pair in zip(ids[:half], ids[half : 2 * half], strict=True) for one in pair]
    reader.expect(ids)
    asked: list[Sequence[str]] = []
    ask = reader._ask

    def counted(object_ids: Sequence[str]) -> bool:
        asked.append(object_ids)
        return ask(object_ids)

    monkeypatch.setattr(reader, "_ask", counted)
    try:
        for object_id in both:
            if object_id not in kept:
                _read(reader, object_id, known)
    finally:
        reader.close()
    assert len(asked) <= len(both) // 30 + 2


class _InterruptedError(BaseException):
    """As Ctrl-C."""


def _interrupted(_: str) -> GitObject:
    raise _InterruptedError


def test_an_answer_to_another_question_is_not_taken(repository: tuple[Path, list[str]]) -> None:
    """Where reading was interrupted before an answer had come, the next is told apart."""
    git_dir, ids = repository
    known = _known(ids)
    reader = ObjectReader(location_of(git_dir), lambda _one, _found: None)
    try:
        _read(reader, ids[3], known)
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(reader, "_answer", _interrupted)
            with pytest.raises(_InterruptedError):
                reader.read(ids[5])
        assert isinstance(reader.read(ids[9]), NotRead)
        _read(reader, ids[9], known)
    finally:
        reader.close()
