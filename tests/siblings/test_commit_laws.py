"""The commit that is named for an edit is the one that `git blame` names for its lines."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from patchkit.model.siblings import Finding
from patchkit.siblings.commits import SiblingHistory
from patchkit.sources.history import GitHistory
from patchkit.sources.repository import GitRepository
from tests.sources.commits import Made

from .making import compared, scene

PATHS = ("q_amd64.c", "q_s390x.c")
OURS = "q_riscv64.c"
PLACES = tuple(range(2, 40, 4))
OLD = tuple(b"line%d();\n" % at for at in range(42))


def files(lines: Sequence[bytes]) -> dict[bytes, bytes]:
    """Both siblings with this text."""
    return {path.encode(): b"".join(lines) for path in PATHS}


def blamed(git_dir: Path, commit: str, line: int) -> str:
    """The commit that `git blame` names for a line of the first sibling."""
    command = ("git", "blame", "--porcelain", f"-L{line},{line}", commit, "--", PATHS[0])
    environment = {**os.environ, "GIT_DIR": str(git_dir)}
    done = subprocess.run(command, env=environment, capture_output=True, check=True)
    return done.stdout.split()[0].decode()


def found(git_dir: Path, old: str, new: str, lines: Sequence[bytes]) -> list[Finding]:
    """The edits that are found, each with its commit."""
    repository = GitRepository(git_dir, name="made")
    texts = [{path: b"".join(one) for path in PATHS} for one in (OLD, lines)]
    try:
        history = SiblingHistory(GitHistory(repository, old, new))
        report = compared(scene(texts[0], texts[1], {OURS: b"".join(OLD)}), history=history).report
    finally:
        repository.close()
    return [one for one in report.findings if one.edit is not None]


@settings(max_examples=12, deadline=None)
@given(
    st.permutations(PLACES).flatmap(
        lambda order: st.lists(
            st.tuples(st.sampled_from(("replace", "insert", "twice")), st.booleans()),
            min_size=2,
            max_size=6,
        ).map(lambda kinds: list(zip(order, kinds, strict=False)))
    )
)
def test_git_blame_agrees(steps: list[tuple[int, tuple[str, bool]]]) -> None:
    """Replaced and inserted lines, also those that a later commit changed once more, each in a
    commit of its own, on the trunk or merged from a branch, among commits on other files."""
    with tempfile.TemporaryDirectory() as folder:
        made = Made(Path(folder, "made.git"))
        first = last = made.commit({**files(OLD), b"README": b"0\n"})
        lines = {at: [line] for at, line in enumerate(OLD)}
        for number, (at, (kind, is_merged)) in enumerate(steps, 1):
            readme = {b"README": b"%d\n" % number}
            for again in range(2 if kind == "twice" else 1):
                new = b"changed%d(%d);\n" % (number, again)
                lines[at] = [OLD[at], new] if kind == "insert" else [new]
                tree = {**files([one for at in sorted(lines) for one in lines[at]]), **readme}
                change = made.commit(tree, last, message=f"change {number}")
                last = made.commit(tree, last, change, message="merge") if is_merged else change
            last = made.commit({**tree, b"README": b"-%d\n" % number}, last, message="other")
        edits = found(made.git_dir, first, last, [one for at in sorted(lines) for one in lines[at]])
        assert len(steps) == len(edits)
        for one in edits:
            assert one.commit is not None
            line = one.siblings[0].line
            assert line is not None
            assert blamed(made.git_dir, last, line) == one.commit.identity
