"""Finds which patch of a stack needs which (engine).

The stack is applied to its own version, patch by patch, and each line of the files that it touches
knows who wrote it, removed it or expects it. What a patch touches of others binds it to them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from patchkit.diffing.placing import place_hunks
from patchkit.engine.changes import Change, why_unsupported
from patchkit.engine.doubtful import Reach, may_be_elsewhere, place_bonds
from patchkit.engine.lineage import Found, Lineage
from patchkit.engine.outcomes import PortedDiff
from patchkit.engine.policy import Policy
from patchkit.engine.rebasing import port_stack
from patchkit.engine.versions import Version
from patchkit.engine.watching import Watcher, unwatched
from patchkit.engine.workbench import Workbench
from patchkit.model.dependencies import Bond, BondKind, Dependencies, Reason, bond
from patchkit.model.patch import Operation
from patchkit.model.report import Status
from patchkit.model.stack import Stack
from patchkit.model.tree import Path, Tree


def dependencies_of(
    stack: Stack, old: Tree, policy: Policy, watch: Watcher = unwatched
) -> Dependencies:
    """Which patch of the stack needs which; `old` is the version that it is made for. Of the policy
    only fuzz limit and strip level count."""
    walk = DependencyWalk(stack, policy)
    plain = Policy(max_fuzz=policy.max_fuzz, strip=policy.strip)
    port_stack(stack, old, old, plain, watch, walk)
    return walk.dependencies()


def _bonds(names: Sequence[str], reasons: dict[tuple[int, int], set[Reason]]) -> Iterable[Bond]:
    for patch, earlier in sorted(reasons):
        found = reasons[patch, earlier]
        needs = {reason for reason in found if reason.kind is not BondKind.ORDER}
        yield bond(names[patch], names[earlier], needs or found)


@dataclass(frozen=True, slots=True)
class _Modified:
    """A change of the lines of a file that upstream has; `diff` is its number."""

    number: int
    diff: int
    change: Change
    before: Version
    after: Version


@dataclass(frozen=True, slots=True)
class _Coming:
    """A change before it goes in: from where to where in base, the file there, and whether
    something is in the way."""

    number: int
    change: Change
    source: Path
    target: Path
    base: Version | None
    is_taken: bool

    @property
    def is_move(self) -> bool:
        return self.change.operation in (Operation.RENAME, Operation.COPY)


class DependencyWalk:
    """Looks on as a stack goes into its own version, whatever else it is ported to: where each file
    comes from, and what was found out so far."""

    def __init__(self, stack: Stack, policy: Policy) -> None:
        """For this stack; of the policy only the fuzz limit counts."""
        self._names = stack.names
        self._numbers = {name: number for number, name in enumerate(stack.names)}
        self._max_fuzz = policy.max_fuzz
        self._files: dict[Path, Lineage] = {}
        self._waiting: dict[Path, list[_Modified]] = {}
        self._vacated: dict[Path, int] = {}
        self._lineages: dict[int, tuple[Path, Lineage]] = {}
        self._diffs = 0
        self._coming: _Coming | None = None
        self._reasons: dict[tuple[int, int], set[Reason]] = {}
        self._unplaced: set[int] = set()

    def dependencies(self) -> Dependencies:
        """What was found, once all patches are in."""
        for path in tuple(self._waiting):
            # Of most files nobody needs to know who wrote which line once they are gone through.
            if len(self._waiting[path]) > 1:
                self._take_up(path)
                if not may_be_elsewhere(self._files[path]):
                    self._forget(path)
        self._bind_places(len(self._names))
        return Dependencies(
            self._names,
            tuple(_bonds(self._names, self._reasons)),
            tuple(self._names[number] for number in sorted(self._unplaced)),
        )

    def before(self, change: Change, bench: Workbench) -> None:
        """Note what the change will find in base."""
        self._diffs += 1
        self._coming = None
        number = self._numbers[change.owner.patch]
        if why_unsupported(change):
            self._unplaced.add(number)
            return
        if change.operation in (Operation.RENAME, Operation.COPY):
            source, target = change.names.old, change.names.new
            assert source is not None
            assert target is not None
            base = bench.source(source).base
            is_taken = bench.pair(target).base is not None
        else:
            source = target = bench.picked_in_base(change.candidates)
            base, is_taken = bench.pair(source).base, False
        self._coming = _Coming(number, change, source, target, base, is_taken)

    def after(self, ported: PortedDiff, bench: Workbench) -> None:
        """Bind the patch to those whose text the change stood on or took away."""
        coming = self._coming
        if coming is None:
            return
        number, target, before = coming.number, coming.target, coming.base
        if ported.file.status is Status.BROKEN:
            self._unplaced.add(number)
        after = bench.pair(target).base
        if coming.is_taken or (after is None and (before is None or coming.is_move)):
            return
        if before is not None:
            if self._can_wait(coming, after):
                assert after is not None
                modified = _Modified(number, self._diffs, coming.change, before, after)
                self._waiting.setdefault(target, []).append(modified)
                return
            self._take_up(coming.source)
            if coming.source not in self._files:
                self._put(coming.source, Lineage.of(before.lines))
        if before is None:
            assert after is not None
            self._create(number, target, Lineage.of(after.lines, number))
        elif after is None:
            self._delete(number, coming.source)
        elif coming.is_move:
            self._move(number, coming.source, target, coming.change, before)
        else:
            self._modify(number, self._diffs, target, coming.change, before)
        if after is not None:
            if before is not None and before.mode != after.mode:
                self._note(number, target, self._files[target].set_mode(number))
            self._check(number, target, after)

    def _can_wait(self, coming: _Coming, after: Version | None) -> bool:
        """Whether the change is nothing but one of lines, in a file that has no lineage yet."""
        path = coming.target
        is_plain = coming.source == path and not coming.is_move
        before = coming.base
        is_kept = after is not None and before is not None and after.mode == before.mode
        return is_plain and is_kept and path not in self._files

    def _take_up(self, path: Path) -> None:
        """Make the lineage of a file whose changes wait."""
        waiting = self._waiting.pop(path, ())
        for modified in waiting:
            if path not in self._files:
                self._put(path, Lineage.of(modified.before.lines))
            self._modify(modified.number, modified.diff, path, modified.change, modified.before)
            self._check(modified.number, path, modified.after)
            modified.before.text.put_away()
        if waiting:
            waiting[-1].after.text.put_away()

    def _put(self, path: Path, lineage: Lineage) -> None:
        self._files[path] = lineage
        self._lineages[id(lineage)] = (path, lineage)

    def _forget(self, path: Path) -> None:
        del self._lineages[id(self._files.pop(path))]

    def _create(self, number: int, path: Path, lineage: Lineage) -> None:
        if path in self._vacated:
            self._note(number, path, [(BondKind.FILE, self._vacated[path])])
        self._put(path, lineage)

    def _delete(self, number: int, path: Path) -> None:
        lineage = self._files.pop(path)
        self._note(number, path, lineage.take_away(number))
        self._note(number, path, lineage.clear(number))
        self._vacated[path] = number

    def _modify(self, number: int, diff: int, path: Path, change: Change, before: Version) -> None:
        lineage = self._files[path]
        self._note(number, path, lineage.touch(number))
        self._edit(number, diff, path, lineage, change, before)

    def _move(
        self, number: int, source: Path, target: Path, change: Change, before: Version
    ) -> None:
        lineage = self._files[source]
        if change.operation is Operation.RENAME:
            self._note(number, source, lineage.take_away(number))
            del self._files[source]
            self._vacated[source] = number
            lineage.maker, lineage.copied_by = number, []
        else:
            self._note(number, source, _copied_from(lineage))
            lines = lineage.before(number)
            lineage.copied_by.append(number)
            lineage = lineage.copied(lines, number)
        self._create(number, target, lineage)
        self._edit(number, self._diffs, target, lineage, change, before)

    def _edit(
        self,
        number: int,
        diff: int,
        path: Path,
        lineage: Lineage,
        change: Change,
        before: Version,
    ) -> None:
        if lineage.contents == list(before.lines):
            places = place_hunks(change.hunks, before.lines, self._max_fuzz)
            self._note(number, path, lineage.edit(number, diff, change.hunks, places))

    def _check(self, number: int, path: Path, after: Version) -> None:
        """Where it did not go as this walk understands it, the whole file is the patch's."""
        lineage = self._files[path]
        if lineage.contents != list(after.lines):
            self._note(number, path, ((BondKind.FILE, one) for one in lineage.touched_by))
            self._put(path, Lineage.of(after.lines, number))

    def _note(self, number: int, path: Path, found: Iterable[Found]) -> None:
        for kind, earlier in found:
            if earlier != number:
                self._reasons.setdefault((number, earlier), set()).add(Reason(kind, path))

    def _bind_places(self, count: int) -> None:
        """Bind the hunks whose place depends on line numbers, once all patches are in."""
        reach = _reach(count, self._reasons)
        for path, lineage in self._lineages.values():
            for patch, kind, earlier in place_bonds(lineage, reach):
                self._note(patch, path, [(kind, earlier)])


def _copied_from(lineage: Lineage) -> Iterable[Found]:
    """What a patch that copies a file is bound to: the copy shows what was changed before."""
    if lineage.maker is not None:
        yield BondKind.FILE, lineage.maker
    for earlier in lineage.touched_by:
        yield BondKind.ORDER, earlier


def _reach(count: int, reasons: dict[tuple[int, int], set[Reason]]) -> Reach:
    needs = [1 << number for number in range(count)]
    followers = [0] * count
    earlier_of: dict[int, list[tuple[int, bool]]] = {}
    for (patch, earlier), found in reasons.items():
        is_need = any(reason.kind is not BondKind.ORDER for reason in found)
        earlier_of.setdefault(patch, []).append((earlier, is_need))
    for patch in range(count):
        for earlier, is_need in earlier_of.get(patch, ()):
            if is_need:
                needs[patch] |= needs[earlier]
    for patch in reversed(range(count)):
        for earlier, _ in earlier_of.get(patch, ()):
            followers[earlier] |= followers[patch] | 1 << patch
    return Reach(needs, followers)
