"""What a port asks of upstream's history, where it has one (jobs floor).

The history is read when it is first needed, and a port goes on without it: what could not be read
is a warning.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from patchkit.engine.policy import Policy
from patchkit.engine.provenance import explain_dropped, has_change_of, upstream_commit_of
from patchkit.engine.rebasing import PortedStack
from patchkit.engine.replaying import explain
from patchkit.errors import UpstreamError
from patchkit.model.history import History
from patchkit.model.report import PortedPatch, UpstreamCommit
from patchkit.model.stack import Stack, StackedPatch
from patchkit.model.tree import Tree
from patchkit.sources.upstream import Upstream

if TYPE_CHECKING:
    from patchkit.siblings.commits import SiblingHistory


@dataclass
class UpstreamHistory:
    """The commits between two versions of an upstream; `problems` are sentences on what could not
    be read."""

    source: Upstream
    old: str
    new: str
    strip: int
    problems: list[str] = field(default_factory=list)

    def commit_with(self, stacked: StackedPatch, share: float) -> UpstreamCommit | None:
        """The commit that has at least this share of a patch's change, as far as is known."""
        history = self._history
        if history is None:
            return None
        try:
            commit = upstream_commit_of(stacked, history, self.strip)
            if commit is None or has_change_of(commit, stacked, history, self.strip) < share:
                return None
        except UpstreamError as problem:
            self._note(problem)
            return None
        return commit

    def explained(
        self, ported: PortedStack, stack: Stack, old: Tree, policy: Policy
    ) -> tuple[PortedPatch, ...]:
        """The patches with the commits that made their conflicts, or have them."""
        patches = ported.patches
        if not any(patch.held or patch.status.is_dropped for patch in patches):
            return patches
        history = self._history
        if history is None:
            return patches
        try:
            patches = explain(ported, stack, old, history, policy)
            return explain_dropped(patches, stack, history, self.strip)
        except UpstreamError as problem:
            self._note(problem)
            return patches

    def of_siblings(self) -> SiblingHistory | None:
        """What the files of siblings went through; None where there is no history."""
        from patchkit.siblings.commits import SiblingHistory  # only where there are siblings

        history = self._history
        return None if history is None else SiblingHistory(history)

    @cached_property
    def _history(self) -> History | None:
        try:
            return self.source.history(self.old, self.new)
        except UpstreamError as problem:
            self._note(problem)
            return None

    def _note(self, problem: UpstreamError) -> None:
        note = f"Upstream's history was not read: {problem.message}"
        if note not in self.problems:
            self.problems.append(note)
