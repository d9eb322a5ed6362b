"""Every command that writes, with a call to the file system that fails or is its last one.

A few of the calls and faults each time; `python -m tests.bench.faults calls` tries them all.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from .layer import Fault
from .stories import OWN, STORIES, Story
from .trying import ready, tried, try_fault

_TRIES = 5
"""For each command; `python -m tests.bench.faults calls` tries them all."""


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_a_call_fails(tmp_path: Path, story: Story) -> None:
    """The folder is as before or as planned, the message says what to do, the next run works."""
    one = ready(story, tmp_path)
    where = [
        (at, fault)
        for at, fault in tried(one, tuple(Fault))
        if one.calls[at].name == "run" or not one.calls[at].path.startswith(OWN)
    ]
    step = len(where) / _TRIES
    for number in range(_TRIES):
        at, fault = where[int(step * number) + STORIES.index(story) % max(1, int(step))]
        assert (at, fault, None) == (at, fault, try_fault(one, at, fault)), one.calls[at]


@pytest.mark.parametrize("fault", [Fault.FULL, Fault.EACCES, Fault.KILL, Fault.KILL_HALF])
def test_the_cache_is_no_place_to_fail(tmp_path: Path, fault: Fault) -> None:
    """Whatever happens where finished ports are kept, the port itself is written."""
    one = ready(STORIES[0], tmp_path)
    where = [
        at
        for at, tried_fault in tried(one, (fault,))
        if one.calls[at].path.startswith("cache") and tried_fault is fault
    ]
    assert where
    for at in where:
        assert (at, None) == (at, try_fault(one, at, fault)), one.calls[at]
