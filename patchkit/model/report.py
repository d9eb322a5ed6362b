"""What a port found out, as one value; every report is written from it (ground floor, no I/O).

    Report > PortedPatch > PortedFile > Region

Words: for patch n, *base* is the old upstream with the original patches before n, *theirs* is base
with patch n, *ours* is the new upstream with the ported patches before n. A *region* is one place
where patch and upstream met: it is either *held* (ours keeps its own text) or *settled* by a named
rule. A hunk that meets nothing has no region."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from patchkit.model.dependencies import Dependencies
from patchkit.model.patch import LineKind
from patchkit.model.stackdiff import StackComparison
from patchkit.model.tree import Path

if TYPE_CHECKING:
    from patchkit.model.siblings import SiblingReport

Lines: TypeAlias = tuple[bytes, ...]
"""Lines of a file with their line ends."""


class Status(Enum):
    """How a ported patch or file came about, from best to worst. The value is the word in
    reports."""

    UNCHANGED = "unchanged"
    """The same bytes still apply at the same place."""
    SHIFTED = "shifted"
    """Only line numbers or context differ: the old patch applies with offset or the stack's fuzz,
    and gives the very same result."""
    MERGED = "merged"
    """Three-way merge; patch and upstream changed different lines."""
    FOLLOWED = "followed"
    """A file was renamed or moved upstream, and the patch went along."""
    RESOLVED = "resolved"
    """A named rule or a recorded resolution settled a region: to be reviewed."""
    UPSTREAMED = "upstreamed"
    """The new upstream has exactly this; the patch is dropped."""
    ABSORBED = "absorbed"
    """Upstream has it in another form; the patch is dropped, to be reviewed."""
    PARTIAL = "partial"
    """Some regions are held, the rest is carried."""
    CONFLICTED = "conflicted"
    """All regions are held; nothing of the patch is carried."""
    BROKEN = "broken"
    """The patch does not apply to its own base."""

    @property
    def rank(self) -> int:
        """0 for the best status, rising to the worst."""
        return _RANKS[self]

    @property
    def is_ported(self) -> bool:
        """Whether the patch is in the new stack and whole."""
        return self.rank <= Status.RESOLVED.rank

    @property
    def is_dropped(self) -> bool:
        """Whether the patch is not needed any more."""
        return self in (Status.UPSTREAMED, Status.ABSORBED)

    @property
    def needs_person(self) -> bool:
        """Whether somebody must look before the stack is complete."""
        return self.rank >= Status.PARTIAL.rank


_RANKS = {status: rank for rank, status in enumerate(Status)}


class HeldCause(Enum):
    """Why a region is held; the value is the word in `report.json`."""

    OVERLAP = "overlap"
    """Upstream and the patch changed the same or touching lines."""
    DOUBTFUL = "doubtful"
    """Nothing conflicts, but it would land in another function, or could land in two places."""
    FILE_GONE = "file-gone"
    """The file is not in the new upstream, and no file that took its place was found."""
    FILE_AMBIGUOUS = "file-ambiguous"
    """The file was moved, and several files could be it."""
    FILE_EXISTS = "file-exists"
    """The patch creates (or moves to) a file that the new upstream has, with other content."""
    FILE_CHANGED = "file-changed"
    """The patch deletes a file that upstream changed."""
    MODE = "mode"
    """Patch and upstream changed the mode of the file differently."""
    KIND = "kind"
    """The file became a symbolic link or submodule, or stopped being one."""
    REJECTED = "rejected"
    """The hunk does not apply to its own base (the patch is broken)."""
    UNSUPPORTED = "unsupported"
    """A change that GNU patch cannot make: a binary diff, a submodule."""
    REGENERATE = "regenerate"
    """A tool makes the file: all that conflicts in it is one region, not to be merged."""


@dataclass(frozen=True, slots=True)
class Sides:
    """The text of a region on its three sides."""

    base: Lines
    theirs: Lines
    ours: Lines


@dataclass(frozen=True, slots=True)
class Span:
    """Lines of one side of a region; `start` is 1-based, of the first line or the line it would be
    before."""

    start: int
    lines: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class RegionRef:
    """Names a region: the patch, the file (as the patch names it), the region's number in that
    file."""

    patch: str
    file: Path
    region: int


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The text that a suggested rule would give a held region; it is taken only when asked for."""

    rule: str
    note: str
    result: Lines


@dataclass(frozen=True, slots=True)
class UpstreamCommit:
    """A commit of the upstream, as git has it; `date` is ISO 8601, `diff` what of it matters."""

    identity: str
    author: str
    date: str
    subject: str
    diff: bytes = b""


@dataclass(frozen=True, slots=True)
class Held:
    """The region is left out of ours. `note` is a sentence for a person; `consequence_of` the
    earlier held region without which this one would not be here; `made_by` the upstream commit that
    made the conflict, where upstream is git and it was found."""

    cause: HeldCause
    note: str
    consequence_of: RegionRef | None = None
    suggestion: Suggestion | None = None
    made_by: UpstreamCommit | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """The region is settled by a rule, or by what a person decided; `rule` is the rule's name, else
    `RESOLUTION` or `AMENDMENT`. `note` says what it did or why; `result` is what ours has there
    now, None for what is not a matter of lines."""

    rule: str
    note: str
    result: Lines | None = None


RESOLUTION = "resolution"
"""What settled a region that a recorded resolution answers."""
AMENDMENT = "amendment"
"""What settled a region in which a recorded amendment changed what the patch brings."""

Settlement: TypeAlias = Held | Settled


@dataclass(frozen=True, slots=True)
class Region:
    """One place where patch and upstream met. `number` counts from 1 within its file, `hunks` are
    the 1-based numbers of the patch's hunks in that file that take part (empty: the file as a
    whole)."""

    number: int
    hunks: tuple[int, ...]
    base: Span
    theirs: Span
    ours: Span
    settlement: Settlement

    @property
    def is_held(self) -> bool:
        """Whether a person has to settle it."""
        return isinstance(self.settlement, Held)

    @property
    def is_decided(self) -> bool:
        """Whether a recorded decision of a person settled it."""
        return isinstance(self.settlement, Settled) and self.settlement.rule in (
            RESOLUTION,
            AMENDMENT,
        )

    @property
    def is_left_out(self) -> bool:
        """Whether ours keeps its own text where the patch has another."""
        match self.settlement:
            case Held():
                return True
            case Settled(rule, _, result):
                return rule == RESOLUTION and self.ours.lines == result != self.theirs.lines


class FollowKind(Enum):
    """How the new place of a file was found; the value is the word in reports."""

    EXACT = "exact"
    """A file with the same bytes stands there in the new upstream."""
    SIMILAR = "similar"
    """A file with similar content stands there."""
    FOLDER = "folder"
    """The whole folder moved there."""
    CODE = "code"
    """The lines that the hunks expect stand there, and nowhere else."""
    EARLIER = "earlier"
    """An earlier patch of the stack was followed there."""


@dataclass(frozen=True, slots=True)
class Followed:
    """The evidence for a followed file: how it was found and the similarity in percent."""

    kind: FollowKind
    similarity: int


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    """A line that a patch adds or removes, and whether upstream did the same: `is_there` says of an
    added line that the new upstream has it, of a removed one that it is gone."""

    kind: LineKind
    content: bytes
    is_there: bool


@dataclass(frozen=True, slots=True)
class PortedFile:
    """One file diff of a patch, ported. Paths are stripped, as in the trees; None: not there on
    that side.

    `old_path` is where base has the file (where the patch puts it, for a created one), `new_path`
    where ours has it. `hunks` is how many hunks the patch has there, `carried` how many went in or
    were there already. `evidence` says line by line what of it upstream has in another form, where
    that is why it is dropped."""

    old_path: Path | None
    new_path: Path | None
    status: Status
    hunks: int
    carried: int
    regions: tuple[Region, ...] = ()
    followed: Followed | None = None
    evidence: tuple[EvidenceLine, ...] = ()

    @property
    def held(self) -> tuple[Region, ...]:
        """The regions left to a person."""
        return tuple(region for region in self.regions if region.is_held)


@dataclass(frozen=True, slots=True)
class PortedPatch:
    """One patch of the stack, ported.

    `content` is the patch file for the new stack; None when nothing of it is left to apply
    (dropped, or all of it held); then `head` is what stood in it before the first diff. `notes`
    are sentences for a person, `commits` those of upstream that have it."""

    name: str
    status: Status
    files: tuple[PortedFile, ...]
    content: bytes | None
    notes: tuple[str, ...] = ()
    commits: tuple[UpstreamCommit, ...] = ()
    head: bytes = b""

    @property
    def held(self) -> tuple[Region, ...]:
        """The regions left to a person."""
        return tuple(region for file in self.files for region in file.held)

    @property
    def is_dropped(self) -> bool:
        """Whether the new stack does not need it: upstream has it, or a person decided so."""
        return self.status.is_dropped or (self.status is Status.RESOLVED and self.content is None)


@dataclass(frozen=True)
class Report:
    """A whole port: the versions, the source they came from, and every patch.

    `upstream` is how the source is shown, `upstream_note` what a person must know about it
    (for instance that it is a reduced one). `guarded` are patches that no set flag selects.
    `dependencies` says which of the patches needs which in the old stack, `comparison` what the
    new stack does otherwise; None in a report from before they were asked.
    `siblings` say what each variant that the stack adds lacks of what its siblings have.
    """

    package: str
    old_version: str
    new_version: str
    upstream: str
    upstream_note: str
    patches: tuple[PortedPatch, ...]
    guarded: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    dependencies: Dependencies | None = None
    comparison: StackComparison | None = None
    siblings: tuple[SiblingReport, ...] = ()

    @cached_property
    def counts(self) -> Mapping[Status, int]:
        """How many patches have each status; every status is a key."""
        found = Counter(patch.status for patch in self.patches)
        return {status: found[status] for status in Status}

    def of_patches(self, patches: Sequence[PortedPatch]) -> Report:
        """What it says of these of its patches alone."""
        names = [patch.name for patch in patches]
        return replace(
            self,
            patches=tuple(patches),
            dependencies=self.dependencies and self.dependencies.among(names),
            comparison=self.comparison and self.comparison.among(names),
        )

    def held_regions(self) -> Iterator[tuple[PortedPatch, PortedFile, Region]]:
        """Every region left to a person, in the order of the stack."""
        for patch in self.patches:
            for file in patch.files:
                for region in file.held:
                    yield patch, file, region

    @cached_property
    def held(self) -> int:
        """How many regions are left to a person."""
        return sum(1 for _ in self.held_regions())

    @cached_property
    def causes(self) -> int:
        """How many of the held regions are not the consequence of an earlier one."""
        return sum(
            1
            for _, _, region in self.held_regions()
            if isinstance(region.settlement, Held) and region.settlement.consequence_of is None
        )

    @property
    def exit_code(self) -> int:
        """0: all ported or dropped; 1: something is left to a person."""
        return int(any(patch.status.needs_person for patch in self.patches))
