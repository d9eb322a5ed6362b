"""Checks that each stack applies to the upstream that it is for (lint floor; pure)."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from patchkit.engine.checking import Fit, PatchFit, check_stack
from patchkit.engine.policy import Policy
from patchkit.lint.patches import ReadPatches
from patchkit.lint.rules import DOES_NOT_APPLY, NEEDS_FUZZ, NEEDS_OFFSET, PATCH_LINE_ENDS
from patchkit.lint.scene import Scene
from patchkit.lint.spec import Spec
from patchkit.lint.stack import StackFolder
from patchkit.model.lint import Finding
from patchkit.model.patch import LineKind
from patchkit.model.series import Entry, Series, decode_name
from patchkit.model.shown import shown_path
from patchkit.model.stack import Dialect, Layout, Stack, StackedPatch
from patchkit.model.tree import Path, Tree

_FUZZ = 2
_MOST_SHOWN = 3
_AUTO = re.compile(r"(?m)^\s*%(?:autosetup|autopatch)\b(.*)$")
_LEVEL = re.compile(r"-p\s*(\d)")


@dataclass(frozen=True, slots=True)
class _Queue:
    """Patches that are applied one after the other; `listed` is where, by their paths."""

    series: Path
    strip: int
    entries: tuple[tuple[Entry, Path], ...]


def applying_findings(scene: Scene, read: ReadPatches) -> Iterator[Finding]:
    """How each stack that has an upstream applies to it, as far as its patches can be read."""
    for queue, tree in _queues(scene):
        stack, places = _stacked(queue, read)
        policy = Policy(max_fuzz=_FUZZ, strip=queue.strip)
        for fit in check_stack(stack, tree, policy):
            yield from _of_fit(fit, places[fit.name], queue.series)
        yield from _line_ends(stack, places, queue, tree)


def stacks_to_apply(
    scene: Scene, read: ReadPatches
) -> Iterator[tuple[Stack, Mapping[str, Path], Tree]]:
    """Each stack that has an upstream, as far as its patches can be read, with the paths of its
    patches by name, and the upstream."""
    for queue, tree in _queues(scene):
        yield (*_stacked(queue, read), tree)


def _queues(scene: Scene) -> Iterator[tuple[_Queue, Tree]]:
    for stack in scene.stacks:
        tree = scene.sources.get(stack.root)
        if tree is not None:
            yield _of_series(scene, stack), tree
    for spec in scene.specs:
        root = posixpath.dirname(spec.path)
        tree = scene.sources.get(root)
        queue = _of_spec(spec)
        if tree is not None and queue is not None and all(one.root != root for one in scene.stacks):
            yield queue, tree


def _of_series(scene: Scene, stack: StackFolder) -> _Queue:
    entries = {
        named.path: named.entry
        for named in reversed(stack.named)
        if named.path is not None and named.entry.selected_by(scene.flags)
    }
    pairs = tuple((entry, path) for path, entry in reversed(entries.items()))
    return _Queue(stack.series, scene.strip, pairs)


def _of_spec(spec: Spec) -> _Queue | None:
    """The patches of a spec that rpm applies in order by itself; None where it is told how."""
    auto = _AUTO.search(spec.text)
    level = None if auto is None else _LEVEL.search(auto[1])
    if auto is None or level is None or "-N" in auto[1].split():
        return None
    folder = posixpath.dirname(spec.path)
    pairs = tuple(
        (Entry(tag.file), posixpath.join(folder, tag.file.encode("utf-8", "surrogateescape")))
        for tag in spec.patches
        if tag.file is not None and not tag.is_conditional
    )
    return _Queue(spec.path, int(level[1]), pairs)


def _stacked(queue: _Queue, read: ReadPatches) -> tuple[Stack, dict[str, Path]]:
    stacked = []
    places: dict[str, Path] = {}
    for entry, path in queue.entries:
        patch = read.patches.get(path)
        if patch is None:
            break  # what comes behind it was made on top of it
        stacked.append(
            StackedPatch(Entry(decode_name(path), entry.strip, entry.is_reversed), patch)
        )
        places[decode_name(path)] = path
    layout = Layout(Dialect.SERIES_CONF, "series.conf", "")
    return Stack(layout, Series(()), tuple(stacked)), places


def _of_fit(fit: PatchFit, path: Path, series: Path) -> Iterator[Finding]:
    match fit.fit:
        case Fit.BROKEN:
            problems = [
                f"{shown_path(file.path)}: {problem}"
                for file in fit.files
                for problem in file.problems
            ]
            more = len(problems) - _MOST_SHOWN
            told = " ".join(problems[:_MOST_SHOWN]) + (f" And {more} more." if more > 0 else "")
            yield Finding(DOES_NOT_APPLY, path, None, told, (series,))
        case Fit.FUZZ:
            told = f"it needs fuzz {fit.fuzz}: {_files(fit, Fit.FUZZ)}."
            yield Finding(NEEDS_FUZZ, path, None, told, (series,))
        case Fit.OFFSET:
            told = f"up to {fit.offset:+d} lines off: {_files(fit, Fit.OFFSET)}."
            yield Finding(NEEDS_OFFSET, path, None, told, (series,))
        case Fit.EXACT:
            pass


def _files(fit: PatchFit, how: Fit) -> str:
    names = [
        shown_path(file.path)
        for file in fit.files
        if any(
            hunk.place is not None and (hunk.place.fuzz if how is Fit.FUZZ else hunk.place.offset)
            for hunk in file.hunks
        )
    ]
    more = len(names) - _MOST_SHOWN
    return ", ".join(names[:_MOST_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _line_ends(
    stack: Stack, places: Mapping[str, Path], queue: _Queue, tree: Tree
) -> Iterator[Finding]:
    """A patch whose old lines have other ends than the file of upstream."""
    for stacked in stack.patches:
        strip = queue.strip if stacked.entry.strip is None else stacked.entry.strip
        for diff in stacked.patch.files:
            name = diff.names(strip).old
            file = None if name is None else tree.get(name)
            old = [
                line.content.endswith(b"\r\n")
                for hunk in diff.hunks
                for line in hunk.lines
                if line.kind is not LineKind.ADDED
            ]
            if file is None or not old:
                continue
            ends = file.content.count(b"\r\n"), file.content.count(b"\n")
            if (all(old) and ends[0] == 0) or (not any(old) and 0 < ends[0] == ends[1]):
                mine, its = ("CR LF", "LF") if all(old) else ("LF", "CR LF")
                told = f"{shown_path(name or b'')}: {mine} in the patch, {its} in the file."
                yield Finding(PATCH_LINE_ENDS, places[stacked.name], diff.line, told)
