"""Two stacks side by side: the table and the inner diffs as lines, and a document (face floor)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.cells import cell_len

from patchkit.model.patch import LineKind
from patchkit.model.shown import shown_line, shown_name, shown_path, shown_text
from patchkit.model.stackdiff import (
    ComparedLine,
    FileComparison,
    HunkComparison,
    Likeness,
    PatchComparison,
    Place,
    Side,
    StackComparison,
    Standing,
)
from patchkit.render.jsontext import json_name, json_text
from patchkit.render.stackjson import place_document
from patchkit.render.summary import counted

STACK_DIFF_SCHEMA = "patchkit-diff/1"
SIGNS = {
    Standing.SAME: "=",
    Standing.CONTEXT: "~",
    Standing.CHANGED: "!",
    Standing.RENAMED: "=",
    Standing.MOVED: "=",
    Standing.ADDED: ">",
    Standing.DROPPED: "<",
}
"""The sign between the two names in the table; git range-diff's, and `~` for context."""
_STYLES = {"!": "yellow", "~": "cyan", "<": "red", ">": "green"}
_SIDE_STYLES = {Side.BOTH: "", Side.OLD: "red", Side.NEW: "green"}


@dataclass(frozen=True, slots=True)
class StyledLine:
    """A line that is safe to show, and a style for terminals ("" for none)."""

    text: str
    style: str = ""


def stack_diff_table(found: StackComparison) -> Iterator[StyledLine]:
    """A line for each patch, and one with the figures."""
    width = len(str(len(found.patches)))
    olds = [_place(patch.old, width) for patch in found.patches]
    margin = max(map(cell_len, olds), default=0)
    for patch, old in zip(found.patches, olds, strict=True):
        sign = SIGNS[patch.standing]
        new = _place(patch.new, width)
        padding = " " * (margin - cell_len(old))
        yield StyledLine(
            f"{old}{padding} {sign} {new}  {told_standing(patch)}", _STYLES.get(sign, "")
        )
    yield StyledLine(figures(found))


def stack_diff_details(found: StackComparison) -> Iterator[StyledLine]:
    """For each patch that differs inside: its message, options and files, changes first."""
    for patch in found.patches:
        if not (patch.message or patch.files or patch.options):
            continue
        yield StyledLine("")
        yield StyledLine(f"{shown_name(patch.name)}: {', '.join(_standings(patch))}", "bold")
        yield from patch_details(patch)


def patch_details(patch: PatchComparison) -> Iterator[StyledLine]:
    """What differs inside a patch: options, message and files, those that changed first."""
    if patch.options is not None:
        old, new = (shown_name(option) or "none" for option in patch.options)
        yield StyledLine(f"  options in the series: {old} -> {new}")
    if patch.message:
        yield StyledLine("  message")
        yield from map(_line, patch.message)
    for one in sorted(patch.files, key=lambda one: one.likeness is not Likeness.CHANGED):
        yield from _file(one)


def told_changes(found: StackComparison) -> Iterator[tuple[str, str, str]]:
    """Sign, name and words of each patch that does something else now, or is in one stack only."""
    for patch in found.patches:
        if patch.standing not in (Standing.SAME, Standing.CONTEXT):
            yield SIGNS[patch.standing], shown_name(patch.name), told_standing(patch)


def stack_diff_text(lines: Sequence[StyledLine]) -> str:
    """The lines without their styles."""
    return "".join(f"{line.text}\n" for line in lines)


def figures(found: StackComparison) -> str:
    """How many patches each word stands at, in a sentence."""
    said = ", ".join(f"{count} {standing.value}" for standing, count in found.counts())
    total = counted(len(found.patches), "patch", "patches")
    names = f"{shown_name(found.old)} -> {shown_name(found.new)}"
    return f"{names}: {total}: {said}." if said else f"{names}: no patches."


def stack_diff_document(found: StackComparison, warnings: Sequence[str] = ()) -> Mapping[str, Any]:
    """The same as plain data: `diff.schema.json` beside this module describes it."""
    return {
        "schema": STACK_DIFF_SCHEMA,
        "old": json_name(found.old),
        "new": json_name(found.new),
        "same": found.is_same,
        "warnings": [json_name(warning) for warning in warnings],
        "counts": {standing.value: count for standing, count in found.counts()},
        "patches": [_patch_document(patch) for patch in found.patches],
    }


def _place(place: Place | None, width: int) -> str:
    if place is None:
        return f"{'-':>{width}}: -"
    return f"{place.number:>{width}}: {shown_name(place.name)}"


def _standings(patch: PatchComparison) -> list[str]:
    return [standing.value for standing in patch.standings]


def told_standing(patch: PatchComparison) -> str:
    """What became of a patch, in a few words."""
    words = ", ".join(_standings(patch))
    note = shown_name(patch.note).removeprefix(words).lstrip(", ")
    details = [note] if note else []
    if patch.options is not None:
        details.append("options")
    if patch.message:
        details.append("message")
    changed = sum(one.likeness is Likeness.CHANGED for one in patch.files)
    if changed:
        details.append(counted(changed, "file", "files"))
    return f"{words} ({', '.join(details)})" if details else words


def _file(one: FileComparison) -> Iterator[StyledLine]:
    yield StyledLine(f"  {_paths(one)}: {_file_words(one)}", "bold")
    is_in_both = one.old is not None and one.new is not None
    # That the patch which has the file changes it says nothing.
    yield from (_line(fact) for fact in one.facts if is_in_both or fact.content != b"modify")
    for hunk in sorted(one.hunks, key=lambda hunk: hunk.likeness is not Likeness.CHANGED):
        yield StyledLine(_heading(hunk), "cyan")
        for line in hunk.lines:
            yield _line(line)


def _paths(one: FileComparison) -> str:
    names = [shown_path(path) for path in (one.old, one.new) if path is not None]
    return " -> ".join(dict.fromkeys(names))


def _file_words(one: FileComparison) -> str:
    if one.old is None:
        return "only in the new patch"
    if one.new is None:
        return "only in the old patch"
    if one.is_elsewhere:
        return "the same lines at another place"
    if one.likeness is Likeness.CHANGED:
        is_inside = one.facts or any(hunk.likeness is Likeness.CHANGED for hunk in one.hunks)
        return "changed" if is_inside else "the same lines in another file"
    return "only context differs" if one.hunks else "only line numbers differ"


def _heading(hunk: HunkComparison) -> str:
    old, new = ("-" if number is None else str(number) for number in (hunk.old, hunk.new))
    numbers = f"hunk {old}" if old == new else f"hunk {old} -> {new}"
    only = ", only context" if hunk.likeness is Likeness.CONTEXT else ""
    section = shown_line(hunk.section.strip())
    return f"    @@ {numbers}{only} @@ {section}".rstrip()


def _line(line: ComparedLine) -> StyledLine:
    """The marker of the side, then the patch's own line."""
    kind = "" if line.kind is None else line.kind.value.decode()
    # What DOS ends lines with matters to a patch, so it is shown where it differs.
    content = shown_line(line.content)
    missing = "" if line.kind is None or line.content.endswith(b"\n") else " \\ no newline at end"
    text = shown_text(f"    {line.side.value}{kind}{content}{missing}").rstrip(" ")
    dim = line.kind is LineKind.CONTEXT and line.side is not Side.BOTH
    return StyledLine(text, f"dim {_SIDE_STYLES[line.side]}" if dim else _SIDE_STYLES[line.side])


def _patch_document(patch: PatchComparison) -> dict[str, Any]:
    return {
        "status": patch.standing.value,
        "statuses": _standings(patch),
        "old": place_document(patch.old),
        "new": place_document(patch.new),
        "note": json_name(patch.note),
        "options": None if patch.options is None else [json_name(one) for one in patch.options],
        "message": [_line_document(line) for line in patch.message],
        "files": [_file_document(one) for one in patch.files],
    }


def _file_document(one: FileComparison) -> dict[str, Any]:
    return {
        "old": None if one.old is None else json_text(one.old),
        "new": None if one.new is None else json_text(one.new),
        "status": one.likeness.value,
        "elsewhere": one.is_elsewhere,
        "facts": [_line_document(line) for line in one.facts],
        "hunks": [
            {
                "old": hunk.old,
                "new": hunk.new,
                "section": json_text(hunk.section),
                "status": hunk.likeness.value,
                "lines": [_line_document(line) for line in hunk.lines],
            }
            for hunk in one.hunks
        ],
    }


def _line_document(line: ComparedLine) -> dict[str, Any]:
    kind = {} if line.kind is None else {"kind": line.kind.name.lower()}
    return {"side": line.side.name.lower(), **kind, "text": json_text(line.content)}
