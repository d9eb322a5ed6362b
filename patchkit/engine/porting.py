"""Ports one file diff of a patch from base to ours (engine).

Base always gets the whole change, as far as it applies there; ours gets what can be carried. What
comes back says what happened, and the text of the file diff for the new stack.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from patchkit.engine.changes import Change, as_creation, change_of, why_unsupported
from patchkit.engine.deciding import with_amendments, with_left_out
from patchkit.engine.modifying import modify
from patchkit.engine.moving import move
from patchkit.engine.outcomes import PortedDiff, broken
from patchkit.engine.policy import Policy
from patchkit.engine.relocating import with_moved_code
from patchkit.engine.wholefiles import create, delete
from patchkit.engine.workbench import Workbench
from patchkit.model.patch import FileDiff, Operation
from patchkit.model.report import HeldCause
from patchkit.model.tree import SYMLINK
from patchkit.model.treepaths import why_no_link


class Observer(Protocol):
    """Looks on as the file diffs of a stack go in, at what each makes of base."""

    def before(self, change: Change, bench: Workbench) -> None:
        """A change comes next; the bench is as it will find it."""

    def after(self, ported: PortedDiff, bench: Workbench) -> None:
        """The change that was announced is in, as far as it could be."""


class Unobserved:
    """Nobody looks on."""

    def before(self, change: Change, bench: Workbench) -> None:
        """Looks at nothing."""

    def after(self, ported: PortedDiff, bench: Workbench) -> None:
        """Looks at nothing."""


UNOBSERVED = Unobserved()


def port_diff(
    diff: FileDiff, bench: Workbench, patch: str, strip: int, policy: Policy, *, is_reversed: bool,
    observer: Observer = UNOBSERVED,
) -> PortedDiff:  # fmt: skip
    """Port one file diff of the patch named `patch`; the workbench moves on with it."""
    bench.begin(patch, diff)
    change = change_of(diff, patch, strip, policy, is_reversed=is_reversed)
    observer.before(change, bench)
    ported = _port_change(change, bench, policy)
    observer.after(ported, bench)
    return ported


def _port_change(change: Change, bench: Workbench, policy: Policy) -> PortedDiff:
    problem = why_unsupported(change) or _why_moved_link_refused(change, bench)
    if problem:
        return broken(change, HeldCause.UNSUPPORTED, problem)
    ported = with_left_out(_port(_as_patch_takes_it(change, bench), bench), policy)
    ported = with_moved_code(ported, change, bench)
    patch = change.owner.patch
    return with_amendments(ported, patch, bench, policy, is_reversed=change.is_reversed)


def _why_moved_link_refused(change: Change, bench: Workbench) -> str:
    """A link that stays as it is leads elsewhere from another folder."""
    if change.operation not in (Operation.RENAME, Operation.COPY) or change.hunks:
        return ""
    assert change.names.old is not None
    assert change.names.new is not None
    source = bench.source(change.names.old).base
    if source is None or source.mode != SYMLINK:
        return ""
    return why_no_link(change.names.new, b"".join(source.lines))


def _port(change: Change, bench: Workbench) -> PortedDiff:
    match change.operation:
        case Operation.CREATE:
            return create(change, bench)
        case Operation.DELETE:
            return delete(change, bench)
        case Operation.RENAME | Operation.COPY:
            return move(change, bench)
        case Operation.MODIFY:
            return modify(change, bench)


def _as_patch_takes_it(change: Change, bench: Workbench) -> Change:
    """The change as GNU patch takes it, which looks at more than the header: it puts lines into an
    empty file that is there, and makes a file for a hunk that expects none."""
    if change.operation not in (Operation.CREATE, Operation.MODIFY):
        return change
    path = bench.picked_in_base(change.candidates)
    base = bench.seen_in_base(path)
    if change.operation is Operation.CREATE and base is not None and not base.lines:
        return replace(change, operation=Operation.MODIFY)
    if change.operation is Operation.MODIFY and base is None and change.adds_at_start:
        bench.await_end_of_run(path)
        return as_creation(change, path)
    return change
