"""The dependencies of a stack, and what its port does otherwise: parts of `report.json`, and back
(face floor).

What differs is told in few bytes, for it is a large part of the whole: a line is one string, with
the marker of the side that has it in front, and what says nothing is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from patchkit.model.dependencies import Bond, BondKind, Dependencies, Reason
from patchkit.model.patch import LineKind
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
from patchkit.render.jsonreading import Node
from patchkit.render.jsontext import json_name, json_text

_SIDES = {side.value.encode(): side for side in Side}
_KINDS = {kind.value: kind for kind in LineKind}


def dependencies_document(found: Dependencies) -> dict[str, Any]:
    """The dependencies as plain data; the names of all patches stand elsewhere in the report."""
    return {
        "bonds": [
            {
                "patch": json_name(one.patch),
                "to": json_name(one.to),
                "reasons": reasons_document(one.reasons),
            }
            for one in found.bonds
        ],
        "unplaced": [json_name(name) for name in found.unplaced],
    }


def reasons_document(reasons: Sequence[Reason]) -> list[dict[str, Any]]:
    """What binds a patch to another one."""
    return [{"kind": one.kind.value, "file": json_text(one.file)} for one in reasons]


def read_dependencies(node: Node, patches: tuple[str, ...]) -> Dependencies:
    """The dependencies between these patches."""
    return Dependencies(
        patches,
        tuple(map(_read_bond, node.at("bonds").items())),
        tuple(name.name() for name in node.at("unplaced").items()),
    )


def _read_bond(node: Node) -> Bond:
    reasons = tuple(
        Reason(one.at("kind").word(BondKind), one.at("file").text())
        for one in node.at("reasons").items()
    )
    if not reasons:
        raise node.at("reasons").unlike("a reason")
    return Bond(node.at("patch").name(), node.at("to").name(), reasons)


def comparison_document(found: StackComparison) -> dict[str, Any]:
    """The comparison as plain data."""
    return {
        "old": json_name(found.old),
        "new": json_name(found.new),
        "counts": {standing.value: count for standing, count in found.counts()},
        "patches": [_patch(patch) for patch in found.patches],
    }


def _patch(patch: PatchComparison) -> dict[str, Any]:
    return {
        "old": place_document(patch.old),
        "new": place_document(patch.new),
        "statuses": [standing.value for standing in patch.standings],
        **_telling(
            note=json_name(patch.note),
            options=[json_name(one) for one in patch.options or ()],
            message=[_line(line) for line in patch.message],
            files=[_file(one) for one in patch.files],
        ),
    }


def _telling(**values: Any) -> dict[str, Any]:
    """Those that say anything: of most patches hardly anything differs."""
    return {key: value for key, value in values.items() if value}


def place_document(place: Place | None) -> dict[str, Any] | None:
    """Where a patch stands in a series."""
    return None if place is None else {"number": place.number, "name": json_name(place.name)}


def _file(one: FileComparison) -> dict[str, Any]:
    return {
        "old": None if one.old is None else json_text(one.old),
        "new": None if one.new is None else json_text(one.new),
        "status": one.likeness.value,
        **_telling(
            elsewhere=one.is_elsewhere,
            facts=[_line(line) for line in one.facts],
            hunks=[_hunk(hunk) for hunk in one.hunks],
        ),
    }


def _hunk(hunk: HunkComparison) -> dict[str, Any]:
    return {
        "old": hunk.old,
        "new": hunk.new,
        "section": json_text(hunk.section),
        "lines": [_line(line) for line in hunk.lines],
    }


def _line(line: ComparedLine) -> Any:
    kind = b"" if line.kind is None else line.kind.value
    return json_text(line.side.value.encode() + kind + line.content)


def read_comparison(node: Node) -> StackComparison:
    """The comparison that was written so."""
    return StackComparison(
        node.at("old").name(),
        node.at("new").name(),
        tuple(map(_read_patch, node.at("patches").items())),
    )


def _read_patch(node: Node) -> PatchComparison:
    old, new = (node.at(key).optional(_read_place) for key in ("old", "new"))
    if old is None and new is None:
        raise node.unlike("a patch of one of the two stacks")
    return PatchComparison(
        old,
        new,
        message=tuple(map(_read_line, node.items_at("message"))),
        files=tuple(map(_read_file, node.items_at("files"))),
        options=node.optional_at("options", _read_options),
        is_moved=Standing.MOVED in [one.word(Standing) for one in node.at("statuses").items()],
        note=node.optional_at("note", Node.name) or "",
    )


def _read_place(node: Node) -> Place:
    return Place(node.at("number").number(), node.at("name").name())


def _read_options(node: Node) -> tuple[str, str]:
    match [one.name() for one in node.items()]:
        case [old, new]:
            return old, new
    raise node.unlike("the options of both")


def _read_file(node: Node) -> FileComparison:
    return FileComparison(
        node.at("old").optional(Node.text),
        node.at("new").optional(Node.text),
        node.at("status").word(Likeness),
        tuple(map(_read_line, node.items_at("facts"))),
        tuple(map(_read_hunk, node.items_at("hunks"))),
        node.optional_at("elsewhere", Node.is_true) or False,
    )


def _read_hunk(node: Node) -> HunkComparison:
    return HunkComparison(
        node.at("old").optional(Node.number),
        node.at("new").optional(Node.number),
        node.at("section").text(),
        tuple(map(_read_hunk_line, node.at("lines").items())),
    )


def _read_hunk_line(node: Node) -> ComparedLine:
    line = _read_line(node)
    kind = _KINDS.get(line.content[:1])
    if kind is None:
        raise node.unlike("a line with the markers of its side and its kind")
    return ComparedLine(line.side, line.content[1:], kind)


def _read_line(node: Node) -> ComparedLine:
    raw = node.text()
    side = _SIDES.get(raw[:1])
    if side is None:
        raise node.unlike("a line with the marker of its side")
    return ComparedLine(side, raw[1:])
