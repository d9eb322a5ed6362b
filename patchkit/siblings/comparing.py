"""Compares our variant with its siblings: all findings, what matters most first (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from patchkit.model.ignores import Ignores
from patchkit.model.siblings import (
    CellState,
    EditState,
    Family,
    Finding,
    FindingKind,
    Rank,
    SiblingReport,
)
from patchkit.model.tree import File, Path
from patchkit.model.variants import INFERRED
from patchkit.siblings.changes import Sibling
from patchkit.siblings.commits import SiblingHistory, no_commit
from patchkit.siblings.edits import FollowedFiles, follow_edits, read_siblings_ahead, siblings_of
from patchkit.siblings.filegaps import FileFamilies
from patchkit.siblings.place_findings import place_findings
from patchkit.siblings.proposing import proposal_patch, proposed_files
from patchkit.siblings.scene import Scene
from patchkit.siblings.symbolfindings import symbol_findings
from patchkit.syntax.parsing import language_of, missing_grammars

_RANKS = {rank: at for at, rank in enumerate(Rank)}
_KINDS = {kind: at for at, kind in enumerate(FindingKind)}
_CELLS = (CellState.NONE, CellState.DEFAULT)


@dataclass(frozen=True)
class Comparison:
    """A report, and our files as its proposal makes them."""

    report: SiblingReport
    proposed: Mapping[Path, File]


class Search(Enum):
    """Where places are looked for that name the siblings."""

    FILES = "files"
    """Nowhere: families of files alone are compared."""
    TREE = "tree"
    """In every file of the new tree."""


def compare_siblings(
    scene: Scene,
    version: str,
    ignores: Ignores,
    search: Search = Search.TREE,
    history: SiblingHistory | None = None,
) -> Comparison:
    """Everything that the siblings of our variant have or did, and ours has not.

    `version` is the new one, as the proposal calls it. Raises `UpstreamError` where a tree or the
    history cannot be read.
    """
    files = FileFamilies(scene)
    file_families = files.families()
    read_siblings_ahead(scene)
    siblings = {path: siblings_of(scene, path) for path in sorted(scene.added)}
    followed = _followed(scene, siblings, history)
    symbols = symbol_findings(scene)
    missing = _with_ranks_of(symbols, files.findings(file_families))
    places, unserved = place_findings(scene) if search is Search.TREE else ((), ())
    told = _told_once((*missing, *unserved, *symbols), followed.findings)
    findings = ignores.applied_to(_ordered(one for one in told if scene.is_told(one.path)))
    proposals = [
        one
        for one, finding in zip(followed.proposals, followed.proposed, strict=True)
        if ignores.applied_to((finding,))[0].ignored is None
    ]
    is_guess = scene.axis.name == INFERRED
    families = tuple(replace(one, is_inferred=is_guess) for one in (*file_families, *places))
    told_families = tuple(one for one in families if _is_family_told(scene, one))
    report = SiblingReport(
        axis=scene.axis.name,
        variant=scene.variant.name,
        columns=_columns(scene, search, files.columns, families),
        families=told_families,
        findings=findings,
        proposal=proposal_patch(proposals, scene.new, scene.variant.name, version),
        unused_ignores=() if scene.is_upstreams else tuple(ignores.unused(findings)),
        notes=tuple(_notes(scene, search)),
    )
    return Comparison(report, proposed_files(proposals, scene.new))


def _followed(
    scene: Scene, siblings: Mapping[Path, Sequence[Sibling]], history: SiblingHistory | None
) -> FollowedFiles:
    if history is None:
        return follow_edits(scene, siblings, no_commit)
    changed = {one.old_path for others in siblings.values() for one in others if one.edits}
    history.expect(sorted(changed))
    return follow_edits(scene, siblings, history.commit_of)


def _with_ranks_of(symbols: Iterable[Finding], missing: Iterable[Finding]) -> Iterator[Finding]:
    """Missing files; those without which a symbol is missing for the build break it, too."""
    needed = {one.path for one in symbols if one.rank is Rank.BUILD}
    for one in missing:
        yield replace(one, rank=Rank.BUILD) if one.path in needed else one


def _told_once(findings: Iterable[Finding], edits: Sequence[Finding]) -> Iterator[Finding]:
    """All findings; what a proposed edit mends is told with it, and makes it matter as much."""
    mended: list[list[Finding]] = [[] for _ in edits]
    mended_by: dict[tuple[Path, int | None], int] = {}
    for at, edit in enumerate(edits):
        for line in _replaced(edit):
            mended_by.setdefault((edit.path, line), at)
    for one in findings:
        mending = mended_by.get((one.path, one.line))
        if mending is None:
            yield one
        else:
            mended[mending].append(one)
    for edit, others in zip(edits, mended, strict=True):
        ranks = (edit.rank, *(one.rank for one in others))
        note = " ".join((edit.note, *(one.note for one in others)))
        yield replace(edit, rank=min(ranks, key=_RANKS.__getitem__), note=note)


def _replaced(edit: Finding) -> range:
    """The lines that a proposed edit replaces: a finding about one of them is told with it."""
    if edit.edit is None or edit.edit.state is not EditState.PROPOSED or edit.line is None:
        return range(0)
    return range(edit.line, edit.line + len(edit.edit.removed))


def _notes(scene: Scene, search: Search) -> Iterator[str]:
    """What was not looked at."""
    if search is Search.FILES:
        yield (
            "Places inside of files were not looked for: upstream's files would have to be "
            "fetched, or the variant is a guess; `patchkit siblings` does."
        )
    members = (path for family in scene.new_families.values() for path in _first_of(family))
    languages = {language for path in members if (language := language_of(path)) is not None}
    missing = missing_grammars(languages)
    if missing:
        yield (
            f"{', '.join(missing)} is not installed: symbols of its language are read as text, and "
            "calls and contracts not at all."
        )


def _first_of(family: Mapping[str, Sequence[Path]]) -> Iterator[Path]:
    for paths in family.values():
        yield from paths[:1]


def _ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """What breaks the build first, what is new before what is old; of the edits of a file those
    that most siblings made."""

    def weight(one: Finding) -> tuple[int, bool, int, bytes, int, int]:
        siblings = len({at.variant for at in one.siblings}) if one.edit is not None else 0
        kind = _KINDS[one.kind]
        return _RANKS[one.rank], not one.is_new, kind, one.path, -siblings, one.line or 0

    return tuple(sorted(findings, key=weight))


def _columns(
    scene: Scene, search: Search, columns: Sequence[str], families: Sequence[Family]
) -> tuple[str, ...]:
    found = _used_columns(columns, families)
    is_open = scene.is_upstreams and search is Search.TREE
    if is_open and len(found) < len(columns):
        # What is named nowhere but in files that are not told of is a column as well.
        places, _ = place_findings(replace(scene, is_upstreams=False))
        found = _used_columns(columns, (*families, *places))
    return found


def _is_family_told(scene: Scene, family: Family) -> bool:
    return not scene.is_upstreams or family.cell(scene.variant.name).state is CellState.OURS


def _used_columns(columns: Sequence[str], families: Sequence[Family]) -> tuple[str, ...]:
    """Ours, and the variants that have something of a family."""
    used = {
        cell.variant for family in families for cell in family.cells if cell.state not in _CELLS
    }
    return tuple(name for at, name in enumerate(columns) if at == 0 or name in used)


def with_notes(comparison: Comparison, notes: Iterable[str]) -> Comparison:
    """The comparison with further sentences for a person."""
    report = comparison.report
    return replace(comparison, report=replace(report, notes=(*report.notes, *notes)))
