"""Cuts a patch in two, and makes one of two (engine).

Both end in the very tree that the patches made before; the text of what is not cut keeps its bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from patchkit.engine.checking import Fit
from patchkit.engine.policy import Policy
from patchkit.engine.respelling import respelled
from patchkit.engine.walking import Files, Step, step_on
from patchkit.errors import StackError
from patchkit.model.patch import FileDiff, Operation, Patch
from patchkit.model.series import Entry
from patchkit.model.shown import shown_name, shown_path
from patchkit.model.stack import StackedPatch
from patchkit.model.tree import File, Overlay, Path


@dataclass(frozen=True, slots=True)
class Cut:
    """Which hunks of a patch go into its second part: by the number of the file diff (from 0) the
    numbers of the hunks (from 1), None for the whole diff."""

    chosen: Mapping[int, frozenset[int] | None]


def split_patch(
    step: Step, tree: Overlay, cut: Cut, second: Entry, policy: Policy
) -> tuple[StackedPatch, StackedPatch]:
    """The two parts of the patch of a step, each with the header of the whole; `tree` is what it is
    applied to.

    Raises `StackError` where one part would be empty, or a diff cannot be cut.
    """
    whole = step.stacked
    patch = whole.patch
    stay = tuple(
        part for number, one in enumerate(patch.files) if (part := _rest(one, number, cut))
    )
    go = tuple(part for number, one in enumerate(patch.files) if (part := _part(one, number, cut)))
    shown = shown_name(whole.name)
    if not stay or not go:
        what = "nothing" if not go else "all of it"
        raise StackError(f"{shown}: {what} would go into the second part.", "Choose other hunks.")
    first = replace(whole, patch=Patch(whole.name, patch.prologue, stay, patch.epilogue))
    middle = step_on(first, tree, policy)
    if middle.fit.fit is Fit.BROKEN:
        raise StackError(
            f"{shown}: without the chosen diffs the rest does not apply.",
            "Choose others with them.",
        )
    _require_same_places(step, middle, cut)
    first = respelled(first, tree, middle.changes, policy)
    between = Overlay(tree.below, {**tree.changes, **middle.changes})
    rest = Patch(second.name, patch.prologue, go, patch.epilogue)
    last = respelled(StackedPatch(second, rest), between, _still_wanted(step, between), policy)
    return first, last


def _still_wanted(step: Step, tree: Overlay) -> Files:
    return {path: file for path, file in step.after.items() if tree.get(path) != file}


def _rest(diff: FileDiff, number: int, cut: Cut) -> FileDiff | None:
    if number not in cut.chosen:
        return diff
    chosen = cut.chosen[number]
    return None if chosen is None else _with_hunks(diff, frozenset(_numbers(diff)) - chosen)


def _part(diff: FileDiff, number: int, cut: Cut) -> FileDiff | None:
    if number not in cut.chosen:
        return None
    chosen = cut.chosen[number]
    return diff if chosen is None else _with_hunks(diff, chosen)


def _numbers(diff: FileDiff) -> range:
    return range(1, len(diff.hunks) + 1)


def _with_hunks(diff: FileDiff, numbers: frozenset[int]) -> FileDiff | None:
    if numbers >= {*_numbers(diff)}:
        return diff
    hunks = tuple(
        hunk for number, hunk in zip(_numbers(diff), diff.hunks, strict=True) if number in numbers
    )
    if not hunks:
        return None
    changes_mode = None not in (diff.old_mode, diff.new_mode) and diff.old_mode != diff.new_mode
    if diff.operation is not Operation.MODIFY or changes_mode:
        raise StackError(
            f"{shown_path(diff.new_name or diff.old_name or b'?')}: its diff does more than change "
            "lines, so it stays in one piece.",
            "Choose the whole file.",
        )
    return replace(diff, hunks=hunks)


def _require_same_places(step: Step, middle: Step, cut: Cut) -> None:
    """The hunks that stay must go where they went: with others gone, offsets may differ."""
    kept = iter(middle.fit.files)
    for number, (diff, fit) in enumerate(
        zip(step.stacked.patch.files, step.fit.files, strict=True)
    ):
        if not _rest(diff, number, cut):
            continue
        chosen = cut.chosen.get(number) or frozenset()
        before = [hunk.place for hunk in fit.hunks if hunk.number not in chosen]
        after = [hunk.place for hunk in next(kept).hunks]
        if [one and one.at for one in before] != [one and one.at for one in after]:
            raise StackError(
                f"{shown_name(step.stacked.name)}: it applies with offsets, and without the chosen "
                "hunks it would go elsewhere.",
                "Run `patchkit refresh` first.",
            )


def fold_patches(
    first: Step, others: Sequence[Step], tree: Overlay, prologue: bytes, policy: Policy
) -> StackedPatch:
    """One patch that does what these do one after the other, under the name of the first and with
    this prologue; `tree` is what the first is applied to.

    Raises `StackError` where nothing would be left.
    """
    files = list(first.stacked.patch.files)
    changed: dict[Path, File | None] = {**first.after}
    for step in others:
        files += _own_diffs(step, first.stacked.entry, changed, policy)
        changed |= step.after
    left = {path: file for path, file in changed.items() if tree.get(path) != file}
    whole = first.stacked.patch
    if not left:
        raise StackError(
            f"{shown_name(whole.name)}: folded, nothing would be left of it.",
            "Remove the patches instead.",
        )
    patch = Patch(whole.name, prologue, tuple(files), whole.epilogue)
    return respelled(replace(first.stacked, patch=patch), tree, left, policy)


def _own_diffs(step: Step, entry: Entry, taken: Files, policy: Policy) -> list[FileDiff]:
    """The diffs of a patch that can stand in the folded one as they are: those of files that no
    earlier one names, written in the same way."""
    own = step.stacked.entry
    if (own.strip, own.is_reversed) != (entry.strip, entry.is_reversed):
        return []
    strip = policy.strip if own.strip is None else own.strip
    free = []
    for diff in step.stacked.patch.files:
        names = diff.names(strip)
        if not {names.old, names.new} & taken.keys():
            free.append(diff)
    return free
