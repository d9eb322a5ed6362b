"""Reads a patch stack from its folder, and says everything that is wrong with it at once.

Workspace floor. Nothing outside the folder is read, whatever the series names and wherever
symbolic links lead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from patchkit.diffing.unified import parse_patch
from patchkit.errors import PatchkitError, StackError
from patchkit.model.entry import decode_name, encode_name
from patchkit.model.series import Series
from patchkit.model.shown import shown_name
from patchkit.model.stack import Dialect, Stack, StackedPatch
from patchkit.model.treepaths import folded
from patchkit.workspace.layout import read_layout, series_files_in
from patchkit.workspace.stackfolder import MissingPatchError, StackFolder

_GUILT_GUARD = re.compile(rb"#[+-]\w\S*")
_MOST_SHOWN = 20


def load_stack(root: Path, *, flags: frozenset[str] = frozenset()) -> Stack:
    """Read the stack in the folder `root`; `flags` decide which guarded patches are applied.

    Raises `StackError` for what is wrong with the folder (no series file; a patch missing, listed
    twice, not listed in series.conf, or outside the folder), `SeriesFormatError` for the series
    and `PatchFormatError` for a patch. Several problems with the patches are one `StackError`
    whose message has a line for each. What may stay as it is goes to `Stack.warnings`, without
    the path of `root`: reports are the same wherever a stack lies.
    """
    layout, series = read_layout(root)
    folder = StackFolder(root, layout, series)
    problems: list[PatchkitError] = list(folder.doubled())
    warnings = list(_doubts(folder, flags))
    patches: list[StackedPatch] = []
    guarded: list[tuple[str, bytes]] = []
    for number, entry in folder.first_lines.values():
        is_selected = entry.selected_by(flags)
        try:
            raw = folder.content(number, entry.name)
            if is_selected:
                patches.append(StackedPatch(entry, parse_patch(entry.name, raw)))
            else:
                guarded.append((entry.name, raw))
        except PatchkitError as error:
            if is_selected or not isinstance(error, MissingPatchError):
                problems.append(error)
            else:
                place = f"{layout.series}:{number}: {shown_name(entry.name)}"
                warnings.append(f"{place}: no such file, but no flag selects it.")
    if folder.unlisted and layout.dialect is Dialect.SERIES_CONF and layout.patches:
        problems.append(_unlisted_error(folder))
    elif folder.unlisted:
        warnings.append(f"{layout.series}: not listed: {_listed(folder.unlisted)}.")
    if problems:
        raise _as_one(folder.series_file, problems)
    return Stack(layout, series, tuple(patches), tuple(guarded), tuple(warnings))


def _doubts(folder: StackFolder, flags: frozenset[str]) -> Iterator[str]:
    """Warnings about what the series file says."""
    if not folder.series.numbered:
        yield f"{folder.series_file}: it names no patch."
    series_file = folder.layout.series
    others = [place for place in series_files_in(folder.root) if place != series_file]
    if others:
        yield f"{series_file}: is used; {', '.join(others)} beside it is not read."
    known = {guard.flag for _, entry in folder.series.numbered for guard in entry.guards}
    for flag in sorted(flags - known):
        yield f"{series_file}: no guard asks for the flag {flag}."
    for number, remark in folder.series.remarks:
        yield f"{series_file}:{number}: {remark}"
    first: dict[str, str] = {}
    for number, entry in folder.first_lines.values():
        other = first.setdefault(folded(encode_name(entry.name)), entry.name)
        if other != entry.name:
            yield (
                f"{series_file}:{number}: {shown_name(entry.name)} and {shown_name(other)} are one "
                "file where case or Unicode form is folded."
            )
    lines = folder.series.lines if isinstance(folder.series, Series) else ()
    for number, line in enumerate(lines, 1):
        if line.entry is not None and (guard := _GUILT_GUARD.match(line.comment)):
            yield (
                f"{series_file}:{number}: {shown_name(decode_name(guard[0]))} is read as a "
                "comment; a guard stands before the name, without #."
            )


def _unlisted_error(folder: StackFolder) -> StackError:
    return StackError(
        f"{folder.series_file}: not listed: {_listed(folder.unlisted)}.",
        f"List it, delete it, or mention it in a comment of {folder.layout.series}.",
    )


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(map(shown_name, names[:_MOST_SHOWN]))
    more = len(names) - _MOST_SHOWN
    return f"{shown} and {more} more" if more > 0 else shown


def _as_one(series_file: Path, problems: Sequence[PatchkitError]) -> PatchkitError:
    if len(problems) == 1:
        return problems[0]
    lines = [str(problem) for problem in problems[:_MOST_SHOWN]]
    if len(problems) > _MOST_SHOWN:
        lines.append(f"And {len(problems) - _MOST_SHOWN} more.")
    return StackError("\n  ".join([f"{series_file}: {len(problems)} problems.", *lines]))
