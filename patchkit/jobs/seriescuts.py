"""Edits of a stack that cut a patch in two, or make one of several (jobs floor).

The tree stays the same, as GNU patch applies the stack.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from patchkit.diffing.messages import message_of, with_note
from patchkit.engine.carrying import Clash
from patchkit.engine.policy import Policy
from patchkit.engine.recutting import Cut, fold_patches, split_patch
from patchkit.engine.walking import Walk
from patchkit.errors import StackError
from patchkit.jobs.deps import named_patches
from patchkit.jobs.seriesedits import (
    EditedStack,
    SeriesPlan,
    all_changes,
    check_new_name,
    planned,
    refused,
    with_moved,
)
from patchkit.model.series import decode_name, encode_name
from patchkit.model.shown import shown_name
from patchkit.model.stack import StackedPatch

_RANGE = re.compile(r"(\d+)(?:-(\d+))?")


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is to go into the second part of a patch: whole files, by patterns as in fnmatch(3), and
    single hunks, each as `FILE:1,3-5` with numbers that begin with 1 in every file."""

    files: tuple[str, ...] = ()
    hunks: tuple[str, ...] = ()

    def cut(self, stacked: StackedPatch, strip: int) -> Cut:
        """What is chosen of a patch. Raises `StackError` where a choice is not in it."""
        depth = strip if stacked.entry.strip is None else stacked.entry.strip
        paths = []
        for diff in stacked.patch.files:
            names = diff.names(depth)
            paths.append(decode_name(names.new or names.old or b""))
        chosen: dict[int, frozenset[int] | None] = {}
        for pattern in self.files:
            found = [at for at, path in enumerate(paths) if fnmatchcase(path, pattern)]
            if not found:
                raise _not_there(stacked, pattern, paths)
            chosen |= dict.fromkeys(found)
        for spec in self.hunks:
            path, _, numbers = spec.rpartition(":")
            found = [at for at, one in enumerate(paths) if one == path]
            if len(found) != 1:
                raise _not_there(stacked, path or spec, paths)
            count = len(stacked.patch.files[found[0]].hunks)
            before = chosen.get(found[0], frozenset())
            if before is not None:
                chosen[found[0]] = before | _numbers(spec, numbers, count)
        return Cut(chosen)


def _not_there(stacked: StackedPatch, word: str, paths: Sequence[str]) -> StackError:
    shown = ", ".join(map(shown_name, dict.fromkeys(paths)))
    return StackError(
        f"{shown_name(stacked.name)}: it changes no file {shown_name(word)}.",
        f"It changes: {shown}.",
    )


def _numbers(spec: str, text: str, count: int) -> frozenset[int]:
    found: set[int] = set()
    for part in text.split(","):
        match = _RANGE.fullmatch(part.strip())
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
        if not 1 <= first <= last <= count:
            raise StackError(
                f"{shown_name(spec)}: no hunks of that file.",
                f"It has {count}; write them as FILE:1,3 or FILE:2-4.",
            )
        found.update(range(first, last + 1))
    return frozenset(found)


def plan_split(
    edited: EditedStack, patch: str, chosen: Chosen, name: str | None = None
) -> SeriesPlan:
    """Cut a patch in two; what is `chosen` goes into the second part, which comes behind the
    first as `name` (None: the old name with a number). Raises `StackError` where it cannot be."""
    at = edited.index(patch)
    walk = edited.walk()
    step = walk.steps[at]
    new_name = name or _numbered_name(edited, step.stacked.name)
    check_new_name(edited, new_name)
    second = replace(step.stacked.entry, name=new_name)
    cut = chosen.cut(step.stacked, edited.policy.strip)
    parts = split_patch(step, walk.tree_before(at), cut, second, edited.policy)
    old = edited.stack.patches
    told = [
        f"{shown_name(one.name)} has {len(one.patch.files)} file diffs, "
        f"{sum(len(diff.hunks) for diff in one.patch.files)} hunks."
        for one in parts
    ]
    patches = (*old[:at], *parts, *old[at + 1 :])
    return planned(edited, patches, all_changes(walk), told, remade=[step.stacked.name])


def plan_fold(edited: EditedStack, patches: Sequence[str]) -> SeriesPlan:
    """Make one patch of several, at the place and with the header of the first in the series, which
    says what was folded. Refused where they cannot be brought together."""
    names = named_patches(edited.stack, patches)
    if len(names) < 2:
        raise StackError("One patch alone cannot be folded.", "Name two or more.")
    walk = edited.walk()
    changes = all_changes(walk)
    for count, name in enumerate(names[1:], 1):
        moved = _beside(walk, names[0], name, count, edited.policy)
        if isinstance(moved, Clash):
            return refused(edited, [moved])
        walk = edited.walk(moved)
    order = [step.stacked.name for step in walk.steps]
    at = order.index(names[0])
    steps = walk.steps[at : at + len(names)]
    prologue = steps[0].stacked.patch.prologue
    for step in steps[1:]:
        prologue = with_note(prologue, _fold_note(step.stacked))
    folded = fold_patches(steps[0], steps[1:], walk.tree_before(at), prologue, edited.policy)
    rest = tuple(step.stacked for step in walk.steps[at + len(names) :])
    before = tuple(step.stacked for step in walk.steps[:at])
    told = [f"{shown_name(name)} is folded into {shown_name(names[0])}." for name in names[1:]]
    return planned(
        edited, (*before, folded, *rest), changes, told, removed=names[1:], remade=names[:1]
    )


def _beside(
    walk: Walk, first: str, name: str, count: int, policy: Policy
) -> tuple[StackedPatch, ...] | Clash:
    """All patches, with `name` behind the `count` patches that begin with `first`: it goes up, or
    where that fails and the first is alone, the first goes down."""
    order = [step.stacked.name for step in walk.steps]
    at, start = order.index(name), order.index(first)
    moved = with_moved(walk, at, start + count, policy)
    if isinstance(moved, Clash) and count == 1:
        down = with_moved(walk, start, at - 1, policy)
        return moved if isinstance(down, Clash) else down
    return moved


def _fold_note(stacked: StackedPatch) -> bytes:
    subject = message_of(stacked.patch.prologue, stacked.name).subject
    return b"[folded in: " + encode_name(stacked.name) + b": " + subject + b"]"


def _numbered_name(edited: EditedStack, name: str) -> str:
    """A free name like that of the patch that is cut: `0004-fix.patch` gives `0004-fix-2.patch`."""
    stem, dot, ending = name.rpartition(".")
    if not dot or "/" in ending:
        stem, dot, ending = name, "", ""
    taken = {entry.name for entry in edited.stack.series.entries}
    number = 2
    while f"{stem}-{number}{dot}{ending}" in taken:
        number += 1
    return f"{stem}-{number}{dot}{ending}"
