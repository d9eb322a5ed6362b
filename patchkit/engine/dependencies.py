"""Finds which patch of a stack needs which (engine).

The stack is applied to its own version, patch by patch, and each line of the files that it touches
knows who wrote it, removed it or expects it. What a patch touches of others binds it to them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from patchkit.diffing.placing import place_hunks
from patchkit.engine.changes import Change, change_of, why_unsupported
from patchkit.engine.doubtful import Reach, place_bonds
from patchkit.engine.lineage import Found, Lineage
from patchkit.engine.policy import Policy
from patchkit.engine.porting import port_diff
from patchkit.engine.rebasing import Watcher, touched_paths, unwatched
from patchkit.engine.versions import Version
from patchkit.engine.workbench import Workbench
from patchkit.model.dependencies import Bond, BondKind, Dependencies, Reason, bond
from patchkit.model.patch import FileDiff, Operation
from patchkit.model.report import Status
from patchkit.model.stack import Stack, StackedPatch
from patchkit.model.tree import Path, Tree


def dependencies_of(
    stack: Stack, old: Tree, policy: Policy, watch: Watcher = unwatched
) -> Dependencies:
    """Which patch of the stack needs which; `old` is the version that it is made for. Of the policy
    only fuzz limit and strip level count."""
    old.prefetch(touched_paths(stack, policy.strip))
    walk = _Walk(old, Policy(max_fuzz=policy.max_fuzz, strip=policy.strip))
    for number, stacked in enumerate(stack.patches):
        watch(number + 1, stacked.name)
        walk.take(number, stacked)
    walk.bind_places(len(stack.patches))
    names = stack.names
    return Dependencies(
        names,
        tuple(_bonds(names, walk.reasons)),
        tuple(names[number] for number in sorted(walk.unplaced)),
    )


def _bonds(names: Sequence[str], reasons: dict[tuple[int, int], set[Reason]]) -> Iterable[Bond]:
    for patch, earlier in sorted(reasons):
        found = reasons[patch, earlier]
        needs = {reason for reason in found if reason.kind is not BondKind.ORDER}
        yield bond(names[patch], names[earlier], needs or found)


class _Walk:
    """The stack going in: where each file comes from, and what was found out so far."""

    def __init__(self, old: Tree, policy: Policy) -> None:
        self._bench = Workbench(old, old)
        self._policy = policy
        self._files: dict[Path, Lineage] = {}
        self._vacated: dict[Path, int] = {}
        self._lineages: dict[int, tuple[Path, Lineage]] = {}
        self._diffs = 0
        self.reasons: dict[tuple[int, int], set[Reason]] = {}
        self.unplaced: set[int] = set()

    def take(self, number: int, stacked: StackedPatch) -> None:
        """Put one patch in."""
        entry = stacked.entry
        strip = self._policy.strip if entry.strip is None else entry.strip
        for diff in stacked.patch.files:
            self._diffs += 1
            change = change_of(
                diff, stacked.name, strip, self._policy, is_reversed=entry.is_reversed
            )
            if why_unsupported(change):
                self.unplaced.add(number)
                continue
            self._bench.begin(stacked.name, diff)
            self._take_change(number, stacked.name, diff, change)

    def _take_change(self, number: int, name: str, diff: FileDiff, change: Change) -> None:
        bench = self._bench
        source = target = bench.picked_in_base(change.candidates)
        is_move = change.operation in (Operation.RENAME, Operation.COPY)
        if is_move:
            assert change.names.old is not None
            assert change.names.new is not None
            source, target = change.names.old, change.names.new
        before = bench.source(source).base if is_move else bench.pair(source).base
        is_taken = is_move and bench.pair(target).base is not None
        if before is not None:
            self._known(source, before)
        ported = port_diff(
            diff, bench, name, change.strip, self._policy, is_reversed=change.is_reversed
        )
        if ported.file.status is Status.BROKEN:
            self.unplaced.add(number)
        after = bench.pair(target).base
        if is_taken or (after is None and (before is None or is_move)):
            return
        if before is None:
            assert after is not None
            self._create(number, target, Lineage.of(after.lines, number))
        elif after is None:
            self._delete(number, source)
        elif is_move:
            self._move(number, source, target, change, before)
        else:
            self._modify(number, target, change, before)
        if after is not None:
            if before is not None and before.mode != after.mode:
                self._note(number, target, self._files[target].set_mode(number))
            self._check(number, target, after)

    def _known(self, path: Path, version: Version) -> None:
        if path not in self._files:
            self._put(path, Lineage.of(version.lines))

    def _put(self, path: Path, lineage: Lineage) -> None:
        self._files[path] = lineage
        self._lineages[id(lineage)] = (path, lineage)

    def _create(self, number: int, path: Path, lineage: Lineage) -> None:
        if path in self._vacated:
            self._note(number, path, [(BondKind.FILE, self._vacated[path])])
        self._put(path, lineage)

    def _delete(self, number: int, path: Path) -> None:
        lineage = self._files.pop(path)
        self._note(number, path, lineage.take_away(number))
        self._note(number, path, lineage.clear(number))
        self._vacated[path] = number

    def _modify(self, number: int, path: Path, change: Change, before: Version) -> None:
        lineage = self._files[path]
        self._note(number, path, lineage.touch(number))
        self._edit(number, path, lineage, change, before)

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
        self._edit(number, target, lineage, change, before)

    def _edit(
        self, number: int, path: Path, lineage: Lineage, change: Change, before: Version
    ) -> None:
        if lineage.contents == list(before.lines):
            places = place_hunks(change.hunks, before.lines, self._policy.max_fuzz)
            self._note(number, path, lineage.edit(number, self._diffs, change.hunks, places))

    def _check(self, number: int, path: Path, after: Version) -> None:
        """Where it did not go as this walk understands it, the whole file is the patch's."""
        lineage = self._files[path]
        if lineage.contents != list(after.lines):
            self._note(number, path, ((BondKind.FILE, one) for one in lineage.touched_by))
            self._put(path, Lineage.of(after.lines, number))

    def _note(self, number: int, path: Path, found: Iterable[Found]) -> None:
        for kind, earlier in found:
            if earlier != number:
                self.reasons.setdefault((number, earlier), set()).add(Reason(kind, path))

    def bind_places(self, count: int) -> None:
        """Bind the hunks whose place depends on line numbers, once all patches are in."""
        reach = _reach(count, self.reasons)
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
