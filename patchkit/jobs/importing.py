"""Takes over what `git rerere` has recorded, as far as the last port holds the same conflicts (jobs
floor)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from patchkit.engine.learning import as_answer
from patchkit.jobs.lastport import LastPort
from patchkit.jobs.resolving import HeldRegion, held_regions, record_answers
from patchkit.model.report import HeldCause, Lines
from patchkit.model.resolutions import Answer
from patchkit.workspace.rerere import SettledConflict, read_rerere


@dataclass(frozen=True)
class Imported:
    """The held regions that git has an answer to, and the identities that these were recorded
    under. `conflicts` is how many answers the cache has, `unclear` how many conflicts without a
    clear one, `doubtful` the regions with several different answers."""

    matched: tuple[HeldRegion, ...]
    identities: tuple[str, ...]
    conflicts: int
    unclear: int
    doubtful: tuple[HeldRegion, ...]


def import_rerere(place: Path, port: LastPort, *, by: str, on: str, why: str) -> Imported:
    """Record the answers that a `git rerere` cache has to regions that the port holds.

    A region is the same conflict where its two sides are, whichever way round: git does not keep
    the third. Raises `ResolveError` when there is no cache, `OutputError` when the file of
    decisions cannot be written.
    """
    cache = read_rerere(place)
    known = _by_core(cache.conflicts)
    answers: list[tuple[HeldRegion, Answer]] = []
    doubtful: list[HeldRegion] = []
    for one in held_regions(port):
        if one.held.cause is not HeldCause.OVERLAP:
            continue
        sides = one.question.sides
        core = _core_of(sides.ours, sides.theirs)
        results = known.get(frozenset((core.one, core.other)), ())
        if len(results) > 1:
            doubtful.append(one)
        for result in results if len(results) == 1 else ():
            lines = (*core.head, *result, *core.tail)
            answers.append((one, as_answer(lines, sides)))
    identities = record_answers(port, answers, by=by, on=on, why=why) if answers else ()
    matched = tuple(one for one, _ in answers)
    return Imported(matched, identities, len(cache.conflicts), cache.unclear, tuple(doubtful))


@dataclass(frozen=True, slots=True)
class _Core:
    """Two sides without what both begin and end with."""

    head: Lines
    one: Lines
    other: Lines
    tail: Lines


def _core_of(one: Lines, other: Lines) -> _Core:
    limit = min(len(one), len(other))
    head = 0
    while head < limit and one[head] == other[head]:
        head += 1
    tail = 0
    while tail < limit - head and one[-1 - tail] == other[-1 - tail]:
        tail += 1
    stop, other_stop = len(one) - tail, len(other) - tail
    return _Core(one[:head], one[head:stop], other[head:other_stop], one[stop:])


def _by_core(
    conflicts: Iterable[SettledConflict],
) -> Mapping[frozenset[Lines], tuple[Lines, ...]]:
    """The different answers to each conflict, by its two sides."""
    found: dict[frozenset[Lines], tuple[Lines, ...]] = {}
    for conflict in conflicts:
        core, result = _core_of(*conflict.sides), conflict.result
        head, stop = len(core.head), len(result) - len(core.tail)
        if stop < head or result[:head] != core.head or result[stop:] != core.tail:
            continue  # the answer reaches into what both sides have
        sides = frozenset((core.one, core.other))
        answers = found.get(sides, ())
        if result[head:stop] not in answers:
            found[sides] = (*answers, result[head:stop])
    return found
