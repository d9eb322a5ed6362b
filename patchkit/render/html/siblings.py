"""What the siblings of a variant did, as the page shows it: a table of families, and findings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from patchkit.model.shown import shown_line, shown_name, shown_path, shown_text
from patchkit.model.siblings import (
    CellState,
    Family,
    FamilyKind,
    Finding,
    Rank,
    SiblingEdit,
    SiblingReport,
)
from patchkit.render.html.code import cut_line, with_code
from patchkit.render.html.regions import (
    MOST_DIFF_LINES,
    CommitView,
    DiffLine,
    DiffView,
    commit_view,
)
from patchkit.render.siblings import (
    CELL_MARKS,
    HOW_TO_PROPOSE,
    RANK_TITLES,
    family_name,
    finding_place,
    finding_title,
    sibling_places,
    siblings_figures,
    told_unused,
)

_MOST_PLACES = 8
_MOST_ROWS = 40
_MOST_QUIET = 200


@dataclass(frozen=True, slots=True)
class CellView:
    """A cell of the table: its word, its class, and the files as a hint."""

    word: str
    kind: str
    hint: str


@dataclass(frozen=True, slots=True)
class RowView:
    """A family of the table."""

    name: str
    cells: tuple[CellView, ...]


@dataclass(frozen=True, slots=True)
class FindingView:
    """One finding."""

    place: str
    title: str
    is_new: bool
    note: str
    siblings: tuple[str, ...]
    more_siblings: int
    diff: DiffView | None
    commit: CommitView | None
    patch: str
    patch_anchor: str
    ignored: str


@dataclass(frozen=True, slots=True)
class Findings:
    """Findings of one rank."""

    title: str
    findings: tuple[FindingView, ...]


@dataclass(frozen=True, slots=True)
class SiblingsView:
    """The section of one variant. `rows` are shown at once, `more_rows` folded."""

    anchor: str
    variant: str
    axis: str
    figures: str
    columns: tuple[str, ...]
    rows: tuple[RowView, ...]
    more_rows: tuple[RowView, ...]
    open: tuple[Findings, ...]
    ignored: tuple[FindingView, ...]
    quiet: tuple[FindingView, ...]
    more_quiet: int
    proposal: Markup
    notes: tuple[str, ...]


def siblings_view(report: SiblingReport, number: int, anchors: Mapping[str, str]) -> SiblingsView:
    """The section for one report; `anchors` are those of the patches by name."""
    rows = [_row(family, report.columns) for family in _telling_first(report.families, report)]
    is_open = set(map(id, report.open_findings()))
    opened = [one for one in report.findings if id(one) in is_open]
    quiet = [one for one in report.findings if id(one) not in is_open and one.ignored is None]
    return SiblingsView(
        anchor=f"siblings{number}",
        variant=shown_name(report.variant),
        axis=shown_text(report.axis),
        figures=siblings_figures(report),
        columns=tuple(map(shown_name, report.columns)),
        rows=tuple(rows[:_MOST_ROWS]),
        more_rows=tuple(rows[_MOST_ROWS:]),
        open=tuple(_ranked(opened, anchors)),
        ignored=tuple(_finding(one, anchors) for one in report.findings if one.ignored is not None),
        quiet=tuple(_finding(one, anchors) for one in quiet[:_MOST_QUIET]),
        more_quiet=max(len(quiet) - _MOST_QUIET, 0),
        proposal=with_code(HOW_TO_PROPOSE if report.proposal else ""),
        notes=(
            *map(shown_text, report.notes),
            *(told_unused(entry) for entry in report.unused_ignores),
        ),
    )


def _telling_first(families: Iterable[Family], report: SiblingReport) -> list[Family]:
    """Files before places; of each what ours lacks, then what is new, then the rest."""

    def weight(family: Family) -> tuple[bool, bool, bool]:
        is_missing = family.cell(report.variant).state is CellState.MISSING
        return family.kind is FamilyKind.PLACE, not is_missing, not family.is_new

    return sorted(families, key=weight)


def _row(family: Family, columns: tuple[str, ...]) -> RowView:
    cells = []
    for name in columns:
        cell = family.cell(name)
        hint = ", ".join(map(shown_path, cell.paths[:_MOST_PLACES])) or cell.state.value
        cells.append(CellView(CELL_MARKS[cell.state], cell.state.name.lower(), hint))
    return RowView(family_name(family), tuple(cells))


def _ranked(opened: list[Finding], anchors: Mapping[str, str]) -> Iterator[Findings]:
    for rank in Rank:
        found = tuple(_finding(one, anchors) for one in opened if one.rank is rank)
        if found:
            yield Findings(RANK_TITLES[rank], found)


def _finding(one: Finding, anchors: Mapping[str, str]) -> FindingView:
    places = sibling_places(one)
    return FindingView(
        place=finding_place(one),
        title=finding_title(one),
        is_new=one.is_new and one.edit is None,
        note=shown_text(one.note),
        siblings=tuple(places[:_MOST_PLACES]),
        more_siblings=max(len(places) - _MOST_PLACES, 0),
        diff=None if one.edit is None else _diff(one.edit),
        commit=None if one.commit is None else commit_view(one.commit),
        patch="" if one.patch is None else shown_name(one.patch),
        patch_anchor=anchors.get(one.patch or "", ""),
        ignored="" if one.ignored is None else shown_text(one.ignored),
    )


def _diff(edit: SiblingEdit) -> DiffView:
    lines = [DiffLine("", f" {shown_line(line)}") for line in edit.before]
    lines += [DiffLine("del", f"-{shown_line(line)}") for line in edit.removed]
    lines += [DiffLine("add", f"+{shown_line(line)}") for line in edit.added]
    lines += [DiffLine("", f" {shown_line(line)}") for line in edit.after]
    shown = tuple(DiffLine(line.kind, cut_line(line.text)) for line in lines[:MOST_DIFF_LINES])
    return DiffView(shown, len(lines) - len(shown))
