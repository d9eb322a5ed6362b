"""Checks the content of patches, each by itself (lint floor; pure)."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from patchkit.diffing.unified import parse_patch
from patchkit.engine.headers import is_readable_by_patch
from patchkit.errors import PatchFormatError
from patchkit.lint.diffstat import file_list_problem
from patchkit.lint.rules import (
    PATCH_BINARY,
    PATCH_FILES,
    PATCH_LINE_ENDS,
    PATCH_MODE,
    PATCH_OUTSIDE,
    PATCH_SEPARATOR,
    PATCH_UNDESCRIBED,
    PATCH_UNREADABLE,
)
from patchkit.lint.scene import Scene
from patchkit.lint.scripts import applies_by_git
from patchkit.model.lint import Finding, LintRule
from patchkit.model.patch import FileDiff, LineKind, Patch
from patchkit.model.series import decode_name
from patchkit.model.shown import shown_path
from patchkit.model.tree import SUBMODULE, Path, split_lines

_NOISE = re.compile(
    rb"(?:From [0-9a-f]{7,} |(?:From|Date|[A-Z][\w-]*-by|Cc|Last-Update|Author|Origin|Forwarded"
    rb"|Message-Id|MIME-Version|Content-[\w-]+|Change-Id|Index|diff|RCS file|retrieving revision"
    rb"|index|Conflict|X-[\w-]+|commit|---|===|\+\+\+|@@)[ :=]?)",
    re.IGNORECASE,
)
_SUBJECT = re.compile(rb"(?:subject|description|title)\s*:(.*)", re.IGNORECASE)
_MARK = re.compile(rb"\[[^\]]*\]")
_STAT = re.compile(rb" .* \| +(?:\d+|Bin)|^ \d+ files? changed")
_WORD = re.compile(rb"[^\W\d_]{2}|[\x80-\xff]{2}")
_MODE_LINE = re.compile(rb"(?m)^(?:old mode|new mode|new file mode|deleted file mode) \d{6}\s*$")
_GIT_APPLY = re.compile(r"-S\s*git(?:_am)?\b|\bgit\s+(?:apply|am)\b")
_MODE_LINES = 2
_MOST_SHOWN = 3


@dataclass(frozen=True, slots=True)
class ReadPatches:
    """Every patch that a series or a spec names and that can be read, by its path; `faults` are
    those that cannot."""

    patches: Mapping[Path, Patch]
    faults: Mapping[Path, PatchFormatError]


def read_patches(scene: Scene) -> ReadPatches:
    """Read what the series and the specs of a repository name."""
    patches: dict[Path, Patch] = {}
    faults: dict[Path, PatchFormatError] = {}
    for path in _named(scene):
        raw = scene.content(path)
        if raw is None or path in patches:
            continue
        try:
            patches[path] = parse_patch(decode_name(path), raw)
        except PatchFormatError as error:
            faults[path] = error
    return ReadPatches(patches, faults)


def patch_findings(scene: Scene, read: ReadPatches) -> Iterator[Finding]:
    """What is wrong with the patches that are named."""
    for path, error in read.faults.items():
        message = error.message.removeprefix(decode_name(path)).lstrip(":0123456789 ")
        yield Finding(PATCH_UNREADABLE, path, error.line, message or error.message)
    by_git = _applied_by_git(scene)
    for path, patch in read.patches.items():
        if not patch.files:
            yield Finding(PATCH_UNREADABLE, path, None, "it is empty.")
            continue
        if not _is_described(patch):
            yield Finding(
                PATCH_UNDESCRIBED, path, 1, "neither a subject nor a text above the diff."
            )
        yield from _of_files(path, patch, is_by_git=path in by_git)
        yield from _separators(path, patch)
        problem = file_list_problem(patch)
        if problem is not None:
            yield Finding(PATCH_FILES, path, problem.line, problem.message)


def _named(scene: Scene) -> Iterator[Path]:
    for stack in scene.stacks:
        yield from (named.path for named in stack.named if named.path is not None)
    for spec in scene.specs:
        folder = posixpath.dirname(spec.path)
        for tag in spec.patches:
            place = None if tag.file is None else scene.named(folder, tag.file)
            if place is not None:
                yield place


def _applied_by_git(scene: Scene) -> frozenset[Path]:
    """The patches that git applies and not GNU patch."""
    found: set[Path] = set()
    for stack in scene.stacks:
        if applies_by_git(scene, stack):
            found.update(named.path for named in stack.named if named.path is not None)
    for spec in scene.specs:
        if _GIT_APPLY.search(spec.text):
            folder = posixpath.dirname(spec.path)
            places = (scene.named(folder, tag.file) for tag in spec.patches if tag.file)
            found.update(place for place in places if place is not None)
    return frozenset(found)


def _is_described(patch: Patch) -> bool:
    folded = re.sub(rb"\r?\n[ \t]+(?=\S)", b" ", patch.prologue)
    for line in split_lines(folded):
        text = line.strip()
        if found := _SUBJECT.match(text):
            if _WORD.search(_MARK.sub(b"", found[1])):
                return True
        elif text and not _NOISE.match(text) and not _STAT.match(line) and _WORD.search(text):
            return True
    return False


def _of_files(path: Path, patch: Patch, *, is_by_git: bool) -> Iterator[Finding]:
    checks: tuple[tuple[LintRule, Callable[[FileDiff], str | None]], ...] = (
        (PATCH_OUTSIDE, _outside),
        (PATCH_LINE_ENDS, _line_ends),
        (PATCH_BINARY, _binary_for_git if is_by_git else _binary),
        (PATCH_MODE, _mode_for_git if is_by_git else partial(_mode, patch)),
    )
    for rule, check in checks:
        found = [(diff, told) for diff in patch.files if (told := check(diff)) is not None]
        for diff, told in found[:_MOST_SHOWN]:
            yield Finding(rule, path, diff.line, f"{_file(diff)}: {told}")
        more = len(found) - _MOST_SHOWN
        if more > 0:
            diff, told = found[_MOST_SHOWN]
            yield Finding(rule, path, diff.line, f"{_file(diff)} and {more - 1} more: {told}")


def _separators(path: Path, patch: Patch) -> Iterator[Finding]:
    """Lines `---` right behind a hunk that its header does not count."""
    line = patch.prologue.count(b"\n") + 1
    behind = [*(part.header for part in patch.files[1:]), patch.epilogue]
    for part, text in zip(patch.files, behind, strict=True):
        line += part.raw.count(b"\n")
        if part.hunks and split_lines(text)[:1] in ([b"---\n"], [b"---\r\n"]):
            yield Finding(
                PATCH_SEPARATOR, path, line, f"{_file(part)}: its last hunk does not count this."
            )


def _file(diff: FileDiff) -> str:
    names = diff.names(1)
    return shown_path(names.new or names.old or diff.new_name or diff.old_name or b"?")


def _outside(diff: FileDiff) -> str | None:
    for name in (diff.old_name, diff.new_name, diff.moved_from, diff.moved_to):
        if name is None:
            continue
        if name.startswith(b"/"):
            return "an absolute path."
        if b".." in name.split(b"/"):
            return "the path has a `..` in it."
    return None


def _line_ends(diff: FileDiff) -> str | None:
    if any(
        line.startswith((b"--- ", b"+++ ")) and line.endswith(b"\r\n")
        for line in split_lines(diff.header)
    ):
        return "the patch itself has CR LF line ends, which `patch` takes off every line."
    lines = [line for hunk in diff.hunks for line in hunk.lines]
    old = {_has_cr(line.content) for line in lines if line.kind is not LineKind.ADDED}
    new = {_has_cr(line.content) for line in lines if line.kind is LineKind.ADDED}
    if old == {False} and True in new:
        return "lines with CR LF are added to a file with LF."
    if old == {True} and False in new:
        return "lines with LF are added to a file with CR LF."
    return None


def _has_cr(content: bytes) -> bool:
    return content.endswith(b"\r\n")


def _binary(diff: FileDiff) -> str | None:
    return "a binary diff, which GNU patch refuses." if diff.binary else None


def _binary_for_git(diff: FileDiff) -> str | None:
    if diff.binary and not diff.binary.startswith(b"GIT binary patch"):
        return "a binary diff without its content."
    return None


def _mode(patch: Patch, diff: FileDiff) -> str | None:
    # Lines that no `diff --git` line begins stand in what is taken for the text above.
    is_first = diff is patch.files[0]
    above = b"".join(split_lines(patch.prologue)[-_MODE_LINES:]) if is_first else b""
    if not diff.is_git and _MODE_LINE.search(above + diff.header):
        return "a mode without a `diff --git` line, which `patch` passes over."
    is_moded = diff.old_mode is not None and diff.new_mode not in (None, diff.old_mode)
    if is_moded and not diff.hunks and not is_readable_by_patch(diff.header):
        return "`patch` cannot read the names of this change of mode."
    return _mode_for_git(diff)


def _mode_for_git(diff: FileDiff) -> str | None:
    if SUBMODULE in (diff.old_mode, diff.new_mode):
        return "a submodule, which is not part of a source tree."
    return None
