"""A region as the page shows it: its sides next to each other, with what each of them changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from patchkit.model.report import (
    AMENDMENT,
    Held,
    Lines,
    PortedFile,
    PortedPatch,
    Region,
    RegionRef,
    Report,
    Settled,
    UpstreamCommit,
)
from patchkit.model.shown import shown_name, shown_text
from patchkit.render.causes import CAUSE_HELP, Command, settling
from patchkit.render.html.code import (
    Mark,
    ShownText,
    code_html,
    marks_of,
    overlaid,
    shown_lines,
)
from patchkit.render.html.words import changed_words
from patchkit.render.text import told_hunks, told_reference, verdict

MOST_DIFF_LINES = 120
"""More lines of a diff than this are left to report.json."""


@dataclass(frozen=True, slots=True)
class Link:
    """A place on the page and what it is called."""

    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class SideView:
    """One side: its name, where it comes from, its lines, and how many more there are. A `note`
    stands where there is no text to show."""

    name: str
    place: str
    code: Markup
    more: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class DiffLine:
    """A line of a diff; `kind` is one of `add`, `del`, `at`, `head` and nothing."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class DiffView:
    """The first lines of a diff, and how many more there are."""

    lines: tuple[DiffLine, ...]
    more: int


@dataclass(frozen=True, slots=True)
class CommitView:
    """A commit of the upstream."""

    identity: str
    subject: str
    author: str
    day: str
    diff: DiffView | None


@dataclass(frozen=True, slots=True)
class RegionView:
    """One region of a file."""

    anchor: str
    title: str
    verdict: str
    note: str
    advice: str
    is_open: bool
    is_settled_by_person: bool
    sides: tuple[SideView, ...]
    cause: Link | None
    consequences: tuple[Link, ...]
    made_by: CommitView | None
    suggestion: SideView | None
    suggestion_told: str
    commands: tuple[Command, ...]


class Anchors:
    """Where on the page the regions of a report are, and which follow from which."""

    def __init__(self, report: Report) -> None:
        self._links: dict[RegionRef, Link] = {}
        self._consequences: dict[str, list[Link]] = {}
        for patch_at, patch in enumerate(report.patches, 1):
            for file_at, file in enumerate(patch.files, 1):
                for region in file.regions:
                    anchor = f"p{patch_at}f{file_at}r{region.number}"
                    for path in (file.old_path, file.new_path):
                        if path is not None:
                            ref = RegionRef(patch.name, path, region.number)
                            self._links.setdefault(ref, Link(anchor, told_reference(ref)))
        for patch_at, patch in enumerate(report.patches, 1):
            for file_at, file in enumerate(patch.files, 1):
                self._note_consequences(patch, file, f"p{patch_at}f{file_at}")

    def _note_consequences(self, patch: PortedPatch, file: PortedFile, start: str) -> None:
        path = file.new_path or file.old_path or b""
        for region in file.held:
            cause = self.cause_of(region)
            if cause is not None:
                ref = RegionRef(patch.name, path, region.number)
                link = Link(f"{start}r{region.number}", told_reference(ref))
                self._consequences.setdefault(cause.anchor, []).append(link)

    def cause_of(self, region: Region) -> Link | None:
        """The region without which this one would not be here; without an anchor where the report
        does not have it."""
        ref = region.settlement.consequence_of if isinstance(region.settlement, Held) else None
        if ref is None:
            return None
        return self._links.get(ref, Link("", told_reference(ref)))

    def consequences_of(self, anchor: str) -> Sequence[Link]:
        """The regions that would go away with the one at this anchor."""
        return self._consequences.get(anchor, ()) if anchor else ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a region belongs; `anchor` is that of its file on the page."""

    report: Report
    patch: PortedPatch
    file: PortedFile
    anchor: str


def region_view(region: Region, place: Place, anchors: Anchors) -> RegionView:
    """The region for the page."""
    anchor = f"{place.anchor}r{region.number}"
    held = region.settlement if isinstance(region.settlement, Held) else None
    suggestion = held.suggestion if held else None
    return RegionView(
        anchor=anchor,
        title=f"Region {region.number}, {told_hunks(region.hunks)}",
        verdict=verdict(region.settlement),
        note=shown_text(region.settlement.note),
        advice=CAUSE_HELP[held.cause].advice.replace("`", "") if held else "",
        is_open=held is not None,
        is_settled_by_person=region.is_decided,
        sides=tuple(_sides(region, place)),
        cause=anchors.cause_of(region),
        consequences=tuple(anchors.consequences_of(anchor)),
        made_by=commit_view(held.made_by) if held and held.made_by else None,
        suggestion=_suggested(suggestion.result, region, place.file) if suggestion else None,
        suggestion_told=shown_text(f"{suggestion.rule}: {suggestion.note}") if suggestion else "",
        commands=tuple(settling(region, place.file, place.patch, place.report)),
    )


def commit_view(commit: UpstreamCommit) -> CommitView:
    """The commit for the page."""
    return CommitView(
        identity=shown_name(commit.identity[:12]),
        subject=shown_text(commit.subject),
        author=shown_text(commit.author),
        day=shown_text(commit.date[:10]),
        diff=diff_view(commit.diff),
    )


def diff_view(diff: bytes | None) -> DiffView | None:
    """The diff for the page; None where there is none."""
    if not diff:
        return None
    lines = diff.split(b"\n")
    if not lines[-1]:
        del lines[-1]
    cut = tuple(line + b"\n" for line in lines[:MOST_DIFF_LINES])
    shown = [text for at in range(0, len(cut), 60) for text in _texts(cut[at : at + 60])]
    return DiffView(tuple(DiffLine(_kind(text), text) for text in shown), len(lines) - len(cut))


def _texts(lines: Lines) -> list[str]:
    return shown_lines(lines).text.split("\n")[:-1]


def _kind(line: str) -> str:
    if line.startswith(("+++", "---", "diff ", "index ")):
        return "head"
    return {"+": "add", "-": "del", "@": "at"}.get(line[:1], "")


# --- the sides --------------------------------------------------------------------------


def _sides(region: Region, place: Place) -> Iterator[SideView]:
    settled = region.settlement
    if isinstance(settled, Settled) and settled.rule == AMENDMENT:
        yield from _amended(region, settled.result or (), place)
        return
    file = place.file
    old, new = shown_name(place.report.old_version), shown_name(place.report.new_version)
    base, theirs, ours = (
        shown_lines(span.lines, span.start) for span in (region.base, region.theirs, region.ours)
    )
    by_patch, by_upstream = (
        changed_words(base.text, theirs.text),
        changed_words(base.text, ours.text),
    )
    gone = overlaid(
        marks_of(by_patch.gone, "del", "dt"), marks_of(by_upstream.gone, "del", "do"), "db"
    )
    yield _side("base", f"{old}, {_at(file.old_path, base)}", base, file.old_path, gone)
    yield _side(
        "theirs", f"{old} with the patch", theirs, file.old_path,
        marks_of(by_patch.come, "ins", "it"),
    )  # fmt: skip
    yield _side(
        "ours", f"{new}, {_at(file.new_path, ours)}", ours, file.new_path or file.old_path,
        marks_of(by_upstream.come, "ins", "io"),
    )  # fmt: skip
    yield _result(region, file)


def _result(region: Region, file: PortedFile) -> SideView:
    result = None if isinstance(region.settlement, Held) else region.settlement.result
    path = file.new_path or file.old_path
    if region.is_held:
        return _told("Open: the text of ours stays, and the patch brings nothing here.")
    if result is None:
        return _told("Not a matter of lines.")
    if not result:
        return _told("No line.")
    sides: Mapping[str, Lines] = {
        "ours": region.ours.lines,
        "theirs": region.theirs.lines,
        "base": region.base.lines,
    }
    same = next((name for name, lines in sides.items() if lines == result), None)
    if same is not None:
        return _told(f"The text of {same}.")
    shown, ours = shown_lines(result, region.ours.start), shown_lines(region.ours.lines)
    come = changed_words(ours.text, shown.text).come
    return _side("result", "in the new stack", shown, path, marks_of(come, "ins", "it"))


def _told(note: str) -> SideView:
    return SideView("result", "in the new stack", Markup(""), note=note)


def _suggested(result: Lines, region: Region, file: PortedFile) -> SideView:
    shown, ours = shown_lines(result, region.ours.start), shown_lines(region.ours.lines)
    come = changed_words(ours.text, shown.text).come
    note = "" if result else "No line."
    return _side("suggestion", "", shown, file.new_path, marks_of(come, "ins", "it"), note)


def _amended(region: Region, result: Lines, place: Place) -> Iterator[SideView]:
    path = place.file.new_path
    before, after = shown_lines(region.ours.lines, region.ours.start), shown_lines(result)
    changes = changed_words(before.text, after.text)
    gone, come = marks_of(changes.gone, "del", "dt"), marks_of(changes.come, "ins", "it")
    yield _side("before", _at(path, before), before, path, gone)
    yield _side("after", "what the decision says", after, path, come)


def _side(
    name: str, place: str, shown: ShownText, path: bytes | None, marks: Sequence[Mark],
    note: str = "",
) -> SideView:  # fmt: skip
    note = note or ("" if shown.text else "No line.")
    return SideView(name, place, code_html(shown, path, marks), shown.more, note)


def _at(path: bytes | None, shown: ShownText) -> str:
    return "no file" if path is None else f"line {shown.start}"
