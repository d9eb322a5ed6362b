"""The report as Markdown, for a comment on a pull request: `report.md` (face floor).

Short, and within the length that a forge takes. What comes from outside stands in code spans, in
fences that are longer than any run of backticks in it, or escaped in `<code>`: there neither
GitHub, GitLab nor Gitee takes anything for HTML, a link, a mention or the number of an issue.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeAlias

from patchkit.model.report import (
    AMENDMENT,
    Held,
    Lines,
    PortedFile,
    PortedPatch,
    Region,
    Report,
    Status,
    Suggestion,
)
from patchkit.model.shown import shown_line, shown_name
from patchkit.model.siblings import SiblingReport
from patchkit.model.stackdiff import StackComparison
from patchkit.render.causes import settling
from patchkit.render.graph import told_bonds
from patchkit.render.markedtext import NAME_WIDTH, code_span, cut, fenced, name_span, prose
from patchkit.render.siblings import finding_place, finding_title, siblings_figures
from patchkit.render.stackdiff import told_changes
from patchkit.render.summary import counted, figures, next_step, shown_file
from patchkit.render.text import STATUS_SENTENCES, followed_evidence, told_hunks, verdict

_Teller: TypeAlias = Callable[[PortedFile, PortedPatch, Report], Iterator[str]]
_LEAST = 6_000
_HEAD_SHARE = 3
"""The table gets this part of the limit at most, so that there is room for the regions."""
_COMPARED_SHARE = 8
_FOOT = 300
_SHOWN_LINES = 40
_LINE_WIDTH = 300
_NOTE_WIDTH = 500
_REVIEWED = (Status.RESOLVED, Status.ABSORBED, Status.FOLLOWED)


def report_markdown(report: Report, limit: int = 65_000) -> str:
    """The text of `report.md`, with a final newline; in UTF-8 it has `limit` bytes at most, and so
    no more characters either.

    What needs a person comes first, and what did not fit is counted at the end. Raises `ValueError`
    for a limit below 6000.
    """
    if limit < _LEAST:
        raise ValueError(f"a report needs a limit of {_LEAST} at least, not {limit}")
    looked_at = _by_importance(report)
    parts = _Parts(limit - _FOOT)
    for text in _head(report):
        parts.add(text)
    rows = _Parts(max(0, min(parts.left, limit // _HEAD_SHARE)))
    named = _table(looked_at, rows)
    for text in rows.texts:
        parts.add(text)
    if report.comparison is not None:
        parts.add(_compared(report.comparison, limit // _COMPARED_SHARE))
    for one in report.siblings:
        parts.add(_siblings(one, limit // _COMPARED_SHARE))
    shortened, missing = _add_details(looked_at, report, parts)
    parts.texts += _foot(len(looked_at) - named, shortened, missing)
    return "\n".join(parts.texts)


class _Parts:
    """Texts that together stay within a number of bytes."""

    def __init__(self, left: int) -> None:
        self.left = left
        self.texts: list[str] = []

    def add(self, text: str) -> bool:
        """Take the text unless it is too long now, and say whether it was taken."""
        size = len(text.encode("utf-8", "replace")) + 1
        if size > self.left:
            return False
        self.left -= size
        self.texts.append(text)
        return True


def _siblings(report: SiblingReport, limit: int) -> str:
    """What a variant of the stack lacks: the figures, and folded the open findings, as far as there
    is room."""
    rows = _Parts(limit)
    for one in report.open_findings():
        title = prose(finding_title(one), _NOTE_WIDTH)
        if not rows.add(f"- {code_span(finding_place(one))} ({one.rank.value}): {title}"):
            break
    title = (
        f"Siblings of {name_span(report.variant)}: {prose(siblings_figures(report), _NOTE_WIDTH)}"
    )
    if not rows.texts:
        return f"{title}\n"
    more = report.open - len(rows.texts)
    if more > 0:
        rows.texts.append(f"- and {counted(more, 'more finding', 'more findings')}")
    told = counted(report.open, "open finding", "open findings")
    summary = f"<details><summary>{told}</summary>"
    return "\n".join((title, "", summary, "", *rows.texts, "", "</details>", ""))


def _by_importance(report: Report) -> list[PortedPatch]:
    """The patches that somebody looks at: those with causes to settle, then those with their
    consequences, then those to review."""
    looked_at = [
        patch for patch in report.patches if patch.status.needs_person or patch.status in _REVIEWED
    ]
    return sorted(looked_at, key=_importance)


def _importance(patch: PortedPatch) -> int:
    if not patch.status.needs_person:
        return 2 + _REVIEWED.index(patch.status)
    follows = [
        isinstance(region.settlement, Held) and region.settlement.consequence_of is not None
        for region in patch.held
    ]
    return int(bool(follows) and all(follows))


def _head(report: Report) -> Iterator[str]:
    versions = f"{name_span(report.old_version)} to {name_span(report.new_version)}"
    yield f"### Patch stack of {name_span(report.package)}: {versions}\n"
    yield f"**{prose(figures(report), _NOTE_WIDTH)}**\n"
    yield f"{prose(next_step(report), _NOTE_WIDTH)}\n"
    if report.upstream_note:
        yield f"Upstream: {prose(report.upstream_note, _NOTE_WIDTH)}\n"
    for warning in report.warnings:
        yield f"- Warning: {prose(warning, _NOTE_WIDTH)}"
    if report.warnings:
        yield ""


def _table(patches: Sequence[PortedPatch], parts: _Parts) -> int:
    """Add a row for each patch as far as there is room; the number of rows."""
    if not patches or not parts.add("| Patch | Status | Hunks | Held |\n|---|---|--:|--:|"):
        return 0
    for number, patch in enumerate(patches):
        hunks = sum(file.hunks for file in patch.files)
        carried = sum(file.carried for file in patch.files)
        name = name_span(patch.name).replace("|", "\\|")
        status = f"**{patch.status.value}**" if patch.status.needs_person else patch.status.value
        if not parts.add(f"| {name} | {status} | {carried}/{hunks} | {len(patch.held) or ''} |"):
            parts.add("")
            return number
    parts.add("")
    return len(patches)


def _compared(found: StackComparison, limit: int) -> str:
    """Old stack against new: the figures, and folded the patches that do something else now, as
    far as there is room."""
    changes = [*told_changes(found)]
    rows = _Parts(limit)
    for _, name, words in changes:
        if not rows.add(f"- {code_span(cut(name, NAME_WIDTH))}: {prose(words, _NOTE_WIDTH)}"):
            break
    lines = rows.texts
    more = len(changes) - len(lines)
    if more > 0:
        lines.append(f"- and {counted(more, 'more patch', 'more patches')}")
    told = ", ".join(f"{count} {standing.value}" for standing, count in found.counts())
    title = f"Old stack against new: {told or 'no patches'}"
    if not lines:
        return f"{title}\n"
    summary = f"<details><summary>{title}</summary>"
    return "\n".join((summary, "", *lines, "", "</details>", ""))


def _add_details(patches: Iterable[PortedPatch], report: Report, parts: _Parts) -> tuple[int, int]:
    """Add what is to be said of each patch, as far as there is room, else without the regions; how
    many were shortened, how many left out."""
    shortened = missing = 0
    for patch in patches:
        if parts.add(_detail(patch, report, _with_regions)):
            continue
        if parts.add(_detail(patch, report, _without_regions)):
            shortened += 1
        else:
            missing += 1
    return shortened, missing


def _with_regions(file: PortedFile, patch: PortedPatch, report: Report) -> Iterator[str]:
    """What a person is to look at in the file, with the text of its regions."""
    for region in file.regions:
        yield from _region(region, file, patch, report)


def _without_regions(file: PortedFile, *_: object) -> Iterator[str]:
    """The regions of the file by number alone."""
    if file.regions:
        held = len(file.held)
        yield f"  {counted(len(file.regions), 'region', 'regions')}, {held} of them held\n"


def _detail(patch: PortedPatch, report: Report, told: _Teller) -> str:
    held = len(patch.held)
    what = f"{patch.status.value}, {counted(held, 'region', 'regions')} held"
    name = html.escape(cut(shown_name(patch.name), NAME_WIDTH))
    lines = [
        f"<details><summary><code>{name}</code>: {what if held else patch.status.value}</summary>",
        "",
        f"{prose(STATUS_SENTENCES[patch.status], _NOTE_WIDTH)}",
        "",
    ]
    lines += [f"{prose(note, _NOTE_WIDTH)}\n" for note in patch.notes]
    for commit in patch.commits:
        lines.append(f"Upstream: {name_span(commit.identity[:12])} {name_span(commit.subject)}\n")
    if report.dependencies is not None:
        lines += [f"{prose(one, _NOTE_WIDTH)}\n"
                  for one in told_bonds(report.dependencies, patch.name)]  # fmt: skip
    for file in patch.files:
        if file.regions or file.status in _REVIEWED or file.status.needs_person:
            lines += [f"- {_file(file)}\n", *told(file, patch, report)]
    return "\n".join((*lines, "</details>", ""))


def _file(file: PortedFile) -> str:
    text = f"{name_span(shown_file(file))}: {file.status.value}"
    text += f", {file.carried} of {counted(file.hunks, 'hunk', 'hunks')} carried"
    if file.followed is not None and file.old_path is not None:
        old = file.old_path.decode("utf-8", "surrogateescape")
        text += f"; followed from {name_span(old)}: {followed_evidence(file.followed)}"
    return text


def _region(region: Region, file: PortedFile, patch: PortedPatch, report: Report) -> Iterator[str]:
    settlement = region.settlement
    place = f"{name_span(shown_file(file))} line {region.ours.start}"
    told = f"Region {region.number}, {told_hunks(region.hunks)}, {place}:"
    yield f"  **{told}** {prose(verdict(settlement), NAME_WIDTH)}."
    yield f"  {prose(settlement.note, _NOTE_WIDTH)}\n"
    if isinstance(settlement, Held):
        yield from _about_held(settlement)
        yield fenced([*_sides(region, report)])
        if settlement.suggestion is not None:
            yield from _suggested(settlement.suggestion)
        for command in settling(region, file, patch, report):
            yield f"  {command.what}: {code_span(command.text)}\n"
    elif settlement.rule == AMENDMENT:
        yield from _amended(region, settlement.result or ())
    elif settlement.result is not None:
        yield from _result(region, settlement.result, report)


def _suggested(suggestion: Suggestion) -> Iterator[str]:
    if not suggestion.result:
        yield f"  Suggested by {name_span(suggestion.rule)}: no line.\n"
        return
    yield f"  Suggested by {name_span(suggestion.rule)}:\n"
    yield fenced([*_shown(suggestion.result)])


def _about_held(held: Held) -> Iterator[str]:
    if held.consequence_of is not None:
        ref = held.consequence_of
        file = name_span(ref.file.decode("utf-8", "surrogateescape"))
        yield f"  A consequence of region {ref.region} of {file} in {name_span(ref.patch)}.\n"
    if held.made_by is not None:
        commit = held.made_by
        yield f"  Made by upstream: {name_span(commit.identity[:12])} {name_span(commit.subject)}\n"


def _amended(region: Region, result: Lines) -> Iterator[str]:
    after = ("=======", *_shown(result), ">>>>>>> after")
    yield fenced(["<<<<<<< before", *_shown(region.ours.lines), *after])


def _result(region: Region, result: Lines, report: Report) -> Iterator[str]:
    if result == region.theirs.lines:
        yield "  The result is the text of the patch.\n"
    elif result == region.ours.lines:
        yield "  The result is the text of upstream.\n"
    else:
        yield fenced([*_sides(region, report)])
        yield "  The result:\n"
        yield fenced([*_shown(result)])


def _sides(region: Region, report: Report) -> Iterator[str]:
    old, new = (cut(shown_name(name), NAME_WIDTH) for name in _versions(report))
    yield f"<<<<<<< ours: upstream {new}"
    yield from _shown(region.ours.lines)
    yield f"||||||| base: upstream {old}"
    yield from _shown(region.base.lines)
    yield "======="
    yield from _shown(region.theirs.lines)
    yield ">>>>>>> theirs: the patch"


def _versions(report: Report) -> tuple[str, str]:
    return report.old_version, report.new_version


def _shown(lines: Lines) -> Iterator[str]:
    for line in lines[:_SHOWN_LINES]:
        yield cut(shown_line(line), _LINE_WIDTH)
    more = len(lines) - _SHOWN_LINES
    if more > 0:
        yield f"({counted(more, 'more line', 'more lines')}, see report.txt)"


def _foot(unlisted: int, shortened: int, missing: int) -> Iterator[str]:
    told = []
    if shortened:
        told.append(f"the regions of {counted(shortened, 'patch', 'patches')} are not shown")
    if missing:
        told.append(f"{counted(missing, 'patch is', 'patches are')} not shown at all")
    if unlisted:
        told.append(f"{counted(unlisted, 'patch is', 'patches are')} not in the table")
    if told:
        yield f"*Cut for its length: {', '.join(told)}. The whole is in* `report.txt`*.*"
    yield ""
