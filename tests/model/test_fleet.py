"""Tests of `patchkit.model.fleet`: what the outcomes of many packages add up to."""

from __future__ import annotations

import pytest

from patchkit.model.fleet import CauseFigures, Ending, FleetReport, Limits, PackageOutcome
from patchkit.model.report import HeldCause, Status

_DONE = (Ending.CURRENT, Ending.PORTED)
_FIRST = PackageOutcome(
    "first", Ending.CONFLICTS, patches={Status.MERGED: 3, Status.CONFLICTED: 2, Status.PARTIAL: 1},
    held=4, causes={HeldCause.OVERLAP: 1, HeldCause.FILE_GONE: 3},
)  # fmt: skip
_SECOND = PackageOutcome(
    "second", Ending.CONFLICTS, patches={Status.CONFLICTED: 1}, held=2,
    causes={HeldCause.FILE_GONE: 2},
)  # fmt: skip
_THIRD = PackageOutcome("third", Ending.PORTED, patches={Status.UNCHANGED: 5})


@pytest.mark.parametrize("ending", Ending)
def test_each_ending(ending: Ending) -> None:
    """Whether there is a port, who has to look, and what a later run need not try again."""
    written = (Ending.PORTED, Ending.CONFLICTS)
    again = (Ending.BAD_INPUT, Ending.NO_UPSTREAM, Ending.CRASHED)
    limits = (Ending.TIME_LIMIT, Ending.MEMORY_LIMIT)
    outcome = PackageOutcome("one", ending, limits=Limits(seconds=5))
    assert (ending in written) == outcome.is_written
    assert (ending not in _DONE) == ending.needs_person
    assert (ending not in again) == outcome.serves(Limits(seconds=5))
    assert (ending not in (*again, *limits)) == outcome.serves(Limits(seconds=6))
    wanted = 0 if ending in _DONE else 3 if ending is Ending.UNPROVED else 1
    assert wanted == FleetReport("all", (_THIRD, outcome)).exit_code


def test_the_figures_of_a_package() -> None:
    """A partial patch is unfinished; of equally many causes the first of the list counts."""
    assert (6, 3, HeldCause.FILE_GONE) == (_FIRST.total, _FIRST.unfinished, _FIRST.main_cause)
    assert (5, 0, None) == (_THIRD.total, _THIRD.unfinished, _THIRD.main_cause)
    even = PackageOutcome(
        "even", Ending.CONFLICTS, causes={HeldCause.FILE_GONE: 1, HeldCause.OVERLAP: 1}
    )
    assert HeldCause.OVERLAP is even.main_cause
    nothing = PackageOutcome("nothing", Ending.CRASHED)
    assert ("", 0.0, 0, 0) == (nothing.identity, nothing.seconds, nothing.memory, nothing.held)


def test_the_figures_of_a_fleet() -> None:
    """The cause of the most packages comes first, not that of the first one."""
    report = FleetReport("all", (_FIRST, _SECOND, _THIRD))
    assert [
        CauseFigures(HeldCause.FILE_GONE, packages=2, alone=1, regions=5),
        CauseFigures(HeldCause.OVERLAP, packages=1, alone=0, regions=1),
    ] == report.causes
    assert (2, 1, 0) == tuple(
        report.counts[one] for one in (Ending.CONFLICTS, Ending.PORTED, Ending.CRASHED)
    )
    assert (3, 5, 3, 0) == tuple(
        report.patches[one]
        for one in (Status.MERGED, Status.UNCHANGED, Status.CONFLICTED, Status.BROKEN)
    )
    assert 1 == report.exit_code
    assert set(Ending) == set(report.counts)
    assert set(Status) == set(report.patches)
