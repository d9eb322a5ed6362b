"""Which upstream commit made an edit of the siblings, in real repositories."""

from __future__ import annotations

from pathlib import Path

from patchkit.model.siblings import Finding
from patchkit.model.tree import blob_id
from patchkit.siblings.commits import SiblingHistory
from patchkit.sources.history import GitHistory
from patchkit.sources.repository import GitRepository
from tests.sources.commits import Made

from .making import compared, scene
from .test_following import BODY, CHECKED, OURS, edits, siblings, text

OLD = siblings(BODY, "amd64", "arm64")
NEW = siblings(CHECKED, "amd64", "arm64")


def tree(files: dict[str, bytes], **more: bytes) -> dict[bytes, bytes]:
    """The files of a commit."""
    return {path.encode(): content for path, content in {**files, **more}.items()}


def findings(
    made: Made, old: str, new: str, before: dict[str, bytes], after: dict[str, bytes]
) -> list[Finding]:
    """What the siblings did between two commits, with who did it."""
    repository = GitRepository(made.git_dir, name="made")
    try:
        history = SiblingHistory(GitHistory(repository, old, new))
        ours = {OURS: text(BODY, "riscv64")}
        return edits(compared(scene(before, after, ours), history=history))
    finally:
        repository.close()


def test_the_commit_that_made_it(tmp_path: Path) -> None:
    """Neither the commit before nor the one behind it is named, though both changed the file."""
    made = Made(tmp_path / "made.git")
    first = made.commit(tree(OLD))
    headed = {path: b"// A head.\n" + content for path, content in OLD.items()}
    checked = {path: b"// A head.\n" + content for path, content in NEW.items()}
    ended = {path: content + b"// An end.\n" for path, content in checked.items()}
    _, checking, last = made.line(
        first, ("head", tree(headed)), ("check it", tree(checked)), ("end", tree(ended))
    )
    found = findings(made, first, last, OLD, ended)
    (one,) = [one for one in found if one.edit is not None and one.edit.removed]
    assert one.commit is not None
    assert (checking, "check it") == (one.commit.identity, one.commit.subject)
    assert b"+\tif err := first(config); err != nil {\n" in one.commit.diff
    assert b"An end" not in one.commit.diff


def test_a_commit_inside_of_a_merge(tmp_path: Path) -> None:
    """What came with a merge is told by the commit inside of it."""
    made = Made(tmp_path / "made.git")
    first = made.commit(tree(OLD))
    side = made.commit(tree(NEW), first, message="check it on a branch")
    trunk = made.commit(tree(OLD, README=b"more\n"), first, message="say more")
    last = made.commit(tree(NEW, README=b"more\n"), trunk, side, message="merge the branch")
    (one,) = findings(made, first, last, OLD, NEW)
    assert one.commit is not None
    assert side == one.commit.identity


def test_an_insertion_beside_another_change(tmp_path: Path) -> None:
    """An insertion is the commit's that brought its lines, not that of its neighbour's change."""
    made = Made(tmp_path / "made.git")
    first = made.commit(tree(OLD))
    near = {
        path: content.replace(b"last(config)", b"finish(config)") for path, content in OLD.items()
    }
    both = {
        path: content.replace(b"\tfinish(", b"\tmore(config, 1)\n\tfinish(")
        for path, content in near.items()
    }
    neighbour, bringing = made.line(first, ("near", tree(near)), ("bring more", tree(both)))
    split = {
        path: content.replace(b"last(config)", b"last(config)") for path, content in OLD.items()
    }
    found = findings(made, first, bringing, split, both)
    assert bringing in {one.commit.identity for one in found if one.commit is not None}
    assert neighbour not in {one.commit.identity for one in found if one.commit is not None}


def test_what_was_only_removed(tmp_path: Path) -> None:
    """A removal is told by the commit after which the text stands no more."""
    made = Made(tmp_path / "made.git")
    first = made.commit(tree(OLD))
    gone = {path: content.replace(b"\tlast(config)\n", b"") for path, content in OLD.items()}
    removing, last = made.line(
        first, ("take it out", tree(gone)), ("say more", tree(gone, README=b"more\n"))
    )
    (one,) = findings(made, first, last, OLD, gone)
    assert one.commit is not None
    assert removing == one.commit.identity


def test_a_history_that_cannot_be_read(tmp_path: Path) -> None:
    """A version of a file that is missing costs the name of the commit, not the comparison."""
    made = Made(tmp_path / "made.git")
    first = made.commit(tree(OLD))
    (between, last) = made.line(
        first,
        ("check it", tree({path: content + b"// more\n" for path, content in NEW.items()})),
        ("less", tree(NEW)),
    )
    assert between
    repository = GitRepository(made.git_dir, name="made")
    try:
        for path in tree({path: content + b"// more\n" for path, content in NEW.items()}).values():
            identity = blob_id(path)
            (made.git_dir / "objects" / identity[:2] / identity[2:]).unlink()
        history = SiblingHistory(GitHistory(repository, first, last))
        ours = {OURS: text(BODY, "riscv64")}
        (one,) = edits(compared(scene(OLD, NEW, ours), history=history))
        assert one.commit is None
        assert ["Commits are missing"] == sorted({note[:19] for note in history.notes()})
    finally:
        repository.close()
