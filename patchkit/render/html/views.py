"""The report as the templates read it: everything told, cut and made safe to show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from patchkit.model.report import EvidenceLine, PortedFile, PortedPatch, Report, Status
from patchkit.model.shown import shown_line, shown_name, shown_path, shown_text
from patchkit.render.html.code import MOST_LINES, with_code
from patchkit.render.html.header import PatchHeader, header_of, patch_header
from patchkit.render.html.regions import (
    Anchors,
    CommitView,
    DiffView,
    Place,
    RegionView,
    commit_view,
    diff_view,
    region_view,
)
from patchkit.render.html.siblings import SiblingsView, siblings_view
from patchkit.render.html.stacks import (
    Bonds,
    ComparedPatch,
    ComparedStacks,
    bonds_of,
    compared_stacks,
)
from patchkit.render.html.strip import Strip, letters, stack_picture
from patchkit.render.summary import counted, figures, next_step
from patchkit.render.text import STATUS_SENTENCES, followed_evidence


@dataclass(frozen=True, slots=True)
class Count:
    """A status that patches have: what it means, and how many."""

    status: Status
    letters: str
    sentence: str
    patches: int


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """A line of an absorbed change; `is_there` as in the report."""

    text: str
    is_there: bool


@dataclass(frozen=True, slots=True)
class FileView:
    """One file of a patch."""

    path: str
    moved_to: str
    status: Status
    carried: str
    followed: str
    regions: tuple[RegionView, ...]
    evidence: tuple[EvidenceView, ...]
    more_evidence: int


@dataclass(frozen=True, slots=True)
class PatchView:
    """One patch with a section of its own."""

    anchor: str
    number: int
    name: str
    status: Status
    letters: str
    sentence: str
    header: PatchHeader
    figures: str
    open_regions: int
    notes: tuple[str, ...]
    commits: tuple[CommitView, ...]
    files: tuple[FileView, ...]
    ported: DiffView | None
    bonds: tuple[Bonds, ...]
    is_unplaced: bool
    compared: ComparedPatch | None

    @property
    def is_unfolded(self) -> bool:
        """Whether it is open when the page is: a person has to act on it."""
        return self.status.needs_person


@dataclass(frozen=True, slots=True)
class PageView:
    """The whole page."""

    package: str
    old_version: str
    new_version: str
    upstream: str
    upstream_note: str
    figures: str
    next_step: Markup
    counts: tuple[Count, ...]
    open_regions: int
    causes: int
    strip: Strip
    compared: ComparedStacks | None
    warnings: tuple[str, ...]
    guarded: tuple[str, ...]
    siblings: tuple[SiblingsView, ...]
    patches: tuple[PatchView, ...]


@dataclass(frozen=True, slots=True)
class _Whole:
    """What a part of the page has to know of the whole: `sections` are the anchors of the patches
    by name, `compared` what became of a patch, by the anchor of its section."""

    report: Report
    anchors: Anchors
    sections: Mapping[str, str]
    compared: Mapping[str, ComparedPatch]


def page_view(report: Report) -> PageView:
    """The report for the page."""
    sections = {patch.name: f"p{number}" for number, patch in enumerate(report.patches, 1)}
    stacks = None if report.comparison is None else compared_stacks(report.comparison, sections)
    compared = {} if stacks is None else {one.patch: one for one in stacks.not_same}
    whole = _Whole(report, Anchors(report), sections, compared)
    return PageView(
        package=shown_name(report.package),
        old_version=shown_name(report.old_version),
        new_version=shown_name(report.new_version),
        upstream=shown_text(report.upstream),
        upstream_note=shown_text(report.upstream_note),
        figures=figures(report),
        next_step=with_code(next_step(report).removeprefix("Next: ")),
        counts=tuple(
            Count(status, letters(status), STATUS_SENTENCES[status], count)
            for status, count in report.counts.items()
            if count
        ),
        open_regions=report.held,
        causes=report.causes,
        strip=stack_picture(report),
        compared=stacks,
        warnings=tuple(map(shown_text, report.warnings)),
        guarded=tuple(map(shown_name, report.guarded)),
        siblings=tuple(
            siblings_view(one, number, sections) for number, one in enumerate(report.siblings, 1)
        ),
        patches=tuple(
            _patch(patch, number, whole) for number, patch in enumerate(report.patches, 1)
        ),
    )


def _patch(patch: PortedPatch, number: int, whole: _Whole) -> PatchView:
    found = whole.report.dependencies
    hunks = sum(file.hunks for file in patch.files)
    carried = sum(file.carried for file in patch.files)
    files = counted(len(patch.files), "file", "files")
    return PatchView(
        anchor=f"p{number}",
        number=number,
        name=shown_name(patch.name),
        status=patch.status,
        letters=letters(patch.status),
        sentence=STATUS_SENTENCES[patch.status],
        header=header_of(patch.head) if patch.content is None else patch_header(patch.content),
        figures=f"{files}, {carried} of {counted(hunks, 'hunk', 'hunks')} carried",
        open_regions=len(patch.held),
        notes=tuple(map(shown_text, patch.notes)),
        commits=tuple(map(commit_view, patch.commits)),
        files=tuple(
            _file(file, Place(whole.report, patch, file, f"p{number}f{at}"), whole.anchors)
            for at, file in enumerate(patch.files, 1)
        ),
        ported=diff_view(patch.content),
        bonds=() if found is None else tuple(bonds_of(found, patch.name, whole.sections)),
        is_unplaced=found is not None and patch.name in found.unplaced,
        compared=whole.compared.get(f"p{number}"),
    )


def _file(file: PortedFile, place: Place, anchors: Anchors) -> FileView:
    old, new = file.old_path, file.new_path
    is_moved = old is not None and new is not None and old != new
    shown = old if old is not None else new
    return FileView(
        path="a file without a name" if shown is None else shown_path(shown),
        moved_to=shown_path(new) if is_moved and new is not None else "",
        status=file.status,
        carried=f"{file.carried} of {counted(file.hunks, 'hunk', 'hunks')} carried",
        followed=followed_evidence(file.followed) if file.followed else "",
        regions=tuple(region_view(region, place, anchors) for region in file.regions),
        evidence=tuple(map(_evidence, file.evidence[:MOST_LINES])),
        more_evidence=max(0, len(file.evidence) - MOST_LINES),
    )


def _evidence(line: EvidenceLine) -> EvidenceView:
    return EvidenceView(
        f"{line.kind.value.decode()}{shown_line(line.content)[:400]}", line.is_there
    )
