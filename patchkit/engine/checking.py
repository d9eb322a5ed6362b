"""Says how a stack applies to a tree: where, with which offset and fuzz, and what is rejected
(engine)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from patchkit.diffing.placing import HunkPlace, place_hunks
from patchkit.diffing.rehunking import flip
from patchkit.engine.policy import Policy
from patchkit.engine.porting import port_diff
from patchkit.engine.rebasing import touched_paths
from patchkit.engine.watching import Watcher, unwatched
from patchkit.engine.workbench import Workbench
from patchkit.model.patch import FileDiff, Operation
from patchkit.model.report import Held
from patchkit.model.stack import Stack, StackedPatch
from patchkit.model.tree import Path, Tree


class Fit(Enum):
    """How well a patch applies, from best to worst; the value is the word in output."""

    EXACT = "exact"
    """Every hunk where its header says, with all of its context."""
    OFFSET = "offset"
    """All of the context is there, some of it at other lines."""
    FUZZ = "fuzz"
    """Some context lines had to be ignored."""
    BROKEN = "broken"
    """Some of it does not apply."""


@dataclass(frozen=True, slots=True)
class HunkFit:
    """How one hunk applies; `number` counts from 1 in its file. A rejected one has no place."""

    number: int
    place: HunkPlace | None


@dataclass(frozen=True, slots=True)
class FileFit:
    """How one file diff applies; `problems` are sentences on what does not."""

    path: Path
    hunks: tuple[HunkFit, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PatchFit:
    """How one patch applies."""

    name: str
    files: tuple[FileFit, ...]

    @property
    def fit(self) -> Fit:
        """The worst of its hunks."""
        places = [hunk.place for file in self.files for hunk in file.hunks]
        if any(file.problems for file in self.files):
            return Fit.BROKEN
        if any(place is not None and place.fuzz for place in places):
            return Fit.FUZZ
        return (
            Fit.OFFSET if any(place is not None and place.offset for place in places) else Fit.EXACT
        )

    @property
    def fuzz(self) -> int:
        """The largest fuzz that a hunk needs, in lines."""
        return max((place.fuzz for place in self._places()), default=0)

    @property
    def offset(self) -> int:
        """The offset of the hunk that is farthest away, in lines; negative is up."""
        return max((place.offset for place in self._places()), key=abs, default=0)

    def _places(self) -> list[HunkPlace]:
        return [hunk.place for file in self.files for hunk in file.hunks if hunk.place is not None]


def check_stack(
    stack: Stack, tree: Tree, policy: Policy, watch: Watcher = unwatched
) -> tuple[PatchFit, ...]:
    """How each patch of the stack applies to `tree` with the patches before it."""
    tree.prefetch(touched_paths(stack, policy.strip))
    bench = Workbench(tree, tree)
    fits = []
    for number, stacked in enumerate(stack.patches, 1):
        watch(number, stacked.name)
        fits.append(check_patch(stacked, bench, policy))
    return tuple(fits)


def check_patch(stacked: StackedPatch, bench: Workbench, policy: Policy) -> PatchFit:
    """How one patch applies to the base of a bench, which moves on with it."""
    diffs = (_check_diff(diff, stacked, bench, policy) for diff in stacked.patch.files)
    return PatchFit(stacked.name, tuple(diffs))


def _check_diff(diff: FileDiff, stacked: StackedPatch, bench: Workbench, policy: Policy) -> FileFit:
    entry = stacked.entry
    strip = policy.strip if entry.strip is None else entry.strip
    names = diff.names(strip)
    bench.begin(stacked.name, diff)
    pair_of = bench.source if diff.operation is Operation.COPY else bench.pair
    before = {name: pair_of(name).base for name in (names.old, names.new) if name is not None}
    ported = port_diff(diff, bench, stacked.name, strip, policy, is_reversed=entry.is_reversed).file
    path = ported.old_path or names.new or names.old or b"?"
    # From a tree to itself nothing conflicts: what is held does not apply.
    problems = tuple(
        region.settlement.note for region in ported.regions if isinstance(region.settlement, Held)
    )
    base = before.get(path)
    hunks = tuple(flip(hunk) for hunk in diff.hunks) if entry.is_reversed else diff.hunks
    places = place_hunks(hunks, () if base is None else base.lines, policy.max_fuzz)
    fits = tuple(HunkFit(number, place) for number, place in enumerate(places, 1))
    return FileFit(path, fits, tuple(dict.fromkeys(problems)))
