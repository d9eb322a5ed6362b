"""Writes the diffs of a patch anew, so that they make a given change; what of them still holds
keeps its bytes (engine).

The patch may have been edited by what it makes, moved to another place of its stack, cut in two or
put together with another. Its file diffs are taken in groups that share no file: a group that does
what it should keeps its bytes, one diff of one file gets new hunks where it must, and the rest is
written from nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from patchkit.diffing.edits import edits_between
from patchkit.diffing.rehunking import write_hunks
from patchkit.diffing.retracing import NO_HUNK, edits_towards
from patchkit.diffing.unified import parse_patch
from patchkit.engine.changes import Change, change_of, kind_of
from patchkit.engine.checking import Fit
from patchkit.engine.filediffs import file_diff, with_section
from patchkit.engine.outcomes import rewritten
from patchkit.engine.policy import Policy
from patchkit.engine.walking import Files, step_on
from patchkit.errors import PatchkitError, StackError
from patchkit.model.patch import FileDiff, Hunk, Operation, Patch
from patchkit.model.shown import shown_name
from patchkit.model.stack import StackedPatch
from patchkit.model.tree import File, Path, Tree, split_lines


def respelled(stacked: StackedPatch, tree: Tree, wanted: Files, policy: Policy) -> StackedPatch:
    """The patch with diffs that turn `tree` into itself with the files in `wanted`, with every
    hunk at its line.

    Prologue and epilogue stay. Raises `StackError` where GNU patch cannot make the change.
    """
    if does_exactly(stacked, tree, wanted, policy):
        return stacked
    groups = [*_groups(stacked, policy)]
    named = {path for group in groups for path in group.paths}
    parts = [
        (group.paths[:1], _group_text(group, stacked, tree, wanted, policy)) for group in groups
    ]
    added = [
        ((path,), _fresh(path, stacked, tree, wanted, policy)) for path in sorted({*wanted} - named)
    ]
    is_sorted = [path for path, _ in parts] == sorted(path for path, _ in parts)
    parts = sorted((*parts, *added)) if is_sorted and parts else [*parts, *added]
    text = b"".join(text for _, text in parts)
    found = _with_text(stacked, text)
    if not does_exactly(found, tree, wanted, policy):
        text = b"".join(_fresh(path, stacked, tree, wanted, policy) for path in sorted(wanted))
        found = _with_text(stacked, text)
    if not does_exactly(found, tree, wanted, policy):
        raise StackError(
            f"{shown_name(stacked.name)}: no patch could be written that GNU patch turns into this "
            "change.",
            "Make the change in smaller patches.",
        )
    return found


def does_exactly(stacked: StackedPatch, tree: Tree, wanted: Files, policy: Policy) -> bool:
    """Whether the patch as it is turns `tree` into itself with the files in `wanted`, with every
    hunk at its line."""
    step = step_on(stacked, tree, replace(policy, max_fuzz=0))
    if step.fit.fit is not Fit.EXACT:
        return False
    real = {path: file for path, file in wanted.items() if tree.get(path) != file}
    return dict(step.changes) == real


@dataclass(frozen=True, slots=True)
class _Group:
    """Diffs of a patch that have files in common, directly or not, and these files."""

    diffs: tuple[FileDiff, ...]
    paths: tuple[Path, ...]


def _strip(stacked: StackedPatch, policy: Policy) -> int:
    return policy.strip if stacked.entry.strip is None else stacked.entry.strip


def _groups(stacked: StackedPatch, policy: Policy) -> Iterator[_Group]:
    """In the order of their first diffs."""
    strip = _strip(stacked, policy)
    leader: dict[Path, Path] = {}

    def leader_of(path: Path) -> Path:
        while leader.setdefault(path, path) != path:
            path = leader[path]
        return path

    named: list[tuple[FileDiff, tuple[Path, ...]]] = []
    for diff in stacked.patch.files:
        names = diff.names(strip)
        paths = tuple(dict.fromkeys(name for name in (names.old, names.new) if name is not None))
        for path in paths[1:]:
            leader[leader_of(path)] = leader_of(paths[0])
        named.append((diff, paths))
    groups: dict[Path, list[tuple[FileDiff, tuple[Path, ...]]]] = {}
    for diff, paths in named:
        groups.setdefault(leader_of(paths[0]) if paths else b"", []).append((diff, paths))
    for group in groups.values():
        every = tuple(dict.fromkeys(path for _, paths in group for path in paths))
        yield _Group(tuple(diff for diff, _ in group), every)


def _group_text(
    group: _Group, stacked: StackedPatch, tree: Tree, wanted: Files, policy: Policy
) -> bytes:
    mine = {path: wanted[path] for path in group.paths if path in wanted}
    alone = replace(stacked, patch=Patch(stacked.name, b"", group.diffs, b""))
    if does_exactly(alone, tree, mine, policy):
        return b"".join(diff.raw for diff in group.diffs)
    fresh = b"".join(_fresh(path, stacked, tree, mine, policy) for path in sorted(mine))
    if len(group.diffs) > 1 or not mine:
        return fresh
    text = _rewritten(group.diffs[0], stacked, tree, mine, policy)
    if text is None:
        return fresh
    try:
        alone = _with_text(replace(stacked, patch=Patch(stacked.name, b"", (), b"")), text)
    except PatchkitError:  # the header cannot carry what is left; from nothing it can
        return fresh
    return text if does_exactly(alone, tree, mine, policy) else fresh


def _rewritten(
    diff: FileDiff, stacked: StackedPatch, tree: Tree, mine: Files, policy: Policy
) -> bytes | None:
    """The diff with its header and new hunks; None where the header does not fit the change."""
    if len(mine) != 1:
        return None
    ((path, after),) = mine.items()
    before = tree.get(path)
    is_reversed = stacked.entry.is_reversed
    change = change_of(diff, stacked.name, _strip(stacked, policy), policy, is_reversed=is_reversed)
    if not _header_fits(change, before, after):
        return None
    hunks = _hunks(change, before, after, policy)
    return None if not hunks and not diff.is_git else rewritten(change, {}, hunks)


def _header_fits(change: Change, before: File | None, after: File | None) -> bool:
    match change.operation:
        case Operation.CREATE:
            mode = change.new_mode
            return before is None and after is not None and mode in (None, after.mode)
        case Operation.DELETE:
            return after is None and before is not None
        case Operation.MODIFY:
            if before is None or after is None or kind_of(before.mode) != kind_of(after.mode):
                return False
            sets = change.new_mode if change.sets_mode else before.mode
            return after.mode == sets
        case _:
            return False


def _hunks(
    change: Change, before: File | None, after: File | None, policy: Policy
) -> tuple[Hunk, ...]:
    old, new = (() if one is None else split_lines(one.content) for one in (before, after))
    if change.operation is Operation.MODIFY:
        edits = edits_towards(old, new, change.hunks, policy.max_fuzz)
    else:
        edits = edits_between(old, new, 0, len(change.hunks))
    known = {hunk.lines for hunk in change.hunks}
    written = write_hunks(old, edits, (*change.hunks, NO_HUNK))
    return tuple(
        hunk if hunk.lines in known or hunk.section or not old else with_section(hunk, old)
        for hunk in written
    )


def _fresh(path: Path, stacked: StackedPatch, tree: Tree, wanted: Files, policy: Policy) -> bytes:
    before, after = tree.get(path), wanted[path]
    if stacked.entry.is_reversed:
        before, after = after, before
    return file_diff(path, before, after, _strip(stacked, policy))


def _with_text(stacked: StackedPatch, text: bytes) -> StackedPatch:
    patch = stacked.patch
    read = parse_patch(stacked.name, text)
    if not text.endswith(b"\n") and text and patch.epilogue:
        raise StackError(f"{shown_name(stacked.name)}: its last line has no end.")
    files = read.files
    return replace(stacked, patch=Patch(patch.name, patch.prologue, files, patch.epilogue))
