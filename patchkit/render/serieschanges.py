"""What an edit of the series, a branch or an export did, as text and as documents (face floor)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from patchkit.engine.carrying import Clash
from patchkit.model.report import Held, HeldCause, Region, Span
from patchkit.model.shown import shown_line, shown_name, shown_path
from patchkit.render.jsontext import json_name, json_text

SERIES_SCHEMA = "patchkit-series/1"
BRANCH_SCHEMA = "patchkit-branch/1"
EXPORT_SCHEMA = "patchkit-export/1"
_MOST_LINES = 12


def clash_text(clash: Clash) -> str:
    """Where two patches meet, with their lines, for a person."""
    patch, other = shown_name(clash.patch), shown_name(clash.other)
    pair = f"{patch} and {other}" if other else patch
    region = clash.region
    if region is None or clash.path is None:
        where = "" if clash.path is None else f" in {shown_path(clash.path)}"
        return f"{pair}: together they would make something else{where}.\n"
    lines = [f"{pair} meet in {shown_path(clash.path)}, {_place(region)}."]
    if note := _note(region):
        lines.append(f"  {note}")
    lines += _side(f"before {patch}", region.base)
    lines += _side(f"after {patch}", region.theirs)
    lines += _side("where it was to go", region.ours)
    return "\n".join(lines) + "\n"


def _note(region: Region) -> str:
    """Why the lines meet, where it is not simply that both patches change them."""
    held = region.settlement
    return held.note if isinstance(held, Held) and held.cause is not HeldCause.OVERLAP else ""


def _place(region: Region) -> str:
    first, count = region.base.start, len(region.base.lines)
    return f"line {first}" if count < 2 else f"lines {first} to {first + count - 1}"


def _side(what: str, span: Span) -> Iterator[str]:
    yield f"  {what}:"
    if not span.lines:
        yield "    (no line)"
    yield from (f"    {shown_line(line)}" for line in span.lines[:_MOST_LINES])
    more = len(span.lines) - _MOST_LINES
    if more > 0:
        yield f"    and {more} more"


def clash_document(clash: Clash) -> Mapping[str, Any]:
    """The same as plain data."""
    region = clash.region
    return {
        "patch": json_name(clash.patch),
        "other": json_name(clash.other) if clash.other else None,
        "file": None if clash.path is None else json_text(clash.path),
        "region": None if region is None else _region_document(region),
    }


def _region_document(region: Region) -> Mapping[str, Any]:
    return {
        "note": _note(region),
        **{
            side: {"line": span.start, "lines": [json_text(line) for line in span.lines]}
            for side, span in (
                ("base", region.base), ("theirs", region.theirs), ("ours", region.ours)
            )
        },
    }  # fmt: skip


def series_document(
    edit: str,
    *,
    is_written: bool,
    done: Sequence[str],
    refreshed: Sequence[str],
    clashes: Sequence[Clash],
    written: Sequence[str],
    removed: Sequence[str],
    series: Sequence[str],
    warnings: Sequence[str],
) -> Mapping[str, Any]:
    """What an edit of the series did: `series.schema.json` beside this module describes it."""
    return {
        "schema": SERIES_SCHEMA,
        "edit": edit,
        "is_written": is_written,
        "done": [json_name(one) for one in done],
        "refreshed": [json_name(one) for one in refreshed],
        "clashes": [clash_document(one) for one in clashes],
        "written": [json_name(one) for one in written],
        "removed": [json_name(one) for one in removed],
        "patches": [json_name(one) for one in series],
        "warnings": [json_name(one) for one in warnings],
    }
