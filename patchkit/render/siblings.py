"""What the siblings did, as text: a part of `report.txt`, and what `patchkit siblings` prints (face
floor)."""

from __future__ import annotations

from collections.abc import Iterator

from rich.cells import cell_len

from patchkit.model.report import Lines, UpstreamCommit
from patchkit.model.shown import shown_line, shown_name, shown_path, shown_text
from patchkit.model.siblings import (
    CellState,
    EditState,
    Family,
    Finding,
    FindingKind,
    Rank,
    SiblingEdit,
    SiblingReport,
    UnusedIgnore,
)
from patchkit.render.summary import counted
from patchkit.render.wrapping import wrapped

_MOST_LINES = 12
_MOST_PLACES = 6
_SHORT = 12
_GIST_WIDTH = 60

CELL_MARKS = {
    CellState.OURS: "ours",
    CellState.THERE: "there",
    CellState.CHANGED: "changed",
    CellState.NEW: "new",
    CellState.GONE: "gone",
    CellState.DEFAULT: "default",
    CellState.MISSING: "MISSING",
    CellState.NONE: "-",
}
"""A word a cell, short enough for a table."""
RANK_TITLES = {
    Rank.BUILD: "Likely breaks the build",
    Rank.BEHAVIOUR: "Likely behaves otherwise",
    Rank.NOTHING: "Of no consequence",
}


def siblings_text(report: SiblingReport) -> str:
    """Everything about one variant: the table of families, the findings, what is left out."""
    parts = [_heading(report), _table(report), *_ranked(report), _left(report), _end(report)]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def siblings_digest(report: SiblingReport) -> list[str]:
    """The lines for a report of a whole port: figures, and each open finding in a line or two."""
    title = f"Siblings of {shown_name(report.variant)}"
    lines = [title, "-" * cell_len(title), siblings_figures(report)]
    for note in report.notes:
        lines += wrapped(note, "note: ", "      ")
    for one in report.open_findings():
        new = ", new" if one.is_new else ""
        head = f"[{one.rank.value}{new}] {finding_place(one)}: {finding_title(one)}"
        lines += ["", *wrapped(head, "  ", "      ")]
        lines += wrapped(one.note, "      ")
    for entry in report.unused_ignores:
        lines += ["", *wrapped(told_unused(entry), "  ", "      ")]
    if report.proposal:
        lines += ["", *wrapped(HOW_TO_PROPOSE, "  ")]
    return lines


HOW_TO_PROPOSE = (
    "`patchkit siblings --propose` puts what can be merged as a patch on top of the new stack."
)


def siblings_figures(report: SiblingReport) -> str:
    """The counts in one sentence."""
    ranks = dict.fromkeys(Rank, 0)
    for one in report.open_findings():
        ranks[one.rank] += 1
    there = sum(
        one.edit is not None and one.edit.state is EditState.THERE for one in report.findings
    )
    nothing = sum(one.rank is Rank.NOTHING and one.ignored is None for one in report.findings)
    ignored = sum(one.ignored is not None for one in report.findings)
    told = (
        f"{counted(len(report.families), 'family', 'families')}; "
        f"{ranks[Rank.BUILD]} likely to break the build, "
        f"{ranks[Rank.BEHAVIOUR]} to behave otherwise; "
        f"{nothing} of no consequence"
    )
    if there:
        told += f", {there} followed already"
    return told + (f", {ignored} ignored on purpose." if ignored else ".")


def finding_place(finding: Finding) -> str:
    """The file, with the line where there is one."""
    place = shown_path(finding.path)
    return place if finding.line is None else f"{place}:{finding.line}"


def finding_title(finding: Finding) -> str:
    """What it is, in a few words."""
    if finding.edit is not None:
        return f"siblings' edit, {finding.edit.state.value}: {_gist(finding.edit)}"
    what = finding.kind.value.replace("-", " ")
    return f"{what} {shown_text(finding.symbol)}".rstrip()


def _gist(edit: SiblingEdit) -> str:
    """The line that tells most of an edit: the longest that it adds, else that it removes."""
    line = shown_line(max(edit.added or edit.removed, key=len, default=b"")).strip()
    return line if len(line) <= _GIST_WIDTH else f"{line[: _GIST_WIDTH - 1]}…"


def _heading(report: SiblingReport) -> list[str]:
    title = f"{shown_name(report.variant)} and its siblings ({shown_text(report.axis)})"
    lines = [title, "=" * cell_len(title), "", siblings_figures(report)]
    for note in report.notes:
        lines += wrapped(note, "note: ", "      ")
    return lines


def _table(report: SiblingReport) -> list[str]:
    if not report.families:
        return []
    widths = [
        max(cell_len(shown_name(name)), *(len(_mark(one, name)) for one in report.families))
        for name in report.columns
    ]
    lines = [
        "  ".join(
            shown_name(name).ljust(width)
            for name, width in zip(report.columns, widths, strict=True)
        ).rstrip()
        + "  family"
    ]
    lines.append("-" * (sum(widths) + 2 * len(widths) + len("family")))
    for family in report.families:
        cells = (
            _mark(family, name).ljust(width)
            for name, width in zip(report.columns, widths, strict=True)
        )
        lines.append("  ".join(cells) + f"  {family_name(family)}")
    return lines


def _mark(family: Family, variant: str) -> str:
    return CELL_MARKS[family.cell(variant).state]


def family_name(family: Family) -> str:
    """The path, the place in it, and whether it is new or guessed."""
    told = shown_path(family.name)
    if family.line is not None:
        told += f":{family.line}"
    if family.place:
        told += f" {shown_text(family.place)}"
    told += "/" if family.kind.value == "folder" else ""
    marks = [
        word for word, holds in (("new", family.is_new), ("guessed", family.is_inferred)) if holds
    ]
    return f"{told} ({', '.join(marks)})" if marks else told


def _ranked(report: SiblingReport) -> Iterator[list[str]]:
    for rank in (Rank.BUILD, Rank.BEHAVIOUR):
        found = [one for one in report.open_findings() if one.rank is rank]
        if found:
            title = f"{RANK_TITLES[rank]} ({len(found)})"
            yield [title, "-" * len(title)]
            for one in found:
                yield list(_finding(one))


def _finding(one: Finding) -> Iterator[str]:
    new = " (new)" if one.is_new and one.kind is not FindingKind.EDIT else ""
    yield from wrapped(f"{finding_place(one)}: {finding_title(one)}{new}", "", "    ")
    yield from wrapped(one.note, "    ")
    if one.edit is not None:
        yield from _lines(one.edit.removed, "-")
        yield from _lines(one.edit.added, "+")
    if one.commit is not None:
        yield from wrapped(f"upstream: {told_commit(one.commit)}", "    ", "        ")
    places = sibling_places(one)
    more = len(places) - _MOST_PLACES
    told = ", ".join(places[:_MOST_PLACES]) + (f" and {more} more" if more > 0 else "")
    if told:
        yield from wrapped(f"see {told}", "    ", "        ")


def sibling_places(finding: Finding) -> list[str]:
    """Where the siblings have it, each place once."""
    places = (
        f"{shown_path(at.path)}{'' if at.line is None else f':{at.line}'}"
        for at in finding.siblings
    )
    return list(dict.fromkeys(places))


def told_commit(commit: UpstreamCommit) -> str:
    """The commit in a line."""
    who, what = shown_text(commit.author), shown_text(commit.subject)
    return f"{commit.identity[:_SHORT]} ({who}, {commit.date[:10]}) {what}"


def _lines(lines: Lines, marker: str) -> Iterator[str]:
    for line in lines[:_MOST_LINES]:
        yield f"    {marker}{shown_line(line)}"
    if len(lines) > _MOST_LINES:
        yield f"    {marker}… ({len(lines) - _MOST_LINES} more lines)"


def _left(report: SiblingReport) -> list[str]:
    ignored = [one for one in report.findings if one.ignored is not None]
    lines: list[str] = []
    for one in ignored:
        lines += wrapped(
            f"{finding_place(one)}: {finding_title(one)}: {one.ignored}", "  - ", "    "
        )
    return [f"Ignored on purpose ({len(ignored)}):", *lines] if ignored else []


def _end(report: SiblingReport) -> list[str]:
    lines: list[str] = []
    for entry in report.unused_ignores:
        lines += wrapped(told_unused(entry), "")
    nothing = [one for one in report.findings if one.rank is Rank.NOTHING and one.ignored is None]
    if nothing:
        lines.append(f"Not shown: {len(nothing)} of no consequence (comments, formatting, what is")
        lines.append("one sibling's own business, what ours has already); --json has them all.")
    if report.proposal:
        lines += wrapped(HOW_TO_PROPOSE, "")
    return lines


def told_unused(entry: UnusedIgnore) -> str:
    """What to do about an entry that serves nothing."""
    return (
        f"patchkit.siblings:{entry.line}: {shown_text(entry.pattern)} matches no finding any more; "
        "delete the entry, or see whether its file moved."
    )
