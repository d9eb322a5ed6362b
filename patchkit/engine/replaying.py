"""Follows held regions through the history of upstream (engine; pure).

For every region that is a cause of its own: which commit made the conflict; and what comes of the
patch's change when it is ported from commit to commit instead of in one step. The latter is only
ever suggested: each step rests on the certain rules, but nobody saw the text in between.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from patchkit.diffing.alignment import align
from patchkit.diffing.edits import Edit, apply_edits, edits_between
from patchkit.diffing.merging import Clear, merge
from patchkit.engine.policy import Policy
from patchkit.engine.rebasing import PortedStack
from patchkit.engine.settling import ruled_lines
from patchkit.engine.tracing import FileTrace, Place, moved, place_in
from patchkit.model.history import History, Touch
from patchkit.model.report import (
    Held,
    HeldCause,
    Lines,
    PortedFile,
    PortedPatch,
    Region,
    Sides,
    Suggestion,
    UpstreamCommit,
)
from patchkit.model.resolutions import Resolutions
from patchkit.model.stack import Stack
from patchkit.model.tree import Path, Tree

REPLAY = "replay"
"""The name of what suggests the text that porting in small steps gives."""

_UNEXPLAINED = (HeldCause.REJECTED, HeldCause.UNSUPPORTED)
_SHORT = 12


@dataclass(frozen=True, slots=True)
class Replayed:
    """What comes of a region when it is ported commit by commit: the lines that ours would get, and
    the commits at which a rule had to settle it."""

    lines: Lines
    commits: tuple[UpstreamCommit, ...]


@dataclass(frozen=True, slots=True)
class Culprit:
    """The first commit at which porting commit by commit fails, with its diff of the region."""

    commit: UpstreamCommit


@dataclass(frozen=True, slots=True)
class _Step:
    """The edits after a step, and whether a rule had to settle one of them."""

    edits: tuple[Edit, ...]
    is_settled: bool


@dataclass(frozen=True, slots=True)
class _Held:
    """A held region with the file of base that it is in; `base` is None where it is not known."""

    file: PortedFile
    region: Region
    held: Held
    base: Sequence[bytes] | None


def explain(
    ported: PortedStack, stack: Stack, old: Tree, history: History, policy: Policy
) -> tuple[PortedPatch, ...]:
    """The ported patches of the stack; every held region with the commit that made the conflict,
    where one is found, and with what a replay suggests, where nothing else is suggested.

    `old` is the tree that the history starts from. Raises `UpstreamError` where it cannot be read.
    """
    patches, bases = ported.patches, ported.bases_of_held
    wanted = {
        (at, path)
        for at, patch in enumerate(patches)
        for file in patch.files
        if any(map(_cause_of, file.held))
        for path in (file.old_path, file.new_path)
        if path is not None
    }
    if not wanted:
        return patches
    paths = sorted({path for _, path in wanted})
    wanted_of: dict[int, list[Path]] = {}
    for at, path in sorted(wanted):
        wanted_of.setdefault(at, []).append(path)
    _read_ahead(history, paths)
    policy = replace(policy, resolutions=Resolutions(), kept=frozenset(stack.names))
    traces = _Traces(old, history)
    explained = []
    for at, patch in enumerate(patches):
        files = tuple(
            _explained(file, traces, _base_of(file, at, bases), policy) for file in patch.files
        )
        notes = dict.fromkeys((*patch.notes, *traces.notes_of(wanted_of.get(at, ()))))
        explained.append(replace(patch, files=files, notes=tuple(notes)))
    return tuple(explained)


def _base_of(
    file: PortedFile, at: int, bases: Mapping[tuple[int, Path], Sequence[bytes]]
) -> Sequence[bytes] | None:
    return None if file.old_path is None else bases.get((at, file.old_path))


def _cause_of(region: Region) -> Held | None:
    """Why a region is held, if that is for upstream's history to explain."""
    match region.settlement:
        case Held(cause, _, None, _, None) as held if cause not in _UNEXPLAINED:
            return held
    return None


def _read_ahead(history: History, paths: Sequence[Path]) -> None:
    history.expect(paths)
    touches = [touch for path in paths for touch in history.walk(path).touches]
    touches += history.touching(paths)
    sides = (stored for touch in touches for stored in (touch.before, touch.after))
    history.prefetch(stored for stored in sides if stored is not None)


class _Traces:
    """The traces of files by their path in the old upstream, each made once."""

    def __init__(self, old: Tree, history: History) -> None:
        self._old = old
        self._history = history
        self._made: dict[Path, FileTrace] = {}

    def of(self, path: Path) -> FileTrace:
        """The trace of a file, which the old upstream need not have."""
        if path not in self._made:
            file = self._old.get(path)
            content = b"" if file is None else file.content
            self._made[path] = FileTrace(self._history, path, content)
        return self._made[path]

    def has(self, path: Path) -> bool:
        """Whether the old upstream has the file."""
        return self._old.get(path) is not None

    def notes_of(self, paths: Iterable[Path]) -> Iterator[str]:
        """What a person must know of the traces of these files, as far as they were made."""
        for path in paths:
            if path in self._made:
                yield from self._made[path].walk.notes


def _explained(
    file: PortedFile, traces: _Traces, base: Sequence[bytes] | None, policy: Policy
) -> PortedFile:
    regions = []
    for region in file.regions:
        held = _cause_of(region)
        if held is not None:
            one = _Held(file, region, held, base)
            region = replace(region, settlement=_with_history(one, traces, policy))
        regions.append(region)
    return replace(file, regions=tuple(regions))


def _with_history(one: _Held, traces: _Traces, policy: Policy) -> Held:
    held, old_path, new_path = one.held, one.file.old_path, one.file.new_path
    match held.cause:
        case HeldCause.FILE_EXISTS:
            path = new_path or old_path
            return held if path is None else replace(held, made_by=_maker(traces, path))
        case HeldCause.OVERLAP | HeldCause.FILE_CHANGED:
            if old_path is not None and traces.has(old_path) and one.base is not None:
                return _with_trace(one, one.base, traces.of(old_path), policy)
        case HeldCause.FILE_GONE | HeldCause.FILE_AMBIGUOUS:
            if old_path is not None and traces.has(old_path):
                return replace(held, made_by=traces.of(old_path).where_it_went())
        case HeldCause.MODE | HeldCause.KIND:
            if old_path is not None and traces.has(old_path):
                return replace(held, made_by=traces.of(old_path).mode_change())
    return held


def _maker(traces: _Traces, path: Path) -> UpstreamCommit | None:
    return traces.of(path).where_it_came_from()


def _with_trace(one: _Held, base: Sequence[bytes], trace: FileTrace, policy: Policy) -> Held:
    edits = _edits_of(one.region, base)
    if edits is None:
        return one.held
    blocks = align(base, trace.pristine)
    places = [place_in(trace.pristine, blocks, edit.start, edit.stop) for edit in edits]
    if trace.last_standing(places) == len(trace.states) - 1:
        start = one.region.base.start - 1
        stop = start + len(one.region.base.lines)
        places = [place_in(trace.pristine, blocks, start, stop)]
        return replace(one.held, made_by=_changer(places, trace))
    in_pristine = _in_pristine(edits, places, base, trace.pristine)
    if one.held.cause is not HeldCause.OVERLAP or in_pristine is None:
        return replace(one.held, made_by=_changer(places, trace))
    match replay(in_pristine, places, one.region.ours.lines, trace, policy):
        case Culprit(commit):
            return replace(one.held, made_by=commit)
        case Replayed() as replayed:
            suggestion = one.held.suggestion or _suggestion(replayed)
            made_by = _changer(places, trace)
            return replace(one.held, made_by=made_by, suggestion=suggestion)
    return replace(one.held, made_by=_changer(places, trace))


def _changer(places: Sequence[Place], trace: FileTrace) -> UpstreamCommit | None:
    """The commit after the last state in which all the places stand."""
    last = trace.last_standing(places)
    if last < 0:
        return trace.on_old_side(places)
    if last == len(trace.walk.touches):
        return None
    return trace.blamed(
        trace.walk.touches[last], [moved(place, trace.shift(place, last)) for place in places]
    )


def _edits_of(region: Region, base: Sequence[bytes]) -> tuple[Edit, ...] | None:
    """What the patch changes in a region, in lines of base; None where base is another file."""
    start = region.base.start - 1
    if tuple(base[start : start + len(region.base.lines)]) != region.base.lines:
        return None
    return edits_between(region.base.lines, region.theirs.lines, start, 0)


def _in_pristine(
    edits: Sequence[Edit], places: Sequence[Place], base: Sequence[bytes], pristine: Sequence[bytes]
) -> tuple[Edit, ...] | None:
    """The edits in lines of the pristine file; None where earlier patches changed what is there or
    next to it."""
    found = []
    for edit, place in zip(edits, places, strict=True):
        start = edit.start - (0 if place.at_top else 1)
        stop = edit.stop + (0 if place.at_end else 1)
        if list(base[start:stop]) != list(pristine[place.start : place.stop]):
            return None
        shift = place.start - start
        found.append(shifted(edit, shift))
    return tuple(found)


def shifted(edit: Edit, by: int) -> Edit:
    """The edit so many lines further down."""
    return replace(edit, start=edit.start + by, stop=edit.stop + by)


def replay(
    edits: Sequence[Edit], places: Sequence[Place], ours: Lines, trace: FileTrace, policy: Policy
) -> Replayed | Culprit | None:
    """Port edits of the pristine old file, from the last state in which their places stand, to the
    newest, by the rules of the policy; `ours` are the lines of the region now. None where there is
    no such state, or the region cannot be told in the newest."""
    start = trace.last_standing(places)
    touches = trace.walk.touches[max(start, 0) :]
    if start < 0 or not touches:
        return None
    todo: tuple[Edit, ...] = tuple(
        shifted(edit, trace.shift(place, start)) for edit, place in zip(edits, places, strict=True)
    )
    commits: list[UpstreamCommit] = []
    for touch in touches:
        step = _step(todo, touch, trace, policy)
        if step is not None and not step.is_settled:
            todo = step.edits
            continue
        lines = trace.lines(touch.before)
        commit = trace.blamed(touch, [_place_of(edit, lines) for edit in todo])
        if step is None:
            return Culprit(commit)
        commits.append(commit)
        todo = step.edits
    result = _result(todo, trace.lines(touches[-1].after), ours) if todo else ours
    return None if result is None else Replayed(result, tuple(commits))


def _place_of(edit: Edit, lines: Sequence[bytes]) -> Place:
    at_top, at_end = edit.start == 0, edit.stop == len(lines)
    return Place(edit.start - (not at_top), edit.stop + (not at_end), at_top, at_end)


def _step(edits: Sequence[Edit], touch: Touch, trace: FileTrace, policy: Policy) -> _Step | None:
    """The edits in lines of the version after a touch; None where the step fails."""
    before, after = touch.before, touch.after
    if before is None or after is None:
        return None
    lines, ours = trace.lines(before), trace.lines(after)
    carried: list[Edit] = []
    is_settled = False
    for step in merge(edits, lines, ours, trace.step(before, after)):
        if isinstance(step, Clear):
            stop = step.at + step.edit.stop - step.edit.start
            carried.append(replace(step.edit, start=step.at, stop=stop))
            continue
        sides = Sides(
            tuple(lines[step.base_start : step.base_stop]),
            step.theirs,
            tuple(ours[step.ours_start : step.ours_stop]),
        )
        settled = ruled_lines(sides, policy)
        if settled is None or settled.result is None:
            return None
        is_settled = True
        carried += edits_between(sides.ours, settled.result, step.ours_start, 0)
    return _Step(tuple(carried), is_settled)


def _result(edits: Sequence[Edit], lines: Sequence[bytes], ours: Lines) -> Lines | None:
    """The lines of the region with the edits of the newest version made; None where the region
    cannot be told from its lines."""
    first, last = edits[0].start, edits[-1].stop
    found = [
        at
        for at in range(max(last - len(ours), 0), first + 1)
        if tuple(lines[at : at + len(ours)]) == ours
    ]
    if len(found) != 1:
        return None
    (at,) = found
    return tuple(apply_edits(ours, [shifted(edit, -at) for edit in edits]))


def _suggestion(replayed: Replayed) -> Suggestion:
    if not replayed.commits:
        note = "Ported commit by commit it meets no change of upstream."
    else:
        names = ", ".join(commit.identity[:_SHORT] for commit in replayed.commits)
        note = f"Ported commit by commit, with the certain rules at {names}."
    return Suggestion(REPLAY, note, replayed.lines)
