"""What became of one file diff, and its text for the new stack (engine; pure)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from patchkit.diffing.rehunking import flip
from patchkit.engine.changes import Change
from patchkit.engine.headers import header_without_hunks, modification_header, moved_header
from patchkit.model.patch import Hunk
from patchkit.model.report import Held, HeldCause, PortedFile, Region, Settlement, Span, Status
from patchkit.model.tree import Path


@dataclass(frozen=True, slots=True)
class PortedDiff:
    """A file diff after porting: what happened, and its bytes in the new stack (None: nothing
    left). `lost` are the numbers of the hunks that are held whole, `also` what of it went into
    other files, `note` a sentence for a person, or empty."""

    file: PortedFile
    raw: bytes | None
    lost: tuple[int, ...] = ()
    also: tuple[PortedDiff, ...] = ()
    note: str = ""

    @property
    def parts(self) -> tuple[PortedDiff, ...]:
        """What is left of it at its own place, if anything, and what went into other files."""
        is_gone = bool(self.also) and self.raw is None and not self.file.regions
        return self.also if is_gone else (self, *self.also)


def broken(change: Change, cause: HeldCause, note: str) -> PortedDiff:
    """A file diff that does not apply to base at all."""
    held = Held(cause, note)
    regions = tuple(
        Region(
            number,
            (number,),
            Span(max(hunk.old_start, 1), hunk.old),
            Span(max(hunk.new_start, 1), hunk.new),
            Span(1, ()),
            held,
        )
        for number, hunk in enumerate(change.hunks, 1)
    )
    path = change.names.old or change.names.new
    regions = regions or (whole_region(held),)
    return PortedDiff(PortedFile(path, None, Status.BROKEN, len(change.hunks), 0, regions), None)


def whole_region(
    settlement: Settlement,
    base: Sequence[bytes] = (),
    theirs: Sequence[bytes] = (),
    ours: Sequence[bytes] = (),
) -> Region:
    """A region that is the file as a whole."""
    return Region(
        1, (), Span(1, tuple(base)), Span(1, tuple(theirs)), Span(1, tuple(ours)), settlement
    )


def with_region(regions: tuple[Region, ...], region: Region) -> tuple[Region, ...]:
    """The regions and one more, which gets the next number."""
    return (*regions, replace(region, number=len(regions) + 1))


def rewritten(change: Change, moved: Mapping[Path, Path], hunks: Sequence[Hunk]) -> bytes:
    """The file diff with new hunks, and with its names replaced as `moved` says."""
    header = moved_header(change.diff, change.strip, moved)
    if change.diff.is_git and not hunks:
        header = header_without_hunks(header)
    return header + change.diff.binary + _written(change, hunks)


def rewritten_as_modification(change: Change, path: Path, hunks: Sequence[Hunk]) -> bytes:
    """A rename or creation as a modification of the file that ours has at `path`."""
    header = modification_header(change.diff, change.strip, path)
    return (header if hunks else header_without_hunks(header)) + _written(change, hunks)


def _written(change: Change, hunks: Sequence[Hunk]) -> bytes:
    return b"".join((flip(hunk) if change.is_reversed else hunk).raw for hunk in hunks)
