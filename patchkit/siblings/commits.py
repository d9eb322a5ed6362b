"""Finds the upstream commit in which a sibling changed, or a file came (pure)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from patchkit.engine.tracing import FileTrace, Place, moved
from patchkit.errors import UpstreamError
from patchkit.model.history import History
from patchkit.model.report import UpstreamCommit
from patchkit.model.tree import Path
from patchkit.siblings.changes import Change, is_telling

CommitOf: TypeAlias = Callable[[Change], UpstreamCommit | None]
"""Names the commit that made an edit of a sibling."""


def no_commit(change: Change) -> None:  # an upstream without a history
    """There is no history to ask."""


class SiblingHistory:
    """The history of siblings' files; each file is traced once.

    Where it cannot be read no commit is named, and `problems` says why: the comparison itself needs
    none.
    """

    def __init__(self, history: History) -> None:
        self.problems: dict[str, None] = {}
        self._history = history
        self._traces: dict[Path, FileTrace] = {}

    def expect(self, paths: Iterable[Path]) -> None:
        """Read the logs of these files of the old version in one go."""
        try:
            self._history.expect(paths)
        except UpstreamError as problem:
            self.problems[problem.message] = None

    def commit_of(self, change: Change) -> UpstreamCommit | None:
        """The first commit after which the text that the edit brought stands; where none brought it
        whole, or nothing was brought, the one after which what it replaced stands no more.
        """
        try:
            return self._found(change)
        except UpstreamError as problem:
            self.problems[problem.message] = None
            return None

    def notes(self) -> Iterator[str]:
        """A sentence on every problem there was."""
        for problem in self.problems:
            yield f"Commits are missing, as upstream's history was not read: {problem}"

    def _found(self, change: Change) -> UpstreamCommit | None:
        sibling, edit = change.sibling, change.edit
        path = sibling.old_path
        if path not in self._traces:
            self._traces[path] = FileTrace(self._history, path, b"".join(sibling.old))
        trace = self._traces[path]
        brought = trace.brought(change.added) if any(map(is_telling, change.added)) else None
        if brought is not None:
            return brought
        place = Place(
            max(edit.start - 1, 0),
            min(edit.stop + 1, len(sibling.old)),
            edit.start == 0,
            edit.stop == len(sibling.old),
        )
        state = trace.last_standing([place])
        if state < 0 or state >= len(trace.walk.touches):
            return None
        touch = trace.walk.touches[state]
        return trace.blamed(touch, [moved(place, trace.shift(place, state))])
