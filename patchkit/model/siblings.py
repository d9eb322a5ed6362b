"""What the siblings of a stack's files did, and what the stack lacks, as one value (ground floor).

    SiblingReport > Family > Cell
    SiblingReport > Finding > SiblingEdit

A *family* is one thing that several variants have a piece of: files whose paths differ in the
variant's word, or a place inside a file that names variants. *Ours* is the variant that the stack
adds; the others are its *siblings*. A *finding* is one thing that the siblings have, or did between
the two versions, and ours has not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from patchkit.model.report import Lines, UpstreamCommit
from patchkit.model.tree import Path


class Rank(Enum):
    """How much a finding matters, the worst first; the value is the word in reports."""

    BUILD = "build"
    """Without it, something for our variant likely does not build."""
    BEHAVIOUR = "behaviour"
    """It builds, and likely does something else than the siblings."""
    NOTHING = "nothing"
    """Comments, formatting, copyright lines, tests' data: counted and folded away."""


class FindingKind(Enum):
    """What a finding is; the value is the word in reports and in `siblings.ignore`."""

    FILE = "missing-file"
    """The siblings have a file of which ours has none."""
    FOLDER = "missing-folder"
    """The siblings have a folder of which ours has none."""
    PLACE = "missing-place"
    """A place inside a file names the siblings and not ours."""
    SYMBOL = "missing-symbol"
    """The siblings define it, or generic code uses it, and nothing of ours has it."""
    SIGNATURE = "other-signature"
    """Ours defines it with other parameters or results than the siblings or what it serves."""
    CALL = "other-call"
    """Ours calls it otherwise than the siblings do: other arguments, or a result dropped."""
    CONTRACT = "contract"
    """A member of what all variants serve was added, removed or changed; ours is behind."""
    EDIT = "sibling-edit"
    """The siblings changed what ours has in common with them."""


class EditState(Enum):
    """How an edit of the siblings stands to our file; the value is the word in reports."""

    THERE = "there"
    """Ours has it already."""
    PROPOSED = "proposed"
    """Ours lacks it, and a three-way merge can make it."""
    CONFLICT = "conflict"
    """Ours has other text where the siblings made it."""
    ELSEWHERE = "no-counterpart"
    """Ours has nothing like what it changes."""
    DIVIDED = "divided"
    """Only some of the siblings that have the text made it, so it is nothing for all."""


@dataclass(frozen=True, slots=True)
class SiblingPlace:
    """Where a sibling has it: the variant, the file in the new upstream, the line from 1."""

    variant: str
    path: Path
    line: int | None = None


@dataclass(frozen=True, slots=True)
class SiblingEdit:
    """A change that siblings made between the versions, in the text of the first of them.

    `removed` and `added` are lines of the sibling, `before` and `after` some around them.
    """

    state: EditState
    removed: Lines
    added: Lines
    before: Lines = ()
    after: Lines = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that ours lacks, or that is to be looked at.

    `path` is the file that it is about in the new tree: ours, or the generic one with the place, or
    where a missing file would be. `line` counts from 1. `note` is a sentence for a person. `is_new`
    says that the old upstream did not have it yet. `patch` is the patch of the stack that adds the
    file. `ignored` is the reason that a person gave for leaving it.
    """

    kind: FindingKind
    rank: Rank
    path: Path
    note: str
    line: int | None = None
    symbol: str = ""
    siblings: tuple[SiblingPlace, ...] = ()
    is_new: bool = False
    edit: SiblingEdit | None = None
    commit: UpstreamCommit | None = None
    patch: str | None = None
    ignored: str | None = None


class CellState(Enum):
    """What a variant has of a family; the value is the word in reports."""

    OURS = "ours"
    """The stack brings it."""
    THERE = "there"
    """Upstream has it, the same in both versions."""
    CHANGED = "changed upstream"
    """Upstream changed it between the versions."""
    NEW = "new upstream"
    """Upstream has it in the new version only."""
    GONE = "gone upstream"
    """Upstream has it in the old version only."""
    DEFAULT = "default"
    """It is not named: what holds for all others holds for it."""
    MISSING = "missing"
    """Ours has none."""
    NONE = "none"
    """A sibling has none."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What one variant has of a family: the state, and the files in the new tree."""

    variant: str
    state: CellState
    paths: tuple[Path, ...] = ()


class FamilyKind(Enum):
    """What the pieces of a family are."""

    FILE = "file"
    FOLDER = "folder"
    PLACE = "place"


@dataclass(frozen=True, slots=True)
class Family:
    """One thing that several variants have. `name` is the path with `{}` for the variant's word,
    or the file with the place; `place` says what place it is, from `line` on. `is_inferred`: its
    variants are guessed from what the files have in common."""

    kind: FamilyKind
    name: bytes
    cells: tuple[Cell, ...]
    is_new: bool = False
    is_inferred: bool = False
    place: str = ""
    line: int | None = None

    def cell(self, variant: str) -> Cell:
        """What this variant has of it."""
        found = (one for one in self.cells if one.variant == variant)
        return next(found, Cell(variant, CellState.NONE))


@dataclass(frozen=True, slots=True)
class UnusedIgnore:
    """An entry of `siblings.ignore` that no finding matches any more."""

    line: int
    pattern: str
    reason: str


@dataclass(frozen=True)
class SiblingReport:
    """What one variant of a stack lacks, of what its siblings have in the new version.

    `axis` is what the variants differ in, `variant` ours, `columns` all variants that upstream has,
    with ours first. `proposal` is a patch in bytes that makes the proposed edits on top of the new
    stack; b"" where there are none. `notes` are sentences for a person.
    """

    axis: str
    variant: str
    columns: tuple[str, ...]
    families: tuple[Family, ...]
    findings: tuple[Finding, ...]
    proposal: bytes = b""
    unused_ignores: tuple[UnusedIgnore, ...] = ()
    notes: tuple[str, ...] = ()

    def open_findings(self) -> Iterator[Finding]:
        """What somebody should look at: neither ignored, nor of no consequence, nor done."""
        for one in self.findings:
            is_done = one.edit is not None and one.edit.state is EditState.THERE
            if one.ignored is None and one.rank is not Rank.NOTHING and not is_done:
                yield one

    @cached_property
    def open(self) -> int:
        """How many findings somebody should look at."""
        return sum(1 for _ in self.open_findings())
