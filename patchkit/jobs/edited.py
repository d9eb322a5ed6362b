"""What a person did to the files that a rebase wrote (jobs floor)."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from patchkit.diffing.unified import parse_patch
from patchkit.errors import StackError
from patchkit.jobs.lastport import LastPort
from patchkit.model.report import PortedPatch, Status
from patchkit.model.series import Entry
from patchkit.model.shown import shown_name
from patchkit.model.stack import Stack, StackedPatch
from patchkit.render.recorded import recorded_outputs
from patchkit.workspace.layout import leaves_folder, read_layout


@dataclass(frozen=True)
class Edits:
    """The work of a person in the folder of a port.

    `patches` are the patches that were edited, or put back into the series, in the order of the
    stack; `removed` those that were held whole and are taken out for good. `problems` are sentences
    on what no decision can say, `notes` on what is left alone, each with the patch it is about.
    """

    patches: tuple[StackedPatch, ...] = ()
    removed: tuple[str, ...] = ()
    problems: tuple[tuple[str, str], ...] = ()
    notes: tuple[tuple[str, str], ...] = ()

    def of(self, names: Collection[str]) -> Edits:
        """Those to these patches only."""
        return Edits(
            tuple(one for one in self.patches if one.name in names),
            tuple(name for name in self.removed if name in names),
            tuple(one for one in self.problems if one[0] in names),
            tuple(one for one in self.notes if one[0] in names),
        )


@dataclass
class _Found:
    patches: list[StackedPatch] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    problems: list[tuple[str, str]] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)

    def problem(self, patch: str, text: str) -> None:
        self.problems.append((patch, f"{shown_name(patch)}: {text}"))

    def note(self, patch: str, text: str) -> None:
        self.notes.append((patch, f"{shown_name(patch)}: {text}"))


def edits_in(port: LastPort, stack: Stack) -> Edits:
    """Compare the folder of the port with what its report says that was written.

    Raises `StackError` when the stack is not the one that was ported, or a listed patch is missing,
    and `SeriesFormatError` and `PatchFormatError` for files that cannot be read.
    """
    ported = {patch.name: patch for patch in port.report.patches}
    if tuple(ported) != stack.names:
        raise StackError(
            f"{port.place}: the stack has other patches now than the report.",
            "Run patchkit rebase into another folder, and carry your edits over.",
        )
    layout, series = read_layout(port.folder)
    entries = {entry.name: entry for entry in series.entries}
    recorded = recorded_outputs(port.place.read_bytes(), str(port.place))
    found = _Found()
    _look_at_series(port, stack, tuple(entries), found)
    for name, patch in ported.items():
        path = layout.place_of(name) if name in entries else layout.held_place_of(name)
        place = port.folder / path
        if name in entries:
            _look_at_listed(patch, entries[name], place, found)
        elif patch.content is not None:
            found.problem(
                name,
                "taken out of the series, although some of it was carried; no decision leaves "
                "out what does not conflict. Take it out of the stack that is ported.",
            )
        elif not patch.is_dropped:
            is_gone = not place.is_file() or not series.mentions(name)
            _look_at_held(patch, place, recorded.get(path), found, is_gone=is_gone)
    places = {name: port.folder / layout.place_of(name) for name in entries}
    for name, raw in stack.guarded:
        if name in places and places[name].is_file() and places[name].read_bytes() != raw:
            found.problem(
                name,
                "edited, but no flag selects it, so it is not ported. Edit it in the stack that "
                "is ported.",
            )
    return Edits(
        tuple(found.patches), tuple(found.removed), tuple(found.problems), tuple(found.notes)
    )


def _look_at_listed(patch: PortedPatch, entry: Entry, place: Path, found: _Found) -> None:
    if leaves_folder(patch.name) or not place.is_file():
        raise StackError(f"{place}: no such file, but the series names it.", "Restore it.")
    raw = place.read_bytes()
    if raw == patch.content:
        return
    edited = parse_patch(patch.name, raw)
    found.patches.append(StackedPatch(entry, edited))
    if patch.content is not None:
        before = parse_patch(patch.name, patch.content)
        if (before.prologue, before.epilogue) != (edited.prologue, edited.epilogue):
            found.note(
                patch.name,
                "the text around its diffs was edited, too. The next rebase takes that from the "
                "stack that is ported: edit it there.",
            )


def _look_at_held(
    patch: PortedPatch, place: Path, digest: str | None, found: _Found, *, is_gone: bool
) -> None:
    if is_gone and patch.status is Status.BROKEN:
        found.problem(
            patch.name,
            "does not apply to its own base, so no decision drops it. Take it out of the stack "
            "that is ported.",
        )
    elif is_gone:
        found.removed.append(patch.name)
    elif hashlib.sha256(place.read_bytes()).hexdigest() != digest:
        found.note(
            patch.name,
            "edited, but still a comment in the series. Take the # away to have it learned.",
        )


def _look_at_series(port: LastPort, stack: Stack, listed: tuple[str, ...], found: _Found) -> None:
    known = {*stack.names, *port.report.guarded}
    for name in listed:
        if name not in known:
            text = "a new patch, which no decision can say. Put it into the stack that is ported."
            found.problem(name, text)
    order = [name for name in listed if name in stack.names]
    if order != [name for name in stack.names if name in order]:
        text = "The series has another order now. Change it in the stack that is ported."
        found.problems.append(("", text))
