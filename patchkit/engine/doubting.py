"""A second opinion on where an edit lands, though nothing conflicts there (engine; pure).

A merge finds the place of an edit by the lines around it. Where these say one thing and the rest of
the file another, a person decides: an edit inside a function must not land in another one while its
own is still there, and a hunk whose lines upstream has copied could mean either copy.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from patchkit.diffing.edits import Edit
from patchkit.diffing.merging import Meeting
from patchkit.engine.presence import is_telling, plain
from patchkit.model.patch import Hunk, LineKind
from patchkit.model.shown import shown_line

_HEADING = re.compile(rb"[A-Za-z_$](?!\w*:\s*$)")
"""git's own rule for the heading of a function, where no other is set for the language: a line that
begins with a letter, `_` or `$` (git-config(1), diff.*.xfuncname); a label is none."""
_MOST_LOOKED_AT = 2_000


def doubt_about(
    edit: Edit, at: int, hunk: Hunk, base: Sequence[bytes], ours: Sequence[bytes]
) -> str | None:
    """Why a person should look at an edit that would land at line index `at` of ours."""
    return _in_another_function(edit, at, base, ours) or _in_one_of_two_places(hunk, base, ours)


def meets_another_function(met: Meeting, base: Sequence[bytes], ours: Sequence[bytes]) -> bool:
    """Whether upstream has the lines around a region in another function, or renamed it: then no
    rule can know that the edits belong there."""
    found = {_heading_before(ours, met.ours_start)}
    inside = ours[met.ours_start : met.ours_stop]
    found.update(line for line in inside if _HEADING.match(line))
    headings = {heading and plain(heading) for heading in found}
    mine = {_heading_before(base, edit.start) for edit in met.edits if _is_inside_function(edit)}
    return any(heading is not None and plain(heading) not in headings for heading in mine)


def _in_another_function(
    edit: Edit, at: int, base: Sequence[bytes], ours: Sequence[bytes]
) -> str | None:
    if not _is_inside_function(edit):
        return None
    mine, found = _heading_before(base, edit.start), _heading_before(ours, at)
    if mine is None or found is None or plain(mine) == plain(found):
        return None
    if plain(mine) not in map(plain, ours):
        return None  # upstream renamed the function, or changed its parameters
    return (
        f"It changes what stands below `{_shown(mine)}`, which upstream has still, but would land "
        f"below `{_shown(found)}`."
    )


def _is_inside_function(edit: Edit) -> bool:
    telling = [line.content for line in edit.lines if is_telling(line.content)]
    return bool(telling) and all(line[:1] in (b" ", b"\t") for line in telling)


def _heading_before(lines: Sequence[bytes], at: int) -> bytes | None:
    for index in range(at - 1, max(at - _MOST_LOOKED_AT, 0) - 1, -1):
        if _HEADING.match(lines[index]):
            return lines[index]
    return None


def _in_one_of_two_places(hunk: Hunk, base: Sequence[bytes], ours: Sequence[bytes]) -> str | None:
    wanted = hunk.old
    if not wanted:
        return None
    rarest = max(wanted, key=len)
    if ours.count(rarest) < 2 or ours.count(rarest) <= base.count(rarest):
        return None
    there, before = _times(wanted, ours), _times(wanted, base)
    if there < 2 or there <= before:
        return None
    removed = any(line.kind is LineKind.REMOVED for line in hunk.lines)
    return (
        f"The lines that it {'changes' if removed else 'adds to'} stand {there} times in the new "
        f"upstream, {before} before."
    )


def _times(wanted: Sequence[bytes], lines: Sequence[bytes]) -> int:
    count = len(wanted)
    return sum(
        lines[at] == wanted[0] and tuple(lines[at : at + count]) == tuple(wanted)
        for at in range(len(lines) - count + 1)
    )


def _shown(line: bytes) -> str:
    return shown_line(line.rstrip())[:60]
